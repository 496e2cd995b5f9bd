"""Grading a lab: every submission that is new, several at a time, one writer to the gradebook."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import determine_grade

from autograder.course import Course, Lab
from autograder.engine import Engine
from autograder.errors import AutograderError
from autograder.gradebook import Registry
from autograder.graded import Graded
from autograder.notebooks import forms
from autograder.notebooks.cases import automatic_points
from autograder.notebooks.handed_in import read_handed_in
from autograder.notebooks.repair import repair
from autograder.results import Result, Results
from autograder.submissions import Submission, companions, submissions
from autograder.verdict import QuestionVerdict, Verdict


@dataclass(frozen=True)
class Outcome:
    """A submission's result, and whether it was made now or was there already."""

    result: Result
    fresh: bool


class Grading:
    """One run of `autograder grade`.

    Args:
        course: the course.
        lab: the lab.
        workers: submissions graded at the same time.
        force: grade unchanged submissions again, too.

    Raises:
        AutograderError: the lab has no notebook, or nobody has handed one in.
    """

    def __init__(self, course: Course, lab: Lab, workers: int = 2, force: bool = False) -> None:
        self._course, self._lab = course, lab
        self._workers, self._force = workers, force
        self.submissions = submissions(course, lab)
        self._sources = _source_notebooks(course, lab)
        _check_language(self._sources, lab)
        self._released = {
            name: forms.student(source, course.nbgrader_config)
            for name, source in self._sources.items()
        }
        self._companions = companions(course, lab)
        self._registry = Registry(course)
        self._results = Results(course.results_dir / lab.name)

    def run(self, start_engine: Callable[[], Engine]) -> Iterator[Outcome]:
        """Grade and record; yields each submission's outcome as soon as it is in the gradebook.

        Args:
            start_engine: called when there is something to grade.
        """
        with self._results.locked():
            self._registry.register(self._lab)
            version = self._version()
            recorded = self._registry.students(self._lab)
            todo = []
            for submission in self.submissions:
                fingerprint = submission.fingerprint(version)
                known = self._results.read(submission.student)
                if known is None or self._again(known, fingerprint):
                    todo.append((submission, fingerprint))
                    continue
                there = self._results.is_recorded(submission.student, known)
                if not (there and submission.student in recorded):
                    self._record(submission, known)
                yield Outcome(known, fresh=False)
            if todo:
                with start_engine() as engine:
                    yield from self._grade_all(engine, todo)

    def _version(self) -> str:
        """A digest of all that decides a score besides what was handed in."""
        digest = hashlib.sha256(repr((self._lab.trust, sorted(self._lab.limits.items()))).encode())
        for name, source in self._sources.items():
            digest.update(f"{name}\0{nbformat.writes(source)}\0".encode())
        for path, content in sorted(self._companions.items()):
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def _again(self, known: Result, fingerprint: str) -> bool:
        # What could not be graded costs nothing to try again, and may have failed by bad luck.
        changed = known.fingerprint != fingerprint
        return self._force or changed or known.verdict.status != "graded"

    def _grade_all(self, engine: Engine, todo: list[tuple[Submission, str]]) -> Iterator[Outcome]:
        pool = ThreadPoolExecutor(self._workers)
        try:
            pending = [pool.submit(self._grade, engine, *item) for item in todo]
            for future in as_completed(pending):
                submission, result = future.result()
                self._results.write(submission, result)
                self._record(submission, result)
                yield Outcome(result, fresh=True)
        finally:
            # Whoever stops the run does not wait for what is under way: the engine ends it.
            pool.shutdown(wait=False, cancel_futures=True)

    def _record(self, submission: Submission, result: Result) -> None:
        self._registry.record(submission, result.notebooks)
        self._results.mark_recorded(submission.student, result)

    def _grade(
        self, engine: Engine, submission: Submission, fingerprint: str
    ) -> tuple[Submission, Result]:
        started, seed = time.monotonic(), secrets.randbits(32)
        files = {**submission.companions(), **self._companions}
        graded: dict[str, Graded] = {}
        remarks: list[str] = []
        questions: list[QuestionVerdict] = []
        for name, source in self._sources.items():
            try:
                handed_in, read = read_handed_in(submission.folder, name, set(self._sources))
                notebook, mended = repair(handed_in, source, self._released[name])
                remarks += [*read, *mended]
                trusted = _trusted(self._lab, source)
                graded[name] = engine.grade(notebook, source, seed, files, in_kernel=trusted)
                questions += _unanswered(notebook, graded[name].questions)
                remarks += graded[name].notes
            except Exception as error:  # whatever it is, it costs this notebook and no other
                known = isinstance(error, AutograderError)
                reason = str(error) if known else f"{type(error).__name__}: {error}"
                remarks.append(reason)
                questions += _not_graded(source, reason)
        verdict = Verdict(
            student=submission.student,
            lab=submission.lab,
            status="graded" if graded else "failed",
            score=sum(question.score for question in questions),
            max_score=sum(question.max_score for question in questions),
            seconds=round(time.monotonic() - started, 3),
            peak_memory_mb=round(max((g.peak_memory_mb for g in graded.values()), default=0), 1),
            repairs=tuple(remarks),
            questions=tuple(questions),
        )
        notebooks = {name: part.notebook for name, part in graded.items()}
        return submission, Result(fingerprint, seed, verdict, notebooks)


def _source_notebooks(course: Course, lab: Lab) -> dict[str, NotebookNode]:
    folder = course.source_dir / lab.name
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise AutograderError(f"no notebook in {folder}", f"run: autograder build {lab.name}")
    try:
        return {path.stem: _current(nbformat.read(path, as_version=4)) for path in paths}
    except Exception as error:  # nbformat raises half a dozen unrelated types
        raise AutograderError(f"a notebook in {folder} can't be read: {error}") from error


def _check_language(sources: dict[str, NotebookNode], lab: Lab) -> None:
    """Refuse a lab in another language: run as Python, everybody would get nothing."""
    for name, source in sources.items():
        kernel = source.metadata.get("kernelspec", {})
        language = kernel.get("language") or source.metadata.get("language_info", {}).get("name")
        if language and language.lower() != "python":
            raise AutograderError(
                f"{name}.ipynb is written in {language}; only Python notebooks can be graded here",
                f"grade it with: nbgrader autograde {lab.name}",
            )


def _current(notebook: NotebookNode) -> NotebookNode:
    """A source of any age in the current format, with ids that are the same at every reading."""
    notebook = MetadataValidator().upgrade_notebook_metadata(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number:02d}")
    notebook.nbformat_minor = 5
    return notebook


def _trusted(lab: Lab, source: NotebookNode) -> list[str]:
    """The test cells that the instructor lets run in the student's own kernel."""
    return list(automatic_points(source)) if lab.trust == "kernel" else list(lab.trust)


def _unanswered(
    notebook: NotebookNode, questions: Iterable[QuestionVerdict]
) -> Iterator[QuestionVerdict]:
    """The verdicts, with 0 for an answer that nobody need read: it is as it was released."""
    cells = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    for question in questions:
        nothing = question.status == "manual" and determine_grade(cells[question.grade_id])[0] == 0
        yield replace(question, status="missing", message="no answer") if nothing else question


def _not_graded(source: NotebookNode, reason: str) -> list[QuestionVerdict]:
    marks = (cell.metadata.get("nbgrader", {}) for cell in source.cells)
    return [
        QuestionVerdict(mark["grade_id"], 0.0, float(mark["points"]), "missing", reason)
        for mark in marks
        if mark.get("grade")
    ]
