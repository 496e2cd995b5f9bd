"""Show the outcome of a check as one sentence, with the traceback folded below it."""

from __future__ import annotations

import html
import re
import traceback
from types import TracebackType
from typing import Any

from course_lib.notebook.describe_error import NO_ANSWER, describe_error
from course_lib.notebook.outcomes import outcomes

# The first line of a check cell: Colab shows it in place of the code.
CHECK_TITLE = "# @title Check: "
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def shorten_checks() -> None:
    """From now on, a check cell prints "✓ neuron: all checks passed", or one sentence.

    The traceback of a failed check is folded below the sentence. The error itself stays in the
    output, where nbgrader reads it. Other cells keep their tracebacks. Without a Jupyter kernel,
    nothing changes.

    Example:
        >>> shorten_checks()
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None and hasattr(shell, "kernel"):
        _CheckCells(shell).watch()


class _CheckCells:
    """Follows the cells that a shell runs."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._question = ""  # of the check that is running

    def watch(self) -> None:
        """Register with the shell, once."""
        watching = getattr(self._shell, "_course_lib_checks", None)
        if watching is None:
            self._shell._course_lib_checks = self
            self._shell.events.register("pre_run_cell", self.start)
            self._shell.events.register("post_run_cell", self.finish)
            self._shell.set_custom_exc((Exception,), self.show_error)

    def start(self, info: Any) -> None:
        """Note whether the cell that starts is a check."""
        first = (info.raw_cell or "").lstrip().partition("\n")[0].rstrip()
        self._question = first.removeprefix(CHECK_TITLE) if first.startswith(CHECK_TITLE) else ""

    def finish(self, result: Any) -> None:
        """Say that a check passed."""
        if self._question:
            outcomes[self._question] = bool(result.success)
            if result.success:
                print(f"✓ {self._question}: all checks passed")
        self._question = ""

    def show_error(
        self,
        shell: Any,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        """Show the error of the running cell: of a check and of a stub as one sentence."""
        if self._question:
            said = f"✗ {self._question}: {describe_error(error, _find_cell_file(trace))}"
        elif _is_stub(error, trace):
            said = f"✗ {NO_ANSWER}"
        else:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            return
        shell._showtraceback(kind, error, [said])
        self._fold_traceback(kind, error, trace)

    def _fold_traceback(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType
    ) -> None:
        from IPython.display import HTML, display

        lines = self._shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=1)
        text = html.escape(_ANSI.sub("", "\n".join(lines)))
        folded = f"<details><summary>Traceback</summary><pre>{text}</pre></details>"
        display(HTML(folded))


def _find_cell_file(trace: TracebackType) -> str:
    """Return the file name with which the running cell was compiled."""
    frames = traceback.extract_tb(trace)
    return next((frame.filename for frame in frames if frame.name == "<module>"), "")


def _is_stub(error: BaseException, trace: TracebackType) -> bool:
    """Whether the running cell itself raised the error of an unanswered question."""
    last = traceback.extract_tb(trace)[-1]
    return isinstance(error, NotImplementedError) and not error.args and last.name == "<module>"
