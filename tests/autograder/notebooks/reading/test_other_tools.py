"""Notebooks saved by Colab, Kaggle and VS Code are collected, read and repaired."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.collect import collect
from autograder.course.course import Course
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from tests.autograder.tiny_course import LAB, solved

Notebook = dict[str, Any]


def colab(notebook: Notebook) -> str:
    """Return what *File → Download* writes: format 4.0, with its own ids in the metadata."""
    for number, cell in enumerate(notebook["cells"]):
        mine = {"id": f"q{number}XkT2bLm9", "outputId": "8a2f4c1e-6b1d-4c3e-e8d5-0f5a7c9b1d2e"}
        cell["metadata"] |= {**mine, "colab": {"base_uri": "https://localhost:8080/", "height": 35}}
        cell["metadata"]["executionInfo"] = {
            "status": "ok",
            "timestamp": 1769900000000,
            "user_tz": -60,
            "elapsed": 3,
            "user": {"displayName": "Zoë O'Brien", "userId": "01234567890123456789"},
        }
        del cell["id"]
        cell["source"] = cell["source"].splitlines(keepends=True)
    badge = (
        '<a href="https://colab.research.google.com/gist/zoe/0123/01_neuron.ipynb" '
        'target="_parent"><img src="https://colab.research.google.com/assets/colab-badge.svg" '
        'alt="Open In Colab"/></a>'
    )
    view = {"id": "view-in-github", "colab_type": "text"}
    notebook["cells"].insert(0, {"cell_type": "markdown", "metadata": view, "source": [badge]})
    about = {"provenance": [], "gpuType": "T4", "include_colab_link": True, "toc_visible": True}
    notebook["metadata"] = {
        "colab": about,
        "accelerator": "GPU",
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"a1": {"model_name": "X"}}},
    }
    return json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 0}, ensure_ascii=False)


def kaggle(notebook: Notebook) -> str:
    """Return what *Download Notebook* writes: one line, cell times, `_uuid` and `trusted`."""
    for number, cell in enumerate(notebook["cells"]):
        uuid = f"8f2839f2-5b08-6a86-0660-{number:012}"
        cell["metadata"] |= {"_uuid": uuid.replace("-", ""), "_cell_guid": uuid, "trusted": True}
        if cell["cell_type"] == "code":
            at = "2027-02-01T10:00:00.000000Z"
            cell["metadata"]["execution"] = {
                "iopub.status.busy": at,
                "iopub.execute_input": at,
                "iopub.status.idle": at,
                "shell.execute_reply": at,
            }
        del cell["id"]
    python = {"name": "python", "version": "3.11.13", "mimetype": "text/x-python"}
    notebook["metadata"] = {
        "kernelspec": {"language": "python", "display_name": "Python 3", "name": "python3"},
        "language_info": {**python, "codemirror_mode": {"name": "ipython", "version": 3}},
        "kaggle": {"accelerator": "none", "dataSources": [], "isInternetEnabled": True},
    }
    return json.dumps({"metadata": notebook["metadata"], **notebook, "nbformat_minor": 4})


def vs_code(notebook: Notebook) -> str:
    """Return what VS Code saves: format 4.5, indent 1, languages, ids of eight digits."""
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"{number:08x}"
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = cell["source"].splitlines(keepends=True)
    version = {"name": "ipython", "version": 3}
    notebook["metadata"] = {
        "kernelspec": {"display_name": ".venv (3.12.3)", "language": "python", "name": "python3"},
        "language_info": {"codemirror_mode": version, "name": "python", "version": "3.12.3"},
    }
    return json.dumps({**notebook, "nbformat_minor": 5}, indent=1, ensure_ascii=False) + "\n"


def old_vs_code(notebook: Notebook) -> str:
    """Return format 4.2 without ids, with the interpreter's hash and Windows line ends."""
    text = json.loads(vs_code(notebook))
    for cell in text["cells"]:
        del cell["id"]
        cell["source"] = [line.replace("\n", "\r\n") for line in cell["source"]]
    text["metadata"]["vscode"] = {
        "interpreter": {"hash": "b0fa6594d8f4cbf19f97940f81e996739fb7646"}
    }
    return json.dumps({**text, "nbformat_minor": 2}, indent=2)


NAMES = {
    colab: f"Copy of {LAB}.ipynb",
    kaggle: "notebook7f3a2b1c9d.ipynb",
    vs_code: f"{LAB} (1).ipynb",
    old_vs_code: f"{LAB}-final.ipynb",
}


@pytest.mark.parametrize("tool", NAMES, ids=lambda tool: tool.__name__)
@pytest.mark.parametrize("metadata", ["kept", "dropped"])
def test_the_notebook_is_the_same_after_repair(
    course: Course, tmp_path: Path, tool: Callable[[Notebook], str], metadata: str
) -> None:
    perfect, instructor = solved(course), make_instructor_notebook(course, course.lab(LAB))
    notebook = json.loads(nbformat.writes(perfect))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if metadata == "dropped":
            cell["metadata"] = {}
    folder = tmp_path / "class" / "zoë"
    folder.mkdir(parents=True)
    (folder / NAMES[tool]).write_text(tool(notebook), encoding="utf-8", newline="")

    (row,) = collect(course, course.lab(LAB), tmp_path / "class", "folder")
    assert (row.student, row.state) == ("zoë", "taken")
    submitted, *_ = read_submitted_notebook(course.submitted_dir / "zoë" / LAB, LAB, set())
    released = release_notebook(instructor)
    repaired, repairs = repair_notebook(submitted, instructor, released)
    nbformat.validate(repaired)
    expected, _ = repair_notebook(perfect, instructor, released)
    own = [cell for cell in repaired.cells if "colab-badge" in cell.source and tool is colab]
    found = [cell for cell in repaired.cells if cell not in own[:1]]
    assert [cell.source for cell in found] == [cell.source for cell in expected.cells]
    assert [c.metadata.get("nbgrader") for c in found] == [
        c.metadata.get("nbgrader") for c in expected.cells
    ]
    assert bool(repairs) == (metadata == "dropped"), repairs
