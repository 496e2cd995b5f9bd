"""autograder grades nbgrader's courses as nbgrader does, and nbgrader continues from there."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.autograder.nbgrader_notebooks import (
    answer,
    check,
    code,
    hand_in,
    make_course,
    mark,
    run_module,
    task,
    write_notebook,
)

pytestmark = pytest.mark.slow


def read_rows(course: Path) -> dict[str, dict]:
    lines = (course / "out.jsonl").read_text().splitlines()
    return {row["student"]: row for row in map(json.loads, lines)}


def grade(course: Path, lab: str = "ps1", *options: str) -> dict[str, dict]:
    run_module(course, "autograder", "grade", lab, "--json", "out.jsonl", *options)
    return read_rows(course)


def export(course: Path) -> dict[tuple[str, str], dict[str, str]]:
    """What `nbgrader export` writes, by assignment and student."""
    run_module(course, "nbgrader", "export")
    with (course / "grades.csv").open() as file:
        return {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}


def test_the_example_course_of_nbgrader(tmp_path: Path) -> None:
    run_module(tmp_path, "nbgrader", "quickstart", "example")
    course = tmp_path / "example"
    shutil.copytree(course / "source" / "ps1", course / "submitted" / "perfect" / "ps1")
    half = course / "submitted" / "half" / "ps1"
    half.mkdir(parents=True)
    shutil.copy(course / "source" / "ps1" / "problem1.ipynb", half)

    adopted = run_module(course, "autograder", "adopt", "--write").stdout
    assert "sum_of_squares_uses_squares" in adopted and "test cells" in adopted
    rows = grade(course)
    assert {v["student"]: (v["score"], v["max_score"]) for v in rows.values()} == {
        "perfect": (3.0, 13.0),
        "half": (3.0, 13.0),
    }
    waiting = {q["grade_id"] for q in rows["perfect"]["questions"] if q["status"] == "manual"}
    assert {"part-a", "part-b", "sum_of_squares_equation"} <= waiting

    run_module(course, "nbgrader", "generate_feedback", "ps1")
    assert (course / "feedback" / "perfect" / "ps1" / "problem1.html").is_file()
    exported = {student: float(row["raw_score"]) for (_, student), row in export(course).items()}
    assert exported == {"perfect": 3.0, "half": 3.0}


LATE = """\
c.LateSubmissionPlugin.penalty_method = "zero"
"""


def test_scores_are_those_of_nbgrader_beside_it(tmp_path: Path) -> None:
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
    grade(course, "ps1", "--anyway")
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
    run_module(course, "autograder", "export", "ps1", "--format", "csv")
    page = run_module(course, "autograder", "feedback", "ps1")
    assert "3 pages" in page.stdout
    html = (course / "feedback" / "ada" / "ps1" / "ps1.html").read_text()
    assert "Draw it." in html and "11" in html


def test_an_import_exercise_is_the_students(tmp_path: Path) -> None:
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
    rows = grade(course)
    assert {s: row["score"] for s, row in rows.items()} == {s: v[1] for s, v in answers.items()}


def test_a_test_cell_has_the_files_of_its_assignment(tmp_path: Path) -> None:
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
    assert {s: row["score"] for s, row in grade(course).items()} == {"ada": 1, "eve": 0}


def test_a_test_cell_is_the_instructors_whatever_its_metadata(tmp_path: Path) -> None:
    course = make_course(tmp_path, answer("a", "x = 2"), check("q", "assert x == 2", locked=False))
    path = hand_in(course, "eve", "x = 3")
    path.write_text(path.read_text().replace("assert x == 2", "pass"))
    assert grade(course)["eve"]["score"] == 0


def test_one_renamed_notebook_of_two_counts_once(tmp_path: Path) -> None:
    course = make_course(tmp_path, answer("a1", "x = 1"), check("q1", "assert x == 1"))
    (course / "source" / "ps1" / "ps1.ipynb").rename(course / "source" / "ps1" / "problem1.ipynb")
    second = (answer("a2", "y = 2"), check("q2", "assert y == 2"))
    write_notebook(course / "source" / "ps1" / "problem2.ipynb", *second)
    one = hand_in(course, "ada", "x = 1", name="problem1")
    one.rename(one.with_name("Problem1_final.ipynb"))
    row = grade(course)["ada"]
    assert (row["score"], row["max_score"]) == (1, 2)
    assert "problem2.ipynb was not handed in: the submitted notebook is problem1.ipynb" in str(row)


def test_feedback_goes_through_the_exchange(tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    config = f"c.CourseDirectory.course_id = 'c'\nc.Exchange.root = {str(exchange)!r}\n"
    course = make_course(
        tmp_path / "course", answer("a", "x = 2"), check("q", "assert x == 2"), config=config
    )
    folder = hand_in(course, "ada", "x = 2").parent
    (folder / "timestamp.txt").write_text("2027-02-01 10:00:00.000000 UTC")
    (folder / "submission_secret.txt").write_text("5" * 128)
    grade(course)
    run_module(course, "autograder", "feedback", "ps1")
    run_module(course, "nbgrader", "release_feedback", "ps1")
    (page,) = (exchange / "c" / "feedback").glob("*.html")
    assert page.read_text() == (course / "feedback" / "ada" / "ps1" / "ps1.html").read_text()


def test_students_of_the_gradebook_have_names_and_absentees_are_listed(tmp_path: Path) -> None:
    course = make_course(tmp_path, answer("a", "x = 2"), check("q", "assert x == 2"))
    (course / "class.csv").write_text(
        "id,first_name,last_name,email\nada,Ada,Lovelace,a@x.org\nzoe,Zoë,Ng,z@x.org\n"
    )
    run_module(course, "nbgrader", "db", "student", "import", "class.csv")
    hand_in(course, "ada", "x = 2")
    grade(course)
    run_module(course, "autograder", "report")
    page = next((course / "reports").glob("*.html")).read_text()
    assert "Lovelace" in page and "Ng, Zoë" in page
    run_module(course, "autograder", "export", "ps1", "--format", "csv")
    table = (course / "exports" / "ps1.csv").read_text("utf-8-sig")
    assert "Lovelace" in table and "Zoë" in table


def test_adopt_says_what_differs_and_writes_only_when_asked(tmp_path: Path) -> None:
    course = make_course(
        tmp_path,
        answer("a", "def f(): return 2", "f = None"),
        check("same", "assert f() == 2"),
        check("inputs", "import sys\nassert sys.modules['__main__'].f() == 2"),
        check("broken", "import no_such_package"),
    )
    write_notebook(
        course / "source" / "ps2" / "ps2.ipynb",
        mark(code("raise NotImplementedError()"), "b", solution=True),
        check("open", "pass"),
    )
    shown = run_module(course, "autograder", "adopt", "--isolation", "auto").stdout
    assert "3 of 4 test cells (75%)" in shown
    assert "No module named 'no_such_package'" in shown
    assert "ps2.ipynb holds no answers" in shown
    assert not (course / "course.toml").exists()
    run_module(course, "autograder", "adopt", "--write")
    text = (course / "course.toml").read_text()
    assert 'trust = ["inputs"]' in text and "[labs.ps2]" in text and "#   inputs: " in text
