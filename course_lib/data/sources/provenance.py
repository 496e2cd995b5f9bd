"""Where loaded arrays came from: printed once, and kept for figures and reports."""

from __future__ import annotations

_announced: dict[str, tuple[str, str]] = {}


def announce(name: str, source: str, line: str) -> None:
    """Print where a data set came from, unless the last load of it came from there, too.

    It prints to stdout, because nbgrader takes points off for a line on stderr.

    Args:
        name: The data set.
        source: "stand-in", or the path of the prepared data.
        line: What to print.

    Example:
        >>> announce("example", "stand-in", "example is synthetic")
        course_lib.data: example is synthetic
        >>> announce("example", "stand-in", "example is synthetic")
    """
    if _announced.get(name, ("",))[0] != source:
        _announced[name] = source, line
        print(f"course_lib.data: {line}")


def announce_stand_in(name: str, made_of: str, reason: str) -> None:
    """Print that a data set is a stand-in, and why the real one was not loaded.

    Args:
        name: The data set.
        made_of: What the stand-in is, in a few words.
        reason: Why it was used, as a clause.

    Example:
        >>> announce_stand_in("another", "random numbers", "there is no network")
        course_lib.data: another is a STAND-IN (random numbers).
        Its results are not results on the real set: there is no network.
    """
    announce(
        name,
        "stand-in",
        f"{name} is a STAND-IN ({made_of}).\n"
        f"Its results are not results on the real set: {reason}.",
    )


def announce_real(name: str) -> None:
    """Note that a data set is now the real one, as Keras provides it.

    Args:
        name: The data set.

    Example:
        >>> announce("fourth", "stand-in", "fourth is synthetic")
        course_lib.data: fourth is synthetic
        >>> announce_real("fourth")
        >>> "fourth" in provenance()
        False
    """
    _announced.pop(name, None)


def provenance() -> dict[str, str]:
    """Return the announcements of the data that were loaded last, by data set.

    Figures and reports use them to name a stand-in. A loaded data set without an announcement is
    the real one, as Keras provides it.

    Example:
        >>> announce("third", "stand-in", "third is synthetic")
        course_lib.data: third is synthetic
        >>> provenance()["third"]
        'third is synthetic'
    """
    return {name: line for name, (_, line) in _announced.items()}


def is_stand_in(name: str) -> bool:
    """Return whether the data set that was last loaded under this name was a stand-in.

    Example:
        >>> is_stand_in("nothing")
        False
    """
    return _announced.get(name, ("",))[0] == "stand-in"
