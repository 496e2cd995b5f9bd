"""The tables that `autograder lint --seeds` prints."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from autograder.authoring.stability import Stability
from autograder.cli.console import out


def show_stability(by_lab: dict[str, Stability]) -> None:
    """Print how often marks were otherwise, and how far thresholds are from what they separate."""
    table = Table(title="Marks", title_justify="left")
    for heading in ("question", "runs", "repeats", "other marks", "largest error / tolerance"):
        table.add_column(heading, justify="left" if heading == "question" else "right")
    margins = Table(title="Thresholds (distances in standard deviations)", title_justify="left")
    for heading in ("question", "measured", "threshold", "right", "distance", "mistakes' distance"):
        is_text = heading in ("question", "measured")
        margins.add_column(heading, justify="left" if is_text else "right")
    for lab, stability in by_lab.items():
        for question, runs in stability.judged.items():
            error = stability.errors.get(question)
            table.add_row(
                f"{lab[:2]} {question}",
                str(runs),
                str(stability.rejudged[question]),
                str(stability.otherwise[question]),
                "" if error is None else f"{error:.3g}",
            )
        for one in stability.margins:
            margins.add_row(
                f"{lab[:2]} {one.question}",
                escape(one.name),
                f"{one.threshold:.4g}",
                one.describe_right(),
                f"{one.right_margin:.1f}",
                f"{one.wrong_margin:.1f}",
            )
    out.print(table)
    if margins.row_count:
        out.print(margins)
