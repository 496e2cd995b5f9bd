"""Find and read the notebook that a student submitted, whatever its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from nbformat import NotebookNode

from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import is_answer_cell, is_test_cell, list_grade_ids
from autograder.notebooks.reading.parse_notebook import parse_notebook, read_sources
from autograder.notebooks.reading.recognise_lab import find_grade_ids, find_other_lab
from autograder.notebooks.reading.submitted_files import (
    MOST_SHOWN,
    Candidate,
    find_candidates,
    merge_files,
    read_zip_companions,
    shorten,
)


class SubmittedNotebook(NamedTuple):
    """A submitted notebook.

    Args:
        notebook: The notebook, of plain cells.
        repairs: A sentence for each repair that reading it took.
        place: Its own folder in the submission.
        unpacked: The other files of the zip file that it was in.
    """

    notebook: NotebookNode
    repairs: list[str]
    place: PurePosixPath
    unpacked: Mapping[str, bytes]

    def place_files(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the submission's files by the paths that the notebook's code has for them.

        Args:
            files: The files of the submission, by path.
        """
        merged = merge_files(files, self.unpacked)
        paths = {path: PurePosixPath(path) for path in merged}
        beside = {
            str(path.relative_to(self.place)): merged[name]
            for name, path in paths.items()
            if path.is_relative_to(self.place)
        }
        return merge_files(merged, beside)


def read_submitted_notebook(
    folder: Path,
    name: str,
    others: set[str],
    released: NotebookNode | None = None,
    lab: str = "",
    labs: Mapping[str, Collection[str]] | None = None,
) -> SubmittedNotebook:
    """Read the notebook `name` of a submission.

    Args:
        folder: The student's folder.
        name: The notebook's name in the lab, without its suffix.
        others: The lab's other notebooks: a renamed notebook is not one of them.
        released: The notebook as released: tells the notebook that was worked on among several.
        lab: The lab's name.
        labs: The grade_ids of every lab of the course.

    Raises:
        AutograderError: The notebook is missing, cannot be read, or belongs to another lab.
    """
    candidates = [c for c in find_candidates(folder) if c.stem == name or c.stem not in others]
    if not candidates:
        raise AutograderError(_explain_missing(folder, name))
    chosen = _choose(candidates, name, released)
    other = find_other_lab(find_grade_ids(chosen.content), lab, labs or {})
    if other:
        raise AutograderError(f"{chosen.full_name} is lab {other}, not {lab}")
    repairs = []
    if chosen.archive:
        repairs.append(f"{chosen.name} was taken out of {shorten(chosen.archive)}")
    if chosen.stem != name or chosen.path.suffix.lower() != ".ipynb":
        repairs.append(f"{chosen.name} was taken for {name}.ipynb")
    left = sorted(c.full_name for c in candidates if c is not chosen)
    if left:
        repairs.append(f"other notebooks were left aside: {', '.join(left)[:MOST_SHOWN]}")
    notebook, more = parse_notebook(chosen.content, chosen.name)
    unpacked = read_zip_companions((folder / chosen.archive).read_bytes()) if chosen.archive else {}
    return SubmittedNotebook(notebook, repairs + more, chosen.path.parent, unpacked)


def _choose(candidates: list[Candidate], name: str, released: NotebookNode | None) -> Candidate:
    """Return the lab's notebook among several.

    A notebook that was worked on comes before an untouched copy, then the top-level notebook with
    the lab's name, then the one with most of the lab's cells.
    """
    if len(candidates) == 1:
        return candidates[0]
    lab_ids = set(list_grade_ids(released)) if released else set()

    def rank(candidate: Candidate) -> tuple[float, ...]:
        sources = read_sources(candidate.content)
        is_exact = candidate.stem == name
        ids = lab_ids & find_grade_ids(candidate.content)
        is_related = bool(ids) or (released is not None and _has_test_cell(sources, released))
        likeness = SequenceMatcher(None, candidate.stem.lower(), name.lower()).ratio()
        return (
            is_related or (is_exact and (released is None or sources is None)),
            is_related and released is not None and _is_worked_on(sources, released),
            is_exact,
            not candidate.archive if is_exact else 0,
            -len(candidate.path.parts) if is_exact else 0,
            len(ids),
            likeness,
        )

    return max(candidates, key=rank)


def _has_test_cell(sources: set[str] | None, released: NotebookNode) -> bool:
    """Whether one of the lab's test cells is in a notebook, by its text."""
    tests = {cell.source.strip() for cell in released.cells if is_test_cell(cell)}
    return bool((tests - {""}) & (sources or set()))


def _is_worked_on(sources: set[str] | None, released: NotebookNode) -> bool:
    """Whether an answer of a notebook differs from the released one."""
    if sources is None:
        return False
    return any(
        cell.source.strip() not in sources for cell in released.cells if is_answer_cell(cell)
    )


def _explain_missing(folder: Path, name: str) -> str:
    links = [p for p in sorted(folder.rglob("*")) if p.is_symlink()]
    if links:
        return f"{shorten(links[0].relative_to(folder))} is a link; submit the file itself"
    files = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
    return f"{name}.ipynb was not handed in; the folder holds: {files[:MOST_SHOWN]}"
