from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.engine.host.memory_groups import MemoryGroups

TAKE = "input(); taken = b'x' * (int(input()) << 20)"


@pytest.fixture
def groups() -> Iterator[MemoryGroups]:
    groups = MemoryGroups()
    if not groups.is_available:
        pytest.skip("this user cannot make a control group for memory")
    yield groups
    groups.close()


@pytest.mark.parametrize(("taken_mb", "code"), [(20, 0), (400, -9)])
def test_the_group_holds_its_processes(groups: MemoryGroups, taken_mb: int, code: int) -> None:
    group = groups.make("kernel")
    with subprocess.Popen([sys.executable, "-c", TAKE], stdin=subprocess.PIPE) as process:
        group.hold(process.pid, memory_mb=100)
        process.communicate(f"\n{taken_mb}\n".encode())
    assert process.returncode == code
    assert group.ran_out == (code != 0)
    group.remove()


def test_nothing_is_left(groups: MemoryGroups) -> None:
    groups.make("one"), groups.make("two")
    groups.close()
    assert not groups._folder.exists()


def test_what_a_killed_run_left_goes_with_the_next(groups: MemoryGroups) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = groups._folder.parent / f"autograder-{ended.pid}-1"
    (left / "kernel").mkdir(parents=True)
    MemoryGroups().close()
    assert not Path(left).exists()
