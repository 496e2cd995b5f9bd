"""Refuses to let a library run a student's text on the trusted side.

`exec` and `eval` of a test cell run such a text in the student's kernel (`text_runner.py`). Others
would run it here: `timeit`, annotations, `sympify`, templates, pickles, commands. Python reports
what they do to audit hooks.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from typing import Any

from autograder.engine.verifier.student_error import NotByValueError

_MOST_BYTES = 64 << 20
# Of words and sentences, which run nothing; what a text's entry takes in memory.
_MOST_PLAIN, _ENTRY = 16 << 20, 100
_COMMANDS = frozenset(("os.exec", "os.posix_spawn", "os.system", "subprocess.Popen"))
_SIMPLE = (ast.Expr, ast.Return, ast.Pass)
_RUNS = (ast.Call, ast.Await, ast.NamedExpr)
_SPACE = str.maketrans("", "", " \t\n\r\\")
# Plain values in a pickle; a class of Python could be changed by what follows it.
_UNPICKLED = {
    "_codecs": {"encode"},
    "builtins": {"bytearray", "complex", "frozenset", "list", "dict", "object", "range", "set"},
    "collections": {"OrderedDict", "defaultdict", "deque"},
    "copyreg": {"_reconstructor"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "numpy": {"dtype", "ndarray"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.numeric": {"_frombuffer"},
}
# What a formula, and an example in a docstring, may use of Python's own.
_FORMULA = {"abs", "divmod", "len", "max", "min", "pow", "round", "sum"}
_EXAMPLE = _FORMULA | {
    *("all", "any", "bool", "bytes", "chr", "complex", "dict", "enumerate", "filter", "float"),
    *("frozenset", "hash", "int", "isinstance", "iter", "list", "map", "next", "ord", "print"),
    *("range", "repr", "reversed", "set", "sorted", "str", "tuple", "type", "zip"),
}
_LIBRARIES = {"collections", "decimal", "fractions", "itertools", "keras", "math", "numpy"}


class StudentTexts:
    """The texts and bytes that came from the student's kernel, and the texts of the tests."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}
        self._size = 0
        self._has_bytes = self._is_checking = False
        self._tests = ""

    def add_test(self, source: str) -> None:
        """A library may run what stands in this test cell, or in one before it."""
        self._tests += source.translate(_SPACE)

    def note(self, value: str | bytes) -> None:
        """This came from the student's kernel."""
        if isinstance(value, bytes):
            self._has_bytes = True
        elif len(value) > 3 and not value.isidentifier():
            is_plain = not any(part in value for part in ("(", "=", "import"))
            if self._size < (_MOST_PLAIN if is_plain else _MOST_BYTES):
                self._size += len(value) + _ENTRY
                self._texts[value.translate(_SPACE)] = None
            elif not is_plain:
                self._texts[""] = None  # from now on, every text may be the student's

    def watch(self) -> None:
        """From now on, this process refuses to run them."""
        sys.addaudithook(self._check)

    def _check(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._is_checking or not (self._texts or self._has_bytes):
            return
        self._is_checking = True
        try:
            if event == "compile":
                self._check_source(arguments[0], sys._getframe(1).f_code.co_filename)
            elif event == "pickle.find_class" and self._has_bytes:
                _check_pickle(*arguments)
            elif event == "marshal.loads" and self._has_bytes:
                if "importlib" not in sys._getframe(1).f_code.co_filename:
                    raise NotByValueError("the test loads code that may be the student's")
            elif event in _COMMANDS:
                for text in filter(self._is_foreign, _list_texts(arguments)):
                    _refuse("starts a command", text)
        finally:
            self._is_checking = False

    def _check_source(self, source: Any, caller: str) -> None:
        """Check what a library compiles; `ast` only reads it, and the engine knows what it runs."""
        if not isinstance(source, (str, bytes)) or caller.endswith("/ast.py"):
            return
        if "/autograder/engine/" in caller or "importlib" in caller:
            return
        text = source if isinstance(source, str) else source.decode("utf-8", "replace")
        if "/jinja2/" in caller and any("{{" in one or "{%" in one for one in self._texts):
            _refuse("fills in a template", text)
        try:
            tree = ast.parse(text.strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        for node in ast.walk(tree):
            if caller.endswith("/doctest.py"):
                _check_example(node)
                continue
            runs = isinstance(node, _RUNS)
            runs = runs or isinstance(node, ast.stmt) and not isinstance(node, _SIMPLE)
            segment = ast.get_source_segment(text.strip(), node) if runs else None
            if segment is not None and self._is_foreign(segment):
                _refuse("has a library run", segment)
            if caller.endswith("sympy_parser.py"):
                self._check_formula(node)

    def _is_foreign(self, text: str) -> bool:
        """Whether the student's kernel has sent this text, and no test has it."""
        plain = text.translate(_SPACE)
        if len(plain) < 4 or text.isidentifier() or plain in self._tests:
            return False
        return "" in self._texts or any(plain in one for one in self._texts)

    def _check_formula(self, node: ast.AST) -> None:
        """Check a part of the Python code that SymPy makes of a formula."""
        name = str(getattr(node, "attr", "") or getattr(node, "id", ""))
        is_python = callable(getattr(builtins, name, None)) and name not in _FORMULA
        is_theirs = any(name in one for one in self._texts) and name not in self._tests
        if is_theirs and (is_python or name.startswith("_")):
            _refuse("parses", name)


def _check_example(node: ast.AST) -> None:
    """Check a part of an example in a docstring: it may call what the test gives it."""
    modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or "."]
    is_refused = any(module not in _LIBRARIES for module in modules)
    if isinstance(node, ast.Attribute):
        is_refused = node.attr.startswith("_") or not isinstance(node.ctx, ast.Load)
    elif isinstance(node, ast.Name):
        known = getattr(builtins, node.id, None)
        is_error = isinstance(known, type) and issubclass(known, BaseException)
        is_refused = node.id.startswith("__") or (
            known is not None and node.id not in _EXAMPLE and not is_error
        )
    if is_refused:
        _refuse("has doctest run", ast.unparse(node))


def _check_pickle(module: str, name: str) -> None:
    if name not in _UNPICKLED.get(module, ()):
        raise NotByValueError(
            f"the test unpickles `{module}.{name}` after the student's code returned bytes, which "
            "could run code here: compare the bytes, or trust the cell"
        )


def _refuse(does: str, text: str) -> None:
    raise NotByValueError(
        f"the test {does} text of the student's (`{text[:80]}`): run it with `exec` or `eval`, "
        "which hand it to the student's kernel, or trust the cell"
    )


def _list_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _list_texts(part)


STUDENT_TEXTS = StudentTexts()
