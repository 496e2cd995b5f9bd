"""Run the visible checks of one question and say what they say."""

from __future__ import annotations

import linecache
import traceback
from typing import Any

from course_lib.notebook.this_notebook import this_notebook


def check_my_work(question: str, namespace: dict[str, Any] | None = None) -> None:
    """Run the visible checks of a question on what is defined now; print what they say, in words.

    Args:
        question: its name, as in the lab's headings: ``"neuron"``.
        namespace: the names that are checked. Default: those of the notebook.

    Raises:
        ValueError: the notebook has no such question; the message lists those that it has.

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
        print(f"{question}: this notebook's file was not found; run the cell below the question.")
        return
    if question not in cells:
        raise ValueError(f"there is no question {question!r}; there are: {', '.join(cells)}")
    cell = cells[question]
    if cell["cell_type"] != "code" or cell["metadata"]["nbgrader"].get("solution"):
        print(f"{question}: a person marks it; there is nothing to run.")
        return
    print(f"{question}: {_said(''.join(cell['source']), namespace)}")


def _said(source: str, namespace: dict[str, Any]) -> str:
    """What the checks say of the names."""
    place = "<the checks>"
    try:
        exec(compile(source, place, "exec"), namespace)
    except AssertionError as error:
        return f"not yet. {error}".rstrip()
    except NotImplementedError:
        return "no answer yet. Put yours in the place of `raise NotImplementedError()`."
    except Exception as error:
        steps = [
            step for step in traceback.extract_tb(error.__traceback__) if step.filename != place
        ]
        line = linecache.getline(steps[-1].filename, steps[-1].lineno).strip() if steps[1:] else ""
        at = f"\nIt stopped at: {line}" if line else ""
        return f"not yet. {type(error).__name__}: {error}{at}"
    return "right, as far as you can see. More checks run when it is graded."
