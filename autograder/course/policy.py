"""What `[policy]` in course.toml says, for the course or for one lab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from autograder.errors import AutograderError


@dataclass(frozen=True)
class Policy:
    """What handing in late costs, and which labs count.

    Args:
        late_penalty: part of the lab's points taken off for each day begun after the due date.
        late_days: days, over the whole course, for which nothing is taken off.
        latest_days: after that many days, with an extension or not, the lab is worth nothing.
        grace_minutes: minutes after the due date that are not late.
        drop_lowest: how many labs, each student's lowest, don't count in the course's total.
    """

    late_penalty: float = 0.0
    late_days: float = 0.0
    latest_days: float = float("inf")
    grace_minutes: float = 0.0
    drop_lowest: int = 0

    @classmethod
    def of(cls, table: Mapping[str, Any], where: str) -> Policy:
        """The policy of a table.

        Args:
            table: names and numbers.
            where: the table's name in course.toml, for whoever has to mend it.

        Raises:
            AutograderError: a name is unknown, or its value is no number or makes no sense.
        """
        known = [field.name for field in fields(cls)]
        for name, value in table.items():
            if name not in known:
                raise AutograderError(
                    f"course.toml: [{where}] has no setting {name!r}",
                    f"there are: {', '.join(known)}",
                )
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not value >= 0 or (name == "late_penalty" and value > 1):
                meant = "a part from 0 to 1" if name == "late_penalty" else "a number, 0 or more"
                raise AutograderError(
                    f"course.toml: [{where}] {name} = {value!r} is not {meant}", "mend that line"
                )
        if not isinstance(table.get("drop_lowest", 0), int):
            raise AutograderError(
                f"course.toml: [{where}] drop_lowest = {table['drop_lowest']!r} is no whole number",
                "mend that line",
            )
        return cls(**table)

    @property
    def about_lateness(self) -> bool:
        """Whether handing in late costs anything."""
        return self.late_penalty > 0 or self.latest_days < float("inf")
