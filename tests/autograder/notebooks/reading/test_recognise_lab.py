"""A notebook of another lab is recognised."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.recognise_lab import find_other_lab
from tests.autograder.downloads import zip_files
from tests.autograder.tiny_course import LAB, solved

LABS = {
    "01": {"neuron", "softmax", "predict", "imports"},
    "02": {"layer", "train", "loss", "imports", "predict"},
    "03": {"conv", "pool"},
    "empty": set(),
}


@pytest.mark.parametrize(
    ("ids", "other"),
    [
        ({"neuron", "softmax", "predict", "imports"}, ""),
        ({"layer", "train", "loss", "imports", "predict"}, "02"),  # two ids in common
        ({"layer", "predict", "imports"}, "02"),
        ({"predict", "imports"}, ""),
        ({"neuron", "softmax", "predict", "layer"}, ""),  # a cell copied from another lab
        ({"neuron", "layer"}, ""),
        ({"conv", "pool", "neuron"}, "03"),
        ({"conv"}, "03"),
        ({"unknown"}, ""),
        (set(), ""),
    ],
)
def test_the_lab_of_most_cells_decides(ids: set[str], other: str) -> None:
    assert find_other_lab(ids, "01", LABS) == other


@pytest.mark.parametrize("form", ["plain", "format 3", "utf-16", "zip", "json"])
def test_another_lab_is_not_graded(course: Course, tmp_path: Path, form: str) -> None:
    notebook = solved(course)
    if form == "format 3":
        content = nbformat.writes(nbformat.convert(notebook, 3), version=3).encode()
    else:
        content = nbformat.writes(notebook).encode("utf-16" if form == "utf-16" else "utf-8")
    name = {"zip": "w.zip", "json": "02_other.json"}.get(form, "02_other.ipynb")
    if form == "zip":
        content = zip_files({f"{LAB}.ipynb": content})
    (tmp_path / name).write_bytes(content)
    labs = {LAB: {"neuron", "softmax", "curves"}, "02_other": {"layer", "softmax"}}
    with pytest.raises(AutograderError, match=f"is lab {LAB}, not 02_other"):
        read_submitted_notebook(tmp_path, "02_other", set(), None, "02_other", labs)
    read_submitted_notebook(tmp_path, LAB, set(), None, LAB, labs)
