"""Two or three coloured shapes on a grey ground, for images with captions."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.data.synthetic.drawing import (
    box,
    circle,
    coordinates,
    cover,
    per_image,
    triangle,
)

SIZE = 48  # pixels, height and width of an image
COLOURS = {
    "red": (205, 45, 45),
    "green": (45, 150, 65),
    "blue": (50, 80, 205),
    "yellow": (225, 200, 50),
    "purple": (140, 60, 165),
    "white": (240, 240, 240),
}
SHAPES = ("circle", "square", "triangle", "cross")
RADII = {"small": 3.8, "large": 6.6}  # pixels
REACH = 9  # pixels from the centre of a shape that can be covered by it
NOISE = 6  # standard deviation of a pixel, in grey levels


def draw_shapes(scenes: list[list[dict[str, Any]]], rng: np.random.Generator) -> np.ndarray:
    """Draw a small image of each scene.

    Args:
        scenes: For each image its shapes, dictionaries with "shape" (one of `SHAPES`), "colour"
            (one of `COLOURS`), and the centre "x", "y" and the "radius" in pixels, at most 8.
        rng: Source of random numbers, for the light and the noise.

    Returns:
        uint8 array `(n, 48, 48, 3)`.

    Example:
        >>> ball = {"shape": "circle", "colour": "red", "x": 24, "y": 24, "radius": 7}
        >>> images = draw_shapes([[ball]], np.random.default_rng(0))
        >>> images.shape, bool(images[0, 24, 24, 0] > 2 * images[0, 24, 24, 1])
        ((1, 48, 48, 3), True)
    """
    n = len(scenes)
    x, y = coordinates(SIZE)
    light = per_image(rng, 85, 125, n) + per_image(rng, -18, 18, n) * x
    light = light + per_image(rng, -18, 18, n) * y
    # With a margin, so that no shape reaches beyond it.
    image = np.pad(light, ((0, 0), (REACH, REACH), (REACH, REACH)))[..., None].repeat(3, axis=-1)
    for place in range(max(map(len, scenes), default=0)):
        at = np.array([number for number, scene in enumerate(scenes) if len(scene) > place])
        _paint(image, at, [scenes[number][place] for number in at], rng)
    image = image[:, REACH:-REACH, REACH:-REACH]
    image += NOISE * rng.standard_normal((n, SIZE, SIZE, 1), dtype="float32")
    return np.clip(image, 0, 255).astype("uint8")


def _paint(
    image: np.ndarray, at: np.ndarray, shapes: list[dict[str, Any]], rng: np.random.Generator
) -> None:
    """Paint one shape into each of the images `at`."""
    x, y, radius = (
        np.array([shape[key] for shape in shapes], "float32") for key in ("x", "y", "radius")
    )
    left, top = x.astype(int), y.astype(int)
    window = np.arange(2 * REACH)
    rows, columns = top[:, None, None] + window[:, None], left[:, None, None] + window
    across = columns - REACH + 0.5 - x[:, None, None]
    down = rows - REACH + 0.5 - y[:, None, None]
    ink = _cover(shapes, across, down, radius[:, None, None])[..., None]
    paint = np.array([COLOURS[shape["colour"]] for shape in shapes], "float32")
    paint *= rng.uniform(0.85, 1.05, (len(at), 1)).astype("float32")
    here = image[at[:, None, None], rows, columns]
    image[at[:, None, None], rows, columns] = here + ink * (paint[:, None, None] - here)


def _cover(
    shapes: list[dict[str, Any]], x: np.ndarray, y: np.ndarray, radius: np.ndarray
) -> np.ndarray:
    """Return the share of each pixel of a window that a shape covers, `(n, 18, 18)`."""
    kinds = np.array([SHAPES.index(shape["shape"]) for shape in shapes])
    arm, side = 0.36 * radius, 0.88 * radius
    distances = (
        circle(x, y, 0, 0, radius),
        box(x, y, 0, 0, side, side),
        triangle(x, y, 0, -radius, radius, 1.9 * radius),
        np.minimum(box(x, y, 0, 0, radius, arm), box(x, y, 0, 0, arm, radius)),
    )
    return cover(np.choose(kinds[:, None, None], distances), 1.0)
