import keras
import pytest
from keras import layers

from course_lib.models import multiply_adds


def cost(*chain, shape=(9, 7, 4)):
    return multiply_adds(keras.Sequential([keras.Input(shape), *chain]))


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.Conv2D(6, 3), 7 * 5 * 6 * 9 * 4),
        (layers.Conv2D(6, 3, padding="same"), 9 * 7 * 6 * 9 * 4),
        (layers.Conv2D(6, 3, strides=2, padding="same"), 5 * 4 * 6 * 9 * 4),
        (layers.Conv2D(6, (1, 5), dilation_rate=(1, 1)), 9 * 3 * 6 * 5 * 4),
        (layers.Conv2D(6, 3, dilation_rate=2), 5 * 3 * 6 * 9 * 4),
        (layers.Conv2D(6, 3, groups=2), 7 * 5 * 6 * 9 * 2),
        (layers.DepthwiseConv2D(3, depth_multiplier=2), 7 * 5 * 9 * 4 * 2),
        (layers.SeparableConv2D(6, 3, strides=2), 4 * 3 * (9 * 4 + 4 * 6)),
        (layers.Conv2DTranspose(6, 3, strides=2, padding="same"), 9 * 7 * 4 * 9 * 6),
        (layers.Dense(5), 9 * 7 * 4 * 5),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_layers(layer, expected):
    assert cost(layer) == expected


def test_normalisation_activations_and_pooling_cost_nothing():
    chain = [layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(), layers.Flatten()]
    assert cost(*chain, layers.Dense(2)) == 4 * 3 * 4 * 2


def test_nested_model_and_layer_used_twice():
    shared = layers.Conv2D(4, 1, use_bias=False)
    inner = keras.Sequential([keras.Input((9, 7, 4)), layers.Conv2D(2, 1)])
    inputs = keras.Input((9, 7, 4))
    model = keras.Model(inputs, inner(shared(shared(inputs))))
    assert multiply_adds(model) == 63 * (16 + 16 + 8)
    # Uses of its layers in other models do not count.
    keras.Model(inputs, shared(shared(shared(inputs))))
    assert multiply_adds(model) == 63 * (16 + 16 + 8)


def test_depthwise_separable_convolution_is_cheaper_as_in_the_paper():
    # Howard et al. 2017, §3.1: 1/N + 1/k², here with 64 maps and 3×3.
    standard = cost(layers.Conv2D(64, 3, padding="same"))
    separable = cost(layers.DepthwiseConv2D(3, padding="same"), layers.Conv2D(64, 1))
    assert separable / standard == pytest.approx(1 / 64 + 1 / 9)


def test_unknown_layer_is_rejected():
    with pytest.raises(ValueError, match="does not know the cost of recurrent, a GRU"):
        cost(layers.GRU(3, name="recurrent"), shape=(5, 2))


def test_variable_size_is_rejected():
    with pytest.raises(ValueError, match="The size at maps is not fixed"):
        cost(layers.Conv2D(3, 3, name="maps"), shape=(None, None, 3))


def test_model_without_a_graph_is_rejected():
    with pytest.raises(ValueError, match="cannot inspect"):
        multiply_adds(keras.Sequential([layers.Dense(2)]))
