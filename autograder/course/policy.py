"""How late work counts, and which labs count in the course's total."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """The settings of `[policy]` for the course or for one lab; see `schema.py`."""

    late_penalty: float = 0.0
    late_days: float = 0.0
    latest_days: float = float("inf")
    grace_minutes: float = 0.0
    drop_lowest: int = 0

    @property
    def penalises_late_work(self) -> bool:
        """Whether late work costs points."""
        return self.late_penalty > 0 or self.latest_days < float("inf")
