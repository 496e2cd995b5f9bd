"""The feedback page of one student for one notebook."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup
from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.feedback.hidden_tests import HiddenTests
from autograder.feedback.notebook_html import NotebookHtml
from autograder.marks.final_score import FinalScore
from autograder.marks.mark_sentences import OUTCOMES
from autograder.marks.outcome import Outcome
from autograder.marks.scorecard import Mark, Scorecard
from autograder.notebooks.cell_roles import grade_id, is_answer_cell, is_instructor_cell
from autograder.pages import render


@dataclass(frozen=True)
class _Cell:
    """A cell as the page shows it, with its mark and the instructor's comment."""

    is_test: bool
    body: Markup
    mark: Mark | None
    comment: str
    is_given: bool = False


@dataclass(frozen=True)
class _Group:
    """Cells one after the other: the student's own and the tests, or the lab's as released."""

    is_given: bool
    cells: list[_Cell]


def render_student_page(
    course: Course,
    lab: Lab,
    card: Scorecard,
    final: FinalScore,
    name: str,
    notebook: NotebookNode | None,
    given: Collection[str] = (),
) -> str:
    """Render one self-contained HTML page: marks, messages, comments, and the notebook.

    Hidden tests, their output and their tracebacks are left out. No code of the student runs in
    the page.

    Args:
        course: the course.
        lab: the lab.
        card: the student's marks.
        final: the final score.
        name: the notebook's name, without its suffix.
        notebook: the executed notebook; None when it could not be graded.
        given: the texts of the released notebook's cells: the page folds them.
    """
    hidden = HiddenTests(notebook, course.nbgrader_config) if notebook else None
    marks = [_hide_tests(mark, hidden) for mark in card.marks if mark.notebook == name]
    cells = None
    if notebook and hidden:
        html = NotebookHtml(hidden, course.release_dir / lab.name)
        folded = _drop_given_outputs(notebook, set(given))
        cells = _group_cells(_render_cells(folded, html, marks, card, name, set(given)))
    return render(
        "feedback/student.html.j2",
        course=course,
        lab=lab,
        card=card,
        name=name,
        marks=marks,
        **_sum_points(marks),
        final=final,
        extra=[mark.grade_id for mark in marks if mark.extra],
        several=len({mark.notebook for mark in card.marks}) > 1,
        limits=[mark for mark in marks if mark.outcome in {Outcome.TIMEOUT, Outcome.LIMIT}],
        notes=card.notes,
        comments={cell: text for (where, cell), text in card.comments.items() if where == name},
        cells=cells,
        outcomes=OUTCOMES,
        highlighting=_highlighting_css(),
    )


def _sum_points(marks: list[Mark]) -> dict[str, float]:
    """The points of a notebook: earned, in all, and waiting for a person."""
    return {
        "score": sum(mark.score or 0 for mark in marks),
        "max_score": sum(mark.max_score for mark in marks if not mark.extra),
        "waiting": sum(mark.max_score for mark in marks if mark.score is None),
    }


def _hide_tests(mark: Mark, hidden: HiddenTests | None) -> Mark:
    """The mark, without its message when that quotes a hidden test."""
    quotes = hidden is not None and hidden.are_shown_in(mark.message)
    return replace(mark, message="") if quotes else mark


def _is_given(cell: NotebookNode, given: set[str]) -> bool:
    """Whether a cell is the lab's, as released, and no answer."""
    is_lab_cell = is_instructor_cell(cell) or is_answer_cell(cell)
    return not is_lab_cell and cell.source.strip() in given


def _drop_given_outputs(notebook: NotebookNode, given: set[str]) -> NotebookNode:
    """The notebook without the outputs of the lab's own cells, unless they are errors."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and _is_given(cell, given):
            errors = [output for output in cell.outputs if output.output_type == "error"]
            cell = NotebookNode(cell, outputs=errors)
        cells.append(cell)
    return NotebookNode(notebook, cells=cells)


def _group_cells(cells: list[_Cell]) -> list[_Group]:
    return [_Group(given, list(own)) for given, own in groupby(cells, lambda cell: cell.is_given)]


def _render_cells(
    notebook: NotebookNode,
    html: NotebookHtml,
    marks: list[Mark],
    card: Scorecard,
    name: str,
    given: set[str],
) -> list[_Cell]:
    by_id = {mark.grade_id: mark for mark in marks}
    cells = []
    for number, cell in enumerate(notebook.cells, 1):
        is_test = is_instructor_cell(cell)
        body = html.render_test(cell, number) if is_test else html.render_cell(cell, number)
        comment = card.comments.get((name, grade_id(cell)), "")
        mark = by_id.pop(grade_id(cell), None)
        is_given = _is_given(cell, given) and not (mark or comment or cell.get("outputs"))
        cells.append(_Cell(is_test, body, mark, comment, is_given))
    return cells


def _highlighting_css() -> Markup:
    """Pygments' default colours: a contrast of at least 4.5 on their own background."""
    from pygments.formatters import HtmlFormatter

    return Markup(HtmlFormatter(style="default").get_style_defs(".highlight"))
