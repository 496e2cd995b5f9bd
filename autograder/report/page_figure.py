"""A figure of a page, under the sentence that says what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from autograder.report.inline_svg import inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class PageFigure:
    """A figure for a template.

    Args:
        finding: what it shows, in a sentence.
        svg: the figure.
    """

    finding: str
    svg: Markup

    @classmethod
    def of(cls, finding: str, figure: Figure) -> PageFigure:
        """A matplotlib figure and what it shows."""
        return cls(finding, inline_svg(figure, finding))
