"""Right work that is packed in an odd way gets its points in a grading run."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.course import Course
from autograder.export import ExportOptions, export_scores
from tests.autograder.downloads import add_other_lab, zip_files
from tests.autograder.grading.test_run import grade
from tests.autograder.tiny_course import LAB, solved


def read_data_first(course: Course, *, colab: bool) -> bytes:
    """A solved notebook whose answers need a file, and perhaps Colab."""
    notebook = solved(course)
    source = "one = float(open('data/one.txt').read())\nimport helper\nassert helper.two == 2"
    if colab:
        source = f"from google.colab import drive\ndrive.mount('/content/drive')\n{source}"
    notebook.cells.insert(1, new_code_cell(source, id="reads"))
    answer = next(cell for cell in notebook.cells if "return np.dot" in cell.source)
    answer.source = answer.source.replace("np.dot(x, w)", "one * np.dot(x, w)")
    return nbformat.writes(notebook).encode()


def test_right_work_in_odd_files(course: Course, tmp_path: Path) -> None:
    other = add_other_lab(course)
    foreign = new_notebook(cells=[new_code_cell("import pandas as pd\ntable = pd.DataFrame()")])
    files = {"data/one.txt": b"1.0", "helper.py": b"two = 2"}
    inside = {f"lab/{name}": content for name, content in files.items()}
    work, colab = read_data_first(course, colab=False), read_data_first(course, colab=True)
    class_files = {
        "folder": {f"lab/{LAB}.ipynb": work, **inside},
        "zip": {"work.zip": zip_files({f"lab/{LAB}.ipynb": work, **inside})},
        "json": {f"{LAB}.json": colab, **files},
        "other": {f"{LAB}.ipynb": nbformat.writes(other).encode()},
        "foreign": {f"{LAB}.ipynb": nbformat.writes(foreign).encode()},
    }
    for student, own in class_files.items():
        for name, content in own.items():
            path = course.submitted_dir / student / LAB / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    lines = tmp_path / "out.jsonl"
    run = grade(course, "--json", str(lines))
    rows = {row["student"]: row for row in map(json.loads, lines.read_text().splitlines())}
    scores = {student: (row["status"], row["score"]) for student, row in rows.items()}
    right = ("graded", 6.0)
    not_graded = ("failed", 0.0)
    expected = {"folder": right, "zip": right, "json": right}
    assert scores == {**expected, "other": not_graded, "foreign": not_graded}, run.stdout
    assert "none of the cells of 01_neuron" in rows["foreign"]["repairs"][0]
    assert "is lab 02_other, not 01_neuron" in rows["other"]["repairs"][0]
    assert export_scores(course, course.lab(LAB), None, ExportOptions())[1].marks == {}
    assert any("google.colab" in text for text in rows["json"]["repairs"])
