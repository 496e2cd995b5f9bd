"""What `nbgrader generate_assignment` does with a source notebook before it stores the tests."""

from __future__ import annotations

import contextlib
import copy
import logging
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import yaml
from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from traitlets.config import Config

_log = logging.getLogger("autograder.nbgrader")


def include_header_and_footer(course: Course, notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with the header and the footer that `nbgrader_config.py` names.

    Raises:
        AutograderError: One of them cannot be read.
    """
    from nbgrader.preprocessors import IncludeHeaderFooter

    config = copy.deepcopy(course.nbgrader_config)
    step = IncludeHeaderFooter(config=config, log=_log)
    if not (step.header or step.footer):
        return notebook
    for part in ("header", "footer"):
        if path := getattr(step, part):
            setattr(step, part, str(course.root / path))
    try:
        return step.preprocess(notebook, {})[0]
    except Exception as error:  # nbgrader and nbformat raise half a dozen unrelated types
        raise AutograderError(
            f"the header or footer of nbgrader_config.py cannot be read: {error}",
            "its path is relative to the course folder; an old one: nbgrader update PATH",
        ) from error


def instantiate_tests(course: Course, lab: Lab, name: str, notebook: NotebookNode) -> None:
    """Replace the `### AUTOTEST` lines of a notebook by the tests that nbgrader makes of them.

    nbgrader runs the instructor's notebook in a kernel and turns the values of each line's
    expressions into assertions.

    Args:
        course: The course.
        lab: The lab.
        name: The notebook's file name.
        notebook: The instructor's notebook; its test cells are changed.

    Raises:
        AutograderError: nbgrader cannot make the tests.
    """
    from nbgrader.preprocessors import InstantiateTests

    config = course.nbgrader_config
    mark = InstantiateTests(config=config).autotest_delimiter
    if not any(mark in cell.source for cell in notebook.cells if cell.cell_type == "code"):
        return
    folder = course.source_dir / lab.name
    try:
        sources = _run_autotests(nbformat.writes(notebook), str(folder), str(course.root), config)
    except Exception as error:  # nbgrader, Jupyter and YAML raise many unrelated types
        reason = str(error) or "see: nbgrader generate_assignment"
        raise AutograderError(
            f"{lab.name}/{name}: the tests of its {mark} lines cannot be made: {reason}",
            "check autotests.yml and the notebook's kernel: nbgrader generate_assignment "
            f"{lab.name}",
        ) from error
    for cell, source in zip(notebook.cells, sources, strict=True):
        cell.source = source


class _HashableConfig:
    """Settings as a key of a cache."""

    def __init__(self, config: Config) -> None:
        self.config, self._key = config, repr(config)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _HashableConfig) and other._key == self._key


def _run_autotests(text: str, folder: str, root: str, config: Config) -> list[str]:
    """Return the sources of the cells, with tests in place of AUTOTEST lines."""
    return list(_run_once(text, folder, root, _HashableConfig(config)))


@lru_cache(maxsize=64)  # a kernel takes seconds, and one command reads a lab several times
def _run_once(text: str, folder: str, root: str, settings: _HashableConfig) -> tuple[str, ...]:
    from nbgrader.preprocessors import InstantiateTests

    notebook = nbformat.reads(text, as_version=4)
    step = InstantiateTests(config=settings.config, log=_log)
    with work_in(Path(root)):
        try:
            notebook, _ = step.preprocess(notebook, {"metadata": {"path": folder}})
        except yaml.YAMLError as error:
            raise ValueError(f"autotests.yml is not valid: {error}") from error
    return tuple(cell.source for cell in notebook.cells)


@contextlib.contextmanager
def work_in(folder: Path) -> Iterator[None]:
    """Make a folder the working folder: nbgrader looks there for autotests.yml and headers."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
