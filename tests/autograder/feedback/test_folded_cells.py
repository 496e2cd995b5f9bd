"""A page is short and small: what the lab gave is folded, and notes of one kind are one note."""

from __future__ import annotations

import base64
from pathlib import Path

from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_output

from autograder.course.course import Course
from autograder.engine.wire.note import Note, NoteKind
from autograder.feedback import write_feedback
from tests.autograder.graded_class import lay_down
from tests.autograder.tiny_course import LAB, solved

IMAGE = base64.b64encode(b"\x89PNG" + b"\0" * 300_000).decode()


def page(course: Course, student: str) -> BeautifulSoup:
    write_feedback(course, course.lab(LAB))
    path: Path = course.feedback_dir / student / LAB / f"{LAB}.html"
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_cells_as_given_are_folded_without_their_outputs(course: Course) -> None:
    notebook = solved(course)
    plot = [new_output("display_data", {"image/png": IMAGE})]
    given = next(cell for cell in notebook.cells if cell.source == "import numpy as np")
    given.outputs = plot
    notebook.cells.append(new_code_cell("mine()", outputs=plot, id="own"))
    lay_down(course, "ana", notebook)
    soup = page(course, "ana")
    folded = soup.find_all("details", class_="given")
    text = " ".join(part.get_text() for part in folded)
    assert "import numpy as np" in text and "A weighted sum plus bias" in text
    assert "np.dot" not in text and "mine()" not in text
    assert all(part.find("img", src=True) is None for part in folded)
    # Once: the student's own plot.
    assert str(soup).count(IMAGE[:200]) == 1


def test_a_given_cell_that_failed_is_not_folded(course: Course) -> None:
    notebook = solved(course)
    given = next(cell for cell in notebook.cells if cell.source == "import numpy as np")
    given.outputs = [new_output("error", ename="ImportError", evalue="no", traceback=["no numpy"])]
    lay_down(course, "ana", notebook)
    soup = page(course, "ana")
    assert "no numpy" in soup.get_text()
    folded = " ".join(part.get_text() for part in soup.find_all("details", class_="given"))
    assert "no numpy" not in folded


def test_a_lab_that_was_not_released_folds_nothing(course: Course) -> None:
    lay_down(course, "ana", solved(course))
    (course.release_dir / LAB / f"{LAB}.ipynb").unlink()
    assert page(course, "ana").find("details", class_="given") is None


def test_trusted_tests_are_one_note(course: Course) -> None:
    notes = tuple(Note(NoteKind.IN_KERNEL, f"q{n} was judged in the kernel") for n in range(73))
    lay_down(course, "ana", solved(course), notes=(*notes, Note(NoteKind.REPAIR, "a repair")))
    lay_down(course, "ben", solved(course), notes=notes[:1])
    shown = page(course, "ana").get_text()
    assert "73 tests were judged in the student's kernel" in shown and "a repair" in shown
    assert "q7 was judged" not in shown
    assert "q0 was judged in the kernel" in page(course, "ben").get_text()


def test_extra_credit_is_said(course: Course) -> None:
    toml = course.root / "course.toml"
    line = f'[labs.{LAB}]\nextra_credit = ["predict", "softmax"]'
    toml.write_text(toml.read_text().replace(f"[labs.{LAB}]", line, 1))
    course = Course(course.root)
    lay_down(course, "ana", solved(course))
    text = " ".join(page(course, "ana").get_text().split())
    assert "6 of 6 points" in text
    assert "Extra credit: softmax, predict. Their points come on top of the 6." in text
