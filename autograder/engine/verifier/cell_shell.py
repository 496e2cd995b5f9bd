"""Runs a test cell as IPython does: magics, `!`, and `await` at its top level."""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import inspect
import sys
from collections.abc import Iterator
from types import CodeType, ModuleType
from typing import Any, cast

from IPython.display import display
from traitlets.config import Config

from autograder.engine.verifier.text_runner import TextRunner


class NotebookModule(ModuleType):
    """`__main__` of a test cell: its attributes are the cell's names."""

    def __init__(self, names: dict[str, Any]) -> None:
        super().__init__("__main__")
        object.__setattr__(self, "_names", names)

    def __getattribute__(self, name: str) -> Any:
        names = object.__getattribute__(self, "_names")
        if name == "__dict__":
            return names
        try:
            return names[name]
        except (KeyError, NameError):
            if name.startswith("__"):
                return object.__getattribute__(self, name)
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        object.__getattribute__(self, "_names")[name] = value

    def __delattr__(self, name: str) -> None:
        del object.__getattribute__(self, "_names")[name]


class CellShell:
    """Executes code in a namespace; IPython's own shell is made when a cell needs it.

    Args:
        names: the namespace.
        texts: knows the texts that are the tests' own.
    """

    def __init__(self, names: dict[str, Any], texts: TextRunner) -> None:
        self._names, self._texts = names, texts
        self._shell: Any = None

    def find_shell(self) -> Any:
        """IPython's shell over the namespace, for `get_ipython()` in a cell."""
        if self._shell is None:
            from autograder.engine.verifier.notebook_shell import NotebookShell

            config = Config()
            config.HistoryManager.enabled = False
            config.InteractiveShell.colors = "nocolor"
            main = sys.modules["__main__"]
            self._shell = NotebookShell.instance(config=config)
            self._shell.texts = self._texts
            # Set afterwards: it would ask the namespace for names of IPython's own.
            self._shell.user_ns, self._shell.user_module = self._names, NotebookModule(self._names)
            sys.modules["__main__"] = main
        return self._shell

    def run(self, tree: ast.AST, file: str, mode: str) -> Any:
        """Run a syntax tree; returns the value of an expression."""
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code: CodeType = cast(Any, compile)(tree, file, mode, flags=flags)
        if code.co_flags & inspect.CO_COROUTINE:
            return asyncio.run(eval(code, self._names))
        return eval(code, self._names)

    @contextlib.contextmanager
    def enter(self) -> Iterator[None]:
        """Be the module `__main__`, outside the verifier's own event loop."""
        main, loop = sys.modules["__main__"], asyncio._get_running_loop()
        sys.modules["__main__"] = NotebookModule(self._names)
        asyncio._set_running_loop(None)
        # A module beside the notebook finds them without an import, as it does in a kernel.
        vars(builtins).update(get_ipython=self.find_shell, display=display)
        try:
            yield
        finally:
            del vars(builtins)["get_ipython"], vars(builtins)["display"]
            asyncio._set_running_loop(loop)
            sys.modules["__main__"] = main
