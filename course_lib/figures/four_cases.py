"""The four cases of transfer learning as a diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import BLUE, GREY, ORANGE, SKY

SIZES, SIMILARITIES = ("small", "large"), ("similar", "different")
BLOCKS = 4
FROZEN, FINE_TUNED = "pre-trained, frozen", "pre-trained, fine-tuned"
RANDOM, REMOVED = "random, trained", "removed"
STYLES: dict[str, dict[str, Any]] = {
    FROZEN: {"facecolor": BLUE, "edgecolor": "black"},
    FINE_TUNED: {"facecolor": SKY, "edgecolor": "black", "hatch": "//"},
    RANDOM: {"facecolor": ORANGE, "edgecolor": "black", "hatch": ".."},
    REMOVED: {"facecolor": "white", "edgecolor": GREY, "linestyle": "--"},
}


def four_cases(plans: Mapping[tuple[str, str], tuple[str, bool, bool]]) -> Figure:
    """Draw what happens to a pre-trained network of four blocks in each of the four cases.

    Args:
        plans: By `(size, similarity)`, with "small" or "large" and "similar" or "different":
            `(keep, pretrained, frozen)`, that is, which blocks to keep ("all" or "early"), whether
            to start from their pre-trained weights, and whether to freeze them.

    Returns:
        A figure with one panel per case.

    Raises:
        ValueError: One of the four cases is missing.

    Example:
        >>> plans = {(size, similarity): ("all", True, size == "small")
        ...          for size in ("small", "large") for similarity in ("similar", "different")}
        >>> four_cases(plans).get_suptitle()
        'The size and similarity of the new data decide what is kept: 2 of these plans freeze it'
    """
    missing = [(a, b) for a in SIZES for b in SIMILARITIES if (a, b) not in plans]
    if missing:
        raise ValueError(f"There is no plan for {missing[0]}: four_cases needs all four cases.")
    frozen = sum(bool(plan[2]) for plan in plans.values())
    figure = Canvas(
        9,
        4.6,
        "The size and similarity of the new data decide what is kept: "
        f"{frozen} of these plans freeze it",
    )
    for row, size in zip(figure.subplots(2, 2), SIZES, strict=True):
        for axes, similarity in zip(row, SIMILARITIES, strict=True):
            _draw_network(axes, *plans[size, similarity])
            axes.set_title(f"{size} data, {similarity} task", fontsize=10)
    handles = [Patch(label=label, **style) for label, style in STYLES.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    return figure


def _draw_network(axes: Axes, keep: str, pretrained: bool, frozen: bool) -> None:
    axes.set(xlim=(-0.1, 6.3), ylim=(-0.75, 1.15))
    axes.set_axis_off()
    kept = RANDOM
    if pretrained:
        kept = FROZEN if frozen else FINE_TUNED
    for number in range(BLOCKS):
        is_removed = keep == "early" and number == BLOCKS - 1
        _draw_box(axes, number, f"block {number + 1}", REMOVED if is_removed else kept)
    _draw_box(axes, BLOCKS + 0.4, "old head", REMOVED)
    # The new head is below the first layer that it replaces.
    left = BLOCKS - 1 if keep == "early" else BLOCKS + 0.4
    _draw_box(axes, left, "new head", RANDOM, bottom=-0.62)


def _draw_box(axes: Axes, left: float, text: str, style: str, bottom: float = 0.25) -> None:
    axes.add_patch(Rectangle((1.05 * left, bottom), 0.92, 0.62, lw=1.2, **STYLES[style]))
    axes.text(
        1.05 * left + 0.46,
        bottom + 0.31,
        text,
        ha="center",
        va="center",
        fontsize=8.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
    )
