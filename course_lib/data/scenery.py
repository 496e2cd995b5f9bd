"""Coloured objects in cluttered surroundings: what the CIFAR stand-ins and photographs are made of.

Each image shows its object in its own colours and proportions, somewhere, larger or smaller,
tilted, from the left or the right, in its own light. Colours hint at the class (a frog is rather
green), as they do outside; a pixel's place does not; what gives it away is how edges are arranged.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from course_lib.data.drawing import box, coordinates, cover, each

BODY, ACCENT, DARK, LIGHT = range(4)


class Thing(NamedTuple):
    """One kind of object.

    Args:
        coat: the colour that it tends to, red, green, blue, 0 to 255.
        ground: the colour that its surroundings tend to.
        parts: painted one over the other: ``(form, colour, *numbers)``, where ``form`` is a
            function of ``course_lib.data.drawing``, ``numbers`` what it takes after ``x`` and
            ``y``, and ``colour`` one of ``BODY``, ``ACCENT``, ``DARK``, ``LIGHT``.
    """

    coat: tuple[int, int, int]
    ground: tuple[int, int, int]
    parts: tuple


def scenes(thing, n, size, rng, loose=0.12, spread=0.3):
    """Return ``n`` images of one object.

    Args:
        thing: the object.
        n: number of images.
        size: pixels of a side.
        rng: ``numpy.random.Generator``.
        loose: standard deviation of its proportions. Default 0.12 of its own size.
        spread: how far from the middle it may stand, of half a side. Default 0.3.

    Returns:
        ``(n, size, size, 3)``, uint8.

    Example:
        >>> from course_lib.data.drawing import circle
        >>> ball = Thing((200, 60, 40), (90, 140, 80), ((circle, BODY, 0, 0, 0.8),))
        >>> scenes(ball, 2, 32, np.random.default_rng(0)).shape
        (2, 32, 32, 3)
    """
    images = np.empty((n, size, size, 3), "uint8")
    # A few at a time stay in the processor's cache: twice as fast as all together.
    for start in range(0, n, 64):
        some = images[start : start + 64]
        some[:] = _scenes(thing, len(some), size, rng, loose, spread).transpose(1, 2, 3, 0)
    return images


def _scenes(thing, n, size, rng, loose, spread):
    """Return some images, ``(3, n, size, size)``: colour first is the fastest to paint in."""
    image = _surroundings(thing.ground, n, size, rng)
    zoom = each(rng, 0.5, 0.9, n)
    x, y = coordinates(
        size,
        across=each(rng, -spread, spread, n),
        down=each(rng, -spread, spread, n),
        zoom=zoom,
        angle=each(rng, -0.35, 0.35, n),
        mirror=rng.choice([-1, 1], (n, 1, 1)).astype("float32"),
    )
    x = x * each(rng, 0.85, 1.2, n)
    colours = _colours(thing.coat, n, rng)
    coat = _coat(x, y, n, rng)
    for form, colour, *numbers in thing.parts:
        slack = loose * rng.standard_normal((len(numbers), n, 1, 1), dtype="float32")
        drawn = [
            v + s if i < 2 else v * (1 + s)
            for i, (v, s) in enumerate(zip(numbers, slack, strict=True))
        ]
        ink = cover(form(x, y, *drawn), 2 / size / zoom)
        for channel, paint in zip(image, colours[colour], strict=True):
            channel += ink * ((paint * coat if colour in (BODY, ACCENT) else paint) - channel)
    _clutter(image, n, size, rng)
    return _light(image, n, size, rng)


def _tend(colour, to, rng):
    """Return colours ``(3, n, …)`` on their way to one colour, each image more or less far."""
    way = rng.uniform(0, 0.8, (colour.shape[1], 1, 1))
    return colour + way * (np.reshape(to, (3, 1, 1, 1)) - colour)


def _colours(coat, n, rng):
    """Return the four colours, 0 to 255, each ``(3, n, 1, 1)``."""
    body = _tend(rng.uniform(30, 235, (3, n, 1, 1)), coat, rng)
    accent = np.clip(body + rng.uniform(-90, 90, (3, n, 1, 1)), 0, 255)
    dark = rng.uniform(0, 60, (n, 1, 1)) + rng.uniform(0, 15, (3, n, 1, 1))
    light = rng.uniform(190, 240, (n, 1, 1)) + rng.uniform(0, 15, (3, n, 1, 1))
    return tuple(colour.astype("float32") for colour in (body, accent, dark, light))


def _coat(x, y, n, rng):
    """Return how light the object's surface is: patches or stripes, stronger or weaker."""
    waves = np.sin(each(rng, -9, 9, n) * x + each(rng, -9, 9, n) * y + each(rng, 0, 6, n))
    return 1 + each(rng, 0, 0.25, n) * waves


def _surroundings(ground, n, size, rng):
    """Return images of soft colours with a few bars and blocks in them."""
    mood = _tend(rng.uniform(30, 225, (3, n, 1, 1)), ground, rng)
    coarse = (mood + rng.uniform(-60, 60, (3, n, 5, 5))).astype("float32")
    weight = _linear(size, 5)
    image = weight @ coarse @ weight.T
    for _ in range(3):
        _clutter(image, n, size, rng)
    return image


def _clutter(image, n, size, rng):
    """Paint a bar or a block somewhere over the image."""
    x, y = coordinates(
        size,
        across=each(rng, -1, 1, n),
        down=each(rng, -1, 1, n),
        angle=each(rng, 0, np.pi, n),
    )
    block = box(x, y, 0, 0, each(rng, 0.1, 0.5, n), each(rng, 0.05, 0.25, n))
    ink = 0.8 * cover(block, 2 / size)
    for channel in image:
        channel += ink * (each(rng, 10, 245, n) - channel)


def _linear(size, coarse):
    """Return the matrix that stretches ``coarse`` values to ``size`` in straight lines."""
    where = np.linspace(0, coarse - 1, size)
    return np.clip(1 - np.abs(where[:, None] - np.arange(coarse)), 0, 1).astype("float32")


def _light(image, n, size, rng):
    """Return the image under a light from one side, with more or less contrast, and grain."""
    x, y = coordinates(size)
    slope = 1 + 0.25 * (each(rng, -1, 1, n) * x + each(rng, -1, 1, n) * y)
    image *= slope * each(rng, 0.6, 1.1, n)
    image += each(rng, 0, 30, n)
    image += 10 * rng.standard_normal(image.shape, dtype="float32")
    return np.clip(image, 0, 255)


def labelled_scenes(things, n, size, rng, **how):
    """Return ``n`` images of the objects, as many of each, mixed, and their labels.

    Args:
        things: sequence of objects; the label is the place in it.
        n: number of images.
        size: pixels of a side.
        rng: ``numpy.random.Generator``.
        **how: ``loose`` and ``spread`` of :func:`scenes`.

    Returns:
        ``x`` uint8 ``(n, size, size, 3)``, ``y`` int64 ``(n,)``.
    """
    y = rng.permutation(np.arange(n) % len(things))
    x = np.empty((n, size, size, 3), "uint8")
    for label, thing in enumerate(things):
        here = np.flatnonzero(y == label)
        x[here] = scenes(thing, len(here), size, rng, **how)
    return x, y
