"""Simple forms drawn into many images at once: the pencil behind the drawn stand-ins.

A form is its signed distance: negative inside, 0 on its edge, positive outside (I. Quilez, "2D
distance functions"). :func:`cover` makes ink of it. All arguments broadcast against the
coordinates ``x`` and ``y``, ``(n, size, size)``: a scalar is the same in every image,
``(n, 1, 1)`` differs from image to image. ``x`` grows to the right, ``y`` downwards.
"""

from __future__ import annotations

import numpy as np


def each(rng, low, high, n):
    """Return ``n`` uniform random numbers as ``(n, 1, 1)``, float32: one for each image."""
    return rng.uniform(low, high, (n, 1, 1)).astype("float32")


def coordinates(size, across=0.0, down=0.0, zoom=1.0, angle=0.0, mirror=1.0):
    """Return ``x`` and ``y`` of every pixel, as an object sees them that stands in the image.

    The object's own square, -1 to 1 both ways, is as large as the image at zoom 1.

    Args:
        size: pixels of a side.
        across, down: where the object's middle is, -1 to 1.
        zoom: its size; 1 fills the image.
        angle: how far it is turned clockwise, radians.
        mirror: -1 shows it mirrored, 1 does not.

    Returns:
        Two float32 arrays, ``(1, size, size)``, or ``(n, size, size)`` where an argument has n.

    Example:
        >>> x, y = coordinates(4)
        >>> x[0, 0].tolist()
        [-0.75, -0.25, 0.25, 0.75]
    """
    line = (2 * np.arange(size, dtype="float32") + 1) / size - 1
    u, v = line[None, None, :] - across, line[None, :, None] - down
    cos, sin = np.cos(np.float32(angle)) / zoom, np.sin(np.float32(angle)) / zoom
    return mirror * (cos * u + sin * v), cos * v - sin * u


def length(x, y):
    """Return the length of ``(x, y)``, five times as fast as ``np.hypot``, which minds overflow."""
    return np.sqrt(x * x + y * y)


def circle(x, y, across, down, radius):
    """Return the signed distance from a circle."""
    return length(x - across, y - down) - radius


def ellipse(x, y, across, down, width, height):
    """Return about the signed distance from an ellipse with these half axes."""
    return (length((x - across) / width, (y - down) / height) - 1) * np.minimum(width, height)


def box(x, y, across, down, width, height):
    """Return the signed distance (outside: the larger of both ways) from a box; half sides."""
    return np.maximum(np.abs(x - across) - width, np.abs(y - down) - height)


def trapezoid(x, y, top, bottom, upper, lower):
    """Return about the signed distance from an upright trapezoid.

    Args:
        x, y: coordinates.
        top, bottom: ``y`` of its two level sides.
        upper, lower: half their lengths; 0 makes a triangle.
    """
    share = (y - top) / (bottom - top)
    return np.maximum(
        np.abs(x) - (upper + (lower - upper) * share), np.maximum(top - y, y - bottom)
    )


def stroke(x, y, from_x, from_y, to_x, to_y, radius):
    """Return the signed distance from a line with round ends."""
    along_x, along_y = to_x - from_x, to_y - from_y
    share = ((x - from_x) * along_x + (y - from_y) * along_y) / (along_x**2 + along_y**2)
    share = np.clip(share, 0, 1)
    return length(x - from_x - share * along_x, y - from_y - share * along_y) - radius


def cover(distance, pixel):
    """Return how much of each pixel a form covers, 0 to 1.

    Args:
        distance: signed distance.
        pixel: a pixel's side in the same units: the edge is blurred over one.

    Example:
        >>> cover(np.array([-1.0, 0.0, 1.0]), pixel=0.5).tolist()
        [1.0, 0.5, 0.0]
    """
    return np.clip(0.5 - distance / pixel, 0, 1)
