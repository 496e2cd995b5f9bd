"""Putting a handed-in notebook right from the instructor's source, and saying what was done."""

from __future__ import annotations

import copy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.notebooks.reading.matching import defined_in, match_cells
from autograder.notebooks.reading.paste_images import paste_images


def repair(
    handed_in: NotebookNode, source: NotebookNode, released: NotebookNode
) -> tuple[NotebookNode, list[str]]:
    """The student's notebook with every cell of the lab in it, once, in the lab's order.

    Locked cells, points and grade ids always are the instructor's; what the student wrote in
    answer cells and in cells of their own stays, in the student's order.

    Args:
        handed_in: the student's notebook, of plain cells (`read_submitted_notebook`).
        source: the instructor's notebook.
        released: the same as students got it (`forms.student`).

    Returns:
        The notebook to be run, and a sentence for each thing that was put right.
    """
    marked = [
        (original, given)
        for original, given in zip(source.cells, released.cells, strict=True)
        if "nbgrader" in given.metadata
    ]
    found = match_cells(handed_in, source, released)
    repairs: list[str] = []
    theirs = {position: grade_id for grade_id, position in found.items()}
    answers: dict[int, NotebookNode] = {}
    elsewhere: dict[str, int] = {}
    for original, given in marked:
        mark = given.metadata.nbgrader
        if mark.grade_id in found:
            cell = handed_in.cells[found[mark.grade_id]]
            repairs += _changes(cell, given)
            if not mark.get("locked"):
                answers[found[mark.grade_id]] = _as_answer(cell, given)
        elif mark.get("locked"):
            repairs.append(f"cell {mark.grade_id} was missing and was put back")
        elif (position := _written_elsewhere(original, handed_in, source, found)) is not None:
            elsewhere[mark.grade_id] = position
            repairs.append(f"answer {mark.grade_id} was found in another cell")
        else:
            repairs.append(f"answer cell {mark.grade_id} was missing")
    ids = [given.metadata.nbgrader.grade_id for _, given in marked]
    positions = [found[grade_id] for grade_id in ids if grade_id in found]
    in_order = positions == sorted(positions)
    if not in_order:
        repairs.append("cells had been moved; the tests run in the lab's order")

    # Where each cell of the instructor's goes: where it stood, or after the cell before it.
    after: dict[int, list[NotebookNode]] = {}
    latest = -1
    for original, given in marked:
        mark = given.metadata.nbgrader
        position = found.get(mark.grade_id)
        if not mark.get("locked") and position is not None:
            latest = max(latest, position)
            continue
        place = position if position is not None and position >= latest and in_order else latest
        cell = copy.deepcopy(original if mark.get("locked") else given)
        if mark.grade_id in elsewhere:
            # The stub would undo what the student wrote; the tests wait for the cell that has it.
            cell.source, place = "", max(place, elsewhere[mark.grade_id])
        cell.metadata = copy.deepcopy(given.metadata)
        after.setdefault(place, []).append(cell)
        latest = max(latest, place)

    cells = list(after.get(-1, []))
    for position, cell in enumerate(handed_in.cells):
        if position in answers:
            cells.append(answers[position])
        elif position not in theirs:
            cells.append(_as_own(cell))
        cells += after.get(position, [])
    _unique_ids(cells)
    notebook = copy.deepcopy(source)
    notebook.cells = cells
    return notebook, repairs


def _written_elsewhere(
    answer: NotebookNode, handed_in: NotebookNode, source: NotebookNode, found: dict[str, int]
) -> int | None:
    """The first of the student's cells that binds what in the lab only this answer does."""
    wanted = defined_in(answer).difference(
        *(defined_in(cell) for cell in source.cells if cell is not answer)
    )
    locked = {
        found.get(cell.metadata.nbgrader.grade_id)
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("locked")
    }
    kept = (i for i, cell in enumerate(handed_in.cells) if i not in locked)
    return next((i for i in kept if wanted & defined_in(handed_in.cells[i])), None)


def _changes(cell: NotebookNode, given: NotebookNode) -> list[str]:
    """What was changed in a cell beside an answer's text."""
    mark, theirs = given.metadata.nbgrader, cell.metadata.get("nbgrader", {})
    found = []
    if theirs.get("grade_id") != mark.grade_id:
        lost = "had lost its grade id" if not theirs else f"was called {theirs['grade_id']}"
        found.append(f"cell {mark.grade_id} {lost}")
    if theirs and "points" in mark and theirs.get("points") != mark.points:
        found.append(
            f"cell {mark.grade_id}: points {theirs.get('points')} set to {mark.points}"[:300]
        )
    if cell.cell_type != given.cell_type:
        found.append(f"cell {mark.grade_id} had been turned into a {cell.cell_type} cell")
    if mark.get("locked") and cell.source.strip() != given.source.strip():
        found.append(f"cell {mark.grade_id} had been edited and was restored")
    return found


def _as_answer(cell: NotebookNode, given: NotebookNode) -> NotebookNode:
    metadata = copy.deepcopy(given.metadata)
    if given.cell_type == "code":
        return new_code_cell(cell.source, id=given.id, metadata=metadata)
    answer = new_markdown_cell(cell.source, id=given.id, metadata=metadata)
    paste_images(answer, cell.get("attachments"))
    return answer


def _as_own(cell: NotebookNode) -> NotebookNode:
    """A cell of the student's own: it runs, and counts for nothing."""
    own = copy.deepcopy(cell)
    own.metadata = NotebookNode()
    return own


def _unique_ids(cells: list[NotebookNode]) -> None:
    seen = {cell.id for cell in cells if "nbgrader" in cell.metadata}
    for cell in cells:
        if "nbgrader" in cell.metadata:
            continue
        while cell.id in seen:
            cell.id = new_markdown_cell().id
        seen.add(cell.id)
