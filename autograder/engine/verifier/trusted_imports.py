"""Finds modules that a test cell uses without importing them, without asking the student."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from autograder.engine.verifier.changed_parameters import find_changed_parameters
from autograder.engine.verifier.given_objects import is_library
from autograder.engine.verifier.handles import find_handle_number
from autograder.engine.verifier.imported_names import read_imports
from autograder.engine.verifier.named_modules import SAID
from autograder.engine.verifier.student_module import StudentModule
from autograder.engine.wire.agent_protocol import Operation
from autograder.notebooks.cell_roles import is_answer_cell
from autograder.notebooks.names import parse_code

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

# Customary names, for notebooks whose instructor does not import them.
_CUSTOMARY = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "sns": "seaborn",
    "sp": "scipy",
    "tf": "tensorflow",
}
_CUSTOMARY.update({name: name for name in ("keras", "math", "numpy", "random", "tensorflow")})


class TrustedImports:
    """Finds what a name stands for, in the imports of the instructor's notebook.

    What only an answer imports is the student's to import: `find` does not know it.

    Args:
        sources: the code cells of the instructor's notebook that are not answers.
        answers: the answers in code.

    Example:
        >>> TrustedImports(["import math as m"]).find("m").__name__
        'math'
    """

    def __init__(self, sources: Iterable[str], answers: Iterable[str] = ()) -> None:
        self._imports: dict[str, tuple[str, str | None]] = {}
        self._bound: set[str] = set()
        # The notebook imports everything from these modules.
        self._whole: list[str] = []
        self._read_cells(answers)
        self._of_answers, self._imports, self._whole = self._imports, {}, []
        self._read_cells(sources)

    @classmethod
    def of(cls, source: NotebookNode) -> TrustedImports:
        """Those of the instructor's notebook."""
        code = [cell for cell in source.cells if cell.cell_type == "code"]
        given = (cell.source for cell in code if not is_answer_cell(cell))
        return cls(given, (cell.source for cell in code if is_answer_cell(cell)))

    def _read_cells(self, sources: Iterable[str]) -> None:
        for source in sources:
            try:
                tree = parse_code(source)
            except (SyntaxError, ValueError):
                continue
            for node in tree.body:
                self._read(node)

    def _read(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._imports |= read_imports(node)
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and node.module:
                self._whole.append(node.module)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            self._bound.add(node.name)
        else:
            self._bound.update(
                item.id
                for item in ast.walk(node)
                if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)
            )

    def find(self, name: str) -> Any:
        """The module, or the object of a module, that `name` stands for.

        Raises:
            KeyError: the instructor's notebook does not import it, or it can't be imported here.
        """
        if name in self._bound:
            # What the notebook itself defines is the student's work.
            raise KeyError(name)
        if name in self._imports:
            return self._import(name, *self._imports[name])
        for module in reversed(self._whole):
            found = _import_whole(module)
            if name in found:
                return found[name]
        if name in self._of_answers or name not in _CUSTOMARY:
            raise KeyError(name)
        return self._import(name, _CUSTOMARY[name], None)

    def recognize(self, name: str, value: Any, channel: StudentChannel) -> Any:
        """What stands for a name in the student's kernel: the trusted import if it is the same.

        That it is the same is the student's claim, and all that it gains is what the instructor's
        answer imports, which every student may import.

        Args:
            name: the name.
            value: what came from the student's kernel.
            channel: the line to the student's kernel.
        """
        if name not in self._of_answers:
            return value
        try:
            trusted = self._import(name, *self._of_answers[name])
            if isinstance(trusted, types.FunctionType) and _keeps_state(trusted.__module__):
                # What it remembers of the answer's calls is in the student's kernel.
                return value
            if isinstance(value, StudentModule):
                is_same = value.student_name == getattr(trusted, "__name__", "")
            elif isinstance(value, type) and SAID in vars(value):
                is_same = vars(value)[SAID] == [trusted.__module__, trusted.__qualname__]
            else:
                is_same = _is_same_definition(trusted, find_handle_number(value), channel)
        except Exception:  # also whatever the student's object raises
            return value
        return trusted if is_same else value

    def _import(self, name: str, module: str, attribute: str | None) -> Any:
        try:
            found = importlib.import_module(module)
            if attribute is None:
                return found
            if hasattr(found, attribute):
                return getattr(found, attribute)
            return importlib.import_module(f"{module}.{attribute}")
        except ImportError as error:
            raise KeyError(name) from error


def _import_whole(module: str) -> dict[str, Any]:
    """What `from module import *` binds; nothing where the module cannot be imported here."""
    try:
        found = vars(importlib.import_module(module))
    except Exception:  # whatever the instructor's module runs into
        return {}
    public = found.get("__all__", [name for name in found if not name.startswith("_")])
    return {name: found[name] for name in public if name in found}


def _keeps_state(module: str) -> bool:
    """Whether functions of a module beside the notebook change names of the module."""
    if is_library(module):
        return False
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    is_declared = any(isinstance(node, ast.Global) for node in ast.walk(tree))
    return is_declared or bool(find_changed_parameters([tree])[1])


def _is_same_definition(trusted: Any, number: int | None, channel: StudentChannel) -> bool:
    """Whether a student's class or function says that it is defined where a trusted one is."""
    if number is None:
        return False
    return all(
        channel.ask(Operation.ATTRIBUTE, number, where) == getattr(trusted, where)
        for where in ("__module__", "__qualname__")
    )
