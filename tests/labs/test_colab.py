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
from nbformat import NotebookNode

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course

ROOT = Path(__file__).resolve().parents[2]
COURSE = Course(ROOT)
NOTEBOOKS = sorted(COURSE.release_dir.glob("*/*.ipynb"))
PUBLISHED = 'repository = "https://github.com/example/course"\nbranch = "v1.0"\n'


def test_there_are_labs() -> None:
    assert {path.stem for path in NOTEBOOKS} == {lab.name for lab in COURSE.labs()}


@pytest.fixture
def published(tmp_path: Path) -> Course:
    """Return the course with a public repository."""
    toml = (ROOT / "course.toml").read_text(encoding="utf-8")
    changed = toml.replace("[course]\n", f"[course]\n{PUBLISHED}")
    (tmp_path / "course.toml").write_text(changed, encoding="utf-8")
    for name in ("nbgrader_config.py", "solutions"):
        (tmp_path / name).symlink_to(ROOT / name)
    return Course(tmp_path)


def test_the_badge_leads_to_the_notebook(published: Course) -> None:
    for lab in published.labs():
        title = make_instructor_notebook(published, lab).cells[0].source
        place = f"labs/{lab.name}/{lab.name}.ipynb"
        assert f"colab.research.google.com/github/example/course/blob/v1.0/{place}" in title


def install_cell(cells: list[NotebookNode]) -> str:
    return next(cell.source for cell in cells if cell.cell_type == "code")


def test_without_a_repository_nothing_is_installed() -> None:
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        assert "colab" not in cells[0].source.lower()
        assert "git+" not in install_cell(cells)
        assert "set `repository` in course.toml" in install_cell(cells)


def test_the_first_cell_installs_course_lib_and_nothing_else(
    published: Course, tmp_path: Path
) -> None:
    source = install_cell(make_instructor_notebook(published, published.labs()[0]).cells)
    (arguments,) = re.findall(r"%pip (install .*)", source)
    address = "git+https://github.com/example/course@v1.0"
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
    cells = nbformat.read(NOTEBOOKS[0], as_version=4).cells
    source = re.sub(r"try:.*?\n\n", "", install_cell(cells), flags=re.DOTALL)
    told = subprocess.run(
        [sys.executable, "-c", f"{source}\nprint(check_my_work.__name__)"],
        capture_output=True,
        text=True,
        cwd=COURSE.root,
    )
    said, helper = told.stdout.splitlines()
    assert re.fullmatch("with(out)? a GPU: (quick|full) profile.*", said) and not told.stderr
    assert helper == "check_my_work"
