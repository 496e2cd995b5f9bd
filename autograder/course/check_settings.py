"""Check `course.toml` before anything relies on it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.course.schema import CLOSED_TABLES, EXTENSION, settings_of
from autograder.course.sign_in_schema import LTI, REQUIRED
from autograder.errors import AutograderError


def check_settings(path: Path, tables: dict[str, Any], list_labs: Callable[[], list[str]]) -> None:
    """Check the names, types and values of all settings.

    Unknown settings are left alone, except in `[limits]` and `[policy]`, or if the name looks like
    a known one: left alone, a misspelt setting would change marks silently.

    Args:
        path: The path of `course.toml`.
        tables: Its content.
        list_labs: Returns the names of the course's labs.

    Raises:
        AutograderError: A setting is misspelt or invalid; the message names every such setting.
    """
    problems = [f"{path.name}: {problem}" for problem in _find_problems(tables, list_labs)]
    if problems:
        raise AutograderError("\n".join(problems), f"edit {path}")


def check_limits(limits: Mapping[str, Any]) -> None:
    """Check limits from `course.toml` and from options of the command line.

    Raises:
        AutograderError: A limit is unknown or invalid.

    Example:
        >>> check_limits({"cell_seconds": 20})
        >>> check_limits({"cel_seconds": 20})
        Traceback (most recent call last):
        ...
        autograder.errors.AutograderError: Unknown setting "cel_seconds" in [limits]. Did you mean \
"cell_seconds"?
    """
    problems = list(_check_table(limits, "limits"))
    if problems:
        raise AutograderError("\n".join(problems), "edit course.toml, or change the option")


def _find_problems(tables: dict[str, Any], list_labs: Callable[[], list[str]]) -> Iterator[str]:
    yield from _check_table(tables, "")
    for name in ("course", "limits", "policy", "server", "jupyterhub"):
        yield from _check_table(_subtable(tables, name), name)
    for name, platform in _subtable(tables, "lti").items():
        yield from _check_platform(name, platform)
    labs = _subtable(tables, "labs")
    for number, name in enumerate(labs):
        if isinstance(labs[name], dict):
            yield from _check_lab(name, labs[name], earlier=list(labs)[:number])
        else:
            yield _describe(name, "labs", labs[name], "a table")
    if extensions := _subtable(tables, "extensions"):
        yield from _check_extensions(extensions, list_labs())


def _subtable(tables: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = tables.get(name, {})
    return table if isinstance(table, dict) else {}


def _check_table(table: Mapping[str, Any], kind: str, place: str = "") -> Iterator[str]:
    """Check a table against the settings of the table `kind`; it is at `place` in the file."""
    settings, place = settings_of(kind), place or kind
    for key, value in table.items():
        if key in settings:
            if not settings[key].kind.accepts(value):
                yield _describe(key, place, value, settings[key].kind.text)
        elif close := difflib.get_close_matches(key.casefold(), settings, 1, 0.7):
            if not place:
                yield f"Unknown table [{key}]. Did you mean [{close[0]}]?"
            else:
                yield f'Unknown setting "{key}" in [{place}]. Did you mean "{close[0]}"?'
        elif kind in CLOSED_TABLES:
            yield f'Unknown setting "{key}" in [{place}]. Its settings are: {", ".join(settings)}.'


def _check_lab(name: str, lab: dict[str, Any], earlier: list[str]) -> Iterator[str]:
    place = f"labs.{name}"
    yield from _check_table(lab, "labs.LAB", place)
    for subtable in ("limits", "policy", "server"):
        yield from _check_table(_subtable(lab, subtable), subtable, f"{place}.{subtable}")
    points = _subtable(lab, "points")
    setting = settings_of("labs.LAB.points")["QUESTION"]
    for question, value in points.items():
        if not setting.kind.accepts(value):
            yield _describe(question, f"{place}.points", value, setting.kind.text)
    for needed in _strings(lab, "needs"):
        if needed not in earlier:
            above = ", ".join(earlier) or "none"
            yield f'"needs" in [{place}] names "{needed}", not a lab above it. Labs above: {above}.'
    for question in _strings(lab, "extra_credit"):
        if points and question not in points:
            asked = ", ".join(points)
            yield (
                f'"extra_credit" in [{place}] names "{question}", which has no points in '
                f"[{place}.points]. Questions there: {asked}."
            )


def _check_platform(name: str, platform: object) -> Iterator[str]:
    if not isinstance(platform, dict):
        yield _describe(name, "lti", platform, "a table")
        return
    yield from _check_table(platform, LTI, f"lti.{name}")
    for key in REQUIRED:
        if key not in platform:
            yield f'[lti.{name}] has no "{key}"; copy it from the settings page of your LMS.'


def _strings(table: dict[str, Any], key: str) -> list[str]:
    value = table.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _check_extensions(extensions: dict[str, Any], labs: list[str]) -> Iterator[str]:
    example = f"{{ {labs[0] if labs else '01_mlp_mnist'} = 2 }}"
    for student, moved in extensions.items():
        if not isinstance(moved, dict):
            yield _describe(student, "extensions", moved, f"a table of labs, such as {example}")
            continue
        for lab, until in moved.items():
            if lab not in labs:
                known = ", ".join(labs) or "none"
                yield f'"{student}" in [extensions] names the lab "{lab}". The labs are: {known}.'
            elif not EXTENSION.accepts(until):
                yield _describe(lab, f"extensions.{student}", until, EXTENSION.text)


def _describe(key: str, place: str, value: object, wanted: str) -> str:
    where = f'"{key}" in [{place}]' if place else f'"{key}"'
    return f"{where} is {_as_toml(value)}; it must be {wanted}."


def _as_toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str).replace("NaN", "nan")
