"""The arguments of the architectures, and their models in the grader's codec."""

import keras
import numpy as np
import pytest

from autograder.engine.wire.keras_values import model_data, rebuild_model
from course_lib.models import (
    alexnet,
    cifar_resnet,
    googlenet,
    lenet,
    mobilenet,
    resnet,
    small_architectures,
)

SMALL = {"classes": 10, "input_shape": (32, 32, 3), "stem": "small"}


@pytest.mark.parametrize("name", small_architectures())
def test_small_versions_keep_their_weights_in_the_codec(name):
    model = small_architectures()[name]()
    assert model.output_shape == (None, 10) and model.count_params() < 500_000
    rebuilt = rebuild_model(model_data(model))
    x = np.random.default_rng(0).normal(size=(2, 32, 32, 3)).astype("float32")
    np.testing.assert_allclose(rebuilt(x), model(x), atol=1e-5)


def gradients(model, loss_of):
    import tensorflow as tf

    x = np.random.default_rng(0).normal(size=(2, 32, 32, 3)).astype("float32")
    with tf.GradientTape() as tape:
        outputs = model(x, training=False)
        loss = tf.reduce_sum(tf.square(outputs[loss_of]))
    return tape.gradient(loss, model.trainable_weights)


def test_auxiliary_losses_reach_the_layers_before_them():
    model = googlenet(**SMALL, width=1 / 16, auxiliary=True)
    assert [output.shape for output in model.outputs] == [(None, 10)] * 3
    assert model.output_names == ["logits", "auxiliary_1", "auxiliary_2"]
    reached = [
        {w.path for w, g in zip(model.trainable_weights, gradients(model, n), strict=True)
         if g is not None}
        for n in range(3)
    ]  # fmt: skip
    backbone, first, second = reached
    assert "logits/kernel" in backbone and "auxiliary_1/kernel" in first
    # Each has its own 1×1 convolution and two dense layers, with a kernel and a bias each.
    assert len(first - backbone) == len(second - backbone) == 6
    assert (first & backbone) < (second & backbone) < backbone


def test_auxiliary_classifiers_add_twelve_weights():
    plain, both = (googlenet(**SMALL, width=1 / 16, auxiliary=extra) for extra in (False, True))
    assert len(both.weights) == len(plain.weights) + 12
    with pytest.raises(ValueError, match="average windows of 5 × 5"):
        googlenet(10, (64, 64, 3), width=1 / 16, auxiliary=True)


def test_batch_norm_replaces_biases():
    plain = googlenet(**SMALL, width=1 / 16)
    normed = googlenet(**SMALL, width=1 / 16, batch_norm=True)
    convolutions = [layer for layer in normed.layers if isinstance(layer, keras.layers.Conv2D)]
    channels = sum(layer.filters for layer in convolutions)
    assert len(convolutions) == 55 and not any(layer.use_bias for layer in convolutions)
    assert normed.count_params() == plain.count_params() + 3 * channels


def test_residual_and_plain_differ_only_in_the_shortcuts():
    residual, plain = cifar_resnet(20, width=1 / 4), cifar_resnet(20, width=1 / 4, residual=False)
    assert [w.shape for w in residual.weights] == [w.shape for w in plain.weights]
    added = [layer for layer in residual.layers if isinstance(layer, keras.layers.Add)]
    assert len(added) == 9
    assert not any(isinstance(layer, keras.layers.Add) for layer in plain.layers)
    assert "Add" not in {
        type(layer).__name__ for layer in resnet(18, **SMALL, width=1 / 16, residual=False).layers
    }


def test_alexnet_activation_dropout_and_groups():
    model = alexnet(**SMALL, width=1 / 16, activation="tanh", dropout=0.2, groups=1)
    kinds = {layer.activation.__name__ for layer in model.layers if hasattr(layer, "kernel")}
    assert kinds == {"tanh", "linear"}
    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.2, 0.2]
    grouped = alexnet(**SMALL, width=1 / 16, groups=2)
    for number in (2, 4, 5):
        whole, half = (m.get_layer(f"conv{number}").kernel.shape[2] for m in (model, grouped))
        assert whole == 2 * half


def test_width_multiplier():
    # Howard et al. 2017, §3.3: parameters are proportional to α², except in the outer layers.
    whole, half = mobilenet(**SMALL).count_params(), mobilenet(**SMALL, alpha=0.5).count_params()
    assert 0.25 < half / whole < 0.27
    assert lenet(width=2).get_layer("C3").filters == 32


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: resnet(20), "there are 18, 34, 50, 101 and 152"),
        (lambda: cifar_resnet(21), "not 6n . 2 .three stages of n blocks.; try 20"),
        (lambda: alexnet(stem="tiny"), "alexnet knows .paper. and .small."),
        (lambda: resnet(stride_in="2x2"), "write .3x3. or .1x1."),
    ],
)
def test_unknown_arguments_are_rejected(build, message):
    with pytest.raises(ValueError, match=message):
        build()
