"""Repair a submitted notebook from the instructor's notebook, and say what was repaired."""

from __future__ import annotations

import copy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.notebooks.cell_roles import grade_id, is_locked_cell, nbgrader_metadata
from autograder.notebooks.reading.match_cells import (
    find_defined_names,
    list_defined_names,
    match_cells,
)
from autograder.notebooks.reading.paste_images import paste_images


def repair_notebook(
    submitted: NotebookNode, source: NotebookNode, released: NotebookNode
) -> tuple[NotebookNode, list[str]]:
    """Return the student's notebook with every cell of the lab in it once, in the lab's order.

    Locked cells, points and grade_ids are the instructor's. The student's answers and own cells
    stay, in the student's order.

    Args:
        submitted: The student's notebook of plain cells, from `read_submitted_notebook`.
        source: The instructor's notebook.
        released: The notebook for students, from `release_notebook`.

    Returns:
        The notebook to run, and a sentence for each repair.
    """
    repair = _Repair(submitted, source, released)
    repair.take_answers()
    notebook = copy.deepcopy(source)
    notebook.cells = repair.arrange_cells()
    return notebook, repair.repairs


def has_lab_cells(submitted: NotebookNode, source: NotebookNode, released: NotebookNode) -> bool:
    """Whether at least one cell of the lab is in a notebook, by its grade_id or its content.

    Args:
        submitted: The student's notebook of plain cells.
        source: The instructor's notebook.
        released: The notebook for students.
    """
    known = {grade_id(cell) for cell in released.cells} - {""}
    if known.intersection(map(grade_id, submitted.cells)):
        return True
    return not known or bool(match_cells(submitted, source, released))


class _Repair:
    def __init__(
        self, submitted: NotebookNode, source: NotebookNode, released: NotebookNode
    ) -> None:
        self.repairs: list[str] = []
        self._submitted, self._source = submitted, source
        self._lab_cells = [
            (original, given)
            for original, given in zip(source.cells, released.cells, strict=True)
            if nbgrader_metadata(given)
        ]
        self._found = match_cells(submitted, source, released)
        self._names: list[set[str]] | None = None
        # The student's answer cells by position, and the answers that are in other cells.
        self._answers: dict[int, NotebookNode] = {}
        self._elsewhere: dict[str, int] = {}

    def take_answers(self) -> None:
        """Find the answers, and note what differs from the lab."""
        for original, given in self._lab_cells:
            name, locked = grade_id(given), is_locked_cell(given)
            if name in self._found:
                cell = self._submitted.cells[self._found[name]]
                self.repairs += _describe_changes(cell, given)
                if not locked:
                    self._answers[self._found[name]] = _make_answer(cell, given)
            elif locked:
                self.repairs.append(f"cell {name} was missing and was put back")
            elif (elsewhere := self._find_elsewhere(original)) is not None:
                self._elsewhere[name] = elsewhere
                self.repairs.append(f"answer {name} was found in another cell")
            else:
                self.repairs.append(f"answer cell {name} was missing")

    def _find_elsewhere(self, answer: NotebookNode) -> int | None:
        """Return the first of the student's cells that binds a name of this answer alone."""
        names = find_defined_names(answer).difference(
            *(find_defined_names(cell) for cell in self._source.cells if cell is not answer)
        )
        locked = {
            self._found.get(grade_id(cell)) for cell in self._source.cells if is_locked_cell(cell)
        }
        if self._names is None:
            self._names = list_defined_names(self._submitted)
        kept = (i for i in range(len(self._names)) if i not in locked)
        return next((i for i in kept if names & self._names[i]), None)

    def arrange_cells(self) -> list[NotebookNode]:
        """Return all cells: the student's in their order, the instructor's between them."""
        added = self._place_instructor_cells()
        taken = set(self._found.values())
        cells = list(added.get(-1, []))
        for position, cell in enumerate(self._submitted.cells):
            if position in self._answers:
                cells.append(self._answers[position])
            elif position not in taken:
                cells.append(_make_own(cell))
            cells += added.get(position, [])
        _make_ids_unique(cells)
        return cells

    def _place_instructor_cells(self) -> dict[int, list[NotebookNode]]:
        """Return the instructor's cells by the position of the student's cell before them.

        A cell stays where it was, or goes after the lab's cell before it.
        """
        names = [grade_id(given) for _, given in self._lab_cells]
        positions = [self._found[name] for name in names if name in self._found]
        in_order = positions == sorted(positions)
        if not in_order:
            self.repairs.append("cells had been moved; the tests run in the lab's order")
        added: dict[int, list[NotebookNode]] = {}
        latest = -1
        for original, given in self._lab_cells:
            name, locked = grade_id(given), is_locked_cell(given)
            position = self._found.get(name)
            if not locked and position is not None:
                latest = max(latest, position)
                continue
            place = position if position is not None and position >= latest and in_order else latest
            cell = copy.deepcopy(original if locked else given)
            if name in self._elsewhere:
                # The stub would overwrite the answer; its tests run after the cell that has it.
                cell.source, place = "", max(place, self._elsewhere[name])
            cell.metadata = copy.deepcopy(given.metadata)
            added.setdefault(place, []).append(cell)
            latest = max(latest, place)
        return added


def _describe_changes(cell: NotebookNode, given: NotebookNode) -> list[str]:
    """Return a sentence for each change of a cell other than an answer's text."""
    ours, theirs, name = nbgrader_metadata(given), nbgrader_metadata(cell), grade_id(given)
    changes = []
    if grade_id(cell) != name:
        lost = f"had the grade id {grade_id(cell)}" if theirs else "had lost its grade id"
        changes.append(f"cell {name} {lost}")
    if theirs and "points" in ours and theirs.get("points") != ours["points"]:
        changes.append(f"cell {name}: points {theirs.get('points')} set to {ours['points']}"[:300])
    if cell.cell_type != given.cell_type:
        changes.append(f"cell {name} had been turned into a {cell.cell_type} cell")
    if is_locked_cell(given) and cell.source.strip() != given.source.strip():
        changes.append(f"cell {name} had been edited and was restored")
    return changes


def _make_answer(cell: NotebookNode, given: NotebookNode) -> NotebookNode:
    metadata = copy.deepcopy(given.metadata)
    if given.cell_type == "code":
        return new_code_cell(cell.source, id=given.id, metadata=metadata)
    answer = new_markdown_cell(cell.source, id=given.id, metadata=metadata)
    paste_images(answer, cell.get("attachments"))
    return answer


def _make_own(cell: NotebookNode) -> NotebookNode:
    """Return a cell of the student's own: it runs but does not count."""
    own = copy.deepcopy(cell)
    own.metadata = NotebookNode()
    return own


def _make_ids_unique(cells: list[NotebookNode]) -> None:
    seen = {cell.id for cell in cells if nbgrader_metadata(cell)}
    for cell in cells:
        if nbgrader_metadata(cell):
            continue
        while cell.id in seen:
            cell.id = new_markdown_cell().id
        seen.add(cell.id)
