"""What the instructor's own answers do: it bounds what the student's code may do to a test.

A function of the student's may change an argument in place where the instructor's does; an object
is asked for `==` where the instructor's class defines it; a name of a test is there for the
student's code where the instructor's code reads it. Everything else stays apart.
"""

from __future__ import annotations

import ast
import contextlib
import symtable
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from autograder.engine.verifier.changed_parameters import find_changed_parameters
from autograder.engine.verifier.own_names import (
    find_bound_names,
    find_names_read_first,
    parse_cell,
)
from autograder.engine.wire.mutable_values import list_mutables

# What a decorator or a base class defines.
_ORDER = frozenset(("__lt__", "__le__", "__gt__", "__ge__"))


class InstructorProfile:
    """What the instructor's answers define, read, and change.

    Args:
        sources: the texts of the code cells that are not test cells.
        tests: the texts of the test cells.

    Example:
        >>> profile = InstructorProfile(["rate = 2\\ndef price(x): return x * rate"])
        >>> sorted(profile.free_names)
        ['rate']
    """

    def __init__(self, sources: Iterable[str], tests: Iterable[str] = ()) -> None:
        self.instances: set[str] = set()
        self.makers: set[str] = set()
        self.free_names: set[str] = set()
        self.read_names: set[str] = set()
        self.changed_names: set[str] = set()
        self.text = ""
        self._operators: dict[str, set[str]] = {}
        self._bases: dict[str, list[str]] = {}
        self._changed: dict[str, set[int | str]] = {}
        trees = []
        for source in sources:
            with contextlib.suppress(SyntaxError, ValueError, RecursionError):
                trees.append(parse_cell(source))
                self.text += f"{source}\n"
        bound: set[str] = set()
        for tree in trees:
            self._read_classes(tree)
            self._read_names(tree)
            self.read_names |= find_names_read_first(tree) - bound
            bound |= find_bound_names(tree)
        for tree in trees:
            self._read_makers(tree)
        self.whole_text = "\n".join((self.text, *tests))
        self._changed, globals_changed = find_changed_parameters(trees)
        self.changed_names |= globals_changed

    def find_operators(self, names: Sequence[str]) -> frozenset[str] | None:
        """The operators of the instructor's class, by a class's name and those of its bases.

        Returns:
            None where the instructor has no class of these names.
        """
        known = [name for name in names if name in self._operators]
        if not known:
            return None
        found: set[str] = set()
        waiting, seen = known, set(known)
        while waiting:
            name = waiting.pop()
            found |= self._operators.get(name, set())
            waiting += [base for base in self._bases.get(name, []) if base not in seen]
            seen |= set(waiting)
        return frozenset(found)

    def find_changeable(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> list[int]:
        """The numbers, in `list_mutables`, of the arguments that a call may change in place."""
        changed = self._changed.get(name)
        if not changed:
            return []
        # The list of both, and the list of the arguments, come first.
        found: list[int] = []
        place = 2
        for position, value in enumerate(args):
            count = len(list_mutables(value))
            if position in changed or "*" in changed:
                found += range(place, place + count)
            place += count
        place += 1
        for key, value in kwargs.items():
            count = len(list_mutables(value))
            if key in changed or "**" in changed:
                found += range(place, place + count)
            place += count
        return found

    def _read_classes(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            found = self._operators.setdefault(node.name, set())
            self._bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
            for part in ast.walk(node):
                if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    found.add(part.name)
                elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    found.add(part.id)
            decorators = " ".join(ast.unparse(one) for one in node.decorator_list)
            if "total_ordering" in decorators or "order=True" in decorators:
                found |= _ORDER

    def _read_names(self, tree: ast.Module) -> None:
        table = symtable.symtable(ast.unparse(tree), "<cell>", "exec")
        waiting = list(table.get_children())
        while waiting:
            scope = waiting.pop()
            waiting += scope.get_children()
            for symbol in scope.get_symbols():
                is_read = symbol.is_global() and symbol.is_referenced()
                if is_read or symbol.is_declared_global():
                    self.free_names.add(symbol.get_name())
                if symbol.is_declared_global() and symbol.is_assigned():
                    self.changed_names.add(symbol.get_name())

    def _read_makers(self, tree: ast.Module) -> None:
        """Functions that return, and names that hold, objects of the instructor's classes."""
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                returned = [r.value for r in ast.walk(node) if isinstance(r, ast.Return)]
                held = self._find_held(node)
                if any(self._makes_instance(one, held) for one in returned):
                    self.makers.add(node.name)
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and self._makes_instance(statement.value):
                targets = (t for t in statement.targets if isinstance(t, ast.Name))
                self.instances.update(target.id for target in targets)

    def _find_held(self, function: ast.AST) -> set[str]:
        """The names in a function that hold such objects."""
        assigned = (node for node in ast.walk(function) if isinstance(node, ast.Assign))
        return {
            target.id
            for node in assigned
            if self._makes_instance(node.value)
            for whole in node.targets
            for target in ast.walk(whole)
            if isinstance(target, ast.Name)
        }

    def _makes_instance(self, value: ast.expr | None, held: Collection[str] = ("self",)) -> bool:
        if isinstance(value, (ast.List, ast.Tuple)):
            return any(self._makes_instance(one, held) for one in value.elts)
        if isinstance(value, ast.ListComp):
            return self._makes_instance(value.elt)
        if not isinstance(value, ast.Call):
            return isinstance(value, ast.Name) and value.id in {"self", *held}
        called = value.func
        names = {*self._operators, *self.makers}
        if isinstance(called, ast.Attribute):
            return called.attr in self.makers or (
                isinstance(called.value, ast.Name) and called.value.id in self._operators
            )
        return isinstance(called, ast.Name) and (called.id in names or called.id == "cls")
