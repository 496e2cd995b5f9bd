"""Folders beside the notebook that its own cells add to `sys.path`."""

from __future__ import annotations

import os
import re

from nbformat import NotebookNode

from autograder.notebooks.cell_roles import is_answer_cell

_ADDS = re.compile(r"\bpath\.(?:append|insert|extend)\b|\bpath\s*\+=")


def find_module_folders(root: str, source: NotebookNode) -> list[str]:
    """Return the folders below `root` from which the instructor's notebook imports modules.

    Args:
        root: The folder with the instructor's modules.
        source: The instructor's notebook.
    """
    code = [c for c in source.cells if c.cell_type == "code" and not is_answer_cell(c)]
    text = "\n".join(c.source for c in code if _ADDS.search(c.source))
    found = []
    for folder, _, names in os.walk(root):
        within = os.path.relpath(folder, root)
        is_named = re.search(rf"[\"'/]{re.escape(within)}/?[\"']", text)
        if is_named and any(name.endswith(".py") for name in names):
            found.append(folder)
    return found
