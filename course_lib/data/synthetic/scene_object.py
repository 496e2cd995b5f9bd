"""A kind of object that can be drawn into a scene."""

from __future__ import annotations

from typing import Any, NamedTuple

# The colours of a part: that of the body, one near it, almost black, almost white.
BODY, ACCENT, DARK, LIGHT = range(4)

RGB = tuple[int, int, int]
# A shape of `drawing`, a colour, and the numbers that the shape takes after `x` and `y`.
Part = tuple[Any, ...]


class SceneObject(NamedTuple):
    """A kind of object: its colours and the parts from which it is drawn.

    Args:
        coat: Typical colour of the object: red, green and blue, 0 to 255.
        ground: Typical colour of its surroundings.
        parts: Painted one over the other: `(shape, colour, *numbers)` with a function of
            `course_lib.data.synthetic.drawing`, one of `BODY`, `ACCENT`, `DARK` and `LIGHT`, and
            the arguments of the function after `x` and `y`.

    Example:
        >>> from course_lib.data.synthetic.drawing import circle
        >>> ball = SceneObject((200, 60, 40), (90, 140, 80), ((circle, BODY, 0, 0, 0.8),))
        >>> len(ball.parts)
        1
    """

    coat: RGB
    ground: RGB
    parts: tuple[Part, ...]
