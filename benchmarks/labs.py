"""Shared by benchmarks of the labs: a lab's cells, real data, and a separate process."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder import Course
from autograder.authoring import read_code_cells as reading

ROOT = Path(__file__).parents[1]
TEST_DATA = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data"))


def list_labs(names: str | None) -> list[str]:
    """Return the full names of the labs in `names`, separated by commas, or of all labs."""
    course = Course.find(ROOT)
    labs = [course.lab(name) for name in names.split(",")] if names else course.labs()
    return [lab.name for lab in labs]


def read_code_cells(lab: str) -> Iterator[tuple[str, str, bool]]:
    """Yield a lab's code cells, each with its question and whether it is a test cell."""
    course = Course.find(ROOT)
    return reading.read_code_cells(course, course.lab(lab))


def run_cell(source: str, names: dict[str, Any]) -> None:
    """Run a cell and drop what it prints."""
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, names)


def find_real_mnist() -> Path | None:
    """Return the folder with the real mnist.npz, or None."""
    for folder in (os.environ.get("COURSE_DATA"), TEST_DATA):
        if folder and (Path(folder) / "mnist.npz").is_file():
            return Path(folder).resolve()
    return None


def find_real_cifar(into: Path) -> Path | None:
    """Return the folder with the real cifar10.npz, or None; unpack it into `into` if necessary."""
    prepared = os.environ.get("COURSE_DATA", "")
    if prepared and (Path(prepared) / "cifar10.npz").is_file():
        return Path(prepared).resolve()
    packed = TEST_DATA / "cifar10" / "cifar10_jpeg.npz"
    if not packed.is_file():
        return None
    unpack = [sys.executable, packed.with_name("unpack_cifar10.py").resolve(), packed.resolve()]
    subprocess.run([*unpack, into], check=True, stdout=subprocess.DEVNULL)
    return into / "datasets"


def run_script(script: str, profile: str, *arguments: str, data: Path | None = None) -> None:
    """Run a script in its own process.

    Args:
        script: The path of the script.
        profile: "quick" or "full".
        arguments: The arguments of the script.
        data: The folder of real data; None for the stand-in.

    Raises:
        SystemExit: The script failed.
    """
    environment = {k: v for k, v in os.environ.items() if k != "COURSE_DATA"}
    if data is not None:
        environment["COURSE_DATA"] = str(data)
    with tempfile.TemporaryDirectory() as folder:
        # A lab may write files into its working folder.
        done = subprocess.run(
            [sys.executable, script, *arguments],
            env={**environment, "COURSE_PROFILE": profile, "TF_CPP_MIN_LOG_LEVEL": "3"},
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
        )
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-3000:]}")
