"""Several objects in one image, of different sizes, some in front of others, each with its box."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.data.synthetic.drawing import box, coordinates, cover, ellipse, per_image, trapezoid

MOST = 5  # objects in an image
LEAST = 2
OVERLAP = 0.3  # largest intersection of two boxes, as a share of the smaller one
TRIES = 12  # places that are tried for one object
SMALLEST, LARGEST = 0.08, 0.22  # half the width of an object, relative to the side of the image
BATCH = 2**20  # pixels that are drawn at a time

Truth = list[tuple[np.ndarray, np.ndarray]]


def _draw_square(x: np.ndarray, y: np.ndarray, w: np.ndarray, h: np.ndarray) -> np.ndarray:
    return box(x, y, 0, 0, w, h)


def _draw_ball(x: np.ndarray, y: np.ndarray, w: np.ndarray, h: np.ndarray) -> np.ndarray:
    return ellipse(x, y, 0, 0, w, h)


def _draw_triangle(x: np.ndarray, y: np.ndarray, w: np.ndarray, h: np.ndarray) -> np.ndarray:
    return trapezoid(x, y, -h, h, 0, w)


SHAPES: tuple[Callable[..., np.ndarray], ...] = (_draw_square, _draw_ball, _draw_triangle)


def draw_crowded_scenes(
    n: int, size: int, rng: np.random.Generator, classes: int = 3
) -> tuple[np.ndarray, Truth]:
    """Draw images of several objects, and the box and class of each object.

    An image has 2 to 5 objects, if there is room. They differ in size, proportions and colour, and
    in their class: 0 square, 1 ball, 2 triangle. One can hide part of another; the box is always
    that of the whole object. Nothing is cut off by the edge of the image.

    Args:
        n: Number of images.
        size: Height and width in pixels.
        rng: Source of random numbers.
        classes: Number of classes, 1 to 3: the first ones.

    Returns:
        Images, uint8 `(n, size, size, 3)`, and for each image a tuple of boxes, float32
        `(objects, 4)`, "xyxy" in pixels, and labels, int64 `(objects,)`.

    Example:
        >>> images, truth = draw_crowded_scenes(3, 64, np.random.default_rng(0))
        >>> images.shape, len(truth), truth[0][0].shape[1]
        ((3, 64, 64, 3), 3, 4)
    """
    images, truth = np.empty((n, size, size, 3), "uint8"), []
    batch = max(1, BATCH // size**2)
    for start in range(0, n, batch):
        part = images[start : start + batch]
        boxes, labels, is_there = _place_objects(len(part), rng, classes)
        part[:] = _paint(boxes, labels, is_there, size, rng)
        for one, name, here in zip(boxes, labels, is_there, strict=True):
            truth.append(((size * one[here]).astype("float32"), name[here]))
    return images, truth


def _place_objects(
    n: int, rng: np.random.Generator, classes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return boxes `(n, MOST, 4)`, from 0 to 1, labels and whether an object is there."""
    labels = rng.integers(0, classes, (n, MOST))
    boxes, is_there = np.zeros((n, MOST, 4)), np.zeros((n, MOST), bool)
    wanted = rng.integers(LEAST, MOST + 1, n)
    for number in range(MOST):
        half = np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST), (n, 1, 1)))
        half = half * np.exp(rng.uniform(-0.15, 0.15, (n, 1, 2)))
        centre = half + rng.random((n, TRIES, 2)) * (1 - 2 * half)
        tried = np.concatenate([centre - half, centre + half], axis=-1)
        is_free = np.all(_find_overlap(tried, boxes) <= OVERLAP, axis=-1)
        boxes[:, number] = tried[np.arange(n), is_free.argmax(axis=1)]
        is_there[:, number] = is_free.any(axis=1) & (number < wanted)
        boxes[~is_there[:, number], number] = 0
    return boxes, labels, is_there


def _find_overlap(tried: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the intersection as a share of the smaller box, `(n, tries, boxes)`."""
    a, b = tried[:, :, None], boxes[:, None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    areas = [(c[..., 2:] - c[..., :2]).prod(axis=-1) for c in (a, b)]
    return np.clip(sides, 0, None).prod(axis=-1) / np.maximum(np.minimum(*areas), 1e-9)


def _paint(
    boxes: np.ndarray,
    labels: np.ndarray,
    is_there: np.ndarray,
    size: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return images `(n, size, size, 3)`, 0 to 255; later objects are in front."""
    n, pixel = len(boxes), 2 / size
    x, y = coordinates(size)
    mood = rng.uniform(60, 195, (n, 1, 1, 1)) + rng.uniform(-25, 25, (n, 1, 1, 3))
    tilt = per_image(rng, -25, 25, n) * x + per_image(rng, -25, 25, n) * y
    image = (mood + tilt[..., None]).astype("float32")
    for number in range(boxes.shape[1]):
        corners = (2 * boxes[:, number] - 1).astype("float32")
        (left, top), (right, bottom) = corners[:, :2].T, corners[:, 2:].T
        middle = [((low + high) / 2)[:, None, None] for low, high in ((left, right), (top, bottom))]
        half = [((high - low) / 2)[:, None, None] for low, high in ((left, right), (top, bottom))]
        half = [np.maximum(side, 1e-3) for side in half]
        distance = _measure(labels[:, number], x - middle[0], y - middle[1], *half)
        colour = _choose_colours(mood, rng)
        shade = 1 + per_image(rng, -0.25, 0.25, n) * (y - middle[1]) / half[1]
        rim = 1 - 0.5 * cover(-distance - 1.5 * pixel, pixel)
        ink = (cover(distance, pixel) * is_there[:, number, None, None])[..., None]
        image += ink * (colour * (shade * rim)[..., None] - image)
    image += 8 * rng.standard_normal(image.shape, dtype="float32")
    return np.clip(image, 0, 255)


def _measure(
    labels: np.ndarray, x: np.ndarray, y: np.ndarray, w: np.ndarray, h: np.ndarray
) -> np.ndarray:
    """Return the signed distance of each pixel from the object of its image, `(n, size, size)`."""
    distance = np.empty(np.broadcast_shapes(x.shape, y.shape), "float32")
    for label, shape in enumerate(SHAPES):
        here = labels == label
        distance[here] = shape(x[here], y[here], w[here], h[here])
    return distance


def _choose_colours(mood: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return colours `(n, 1, 1, 3)` that differ from the background in brightness."""
    n = len(mood)
    brightness = mood.mean(axis=-1, keepdims=True)
    away = rng.uniform(45, 110, (n, 1, 1, 1))
    is_up = rng.random((n, 1, 1, 1)) < np.clip((230 - brightness) / 200, 0.1, 0.9)
    colour = brightness + np.where(is_up, away, -away) + rng.uniform(-45, 45, (n, 1, 1, 3))
    return np.clip(colour, 5, 250).astype("float32")
