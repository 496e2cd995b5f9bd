"""Whether the processor multiplies bfloat16."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from course_lib.training.has_tensor_cores import find_compute_capabilities

AMPERE = (8, 0)  # the compute capability of NVIDIA's first GPUs with bfloat16
INSTRUCTIONS = {"avx512_bf16", "amx_bf16"}  # the names in Linux


@cache
def has_bfloat16_instructions() -> bool:
    """Return whether the processor on which TensorFlow computes multiplies bfloat16.

    This is the GPU if TensorFlow finds one. For a CPU it is only known on Linux, and TensorFlow's
    library for it (oneDNN) has to be on; on other systems the result is False.

    Example:
        >>> has_bfloat16_instructions() in (True, False)
        True
    """
    capabilities = find_compute_capabilities()
    if capabilities:
        return min(capabilities) >= AMPERE
    if os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "0":
        return False
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    except OSError:
        return False
    return not INSTRUCTIONS.isdisjoint(flags)
