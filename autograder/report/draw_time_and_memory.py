"""Draws how much time and memory grading took."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from autograder.report.inline_svg import COLOURS, STYLE
from autograder.results.verdict import Verdict

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_time_and_memory(verdicts: list[Verdict]) -> tuple[str, Figure]:
    """Histograms of seconds and of MiB.

    Args:
        verdicts: of all submissions that ran.

    Returns:
        What they show, and the figure.
    """
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    seconds = [verdict.seconds for verdict in verdicts]
    memory = [verdict.peak_memory_mb for verdict in verdicts]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.4, 2.2), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, values, words in (
            (left, seconds, "wall time (s)"),
            (right, memory, "peak memory (MiB)"),
        ):
            axes.hist(
                values,
                bins=12,
                range=(0, max(values) * 1.05 or 1),
                color=COLOURS["sky"],
                edgecolor=COLOURS["blue"],
            )
            axes.set_xlabel(words)
            axes.xaxis.set_major_locator(MaxNLocator(5))
            axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        left.set_ylabel("submissions")
    finding = (
        f"Half of the submissions took {median(seconds):.1f} s or less; "
        f"the slowest took {max(seconds):.1f} s, the largest {max(memory):.0f} MiB"
    )
    return finding, figure
