"""Networks drawn by their cells, as in the chart of the Neural Network Zoo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import BLUE, GREEN, GREY, ORANGE, RED, SKY

# The colour of a kind says what the cell belongs to, the mark inside what is special about it.
KINDS = {
    "input": (ORANGE, ""),
    "noisy input": (ORANGE, "^"),
    "hidden": (GREEN, ""),
    "probabilistic": (GREEN, "o"),
    "spiking": (GREEN, "^"),
    "kernel": (SKY, "o"),
    "convolution": (SKY, ""),
    "recurrent": (BLUE, ""),
    "memory": (BLUE, "o"),
    "match input–output": (RED, "o"),
    "output": (RED, ""),
}


def network_zoo(networks: Mapping[str, Sequence[tuple[str, int]]], columns: int = 6) -> Figure:
    """Draw networks as layers of coloured cells (van Veen 2016).

    Args:
        networks: By name, the layers of each: the kind of cell and how many to draw. A network with
            one layer is drawn as a ring in which all cells are connected.
        columns: Networks in a row.

    Returns:
        A figure with one panel per network, and a legend with all kinds that occur.

    Raises:
        ValueError: There is no network, or a kind of cell is unknown.

    Example:
        >>> zoo = {"radial basis": [("input", 2), ("kernel", 3), ("output", 1)]}
        >>> network_zoo(zoo).get_suptitle()
        '1 network, made of 3 kinds of cells'
    """
    if not networks:
        raise ValueError("No network: pass {name: [(kind, count), …]} to network_zoo.")
    used = {kind for layers in networks.values() for kind, _ in layers}
    if unknown := sorted(used - set(KINDS)):
        raise ValueError(f"{unknown[0]!r} is not a kind of cell. The kinds: {', '.join(KINDS)}.")
    count = len(networks)
    columns = min(columns, count)
    rows = -(-count // columns)
    figure = Canvas(
        max(6.0, 1.75 * columns),
        min(7.4, 1.75 * rows + 1.3),
        f"{count} network{'s' if count > 1 else ''}, made of {len(used)} kinds of cells",
    )
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (name, layers) in zip(panels, networks.items(), strict=False):
        _draw_network(axes, layers)
        axes.set_title(name, fontsize=8)
    for axes in panels:
        axes.set_axis_off()
    handles = [_make_handle(kind) for kind in KINDS if kind in used]
    figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False, fontsize=8)
    return figure


def _draw_network(axes: Axes, layers: Sequence[tuple[str, int]]) -> None:
    places = _place_ring(layers[0][1]) if len(layers) == 1 else _place_layers(layers)
    if len(layers) == 1:
        links = list(combinations(places[0], 2))
    else:
        pairs = zip(places[:-1], places[1:], strict=True)
        links = [(a, b) for left, right in pairs for a in left for b in right]
    for a, b in links:
        axes.plot((a[0], b[0]), (a[1], b[1]), color=GREY, lw=0.4, zorder=1)
    for (kind, _), points in zip(layers, places, strict=True):
        colour, mark = KINDS[kind]
        axes.plot(*points.T, "o", color=colour, ms=9, mec="black", mew=0.5, zorder=2)
        if mark:
            axes.plot(*points.T, mark, color="white", ms=3.5, mec="black", mew=0.5, zorder=3)
        if kind in ("recurrent", "memory"):
            axes.plot(*(points.T + [[0.0], [0.3]]), "o", color="none", ms=6, mec=BLUE, zorder=1)
    axes.set(xlim=(-2.4, 2.4), ylim=(-2.2, 2.4), aspect="equal")


def _place_ring(count: int) -> list[np.ndarray]:
    angle = 2 * np.pi * np.arange(count) / count + np.pi / 2
    return [1.7 * np.stack([np.cos(angle), np.sin(angle)], axis=1)]


def _place_layers(layers: Sequence[tuple[str, int]]) -> list[np.ndarray]:
    across = np.linspace(-2, 2, len(layers))
    up = [np.arange(count) - (count - 1) / 2 for _, count in layers]
    return [
        np.stack([np.full(len(y), x), 0.85 * y], axis=1) for x, y in zip(across, up, strict=True)
    ]


def _make_handle(kind: str) -> Line2D:
    colour, mark = KINDS[kind]
    inner = {"o": " (ring)", "^": " (triangle)", "": ""}[mark]
    return Line2D([], [], ls="", marker="o", color=colour, mec="black", ms=8, label=kind + inner)
