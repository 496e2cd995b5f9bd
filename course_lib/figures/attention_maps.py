"""Maps of attention weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas

WIDEST = 9.0  # inches


def attention_maps(
    weights: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    names: Sequence[str] = (),
    title: str = "",
) -> Figure:
    """Draw attention weights, one map for each head.

    Args:
        weights: Array `(heads, n, m)` in [0, 1]: row by row, where a query looks.
        rows: n labels, one for each query, usually the characters of the output.
        columns: m labels, one for each key, usually the characters of the input.
        names: A name for each map; "head 1" and so on if there are none.
        title: The finding; without one, how much of the attention goes to a single key.

    Returns:
        A figure with one panel for each head. Dark is much attention.

    Raises:
        ValueError: The weights do not have as many rows and columns as there are labels.

    Example:
        >>> import numpy as np
        >>> figure = attention_maps(np.eye(3)[None], "abc", "xyz")
        >>> figure.get_suptitle()
        'On average, 100% of the attention goes to one token'
    """
    weights = np.asarray(weights, float)
    if weights.ndim != 3 or weights.shape[1:] != (len(rows), len(columns)):
        raise ValueError(
            f"The weights have the shape {weights.shape}; expected (heads, {len(rows)}, "
            f"{len(columns)}), as there are {len(rows)} rows and {len(columns)} columns."
        )
    share = weights.max(axis=-1).mean()
    heads = len(weights)
    size = 0.16 * len(columns) + 0.5, 0.2 * len(rows) + 0.6
    across = max(1, min(heads, int(WIDEST / size[0])))
    if across < heads:
        across = -(-heads // -(-heads // across))  # rows of equal length, if possible
    down = -(-heads // across)
    figure = Canvas(
        max(4.5, across * size[0]),
        down * size[1] + 0.5,
        title or f"On average, {share:.0%} of the attention goes to one token",
    )
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for number, axes in enumerate(panels):
        if number >= heads:
            axes.set_axis_off()
            continue
        axes.imshow(weights[number], cmap="Blues", vmin=0, vmax=1, aspect="auto")
        axes.set_xticks(range(len(columns)), list(columns), fontsize=7)
        axes.set_yticks(range(len(rows)), list(rows), fontsize=7)
        axes.tick_params(length=0)
        axes.set_title(names[number] if len(names) else f"head {number + 1}", fontsize=9)
    return figure
