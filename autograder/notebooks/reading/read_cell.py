"""Read one cell of a submitted notebook."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograder.files import replace_surrogates
from autograder.notebooks.reading.paste_images import paste_images

_MOST_ID = 300
_CELLS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read_cell(cell: Any) -> NotebookNode | None:
    """Return the plain cell; None if it is not a cell."""
    if not isinstance(cell, dict):
        return None
    kind = cell.get("cell_type", "code" if "outputs" in cell else "markdown")
    if not isinstance(kind, str) or kind not in _CELLS:
        return None
    source = join_source(cell.get("source", ""))
    if source is None:
        return None
    # A lone surrogate, such as "\ud800" in JSON, cannot be written as UTF-8.
    rebuilt = _CELLS[kind](replace_surrogates(source))
    if kind == "markdown":
        paste_images(rebuilt, cell.get("attachments"))
    if isinstance(cell.get("id"), str) and _ID.fullmatch(cell["id"]):
        rebuilt.id = cell["id"]
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(mark, dict) and isinstance(mark.get("grade_id"), str):
        # Only the fields that matching uses: others may be nested as deep as JSON allows.
        rebuilt.metadata.nbgrader = {"grade_id": replace_surrogates(mark["grade_id"])[:_MOST_ID]}
        if type(mark.get("points")) in (int, float):
            rebuilt.metadata.nbgrader["points"] = mark["points"]
    return rebuilt


def join_source(source: Any) -> str | None:
    r"""Join the lines of a cell's source; None if it is not text.

    Line ends of Windows and of old Macs become those of Python: they are not a change of a test.
    Some tools write lists of lines without line ends.

    Example:
        >>> join_source(["a = 1\r\n", "b = 2"]), join_source(["a = 1", "b = 2"])
        ('a = 1\nb = 2', 'a = 1\nb = 2')
    """
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        has_ends = any(line.endswith(("\n", "\r")) for line in lines[:-1])
        source = ("" if has_ends else "\n").join(lines)
    return source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else None
