"""Dead leaves: textured shapes that hide each other, with the statistics of photographs."""

from __future__ import annotations

import numpy as np

from course_lib.data.synthetic.drawing import cover

LEAVES = 45  # shapes in an image
SMALLEST = 0.12  # radius of a shape, in half sides of the image
TEXTURES = ("stripes", "checks", "waves", "dots", "bricks", "plain")


def draw_leaves(n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw shapes of all sizes that hide each other, most of them with a texture.

    The number of shapes falls with the cube of their size, so that an image looks equally detailed
    at every scale, as photographs do (Lee, Mumford & Huang 2001, "Occlusion models for natural
    images"). Edges are smooth at the scale of a pixel.

    Args:
        n: Number of images.
        size: Height and width in pixels.
        rng: Source of random numbers.

    Returns:
        uint8 array `(n, size, size, 3)`.

    Example:
        >>> draw_leaves(2, 32, np.random.default_rng(0)).shape
        (2, 32, 32, 3)
    """
    return np.stack([_draw_image(size, rng) for _ in range(n)])


def draw_texture(texture: str, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw one texture in two colours over a whole image.

    Args:
        texture: One of `TEXTURES`.
        size: Height and width in pixels.
        rng: Source of the colours, the angle and the period.

    Returns:
        uint8 array `(size, size, 3)`.

    Example:
        >>> draw_texture("bricks", 32, np.random.default_rng(0)).shape
        (32, 32, 3)
    """
    x, y = _coordinates(size)
    return _to_bytes(_paint(x, y, texture, size, rng))


def _coordinates(size: int) -> tuple[np.ndarray, np.ndarray]:
    line = (2 * np.arange(size, dtype="float32") + 1) / size - 1
    return np.meshgrid(line, line)


def _draw_image(size: int, rng: np.random.Generator) -> np.ndarray:
    x, y = _coordinates(size)
    image = _paint(x, y, "plain", size, rng)
    radii = np.sort(SMALLEST / np.sqrt(rng.uniform(SMALLEST**2, 1, LEAVES)))[::-1]
    for radius in np.minimum(radii, 0.9):
        across, down = rng.uniform(-1.1, 1.1, 2)
        turn, narrow = rng.uniform(0, np.pi), rng.uniform(0.45, 1)
        u = (x - across) * np.cos(turn) + (y - down) * np.sin(turn)
        v = (y - down) * np.cos(turn) - (x - across) * np.sin(turn)
        if rng.random() < 0.5:
            away = (np.sqrt(u**2 + (v / narrow) ** 2) - radius) * narrow
        else:
            away = np.maximum(np.abs(u) - radius, np.abs(v) - radius * narrow)
        inside = cover(away * size / 2, 1.0)[..., None]
        texture = str(rng.choice(TEXTURES))
        image = image * (1 - inside) + inside * _paint(x, y, texture, size, rng)
    return _to_bytes(image + rng.normal(0, 1.5, image.shape))


def _paint(
    x: np.ndarray, y: np.ndarray, texture: str, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Return a texture in two colours, float32 `(size, size, 3)`, 0 to 255."""
    grey, tint = rng.uniform(30, 225, (2, 1)), rng.uniform(-70, 70, (2, 3))
    first, second = (grey + tint).astype("float32")
    turn, period = rng.uniform(0, np.pi), rng.uniform(5, 16) * 2 / size
    u = (x * np.cos(turn) + y * np.sin(turn)) / period
    v = (y * np.cos(turn) - x * np.sin(turn)) / period
    share = _share(u, v, texture, period * size / 2)[..., None]
    light = 1 + 0.2 * rng.uniform(-1, 1) * x + 0.2 * rng.uniform(-1, 1) * y
    return (first * share + second * (1 - share)) * light[..., None]


def _share(u: np.ndarray, v: np.ndarray, texture: str, pixels: float) -> np.ndarray:
    """Return the share of the first colour, 0 to 1; one period of `u` and `v` has `pixels`."""

    def edge(distance: np.ndarray) -> np.ndarray:
        return cover(distance * pixels, 1.0)

    def teeth(t: np.ndarray) -> np.ndarray:
        return np.abs(t % 1 - 0.5)

    if texture == "stripes":
        return edge(teeth(u) - 0.25)
    if texture == "checks":
        both = edge(teeth(u) - 0.25), edge(teeth(v) - 0.25)
        return both[0] + both[1] - 2 * both[0] * both[1]
    if texture == "waves":
        return 0.5 + 0.5 * np.sin(2 * np.pi * (u + 0.35 * np.sin(1.7 * v)))
    if texture == "dots":
        return edge(np.hypot(teeth(u), teeth(v)) - 0.3)
    if texture == "bricks":
        row = np.floor(2 * v)
        return edge(np.maximum(teeth(u + row / 2) - 0.43, teeth(2 * v) / 2 - 0.2))
    return 0.5 + 0.5 * np.sin(0.4 * u)


def _to_bytes(image: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(image), 0, 255).astype("uint8")
