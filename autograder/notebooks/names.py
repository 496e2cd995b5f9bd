"""Find which of a student's names a test cell uses."""

from __future__ import annotations

import ast
import builtins
import contextlib
import re
import symtable
import threading

from nbformat import NotebookNode

from autograder.notebooks.cell_roles import grade_id, is_test_cell

# Names that exist only in the student's kernel: a test cell that uses one cannot run elsewhere.
KERNEL_NAMES = {"In", "Out", "get_ipython", "_", "__", "_i", "exit", "quit", "display"}

_BUILTINS = set(dir(builtins))
_MAGIC = re.compile(r"^(\s*)[%!]")
_PARSING = threading.Lock()


def find_student_names(notebook: NotebookNode) -> dict[str, list[str]]:
    """Return the student's names that each test cell uses, by grade_id.

    A name is the student's if neither the cell nor an earlier test cell binds it and it is not a
    Python built-in.

    Args:
        notebook: The instructor's notebook.
    """
    own: set[str] = set()
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_test_cell(cell):
            own |= find_bound_names(cell.source)
            found[grade_id(cell)] = sorted(find_read_names(cell.source) - own - _BUILTINS)
    return found


def find_bound_names(source: str) -> set[str]:
    """Return the names that a cell binds: by assignment, `def`, `class` or `import`."""
    symbols = _parse_symbols(source).get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}


def find_read_names(source: str) -> set[str]:
    """Return the global names that a cell reads, in functions and classes too."""
    module = _parse_symbols(source)
    used: set[str] = set()
    pending = [module]
    while pending:
        scope = pending.pop()
        pending += scope.get_children()
        used |= {
            symbol.get_name()
            for symbol in scope.get_symbols()
            if symbol.is_referenced() and (symbol.is_global() or scope is module)
        }
    return used


def _parse_symbols(source: str) -> symtable.SymbolTable:
    try:
        return symtable.symtable(source, "<cell>", "exec")
    except SyntaxError:
        return symtable.symtable(blank_magics(source), "<cell>", "exec")


def blank_magics(source: str) -> str:
    """Replace IPython's magics and shell lines, which are not Python; what they bind is unknown.

    Example:
        >>> blank_magics("%matplotlib inline")
        'pass #matplotlib inline'
        >>> blank_magics("x = (7\\n% 4)")  # Python: a line that goes on
        'x = (7\\n% 4)'
    """
    with contextlib.suppress(SyntaxError, ValueError):
        compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        return source
    return "\n".join(_MAGIC.sub(r"\1pass #", line) for line in source.splitlines())


def parse_code(source: str) -> ast.Module:
    """Return the syntax tree of a cell, without IPython's own lines.

    One thread at a time: CPython 3.11 counts the depth of all trees together, and may raise
    SystemError from `ast.parse` where several threads build one.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: The cell is not Python, or too deep.
    """
    with _PARSING:
        try:
            return ast.parse(source)
        except SyntaxError:
            return ast.parse(blank_magics(source))
