"""Which of a student's names a test cell takes."""

from __future__ import annotations

import builtins
import re
import symtable

from nbformat import NotebookNode

from autograder.notebooks.cell_roles import grade_id, is_test_cell

# Names that only the student's own kernel has; a test cell that reads one can't run elsewhere.
KERNEL_NAMES = {"In", "Out", "get_ipython", "_", "__", "_i", "exit", "quit", "display"}

_BUILTINS = set(dir(builtins))
_MAGIC = re.compile(r"^(\s*)[%!]")


def taken_names(notebook: NotebookNode) -> dict[str, list[str]]:
    """By test cell, the names that it takes from the student's work.

    A name is the student's when neither the cell nor an earlier test cell binds it and Python
    has no built-in of that name.

    Args:
        notebook: the instructor's notebook.
    """
    own: set[str] = set()
    taken = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_test_cell(cell):
            own |= bound_names(cell.source)
            taken[grade_id(cell)] = sorted(_read_names(cell.source) - own - _BUILTINS)
    return taken


def bound_names(source: str) -> set[str]:
    """The names that a cell binds: by assignment, `def`, `class` or `import`."""
    symbols = _table(source).get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}


def _read_names(source: str) -> set[str]:
    """The global names that a cell reads, in its functions and classes too."""
    module = _table(source)
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


def _table(source: str) -> symtable.SymbolTable:
    # IPython's magics and shell lines are no Python; what they bind can't be told.
    plain = "\n".join(_MAGIC.sub(r"\1pass #", line) for line in source.splitlines())
    return symtable.symtable(plain, "<cell>", "exec")
