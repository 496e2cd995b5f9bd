from functools import partial

import keras
import numpy as np
import pytest

from course_lib.transfer import FeatureCache, backbone, extract_features, preprocess_input

IMAGES = np.random.default_rng(0).integers(0, 256, (10, 32, 32, 3)).astype("uint8")


def model_of(units=3, seed=0):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(units)]
    )


def scale(x):
    return x.astype("float32") / 255


def halve(x):
    return x.astype("float32") / 510


def test_features_do_not_depend_on_the_batch_size(tmp_path):
    model = model_of()
    expected = model(scale(IMAGES))
    for batch_size in (1, 3, 64):
        folder = tmp_path / str(batch_size)
        features = extract_features(model, IMAGES, scale, batch_size, cache=folder)
        np.testing.assert_allclose(features, expected, atol=1e-5)


def test_second_call_reads_the_file_of_the_first(tmp_path):
    first = extract_features(model_of(), IMAGES, scale, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    np.save(file, first + 1)  # to recognise the file
    second = extract_features(model_of(), IMAGES, scale, cache=tmp_path)
    np.testing.assert_allclose(second, first + 1)


def test_key_depends_on_model_weights_images_and_preprocessing():
    other_pixel = IMAGES.copy()
    other_pixel[-1, -1, -1, -1] ^= 1
    keys = [
        FeatureCache.key(model_of(), IMAGES, scale),
        FeatureCache.key(model_of(seed=1), IMAGES, scale),
        FeatureCache.key(model_of(units=4), IMAGES, scale),
        FeatureCache.key(model_of(), other_pixel, scale),
        FeatureCache.key(model_of(), IMAGES[::-1], scale),
        FeatureCache.key(model_of(), IMAGES[:9], scale),
        FeatureCache.key(model_of(), IMAGES.astype("float32"), scale),
        FeatureCache.key(model_of(), IMAGES, halve),
        FeatureCache.key(model_of(), IMAGES, preprocess_input("vgg16")),
        FeatureCache.key(model_of(), IMAGES, preprocess_input("mobilenet")),
        FeatureCache.key(model_of(), IMAGES),
    ]
    assert len(set(keys)) == len(keys)


def test_key_depends_on_the_body_of_the_preprocessing():
    def preprocess(x):
        return x / np.float32(255)

    first = preprocess

    def preprocess(x):
        return x / np.float32(256)

    key = FeatureCache.key
    assert key(model_of(), IMAGES, first) != key(model_of(), IMAGES, preprocess)


def test_key_does_not_depend_on_numbered_layer_names():
    def cut():
        base = backbone()
        return keras.Model(base.input, keras.layers.Flatten()(base.output))

    assert FeatureCache.key(cut(), IMAGES) == FeatureCache.key(cut(), IMAGES)


def test_damaged_file_is_replaced(tmp_path):
    first = extract_features(model_of(), IMAGES, scale, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-7])
    np.testing.assert_allclose(
        extract_features(model_of(), IMAGES, scale, cache=tmp_path), first, atol=1e-6
    )


def test_model_runs_in_inference_mode():
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Dropout(0.9)])
    np.testing.assert_allclose(extract_features(model, IMAGES, scale, cache=False), scale(IMAGES))


def test_no_images_are_rejected():
    with pytest.raises(ValueError, match="no images"):
        extract_features(model_of(), IMAGES[:0], scale, cache=False)


def make_scale(factor):
    return lambda x: x * np.float32(factor)


def dim_bright_images(limit):
    def preprocess(x):
        x = x.astype("float32")
        x[x.mean(axis=(1, 2, 3)) > limit] = 0
        return x

    return preprocess


class Shift:
    def __init__(self, by):
        self.by = by

    def __call__(self, x):
        return x + np.float32(self.by)

    def method(self, x):
        return x - np.float32(self.by)


OFFSET = np.float32(1)


def add_global(x):
    return x + OFFSET


def call_another(x):
    return add_global(x)


def centre_on_batch(x):
    return x - x.mean()


def brightest():
    return np.sort(IMAGES.mean(axis=(1, 2, 3)))


# Two functions each that agree on most images, or in their names, and compute different features.
PAIRS = {
    "closure": (lambda: make_scale(1), lambda: make_scale(2)),
    "few images": (
        lambda: dim_bright_images(brightest()[-2]),
        lambda: dim_bright_images(brightest()[-1] + 1),
    ),
    "default": (lambda: lambda x, by=1: x * by, lambda: lambda x, by=2: x * by),
    "partial": (lambda: partial(np.multiply, 1), lambda: partial(np.multiply, 2)),
    "object": (lambda: Shift(1), lambda: Shift(2)),
    "method": (lambda: Shift(1).method, lambda: Shift(2).method),
    "array": (
        lambda: (lambda mean: lambda x: x - mean)(np.zeros(3)),
        lambda: (lambda mean: lambda x: x - mean)(np.ones(3)),
    ),
    "nested": (
        lambda: (lambda inner: lambda x: inner(x) + 1)(make_scale(1)),
        lambda: (lambda inner: lambda x: inner(x) + 1)(make_scale(2)),
    ),
}


@pytest.mark.parametrize(("one", "other"), PAIRS.values(), ids=PAIRS)
def test_features_never_belong_to_another_preprocessing(tmp_path, one, other):
    many = np.repeat(IMAGES, 10, axis=0)
    many[1::10] = many[1::10] // 2
    model = model_of()
    for preprocess in (one(), other(), one()):
        stored = extract_features(model, many, preprocess, cache=tmp_path)
        fresh = extract_features(model, many, preprocess, cache=False)
        np.testing.assert_array_equal(stored, fresh)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("preprocess", [add_global, call_another])
def test_key_depends_on_global_variables(monkeypatch, preprocess):
    before = FeatureCache.key(model_of(), IMAGES, preprocess)
    assert before == FeatureCache.key(model_of(), IMAGES, preprocess)
    monkeypatch.setitem(preprocess.__globals__, "OFFSET", np.float32(2))
    assert before != FeatureCache.key(model_of(), IMAGES, preprocess)


def test_key_depends_on_the_batch_size(tmp_path):
    for batch_size in (10, 3):
        stored = extract_features(model_of(), IMAGES, centre_on_batch, batch_size, tmp_path)
        fresh = extract_features(model_of(), IMAGES, centre_on_batch, batch_size, False)
        np.testing.assert_array_equal(stored, fresh)


GENERATOR = np.random.default_rng(0)


class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


@pytest.mark.parametrize(
    ("layer", "preprocess"),
    [
        (None, lambda x: x + np.random.normal(size=x.shape)),
        (None, lambda x: x + GENERATOR.normal()),
        (None, lambda x: x * IMAGES.mean() * next(iter([1]))),
        (Doubled(), None),
        (keras.layers.Lambda(lambda x: 2 * x), None),
    ],
    ids=["chance", "generator", "a comparable one", "own layer", "Lambda"],
)
def test_what_cannot_be_compared_is_not_stored(tmp_path, request, layer, preprocess):
    model = model_of() if layer is None else keras.Sequential([keras.Input((32, 32, 3)), layer])
    extract_features(model, IMAGES, preprocess, cache=tmp_path)
    is_comparable = "a comparable one" in request.node.name
    assert len(list(tmp_path.iterdir())) == is_comparable


@pytest.mark.parametrize("folder", ["a file", "below a file", "missing"])
def test_folder_that_cannot_be_written_costs_only_the_cache(tmp_path, folder):
    (tmp_path / "file").write_text("")
    path = {
        "a file": tmp_path / "file",
        "below a file": tmp_path / "file" / "folder",
        "missing": tmp_path / "a" / "b",
    }[folder]
    features = extract_features(model_of(), IMAGES, scale, cache=path)
    np.testing.assert_array_equal(
        features, extract_features(model_of(), IMAGES, scale, cache=False)
    )
    assert path.is_dir() == (folder == "missing")


def test_preprocessing_in_place_leaves_the_images():
    before = IMAGES.copy()

    def invert(x):
        x[:] = 255 - x
        return x

    extract_features(model_of(), IMAGES, invert, cache=False)
    np.testing.assert_array_equal(IMAGES, before)


@pytest.mark.parametrize("outputs", [list, tuple, dict])
def test_several_outputs_are_refused(outputs):
    inputs = keras.Input((32, 32, 3))
    both = {"a": keras.layers.Flatten()(inputs), "b": keras.layers.ReLU()(inputs)}
    model = keras.Model(inputs, both if outputs is dict else outputs(both.values()))
    with pytest.raises(ValueError, match="2 outputs: choose one"):
        extract_features(model, IMAGES, cache=False)


def test_batch_size_is_at_least_1():
    with pytest.raises(ValueError, match="batch_size is 0"):
        extract_features(model_of(), IMAGES, batch_size=0, cache=False)
