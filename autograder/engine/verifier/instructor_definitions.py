"""Finds functions and constants of the instructor's read-only cells, for the tests that use them.

These cells run in the student's kernel, where the student can bind the names anew: a function of
the student's would then be called in a test's place, with the expected values as arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nbformat import NotebookNode

from autograder.engine.verifier.imported_names import find_read_names
from autograder.engine.verifier.own_names import find_bound_names, parse_cell
from autograder.notebooks.cell_roles import is_answer_cell, is_graded_cell, is_locked_cell


def find_instructor_definitions(source: NotebookNode) -> dict[str, ast.stmt]:
    """Return functions and constants that a read-only cell, and no other cell, binds, by name.

    A class stays in the student's kernel if an answer names it and can make objects of it. A
    constant has a name in capital letters and is a number, a string or a tuple of these.

    Args:
        source: The instructor's notebook.
    """
    cells = [c for c in source.cells if c.cell_type == "code" and not is_graded_cell(c)]
    if not any(map(is_locked_cell, cells)):
        return {}
    found: dict[str, ast.stmt] = {}
    elsewhere: set[str] = set()
    for cell in cells:
        try:
            tree = parse_cell(cell.source)
        except (SyntaxError, ValueError):
            continue
        mine = dict(_find_definitions(tree)) if is_locked_cell(cell) else {}
        elsewhere |= (find_bound_names(tree) - mine.keys()) | (mine.keys() & found.keys())
        found.update(mine)
    named = set().union(*(find_read_names(c.source) for c in source.cells if is_answer_cell(c)))
    return {
        name: statement
        for name, statement in found.items()
        if name not in elsewhere and not (isinstance(statement, ast.ClassDef) and name in named)
    }


def _find_definitions(tree: ast.Module) -> Iterable[tuple[str, ast.stmt]]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, ast.Assign) and _is_plain(node.value):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id.isupper():
                    yield target.id, node


def _is_plain(value: ast.expr) -> bool:
    if isinstance(value, ast.Tuple):
        return all(map(_is_plain, value.elts))
    if isinstance(value, ast.UnaryOp):
        return _is_plain(value.operand)
    return isinstance(value, ast.Constant)
