"""reports/LAB-similar.html: who shares code with whom, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.course.course import Course, Lab
from autograder.course.submissions import find_submissions
from autograder.errors import AutograderError
from autograder.files import write_atomically
from autograder.notebooks.cell_roles import list_grade_ids
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.pages import render
from autograder.similarity.compare import LEAST_SHARE, LEAST_TOKENS, similar_pairs
from autograder.similarity.found import Similar, page_path, write_found
from autograder.similarity.pair import Pair, Stretch

_MOST_STRETCHES = 30


@dataclass(frozen=True)
class _Lines:
    first: list[str]
    second: list[str]


def write_similar(course: Course, lab: Lab) -> Similar:
    """Compare all submissions of a lab and write the page; nothing of any student's is run.

    Args:
        course: the course.
        lab: the lab.

    Raises:
        AutograderError: nobody has handed in anything, or the page can't be written.
    """
    sources = {
        path.stem: nbformat.read(path, as_version=4)
        for path in sorted((course.source_dir / lab.name).glob("*.ipynb"))
    }
    handed_in, unreadable = {}, []
    for submission in find_submissions(course, lab):
        books = []
        for name, source in sources.items():
            ids = list_grade_ids(source)
            try:
                books.append(read_submitted_notebook(submission.folder, name, set(sources), ids)[0])
            except AutograderError:
                unreadable.append(submission.student)
        if books:
            handed_in[submission.student] = _one(books)
    released = [release_notebook(source, course.nbgrader_config) for source in sources.values()]
    pairs = similar_pairs(handed_in, [*sources.values(), *released])
    found = Similar(page_path(course, lab), pairs, len(handed_in), list(dict.fromkeys(unreadable)))
    shown = [(pair, list(_side_by_side(pair, handed_in))) for pair in pairs]
    write_atomically(
        found.page,
        render(
            "similarity/similar.html.j2",
            course=course,
            lab=lab,
            pairs=shown,
            compared=found.compared,
            unreadable=found.unreadable,
            least_share=LEAST_SHARE,
            least_tokens=LEAST_TOKENS,
            most=_MOST_STRETCHES,
        ),
    )
    write_found(course, lab, found)
    return found


def _one(books: list[NotebookNode]) -> NotebookNode:
    """All notebooks of a submission as one."""
    cells = [cell for book in books for cell in book.cells]
    for cell in cells:
        cell.pop("attachments", None)  # a class's photographs together would fill the memory
    return new_notebook(cells=cells)


def _side_by_side(pair: Pair, handed_in: dict[str, NotebookNode]) -> Iterator[_Lines]:
    one, other = (handed_in[student] for student in pair.students)
    for stretch in pair.stretches[:_MOST_STRETCHES]:
        yield _lines_of(stretch, one, other)


def _lines_of(stretch: Stretch, one: NotebookNode, other: NotebookNode) -> _Lines:
    def lines(notebook: NotebookNode, place: tuple[int, int, int]) -> list[str]:
        cell, first, last = place
        return notebook.cells[cell].source.split("\n")[first : last + 1]

    return _Lines(lines(one, stretch.first), lines(other, stretch.second))
