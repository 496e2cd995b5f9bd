"""What goes wrong with pre-trained weights, in words that a student can act on."""

from __future__ import annotations


class WeightsError(RuntimeError):
    """Pre-trained weights that cannot be had.

    Args:
        what: What is wrong, one sentence without its full stop.
        to_do: Lines that say what to do now.

    Example:
        >>> raise WeightsError("there is no network", 'Take backbone("small_vgg").')
        Traceback (most recent call last):
        ...
        course_lib.transfer.weights_error.WeightsError: there is no network.
        Take backbone("small_vgg").
    """

    def __init__(self, what: str, to_do: str):
        super().__init__(f"{what}.\n{to_do}")
        self.what = what
