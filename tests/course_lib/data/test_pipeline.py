import keras
import numpy as np
import pytest

from course_lib.data import load, pipeline


def epoch(batches):
    return [batch.numpy().tolist() for batch in batches]


def test_batches_in_order():
    assert epoch(pipeline(np.arange(5), batch_size=2)) == [[0, 1], [2, 3], [4]]


def test_shuffling_keeps_pairs_together():
    x = np.arange(100)
    batches = pipeline(x, 10 * x, batch_size=7, shuffle=True)
    seen = [(a, b) for x, y in batches for a, b in zip(x.numpy(), y.numpy(), strict=True)]
    assert all(b == 10 * a for a, b in seen)
    assert sorted(a for a, _ in seen) == x.tolist() != [a for a, _ in seen]


def test_epochs_differ_in_order_and_the_seed_reproduces_them():
    first, again, other = (pipeline(np.arange(50), shuffle=True, seed=s) for s in (1, 1, 2))
    orders = [epoch(first), epoch(first)]
    assert orders[0] != orders[1]
    assert [epoch(again), epoch(again)] == orders
    assert epoch(other) not in orders


def test_seeds_reproduce_augmentation():
    x = np.random.default_rng(0).random((20, 8, 8, 1)).astype("float32")

    def augmented():
        flip = keras.layers.RandomFlip(seed=3)
        batches = pipeline(x, batch_size=4, shuffle=True, map=lambda x: flip(x, training=True))
        return [np.concatenate([b.numpy() for b in batches]) for _ in range(2)]

    one, two = augmented(), augmented()
    assert np.array_equal(one, two)
    assert not np.array_equal(np.sort(one[0], axis=0), np.sort(one[1], axis=0))


@pytest.mark.parametrize("shuffle", [False, True])
def test_results_of_map_are_cached(shuffle):
    calls = keras.Variable(0, dtype="int32")

    def slow(x, y):
        calls.assign_add(1)
        return 2 * x, y

    batches = pipeline(
        np.arange(10), np.arange(10), batch_size=5, shuffle=shuffle, map=slow, cache=True
    )
    for _ in range(3):
        pairs = [(a, b) for x, y in batches for a, b in zip(x.numpy(), y.numpy(), strict=True)]
        assert sorted(pairs) == [(2 * i, i) for i in range(10)]
    assert int(calls.value) == 2


def test_fit_accepts_it():
    (x, y), _ = load("shapes", profile="quick")
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss)
    batches = pipeline(x, y, batch_size=100, shuffle=True, map=lambda x, y: (x / 255, y))
    history = model.fit(batches, epochs=2, shuffle=False, verbose=0)
    assert len(history.history["loss"]) == 2


def test_wrong_input_is_explained():
    with pytest.raises(ValueError, match="x has 3 examples and y 2"):
        pipeline(np.arange(3), np.arange(2))
    with pytest.raises(ValueError, match="batch_size is 0"):
        pipeline(np.arange(3), batch_size=0)
    with pytest.raises(ValueError, match="keras.utils.pad_sequences"):
        pipeline(load("imdb", "offline", "quick")[0][0])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"x": np.zeros(3), "batch_size": 2.5}, "batch_size is 2.5"),
        ({"x": np.zeros(3), "batch_size": 0}, "batch_size is 0"),
        ({"x": "abc"}, "x is str"),
        ({"x": {"a": np.zeros(3)}}, "x is dict"),
        ({"x": iter([1.0, 2.0])}, "it should be an array"),
        ({"x": [[1], [2, 3]]}, "pad_sequences"),
    ],
    ids=["half an example", "none", "text", "dict", "iterator", "ragged list"],
)
def test_what_is_not_an_array_of_examples_is_named(options, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        pipeline(**options)
