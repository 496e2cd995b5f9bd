"""How one submission of a lab is marked, wherever that is done."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import read_source_notebooks
from autograder.course.submissions import Submission, read_companions
from autograder.engine.engine import Engine
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.errors import AutograderError
from autograder.files import replace_surrogates
from autograder.notebooks.cell_roles import (
    automatic_points,
    grade_id,
    graded_cells,
    list_grade_ids,
    max_points,
)
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from autograder.results.results import Result
from autograder.results.verdict import Verdict


@dataclass(frozen=True)
class Marking:
    """All that decides a lab's scores besides what is handed in; it can be sent elsewhere.

    Args:
        trust: test cells that may run in the student's own kernel, or "kernel" for all.
        limits: what a submission may use, as in `course.toml`.
        sources: the instructor's notebooks, by name.
        released: the same as students got them.
        companions: files that the instructor gives beside them.
    """

    trust: str | tuple[str, ...]
    limits: dict[str, float]
    sources: dict[str, NotebookNode]
    released: dict[str, NotebookNode]
    companions: dict[str, bytes]

    @classmethod
    def of(cls, course: Course, lab: Lab) -> Marking:
        """How the course's submissions of this lab are marked.

        Raises:
            AutograderError: the lab has no notebook, or none in Python.
        """
        sources = read_source_notebooks(course, lab)
        released = {n: release_notebook(s, course.nbgrader_config) for n, s in sources.items()}
        return cls(lab.trust, dict(lab.limits), sources, released, read_companions(course, lab))

    def version(self) -> str:
        """A digest of it."""
        digest = hashlib.sha256(repr((self.trust, sorted(self.limits.items()))).encode())
        for name, source in self.sources.items():
            digest.update(f"{name}\0{nbformat.writes(source)}\0".encode())
        for path, content in sorted(self.companions.items()):
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def mark(self, engine: Engine, submission: Submission, fingerprint: str) -> Result:
        """Run and judge all notebooks of a submission; what goes wrong is in the result."""
        started, seed = time.monotonic(), secrets.randbits(32)
        try:
            files = _side_by_side(submission.read_companions(), self.companions)
        except OSError as error:
            return self.failed(submission, fingerprint, error)
        graded: dict[str, JudgedNotebook] = {}
        remarks: list[str] = []
        questions: list[QuestionVerdict] = []
        for name, source in self.sources.items():
            try:
                handed_in, read = read_submitted_notebook(
                    submission.folder, name, set(self.sources), list_grade_ids(source)
                )
                notebook, mended = repair_notebook(handed_in, source, self.released[name])
                remarks += [*read, *mended]
                trusted = self.list_trusted_cells(source)
                graded[name] = engine.grade(notebook, source, seed, files, in_kernel=trusted)
                questions += _unanswered(notebook, graded[name].questions)
                remarks += graded[name].notes
            except Exception as error:  # whatever it is, it costs this notebook and no other
                reason = _reason(error, submission)
                remarks.append(reason)
                questions += _not_graded(source, reason)
        notebooks = {name: part.notebook for name, part in graded.items()}
        peak = max((part.peak_memory_mb for part in graded.values()), default=0.0)
        status = "graded" if graded else "failed"
        seconds = time.monotonic() - started
        verdict = _verdict(submission, status, questions, remarks, seconds, peak)
        return Result(fingerprint, seed, verdict, notebooks)

    def failed(self, submission: Submission, fingerprint: str, error: Exception) -> Result:
        """The result of a submission that could not even be tried."""
        reason = _reason(error, submission)
        questions = [q for source in self.sources.values() for q in _not_graded(source, reason)]
        return Result(fingerprint, 0, _verdict(submission, "failed", questions, [reason]), {})

    def list_trusted_cells(self, source: NotebookNode) -> list[str]:
        """The test cells that the instructor lets run in the student's own kernel."""
        return list(automatic_points(source)) if self.trust == "kernel" else list(self.trust)


def _verdict(
    submission: Submission,
    status: str,
    questions: list[QuestionVerdict],
    remarks: list[str],
    seconds: float = 0.0,
    peak_memory_mb: float = 0.0,
) -> Verdict:
    return Verdict(
        student=replace_surrogates(submission.student),
        lab=submission.lab,
        status=status,
        score=sum(question.score for question in questions),
        max_score=sum(question.max_score for question in questions),
        seconds=round(seconds, 3),
        peak_memory_mb=round(peak_memory_mb, 1),
        repairs=tuple(remarks),
        questions=tuple(questions),
    )


def _reason(error: Exception, submission: Submission) -> str:
    if isinstance(error, AutograderError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        path = Path(os.fsdecode(error.filename))
        if path == submission.folder:
            return f"the folder {path.name} can't be read: check its permissions"
        if path.is_relative_to(submission.folder):
            name = replace_surrogates(path.relative_to(submission.folder).as_posix())
            return f"{name} can't be read: check its permissions"
    return f"{type(error).__name__}: {error}"


def _unanswered(
    notebook: NotebookNode, questions: Iterable[QuestionVerdict]
) -> Iterator[QuestionVerdict]:
    """The verdicts, with 0 for an answer that nobody need read: it is as it was released."""
    cells = {grade_id(cell): cell for cell in graded_cells(notebook)}
    for question in questions:
        nothing = question.status == "manual" and determine_grade(cells[question.grade_id])[0] == 0
        yield replace(question, status="missing", message="no answer") if nothing else question


def _side_by_side(theirs: dict[str, bytes], ours: dict[str, bytes]) -> dict[str, bytes]:
    """All files for a kernel's folder; of two that can't both be there, the instructor's."""
    folders = {str(parent) for path in ours for parent in PurePosixPath(path).parents}
    kept = {
        path: content
        for path, content in theirs.items()
        if path not in folders and not any(str(p) in ours for p in PurePosixPath(path).parents)
    }
    return {**kept, **ours}


def _not_graded(source: NotebookNode, reason: str) -> list[QuestionVerdict]:
    return [
        QuestionVerdict(grade_id(cell), 0.0, max_points(cell), "missing", reason)
        for cell in graded_cells(source)
    ]
