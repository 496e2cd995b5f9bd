"""The four cases of transfer learning, as a diagram."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from course_lib.figures.canvas import BLUE, GREY, ORANGE, SKY, Canvas

SIZES, SIMILARITIES = ("small", "large"), ("similar", "different")
BLOCKS = 4
LOOK = {
    "kept and frozen": {"facecolor": BLUE, "edgecolor": "black"},
    "kept, goes on training": {"facecolor": SKY, "edgecolor": "black", "hatch": "//"},
    "random at first, trained": {"facecolor": ORANGE, "edgecolor": "black", "hatch": ".."},
    "sliced off": {"facecolor": "white", "edgecolor": GREY, "linestyle": "--"},
}


def four_cases(plans: Mapping[tuple[str, str], tuple[str, bool, bool]]) -> Figure:
    """Draw what is done with a pre-trained network of four blocks in each of the four cases.

    Args:
        plans: From `(size, similarity)`, "small" or "large" and "similar" or "different", to
            `(keep, pretrained, frozen)`: "all" or "early", begin with the pre-trained weights,
            keep them as they are.

    Returns:
        A `matplotlib.figure.Figure` with two rows and two columns.

    Raises:
        ValueError: One of the four cases is missing.

    Example:
        >>> plans = {(size, similarity): ("all", True, size == "small")
        ...          for size in ("small", "large") for similarity in ("similar", "different")}
        >>> four_cases(plans).get_suptitle()
        'New data and new task decide how much of a network is kept: 2 of these plans freeze it'
    """
    missing = [(a, b) for a in SIZES for b in SIMILARITIES if (a, b) not in plans]
    if missing:
        raise ValueError(f"There is no plan for {missing[0]}: four_cases draws all four.")
    frozen = sum(bool(plan[2]) for plan in plans.values())
    figure = Canvas(
        9,
        4.6,
        "New data and new task decide how much of a network is kept: "
        f"{frozen} of these plans freeze it",
    )
    for row, size in zip(figure.subplots(2, 2), SIZES, strict=True):
        for axes, similarity in zip(row, SIMILARITIES, strict=True):
            _draw(axes, *plans[size, similarity])
            axes.set_title(f"{size} data, {similarity} task", fontsize=10)
    handles = [Patch(label=label, **look) for label, look in LOOK.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    return figure


def _draw(axes, keep, pretrained, frozen):
    axes.set(xlim=(-0.1, 6.3), ylim=(-0.75, 1.15))
    axes.set_axis_off()
    kept = "random at first, trained"
    if pretrained:
        kept = "kept and frozen" if frozen else "kept, goes on training"
    for number in range(BLOCKS):
        off = keep == "early" and number == BLOCKS - 1
        _box(axes, number, f"block {number + 1}", LOOK["sliced off" if off else kept])
    _box(axes, BLOCKS + 0.4, "old head", LOOK["sliced off"])
    # The new head takes over where the kept part ends.
    end = BLOCKS - 1 if keep == "early" else BLOCKS
    _box(axes, end + 0.4 if end == BLOCKS else end, "new head", LOOK["random at first, trained"],
         bottom=-0.62)  # fmt: skip


def _box(axes, left, text, look, bottom=0.25):
    axes.add_patch(Rectangle((1.05 * left, bottom), 0.92, 0.62, lw=1.2, **look))
    axes.text(
        1.05 * left + 0.46,
        bottom + 0.31,
        text,
        ha="center",
        va="center",
        fontsize=8.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
    )
