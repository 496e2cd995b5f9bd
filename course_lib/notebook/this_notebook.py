"""The cells of the notebook that this kernel runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def this_notebook(having: str, namespace: dict[str, Any]) -> dict[str, dict]:
    """Return the graded cells of the open notebook by question.

    Colab is asked for it; JupyterLab and VS Code say in which file it is; elsewhere, as on Kaggle,
    it is looked for in the current folder. Files are read as last saved.

    Args:
        having: of several notebooks in the current folder, the one with this question is meant.
        namespace: the notebook's own names.

    Returns:
        Each graded cell as in the file, by its question; empty where no notebook is found.

    Example:
        >>> import os, tempfile
        >>> before = os.getcwd()
        >>> os.chdir(tempfile.mkdtemp())
        >>> this_notebook("neuron", {})
        {}
        >>> os.chdir(before)
    """
    colab = _in_colab()
    if colab:
        return _graded(colab)
    named = namespace.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
    paths = [Path(named)] if str(named).endswith(".ipynb") else []
    for path in [*paths, *sorted(Path.cwd().glob("*.ipynb"))]:
        found = _graded(_read(path))
        if path in paths and found or having in found:
            return found
    return {}


def _in_colab() -> dict[str, Any]:
    try:
        from google.colab import _message
    except ImportError:
        return {}
    answer = _message.blocking_request("get_ipynb", request="", timeout_sec=20)
    return (answer or {}).get("ipynb", {})


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # another program's file, or half-written
        return {}


def _graded(notebook: dict[str, Any]) -> dict[str, dict]:
    cells = notebook.get("cells", []) if isinstance(notebook, dict) else []
    marked = [(cell.get("metadata", {}).get("nbgrader", {}), cell) for cell in cells]
    return {mark["grade_id"]: cell for mark, cell in marked if mark.get("grade")}
