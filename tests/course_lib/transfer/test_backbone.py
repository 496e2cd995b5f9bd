import sys

import keras
import numpy as np
import pytest

from course_lib.data.sources.keras_home import keras_home
from course_lib.transfer import WeightsError, backbone, preprocess_input


def test_models_of_keras_applications():
    model = backbone("mobilenet", input_shape=(64, 64, 3), weights=None, alpha=0.25)
    assert model.output_shape == (None, 2, 2, 256)


def test_each_call_returns_a_new_model():
    first, second = backbone(), backbone()
    first.layers[1].set_weights([np.zeros_like(w) for w in first.layers[1].get_weights()])
    assert np.any(second.layers[1].get_weights()[0])


@pytest.mark.parametrize("function", [backbone, preprocess_input])
def test_unknown_name_is_rejected_with_a_suggestion(function):
    with pytest.raises(ValueError, match='Did you mean "MobileNet"'):
        function("mobilnet")


def test_error_of_missing_weights_says_where_to_put_them(monkeypatch, tmp_path):
    # Real VGG16 weights may be missing, so this test goes up to the download and Keras' own error.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    get_file = keras.utils.get_file
    module = __import__("keras.src.applications.vgg16", fromlist=["file_utils"])

    def elsewhere(*args, **kwargs):
        return get_file(*args, **kwargs, cache_dir=str(tmp_path))

    monkeypatch.setattr(module.file_utils, "get_file", elsewhere)
    with pytest.raises(WeightsError) as caught:
        backbone("vgg16", input_shape=(32, 32, 3))
    assert "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5" in str(caught.value)
    assert str(keras_home() / "models") in str(caught.value)
    assert "small_vgg" in str(caught.value)


def test_missing_weights_file_is_named():
    with pytest.raises(WeightsError, match="no weights file"):
        backbone("mobilenet", weights="/nowhere/mobilenet.h5")


def test_imagenet_means_what_keras_means(monkeypatch):
    seen = []

    def build(weights, **settings):
        seen.append(weights)

    module = sys.modules["course_lib.transfer.backbone"]
    monkeypatch.setattr(module, "find_application", lambda name: (build, None))
    for weights in ("pretrained", "imagenet", None):
        backbone("vgg16", weights=weights)
    assert seen == ["imagenet", "imagenet", None]
    with pytest.raises(WeightsError, match="not trained on ImageNet"):
        backbone("small_vgg", weights="imagenet")
