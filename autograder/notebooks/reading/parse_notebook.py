"""Read the JSON of a submitted notebook into plain cells, whatever format it is in."""

from __future__ import annotations

import json
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_raw_cell

from autograder.errors import AutograderError
from autograder.files import replace_surrogates
from autograder.notebooks.reading.read_cell import join_source, read_cell

# Far above what people write: finding the lab's cells among them takes time.
_MOST_CELLS = 1_000
_MOST_CODE = 10 * 2**20
# Of values in a JSON file, which take far more memory than its text.
_MOST_VALUES = 3_000_000
_MOST_SHOWN = 300


def parse_notebook(content: bytes, name: str) -> tuple[NotebookNode, list[str]]:
    """Read a notebook: sources, pasted images, ids and nbgrader's metadata.

    Args:
        content: The file's bytes.
        name: The file's name, for sentences.

    Returns:
        The notebook of plain cells, and a sentence for each repair.

    Raises:
        AutograderError: It cannot be read.
    """
    repairs: list[str] = []
    if content.startswith(b"\xef\xbb\xbf"):
        repairs.append("a byte-order mark was removed")
    fields = _read_json(content, name, repairs)
    version = _find_version(fields, repairs)
    if version is None:
        raise AutograderError(f"{name} is JSON but not a notebook")
    if version < 4:
        repairs.append(f"notebook format {version} was converted to 4")
        fields = _convert(name, {**fields, "nbformat": version})
    notebook = new_notebook(cells=_read_cells(name, fields, repairs))
    metadata = fields.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if isinstance(kernel, dict) and isinstance(kernel.get("name"), str):
        notebook.metadata.kernelspec = {"name": replace_surrogates(kernel["name"])[:_MOST_SHOWN]}
    return notebook, repairs


def read_sources(content: bytes) -> set[str] | None:
    """Read the stripped texts of a notebook's cells; None if it cannot be read."""
    try:
        notebook, _ = parse_notebook(content, "")
    except AutograderError:
        return None
    return {cell.source.strip() for cell in notebook.cells}


def _find_version(fields: Any, repairs: list[str]) -> int | None:
    """Return the notebook's format; None if it is not a notebook.

    Some tools write no number, or 4.0: then the lists that the file has decide.
    """
    if not isinstance(fields, dict):
        return None
    stated = fields.get("nbformat")
    if type(stated) is int and stated >= 1:
        return stated
    for key, version in (("cells", 4), ("worksheets", 3)):
        if isinstance(fields.get(key), list):
            shown = "missing" if "nbformat" not in fields else f"{str(stated)[:20]!r}"
            repairs.append(f"the notebook's format was {shown}; it was read as format {version}")
            return version
    return None


def _read_json(content: bytes, name: str, repairs: list[str]) -> Any:
    if not content.strip():
        raise AutograderError(f"{name} is empty")
    values = sum(map(content.count, (b",", b"[", b"{")))
    if values > _MOST_VALUES:
        raise AutograderError(
            f"{name} holds {values:,} values; the maximum is {_MOST_VALUES:,}: clear its "
            "outputs and submit it again"
        )
    try:
        # Not strict: some tools write line ends and tabs in strings as they are.
        return json.loads(_decode(content, repairs).removeprefix("\ufeff"), strict=False)
    except (UnicodeDecodeError, RecursionError) as error:
        raise AutograderError(f"{name} cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        raise AutograderError(
            f"{name} is not a notebook, or only a part of one: line {error.lineno}: {error.msg}"
        ) from error
    except ValueError as error:  # a number with more digits than Python reads
        raise AutograderError(f"{name} is not a notebook: {error}") from error


def _decode(content: bytes, repairs: list[str]) -> str:
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if not encoding.startswith("utf-8"):
            raise
        text = content.decode("cp1252")
        repairs.append("the notebook is not written in UTF-8; it was read as Windows-1252")
        return text


def _convert(name: str, fields: dict[str, Any]) -> Any:
    """Convert a notebook of an old format, without outputs and whatever else is not read."""
    cannot = f"{name} cannot be converted"
    sheets = fields.get("worksheets")
    if not isinstance(sheets, list):
        raise AutograderError(f"{cannot}: it has no list of worksheets")
    cells: list[Any] = []
    for sheet in sheets:
        found = sheet.get("cells") if isinstance(sheet, dict) else None
        cells += found if isinstance(found, list) else []
    _check_number(name, len(cells))
    plain = [_strip_old_cell(cell) for cell in cells if isinstance(cell, dict)]
    kept: dict[str, Any] = {
        key: fields[key] for key in ("nbformat", "nbformat_minor") if key in fields
    }
    kept.update(metadata={}, worksheets=[{"metadata": {}, "cells": plain}])
    try:
        # `reads` joins the lists of lines that format 3 has as sources.
        return nbformat.reads(json.dumps(kept), as_version=4)
    except Exception as error:  # the converters raise any error on a damaged file
        raise AutograderError(f"{cannot}: {str(error)[:_MOST_SHOWN]}") from error


def _strip_old_cell(cell: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a cell of an old format that become a source, a kind or an id."""
    fields = ("cell_type", "input", "source", "level", "language")
    plain = {key: cell[key] for key in fields if key in cell}
    for key in ("input", "source"):
        lines = plain.get(key)
        if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
            plain[key] = join_source(lines)
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    plain["metadata"] = {"nbgrader": mark} if isinstance(mark, dict) else {}
    if cell.get("cell_type") == "code":
        plain["outputs"] = []
    return plain


def _check_number(name: str, cells: int) -> None:
    if cells > _MOST_CELLS:
        raise AutograderError(f"{name} has {cells} cells; the maximum is {_MOST_CELLS}")


def _read_cells(name: str, fields: dict[str, Any], repairs: list[str]) -> list[NotebookNode]:
    """Return the plain cells of a notebook, with unique ids; add to `repairs` what was left out."""
    cells = fields.get("cells")
    if not isinstance(cells, list):
        raise AutograderError(f"{name} has no list of cells")
    _check_number(name, len(cells))
    plain = [cell for cell in map(read_cell, cells) if cell is not None]
    if len(plain) < len(cells):
        repairs.append(f"{len(cells) - len(plain)} entries that are not cells were left out")
    code = sum(len(cell.source) for cell in plain if cell.cell_type == "code")
    if code > _MOST_CODE:
        raise AutograderError(
            f"{name} has {code / 2**20:.0f} MB of code; the maximum is {_MOST_CODE // 2**20} MB"
        )
    seen: set[str] = set()
    for cell in plain:
        while cell.id in seen:
            cell.id = new_raw_cell().id
        seen.add(cell.id)
    return plain
