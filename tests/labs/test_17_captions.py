"""Lab 17: what its text says about BLEU, search and calibration holds, without its trainings."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.data import Vocabulary, captioned_scenes
from course_lib.models import bleu
from tests.labs.answered import answered


@pytest.fixture(scope="module")
def lab():
    """The answers that need no training."""
    import keras
    from keras import ops

    names = {"__name__": "__main__", "keras": keras, "np": np, "ops": ops}
    for source, question, tests in answered("17_captions", {}):
        if question in ("words", "search", "bleu", "generalise") and not tests:
            exec(compile(source, question, "exec"), names)
    return names


def test_vocabulary_numbers_words_as_the_student_does(lab):
    captions = [s for both in captioned_scenes(100, seed=1).captions for s in both]
    vocabulary = Vocabulary(captions, str.split)
    assert vocabulary.tokens == list(lab["build_vocabulary"](captions, 1))
    tokens = vocabulary.encode(captions, 18, ends=True)
    _, targets = lab["encode_captions"](captions, vocabulary.tokens, 17)
    assert np.array_equal(tokens[:, 1:], targets)


def test_bleu_of_the_student_is_that_of_the_library(lab, seed):
    rng = np.random.default_rng(seed)
    said = [" ".join(rng.choice(list("aabbc"), rng.integers(4, 9))) for _ in range(30)]
    right = [[" ".join(rng.choice(list("aabbc"), rng.integers(4, 9)))] * 2 for _ in range(30)]
    assert lab["bleu"](said, right) == pytest.approx(bleu(said, right), abs=1e-12)


def test_a_sentence_about_another_scene_has_a_bleu_above_twenty_and_is_never_right():
    captions = captioned_scenes(300, seed=2).captions
    others = [both[0] for both in captions[1:]] + [captions[0][0]]
    assert bleu(others, captions) > 0.2
    assert np.mean([one in both for one, both in zip(others, captions, strict=True)]) < 0.02


def test_no_caption_is_longer_than_the_lab_allows():
    captions = captioned_scenes(500, seed=3, pairs="all").captions
    assert max(len(sentence.split()) for both in captions for sentence in both) + 1 <= 17
