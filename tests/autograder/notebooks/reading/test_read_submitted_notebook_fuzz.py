"""Whatever is handed in as a notebook: a sentence why not, or a whole notebook of the lab."""

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

from autograder.authoring.source import instructor_notebook
from autograder.collect.unpack import unpack
from autograder.course.course import Course
from autograder.course.submissions import Submission
from autograder.engine.wire.note import Note, NoteKind
from autograder.errors import AutograderError
from autograder.notebooks import forms
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.repair import repair
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
    """The tiny course's lab, and a folder to hand in to."""

    def __init__(self, course: Course, folder: Path) -> None:
        self.source = instructor_notebook(course, course.lab(LAB))
        self.released = forms.student(self.source)
        self.solved = forms.solved(self.source)
        self.folder = folder

    def take(self, content: bytes, name: str = f"{LAB}.ipynb") -> None:
        """Hand it in; it is refused with a sentence, or comes to a whole notebook."""
        path = self.folder / name
        path.write_bytes(content)
        try:
            handed_in, read = read_submitted_notebook(self.folder, LAB, set())
        except AutograderError as error:
            _can_be_written(self.folder, [str(error)])
            return
        finally:
            path.unlink()
        before = nbformat.writes(handed_in)
        mended, changed = repair(handed_in, self.source, self.released)
        assert nbformat.writes(handed_in) == before
        _can_be_written(self.folder, [*read, *changed])
        self.is_whole(mended)

    def is_whole(self, notebook: NotebookNode) -> None:
        """Every cell of the lab once, tests and points the instructor's, the rest the student's."""
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


def _can_be_written(folder: Path, remarks: list[str]) -> None:
    """What was put right goes into a result, onto the disk and back."""
    assert sum(map(len, remarks)) < 20_000, "a remark is a sentence"
    notes = tuple(Note(NoteKind.REPAIR, remark) for remark in remarks)
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
    lab.take(content)


@fuzz
@given(json_values | notebooks)
@example({"nbformat": 4, "cells": [{"cell_type": []}]})
@example({"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {"nbgrader": "\ud800"}}]})
@example({"nbformat": -(10**4000), "cells": []})
@example({"nbformat": 4, "cells": [{"cell_type": "code", "id": i} for i in ("own-1", "x", "x")]})
def test_any_json(lab: Lab, value: Any) -> None:
    lab.take(dumps(value))


@fuzz
@given(st.data())
def test_notebooks_with_changes(lab: Lab, data: st.DataObject) -> None:
    fields = json.loads(nbformat.writes(lab.solved))
    for _ in range(data.draw(st.integers(1, 5))):
        if not fields["cells"]:
            break
        place = data.draw(st.integers(0, len(fields["cells"]) - 1))
        cell = fields["cells"][place]
        what = data.draw(st.sampled_from(["delete", "copy", "move", "replace", "merge", "mark"]))
        if what == "replace" or not isinstance(cell, dict):
            fields["cells"][place] = data.draw(cells | json_values)
        elif what == "delete":
            del fields["cells"][place]
        elif what == "merge":
            cell.update(data.draw(cells))
        elif what == "mark":
            cell["metadata"] = {"nbgrader": data.draw(marks)}
        else:
            moved = copy.deepcopy(cell) if what == "copy" else fields["cells"].pop(place)
            fields["cells"].insert(data.draw(st.integers(0, len(fields["cells"]))), moved)
    lab.take(dumps(fields))


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # Not of this moment: the same bytes each time.
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


@fuzz
@given(st.sampled_from([f"a/{LAB}.ipynb", "ü.ipynb", "../x.ipynb", "a.zip"]), st.data())
def test_zip_files_with_changes(lab: Lab, name: str, data: st.DataObject) -> None:
    inner = dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1" * 20}]})
    content = bytearray(zipped(name, zipped("b.ipynb", inner) if name == "a.zip" else inner))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    lab.take(bytes(content), data.draw(st.sampled_from([f"{LAB}.ipynb", "work.zip"])))
    try:
        files = unpack(bytes(content))
    except AutograderError:
        return
    assert all(".." not in path.parts and not path.is_absolute() for path in files)


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def a_cell(**fields: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": "", "metadata": {}, **fields}


@pytest.mark.parametrize(
    "cell",
    [
        a_cell(metadata={"nbgrader": {"grade_id": "neuron", "points": nested(400)}}),
        a_cell(metadata={"nbgrader": {"grade_id": "neuron", "points": "9" * 1_000_000}}),
        a_cell(metadata={"nbgrader": {"grade_id": "\ud800"}}, id="neuron_answer"),
        a_cell(metadata={"nbgrader": {"grade_id": "x" * 1_000_000}}, id="neuron_answer"),
        a_cell(source="x = 1\n" * 200_000),
        a_cell(source="\n".join(["a", "b"] * 50_000)),
    ],
    ids=["deep", "long", "surrogate", "long id", "many statements", "many lines"],
)
def test_cells_made_to_break_the_reader(lab: Lab, cell: dict[str, Any]) -> None:
    lab.take(dumps({"nbformat": 4, "cells": [cell] * 3}))


def test_more_cells_than_a_notebook_has(lab: Lab) -> None:
    cell = a_cell(source="\n".join(["assert True", ""] * 200), id="neuron")
    (lab.folder / f"{LAB}.ipynb").write_bytes(dumps({"nbformat": 4, "cells": [cell] * 5_000}))
    with pytest.raises(AutograderError, match="5000 cells"):
        read_submitted_notebook(lab.folder, LAB, set())
    (lab.folder / f"{LAB}.ipynb").unlink()
    lab.take(dumps({"nbformat": 4, "cells": [{**cell, "id": IDS[i % 7]} for i in range(900)]}))


def test_more_notebooks_than_a_student_has(lab: Lab) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(3_000):
            archive.writestr(f"{number}{'x' * 200}.ipynb", "")
    lab.take(file.getvalue(), "work.zip")
