"""How much work a lab does: "quick" on a CPU, "full" on a GPU."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

PROFILES = ("quick", "full")
VARIABLE = "COURSE_PROFILE"


def current() -> str:
    """Return the profile, which sets the number of examples and epochs.

    The environment variable `COURSE_PROFILE` sets it. Without the variable it is "full" if
    TensorFlow finds a GPU, and "quick" if it does not.

    Returns:
        "quick" or "full".

    Raises:
        ValueError: `COURSE_PROFILE` is neither.

    Example:
        >>> from course_lib import profile
        >>> profile.current() in ("quick", "full")
        True
    """
    value = os.environ.get(VARIABLE, "").strip()
    if value:
        return _check(value, VARIABLE)
    return "full" if _has_gpu() else "quick"


def describe() -> str:
    """Return a phrase that names the hardware and the profile that follows from it.

    Raises:
        ValueError: `COURSE_PROFILE` is neither "quick" nor "full".

    Example:
        >>> import os
        >>> os.environ["COURSE_PROFILE"] = "quick"
        >>> describe().endswith("quick profile, set by COURSE_PROFILE")
        True
        >>> del os.environ["COURSE_PROFILE"]
    """
    is_set = bool(os.environ.get(VARIABLE, "").strip())
    hardware = "with a GPU" if _has_gpu() else "without a GPU"
    return f"{hardware}: {current()} profile{f', set by {VARIABLE}' if is_set else ''}"


def resolve(profile: str | None) -> str:
    """Return `profile`, or the current profile if it is None.

    Raises:
        ValueError: It is neither "quick" nor "full" nor None.

    Example:
        >>> resolve("full")
        'full'
    """
    return current() if profile is None else _check(profile, "profile")


def _check(value: str, where: str) -> str:
    if value not in PROFILES:
        raise ValueError(f'{where} is {value!r}: write "quick" or "full"')
    return value


@lru_cache(maxsize=1)
def _has_gpu() -> bool:
    # Importing TensorFlow to ask it takes seconds. On Linux, every GPU that it can use has one of
    # these devices: NVIDIA's driver, that of Windows (WSL), or AMD's.
    devices = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
    if sys.platform == "linux" and not any(Path(device).exists() for device in devices):
        return False
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
