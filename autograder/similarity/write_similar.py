"""Writes reports/LAB-similar.html: pairs of students who share code, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.course.course import Course, Lab
from autograder.course.submissions import find_submissions
from autograder.files import write_atomically
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.pages import render
from autograder.similarity.comparison import Comparison, find_page, write_comparison
from autograder.similarity.pair import Pair, Stretch
from autograder.similarity.similar_pairs import LEAST_SHARE, LEAST_TOKENS, find_similar_pairs
from autograder.similarity.tokens import MOST_LETTERS, is_shortened

_MOST_STRETCHES = 30
_LONGEST = 300  # characters of a line on the page


@dataclass(frozen=True)
class _Lines:
    first: list[str]
    second: list[str]


def write_similar(course: Course, lab: Lab) -> Comparison:
    """Compare all submissions of a lab and write the page; no student's code is run.

    Args:
        course: the course.
        lab: the lab.

    Raises:
        AutograderError: the lab has no submissions, or the page can't be written.
    """
    sources = {
        path.stem: nbformat.read(path, as_version=4)
        for path in sorted((course.source_dir / lab.name).glob("*.ipynb"))
    }
    notebooks, unreadable = _read_submissions(course, lab, sources)
    shortened = [student for student, book in notebooks.items() if is_shortened(book)]
    released = [release_notebook(source, course.nbgrader_config) for source in sources.values()]
    pairs = find_similar_pairs(notebooks, [*sources.values(), *released])
    found = Comparison(find_page(course, lab), pairs, len(notebooks), unreadable, shortened)
    page = render(
        "similarity/similar.html.j2",
        course=course,
        lab=lab,
        pairs=[(pair, list(_find_lines(pair, notebooks))) for pair in pairs],
        compared=found.compared,
        unreadable=found.unreadable,
        shortened=found.shortened,
        most_letters=MOST_LETTERS,
        least_share=LEAST_SHARE,
        least_tokens=LEAST_TOKENS,
        most=_MOST_STRETCHES,
    )
    write_atomically(found.page, page)
    write_comparison(course, lab, found)
    return found


def _read_submissions(
    course: Course, lab: Lab, sources: Mapping[str, NotebookNode]
) -> tuple[dict[str, NotebookNode], list[str]]:
    """Each student's cells as one notebook, and the students with an unreadable notebook."""
    read: dict[str, NotebookNode] = {}
    unreadable: list[str] = []
    for submission in find_submissions(course, lab):
        books: list[NotebookNode] = []
        for name, source in sources.items():
            released = release_notebook(source, course.nbgrader_config)
            try:
                submission.check_files()
                found = read_submitted_notebook(submission.folder, name, set(sources), released)
                books.append(found.notebook)
            except Exception:  # of any kind: it costs this submission and no other
                unreadable.append(submission.student)
        if books:
            read[submission.student] = _join(books)
    return read, list(dict.fromkeys(unreadable))


def _join(books: list[NotebookNode]) -> NotebookNode:
    """All notebooks of a submission as one."""
    cells = [cell for book in books for cell in book.cells]
    for cell in cells:
        cell.pop("attachments", None)  # the images of a whole class would fill the memory
    return new_notebook(cells=cells)


def _find_lines(pair: Pair, notebooks: Mapping[str, NotebookNode]) -> Iterator[_Lines]:
    one, other = (notebooks[student] for student in pair.students)
    for stretch in pair.stretches[:_MOST_STRETCHES]:
        yield _read_lines(stretch, one, other)


def _read_lines(stretch: Stretch, one: NotebookNode, other: NotebookNode) -> _Lines:
    def read(notebook: NotebookNode, place: tuple[int, int, int]) -> list[str]:
        cell, first, last = place
        lines = notebook.cells[cell].source.split("\n")[first : last + 1]
        return [line if len(line) <= _LONGEST else f"{line[:_LONGEST]} […]" for line in lines]

    return _Lines(read(one, stretch.first), read(other, stretch.second))
