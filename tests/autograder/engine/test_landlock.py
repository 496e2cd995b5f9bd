"""Landlock confines a process to the files it is given, with and without a sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.engine.engine import Engine
from autograder.engine.student.landlock import find_version
from autograder.engine.wire.limits import Limits
from tests.autograder.engine.judge import judge

pytestmark = pytest.mark.skipif(find_version() == 0, reason="this kernel has no Landlock")

TRY = """
import os, sys
from autograder.engine.student.landlock import confine
inside, outside = sys.argv[1:]
kept, new, newer, link = (f"{inside}/{name}" for name in ("kept", "new", "newer", "link"))
other = f"{outside}/kept"
confine(["/usr", "/proc", sys.prefix, sys.base_prefix], [inside])
def fails(action):
    try: action()
    except OSError: return True
    return False
allowed = [lambda: open(new, "w").close(), lambda: os.listdir(inside),
           lambda: os.rename(new, newer), lambda: os.remove(newer),
           lambda: os.listdir("/usr"), lambda: os.symlink(outside, link)]
denied = [lambda: open(other), lambda: open(other, "a"), lambda: open(f"{link}/kept"),
          lambda: os.listdir(outside), lambda: os.remove(other), lambda: os.truncate(other, 0),
          lambda: open(f"{outside}/new", "w"), lambda: os.link(other, kept),
          lambda: os.rename(other, kept),
          lambda: os.mknod(f"{inside}/device", 0o20600, os.makedev(1, 3))]
print([number for number, action in enumerate(allowed) if fails(action)],
      [number for number, action in enumerate(denied) if not fails(action)])
"""
# Of the grader, when students' code runs without a sandbox.
PEERS = """
import os
reached = []
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        for part in ("environ", "mem", "maps"):
            # Threads of Linux itself have none of these, and show it to all.
            try: reached += open(f"/proc/{name}/{part}", "rb").read(1)
            except OSError: pass
"""


def test_only_what_is_allowed_can_be_touched(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir(), outside.mkdir()
    (outside / "kept").write_text("text")
    command = [sys.executable, "-c", TRY, str(inside), str(outside)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "[] []\n", done.stdout + done.stderr
    assert (outside / "kept").read_text() == "text"


def test_a_signal_reaches_no_process_outside() -> None:
    if find_version() < 6:
        pytest.skip("this Landlock does not confine signals")
    program = (
        "import os, sys; from autograder.engine.student.landlock import confine\n"
        "confine(['/'], [])\nos.kill(os.getpid(), 0)\nos.kill(int(sys.argv[1]), 0)"
    )
    command = [sys.executable, "-c", program, str(os.getpid())]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "line 4" in done.stderr and "PermissionError" in done.stderr


@pytest.mark.slow
def test_the_course_is_out_of_reach_without_a_sandbox(tmp_path: Path) -> None:
    course = Path(__file__).resolve()
    if str(course).startswith(("/tmp/", "/var/", "/opt/")):
        pytest.skip("this checkout lies where programs may read")
    with Engine(Limits(memory_mb=3000), "none") as engine:
        opened = judge(engine, f"text = open({str(course)!r}).read()", "assert text")
        assert opened.score == 0 and "text" in opened.message
        read = judge(engine, PEERS, "assert reached == [], reached")
        assert read.score == 1, read.message
