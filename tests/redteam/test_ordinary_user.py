"""Cheats against a grader that an ordinary user runs, whose processes have the same user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("descriptors_beside_answers", "init_signalled", "init_traced")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap"),
]


def test_cheats_as_an_ordinary_user() -> None:
    command = [sys.executable, "-m", "tests.redteam.run_cases", "cheats", *NAMES]
    if os.geteuid() == 0:
        # Not root there, and still able to read this checkout.
        user = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
        if subprocess.run([*user, "true"], capture_output=True).returncode:
            pytest.skip("no user namespaces here")
        command = user + command
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    outcomes = [line.split() for line in done.stdout.splitlines() if line[:1].isalpha()]
    found = {name: rest[-1] for name, *rest in outcomes if name in NAMES}
    assert found == dict.fromkeys(NAMES, "ok"), done.stdout + done.stderr[-2000:]
