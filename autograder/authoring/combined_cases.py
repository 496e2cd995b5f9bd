"""Mistakes in different questions of a lab, put into one notebook: fewer notebooks to grade."""

from __future__ import annotations

import random
from copy import deepcopy

from autograder.authoring.cases import Case, CaseKind
from autograder.notebooks.cell_roles import grade_id, is_answer_cell


def combine_cases(cases: list[Case], seed: int) -> list[Case]:
    """Combine wrong answers that touch different questions; leave other cases as they are.

    Which ones are combined depends on the seed, so that under several seeds each mistake also
    meets the right answers to every other question.

    Args:
        cases: Cases of one lab, each with all cells of the instructor's notebook.
        seed: A number for the choice.
    """
    solution = next((case for case in cases if case.kind is CaseKind.SOLUTION), None)
    wrong = [case for case in cases if case.kind is CaseKind.WRONG]
    if solution is None or len(wrong) < 2:
        return cases
    random.Random(seed).shuffle(wrong)
    groups: list[tuple[set[str], list[Case]]] = []
    for case in wrong:
        touched = _find_touched(case, solution)
        questions, members = next((g for g in groups if not g[0] & touched), (set[str](), []))
        if not members:
            groups.append((questions, members))
        questions |= touched
        members.append(case)
    others = [case for case in cases if case.kind is not CaseKind.WRONG]
    return others + [_combine(members, solution) for _, members in groups]


def _find_touched(case: Case, solution: Case) -> set[str]:
    """Return the questions whose answers or marks differ from the solution's."""
    touched = {q for q, points in case.marks.items() if points != solution.marks[q]}
    touched |= case.says.keys()
    for own, right in zip(case.notebook.cells, solution.notebook.cells, strict=True):
        if is_answer_cell(right) and own.source != right.source:
            touched.add(grade_id(right).removesuffix("_answer"))
    return touched


def _combine(parts: list[Case], solution: Case) -> Case:
    if len(parts) == 1:
        return parts[0]
    notebook, marks = deepcopy(solution.notebook), dict(solution.marks)
    says: dict[str, str] = {}
    for part in parts:
        for cell, own, right in zip(
            notebook.cells, part.notebook.cells, solution.notebook.cells, strict=True
        ):
            if own.source != right.source:
                cell.source = own.source
        marks |= {q: points for q, points in part.marks.items() if points != solution.marks[q]}
        says |= part.says
    name = " + ".join(part.name for part in parts)
    return Case(CaseKind.WRONG, name, notebook, marks, says, tuple(parts))
