"""The solution of Lab 02 passes on real images.

Other right answers and wrong ones are in the lab's TOML files; `autograder lint` tries them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.labs.answered import answered

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data")) / "cifar10"


def run(until: str) -> None:
    """Run the solved lab up to the tests of a question."""
    names = {"__name__": "__main__"}
    for source, question, tests in answered("02_cnn_cifar", {}):
        exec(compile(source, question or "cell", "exec"), names)
        if question == until and tests:
            return


@pytest.mark.slow
def test_the_solution_passes_on_real_images(tmp_path, monkeypatch):
    if not (REAL / "cifar10_jpeg.npz").is_file():
        pytest.skip(f"the real CIFAR-10 is missing: {REAL / 'cifar10_jpeg.npz'}")
    unpack = [sys.executable, REAL / "unpack_cifar10.py", REAL / "cifar10_jpeg.npz", tmp_path]
    subprocess.run(unpack, check=True)
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "datasets"))
    run(until="experiment")
