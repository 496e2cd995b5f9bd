"""Which names are a test cell's own: the student's kernel is never asked for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_TIMED = re.compile(r"^%%?time\b[ \t]*(.*)$", re.MULTILINE)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def parse_cell(source: str, file: str = "<test cell>") -> ast.Module:
    """Return a cell's syntax tree; IPython's own lines (`%matplotlib inline`) become calls.

    Args:
        source: The cell.
        file: What tracebacks call it.

    Raises:
        SyntaxError: It is not Python.
    """
    try:
        return ast.parse(source, file)
    except SyntaxError:
        # What these measure is a statement like any other.
        source = _TIMED.sub(lambda found: found[1] or "pass", source)
        return ast.parse(TransformerManager().transform_cell(source), file)


def find_bound_names(tree: ast.Module) -> set[str]:
    """Return the names that a cell binds at its top level, in any way and in any branch.

    Example:
        >>> sorted(find_bound_names(parse_cell("import math as m\\nfor n in f(): total = n")))
        ['m', 'n', 'total']
    """
    bound: set[str] = set()
    waiting: list[tuple[ast.AST, bool]] = [(tree, True)]
    while waiting:
        node, is_top = waiting.pop()
        if isinstance(node, ast.Global):
            bound.update(node.names)
        if is_top:
            bound.update(_find_bound_strings(node))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound.add(node.id)
        inner = _find_inner_parts(node)
        waiting += [(part, is_top and part not in inner) for part in ast.iter_child_nodes(node)]
        if is_top and isinstance(node, _COMPREHENSIONS):
            # Unlike its variables, what `:=` binds in a comprehension is bound outside.
            walrus = (part.target for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
            bound.update(target.id for target in walrus)
    return bound


def _find_inner_parts(node: ast.AST) -> list[ast.AST]:
    """The parts of a node that have a scope of their own."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return [*node.body, *getattr(node, "type_params", [])]
    if isinstance(node, ast.Lambda):
        return [node.body]
    return list(ast.iter_child_nodes(node)) if isinstance(node, _COMPREHENSIONS) else []


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
