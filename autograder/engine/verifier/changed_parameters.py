"""Finds which parameters the instructor's functions change in place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

_METHODS_TEXT = """add append appendleft clear difference_update discard extend extendleft fill
    insert intersection_update itemset move_to_end partition pop popitem popleft put remove
    resize reverse rotate setdefault sort subtract symmetric_difference_update update __setitem__
    __delitem__ frombytes fromlist byteswap
    add_edge add_edges_from add_weighted_edges_from add_node add_nodes_from remove_edge
    remove_edges_from remove_node remove_nodes_from clear_edges
    assign assign_add assign_sub scatter_update
    adapt compile fit fit_transform load_weights partial_fit set_params set_weights
    train_on_batch"""
_METHODS = frozenset(_METHODS_TEXT.split())
_FUNCTIONS_TEXT = """copyto delattr delitem fill_diagonal heapify heappop heappush heappushpop
    heapreplace insort insort_left insort_right next place put putmask setattr setitem shuffle"""
_FUNCTIONS = frozenset(_FUNCTIONS_TEXT.split())
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_ROUNDS = 3


def find_changed_parameters(
    trees: Sequence[ast.Module],
) -> tuple[dict[str, set[int | str]], set[str]]:
    """Return, by a function's name, the positions and names of parameters that it changes.

    Args:
        trees: The cells.

    Returns:
        The parameters, and the names of the module that functions change in place.

    Example:
        >>> find_changed_parameters([ast.parse("def zero(a): a[:] = 0")])[0] == {"zero": {"a", 0}}
        True
    """
    functions = [(f, m) for tree in trees for f, m in _find_functions(tree, is_method=False)]
    changed: dict[str, set[int | str]] = {}
    module_names: set[str] = set()
    for _ in range(_ROUNDS):
        for function, is_method in functions:
            names = _ChangedNames(changed).find(function)
            parameters = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
            own = parameters[1:] if is_method else parameters
            found: set[int | str] = {n for n in own if n in names}
            found |= {own.index(str(name)) for name in list(found)}
            found |= {a.arg for a in function.args.kwonlyargs if a.arg in names}
            if function.args.vararg is not None and function.args.vararg.arg in names:
                found.add("*")
            if found:
                changed.setdefault(function.name, set()).update(found)
            module_names |= names - set(parameters)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and (kept := _find_kept(node)):
                changed.setdefault("__init__", set()).update(kept)
    return changed, module_names


def _find_kept(node: ast.ClassDef) -> set[int | str]:
    """Parameters of `__init__` that become attributes, and that a method changes in place."""
    functions = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    maker = next((one for one in functions if one.name == "__init__"), None)
    if maker is None:
        return set()
    kept: dict[str, str] = {}
    for part in ast.walk(maker):
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Name):
            attributes = (one for one in part.targets if isinstance(one, ast.Attribute))
            kept.update({one.attr: part.value.id for one in attributes})
    finder = _ChangedNames({}, of_self=True)
    changed = set().union(*(finder.find(one) for one in functions))
    own = [one.arg for one in maker.args.args][1:]
    found = {kept[name] for name in kept if f"self.{name}" in changed and kept[name] in own}
    return found | {own.index(name) for name in found}


def _find_functions(tree: ast.AST, is_method: bool) -> Iterator[tuple[_Function, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            is_static = any(
                isinstance(one, ast.Name) and one.id == "staticmethod"
                for one in node.decorator_list
            )
            yield node, is_method and not is_static
            yield from _find_functions(node, is_method=False)
        else:
            yield from _find_functions(node, is_method=isinstance(node, ast.ClassDef) or is_method)


def _is_of_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "self"


class _ChangedNames(ast.NodeVisitor):
    """The names whose objects a function changes, followed through assignments in order."""

    def __init__(self, known: dict[str, set[int | str]], of_self: bool = False) -> None:
        self._known, self._of_self = known, of_self
        self._names: dict[str, set[str]] = {}
        self._found: set[str] = set()

    def find(self, function: _Function) -> set[str]:
        for statement in function.body:
            self.visit(statement)
        return self._found

    def _find_roots(self, node: ast.AST | None) -> set[str]:
        """The names whose object, or a part of it, an expression is."""
        while isinstance(node, (ast.Subscript, ast.Attribute, ast.Starred)):
            if self._of_self and _is_of_self(node):
                return {ast.unparse(node)}
            node = node.value
        if isinstance(node, ast.Name):
            return self._names.get(node.id, {node.id})
        if isinstance(node, ast.IfExp):
            return self._find_roots(node.body) | self._find_roots(node.orelse)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # A view or a part, such as `a.ravel()` and `d.values()`.
            views = ("T", "get", "items", "ravel", "reshape", "setdefault", "values", "view")
            return self._find_roots(node.func.value) if node.func.attr in views else set()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            walks = node.func.id in ("enumerate", "iter", "reversed", "zip")
            return set().union(*map(self._find_roots, node.args)) if walks else set()
        return set()

    def _bind(self, target: ast.AST, roots: set[str]) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self._bind(part, roots)
        elif isinstance(target, ast.Name):
            self._names[target.id] = roots
        elif isinstance(target, (ast.Subscript, ast.Attribute)) and not (
            self._of_self and _is_of_self(target)
        ):
            self._found |= self._find_roots(target)

    def visit_Assign(self, node: ast.Assign) -> None:  # noqa: N802
        self.visit(node.value)
        is_pair = isinstance(node.value, ast.Tuple)
        for target in node.targets:
            if is_pair and isinstance(target, ast.Tuple):
                self._bind_pairs(target, node.value)
            else:
                self._bind(target, self._find_roots(node.value))

    def _bind_pairs(self, target: ast.Tuple, value: ast.expr) -> None:
        values = value.elts if isinstance(value, ast.Tuple) else []
        roots = [self._find_roots(one) for one in values]
        for part, found in zip(target.elts, roots, strict=False):
            self._bind(part, found)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:  # noqa: N802
        self.visit(node.value)
        self._found |= self._find_roots(node.target)

    def visit_Delete(self, node: ast.Delete) -> None:  # noqa: N802
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self._found |= self._find_roots(target)

    def visit_For(self, node: ast.For) -> None:  # noqa: N802
        self.visit(node.iter)
        self._bind(node.target, self._find_roots(node.iter))
        for statement in (*node.body, *node.orelse):
            self.visit(statement)

    def visit_Call(self, node: ast.Call) -> None:  # noqa: N802
        self.generic_visit(node)
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        keywords = {word.arg: word.value for word in node.keywords}
        if isinstance(called, ast.Attribute) and (name in _METHODS or "inplace" in keywords):
            self._found |= self._find_roots(called.value)
        if "out" in keywords:
            self._found |= self._find_roots(keywords["out"])
        if name in _FUNCTIONS:
            self._found |= set().union(*map(self._find_roots, node.args[:1]))
        self._find_passed(self._known.get(name, set()), node.args, keywords)

    def _find_passed(
        self,
        changed: set[int | str],
        args: Iterable[ast.expr],
        keywords: dict[str | None, ast.expr],
    ) -> None:
        """Arguments that another function of the notebook changes."""
        for position, value in enumerate(args):
            if position in changed or "*" in changed:
                self._found |= self._find_roots(value)
        for word, value in keywords.items():
            if word is not None and word in changed:
                self._found |= self._find_roots(value)
