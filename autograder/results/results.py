"""One file for each graded submission, written whole, so that a killed run can resume."""

from __future__ import annotations

import fcntl
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.course.submissions import Submission
from autograder.errors import AutograderError
from autograder.files import write_atomically
from autograder.results.verdict import Verdict

# The form of what a record stands for. A new one makes the next run write autograded/ again.
_FORM = "sanitized"


@dataclass(frozen=True)
class Result:
    """A verdict, the executed notebooks, and what was graded.

    Args:
        fingerprint: digest of the submission and of all that decides its scores.
        seed: what the hidden tests drew their inputs from.
        verdict: the scores.
        notebooks: the executed notebooks, by name; empty when nothing could be run.
    """

    fingerprint: str
    seed: int
    verdict: Verdict
    notebooks: dict[str, NotebookNode]

    def as_json(self) -> str:
        """The result as JSON."""
        fields = {
            "fingerprint": self.fingerprint,
            "seed": self.seed,
            "verdict": self.verdict.as_dict(),
            "notebooks": self.notebooks,
        }
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """The result that `as_json` wrote."""
        fields = json.loads(text)
        return cls(
            fingerprint=fields["fingerprint"],
            seed=fields["seed"],
            verdict=Verdict.from_dict(fields["verdict"]),
            notebooks={k: nbformat.from_dict(v) for k, v in fields["notebooks"].items()},
        )


def read_results(course: Course, lab: Lab) -> list[Result]:
    """Return the results of a graded lab, sorted by student."""
    return Results(course.results_dir / lab.name).read_all()


class Results:
    """The results of one lab, in a folder.

    A result is on the disk before it goes into the gradebook; a second, small file then says that
    it is recorded there. So the next run finishes what a killed run left.

    Args:
        folder: `results/LAB`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read_class_seed(self) -> int:
        """The lab's hidden seed, drawn at the first call: graded again, marks stay the same.

        To draw a new one, delete the file `class_seed` from the folder.

        Raises:
            AutograderError: the file does not hold a seed.
        """
        path = self._folder / "class_seed"
        try:
            return int(path.read_text(encoding="ascii"), 16)
        except FileNotFoundError:
            seed = secrets.randbits(128)
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, f"{seed:032x}\n")
            return seed
        except (OSError, ValueError) as error:
            raise AutograderError(
                f"{path} does not hold a seed ({error})", "delete it; a new seed is then drawn"
            ) from error

    def read(self, student: str) -> Result | None:
        """A student's result; None where no readable one exists."""
        try:
            return Result.from_json(self._path(student).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def read_all(self) -> list[Result]:
        """Every readable result, sorted by student."""
        students = sorted(path.name.removesuffix(".json") for path in self._folder.glob("*.json"))
        return [result for student in students if (result := self.read(student))]

    def write(self, submission: Submission, result: Result) -> None:
        """Write a result whole; it is not yet recorded in the gradebook."""
        self._record_path(submission.student).unlink(missing_ok=True)
        write_atomically(self._path(submission.student), result.as_json())

    def mark_recorded(self, submission: Submission, result: Result) -> None:
        """Note that a result, with its time of submission, is in the gradebook."""
        write_atomically(
            self._record_path(submission.student), _describe_record(submission, result)
        )

    def is_recorded(self, submission: Submission, result: Result) -> bool:
        """Whether this result, with this time of submission, is in the gradebook."""
        path = self._record_path(submission.student)
        wanted = _describe_record(submission, result)
        return path.is_file() and path.read_text(encoding="utf-8") == wanted

    @contextmanager
    def lock(self, seconds: float = 5.0) -> Iterator[None]:
        """Let only one run at a time grade the lab; the lock ends with the process that holds it.

        Args:
            seconds: how long to wait: the course's server holds the lock while it records a result.

        Raises:
            AutograderError: another run grades the lab.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as file:
            if not _wait_for_lock(file, seconds):
                raise AutograderError(
                    f"another run is grading {self._folder.name} in this course",
                    "wait for it, or stop it; then run this again",
                )
            yield

    def _path(self, student: str) -> Path:
        return self._folder / f"{student}.json"

    def _record_path(self, student: str) -> Path:
        return self._folder / f"{student}.recorded"


def _wait_for_lock(file: TextIO, seconds: float) -> bool:
    """Lock an open file; returns whether that worked in time."""
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)


def _describe_record(submission: Submission, result: Result) -> str:
    return f"{result.fingerprint} {submission.timestamp()} {_FORM}"
