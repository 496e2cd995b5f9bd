"""Runs one test cell on the trusted side and says what it is worth."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import math
import signal
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from IPython.lib.pretty import pretty
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.engine.verifier.namespace import Namespace
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.student_error import LimitReachedError
from autograder.engine.wire.limits import Limits

_MAX_MESSAGE = 1_000
_FILE = "<test cell>"
_MIB = 1 << 20


@dataclass(frozen=True)
class TestResult:
    """What a test cell came to.

    Args:
        share: the part of the points earned, in points; None stands for all of them.
        status: "passed", "failed" (an assertion), "error" (another exception) or "limit".
        message: the sentence for the student.
        outputs: the cell's outputs.
        limit: the limit that was met, with status "limit".
    """

    __test__ = False

    share: float | None
    status: str
    message: str = ""
    outputs: list[NotebookNode] = field(default_factory=list)
    limit: str = ""


def run_test_cell(
    source: str, names: Namespace, channel: StudentChannel, limits: Limits, seconds: float
) -> TestResult:
    """Run a test cell here; only what it asks for by name comes from the student's kernel.

    Args:
        source: the cell, from the instructor's notebook.
        names: the namespace of all test cells.
        channel: the line to the student's kernel.
        limits: what the cell may use.
        seconds: wall time left.
    """
    seconds = min(seconds, limits.cell_seconds)
    printed = _Printed(int(limits.output_mb * _MIB))
    outputs: list[NotebookNode] = []
    channel.deadline = time.monotonic() + seconds
    try:
        with _alarm(seconds), printed.capture():
            names.begin_cell(channel)
            value = _execute(source, names)
        result = _passed(value, outputs)
    except BaseException as error:  # a test may raise anything; the verifier goes on
        result = _raised(error, outputs)
    if channel.failure is not None and result.status == "passed":
        # The test did not notice that the student's kernel was gone.
        result = _raised(channel.failure, outputs)
    return TestResult(
        result.share, result.status, result.message, printed.outputs() + outputs, result.limit
    )


def result_of_outputs(outputs: list[NotebookNode]) -> TestResult:
    """What a test cell came to that ran in a kernel, read from its outputs as nbgrader does."""
    for output in outputs:
        if output.output_type == "error":
            failed = output.ename == "AssertionError"
            message = output.evalue if failed else f"{output.ename}: {output.evalue}"
            return TestResult(0.0, "failed" if failed else "error", message[:_MAX_MESSAGE])
    for output in outputs:
        if output.output_type == "execute_result":
            return _worth(str(output.data.get("text/plain", "")))
    return TestResult(None, "passed")


def _execute(source: str, names: Namespace) -> Any:
    """Run the cell; returns the value of its last expression, or None."""
    # So that tracebacks show the test's own lines.
    linecache.cache[_FILE] = (len(source), None, source.splitlines(keepends=True), _FILE)
    tree = _parse(source)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, _FILE, "exec"), names)
    return None if last is None else eval(compile(last, _FILE, "eval"), names)


def _parse(source: str) -> ast.Module:
    """The cell's syntax tree; lines of IPython's own (`%matplotlib inline`) do nothing here."""
    try:
        return ast.parse(source, _FILE)
    except SyntaxError:
        lines = source.splitlines()
        plain = [line if line[:1] not in ("%", "!") else "pass" for line in lines]
        if plain == lines:
            raise
        return ast.parse("\n".join(plain), _FILE)


def _passed(value: Any, outputs: list[NotebookNode]) -> TestResult:
    if value is None:
        return TestResult(None, "passed")
    text = pretty(value)
    outputs.append(new_output("execute_result", {"text/plain": text}, execution_count=None))
    return _worth(text)


def _worth(text: str) -> TestResult:
    """nbgrader's partial credit: a number that a test cell ends with is its points."""
    try:
        points = float(text)
    except ValueError:
        return TestResult(None, "passed")
    if not math.isfinite(points) or points < 0:
        # nbgrader gives all points for these; no test means that.
        return TestResult(0.0, "error", f"the test came to {text} points")
    return TestResult(points, "passed")


def _raised(error: BaseException, outputs: list[NotebookNode]) -> TestResult:
    name, text = type(error).__name__, _text_of(error)
    outputs.append(new_output("error", ename=name, evalue=text, traceback=_traceback(error)))
    if isinstance(error, LimitReachedError):
        return TestResult(0.0, "limit", error.detail, limit=error.limit)
    if isinstance(error, AssertionError):
        return TestResult(0.0, "failed", text or f"a check failed: {_line_of(error)}")
    return TestResult(0.0, "error", f"{name}: {text}" if text else name)


def _text_of(error: BaseException) -> str:
    try:
        text = str(error).strip()
    except Exception:
        text = ""
    return text if len(text) <= _MAX_MESSAGE else text[:_MAX_MESSAGE] + " …"


def _traceback(error: BaseException) -> list[str]:
    """The traceback from the test cell on: what is above it is the verifier's."""
    inside = error.__traceback__
    while inside is not None and inside.tb_frame.f_code.co_filename != _FILE:
        inside = inside.tb_next
    lines = traceback.format_exception(type(error), error, inside)
    return "".join(lines)[-20_000:].splitlines()


def _line_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if frame.filename == _FILE]
    return f"line {inside[-1].lineno} of the test" if inside else "in the test"


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise LimitReachedError("cell_seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Printed(io.TextIOBase):
    """What a test cell prints, to a limit.

    Both streams go to stdout's output: nbgrader takes a question's points for a line on stderr.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._left = limit

    def replace_surrogates(self) -> bool:
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

    def outputs(self) -> list[NotebookNode]:
        text = "".join(self._parts)
        return [new_output("stream", name="stdout", text=text)] if text else []
