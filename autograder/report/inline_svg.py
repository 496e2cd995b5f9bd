"""A matplotlib figure as SVG for a page."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE: Any = {
    "svg.fonttype": "none",  # text stays text, for screen readers, search and selection
    "svg.hashsalt": "autograder",  # the same data make the same page
    "font.family": ["sans-serif"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#57606a",
    "text.color": "#1b1f24",
    "axes.labelcolor": "#1b1f24",
    "xtick.color": "#1b1f24",
    "ytick.color": "#1b1f24",
}
# From Okabe and Ito's palette (2008) for colour-blind readers; distinct in grey, too.
COLOURS = {"blue": "#0072b2", "sky": "#9fd0ee", "orange": "#e69f00", "red": "#a63c00"}

_NAMED = re.compile(r' id="[a-z]+[A-Za-z0-9.]*_\d+"')
_SIZE = re.compile(r' (width|height)="[^"]*"')


def inline_svg(figure: Figure, words: str) -> Markup:
    """The figure as an `<svg>` element that fills its container's width.

    Args:
        figure: drawn in `matplotlib.rc_context(STYLE)`.
        words: what the figure shows, for screen readers.
    """
    import matplotlib

    file = io.StringIO()
    with matplotlib.rc_context(STYLE):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    # Two figures of a page would both have an "axes_1"; nothing refers to these names.
    svg = _NAMED.sub("", svg)
    head, rest = svg.split(">", 1)
    return Markup(f'{_SIZE.sub("", head)} role="img" aria-label="{escape(words)}">{rest}')
