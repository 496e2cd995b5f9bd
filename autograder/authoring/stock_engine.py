"""Stock nbgrader as an engine, to compare our scores with.

`nbgrader autograde` grades each notebook in its own temporary course folder, so several notebooks
can run at the same time, and none changes the real gradebook.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.errors import AutograderError
from autograder.gradebook.gradebook import CourseGradebook
from autograder.notebooks.cell_roles import grade_id, graded_cells

_STUDENT = "student"


class StockEngine:
    """Grades the notebook of a lab with `nbgrader autograde` in its own process.

    Args:
        course: The course; its `nbgrader_config.py` applies.
        lab: The lab.
        threads: The number of TensorFlow's threads in each kernel.
        wrapper: A command that runs nbgrader, such as a sandbox; its last argument is followed by
            nbgrader's own command line.

    Raises:
        AutograderError: In `grade`: nbgrader failed or ran out of time.
    """

    isolation = "none (stock nbgrader: tests and the student's code share one process)"

    def __init__(
        self, course: Course, lab: Lab, threads: int = 1, wrapper: Sequence[str] = ()
    ) -> None:
        self._course, self._lab, self._threads = course, lab, threads
        self._wrapper = wrapper
        self._seconds = lab.limits.get("seconds", Limits.seconds)
        self._folder = Path(tempfile.mkdtemp(prefix="autograder-stock-"))
        self._template = self._folder / "course"
        self._make_template()

    def __enter__(self) -> StockEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_template(self) -> None:
        source = self._template / self._course.source_dir.relative_to(self._course.root)
        shutil.copytree(self._course.source_dir / self._lab.name, source / self._lab.name)
        for path in self._course.source_dir.glob("*.*"):  # a header or footer for all labs
            if path.is_file():
                shutil.copy(path, source)
        autotests = self._course.root / "autotests.yml"
        if autotests.is_file():
            shutil.copy(autotests, self._template)
        config = self._course.root / "nbgrader_config.py"
        (self._template / "nbgrader_config.py").write_text(
            (config.read_text() if config.is_file() else "c = get_config()\n")
            + "\nimport os\nhere = os.path.dirname(os.path.abspath(__file__))\n"
            + "c.CourseDirectory.root = here\n"
            + "c.CourseDirectory.db_url = 'sqlite:///' + here + '/gradebook.db'\n"
            + "".join(
                f"c.CourseDirectory.{kind}_directory = '{kind}'\n"
                for kind in ("release", "submitted", "autograded", "feedback")
            )
        )
        CourseGradebook(Course(self._template)).register(self._lab)

    def grade(
        self, notebook: NotebookNode, source: NotebookNode, seed: int, files: Mapping[str, bytes]
    ) -> JudgedNotebook:
        """Run `nbgrader autograde` on one notebook.

        Args:
            notebook: The submitted notebook.
            source: The instructor's notebook; nbgrader has registered it already.
            seed: The seed of the hidden tests.
            files: The other submitted files by relative path.
        """
        name = self._lab.name
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            shutil.copytree(self._template, folder, dirs_exist_ok=True)
            submitted = folder / "submitted" / _STUDENT / self._lab.name
            submitted.mkdir(parents=True)
            for path, content in files.items():
                (submitted / path).parent.mkdir(parents=True, exist_ok=True)
                (submitted / path).write_bytes(content)
            nbformat.write(notebook, submitted / f"{name}.ipynb")
            started = time.monotonic()
            log, memory = self._autograde(folder, seed)
            graded_path = folder / "autograded" / _STUDENT / self._lab.name / f"{name}.ipynb"
            if not graded_path.is_file():
                raise AutograderError(f"nbgrader failed: {_find_last_error(log)}")
            graded = nbformat.read(graded_path, as_version=4)
            scores = CourseGradebook(Course(folder)).read_scores(self._lab, _STUDENT, name)
            return JudgedNotebook(
                notebook=graded,
                questions=tuple(_make_verdict(cell, scores) for cell in graded_cells(graded)),
                seconds=time.monotonic() - started,
                peak_memory_mb=memory,
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _autograde(self, folder: Path, seed: int) -> tuple[str, float]:
        environment = {
            **os.environ,
            "AUTOGRADER_SEED": str(seed),
            "TF_NUM_INTRAOP_THREADS": str(self._threads),
            "TF_NUM_INTEROP_THREADS": "1",
            "OMP_NUM_THREADS": str(self._threads),
        }
        command = [sys.executable, "-m", "nbgrader", "autograde", self._lab.name]
        command = [*self._wrapper, *command]
        log = folder / "nbgrader.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            timer = threading.Timer(self._seconds, _kill_group, [process.pid])
            timer.start()
            # wait4 returns the peak resident memory of this child and its children alone.
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode == -signal.SIGKILL:
            raise AutograderError(f"the notebook ran longer than {self._seconds:g} s")
        return log.read_text(errors="replace"), usage.ru_maxrss / 1024


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _find_last_error(log: str) -> str:
    errors = [line for line in log.splitlines() if "ERROR" in line or "Error" in line]
    return (errors or log.splitlines() or ["no reason given"])[-1].strip()[:300]


def _make_verdict(
    cell: NotebookNode, scores: dict[str, tuple[float | None, float]]
) -> QuestionVerdict:
    score, max_score = scores[grade_id(cell)]
    if score is None:
        return QuestionVerdict(grade_id(cell), 0.0, max_score, Status.MANUAL)
    status, message = (Status.PASSED, "") if score >= max_score else _explain_loss(cell)
    return QuestionVerdict(grade_id(cell), score, max_score, status, message)


def _explain_loss(cell: NotebookNode) -> tuple[Status, str]:
    """Return the status and message of a question without full marks, from its cell's outputs."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            if output.ename == "CellTimeoutError":
                return Status.TIMEOUT, "the test ran longer than the limit of a cell"
            if output.ename == "AssertionError":
                return Status.FAILED, output.evalue.strip() or "a test failed"
            return Status.ERROR, f"{output.ename}: {output.evalue}".strip(": ")
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stderr":
            return Status.FAILED, "the cell wrote to stderr, so nbgrader gives no points"
    return Status.FAILED, "no answer, or partial credit"
