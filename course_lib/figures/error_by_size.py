"""The reconstruction error of methods by the size of the code."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import MARKED_LINES
from course_lib.figures.style_series import style_series


def error_by_size(errors: Mapping[str, Mapping[int, float]]) -> Figure:
    """Draw the reconstruction error against the size of the code, one line per method.

    Args:
        errors: By method, then by the size of the code, mean squared errors.

    Returns:
        A figure with logarithmic axes; its title names the best method with the largest code.

    Raises:
        ValueError: There is no method.

    Example:
        >>> figure = error_by_size({"PCA": {2: 0.05, 8: 0.03}, "autoencoder": {2: 0.04, 8: 0.02}})
        >>> figure.get_suptitle()
        'With 8 numbers per code, autoencoder has the smallest error (0.02)'
    """
    if not errors:
        raise ValueError("No method: pass {name: {size: error}} to error_by_size.")
    largest = max(size for by_size in errors.values() for size in by_size)
    ends = {name: by_size[largest] for name, by_size in errors.items() if largest in by_size}
    best = min(ends, key=ends.__getitem__)
    figure = Canvas(
        6.4,
        3.8,
        f"With {largest} numbers per code, {best} has the smallest error ({ends[best]:.2g})",
    )
    axes = figure.subplots()
    for (name, by_size), (colour, style) in zip(
        errors.items(), style_series(len(errors), MARKED_LINES), strict=True
    ):
        sizes = sorted(by_size)
        axes.loglog(sizes, [by_size[s] for s in sizes], style, color=colour, label=name)
    sizes = sorted({size for by_size in errors.values() for size in by_size})
    axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axes.set_xticks([], minor=True)
    axes.set(xlabel="numbers per code", ylabel="mean squared error per pixel")
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
