"""Outputs of cells that readers of a notebook will take."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode


def drop_invalid_outputs(notebook: NotebookNode) -> None:
    """Remove the outputs that do not fit the notebook format: a kernel may send anything."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _is_valid(output)]


def _is_valid(output: NotebookNode) -> bool:
    """Whether readers of the notebook will take this output: a kernel may send anything."""
    try:
        nbformat.validate(output, ref="output", version=4)
    except Exception:  # jsonschema's errors, and others that odd data cause
        return False
    return True
