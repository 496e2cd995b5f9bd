"""Whether the CPU multiplies bfloat16."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

INSTRUCTIONS = {"avx512_bf16", "amx_bf16"}  # the names in Linux


@cache
def has_bfloat16_instructions() -> bool:
    """Return whether the CPU multiplies bfloat16, and TensorFlow's library for it (oneDNN) is on.

    It is only known on Linux; on other systems the result is False.

    Example:
        >>> has_bfloat16_instructions() in (True, False)
        True
    """
    if os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "0":
        return False
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    except OSError:
        return False
    return not INSTRUCTIONS.isdisjoint(flags)
