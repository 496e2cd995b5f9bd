"""Whether `course.toml` has the form that it must have, before anything relies on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from autograder.errors import AutograderError

_TEXT = (str, "a text in quotes")
_NUMBER = ((int, float), "a number")
_MOMENT = (datetime, "a date and a time: 2027-02-05T23:59:00Z")
_TABLE = (dict, "a table")


def check_settings(tables: dict[str, Any]) -> None:
    """Look at the types of what `course.toml` says, and that labs need labs.

    Args:
        tables: as read; settings that are not known here are left alone.

    Raises:
        AutograderError: something is of another type, or a lab needs what is no lab before it; the
            message names it.

    Example:
        >>> check_settings({"labs": {"01_neuron": {"points": {"neuron": 2}}}})
        >>> check_settings({"labs": {"01_neuron": {"due": "tomorrow"}}})
        Traceback (most recent call last):
        ...
        autograder.errors.AutograderError: course.toml: [labs.01_neuron] due = 'tomorrow'
    """
    for name in ("course", "limits", "policy", "extensions", "labs"):
        _check(tables, name, _TABLE, "")
    for name in ("name", "repository", "library", "branch", "timezone"):
        _check(tables.get("course", {}), name, _TEXT, "course")
    _numbers(tables.get("limits", {}), "limits")
    for number, lab in enumerate(labs := tables.get("labs", {})):
        _check(labs, lab, _TABLE, "labs")
        table, where = labs[lab], f"labs.{lab}"
        for name in ("title", "builds"):
            _check(table, name, _TEXT, where)
        _check_needs(table.get("needs", []), where, list(labs)[:number])
        _check(table, "due", _MOMENT, where)
        for name in ("points", "limits", "policy"):
            _check(table, name, _TABLE, where)
        for name in ("points", "limits"):
            _numbers(table.get(name, {}), f"{where}.{name}")


def _check_needs(needs: object, where: str, earlier: list[str]) -> None:
    missing = [lab for lab in needs if lab not in earlier] if isinstance(needs, list) else [needs]
    if missing:
        raise AutograderError(
            f"course.toml: [{where}] needs = {needs!r}: {missing[0]!r} is no lab above it",
            f"it has to be a list of some of {earlier}",
        )


def _numbers(table: dict[str, Any], where: str) -> None:
    for name in table:
        _check(table, name, _NUMBER, where)


def _check(table: dict[str, Any], name: str, wanted: tuple, where: str) -> None:
    kind, words = wanted
    value = table.get(name, ...)
    # To Python True is a number, too.
    if value is ... or (isinstance(value, kind) and not isinstance(value, bool)):
        return
    place = f"[{where}] {name}" if where else name
    raise AutograderError(f"course.toml: {place} = {value!r}", f"it has to be {words}")
