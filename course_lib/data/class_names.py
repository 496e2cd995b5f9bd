"""The classes of a data set."""

from __future__ import annotations

from course_lib.data.registry import find_dataset


def class_names(name: str) -> tuple[str, ...]:
    """Return the names of the classes in the order of their labels.

    Args:
        name: As for `load`.

    Raises:
        ValueError: No data set has that name, or its labels are quantities.

    Example:
        >>> class_names("shapes")
        ('square', 'circle', 'triangle')
    """
    names = find_dataset(name).class_names
    if names is None:
        raise ValueError(f"{name} has no classes: its labels are prices")
    return names
