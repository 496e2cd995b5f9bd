"""How good copies are, by the size of the code that they come from."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, GREEN, ORANGE, RED, Canvas, tidy

LOOK = ((BLUE, "o-"), (ORANGE, "s--"), (GREEN, "^-."), (RED, "D:"))


def error_by_size(errors: Mapping[str, Mapping[int, float]]) -> Figure:
    """Draw the error of copies against the numbers in a code, a line a method, both logarithmic.

    Args:
        errors: From a method's name to its error by the size of the code.

    Returns:
        A `matplotlib.figure.Figure`; the title says which is best with the largest code.

    Raises:
        ValueError: There is no method.

    Example:
        >>> figure = error_by_size({"PCA": {2: 0.05, 8: 0.03}, "autoencoder": {2: 0.04, 8: 0.02}})
        >>> figure.get_suptitle()
        'With 8 numbers the copies of autoencoder are closest (error 0.02)'
    """
    if not errors:
        raise ValueError("No method: give error_by_size {name: {size: error}}.")
    largest = max(size for by_size in errors.values() for size in by_size)
    ends = {name: by_size[largest] for name, by_size in errors.items() if largest in by_size}
    best = min(ends, key=ends.get)
    figure = Canvas(
        6.4,
        3.8,
        f"With {largest} numbers the copies of {best} are closest (error {ends[best]:.2g})",
    )
    axes = figure.subplots()
    for (name, by_size), (colour, style) in zip(errors.items(), LOOK, strict=False):
        sizes = sorted(by_size)
        axes.loglog(sizes, [by_size[s] for s in sizes], style, color=colour, label=name)
    sizes = sorted({size for by_size in errors.values() for size in by_size})
    axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axes.set_xticks([], minor=True)
    axes.set(xlabel="numbers in the code", ylabel="mean squared error of a pixel")
    axes.legend(frameon=False)
    tidy(axes)
    return figure
