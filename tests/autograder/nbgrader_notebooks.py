"""Notebooks as instructors make them in nbgrader's Create Assignment, and courses of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course.course import Course
from autograder.course.source_notebooks import read_source_notebooks
from autograder.engine.wire.note import Note
from autograder.grading.local_workers import LocalWorkers
from autograder.grading.run import GradingRun
from autograder.notebooks.cell_roles import is_answer_cell
from autograder.notebooks.forms import release_notebook
from autograder.results.verdict import Verdict

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def mark(cell: NotebookNode, name: str, **role: Any) -> NotebookNode:
    """The cell with nbgrader's metadata in schema 3."""
    roles = {"grade": False, "solution": False, "locked": False, "task": False, **role}
    cell.metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **roles}
    return cell


def code(source: str) -> NotebookNode:
    """A cell without a role."""
    return new_code_cell(source)


def answer(name: str, solution: str, stub: str = "") -> NotebookNode:
    """An answer in code: the solution is between nbgrader's markers."""
    source = f"{stub}\n### BEGIN SOLUTION\n{solution}\n### END SOLUTION".lstrip("\n")
    return mark(new_code_cell(source), name, solution=True)


def check(name: str, source: str, points: float = 1.0, locked: bool = True) -> NotebookNode:
    """A test cell."""
    return mark(new_code_cell(source), name, grade=True, locked=locked, points=points)


def task(name: str, text: str, points: float) -> NotebookNode:
    """A task, which a person grades."""
    return mark(new_markdown_cell(text), name, task=True, locked=True, points=points)


def write_notebook(path: Path, *cells: NotebookNode) -> Path:
    """Write a notebook of these cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells), metadata={"kernelspec": KERNEL}), path)
    return path


def make_course(root: Path, *cells: NotebookNode, lab: str = "ps1", config: str = "") -> Path:
    """A course of nbgrader with one assignment of one notebook."""
    write_notebook(root / "source" / lab / f"{lab}.ipynb", *cells)
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{config}")
    return root


def hand_in(root: Path, student: str, *sources: str, lab: str = "ps1", name: str = "") -> Path:
    """Submit the released notebook with these sources in place of its answers, in their order."""
    course = Course(root)
    source = read_source_notebooks(course, course.lab(lab))[name or lab]
    notebook = release_notebook(source, course.nbgrader_config)
    answers = [cell for cell in notebook.cells if is_answer_cell(cell)]
    for cell, text in zip(answers, sources, strict=True):
        cell.source = text
    path = root / "submitted" / student / lab / f"{name or lab}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def run_module(root: Path, *command: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `python -m COMMAND` in the course, and check its exit code."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def grade_all(
    workers: LocalWorkers, root: Path, lab: str = "ps1", note: Note | None = None
) -> dict[str, Verdict]:
    """Grade and record as `autograder grade` does; the verdicts by student."""
    course = Course(root)
    graded = GradingRun(course, course.lab(lab)).run(workers, note)
    return {one.result.verdict.student: one.result.verdict for one in graded}
