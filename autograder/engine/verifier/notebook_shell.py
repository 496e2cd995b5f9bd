"""IPython's shell for the magics of test cells."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell


class NotebookShell(InteractiveShell):
    """A shell without a terminal, in which no error stays unseen."""

    def enable_gui(self, gui: Any = None) -> None:
        """Figures are drawn without a window."""

    def run_cell(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body of a cell magic; raises what it raised, which IPython would only show."""
        result = super().run_cell(*args, **kwargs)
        result.raise_error()
        return result
