"""A figure in a page, under what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from autograder.report.inline_svg import inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawn:
    """A figure as the templates take it.

    Args:
        finding: what it says.
        svg: the figure.
    """

    finding: str
    svg: Markup


def drawn(finding: str, figure: Figure) -> Drawn:
    """A figure and what it says, for a template."""
    return Drawn(finding, inline_svg(figure, finding))
