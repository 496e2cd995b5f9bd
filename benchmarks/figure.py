"""One measured figure: printed as a line and written to the file that `make bench` collects."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """A measured value of ours, a peer's value from the same run, and the goal.

    Args:
        name: The name of the figure.
        ours: Our value.
        unit: The unit of the values.
        peer: The peer's value, measured in the same run.
        against: The name of the peer.
        ratio: How many times as good ours is; the goal then applies to the ratio.
        at_least: The goal, if more is better.
        at_most: The goal, if less is better.
        data: What it was measured on; stand-in data is named as such.

    Example:
        >>> slow = Figure("speed", 10.0, peer=5.0, against="them", ratio=2.0, at_least=3)
        >>> slow.met, slow.goal
        (False, '≥ 3')
        >>> print(slow)
        speed: 10; them: 5; ratio 2; goal ≥ 3: MISSED
        >>> Figure("errors", 0, at_most=0).met, Figure("rows", 3).met
        (True, None)
    """

    name: str
    ours: float
    unit: str = ""
    peer: float | None = None
    against: str = ""
    ratio: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    data: str = ""

    @property
    def goal(self) -> str:
        """The goal as text; empty without a goal."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        value = self.ours if self.ratio is None else self.ratio
        if self.at_least is not None:
            return value >= self.at_least
        return value <= self.at_most if self.at_most is not None else None

    def __str__(self) -> str:
        text = f"{self.name}: {format_number(self.ours)} {self.unit}".rstrip()
        if self.peer is not None:
            text += f"; {self.against}: {format_number(self.peer)} {self.unit}".rstrip()
        if self.ratio is not None:
            text += f"; ratio {format_number(self.ratio)}"
        if self.goal:
            text += f"; goal {self.goal}: {'reached' if self.met else 'MISSED'}"
        return text


def report(figure: Figure) -> None:
    """Print a figure and append it to the file that `make bench` names."""
    print(f"  {figure}", flush=True)
    if path := os.environ.get("BENCHMARK_FIGURES"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(figure), ensure_ascii=False) + "\n")


def format_number(value: float) -> str:
    """Format with three significant digits, and integers in full.

    Example:
        >>> format_number(1234.5), format_number(0.123456), format_number(40)
        ('1,234', '0.123', '40')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
