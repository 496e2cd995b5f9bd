"""Run the visible checks of one question and report the outcome."""

from __future__ import annotations

from typing import Any

from course_lib.notebook.describe_error import describe_error
from course_lib.notebook.outcomes import outcomes
from course_lib.notebook.this_notebook import this_notebook


def check_my_work(question: str, namespace: dict[str, Any] | None = None) -> None:
    """Run the visible checks of a question on the current variables, and print the outcome.

    Args:
        question: Name of the question as in the lab's headings: "neuron".
        namespace: The variables to check. Default: those of the notebook.

    Raises:
        ValueError: The notebook has no such question; the message lists its questions.

    Example:
        >>> import json, os, tempfile
        >>> before = os.getcwd()
        >>> os.chdir(tempfile.mkdtemp())
        >>> mark = {"nbgrader": {"grade_id": "bias", "grade": True, "solution": False}}
        >>> cell = {"cell_type": "code", "source": "assert b, 'b is 0'", "metadata": mark}
        >>> with open("lab.ipynb", "w") as file:
        ...     json.dump({"cells": [cell]}, file)
        >>> check_my_work("bias", {"b": 0})
        bias: not yet. b is 0
        >>> check_my_work("bias", {"b": 1})
        bias: right, as far as you can see. More checks run when it is graded.
        >>> os.chdir(before)
    """
    if namespace is None:
        from IPython import get_ipython

        shell = get_ipython()
        namespace = shell.user_ns if shell else {}
    cells = this_notebook(question, namespace)
    if not cells:
        print(
            f"{question}: the file of this notebook was not found; "
            "run the cell below the question instead."
        )
        return
    if question not in cells:
        raise ValueError(f"There is no question {question!r}; there are: {', '.join(cells)}")
    cell = cells[question]
    if cell["cell_type"] != "code" or cell["metadata"]["nbgrader"].get("solution"):
        print(f"{question}: a person marks it; there are no checks to run.")
        return
    print(f"{question}: {_run_checks(question, ''.join(cell['source']), namespace)}")


def _run_checks(question: str, source: str, namespace: dict[str, Any]) -> str:
    """Run the source of a check cell and describe the outcome."""
    filename = "<the checks>"
    outcomes[question] = False
    try:
        exec(compile(source, filename, "exec"), namespace)
    except Exception as error:
        return describe_error(error, filename)
    outcomes[question] = True
    return "right, as far as you can see. More checks run when it is graded."
