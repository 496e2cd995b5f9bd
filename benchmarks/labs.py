"""What benchmarks of the labs share: a lab's own cells, real data where it is, a process apart."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEST_DATA = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data"))


def chosen_labs(named: str | None) -> list[str]:
    """The labs' whole names: of those that `named` lists with commas between, or of all."""
    from autograder.course.course import Course

    course = Course.find(ROOT)
    labs = [course.lab(name) for name in named.split(",")] if named else course.labs()
    return [lab.name for lab in labs]


def code_cells(lab: str) -> Iterator[tuple[str, str, bool]]:
    """A lab's code cells, each with the question that it answers or tests, and whether it tests."""
    from autograder.authoring.source import instructor_notebook
    from autograder.course.course import Course

    course = Course.find(ROOT)
    for cell in instructor_notebook(course, course.lab(lab)).cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and "%pip" not in cell.source:
            question = mark.get("grade_id", "").removesuffix("_answer")
            yield cell.source, question, mark.get("locked", False)


def run_cell(source: str, names: dict) -> None:
    """Run a cell; what it prints is not the benchmark's to say."""
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, names)


def real_mnist() -> Path | None:
    """The folder with the real mnist.npz, or None."""
    for folder in (os.environ.get("COURSE_DATA"), TEST_DATA):
        if folder and (Path(folder) / "mnist.npz").is_file():
            return Path(folder).resolve()
    return None


def real_cifar(into: Path) -> Path | None:
    """The folder with the real cifar10.npz, unpacked where it has to be, or None."""
    prepared = os.environ.get("COURSE_DATA", "")
    if prepared and (Path(prepared) / "cifar10.npz").is_file():
        return Path(prepared).resolve()
    packed = TEST_DATA / "cifar10" / "cifar10_jpeg.npz"
    if not packed.is_file():
        return None
    unpack = [sys.executable, packed.with_name("unpack_cifar10.py").resolve(), packed.resolve()]
    subprocess.run([*unpack, into], check=True, stdout=subprocess.DEVNULL)
    return into / "datasets"


def apart(script: str, profile: str, *arguments: str, data: Path | None = None) -> None:
    """Run a script in a process of its own.

    Args:
        script: its path.
        profile: "quick" or "full".
        arguments: the script's.
        data: the folder of real data; None for the stand-in.

    Raises:
        SystemExit: it failed.
    """
    environment = {k: v for k, v in os.environ.items() if k != "COURSE_DATA"}
    if data is not None:
        environment["COURSE_DATA"] = str(data)
    with tempfile.TemporaryDirectory() as folder:
        # A lab may write files where it runs.
        done = subprocess.run(
            [sys.executable, script, *arguments],
            env={**environment, "COURSE_PROFILE": profile, "TF_CPP_MIN_LOG_LEVEL": "3"},
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
        )
    if done.returncode:
        raise SystemExit(f"the lab did not run:\n{done.stderr[-3000:]}")
