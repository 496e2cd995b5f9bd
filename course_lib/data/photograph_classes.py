"""The classes of a set of photographs."""

from __future__ import annotations

from course_lib.data.registry import find_photographs


def photograph_classes(name: str) -> tuple[str, ...]:
    """Return the names of the classes in the order of their labels.

    Args:
        name: As for `photographs`.

    Raises:
        ValueError: No set of photographs has that name.

    Example:
        >>> photograph_classes("cats_vs_dogs")
        ('cat', 'dog')
    """
    return find_photographs(name).class_names
