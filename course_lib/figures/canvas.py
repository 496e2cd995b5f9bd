"""A figure that a notebook shows."""

from __future__ import annotations

from io import BytesIO
from textwrap import fill
from typing import Any

from matplotlib.figure import Figure

DPI = 100  # of the page
SHARPNESS = 2  # dots of the file for a dot of the page
CHARACTERS = 13  # of a title, per inch


class Canvas(Figure):
    """A matplotlib figure outside pyplot that a notebook shows as the value of a cell.

    pyplot keeps every figure until it is closed, and shows it again at the end of the cell. A
    notebook does not know how to show a figure without pyplot, so this class tells it.

    Args:
        width: Width in inches, at 100 dots per inch on the page and 200 in the file.
        height: Height in inches.
        title: The finding, above everything else, in as many lines as it needs.

    Example:
        >>> figure = Canvas(4, 3, "Blue is above orange")
        >>> figure._repr_png_()[1:4]
        b'PNG'
    """

    def __init__(self, width: float, height: float, title: str) -> None:
        super().__init__(figsize=(width, height), dpi=DPI, layout="constrained")
        self._finding = title
        self.suptitle(fill(title, int(width * CHARACTERS)), fontsize=11)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        # Screen readers read the finding as the alternative text of the image.
        width = round(float(self.get_figwidth()) * DPI)
        shown = {"width": width, "alt": self._finding}
        return {"image/png": self._repr_png_()}, {"image/png": shown}

    def _repr_png_(self) -> bytes:
        png = BytesIO()
        self.savefig(png, format="png", dpi=SHARPNESS * DPI)
        return png.getvalue()
