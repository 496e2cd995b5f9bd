"""What all figures have in common: colours, and a figure that a notebook can show."""

from __future__ import annotations

from io import BytesIO
from textwrap import fill

from matplotlib.figure import Figure

# Okabe & Ito 2008, "Color Universal Design": told apart by colour-blind eyes, and in grey.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
RED, SKY, GREY = "#D55E00", "#56B4E9", "#767676"

DPI = 100
CHARACTERS = 13  # of a title, per inch


class Canvas(Figure):
    """A matplotlib figure outside pyplot that a notebook shows as the value of a cell.

    pyplot keeps every figure until it is closed and shows it once more at the end of the cell.
    Without pyplot a notebook does not know how to show a figure, so this one says it.

    Args:
        width, height: Size in inches, at 100 dots an inch.
        title: The finding, above everything else, in as many lines as it needs.

    Example:
        >>> figure = Canvas(4, 3, "Blue is above orange")
        >>> figure._repr_png_()[1:4]
        b'PNG'
    """

    def __init__(self, width: float, height: float, title: str):
        super().__init__(figsize=(width, height), dpi=DPI, layout="constrained")
        self._finding = title
        self.suptitle(fill(title, int(width * CHARACTERS)), fontsize=11)

    def _repr_mimebundle_(self, include=None, exclude=None):
        # The finding is also what a reader hears who does not see the image.
        return {"image/png": self._repr_png_()}, {"image/png": {"alt": self._finding}}

    def _repr_png_(self) -> bytes:
        png = BytesIO()
        self.savefig(png, format="png")
        return png.getvalue()


def tidy(axes) -> None:
    """Take away the two edges of `axes` that carry no scale."""
    axes.spines[["top", "right"]].set_visible(False)
