"""Gathers this process's memory in large pages, so that a fork has few of them to note."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterator

# Linux has it since 6.1.
_MADV_COLLAPSE = 25
_LARGE_PAGE = 2 << 20
_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ 00:00 0 ")
_KIB = 1 << 10


def use_huge_pages() -> None:
    """Gather what is in use; where the system has no large pages, nothing happens.

    A fork copies an entry for each page of its parent: of 4 KiB, ten milliseconds for TensorFlow.
    What a fork writes to is still copied in small pages.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for start, size in list(_find_full_mappings()):
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), _MADV_COLLAPSE)


def _find_full_mappings() -> Iterator[tuple[int, int]]:
    """The address and size, in bytes, of private memory that is mostly in use."""
    start = size = 0
    try:
        with open(f"/proc/{os.getpid()}/smaps") as smaps:
            for line in smaps:
                if mapping := _MAPPING.match(line):
                    start = int(mapping[1], 16)
                    size = int(mapping[2], 16) - start
                elif "-" in line.split(" ", 1)[0]:
                    size = 0
                elif line.startswith("Rss:") and size >= _LARGE_PAGE:
                    used = int(line.split()[1]) * _KIB
                    # The rest would be filled with zeros.
                    if used > size * 3 // 4:
                        yield start, size
    except OSError:
        return
