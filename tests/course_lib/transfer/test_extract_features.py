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


def scaled(x):
    return x.astype("float32") / 255


def halved(x):
    return x.astype("float32") / 510


def test_are_the_outputs_of_the_model_whatever_the_batches(tmp_path):
    model = model_of()
    wanted = model(scaled(IMAGES))
    for batch_size in (1, 3, 64):
        folder = tmp_path / str(batch_size)
        given = extract_features(model, IMAGES, scaled, batch_size, cache=folder)
        np.testing.assert_allclose(given, wanted, atol=1e-5)


def test_second_use_reads_what_the_first_has_written(tmp_path):
    first = extract_features(model_of(), IMAGES, scaled, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    np.save(file, first + 1)  # only a reader sees this
    second = extract_features(model_of(), IMAGES, scaled, cache=tmp_path)
    np.testing.assert_allclose(second, first + 1)


def test_nothing_that_was_computed_in_another_way_is_found():
    other_pixel = IMAGES.copy()
    other_pixel[-1, -1, -1, -1] ^= 1
    keys = [
        FeatureCache.key(model_of(), IMAGES, scaled),
        FeatureCache.key(model_of(seed=1), IMAGES, scaled),
        FeatureCache.key(model_of(units=4), IMAGES, scaled),
        FeatureCache.key(model_of(), other_pixel, scaled),
        FeatureCache.key(model_of(), IMAGES[::-1], scaled),
        FeatureCache.key(model_of(), IMAGES[:9], scaled),
        FeatureCache.key(model_of(), IMAGES.astype("float32"), scaled),
        FeatureCache.key(model_of(), IMAGES, halved),
        FeatureCache.key(model_of(), IMAGES, preprocess_input("vgg16")),
        FeatureCache.key(model_of(), IMAGES, preprocess_input("mobilenet")),
        FeatureCache.key(model_of(), IMAGES),
    ]
    assert len(set(keys)) == len(keys)


def test_a_preprocessing_that_was_edited_under_its_name_has_another_key():
    def preprocess(x):
        return x / np.float32(255)

    first = preprocess

    def preprocess(x):
        return x / np.float32(256)

    key = FeatureCache.key
    assert key(model_of(), IMAGES, first) != key(model_of(), IMAGES, preprocess)


def test_the_names_that_keras_counts_up_do_not_matter():
    def cut():
        base = backbone()
        return keras.Model(base.input, keras.layers.Flatten()(base.output))

    assert FeatureCache.key(cut(), IMAGES) == FeatureCache.key(cut(), IMAGES)


def test_a_damaged_file_is_computed_again(tmp_path):
    first = extract_features(model_of(), IMAGES, scaled, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-7])
    np.testing.assert_allclose(
        extract_features(model_of(), IMAGES, scaled, cache=tmp_path), first, atol=1e-6
    )


def test_batch_normalisation_and_dropout_are_in_inference_mode():
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Dropout(0.9)])
    np.testing.assert_allclose(extract_features(model, IMAGES, scaled, cache=False), scaled(IMAGES))


def test_no_images():
    with pytest.raises(ValueError, match="no image"):
        extract_features(model_of(), IMAGES[:0], scaled, cache=False)
