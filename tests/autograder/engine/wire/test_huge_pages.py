"""Memory that is gathered in large pages keeps its content."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from autograder.engine.wire.huge_pages import use_huge_pages

_SIZE = 32 << 20


def read_huge_kib() -> int:
    text = Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(r"AnonHugePages:\s+(\d+)", text)[1])


def test_memory_keeps_its_content() -> None:
    if not Path("/sys/kernel/mm/transparent_hugepage").exists():
        pytest.skip("this Linux has no transparent huge pages")
    if tuple(map(int, os.uname().release.split(".")[:2])) < (6, 1):
        pytest.skip("Linux gathers pages on request since 6.1")
    numbers = np.arange(_SIZE // 8)
    before = read_huge_kib()
    use_huge_pages()
    # A machine without room for large pages gathers fewer.
    assert read_huge_kib() > before
    assert np.array_equal(numbers, np.arange(_SIZE // 8))
