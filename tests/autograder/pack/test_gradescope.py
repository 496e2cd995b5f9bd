"""The zip file for Gradescope, graded in a root that is laid out like Gradescope's."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.course.submissions import Submission
from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits
from autograder.grading.local_workers import LocalWorkers
from autograder.grading.marking import Marking
from autograder.notebooks.cell_roles import is_answer_cell
from autograder.pack.pack_gradescope import pack_for_gradescope
from autograder.pack.packed_lab import PackedLab
from autograder.results.results import Results
from tests.autograder.pack.gradescope_root import Graded, GradescopeRoot
from tests.autograder.tiny_course import LAB, make_course, mistaken, solved, stub

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("bwrap") is None,
    reason="a container's root is made by root, with bubblewrap",
)
NAME = f"{LAB}.ipynb"
FULL = {"neuron": 2.0, "softmax": 3.0, "predict": 1.0}
NOTHING = dict.fromkeys(FULL, 0.0)


@pytest.fixture(scope="module")
def packed_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("packed") / "course"
    course = make_course(folder)
    toml = folder / "course.toml"
    text = toml.read_text(encoding="utf-8").replace("cell_seconds = 20", "cell_seconds = 4")
    toml.write_text(text + '\n[extensions]\n"Student, Secret" = { 01_neuron = 3 }\n')
    return Course(course.root)


@pytest.fixture(scope="module")
def archive(packed_course: Course) -> Path:
    lab = packed_course.lab(LAB)
    seed = Results(packed_course.results_dir / LAB).read_class_seed()
    packed = PackedLab.of(packed_course, lab, Marking.of(packed_course, lab, seed))
    return pack_for_gradescope(packed_course, packed, 5, "after_due_date")


@pytest.fixture(scope="module")
def root(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GradescopeRoot]:
    yield GradescopeRoot(archive, tmp_path_factory.mktemp("gradescope"))


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalWorkers]:
    """Workers with the course's limits."""
    with Engine(Limits(seconds=60, cell_seconds=4, memory_mb=2048)) as engine:
        yield LocalWorkers(lambda: nullcontext(engine), 1)


def answer(course: Course, question: str, source: str) -> NotebookNode:
    """The solution with another answer to one question."""
    notebook = solved(course)
    for cell in notebook.cells:
        if is_answer_cell(cell) and f"def {question}(" in cell.source:
            cell.source = source
            return notebook
    raise AssertionError(f"the lab has no function {question}")


def check_form(graded: Graded) -> None:
    """What Gradescope's specification asks of results.json."""
    results = graded.results
    assert results["stdout_visibility"] == "hidden"
    assert isinstance(results["output"], str)
    assert results["tests"] or isinstance(results["score"], float)
    for test in results["tests"]:
        assert {"name", "score", "max_score", "output", "visibility", "status"} <= set(test)
        assert test["visibility"] == "after_due_date"


SUBMISSIONS = {
    "solved": lambda course: {NAME: nbformat.writes(solved(course))},
    "no_bias": lambda course: {NAME: nbformat.writes(mistaken(course, "no_bias"))},
    "softmax": lambda course: {NAME: nbformat.writes(mistaken(course, "softmax_over_the_batch"))},
    "two_notebooks": lambda course: {
        "scratch.ipynb": nbformat.writes(stub(course)),
        "neuron final (2).ipynb": nbformat.writes(mistaken(course, "no_bias")),
    },
    "endless": lambda course: {
        NAME: nbformat.writes(answer(course, "neuron", "while True:\n    pass"))
    },
}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_marks_are_those_of_autograder_grade(
    name: str, packed_course: Course, root: GradescopeRoot, workers: LocalWorkers
) -> None:
    course = packed_course
    files = SUBMISSIONS[name](course)
    graded = root.grade(files)
    check_form(graded)
    folder = course.submitted_dir / name / LAB
    folder.mkdir(parents=True)
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")
    lab = course.lab(LAB)
    marking = Marking.of(course, lab, Results(course.results_dir / LAB).read_class_seed())
    with closing(workers.grade(marking, [(Submission(name, LAB, folder), "")])) as results:
        ((_, result),) = results
    assert graded.marks == {
        question.grade_id: question.score
        for question in result.verdict.questions
        if question.grade_id in FULL
    }
    said = {t["name"]: t["output"] for t in graded.results["tests"]}
    for question in result.verdict.questions:
        if question.grade_id in FULL and question.message:
            assert said[question.grade_id] == question.message


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({NAME: '{"cells": ['}, "only a part of one"),
        ({}, "was not handed in"),
        ({NAME: json.dumps({"cells": [], "metadata": {}, "nbformat": 4})}, "none of the cells"),
    ],
    ids=["cut in half", "no file", "no cells"],
)
def test_a_submission_that_cannot_be_graded_gets_a_sentence(
    files: dict[str, str], says: str, root: GradescopeRoot
) -> None:
    graded = root.grade(files)
    check_form(graded)
    assert graded.marks == NOTHING
    assert graded.results["extra_data"] == {"graded": False}
    assert graded.results["output"].startswith("Not graded.")
    assert says in graded.said, graded.said


SNOOP = """\
import glob, os
found = []
for path in ("/autograder/source/lab.json", "/autograder/submission_metadata.json"):
    try:
        found.append(open(path).read()[:20])
    except OSError as error:
        found.append(type(error).__name__)
try:
    open("/autograder/results/results.json", "w").write("{}")
    found.append("wrote")
except OSError as error:
    found.append(type(error).__name__)
found.append(os.getuid() != 0)
print(found)
raise RuntimeError(repr(found))
"""


@pytest.mark.parametrize("is_strict", [True, False], ids=["as in Docker", "with namespaces"])
def test_students_code_reads_no_test_and_writes_no_result(
    is_strict: bool, packed_course: Course, root: GradescopeRoot
) -> None:
    root.is_strict = is_strict
    try:
        body = SNOOP.replace("\n", "\n    ")
        notebook = answer(packed_course, "neuron", f"def neuron(x, w, b):\n    {body}")
        graded = root.grade({NAME: nbformat.writes(notebook)})
    finally:
        root.is_strict = True
    said = {t["name"]: t["output"] for t in graded.results["tests"]}
    assert graded.marks == {**FULL, "neuron": 0.0}
    for word in ("wrote", "{", "False"):
        assert word not in said["neuron"], said["neuron"]
    assert "Error" in said["neuron"]
    assert "isolation" in graded.log
    assert "isolation" not in graded.said
    if is_strict:
        assert "none (weak)" in graded.log
    else:
        assert "isolation: bwrap" in graded.log


def test_students_read_neither_hidden_tests_nor_the_log(
    packed_course: Course, root: GradescopeRoot
) -> None:
    graded = root.grade({NAME: nbformat.writes(mistaken(packed_course, "no_bias"))})
    assert "did you forget to add the bias? 1·2 + 5 is 7, not 2" in graded.said
    assert "np.array([1.0]), np.array([2.0]), 5.0" not in graded.said
    assert "curves: graded by hand, 4 points" in graded.said
    assert "points: 4/6" in graded.log


def test_a_grader_that_fails_or_is_late_says_so(
    archive: Path, packed_course: Course, tmp_path: Path
) -> None:
    root = GradescopeRoot(archive, tmp_path)
    right = {NAME: nbformat.writes(solved(packed_course))}
    script = root.autograder / "run_autograder"
    text = script.read_text()
    script.write_text(text.replace(" 260 after_due_date", " 1 after_due_date"))
    late = root.grade(right)
    assert "took longer than" in late.results["output"]
    script.write_text(text)
    lab = root.autograder / "source" / "lab.json"
    lab.write_text(lab.read_text()[:100])
    broken = root.grade(right)
    assert "grader itself failed" in broken.results["output"]
    assert "not a packed lab" in broken.log
    shutil.rmtree(root.home / "venv" / "bin")
    gone = root.grade(right)
    assert "ended from outside" in gone.results["output"]
    for graded in (late, broken, gone):
        assert graded.results["score"] == 0.0
        assert "not your mark" in graded.results["output"]
        assert graded.results["stdout_visibility"] == "hidden"


def test_the_zip_file_names_no_student_and_has_no_link(archive: Path, root: GradescopeRoot) -> None:
    text = (root.autograder / "source" / "lab.json").read_text(encoding="utf-8")
    assert "Secret" not in text
    assert os.stat(root.autograder / "source" / "lab.json").st_size < 100_000
