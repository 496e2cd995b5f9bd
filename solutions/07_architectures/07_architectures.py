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
# Between 2012 and 2017 somebody had a new idea almost every year about how to put the few layers of 1998 together:
# smaller filters, parallel branches, a way around, a filter in two steps. Each idea has a name by now. In this lab you write
# each of them as a few lines, give it *one* experiment that shows what it is good for, and put all the networks on one chart in the end:
# what do they know, and what do they cost?
#
# **You will learn**
#
# - LeNet-5, AlexNet, VGG, GoogLeNet, ResNet, MobileNet, Xception and Inception-ResNet, each by its idea;
# - to count what a network costs: weights, and multiplications for one image;
# - why a network that is only deeper can be worse, and what an identity shortcut changes;
# - which weights an additional loss in the middle of a network reaches;
# - to read a table in a paper as a program.
#
# **You need** convolutions, pooling and batch normalisation as in Lab 02, and Keras' Functional API.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | images | the best network gets | time |
# | --- | --- | --- | --- | --- |
# | quick | chosen on a CPU | 1,500 of 4 classes, 16 × 16 | 50–70 % | 12–25 s on 2 cores |
# | full | chosen on a GPU | 20,000 of 10 classes, 32 × 32 | 80–90 %; of real CIFAR-10 50–60 % | 3–8 min on 2 cores, less on a GPU |

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
# The images are those of CIFAR-10, small colour photographs of ten kinds of things, with mean 0 and variance 1. The quick profile takes the first four
# classes only, and halves the images: a training then lasts about a second, so that there can be a dozen of them.


# %%
def prepared(x, y, most):
    kept = np.flatnonzero(y[:, 0] < CLASSES)[:most]
    x = x[kept].astype("float32")
    if QUICK:
        x = x.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4))  # the mean of 2 × 2 pixels
    return x, y[kept, 0].astype("int64")


(x_all, y_all), (x_new, y_new) = data.load("cifar10")
x_train, y_train = prepared(x_all, y_all, IMAGES)
x_test, y_test = prepared(x_new, y_new, 1000)
mean, spread = x_train.mean(axis=(0, 1, 2)), x_train.std(axis=(0, 1, 2))
x_train, x_test = (x_train - mean) / spread, (x_test - mean) / spread
SHAPE = x_train.shape[1:]
print("training", x_train.shape, "· test", x_test.shape)

# %% [markdown]
# Four small functions are ready. `conv` is a convolution with batch normalisation and without a ReLU. `as_model` makes a Keras model of any function
# of a *symbolic tensor*: that is what `keras.Input` gives and layers pass on, a shape without numbers. `train` is gradient descent with a momentum of 0.9: each update
# goes on with 0.9 times the last one. Inside `with tf.GradientTape() as tape:` TensorFlow writes down what is computed, and `tape.gradient(loss, weights)` then
# gives one gradient for each weight. (`model.fit` would do the same. But it takes several seconds to get ready for a deep network, which is longer than
# these trainings last.) `accuracy` counts what is right.


# %%
def conv(x, filters, size, strides=1):
    """A convolution of size × size, then batch normalisation; no activation."""
    convolution = keras.layers.Conv2D(
        filters, size, strides=strides, padding="same", use_bias=False
    )
    return keras.layers.BatchNormalization(momentum=0.9)(convolution(x))


def as_model(block, input_shape, *settings):
    """A Keras model of a function of a symbolic tensor: block(inputs, *settings)."""
    inputs = keras.Input(tuple(input_shape))
    return keras.Model(inputs, block(inputs, *settings))


def train(model, x, y, steps=STEPS, rate=0.05):
    """Trains a classifier, in batches of 50; gives back the loss at each step.

    Of a model with several outputs the losses are added up, all but the first with a weight of 0.3.
    """
    weights = [weight.value for weight in model.trainable_weights]
    velocities = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function(autograph=False)  # compiled once, then called at every step
    def step(x, y, rate):
        with tf.GradientTape() as tape:
            outputs = model(x, training=True)
            first, *others = outputs if isinstance(outputs, (list, tuple)) else [outputs]
            loss = loss_of(y, first) + 0.3 * sum(loss_of(y, other) for other in others)
        gradients = tape.gradient(loss, weights)
        for weight, velocity, gradient in zip(weights, velocities, gradients, strict=True):
            # velocity = 0.9 velocity - rate gradient; weight = weight + velocity: as one operation.
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
        now = tf.constant(rate * (1 - number / steps), "float32")  # it falls to 0
        losses.append(step(x[batch], y[batch], now))
    return np.array([float(loss) for loss in losses])


def accuracy(model, x, y):
    """The share of images that the (first) output gets right."""
    outputs = model(x)
    logits = outputs[0] if isinstance(outputs, (list, tuple)) else outputs
    return float(np.mean(keras.ops.convert_to_numpy(logits).argmax(axis=-1) == y))


# %% [markdown]
# ## 1 LeNet-5, 1998: convolution, subsampling, and again
#
# The network that read the cheques of American banks has the plan that all others kept: convolutions and
# poolings in turn, the maps get smaller and more, and at the end come dense layers (LeCun et al. 1998, §II.B, figure 2).
#
# | layer | what it does | gives |
# | --- | --- | --- |
# | input | | 32 × 32 |
# | C1 | 6 filters 5 × 5, no padding, tanh | 28 × 28 × 6 |
# | S2 | mean of 2 × 2 | 14 × 14 × 6 |
# | C3 | 16 filters 5 × 5, no padding, tanh | 10 × 10 × 16 |
# | S4 | mean of 2 × 2 | 5 × 5 × 16 |
# | C5 | dense, 120 neurons, tanh | 120 |
# | F6 | dense, 84 neurons, tanh | 84 |
# | output | dense | 10 |
#
# Today's form is a little simpler than the paper's: there S2 and S4 had two weights for each map, a map of C3 saw only some of S2, and the last layer
# measured distances.
#
# ### Question 1 · `lenet`
#
# Write `lenet(input_shape=(32, 32, 1), classes=10)`: a Keras model (Sequential or Functional) from images to logits, by this table. With other
# input shapes the maps are of other sizes; nothing else changes.


# %% solution="lenet"
def lenet(input_shape=(32, 32, 1), classes=10):
    """LeNet-5: images (batch, *input_shape) to logits (batch, classes)."""
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


def numbers(values):
    """Whatever a model or a function gives back, as numbers."""
    assert values is not None, "there is nothing given back: does it end with `return`?"
    return np.asarray(values, dtype="float64")


def a_model(model, name):
    assert isinstance(model, keras.Model), (
        f"{name} must give back a Keras model; it gives a {type(model).__name__}."
    )
    return model


def by_hand(x, kernel, bias=0.0, strides=1, padding="same", relu=False):
    """A convolution of the test's own."""
    y = keras.ops.conv(x.astype("float32"), kernel.astype("float32"), strides, padding)
    y = np.asarray(y) + bias
    return np.maximum(y, 0) if relu else y


def check_lenet(rng, shape, classes):
    model = a_model(lenet(shape, classes), "lenet")
    kernels = [tuple(w.shape) for w in model.trainable_weights if len(w.shape) > 1]
    sides = [((side - 4) // 2 - 4) // 2 for side in shape[:2]]
    inputs = sides[0] * sides[1] * 16
    wanted = [(5, 5, shape[2], 6), (5, 5, 6, 16), (inputs, 120), (120, 84), (84, classes)]
    assert kernels == wanted, (
        f"lenet({shape}, {classes}) should have weights of the shapes {wanted}; yours have {kernels}. "
        "Is there no padding, and does each subsampling halve the maps?"
    )
    count = sum(int(np.prod(s)) + s[-1] for s in wanted)
    assert model.count_params() == count, (
        f"lenet({shape}, {classes}) should have {count:,} weights and biases; yours has "
        f"{model.count_params():,}."
    )
    weights = [rng.normal(scale=1.5 / np.sqrt(np.prod(s[:-1])), size=s) for s in wanted]
    biases = [rng.normal(scale=0.3, size=s[-1]) for s in wanted]
    model.set_weights([part for pair in zip(weights, biases, strict=True) for part in pair])
    x = rng.normal(size=(4, *shape)).astype("float32")

    def reference(bend, pool):
        y = x
        for number in (0, 1):
            y = bend(by_hand(y, weights[number], biases[number], padding="valid"))
            height, width = y.shape[1] // 2, y.shape[2] // 2
            y = y[:, : 2 * height, : 2 * width]
            y = pool(pool(y.reshape(len(y), height, 2, width, 2, -1), axis=4), axis=2)
        y = y.reshape(len(y), -1)
        for number in (2, 3):
            y = bend(y @ weights[number] + biases[number])
        return y @ weights[4] + biases[4]

    given, right = numbers(model(x)), reference(np.tanh, np.mean)
    for other, mistake in [
        (reference(lambda y: np.maximum(y, 0), np.mean), "this is ReLU; LeNet-5 has tanh."),
        (reference(np.tanh, np.max), "S2 and S4 take the mean of 2 × 2, not the largest value."),
        (reference(lambda y: y, np.mean), "no layer has an activation: where is tanh?"),
    ]:
        assert not np.allclose(given, other, atol=1e-2), f"lenet: {mistake}"
    assert not np.allclose(given.sum(axis=-1), 1, atol=1e-3), (
        "lenet: the outputs sum to 1, these are probabilities; logits are wanted, the bare sums."
    )
    assert np.allclose(given, right, atol=1e-2), (
        f"lenet: with given weights the logits are up to {np.abs(given - right).max():.2f} off. Do C1, "
        "C3, C5 and F6 have tanh, and the output none?"
    )


check_lenet(np.random.default_rng(0), (32, 32, 1), 10)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_lenet(np.random.default_rng(hidden_seed()), (28, 24, 3), 7)
### END HIDDEN TESTS

# %% [markdown]
# On our images. All networks of this lab leave their results in `chart`.

# %%
print(f"at the paper's size: {lenet().count_params():,} weights and biases")
chart = {}
keras.utils.set_random_seed(1)
model = lenet(SHAPE, CLASSES)
train(model, x_train, y_train)
chart["LeNet-5"] = model, accuracy(model, x_test, y_test)
print(f"LeNet-5: {chart['LeNet-5'][1]:.0%} of the test images right, {1 / CLASSES:.0%} is chance")

# %% [markdown]
# ## 2 AlexNet, 2012: large, and made to learn fast
#
# Fourteen years later the same plan, with eight layers that have weights instead of five, but on images of 227 × 227 in colour and on two graphics cards: AlexNet won the
# competition of ImageNet, over a million photographs of 1,000 classes. For 15 % of the test images the right class was not among its five guesses, for 26 % of them with the
# second (Krizhevsky et al. 2012). Two things made it possible to train it:
#
# - **ReLU** in place of tanh. The paper's figure 1 shows a convolutional network of four layers that gets to 25 % training error in a sixth of the steps (§3.1).
# - **Dropout** of 0.5 on the first two of its three dense layers: at each step of training, each of their neurons is switched off with this probability. You will see in a moment why just there (§4.2).
#
# First the activation. AlexNet's images came as they are, with only the mean taken off (§2): pixels with a standard deviation of about 60. What is the **slope** of a new layer's neurons
# for such pixels? It is what a gradient is multiplied by on its way through.

# %%
slopes = {"tanh": {}, "relu": {}}
for activation, of in slopes.items():
    for spread in (1, 4, 16, 64):
        keras.utils.set_random_seed(1)
        layer = keras.layers.Conv2D(32, 5, activation=activation)
        values = keras.ops.convert_to_numpy(layer(spread * x_train[:200]))
        of[spread] = np.mean(1 - values**2 if activation == "tanh" else values > 0)
figures.slope_by_spread(slopes)

# %% [markdown]
# The larger the sums, the more neurons of tanh are flat, and learn nothing. A ReLU does not care: half of its neurons are on, and their slope is 1. (With pixels of variance 1, as ours, and first weights that are chosen to fit,
# a *small* network with tanh learns as fast as one with ReLU. An effect in a paper holds for what was tried there.)
#
# How much does such a network cost? There are two prices:
#
# - the **weights**, which have to be learnt, kept and sent;
# - the **multiply-adds**: multiplications, each with the addition that goes with it, for *one* image. A dense layer uses each of its weights once.
#   A convolution uses each of its weights once at every place of its *output*. Biases, pooling, activations and batch normalisation cost
#   next to nothing and are not counted.
#
# And there is what a neuron gets for it: its **receptive field**, the pixels that it sees. A neuron after one 3 × 3 convolution sees 3 × 3 pixels. After a second one
# it sees 5 × 5: nine neurons, each of which sees 3 × 3, one pixel apart. After a layer with stride 2, neighbours see places that are *two* pixels apart, and after another
# one four. All layers behind it then widen the field in steps of that length.
#
# ### Question 2 · `cost`
#
# 1. Write `multiply_adds(model)` for Keras models, Sequential or Functional, whose layers are used once each. With costs: `Dense` on flat inputs, `Conv2D`, `DepthwiseConv2D` and
#    `SeparableConv2D`. (A weight array with at least two axes is a kernel, whatever layer it is in. `layer.weights` and `layer.output.shape` are what you need. In a
#    `DepthwiseConv2D` the kernel has the shape (rows, columns, channels, 1), because each filter sees one channel only.)
# 2. Write `receptive_field(layers)`: the side, in pixels, of what one neuron of the last layer sees. `layers` is a list of (kernel size, stride) of the convolutions and poolings, the
#    first one first: `[(3, 1), (3, 1)]` gives 5.


# %% solution="cost"
def multiply_adds(model):
    """Multiplications, each with its addition, for one image; a whole number."""
    ### BEGIN SOLUTION
    total = 0
    for layer in model.layers:
        weights = sum(int(np.prod(w.shape)) for w in layer.weights if len(w.shape) > 1)
        if weights:
            total += weights * int(np.prod(layer.output.shape[1:-1]))
    return total
    ### END SOLUTION


def receptive_field(layers):
    """Side in pixels of what a neuron of the last layer sees; layers: [(kernel, stride), …]."""
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
    wanted = kernel * out * out + dense
    given = multiply_adds(keras.Model(inputs, outputs))
    assert given is not None, "multiply_adds gives nothing back: does it end with `return`?"
    setting = f"a {kind} on {side} × {side} × {channels} with stride {strides}, then Dense(7)"
    for number, mistake in [
        (kernel + dense, "that is the number of weights: a kernel is used at every place."),
        (kernel * side * side + dense, "the places are those of the output, not of the input."),
        ((kernel + maps) * out * out + dense + 7, "biases do not count."),
        (kernel * out * out, "the dense layer is missing."),
        (kernel * out * out + dense + 4 * maps * out * out, "normalisation does not count."),
        (kernel * out * out * maps + dense, "the filters are in the kernel's shape already."),
    ]:
        assert given != number or number == wanted, f"multiply_adds of {setting}: {mistake}"
    assert given == wanted, f"multiply_adds of {setting} is {wanted:,}; yours is {given:,}."


def check_receptive_field(layers, side, without_strides=None, own_stride=None):
    given = receptive_field(list(layers))
    assert given is not None, "receptive_field gives nothing back: does it end with `return`?"
    assert given == side or given != without_strides, (
        f"receptive_field({layers}): the strides are left out. After a stride of 2 neighbours are two "
        "pixels apart."
    )
    assert given == side or given != own_stride, (
        f"receptive_field({layers}): a layer's own stride does not widen what *it* sees, only what "
        "the layers after it see."
    )
    assert given == side, f"receptive_field({layers}) is {side}; yours is {given}."


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
        f"multiply_adds of a Sequential model with a Conv2D and a Dense layer is 5,390; yours is {given}. Its "
        "layers begin with the first convolution, not with an input layer."
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
# `course_lib.models` has all these networks at their papers' sizes. To count, their weights need not exist: inside a `StatelessScope` Keras notes the shapes only, and
# a network of half a gigabyte costs nothing.

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
# Nearly all of AlexNet's weights are in the dense layers (fc6, fc7, predictions; *fc* is for fully connected): that is why dropout stands there. Nearly all of the *work* is in the convolutions:
# these 59 million weights are used once each, of 720 million multiply-adds.
#
# A small AlexNet for our images: large filters first, then 3 × 3, and dense layers with dropout.


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
train(model, x_train, y_train, rate=0.02)  # without batch normalisation it needs smaller steps
chart["AlexNet"] = model, accuracy(model, x_test, y_test)
print(f"AlexNet, small: {chart['AlexNet'][1]:.0%} right")

# %% [markdown]
# ## 3 VGG, 2014: nothing but 3 × 3
#
# Lab 03 is about VGG. Here only its argument: put two 3 × 3 convolutions where AlexNet has one of 5 × 5 (Simonyan & Zisserman 2015, §2.3). Between $C$ and $C$ channels that is
# $2 \cdot 9\, C^2$ weights in place of $25\, C^2$.


# %%
def stacked(x, kernels):
    x = keras.layers.ReLU()(conv(x, 16, 3))
    for _ in range(2):
        x = keras.layers.MaxPooling2D(2)(x)
        for size in kernels:
            x = keras.layers.ReLU()(conv(x, 16, size))
    return keras.layers.Dense(CLASSES)(keras.layers.GlobalAveragePooling2D()(x))


losses = {}
for name, kernels in [("5 × 5", (5,)), ("twice 3 × 3", (3, 3))]:
    keras.utils.set_random_seed(1)
    model = as_model(stacked, SHAPE, kernels)
    losses[name] = train(model, x_train, y_train)
    print(
        f"{name:>11}: sees {receptive_field([(size, 1) for size in kernels])} pixels a side · "
        f"{model.count_params():,} weights, {multiply_adds(model):,} multiply-adds · "
        f"{accuracy(model, x_test, y_test):.0%} right"
    )
chart["VGG"] = model, accuracy(model, x_test, y_test)
figures.losses_by_step(losses)

# %% [markdown]
# The same field with about a quarter fewer weights and multiply-adds, and the training loss falls about as far. (What more ReLUs are worth on new images, the quick profile's fifty steps do not
# show yet.)
#
# ## 4 GoogLeNet, 2014: why choose?
#
# 3 × 3 or 5 × 5, or a pooling? GoogLeNet takes all of them, side by side, and lets the next layer choose (Szegedy et al. 2015, figure 2b). An **inception module** has four
# branches on the same input, whose maps are put behind one another as channels (`keras.layers.Concatenate`). So that this does not become dear, a 1 × 1 convolution in front of the large filters first **reduces** the number of
# channels. A 1 × 1 convolution mixes the channels of each place, and sees nothing else.
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
# Write `inception(x, filters_1, reduce_3, filters_3, reduce_5, filters_5, filters_pool)` for a symbolic tensor `x`: it gives back the symbolic tensor of the four branches' maps,
# in the order of the table. Make every convolution with `conv` from above (it has no activation yet).


# %% solution="inception"
def inception(x, filters_1, reduce_3, filters_3, reduce_5, filters_5, filters_pool):
    """Four branches on x (batch, height, width, channels), their maps behind one another."""
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

SCALE = 1 / np.sqrt(1.001)  # what a new batch normalisation makes of its input


def kernels_of(model):
    return [weight for weight in model.trainable_weights if len(weight.shape) == 4]


def given_kernels(model, rng):
    """Random weights for all kernels, in the order of the layers."""
    for kernel in kernels_of(model):
        kernel.assign(rng.normal(size=kernel.shape) / np.sqrt(np.prod(kernel.shape[:3])))
    return [np.asarray(kernel) for kernel in kernels_of(model)]


def check_kernels(model, wanted, name):
    shapes = sorted(tuple(kernel.shape) for kernel in kernels_of(model))
    assert shapes == sorted(wanted), (
        f"{name} should have kernels of the shapes {sorted(wanted)}; yours have {shapes}."
    )


def check_normalised(model, maps, name):
    moving = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights if len(w.shape) == 1)
    assert moving == 2 * maps, (
        f"{name}: {2 * maps} moving averages are expected, two for each of {maps} maps, and there are "
        f"{moving}. Is each convolution followed by its batch normalisation, as in `conv`?"
    )


def pooled_3x3(x, take=np.max, outside=-np.inf):
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=outside)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return take(windows, axis=(-2, -1))


def inception_by_hand(x, kernels, widths, relu=True, pool=pooled_3x3):
    """The maps of an inception module. kernels: a kernel for each shape · relu: after the reductions"""

    def layer(x, size, filters, relu=True):
        return by_hand(x, kernels[size, size, x.shape[-1], filters], relu=relu)

    n1, r3, n3, r5, n5, last = widths
    branches = [
        layer(x, 1, n1),
        layer(layer(x, 1, r3, relu), 3, n3),
        layer(layer(x, 1, r5, relu), 5, n5),
        layer(pool(x), 1, last),
    ]
    return np.concatenate(branches, axis=-1)


def check_inception(rng, side, channels, widths):
    model = a_model(as_model(inception, (side, side, channels), *widths), "as_model(inception, …)")
    n1, r3, n3, r5, n5, pool = widths
    shapes = [(1, 1, channels, n1), (1, 1, channels, r3), (3, 3, r3, n3), (1, 1, channels, r5)]
    shapes += [(5, 5, r5, n5), (1, 1, channels, pool)]
    check_kernels(model, shapes, f"inception with {channels} channels and {widths}")
    check_normalised(model, sum(widths), "inception")
    kernels = {k.shape: k * SCALE for k in given_kernels(model, rng)}
    x = rng.normal(size=(3, side, side, channels)).astype("float32") - 0.5
    given, right = numbers(model(x)), inception_by_hand(x, kernels, widths)
    assert given.shape == right.shape, (
        f"inception{widths} on {side} × {side} should give {right.shape[1:]}; yours gives {given.shape[1:]}."
    )
    assert np.all(given >= 0), "inception gives negative numbers: each branch ends with a ReLU."
    inner = slice(1, -1)  # a mean at the edge may count the padding or not
    for change, mistake in [
        ({"relu": False}, "the ReLU after the reductions is missing."),
        ({"pool": lambda x: x}, "the fourth branch does not pool."),
        (
            {"pool": lambda x: pooled_3x3(x, np.mean, 0)},
            "the fourth branch takes the mean; max-pooling is wanted.",
        ),
    ]:
        other = inception_by_hand(x, kernels, widths, **change)
        assert not np.allclose(given[:, inner, inner], other[:, inner, inner], atol=5e-3), (
            f"inception: {mistake}"
        )
    assert np.allclose(np.sort(given), np.sort(right), atol=1e-2) is False or np.allclose(
        given, right, atol=1e-2
    ), "inception: the right maps in another order: 1 × 1, 3 × 3, 5 × 5, pooling."
    assert np.allclose(given, right, atol=1e-2), (
        f"inception: with given weights the maps are up to {np.abs(given - right).max():.2f} off."
    )


check_inception(np.random.default_rng(0), 7, 5, (2, 3, 4, 6, 7, 8))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_inception_hidden(rng):
    check_inception(rng, 6, 4, tuple(int(n) for n in rng.permutation(np.arange(2, 9))[:6]))


check_inception_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# How much do the reductions save? The paper's module "3a" sees 192 channels of 28 × 28 and has the widths (64, 96, 128, 16, 32, 32).

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
# With 22 layers GoogLeNet was deep for its time, and its authors feared that little of the gradient would arrive at the first layers. So they gave the maps in the middle small classifiers of their
# own, **auxiliary** ones, whose losses are added to the main one with a weight of 0.3. After training they are thrown away (§5). It also ends in a new way: **global average pooling**, the
# mean of each map, in place of AlexNet's dense layers, and one dense layer for the classes.
#
# ### Question 4 · `auxiliary`
#
# 1. Write `small_googlenet(input_shape, classes)`, a Functional model with **two** outputs, `[logits, auxiliary]`, both `(batch, classes)`:
#    `conv` with 16 maps of 3 × 3 and ReLU → max-pooling 2 × 2 → `inception` (8, 8, 16, 4, 4, 4) → max-pooling 2 × 2 → `inception` (16, 16, 32, 4, 8, 8) → global average pooling → dense: the logits.
#    The auxiliary classifier looks at what the *first* `inception` gives: mean-pooling 2 × 2 → `conv` with 8 maps of 1 × 1 and ReLU → `Flatten` → dense.
# 2. Write `reached(model, x, y, output)`: a list with True or False for each of `model.trainable_weights`: does the loss of output number `output`, on its own, change this
#    weight? The loss is the sparse categorical cross-entropy of logits. (`tape.gradient` gives None for a weight that a loss does not depend on.)


# %% solution="auxiliary"
def small_googlenet(input_shape, classes):
    """A Keras model from images to [logits, auxiliary], both (batch, classes)."""
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
    """For each trainable weight: does the loss of this output change it? A list of bool."""
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


def below(model, output):
    """The shapes of the kernels between the image and an output."""
    part = keras.Model(model.inputs, model.outputs[output])
    return sorted(tuple(w.shape) for w in part.trainable_weights if len(w.shape) > 1)


def check_small_googlenet(side, classes):
    model = a_model(small_googlenet((side, side, 3), classes), "small_googlenet")
    assert len(model.outputs) == 2, (
        "small_googlenet must have two outputs: keras.Model(inputs, [logits, auxiliary])"
    )
    for output in model.outputs:
        assert tuple(output.shape) == (None, classes), (
            f"both outputs should be (batch, {classes}); one of yours is {tuple(output.shape)}."
        )
    pooled = side // 4
    head = [(1, 1, 32, 8), (pooled * pooled * 8, classes)]
    first = [(3, 3, 3, 16), (1, 1, 16, 8), (1, 1, 16, 8), (3, 3, 8, 16), (1, 1, 16, 4)]
    first += [(5, 5, 4, 4), (1, 1, 16, 4)]
    second = [(1, 1, 32, 16), (1, 1, 32, 16), (3, 3, 16, 32), (1, 1, 32, 4), (5, 5, 4, 8)]
    second += [(1, 1, 32, 8)]
    main = sorted(first + second + [(64, classes)])
    assert below(model, 1) != main, "the two outputs are the other way round: [logits, auxiliary]."
    assert below(model, 1) == sorted(first + head), (
        f"the auxiliary output should depend on kernels of the shapes {sorted(first + head)}; yours "
        f"depends on {below(model, 1)}. Does it look at the first inception module?"
    )
    assert below(model, 0) == main, (
        f"the logits should depend on kernels of the shapes {main}; yours depend on {below(model, 0)}. "
        "Is there global average pooling before the last dense layer?"
    )


def check_values(rng, side, classes):
    try:
        check_inception(rng, 6, 5, (2, 3, 4, 6, 7, 8))
    except AssertionError:
        return  # this has cost question 3 already
    model, values, kernels = small_googlenet((side, side, 3), classes), {}, {}
    for weight in model.trainable_weights:  # the same values wherever the shape is the same
        shape = tuple(weight.shape)
        if len(shape) > 1:
            if shape not in values:
                values[shape] = rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
            weight.assign(values[shape])
            kernels[shape] = values[shape] * SCALE

    def halved(x, take):
        return take(x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2, -1), axis=(2, 4))

    x = rng.normal(size=(3, side, side, 3)).astype("float32")
    first = by_hand(x, kernels[3, 3, 3, 16], relu=True)
    middle = inception_by_hand(halved(first, np.max), kernels, (8, 8, 16, 4, 4, 4))
    maps = inception_by_hand(halved(middle, np.max), kernels, (16, 16, 32, 4, 8, 8))
    logits = maps.mean(axis=(1, 2)) @ values[64, classes]
    side_view = by_hand(halved(middle, np.mean), kernels[1, 1, 32, 8], relu=True).reshape(
        len(x), -1
    )
    auxiliary = side_view @ values[side_view.shape[-1], classes]
    names = "logits", "auxiliary logits"
    for name, given, right in zip(names, model(x), (logits, auxiliary), strict=True):
        assert np.allclose(numbers(given), right, atol=1e-3), (
            f"small_googlenet: with given weights the {name} are up to "
            f"{np.abs(numbers(given) - right).max():.3f} off. Is every pooling of the right kind, every ReLU "
            "there, and no softmax?"
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
        wanted = [name in on_the_way[number] for name in names]
        given = reached(model, x, y, output)
        assert isinstance(given, (list, tuple)) and len(given) == len(wanted), (
            f"reached should give a list with one True or False for each of {len(wanted)} weight arrays."
        )
        given = [bool(one) for one in given]
        assert not all(given), (
            "reached says that every weight is reached: take the loss of the one output only."
        )
        assert given != [not one for one in wanted], (
            "reached is the wrong way round: None means that nothing arrives."
        )
        assert given == wanted, (
            f"reached for output {output} should be True for the weights of {on_the_way[number]}; of "
            f"{names} yours says {given}."
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
# The auxiliary loss reaches the first convolution, the first module and its own two layers, and nothing behind. The main loss does not reach those two: the logits do not need them, so they can be thrown away.

# %%
train(model, x_train, y_train)
alone = keras.Model(model.inputs[0], model.outputs[0])  # without the auxiliary classifier
chart["GoogLeNet"] = alone, accuracy(alone, x_test, y_test)
print(f"GoogLeNet, small: {chart['GoogLeNet'][1]:.0%} right, {alone.count_params():,} weights")

# %% [markdown]
# ## 6 ResNet, 2015: a way around
#
# More layers can't make a network worse, one would think: the ones that are too many only have to pass on what they are given. He et al. tried. Their plain network with 56 layers had more errors than the one with 20, not only
# on new images, which would be overfitting, but *in training*. To pass on its input is, it seems, hard to learn for a stack of layers (He et al. 2016, figure 1).
#
# So give it to them. A **residual block** adds its input to what its convolutions make, by an **identity shortcut**: $y = \text{ReLU}(F(x) + x)$. If there is nothing to do, $F$ has to become 0, which is
# easy. And the gradient has a way around the convolutions.
#
# - The **basic block** is 3 × 3 → ReLU → 3 × 3, plus the shortcut, then a ReLU. The first convolution has the stride.
# - The **bottleneck block** of the deep versions is 1 × 1 → ReLU → 3 × 3 → ReLU → 1 × 1: the first one reduces, the last one has *four times* as many maps as the others. The 3 × 3 has the stride (in the paper the first 1 × 1 has it).
# - Where the input has another shape than what is to be added to it, the shortcut is a 1 × 1 convolution with the same stride. Otherwise it has no weights at all.
#
# ### Question 5 · `residual`
#
# 1. Write `residual(x, filters, strides=1, shortcut=True)`, the basic block, and with `shortcut=False` the same without any shortcut.
# 2. Write `bottleneck(x, filters, strides=1)`: `filters` in its first two convolutions. Make all convolutions, on the shortcut too, with `conv`: in both blocks each is followed by batch normalisation.
# 3. Write `gradient_norms(model, x, y)`: a list with the norm of the loss' gradient (the root of the sum of its squares) for each *convolution's* kernel of a model from images to
#    logits, in the order of `model.trainable_weights`. The loss is as above; the model is called with `training=True`.


# %% solution="residual"
def residual(x, filters, strides=1, shortcut=True):
    """The basic block on x (batch, height, width, channels)."""
    ### BEGIN SOLUTION
    y = keras.layers.ReLU()(conv(x, filters, 3, strides))
    y = conv(y, filters, 3)
    if shortcut:
        same = strides == 1 and x.shape[-1] == filters
        y = keras.layers.Add()([y, x if same else conv(x, filters, 1, strides)])
    return keras.layers.ReLU()(y)
    ### END SOLUTION


def bottleneck(x, filters, strides=1):
    """The block 1 × 1 → 3 × 3 → 1 × 1 on x; its output has 4 · filters maps."""
    ### BEGIN SOLUTION
    y = keras.layers.ReLU()(conv(x, filters, 1))
    y = keras.layers.ReLU()(conv(y, filters, 3, strides))
    y = conv(y, 4 * filters, 1)
    same = strides == 1 and x.shape[-1] == 4 * filters
    y = keras.layers.Add()([y, x if same else conv(x, 4 * filters, 1, strides)])
    return keras.layers.ReLU()(y)
    ### END SOLUTION


def gradient_norms(model, x, y):
    """Norm of the loss' gradient for each convolution's kernel; a list of numbers."""
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
    model = a_model(as_model(block, (side, side, channels), *settings), f"as_model({name}, …)")
    if name == "residual":
        outputs, steps = filters, [(3, strides), (3, 1)]
        main = [(3, 3, channels, filters), (3, 3, filters, filters)]
    else:
        outputs, steps = 4 * filters, [(1, 1), (3, strides), (1, 1)]
        main = [(1, 1, channels, filters), (3, 3, filters, filters), (1, 1, filters, outputs)]
    same = strides == 1 and channels == outputs
    projected = [(1, 1, channels, outputs)] if shortcut and not same else []
    setting = f"{name} from {channels} channels with {filters} filters and stride {strides}"
    setting += "" if shortcut else ", shortcut=False"
    shapes = sorted(tuple(kernel.shape) for kernel in kernels_of(model))
    assert projected or shapes != sorted(main + [(1, 1, channels, outputs)]), (
        f"{setting}: the shortcut has weights; "
        + ("here it is the input itself." if shortcut else "there should be none.")
    )
    check_kernels(model, main + projected, setting)
    check_normalised(model, sum(s[-1] for s in main + projected), setting)
    values = given_kernels(model, rng)
    way = next((k * SCALE for k in values if [k.shape] == projected), None)
    body = [k * SCALE for k in values if [k.shape] != projected]
    if name == "bottleneck":  # 1 × 1 in front and behind may stand in any order among the layers
        body.sort(key=lambda k: main.index(k.shape))
    x = rng.normal(size=(3, side, side, channels)).astype("float32")

    def reference(relu_first=False, relus=True, added=True):
        y = x
        for number, (kernel, (_, step)) in enumerate(zip(body, steps, strict=True)):
            last = number == len(body) - 1
            y = by_hand(y, kernel, strides=step, relu=relu_first if last else relus)
        if shortcut and added:
            y = y + (x if same else by_hand(x, way, strides=strides))
        return np.maximum(y, 0)

    given, right = numbers(model(x)), reference()
    assert given.shape == right.shape, (
        f"{setting} should give maps of {right.shape[1:]}; yours are {given.shape[1:]}."
    )
    assert given.min() >= 0, (
        f"{setting}: there are negative numbers: the last ReLU comes after the sum."
    )
    for wrong, mistake in [
        ({"added": False}, "the input is not added: where is the shortcut?"),
        ({"relu_first": True}, "there is a ReLU before the sum, after the last convolution."),
        ({"relus": False}, "the ReLU between the convolutions is missing."),
    ]:
        other = reference(**wrong)
        assert np.allclose(other, right, atol=1e-2) or not np.allclose(given, other, atol=5e-3), (
            f"{setting}: {mistake}"
        )
    assert np.allclose(given, right, atol=1e-2), (
        f"{setting}: with given weights the maps are up to {np.abs(given - right).max():.2f} off. "
        "Which convolution has the stride, and what does the shortcut add?"
    )


def a_small_network(rng):
    inputs = keras.Input((8, 8, 2))
    x = keras.layers.Conv2D(3, 3, activation="relu")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Conv2D(4, 3, activation="tanh")(x)
    model = keras.Model(inputs, keras.layers.Dense(5)(keras.layers.Flatten()(x)))
    images = rng.normal(size=(6, 8, 8, 2)).astype("float32") * 2
    return model, images, rng.integers(0, 5, 6)


def check_number_of_norms(model, images, labels):
    given = numbers(gradient_norms(model, images, labels)).ravel()
    assert len(given) == 2, (
        f"gradient_norms should give one number for each of 2 convolutions; yours gives {len(given)}. "
        "A convolution's kernel has four axes."
    )
    assert np.all(given > 0), "gradient_norms: a norm is above 0 here; is it a root of squares?"
    return given


check_block(np.random.default_rng(0), residual, "residual", 4, 4, 1)
check_block(np.random.default_rng(0), residual, "residual", 4, 6, 2)
check_block(np.random.default_rng(0), bottleneck, "bottleneck", 5, 3, 2)
check_number_of_norms(*a_small_network(np.random.default_rng(0)))
### BEGIN HIDDEN TESTS
import tensorflow as tf

from course_lib.testing import hidden_seed


def check_gradient_norms(model, images, labels):
    kernels = [w.value for w in kernels_of(model)]

    def norms(training):
        with tf.GradientTape() as tape:
            logits = model(images, training=training)
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(loss)
        return np.array([float(tf.norm(g)) for g in tape.gradient(loss, kernels)])

    right, resting = norms(True), norms(False)  # in this order: training moves the averages
    given = check_number_of_norms(model, images, labels)
    for other, mistake in [
        (right**2, "these are sums of squares: take the root."),
        (resting, "call the model with training=True: batch normalisation then uses the batch."),
        (right * 6, "this is the sum of the losses; the loss is their mean over the batch."),
    ]:
        assert not np.allclose(given, other, rtol=1e-3), f"gradient_norms: {mistake}"
    assert np.allclose(given, right, rtol=1e-2), (
        f"gradient_norms should be {np.round(right, 3).tolist()}; yours are "
        f"{np.round(given, 3).tolist()}."
    )


def check_residual_hidden(rng):
    check_block(rng, residual, "residual", 4, 5, 1)
    check_block(rng, residual, "residual", 4, 4, 1, shortcut=False)
    check_block(rng, residual, "residual", 3, 3, 2)
    check_block(rng, bottleneck, "bottleneck", 8, 2, 1)
    check_block(rng, bottleneck, "bottleneck", 5, 3, 1)
    check_block(rng, bottleneck, "bottleneck", 8, 2, 2)
    check_gradient_norms(*a_small_network(rng))


check_residual_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# The experiment of the paper, in small: three times $2n$ convolutions, with 8, 16 and 32 maps, and two layers more. $n = 1$ makes a network of 8 layers, $n = 3$ one of 20.


# %%
def deep(x, n, shortcut):
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
    model = as_model(deep, SHAPE, blocks, shortcut)
    if blocks == 3:
        norms[name] = gradient_norms(model, x_train[:100], y_train[:100])
        # Without the 1 × 1 convolutions of two shortcuts, which the plain network has not.
        sizes = [weight.shape[0] for weight in model.trainable_weights if len(weight.shape) == 4]
        norms[name] = [norm for norm, size in zip(norms[name], sizes, strict=True) if size == 3]
    losses[name] = train(model, x_train, y_train, rate=0.03)
    print(f"{name}: {accuracy(model, x_test, y_test):.0%} of the test images right")
chart["ResNet"] = model, accuracy(model, x_test, y_test)
figures.losses_by_step(losses)

# %% [markdown]
# Twenty plain layers learn worse than eight, and it is their *training* loss. With the shortcuts the same twenty learn, though in the quick profile's fifty steps they do not
# overtake the eight. What happened to the gradient? Here is its norm in the two networks with 20 layers, before the first step.

# %%
figures.gradient_by_layer(norms)

# %% [markdown]
# ## 7 A family from one table
#
# At its paper's size, ResNet begins with a 7 × 7 convolution to 64 maps and a max-pooling, then come four groups of blocks, and it ends with global average pooling and a dense layer for 1,000 classes. The groups
# have 64, 128, 256 and 512 `filters`; the first block of each group but the first one has stride 2 (He et al. 2016, table 1).
#
# | layers | block | blocks in the four groups |
# | --- | --- | --- |
# | 34 | basic | 3, 4, 6, 3 |
# | 50 | bottleneck | 3, 4, 6, 3 |
# | 101 | bottleneck | 3, 4, 23, 3 |
# | 152 | bottleneck | 3, 8, 36, 3 |
#
# The number in the name counts the convolutions and dense layers from the input to the output, without those on shortcuts.
#
# ### Question 6 · `depths`
#
# 1. Write `layers_of(blocks, convolutions)`: `blocks` are the numbers of blocks in the four groups, `convolutions` those in one block, without the shortcut. `layers_of((3, 4, 6, 3), 3)` must give 50.
# 2. Write `resnet_parameters(depth, classes=1000)`: how many numbers does training change? Calculate it, without building a network. The images have 3 channels. Convolutions have no bias; each of them, also on shortcuts, has batch normalisation with two
#    learnt numbers a map. Shortcuts have a convolution where the shapes differ, as in Question 5. The dense layer has biases.

# %%
BLOCKS = {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


# %% solution="depths"
def layers_of(blocks, convolutions):
    """Convolutions and dense layers of a ResNet, without those on shortcuts."""
    ### BEGIN SOLUTION
    return sum(blocks) * convolutions + 2
    ### END SOLUTION


def resnet_parameters(depth, classes=1000):
    """How many numbers training changes in a ResNet of depth 34, 50, 101 or 152."""

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
    "no_norm": "batch normalisation is left out.",
    "one_norm": "batch normalisation learns two numbers a map, γ and β.",
    "biases": "convolutions have no bias.",
    "moving": "moving averages are not learnt, only γ and β are.",
    "shortcuts": "the convolutions on the shortcuts are left out.",
    "last_bias": "the dense layer has biases.",
    "narrow": "a bottleneck's last convolution has four times as many maps.",
}


def check_depth(depth, classes, wanted, mistaken):
    blocks = {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}[depth]
    convolutions = 2 if depth == 34 else 3
    given = layers_of(blocks, convolutions)
    assert given is not None, "layers_of gives nothing back: does it end with `return`?"
    assert given == depth, (
        f"layers_of({blocks}, {convolutions}) gives {given}, not {depth}. Are the first convolution and the dense layer counted, and "
        "how many convolutions has a block?"
    )
    given = resnet_parameters(depth, classes)
    setting = f"resnet_parameters({depth}, {classes})"
    assert given is not None, f"{setting} gives nothing back: does it end with `return`?"
    given = int(given)
    assert given not in mistaken, f"{setting} gives {given:,}: {MISTAKES[mistaken[given]]}"
    assert given == wanted, (
        f"{setting} should be {wanted:,}; yours is {given:,}, {given - wanted:+,} too many. Where do a "
        "block's input channels come from, and which blocks have a convolution on the shortcut?"
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


def counted(depth, classes, norm=2, projections=True, wide=4, bias=1):
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
        wanted = counted(depth, classes)
        mistaken = {counted(depth, classes, **how): name for name, how in settings.items()}
        mistaken.pop(wanted, None)
        check_depth(depth, classes, wanted, mistaken)


check_depths_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
for depth in (34, 50, 101, 152):
    print(f"ResNet-{depth}: {resnet_parameters(depth) / 1e6:.1f} million numbers are learnt")

# %% [markdown]
# ## 8 MobileNet, 2017: a filter in two steps
#
# A convolution does two things at once: it looks around, and it mixes channels. MobileNet does one after the other, because it has to run on a telephone (Howard et al. 2017, §3.1). A **depthwise**
# convolution (`keras.layers.DepthwiseConv2D`) has one 3 × 3 filter for each channel, and mixes nothing. A **pointwise** one, 1 × 1, mixes the channels of each place and does not look around.
#
# With $M$ channels in, $N$ out and filters of $k \times k$, at each place:
#
# - an ordinary convolution costs $k^2 M N$ multiply-adds,
# - the two steps together cost $k^2 M + M N$.
#
# There are two more knobs, to fit the network to the telephone: the **width multiplier** $\alpha$, a share of the maps in *every* layer, and the **resolution multiplier** $\rho$, a share of the image's side.
#
# ### Question 7 · `separable`
#
# 1. Write `separable(x, filters, strides=1)`: depthwise 3 × 3 (`padding="same"`, no bias) with the stride → batch normalisation → ReLU → `conv` 1 × 1 → ReLU.
# 2. Write `cost_ratio(k, filters)`: the cost of the two steps, divided by that of the ordinary convolution; `filters` is $N$.
# 3. Write `small_mobilenet(x, alpha, classes)` for a symbolic tensor of images: `conv` with 16 maps of 3 × 3 and ReLU → `separable` with 32 maps and stride 2, with 32, with 64 and stride 2, with 64 → global average pooling → dense. All
#    these numbers of maps, the 16, 32 and 64, are multiplied by `alpha` and rounded to whole numbers; the classes stay as many as they are.


# %% solution="separable"
def separable(x, filters, strides=1):
    """A depthwise 3 × 3 convolution, then a pointwise one, each with normalisation and ReLU."""
    ### BEGIN SOLUTION
    depthwise = keras.layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)
    x = keras.layers.BatchNormalization(momentum=0.9)(depthwise(x))
    return keras.layers.ReLU()(conv(keras.layers.ReLU()(x), filters, 1))
    ### END SOLUTION


def cost_ratio(k, filters):
    """Multiply-adds of the two steps, divided by those of one k × k convolution."""
    ### BEGIN SOLUTION
    return 1 / filters + 1 / k**2
    ### END SOLUTION


def small_mobilenet(x, alpha, classes):
    """Logits (batch, classes) of images x (batch, height, width, channels)."""
    ### BEGIN SOLUTION
    x = keras.layers.ReLU()(conv(x, round(alpha * 16), 3))
    for filters, strides in [(32, 2), (32, 1), (64, 2), (64, 1)]:
        x = separable(x, round(alpha * filters), strides)
    return keras.layers.Dense(classes)(keras.layers.GlobalAveragePooling2D()(x))
    ### END SOLUTION


# %% tests="separable"
import keras
import numpy as np


def each_channel(x, kernel, strides):
    """A depthwise convolution of the test's own: kernel (3, 3, channels, 1)."""
    parts = [by_hand(x[..., [c]], kernel[:, :, [c]], strides=strides) for c in range(x.shape[-1])]
    return np.concatenate(parts, axis=-1)


def check_separable(rng, channels, filters, strides):
    model = a_model(
        as_model(separable, (7, 7, channels), filters, strides), "as_model(separable, …)"
    )
    setting = f"separable from {channels} channels to {filters} maps, stride {strides}"
    shapes = [tuple(kernel.shape) for kernel in kernels_of(model)]
    assert shapes != [(3, 3, channels, filters)], f"{setting}: this is an ordinary convolution."
    assert shapes != [(3, 3, channels, filters), (1, 1, filters, filters)], (
        f"{setting}: the first step mixes channels; a depthwise one has one filter for each channel."
    )
    assert shapes != [(1, 1, channels, filters), (3, 3, filters, 1)], (
        f"{setting}: first the depthwise convolution, then the pointwise one."
    )
    check_kernels(model, [(3, 3, channels, 1), (1, 1, channels, filters)], setting)
    check_normalised(model, channels + filters, setting)
    biased = sum(int(np.prod(w.shape)) for w in model.trainable_weights if len(w.shape) == 1)
    assert biased == 2 * (channels + filters), (
        f"{setting}: the depthwise convolution has a bias, which the normalisation subtracts again."
    )
    depthwise, pointwise = (kernel * SCALE for kernel in given_kernels(model, rng))
    x = rng.normal(size=(3, 7, 7, channels)).astype("float32")
    middle = each_channel(x, depthwise, strides)
    given, right = numbers(model(x)), by_hand(np.maximum(middle, 0), pointwise, relu=True)
    assert given.shape == right.shape, (
        f"{setting} should give maps of {right.shape[1:]}; yours are {given.shape[1:]}."
    )
    for other, mistake in [
        (by_hand(middle, pointwise, relu=True), "the ReLU between the two steps is missing."),
        (by_hand(np.maximum(middle, 0), pointwise), "the ReLU at the end is missing."),
    ]:
        assert not np.allclose(given, other, atol=5e-3), f"{setting}: {mistake}"
    assert np.allclose(given, right, atol=1e-2), (
        f"{setting}: with given weights the maps are up to {np.abs(given - right).max():.2f} off."
    )


def check_cost_ratio(k, channels, filters):
    wanted = (k * k * channels + channels * filters) / (k * k * channels * filters)
    given = float(numbers(cost_ratio(k, filters)))
    assert not np.isclose(given, 1 / wanted), "cost_ratio: the wrong way round: below 1 is wanted."
    assert not np.isclose(given, 1 / filters + 1 / k), (
        "cost_ratio: a filter of k × k has k² weights, not k."
    )
    assert np.isclose(given, wanted, rtol=1e-3), (
        f"cost_ratio({k}, {filters}) is {wanted:.4f}; yours is {given:.4f}. Divide k² M + M N by k² M N."
    )


def check_small_mobilenet(alpha, classes):
    model = as_model(small_mobilenet, (12, 12, 3), alpha, classes)
    model = a_model(model, "as_model(small_mobilenet, …)")
    widths = [round(alpha * filters) for filters in (16, 32, 32, 64, 64)]
    wanted = [(3, 3, 3, widths[0])]
    for inputs, outputs in zip(widths, widths[1:], strict=False):
        wanted += [(3, 3, inputs, 1), (1, 1, inputs, outputs)]
    shapes = [tuple(kernel.shape) for kernel in kernels_of(model)]
    assert shapes == wanted, (
        f"small_mobilenet with alpha {alpha} should have kernels of the shapes {wanted}; yours have "
        f"{shapes}. Is every width multiplied by alpha?"
    )
    sides = [layer.output.shape[1] for layer in model.layers if len(layer.output.shape) == 4]
    assert sides[-1] == 3, (
        f"12 × 12 pixels should become 3 × 3 after two strides of 2; yours become {sides[-1]}."
    )
    dense = [tuple(w.shape) for w in model.trainable_weights if len(w.shape) == 2]
    assert dense == [(widths[-1], classes)], (
        f"after global average pooling the dense layer has weights {(widths[-1], classes)}; yours has {dense}."
    )
    rng = np.random.default_rng(0)
    values = [kernel * SCALE for kernel in given_kernels(model, rng)]
    x = rng.normal(size=(3, 12, 12, 3)).astype("float32")
    y = by_hand(x, values[0], relu=True)
    for number, strides in enumerate((2, 1, 2, 1)):
        y = np.maximum(each_channel(y, values[2 * number + 1], strides), 0)
        y = by_hand(y, values[2 * number + 2], relu=True)
    weights, bias = (np.asarray(w) for w in model.trainable_weights[-2:])
    right = y.mean(axis=(1, 2)) @ weights + bias
    assert np.allclose(numbers(model(x)), right, rtol=1e-2, atol=1e-2 * np.abs(right).max()), (
        "small_mobilenet: with given weights the logits are others. Which blocks have stride 2, and is the "
        "mean of each map taken at the end?"
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
# First the formula against your counter, then the two knobs: the full width, a quarter of it, and the full width on images of half the side.

# %%
for filters in (16, 64, 256):
    with keras.StatelessScope(initialize_variables=False):
        two_steps, one_step = (
            as_model(separable, (14, 14, 32), filters),
            as_model(conv, (14, 14, 32), filters, 3),
        )
    measured = multiply_adds(two_steps) / multiply_adds(one_step)
    print(f"N = {filters:3}: counted {measured:.4f}, by the formula {cost_ratio(3, filters):.4f}")

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
        f"{knobs[name][1]:.0%} right"
    )
chart["MobileNet"] = knobs["α 1, ρ 1"]


def on_a_chart(results, title):
    return figures.accuracy_by_cost(
        list(results),
        [right for _, right in results.values()],
        [model.count_params() for model, _ in results.values()],
        [multiply_adds(model) for model, _ in results.values()],
        title=title,
    )


on_a_chart(knobs, "MobileNet's two knobs: α changes both prices, ρ only the multiply-adds")

# %% [markdown]
# ## 9 Compositions
#
# By now the ideas are parts, and the next networks were put together from them.
#
# **Xception** (Chollet 2017): separable convolutions with identity shortcuts. A block of its middle flow is three times [ReLU → separable convolution 3 × 3 → batch normalisation], and then its input is added. The ReLU comes *first* here, and there is
# *nothing* between depthwise and pointwise step: Keras has the two as one layer, `keras.layers.SeparableConv2D`. (Its figure 5 has no ReLU after the sum either.)
#
# **Inception-ResNet** (Szegedy et al. 2017): the branches of an inception module, a 1 × 1 convolution that brings their maps back to the number of channels of the input, and the identity shortcut. What is added to the
# input is made smaller first, by a factor of 0.1 to 0.3, or deep networks of this kind became unstable (§3.3).
#
# ### Question 8 · `compositions`
#
# 1. Write `xception_block(x)`: as many maps as `x` has, `padding="same"`, no bias.
# 2. Write `inception_resnet_block(x, branches, scale=0.2)`. `branches` is a list; each branch is a list of (filters, size), one for each of its convolutions: `conv`, then ReLU. Put the branches' maps behind one another, as in Question 3; then an ordinary `Conv2D` of 1 × 1
#    **with** a bias, without normalisation or activation; then $\text{ReLU}(x + \text{scale} \cdot y)$. (`keras.layers.Rescaling` multiplies by a number.)


# %% solution="compositions"
def xception_block(x):
    """A block of Xception's middle flow on x (batch, height, width, channels)."""
    ### BEGIN SOLUTION
    y = x
    for _ in range(3):
        y = keras.layers.ReLU()(y)
        y = keras.layers.SeparableConv2D(x.shape[-1], 3, padding="same", use_bias=False)(y)
        y = keras.layers.BatchNormalization(momentum=0.9)(y)
    return keras.layers.Add()([x, y])
    ### END SOLUTION


def inception_resnet_block(x, branches, scale=0.2):
    """Branches, a 1 × 1 convolution back to x's channels, and scale times that added to x."""
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
    model = a_model(as_model(xception_block, (6, 6, channels)), "as_model(xception_block, …)")
    wanted = [(3, 3, channels, 1), (1, 1, channels, channels)] * 3
    check_kernels(model, wanted, f"xception_block on {channels} channels")
    check_normalised(model, 3 * channels, "xception_block")
    learnt = sum(int(np.prod(w.shape)) for w in model.trainable_weights if len(w.shape) == 1)
    assert learnt == 6 * channels, (
        "xception_block: a convolution has a bias, which the normalisation subtracts again."
    )
    values = given_kernels(model, rng)
    x = rng.normal(size=(3, 6, 6, channels)).astype("float32")

    def reference(before=True, between=False, added=True, last=False):
        y = x
        for depthwise, pointwise in zip(values[::2], values[1::2], strict=True):
            y = each_channel(np.maximum(y, 0) if before else y, depthwise, 1)
            y = by_hand(np.maximum(y, 0) if between else y, pointwise, relu=not before) * SCALE
        y = y + x if added else y
        return np.maximum(y, 0) if last else y

    given, right = numbers(model(x)), reference()
    for wrong, mistake in [
        ({"before": False}, "the ReLU stands after each convolution; here it comes first."),
        ({"between": True}, "there is a ReLU between depthwise and pointwise step."),
        ({"added": False}, "the input is not added."),
        ({"last": True}, "there is a ReLU after the sum."),
    ]:
        assert not np.allclose(given, reference(**wrong), atol=1e-2), f"xception_block: {mistake}"
    assert np.allclose(given, right, atol=1e-2), (
        f"xception_block: with given weights the maps are up to {np.abs(given - right).max():.2f} off."
    )


def check_inception_resnet_block(rng, channels, branches, scale):
    model = as_model(inception_resnet_block, (6, 6, channels), branches, scale)
    model = a_model(model, "as_model(inception_resnet_block, …)")
    wanted = []
    for branch in branches:
        inputs = channels
        for filters, size in branch:
            wanted.append((size, size, inputs, filters))
            inputs = filters
    maps = sum(filters for branch in branches for filters, _ in branch)
    last = (1, 1, sum(branch[-1][0] for branch in branches), channels)
    setting = f"inception_resnet_block on {channels} channels with {branches}"
    check_kernels(model, [*wanted, last], setting)
    check_normalised(model, maps, setting)
    kernels = {kernel.shape: kernel for kernel in given_kernels(model, rng)}
    bias = [w for w in model.trainable_weights if len(w.shape) == 1 and "bias" in w.path]
    assert [tuple(b.shape) for b in bias] == [(channels,)], (
        f"{setting}: the 1 × 1 convolution at the end, and only that, has a bias."
    )
    bias[0].assign(rng.normal(size=channels))
    x = rng.normal(size=(3, 6, 6, channels)).astype("float32")
    ends = []
    for branch in branches:
        y, inputs = x, channels
        for filters, size in branch:
            y = by_hand(y, kernels[(size, size, inputs, filters)] * SCALE, relu=True)
            inputs = filters
        ends.append(y)
    y = by_hand(np.concatenate(ends, axis=-1), kernels[last], np.asarray(bias[0]))
    given, right = numbers(model(x)), np.maximum(x + scale * y, 0)
    for other, mistake in [
        (np.maximum(x + y, 0), "what is added is not scaled."),
        (np.maximum(scale * (x + y), 0), "the input is scaled, too."),
        (x + scale * y, "the ReLU after the sum is missing."),
        (np.maximum(scale * y, 0), "the input is not added."),
        (x + scale * np.maximum(y, 0), "the ReLU stands before the sum."),
        (np.maximum(x + scale * np.maximum(y, 0), 0), "the 1 × 1 convolution has an activation."),
    ]:
        assert not np.allclose(given, other, atol=1e-2), f"inception_resnet_block: {mistake}"
    assert np.allclose(given, right, atol=1e-2), (
        f"{setting}: with given weights the maps are up to {np.abs(given - right).max():.2f} off."
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
    print(f"{name}, small: {chart[name][1]:.0%} right")

# %% [markdown]
# ## 10 What do they know, and what do they cost?

# %%
best = max(chart, key=lambda name: chart[name][1])
on_a_chart(chart, f"{best} gets the most test images right: {chart[best][1]:.0%}")

# %% [markdown]
# The higher and the further to the left, the better. No other network is better than an orange one at the same price or less; the dotted line joins them. Mind that each point is *one* training of a network that was made small. In the quick profile fifty steps are very few: AlexNet with its dropout and the deep networks have hardly begun.
#
# ### Question 9 · `verdict` · in words
#
# About ten lines, with numbers from your figures and tables:
#
# 1. Twenty plain layers against eight, and against twenty with shortcuts: why is this not overfitting? What do the gradient's norms say?
# 2. A network for a telephone has to cost half as many multiply-adds as your MobileNet. Which of $\alpha$ and $\rho$ would you turn, and about how far? What else does each of them change, or not?
# 3. Someone points at the chart: "so the first of these networks is better than the second." Choose two neighbours on it. What would you have to do before you believe it?

# %% [markdown] written="verdict"
# ### BEGIN SOLUTION
# **A model answer.** (1) Overfitting is low training loss with a high test loss. Here already the *training* loss of the plain network with 20 layers stays high (about 1.35, against 1.1 with 8 layers): it does not learn what a smaller one
# learns. With identity shortcuts the same 20 layers get to about 1.2. In the plain network the largest of the gradient's norms is six or seven times the smallest, in the residual one three times: no single step
# fits all layers of the plain network. (2) Both lower the multiply-adds: $\rho$ with $\rho^2$, so 0.7 halves them; $\alpha$ with $\alpha^2$ in the pointwise convolutions and with $\alpha$ in the others (here a quarter of the width leaves
# a seventh), so it takes about 0.6 to 0.7. $\rho$ leaves the weights as they are, $\alpha$ does not. So I would turn $\alpha$ if the network also has to be kept or sent. Which one costs less accuracy, the two knobs' chart says: in mine a
# quarter of the width costs 13 percentage points, half the side 3. But with two other seeds it was 3 and 0, and 18 and 11: one training is not enough to say how much. (3) Train each several times, with other seeds and other choices of images, and compare the difference with the spread; give each its own learning rate and as many steps as it
# needs; and take more test images: with a few hundred, two or three per cent are chance.
#
# **Rubric, 3 points.**
#
# - 1 point: it is the training loss, with numbers; and the gradient's norms differ much more through the plain network. Half for one of the two.
# - 1 point: both lower the multiply-adds, up to as their square; only $\alpha$ changes the weights; a reasoned choice. Half if one is missing.
# - 1 point: several seeds and the spread, plus one of: own learning rate, more steps, more test images. Half for one of them alone.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Deeper still.** `deep` with `n = 9` has 56 layers, as in the paper's figure 6. Does the residual one still learn?
# - **Without normalisation.** Leave the batch normalisation out of `conv`. Which of the experiments change?
# - **A shuffle.** Replace the pointwise convolution in `separable` by nothing at all. What can the network still learn?
# - **The real sizes.** `course_lib.models.small_architectures()` has all eight for images of 32 × 32; `cifar_resnet` is the paper's own for CIFAR-10.
#
# **Sources.** Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998, §II.B · A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet classification with deep convolutional
# neural networks*, NIPS 2012, §3.1, §3.5, §4.2 · K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, ICLR 2015, §2.3 · C. Szegedy et al., *Going deeper with convolutions*, CVPR 2015, §4 and §5 ·
# K. He et al., *Deep residual learning for image recognition*, CVPR 2016, §3 and §4 · K. He et al., *Delving deep into rectifiers*, ICCV 2015 · A. Howard et al., *MobileNets*, arXiv:1704.04861, 2017, §3 · F. Chollet, *Xception*, CVPR 2017 · C. Szegedy et al., *Inception-v4, Inception-ResNet and
# the impact of residual connections on learning*, AAAI 2017, §3. The text of this lab is licensed CC BY 4.0, its code MIT.
