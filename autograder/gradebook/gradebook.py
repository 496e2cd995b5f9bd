"""gradebook.db, through nbgrader's own interface: formgrader and plugins find what they expect."""

from __future__ import annotations

import contextlib
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
from nbgrader.api import Gradebook, InvalidEntry, SubmittedNotebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import (
    compute_checksum,
    determine_grade,
    is_grade,
    is_solution,
    is_task,
    parse_utc,
)
from sqlalchemy.exc import DatabaseError, SAWarning
from traitlets.config import Config

from autograder.course.course import Course, Lab
from autograder.course.submissions import Submission
from autograder.errors import AutograderError
from autograder.gradebook.rubric import with_rubrics

_MAKE_ROOM = "close what holds it, make room or check its permissions; then run this again"
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
        """nbgrader's gradebook; opened once where calls are within one another.

        Raises:
            AutograderError: the database can't be read or written.
        """
        if self._gradebook is not None:
            yield self._gradebook
            return
        try:
            with _unlogged(), Gradebook(self._course.db_url) as gradebook:
                self._gradebook = gradebook
                try:
                    yield gradebook
                finally:
                    self._gradebook = None
        except (DatabaseError, InvalidEntry) as error:
            # Some of the database's errors reach us as nbgrader's, with their text.
            raise AutograderError(
                f"the gradebook {self._course.db_url} can't be used: "
                f"{getattr(error, 'orig', error)}",
                _MAKE_ROOM,
            ) from error

    def register(self, lab: Lab) -> None:
        """Tell the gradebook what the lab asks and what it is worth, as a release does.

        The notebooks that `nbgrader generate_assignment` writes meanwhile are thrown away.

        Raises:
            AutograderError: nbgrader refuses the lab.
        """
        with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
            config = Config(self._course.nbgrader_config)
            if glob.escape(root := str(self._course.root)) != root:
                # nbgrader looks for the lab by a pattern, in which brackets are no brackets.
                config.CourseDirectory.root = str(Path(folder, "course"))
                Path(folder, "course").symlink_to(root)
            config.CourseDirectory.release_directory = str(Path(folder, "release"))
            config.CourseDirectory.db_url = self._course.db_url
            config.CourseDirectory.assignment_id = lab.name
            converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
            converter.log = _log
            converter.force = True
            try:
                with _said() as said:
                    converter.start()
            except Exception as error:
                reason = _reason(said) or str(error)
                raise AutograderError(
                    f"nbgrader can't register {lab.name}: {reason}", _next(reason, lab)
                ) from error
        if lab.due is not None:
            with self.open() as gradebook:
                # nbgrader keeps times in UTC without saying so.
                due = self._course.localize(lab.due).astimezone(timezone.utc).replace(tzinfo=None)
                gradebook.update_or_create_assignment(lab.name, duedate=due)

    def notebook_names(self, lab: Lab) -> list[str]:
        """The lab's notebooks without their suffix; nbgrader's assignments may have several."""
        with self.open() as gradebook:
            return [notebook.name for notebook in gradebook.find_assignment(lab.name).notebooks]

    def scores(
        self, lab: Lab, student: str, notebook: str
    ) -> dict[str, tuple[float | None, float]]:
        """By question, the automatic score (None: a person grades it) and the maximum."""
        with self.open() as gradebook:
            grades = gradebook.find_submission_notebook(notebook, lab.name, student).grades
            return {grade.name: (grade.auto_score, grade.max_score) for grade in grades}

    def record(self, submission: Submission, notebooks: dict[str, nbformat.NotebookNode]) -> None:
        """Write a submission's scores, and its notebooks to `autograded/`.

        Args:
            submission: whose.
            notebooks: by name, the executed notebooks. A notebook of the lab that isn't among
                them scores 0, as in nbgrader when it was not handed in.

        Raises:
            AutograderError: the database or the folder can't be written; it may be tried again.
        """
        folder = self._course.autograded_dir / submission.student / submission.lab
        earlier = {name: _read(folder / f"{name}.ipynb") for name in notebooks}
        try:
            self._copy_files(submission, folder)
            self._record(submission, notebooks, earlier, folder)
        except OSError as error:
            raise AutograderError(
                f"can't write {folder}: {error.strerror}",
                "make room or check its permissions; then run this again",
            ) from error

    def _record(
        self,
        submission: Submission,
        notebooks: dict[str, nbformat.NotebookNode],
        earlier: dict[str, nbformat.NotebookNode | None],
        folder: Path,
    ) -> None:
        with self.open() as gradebook, warnings.catch_warnings():
            # nbgrader 0.9 adds rows in an order that SQLAlchemy 2 warns of; nothing is lost.
            warnings.simplefilter("ignore", SAWarning)
            gradebook.update_or_create_student(submission.student)
            row = gradebook.update_or_create_submission(
                submission.lab, submission.student, timestamp=_timestamp(submission)
            )
            for part in row.notebooks:
                _write_scores(part, notebooks.get(part.name), earlier.get(part.name))
                part.late_submission_penalty = None
            late = row.total_seconds_late > 0
            gradebook.db.commit()
        for name, notebook in notebooks.items():
            if late:
                self._penalize(submission, name, notebook)
            nbformat.write(
                self._beside_rubrics(name, notebook, submission), folder / f"{name}.ipynb"
            )

    def _penalize(self, submission: Submission, name: str, notebook: nbformat.NotebookNode) -> None:
        """Ask nbgrader's plugin what being late costs."""
        about = {
            "student": submission.student,
            "assignment": submission.lab,
            "notebook": name,
            "db_url": self._course.db_url,
        }
        plugin = AssignLatePenalties(config=self._course.nbgrader_config, log=_log)
        plugin.preprocess(notebook, {"unique_key": name, "nbgrader": about})

    def _beside_rubrics(
        self, name: str, notebook: nbformat.NotebookNode, submission: Submission
    ) -> nbformat.NotebookNode:
        """For formgrader: what an answer is marked by stands below it."""
        path = self._course.source_dir / submission.lab / f"{name}.ipynb"
        if path not in self._sources and path.is_file():
            self._sources[path] = nbformat.read(path, as_version=4)
        source = self._sources.get(path)
        return notebook if source is None else with_rubrics(notebook, source)

    def _copy_files(self, submission: Submission, folder: Path) -> None:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        for path in submission.files():
            if any(part.endswith(".ipynb") for part in path.parts):
                continue  # notebooks come as they were run; a folder called so would be in the way
            try:
                content = (submission.folder / path).read_bytes()
            except OSError:
                continue  # its row says so
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    def students(self, lab: Lab) -> set[str]:
        """The students with a submission of the lab in the gradebook."""
        with self.open() as gradebook:
            return {row.student_id for row in gradebook.assignment_submissions(lab.name)}


def _write_scores(
    part: SubmittedNotebook,
    notebook: nbformat.NotebookNode | None,
    earlier: nbformat.NotebookNode | None,
) -> None:
    """Scores and comments, as nbgrader's `SaveAutoGrades` does, but in one transaction.

    There each question has its own, in a database opened anew: a third of a submission's time.
    """
    if notebook is None:
        for grade in part.grades:
            grade.auto_score, grade.needs_manual_grade = 0, False
        return
    grades = {grade.name: grade for grade in part.grades}
    comments = {comment.name: comment for comment in part.comments}
    for cell in notebook.cells:
        if is_grade(cell):
            grade = grades[cell.metadata.nbgrader.grade_id]
            grade.auto_score = determine_grade(cell, _log)[0]
            if grade.manual_score is None:
                grade.needs_manual_grade = grade.auto_score is None
            elif (
                is_task(cell) or not earlier or _answers(cell, notebook) != _answers(cell, earlier)
            ):
                # What a person marked before and is not as it was, a person looks at again; what
                # answers a task stands in cells that have no name.
                grade.needs_manual_grade = True
        if is_solution(cell) or is_task(cell):
            mark = cell.metadata.nbgrader
            unchanged = mark.get("checksum") == compute_checksum(cell) and not is_task(cell)
            comments[mark.grade_id].auto_comment = "No response." if unchanged else None


def _next(reason: str, lab: Lab) -> str:
    """What to do when nbgrader refuses a lab."""
    if "OperationalError" in reason:
        return _MAKE_ROOM
    if "Cannot add or remove cells" in reason:
        return (
            "take back what was renamed, added or removed after grading; or make a copy of "
            "gradebook.db, since this lab's marks by hand are lost, and type: "
            f"nbgrader db assignment remove {lab.name} --force; then grade again"
        )
    return f"see all of it: nbgrader generate_assignment --force {lab.name}"


def _answers(cell: nbformat.NotebookNode, notebook: nbformat.NotebookNode) -> dict[str, object]:
    """What a graded cell's marks are for: a text's own; of what is computed, all the answers."""
    answers = {
        c.metadata.nbgrader.grade_id: (c.source, c.get("attachments"))  # with its pasted images
        for c in notebook.cells
        if is_solution(c)
    }
    own = cell.metadata.nbgrader.grade_id
    return {own: answers.get(own)} if cell.cell_type == "markdown" else answers


def _read(path: Path) -> nbformat.NotebookNode | None:
    """A notebook of `autograded/`; None where there is none, or no whole one."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception:  # nbformat raises half a dozen unrelated types
        return None


@contextlib.contextmanager
def _unlogged() -> Iterator[None]:
    """Without the tracebacks that nbgrader logs of errors that it raises as well."""
    log = api.app_log
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


@contextlib.contextmanager
def _said() -> Iterator[list[str]]:
    """What nbgrader logs meanwhile, kept from the screen."""
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(handler.format(record))  # type: ignore[method-assign]
    _log.addHandler(handler)
    try:
        yield said
    finally:
        _log.removeHandler(handler)


def _reason(said: list[str]) -> str:
    """The exception's line in what nbgrader said: it stands last in its traceback."""
    tracebacks = [text for text in said if "Traceback" in text]
    return tracebacks[0].strip().splitlines()[-1] if tracebacks else ""


def _timestamp(submission: Submission) -> datetime | None:
    text = submission.timestamp()
    try:
        return parse_utc(text) if text else None
    except (ValueError, OverflowError) as error:
        _log.warning("%s's timestamp.txt holds no time: %s", submission.student, error)
        return None
