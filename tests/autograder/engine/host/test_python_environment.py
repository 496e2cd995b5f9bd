from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.engine.engine import Engine
from autograder.engine.host.python_environment import PythonEnvironment, UnknownKernelError
from autograder.errors import AutograderError

SITE_PACKAGES = str(Path(numpy.__file__).parents[1])


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return tmp_path / "jupyter" / "kernels"


@pytest.fixture
def other(kernels: Path) -> Iterator[Path]:
    """The folder of a kernel "other", whose environment has a module that ours does not have.

    All users can read it, unlike pytest's folders: students' code may run as another user.
    """
    with tempfile.TemporaryDirectory() as above:
        Path(above).chmod(0o755)
        yield _environment(Path(above) / "other environment", kernels)


def _environment(folder: Path, kernels: Path) -> Path:
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "ours.pth").write_text(SITE_PACKAGES + "\n")
    (packages / "only_there.py").write_text("ANSWER = 42\n")
    kernelspec(kernels, "other", [str(folder / "bin/python"), "-m", "ipykernel"], SHADE="green")
    return folder


def kernelspec(kernels: Path, name: str, argv: list[str], language="python", **env: str) -> None:
    (kernels / name).mkdir(parents=True)
    about = {"argv": argv, "display_name": name, "language": language, "env": env}
    (kernels / name / "kernel.json").write_text(json.dumps(about))


def notebook() -> nbformat.NotebookNode:
    def marked(source: str, **mark: object) -> nbformat.NotebookNode:
        mark = {"schema_version": 3, "locked": False, **mark}
        return new_code_cell(source, metadata={"nbgrader": mark})

    answer = (
        "import os, sys\n"
        "from only_there import ANSWER\n"
        "def where(): return [ANSWER, os.environ['SHADE'], sys.prefix, 'keras' in sys.modules]"
    )
    test = "prefix = where()[2]\nassert where()[:2] == [42, 'green'], where()\nprint(prefix)"
    return new_notebook(
        cells=[
            marked(answer, grade_id="a", grade=False, solution=True),
            marked(test, grade_id="t", grade=True, solution=False, points=1),
        ]
    )


@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_students_code_runs_in_the_kernels_environment(other: Path, isolation: str) -> None:
    python = PythonEnvironment.of_kernel("other")
    assert python.kernel == "other"
    with Engine(isolation=isolation, python=python) as engine:
        graded = engine.grade(notebook(), notebook(), seed=1)
    (verdict,) = graded.questions
    assert (verdict.score, verdict.message) == (1.0, "")
    assert str(other) in graded.notebook.cells[1].outputs[0].text


def test_python3_and_a_kernel_of_this_environment_are_this_python(kernels: Path) -> None:
    kernelspec(kernels, "same", [sys.executable, "-m", "ipykernel"])
    assert PythonEnvironment.of_kernel("python3") == PythonEnvironment.this()
    assert PythonEnvironment.of_kernel("same") == PythonEnvironment.this()


def test_a_kernel_that_is_not_here(kernels: Path) -> None:
    with pytest.raises(UnknownKernelError, match="'tf-gpu' is not installed here"):
        PythonEnvironment.of_kernel("tf-gpu")


def test_a_kernel_in_another_language(kernels: Path) -> None:
    kernelspec(kernels, "ir", ["R", "--slave"], language="R")
    with pytest.raises(AutograderError, match="runs R; only Python"):
        PythonEnvironment.of_kernel("ir")


def test_a_kernel_without_ipykernel(tmp_path: Path, kernels: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    executable = str(tmp_path / "bare/bin/python")
    assert subprocess.run([executable, "-c", "pass"]).returncode == 0
    kernelspec(kernels, "bare", [executable, "-m", "ipykernel"])
    with pytest.raises(AutograderError, match="No module named 'ipykernel'") as raised:
        PythonEnvironment.of_kernel("bare")
    assert "pip install ipykernel numpy" in raised.value.hint
