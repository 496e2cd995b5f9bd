"""Probabilities of the next token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE

MOST = 12  # tokens in a panel


def next_token(
    probabilities: Mapping[str, ArrayLike], tokens: Sequence[str], most: int = MOST
) -> Figure:
    """Draw the most probable next tokens, one panel for each way to choose.

    Args:
        probabilities: By name of the way, probabilities of all tokens, `(size,)`.
        tokens: The tokens as strings.
        most: Number of tokens that are shown: those with the largest values of the first way.

    Returns:
        A figure whose title gives the number of tokens that each way leaves.

    Raises:
        ValueError: No ways are given, or one has another number of tokens.

    Example:
        >>> next_token({"T = 1": [0.5, 0.3, 0.2], "top-k": [0.6, 0.4, 0]}, "abc").get_suptitle()
        'Tokens that can be drawn: 3 with T = 1, 2 with top-k'
    """
    ways = {name: np.asarray(values, float) for name, values in probabilities.items()}
    if not ways or any(values.shape != (len(tokens),) for values in ways.values()):
        raise ValueError(
            f"Pass {{name: probabilities}}, with {len(tokens)} probabilities each, one for a token."
        )
    shown = np.argsort(-next(iter(ways.values())), kind="stable")[:most]
    left = ", ".join(f"{np.count_nonzero(values)} with {name}" for name, values in ways.items())
    figure = Canvas(max(5.0, 2.2 * len(ways)), 3.4, f"Tokens that can be drawn: {left}")
    panels = figure.subplots(1, len(ways), sharey=True, squeeze=False)[0]
    labels = [repr(tokens[number])[1:-1].replace(" ", "␣") for number in shown]
    for axes, (name, values) in zip(panels, ways.items(), strict=True):
        axes.barh(range(len(shown)), values[shown], color=BLUE)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("probability")
        hide_frame(axes)
    panels[0].set_yticks(range(len(shown)), labels, fontsize=9)
    panels[0].invert_yaxis()
    return figure
