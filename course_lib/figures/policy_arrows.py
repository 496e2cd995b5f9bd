"""A policy on a map of cells, as arrows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import BLUE, GREY, ORANGE

# FrozenLake's actions: left, down, right, up; as steps in x and y, with y downwards.
STEPS = ((-1, 0), (0, 1), (1, 0), (0, -1))
LENGTH = 0.32  # of an arrow, in cells


def policy_arrows(
    policy: ArrayLike, values: ArrayLike, rows: Sequence[str], what: str = "The policy"
) -> Figure:
    """Draw a policy on a map like FrozenLake's: actions as arrows, values as colours.

    Args:
        policy: The action in each cell, row by row: 0 left, 1 down, 2 right, 3 up, `(cells,)`.
        values: The value of each cell, `(cells,)`.
        rows: The rows of the map: "S" start, "F" ice, "H" hole, "G" goal.
        what: The policy's name, with which the title begins.

    Returns:
        A figure whose title gives the value of the start.

    Raises:
        ValueError: There is not one action and one value for each cell.

    Example:
        >>> policy_arrows([2, 1, 0, 0], [0.5, 0.9, 0.0, 0.0], ["SF", "HG"]).get_suptitle()
        'The policy: the start is worth 0.500'
    """
    actions, worth = np.asarray(policy), np.asarray(values, dtype=float)
    cells = "".join(rows)
    if actions.shape != (len(cells),) or worth.shape != (len(cells),):
        raise ValueError(
            f"There are {len(cells)} cells, actions of shape {actions.shape} and values of shape "
            f"{worth.shape}: pass one action and one value for each cell."
        )
    height, width = len(rows), len(rows[0])
    figure = Canvas(
        0.8 * width + 2.2,
        0.8 * height + 0.9,
        f"{what}: the start is worth {worth[cells.index('S')]:.3f}",
    )
    axes = figure.subplots()
    image = axes.imshow(worth.reshape(height, width), cmap="Greens", vmin=0, vmax=1)
    for place, kind in enumerate(cells):
        y, x = divmod(place, width)
        if kind in "HG":
            color = BLUE if kind == "H" else ORANGE
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, color=color))
            name = "hole" if kind == "H" else "goal"
            axes.text(x, y, name, ha="center", va="center", color="white", fontsize=9)
            continue
        dx, dy = (LENGTH * step for step in STEPS[int(actions[place])])
        arrow = {"arrowstyle": "-|>", "color": "black", "lw": 1.6, "mutation_scale": 14}
        axes.annotate("", (x + dx, y + dy), (x - dx, y - dy), arrowprops=arrow)
        if kind == "S":
            axes.text(x - 0.45, y - 0.32, "start", fontsize=7, color=GREY)
    axes.set(xticks=[], yticks=[])
    figure.colorbar(image, ax=axes, label="value", shrink=0.8)
    return figure
