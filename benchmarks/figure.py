"""One measured figure: printed as a line, and kept where `make bench` collects it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """What was measured, of ours and of a peer in the same run, and what it is to reach.

    Args:
        name: of the figure.
        ours: the value.
        unit: of the value.
        peer: the peer's value, measured in the same run.
        against: who the peer is.
        ratio: how many times as good ours is; the goal is then the ratio's.
        at_least: the goal, where more is better.
        at_most: the goal, where less is better.
        data: what it was measured on; a stand-in is called one.
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
        """The goal in signs; "" where there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        value = self.ours if self.ratio is None else self.ratio
        if self.at_least is not None:
            return value >= self.at_least
        return value <= self.at_most if self.at_most is not None else None

    def __str__(self) -> str:
        said = f"{self.name}: {number(self.ours)} {self.unit}".rstrip()
        if self.peer is not None:
            said += f"; {self.against}: {number(self.peer)} {self.unit}".rstrip()
        if self.ratio is not None:
            said += f"; ratio {number(self.ratio)}"
        if self.goal:
            said += f"; goal {self.goal}: {'reached' if self.met else 'MISSED'}"
        return said


def report(figure: Figure) -> None:
    """Print a figure; `make bench` names the file that it is to be added to."""
    print(f"  {figure}", flush=True)
    if path := os.environ.get("BENCHMARK_FIGURES"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(figure), ensure_ascii=False) + "\n")


def number(value: float) -> str:
    """Three significant digits; whole numbers of any size whole."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
