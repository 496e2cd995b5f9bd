"""The error of weights that cannot be loaded."""

from __future__ import annotations

from course_lib.course_error import CourseError


class WeightsError(CourseError):
    """Pre-trained weights cannot be loaded.

    Example:
        >>> raise WeightsError("there is no network", 'Use backbone("small_vgg").')
        Traceback (most recent call last):
        ...
        course_lib.transfer.weights_error.WeightsError: there is no network.
        Use backbone("small_vgg").
    """
