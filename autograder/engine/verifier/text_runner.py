"""`exec`, `eval` and `compile` of test cells: text that is not the test's own runs as student code.

A test that runs a string or a file of the student's would otherwise run the student's code on the
trusted side.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from types import CodeType
from typing import Any

from autograder.engine.verifier.own_names import parse_cell
from autograder.engine.verifier.student_error import NotByValueError
from autograder.engine.wire.agent_protocol import Operation

_MOST_TEXT = 2_000
_ANY = r"(.*?)"
_HOLE = re.compile(r"\\\{[^{}]*\\\}|%[sdrfgi]")


class TextRunner:
    """Runs texts for the test cells.

    Args:
        ask: asks the student's kernel; returns its answer.
        is_given: whether a text is that of a file of the instructor's.
    """

    def __init__(self, ask: Callable[..., Any], is_given: Callable[[str], bool]) -> None:
        self._ask, self._is_given = ask, is_given
        self._templates: list[re.Pattern[str]] = []
        self._constants: set[str] = set()
        self._compiled: dict[int, tuple[CodeType, str]] = {}
        self.provided: dict[str, Any] = {
            "exec": self._exec,
            "eval": self._eval,
            "compile": self._compile,
        }

    def add_source(self, source: str) -> None:
        """From now on the strings of this test cell are the tests' own."""
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            for node in ast.walk(parse_cell(source)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self._constants.add(node.value.strip())
                template = _make_template(node)
                if template is not None:
                    self._templates.append(re.compile(rf"\s*{template}\s*", re.DOTALL))

    def is_own(self, text: str) -> bool:
        """Whether a test, or a file beside the notebook, has this text."""
        if text.strip() in self._constants or self._is_given(text):
            return True
        if len(text) > _MOST_TEXT:
            return False
        found = (template.fullmatch(text) for template in self._templates)
        return any(one is not None and all(map(self._is_filling, one.groups())) for one in found)

    def _is_filling(self, text: str) -> bool:
        """Whether a part that was put into a text is a number, a string or one of the test's."""
        if text.strip() in self._constants:
            return True
        try:
            ast.literal_eval(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        return True

    def _compile(self, source: Any, filename: Any, mode: str, *args: Any, **options: Any) -> Any:
        made = builtins.compile(source, filename, mode, *args, **options)
        if isinstance(made, CodeType) and not (isinstance(source, str) and self.is_own(source)):
            self._compiled[id(made)] = (made, source if isinstance(source, str) else "")
        return made

    def _find_foreign(self, source: Any) -> str | None:
        """The text, where it is not the test's own."""
        if isinstance(source, CodeType):
            code, text = self._compiled.get(id(source), (None, ""))
            if code is None:
                return None
            if not text:
                raise NotByValueError("the test runs code that is not in the notebook")
            return text
        if isinstance(source, bytes):
            source = source.decode()
        return None if self.is_own(source) else str(source)

    def _exec(self, source: Any, globals: Any = None, locals: Any = None) -> None:
        text = self._find_foreign(source)
        if text is not None:
            self._run_there("exec", text, globals, locals)
            return
        frame = sys._getframe(1)
        names = frame.f_globals if globals is None else globals
        inner = (frame.f_locals if globals is None else globals) if locals is None else locals
        builtins.exec(source, names, inner)

    def _eval(self, source: Any, globals: Any = None, locals: Any = None) -> Any:
        text = self._find_foreign(source)
        if text is not None:
            return self._run_there("eval", text, globals, locals)
        frame = sys._getframe(1)
        names = frame.f_globals if globals is None else globals
        inner = (frame.f_locals if globals is None else globals) if locals is None else locals
        return builtins.eval(source, names, inner)

    def _run_there(self, mode: str, text: str, globals: Any, locals: Any) -> Any:
        given = [one for one in (globals, locals) if isinstance(one, dict)]
        is_namespace = not given or any("__name__" in one for one in given)
        names = None if is_namespace else {n: v for one in given for n, v in _list_plain(one)}
        value, bound = self._ask(Operation.RUN_TEXT, mode, text, names)
        if names is not None and type(bound) is dict:
            given[-1].update(bound)
        return value


def _list_plain(names: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return [(n, v) for n, v in names.items() if isinstance(n, str) and not n.startswith("__")]


def _make_template(node: ast.AST) -> str | None:
    """A regular expression for the texts that an expression of a test makes."""
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str) or not node.value.strip():
            return None
        return _HOLE.sub(lambda hole: _ANY, re.escape(node.value.strip()))
    if isinstance(node, ast.JoinedStr):
        parts = [
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else _ANY
            for part in node.values
        ]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [_make_template(side) for side in (node.left, node.right)]
        parts = [_ANY if side is None else side for side in sides]
    else:
        return None
    # Something of the text must be the test's own.
    return "".join(parts) if any(part != _ANY for part in parts) else None
