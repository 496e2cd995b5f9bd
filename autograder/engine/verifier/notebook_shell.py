"""IPython's shell for the magics of test cells."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from autograder.engine.verifier.student_error import NotByValueError
from autograder.engine.verifier.text_runner import TextRunner


class NotebookShell(InteractiveShell):
    """A shell without a terminal, in which no error stays unseen."""

    def enable_gui(self, gui: Any = None) -> None:
        """Figures are drawn without a window."""

    texts: TextRunner

    def run_cell(self, raw_cell: str, *args: Any, **kwargs: Any) -> Any:
        """Run the body of a cell magic; raises what it raised, which IPython would only show.

        Raises:
            NotByValueError: the text is not in the notebook.
        """
        if not self.texts.is_own(raw_cell):
            raise NotByValueError("the test runs text that is not in the notebook: use `exec`")
        result = super().run_cell(raw_cell, *args, **kwargs)
        result.raise_error()
        return result
