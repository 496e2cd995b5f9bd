"""autograder grades nbgrader's courses as nbgrader does, and nbgrader continues from there."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.authoring.adoption import compare_lab
from autograder.course.course import Course
from autograder.engine.wire.question_verdict import Status
from autograder.feedback import write_feedback
from autograder.grading.local_workers import LocalWorkers
from autograder.marks.scorecard import read_scorecards
from tests.autograder.nbgrader_notebooks import (
    answer,
    check,
    code,
    grade_all,
    hand_in,
    make_course,
    mark,
    run_module,
    task,
    write_notebook,
)

pytestmark = pytest.mark.slow


def export(course: Path) -> dict[tuple[str, str], dict[str, str]]:
    """What `nbgrader export` writes, by assignment and student."""
    run_module(course, "nbgrader", "export")
    with (course / "grades.csv").open() as file:
        return {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}


def test_the_example_course_of_nbgrader(tmp_path: Path, workers: LocalWorkers) -> None:
    run_module(tmp_path, "nbgrader", "quickstart", "example")
    course = tmp_path / "example"
    shutil.copytree(course / "source" / "ps1", course / "submitted" / "perfect" / "ps1")
    half = course / "submitted" / "half" / "ps1"
    half.mkdir(parents=True)
    shutil.copy(course / "source" / "ps1" / "problem1.ipynb", half)

    adopted = run_module(course, "autograder", "adopt", "--write").stdout
    assert "sum_of_squares_uses_squares" in adopted and "test cells" in adopted
    verdicts = grade_all(workers, course)
    assert {s: (v.score, v.max_score) for s, v in verdicts.items()} == {
        "perfect": (3.0, 13.0),
        "half": (3.0, 13.0),
    }
    waiting = {q.grade_id for q in verdicts["perfect"].questions if q.status is Status.MANUAL}
    assert {"part-a", "part-b", "sum_of_squares_equation"} <= waiting

    run_module(course, "nbgrader", "generate_feedback", "ps1")
    assert (course / "feedback" / "perfect" / "ps1" / "problem1.html").is_file()
    exported = {student: float(row["raw_score"]) for (_, student), row in export(course).items()}
    assert exported == {"perfect": 3.0, "half": 3.0}


LATE = """\
c.LateSubmissionPlugin.penalty_method = "zero"
"""


def test_scores_are_those_of_nbgrader_beside_it(tmp_path: Path, workers: LocalWorkers) -> None:
    essay = answer("essay", "y = 1")
    essay.metadata.nbgrader.update(grade=True, points=3)
    course = make_course(
        tmp_path / "ours",
        code("import math"),
        answer("a", "x = 2", "x = None"),
        check("q", "assert x == 2", points=2, locked=False),
        check("part", "0.5 if x else 0", points=2),
        essay,
        task("draw", "Draw it.", 4),
        config=LATE,
    )
    hand_in(course, "ada", "x = 2", "y = 1")
    hand_in(course, "bob", "x = None", "# YOUR CODE HERE\nraise NotImplementedError()")
    late = hand_in(course, "eve", "x = 2", "y = 3").with_name("timestamp.txt")
    late.write_text("2027-02-09 10:00:00 UTC")
    theirs = Path(shutil.copytree(course, tmp_path / "theirs"))
    for one in (course, theirs):
        due = ("--duedate", "2027-02-05 10:00:00 UTC")
        run_module(one, "nbgrader", "db", "assignment", "add", "ps1", *due)
    grade_all(workers, course)
    run_module(theirs, "nbgrader", "generate_assignment", "ps1")
    run_module(theirs, "nbgrader", "autograde", "ps1")
    assert export(course) == export(theirs)
    assert {row["max_score"] for row in export(course).values()} == {"11.0"}

    for one in (course, theirs):
        with Gradebook(f"sqlite:///{one / 'gradebook.db'}") as gradebook:
            mark_by_hand = gradebook.find_grade("draw", "ps1", "ps1", "ada")
            assert mark_by_hand.needs_manual_grade
            mark_by_hand.manual_score, mark_by_hand.extra_credit = 4.0, 0.5
            gradebook.db.commit()
    assert export(course) == export(theirs)
    lab = Course(course).lab("ps1")
    cards = {card.student: card for card in read_scorecards(Course(course), lab)}
    assert (cards["ada"].score, cards["ada"].max_score, cards["ada"].waiting) == (7.0, 11.0, 3.0)
    write_feedback(Course(course), lab)
    html = (course / "feedback" / "ada" / "ps1" / "ps1.html").read_text()
    assert "Draw it." in html and "11" in html


def test_an_import_exercise_is_the_students(tmp_path: Path, workers: LocalWorkers) -> None:
    course = make_course(
        tmp_path,
        answer("a", "from math import hypot as dist\nimport statistics as st"),
        check("function", "assert dist(3, 4) == 5"),
        check("module", "assert st.mean([1, 3]) == 2"),
    )
    answers = {
        "right": ("from math import hypot as dist\nimport statistics as st", 2),
        "nothing": ("pass", 0),
        "own": ("def dist(a, b): return 5\nimport statistics as st", 2),
        "wrong": ("def dist(a, b): return 0\nimport math as st", 0),
    }
    for student, (text, _) in answers.items():
        hand_in(course, student, text)
    scores = {student: verdict.score for student, verdict in grade_all(workers, course).items()}
    assert scores == {student: points for student, (_, points) in answers.items()}


def test_a_test_cell_has_the_files_of_its_assignment(tmp_path: Path, workers: LocalWorkers) -> None:
    course = make_course(
        tmp_path,
        answer("a", "def total(numbers): return sum(numbers)"),
        check("q", "import tests\ntests.check(total)\nassert open('data/n.txt').read() == '3'"),
    )
    folder = course / "source" / "ps1"
    (folder / "tests.py").write_text("def check(total):\n    assert total([1, 2]) == 3\n")
    (folder / "data").mkdir()
    (folder / "data" / "n.txt").write_text("3")
    hand_in(course, "ada", "def total(numbers): return sum(numbers)")
    cheat = hand_in(course, "eve", "def total(numbers): return 0").with_name("tests.py")
    cheat.write_text("def check(total): pass\n")
    assert {s: v.score for s, v in grade_all(workers, course).items()} == {"ada": 1, "eve": 0}


def test_an_unlocked_test_cell_is_the_instructors(tmp_path: Path, workers: LocalWorkers) -> None:
    course = make_course(tmp_path, answer("a", "x = 2"), check("q", "assert x == 2", locked=False))
    path = hand_in(course, "eve", "x = 3")
    path.write_text(path.read_text().replace("assert x == 2", "pass"))
    assert grade_all(workers, course)["eve"].score == 0


def test_one_renamed_notebook_of_two_counts_once(tmp_path: Path, workers: LocalWorkers) -> None:
    course = make_course(tmp_path, answer("a1", "x = 1"), check("q1", "assert x == 1"))
    (course / "source" / "ps1" / "ps1.ipynb").rename(course / "source" / "ps1" / "problem1.ipynb")
    second = (answer("a2", "y = 2"), check("q2", "assert y == 2"))
    write_notebook(course / "source" / "ps1" / "problem2.ipynb", *second)
    one = hand_in(course, "ada", "x = 1", name="problem1")
    one.rename(one.with_name("Problem1_final.ipynb"))
    row = grade_all(workers, course)["ada"]
    assert (row.score, row.max_score) == (1, 2)
    reason = "problem2.ipynb was not handed in: the submitted notebook is problem1.ipynb"
    assert reason in row.repairs


def test_widgets_cost_neither_the_kernel_nor_time(tmp_path: Path, workers: LocalWorkers) -> None:
    widgets = "import ipywidgets as w\ndef f(x): return 2 * x\nw.interact(f, x=(0, 9))"
    course = make_course(tmp_path, answer("a", widgets), check("q", "assert f(2) == 4"))
    hand_in(course, "ada", f"{widgets}\nw.Image(value=bytes(300_000))")
    row = grade_all(workers, course)["ada"]
    assert (row.score, row.notes) == (1, ()) and row.seconds < 60


def test_feedback_goes_through_the_exchange(tmp_path: Path, workers: LocalWorkers) -> None:
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    config = f"c.CourseDirectory.course_id = 'c'\nc.Exchange.root = {str(exchange)!r}\n"
    course = make_course(
        tmp_path / "course", answer("a", "x = 2"), check("q", "assert x == 2"), config=config
    )
    folder = hand_in(course, "ada", "x = 2").parent
    (folder / "timestamp.txt").write_text("2027-02-01 10:00:00.000000 UTC")
    (folder / "submission_secret.txt").write_text("5" * 128)
    grade_all(workers, course)
    run_module(course, "autograder", "feedback", "ps1")
    run_module(course, "nbgrader", "release_feedback", "ps1")
    (page,) = (exchange / "c" / "feedback").glob("*.html")
    assert page.read_text() == (course / "feedback" / "ada" / "ps1" / "ps1.html").read_text()


def test_names_and_absentees_come_from_the_gradebook(tmp_path: Path, workers: LocalWorkers) -> None:
    course = make_course(tmp_path, answer("a", "x = 2"), check("q", "assert x == 2"))
    (course / "class.csv").write_text(
        "id,first_name,last_name,email\nada,Ada,Lovelace,a@x.org\nzoe,Zoë,Ng,z@x.org\n"
    )
    run_module(course, "nbgrader", "db", "student", "import", "class.csv")
    hand_in(course, "ada", "x = 2")
    grade_all(workers, course)
    run_module(course, "autograder", "report")
    page = next((course / "reports").glob("*.html")).read_text()
    assert "Lovelace" in page and "Ng, Zoë" in page
    run_module(course, "autograder", "export", "ps1", "--format", "csv")
    table = (course / "exports" / "ps1.csv").read_text("utf-8-sig")
    assert "Lovelace" in table and "Zoë" in table


ONLY_IN_KERNEL = "assert f.__code__.co_argcount == 0"  # bytecode does not cross


def test_cells_are_compared_outside_the_kernel_and_in_it(
    tmp_path: Path, workers: LocalWorkers
) -> None:
    course = make_course(
        tmp_path,
        answer("a", "def f(): return 2", "f = None"),
        check("same", "assert f() == 2"),
        check("main", ONLY_IN_KERNEL),
        check("broken", "import no_such_package"),
        check("open", "pass", points=2),
    )
    adoption = compare_lab(Course(course), Course(course).lab("ps1"), workers)
    found = {cell.grade_id: (cell.outside, cell.inside) for cell in adoption.cells}
    assert found == {
        "same": ((1, 0), (1, 0)),
        "main": ((0, 0), (1, 0)),
        "broken": ((0, 0), (0, 0)),
        "open": ((2, 2), (2, 2)),
    }
    assert list(adoption.trust) == ["main"] and adoption.trust["main"]
    assert [cell.outside for cell in adoption.trusting] == [cell.inside for cell in adoption.cells]
    assert adoption.unsolved == ()


def test_a_trusted_cell_takes_along_the_tests_that_define_its_names(
    tmp_path: Path, workers: LocalWorkers
) -> None:
    course = make_course(
        tmp_path,
        answer("a", "def f(): return 2"),
        check("first", "from math import isclose\nassert isclose(f(), 2)"),
        check("second", "assert f() == 2"),
        check("main", f"{ONLY_IN_KERNEL}\nassert isclose(f(), 2)"),
    )
    adoption = compare_lab(Course(course), Course(course).lab("ps1"), workers)
    assert set(adoption.trust) <= {"main", "first"} and "main" in adoption.trust
    assert all(cell.outside == (1, 0) for cell in adoption.trusting)


def test_adopt_writes_when_asked(tmp_path: Path) -> None:
    """The command itself."""
    course = make_course(
        tmp_path, answer("a", "def f(): return 2", "f = None"), check("main", ONLY_IN_KERNEL)
    )
    write_notebook(
        course / "source" / "ps2" / "ps2.ipynb",
        mark(code("raise NotImplementedError()"), "b", solution=True),
        check("open", "pass"),
    )
    shown = run_module(course, "autograder", "adopt", "--write").stdout
    assert "1 of 2 test cells (50%) need no trust" in shown
    assert "ps2.ipynb holds no answers" in shown and "needs the kernel" in shown
    text = (course / "course.toml").read_text()
    assert 'trust = ["main"]' in text and "[labs.ps2]" in text and "#   main: " in text
