"""Processes are measured and ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from autograder.engine.host.watcher import (
    kill_tree,
    list_descendants,
    measure_memory_mb,
    measure_usage,
)

SCRIPT = """
import subprocess, sys, threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
hoard = b"x" * (50 << 20)
child = subprocess.Popen(["sleep", "60"])
print("ready", flush=True)
time.sleep(60)
"""


def test_a_tree_is_measured_and_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE)
    process.stdout.readline()
    tree = list_descendants(process.pid)
    used = measure_usage(process.pid)
    assert tree[0] == process.pid and len(tree) == 2
    assert 50 < used.memory_mb < 200 and used.processes == 3
    assert 50 < measure_memory_mb(process.pid) <= used.memory_mb + 1
    kill_tree(process.pid)
    process.wait(5)
    process.stdout.close()
    end = time.monotonic() + 5
    while os.path.exists(f"/proc/{tree[1]}/exe") and time.monotonic() < end:
        time.sleep(0.01)
    assert not os.path.exists(f"/proc/{tree[1]}/exe")


def test_a_process_that_is_gone_uses_nothing() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert measure_usage(process.pid).processes == 0
    kill_tree(process.pid)
