"""The length of a text by the size of the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE


def length_by_vocabulary(lengths: Sequence[int], first: int = 256) -> Figure:
    """Draw how many bytes a token has, on average, against the number of different tokens.

    Args:
        lengths: Tokens of the text with `first`, `first` + 1, … different tokens, as
            `BytePairTokenizer.lengths` has them.
        first: Tokens before the first merge; then every byte is a token.

    Returns:
        A figure whose title gives both ends.

    Raises:
        ValueError: There are fewer than two lengths.

    Example:
        >>> length_by_vocabulary([1000, 800, 500]).get_suptitle()
        'From 256 to 258 tokens, the same text becomes 2.0 times shorter'
    """
    if len(lengths) < 2:
        raise ValueError(f"Pass two or more lengths; there are {len(lengths)}.")
    last = first + len(lengths) - 1
    ratio = lengths[0] / lengths[-1]
    figure = Canvas(
        6.4, 3.2, f"From {first} to {last} tokens, the same text becomes {ratio:.1f} times shorter"
    )
    axes = figure.subplots()
    axes.plot(range(first, last + 1), [lengths[0] / length for length in lengths], color=BLUE)
    axes.set(xlabel="different tokens", ylabel="bytes in a token, mean")
    hide_frame(axes)
    return figure
