"""Grades attempts at one lab as `autograder grade` does, and records the one that counts."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from autograder.collect.student_files import StudentFiles
from autograder.collect.unpack import unpack
from autograder.course.course import Course, Lab
from autograder.course.submissions import TIMESTAMP, Submission
from autograder.engine.engine import Engine
from autograder.errors import AutograderError
from autograder.feedback import FeedbackWriter
from autograder.feedback.hidden_tests import HiddenTests
from autograder.gradebook.gradebook import CourseGradebook
from autograder.grading.environment import compute_environment_digest
from autograder.grading.keep_result import ResultKeeper
from autograder.grading.local_workers import LocalWorkers
from autograder.grading.marking import Marking
from autograder.grading.reference_check import ReferenceCheck
from autograder.marks.unanswered import explain_unanswered
from autograder.results.results import Result, Results
from autograder.results.verdict import Verdict
from autograder.server.receive import attempt_path
from autograder.server.tables import Attempt

Files = dict[PurePosixPath, bytes]
_LOCK_SECONDS = 600.0  # `autograder grade` may grade the whole class meanwhile


class LabGrading:
    """A lab, ready to be graded.

    Args:
        course: The course.
        lab: The lab.

    Raises:
        AutograderError: The lab cannot be graded: no notebook, or nbgrader does not accept it.
    """

    def __init__(self, course: Course, lab: Lab) -> None:
        self.course, self.lab = course, lab
        self._results = Results(course.results_dir / lab.name)
        self._marking = Marking.of(course, lab, self._results.read_class_seed())
        self._digest = self._marking.compute_digest()
        self._gradebook = CourseGradebook(course)
        self._keeper = ResultKeeper(self._results, self._gradebook, self._marking)
        self._is_registered = False

    def check(self, workers: LocalWorkers, isolation: str) -> None:
        """Grade the solution and the stub, unless that was done for this lab and machine.

        Raises:
            AutograderError: They get other marks than they must.
        """
        environment = compute_environment_digest(isolation)
        proof = ReferenceCheck(self.course, self.lab, self._marking, environment)
        report = proof.read() or proof.run(workers)
        if report.findings:
            found = "; ".join(map(str, report.findings))
            raise AutograderError(f"the lab's tests do not work on this machine: {found}")

    def grade(self, engine: Engine, attempt: Attempt) -> Result:
        """Grade an attempt; writes nothing that lasts. For any thread."""
        with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
            submission = Submission(attempt.student.person, self.lab.name, Path(folder, "files"))
            submission.folder.mkdir()
            try:
                _write(submission.folder, self._read_files(attempt))
                submission.check_name()
                submission.check_files()
            except AutograderError as error:
                return self._marking.make_failed_result(submission, "", error)
            fingerprint = submission.fingerprint(self._digest)
            return self._marking.mark(engine, submission, fingerprint)

    def make_failed_result(self, attempt: Attempt, reason: str) -> Result:
        """The result of an attempt that the workers could not grade."""
        submission = self._find_submission(attempt)
        return self._marking.make_failed_result(submission, "", AutograderError(reason))

    def record(self, attempt: Attempt, result: Result) -> None:
        """Make an attempt the student's submission, and write marks and feedback.

        Doing it twice changes nothing. For the main thread, where feedback pages can be rendered.

        Raises:
            AutograderError, OSError, SQLAlchemyError: Nothing can be written now.
        """
        submission = self._find_submission(attempt)
        with self._results.lock(_LOCK_SECONDS):
            if not self._is_registered:
                self._gradebook.register(self.lab)
                self._is_registered = True
            self._submit(attempt)
            result = self._keeper.keep(submission, result)
        for _ in FeedbackWriter(self.course, self.lab).write(result):
            pass

    def make_shown_verdict(self, result: Result) -> Verdict:
        """The verdict as a student may read it: no sentence quotes a hidden test."""
        verdict = explain_unanswered(result.verdict, result.notebooks)
        hidden = [self._list_hidden(notebook) for notebook in result.notebooks.values()]

        def hide(message: str) -> str:
            return "" if any(tests.are_shown_in(message) for tests in hidden) else message

        questions = tuple(replace(q, message=hide(q.message)) for q in verdict.questions)
        return replace(verdict, questions=questions)

    def _list_hidden(self, notebook: NotebookNode) -> HiddenTests:
        return HiddenTests(notebook, self.course.nbgrader_config)

    def _submit(self, attempt: Attempt) -> None:
        """Put the attempt's files into `submitted/`; what was there is kept in `collected/`."""
        place = StudentFiles(self.course, self.lab, attempt.student.person)
        try:
            files = self._read_files(attempt)
        except AutograderError:  # a damaged zip file: the student's row says so
            path = attempt_path(self.course, attempt)
            files = {PurePosixPath(f"submission{attempt.suffix}"): path.read_bytes()}
        files[PurePosixPath(TIMESTAMP)] = _format_time(attempt.received)
        if place.read_submission() != files:
            place.submit(files)

    def _find_submission(self, attempt: Attempt) -> Submission:
        student = attempt.student.person
        folder = self.course.submitted_dir / student / self.lab.name
        return Submission(student, self.lab.name, folder)

    def _read_files(self, attempt: Attempt) -> Files:
        """The files of an attempt.

        Raises:
            AutograderError: A zip file is damaged, or unpacks to too much.
        """
        content = attempt_path(self.course, attempt).read_bytes()
        if attempt.suffix != ".zip":
            return {PurePosixPath(self.lab.notebook): content}
        try:
            return {path: data for path, data in unpack(content).items() if path != TIMESTAMP}
        except AutograderError as error:
            raise AutograderError(f"the zip file cannot be used: {error}") from error


def _write(folder: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    for path, content in files.items():
        try:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        except OSError as error:
            raise AutograderError(f"{path} cannot be unpacked: {error.strerror}") from error


def _format_time(seconds: float) -> bytes:
    """A time as nbgrader writes it."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC\n".encode()
