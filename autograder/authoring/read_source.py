"""Read a lab's source: its text, its cells, and the question that each cell's header names."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from autograder.errors import AutograderError

ROLES = ("solution", "tests", "written")
# What jupytext and editors write into headers or read from them.
_OTHER_KEYS = {
    "title",
    "name",
    "tags",
    "cell_depth",
    "region_name",
    "lines_to_next_cell",
    "lines_to_end_of_cell_marker",
    "collapsed",
    "jupyter",
    "slideshow",
    "editable",
    "id",
}
_QUESTION = re.compile(r"[A-Za-z0-9._-]{1,50}")
_WRONG_ROLE = re.compile(r"(solution|test|written)s?\b", re.IGNORECASE)
_HEADER = re.compile(r"#\s*%%")
_BROKEN = "incorrectly_encoded_metadata"


def read_source(path: Path) -> NotebookNode:
    """Read a lab's source; each cell's metadata has its role alone, checked.

    Args:
        path: The source, in jupytext's percent format.

    Raises:
        AutograderError: It is not written in UTF-8, or a cell's header is wrong.
    """
    text = _read_text(path)
    headers = [
        (number, line) for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)
    ]
    notebook = jupytext.reads(text, fmt="py:percent")
    # Without a header, the text before the first one is a cell of its own.
    unheaded = len(notebook.cells) - len(headers)
    places = [(1, ""), *headers] if unheaded == 1 else headers
    for cell, (number, line) in zip(notebook.cells, places, strict=False):
        for problem, advice in _find_problems(cell.metadata):
            raise AutograderError(
                f"{path}: line {number} `{line.strip()[:100]}`: {problem}", advice
            )
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k in ROLES})
    return notebook


def _read_text(path: Path) -> str:
    """Read a text in UTF-8, with or without a byte order mark, with any line ends."""
    content = path.read_bytes()
    encoding = json.detect_encoding(content)
    if content and not encoding.startswith("utf-8"):
        raise AutograderError(f"{path} is written in {encoding.upper()}", "save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        line = content.splitlines()[number - 1].decode("cp1252", "replace").strip()
        raise AutograderError(
            f"{path} is not written in UTF-8: line {number}: {line[:100]}", "save it as UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _find_problems(metadata: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a cell's header, and what to do."""
    roles = [role for role in ROLES if role in metadata]
    example = 'write, for example: # %% solution="softmax"'
    if _BROKEN in metadata:
        yield "the attributes cannot be read", example
    if _WRONG_ROLE.match(str(metadata.get("title", ""))):
        yield "an attribute needs = and quotes", example
    for key in metadata:
        if key not in {*ROLES, *_OTHER_KEYS}:
            close = difflib.get_close_matches(key.lower(), ROLES, 1, 0.6)
            known = f"known attributes: {', '.join(ROLES)}"
            yield f"unknown attribute {key!r}", f"did you mean {close[0]!r}?" if close else known
    if len(roles) > 1:
        yield f"a cell is {' or '.join(roles)}, not both", "keep one attribute"
    for role in roles:
        name = metadata[role]
        if not isinstance(name, str) or not _QUESTION.fullmatch(name):
            yield (
                f"{name!r} is not a name for a question",
                "use up to 50 letters a to z, digits and . _ -",
            )
