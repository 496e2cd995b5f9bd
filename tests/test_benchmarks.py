"""The page of benchmarks is made from their results, and every script is on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True)


def test_the_page_is_up_to_date_and_lists_every_script() -> None:
    check = run(str(BENCHMARKS / "run.py"), "--check")
    assert check.returncode == 0, check.stdout + check.stderr


def test_the_examples_of_a_figure() -> None:
    examples = run("-m", "doctest", str(BENCHMARKS / "figure.py"))
    assert examples.returncode == 0, examples.stdout
