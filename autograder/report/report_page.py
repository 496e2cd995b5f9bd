"""What the report of a lab and that of the course have in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from typing import Any

from autograder.course.course import Course
from autograder.files import write_atomically
from autograder.pages import render
from autograder.report.draw_score_distribution import draw_score_distribution
from autograder.report.page_figure import PageFigure

NEEDS_HELP = 0.5
"""A student below this share of the points decided so far is listed as in need of help."""


def write_page(course: Course, name: str, template: str, **values: Any) -> Path:
    """Write `reports/NAME.html`; returns its path.

    Raises:
        AutograderError: the page can't be written.
    """
    path = course.reports_dir / f"{name}.html"
    write_atomically(path, render(template, course=course, needs_help=NEEDS_HELP, **values))
    return path


def find_newest(results: Iterable[Path]) -> datetime:
    """When the newest of some files was written, in local time."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in results)).astimezone()


def summarize_shares(shares: list[float], of: str) -> dict[str, Any]:
    """How the class did, for a template.

    Args:
        shares: each student's share of the points; may be empty.
        of: what has such a share, in the singular.

    Returns:
        The mean, the median and a figure of the distribution; None for each without shares.
    """
    if not shares:
        return {"mean": None, "median": None, "distribution": None}
    distribution = PageFigure.of(*draw_score_distribution(shares, of))
    return {"mean": mean(shares), "median": median(shares), "distribution": distribution}
