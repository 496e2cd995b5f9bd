"""Mistakes in different questions share a notebook; those in the same question never do."""

from __future__ import annotations

from collections import Counter

import pytest

from autograder.authoring.cases import Case, CaseKind, make_cases
from autograder.authoring.combined_cases import combine_cases
from tests.labs.answered import COURSE


def sources(case: Case) -> list[str]:
    return [cell.source for cell in case.notebook.cells]


@pytest.mark.parametrize("lab", ["00", "02"])
@pytest.mark.parametrize("seed", [1, 2])
def test_each_mistake_is_in_one_notebook(lab: str, seed: int) -> None:
    cases = make_cases(COURSE, COURSE.lab(lab))
    combined, solution = combine_cases(cases, seed), sources(cases[0])
    parts = [part for case in combined for part in case.parts or (case,)]
    assert Counter(part.name for part in parts) == Counter(case.name for case in cases)
    assert len(combined) < 0.6 * len(cases)
    for case in combined:
        for part in case.parts:
            assert case.kind is CaseKind.WRONG
            lost = {q for q in part.marks if part.marks[q] != cases[0].marks[q]}
            assert all(case.marks[q] == part.marks[q] and case.find_part(q) is part for q in lost)
            for mine, own, right in zip(sources(case), sources(part), solution, strict=True):
                assert own in (mine, right)


def test_the_choice_depends_on_the_seed_alone() -> None:
    cases = make_cases(COURSE, COURSE.lab("00"))
    names = [[case.name for case in combine_cases(cases, seed)] for seed in (1, 1, 2)]
    assert names[0] == names[1] != names[2]
    assert combine_cases(cases[1:], 1) == cases[1:]  # nothing to compare with
