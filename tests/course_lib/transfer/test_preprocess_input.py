import keras
import numpy as np
import pytest

from course_lib.transfer import preprocess_input

IMAGES = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype("uint8")


@pytest.mark.parametrize("name", ["vgg16", "mobilenet", "mobilenet_v2", "resnet50", "xception"])
def test_results_match_keras_applications(name):
    module = getattr(keras.applications, name)
    before = IMAGES.copy()
    inputs = preprocess_input(name)(IMAGES)
    np.testing.assert_allclose(inputs, module.preprocess_input(IMAGES.astype("float32")))
    np.testing.assert_array_equal(IMAGES, before)


def test_float_images_are_not_changed():
    images = IMAGES.astype("float32")
    preprocess_input("vgg16")(images)
    np.testing.assert_array_equal(images, IMAGES)
