"""The captioner, its encoder, and BLEU."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.blocks import GridPositions, grid_encoding, sinusoidal_encoding
from course_lib.data import captioned_scenes
from course_lib.models import bleu, captioner, scene_encoder
from tools.pretrain_scene_encoder import label_cells, pretrain_scene_encoder

# Papineni et al. 2002, example 1; the numbers are those of NLTK's documentation.
GUIDE = [
    "It is a guide to action that ensures that the military will forever heed Party commands",
    "It is the guiding principle which guarantees the military forces always being under the "
    "command of the Party",
    "It is the practical guide for the army always to heed the directions of the party",
]
FIRST = (
    "It is a guide to action which ensures that the military always obeys the commands of the party"
)
SECOND = "It is to insure the troops forever hearing the activity guidebook that party direct"
BOOK = "he read the book because he was interested in world history"
OTHER_BOOK = ["he was interested in world history because he read the book"]


@pytest.mark.parametrize(
    ("candidates", "references", "order", "expected"),
    [
        ([FIRST], [GUIDE], 4, 0.5045666840058485),
        ([FIRST, BOOK], [GUIDE, OTHER_BOOK], 4, 0.5920778868801042),
        ([FIRST.lower()], [[one.lower() for one in GUIDE]], 1, 17 / 18),
        ([SECOND.lower()], [[one.lower() for one in GUIDE]], 1, 8 / 14 * np.exp(1 - 16 / 14)),
        (["the the the the the the the"], [["the cat is on the mat"]], 1, 2 / 7),
        (["a b"], [["a b c"]], 3, 0),
        (["", ""], [["a"], ["b"]], 1, 0),
        ([], [], 4, 0),
    ],
    ids=["guide", "corpus", "words", "short", "the", "no-trigram", "empty", "none"],
)
def test_bleu_of_published_examples(candidates, references, order, expected):
    assert bleu(candidates, references, order) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("references", [[], [["a"], ["b"]], [[]]], ids=["none", "more", "empty"])
def test_bleu_needs_references(references):
    with pytest.raises(ValueError, match="each candidate needs"):
        bleu(["a"], references)


def test_each_half_of_a_code_is_row_and_column():
    table = grid_encoding(3, 5, 12).reshape(3, 5, 12)
    rows, columns = sinusoidal_encoding(3, 6), sinusoidal_encoding(5, 6)
    assert np.array_equal(table[2, 4], [*rows[2], *columns[4]])
    assert np.array_equal(table[1, 0], [*rows[1], *columns[0]])
    layer = GridPositions.from_config(GridPositions(3, 5).get_config())
    assert np.allclose(layer(np.ones((2, 15, 12), "float32"))[1], 1 + table.reshape(15, 12))


def test_captioner_is_causal_and_looks_at_every_cell():
    keras.utils.set_random_seed(0)
    model = captioner((2, 3), channels=5, size=11, width=8, heads=2, hidden=16)
    rng = np.random.default_rng(0)
    features, inputs = rng.normal(size=(1, 6, 5)), np.array([[1, 4, 5, 6]])
    before = np.asarray(model([features, inputs]))
    later = np.asarray(model([features, np.array([[1, 4, 5, 9]])]))
    assert np.allclose(before[:, :3], later[:, :3], atol=1e-6)
    for cell in range(6):
        other = features.copy()
        other[:, cell] += 3 * rng.normal(size=5)
        assert np.abs(np.asarray(model([other, inputs])) - before).max() > 1e-5
    moved = np.asarray(model([features[:, ::-1], inputs]))
    assert np.abs(moved - before).max() > 1e-4


def test_features_name_what_is_in_a_cell():
    train, test = captioned_scenes(300, seed=11), captioned_scenes(100, seed=12)
    encoder = scene_encoder()
    x, x_test = (
        np.asarray(encoder(scenes.images.astype("float32"))).reshape(-1, 32)
        for scenes in (train, test)
    )
    for labels, new, least in zip(
        label_cells(train), label_cells(test), (0.9, 0.8, 0.9), strict=True
    ):
        # A linear classifier by least squares.
        labels, new = labels.ravel(), new.ravel()
        with_one = np.c_[x, np.ones(len(x))]
        weights = np.linalg.lstsq(with_one, np.eye(labels.max() + 1)[labels], rcond=None)[0]
        found = (np.c_[x_test, np.ones(len(x_test))] @ weights).argmax(axis=1)
        assert np.mean(found[new > 0] == new[new > 0]) > least


def test_pretraining_returns_an_encoder_of_the_same_form():
    encoder, _ = pretrain_scene_encoder(scenes=64, epochs=1)
    shapes = [w.shape for w in encoder.get_weights()]
    assert shapes == [w.shape for w in scene_encoder().get_weights()]
