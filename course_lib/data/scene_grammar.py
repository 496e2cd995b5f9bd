"""A small grammar: sentences about scenes of shapes, and questions with their answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_lib.data.synthetic.draw_shapes import COLOURS, SHAPES

Scene = list[dict[str, Any]]

# The relation of the first shape to the second, and of the second to the first.
RELATIONS = {"row": ("left of", "right of"), "column": ("above", "below")}
ANSWERS = (*COLOURS, *SHAPES, "small", "large", "yes", "no")
KINDS = ("colour", "size", "place", "is there")


def describe_scene(scene: Scene) -> list[str]:
    """Return the two sentences that describe a scene.

    Args:
        scene: Two or three shapes, from left to right or from top to bottom: dictionaries with
            "size", "colour", "shape" and "line", which is "row" or "column".

    Example:
        >>> circle = {"size": "small", "colour": "red", "shape": "circle", "line": "row"}
        >>> cross = {"size": "large", "colour": "blue", "shape": "cross", "line": "row"}
        >>> for sentence in describe_scene([circle, cross]):
        ...     print(sentence)
        a small red circle is left of a large blue cross
        a large blue cross is right of a small red circle
    """
    names = [f"a {shape['size']} {shape['colour']} {shape['shape']}" for shape in scene]
    if len(names) == 3:
        first, middle, last = names
        return [f"{middle} is between {a} and {b}" for a, b in ((first, last), (last, first))]
    one, other = names
    before, after = RELATIONS[scene[0]["line"]]
    return [f"{one} is {before} {other}", f"{other} is {after} {one}"]


def ask_about(scenes: Sequence[Scene], seed: int = 0) -> tuple[list[str], list[str]]:
    """Ask one question about each scene.

    There are four kinds, each as frequent as the others: for the colour and the size of a shape,
    for the shape beside another one, and whether a colour and a shape occur together. The answers
    "yes" and "no" are equally frequent.

    Args:
        scenes: As `captioned_scenes` returns them; the shapes of a scene differ.
        seed: Integer, 0 or larger; another seed asks other questions.

    Returns:
        `(questions, answers)`, two lists of strings; each answer is one of `ANSWERS`.

    Example:
        >>> circle = {"size": "small", "colour": "red", "shape": "circle", "line": "row"}
        >>> cross = {"size": "large", "colour": "blue", "shape": "cross", "line": "row"}
        >>> questions, answers = ask_about([[circle, cross]] * 3)
        >>> len(questions), set(answers) <= set(ANSWERS)
        (3, True)
    """
    rng = np.random.default_rng([int(seed), 41])
    pairs = [_ask(scene, KINDS[rng.integers(len(KINDS))], rng) for scene in scenes]
    return [question for question, _ in pairs], [answer for _, answer in pairs]


def _ask(scene: Scene, kind: str, rng: np.random.Generator) -> tuple[str, str]:
    shape = scene[rng.integers(len(scene))]
    name = shape["shape"]
    if kind == "colour":
        return f"what colour is the {name}", shape["colour"]
    if kind == "size":
        return f"what size is the {name}", shape["size"]
    if kind == "place":
        first = int(rng.integers(len(scene) - 1))
        pair, way = scene[first : first + 2], int(rng.integers(2))
        relation = RELATIONS[pair[0]["line"]][way]
        return f"what is {relation} the {pair[1 - way]['shape']}", pair[way]["shape"]
    if rng.random() < 0.5:
        return f"is there a {shape['colour']} {name}", "yes"
    others = [colour for colour in COLOURS if colour != shape["colour"]]
    # A colour of the scene, if there is another one: the colours alone must not tell the answer.
    present = [other["colour"] for other in scene if other["colour"] != shape["colour"]]
    choices = present if present and rng.random() < 0.7 else others
    return f"is there a {choices[rng.integers(len(choices))]} {name}", "no"
