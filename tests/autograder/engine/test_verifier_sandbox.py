"""The process that runs the tests reaches neither the course nor the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.engine.engine import Engine
from tests.autograder.engine.judge import judge

TEST = """
import os, socket
seen = {path: os.path.exists(path) for path in PATHS}
assert not any(seen.values()), seen
failed = []
for path in ("/usr/x", "/dev/x", "/x", "/proc/sys/kernel/core_pattern"):
    try:
        open(path, "w")
    except OSError:
        failed.append(path)
assert len(failed) == 4, failed
open("notes.txt", "w").write("a test's own file")
open("/tmp/x", "w").write("x")
try:
    socket.create_connection(("198.51.100.1", 80), timeout=1)
    connected = True
except OSError:
    connected = False
assert not connected and answer == 42
"""


@pytest.mark.slow
def test_course_and_machine_are_out_of_reach(engine: Engine, tmp_path: Path) -> None:
    if not engine.isolation.startswith("bwrap"):
        pytest.skip("no bubblewrap here")
    course = tmp_path / "gradebook.db"
    course.write_bytes(b"scores")
    root = Path(__file__).parents[3]
    hidden = [str(course), str(root / "solutions"), str(root / "course.toml"), "/etc/shadow"]
    test = f"PATHS = {hidden!r}\n{TEST}"
    verdict = judge(engine, "answer = 42", test)
    assert verdict.score == 1, verdict.message
