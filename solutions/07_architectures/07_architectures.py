# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Eight networks that changed how networks are built
#
# Between 2012 and 2017, almost every year brought a new idea for arranging the few kinds of layers
# that existed in 1998: smaller filters, parallel branches, shortcuts, convolutions split into two
# steps. Each idea now has a name. In this lab you write each of them in a few lines and run *one*
# experiment that shows what it is good for. At the end you put all the networks on one chart: how
# accurate are they, and what do they cost?
#
# **You will learn**
#
# - LeNet-5, AlexNet, VGG, GoogLeNet, ResNet, MobileNet, Xception and Inception-ResNet, each by its
#   main idea;
# - to count what a network costs: its weights, and its multiplications for one image;
# - why a deeper network can be worse, and what an identity shortcut changes;
# - which weights an additional loss in the middle of a network reaches;
# - to read a table in a paper as a program.
#
# **You need** convolutions, pooling and batch normalisation, as in Lab 02, and the Functional API
# of Keras.
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | images | accuracy of the best network | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 1,500 of 4 classes, 16 × 16 | 50–70 % | 12–25 s on 2 cores |
# | full | default on a GPU | 20,000 of 10 classes, 32 × 32 | 80–90 %; 50–60 % on real CIFAR-10 | 3–8 min on 2 cores, less on a GPU |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # less small talk from TensorFlow

import keras
import numpy as np
import tensorflow as tf

from course_lib import data, figures, profile

keras.utils.set_random_seed(1)
QUICK = profile.current() == "quick"
CLASSES, IMAGES, STEPS = (4, 1500, 50) if QUICK else (10, 20_000, 800)
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# The images are those of CIFAR-10, small colour photographs of ten kinds of objects, scaled to mean
# 0 and variance 1. The quick profile uses only the first four classes and halves the width and
# height of the images: training a network then takes about a second, so you can train a dozen of
# them.


# %%
def prepare(x, y, most):
    """Select at most `most` images of the first classes, at half size in the quick profile."""
    kept = np.flatnonzero(y[:, 0] < CLASSES)[:most]
    x = x[kept].astype("float32")
    if QUICK:
        x = x.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4))  # the mean of 2 × 2 pixels
    return x, y[kept, 0].astype("int64")


(x_all, y_all), (x_new, y_new) = data.load("cifar10")
x_train, y_train = prepare(x_all, y_all, IMAGES)
x_test, y_test = prepare(x_new, y_new, 1000)
mean, spread = x_train.mean(axis=(0, 1, 2)), x_train.std(axis=(0, 1, 2))
x_train, x_test = (x_train - mean) / spread, (x_test - mean) / spread
SHAPE = x_train.shape[1:]
print("training set", x_train.shape, "· test set", x_test.shape)

# %% [markdown]
# Four small functions are ready for use:
#
# - `conv` is a convolution followed by batch normalisation, without a ReLU.
# - `as_model` turns a function of a *symbolic tensor* into a Keras model. A symbolic tensor has a
#   shape but no values; `keras.Input` returns one, and layers pass them on.
# - `train` trains a model by gradient descent with a momentum of 0.9: each update adds 0.9 times
#   the previous one. Inside `with tf.GradientTape() as tape:` TensorFlow records the computation,
#   and `tape.gradient(loss, weights)` then returns one gradient for each weight. (`model.fit` would
#   do the same, but for a deep network it needs several seconds to get ready, longer than these
#   training runs take.)
# - `accuracy` computes the fraction of images that are classified correctly.


# %%
def conv(x, filters, size, strides=1):
    """Apply a convolution of size × size, then batch normalisation; no activation."""
    convolution = keras.layers.Conv2D(
        filters, size, strides=strides, padding="same", use_bias=False
    )
    return keras.layers.BatchNormalization(momentum=0.9)(convolution(x))


def as_model(block, input_shape, *settings):
    """Turn a function of a symbolic tensor, block(inputs, *settings), into a Keras model."""
    inputs = keras.Input(tuple(input_shape))
    return keras.Model(inputs, block(inputs, *settings))


def train(model, x, y, steps=STEPS, rate=0.05):
    """Train a classifier in batches of 50.

    Args:
        model: A Keras model with one or several outputs. The losses of all outputs are added, all
            but the first with a weight of 0.3.
        x: Images `(n, height, width, channels)`.
        y: Labels `(n,)`, integers.
        steps: How many updates to make.
        rate: The learning rate of the first step; it falls linearly to 0.

    Returns:
        The loss at each step, `(steps,)`.
    """
    weights = [weight.value for weight in model.trainable_weights]
    velocities = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function(autograph=False)  # traced once, then called at every step
    def step(x, y, rate):
        with tf.GradientTape() as tape:
            outputs = model(x, training=True)
            first, *others = outputs if isinstance(outputs, (list, tuple)) else [outputs]
            loss = loss_of(y, first) + 0.3 * sum(loss_of(y, other) for other in others)
        gradients = tape.gradient(loss, weights)
        for weight, velocity, gradient in zip(weights, velocities, gradients, strict=True):
            # velocity = 0.9 velocity - rate gradient; weight = weight + velocity, in one operation.
            tf.raw_ops.ResourceApplyKerasMomentum(
                var=weight.handle, accum=velocity.handle, lr=rate, grad=gradient, momentum=0.9
            )
        return loss

    rng = np.random.default_rng(1)
    epochs = -(-50 * steps // len(x))
    order = np.concatenate([rng.permutation(len(x)) for _ in range(epochs)])
    losses = []
    for number in range(steps):
        batch = order[50 * number : 50 * (number + 1)]
        now = tf.constant(rate * (1 - number / steps), "float32")  # falls to 0
        losses.append(step(x[batch], y[batch], now))
    return np.array([float(loss) for loss in losses])


def accuracy(model, x, y):
    """Return the fraction of images that the (first) output classifies correctly."""
    outputs = model(x)
    logits = outputs[0] if isinstance(outputs, (list, tuple)) else outputs
    return float(np.mean(keras.ops.convert_to_numpy(logits).argmax(axis=-1) == y))


# %% [markdown]
# ## 1 LeNet-5, 1998: convolution, subsampling, and again
#
# The network that read the cheques of American banks has the structure that all later ones kept:
# convolution and pooling layers alternate, the feature maps become smaller and more numerous, and
# dense layers follow at the end (LeCun et al. 1998, §II.B, figure 2).
#
# | layer | what it does | output |
# | --- | --- | --- |
# | input | | 32 × 32 |
# | C1 | 6 filters of 5 × 5, no padding, tanh | 28 × 28 × 6 |
# | S2 | mean of 2 × 2 | 14 × 14 × 6 |
# | C3 | 16 filters of 5 × 5, no padding, tanh | 10 × 10 × 16 |
# | S4 | mean of 2 × 2 | 5 × 5 × 16 |
# | C5 | dense, 120 neurons, tanh | 120 |
# | F6 | dense, 84 neurons, tanh | 84 |
# | output | dense | 10 |
#
# This is a simplified modern form. In the paper, S2 and S4 have two weights per feature map, each
# map of C3 sees only some maps of S2, and the last layer computes distances.
#
# ### Question 1 · `lenet`
#
# Write `lenet(input_shape=(32, 32, 1), classes=10)`: a Keras model (Sequential or Functional) from
# images to logits that follows this table. With another input shape, only the sizes of the feature
# maps change.


# %% solution="lenet"
def lenet(input_shape=(32, 32, 1), classes=10):
    """Build LeNet-5, from images (batch, *input_shape) to logits (batch, classes)."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv2D(6, 5, activation="tanh"),
            keras.layers.AveragePooling2D(2),
            keras.layers.Conv2D(16, 5, activation="tanh"),
            keras.layers.AveragePooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(120, activation="tanh"),
            keras.layers.Dense(84, activation="tanh"),
            keras.layers.Dense(classes),
        ]
    )
    ### END SOLUTION


# %% tests="lenet"
import keras
import numpy as np


def to_array(values, name):
    """Turn what the function `name` returned into an array."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    return np.asarray(values, dtype="float64")


def require_model(model, name):
    """Return what the function `name` returned if it is a Keras model."""
    assert model is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"`{name}` returned a {type(model).__name__}; expected a Keras model."
    )
    return model


def convolve(x, kernel, bias=0.0, strides=1, padding="same", relu=False):
    """Convolve x with a kernel, without using the student's model."""
    y = keras.ops.conv(x.astype("float32"), kernel.astype("float32"), strides, padding)
    y = np.asarray(y) + bias
    return np.maximum(y, 0) if relu else y


def check_lenet(rng, shape, classes):
    model = require_model(lenet(shape, classes), "lenet")
    kernels = [tuple(w.shape) for w in model.trainable_weights if len(w.shape) > 1]
    sides = [((side - 4) // 2 - 4) // 2 for side in shape[:2]]
    inputs = sides[0] * sides[1] * 16
    expected = [(5, 5, shape[2], 6), (5, 5, 6, 16), (inputs, 120), (120, 84), (84, classes)]
    assert kernels == expected, (
        f"`lenet({shape}, {classes})` returned a model with weights of shapes {kernels}; expected "
        f"{expected}. Did you use padding? C1 and C3 have none, and S2 and S4 halve the maps."
    )
    count = sum(int(np.prod(s)) + s[-1] for s in expected)
    assert model.count_params() == count, (
        f"`lenet({shape}, {classes})` returned a model with {model.count_params():,} weights and "
        f"biases; expected {count:,}."
    )
    weights = [rng.normal(scale=1.5 / np.sqrt(np.prod(s[:-1])), size=s) for s in expected]
    biases = [rng.normal(scale=0.3, size=s[-1]) for s in expected]
    model.set_weights([part for pair in zip(weights, biases, strict=True) for part in pair])
    x = rng.normal(size=(4, *shape)).astype("float32")

    def reference(activation, pool):
        y = x
        for number in (0, 1):
            y = activation(convolve(y, weights[number], biases[number], padding="valid"))
            height, width = y.shape[1] // 2, y.shape[2] // 2
            y = y[:, : 2 * height, : 2 * width]
            y = pool(pool(y.reshape(len(y), height, 2, width, 2, -1), axis=4), axis=2)
        y = y.reshape(len(y), -1)
        for number in (2, 3):
            y = activation(y @ weights[number] + biases[number])
        return y @ weights[4] + biases[4]

    given, right = to_array(model(x), "lenet"), reference(np.tanh, np.mean)
    is_right = np.allclose(given, right, atol=1e-2)
    for other, mistake in [
        (reference(lambda y: np.maximum(y, 0), np.mean), "Did you use ReLU? LeNet-5 uses tanh."),
        (
            reference(np.tanh, np.max),
            "Did you use max-pooling? S2 and S4 compute the mean of 2 × 2.",
        ),
        (reference(lambda y: y, np.mean), "Did you forget the tanh?"),
    ]:
        assert is_right or not np.allclose(given, other, atol=1e-2), (
            f"`lenet` returned a model with wrong logits. {mistake}"
        )
    assert not np.allclose(given.sum(axis=-1), 1, atol=1e-3), (
        "`lenet` returned a model with probabilities as outputs; expected logits. Did you add a "
        "softmax?"
    )
    assert is_right, (
        "`lenet` returned a model with wrong logits: with the test's weights they are off by up to "
        f"{np.abs(given - right).max():.2f}. Do C1, C3, C5 and F6 have a tanh, and the output none?"
    )


check_lenet(np.random.default_rng(0), (32, 32, 1), 10)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_lenet(np.random.default_rng(hidden_seed()), (28, 24, 3), 7)
### END HIDDEN TESTS

# %% [markdown]
# Now train it on our images. All networks of this lab store their results in `chart`.

# %%
print(f"at the paper's size: {lenet().count_params():,} weights and biases")
chart = {}
keras.utils.set_random_seed(1)
model = lenet(SHAPE, CLASSES)
train(model, x_train, y_train)
chart["LeNet-5"] = model, accuracy(model, x_test, y_test)
print(f"LeNet-5: accuracy {chart['LeNet-5'][1]:.0%}; guessing gives {1 / CLASSES:.0%}")

# %% [markdown]
# ## 2 AlexNet, 2012: large, and fast to train
#
# Fourteen years later, AlexNet followed the same plan with eight layers of weights instead of five,
# colour images of 224 × 224 pixels, and two graphics cards. (224 is the number in the paper; its
# layer sizes work out with 227.) It won the ImageNet competition: more than a million photographs
# of 1,000 classes. An ensemble of seven such networks missed the right class in its five guesses
# for 15.3 % of the test images; the second-best entry missed it for 26.2 % (Krizhevsky et al.
# 2012). Two choices made the training possible:
#
# - **ReLU** instead of tanh. In figure 1 of the paper, a convolutional network with four layers
#   reaches a training error of 25 % six times faster with ReLU (§3.1).
# - **Dropout** of 0.5 in the first two of its three dense layers: at each training step, each of
#   their neurons is switched off with this probability (§4.2). You will soon see why just there.
#
# First the activation. Apart from resizing, the only preprocessing of AlexNet's images was to
# subtract the mean (§2), so their pixels had a standard deviation of about 60. What is the
# derivative of the neurons in a new layer for such pixels? Backpropagation multiplies the gradient
# by it.

# %%
derivatives = {"tanh": {}, "relu": {}}
for activation, by_spread in derivatives.items():
    for spread in (1, 4, 16, 64):
        keras.utils.set_random_seed(1)
        layer = keras.layers.Conv2D(32, 5, activation=activation)
        values = keras.ops.convert_to_numpy(layer(spread * x_train[:200]))
        by_spread[spread] = np.mean(1 - values**2 if activation == "tanh" else values > 0)
figures.slope_by_spread(derivatives)

# %% [markdown]
# The larger the inputs of a tanh, the more neurons are saturated: their derivative is almost 0, and
# they hardly learn. A ReLU does not have this problem: half of the neurons are active, and their
# derivative is 1. (With pixels of variance 1, like ours, and suitable initial weights, a *small*
# network learns as fast with tanh as with ReLU. A finding in a paper holds for the setting in which
# it was tested.)
#
# How much does such a network cost? There are two kinds of cost:
#
# - the **weights**, which must be learnt, stored and transmitted;
# - the **multiply-adds**: multiplications, each with its addition, for *one* image. A dense layer
#   uses each of its weights once. A convolution uses each of its weights once at every position of
#   its *output*. Biases, pooling, activations and batch normalisation cost almost nothing and are
#   not counted.
#
# In return, a neuron gets its **receptive field**: the pixels that it sees. A neuron after one 3 ×
# 3 convolution sees 3 × 3 pixels. After a second one it sees 5 × 5: it depends on nine neurons that
# each see 3 × 3, one pixel apart. After a layer with stride 2, the fields of neighbouring neurons
# are *two* pixels apart, and after another such layer four. Every later layer then widens the field
# in steps of that length.
#
# ### Question 2 · `cost`
#
# 1. Write `multiply_adds(model)` for Sequential and Functional models in which each layer is used
#    once. Count `Dense` on flat inputs, `Conv2D`, `DepthwiseConv2D` and `SeparableConv2D`. (In
#    every layer, a weight array with at least two axes is a kernel. `layer.weights` and
#    `layer.output.shape` are all you need. The kernel of a `DepthwiseConv2D` has the shape (rows,
#    columns, channels, 1), because each filter sees only one channel.)
# 2. Write `receptive_field(layers)`, which returns the side, in pixels, of the region that one
#    neuron of the last layer sees. `layers` is a list with (kernel size, stride) for each
#    convolution and pooling, first layer first: `[(3, 1), (3, 1)]` gives 5.


# %% solution="cost"
def multiply_adds(model):
    """Count multiplications, each with its addition, for one image; returns an integer."""
    ### BEGIN SOLUTION
    total = 0
    for layer in model.layers:
        weights = sum(int(np.prod(w.shape)) for w in layer.weights if len(w.shape) > 1)
        if weights:
            total += weights * int(np.prod(layer.output.shape[1:-1]))
    return total
    ### END SOLUTION


def receptive_field(layers):
    """Return the side of a last-layer neuron's field in pixels; layers: [(kernel, stride), …]."""
    ### BEGIN SOLUTION
    side, apart = 1, 1
    for kernel, stride in layers:
        side += (kernel - 1) * apart
        apart *= stride
    return side
    ### END SOLUTION


# %% tests="cost"
import keras
import numpy as np


def check_multiply_adds(side, channels, filters, strides, kind):
    inputs = keras.Input((side, side, channels))
    layer = {
        "Conv2D": lambda: keras.layers.Conv2D(filters, 3, strides=strides, padding="same"),
        "DepthwiseConv2D": lambda: keras.layers.DepthwiseConv2D(3, strides=strides, padding="same"),
        "SeparableConv2D": lambda: keras.layers.SeparableConv2D(
            filters, 3, strides=strides, padding="same"
        ),
    }[kind]()
    x = keras.layers.BatchNormalization()(layer(inputs))
    outputs = keras.layers.Dense(7)(keras.layers.Flatten()(keras.layers.ReLU()(x)))
    out = -(-side // strides)
    maps = channels if kind == "DepthwiseConv2D" else filters
    kernel = {
        "Conv2D": 9 * channels * filters,
        "DepthwiseConv2D": 9 * channels,
        "SeparableConv2D": 9 * channels + channels * filters,
    }[kind]
    dense = out * out * maps * 7
    expected = kernel * out * out + dense
    given = multiply_adds(keras.Model(inputs, outputs))
    assert given is not None, "`multiply_adds` returned None. Did you forget `return`?"
    setting = f"{kind} on {side} × {side} × {channels} with stride {strides}, then Dense(7)"
    for number, mistake in [
        (kernel + dense, "Did you count the weights? A kernel is used at every position."),
        (
            kernel * side * side + dense,
            "Did you use the input's size? Count the positions of the output.",
        ),
        ((kernel + maps) * out * out + dense + 7, "Did you count biases? Leave them out."),
        (kernel * out * out, "Did you forget the dense layer?"),
        (
            kernel * out * out + dense + 4 * maps * out * out,
            "Did you count batch normalisation? Leave it out.",
        ),
        (
            kernel * out * out * maps + dense,
            "Did you count the filters twice? The kernel's shape includes them.",
        ),
    ]:
        assert given != number or number == expected, (
            f"`multiply_adds` returned {given:,} for {setting}; expected {expected:,}. {mistake}"
        )
    assert given == expected, (
        f"`multiply_adds` returned {given:,} for {setting}; expected {expected:,}."
    )


def check_receptive_field(layers, side, without_strides=None, own_stride=None):
    given = receptive_field(list(layers))
    assert given is not None, "`receptive_field` returned None. Did you forget `return`?"
    assert given == side or given != without_strides, (
        f"`receptive_field({layers})` returned {given}; expected {side}. Did you leave out the "
        "strides? After a stride of 2, neighbours are two pixels apart."
    )
    assert given == side or given != own_stride, (
        f"`receptive_field({layers})` returned {given}; expected {side}. Did you apply a layer's "
        "own stride to its field? It only widens the fields of later layers."
    )
    assert given == side, f"`receptive_field({layers})` returned {given}; expected {side}."


check_multiply_adds(8, 3, 4, 1, "Conv2D")
check_multiply_adds(8, 3, 4, 2, "Conv2D")
check_receptive_field([(3, 1), (3, 1)], 5)
check_receptive_field([(5, 1), (2, 2), (5, 1)], 14, without_strides=10, own_stride=15)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_cost_hidden(rng):
    layers = [keras.layers.Conv2D(5, 3), keras.layers.Flatten(), keras.layers.Dense(4)]
    given = multiply_adds(keras.Sequential([keras.Input((9, 9, 2)), *layers]))
    assert given == 5390, (
        f"`multiply_adds` returned {given} for a Sequential model with a Conv2D and a Dense layer; "
        "expected 5,390. Did you skip the first layer? `layers` of a Sequential model does not "
        "include an input layer."
    )
    for kind in ("Conv2D", "DepthwiseConv2D", "SeparableConv2D"):
        side, channels, filters = (int(n) for n in rng.integers((5, 2, 9), (9, 8, 14)))
        check_multiply_adds(side, channels, filters, 2, kind)
    for _ in range(8):
        many = int(rng.integers(1, 7))
        layers = [(int(k), int(s)) for k, s in rng.integers((1, 1), (8, 4), (many, 2))]
        side = 1
        for kernel, stride in layers[::-1]:
            side = (side - 1) * stride + kernel
        check_receptive_field(layers, side)


check_cost_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# `course_lib.models` contains all these networks in the sizes of their papers. You can count their
# weights without creating them: inside a `StatelessScope` Keras only records the shapes, so a
# network of half a gigabyte needs no memory.

# %%
from course_lib.models import alexnet, googlenet, mobilenet, resnet, vgg

with keras.StatelessScope(initialize_variables=False):
    papers = {
        "AlexNet": alexnet(),
        "VGG-16": vgg("D"),
        "GoogLeNet": googlenet(),
        "ResNet-50": resnet(50),
        "MobileNet": mobilenet(),
    }
for name, model in papers.items():
    print(
        f"{name:>9}: {model.count_params() / 1e6:6.1f} million weights, "
        f"{multiply_adds(model) / 1e9:5.2f} billion multiply-adds"
    )

layers = [layer for layer in papers["AlexNet"].layers if layer.count_params()]
figures.parameters_by_layer({layer.name: layer.count_params() for layer in layers})

# %% [markdown]
# Almost all of AlexNet's weights are in the dense layers (fc6, fc7, predictions; *fc* stands for
# fully connected), and that is where the dropout is. Almost all of the *work* is in the
# convolutions: the 59 million dense weights are used once each, in a total of 720 million
# multiply-adds.
#
# Next comes a small AlexNet for our images: large filters first, then 3 × 3, and dense layers with
# dropout.


# %%
def small_alexnet(dropout=0.5):
    inputs = keras.Input(SHAPE)
    settings = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
    x = keras.layers.MaxPooling2D(2)(keras.layers.Conv2D(16, 5, strides=2, **settings)(inputs))
    x = keras.layers.Conv2D(32, 3, **settings)(x)
    x = keras.layers.Conv2D(32, 3, **settings)(x)
    x = keras.layers.Dropout(dropout)(keras.layers.Flatten()(x))
    x = keras.layers.Dense(64, activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(inputs, keras.layers.Dense(CLASSES)(keras.layers.Dropout(dropout)(x)))


keras.utils.set_random_seed(1)
model = small_alexnet()
train(model, x_train, y_train, rate=0.02)  # needs smaller steps without batch normalisation
chart["AlexNet"] = model, accuracy(model, x_test, y_test)
print(f"AlexNet, small: accuracy {chart['AlexNet'][1]:.0%}")

# %% [markdown]
# ## 3 VGG, 2014: nothing but 3 × 3
#
# VGG is the subject of Lab 03; here we only look at its main argument. Use two 3 × 3 convolutions
# where AlexNet has one of 5 × 5 (Simonyan & Zisserman 2015, §2.3). From $C$ to $C$ channels, that
# needs $2 \cdot 9\, C^2$ weights instead of $25\, C^2$.


# %%
def small_vgg(x, kernels):
    x = keras.layers.ReLU()(conv(x, 16, 3))
    for _ in range(2):
        x = keras.layers.MaxPooling2D(2)(x)
        for size in kernels:
            x = keras.layers.ReLU()(conv(x, 16, size))
    return keras.layers.Dense(CLASSES)(keras.layers.GlobalAveragePooling2D()(x))


losses = {}
for name, kernels in [("5 × 5", (5,)), ("twice 3 × 3", (3, 3))]:
    keras.utils.set_random_seed(1)
    model = as_model(small_vgg, SHAPE, kernels)
    losses[name] = train(model, x_train, y_train)
    print(
        f"{name:>11}: receptive field {receptive_field([(size, 1) for size in kernels])} pixels "
        f"wide · {model.count_params():,} weights, {multiply_adds(model):,} multiply-adds · "
        f"accuracy {accuracy(model, x_test, y_test):.0%}"
    )
chart["VGG"] = model, accuracy(model, x_test, y_test)
figures.losses_by_step(losses)

# %% [markdown]
# The receptive field is the same, with about a quarter fewer weights and multiply-adds, and the
# training loss falls about as far. (Whether the additional ReLUs help on the test set is not
# visible yet after the fifty steps of the quick profile.)
#
# ## 4 GoogLeNet, 2014: why choose?
#
# 3 × 3, 5 × 5, or pooling? GoogLeNet uses all of them in parallel and lets the next layer choose
# (Szegedy et al. 2015, figure 2b). An **inception module** has four branches on the same input,
# whose feature maps are concatenated along the channel axis (`keras.layers.Concatenate`). To limit
# the cost, a 1 × 1 convolution before the large filters first **reduces** the number of channels. A
# 1 × 1 convolution mixes the channels at each position and sees nothing around it; the idea is from
# Network in Network (Lin et al. 2014).
#
# | branch | |
# | --- | --- |
# | 1 | 1 × 1 convolution, ReLU |
# | 2 | 1 × 1 (reduction), ReLU, then 3 × 3, ReLU |
# | 3 | 1 × 1 (reduction), ReLU, then 5 × 5, ReLU |
# | 4 | 3 × 3 max-pooling with stride 1 and `padding="same"`, then 1 × 1, ReLU |
#
# ### Question 3 · `inception`
#
# Write `inception(x, filters_1, reduce_3, filters_3, reduce_5, filters_5, filters_pool)` for a
# symbolic tensor `x`. It returns a symbolic tensor with the feature maps of the four branches, in
# the order of the table. Use `conv` from above for every convolution (it does not include the
# activation).


# %% solution="inception"
def inception(x, filters_1, reduce_3, filters_3, reduce_5, filters_5, filters_pool):
    """Apply four branches to x (batch, height, width, channels) and concatenate their maps."""
    ### BEGIN SOLUTION
    relu = keras.layers.ReLU
    pooled = keras.layers.MaxPooling2D(3, strides=1, padding="same")(x)
    branches = [
        relu()(conv(x, filters_1, 1)),
        relu()(conv(relu()(conv(x, reduce_3, 1)), filters_3, 3)),
        relu()(conv(relu()(conv(x, reduce_5, 1)), filters_5, 5)),
        relu()(conv(pooled, filters_pool, 1)),
    ]
    return keras.layers.Concatenate()(branches)
    ### END SOLUTION


# %% tests="inception"
import keras
import numpy as np

SCALE = 1 / np.sqrt(1.001)  # an untrained batch normalisation multiplies by this


def get_kernels(model):
    return [weight for weight in model.trainable_weights if len(weight.shape) == 4]


def set_random_kernels(model, rng):
    """Give all kernels random weights and return them in the order of the layers."""
    for kernel in get_kernels(model):
        kernel.assign(rng.normal(size=kernel.shape) / np.sqrt(np.prod(kernel.shape[:3])))
    return [np.asarray(kernel) for kernel in get_kernels(model)]


def check_kernels(model, expected, name):
    shapes = sorted(tuple(kernel.shape) for kernel in get_kernels(model))
    assert shapes == sorted(expected), (
        f"{name} has kernels of shapes {shapes}; expected {sorted(expected)}."
    )


def check_normalised(model, maps, name):
    moving = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights if len(w.shape) == 1)
    assert moving == 2 * maps, (
        f"{name} has {moving} moving averages; expected {2 * maps}, two for each of {maps} maps. "
        "Does batch normalisation follow each convolution, as in `conv`?"
    )


def pool_3x3(x, take=np.max, outside=-np.inf):
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=outside)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return take(windows, axis=(-2, -1))


def compute_inception(x, kernels, widths, relu=True, pool=pool_3x3):
    """Compute an inception module's maps; kernels by shape; relu: whether reductions have one."""

    def layer(x, size, filters, relu=True):
        return convolve(x, kernels[size, size, x.shape[-1], filters], relu=relu)

    n1, r3, n3, r5, n5, last = widths
    branches = [
        layer(x, 1, n1),
        layer(layer(x, 1, r3, relu), 3, n3),
        layer(layer(x, 1, r5, relu), 5, n5),
        layer(pool(x), 1, last),
    ]
    return np.concatenate(branches, axis=-1)


def check_inception(rng, side, channels, widths):
    model = require_model(
        as_model(inception, (side, side, channels), *widths), "as_model(inception, …)"
    )
    n1, r3, n3, r5, n5, pool = widths
    shapes = [(1, 1, channels, n1), (1, 1, channels, r3), (3, 3, r3, n3), (1, 1, channels, r5)]
    shapes += [(5, 5, r5, n5), (1, 1, channels, pool)]
    check_kernels(model, shapes, f"`inception` with {channels} channels and {widths}")
    check_normalised(model, sum(widths), "`inception`")
    kernels = {k.shape: k * SCALE for k in set_random_kernels(model, rng)}
    x = rng.normal(size=(3, side, side, channels)).astype("float32") - 0.5
    given, right = to_array(model(x), "inception"), compute_inception(x, kernels, widths)
    assert given.shape == right.shape, (
        f"`inception` with {widths} on {side} × {side} returned shape {given.shape[1:]}; expected "
        f"{right.shape[1:]}."
    )
    assert np.all(given >= 0), (
        "`inception` returned negative numbers. Did you end each branch with a ReLU?"
    )
    is_right = np.allclose(given, right, atol=1e-2)
    inner = slice(1, -1)  # at the edge, a mean may or may not include the padding
    for change, mistake in [
        ({"relu": False}, "Did you forget the ReLU after the reductions?"),
        ({"pool": lambda x: x}, "Did you forget the pooling in the fourth branch?"),
        (
            {"pool": lambda x: pool_3x3(x, np.mean, 0)},
            "Did you use average pooling in the fourth branch? Use max-pooling.",
        ),
    ]:
        other = compute_inception(x, kernels, widths, **change)
        is_mistake = np.allclose(given[:, inner, inner], other[:, inner, inner], atol=5e-3)
        assert is_right or not is_mistake, f"`inception` returned wrong maps. {mistake}"
    assert is_right or not np.allclose(np.sort(given), np.sort(right), atol=1e-2), (
        "`inception` returned the right maps in the wrong order; expected 1 × 1, 3 × 3, 5 × 5, "
        "pooling."
    )
    assert is_right, (
        "`inception` returned wrong maps: with the test's weights they are off by up to "
        f"{np.abs(given - right).max():.2f}."
    )


check_inception(np.random.default_rng(0), 7, 5, (2, 3, 4, 6, 7, 8))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_inception_hidden(rng):
    check_inception(rng, 6, 4, tuple(int(n) for n in rng.permutation(np.arange(2, 9))[:6]))


check_inception_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# How much do the reductions save? Module "3a" of the paper gets 192 channels of 28 × 28 and has the
# widths (64, 96, 128, 16, 32, 32).

# %%
with keras.StatelessScope(initialize_variables=False):
    reduced = as_model(inception, (28, 28, 192), 64, 96, 128, 16, 32, 32)
    direct = as_model(
        lambda x: [conv(x, 64, 1), conv(x, 128, 3), conv(x, 32, 5), conv(x, 32, 1)], (28, 28, 192)
    )
for name, model in [("with reductions", reduced), ("without", direct)]:
    print(f"{name:>15}: {multiply_adds(model) / 1e6:.0f} million multiply-adds")

# %% [markdown]
# ## 5 A second loss in the middle
#
# With 22 layers GoogLeNet was deep for its time, and its authors feared that only a weak gradient
# would reach the first layers. So they attached small **auxiliary** classifiers to feature maps in
# the middle of the network; their losses are added to the main loss with a weight of 0.3, and after
# training the classifiers are discarded (§5). GoogLeNet also replaces AlexNet's large dense layers
# by **global average pooling**, the mean of each feature map, followed by one dense layer for the
# classes. This idea, too, is from Network in Network.
#
# ### Question 4 · `auxiliary`
#
# 1. Write `small_googlenet(input_shape, classes)`, a Functional model with **two** outputs,
#    `[logits, auxiliary]`, both `(batch, classes)`: `conv` with 16 filters of 3 × 3 and ReLU →
#    max-pooling 2 × 2 → `inception` (8, 8, 16, 4, 4, 4) → max-pooling 2 × 2 → `inception` (16, 16,
#    32, 4, 8, 8) → global average pooling → dense: the logits. The auxiliary classifier gets the
#    output of the *first* `inception`: average pooling 2 × 2 → `conv` with 8 filters of 1 × 1 and
#    ReLU → `Flatten` → dense.
# 2. Write `reached(model, x, y, output)`, which returns a list with True or False for each of
#    `model.trainable_weights`: does the loss of output number `output`, on its own, change this
#    weight? The loss is the sparse categorical cross-entropy of logits. (`tape.gradient` returns
#    None for a weight that does not affect the loss.)


# %% solution="auxiliary"
def small_googlenet(input_shape, classes):
    """Build a Keras model from images to [logits, auxiliary], both (batch, classes)."""
    ### BEGIN SOLUTION
    inputs = keras.Input(tuple(input_shape))
    x = keras.layers.ReLU()(conv(inputs, 16, 3))
    middle = inception(keras.layers.MaxPooling2D(2)(x), 8, 8, 16, 4, 4, 4)
    x = inception(keras.layers.MaxPooling2D(2)(middle), 16, 16, 32, 4, 8, 8)
    logits = keras.layers.Dense(classes)(keras.layers.GlobalAveragePooling2D()(x))
    y = keras.layers.ReLU()(conv(keras.layers.AveragePooling2D(2)(middle), 8, 1))
    return keras.Model(inputs, [logits, keras.layers.Dense(classes)(keras.layers.Flatten()(y))])
    ### END SOLUTION


def reached(model, x, y, output):
    """Say for each trainable weight whether the loss of this output changes it; a list of bool."""
    ### BEGIN SOLUTION
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    weights = [weight.value for weight in model.trainable_weights]
    with tf.GradientTape() as tape:
        loss = loss_of(y, model(x)[output])
    return [gradient is not None for gradient in tape.gradient(loss, weights)]
    ### END SOLUTION


# %% tests="auxiliary"
import keras
import numpy as np


def kernel_shapes_of(model, output):
    """Return the sorted shapes of the kernels between the image and an output."""
    part = keras.Model(model.inputs, model.outputs[output])
    return sorted(tuple(w.shape) for w in part.trainable_weights if len(w.shape) > 1)


def check_small_googlenet(side, classes):
    model = require_model(small_googlenet((side, side, 3), classes), "small_googlenet")
    assert len(model.outputs) == 2, (
        f"`small_googlenet` returned a model with {len(model.outputs)} outputs; expected two: "
        "`keras.Model(inputs, [logits, auxiliary])`."
    )
    for output in model.outputs:
        assert tuple(output.shape) == (None, classes), (
            f"`small_googlenet` returned a model with an output of shape {tuple(output.shape)}; "
            f"expected {(None, classes)} for both."
        )
    pooled = side // 4
    head = [(1, 1, 32, 8), (pooled * pooled * 8, classes)]
    first = [(3, 3, 3, 16), (1, 1, 16, 8), (1, 1, 16, 8), (3, 3, 8, 16), (1, 1, 16, 4)]
    first += [(5, 5, 4, 4), (1, 1, 16, 4)]
    second = [(1, 1, 32, 16), (1, 1, 32, 16), (3, 3, 16, 32), (1, 1, 32, 4), (5, 5, 4, 8)]
    second += [(1, 1, 32, 8)]
    main = sorted(first + second + [(64, classes)])
    assert kernel_shapes_of(model, 1) != main, (
        "`small_googlenet` returned the auxiliary output first; expected [logits, auxiliary]. Did "
        "you swap the outputs?"
    )
    assert kernel_shapes_of(model, 1) == sorted(first + head), (
        f"The auxiliary output depends on kernels of shapes {kernel_shapes_of(model, 1)}; expected "
        f"{sorted(first + head)}. Does it get the output of the first inception module?"
    )
    assert kernel_shapes_of(model, 0) == main, (
        f"The logits depend on kernels of shapes {kernel_shapes_of(model, 0)}; expected {main}. "
        "Did you use global average pooling before the last dense layer?"
    )


def check_values(rng, side, classes):
    try:
        check_inception(rng, 6, 5, (2, 3, 4, 6, 7, 8))
    except AssertionError:
        return  # this already costs the marks of question 3
    model, values, kernels = small_googlenet((side, side, 3), classes), {}, {}
    for weight in model.trainable_weights:  # equal values for equal shapes
        shape = tuple(weight.shape)
        if len(shape) > 1:
            if shape not in values:
                values[shape] = rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
            weight.assign(values[shape])
            kernels[shape] = values[shape] * SCALE

    def pool_2x2(x, take):
        return take(x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2, -1), axis=(2, 4))

    x = rng.normal(size=(3, side, side, 3)).astype("float32")
    first = convolve(x, kernels[3, 3, 3, 16], relu=True)
    middle = compute_inception(pool_2x2(first, np.max), kernels, (8, 8, 16, 4, 4, 4))
    maps = compute_inception(pool_2x2(middle, np.max), kernels, (16, 16, 32, 4, 8, 8))
    logits = maps.mean(axis=(1, 2)) @ values[64, classes]
    side_view = convolve(pool_2x2(middle, np.mean), kernels[1, 1, 32, 8], relu=True).reshape(
        len(x), -1
    )
    auxiliary = side_view @ values[side_view.shape[-1], classes]
    names = "logits", "auxiliary logits"
    for name, given, right in zip(names, model(x), (logits, auxiliary), strict=True):
        given = to_array(given, "small_googlenet")
        assert np.allclose(given, right, atol=1e-3), (
            f"`small_googlenet` returned a model with wrong {name}: with the test's weights they "
            f"are off by up to {np.abs(given - right).max():.3f}. Is every pooling of the right "
            "kind? Is a ReLU missing, or is there a softmax?"
        )


def check_reached(rng, order):
    inputs = keras.Input((6, 6, 2))
    trunk = keras.layers.Conv2D(3, 3, activation="tanh", name="first")(inputs)
    outputs = [keras.layers.Dense(4, name="head_first")(keras.layers.Flatten()(trunk))]
    trunk = keras.layers.Conv2D(5, 1, activation="tanh", name="second")(trunk)
    outputs.append(keras.layers.Dense(4, name="head_second")(keras.layers.Flatten()(trunk)))
    model = keras.Model(inputs, [outputs[n] for n in order])
    x, y = rng.normal(size=(5, 6, 6, 2)).astype("float32"), rng.integers(0, 4, 5)
    on_the_way = [("first", "head_first"), ("first", "second", "head_second")]
    names = [weight.path.split("/")[-2] for weight in model.trainable_weights]
    for output, number in enumerate(order):
        expected = [name in on_the_way[number] for name in names]
        given = reached(model, x, y, output)
        assert isinstance(given, (list, tuple)) and len(given) == len(expected), (
            "`reached` must return a list with one True or False for each of the "
            f"{len(expected)} weight arrays."
        )
        given = [bool(one) for one in given]
        assert not all(given), (
            "`reached` returned True for every weight. Did you add the losses of all outputs? Use "
            "the loss of the given output only."
        )
        assert given != [not one for one in expected], (
            "`reached` returned the opposite of what is expected. A gradient of None means that "
            "the loss does not reach the weight."
        )
        assert given == expected, (
            f"`reached` returned {given} for output {output} and the weights of {names}; expected "
            f"True only for those of {on_the_way[number]}."
        )


check_small_googlenet(16, 4)
check_values(np.random.default_rng(0), 16, 4)
check_reached(np.random.default_rng(0), (0, 1))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_auxiliary_hidden(rng):
    check_small_googlenet(12, int(rng.integers(5, 9)))
    check_values(rng, 12, 7)
    check_reached(rng, (1, 0))


check_auxiliary_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
keras.utils.set_random_seed(1)
model = small_googlenet(SHAPE, CLASSES)
by_output = [reached(model, x_train[:20], y_train[:20], output) for output in (0, 1)]
for weight, main, auxiliary in zip(model.trainable_weights, *by_output, strict=True):
    if len(weight.shape) > 1:
        print(
            f"{tuple(weight.shape)!s:>16}  main loss: {'yes' if main else ' - '}   "
            f"auxiliary loss: {'yes' if auxiliary else ' - '}"
        )

# %% [markdown]
# The auxiliary loss reaches the first convolution, the first module and the two layers of its own
# classifier, but nothing after them. The main loss does not reach those two layers: the logits do
# not depend on them, so you can discard them after training.

# %%
train(model, x_train, y_train)
alone = keras.Model(model.inputs[0], model.outputs[0])  # without the auxiliary classifier
chart["GoogLeNet"] = alone, accuracy(alone, x_test, y_test)
print(f"GoogLeNet, small: accuracy {chart['GoogLeNet'][1]:.0%}, {alone.count_params():,} weights")

# %% [markdown]
# ## 6 ResNet, 2015: a way around
#
# One would think that more layers cannot make a network worse: the additional ones only have to
# pass on their input. He et al. tried it. Their plain network with 56 layers made more errors than
# the one with 20, not only on the test set, which could be overfitting, but also *on the training
# set*. Apparently a stack of layers does not easily learn to pass on its input (He et al. 2016,
# figure 1).
#
# So give it the input. A **residual block** adds its input to the output of its convolutions,
# through an **identity shortcut**: $y = \text{ReLU}(F(x) + x)$. If there is nothing to do, $F$ only
# has to become 0, which is easy to learn. And the gradient has a path around the convolutions.
#
# - The **basic block** is 3 × 3 → ReLU → 3 × 3, plus the shortcut, then a ReLU. The first
#   convolution has the stride.
# - The **bottleneck block** of the deep versions is 1 × 1 → ReLU → 3 × 3 → ReLU → 1 × 1, plus the
#   shortcut, then a ReLU. The first convolution reduces the number of channels, and the last one
#   has *four times* as many filters as the others. The 3 × 3 convolution has the stride (in the
#   paper it is the first 1 × 1).
# - If the input has a different shape than the output of the convolutions, the shortcut is a 1 × 1
#   convolution with the same stride. Otherwise the shortcut does not have any weights.
#
# ### Question 5 · `residual`
#
# 1. Write `residual(x, filters, strides=1, shortcut=True)`, the basic block; with `shortcut=False`
#    it is the same block without any shortcut.
# 2. Write `bottleneck(x, filters, strides=1)`, with `filters` filters in each of its first two
#    convolutions. In both blocks, use `conv` for all convolutions, also on the shortcut, so that
#    batch normalisation follows each of them.
# 3. Write `gradient_norms(model, x, y)` for a model from images to logits. It returns a list with
#    the norm of the gradient of the loss (the square root of the sum of its squares) for each
#    *convolution kernel*, in the order of `model.trainable_weights`. The loss is as above; call the
#    model with `training=True`.


# %% solution="residual"
def residual(x, filters, strides=1, shortcut=True):
    """Apply the basic block to x (batch, height, width, channels)."""
    ### BEGIN SOLUTION
    y = keras.layers.ReLU()(conv(x, filters, 3, strides))
    y = conv(y, filters, 3)
    if shortcut:
        same = strides == 1 and x.shape[-1] == filters
        y = keras.layers.Add()([y, x if same else conv(x, filters, 1, strides)])
    return keras.layers.ReLU()(y)
    ### END SOLUTION


def bottleneck(x, filters, strides=1):
    """Apply the block 1 × 1 → 3 × 3 → 1 × 1 to x; its output has 4 · filters maps."""
    ### BEGIN SOLUTION
    y = keras.layers.ReLU()(conv(x, filters, 1))
    y = keras.layers.ReLU()(conv(y, filters, 3, strides))
    y = conv(y, 4 * filters, 1)
    same = strides == 1 and x.shape[-1] == 4 * filters
    y = keras.layers.Add()([y, x if same else conv(x, 4 * filters, 1, strides)])
    return keras.layers.ReLU()(y)
    ### END SOLUTION


def gradient_norms(model, x, y):
    """Return the norm of the loss gradient for each convolution kernel, a list of numbers."""
    ### BEGIN SOLUTION
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    kernels = [weight.value for weight in model.trainable_weights if len(weight.shape) == 4]
    with tf.GradientTape() as tape:
        loss = loss_of(y, model(x, training=True))
    return [float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)]
    ### END SOLUTION


# %% tests="residual"
import keras
import numpy as np


def check_block(rng, block, name, channels, filters, strides, shortcut=True):
    side = 7
    settings = (filters, strides, shortcut) if name == "residual" else (filters, strides)
    model = require_model(
        as_model(block, (side, side, channels), *settings), f"as_model({name}, …)"
    )
    if name == "residual":
        outputs, steps = filters, [(3, strides), (3, 1)]
        main = [(3, 3, channels, filters), (3, 3, filters, filters)]
    else:
        outputs, steps = 4 * filters, [(1, 1), (3, strides), (1, 1)]
        main = [(1, 1, channels, filters), (3, 3, filters, filters), (1, 1, filters, outputs)]
    same = strides == 1 and channels == outputs
    projected = [(1, 1, channels, outputs)] if shortcut and not same else []
    setting = f"`{name}` from {channels} channels with {filters} filters and stride {strides}"
    setting += "" if shortcut else ", shortcut=False"
    shapes = sorted(tuple(kernel.shape) for kernel in get_kernels(model))
    assert projected or shapes != sorted(main + [(1, 1, channels, outputs)]), (
        f"{setting} has weights on the shortcut. "
        + ("Here the shortcut is the input itself." if shortcut else "Leave the shortcut out.")
    )
    check_kernels(model, main + projected, setting)
    check_normalised(model, sum(s[-1] for s in main + projected), setting)
    values = set_random_kernels(model, rng)
    way = next((k * SCALE for k in values if [k.shape] == projected), None)
    body = [k * SCALE for k in values if [k.shape] != projected]
    if name == "bottleneck":  # the two 1 × 1 kernels may come in either order among the layers
        body.sort(key=lambda k: main.index(k.shape))
    x = rng.normal(size=(3, side, side, channels)).astype("float32")

    def reference(relu_first=False, relus=True, added=True):
        y = x
        for number, (kernel, (_, step)) in enumerate(zip(body, steps, strict=True)):
            last = number == len(body) - 1
            y = convolve(y, kernel, strides=step, relu=relu_first if last else relus)
        if shortcut and added:
            y = y + (x if same else convolve(x, way, strides=strides))
        return np.maximum(y, 0)

    given, right = to_array(model(x), name), reference()
    assert given.shape == right.shape, (
        f"{setting} returned shape {given.shape[1:]}; expected {right.shape[1:]}."
    )
    assert given.min() >= 0, (
        f"{setting} returned negative numbers. Did you put the last ReLU after the sum?"
    )
    for wrong, mistake in [
        ({"added": False}, "Did you forget to add the input through the shortcut?"),
        ({"relu_first": True}, "Did you put a ReLU between the last convolution and the sum?"),
        ({"relus": False}, "Did you forget the ReLU between the convolutions?"),
    ]:
        other = reference(**wrong)
        assert np.allclose(other, right, atol=1e-2) or not np.allclose(given, other, atol=5e-3), (
            f"{setting} returned wrong maps. {mistake}"
        )
    assert np.allclose(given, right, atol=1e-2), (
        f"{setting} returned wrong maps: with the test's weights they are off by up to "
        f"{np.abs(given - right).max():.2f}. Which convolution has the stride, and what does the "
        "shortcut add?"
    )


def build_small_network(rng):
    inputs = keras.Input((8, 8, 2))
    x = keras.layers.Conv2D(3, 3, activation="relu")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Conv2D(4, 3, activation="tanh")(x)
    model = keras.Model(inputs, keras.layers.Dense(5)(keras.layers.Flatten()(x)))
    images = rng.normal(size=(6, 8, 8, 2)).astype("float32") * 2
    return model, images, rng.integers(0, 5, 6)


def check_number_of_norms(model, images, labels):
    given = to_array(gradient_norms(model, images, labels), "gradient_norms").ravel()
    assert len(given) == 2, (
        f"`gradient_norms` returned {len(given)} numbers; expected one for each of 2 convolutions. "
        "A convolution kernel has four axes."
    )
    assert np.all(given > 0), (
        "`gradient_norms` returned a norm that is not positive. Did you take the root of a sum of "
        "squares?"
    )
    return given


check_block(np.random.default_rng(0), residual, "residual", 4, 4, 1)
check_block(np.random.default_rng(0), residual, "residual", 4, 6, 2)
check_block(np.random.default_rng(0), bottleneck, "bottleneck", 5, 3, 2)
check_number_of_norms(*build_small_network(np.random.default_rng(0)))
### BEGIN HIDDEN TESTS
import tensorflow as tf

from course_lib.testing import hidden_seed


def check_gradient_norms(model, images, labels):
    kernels = [w.value for w in get_kernels(model)]

    def norms(training):
        with tf.GradientTape() as tape:
            logits = model(images, training=training)
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(loss)
        return np.array([float(tf.norm(g)) for g in tape.gradient(loss, kernels)])

    right, resting = norms(True), norms(False)  # in this order: training updates the averages
    given = check_number_of_norms(model, images, labels)
    is_right = np.allclose(given, right, rtol=1e-2)
    for other, mistake in [
        (right**2, "Did you forget the square root?"),
        (resting, "Did you call the model with `training=True`?"),
        (right * 6, "Did you take the sum over the batch? The loss is the mean."),
    ]:
        assert is_right or not np.allclose(given, other, rtol=1e-3), (
            f"`gradient_norms` returned {np.round(given, 3).tolist()}; expected "
            f"{np.round(right, 3).tolist()}. {mistake}"
        )
    assert is_right, (
        f"`gradient_norms` returned {np.round(given, 3).tolist()}; expected "
        f"{np.round(right, 3).tolist()}."
    )


def check_residual_hidden(rng):
    check_block(rng, residual, "residual", 4, 5, 1)
    check_block(rng, residual, "residual", 4, 4, 1, shortcut=False)
    check_block(rng, residual, "residual", 3, 3, 2)
    check_block(rng, bottleneck, "bottleneck", 8, 2, 1)
    check_block(rng, bottleneck, "bottleneck", 5, 3, 1)
    check_block(rng, bottleneck, "bottleneck", 8, 2, 2)
    check_gradient_norms(*build_small_network(rng))


check_residual_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now the experiment of the paper on a small scale: three groups of $2n$ convolutions with 8, 16 and
# 32 filters, plus two more layers. $n = 1$ gives a network with 8 layers, $n = 3$ one with 20.


# %%
def deep_network(x, n, shortcut):
    x = keras.layers.ReLU()(conv(x, 8, 3, 2))
    for filters in (8, 16, 32):
        for number in range(n):
            strides = 2 if number == 0 and filters > 8 else 1
            x = residual(x, filters, strides, shortcut)
    return keras.layers.Dense(CLASSES)(keras.layers.GlobalAveragePooling2D()(x))


losses, norms = {}, {}
for name, blocks, shortcut in [
    ("plain, 8 layers", 1, False),
    ("plain, 20 layers", 3, False),
    ("residual, 20 layers", 3, True),
]:
    keras.utils.set_random_seed(1)
    model = as_model(deep_network, SHAPE, blocks, shortcut)
    if blocks == 3:
        norms[name] = gradient_norms(model, x_train[:100], y_train[:100])
        # Leave out the 1 × 1 convolutions of two shortcuts; the plain network does not have them.
        sizes = [weight.shape[0] for weight in model.trainable_weights if len(weight.shape) == 4]
        norms[name] = [norm for norm, size in zip(norms[name], sizes, strict=True) if size == 3]
    losses[name] = train(model, x_train, y_train, rate=0.03)
    print(f"{name}: accuracy on the test set {accuracy(model, x_test, y_test):.0%}")
chart["ResNet"] = model, accuracy(model, x_test, y_test)
figures.losses_by_step(losses)

# %% [markdown]
# Twenty plain layers learn worse than eight, and the figure shows their *training* loss. With
# shortcuts, the same twenty layers do learn, although they do not overtake the eight in the fifty
# steps of the quick profile. What happens to the gradient? The next figure shows its norm in the
# two networks with 20 layers, before the first step.

# %%
figures.gradient_by_layer(norms)

# %% [markdown]
# ## 7 A family from one table
#
# In the paper, ResNet begins with a 7 × 7 convolution with 64 filters and a max-pooling. Four
# groups of blocks follow, and at the end global average pooling and a dense layer for 1,000
# classes. The groups have 64, 128, 256 and 512 `filters`; the first block of each group except the
# first has stride 2 (He et al. 2016, table 1).
#
# | layers | block | blocks in the four groups |
# | --- | --- | --- |
# | 34 | basic | 3, 4, 6, 3 |
# | 50 | bottleneck | 3, 4, 6, 3 |
# | 101 | bottleneck | 3, 4, 23, 3 |
# | 152 | bottleneck | 3, 8, 36, 3 |
#
# The number in the name counts the convolutions and dense layers from the input to the output,
# without those on shortcuts.
#
# ### Question 6 · `depths`
#
# 1. Write `layers_of(blocks, convolutions)`, which returns this number. `blocks` are the numbers of
#    blocks in the four groups; `convolutions` is the number of convolutions in one block, without
#    the shortcut. `layers_of((3, 4, 6, 3), 3)` must return 50.
# 2. Write `resnet_parameters(depth, classes=1000)`, which returns the number of trainable
#    parameters. Calculate it without building a network. The images have 3 channels. Convolutions
#    do not have biases; after each of them, also on shortcuts, batch normalisation has two
#    trainable parameters per feature map. Shortcuts have a convolution where the shapes differ, as
#    in question 5. The dense layer has biases.

# %%
BLOCKS = {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


# %% solution="depths"
def layers_of(blocks, convolutions):
    """Count the convolutions and dense layers of a ResNet, without those on shortcuts."""
    ### BEGIN SOLUTION
    return sum(blocks) * convolutions + 2
    ### END SOLUTION


def resnet_parameters(depth, classes=1000):
    """Count the trainable parameters of a ResNet of depth 34, 50, 101 or 152."""

    ### BEGIN SOLUTION
    def normalised(size, inputs, outputs):
        return size * size * inputs * outputs + 2 * outputs

    total, channels = normalised(7, 3, 64), 64
    for group, (filters, blocks) in enumerate(zip((64, 128, 256, 512), BLOCKS[depth], strict=True)):
        for block in range(blocks):
            outputs = filters if depth == 34 else 4 * filters
            if depth == 34:
                total += normalised(3, channels, filters) + normalised(3, filters, filters)
            else:
                total += normalised(1, channels, filters) + normalised(3, filters, filters)
                total += normalised(1, filters, outputs)
            if channels != outputs or (block == 0 and group > 0):
                total += normalised(1, channels, outputs)
            channels = outputs
    return total + (channels + 1) * classes
    ### END SOLUTION


# %% tests="depths"
import numpy as np

MISTAKES = {
    "no_norm": "Did you leave out batch normalisation?",
    "one_norm": "Batch normalisation has two trainable parameters per map, γ and β.",
    "biases": "Did you count biases of convolutions? They have none here.",
    "moving": "Did you count the moving averages? Only γ and β are trainable.",
    "shortcuts": "Did you leave out the convolutions on the shortcuts?",
    "last_bias": "Did you forget the biases of the dense layer?",
    "narrow": "A bottleneck's last convolution has four times as many filters.",
}


def check_depth(depth, classes, expected, mistaken):
    blocks = {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}[depth]
    convolutions = 2 if depth == 34 else 3
    given = layers_of(blocks, convolutions)
    assert given is not None, "`layers_of` returned None. Did you forget `return`?"
    assert given == depth, (
        f"`layers_of({blocks}, {convolutions})` returned {given}; expected {depth}. Did you count "
        "the first convolution and the dense layer, and all convolutions of every block?"
    )
    given = resnet_parameters(depth, classes)
    setting = f"`resnet_parameters({depth}, {classes})`"
    assert given is not None, "`resnet_parameters` returned None. Did you forget `return`?"
    given = int(given)
    assert given not in mistaken, (
        f"{setting} returned {given:,}; expected {expected:,}. {MISTAKES[mistaken[given]]}"
    )
    assert given == expected, (
        f"{setting} returned {given:,}; expected {expected:,}, a difference of "
        f"{given - expected:+,}. How many input channels does each block have, and which blocks "
        "have a convolution on the shortcut?"
    )


check_depth(
    34,
    1000,
    21_797_672,
    {
        21_780_648: "no_norm",
        21_789_160: "one_norm",
        21_806_184: "biases",
        21_814_696: "moving",
        21_623_848: "shortcuts",
        21_796_672: "last_bias",
    },
)
check_depth(
    50,
    1000,
    25_557_032,
    {
        25_503_912: "no_norm",
        25_530_472: "one_norm",
        25_583_592: "biases",
        25_610_152: "moving",
        22_780_456: "shortcuts",
        25_556_032: "last_bias",
        14_379_176: "narrow",
    },
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def count_parameters(depth, classes, norm=2, projections=True, wide=4, bias=1):
    groups = {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}[depth]
    wide = 1 if depth == 34 else wide
    total, channels = 7 * 7 * 3 * 64 + norm * 64, 64
    for number, blocks in enumerate(groups):
        filters = 64 * 2**number
        first = channels
        if depth == 34:
            body = [9 * filters * filters] * (2 * blocks)
            body[0] = 9 * first * filters
            maps = 2 * blocks * filters
        else:
            outputs = wide * filters
            body = [first * filters] + [outputs * filters] * (blocks - 1)
            body += [9 * filters * filters + filters * outputs] * blocks
            maps = blocks * (2 * filters + outputs)
        channels = wide * filters
        total += sum(body) + norm * maps
        if projections and first != channels:
            total += first * channels + norm * channels
    return total + (channels + bias) * classes


def check_depths_hidden(rng):
    for depth in (34, 50, 101, 152):
        classes = int(rng.integers(2, 500))
        settings = {
            "no_norm": {"norm": 0},
            "one_norm": {"norm": 1},
            "biases": {"norm": 3},
            "moving": {"norm": 4},
            "shortcuts": {"projections": False},
            "last_bias": {"bias": 0},
            "narrow": {"wide": 1},
        }
        expected = count_parameters(depth, classes)
        mistaken = {count_parameters(depth, classes, **how): name for name, how in settings.items()}
        mistaken.pop(expected, None)
        check_depth(depth, classes, expected, mistaken)


check_depths_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
for depth in (34, 50, 101, 152):
    print(f"ResNet-{depth}: {resnet_parameters(depth) / 1e6:.1f} million trainable parameters")

# %% [markdown]
# ## 8 MobileNet, 2017: a convolution in two steps
#
# A convolution does two things at once: it looks at a neighbourhood, and it mixes channels.
# MobileNet does one after the other, because it has to run on a phone (Howard et al. 2017, §3.1). A
# **depthwise** convolution (`keras.layers.DepthwiseConv2D`) has one 3 × 3 filter per channel and
# mixes nothing. A **pointwise** convolution, 1 × 1, mixes the channels at each position and does
# not look at the neighbourhood.
#
# With $M$ input channels, $N$ output channels and filters of $k \times k$, at each position:
#
# - an ordinary convolution costs $k^2 M N$ multiply-adds,
# - the two steps together cost $k^2 M + M N$.
#
# Two more parameters adapt the network to the phone: the **width multiplier** $\alpha$ scales the
# number of filters in *every* layer, and the **resolution multiplier** $\rho$ scales the side of
# the image.
#
# ### Question 7 · `separable`
#
# 1. Write `separable(x, filters, strides=1)`: depthwise 3 × 3 (`padding="same"`, without bias) with
#    the stride → batch normalisation → ReLU → `conv` 1 × 1 → ReLU.
# 2. Write `cost_ratio(k, filters)`, which returns the cost of the two steps divided by the cost of
#    the ordinary convolution; `filters` is $N$.
# 3. Write `small_mobilenet(x, alpha, classes)` for a symbolic tensor of images: `conv` with 16
#    filters of 3 × 3 and ReLU → `separable` with 32 filters and stride 2, with 32, with 64 and
#    stride 2, with 64 → global average pooling → dense. Multiply all these numbers of filters, 16,
#    32 and 64, by `alpha` and round them to integers; the number of classes stays the same.


# %% solution="separable"
def separable(x, filters, strides=1):
    """Apply a depthwise 3 × 3, then a pointwise convolution, each with normalisation and ReLU."""
    ### BEGIN SOLUTION
    depthwise = keras.layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)
    x = keras.layers.BatchNormalization(momentum=0.9)(depthwise(x))
    return keras.layers.ReLU()(conv(keras.layers.ReLU()(x), filters, 1))
    ### END SOLUTION


def cost_ratio(k, filters):
    """Return the multiply-adds of the two steps, divided by those of one k × k convolution."""
    ### BEGIN SOLUTION
    return 1 / filters + 1 / k**2
    ### END SOLUTION


def small_mobilenet(x, alpha, classes):
    """Compute logits (batch, classes) of images x (batch, height, width, channels)."""
    ### BEGIN SOLUTION
    x = keras.layers.ReLU()(conv(x, round(alpha * 16), 3))
    for filters, strides in [(32, 2), (32, 1), (64, 2), (64, 1)]:
        x = separable(x, round(alpha * filters), strides)
    return keras.layers.Dense(classes)(keras.layers.GlobalAveragePooling2D()(x))
    ### END SOLUTION


# %% tests="separable"
import keras
import numpy as np


def convolve_each_channel(x, kernel, strides):
    """Convolve each channel of x with its filter in a kernel (3, 3, channels, 1)."""
    parts = [convolve(x[..., [c]], kernel[:, :, [c]], strides=strides) for c in range(x.shape[-1])]
    return np.concatenate(parts, axis=-1)


def check_separable(rng, channels, filters, strides):
    model = require_model(
        as_model(separable, (7, 7, channels), filters, strides), "as_model(separable, …)"
    )
    setting = f"`separable` from {channels} channels with {filters} filters and stride {strides}"
    shapes = [tuple(kernel.shape) for kernel in get_kernels(model)]
    assert shapes != [(3, 3, channels, filters)], (
        f"{setting} is an ordinary convolution; expected a depthwise and a pointwise one."
    )
    assert shapes != [(3, 3, channels, filters), (1, 1, filters, filters)], (
        f"{setting} mixes channels in the first step. Did you use `Conv2D`? A depthwise "
        "convolution has one filter per channel."
    )
    assert shapes != [(1, 1, channels, filters), (3, 3, filters, 1)], (
        f"{setting} begins with the pointwise convolution. Put the depthwise one first."
    )
    check_kernels(model, [(3, 3, channels, 1), (1, 1, channels, filters)], setting)
    check_normalised(model, channels + filters, setting)
    biased = sum(int(np.prod(w.shape)) for w in model.trainable_weights if len(w.shape) == 1)
    assert biased == 2 * (channels + filters), (
        f"{setting} has a bias in the depthwise convolution. Set `use_bias=False`: the "
        "normalisation would remove the bias."
    )
    depthwise, pointwise = (kernel * SCALE for kernel in set_random_kernels(model, rng))
    x = rng.normal(size=(3, 7, 7, channels)).astype("float32")
    middle = convolve_each_channel(x, depthwise, strides)
    given = to_array(model(x), "separable")
    right = convolve(np.maximum(middle, 0), pointwise, relu=True)
    assert given.shape == right.shape, (
        f"{setting} returned shape {given.shape[1:]}; expected {right.shape[1:]}."
    )
    is_right = np.allclose(given, right, atol=1e-2)
    for other, mistake in [
        (convolve(middle, pointwise, relu=True), "Did you forget the ReLU between the two steps?"),
        (convolve(np.maximum(middle, 0), pointwise), "Did you forget the ReLU at the end?"),
    ]:
        is_mistake = np.allclose(given, other, atol=5e-3)
        assert is_right or not is_mistake, f"{setting} returned wrong maps. {mistake}"
    assert is_right, (
        f"{setting} returned wrong maps: with the test's weights they are off by up to "
        f"{np.abs(given - right).max():.2f}."
    )


def check_cost_ratio(k, channels, filters):
    expected = (k * k * channels + channels * filters) / (k * k * channels * filters)
    given = float(to_array(cost_ratio(k, filters), "cost_ratio"))
    setting = f"`cost_ratio({k}, {filters})` returned {given:.4f}; expected {expected:.4f}."
    assert not np.isclose(given, 1 / expected), (
        f"{setting} Did you invert the ratio? Divide by the cost of the ordinary convolution."
    )
    assert not np.isclose(given, 1 / filters + 1 / k), (
        f"{setting} Did you use k instead of k²? A filter of k × k has k² weights."
    )
    assert np.isclose(given, expected, rtol=1e-3), f"{setting} Divide k² M + M N by k² M N."


def check_small_mobilenet(alpha, classes):
    model = as_model(small_mobilenet, (12, 12, 3), alpha, classes)
    model = require_model(model, "as_model(small_mobilenet, …)")
    widths = [round(alpha * filters) for filters in (16, 32, 32, 64, 64)]
    expected = [(3, 3, 3, widths[0])]
    for inputs, outputs in zip(widths, widths[1:], strict=False):
        expected += [(3, 3, inputs, 1), (1, 1, inputs, outputs)]
    shapes = [tuple(kernel.shape) for kernel in get_kernels(model)]
    assert shapes == expected, (
        f"`small_mobilenet` with alpha {alpha} has kernels of shapes {shapes}; expected "
        f"{expected}. Did you multiply every number of filters by alpha?"
    )
    sides = [layer.output.shape[1] for layer in model.layers if len(layer.output.shape) == 4]
    assert sides[-1] == 3, (
        f"`small_mobilenet` reduces 12 × 12 pixels to {sides[-1]} × {sides[-1]}; expected 3 × 3. "
        "Do two blocks have stride 2?"
    )
    dense = [tuple(w.shape) for w in model.trainable_weights if len(w.shape) == 2]
    assert dense == [(widths[-1], classes)], (
        f"`small_mobilenet` has dense weights of shapes {dense}; expected "
        f"{[(widths[-1], classes)]}. Did you use global average pooling?"
    )
    rng = np.random.default_rng(0)
    values = [kernel * SCALE for kernel in set_random_kernels(model, rng)]
    x = rng.normal(size=(3, 12, 12, 3)).astype("float32")
    y = convolve(x, values[0], relu=True)
    for number, strides in enumerate((2, 1, 2, 1)):
        y = np.maximum(convolve_each_channel(y, values[2 * number + 1], strides), 0)
        y = convolve(y, values[2 * number + 2], relu=True)
    weights, bias = (np.asarray(w) for w in model.trainable_weights[-2:])
    right = y.mean(axis=(1, 2)) @ weights + bias
    given = to_array(model(x), "small_mobilenet")
    assert np.allclose(given, right, rtol=1e-2, atol=1e-2 * np.abs(right).max()), (
        "`small_mobilenet` returned wrong logits for the test's weights. Which blocks have stride "
        "2, and do you take the mean of each map at the end?"
    )


check_separable(np.random.default_rng(0), 4, 6, 1)
check_cost_ratio(3, 32, 64)
check_small_mobilenet(1.0, 4)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_separable_hidden(rng):
    check_separable(rng, int(rng.integers(2, 5)), int(rng.integers(5, 8)), 2)
    for _ in range(5):
        check_cost_ratio(*(int(n) for n in rng.integers(2, 9, 3)))
    check_small_mobilenet(float(rng.choice([0.25, 0.5, 0.75])), 5)


check_separable_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# First compare the formula with your counter. Then try the two multipliers: the full width, a
# quarter of it, and the full width on images of half the side.

# %%
for filters in (16, 64, 256):
    with keras.StatelessScope(initialize_variables=False):
        two_steps, one_step = (
            as_model(separable, (14, 14, 32), filters),
            as_model(conv, (14, 14, 32), filters, 3),
        )
    measured = multiply_adds(two_steps) / multiply_adds(one_step)
    print(f"N = {filters:3}: counted {measured:.4f}, formula {cost_ratio(3, filters):.4f}")

knobs = {}
for name, alpha, step in [
    ("α 1, ρ 1", 1.0, 1),
    ("α ¼, ρ 1", 0.25, 1),
    ("α 1, ρ ½", 1.0, 2),
]:
    keras.utils.set_random_seed(1)
    model = as_model(small_mobilenet, (SHAPE[0] // step, SHAPE[1] // step, 3), alpha, CLASSES)
    smaller = [
        x.reshape(-1, SHAPE[0] // step, step, SHAPE[1] // step, step, 3).mean(axis=(2, 4))
        for x in (x_train, x_test)
    ]
    train(model, smaller[0], y_train)
    knobs[name] = model, accuracy(model, smaller[1], y_test)
    print(
        f"{name}: {model.count_params():,} weights, {multiply_adds(model):,} multiply-adds, "
        f"accuracy {knobs[name][1]:.0%}"
    )
chart["MobileNet"] = knobs["α 1, ρ 1"]


def show_chart(results, title):
    """Draw the accuracy of models against their weights and their multiply-adds."""
    return figures.accuracy_by_cost(
        list(results),
        [right for _, right in results.values()],
        [model.count_params() for model, _ in results.values()],
        [multiply_adds(model) for model, _ in results.values()],
        title=title,
    )


show_chart(knobs, "MobileNet: α changes weights and multiply-adds, ρ only multiply-adds")

# %% [markdown]
# ## 9 Compositions
#
# By now the ideas have become building blocks, and the next networks combine them.
#
# **Xception** (Chollet 2017) combines separable convolutions with identity shortcuts. A block of
# its middle flow is three times [ReLU → separable convolution 3 × 3 → batch normalisation], plus
# its input. Here the ReLU comes *first*, and there is *nothing* between the depthwise and the
# pointwise step: Keras has both as one layer, `keras.layers.SeparableConv2D`. (In figure 5 of the
# paper, no ReLU follows the sum.)
#
# **Inception-ResNet** (Szegedy et al. 2017) combines the branches of an inception module, a 1 × 1
# convolution that restores the number of channels of the input, and the identity shortcut. Before
# the sum, the output of the convolution is scaled down by a factor of 0.1 to 0.3; otherwise deep
# networks of this kind became unstable (§3.3).
#
# ### Question 8 · `compositions`
#
# 1. Write `xception_block(x)`: as many filters as `x` has channels, `padding="same"`, without
#    biases.
# 2. Write `inception_resnet_block(x, branches, scale=0.2)`. `branches` is a list; each branch is a
#    list of (filters, size), one for each of its convolutions: `conv`, then ReLU. Concatenate the
#    feature maps of the branches, as in question 3. Then apply an ordinary `Conv2D` of 1 × 1
#    **with** a bias, without normalisation or activation, and finally
#    $\text{ReLU}(x + \text{scale} \cdot y)$. (`keras.layers.Rescaling` multiplies by a number.)


# %% solution="compositions"
def xception_block(x):
    """Apply a block of Xception's middle flow to x (batch, height, width, channels)."""
    ### BEGIN SOLUTION
    y = x
    for _ in range(3):
        y = keras.layers.ReLU()(y)
        y = keras.layers.SeparableConv2D(x.shape[-1], 3, padding="same", use_bias=False)(y)
        y = keras.layers.BatchNormalization(momentum=0.9)(y)
    return keras.layers.Add()([x, y])
    ### END SOLUTION


def inception_resnet_block(x, branches, scale=0.2):
    """Apply the branches and a 1 × 1 convolution to x, and add scale times the result to x."""
    ### BEGIN SOLUTION
    ends = []
    for branch in branches:
        y = x
        for filters, size in branch:
            y = keras.layers.ReLU()(conv(y, filters, size))
        ends.append(y)
    y = keras.layers.Conv2D(x.shape[-1], 1)(keras.layers.Concatenate()(ends))
    y = keras.layers.Rescaling(scale)(y)
    return keras.layers.ReLU()(keras.layers.Add()([x, y]))
    ### END SOLUTION


# %% tests="compositions"
import keras
import numpy as np


def check_xception_block(rng, channels):
    model = require_model(as_model(xception_block, (6, 6, channels)), "as_model(xception_block, …)")
    expected = [(3, 3, channels, 1), (1, 1, channels, channels)] * 3
    check_kernels(model, expected, f"`xception_block` on {channels} channels")
    check_normalised(model, 3 * channels, "`xception_block`")
    learnt = sum(int(np.prod(w.shape)) for w in model.trainable_weights if len(w.shape) == 1)
    assert learnt == 6 * channels, (
        "`xception_block` has a bias in a convolution. Set `use_bias=False`: the normalisation "
        "would remove the bias."
    )
    values = set_random_kernels(model, rng)
    x = rng.normal(size=(3, 6, 6, channels)).astype("float32")

    def reference(before=True, between=False, added=True, last=False):
        y = x
        for depthwise, pointwise in zip(values[::2], values[1::2], strict=True):
            y = convolve_each_channel(np.maximum(y, 0) if before else y, depthwise, 1)
            y = convolve(np.maximum(y, 0) if between else y, pointwise, relu=not before) * SCALE
        y = y + x if added else y
        return np.maximum(y, 0) if last else y

    given, right = to_array(model(x), "xception_block"), reference()
    is_right = np.allclose(given, right, atol=1e-2)
    for wrong, mistake in [
        ({"before": False}, "Did you put the ReLU after each convolution? Put it before."),
        ({"between": True}, "Did you put a ReLU between the depthwise and the pointwise step?"),
        ({"added": False}, "Did you forget to add the input?"),
        ({"last": True}, "Did you put a ReLU after the sum? Leave it out."),
    ]:
        assert is_right or not np.allclose(given, reference(**wrong), atol=1e-2), (
            f"`xception_block` returned wrong maps. {mistake}"
        )
    assert is_right, (
        "`xception_block` returned wrong maps: with the test's weights they are off by up to "
        f"{np.abs(given - right).max():.2f}."
    )


def check_inception_resnet_block(rng, channels, branches, scale):
    model = as_model(inception_resnet_block, (6, 6, channels), branches, scale)
    model = require_model(model, "as_model(inception_resnet_block, …)")
    expected = []
    for branch in branches:
        inputs = channels
        for filters, size in branch:
            expected.append((size, size, inputs, filters))
            inputs = filters
    maps = sum(filters for branch in branches for filters, _ in branch)
    last = (1, 1, sum(branch[-1][0] for branch in branches), channels)
    setting = f"`inception_resnet_block` on {channels} channels with {branches}"
    check_kernels(model, [*expected, last], setting)
    check_normalised(model, maps, setting)
    kernels = {kernel.shape: kernel for kernel in set_random_kernels(model, rng)}
    bias = [w for w in model.trainable_weights if len(w.shape) == 1 and "bias" in w.path]
    assert [tuple(b.shape) for b in bias] == [(channels,)], (
        f"{setting} has biases of shapes {[tuple(b.shape) for b in bias]}; expected "
        f"{[(channels,)]}. Only the last 1 × 1 convolution has a bias."
    )
    bias[0].assign(rng.normal(size=channels))
    x = rng.normal(size=(3, 6, 6, channels)).astype("float32")
    ends = []
    for branch in branches:
        y, inputs = x, channels
        for filters, size in branch:
            y = convolve(y, kernels[(size, size, inputs, filters)] * SCALE, relu=True)
            inputs = filters
        ends.append(y)
    y = convolve(np.concatenate(ends, axis=-1), kernels[last], np.asarray(bias[0]))
    given = to_array(model(x), "inception_resnet_block")
    right = np.maximum(x + scale * y, 0)
    is_right = np.allclose(given, right, atol=1e-2)
    for other, mistake in [
        (np.maximum(x + y, 0), "Did you forget to scale the convolution's output?"),
        (
            np.maximum(scale * (x + y), 0),
            "Did you scale the input, too? Scale only the convolution's output.",
        ),
        (x + scale * y, "Did you forget the ReLU after the sum?"),
        (np.maximum(scale * y, 0), "Did you forget to add the input?"),
        (x + scale * np.maximum(y, 0), "Did you put the ReLU before the sum? Put it after."),
        (
            np.maximum(x + scale * np.maximum(y, 0), 0),
            "Did you give the last 1 × 1 convolution an activation?",
        ),
    ]:
        assert is_right or not np.allclose(given, other, atol=1e-2), (
            f"`inception_resnet_block` returned wrong maps. {mistake}"
        )
    assert is_right, (
        f"{setting} returned wrong maps: with the test's weights they are off by up to "
        f"{np.abs(given - right).max():.2f}."
    )


check_xception_block(np.random.default_rng(0), 4)
check_inception_resnet_block(np.random.default_rng(0), 4, [[(2, 1)], [(3, 1), (5, 3)]], 0.2)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_compositions_hidden(rng):
    check_xception_block(rng, int(rng.integers(3, 7)))
    branches = [[(2, 1)], [(3, 1), (4, 3)], [(6, 1), (7, 3), (8, 5)]]
    check_inception_resnet_block(rng, 5, branches, float(rng.uniform(0.3, 0.7)))


check_compositions_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS


# %%
def small_xception(x):
    x = xception_block(conv(x, 32, 3, 2))
    x = keras.layers.ReLU()(conv(keras.layers.ReLU()(x), 64, 3, 2))
    return keras.layers.Dense(CLASSES)(keras.layers.GlobalAveragePooling2D()(x))


def small_inception_resnet(x):
    branches = [[(8, 1)], [(8, 1), (8, 3)], [(8, 1), (8, 3), (8, 3)]]
    x = inception_resnet_block(keras.layers.ReLU()(conv(x, 24, 3, 2)), branches)
    x = keras.layers.ReLU()(conv(x, 48, 3, 2))
    return keras.layers.Dense(CLASSES)(keras.layers.GlobalAveragePooling2D()(x))


for name, network in [("Xception", small_xception), ("Inception-ResNet", small_inception_resnet)]:
    keras.utils.set_random_seed(1)
    model = as_model(network, SHAPE)
    train(model, x_train, y_train)
    chart[name] = model, accuracy(model, x_test, y_test)
    print(f"{name}, small: accuracy {chart[name][1]:.0%}")

# %% [markdown]
# ## 10 How accurate are they, and what do they cost?

# %%
best = max(chart, key=lambda name: chart[name][1])
show_chart(chart, f"{best} has the highest accuracy on the test set: {chart[best][1]:.0%}")

# %% [markdown]
# The higher and the further to the left, the better. An orange network cannot be beaten at its
# cost: no other network is more accurate at the same cost or less. The dotted line connects these
# networks. Note that each point is *one* training run of a network that was made small. In the
# quick profile, fifty steps are very few: AlexNet with its dropout and the deep networks have
# hardly begun to learn.
#
# ### Question 9 · `verdict` · in words
#
# About ten lines, with numbers from your figures and tables:
#
# 1. Compare twenty plain layers with eight, and with twenty with shortcuts: why is this not
#    overfitting? What do the norms of the gradient show?
# 2. A network for a phone has to cost half as many multiply-adds as your MobileNet. Which of
#    $\alpha$ and $\rho$ would you reduce, and to about what value? What else does each of them
#    change, or not change?
# 3. Someone points at the chart and says: "So the first of these networks is better than the
#    second." Choose two neighbours on it. What would you have to do before you believe it?

# %% [markdown] written="verdict"
# ### BEGIN SOLUTION
# **A model answer.** (1) Overfitting means a low training loss with a high test loss. Here already
# the *training* loss of the plain network with 20 layers stays high (about 1.35, against 1.1 with 8
# layers): it does not learn what a smaller network learns. With identity shortcuts, the same 20
# layers reach about 1.2. In the plain network the largest norm of the gradient is six or seven
# times the smallest, in the residual network three times: no single learning rate fits all layers
# of the plain network. (2) Both reduce the multiply-adds: $\rho$ as $\rho^2$, so 0.7 halves them;
# $\alpha$ as $\alpha^2$ in the pointwise convolutions and as $\alpha$ in the others (here a quarter
# of the width leaves a seventh), so it takes about 0.6 to 0.7. $\rho$ does not change the number of
# weights, $\alpha$ does. So I would reduce $\alpha$ if the network also has to be stored or
# transmitted. The chart of the two multipliers shows which one costs less accuracy: in mine, a
# quarter of the width costs 13 percentage points, half the side 3. But with two other seeds it was
# 3 and 0, and 18 and 11: one training run is not enough to say how much. (3) Train each network
# several times, with other seeds and other selections of images, and compare the difference with
# the spread; give each network its own learning rate and as many steps as it needs; and use more
# test images: with a few hundred, a difference of two or three per cent can be chance.
#
# **Rubric, 3 points.**
#
# - 1 point: it is the training loss, with numbers; and the norms of the gradient differ much more
#   across the plain network. Half for one of the two.
# - 1 point: both reduce the multiply-adds, at most as their square; only $\alpha$ changes the
#   number of weights; a reasoned choice. Half if one is missing.
# - 1 point: several seeds and the spread, plus one of: own learning rate, more steps, more test
#   images. Half for one of them alone.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Deeper still.** `deep_network` with `n = 9` has 56 layers, as in figure 6 of the paper. Does
#   the residual network still learn?
# - **Without normalisation.** Remove the batch normalisation from `conv`. Which of the experiments
#   change?
# - **Without mixing.** Remove the pointwise convolution from `separable`. What can the network
#   still learn?
# - **The real sizes.** `course_lib.models.small_architectures()` has all eight for images of 32 ×
#   32; `cifar_resnet` is the paper's own ResNet for CIFAR-10.
#
# **Sources.** Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to
# document recognition*, Proc. IEEE 86, 1998, §II.B · A. Krizhevsky, I. Sutskever, G. Hinton,
# *ImageNet classification with deep convolutional neural networks*, NIPS 2012, §3.1, §3.5, §4.2, §6
# · M. Lin, Q. Chen, S. Yan, *Network in network*, ICLR 2014 · K. Simonyan, A. Zisserman, *Very deep
# convolutional networks for large-scale image recognition*, ICLR 2015, §2.3 · C. Szegedy et al.,
# *Going deeper with convolutions*, CVPR 2015, §4 and §5 · K. He et al., *Deep residual learning for
# image recognition*, CVPR 2016, §3 and §4 · K. He et al., *Delving deep into rectifiers*, ICCV 2015
# · A. Howard et al., *MobileNets*, arXiv:1704.04861, 2017, §3 · F. Chollet, *Xception*, CVPR 2017 ·
# C. Szegedy et al., *Inception-v4, Inception-ResNet and the impact of residual connections on
# learning*, AAAI 2017, §3. The text of this lab is licensed CC BY 4.0, its code MIT.
