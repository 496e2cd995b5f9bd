"""Captioned scenes: the grammar is true to the scene, and held-out pairs stay out."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.data import ask_about, captioned_scenes
from course_lib.data.captioned_scenes import HELD_OUT, has_held_out
from course_lib.data.scene_grammar import ANSWERS
from course_lib.data.synthetic.draw_shapes import COLOURS, SHAPES

SCENES = captioned_scenes(300, seed=5)


def name(shape):
    return f"a {shape['size']} {shape['colour']} {shape['shape']}"


def find(scene, phrase):
    """Return the only shape of a scene with this name."""
    (found,) = [shape for shape in scene if name(shape) == phrase]
    return found


def test_every_sentence_is_true_of_the_coordinates():
    for sentences, scene in zip(SCENES.captions, SCENES.scenes, strict=True):
        assert len(set(sentences)) == 2
        for sentence in sentences:
            subject, rest = sentence.split(" is ")
            first = find(scene, subject)
            if rest.startswith("between "):
                one, other = (find(scene, p) for p in rest.removeprefix("between ").split(" and "))
                axis = "x" if scene[0]["line"] == "row" else "y"
                low, high = sorted([one[axis], other[axis]])
                assert low < first[axis] < high
                continue
            relation, phrase = rest.split(" a ")
            second = find(scene, f"a {phrase}")
            axis, sign = {
                "left of": ("x", 1), "right of": ("x", -1), "above": ("y", 1), "below": ("y", -1)
            }[relation]  # fmt: skip
            assert sign * (second[axis] - first[axis]) > 10


def test_every_answer_is_true_and_one_of_the_answers():
    questions, answers = ask_about(SCENES.scenes, seed=3)
    for question, answer, scene in zip(questions, answers, SCENES.scenes, strict=True):
        assert answer in ANSWERS
        by_shape = {shape["shape"]: shape for shape in scene}
        words = question.split()
        if question.startswith("what colour"):
            assert by_shape[words[-1]]["colour"] == answer
        elif question.startswith("what size"):
            assert by_shape[words[-1]]["size"] == answer
        elif question.startswith("is there"):
            has = any([shape["colour"], shape["shape"]] == words[-2:] for shape in scene)
            assert answer == ("yes" if has else "no")
        else:
            axis = "x" if words[2] in ("left", "right") else "y"
            is_before = by_shape[answer][axis] < by_shape[words[-1]][axis]
            assert is_before == (words[2] in ("left", "above"))


def test_yes_and_no_are_equally_frequent():
    _, answers = ask_about(captioned_scenes(3000, seed=6).scenes)
    yes, no = answers.count("yes"), answers.count("no")
    assert abs(yes - no) < 4 * (yes + no) ** 0.5


@pytest.mark.parametrize(("pairs", "share"), [("seen", 0.0), ("unseen", 1.0)])
def test_held_out_pairs_occur_only_where_they_are_asked_for(pairs, share):
    scenes = captioned_scenes(200, seed=7, pairs=pairs).scenes
    assert np.mean([has_held_out(scene) for scene in scenes]) == share


def test_each_held_out_colour_and_shape_is_in_the_training_set_with_others():
    found = {(shape["colour"], shape["shape"]) for scene in SCENES.scenes for shape in scene}
    every = {(colour, shape) for colour in COLOURS for shape in SHAPES}
    assert found == every - set(HELD_OUT)


def test_the_middle_of_a_shape_has_its_colour():
    nearest = []
    for image, scene in zip(SCENES.images, SCENES.scenes, strict=True):
        for shape in scene:
            pixel = image[int(shape["y"]), int(shape["x"])].astype(float)
            away = [np.abs(pixel - colour).sum() for colour in COLOURS.values()]
            nearest.append(list(COLOURS)[int(np.argmin(away))] == shape["colour"])
    assert np.mean(nearest) > 0.97


def test_same_seed_same_scenes():
    first, second, other = (captioned_scenes(20, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.images, second.images) and first.captions == second.captions
    assert first.captions != other.captions


@pytest.mark.parametrize("settings", [{"n": -1}, {"n": 3, "seed": -1}, {"n": 3, "pairs": "none"}])
def test_impossible_settings_are_named(settings):
    with pytest.raises(ValueError, match="expected one of|should be 0 or larger"):
        captioned_scenes(**settings)


def test_no_scene_is_possible():
    empty = captioned_scenes(0)
    assert empty.images.shape == (0, 48, 48, 3) and empty.captions == []
