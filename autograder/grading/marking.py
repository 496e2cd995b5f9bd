"""Marks one submission of a lab, on this machine or on a cluster."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import read_lab_ids, read_source_notebooks
from autograder.course.submissions import Submission, read_companions
from autograder.engine.engine import Engine
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.run_sentences import NO_ANSWER
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.errors import AutograderError
from autograder.files import replace_surrogates
from autograder.grading.first_failure import name_first_failure, note_missing_modules
from autograder.notebooks.cell_roles import (
    automatic_points,
    grade_id,
    graded_cells,
    is_task_cell,
    list_grade_ids,
    max_points,
)
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.reading.colab_module import NOTE as COLAB_NOTE
from autograder.notebooks.reading.colab_module import make_colab_module
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.recognise_lab import find_other_lab
from autograder.notebooks.reading.repair_notebook import has_lab_cells, repair_notebook
from autograder.notebooks.reading.submitted_files import merge_files
from autograder.results.results import Result
from autograder.results.verdict import SubmissionStatus, Verdict


@dataclass(frozen=True)
class Marking:
    """All that decides a lab's scores besides the submission; it can be sent to other machines.

    Args:
        trust: test cells that may run in the student's own kernel, or "kernel" for all.
        limits: what a submission may use, as in `course.toml`.
        sources: the instructor's notebooks, by name.
        released: the released notebooks, by name.
        companions: the instructor's files beside the notebooks, by path.
        seed: what the hidden tests draw their inputs from; the same for the whole class.
        labs: the grade_ids of every lab of the course, by which another lab is recognised.
    """

    trust: str | tuple[str, ...]
    limits: dict[str, float]
    sources: dict[str, NotebookNode]
    released: dict[str, NotebookNode]
    companions: dict[str, bytes]
    seed: int
    labs: Mapping[str, Collection[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, course: Course, lab: Lab, seed: int | None = None) -> Marking:
        """The marking of a lab.

        Args:
            course: the course.
            lab: the lab.
            seed: what the hidden tests draw their inputs from; default: a new random number.

        Raises:
            AutograderError: the lab has no notebook, or no Python notebook.
        """
        sources = read_source_notebooks(course, lab)
        released = {n: release_notebook(s, course.nbgrader_config) for n, s in sources.items()}
        companions = read_companions(course, lab)
        seed = secrets.randbits(128) if seed is None else seed
        labs = read_lab_ids(course)
        return cls(lab.trust, dict(lab.limits), sources, released, companions, seed, labs)

    def compute_digest(self) -> str:
        """A digest of all that decides a lab's scores."""
        digest = hashlib.sha256(repr((self.trust, sorted(self.limits.items()))).encode())
        for name, source in self.sources.items():
            digest.update(f"{name}\0{nbformat.writes(source)}\0".encode())
        for path, content in sorted(self.companions.items()):
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def mark(self, engine: Engine, submission: Submission, fingerprint: str) -> Result:
        """Run and judge all notebooks of a submission; a failure becomes part of the result."""
        started = time.monotonic()
        try:
            theirs = submission.read_companions()
        except OSError as error:
            return self.make_failed_result(submission, fingerprint, error)
        graded: dict[str, JudgedNotebook] = {}
        notes: list[Note] = []
        questions: list[QuestionVerdict] = []
        for name, source in self.sources.items():
            try:
                notebook, files, repairs = self._prepare(submission, name, theirs)
                notes += repairs
                graded[name] = self._grade(engine, notebook, source, files)
                verdicts = name_first_failure(graded[name].questions, graded[name].notebook)
                questions += _find_missing(notebook, verdicts)
                notes += [*graded[name].notes, *note_missing_modules(graded[name].notebook)]
            except Exception as error:  # of any kind: it costs this notebook and no other
                reason = _describe_failure(error, submission)
                notes.append(Note(NoteKind.NOT_GRADED, reason))
                questions += _decide_missing(source, reason)
        notebooks = {name: part.notebook for name, part in graded.items()}
        peak = max((part.peak_memory_mb for part in graded.values()), default=0.0)
        status = SubmissionStatus.GRADED if graded else SubmissionStatus.FAILED
        seconds = time.monotonic() - started
        verdict = _make_verdict(submission, status, questions, notes, seconds, peak)
        return Result(fingerprint, self.seed, verdict, notebooks)

    def _check_notebook(self, name: str, submitted: NotebookNode) -> None:
        """Check that a submitted notebook is not another one of the lab's.

        Raises:
            AutograderError: It is, under another name.
        """
        ids = {name: list_grade_ids(source) for name, source in self.sources.items()}
        other = find_other_lab(list_grade_ids(submitted), name, ids)
        if other:
            raise AutograderError(
                f"{name}.ipynb was not handed in: the submitted notebook is {other}.ipynb"
            )

    def _prepare(
        self, submission: Submission, name: str, theirs: dict[str, bytes]
    ) -> tuple[NotebookNode, dict[str, bytes], list[Note]]:
        """The notebook to run, the files beside it, and what was repaired."""
        submitted = read_submitted_notebook(
            submission.folder,
            name,
            set(self.sources),
            self.released[name],
            submission.lab,
            self.labs,
        )
        self._check_notebook(name, submitted.notebook)
        source, released = self.sources[name], self.released[name]
        if not has_lab_cells(submitted.notebook, source, released):
            raise AutograderError(f"the notebook has none of the cells of {submission.lab}")
        notebook, repairs = repair_notebook(submitted.notebook, source, released)
        colab = make_colab_module(notebook)
        sentences = [*submitted.repairs, *repairs, *([COLAB_NOTE] if colab else [])]
        files = merge_files({**submitted.place_files(theirs), **colab}, self.companions)
        return notebook, files, [Note(NoteKind.REPAIR, text) for text in sentences]

    def make_failed_result(
        self, submission: Submission, fingerprint: str, error: Exception
    ) -> Result:
        """The result of a submission that could not be run."""
        reason = _describe_failure(error, submission)
        questions = [q for source in self.sources.values() for q in _decide_missing(source, reason)]
        notes = [Note(NoteKind.NOT_GRADED, reason)]
        verdict = _make_verdict(submission, SubmissionStatus.FAILED, questions, notes)
        return Result(fingerprint, 0, verdict, {})

    def _grade(
        self, engine: Engine, notebook: NotebookNode, source: NotebookNode, files: dict[str, bytes]
    ) -> JudgedNotebook:
        return engine.grade(
            notebook,
            source,
            self.seed,
            files,
            Limits.of(self.limits),
            in_kernel=self.list_trusted_cells(source),
            given=self.companions,
        )

    def list_trusted_cells(self, source: NotebookNode) -> list[str]:
        """The test cells that the instructor lets run in the student's own kernel."""
        return list(automatic_points(source)) if self.trust == "kernel" else list(self.trust)


def _make_verdict(
    submission: Submission,
    status: SubmissionStatus,
    questions: list[QuestionVerdict],
    notes: list[Note],
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
        notes=tuple(notes),
        questions=tuple(questions),
    )


def _describe_failure(error: Exception, submission: Submission) -> str:
    """Why a notebook could not be graded."""
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


def _find_missing(
    notebook: NotebookNode, questions: Iterable[QuestionVerdict]
) -> Iterator[QuestionVerdict]:
    """The verdicts, with 0 for an answer as it was released, which nobody needs to read."""
    cells = {grade_id(cell): cell for cell in graded_cells(notebook)}
    for question in questions:
        cell = cells[question.grade_id]
        is_manual = question.status is Status.MANUAL and not is_task_cell(cell)
        if is_manual and determine_grade(cell)[0] == 0:
            yield replace(question, status=Status.MISSING, message=NO_ANSWER)
        else:
            yield question


def _decide_missing(source: NotebookNode, reason: str) -> list[QuestionVerdict]:
    """The verdicts on a notebook that could not be graded."""
    return [
        QuestionVerdict(grade_id(cell), 0.0, max_points(cell), Status.MISSING, reason)
        for cell in graded_cells(source)
    ]
