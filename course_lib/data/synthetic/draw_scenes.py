"""Coloured objects in front of clutter: stand-ins for CIFAR and for photographs.

Each image shows its object in its own colours and proportions, at a random place, size, angle and
side, in its own light. Colours hint at the class (a frog tends to be green); the position of a
pixel does not. Only the arrangement of edges identifies the class. The object has an outline and
differs in brightness from what is behind it, so that a person sees what it is.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from course_lib.data.synthetic.drawing import box, coordinates, cover, per_image
from course_lib.data.synthetic.scene_object import ACCENT, BODY, RGB, SceneObject

OUTLINE = 0.8  # how much of what is behind it the outline covers
CONTRAST = 60  # smallest difference in brightness between an object and its surroundings
BATCH = 64  # images that fit into the processor's cache: twice as fast as all together


def draw_scenes(
    scene_object: SceneObject,
    n: int,
    size: int,
    rng: np.random.Generator,
    looseness: float = 0.09,
    spread: float = 0.3,
) -> np.ndarray:
    """Draw `n` images of one object.

    Args:
        scene_object: The object.
        n: Number of images.
        size: Height and width in pixels.
        rng: Source of random numbers.
        looseness: Standard deviation of the object's proportions, relative to its size.
        spread: Largest distance of the object from the centre, relative to half a side.

    Returns:
        uint8 array `(n, size, size, 3)`.

    Example:
        >>> from course_lib.data.synthetic.drawing import circle
        >>> ball = SceneObject((200, 60, 40), (90, 140, 80), ((circle, BODY, 0, 0, 0.8),))
        >>> draw_scenes(ball, 2, 32, np.random.default_rng(0)).shape
        (2, 32, 32, 3)
    """
    images = np.empty((n, size, size, 3), "uint8")
    for start in range(0, n, BATCH):
        batch = images[start : start + BATCH]
        channels = _draw_batch(scene_object, len(batch), size, rng, looseness, spread)
        batch[:] = channels.transpose(1, 2, 3, 0)
    return images


def _draw_batch(
    scene_object: SceneObject,
    n: int,
    size: int,
    rng: np.random.Generator,
    looseness: float,
    spread: float,
) -> np.ndarray:
    """Return images `(3, n, size, size)`; painting is fastest with the channel first."""
    image = _draw_surroundings(scene_object.ground, n, size, rng)
    zoom = per_image(rng, 0.5, 0.9, n)
    x, y = coordinates(
        size,
        across=per_image(rng, -spread, spread, n),
        down=per_image(rng, -spread, spread, n),
        zoom=zoom,
        angle=per_image(rng, -0.35, 0.35, n),
        mirror=rng.choice([-1, 1], (n, 1, 1)).astype("float32"),
    )
    x = x * per_image(rng, 0.85, 1.2, n)
    _paint_object(image, scene_object, x, y, 2 / size / zoom, looseness, rng)
    _add_clutter(image, n, size, rng)
    return _light(image, n, size, rng)


def _paint_object(
    image: np.ndarray,
    scene_object: SceneObject,
    x: np.ndarray,
    y: np.ndarray,
    pixel: np.ndarray,
    looseness: float,
    rng: np.random.Generator,
) -> None:
    """Paint the object with an outline of one pixel over images `(3, n, size, size)`."""
    n = image.shape[1]
    colours = _draw_colours(scene_object.coat, image.mean(axis=(0, 2, 3)), rng)
    coat = _draw_coat(x, y, n, rng)
    distances = []
    for shape, _, *numbers in scene_object.parts:
        slack = looseness * rng.standard_normal((len(numbers), n, 1, 1), dtype="float32")
        varied = [
            v + s if i < 2 else v * (1 + s)
            for i, (v, s) in enumerate(zip(numbers, slack, strict=True))
        ]
        distances.append(shape(x, y, *varied))
    # The outline tells the object from what is behind it.
    edge = OUTLINE * cover(reduce(np.minimum, distances) - pixel, pixel)
    for channel, paint in zip(image, colours[BODY], strict=True):
        channel += edge * (0.3 * paint - channel)
    for (_, colour, *_), distance in zip(scene_object.parts, distances, strict=True):
        ink = cover(distance, pixel)
        for channel, paint in zip(image, colours[colour], strict=True):
            channel += ink * ((paint * coat if colour in (BODY, ACCENT) else paint) - channel)


def _move_towards(colours: np.ndarray, target: RGB, rng: np.random.Generator) -> np.ndarray:
    """Return colours `(3, n, …)`, each moved a random part of the way to the target."""
    way = rng.uniform(0, 0.8, (colours.shape[1], 1, 1))
    return colours + way * (np.reshape(target, (3, 1, 1, 1)) - colours)


def _draw_colours(coat: RGB, mood: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return the colours BODY, ACCENT, DARK and LIGHT, 0 to 255, each `(3, n, 1, 1)`.

    The body is clearly brighter or darker than the image's mean brightness `mood`, `(n,)`.
    """
    n = len(mood)
    body = _move_towards(_draw_soft_colours((n, 1, 1), rng), coat, rng)
    brightness = body.mean(axis=0)
    contrast = brightness - mood.reshape(n, 1, 1)
    missing = np.maximum(CONTRAST - np.abs(contrast), 0)
    body = np.clip(body + np.where(contrast > 0, missing, -missing), 15, 240)
    accent = np.clip(
        body + rng.uniform(-50, 50, (n, 1, 1)) + rng.uniform(-20, 20, (3, n, 1, 1)), 0, 255
    )
    dark = rng.uniform(0, 40, (n, 1, 1)) + rng.uniform(0, 15, (3, n, 1, 1))
    light = rng.uniform(200, 240, (n, 1, 1)) + rng.uniform(0, 15, (3, n, 1, 1))
    return tuple(colour.astype("float32") for colour in (body, accent, dark, light))


def _draw_soft_colours(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return colours `(3, *shape)` of any brightness, most of them close to grey."""
    return rng.uniform(40, 215, shape) + rng.uniform(-45, 45, (3, *shape))


def _draw_coat(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the brightness of the object's surface: patches or stripes, strong or weak."""
    waves = np.sin(
        per_image(rng, -9, 9, n) * x + per_image(rng, -9, 9, n) * y + per_image(rng, 0, 6, n)
    )
    return 1 + per_image(rng, 0, 0.25, n) * waves


def _draw_surroundings(ground: RGB, n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return images of soft colours with a few bars and blocks in them."""
    mood = _move_towards(_draw_soft_colours((n, 1, 1), rng), ground, rng)
    coarse = mood + rng.uniform(-40, 40, (n, 5, 5)) + rng.uniform(-12, 12, (3, n, 5, 5))
    weight = _interpolation_matrix(size, 5)
    image = weight @ coarse.astype("float32") @ weight.T
    for _ in range(2):
        _add_clutter(image, n, size, rng)
    return image


def _add_clutter(image: np.ndarray, n: int, size: int, rng: np.random.Generator) -> None:
    """Paint a bar or a block at a random place over the image."""
    x, y = coordinates(
        size,
        across=per_image(rng, -1, 1, n),
        down=per_image(rng, -1, 1, n),
        angle=per_image(rng, 0, np.pi, n),
    )
    block = box(x, y, 0, 0, per_image(rng, 0.1, 0.5, n), per_image(rng, 0.05, 0.25, n))
    ink = 0.8 * cover(block, 2 / size)
    colours = _draw_soft_colours((n, 1, 1), rng).astype("float32")
    for channel, paint in zip(image, colours, strict=True):
        channel += ink * (paint - channel)


def _interpolation_matrix(size: int, coarse: int) -> np.ndarray:
    """Return the matrix that interpolates `coarse` values linearly to `size`."""
    where = np.linspace(0, coarse - 1, size)
    return np.clip(1 - np.abs(where[:, None] - np.arange(coarse)), 0, 1).astype("float32")


def _light(image: np.ndarray, n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return the image lit from one side, with random contrast and grain."""
    x, y = coordinates(size)
    slope = 1 + 0.25 * (per_image(rng, -1, 1, n) * x + per_image(rng, -1, 1, n) * y)
    image *= slope * per_image(rng, 0.6, 1.1, n)
    image += per_image(rng, 0, 30, n)
    image += 10 * rng.standard_normal(image.shape, dtype="float32")
    return np.clip(image, 0, 255)
