"""What an exception tells besides its class and its text: plain attributes and notes."""

from __future__ import annotations

import contextlib
from typing import Any

# Of Python's own exceptions, and of those of its libraries.
_NAMES = """errno strerror filename filename2 name path lineno colno pos offset text msg doc code
    encoding start end reason returncode cmd output stderr value"""
_ATTRIBUTES = tuple(_NAMES.split())
_PLAIN = (type(None), bool, int, float, str, bytes)
_MOST_TEXT = 2_000
_MOST_NOTES = 20


def describe_state(error: BaseException) -> dict[str, Any]:
    """Return the plain attributes of an exception, and its notes."""
    state = {}
    for name in _ATTRIBUTES:
        value = getattr(error, name, None)
        if value is not None and _is_plain(value):
            state[name] = value
    notes = getattr(error, "__notes__", None)
    if isinstance(notes, list) and notes:
        state["notes"] = [str(note)[:_MOST_TEXT] for note in notes[:_MOST_NOTES]]
    return state


def restore_state(error: BaseException, state: Any) -> None:
    """Give an exception the attributes and notes of another one.

    Args:
        error: The exception.
        state: What `describe_state` returned; untrusted.
    """
    if type(state) is not dict:
        return
    for name in _ATTRIBUTES:
        if name in state and _is_plain(state[name]):
            with contextlib.suppress(AttributeError, TypeError, ValueError):
                setattr(error, name, state[name])
    notes = state.get("notes")
    kept = [note for note in notes if type(note) is str] if type(notes) is list else []
    if kept:
        vars(error)["__notes__"] = kept[:_MOST_NOTES]


def _is_plain(value: Any) -> bool:
    is_short = not isinstance(value, (str, bytes)) or len(value) <= _MOST_TEXT
    return type(value) in _PLAIN and is_short
