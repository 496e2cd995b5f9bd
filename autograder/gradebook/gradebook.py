"""gradebook.db, through nbgrader's own interface: as formgrader and plugins expect it."""

from __future__ import annotations

import contextlib
import errno
import glob
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import nbformat
from nbgrader import api
from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy.exc import DatabaseError, SAWarning
from traitlets.config import Config

from autograder.course.course import Course, Lab
from autograder.course.nbgrader_steps import work_in
from autograder.course.source_notebooks import copy_in_current_schema
from autograder.course.submissions import Submission
from autograder.errors import AutograderError
from autograder.gradebook.rubric import add_rubrics
from autograder.gradebook.write_scores import write_scores
from autograder.notebooks.showing.sanitize_notebook import sanitize_notebook

_MAKE_ROOM = "close programs that use it, make room or check its permissions; then run this again"
# Of a name that submitted/ has room for and autograded/, whose path is longer, has not.
_ERRORS_OF_NAMES = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}
_log = logging.getLogger("autograder.nbgrader")
_log.propagate = False
_log.addHandler(logging.NullHandler())


class CourseGradebook:
    """The course's gradebook.

    Args:
        course: the course.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._sources: dict[Path, nbformat.NotebookNode] = {}
        self._gradebook: Gradebook | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[Gradebook]:
        """nbgrader's gradebook; nested calls share one connection.

        Raises:
            AutograderError: the database can't be read or written.
        """
        if self._gradebook is not None:
            yield self._gradebook
            return
        try:
            with _silence(), Gradebook(self._course.db_url) as gradebook:
                self._gradebook = gradebook
                try:
                    yield gradebook
                finally:
                    self._gradebook = None
        except (DatabaseError, InvalidEntry) as error:
            # nbgrader wraps some of the database's errors in its own.
            raise AutograderError(
                f"the gradebook {self._course.db_url} can't be used: "
                f"{getattr(error, 'orig', error)}",
                _MAKE_ROOM,
            ) from error

    def register(self, lab: Lab) -> None:
        """Register the lab's questions and points in the gradebook, as a release does.

        The notebooks that `nbgrader generate_assignment` writes meanwhile are discarded.

        Raises:
            AutograderError: nbgrader does not accept the lab.
        """
        with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
            config = Config(self._course.nbgrader_config)
            if glob.escape(root := str(self._course.root)) != root:
                # nbgrader looks for the lab by a pattern, in which brackets have a meaning.
                config.CourseDirectory.root = str(Path(folder, "course"))
                Path(folder, "course").symlink_to(root)
            config.CourseDirectory.release_directory = str(Path(folder, "release"))
            config.CourseDirectory.db_url = self._course.db_url
            config.CourseDirectory.assignment_id = lab.name
            upgraded = copy_in_current_schema(self._course, lab, Path(folder, "source"))
            if upgraded is not None:
                config.CourseDirectory.source_directory = str(upgraded)
            converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
            converter.log = _log
            converter.force = True
            try:
                with _collect_log() as log, work_in(self._course.root):
                    converter.start()
            except Exception as error:
                reason = _find_reason(log) or str(error)
                raise AutograderError(
                    f"nbgrader can't register {lab.name}: {reason}", _advise(reason, lab)
                ) from error
        if lab.due is not None:
            with self.open() as gradebook:
                # nbgrader keeps times in UTC, without a zone.
                due = self._course.localize(lab.due).astimezone(timezone.utc).replace(tzinfo=None)
                gradebook.update_or_create_assignment(lab.name, duedate=due)

    def list_notebooks(self, lab: Lab) -> list[str]:
        """The names of the lab's notebooks, without suffix; an assignment may have several."""
        with self.open() as gradebook:
            return [notebook.name for notebook in gradebook.find_assignment(lab.name).notebooks]

    def read_scores(
        self, lab: Lab, student: str, notebook: str
    ) -> dict[str, tuple[float | None, float]]:
        """The automatic score (None: a person grades it) and the maximum, by question."""
        with self.open() as gradebook:
            grades = gradebook.find_submission_notebook(notebook, lab.name, student).grades
            return {grade.name: (grade.auto_score, grade.max_score) for grade in grades}

    def record(self, submission: Submission, notebooks: dict[str, nbformat.NotebookNode]) -> None:
        """Write a submission's scores, and its notebooks to `autograded/`.

        Args:
            submission: the submission.
            notebooks: the executed notebooks, by name. A notebook of the lab that is missing here
                scores 0, as in nbgrader when it was not submitted.

        Raises:
            AutograderError: the database or the folder can't be written; try again later.
        """
        folder = self._course.autograded_dir / submission.student / submission.lab
        shown = {name: self._sanitize(name, one, submission) for name, one in notebooks.items()}
        earlier = {name: _read_notebook(folder / f"{name}.ipynb") for name in notebooks}
        try:
            self._copy_files(submission, folder)
            self._record(submission, notebooks, shown, earlier, folder)
        except OSError as error:
            raise AutograderError(
                f"can't write {folder}: {error.strerror}",
                "make room or check its permissions; then run this again",
            ) from error

    def _record(
        self,
        submission: Submission,
        notebooks: dict[str, nbformat.NotebookNode],
        shown: dict[str, nbformat.NotebookNode],
        earlier: dict[str, nbformat.NotebookNode | None],
        folder: Path,
    ) -> None:
        with self.open() as gradebook, warnings.catch_warnings():
            # SQLAlchemy 2 warns of the order in which nbgrader 0.9 adds rows; nothing is lost.
            warnings.simplefilter("ignore", SAWarning)
            gradebook.update_or_create_student(submission.student)
            row = gradebook.update_or_create_submission(
                submission.lab, submission.student, timestamp=_read_time(submission)
            )
            for part in row.notebooks:
                name = part.name
                write_scores(part, notebooks.get(name), shown.get(name), earlier.get(name))
                part.late_submission_penalty = None
            is_late = row.total_seconds_late > 0
            gradebook.db.commit()
        for name, notebook in notebooks.items():
            if is_late:
                self._penalize(submission, name, notebook)
            with_rubrics = self._add_rubrics(name, shown[name], submission)
            nbformat.write(with_rubrics, folder / f"{name}.ipynb")

    def _penalize(self, submission: Submission, name: str, notebook: nbformat.NotebookNode) -> None:
        """Let nbgrader's plugin decide what lateness costs."""
        about = {
            "student": submission.student,
            "assignment": submission.lab,
            "notebook": name,
            "db_url": self._course.db_url,
        }
        plugin = AssignLatePenalties(config=self._course.nbgrader_config, log=_log)
        plugin.preprocess(notebook, {"unique_key": name, "nbgrader": about})

    def _add_rubrics(
        self, name: str, notebook: nbformat.NotebookNode, submission: Submission
    ) -> nbformat.NotebookNode:
        """The notebook as formgrader shows it, with the rubric below each answer."""
        source = self._read_source(name, submission)
        return notebook if source is None else add_rubrics(notebook, source)

    def _sanitize(
        self, name: str, notebook: nbformat.NotebookNode, submission: Submission
    ) -> nbformat.NotebookNode:
        """The notebook without anything that would run in formgrader or in nbgrader's feedback."""
        source = self._read_source(name, submission)
        trusted = {cell.source for cell in source.cells} if source is not None else set()
        return sanitize_notebook(notebook, trusted)

    def _read_source(self, name: str, submission: Submission) -> nbformat.NotebookNode | None:
        path = self._course.source_dir / submission.lab / f"{name}.ipynb"
        if path not in self._sources and path.is_file():
            self._sources[path] = nbformat.read(path, as_version=4)
        return self._sources.get(path)

    def _copy_files(self, submission: Submission, folder: Path) -> None:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        for path in submission.files():
            if any(part.endswith(".ipynb") for part in path.parts):
                continue  # executed notebooks are written there; such a folder is in their way
            try:
                content = (submission.folder / path).read_bytes()
            except OSError:
                continue  # the verdict says so
            try:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            except OSError as error:
                if error.errno not in _ERRORS_OF_NAMES:
                    raise

    def list_students(self, lab: Lab) -> set[str]:
        """The students with a submission of the lab in the gradebook."""
        with self.open() as gradebook:
            return {row.student_id for row in gradebook.assignment_submissions(lab.name)}


def _advise(reason: str, lab: Lab) -> str:
    """What to do when nbgrader does not accept a lab."""
    if "OperationalError" in reason:
        return _MAKE_ROOM
    if "Cannot add or remove cells" in reason:
        return (
            "undo what was renamed, added or removed after grading; or copy gradebook.db, because "
            "this lab's marks by hand will be lost, and run: "
            f"nbgrader db assignment remove {lab.name} --force; then grade again"
        )
    return f"see all messages: nbgrader generate_assignment --force {lab.name}"


def _read_notebook(path: Path) -> nbformat.NotebookNode | None:
    """A notebook of `autograded/`; None where no readable one exists."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception:  # nbformat raises half a dozen unrelated types
        return None


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Do not show the tracebacks that nbgrader logs of errors that it also raises."""
    log = api.app_log
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


@contextlib.contextmanager
def _collect_log() -> Iterator[list[str]]:
    """Collect what nbgrader logs meanwhile instead of showing it."""
    log: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: log.append(handler.format(record))  # type: ignore[method-assign]
    _log.addHandler(handler)
    try:
        yield log
    finally:
        _log.removeHandler(handler)


def _find_reason(log: list[str]) -> str:
    """The exception's line in what nbgrader logged: the last of its traceback."""
    tracebacks = [text for text in log if "Traceback" in text]
    return tracebacks[0].strip().splitlines()[-1] if tracebacks else ""


def _read_time(submission: Submission) -> datetime | None:
    text = submission.timestamp()
    try:
        return parse_utc(text) if text else None
    except (ValueError, OverflowError) as error:
        _log.warning("the timestamp.txt of %s does not hold a time: %s", submission.student, error)
        return None
