"""Writes which test cells of a lab are trusted into `course.toml`, and leaves the rest as it is."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any

from autograder.course.course import Course
from autograder.course.read_toml import parse_toml, read_toml
from autograder.errors import AutograderError
from autograder.files import write_atomically

_TABLE = re.compile(r"\s*\[")
_TRUST = re.compile(r"\s*trust\s*=")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_REASON = 160
_COMMENT = (
    "# These test cells run in the student's kernel, where the student's code can reach them:"
)


def write_trust(course: Course, needed: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Add test cells to `trust` of their labs, each with its reason as a comment.

    A course without `[labs.NAME]` tables gets one for every assignment, because these tables say
    which labs a course has.

    Args:
        course: The course.
        needed: By lab, the grade_ids of the test cells and why each needs the student's kernel.

    Returns:
        The labs whose tables were changed.

    Raises:
        AutograderError: The file is written in a way that cannot be changed safely.
    """
    path = course.root / "course.toml"
    data = read_toml(path)
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    has_labs = bool(data.get("labs"))
    changed = []
    for lab in course.labs():
        reasons = needed.get(lab.name, {})
        before = lab.trust if isinstance(lab.trust, tuple) else None
        # A lab that is trusted as a whole stays so.
        new = [] if before is None else [name for name in reasons if name not in before]
        if new:
            trust = [*(before or ()), *new]
            described = [_describe(name, reasons[name]) for name in new]
            text = _put(text, lab.name, described, _format_trust(trust))
            data.setdefault("labs", {}).setdefault(lab.name, {})["trust"] = trust
            changed.append(lab.name)
        elif not has_labs and any(needed.values()):
            text = _put(text, lab.name, [], "")
            data.setdefault("labs", {}).setdefault(lab.name, {})
    if changed:
        _check(text, data, needed)
        write_atomically(path, text)
    return changed


def _check(text: str, expected: dict[str, Any], needed: Mapping[str, Mapping[str, str]]) -> None:
    """Check that the new text holds what it must and nothing else has changed."""
    written = None
    with contextlib.suppress(AutograderError):
        written = parse_toml(text)
    if written != expected:
        lines = [
            f"[labs.{_format_key(lab)}] {_format_trust(list(reasons))}"
            for lab, reasons in needed.items()
            if reasons
        ]
        raise AutograderError(
            "course.toml is written in a way that this command cannot change",
            "add these lines to the tables of the labs yourself: " + "; ".join(lines),
        )


def _describe(name: str, reason: str) -> str:
    text = " ".join(reason.split())
    if len(text) > _LONGEST_REASON:
        text = text[:_LONGEST_REASON] + " …"
    return f"#   {name}: {text}"


def _format_trust(names: list[str]) -> str:
    return f"trust = [{', '.join(json.dumps(name, ensure_ascii=False) for name in names)}]"


def _format_key(lab: str) -> str:
    return lab if _BARE_KEY.fullmatch(lab) else json.dumps(lab, ensure_ascii=False)


def _put(text: str, lab: str, reasons: list[str], trust: str) -> str:
    """Return the text with reasons and a line `trust` in a lab's table, in place of the old line.

    Args:
        text: The text of `course.toml`.
        lab: The lab.
        reasons: Comments.
        trust: The line; empty for an empty table.
    """
    lines = text.splitlines()
    keys = (lab, json.dumps(lab, ensure_ascii=False), f"'{lab}'")
    key = "|".join(map(re.escape, keys))
    header = re.compile(rf"\s*\[\s*labs\s*\.\s*(?:{key})\s*\]\s*(?:#.*)?")
    start = next((i for i, line in enumerate(lines) if header.fullmatch(line)), None)
    new = [_COMMENT, *reasons, trust] if trust else []
    if start is None:
        gap = [""] if lines else []
        return "\n".join([*lines, *gap, f"[labs.{_format_key(lab)}]", *new]) + "\n"
    after = (i for i in range(start + 1, len(lines)) if _TABLE.match(lines[i]))
    end = next(after, len(lines))
    first, last = _find_trust(lines, start + 1, end)
    if last > first:
        new = [*reasons, trust]
    return "\n".join([*lines[:first], *new, *lines[last:]]) + "\n"


def _find_trust(lines: list[str], start: int, end: int) -> tuple[int, int]:
    """Return where `trust`, which may be a list of several lines, begins and ends in a table.

    Both are the table's first line if it is not there.
    """
    for first in range(start, end):
        if not _TRUST.match(lines[first]):
            continue
        for last in range(first + 1, end + 1):
            with contextlib.suppress(AutograderError):
                parse_toml("\n".join(lines[first:last]))
                return first, last
    return start, start
