"""A record of what a test compared with a threshold."""

from __future__ import annotations

from dataclasses import dataclass

_MAX_RECORDS = 200
_records: list[Comparison] = []


@dataclass(frozen=True)
class Comparison:
    """One comparison with a threshold.

    Args:
        name: What was measured: "The accuracy on new images".
        value: The value of the submission.
        threshold: What it was compared with.
        sd: The standard deviation of right answers over seeds, in the unit of `value`; 0 where
            there is none, as for a tolerance.
    """

    name: str
    value: float
    threshold: float
    sd: float = 0.0


def record(comparison: Comparison) -> None:
    """Keep a comparison until `take_comparisons` is called; at most 200 are kept."""
    if len(_records) < _MAX_RECORDS:
        _records.append(comparison)


def take_comparisons() -> list[Comparison]:
    """Return what was recorded since the last call, oldest first."""
    taken = _records.copy()
    _records.clear()
    return taken
