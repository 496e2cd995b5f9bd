"""Has `plt.gca()` and its like find the figure that the student's code draws."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograder.engine.wire.agent_protocol import Operation

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_PYPLOT = "matplotlib.pyplot"


class StudentFigures:
    """Current figures are the student's as long as the test has drawn none itself."""

    def __init__(self) -> None:
        self._channel: StudentChannel | None = None
        self._is_installed = False

    def begin_cell(self, channel: StudentChannel, source: str) -> None:
        """Ask this kernel from now on, if the cell is about figures.

        Args:
            channel: the line to the student's kernel.
            source: the cell.
        """
        self._channel = channel
        if self._is_installed or ("plt" not in source and "pyplot" not in source):
            return
        self._is_installed = True
        import matplotlib.pyplot as plt

        for name in ("gca", "gcf", "get_fignums", "close", "clf"):
            setattr(plt, name, self._wrap(name, getattr(plt, name)))

    def _wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def found(*args: Any, **kwargs: Any) -> Any:
            channel = self._channel
            has_own = bool(sys.modules["matplotlib._pylab_helpers"].Gcf.figs)
            if channel is None or (has_own and name != "close") or channel.failure is not None:
                return function(*args, **kwargs)
            if name == "close":
                function(*args, **kwargs)
            theirs = channel.ask(Operation.LIBRARY, _PYPLOT, name)
            return theirs(*args, **kwargs)

        return found
