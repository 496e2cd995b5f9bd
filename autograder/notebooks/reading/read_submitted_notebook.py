"""Find and read the notebook that a student submitted, whatever its name."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_raw_cell

from autograder.errors import AutograderError
from autograder.files import DAMAGED_ZIP, replace_surrogates
from autograder.notebooks.reading.read_cell import read_cell

# A notebook of a class has a few hundred KB; with a hundred figures, 30 MB.
MOST_BYTES = 100 * 2**20
# Far above what people write: finding the lab's cells among them takes time.
_MOST_CELLS = 1_000
_MOST_CODE = 10 * 2**20
_MOST_NOTEBOOKS = 100
# Of all notebooks together, unpacked; and of values in a JSON file, which take far more memory
# than its text.
_MOST_IN_ALL = 150 * 2**20
_MOST_VALUES = 3_000_000
_MOST_SHOWN = 300
_IDS_IN_JSON = re.compile(rb'"(?:grade_)?id":\s{0,9}"([^"\\]{1,300})"')


@dataclass(frozen=True)
class _Candidate:
    """A notebook, by its path in the submission or in the zip file `inside`."""

    path: PurePosixPath
    content: bytes
    inside: str = ""

    @property
    def name(self) -> str:
        return _shorten(self.path)

    @property
    def stem(self) -> str:
        return replace_surrogates(self.path.stem)[:_MOST_SHOWN]


def read_submitted_notebook(
    folder: Path, name: str, others: set[str], ids: Collection[str] = ()
) -> tuple[NotebookNode, list[str]]:
    """Read the notebook `name` of a submission.

    Args:
        folder: The student's folder.
        name: The notebook's name in the lab, without its suffix.
        others: The lab's other notebooks: a renamed notebook is not one of them.
        ids: The grade_ids of the notebook in the lab, which identify a renamed one.

    Returns:
        The notebook, and a sentence for each repair that reading it took.

    Raises:
        AutograderError: There is no notebook, or it cannot be read.
    """
    candidates = [c for c in _find_candidates(folder) if c.stem == name or c.stem not in others]
    if not candidates:
        raise AutograderError(_explain_missing(folder, name))
    chosen = _choose(candidates, name, ids)
    repairs = []
    if chosen.inside:
        repairs.append(f"{chosen.name} was taken out of {chosen.inside}")
    if chosen.stem != name:
        repairs.append(f"{chosen.name} was taken for {name}.ipynb")
    left = sorted(f"{c.inside}/{c.name}".removeprefix("/") for c in candidates if c is not chosen)
    if left:
        repairs.append(f"other notebooks were left aside: {', '.join(left)[:_MOST_SHOWN]}")
    notebook, more = _parse(chosen)
    return notebook, repairs + more


def _choose(candidates: list[_Candidate], name: str, ids: Collection[str]) -> _Candidate:
    """Return the top-level notebook of that name, or else the one with most of the lab's cells."""
    exact = [c for c in candidates if c.stem == name]
    if exact or len(candidates) == 1:
        return min(exact or candidates, key=lambda c: (bool(c.inside), len(c.path.parts)))
    lab_ids = {grade_id.encode() for grade_id in ids}
    return max(
        candidates,
        key=lambda c: (
            len(lab_ids.intersection(found[1] for found in _IDS_IN_JSON.finditer(c.content))),
            SequenceMatcher(None, c.stem.lower(), name.lower()).ratio(),
        ),
    )


def _explain_missing(folder: Path, name: str) -> str:
    links = [p for p in sorted(folder.rglob("*")) if p.is_symlink()]
    if links:
        return f"{_shorten(links[0].relative_to(folder))} is a link; submit the file itself"
    files = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
    return f"{name}.ipynb was not handed in; the folder holds: {files[:_MOST_SHOWN]}"


def _shorten(path: PurePath) -> str:
    return replace_surrogates(path.as_posix())[:_MOST_SHOWN]


def _find_candidates(folder: Path) -> list[_Candidate]:
    found: list[_Candidate] = []
    left = _MOST_IN_ALL
    for path in sorted(folder.rglob("*")):
        if ".ipynb_checkpoints" in path.parts or not path.is_file() or path.is_symlink():
            continue
        if path.suffix.lower() not in (".ipynb", ".zip"):
            continue
        if path.stat().st_size > MOST_BYTES:
            raise AutograderError(
                f"{path.name} has {path.stat().st_size / 2**20:.0f} MB; the maximum is "
                f"{MOST_BYTES / 2**20:.0f} MB: clear its outputs and submit it again"
            )
        left -= path.stat().st_size
        if left < 0:
            raise AutograderError(
                f"the notebooks and zip files have more than {2 * MOST_BYTES / 2**20:.0f} MB"
            )
        content = path.read_bytes()
        within = path.relative_to(folder)
        if zipfile.is_zipfile(io.BytesIO(content)):
            new = _read_zip(_shorten(within), content, min(left, MOST_BYTES))
        elif path.suffix.lower() == ".ipynb":
            new = [_Candidate(PurePosixPath(within), content)]
        else:
            continue
        found += new
        left -= sum(len(candidate.content) for candidate in new)
        if left < 0 or len(found) > _MOST_NOTEBOOKS:
            raise AutograderError(
                f"the submission has more than {_MOST_NOTEBOOKS} notebooks or "
                f"{_MOST_IN_ALL // 2**20} MB of them: submit one notebook, without old copies"
            )
    return found


def _read_zip(name: str, content: bytes, most: int) -> list[_Candidate]:
    """Read the notebooks in a zip file without unpacking anything to the disk.

    Args:
        name: The zip file's name.
        content: Its bytes.
        most: The maximum number of bytes to unpack.
    """
    found: list[_Candidate] = []
    left = most
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                path = PurePosixPath(entry.filename)
                hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
                if path.suffix.lower() == ".ipynb" and not hidden:
                    # A header may state a wrong size: never read more than allowed in total.
                    with archive.open(entry) as file:
                        notebook = file.read(left + 1)
                    left -= len(notebook)
                    if left < 0:
                        raise AutograderError(
                            f"{name} unpacks to more than {most // 2**20} MB of notebooks"
                        )
                    found.append(_Candidate(path, notebook, name))
                if len(found) > _MOST_NOTEBOOKS:
                    break
    except DAMAGED_ZIP as error:
        raise AutograderError(f"{name} cannot be unpacked: {error}") from error
    return found


def _parse(candidate: _Candidate) -> tuple[NotebookNode, list[str]]:
    """Return a notebook of plain cells: sources, pasted images, ids and nbgrader's metadata."""
    repairs: list[str] = []
    if candidate.content.startswith(b"\xef\xbb\xbf"):
        repairs.append("a byte-order mark was removed")
    fields = _read_json(candidate)
    version = fields.get("nbformat") if isinstance(fields, dict) else None
    if type(version) is not int or version < 1:
        raise AutograderError(f"{candidate.name} is JSON but not a notebook")
    if version < 4:
        repairs.append(f"notebook format {version} was converted to 4")
        fields = _convert(candidate, fields)
    notebook = new_notebook(cells=_read_cells(candidate, fields, repairs))
    metadata = fields.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if isinstance(kernel, dict) and isinstance(kernel.get("name"), str):
        notebook.metadata.kernelspec = {"name": replace_surrogates(kernel["name"])[:_MOST_SHOWN]}
    return notebook, repairs


def _read_json(candidate: _Candidate) -> Any:
    if not candidate.content.strip():
        raise AutograderError(f"{candidate.name} is empty")
    values = sum(map(candidate.content.count, (b",", b"[", b"{")))
    if values > _MOST_VALUES:
        raise AutograderError(
            f"{candidate.name} holds {values:,} values; the maximum is {_MOST_VALUES:,}: clear its "
            "outputs and submit it again"
        )
    is_utf_16 = candidate.content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return json.loads(candidate.content.decode("utf-16" if is_utf_16 else "utf-8-sig"))
    except (UnicodeDecodeError, RecursionError) as error:
        raise AutograderError(f"{candidate.name} cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        raise AutograderError(
            f"{candidate.name} is not a notebook, or only a part of one: "
            f"line {error.lineno}: {error.msg}"
        ) from error
    except ValueError as error:  # a number with more digits than Python reads
        raise AutograderError(f"{candidate.name} is not a notebook: {error}") from error


def _convert(candidate: _Candidate, fields: dict[str, Any]) -> Any:
    """Convert a notebook of an old format, without outputs and whatever else is not read."""
    cannot = f"{candidate.name} cannot be converted"
    sheets = fields.get("worksheets")
    if not isinstance(sheets, list):
        raise AutograderError(f"{cannot}: it has no list of worksheets")
    cells: list[Any] = []
    for sheet in sheets:
        found = sheet.get("cells") if isinstance(sheet, dict) else None
        cells += found if isinstance(found, list) else []
    _check_number(candidate, len(cells))
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
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    plain["metadata"] = {"nbgrader": mark} if isinstance(mark, dict) else {}
    if cell.get("cell_type") == "code":
        plain["outputs"] = []
    return plain


def _check_number(candidate: _Candidate, cells: int) -> None:
    if cells > _MOST_CELLS:
        raise AutograderError(f"{candidate.name} has {cells} cells; the maximum is {_MOST_CELLS}")


def _read_cells(
    candidate: _Candidate, fields: dict[str, Any], repairs: list[str]
) -> list[NotebookNode]:
    """Return the plain cells of a notebook, with unique ids; add to `repairs` what was left out."""
    cells = fields.get("cells")
    if not isinstance(cells, list):
        raise AutograderError(f"{candidate.name} has no list of cells")
    _check_number(candidate, len(cells))
    plain = [cell for cell in map(read_cell, cells) if cell is not None]
    if len(plain) < len(cells):
        repairs.append(f"{len(cells) - len(plain)} entries that are not cells were left out")
    code = sum(len(cell.source) for cell in plain if cell.cell_type == "code")
    if code > _MOST_CODE:
        raise AutograderError(
            f"{candidate.name} has {code / 2**20:.0f} MB of code; the maximum is "
            f"{_MOST_CODE // 2**20} MB"
        )
    seen: set[str] = set()
    for cell in plain:
        while cell.id in seen:
            cell.id = new_raw_cell().id
        seen.add(cell.id)
    return plain
