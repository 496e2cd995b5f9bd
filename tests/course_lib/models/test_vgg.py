import keras
import numpy as np
import pytest

from course_lib.models import vgg
from course_lib.models.vgg import CONFIGURATIONS, FILTERS


def compute_parameters(configuration):
    """Return the number of parameters at the paper's size, without building the model."""
    total, channels = 0, 3
    for filters, kernels in zip(FILTERS, CONFIGURATIONS[configuration], strict=True):
        for size in kernels:
            total += (size * size * channels + 1) * filters
            channels = filters
    return total + (7 * 7 * 512 + 1) * 4096 + 4097 * 4096 + 4097 * 1000


@pytest.mark.parametrize(
    ("configuration", "millions", "layers"),
    [("A", 133, 11), ("B", 133, 13), ("C", 134, 16), ("D", 138, 16), ("E", 144, 19)],
)
def test_number_of_parameters_matches_the_paper(configuration, millions, layers):
    # Simonyan & Zisserman 2015, table 2; the layers with weights: table 1.
    assert round(compute_parameters(configuration) / 1e6) == millions
    model = vgg(configuration, width=1 / 32)
    assert sum(bool(layer.weights) for layer in model.layers) == layers


def test_number_of_parameters_at_reduced_width():
    model = vgg("A", classes=5, input_shape=(64, 64, 3), width=1 / 8)
    filters = [3, 8, 16, 32, 32, 64, 64, 64, 64]
    convolutions = sum((9 * a + 1) * b for a, b in zip(filters[:-1], filters[1:], strict=True))
    top = (2 * 2 * 64 + 1) * 512 + 513 * 512 + 513 * 5
    assert model.count_params() == convolutions + top


@pytest.mark.parametrize(("configuration", "name"), [("D", "VGG16"), ("E", "VGG19")])
def test_outputs_match_keras_applications(configuration, name):
    twin = getattr(keras.applications, name)(
        weights=None, include_top=False, input_shape=(32, 32, 3)
    )
    ours = vgg(configuration, input_shape=(32, 32, 3), include_top=False)
    assert ours.count_params() == twin.count_params()
    names = [layer.name for layer in ours.layers[1:]]
    assert names == [layer.name for layer in twin.layers[1:]]
    ours.set_weights(twin.get_weights())
    x = np.random.default_rng(0).uniform(size=(1, 32, 32, 3)).astype("float32")
    np.testing.assert_allclose(ours(x), twin(x), atol=1e-5)


def test_unknown_configuration_is_rejected():
    with pytest.raises(ValueError, match="there are A, B, C, D and E"):
        vgg("F")
