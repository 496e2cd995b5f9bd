"""Grading a lab: every submission that is new, several at a time, one writer to the gradebook."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import nbformat
from nbformat import NotebookNode

from autograder.course import Course, Lab
from autograder.errors import AutograderError
from autograder.gradebook import Registry
from autograder.graded import Graded
from autograder.notebooks import forms
from autograder.notebooks.handed_in import read_handed_in
from autograder.notebooks.repair import repair
from autograder.results import Result
from autograder.submissions import Submission, submissions
from autograder.verdict import QuestionVerdict, Verdict


class Engine(Protocol):
    """Runs and judges one notebook; may be called from several threads at once."""

    isolation: str

    def grade(
        self, name: str, notebook: NotebookNode, seed: int, files: dict[str, bytes]
    ) -> Graded: ...


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
    """

    def __init__(self, course: Course, lab: Lab, workers: int = 2, force: bool = False) -> None:
        self._course, self._lab = course, lab
        self._workers, self._force = workers, force
        self._registry = Registry(course)
        self._registry.register(lab)
        self._sources = _source_notebooks(course, lab)
        self._released = {
            name: forms.student(source, course.nbgrader_config)
            for name, source in self._sources.items()
        }
        self.submissions = submissions(course, lab)

    def run(self, engine: Engine) -> Iterator[Outcome]:
        """Grade and record; yields each submission's outcome as soon as it is in the gradebook."""
        version = _digest(engine.isolation, *(nbformat.writes(s) for s in self._sources.values()))
        todo = []
        for submission in self.submissions:
            fingerprint = submission.fingerprint(version)
            known = Result.read(self._path(submission))
            if (
                known
                and known.fingerprint == fingerprint
                and known.verdict.status == "graded"
                and not self._force
            ):
                if not self._registry.has(submission):
                    self._registry.record(submission, known.notebooks)
                yield Outcome(known, fresh=False)
            else:
                todo.append((submission, fingerprint))
        pool = ThreadPoolExecutor(self._workers)
        try:
            pending = [pool.submit(self._grade, engine, *item) for item in todo]
            for future in as_completed(pending):
                submission, result = future.result()
                result.write(self._path(submission))
                self._registry.record(submission, result.notebooks)
                yield Outcome(result, fresh=True)
        finally:
            pool.shutdown(cancel_futures=True)

    def _path(self, submission: Submission) -> Path:
        return self._course.results_dir / submission.lab / f"{submission.student}.json"

    def _grade(
        self, engine: Engine, submission: Submission, fingerprint: str
    ) -> tuple[Submission, Result]:
        started, seed = time.monotonic(), secrets.randbits(32)
        files = {
            str(path): (submission.folder / path).read_bytes()
            for path in submission.files()
            if path.suffix != ".ipynb"
        }
        graded: dict[str, Graded] = {}
        problems: list[str] = []
        repairs: list[str] = []
        questions: list[QuestionVerdict] = []
        for name, source in self._sources.items():
            try:
                handed_in, found = read_handed_in(submission.folder, name, set(self._sources))
                notebook, changed = repair(handed_in, source, self._released[name])
                repairs += [*found, *changed]
                graded[name] = engine.grade(name, notebook, seed, files)
                questions += graded[name].questions
            except AutograderError as error:
                problems.append(str(error))
                questions += _not_graded(source, str(error))
        verdict = Verdict(
            student=submission.student,
            lab=submission.lab,
            status="graded" if graded else "failed",
            score=sum(question.score for question in questions),
            max_score=sum(question.max_score for question in questions),
            seconds=round(time.monotonic() - started, 3),
            peak_memory_mb=round(max((g.peak_memory_mb for g in graded.values()), default=0), 1),
            repairs=(*problems, *repairs, *(note for g in graded.values() for note in g.notes)),
            questions=tuple(questions),
        )
        notebooks = {name: part.notebook for name, part in graded.items()}
        return submission, Result(fingerprint, seed, verdict, notebooks)


def _source_notebooks(course: Course, lab: Lab) -> dict[str, NotebookNode]:
    paths = sorted((course.source_dir / lab.name).glob("*.ipynb"))
    return {path.stem: nbformat.read(path, as_version=4) for path in paths}


def _not_graded(source: NotebookNode, reason: str) -> list[QuestionVerdict]:
    marks = [
        c.metadata.nbgrader for c in source.cells if c.metadata.get("nbgrader", {}).get("grade")
    ]
    return [
        QuestionVerdict(mark.grade_id, 0.0, float(mark.points), "missing", reason) for mark in marks
    ]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
