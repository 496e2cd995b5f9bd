"""How much work a lab does: ``"quick"`` on a processor, ``"full"`` on a GPU."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

PROFILES = ("quick", "full")


def current() -> str:
    """Return the profile that sets sample counts and epochs.

    The environment variable ``COURSE_PROFILE`` decides; where it is not set, ``"full"`` if
    TensorFlow sees a GPU and ``"quick"`` if it does not.

    Returns:
        ``"quick"`` or ``"full"``.

    Raises:
        ValueError: ``COURSE_PROFILE`` is neither.

    Example:
        >>> from course_lib import profile
        >>> profile.current() in ("quick", "full")
        True
    """
    chosen = os.environ.get("COURSE_PROFILE", "").strip()
    if chosen:
        return checked(chosen, "COURSE_PROFILE")
    return "full" if _has_gpu() else "quick"


def describe() -> str:
    """Return a sentence on what there is to compute with, and the profile that follows from it.

    Raises:
        ValueError: ``COURSE_PROFILE`` is neither ``"quick"`` nor ``"full"``.

    Example:
        >>> import os
        >>> os.environ["COURSE_PROFILE"] = "quick"
        >>> describe().endswith("quick profile, as COURSE_PROFILE says")
        True
        >>> del os.environ["COURSE_PROFILE"]
    """
    chosen = os.environ.get("COURSE_PROFILE", "").strip()
    hardware = "with a GPU" if _has_gpu() else "without a GPU"
    return f"{hardware}: {current()} profile{', as COURSE_PROFILE says' if chosen else ''}"


def checked(profile: str | None, where: str = "profile") -> str:
    """Return ``profile``, or the current one where it is None.

    Args:
        profile: ``"quick"``, ``"full"`` or None.
        where: what the error calls the place where the value came from. Default ``"profile"``.

    Raises:
        ValueError: any other value.

    Example:
        >>> checked("full")
        'full'
    """
    if profile is None:
        return current()
    if profile not in PROFILES:
        raise ValueError(f'{where} is {profile!r}: write "quick" or "full"')
    return profile


@lru_cache(maxsize=1)
def _has_gpu() -> bool:
    # Asking TensorFlow means importing it (seconds). On Linux a GPU that it can use always has
    # one of these: NVIDIA's driver, Windows' (WSL), AMD's.
    devices = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
    if sys.platform == "linux" and not any(Path(device).exists() for device in devices):
        return False
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
