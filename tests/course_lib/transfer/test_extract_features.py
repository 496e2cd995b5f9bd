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
