"""Cells are parsed in several threads at once, as when a class is graded."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.notebooks.names import blank_magics, find_bound_names, parse_code

SOURCE = "\n".join(f"x{n} = [[[({n} + 1) * 2]], {{'a': lambda y: y ** {n}}}]" for n in range(300))


@pytest.mark.parametrize("use", [parse_code, blank_magics, find_bound_names])
def test_threads_do_not_disturb_each_other(use) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert len(list(pool.map(use, [SOURCE] * 200))) == 200
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("x = (7\n% 4)", "x = (7\n% 4)"),
        ("%time x = 1", "pass #time x = 1"),
        ("!ls\ny = 2", "pass #ls\ny = 2"),
        ("await f()", "await f()"),
    ],
)
def test_only_ipythons_own_lines_are_blanked(source: str, plain: str) -> None:
    assert blank_magics(source) == plain
