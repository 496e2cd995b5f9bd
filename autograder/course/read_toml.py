"""Read a TOML file."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; empty if the file does not exist.

    Raises:
        AutograderError: The file is not valid TOML; the message names the line.
    """
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AutograderError(f"{path} is not valid UTF-8", "save it as UTF-8") from None
    return parse_toml(text, path)


def parse_toml(text: str, path: Path = Path("course.toml")) -> dict[str, Any]:
    """Return the tables of a text in TOML.

    Args:
        text: The text.
        path: The file that messages name.

    Raises:
        AutograderError: It is not valid TOML; the message names the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AutograderError(
            f"{path.name}: {_explain(str(error), text)}", f"edit {path}"
        ) from None


def _explain(error: str, text: str) -> str:
    """Return what to fix, and where, for an error of the TOML parser."""
    place = _PLACE.search(error)
    number = int(place[1]) if place else len(text.splitlines())
    line = (text.splitlines() or [""])[number - 1].strip()
    reason = _PLACE.sub("", error).removesuffix(" (at end of document)")
    return f"Fix line {number}: {reason} in `{line}`."
