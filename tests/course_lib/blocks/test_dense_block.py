import keras
import numpy as np
import pytest

from course_lib.blocks import dense_block

SETTINGS = [
    {},
    {"activation": "tanh"},
    {"dropout": 0.3},
    {"batch_norm": True},
    {"batch_norm": True, "dropout": 0.3},
]


def both(block):
    """Return a Sequential and a Functional model with the same block."""
    sequential = keras.Sequential([keras.Input((6,)), *block, keras.layers.Dense(2)])
    inputs = keras.Input((6,))
    return sequential, keras.Model(inputs, keras.layers.Dense(2)(block(inputs)))


def list_kinds(model):
    return [
        type(layer).__name__
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]


@pytest.mark.parametrize("settings", SETTINGS)
def test_same_layers_shapes_and_parameters_in_both_apis(settings):
    sequential, functional = both(dense_block(5, **settings))
    assert list_kinds(sequential) == list_kinds(functional)
    assert sequential.output_shape == functional.output_shape == (None, 2)
    assert sequential.count_params() == functional.count_params()


@pytest.mark.parametrize("settings", SETTINGS)
def test_same_outputs_with_the_same_weights(settings):
    sequential, functional = both(dense_block(5, **settings))
    functional.set_weights(sequential.get_weights())
    x = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    np.testing.assert_allclose(sequential(x), functional(x), rtol=1e-6)


def test_normalisation_precedes_the_activation_and_dropout_is_last():
    sequential, _ = both(dense_block(5, dropout=0.3, batch_norm=True))
    assert list_kinds(sequential)[:4] == ["Dense", "BatchNormalization", "Activation", "Dropout"]
    dense = sequential.layers[0]
    assert dense.activation is keras.activations.linear
    assert not dense.use_bias


def test_every_use_has_its_own_weights():
    block = dense_block(5)
    inputs = keras.Input((5,))
    assert keras.Model(inputs, block(block(inputs))).count_params() == 2 * (5 + 1) * 5


@pytest.mark.parametrize("settings", SETTINGS)
def test_saved_model_loads_with_plain_keras(settings, tmp_path):
    x = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    for number, model in enumerate(both(dense_block(5, **settings))):
        path = tmp_path / f"{number}.keras"
        model.save(path)
        np.testing.assert_allclose(keras.saving.load_model(path)(x), model(x), rtol=1e-6)


def test_summary_shows_plain_keras_layers():
    lines = []
    both(dense_block(5, dropout=0.3))[0].summary(print_fn=lambda line, **_: lines.append(line))
    text = "\n".join(lines)
    assert "(Dense)" in text
    assert "(Dropout)" in text


def test_missing_star_is_explained():
    with pytest.raises(ValueError, match=r"write \*dense_block\(5\) inside keras.Sequential"):
        keras.Sequential([keras.Input((6,)), dense_block(5)])
