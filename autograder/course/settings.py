"""Whether `course.toml` has the form that it must have, before anything relies on it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from autograder.errors import AutograderError

_TEXT = (str, "a text in quotes")
_NUMBER = ((int, float), "a number, 0 or more")
_MOMENT = (datetime, "a date and a time: 2027-02-05T23:59:00Z")
_TABLE = (dict, "a table")

_TABLES = ("course", "limits", "policy", "extensions", "labs")
_OF_COURSE = ("name", "repository", "library", "branch", "timezone")
_OF_LAB = ("title", "builds", "needs", "due", "points", "limits", "policy", "extra_credit", "trust")


def check_settings(tables: dict[str, Any]) -> None:
    """Look at the names and types of what `course.toml` says, and that labs need labs.

    Args:
        tables: as read; settings that are not known here are left alone, unless their names look
            like one that is.

    Raises:
        AutograderError: something is misspelt or of another type, or a lab needs what is no lab
            before it; the message names it.

    Example:
        >>> check_settings({"labs": {"01_neuron": {"points": {"neuron": 2}}}})
        >>> check_settings({"labs": {"01_neuron": {"due": "tomorrow"}}})
        Traceback (most recent call last):
        ...
        autograder.errors.AutograderError: course.toml: [labs.01_neuron] due = 'tomorrow'
    """
    _spelling(tables, _TABLES, "")
    for name in _TABLES:
        _check(tables, name, _TABLE, "")
    _spelling(tables.get("course", {}), (*_OF_COURSE, "trust"), "course")
    for name in _OF_COURSE:
        _check(tables.get("course", {}), name, _TEXT, "course")
    _numbers(tables.get("limits", {}), "limits")
    for number, lab in enumerate(labs := tables.get("labs", {})):
        _check(labs, lab, _TABLE, "labs")
        table, where = labs[lab], f"labs.{lab}"
        _spelling(table, _OF_LAB, where)
        for name in ("title", "builds"):
            _check(table, name, _TEXT, where)
        _check_needs(table.get("needs", []), where, list(labs)[:number])
        _check(table, "due", _MOMENT, where)
        for name in ("points", "limits", "policy"):
            _check(table, name, _TABLE, where)
        for name in ("points", "limits"):
            _numbers(table.get(name, {}), f"{where}.{name}")


def _spelling(table: Iterable[str], known: tuple[str, ...], where: str) -> None:
    """Refuse what was meant to be a setting: left alone, it would change marks without a word."""
    for name in table:
        near = difflib.get_close_matches(name.casefold(), known, 1, 0.7)
        if near and name not in known:
            raise AutograderError(
                f"course.toml: {_place(name, where)} is no setting", f"did you mean {near[0]}?"
            )


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
        if not 0 <= table[name] < float("inf"):
            _refuse(table, name, _NUMBER, where)


def _check(table: dict[str, Any], name: str, wanted: tuple, where: str) -> None:
    # To Python True is a number, too.
    if name in table and (not isinstance(table[name], wanted[0]) or isinstance(table[name], bool)):
        _refuse(table, name, wanted, where)


def _refuse(table: dict[str, Any], name: str, wanted: tuple, where: str) -> None:
    raise AutograderError(
        f"course.toml: {_place(name, where)} = {table[name]!r}", f"it has to be {wanted[1]}"
    )


def _place(name: str, where: str) -> str:
    return f"[{where}] {name}" if where else name
