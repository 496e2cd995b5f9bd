"""Whatever one student submitted is that student's row; the class goes on."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell

from autograder.course.course import Course
from autograder.course.submissions import Submission
from autograder.feedback import write_feedback
from autograder.grading.run import GradingRun
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.report import write_report
from autograder.results.results import Result, Results
from autograder.results.verdict import SubmissionStatus
from autograder.similarity.write_similar import write_similar
from tests.autograder.grading.prepared_run import Prepared
from tests.autograder.notebooks.showing.markup import ATTACKS, find_active_parts
from tests.autograder.tiny_course import LAB, make_course, solved, submit


class Reader(Prepared):
    """Full marks for every submission whose notebook can be read, as `Marking.mark` reads it."""

    def grade(self, marking, todo) -> Iterator[tuple[Submission, Result]]:
        for submission, result in super().grade(marking, todo):
            try:
                read_submitted_notebook(submission.folder, LAB, set(marking.sources))
                yield submission, result
            except Exception as error:
                yield submission, marking.make_failed_result(submission, "", error)


def grade(course: Course) -> dict[str, tuple[SubmissionStatus, str]]:
    run = GradingRun(course, course.lab(LAB))
    verdicts = [one.result.verdict for one in run.run(Reader(0))]
    return {v.student: (v.status, "; ".join(v.repairs)) for v in verdicts}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = make_course(tmp_path / "course")
    for student in ("alice", "zoe"):
        notebook = solved(made)
        notebook.cells.append(new_markdown_cell(f"I am {student}"))
        submit(made, student, notebook)
    return made


def packed() -> bytes:
    """A zip file with a letter before it, which collect leaves packed: 95 MB of blanks."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ipynb", b" " * (95 * 2**20))
    return b"x" + content.getvalue()


def lay_traps(course: Course) -> dict[str, str]:
    """By student, what the row must say."""
    mine = course.submitted_dir
    (mine / "link of the lab").mkdir()
    (mine / "link of the lab" / LAB).symlink_to(mine / "alice" / LAB)
    (mine / "link of the student").symlink_to(mine / "alice")
    for student in ("link in it", "pipe"):
        (mine / student / LAB).mkdir(parents=True)
    (mine / "link in it" / LAB / "work").symlink_to(mine / "alice" / LAB)
    for name in (f"{LAB}.ipynb", "timestamp.txt"):
        os.mkfifo(mine / "pipe" / LAB / name)
    contents = {
        "zips": ("0.zip", packed()),
        "values": (f"{LAB}.ipynb", b'{"cells": [' + b"[]," * 4_000_000 + b"0]}"),
        "deep": (f"{LAB}.ipynb", b"[" * 5_000_000),
        "old": (
            f"{LAB}.ipynb",
            json.dumps({"nbformat": 3, "worksheets": [{"cells": [{}] * 20_000}]}).encode(),
        ),
        "many files": ("0.txt", b""),
    }
    for student, (name, content) in contents.items():
        (mine / student / LAB).mkdir(parents=True)
        (mine / student / LAB / name).write_bytes(content)
    for number in range(1, 30):
        os.link(mine / "zips" / LAB / "0.zip", mine / "zips" / LAB / f"{number}.zip")
    for number in range(5_001):
        (mine / "many files" / LAB / f"{number}.txt").touch()
    return {
        "link of the lab": f"the folder link of the lab/{LAB} is a link",
        "link of the student": f"the folder link of the student/{LAB} is a link",
        "link in it": "work is a link; submit the file itself",
        "pipe": "was not handed in",
        "zips": "more than",
        "values": "values; the maximum is",
        "deep": "values; the maximum is",
        "old": "has 20000 cells",
        "many files": "the submission has 5,001 files",
    }


def test_each_hostile_submission_is_a_row(course: Course) -> None:
    said = lay_traps(course)
    found = grade(course)
    assert found.keys() == {"alice", "zoe", *said}
    for student, words in said.items():
        status, note = found[student]
        assert status is SubmissionStatus.FAILED and words in note, (student, note)
    assert found["zoe"][0] is SubmissionStatus.GRADED
    copied = list((course.autograded_dir / "link of the lab").rglob("*.ipynb"))
    assert copied == [] and not list((course.autograded_dir / "link in it").rglob("*.ipynb"))
    lab = course.lab(LAB)
    assert len(write_feedback(course, lab)) == 2 + len(said)
    assert write_report(course, lab).is_file()
    assert {"link of the lab", "values", "zips"} <= set(write_similar(course, lab).unreadable)


def test_reading_takes_a_few_hundred_megabytes(course: Course) -> None:
    lay_traps(course)
    read = f"""if True:
        import re
        from pathlib import Path
        from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
        for student in ("zips", "values", "deep", "old"):
            folder = Path({str(course.submitted_dir)!r}, student, {LAB!r})
            try:
                read_submitted_notebook(folder, {LAB!r}, set())
            except Exception as error:
                print(student, error)
        # Not ru_maxrss, which begins with the memory of the process that started this one.
        status = Path("/proc/self/status").read_text()
        print(int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024)"""
    done = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, timeout=120)
    *rows, used = done.stdout.splitlines()
    assert len(rows) == 4 and int(used) < 700, done.stdout + done.stderr


def test_a_result_that_cannot_be_written_costs_its_own_row(course: Course) -> None:
    class Deep(Prepared):
        """Workers whose result for alice holds an output that no writer can follow."""

        def grade(self, marking, todo) -> Iterator[tuple[Submission, Result]]:
            for submission, result in super().grade(marking, todo):
                if submission.student == "alice":
                    value: list = []
                    for _ in range(20_000):
                        value = [value]
                    result.notebooks[LAB] = result.notebooks[LAB].copy()
                    result.notebooks[LAB].metadata = {"deep": value}
                yield submission, result

    run = GradingRun(course, course.lab(LAB))
    found = {one.result.verdict.student: one.result.verdict for one in run.run(Deep(0))}
    assert found["alice"].status is SubmissionStatus.FAILED
    assert found["zoe"].status is SubmissionStatus.GRADED
    assert Results(course.results_dir / LAB).read("alice").verdict == found["alice"]


def test_a_hostile_feedback_page_runs_nothing(course: Course) -> None:
    names = [f"<b>{number}</b> &{attack[:60]}" for number, attack in enumerate(ATTACKS[::8])]
    names = [name.replace("/", "_").replace("\n", " ") for name in names]
    for name in names:
        submit(course, name, solved(course))
    grade(course)
    for page in [*write_feedback(course, course.lab(LAB)), write_report(course, course.lab(LAB))]:
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        for own in soup.find_all("svg", role="img"):
            own.decompose()  # the report's figures
        assert soup.main
        links = [a for a in soup.main.find_all("a") if ":" not in a["href"]]
        for link in links:  # to the page's own parts, and to the feedback pages beside it
            del link["href"]
        assert list(find_active_parts(str(soup.main))) == []


def test_tables_hold_no_control_characters_and_no_formulas(course: Course) -> None:
    from autograder.export import ExportOptions, export_scores

    for name in ("=1+1", "@x", "\x1b[2Jy", "a\u202eb", "+1", " =2", "\ttab"):
        submit(course, name, solved(course))
    grade(course)
    path, _ = export_scores(course, course.lab(LAB), None, ExportOptions(None, None, None, False))
    text = path.read_text("utf-8")
    assert text.replace("\n", "").isprintable()
    for row in csv.reader(text.splitlines()):
        assert not row[0].lstrip().startswith(("=", "+", "-", "@"))
