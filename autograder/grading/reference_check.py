"""Grades the solution and the stub of a lab before its class: do the tests work on this machine?"""

from __future__ import annotations

import ast
import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.course.submissions import Submission
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.files import write_atomically
from autograder.grading.marking import Marking
from autograder.grading.run import Workers
from autograder.notebooks.cell_roles import (
    automatic_points,
    graded_cells,
    is_answer_cell,
    is_test_cell,
)
from autograder.notebooks.forms import solve_notebook
from autograder.results.results import Result

if TYPE_CHECKING:
    from traitlets.config import Config

SOLUTION, STUB = "solution", "stub"


@dataclass(frozen=True)
class ReferenceFinding:
    """A question on which the solution or the stub got other points than it must.

    Args:
        reference: "solution" or "stub".
        grade_id: The question.
        score: Its points.
        max_score: The points of the question.
        message: Why, for a question of the solution.
    """

    reference: str
    grade_id: str
    score: float
    max_score: float
    message: str

    def __str__(self) -> str:
        reason = f" ({self.message})" if self.message else ""
        return (
            f"{self.grade_id}: the {self.reference} gets {self.score:g} of "
            f"{self.max_score:g}{reason}"
        )


@dataclass(frozen=True)
class ReferenceReport:
    """What grading the solution and the stub showed.

    Args:
        findings: The questions with wrong points.
        unsolved: Notebooks without answers in them, for which nothing could be shown.
    """

    findings: tuple[ReferenceFinding, ...] = ()
    unsolved: tuple[str, ...] = ()

    def make_note(self) -> Note | None:
        """The note for each submission that is graded in spite of the findings."""
        if not self.findings:
            return None
        found = "; ".join(map(str, self.findings))
        return Note(NoteKind.UNPROVEN, f"graded with --anyway, although its tests failed: {found}")


class ReferenceCheck:
    """The check of a lab; its outcome is kept until the lab or the machine changes.

    Args:
        course: The course.
        lab: The lab.
        marking: Marks submissions of the lab.
        environment: A digest of all that decides scores besides the lab.
    """

    def __init__(self, course: Course, lab: Lab, marking: Marking, environment: str) -> None:
        self._path = course.results_dir / lab.name / "reference_check"
        self._config, self._lab, self._marking = course.nbgrader_config, lab, marking
        self._fingerprint = f"{marking.compute_digest()} {environment}"

    def read(self) -> ReferenceReport | None:
        """The report that is kept; None if it was made for another lab or machine."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["fingerprint"] != self._fingerprint:
                return None
            findings = tuple(ReferenceFinding(**finding) for finding in kept["findings"])
            return ReferenceReport(findings, tuple(kept["unsolved"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def run(self, workers: Workers) -> ReferenceReport:
        """Grade the solution and the stub, and keep the report."""
        marking = self._marking
        solved = find_solved_notebooks(marking, self._config)
        tested = [
            n for n, source in marking.sources.items() if any(automatic_points(source).values())
        ]
        graded = {}
        if set(solved) & set(tested):
            graded = grade_references(self._lab, marking, self._config, workers)
        findings = [f for name in tested if name in solved for f in _compare(graded, name)]
        unsolved = tuple(name for name in tested if name not in solved)
        report = ReferenceReport(tuple(findings), unsolved)
        self._write(report)
        return report

    def _write(self, report: ReferenceReport) -> None:
        kept = {
            "fingerprint": self._fingerprint,
            "findings": [asdict(finding) for finding in report.findings],
            "unsolved": report.unsolved,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def find_solved_notebooks(marking: Marking, config: Config) -> list[str]:
    """Return the names of the notebooks in which the instructor's answers are."""
    return [
        name
        for name, source in marking.sources.items()
        if not is_same_answer(solve_notebook(source, config), marking.released[name])
    ]


def grade_references(
    lab: Lab, marking: Marking, config: Config, workers: Workers
) -> dict[str, dict[str, list[QuestionVerdict]]]:
    """Grade the solution and the stub of a lab as two submissions.

    Args:
        lab: The lab.
        marking: Marks submissions of the lab.
        config: nbgrader's settings.
        workers: Do the grading.

    Returns:
        The verdicts on the test cells, by "solution" or "stub" and by notebook.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        todo = [(Submission(who, lab.name, Path(folder, who)), "") for who in (SOLUTION, STUB)]
        for submission, _ in todo:
            submission.folder.mkdir()
        for name, source in marking.sources.items():
            nbformat.write(solve_notebook(source, config), Path(folder, SOLUTION, f"{name}.ipynb"))
            nbformat.write(marking.released[name], Path(folder, STUB, f"{name}.ipynb"))
        with closing(workers.grade(marking, todo)) as results:
            return {one.student: _split(result, marking) for one, result in results}


def _split(result: Result, marking: Marking) -> dict[str, list[QuestionVerdict]]:
    """The verdicts on test cells by notebook; ids may be the same in two notebooks."""
    verdicts = iter(result.verdict.questions)
    return {
        name: [
            verdict
            for cell, verdict in zip(graded_cells(source), verdicts, strict=False)
            if is_test_cell(cell) and cell.cell_type == "code"
        ]
        for name, source in marking.sources.items()
    }


def _compare(
    graded: dict[str, dict[str, list[QuestionVerdict]]], name: str
) -> Iterator[ReferenceFinding]:
    for who in (SOLUTION, STUB):
        for one in graded[who][name]:
            if one.score != (one.max_score if who == SOLUTION else 0.0):
                message = one.message if who == SOLUTION else ""
                yield ReferenceFinding(who, one.grade_id, one.score, one.max_score, message)


def is_same_answer(solution: NotebookNode, stub: NotebookNode) -> bool:
    """Whether a notebook has the released notebook's answers, apart from comments and layout."""
    pairs = zip(solution.cells, stub.cells, strict=True)
    return all(
        _normalize(solved) == _normalize(given) for solved, given in pairs if is_answer_cell(given)
    )


def _normalize(cell: NotebookNode) -> str:
    """A cell's text; of code, what remains without comments and layout."""
    text: str = cell.source.strip()
    if cell.cell_type != "code":
        return text
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return text
