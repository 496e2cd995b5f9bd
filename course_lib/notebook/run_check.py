"""Run the visible check of a question; the checks of a lab lie in a file of this package."""

from __future__ import annotations

import ast
import linecache
from pathlib import Path
from typing import Any

from course_lib.course_error import CourseError

CHECKS_FOLDER = Path(__file__).parent / "checks"
_TITLE = "# %% "
_DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)


def run_check(lab: str, question: str, namespace: dict[str, Any]) -> None:
    """Run the visible check of a question on a notebook's variables.

    A released notebook calls its checks instead of showing them: they are longer than the answers,
    and they compute what an answer should return.

    Args:
        lab: Name of the lab: "01_mlp_mnist".
        question: Name of the question: "neuron".
        namespace: The notebook's variables, `globals()`. The check's own names, which begin with
            an underscore, and its imports are added.

    Raises:
        CourseError: This version of course_lib has no such check.
        AssertionError: The answer is wrong; the message says what differs.

    Example:
        >>> run_check("16_network_zoo", "cells", {})
        Traceback (most recent call last):
        NameError: name 'kernel_cells' is not defined
    """
    file = CHECKS_FOLDER / f"{lab}.txt"
    checks = split_checks(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if question not in checks:
        raise CourseError(
            f"course_lib has no check of {question} in {lab}",
            "install the version of course_lib that belongs to this notebook",
        )
    # Checks use helpers of earlier checks, which may not have run.
    for name, source in checks.items():
        tree = ast.parse(source, str(file))
        if name == question:
            linecache.checkcache(str(file))
            exec(compile(tree, str(file), "exec"), namespace)
            return
        missing = [one for one in tree.body if _is_missing(one, namespace)]
        exec(compile(ast.Module(missing, []), str(file), "exec"), namespace)


def is_check_file(name: str) -> bool:
    """Return whether a frame with this file name belongs to a check.

    Example:
        >>> is_check_file(str(CHECKS_FOLDER / "16_network_zoo.txt")), is_check_file("<cell>")
        (True, False)
    """
    return name == __file__ or Path(name).parent == CHECKS_FOLDER


def split_checks(text: str) -> dict[str, str]:
    """Return the check of each question; line numbers are those of the whole text.

    Args:
        text: The checks of a lab; "# %% QUESTION" stands before each.

    Example:
        >>> split_checks("# %% a\\nassert x\\n# %% b\\nassert y\\n")
        {'a': '\\nassert x\\n', 'b': '\\n\\n\\nassert y\\n'}
    """
    checks: dict[str, str] = {}
    question = ""
    for number, line in enumerate(text.splitlines(keepends=True)):
        if line.startswith(_TITLE):
            question = line.removeprefix(_TITLE).strip()
            checks[question] = "\n" * (number + 1)
        elif question:
            checks[question] += line
    return checks


def join_checks(checks: dict[str, str]) -> str:
    """Return the text that `split_checks` reads.

    Args:
        checks: The check of each question.

    Example:
        >>> join_checks({"a": "assert x"})
        '# %% a\\nassert x\\n'
    """
    return "\n".join(f"{_TITLE}{name}\n{source.rstrip()}\n" for name, source in checks.items())


def _is_missing(statement: ast.stmt, namespace: dict[str, Any]) -> bool:
    if isinstance(statement, _IMPORTS):
        names = [alias.asname or alias.name.split(".")[0] for alias in statement.names]
    elif isinstance(statement, _DEFINITIONS):
        names = [statement.name]
    elif isinstance(statement, ast.Assign):
        targets = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        names = [name for name in targets if name.startswith("_") and name.isupper()]  # constants
    else:
        return False
    return any(name not in namespace for name in names)
