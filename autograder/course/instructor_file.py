"""Read a notebook of the instructor's, as other tools write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.errors import AutograderError

_MINOR = {4: 5, 3: 0}


def read_instructor_file(path: Path) -> NotebookNode:
    """Read a notebook in the current format.

    Some tools write a byte-order mark, a format of 4.0 or "4", or none, and no metadata.

    Raises:
        AutograderError: It is not a notebook.
    """
    try:
        fields = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise AutograderError(
            f"{path} cannot be read: {error}", "open it in JupyterLab and save it again"
        ) from error
    version = _find_version(fields)
    if version is None:
        raise AutograderError(
            f"{path} is JSON but not a notebook: it has no list of cells",
            "open it in JupyterLab and save it again, or move it out of the folder",
        )
    minor = fields.get("nbformat_minor")
    fields["nbformat"] = version
    fields["nbformat_minor"] = minor if type(minor) is int else _MINOR.get(version, 0)
    if not isinstance(fields.get("metadata"), dict):
        fields["metadata"] = {}
    try:
        return nbformat.reads(json.dumps(fields), as_version=4)
    except Exception as error:  # nbformat raises half a dozen unrelated types
        said = str(error) or type(error).__name__
        raise AutograderError(f"{path} cannot be read: {said[:300]}") from error


def _find_version(fields: Any) -> int | None:
    if not isinstance(fields, dict):
        return None
    for key, version in (("cells", 4), ("worksheets", 3)):
        if isinstance(fields.get(key), list):
            stated = fields.get("nbformat")
            return stated if type(stated) is int else version
    return None
