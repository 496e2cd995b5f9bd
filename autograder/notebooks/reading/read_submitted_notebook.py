"""Finding and reading the notebook that a student handed in, whatever it is called."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePath, PurePosixPath

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.errors import AutograderError
from autograder.files import DAMAGED_ZIP, writable
from autograder.notebooks.reading.paste_images import paste_images

# A notebook of a class is a few hundred KB; a hundred figures make 30 MB.
MOST_BYTES = 100 * 2**20
# Far above what people write: finding the lab's cells among them takes its time.
_MOST_CELLS = 1_000
_MOST_CODE = 10 * 2**20
_MOST_NOTEBOOKS = 100
_MOST_SHOWN = 300
_CELLS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_IDS_IN_JSON = re.compile(rb'"(?:grade_)?id":\s{0,9}"([^"\\]{1,300})"')


@dataclass(frozen=True)
class _Candidate:
    """A notebook, by its path in the submission or in the zip file `inside`."""

    path: PurePosixPath
    content: bytes
    inside: str = ""

    @property
    def name(self) -> str:
        return _shown(self.path)

    @property
    def stem(self) -> str:
        return writable(self.path.stem)[:_MOST_SHOWN]


def grade_ids(source: NotebookNode) -> list[str]:
    """The ids of nbgrader's cells in a notebook of the lab's."""
    marks = (cell.metadata.get("nbgrader", {}) for cell in source.cells)
    return [mark["grade_id"] for mark in marks if mark]


def read_submitted_notebook(
    folder: Path, name: str, others: set[str], ids: Collection[str] = ()
) -> tuple[NotebookNode, list[str]]:
    """The notebook `name` of a submission, and what was put right to read it.

    Args:
        folder: what the student handed in.
        name: the notebook's name in the lab, without its suffix.
        others: the lab's other notebooks, which are not taken for a renamed one.
        ids: of its cells in the lab (`grade_ids`), by which a renamed one is known.

    Raises:
        AutograderError: there is none, or none that can be read.
    """
    candidates = [c for c in _candidates(folder) if c.stem == name or c.stem not in others]
    if not candidates:
        raise AutograderError(_nothing_in(folder, name))
    if len(candidates) > _MOST_NOTEBOOKS:
        raise AutograderError(f"{len(candidates)} notebooks were handed in")
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
    """The one of that name that lies on top; or else the one with most of the lab's cells."""
    exact = [c for c in candidates if c.stem == name]
    if exact or len(candidates) == 1:
        return min(exact or candidates, key=lambda c: (bool(c.inside), len(c.path.parts)))
    wanted = {grade_id.encode() for grade_id in ids}
    return max(
        candidates,
        key=lambda c: (
            len(wanted.intersection(found[1] for found in _IDS_IN_JSON.finditer(c.content))),
            SequenceMatcher(None, c.stem.lower(), name.lower()).ratio(),
        ),
    )


def _nothing_in(folder: Path, name: str) -> str:
    links = [p for p in sorted(folder.rglob("*.ipynb")) if p.is_symlink()]
    if links:
        return f"{_shown(links[0].relative_to(folder))} is a link; hand in the file itself"
    beside = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
    return f"{name}.ipynb was not handed in; the folder holds: {beside[:_MOST_SHOWN]}"


def _shown(path: PurePath) -> str:
    return writable(path.as_posix())[:_MOST_SHOWN]


def _candidates(folder: Path) -> list[_Candidate]:
    found = []
    for path in sorted(folder.rglob("*")):
        if ".ipynb_checkpoints" in path.parts or not path.is_file() or path.is_symlink():
            continue
        if path.suffix.lower() not in (".ipynb", ".zip"):
            continue
        if path.stat().st_size > MOST_BYTES:
            raise AutograderError(
                f"{path.name} has {path.stat().st_size / 2**20:.0f} MB; "
                f"{MOST_BYTES / 2**20:.0f} is the most: clear its outputs and hand it in again"
            )
        content = path.read_bytes()
        within = path.relative_to(folder)
        if zipfile.is_zipfile(io.BytesIO(content)):
            found += _inside(_shown(within), content)
        elif path.suffix.lower() == ".ipynb":
            found.append(_Candidate(PurePosixPath(within), content))
    return found


def _inside(name: str, content: bytes) -> list[_Candidate]:
    """The notebooks in a zip file, read without unpacking anything to the disk."""
    found: list[_Candidate] = []
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                path = PurePosixPath(entry.filename)
                hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
                if path.suffix.lower() == ".ipynb" and not hidden:
                    # A header may lie about the size: never read more than is allowed, in all.
                    with archive.open(entry) as file:
                        notebook = file.read(left + 1)
                    left -= len(notebook)
                    if left < 0:
                        raise AutograderError(
                            f"{name} unpacks to more than {MOST_BYTES // 2**20} MB of notebooks"
                        )
                    found.append(_Candidate(path, notebook, name))
    except DAMAGED_ZIP as error:
        raise AutograderError(f"{name} can't be unpacked: {error}") from error
    return found


def _parse(candidate: _Candidate) -> tuple[NotebookNode, list[str]]:
    """A notebook of plain cells: sources, pasted images, ids and nbgrader's metadata, no more."""
    repairs = []
    content = candidate.content
    if not content.strip():
        raise AutograderError(f"{candidate.name} is empty")
    if content.startswith(b"\xef\xbb\xbf"):
        repairs.append("a byte-order mark was removed")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        fields = json.loads(content.decode(encoding))
    except (UnicodeDecodeError, RecursionError) as error:
        raise AutograderError(f"{candidate.name} can't be read: {error}") from error
    except json.JSONDecodeError as error:
        raise AutograderError(
            f"{candidate.name} is not, or only in part, a notebook: "
            f"line {error.lineno}: {error.msg}"
        ) from error
    except ValueError as error:  # a number of more digits than Python reads
        raise AutograderError(f"{candidate.name} is no notebook: {error}") from error
    version = fields.get("nbformat") if isinstance(fields, dict) else None
    if type(version) is not int or version < 1:
        raise AutograderError(f"{candidate.name} is JSON but no notebook")
    if version < 4:
        repairs.append(f"notebook format {version} was converted to 4")
        try:
            # `reads` joins the lists of lines in which format 3 keeps its sources.
            fields = nbformat.reads(json.dumps(fields), as_version=4)
        except Exception as error:  # the converters raise whatever the old file makes them
            raise AutograderError(
                f"{candidate.name} can't be converted: {str(error)[:_MOST_SHOWN]}"
            ) from error
    cells = fields.get("cells")
    if not isinstance(cells, list):
        raise AutograderError(f"{candidate.name} has no list of cells")
    if len(cells) > _MOST_CELLS:
        raise AutograderError(
            f"{candidate.name} has {len(cells)} cells; {_MOST_CELLS} are the most"
        )
    plain, dropped = [], 0
    for cell in cells:
        rebuilt = _plain_cell(cell)
        if rebuilt is None:
            dropped += 1
        else:
            plain.append(rebuilt)
    if dropped:
        repairs.append(f"{dropped} entries that are no cells were left out")
    code = sum(len(cell.source) for cell in plain if cell.cell_type == "code")
    if code > _MOST_CODE:
        raise AutograderError(
            f"{candidate.name} has {code / 2**20:.0f} MB of code; "
            f"{_MOST_CODE // 2**20} are the most"
        )
    seen: set[str] = set()
    for cell in plain:
        while cell.id in seen:
            cell.id = new_raw_cell().id
        seen.add(cell.id)
    notebook = new_notebook(cells=plain)
    metadata = fields.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if isinstance(kernel, dict) and isinstance(kernel.get("name"), str):
        notebook.metadata.kernelspec = {"name": writable(kernel["name"])[:_MOST_SHOWN]}
    return notebook, repairs


def _plain_cell(cell: object) -> NotebookNode | None:
    kind = cell.get("cell_type") if isinstance(cell, dict) else None
    if not isinstance(kind, str) or kind not in _CELLS:
        return None
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return None
    # A lone surrogate, as "\ud800" in JSON makes one, can't be written as UTF-8 again.
    source = writable(source).replace("\r\n", "\n")  # Windows' lines are no change of a test
    rebuilt = _CELLS[kind](source)
    if kind == "markdown":
        paste_images(rebuilt, cell.get("attachments"))
    if isinstance(cell.get("id"), str) and _ID.fullmatch(cell["id"]):
        rebuilt.id = cell["id"]
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(mark, dict) and isinstance(mark.get("grade_id"), str):
        # No more than is asked for: the rest may be nested as deep, and as long, as JSON can be.
        rebuilt.metadata.nbgrader = {"grade_id": writable(mark["grade_id"])[:_MOST_SHOWN]}
        if type(mark.get("points")) in (int, float):
            rebuilt.metadata.nbgrader["points"] = mark["points"]
    return rebuilt
