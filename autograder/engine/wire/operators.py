"""The operators that one side asks the other's objects for, by name."""

from __future__ import annotations

import copy
import math
import operator
import os
from collections.abc import Callable
from typing import Any

from autograder.engine.wire.mutable_values import update_in_place


def _enter(value: Any) -> Any:
    return type(value).__enter__(value)


def _exit(value: Any, error: BaseException | None) -> bool:
    kind = None if error is None else type(error)
    return bool(type(value).__exit__(value, kind, error, None))


async def _exit_later(value: Any, error: BaseException | None) -> bool:
    kind = None if error is None else type(error)
    return bool(await type(value).__aexit__(value, kind, error, None))


async def _wait(value: Any) -> Any:
    return await value


# Built-in classes from which a student's class may derive.
EXTENDABLE: tuple[type[Any], ...] = (list, dict, set, str, float, int)


# What these return is awaited.
ASYNCHRONOUS = frozenset(("aenter", "aexit", "await"))


def _find_plain(value: Any) -> Any:
    return next(kind(value) for kind in EXTENDABLE if isinstance(value, kind))


_NAMES = (
    "add sub mul truediv floordiv mod pow matmul lshift rshift and_ or_ xor iadd isub imul "
    "itruediv ifloordiv imod ipow imatmul ilshift irshift iand ior ixor neg pos abs invert eq ne "
    "lt le gt ge contains getitem setitem delitem"
)
OPERATORS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in _NAMES.split()},
    "divmod": divmod,
    "bool": bool,
    "len": len,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "bytes": bytes,
    "fspath": os.fspath,
    "hash": hash,
    "str": str,
    "repr": repr,
    "format": format,
    "reversed": reversed,
    "iter": iter,
    "next": next,
    "dir": lambda value: [name for name in dir(value) if type(name) is str],
    "getattr": getattr,
    "vars": lambda value: dict(vars(value)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "plain": _find_plain,
    "refill": update_in_place,
    "attributes": lambda function: {
        name: value
        for name, value in vars(function).items()
        if type(value) in (bool, int, float, str, list, dict, tuple)
    },
    "isinstance": isinstance,
    "issubclass": issubclass,
    "enter": _enter,
    "exit": _exit,
    "aenter": lambda value: type(value).__aenter__(value),
    "aexit": _exit_later,
    "aiter": aiter,
    "await": _wait,
}
