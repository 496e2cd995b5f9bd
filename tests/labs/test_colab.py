"""A lab opened in Colab finds the repository and changes nothing that Colab has."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.course.course import Course

COURSE = Course(Path(__file__).resolve().parents[2])
NOTEBOOKS = sorted(COURSE.release_dir.glob("*/*.ipynb"))


def test_there_are_labs() -> None:
    assert {path.stem for path in NOTEBOOKS} == {lab.name for lab in COURSE.labs()}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_badge_leads_to_this_notebook(path: Path) -> None:
    github = COURSE.repository.removeprefix("https://github.com/")
    title = nbformat.read(path, as_version=4).cells[0].source
    place = path.relative_to(COURSE.root).as_posix()
    assert f"colab.research.google.com/github/{github}/blob/{COURSE.branch}/{place}" in title


def install_cell(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


def test_the_first_cell_installs_course_lib_and_nothing_else(tmp_path: Path) -> None:
    (source,) = {install_cell(path) for path in NOTEBOOKS}
    (arguments,) = re.findall(r"%pip (install .*)", source)
    address = f"git+{COURSE.repository}@{COURSE.branch}"
    assert address in arguments
    # The same command on a copy of this checkout, told to say what it would install.
    for name in ("course_lib", "autograder"):
        shutil.copytree(COURSE.root / name, tmp_path / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(COURSE.root / name, tmp_path)
    command = shlex.split(arguments.replace(address, str(tmp_path)))
    options = ["--dry-run", "--ignore-installed", "--no-build-isolation", "--report", "-"]
    pip = [sys.executable, "-m", "pip", *command, *options]
    told = subprocess.run(pip, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    installs = [entry["metadata"]["name"] for entry in json.loads(told.stdout)["install"]]
    assert installs == ["keras-course-labs"]


def test_the_first_cell_says_whether_there_is_a_gpu_and_brings_the_helper() -> None:
    source = re.sub(r"try:.*?\n\n", "", install_cell(NOTEBOOKS[0]), flags=re.DOTALL)
    told = subprocess.run(
        [sys.executable, "-c", f"{source}\nprint(check_my_work.__name__)"],
        capture_output=True,
        text=True,
        cwd=COURSE.root,
    )
    said, helper = told.stdout.splitlines()
    assert re.fullmatch("with(out)? a GPU: (quick|full) profile.*", said) and not told.stderr
    assert helper == "check_my_work"
