"""Draws what became of each question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.marks.outcome import Outcome
from autograder.pages import format_percent
from autograder.report.inline_svg import COLOURS, STYLE
from autograder.report.item_analysis import Item

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The parts of a bar from the left: words, outcomes, colour, and a hatch for print in grey.
_PARTS = (
    ("full marks", (Outcome.FULL,), COLOURS["blue"], ""),
    ("part", (Outcome.PART,), COLOURS["sky"], ""),
    ("no marks", (Outcome.NONE, Outcome.MISSING), COLOURS["orange"], "///"),
    ("error or limit", (Outcome.ERROR, Outcome.TIMEOUT, Outcome.LIMIT), COLOURS["red"], ""),
    ("waits for a person", (Outcome.WAITING,), "#ffffff", ""),
)
_NAME = 24  # characters of a question's name beside its bar


def draw_question_outcomes(items: list[Item]) -> tuple[str, Figure]:
    """A bar of outcomes for each question; returns what the figure shows, and the figure."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({**STYLE, "hatch.linewidth": 0.6}):
        figure = Figure(figsize=(5.4, 1.1 + 0.34 * len(items)), layout="constrained")
        axes = figure.add_subplot()
        rows, start = range(len(items)), [0.0] * len(items)
        for words, outcomes, colour, hatch in _PARTS:
            counts = [sum(item.outcomes[outcome] for outcome in outcomes) for item in items]
            if not any(counts):
                continue
            widths = [
                100 * count / item.outcomes.total()
                for count, item in zip(counts, items, strict=True)
            ]
            axes.barh(
                rows,
                widths,
                left=start,
                color=colour,
                hatch=hatch,
                label=words,
                edgecolor="#1b1f24",
                linewidth=0.5,
                height=0.7,
            )
            start = [left + width for left, width in zip(start, widths, strict=True)]
        axes.set_yticks(rows, [_shorten(item.grade_id) for item in items])
        axes.invert_yaxis()
        axes.set(xlim=(0, 100), xlabel="students (%)")
        figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=9)
    return _describe(items), figure


def _shorten(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _describe(items: list[Item]) -> str:
    known = [(item.difficulty, item) for item in items if item.difficulty is not None]
    # A question with marks for only a few students would be hardest by chance.
    known = [pair for pair in known if not pair[1].outcomes[Outcome.WAITING]] or known
    if not known:
        return "Every question waits for a person"
    difficulty, hardest = min(known, key=lambda pair: pair[0])
    if difficulty >= 1:
        return "Every student has full marks in every question"
    share = format_percent(difficulty)
    return f"{hardest.grade_id} was hardest: {share} of its points were earned"
