"""Every lab's tests judge as its author meant, under our engine and under stock nbgrader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Course

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("lab", [lab.name for lab in Course(ROOT).labs()])
def test_lint(lab: str) -> None:
    command = [sys.executable, "-m", "autograder", "lint", lab, "--course-dir", str(ROOT)]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
