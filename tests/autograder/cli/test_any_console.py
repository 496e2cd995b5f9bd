"""Commands print on consoles of any encoding, and say their version."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

PRINT = """
from autograder.cli.console import err, out, print_anywhere, print_error
from autograder.errors import AutograderError
print_anywhere()
out.print("[green]✓[/] Zoë 李: 3 × 2 … →")
err.print("[yellow]![/] ≥ 90 %")
print_error(AutograderError("the file “größe” is empty", "run: autograder grade 01 – again"))
"""


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "✓ Zoë 李: 3 × 2 … →"),
        ("cp1252", "+ Zoë ?: 3 × 2 … ->"),
        ("ascii", "+ Zo? ?: 3 x 2 ... ->"),
        ("cp437", "+ Zoë ?: 3 x 2 ... ->"),
        ("koi8-r", "+ Zo? ?: 3 x 2 ... ->"),
        ("cp932", "+ Zo? 李: 3 × 2 … →"),
    ],
)
def test_any_encoding(encoding: str, shown: str) -> None:
    environment = {"PYTHONIOENCODING": encoding, "PATH": "", "COLUMNS": "200"}
    run = subprocess.run(
        [sys.executable, "-c", PRINT], capture_output=True, env=environment, timeout=60
    )
    assert run.stdout.decode(encoding).splitlines()[0] == shown
    assert b"Traceback" not in run.stderr and b"autograder grade 01" in run.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "grade"]])
def test_the_version(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "autograder", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0
    assert run.stdout == f"autograder {version('keras-course-labs')}\n"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_doctor_in_a_pipe(encoding: str) -> None:
    command = [sys.executable, "-m", "autograder", "doctor"]
    environment = {"PYTHONIOENCODING": encoding, "PATH": "/usr/bin:/bin"}
    run = subprocess.run(command, capture_output=True, env=environment, timeout=120)
    assert b"Traceback" not in run.stderr, run.stderr.decode()
    assert b"Python" in run.stdout
