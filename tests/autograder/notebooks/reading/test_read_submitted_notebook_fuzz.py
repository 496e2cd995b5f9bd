"""Any submitted file becomes a complete notebook of the lab, or an error says why not."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.collect.unpack import unpack
from autograder.course.course import Course
from autograder.course.submissions import Submission
from autograder.engine.wire.note import Note, NoteKind
from autograder.errors import AutograderError
from autograder.notebooks.forms import release_notebook, solve_notebook
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from autograder.results.results import Result, Results
from autograder.results.verdict import SubmissionStatus, Verdict
from tests.autograder.fuzzing import fuzz, json_values
from tests.autograder.tiny_course import LAB

IDS = [
    "neuron",
    "neuron_answer",
    "softmax",
    "softmax_answer",
    "predict",
    "predict_answer",
    "curves",
]
grade_ids = st.sampled_from(IDS) | st.text(max_size=4)
marks = st.fixed_dictionaries(
    {},
    optional={
        "grade_id": grade_ids | json_values,
        "points": json_values,
        "locked": json_values,
        "solution": json_values,
        "grade": json_values,
    },
)
sources = st.sampled_from(
    [
        "def softmax(logits): return logits",
        "neuron = predict = None",
        "assert True",
        "%matplotlib inline\n!ls",
        "def (:",
        "(" * 300,
        "x\0y",
        "\ud800",
        "9" * 5000,
    ]
)
cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"]) | json_values},
    optional={
        "id": st.sampled_from([*IDS, "own-1", "own-2", "handed-in-1", "handed-in-2"])
        | st.text(max_size=3)
        | json_values,
        "source": sources | st.lists(sources | json_values, max_size=2) | json_values,
        "metadata": st.fixed_dictionaries({"nbgrader": marks}) | json_values,
        "outputs": json_values,
    },
)
notebooks = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([4, 4, 4, 3, 2, 1, 0, -1, 5, True])},
    optional={
        "cells": st.lists(cells, max_size=6) | json_values,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(cells, max_size=3)})),
        "metadata": st.fixed_dictionaries(
            {"kernelspec": st.fixed_dictionaries({"name": st.text(max_size=4)}) | json_values}
        ),
    },
)


class Lab:
    """The tiny course's lab and a folder for submissions."""

    def __init__(self, course: Course, folder: Path) -> None:
        self.source = make_instructor_notebook(course, course.lab(LAB))
        self.released = release_notebook(self.source)
        self.solved = solve_notebook(self.source)
        self.folder = folder

    def read(self, content: bytes, name: str = f"{LAB}.ipynb") -> None:
        """Submit a file and check that it is rejected with a message or becomes complete."""
        path = self.folder / name
        path.write_bytes(content)
        try:
            submitted, read, *_ = read_submitted_notebook(self.folder, LAB, set())
        except AutograderError as error:
            _check_result(self.folder, [str(error)])
            return
        finally:
            path.unlink()
        before = nbformat.writes(submitted)
        notebook, repairs = repair_notebook(submitted, self.source, self.released)
        assert nbformat.writes(submitted) == before
        _check_result(self.folder, [*read, *repairs])
        self.check_notebook(notebook)

    def check_notebook(self, notebook: NotebookNode) -> None:
        """Check that it has every cell of the lab once, with the instructor's tests and points."""
        nbformat.validate(notebook)
        nbformat.writes(notebook).encode()
        ids = [cell.id for cell in notebook.cells]
        assert len(ids) == len(set(ids))
        marked = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if c.metadata}
        assert len(marked) == sum(bool(cell.metadata) for cell in notebook.cells)
        for original, cell in zip(self.source.cells, self.released.cells, strict=True):
            mark = cell.metadata.get("nbgrader")
            if mark is None:
                continue
            assert mark.grade_id not in marked or marked[mark.grade_id].metadata.nbgrader == mark
            if mark.locked:
                assert marked[mark.grade_id].source == original.source


def _check_result(folder: Path, repairs: list[str]) -> None:
    """Check that a result with these repairs can be written and read."""
    assert sum(map(len, repairs)) < 20_000, "a repair is a sentence"
    notes = tuple(Note(NoteKind.REPAIR, text) for text in repairs)
    verdict = Verdict("student", LAB, SubmissionStatus.FAILED, 0.0, 10.0, notes=notes)
    results = Results(folder.parent / "results")
    results.write(Submission("student", LAB, folder), Result("f", 0, verdict, {}))
    assert results.read("student") is not None


@pytest.fixture(scope="module")
def lab(made_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("fuzz") / "handed-in"
    folder.mkdir()
    yield Lab(Course(made_course), folder)


def dumps(value: Any) -> bytes:
    return json.dumps(value).encode()


@fuzz
@given(st.binary(max_size=200) | st.text(max_size=60).map(lambda t: t.encode("utf-16", "replace")))
@example(b"1" * 5000)
@example(b"[" * 100_000)
@example(b"PK\x03\x04")
def test_any_bytes(lab: Lab, content: bytes) -> None:
    lab.read(content)


@fuzz
@given(json_values | notebooks)
@example({"nbformat": 4, "cells": [{"cell_type": []}]})
@example({"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {"nbgrader": "\ud800"}}]})
@example({"nbformat": -(10**4000), "cells": []})
@example({"nbformat": 4, "cells": [{"cell_type": "code", "id": i} for i in ("own-1", "x", "x")]})
def test_any_json(lab: Lab, value: Any) -> None:
    lab.read(dumps(value))


@fuzz
@given(st.data())
def test_notebooks_with_changes(lab: Lab, data: st.DataObject) -> None:
    fields = json.loads(nbformat.writes(lab.solved))
    for _ in range(data.draw(st.integers(1, 5))):
        if not fields["cells"]:
            break
        place = data.draw(st.integers(0, len(fields["cells"]) - 1))
        cell = fields["cells"][place]
        change = data.draw(st.sampled_from(["delete", "copy", "move", "replace", "merge", "mark"]))
        if change == "replace" or not isinstance(cell, dict):
            fields["cells"][place] = data.draw(cells | json_values)
        elif change == "delete":
            del fields["cells"][place]
        elif change == "merge":
            cell.update(data.draw(cells))
        elif change == "mark":
            cell["metadata"] = {"nbgrader": data.draw(marks)}
        else:
            moved = copy.deepcopy(cell) if change == "copy" else fields["cells"].pop(place)
            fields["cells"].insert(data.draw(st.integers(0, len(fields["cells"]))), moved)
    lab.read(dumps(fields))


def make_zip(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # Without the current time: the same bytes each time.
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


@fuzz
@given(st.sampled_from([f"a/{LAB}.ipynb", "ü.ipynb", "../x.ipynb", "a.zip"]), st.data())
def test_zip_files_with_changes(lab: Lab, name: str, data: st.DataObject) -> None:
    inner = dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1" * 20}]})
    content = bytearray(make_zip(name, make_zip("b.ipynb", inner) if name == "a.zip" else inner))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    lab.read(bytes(content), data.draw(st.sampled_from([f"{LAB}.ipynb", "work.zip"])))
    try:
        files = unpack(bytes(content))
    except AutograderError:
        return
    assert all(".." not in path.parts and not path.is_absolute() for path in files)


def nest(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def make_cell(**fields: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": "", "metadata": {}, **fields}


@pytest.mark.parametrize(
    "cell",
    [
        make_cell(metadata={"nbgrader": {"grade_id": "neuron", "points": nest(400)}}),
        make_cell(metadata={"nbgrader": {"grade_id": "neuron", "points": "9" * 1_000_000}}),
        make_cell(metadata={"nbgrader": {"grade_id": "\ud800"}}, id="neuron_answer"),
        make_cell(metadata={"nbgrader": {"grade_id": "x" * 1_000_000}}, id="neuron_answer"),
        make_cell(source="x = 1\n" * 200_000),
        make_cell(source="\n".join(["a", "b"] * 50_000)),
    ],
    ids=["deep", "long", "surrogate", "long id", "many statements", "many lines"],
)
def test_hostile_cells(lab: Lab, cell: dict[str, Any]) -> None:
    lab.read(dumps({"nbformat": 4, "cells": [cell] * 3}))


def test_too_many_cells(lab: Lab) -> None:
    cell = make_cell(source="\n".join(["assert True", ""] * 200), id="neuron")
    (lab.folder / f"{LAB}.ipynb").write_bytes(dumps({"nbformat": 4, "cells": [cell] * 5_000}))
    with pytest.raises(AutograderError, match="5000 cells"):
        read_submitted_notebook(lab.folder, LAB, set())
    (lab.folder / f"{LAB}.ipynb").unlink()
    lab.read(dumps({"nbformat": 4, "cells": [{**cell, "id": IDS[i % 7]} for i in range(900)]}))


def test_too_many_notebooks(lab: Lab) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(3_000):
            archive.writestr(f"{number}{'x' * 200}.ipynb", "")
    lab.read(file.getvalue(), "work.zip")
