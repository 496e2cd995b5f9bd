import keras
import numpy as np
import pytest

from course_lib.models import cnn, grad_cam


def corner_finder():
    """Two classes: how red the image is at its reddest, and how blue."""
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


@pytest.mark.parametrize(("classes", "place"), [(None, (2, 3)), ([0], (2, 3)), ([1], (12, 13))])
def test_finds_what_speaks_for_the_class(classes, place):
    heat = grad_cam(corner_finder(), image(), classes)
    assert heat.shape == (1, 16, 16)
    assert np.unravel_index(heat[0].argmax(), heat[0].shape) == place
    assert heat.max() == 1
    assert np.count_nonzero(heat) == 1


def test_frozen_models_are_asked_as_well():
    model = corner_finder()
    model.trainable = False
    np.testing.assert_array_equal(grad_cam(model, image()), grad_cam(corner_finder(), image()))


def test_takes_an_activation_with_maps_that_say_where():
    model = cnn((4, 6, 8, 8))
    assert grad_cam(model, np.zeros((2, 32, 32, 3), "uint8")).shape == (2, 4, 4)
    last = [layer for layer in model.layers if len(layer.output.shape) == 4][-1]
    assert grad_cam(model, np.zeros((2, 32, 32, 3)), layer=last.name).shape == (2, 2, 2)


def test_nothing_to_be_seen_is_cold():
    assert not grad_cam(corner_finder(), np.zeros((1, 16, 16, 3))).any()


def test_names_the_layers_where_the_one_asked_for_is_not():
    with pytest.raises(ValueError, match="There is no layer 'conv' with feature maps"):
        grad_cam(corner_finder(), image(), layer="conv")
