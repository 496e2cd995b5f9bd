"""Runs one test cell on the trusted side and decides its points."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import math
import re
import signal
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from IPython.lib.pretty import pretty
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.engine.run_sentences import (
    describe_failed_line,
    describe_measured_time,
    describe_odd_points,
)
from autograder.engine.verifier.own_names import parse_cell
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.student_error import LimitReachedError
from autograder.engine.verifier.verifier_namespace import VerifierNamespace
from autograder.engine.wire.deadline import Deadline, WaitingTime
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.measurement import Measurement, take_measurements
from autograder.engine.wire.question_verdict import Status

_MAX_MESSAGE = 1_000
_FILE = "<test cell>"
_MIB = 1 << 20
_DEFINE_SECONDS = 5.0
_MEASURES_TIME = re.compile(r"\b(?:perf_counter|process_time|timeit|time\.time|monotonic)\b")
# Python's own words.
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")


@dataclass(frozen=True)
class TestResult:
    """How a test cell ended.

    Args:
        points: points earned; None stands for all points of the question.
        status: how the question is decided.
        message: the sentence for the student.
        outputs: the cell's outputs.
        cause: what stopped the test; None where it ran to its end.
        met_stub: whether it ended with a bare `NotImplementedError`.
        undefined_name: the name that it found undefined; empty for other errors.
        measurements: what it compared with thresholds.
    """

    __test__ = False

    points: float | None
    status: Status
    message: str = ""
    outputs: list[NotebookNode] = field(default_factory=list)
    cause: Cause | None = None
    met_stub: bool = False
    undefined_name: str = ""
    measurements: list[Measurement] = field(default_factory=list)


def run_test_cell(
    source: str, names: VerifierNamespace, channel: StudentChannel, limits: Limits, time: Deadline
) -> TestResult:
    """Run a test cell here; only the values that it uses by name come from the student's kernel.

    Args:
        source: the cell, from the instructor's notebook.
        names: the namespace of all test cells.
        channel: the line to the student's kernel.
        limits: what the cell may use.
        time: what is left to the notebook.
    """
    printed = _PrintedText(int(limits.output_mb * _MIB))
    outputs: list[NotebookNode] = []
    channel.deadline = deadline = time.shorten(limits.cell_seconds)
    take_measurements()  # of a cell that a limit stopped
    try:
        with _alarm(deadline), printed.capture(), names.begin_cell(channel, source):
            value = _execute(source, names)
        result = _judge_value(value, outputs)
    except BaseException as error:  # a test may raise anything; the verifier goes on
        result = _judge_error(error, outputs)
        if result.status is Status.FAILED and _MEASURES_TIME.search(source):
            result = replace(result, message=f"{result.message} {describe_measured_time()}")
        define_names(source, names, _find_line(error, last=False))
    if channel.failure is not None and result.status is Status.PASSED:
        # The test did not notice that the student's kernel was gone.
        result = _judge_error(channel.failure, outputs)
    outputs = printed.make_outputs() + outputs
    return replace(result, outputs=outputs, measurements=take_measurements())


def define_names(source: str, names: VerifierNamespace, line: int | None = None) -> None:
    """Make the definitions of a test cell that did not run to its end, for the cells below it.

    Args:
        source: the cell, from the instructor's notebook.
        names: the namespace of all test cells.
        line: the line at which the cell stopped; None stands for a cell that did not run.
    """
    nowhere = _PrintedText(0)
    deadline = Deadline(_DEFINE_SECONDS, WaitingTime())
    with contextlib.suppress(BaseException), _alarm(deadline), nowhere.capture():
        names.define_rest(source, line)


def judge_outputs(outputs: list[NotebookNode]) -> TestResult:
    """How a test cell ended that ran in a kernel, read from its outputs as nbgrader does."""
    for output in outputs:
        if output.output_type == "error":
            if output.ename == "AssertionError":
                return TestResult(0.0, Status.FAILED, output.evalue[:_MAX_MESSAGE])
            message = f"{output.ename}: {output.evalue}"[:_MAX_MESSAGE]
            return _make_error(output.ename, output.evalue, message)
    for output in outputs:
        if output.output_type == "execute_result":
            return _judge_text(str(output.data.get("text/plain", "")))
    return TestResult(None, Status.PASSED)


def _execute(source: str, names: VerifierNamespace) -> Any:
    """Run the cell; returns the value of its last expression, or None."""
    # So that tracebacks show the test's own lines.
    linecache.cache[_FILE] = (len(source), None, source.splitlines(keepends=True), _FILE)
    tree = parse_cell(source, _FILE)
    last = None
    end = tree.body[-1] if tree.body else None
    if isinstance(end, ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(end.value)
        tree.body.pop()
    names.shell.run(tree, _FILE, "exec")
    return None if last is None else names.shell.run(last, _FILE, "eval")


def _judge_value(value: Any, outputs: list[NotebookNode]) -> TestResult:
    if value is None:
        return TestResult(None, Status.PASSED)
    text = pretty(value)
    outputs.append(new_output("execute_result", {"text/plain": text}, execution_count=None))
    return _judge_text(text)


def _judge_text(text: str) -> TestResult:
    """nbgrader's partial credit: a number at the end of a test cell is its points."""
    try:
        points = float(text)
    except ValueError:
        return TestResult(None, Status.PASSED)
    if not math.isfinite(points) or points < 0:
        # nbgrader gives all points for these; no test means that.
        return TestResult(0.0, Status.ERROR, describe_odd_points(text))
    return TestResult(points, Status.PASSED)


def _judge_error(error: BaseException, outputs: list[NotebookNode]) -> TestResult:
    name, text = type(error).__name__, _read_text(error)
    trace = _format_traceback(error)
    outputs.append(new_output("error", ename=name, evalue=text, traceback=trace))
    if isinstance(error, LimitReachedError):
        cause = error.loss.cause
        return TestResult(0.0, cause.status, error.loss.detail, cause=cause)
    if isinstance(error, AssertionError):
        return TestResult(0.0, Status.FAILED, text or describe_failed_line(_find_line(error)))
    return _make_error(name, text, f"{name}: {text}" if text else name)


def _make_error(name: str, text: str, message: str) -> TestResult:
    """The result of a test that an exception ended, by the name of its class and its text."""
    undefined = _UNDEFINED.fullmatch(text) if name == "NameError" else None
    return TestResult(
        0.0,
        Status.ERROR,
        message,
        met_stub=name == "NotImplementedError" and not text.strip(),
        undefined_name=undefined[1] if undefined else "",
    )


def _read_text(error: BaseException) -> str:
    try:
        text = str(error).strip()
    except Exception:
        text = ""
    return text if len(text) <= _MAX_MESSAGE else text[:_MAX_MESSAGE] + " …"


def _format_traceback(error: BaseException) -> list[str]:
    """The traceback from the test cell on, without the verifier's own frames."""
    inside = error.__traceback__
    while inside is not None and inside.tb_frame.f_code.co_filename != _FILE:
        inside = inside.tb_next
    lines = traceback.format_exception(type(error), error, inside)
    return "".join(lines)[-20_000:].splitlines()


def _find_line(error: BaseException, last: bool = True) -> int | None:
    """The line of the test, from 1, in which the exception was raised; None if it was elsewhere.

    Args:
        error: the exception.
        last: whether the line of the innermost call counts, and not that of the cell itself.
    """
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame.lineno for frame in frames if frame.filename == _FILE]
    return inside[-1 if last else 0] if inside else None


@contextlib.contextmanager
def _alarm(deadline: Deadline) -> Iterator[None]:
    def set_timer() -> None:
        signal.setitimer(signal.ITIMER_REAL, max(deadline.measure_left(), 0.001))

    def stop(*_: Any) -> None:
        if deadline.measure_left() <= 0:
            raise LimitReachedError(Loss(Cause.CELL_SECONDS))
        set_timer()

    before = signal.signal(signal.SIGALRM, stop)
    set_timer()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _PrintedText(io.TextIOBase):
    """What a test cell prints, up to a limit.

    Both streams go to stdout's output: for a line on stderr nbgrader takes a question's points.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._left = limit

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(text)
        return len(text)

    @contextlib.contextmanager
    def capture(self) -> Iterator[None]:
        with contextlib.redirect_stdout(self), contextlib.redirect_stderr(self):
            yield

    def make_outputs(self) -> list[NotebookNode]:
        text = "".join(self._parts)
        return [new_output("stream", name="stdout", text=text)] if text else []
