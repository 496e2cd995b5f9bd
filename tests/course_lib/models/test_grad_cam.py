import keras
import numpy as np
import pytest

from course_lib.models import cnn, grad_cam


def colour_finder():
    """Return a model whose two logits are the largest red and the largest blue of an image."""
    model = keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            keras.layers.Conv2D(2, 1, use_bias=False),
            keras.layers.ReLU(),
            keras.layers.GlobalMaxPooling2D(),
            keras.layers.Dense(2, use_bias=False),
        ]
    )
    model.set_weights([np.array([[[[1, 0], [0, 0], [0, 1]]]]), np.eye(2)])
    return model


def image():
    x = np.zeros((1, 16, 16, 3), "float32")
    x[0, 2, 3, 0] = 1  # red at the top left
    x[0, 12, 13, 2] = 0.5  # blue at the bottom right
    return x


@pytest.mark.parametrize(("classes", "pixel"), [(None, (2, 3)), ([0], (2, 3)), ([1], (12, 13))])
def test_heat_is_at_the_pixel_of_the_class(classes, pixel):
    heat = grad_cam(colour_finder(), image(), classes)
    assert heat.shape == (1, 16, 16)
    assert np.unravel_index(heat[0].argmax(), heat[0].shape) == pixel
    assert heat.max() == 1
    assert np.count_nonzero(heat) == 1


def test_frozen_models_have_the_same_heat():
    model = colour_finder()
    model.trainable = False
    np.testing.assert_array_equal(grad_cam(model, image()), grad_cam(colour_finder(), image()))


def test_default_layer_has_large_enough_maps():
    model = cnn((4, 6, 8, 8))
    assert grad_cam(model, np.zeros((2, 32, 32, 3), "uint8")).shape == (2, 4, 4)
    last = [layer for layer in model.layers if len(layer.output.shape) == 4][-1]
    assert grad_cam(model, np.zeros((2, 32, 32, 3)), layer=last.name).shape == (2, 2, 2)


def test_black_image_has_no_heat():
    assert not grad_cam(colour_finder(), np.zeros((1, 16, 16, 3))).any()


def test_unknown_layer_is_explained():
    with pytest.raises(ValueError, match="There is no layer 'conv' with feature maps"):
        grad_cam(colour_finder(), image(), layer="conv")


@pytest.mark.parametrize(
    ("images", "classes", "sentence"),
    [
        (np.zeros((32, 32, 3)), None, "makes a batch of one image"),
        (np.zeros((2, 32, 32, 3)), [3, 99], "go from 3 to 99; the model has 10"),
        (np.zeros((2, 32, 32, 3)), [-1, 2], "go from -1"),
    ],
)
def test_wrong_images_and_classes_are_refused(images, classes, sentence):
    with pytest.raises(ValueError, match=sentence):
        grad_cam(cnn((4, 8)), images, classes)
