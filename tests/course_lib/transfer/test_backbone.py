import keras
import numpy as np
import pytest

from course_lib.data.keras_cache import keras_home
from course_lib.transfer import WeightsError, backbone, preprocess_input

IMAGES = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype("uint8")


@pytest.mark.parametrize("name", ["vgg16", "mobilenet", "mobilenet_v2", "resnet50", "xception"])
def test_preprocesses_as_keras_applications(name):
    module = getattr(keras.applications, name)
    before = IMAGES.copy()
    given = preprocess_input(name)(IMAGES)
    np.testing.assert_allclose(given, module.preprocess_input(IMAGES.astype("float32")))
    np.testing.assert_array_equal(IMAGES, before)


def test_leaves_float_images_alone():
    images = IMAGES.astype("float32")
    preprocess_input("vgg16")(images)
    np.testing.assert_array_equal(images, IMAGES)


def test_any_model_of_keras_applications():
    model = backbone("mobilenet", input_shape=(64, 64, 3), weights=None, alpha=0.25)
    assert model.output_shape == (None, 2, 2, 256)


def test_each_call_gives_a_model_of_its_own():
    first, second = backbone(), backbone()
    first.layers[1].set_weights([np.zeros_like(w) for w in first.layers[1].get_weights()])
    assert np.any(second.layers[1].get_weights()[0])


@pytest.mark.parametrize("ask", [backbone, preprocess_input])
def test_unknown_name_is_refused_with_a_guess(ask):
    with pytest.raises(ValueError, match='Did you mean "MobileNet"'):
        ask("mobilnet")


def test_weights_that_can_not_be_fetched_say_where_to_put_them(monkeypatch, tmp_path):
    # Real VGG16 weights may not be to be had: tried up to the download, with Keras' own error.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    get_file = keras.utils.get_file
    module = __import__("keras.src.applications.vgg16", fromlist=["file_utils"])

    def elsewhere(*args, **kwargs):
        return get_file(*args, **kwargs, cache_dir=str(tmp_path))

    monkeypatch.setattr(module.file_utils, "get_file", elsewhere)
    with pytest.raises(WeightsError) as refused:
        backbone("vgg16", input_shape=(32, 32, 3))
    assert "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5" in str(refused.value)
    assert str(keras_home() / "models") in str(refused.value)
    assert "small_vgg" in str(refused.value)


def test_a_weights_file_that_is_not_there():
    with pytest.raises(WeightsError, match="no weights file"):
        backbone("mobilenet", weights="/nowhere/mobilenet.h5")
