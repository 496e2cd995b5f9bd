"""Images of two or three shapes, with sentences that describe them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from course_lib.data.scene_grammar import describe_scene
from course_lib.data.synthetic.draw_shapes import COLOURS, RADII, SHAPES, SIZE, draw_shapes

# Colours and shapes that never meet in a training set. Each occurs with others.
HELD_OUT = (("red", "square"), ("green", "circle"), ("blue", "triangle"), ("yellow", "cross"))
PAIRS = ("seen", "unseen", "all")


class CaptionedImages(NamedTuple):
    """Images, and for each of them its captions.

    Args:
        images: uint8 array `(n, size, size, 3)`.
        captions: For each image a list of sentences, in lower case, words separated by spaces.
        scenes: For each image what is in it, a list of dictionaries; empty for photographs.
    """

    images: np.ndarray
    captions: list[list[str]]
    scenes: list[list[dict[str, Any]]]


def captioned_scenes(n: int, seed: int = 0, pairs: str = "seen") -> CaptionedImages:
    """Draw `n` scenes of two or three shapes in a row or a column, with two captions each.

    The captions are written by a grammar: "a small red circle is left of a large blue cross", and
    the same from the other side. The shapes of a scene differ; colours and sizes may be equal.
    Four pairs of colour and shape, `HELD_OUT`, occur only where `pairs` asks for them. So a model
    that is trained on "seen" pairs can be tested on compositions that it has never seen (Lake &
    Baroni 2018).

    Args:
        n: Number of scenes.
        seed: Integer, 0 or larger; another seed draws other scenes.
        pairs: "seen": no held-out pair occurs; "unseen": at least one in each scene; "all": each
            pair of colour and shape is equally frequent.

    Returns:
        `images`, uint8 `(n, 48, 48, 3)`; `captions`, two sentences for each image; `scenes`, for
        each image its shapes from left to right or from top to bottom. A shape is a dictionary
        with "size", "colour", "shape", its "line" ("row" or "column"), and "x", "y" and "radius"
        in pixels.

    Raises:
        ValueError: `pairs` is something else, or n or seed is negative.

    Example:
        >>> images, captions, scenes = captioned_scenes(3, seed=1)
        >>> images.shape, [len(sentences) for sentences in captions]
        ((3, 48, 48, 3), [2, 2, 2])
    """
    if pairs not in PAIRS:
        raise ValueError(f"pairs is {pairs!r}; expected one of: {', '.join(PAIRS)}")
    if n < 0 or seed < 0:
        raise ValueError(f"n is {n} and seed is {seed}; both should be 0 or larger")
    rng = np.random.default_rng([int(seed), 17, PAIRS.index(pairs)])
    scenes: list[list[dict[str, Any]]] = []
    while len(scenes) < n:
        drawn = _draw_scenes(n, rng)
        scenes += [
            scene for scene in drawn if pairs == "all" or has_held_out(scene) == (pairs == "unseen")
        ]
    scenes = scenes[:n]
    return CaptionedImages(draw_shapes(scenes, rng), [describe_scene(s) for s in scenes], scenes)


def has_held_out(scene: list[dict[str, Any]]) -> bool:
    """Tell whether a pair of `HELD_OUT` occurs in a scene.

    Example:
        >>> has_held_out([{"colour": "red", "shape": "square"}])
        True
    """
    return any((one["colour"], one["shape"]) in HELD_OUT for one in scene)


def _draw_scenes(n: int, rng: np.random.Generator) -> list[list[dict[str, Any]]]:
    """Return the shapes of n scenes; neighbours never touch."""
    colours, sizes = list(COLOURS), list(RADII)
    counts, rows = rng.integers(2, 4, n), rng.integers(0, 2, n)
    steps = np.where(counts[:, None] == 2, [[12.0, 36, 0]], [[8.0, 24, 40]])
    slack = np.where(counts == 2, 4.0, 0.8)[:, None]
    along = steps + slack * rng.uniform(-1, 1, (n, 3))
    across = SIZE / 2 + rng.uniform(-13, 13, (n, 1)) + rng.uniform(-3, 3, (n, 3))
    shapes = rng.permuted(np.tile(np.arange(len(SHAPES)), (n, 1)), axis=1)
    paints, bulks = rng.integers(0, len(colours), (n, 3)), rng.integers(0, len(sizes), (n, 3))
    stretch = rng.uniform(0.93, 1.07, (n, 3))
    x, y = np.where(rows[:, None], along, across), np.where(rows[:, None], across, along)
    return [
        [
            {
                "size": sizes[bulks[i, k]],
                "colour": colours[paints[i, k]],
                "shape": SHAPES[shapes[i, k]],
                "line": "row" if rows[i] else "column",
                "x": float(x[i, k]),
                "y": float(y[i, k]),
                "radius": float(RADII[sizes[bulks[i, k]]] * stretch[i, k]),
            }
            for k in range(counts[i])
        ]
        for i in range(n)
    ]
