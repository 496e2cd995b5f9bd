"""gymnasium, which only Lab 15 needs."""

from __future__ import annotations

from types import ModuleType

from course_lib.course_error import CourseError


def import_gymnasium() -> ModuleType:
    """Return the module `gymnasium`.

    Raises:
        CourseError: It cannot be imported; the message says how to install it.

    Example:
        >>> import_gymnasium().make("FrozenLake-v1").observation_space
        Discrete(16)
    """
    try:
        import gymnasium
    except ImportError as error:
        raise CourseError(
            f"gymnasium, which has the environments of this lab, cannot be imported ({error})",
            'Install it with `pip install "gymnasium>=1.1"`, then restart the kernel.',
        ) from error
    return gymnasium
