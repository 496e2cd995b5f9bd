"""Values of Python's standard library as plain data, and back."""

from __future__ import annotations

import array
import builtins
import datetime
import decimal
import fractions
import pathlib
import random
import re
import types
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.codec_limits import check_keys

_DECIMAL = re.compile(r"-?(?:\d{1,5000}(?:\.\d{0,5000})?(?:E[+-]?\d{1,4})?|s?NaN|Infinity)")
_PLAIN = (type(None), bool, int, float, complex, str, bytes, tuple)
_FACTORIES: dict[str, Callable[[], Any]] = {
    kind.__name__: kind for kind in (bool, dict, float, int, list, set, str, tuple)
}


def _describe_moment(value: datetime.datetime | datetime.time) -> list[Any]:
    zone = value.tzinfo
    key = zone.key if type(zone) is zoneinfo.ZoneInfo else None
    plain = value.replace(tzinfo=None) if key is not None else value
    return [plain.isoformat(), key, value.fold]


def _rebuild_moment(kind: Any, data: Any) -> Any:
    text, key, fold = data
    made = kind.fromisoformat(check_type(text, str)).replace(fold=check_type(fold, int))
    if key is None:
        return made
    return made.replace(tzinfo=zoneinfo.ZoneInfo(check_type(key, str)))


def _rebuild_decimal(data: Any) -> decimal.Decimal:
    if not _DECIMAL.fullmatch(check_type(data, str)):
        raise CodecError("a number that is too long")
    return decimal.Decimal(data)


def _describe_factory(value: defaultdict[Any, Any]) -> str | None:
    factory = value.default_factory
    if factory is None:
        return None
    name = getattr(factory, "__name__", "")
    return name if _FACTORIES.get(name) is factory else ""


def _rebuild_defaultdict(data: Any) -> Any:
    name, items = data
    if name is not None and name not in _FACTORIES:
        # A factory of the student's own: an absent key is an error here.
        return dict(check_type(items, dict))
    return defaultdict(None if name is None else _FACTORIES[name], check_type(items, dict))


def _rebuild_error(data: Any) -> BaseException:
    name, arguments = data
    kind = getattr(builtins, check_type(name, str), None)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        raise CodecError("an exception of an unknown class")
    return kind(*check_type(arguments, list))


_DESCRIBE: dict[type, Callable[[Any], Any]] = {
    datetime.date: lambda v: v.isoformat(),
    datetime.datetime: _describe_moment,
    datetime.time: _describe_moment,
    datetime.timedelta: lambda v: [v.days, v.seconds, v.microseconds],
    decimal.Decimal: str,
    fractions.Fraction: lambda v: [v.numerator, v.denominator],
    uuid.UUID: str,
    pathlib.PosixPath: str,
    deque: lambda v: [list(v), v.maxlen],
    defaultdict: lambda v: [_describe_factory(v), dict(v)],
    Counter: dict,
    types.SimpleNamespace: vars,
    OrderedDict: lambda v: [list(pair) for pair in v.items()],
    type({}.keys()): list,
    type({}.values()): list,
    type({}.items()): lambda v: [list(pair) for pair in v],
    bytearray: bytes,
    memoryview: bytes,
    array.array: lambda v: [v.typecode, v.tolist()],
    type(NotImplemented): lambda v: None,
}
_REBUILD: dict[str, Callable[[Any], Any]] = {
    "date": lambda d: datetime.date.fromisoformat(check_type(d, str)),
    "datetime": lambda d: _rebuild_moment(datetime.datetime, d),
    "time": lambda d: _rebuild_moment(datetime.time, d),
    "timedelta": lambda d: datetime.timedelta(*(check_type(part, int) for part in d)),
    "Decimal": _rebuild_decimal,
    "Fraction": lambda d: fractions.Fraction(*(check_type(part, int) for part in d)),
    "UUID": lambda d: uuid.UUID(check_type(d, str)),
    "PosixPath": lambda d: pathlib.Path(check_type(d, str)),
    "deque": lambda d: deque(check_type(d[0], list), d[1]),
    "defaultdict": _rebuild_defaultdict,
    "Counter": lambda d: Counter(check_type(d, dict)),
    "SimpleNamespace": lambda d: types.SimpleNamespace(**check_type(d, dict)),
    "error": _rebuild_error,
    "dict_keys": lambda d: dict.fromkeys(_check_keys(d)).keys(),
    "dict_values": lambda d: dict(enumerate(check_type(d, list))).values(),
    "dict_items": lambda d: dict(
        zip(_check_keys([k for k, _ in d]), (v for _, v in d), strict=True)
    ).items(),
    "bytearray": lambda d: bytearray(check_type(d, bytes)),
    "memoryview": lambda d: memoryview(check_type(d, bytes)),
    "array": lambda d: array.array(check_type(d[0], str), check_type(d[1], list)),
    "Random": lambda d: random.Random(check_type(d, int)),
    "pattern": lambda d: re.compile(check_type(d[0], str), check_type(d[1], int)),
    "NotImplementedType": lambda d: NotImplemented,
    "OrderedDict": lambda d: OrderedDict((key, item) for key, item in check_type(d, list)),
}
ROOTS = frozenset(
    (
        "array",
        "builtins",
        "collections",
        "datetime",
        "decimal",
        "fractions",
        "pathlib",
        "types",
        "uuid",
    )
)


def describe(value: Any) -> tuple[str, Any] | None:
    """The kind and the data of a value of exactly one of these classes; None for others."""
    kind = type(value)
    if issubclass(kind, Exception) and getattr(builtins, kind.__name__, None) is kind:
        arguments = [one if type(one) in _PLAIN else str(one)[:2_000] for one in value.args]
        return "error", [kind.__name__, arguments]
    return (kind.__name__, _DESCRIBE[kind](value)) if kind in _DESCRIBE else None


def rebuild(kind: str, data: Any) -> Any:
    """The value that `describe` described.

    Raises:
        CodecError: the data are not of this kind; other exceptions mean the same.
    """
    return _REBUILD[kind](data)


def _check_keys(keys: Any) -> list[Any]:
    check_keys(check_type(keys, list))
    return list(keys)


def check_type(value: Any, kind: type[Any]) -> Any:
    """The value, if it has exactly this type.

    Raises:
        CodecError: it has another one.
    """
    if type(value) is not kind:
        raise CodecError(f"{type(value).__name__} instead of {kind.__name__}")
    return value
