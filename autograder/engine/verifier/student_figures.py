"""Has `plt.gca()` and its like find the figure that the student's code draws."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.handles import find_handle_number
from autograder.engine.wire.agent_protocol import Operation

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_PYPLOT = "matplotlib.pyplot"
_MAKERS = frozenset(("axes", "figure", "subplot", "subplots"))
_FINDERS = ("gca", "gcf", "get_fignums", "close", "clf")
_DRAWS = re.compile(
    r"\.(?:plot|scatter|bar|barh|hist|hist2d|imshow|boxplot|pie|fill_between|errorbar|contourf?|step"
    r"|stem|pcolormesh|quiver|axhline|axvline|annotate|text|semilog[xy]|loglog|violinplot)\("
)


class StudentFigures:
    """Current figures are the student's as long as the test has drawn in none itself.

    A figure that a test makes and does not draw in is made in the student's kernel: it is there
    for the student's code to draw in.
    """

    def __init__(self) -> None:
        self._channel: StudentChannel | None = None
        self._is_installed = self._draws = self._has_made_there = False

    def begin_cell(self, channel: StudentChannel, source: str) -> None:
        """Ask this kernel from now on, if the cell is about figures.

        Args:
            channel: the line to the student's kernel.
            source: the cell.
        """
        self._channel = channel
        self._draws, self._has_made_there = bool(_DRAWS.search(source)), False
        if self._is_installed or ("plt" not in source and "pyplot" not in source):
            return
        self._is_installed = True
        import matplotlib.pyplot as plt

        for name in (*_MAKERS, *_FINDERS):
            setattr(plt, name, self._wrap(name, getattr(plt, name)))

    def _wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def found(*args: Any, **kwargs: Any) -> Any:
            channel = self._channel
            if channel is None or channel.failure is not None or not self._is_theirs(name):
                return function(*args, **kwargs)
            is_handle = any(find_handle_number(one) is not None for one in args)
            if name == "close" and not is_handle:
                function(*args, **kwargs)
            self._has_made_there |= name in _MAKERS
            theirs = channel.ask(Operation.LIBRARY, _PYPLOT, name)
            return theirs(*args, **kwargs)

        return found

    def _is_theirs(self, name: str) -> bool:
        if name in _MAKERS:
            return not self._draws
        return name == "close" or self._has_made_there or not _has_drawn()


def _has_drawn() -> bool:
    """Whether a figure here shows data."""
    managers = sys.modules["matplotlib._pylab_helpers"].Gcf.get_all_fig_managers()
    return any(axes.has_data() for one in managers for axes in one.canvas.figure.axes)
