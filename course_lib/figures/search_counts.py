"""What a search makes of a policy, on boards of tic-tac-toe."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import BLUE, ORANGE

SIDE = 3


def search_counts(boards: ArrayLike, priors: ArrayLike, counts: ArrayLike) -> Figure:
    """Draw boards of tic-tac-toe: above with the network's policy, below with the search's counts.

    Args:
        boards: The boards, `(n, 9)`: 1 for a stone of the player to move, drawn as a cross, -1 for
            one of the opponent, drawn as a circle, 0 for an empty cell.
        priors: The probability of each move, `(n, 9)`.
        counts: How often a search tried each move, `(n, 9)`.

    Returns:
        A figure whose title says on how many boards search and network prefer the same move.

    Raises:
        ValueError: The three arrays differ in shape.

    Example:
        >>> counts = [[0, 0, 5, 1, 0, 0, 0, 0, 0]]
        >>> search_counts([[1, 1, 0, 0, -1, 0, -1, 0, 0]], [[0.2] * 9], counts).get_suptitle()
        'Search and network prefer the same move on 1 of 1 boards'
    """
    stones, before, after = (np.asarray(a, dtype=float) for a in (boards, priors, counts))
    if not stones.shape == before.shape == after.shape or stones.shape[1:] != (SIDE**2,):
        raise ValueError(
            f"The arrays have the shapes {stones.shape}, {before.shape} and {after.shape}; "
            "expected (n, 9) for each."
        )
    before = np.where(stones == 0, before, 0)
    same = int(np.sum(before.argmax(axis=1) == after.argmax(axis=1)))
    figure = Canvas(
        max(5.0, 1.7 * len(stones)),
        4.0,
        f"Search and network prefer the same move on {same} of {len(stones)} boards",
    )
    panels = figure.subplots(2, len(stones), squeeze=False)
    for column, board in enumerate(stones):
        for row, weights in enumerate((before[column], after[column])):
            total = weights.sum()
            _draw_board(panels[row, column], board, weights / total if total else weights)
    panels[0, 0].set_ylabel("network")
    panels[1, 0].set_ylabel("search")
    return figure


def _draw_board(axes: Axes, board: np.ndarray, shares: np.ndarray) -> None:
    axes.imshow(shares.reshape(SIDE, SIDE), cmap="Greens", vmin=0, vmax=1)
    for place, stone in enumerate(board):
        y, x = divmod(place, SIDE)
        if stone:
            mark, color = ("×", BLUE) if stone > 0 else ("○", ORANGE)
            axes.text(x, y, mark, ha="center", va="center", color=color, fontsize=18)
        elif shares[place] >= 0.01:
            ink = "white" if shares[place] > 0.6 else "black"
            share = f"{100 * shares[place]:.0f}"
            axes.text(x, y, share, ha="center", va="center", color=ink, fontsize=8)
    lines = np.arange(SIDE - 1) + 0.5
    axes.hlines(lines, -0.5, SIDE - 0.5, color="black", lw=0.8)
    axes.vlines(lines, -0.5, SIDE - 0.5, color="black", lw=0.8)
    axes.set(xticks=[], yticks=[])
