"""Lab 07: other correct solutions get full marks, and its statements hold on three seeds.

The marks of wrong answers are in the lab's wrong_answers.toml; `autograder lint` checks them.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.labs.answered import answered

OTHER_WAYS = {
    "lenet": """
from keras import layers

def lenet(input_shape=(32, 32, 1), classes=10):
    x = inputs = keras.Input(shape=input_shape)
    for maps in (6, 16):
        x = layers.Activation("tanh")(layers.Conv2D(maps, (5, 5), padding="valid")(x))
        x = layers.AveragePooling2D((2, 2), strides=(2, 2))(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Dense(units, "tanh")(x)
    return keras.Model(inputs=inputs, outputs=layers.Dense(classes)(x))
""",
    "cost": """
def multiply_adds(model):
    total = 0
    for layer in model.layers:
        shape = layer.output.shape
        if isinstance(layer, keras.layers.Dense):
            total += layer.kernel.shape[0] * layer.units
        elif isinstance(layer, keras.layers.SeparableConv2D):
            each = np.prod(layer.depthwise_kernel.shape) + np.prod(layer.pointwise_kernel.shape)
            total += shape[1] * shape[2] * each
        elif hasattr(layer, "kernel"):
            total += shape[1] * shape[2] * np.prod(layer.kernel.shape)
    return total

def receptive_field(layers):
    side = 1
    for kernel, stride in reversed(layers):  # from the neuron back to the image
        side = (side - 1) * stride + kernel
    return float(side)
""",
    "inception": """
def inception(x, filters_1, reduce_3, filters_3, reduce_5, filters_5, filters_pool):
    def branch(x, *steps):
        for filters, size in steps:
            x = keras.ops.relu(conv(x, filters, size))
        return x

    five = branch(x, (reduce_5, 1), (filters_5, 5))
    pooled = branch(keras.ops.max_pool(x, 3, 1, "same"), (filters_pool, 1))
    three = branch(x, (reduce_3, 1), (filters_3, 3))
    return keras.ops.concatenate([branch(x, (filters_1, 1)), three, five, pooled], axis=-1)
""",
    "auxiliary": """
def small_googlenet(input_shape, classes):
    def head(x):
        x = layers.AveragePooling2D(2)(x)
        x = layers.ReLU()(conv(x, 8, 1))
        return layers.Dense(classes, name="auxiliary")(layers.Flatten()(x))

    inputs = layers.Input(input_shape)
    x = layers.MaxPooling2D()(layers.Activation("relu")(conv(inputs, 16, 3)))
    x = inception(x, 8, 8, 16, 4, 4, 4)
    extra = head(x)
    x = inception(layers.MaxPooling2D()(x), 16, 16, 32, 4, 8, 8)
    main = layers.Dense(classes, name="logits")(keras.ops.mean(x, axis=(1, 2)))
    return keras.Model(inputs=inputs, outputs=[main, extra])

def reached(model, x, y, output):
    with tf.GradientTape() as tape:
        logits = model(tf.constant(x))[output]
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
    found = tape.gradient(loss, model.trainable_weights)
    return tuple(np.array([g is not None for g in found]).tolist())
""",
    "residual": """
def residual(x, filters, strides=1, shortcut=True):
    way = x
    if shortcut and (strides > 1 or x.shape[-1] != filters):
        way = conv(x, filters, 1, strides)
    y = conv(keras.ops.relu(conv(x, filters, 3, strides)), filters, 3)
    return keras.ops.relu(way + y if shortcut else y)

def bottleneck(x, filters, strides=1):
    y = keras.ops.relu(conv(x, filters, 1))
    y = keras.ops.relu(conv(y, filters, 3, strides))
    y = conv(y, 4 * filters, 1)
    if strides > 1 or x.shape[-1] != 4 * filters:
        x = conv(x, 4 * filters, 1, strides)
    return layers.Activation("relu")(layers.add([x, y]))

def gradient_norms(model, x, y):
    kernels = [w for w in model.trainable_variables if w.shape.rank == 4]
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
        loss = tf.reduce_mean(loss)
    return np.array([np.linalg.norm(g.numpy().ravel()) for g in tape.gradient(loss, kernels)])
""",
    "depths": """
def layers_of(blocks, convolutions):
    return 1 + sum([convolutions] * sum(blocks)) + 1

def resnet_parameters(depth, classes=1000):
    shapes, inputs = [(7, 3, 64)], 64
    for group, many in enumerate(BLOCKS[depth]):
        f = 64 << group
        for _ in range(many):
            if depth == 34:
                body = [(3, inputs, f), (3, f, f)]
            else:
                body = [(1, inputs, f), (3, f, f), (1, f, 4 * f)]
            shapes += body
            if inputs != body[-1][2]:
                shapes.append((1, inputs, body[-1][2]))
            inputs = body[-1][2]
    return np.int64(sum(k * k * m * n + 2 * n for k, m, n in shapes) + inputs * classes + classes)
""",
    "separable": """
def separable(x, filters, strides=1):
    x = layers.DepthwiseConv2D((3, 3), (strides, strides), "same", use_bias=False)(x)
    x = keras.ops.relu(layers.BatchNormalization()(x))
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    return keras.ops.relu(layers.BatchNormalization()(x))

def cost_ratio(k, filters):
    return np.float64((k * k + filters) / (k * k * filters))

def small_mobilenet(x, alpha, classes):
    widths = [int(round(alpha * maps)) for maps in (16, 32, 32, 64, 64)]
    x = keras.ops.relu(conv(x, widths[0], 3))
    for number, maps in enumerate(widths[1:]):
        x = separable(x, maps, strides=2 - number % 2)
    return layers.Dense(classes)(layers.GlobalAvgPool2D()(x))
""",
    "compositions": """
def xception_block(x):
    y = x
    for _ in range(3):
        y = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(keras.ops.relu(y))
        y = layers.BatchNormalization()(layers.Conv2D(x.shape[-1], 1, use_bias=False)(y))
    return x + y

def inception_resnet_block(x, branches, scale=0.2):
    def branch(steps):
        y = x
        for filters, size in steps:
            y = layers.Activation("relu")(conv(y, filters, size))
        return y

    y = layers.concatenate([branch(steps) for steps in branches])
    return keras.ops.relu(x + scale * layers.Conv2D(x.shape[-1], 1, padding="same")(y))
""",
}


def run(answers: dict[str, str]) -> dict:
    """Run the lab with these answers; returns the names that its cells define.

    Without answers, run the solution and leave out the test cells.
    """
    names = {"__name__": "__main__"}
    needed = ("import os", "def prepare(", "def conv(", "BLOCKS")
    for source, question, tests in answered("07_architectures", answers):
        if tests and not answers:
            continue
        if not question and not source.lstrip().startswith(needed):
            if source.lstrip().startswith("def deep_network("):
                names["DEEP_NETWORK"] = source.split("\nlosses, norms")[0]
            continue
        exec(compile(source, question or "cell", "exec"), names)
    exec(names["DEEP_NETWORK"], names)
    return names


@pytest.fixture(scope="module")
def lab():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        yield run({})


@pytest.mark.slow
def test_other_correct_solutions_pass(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    run(OTHER_WAYS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_plain_layers_train_worse_than_eight_and_than_twenty_with_shortcuts(lab, seed):
    ends, spread = {}, {}
    for name, blocks, shortcut in [("8", 1, False), ("20", 3, False), ("residual", 3, True)]:
        keras.utils.set_random_seed(seed)
        model = lab["as_model"](lab["deep_network"], lab["SHAPE"], blocks, shortcut)
        if blocks == 3:
            few = lab["x_train"][:100], lab["y_train"][:100]
            norms = np.array(lab["gradient_norms"](model, *few))
            kernels = [w for w in model.trainable_weights if len(w.shape) == 4]
            norms = norms[[w.shape[0] == 3 for w in kernels]]
            spread[name] = norms.max() / norms.min()
        ends[name] = lab["train"](model, lab["x_train"], lab["y_train"], rate=0.03)[-8:].mean()
    assert ends["20"] > ends["8"] + 0.1
    assert ends["20"] > ends["residual"] + 0.03
    assert spread["20"] > 1.4 * spread["residual"]


@pytest.mark.parametrize("filters", [16, 64, 256])
def test_the_counted_cost_ratio_matches_the_formula(lab, filters):
    with keras.StatelessScope(initialize_variables=False):
        steps = lab["as_model"](lab["separable"], (14, 14, 32), filters)
        one = lab["as_model"](lab["conv"], (14, 14, 32), filters, 3)
    ratio = lab["multiply_adds"](steps) / lab["multiply_adds"](one)
    assert ratio == pytest.approx(lab["cost_ratio"](3, filters), rel=0.01)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_auxiliary_loss_reaches_the_layers_before_it(lab, seed):
    keras.utils.set_random_seed(seed)
    model = lab["small_googlenet"](lab["SHAPE"], lab["CLASSES"])
    x, y = lab["x_train"][:20], lab["y_train"][:20]
    main, auxiliary = (lab["reached"](model, x, y, output) for output in (0, 1))
    both = [a and b for a, b in zip(main, auxiliary, strict=True)]
    alone = [a and not b for a, b in zip(main, auxiliary, strict=True)]
    kernels = [tuple(w.shape) for w in model.trainable_weights]
    shapes = [shape for shape, reached in zip(kernels, both, strict=True) if reached]
    assert (5, 5, 4, 4) in shapes and (3, 3, 3, 16) in shapes  # the first module and the stem
    assert (5, 5, 4, 8) not in shapes  # the second module
    assert sum(alone) and not all(main)


def test_counts_agree_with_the_models_at_paper_size(lab):
    from course_lib import models

    with keras.StatelessScope(initialize_variables=False):
        lenet, mobilenet = lab["lenet"](), models.mobilenet()
        resnets = {depth: models.resnet(depth, use_bias=False) for depth in (34, 50)}
    assert lenet.count_params() == 61_706
    for model in (lenet, mobilenet, *resnets.values()):
        assert lab["multiply_adds"](model) == models.multiply_adds(model)
    for depth, model in resnets.items():
        learnt = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
        assert lab["resnet_parameters"](depth) == learnt
