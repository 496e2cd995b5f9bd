"""A lab with other answers than its solution's."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.labs import code_cells


def answered(lab: str, answers: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    """The lab's code cells, each with its question and whether it tests it.

    Args:
        lab: the lab's name.
        answers: by question, what stands in place of the solution.
    """
    for source, question, tests in code_cells(lab):
        yield source if tests else answers.get(question, source), question, tests
