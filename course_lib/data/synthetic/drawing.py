"""Shapes as signed distances, drawn into many images at once.

A signed distance is negative inside a shape, 0 on its edge and positive outside (I. Quilez, "2D
distance functions"); `cover` turns it into pixels. All arguments broadcast against the coordinates
`x` and `y`, `(n, size, size)`: a number is the same in every image, an array `(n, 1, 1)` differs
from image to image. `x` grows to the right, `y` downwards.
"""

from __future__ import annotations

import numpy as np

Number = float | np.ndarray


def per_image(rng: np.random.Generator, low: float, high: float, n: int) -> np.ndarray:
    """Return `n` uniform random numbers, one for each image, as float32 `(n, 1, 1)`."""
    return rng.uniform(low, high, (n, 1, 1)).astype("float32")


def coordinates(
    size: int,
    across: Number = 0.0,
    down: Number = 0.0,
    zoom: Number = 1.0,
    angle: Number = 0.0,
    mirror: Number = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the coordinates of every pixel in the frame of an object.

    The object's frame goes from -1 to 1 in both directions; at zoom 1 it is as large as the image.

    Args:
        size: Height and width of the image in pixels.
        across: Horizontal position of the object's centre, -1 to 1.
        down: Vertical position of the object's centre, -1 to 1.
        zoom: Size of the object; 1 fills the image.
        angle: Rotation in radians, clockwise.
        mirror: -1 mirrors the object from left to right, 1 does not.

    Returns:
        `x` and `y`, float32 `(1, size, size)`, or `(n, size, size)` if an argument has n values.

    Example:
        >>> x, y = coordinates(4)
        >>> x[0, 0].tolist()
        [-0.75, -0.25, 0.25, 0.75]
    """
    line = (2 * np.arange(size, dtype="float32") + 1) / size - 1
    u, v = line[None, None, :] - across, line[None, :, None] - down
    cos, sin = np.cos(np.float32(angle)) / zoom, np.sin(np.float32(angle)) / zoom
    return mirror * (cos * u + sin * v), cos * v - sin * u


def length(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the length of `(x, y)`; `np.hypot`, which guards against overflow, is 5× slower."""
    return np.sqrt(x * x + y * y)


def circle(
    x: np.ndarray, y: np.ndarray, across: Number, down: Number, radius: Number
) -> np.ndarray:
    """Return the signed distance from a circle."""
    return length(x - across, y - down) - radius


def ellipse(
    x: np.ndarray, y: np.ndarray, across: Number, down: Number, width: Number, height: Number
) -> np.ndarray:
    """Return an approximate signed distance from an ellipse with these semi-axes."""
    return (length((x - across) / width, (y - down) / height) - 1) * np.minimum(width, height)


def box(
    x: np.ndarray, y: np.ndarray, across: Number, down: Number, width: Number, height: Number
) -> np.ndarray:
    """Return the signed distance (maximum norm) from a box with these half sides."""
    return np.maximum(np.abs(x - across) - width, np.abs(y - down) - height)


def trapezoid(
    x: np.ndarray, y: np.ndarray, top: Number, bottom: Number, upper: Number, lower: Number
) -> np.ndarray:
    """Return an approximate signed distance from an upright trapezoid.

    Args:
        x: Coordinates to the right.
        y: Coordinates downwards.
        top: `y` of the upper side.
        bottom: `y` of the lower side.
        upper: Half the length of the upper side; 0 makes a triangle.
        lower: Half the length of the lower side.
    """
    share = (y - top) / (bottom - top)
    return np.maximum(
        np.abs(x) - (upper + (lower - upper) * share), np.maximum(top - y, y - bottom)
    )


def triangle(
    x: np.ndarray, y: np.ndarray, across: Number, top: Number, width: Number, height: Number
) -> np.ndarray:
    """Return an approximate signed distance from a triangle that points upwards.

    Args:
        x: Coordinates to the right.
        y: Coordinates downwards.
        across: `x` of the tip.
        top: `y` of the tip.
        width: Half the length of the lower side.
        height: Distance of the lower side from the tip.
    """
    below = y - top
    return np.maximum(np.abs(x - across) - width * below / height, below - height)


def stroke(
    x: np.ndarray,
    y: np.ndarray,
    from_x: Number,
    from_y: Number,
    to_x: Number,
    to_y: Number,
    radius: Number,
) -> np.ndarray:
    """Return the signed distance from a line segment with round ends."""
    along_x, along_y = to_x - from_x, to_y - from_y
    share = ((x - from_x) * along_x + (y - from_y) * along_y) / (along_x**2 + along_y**2)
    share = np.clip(share, 0, 1)
    return length(x - from_x - share * along_x, y - from_y - share * along_y) - radius


def cover(distance: np.ndarray, pixel: Number) -> np.ndarray:
    """Return the share of each pixel that a shape covers, 0 to 1.

    Args:
        distance: Signed distance from the shape.
        pixel: Side of a pixel in the same units; the edge is blurred over one pixel.

    Example:
        >>> cover(np.array([-1.0, 0.0, 1.0]), pixel=0.5).tolist()
        [1.0, 0.5, 0.0]
    """
    return np.clip(0.5 - distance / pixel, 0, 1)
