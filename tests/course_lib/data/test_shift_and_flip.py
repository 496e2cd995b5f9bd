import numpy as np
import pytest
import tensorflow as tf

from course_lib.data import pipeline, shift_and_flip

X = np.random.default_rng(0).integers(0, 256, (40, 12, 10, 3)).astype("uint8")


def list_results(image, pixels):
    """Return all possible results for one image."""
    margins = ((pixels, pixels), (pixels, pixels), (0, 0))
    padded = [np.pad(one, margins, "reflect") for one in (image, image[:, ::-1])]
    height, width, _ = image.shape
    offsets = range(2 * pixels + 1)
    return [one[t : t + height, f : f + width] for one in padded for t in offsets for f in offsets]


def test_every_result_is_a_possible_one():
    moved, labels = shift_and_flip(pixels=2)(tf.constant(X), tf.range(40))
    assert moved.dtype == tf.uint8
    assert labels.numpy().tolist() == list(range(40))
    for before, after in zip(X, moved.numpy(), strict=True):
        assert any(np.array_equal(after, result) for result in list_results(before, 2))


def test_images_of_a_batch_get_different_shifts():
    same = np.repeat(X[:1], 300, axis=0)
    moved = shift_and_flip(pixels=1)(tf.constant(same)).numpy()
    assert len(np.unique(moved, axis=0)) == 2 * 9


def test_without_flip_images_are_not_flipped():
    moved = shift_and_flip(pixels=0, flip=False)(tf.constant(X)).numpy()
    np.testing.assert_array_equal(moved, X)


def test_epochs_differ():
    batches = pipeline(X, np.arange(40), batch_size=16, map=shift_and_flip())
    first, second = (np.concatenate([x for x, _ in batches]) for _ in range(2))
    assert not np.array_equal(first, second)


def test_seed_reproduces_images():
    x = tf.constant(X)
    first, again, other = (shift_and_flip(seed=seed)(x).numpy() for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("pixels", "images", "sentence"),
    [
        (-1, X, "pixels is -1"),
        (1.5, X, "pixels is 1.5"),
        (10, X, "pixels is 10; images of 12 × 10 need fewer"),
        (2, X[..., 0], "height, width, channels"),
    ],
    ids=["negative", "half", "too far", "no channels"],
)
def test_what_cannot_be_shifted_is_named(pixels, images, sentence):
    with pytest.raises(ValueError, match=sentence):
        next(iter(pipeline(images, map=shift_and_flip(pixels))))
