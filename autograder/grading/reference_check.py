"""Grades the solution and the stub of a lab before its class: do the tests work on this machine?"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.course.submissions import Submission
from autograder.engine.wire.note import Note, NoteKind
from autograder.files import write_atomically
from autograder.grading.marking import Marking
from autograder.grading.run import Workers
from autograder.notebooks.cell_roles import automatic_points, is_answer_cell
from autograder.notebooks.forms import solve_notebook
from autograder.results.results import Result

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
        """The report that is kept; None if there is none of this lab on this machine."""
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
        with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
            solved = list(self._submit(Path(folder)))
            unsolved = tuple(
                name
                for name, source in self._marking.sources.items()
                if name not in solved and any(automatic_points(source).values())
            )
            todo = [
                (Submission(who, self._lab.name, Path(folder, who)), "")
                for who in (SOLUTION, STUB)
                if solved
            ]
            with closing(workers.grade(self._marking, todo)) as results:
                graded = {one.student: result for one, result in results}
        report = ReferenceReport(tuple(self._compare(graded, solved)), unsolved)
        self._write(report)
        return report

    def _submit(self, folder: Path) -> Iterator[str]:
        """Write both submissions; yields the names of the notebooks that hold answers."""
        for who in (SOLUTION, STUB):
            (folder / who).mkdir()
        for name, source in self._marking.sources.items():
            solution, stub = solve_notebook(source, self._config), self._marking.released[name]
            nbformat.write(solution, folder / SOLUTION / f"{name}.ipynb")
            nbformat.write(stub, folder / STUB / f"{name}.ipynb")
            if any(automatic_points(source).values()) and not _is_same(solution, stub):
                yield name

    def _compare(
        self, graded: dict[str, Result], solved: Iterable[str]
    ) -> Iterator[ReferenceFinding]:
        wanted = [
            set(automatic_points(source)) if name in solved else set()
            for name, source in self._marking.sources.items()
        ]
        automatic = set().union(*wanted)
        for who, result in graded.items():
            for one in result.verdict.questions:
                right = one.max_score if who == SOLUTION else 0.0
                if one.grade_id in automatic and one.score != right:
                    message = one.message if who == SOLUTION else ""
                    yield ReferenceFinding(who, one.grade_id, one.score, one.max_score, message)

    def _write(self, report: ReferenceReport) -> None:
        kept = {
            "fingerprint": self._fingerprint,
            "findings": [asdict(finding) for finding in report.findings],
            "unsolved": report.unsolved,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def _is_same(solution: NotebookNode, stub: NotebookNode) -> bool:
    """Whether the instructor's notebook holds no answer: it is the released one."""
    pairs = zip(solution.cells, stub.cells, strict=True)
    return all(
        solved.source.strip() == given.source.strip()
        for solved, given in pairs
        if is_answer_cell(given)
    )
