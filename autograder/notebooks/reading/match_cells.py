"""Find which of a student's cells is which cell of the lab, if the notebook no longer says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from nbformat import NotebookNode

from autograder.notebooks.cell_roles import grade_id, is_locked_cell, nbgrader_metadata
from autograder.notebooks.names import find_bound_names

# The share of common lines below which two cells are unrelated; a test cell differs by a few lines.
_ALIKE = 0.6
_SAME = 0.95
# Above what a person writes; of a cell made to keep the matching busy, only the start counts.
_MOST_LINES = 400
_MOST_LETTERS = 100_000
# Of a whole notebook: Python's parser reads a million letters in a few seconds.
_MOST_PARSED = 500_000


def match_cells(
    submitted: NotebookNode, source: NotebookNode, released: NotebookNode
) -> dict[str, int]:
    """Return the position of the student's cell that is each cell of the lab, by grade_id.

    A cell is found by its grade_id, its cell id, the names that it defines, its text, or its
    neighbours, in this order. A grade_id counts only if the cell's content does not contradict it:
    an answer with the grade_id of a test cell is still an answer.

    Args:
        submitted: The student's notebook.
        source: The instructor's notebook.
        released: The notebook for students, with the same cells.
    """
    matching = _Matching(submitted, source, released)
    matching.find_by_ids()
    matching.find_by_content()
    return matching.found


class _Matching:
    def __init__(
        self, submitted: NotebookNode, source: NotebookNode, released: NotebookNode
    ) -> None:
        self.found: dict[str, int] = {}
        self._submitted, self._released = submitted, released
        self._lab_cells = [cell for cell in released.cells if nbgrader_metadata(cell)]
        self._names = list_defined_names(submitted)
        self._lines = [_count_lines(cell) for cell in submitted.cells]
        self._locked_lines = [_count_lines(c) for c in self._lab_cells if is_locked_cell(c)]
        # By position, whether a cell of the student's is a copy of one of the lab's test cells.
        self._copies: dict[int, bool] = {}
        # The solution defines the names of an answer; the stub may define none.
        self._answer_names = {
            grade_id(cell): find_defined_names(cell)
            for cell in source.cells
            if nbgrader_metadata(cell) and not is_locked_cell(cell)
        }
        self._free = set(range(len(submitted.cells)))

    def find_by_ids(self) -> None:
        by_grade_id, by_id = self._index(grade_id), self._index(lambda cell: cell.id)
        for cell in self._lab_cells:
            self._take(cell, self._filter_plausible(cell, by_grade_id.get(grade_id(cell), [])))
        for cell in self._lab_cells:
            self._take(cell, self._filter_plausible(cell, by_id.get(cell.id, [])))

    def find_by_content(self) -> None:
        for cell in self._lab_cells:
            if names := self._answer_names.get(grade_id(cell)):
                self._take(cell, [i for i in sorted(self._free) if self._names[i] & names])
        for cell in self._lab_cells:
            if grade_id(cell) not in self.found:
                lines = _count_lines(cell)
                alike = [i for i in sorted(self._free) if _share(self._lines[i], lines) >= _ALIKE]
                self._take(cell, self._filter_plausible(cell, alike))
        for cell in self._lab_cells:
            if not is_locked_cell(cell):
                self._take(cell, self._find_between_neighbours(cell))

    def _index(self, key: Callable[[NotebookNode], str]) -> dict[str, list[int]]:
        """Return the positions of the student's cells by a key."""
        positions: dict[str, list[int]] = {}
        for position, cell in enumerate(self._submitted.cells):
            if name := key(cell):
                positions.setdefault(name, []).append(position)
        return positions

    def _take(self, cell: NotebookNode, candidates: list[int]) -> None:
        free = [i for i in candidates if i in self._free]
        if grade_id(cell) not in self.found and free:
            best = self._choose(cell, free)
            self.found[grade_id(cell)] = best
            self._free.discard(best)

    def _filter_plausible(self, cell: NotebookNode, candidates: list[int]) -> list[int]:
        return [i for i in candidates if i in self._free and self._is_plausible(i, cell)]

    def _is_plausible(self, position: int, cell: NotebookNode) -> bool:
        """Whether the content of the student's cell allows it to be this cell of the lab."""
        claiming = self._submitted.cells[position]
        if not is_locked_cell(cell):
            # An answer may contain anything except one of the lab's test cells.
            return not self._is_copy(position)
        # An edited test cell is restored; a cell with an answer in it is not a test cell.
        if claiming.source.strip() == cell.source.strip():
            return True
        return not any(self._names[position] & names for names in self._answer_names.values())

    def _is_copy(self, position: int) -> bool:
        if position not in self._copies:
            lines = self._lines[position]
            shares = (_share(lines, locked) for locked in self._locked_lines)
            self._copies[position] = any(share >= _SAME for share in shares)
        return self._copies[position]

    def _choose(self, cell: NotebookNode, candidates: list[int]) -> int:
        """Return the last copy that was edited; for a locked cell, the most similar copy."""
        if is_locked_cell(cell):
            lines = _count_lines(cell)
            return max(candidates, key=lambda i: _share(self._lines[i], lines))
        cells, given = self._submitted.cells, cell.source.strip()
        edited = [i for i in candidates if cells[i].source.strip() != given]
        return (edited or candidates)[-1]

    def _find_between_neighbours(self, cell: NotebookNode) -> list[int]:
        """Find a rewritten answer: after the text before it, or before the text after it."""
        texts = [other.source.strip() for other in self._submitted.cells]
        index = self._released.cells.index(cell)
        positions = []
        for neighbour, step in ((index - 1, 1), (index + 1, -1)):
            if 0 <= neighbour < len(self._released.cells):
                text = self._released.cells[neighbour].source.strip()
                if texts.count(text) == 1:
                    positions.append(texts.index(text) + step)
        known = {other.source.strip() for other in self._released.cells}
        return [i for i in positions if 0 <= i < len(texts) and texts[i] not in known][:1]


def list_defined_names(notebook: NotebookNode) -> list[set[str]]:
    """Return the names that each cell binds; none for the cells after very much code."""
    left, names = _MOST_PARSED, []
    for cell in notebook.cells:
        left -= len(cell.source)
        names.append(find_defined_names(cell) if left >= 0 else set())
    return names


def find_defined_names(cell: NotebookNode) -> set[str]:
    """Return the names that a cell binds; none if it is not Python or far too long."""
    if cell.cell_type != "code" or len(cell.source) > _MOST_LETTERS:
        return set()
    try:
        return find_bound_names(cell.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _count_lines(cell: NotebookNode) -> Counter[str]:
    """Count the lines of a cell, without blank ones; the start of a very long cell."""
    lines = cell.source[:_MOST_LETTERS].splitlines()[:_MOST_LINES]
    return Counter(stripped for line in lines if (stripped := line.strip()))


def _share(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of lines that two cells have in common, in any order: 0 to 1.

    To look for lines in the same order takes a time that grows with the square of their number.
    """
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0
