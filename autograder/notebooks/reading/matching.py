"""Which of a student's cells is which cell of the lab, when the notebook no longer says so."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

from nbformat import NotebookNode

from autograder.notebooks.names import bound_names

# Below this, two cells have nothing to do with each other (a test cell differs by a few lines).
_ALIKE = 0.6
_SAME = 0.95
# What a person wrote is shorter; a cell made to keep the matching busy is judged by its beginning.
_MOST_LINES = 400
_MOST_LETTERS = 100_000


def match_cells(
    handed_in: NotebookNode, source: NotebookNode, released: NotebookNode
) -> dict[str, int]:
    """By grade id, the position of the student's cell that is that cell of the lab.

    A cell is found by its grade id, by its cell id, by what it defines, by its text, or by its
    neighbours, in this order. A grade id is believed only when the cell's content doesn't speak
    against it, so that an answer that carries a test cell's id is still an answer.

    Args:
        handed_in: the student's notebook.
        source: the instructor's notebook.
        released: the same as students got it, cell by cell.
    """
    marked = [c for c in released.cells if "nbgrader" in c.metadata]
    # What an answer defines stands in the solution; the stub may define nothing.
    theirs = [defined_in(cell) for cell in handed_in.cells]
    defines = {
        cell.metadata.nbgrader.grade_id: defined_in(cell)
        for cell in source.cells
        if "nbgrader" in cell.metadata and not cell.metadata.nbgrader.get("locked")
    }
    free = set(range(len(handed_in.cells)))
    found: dict[str, int] = {}

    def take(cell: NotebookNode, candidates: list[int]) -> None:
        grade_id = cell.metadata.nbgrader.grade_id
        open_ones = [i for i in candidates if i in free]
        if grade_id not in found and open_ones:
            found[grade_id] = _best(cell, open_ones, handed_in)
            free.discard(found[grade_id])

    def plausible(cell: NotebookNode, candidates: list[int]) -> list[int]:
        return [
            i
            for i in candidates
            if i in free and _plausible(handed_in.cells[i], theirs[i], cell, marked, defines)
        ]

    def positions(key: Callable[[NotebookNode], str | None]) -> dict[str, list[int]]:
        table: dict[str, list[int]] = {}
        for position, cell in enumerate(handed_in.cells):
            if name := key(cell):
                table.setdefault(name, []).append(position)
        return table

    by_grade_id = positions(lambda cell: cell.metadata.get("nbgrader", {}).get("grade_id"))
    by_id = positions(lambda cell: cell.id)
    for cell in marked:
        take(cell, plausible(cell, by_grade_id.get(cell.metadata.nbgrader.grade_id, [])))
    for cell in marked:
        take(cell, plausible(cell, by_id.get(cell.id, [])))
    for cell in marked:
        if defined := defines.get(cell.metadata.nbgrader.grade_id):
            take(cell, [i for i in sorted(free) if theirs[i] & defined])
    for cell in marked:
        if cell.metadata.nbgrader.grade_id in found:
            continue
        alike = [i for i in sorted(free) if _alike(handed_in.cells[i], cell, _ALIKE)]
        take(cell, plausible(cell, alike))
    for cell in marked:
        if not cell.metadata.nbgrader.get("locked"):
            take(cell, _between_neighbours(cell, released, handed_in))
    return found


def _between_neighbours(
    cell: NotebookNode, released: NotebookNode, handed_in: NotebookNode
) -> list[int]:
    """Where a wholly rewritten answer stands: after the text that stood before it, or before the
    text that stood after it."""
    texts = [c.source.strip() for c in handed_in.cells]
    index = released.cells.index(cell)
    places = []
    for neighbour, step in ((index - 1, 1), (index + 1, -1)):
        if 0 <= neighbour < len(released.cells):
            text = released.cells[neighbour].source.strip()
            if texts.count(text) == 1:
                places.append(texts.index(text) + step)
    given = {c.source.strip() for c in released.cells}
    return [i for i in places if 0 <= i < len(texts) and texts[i] not in given][:1]


def _plausible(
    claiming: NotebookNode,
    binds: set[str],
    cell: NotebookNode,
    marked: list[NotebookNode],
    defines: dict[str, set[str]],
) -> bool:
    """Whether a cell that carries another's id can be that cell, going by what is in it."""
    if not cell.metadata.nbgrader.get("locked"):
        # An answer may say anything, but not be one of the lab's test cells.
        return not any(
            other.metadata.nbgrader.get("locked") and _alike(claiming, other, _SAME)
            for other in marked
        )
    # A test cell with changes is restored; one that holds somebody's answer isn't a test cell.
    if claiming.source.strip() == cell.source.strip():
        return True
    return not any(binds & answer for answer in defines.values())


def _best(cell: NotebookNode, candidates: list[int], handed_in: NotebookNode) -> int:
    """Of several copies, the last that was worked on; of a locked cell, the most alike."""
    if cell.metadata.nbgrader.get("locked"):
        return max(candidates, key=lambda i: _likeness(handed_in.cells[i], cell))
    worked_on = [i for i in candidates if handed_in.cells[i].source.strip() != cell.source.strip()]
    return (worked_on or candidates)[-1]


def defined_in(cell: NotebookNode) -> set[str]:
    """The names that a cell binds; none of one that is not Python, or far too long."""
    if cell.cell_type != "code" or len(cell.source) > _MOST_LETTERS:
        return set()
    try:
        return bound_names(cell.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _likeness(one: NotebookNode, other: NotebookNode) -> float:
    """The share of lines that two cells have in common, 0 to 1."""
    return _matcher(one, other).ratio()


def _alike(one: NotebookNode, other: NotebookNode, least: float) -> bool:
    """Whether two cells have that share of lines in common; quick where they have not."""
    matcher = _matcher(one, other)
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() >= least for bound in bounds)


def _matcher(one: NotebookNode, other: NotebookNode) -> SequenceMatcher:
    begins = (cell.source[:_MOST_LETTERS].splitlines()[:_MOST_LINES] for cell in (one, other))
    return SequenceMatcher(None, *([line.strip() for line in b] for b in begins), autojunk=False)
