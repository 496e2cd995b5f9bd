"""An empty `google.colab` for notebooks that cannot do without it."""

from __future__ import annotations

import ast
import warnings

from nbformat import NotebookNode

from autograder.notebooks.names import parse_code

NOTE = "google.colab does not exist here: its functions did nothing"
_COLAB = "google.colab"
_MODULE = '''\
"""Stands in for the module that only Colab has: its functions do nothing."""

import sys
import types


def _do_nothing(*args, **options):
    return None


class _Module(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _do_nothing


for _name in ("ai", "auth", "data_table", "drive", "files", "kernel", "output", "patches",
              "runtime", "sheets", "snippets", "syntax", "userdata", "widgets"):
    _full = f"{__name__}.{_name}"
    globals()[_name] = sys.modules[_full] = _Module(_full)
sys.modules[f"{__name__}.files"].upload = lambda *args, **options: {}
'''


def make_colab_module(notebook: NotebookNode) -> dict[str, bytes]:
    """Return the files of the module, by path, if a notebook stops without it; else none.

    A notebook that asks whether it runs on Colab does without it, and would take another way if
    it were there.

    Args:
        notebook: The student's notebook.
    """
    imports = _Imports()
    for cell in notebook.cells:
        if cell.cell_type == "code" and "colab" in cell.source:
            _visit(cell.source, imports)
    needed = imports.is_imported and not imports.is_asked_for
    return {"google/colab/__init__.py": _MODULE.encode()} if needed else {}


def _visit(source: str, imports: _Imports) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_code(source)
        imports.visit(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass


class _Imports(ast.NodeVisitor):
    """Whether code imports the module, and whether it first asks if there is one."""

    def __init__(self) -> None:
        self.is_imported = self.is_asked_for = False
        self._is_guarded = False

    def visit_Import(self, node: ast.Import) -> None:
        self._note(any(f"{alias.name}.".startswith(f"{_COLAB}.") for alias in node.names))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        names = [f"{node.module}.{alias.name}." for alias in node.names]
        self._note(any(name.startswith(f"{_COLAB}.") for name in names))

    def visit_Constant(self, node: ast.Constant) -> None:
        # importlib.util.find_spec("google.colab"), "google.colab" in sys.modules
        self.is_asked_for |= node.value == _COLAB

    def visit_Try(self, node: ast.Try) -> None:
        self._visit_guarded(node.body, bool(node.handlers))
        for part in (node.handlers, node.orelse, node.finalbody):
            for inner in part:
                self.visit(inner)

    def visit_With(self, node: ast.With) -> None:
        names = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
        names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        self._visit_guarded(node.body, "suppress" in names)

    def _visit_guarded(self, body: list[ast.stmt], is_guarded: bool) -> None:
        before, self._is_guarded = self._is_guarded, self._is_guarded or is_guarded
        for inner in body:
            self.visit(inner)
        self._is_guarded = before

    def _note(self, is_colab: bool) -> None:
        if is_colab and self._is_guarded:
            self.is_asked_for = True
        elif is_colab:
            self.is_imported = True
