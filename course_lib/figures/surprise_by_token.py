"""A text, coloured by how unexpected each token is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas

WIDTH = 9.0  # inches
COLUMNS = 92  # characters in a line
MOST = 7.0  # nats; darker is not drawn


def surprise_by_token(tokens: Sequence[str], nats: ArrayLike, title: str = "") -> Figure:
    """Draw a text with a background for each token: the darker, the less it was expected.

    Args:
        tokens: The tokens as strings, in order.
        nats: For each token −ln of its probability, `(n,)`.
        title: The finding; without one, the mean and the perplexity.

    Returns:
        A figure in which each token is a box, in lines of up to 92 characters.

    Raises:
        ValueError: There are no tokens, or another number of values.

    Example:
        >>> surprise_by_token(["for", " x", " in"], [3.0, 2.0, 0.1]).get_suptitle()
        'Mean 1.70 nats a token, a perplexity of 5.5; dark tokens were not expected'
    """
    nats = np.asarray(nats, float)
    if not len(tokens) or nats.shape != (len(tokens),):
        raise ValueError(f"There are {len(tokens)} tokens and values of the shape {nats.shape}.")
    mean = nats.mean()
    title = title or (
        f"Mean {mean:.2f} nats a token, a perplexity of {np.exp(mean):.1f}; dark tokens were not "
        "expected"
    )
    places, lines = _place(tokens)
    figure = Canvas(WIDTH, 0.6 + 0.24 * lines, title)
    axes = figure.subplots()
    for (line, column, shown), value in zip(places, nats, strict=True):
        strength = min(value / MOST, 1.0)
        axes.add_patch(
            Rectangle((column, line), len(shown), 0.9, fc=(0.9, 0.62, 0, strength), ec="none")
        )
        for place, character in enumerate(shown):
            axes.text(
                column + place + 0.5, line + 0.48, character,
                ha="center", va="center", family="monospace", fontsize=9,
            )  # fmt: skip
    axes.set(xlim=(0, COLUMNS), ylim=(lines, 0))
    axes.set_axis_off()
    return figure


def _place(tokens: Sequence[str]) -> tuple[list[tuple[int, int, str]], int]:
    """Return line, column and string of each token, and the number of lines."""
    line, column, places = 0, 0, []
    for token in tokens:
        # A line break is shown as a sign, so that the box of its token can be seen.
        shown = token.replace("\n", "⏎").replace("\t", " ")[:COLUMNS]
        if column + len(shown) > COLUMNS:
            line, column = line + 1, 0
        places.append((line, column, shown))
        column += len(shown)
    return places, line + 1
