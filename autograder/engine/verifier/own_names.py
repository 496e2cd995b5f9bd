"""Which names are a test cell's own: the student's kernel is never asked for them."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def parse_cell(source: str, file: str = "<test cell>") -> ast.Module:
    """Return a cell's syntax tree; IPython's own lines (`%matplotlib inline`) do nothing here.

    Args:
        source: The cell.
        file: What tracebacks call it.

    Raises:
        SyntaxError: It is not Python.
    """
    try:
        return ast.parse(source, file)
    except SyntaxError:
        lines = source.splitlines()
        plain = [line if line[:1] not in ("%", "!") else "pass" for line in lines]
        if plain == lines:
            raise
        return ast.parse("\n".join(plain), file)


def find_bound_names(tree: ast.Module) -> set[str]:
    """Return the names that a cell binds at its top level, in any way and in any branch.

    Example:
        >>> sorted(find_bound_names(parse_cell("import math as m\\nfor n in f(): total = n")))
        ['m', 'n', 'total']
    """
    module = symtable.symtable(ast.unparse(tree), "<test cell>", "exec")
    bound = {s.get_name() for s in module.get_symbols() if s.is_assigned() or s.is_imported()}
    waiting = list(module.get_children())
    while waiting:
        scope = waiting.pop()
        waiting += scope.get_children()
        # `global name` in a function, and `name :=` in a comprehension.
        bound |= {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_assigned()}
    return bound


def find_names_read_first(tree: ast.Module) -> set[str]:
    """Return the names that a cell reads at its top level before it binds them.

    In `x = x.reshape(-1)` the value is the student's `x`. The bodies of functions do not count:
    they run later.

    Example:
        >>> cell = parse_cell("x = x + 1\\nfor n in range(3): last = n\\nprint(last)")
        >>> sorted(find_names_read_first(cell))
        ['print', 'range', 'x']
    """
    bound: set[str] = set()
    read: set[str] = set()
    for name, is_read in _walk(tree):
        if is_read and name not in bound:
            read.add(name)
        elif not is_read:
            bound.add(name)
    return read


def select_statements(tree: ast.Module, line: int | None = None) -> list[ast.stmt]:
    """Return the statements of a cell that may bind names.

    Args:
        tree: The cell.
        line: The line at which the cell stopped; only the statements below it count.
    """
    return [
        statement
        for statement in tree.body
        if not isinstance(statement, (ast.Assert, ast.Expr, ast.Raise, ast.Delete))
        and (line is None or statement.lineno > line)
    ]


def _walk(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """The names in the order of evaluation, each with whether it is read."""
    if isinstance(node, ast.Name):
        yield node.id, isinstance(node.ctx, ast.Load)
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, True
    for part in _order(node):
        yield from _walk(part)
    yield from ((name, False) for name in _find_bound_strings(node))


def _order(node: ast.AST) -> list[ast.AST]:
    """The parts of a node in the order of evaluation, without the bodies of functions."""
    if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        defaults = [default for default in node.args.kw_defaults if default is not None]
        return [*decorators, *node.args.defaults, *defaults]
    if isinstance(node, ast.Assign):
        return [node.value, *node.targets]
    if isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
        return [part for part in (node.value, node.target) if part is not None]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [node.iter, node.target, *node.body, *node.orelse]
    if isinstance(node, _COMPREHENSIONS):
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return [*node.generators, *elements]
    if isinstance(node, ast.comprehension):
        return [node.iter, node.target, *node.ifs]
    return list(ast.iter_child_nodes(node))


def _find_bound_strings(node: ast.AST) -> list[str]:
    """The names that a node binds without a `Name` node."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        return [node.name] if node.name else []
    if isinstance(node, ast.MatchMapping):
        return [node.rest] if node.rest else []
    return []
