"""Fields of a student's dataclass; its comparisons are made here, field by field."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from autograder.engine.wire.python_values import check_type

_ORDER = ("lt", "le", "gt", "ge")


def add_dataclass(names: dict[str, Any], options: Any, fields: Any) -> None:
    """Add what `dataclasses` reads and writes to the names of a class.

    Args:
        names: what the class is going to be made of.
        options: which methods `dataclass` wrote for the student's class.
        fields: the name, type, default and use of each field; untrusted.
    """
    described = [
        (
            check_type(name, str),
            shown,
            dataclasses.field(
                default=default if has_default else dataclasses.MISSING,
                compare=compare is True,
                repr=shows is True,
            ),
        )
        for name, shown, has_default, default, compare, shows in fields
        if type(default) not in (list, dict, set)
    ]
    template = dataclasses.make_dataclass("Fields", described, kw_only=True)
    names["__dataclass_fields__"] = vars(template)["__dataclass_fields__"]
    names["__dataclass_params__"] = vars(template)["__dataclass_params__"]
    compared = [one.name for one in dataclasses.fields(template) if one.compare]
    shown = [one.name for one in dataclasses.fields(template) if one.repr]
    if options["eq"]:
        names["__eq__"] = functools.partialmethod(_compare_fields, compared, "__eq__")
        names["__ne__"] = lambda self, other: not (self == other)  # noqa: SIM201
        names["__hash__"] = None
    if options["eq"] and options["frozen"]:
        names["__hash__"] = lambda self: hash(tuple(getattr(self, name) for name in compared))
    if options["order"]:
        for name in _ORDER:
            compare = functools.partialmethod(_compare_fields, compared, f"__{name}__")
            names[f"__{name}__"] = compare
    if options["repr"]:
        names["__repr__"] = names["__str__"] = lambda self: (
            f"{type(self).__name__}("
            + ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
            + ")"
        )


def _compare_fields(self: Any, names: list[str], method: str, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    ours, theirs = (tuple(getattr(one, name) for name in names) for one in (self, other))
    return getattr(ours, method)(theirs)
