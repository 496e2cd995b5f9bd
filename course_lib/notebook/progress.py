"""List the questions of the open notebook and what their checks said."""

from __future__ import annotations

from typing import Any

from course_lib.notebook.outcomes import outcomes
from course_lib.notebook.this_notebook import this_notebook


def progress() -> None:
    """Print each question of this notebook, its points, and whether its checks passed.

    It counts the checks that ran since the kernel started, in their own cells or by
    `check_my_work`. Points are those of the whole question: grading runs more checks.

    Example:
        >>> import os, tempfile
        >>> before = os.getcwd()
        >>> os.chdir(tempfile.mkdtemp())
        >>> outcomes.clear()
        >>> progress()
        The file of this notebook was not found. No check has run yet.
        >>> os.chdir(before)
    """
    from IPython import get_ipython

    shell = get_ipython()
    cells = this_notebook("", shell.user_ns if shell else {})
    if not cells:
        ran = [f"{name} {'✓' if passed else '✗'}" for name, passed in outcomes.items()]
        print("The file of this notebook was not found.", ", ".join(ran) or "No check has run yet.")
        return
    checked = [name for name, cell in cells.items() if not _is_written(cell)]
    count = sum(outcomes.get(name, False) for name in checked)
    print(f"{count} of {len(checked)} checks passed.")
    width = max(len(name) for name in cells)
    for name, cell in cells.items():
        points = cell["metadata"]["nbgrader"].get("points", 0)
        unit = "point" if points == 1 else "points"
        mark, state = _describe_state(name, cell)
        print(f"{mark} {name:<{width}}  {points:g} {unit}  {state}".rstrip())


def _is_written(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] != "code" or bool(cell["metadata"]["nbgrader"].get("solution"))


def _describe_state(question: str, cell: dict[str, Any]) -> tuple[str, str]:
    if _is_written(cell):
        return "·", "a person grades it"
    if question not in outcomes:
        return "·", "not checked yet"
    return ("✓", "") if outcomes[question] else ("✗", "not yet")
