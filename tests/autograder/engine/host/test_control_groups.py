"""The groups bound what they must, and none is left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.engine.host.control_groups import ControlGroup, ControlGroups
from autograder.engine.wire.limits import Limits

TAKE = "input(); taken = b'x' * (int(input()) << 20)"
# Not mapped, so it counts in no process.
KEEP = """input(); import os
file = os.open('/dev/shm', os.O_TMPFILE | os.O_RDWR)
for _ in range(int(input())): os.write(file, bytes(1 << 20))"""
START = """input(); import os, time
started = 0
try:
    for _ in range(30):
        if os.fork() == 0: time.sleep(60)
        started += 1
except OSError: pass
print(started, flush=True)
input()"""
COMPUTE = "import time\nwhile True: pass"


@pytest.fixture
def groups() -> Iterator[ControlGroups]:
    groups = ControlGroups()
    if groups.problem:
        pytest.skip(groups.problem)
    yield groups
    groups.close()


def hold(group: ControlGroup, program: str, **limits: float) -> subprocess.Popen[bytes]:
    """Start a Python program, which first reads a line, in a group."""
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    group.hold(process.pid, Limits.of(limits))
    process.stdin.write(b"\n")
    process.stdin.flush()
    return process


@pytest.mark.parametrize("program", [TAKE, KEEP], ids=["memory", "unmapped file in memory"])
@pytest.mark.parametrize(("taken_mb", "code"), [(20, 0), (400, -9)])
def test_memory_is_bounded(groups: ControlGroups, program: str, taken_mb: int, code: int) -> None:
    group = groups.make("kernel")
    with hold(group, program, memory_mb=100) as process:
        process.communicate(f"{taken_mb}\n".encode())
    assert process.returncode == code
    assert group.ran_out_of_memory == (code != 0)
    group.remove()


def test_the_number_of_processes_is_bounded(groups: ControlGroups) -> None:
    group = groups.make("kernel")
    with hold(group, START, processes=10) as process:
        started = int(process.stdout.readline())
        assert started == 10
        subprocess.run(["pkill", "-P", str(process.pid)], check=True)
        process.communicate(b"\n")
    group.remove()


def test_a_group_of_many_gets_no_larger_share(groups: ControlGroups) -> None:
    """One program beside 16, on one processor: half of it, where it had a seventeenth."""
    core = min(os.sched_getaffinity(0))
    many, few = groups.make("many"), groups.make("few")
    pin = f"import os; os.sched_setaffinity(0, [{core}]); input()\n"
    hogs = [hold(many, pin + COMPUTE) for _ in range(16)]
    one = hold(few, pin + COMPUTE)
    try:
        time.sleep(3)
        used = [_measure_seconds(process.pid) for process in (one, *hogs)]
    finally:
        for process in (one, *hogs):
            process.kill()
            process.communicate()
    assert 0.35 < used[0] / sum(used) < 0.65
    many.remove(), few.remove()


def _measure_seconds(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def test_nothing_is_left(groups: ControlGroups) -> None:
    groups.make("one"), groups.make("two")
    folders = set(groups._folders.values())
    assert folders
    groups.close()
    assert not [folder for folder in folders if folder.exists()]


def test_what_a_killed_run_left_goes_with_the_next(groups: ControlGroups) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = groups._folders["memory"].parent / f"autograder-{ended.pid}-1"
    (left / "kernel").mkdir(parents=True)
    ControlGroups().close()
    assert not left.exists()
