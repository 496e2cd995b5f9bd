import numpy as np
import tensorflow as tf

from course_lib.data import pipeline, shift_and_flip

X = np.random.default_rng(0).integers(0, 256, (40, 12, 10, 3)).astype("uint8")


def moves(image, pixels, flip=True):
    """All that may come out for one image."""
    sides = [image, image[:, ::-1]] if flip else [image]
    around = [np.pad(one, ((pixels, pixels), (pixels, pixels), (0, 0)), "reflect") for one in sides]
    height, width, _ = image.shape
    places = range(2 * pixels + 1)
    return [one[t : t + height, f : f + width] for one in around for t in places for f in places]


def test_every_image_is_one_of_its_own_moves():
    moved, labels = shift_and_flip(pixels=2)(tf.constant(X), tf.range(40))
    assert moved.dtype == tf.uint8
    assert labels.numpy().tolist() == list(range(40))
    for before, after in zip(X, moved.numpy(), strict=True):
        assert any(np.array_equal(after, move) for move in moves(before, 2))


def test_each_image_moves_by_itself():
    same = np.repeat(X[:1], 300, axis=0)
    moved = shift_and_flip(pixels=1)(tf.constant(same)).numpy()
    assert len(np.unique(moved, axis=0)) == 2 * 9


def test_without_flip_nothing_is_mirrored():
    moved = shift_and_flip(pixels=0, flip=False)(tf.constant(X)).numpy()
    np.testing.assert_array_equal(moved, X)


def test_another_epoch_shows_other_images():
    batches = pipeline(X, np.arange(40), batch_size=16, map=shift_and_flip())
    first, second = (np.concatenate([x for x, _ in batches]) for _ in range(2))
    assert not np.array_equal(first, second)


def test_the_same_seed_shows_the_same_images():
    x = tf.constant(X)
    first, again, other = (shift_and_flip(seed=seed)(x).numpy() for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
