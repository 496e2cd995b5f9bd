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
# Few kinds of layers existed in 1998. Between 2012 and 2017, almost every year brought a new idea
# for arranging them: smaller filters, parallel branches, shortcuts, convolutions split into two
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
# | quick | default on a CPU | 1,500 of 4 classes, 16 × 16 | 55–75 % | 12–25 s on 2 cores |
# | full | default on a GPU | 20,000 of 10 classes, 32 × 32 | 80–90 %; 50–60 % on real CIFAR-10 | 3–8 min on 2 cores |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

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
# height of the images. Training a network then takes about a second, so you can train a dozen of
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
#   training runs take.) `train` also sets the momentum of every batch normalisation to 0.9. With
#   0.99, the default of Keras, the moving averages of mean and variance would still be close to
#   their initial values after fifty steps. The network would then predict with the wrong ones.
# - `accuracy` computes the fraction of images that are classified correctly.


# %%
def conv(x, filters, size, strides=1):
    """Apply a convolution of size × size, then batch normalisation; no activation."""
    convolution = keras.layers.Conv2D(
        filters, size, strides=strides, padding="same", use_bias=False
    )
    return keras.layers.BatchNormalization()(convolution(x))


def as_model(block, input_shape, *settings):
    """Turn a function of a symbolic tensor, block(inputs, *settings), into a Keras model."""
    inputs = keras.Input(tuple(input_shape))
    outputs = block(inputs, *settings)
    name = getattr(block, "__name__", "block")
    assert outputs is not None, f"`{name}` returned None. Did you forget `return`?"
    return keras.Model(inputs, outputs)


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
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9
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
# This network read the cheques of American banks. It has the structure that later ones kept (LeCun
# et al. 1998, §II.B, figure 2). Convolution and pooling layers alternate, the feature maps become
# smaller and more numerous, and dense layers follow at the end.
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
from collections import Counter

import keras
import numpy as np

from course_lib import testing as _testing


def _take_model(model, name):
    """Return what a function returned if it is a Keras model."""
    assert model is not None, f"{name} returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"{name} returned a {type(model).__name__}; expected a Keras model."
    )
    return model


def _call(model, x, name):
    """Return what a model computes for x."""
    try:
        return model(x)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise AssertionError(
            f"{name} returned a model that does not accept inputs of shape {x.shape}: {reason}"
        ) from error


def _count_elements(shape):
    return int(np.prod(tuple(shape)))


def _find_kernels(model, expected):
    """Return a model's kernels in its order, in the expected shapes where one can be written so."""
    kernels = []
    for weight in model.trainable_weights:
        kernel = np.asarray(weight)
        if kernel.ndim < 2:
            continue
        ways = [kernel, kernel.reshape(-1, kernel.shape[-1])]  # a dense layer as a convolution
        if kernel.ndim == 2:
            ways.append(kernel[None, None])  # a 1 × 1 convolution as a dense layer
        if kernel.shape[-2] == 1:
            ways.append(kernel.swapaxes(-1, -2))  # a depthwise convolution as one with groups
        kernels.append(next((way for way in ways if way.shape in expected), kernel))
    return kernels


def _show_shapes(shapes):
    return ", ".join("×".join(map(str, shape)) for shape in sorted(shapes.elements()))


def _take_kernels(model, expected, name, hint=""):
    """Return a model's kernels if they have the expected shapes, in any order."""
    kernels = _find_kernels(model, expected)
    found, wanted = Counter(kernel.shape for kernel in kernels), Counter(expected)
    facts = []
    if found - wanted:
        facts.append(f"has kernels of shapes {_show_shapes(found - wanted)} that are not expected")
    if wanted - found:
        facts.append(f"has no kernels of shapes {_show_shapes(wanted - found)}")
    assert not facts, f"{name} {' and '.join(facts)}. {hint}".rstrip()
    return kernels


def _convolve(x, kernel, bias=0.0, strides=1, padding="same", relu=False):
    """Convolve x with a kernel, without using the student's model."""
    y = keras.ops.conv(x.astype("float32"), kernel.astype("float32"), strides, padding)
    y = np.asarray(y) + bias
    return np.maximum(y, 0) if relu else y


def _pool_2x2(x, take):
    """Pool 2 × 2 with `take`; leave out the last row or column of an odd size."""
    rows, columns = x.shape[1] // 2, x.shape[2] // 2
    x = x[:, : 2 * rows, : 2 * columns].reshape(len(x), rows, 2, columns, 2, -1)
    return take(x, axis=(2, 4))


def _relu(z):
    return np.maximum(z, 0)


def _softmax(z):
    z = np.exp(z - z.max(axis=-1, keepdims=True))
    return z / z.sum(axis=-1, keepdims=True)


def _check_maps(given, compute, name, changes):
    """Compare outputs with compute(); explain an error by compute(**change), by mistake."""
    right = compute()
    atol = 2e-3 * float(np.abs(right).max())  # more than the rounding of a GPU
    is_right = np.shape(given) == right.shape and np.allclose(given, right, rtol=0, atol=atol)
    mistakes = {} if is_right else {hint: compute(**how) for hint, how in changes.items()}
    _testing.near(given, right, name, rtol=0, atol=atol, mistakes=mistakes)


def _compute_lenet(x, kernels, biases, change=None, pool=np.mean, late=False):
    """Compute LeNet-5; change: other activations, by layer; late: after the pooling."""
    activations = dict.fromkeys(("C1", "C3", "C5", "F6"), np.tanh) | {"output": lambda y: y}
    y = x
    for layer, kernel, bias in zip(activations, kernels, biases, strict=True):
        activate = (activations | (change or {}))[layer]
        if layer in ("C1", "C3"):
            y = _convolve(y, kernel, bias, padding="valid")
            y = activate(_pool_2x2(y, pool)) if late else _pool_2x2(activate(y), pool)
        else:
            y = activate(y.reshape(len(y), -1) @ kernel + bias)
    return y


def _check_lenet(rng, shape, classes):
    name = f"`lenet({shape}, {classes})`"
    model = _take_model(lenet(shape, classes), name)
    x = 5 * rng.normal(size=(8, *shape)).astype("float32")
    given = _call(model, x, name)
    rows, columns = (((side - 4) // 2 - 4) // 2 for side in shape[:2])
    expected = [(5, 5, shape[2], 6), (5, 5, 6, 16)]
    expected += [(rows * columns * 16, 120), (120, 84), (84, classes)]
    padded = (shape[0] // 4 * (shape[1] // 4) * 16, 120)
    is_padded = padded in [kernel.shape for kernel in _find_kernels(model, [*expected, padded])]
    hint = "Did you use padding? C1 and C3 have none." if is_padded else ""
    kernels = {kernel.shape: kernel for kernel in _take_kernels(model, expected, name, hint)}
    vectors = [np.asarray(w) for w in model.trainable_weights if len(w.shape) == 1]
    biases = {len(vector): vector for vector in vectors}
    count = sum(_count_elements(s) + s[-1] for s in expected)
    assert model.count_params() == count and len(biases) == 5, (
        f"{name} has {model.count_params():,} weights and biases; expected {count:,}."
    )
    kernels, biases = [kernels[s] for s in expected], [biases[s[-1]] for s in expected]

    def compute(**change):
        return _compute_lenet(x, kernels, biases, **change)

    def replace(activation, *layers):
        return {"change": dict.fromkeys(layers or ("C1", "C3", "C5", "F6"), activation)}

    changes = {
        "Did you use ReLU? LeNet-5 uses tanh.": replace(_relu),
        "Did you use ReLU in C1 and C3? LeNet-5 uses tanh.": replace(_relu, "C1", "C3"),
        "Did you use ReLU in C5 and F6? LeNet-5 uses tanh.": replace(_relu, "C5", "F6"),
        "Did you use a sigmoid? LeNet-5 uses tanh.": replace(lambda y: 1 / (1 + np.exp(-y))),
        "Did you use max-pooling? S2 and S4 compute the mean of 2 × 2.": {"pool": np.max},
        "Did you forget the tanh?": replace(lambda y: y),
        "Did you put the tanh after the pooling?": {"late": True},
        "Did you add a softmax? Return logits.": replace(_softmax, "output"),
        "Did you give the output a tanh? It has none.": replace(np.tanh, "output"),
    }
    for layer in ("C1", "C3", "C5", "F6"):
        changes[f"Did you forget the tanh in {layer}?"] = replace(lambda y: y, layer)
    _check_maps(given, compute, f"{name[:-1]}(x)`", changes)


_check_lenet(np.random.default_rng(0), (32, 32, 1), 10)
### BEGIN HIDDEN TESTS
_check_lenet(np.random.default_rng(_testing.hidden_seed()), (29, 24, 3), 7)
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
# for 15.3 % of the test images. The second-best entry missed it for 26.2 % (Krizhevsky et al.
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
# - the **weights**, which must be learned, stored and transmitted;
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
#    columns, channels, 1), because each filter sees only one channel. The filters of a `Conv2D` with
#    `groups=2` see half of the channels; the shape of its kernel says so.)
# 2. Write `receptive_field(layers)`, which returns the side, in pixels, of the region that one
#    neuron of the last layer sees. `layers` is a list with (kernel size, stride) for each
#    convolution and pooling, first layer first: `[(3, 1), (3, 1)]` gives 5.
#
# <details><summary>Hint 1, multiply_adds</summary>
#
# The positions of the output are all axes of `layer.output.shape` between the batch and the
# channels. A dense layer on flat inputs has none of these axes, and one position. This fits, because
# the product of no numbers, `np.prod(())`, is 1.
#
# </details>
#
# <details><summary>Hint 2, multiply_adds</summary>
#
# For each layer, add up the sizes of its weight arrays with two axes or more, and multiply the sum
# by the number of positions. A `SeparableConv2D` has two such arrays.
#
# </details>
#
# <details><summary>Hint 3, receptive_field</summary>
#
# Keep two numbers, the side of the field and the distance between neighbouring neurons, in pixels.
# Both begin at 1. A layer with kernel $k$ adds $k - 1$ distances to the side; then its stride
# multiplies the distance.
#
# </details>


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

from course_lib import testing as _testing


def _check_multiply_adds(size, channels, filters, strides, kind):
    inputs = keras.Input((*size, channels))
    settings = {"kernel_size": 3, "strides": strides, "padding": "same"}
    layer = {
        "Conv2D": lambda: keras.layers.Conv2D(filters, **settings),
        "DepthwiseConv2D": lambda: keras.layers.DepthwiseConv2D(**settings),
        "SeparableConv2D": lambda: keras.layers.SeparableConv2D(filters, **settings),
    }[kind]()
    x = keras.layers.BatchNormalization()(layer(inputs))
    outputs = keras.layers.Dense(7)(keras.layers.Flatten()(keras.layers.ReLU()(x)))
    places = -(-size[0] // strides) * -(-size[1] // strides)
    depthwise, pointwise = 9 * channels, channels * filters
    kernel, maps = {
        "Conv2D": (9 * channels * filters, filters),
        "DepthwiseConv2D": (depthwise, channels),
        "SeparableConv2D": (depthwise + pointwise, filters),
    }[kind]
    dense = places * maps * 7
    expected = kernel * places + dense
    mistakes = {
        "Did you count the weights? A kernel is used at every position.": kernel + dense,
        "Did you use the input's size? Count the positions of the output.": kernel
        * size[0]
        * size[1]
        + dense,
        "Did you count biases? Leave them out.": expected + maps * places + 7,
        "Did you forget the dense layer?": kernel * places,
        "Did you forget the convolution?": dense,
        "Did you count batch normalisation? Leave it out.": expected + 4 * maps * places,
        "Did you count a multiplication and its addition as two? Together they are one.": 2
        * expected,
    }
    if kind == "DepthwiseConv2D":
        hint = "Did you count a filter for each pair of channels? There is one for each channel."
        mistakes[hint] = depthwise * channels * places + dense
    else:
        hint = "Did you count the filters twice? The kernel's shape includes them."
        mistakes[hint] = kernel * places * maps + dense
    if kind == "SeparableConv2D":
        mistakes["Did you forget the pointwise step?"] = depthwise * places + dense
        mistakes["Did you forget the depthwise step?"] = pointwise * places + dense
        hint = "Did you count the layer like a `Conv2D`?"
        mistakes[hint] = 9 * channels * filters * places + dense
    setting = f"{kind} on {size[0]} × {size[1]} × {channels} with stride {strides}, then Dense(7)"
    name = f"`multiply_adds(model)`, for {setting},"
    given = multiply_adds(keras.Model(inputs, outputs))
    _testing.near(given, expected, name, rtol=1e-7, atol=0.01, mistakes=mistakes)


def _check_sequential():
    layers = [keras.layers.Conv2D(5, 3), keras.layers.Flatten(), keras.layers.Dense(4)]
    given = multiply_adds(keras.Sequential([keras.Input((9, 9, 2)), *layers]))
    hint = "Did you skip the first layer? A Sequential model's `layers` have no input layer."
    name = "`multiply_adds(model)`, for a Sequential model with Conv2D and Dense,"
    _testing.near(given, 5390, name, rtol=1e-7, atol=0.01, mistakes={hint: 980})


def _check_groups(groups, each):
    inputs = keras.Input((6, 5, each * groups))
    outputs = keras.layers.Conv2D(2 * groups, 3, padding="same", groups=groups)(inputs)
    expected = 30 * 9 * each * 2 * groups
    hint = (
        f"Did you count every filter over all channels? With `groups={groups}` it sees {each} of "
        f"{each * groups}; the shape of the kernel says so."
    )
    name = f"`multiply_adds(model)`, for a Conv2D with `groups={groups}`,"
    given = multiply_adds(keras.Model(inputs, outputs))
    _testing.near(given, expected, name, rtol=1e-7, atol=0.01, mistakes={hint: groups * expected})


def _check_receptive_field(layers):
    def compute(layers, strided=True, own=False):
        side = apart = 1
        for kernel, stride in layers:
            side += (kernel - 1) * apart * (stride if own else 1)
            apart *= stride if strided else 1
        return side

    mistakes = {
        "Did you leave out the strides? After a stride of 2, neighbours are two pixels apart.": (
            compute(layers, strided=False)
        ),
        "Did you apply a layer's own stride to its field? It only widens the fields of later "
        "layers.": compute(layers, own=True),
        "Did you go through the layers in the wrong order? The first is next to the image.": (
            compute(layers[::-1])
        ),
        "Did you forget the pixel in the middle? A field without layers has 1 pixel.": (
            compute(layers) - 1
        ),
    }
    name = f"`receptive_field({layers})`"
    given = receptive_field(list(layers))
    _testing.near(given, compute(layers), name, rtol=1e-7, atol=0.01, mistakes=mistakes)


_check_multiply_adds((8, 6), 3, 4, 1, "Conv2D")
_check_multiply_adds((8, 5), 3, 4, 2, "Conv2D")
_check_multiply_adds((6, 7), 3, 4, 1, "DepthwiseConv2D")
_check_multiply_adds((6, 7), 3, 4, 1, "SeparableConv2D")
_check_sequential()
_check_groups(2, 3)
_check_receptive_field([(3, 1), (3, 1)])
_check_receptive_field([(5, 1), (2, 2), (5, 1)])
_check_receptive_field([(3, 2), (3, 2), (5, 1)])


### BEGIN HIDDEN TESTS
def _check_cost(rng):
    for kind in ("Conv2D", "DepthwiseConv2D", "SeparableConv2D"):
        rows, columns, channels, filters = (
            int(n) for n in rng.integers((9, 5, 2, 9), (13, 9, 8, 14))
        )
        _check_multiply_adds((rows, columns), channels, filters, 2, kind)
    _check_groups(int(rng.integers(3, 6)), int(rng.integers(2, 5)))
    for _ in range(8):
        many = int(rng.integers(1, 7))
        sizes = rng.integers((1, 1), (8, 4), (many, 2)).tolist()
        _check_receptive_field([(kernel, stride) for kernel, stride in sizes])


_check_cost(np.random.default_rng(_testing.hidden_seed()))
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

with_weights = [layer for layer in papers["AlexNet"].layers if layer.count_params()]
figures.parameters_by_layer({layer.name: layer.count_params() for layer in with_weights})

# %% [markdown]
# Almost all of AlexNet's weights are in the dense layers (fc6, fc7, predictions; *fc* stands for
# fully connected), and that is where the dropout is. Almost all of the *work* is in the
# convolutions: the 59 million dense weights are used once each, in a total of 720 million
# multiply-adds. (If you count 1.14 billion: three of AlexNet's convolutions have `groups=2`, one
# for each graphics card. Their filters see only half of the channels, and the shape of their
# kernels says so.)
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


curves = {}
for name, kernels in [("5 × 5", (5,)), ("twice 3 × 3", (3, 3))]:
    keras.utils.set_random_seed(1)
    model = as_model(small_vgg, SHAPE, kernels)
    curves[name] = train(model, x_train, y_train)
    print(
        f"{name:>11}: receptive field {receptive_field([(size, 1) for size in kernels])} pixels "
        f"wide · {model.count_params():,} weights, {multiply_adds(model):,} multiply-adds · "
        f"accuracy {accuracy(model, x_test, y_test):.0%}"
    )
chart["VGG"] = model, accuracy(model, x_test, y_test)
figures.losses_by_step(curves)

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
import itertools

import keras
import numpy as np

from course_lib import testing as _testing

_SCALE = 1 / np.sqrt(1.001)  # an untrained batch normalisation multiplies by this


def _build(block, name, shape, *settings, hint=""):
    """Return the Keras model of a block of layers on inputs of a shape."""
    try:
        model = as_model(block, shape, *settings)
    except (NotImplementedError, AssertionError):
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise AssertionError(
            f"{name} stopped with {type(error).__name__}: {reason} {hint}".rstrip()
        ) from error
    return _take_model(model, name)


def _check_normalised(model, maps, name, hint="Does batch normalisation follow each convolution?"):
    learnt = sum(_count_elements(w.shape) for w in model.trainable_weights)
    averages = model.count_params() - learnt
    assert averages == 2 * maps, (
        f"{name} has {averages} moving averages; expected {2 * maps}, two for each of {maps} maps. "
        f"{hint}"
    )


def _find_closest(given, candidates):
    """Return the candidate that is closest to what was given, or the first."""
    given = np.asarray(given)
    same = [one for one in candidates if one.shape == given.shape]
    return min(same, key=lambda one: np.abs(given - one).max(), default=candidates[0])


def _pool_3x3(x, take=np.max, outside=-np.inf):
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=outside)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return take(windows, axis=(-2, -1))


def _compute_inception(x, kernels, inner=True, outer=True, pool=_pool_3x3, order=(0, 1, 2, 3)):
    """Compute an inception module; inner, outer: whether reductions and branches have a ReLU."""
    one, reduce_3, three, reduce_5, five, last = (kernel * _SCALE for kernel in kernels)
    branches = [
        _convolve(x, one, relu=outer),
        _convolve(_convolve(x, reduce_3, relu=inner), three, relu=outer),
        _convolve(_convolve(x, reduce_5, relu=inner), five, relu=outer),
        _convolve(pool(x), last, relu=outer),
    ]
    return np.concatenate([branches[number] for number in order], axis=-1)


_INCEPTION_MISTAKES = {
    "Did you forget the ReLU after the reductions?": {"inner": False},
    "Did you forget the ReLU at the end of each branch?": {"outer": False},
    "Did you forget every ReLU?": {"inner": False, "outer": False},
    "Did you forget the pooling in the fourth branch?": {"pool": lambda x: x},
    "Did you use average pooling in the fourth branch? Use max-pooling.": {
        "pool": lambda x: _pool_3x3(x, np.nanmean, np.nan)
    },
}
_ORDERS = [{"order": order} for order in itertools.permutations(range(4))]


def _evaluate_inception(rng, size, channels, widths):
    """Return the module's maps for random images, and a function that computes them."""
    n1, r3, n3, r5, n5, last = widths
    name = f"`inception(x, {', '.join(map(str, widths))})`, for x with {channels} channels,"
    hint = "Does every branch keep the height and the width?"
    model = _build(inception, name, (*size, channels), *widths, hint=hint)
    shapes = [(1, 1, channels, n1), (1, 1, channels, r3), (3, 3, r3, n3), (1, 1, channels, r5)]
    shapes += [(5, 5, r5, n5), (1, 1, channels, last)]
    found = [kernel.shape for kernel in _find_kernels(model, shapes)]
    hint = ""
    if (5, 5, r3, n5) in found or (3, 3, r5, n3) in found:
        hint = "Did you use one reduction for both large filters?"
    if (3, 3, channels, n3) in found or (5, 5, channels, n5) in found:
        hint = "Did you forget a reduction before a large filter?"
    kernels = {kernel.shape: kernel for kernel in _take_kernels(model, shapes, name, hint)}
    _check_normalised(model, sum(widths), name)
    x = rng.normal(size=(3, *size, channels)).astype("float32") - 0.5

    def compute(**change):
        return _compute_inception(x, [kernels[shape] for shape in shapes], **change)

    return name, model(x), compute


def _check_inception(rng, size, channels, widths):
    name, given, compute = _evaluate_inception(rng, size, channels, widths)

    def compute_or_reorder(reordered=False, **change):
        orders = _ORDERS if reordered else [change]
        return _find_closest(given, [compute(**one) for one in orders])

    hint = "Did you put the branches in another order? Expected: 1 × 1, 3 × 3, 5 × 5, pooling."
    changes = {**_INCEPTION_MISTAKES, hint: {"reordered": True}}
    _check_maps(given, compute_or_reorder, name, changes)


_check_inception(np.random.default_rng(0), (7, 6), 5, (2, 3, 4, 6, 7, 8))


### BEGIN HIDDEN TESTS
def _check_inception_hidden(rng):
    widths = (rng.permutation(7)[:6] + 2).tolist()
    _check_inception(rng, (6, 9), 4, widths)


_check_inception_hidden(np.random.default_rng(_testing.hidden_seed()))
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
# the middle of the network (§5). Their losses are added to the main loss with a weight of 0.3.
# After training, the classifiers are discarded. GoogLeNet also replaces AlexNet's large dense
# layers by **global average pooling**, the mean of each feature map, followed by one dense layer
# for the classes. This idea, too, is from Network in Network.
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
#
# <details><summary>Hint 1, small_googlenet</summary>
#
# Give the output of the first `inception` a name of its own: two paths begin there, the one to the
# logits and the one to the auxiliary classifier.
#
# </details>
#
# <details><summary>Hint 2, reached</summary>
#
# Inside the tape, compute the loss of `model(x)[output]` alone. Then the entries are
# `gradient is not None`.
#
# </details>


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
import itertools

import keras
import numpy as np

from course_lib import testing as _testing


def _find_way_of_inception():
    """Return how the `inception` of question 3 computes: {} if right, None if in an unknown way."""
    try:
        sizes = np.random.default_rng(0), (7, 6), 5, (2, 3, 4, 6, 7, 8)
        _, given, compute = _evaluate_inception(*sizes)
    except AssertionError:
        return None
    given = np.asarray(given)
    for way in [{}, *_INCEPTION_MISTAKES.values(), *_ORDERS]:
        right = compute(**way)
        if given.shape == right.shape and np.allclose(given, right, atol=2e-3 * right.max()):
            return way
    return None


def _compute_googlenet(x, kernels, way, change):
    """Compute both outputs; kernels in the order of the text; change: a mistake."""
    stem, first, second, head = kernels[0], kernels[1:7], kernels[7:13], kernels[13]
    main, extra = kernels[14:]
    y = _convolve(x, stem * _SCALE, relu=change.get("stem", True))
    y = _pool_2x2(y, change.get("first", np.max))
    middle = _compute_inception(y, first, **way)
    y = _compute_inception(_pool_2x2(middle, change.get("second", np.max)), second, **way)
    logits = change.get("last", np.mean)(y, axis=(1, 2)) @ main
    y = _pool_2x2(middle, change.get("third", np.mean))
    y = _convolve(y, head * _SCALE, relu=change.get("head", True))
    outputs = [logits, y.reshape(len(y), -1) @ extra]
    for number in change.get("softmax", ()):
        outputs[number] = _softmax(outputs[number])
    return outputs[::-1] if "swapped" in change else outputs


_GOOGLENET_MISTAKES = {
    "Did you swap the outputs? Expected: [logits, auxiliary].": {"swapped": True},
    "Did you add a softmax? Return logits.": {"softmax": (0, 1)},
    "Did you add a softmax to the logits?": {"softmax": (0,)},
    "Did you add a softmax to the auxiliary output?": {"softmax": (1,)},
    "Did you use max-pooling in the auxiliary classifier? Use average pooling.": {"third": np.max},
    "Did you use global max-pooling? Use global average pooling.": {"last": np.max},
    "Did you use average pooling before the first module? Use max-pooling.": {"first": np.mean},
    "Did you use average pooling before the second module? Use max-pooling.": {"second": np.mean},
    "Did you use average pooling before the modules? Use max-pooling.": {
        "first": np.mean,
        "second": np.mean,
    },
    "Did you forget the ReLU after the first convolution?": {"stem": False},
    "Did you forget the ReLU in the auxiliary classifier?": {"head": False},
}


def _list_shapes(size, classes):
    """Return the shapes of the kernels in the order of the text."""
    first = [(1, 1, 16, 8), (1, 1, 16, 8), (3, 3, 8, 16), (1, 1, 16, 4), (5, 5, 4, 4)]
    second = [(1, 1, 32, 16), (1, 1, 32, 16), (3, 3, 16, 32), (1, 1, 32, 4), (5, 5, 4, 8)]
    places = (size[0] // 4) * (size[1] // 4)
    ends = [(1, 1, 32, 8), (1, 1, 32, 8), (64, classes), (8 * places, classes)]
    return [(3, 3, 3, 16), *first, (1, 1, 16, 4), *second, *ends]


def _order_kernels(kernels, shapes):
    """Yield the kernels in the order of shapes; kernels of one shape in every order."""
    groups = [[k for k in kernels if k.shape == shape] for shape in dict.fromkeys(shapes)]
    for orders in itertools.product(*(itertools.permutations(group) for group in groups)):
        queues = {group[0].shape: iter(group) for group in orders}
        yield [next(queues[shape]) for shape in shapes]


def _explain_kernels(kernels, size, classes):
    """Return the likely cause of kernels with wrong shapes."""
    shapes = [kernel.shape for kernel in kernels]
    if (1, 1, 64, 8) in shapes:
        return "Does the auxiliary classifier get the output of the first inception module?"
    dense = sorted(shape[0] for shape in shapes if len(shape) == 2)
    if dense and dense[0] == 8:
        return "Did you forget `Flatten` in the auxiliary classifier?"
    if dense and dense[0] == 32 * (size[0] // 4) * (size[1] // 4):
        return "Did you forget the 1 × 1 convolution in the auxiliary classifier?"
    if dense and 64 not in dense:
        return "Did you use global average pooling before the last dense layer?"
    return ""


def _check_small_googlenet(rng, size, classes):
    name = f"`small_googlenet({(*size, 3)}, {classes})`"
    model = _take_model(small_googlenet((*size, 3), classes), name)
    x = rng.normal(size=(3, *size, 3)).astype("float32")
    given = _call(model, x, name)
    assert isinstance(given, (list, tuple)) and len(given) == 2, (
        f"{name} has one output or more than two; expected two: "
        "`keras.Model(inputs, [logits, auxiliary])`."
    )
    shapes = _list_shapes(size, classes)
    hint = _explain_kernels(_find_kernels(model, shapes), size, classes)
    kernels = _take_kernels(model, shapes, name, hint)
    _check_normalised(model, 16 + 44 + 84 + 8, name)
    for number, output in enumerate(given):
        assert tuple(output.shape) == (3, classes), (
            f"{name[:-1]}(x)[{number}]` has shape {tuple(output.shape)} for 3 images; expected "
            f"{(3, classes)}."
        )
    given = np.stack([np.asarray(output) for output in given])
    way = _find_way_of_inception()
    if way is None:  # which costs the marks of question 3
        sums = given.sum(axis=-1)
        assert not np.isclose(sums, 1, atol=1e-3).all(axis=1).any(), (
            f"{name} returned probabilities. Did you add a softmax? Return logits."
        )
        return

    def compute(**change):
        candidates = []
        for one in _order_kernels(kernels, shapes):
            candidates.append(np.stack(_compute_googlenet(x, one, way, change)))
            if np.allclose(given, candidates[-1], atol=2e-3 * np.abs(candidates[-1]).max()):
                break
        return _find_closest(given, candidates)

    _check_maps(given, compute, f"{name[:-1]}(x)`", _GOOGLENET_MISTAKES)


def _check_reached(rng, order):
    inputs = keras.Input((6, 5, 2))
    trunk = keras.layers.Conv2D(3, 3, activation="tanh", name="first")(inputs)
    outputs = [keras.layers.Dense(4, name="head_first")(keras.layers.Flatten()(trunk))]
    trunk = keras.layers.Conv2D(5, 1, activation="tanh", name="second")(trunk)
    outputs.append(keras.layers.Dense(4, name="head_second")(keras.layers.Flatten()(trunk)))
    model = keras.Model(inputs, [outputs[n] for n in order])
    x, y = rng.normal(size=(5, 6, 5, 2)).astype("float32"), rng.integers(0, 4, 5)
    on_the_way = [("first", "head_first"), ("first", "second", "head_second")]
    names = [weight.path.split("/")[-2] for weight in model.trainable_weights]
    for output, number in enumerate(order):
        expected = np.array([name in on_the_way[number] for name in names])
        other = np.array([name in on_the_way[1 - number] for name in names])
        given = reached(model, x, y, output)
        assert given is not None, "`reached` returned None. Did you forget `return`?"
        try:
            given = np.asarray(given)
            is_list = given.shape == expected.shape and set(given.tolist()) <= {0, 1}
        except (TypeError, ValueError):
            is_list = False
        assert is_list, (
            f"`reached(model, x, y, {output})` must return a list with one True or False for each "
            f"of the {len(expected)} trainable weights."
        )
        given = given.astype(bool)
        if np.array_equal(given, expected):
            continue
        hint = ""
        if given.all():
            hint = (
                "Did you add the losses of all outputs, or replace None by zeros? A gradient of "
                "None means that the loss does not reach the weight."
            )
        elif np.array_equal(given, ~expected):
            hint = "Did you exchange True and False? A gradient of None means False."
        elif np.array_equal(given, other):
            hint = "Did you use the loss of the other output?"
        raise AssertionError(
            f"`reached(model, x, y, {output})` returned {given.tolist()} for the weights of "
            f"{names}; expected True only for {', '.join(on_the_way[number])}. {hint}".rstrip()
        )


_check_small_googlenet(np.random.default_rng(0), (16, 16), 4)
_check_reached(np.random.default_rng(0), (0, 1))


### BEGIN HIDDEN TESTS
def _check_auxiliary(rng):
    _check_small_googlenet(rng, (8, 12), int(rng.integers(5, 9)))
    _check_reached(rng, (1, 0))


_check_auxiliary(np.random.default_rng(_testing.hidden_seed()))
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
# the one with 20. It did so not only on the test set, which could be overfitting, but also *on the
# training set*. Apparently a stack of layers does not easily learn to pass on its input (He et al.
# 2016, figure 1).
#
# So give it the input. A **residual block** adds its input to the output of its convolutions,
# through an **identity shortcut**: $y = \text{ReLU}(F(x) + x)$. If there is nothing to do, $F$ only
# has to become 0, which is easy to learn.
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
#    the norm of the gradient of the loss for each *convolution kernel*, in the order of
#    `model.trainable_weights`. (The norm is the square root of the sum of the squares.) The loss is
#    as above; call the model with `training=True`.
#
# <details><summary>Hint 1, residual and bottleneck</summary>
#
# The shapes differ if the stride is not 1, or if the number of channels changes: compare
# `x.shape[-1]` with the number of filters of the *last* convolution of the block.
#
# </details>
#
# <details><summary>Hint 2, residual and bottleneck</summary>
#
# The last convolution of a block has no ReLU before the sum. `keras.layers.Add()([…, …])` adds two
# tensors, and the ReLU comes after it.
#
# </details>
#
# <details><summary>Hint 3, gradient_norms</summary>
#
# A convolution kernel is a weight with four axes. `tf.norm(gradient)` returns the norm; `float`
# makes a number of it.
#
# </details>


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
import itertools

import keras
import numpy as np

from course_lib import testing as _testing


def _compute_block(x, body, way, steps, change):
    """Compute a block; way: the shortcut's kernel, 0 for the input itself, None for no shortcut."""
    strides = change.get("steps", steps)
    y, first = x, change.get("first", False)
    for number, (kernel, step) in enumerate(zip(body, strides, strict=True)):
        is_last = number == len(body) - 1
        y = np.maximum(y, 0) if first else y
        relu = change.get("last", False) if is_last else change.get("inner", not first)
        y = _convolve(y, kernel * _SCALE, strides=step, relu=relu)
    if way is None or "added" in change:
        return np.maximum(y, 0) if change.get("outer", True) else y
    stride = max(steps)
    if np.ndim(way) == 0:
        shortcut = x
    elif "pooled" in change:
        rows, columns = (-(-side // stride) * stride - side for side in x.shape[1:3])
        padded = np.pad(x, ((0, 0), (0, rows), (0, columns), (0, 0)), constant_values=-np.inf)
        shortcut = _convolve(_pool_2x2(padded, np.max) if stride == 2 else x, way * _SCALE)
    else:
        shortcut = _convolve(x, way * _SCALE, strides=stride, relu=change.get("way", False))
    y = y + shortcut
    return np.maximum(y, 0) if change.get("outer", True) else y


_BLOCK_MISTAKES = {
    "Did you forget to add the input through the shortcut?": {"added": False},
    "Did you put a ReLU between the last convolution and the sum?": {"last": True},
    "Did you forget the ReLU between the convolutions?": {"inner": False},
    "Did you forget the ReLU after the sum?": {"outer": False},
    "Did you put each ReLU before its convolution? Put it after, and the last after the sum.": {
        "first": True,
        "outer": False,
    },
    "Did you put each ReLU before its convolution? Put it after it.": {"first": True},
    "Did you pool on the shortcut? Its 1 × 1 convolution has the stride.": {"pooled": True},
    "Did you put a ReLU after the convolution on the shortcut?": {"way": True},
}


def _check_block(rng, block, name, channels, filters, strides, shortcut=True):
    settings = (filters, strides, shortcut) if name == "residual" else (filters, strides)
    setting = f"`{name}(x, {', '.join(map(str, settings))})`, for x with {channels} channels,"
    hint = "Has the shortcut the same shape as the output of the convolutions?"
    model = _build(block, setting, (7, 6, channels), *settings, hint=hint)
    if name == "residual":
        outputs, steps = filters, [strides, 1]
        main = [(3, 3, channels, filters), (3, 3, filters, filters)]
    else:
        outputs, steps = 4 * filters, [1, strides, 1]
        main = [(1, 1, channels, filters), (3, 3, filters, filters), (1, 1, filters, outputs)]
    same = strides == 1 and channels == outputs
    projection = (1, 1, channels, outputs)
    projected = [projection] if shortcut and not same else []
    hint = _explain_block(model, main, projection, projected, shortcut)
    kernels = _take_kernels(model, main + projected, setting, hint)
    maps = sum(shape[-1] for shape in main + projected)
    hint = "Does batch normalisation follow each convolution, also on the shortcut?"
    _check_normalised(model, maps, setting, hint)
    x = rng.normal(size=(3, 7, 6, channels)).astype("float32")
    given = model(x)
    way = next((k for k in kernels if k.shape == projection), 0.0) if shortcut else None
    bodies = itertools.permutations(k for k in kernels if k.shape in main)
    bodies = [body for body in bodies if [k.shape for k in body] == main]

    def compute(**change):
        ways = [_compute_block(x, body, way, steps, change) for body in bodies]
        return _find_closest(given, ways)

    changes = dict(_BLOCK_MISTAKES)
    for number in range(len(steps)):
        moved = [strides if number == other else 1 for other in range(len(steps))]
        hint = f"Did you put the stride into convolution {number + 1} of {len(steps)}?"
        changes[hint] = {"steps": moved}
    _check_maps(given, compute, setting, changes)


def _explain_block(model, main, projection, projected, shortcut):
    """Return the likely cause of kernels with wrong shapes."""
    found = [kernel.shape for kernel in _find_kernels(model, [*main, projection])]
    if main[-1] not in found and (*main[-1][:3], main[-1][2]) in found:
        return "Has the last convolution four times as many filters as the others?"
    if projected and projection not in found:
        return "Did you forget the convolution on the shortcut?"
    if not projected and found.count(projection) > main.count(projection):
        return (
            "Did you put a convolution on the shortcut? Here the shortcut is the input itself."
            if shortcut
            else "Did you ignore `shortcut=False`?"
        )
    return ""


def _make_small_network(seed):
    rng = np.random.default_rng(seed)
    inputs = keras.Input((8, 7, 2))
    x = keras.layers.Conv2D(3, 3, activation="relu")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Conv2D(4, 3, activation="tanh")(x)
    model = keras.Model(inputs, keras.layers.Dense(5)(keras.layers.Flatten()(x)))
    for weight in model.trainable_weights:
        if len(weight.shape) > 1:
            inputs = _count_elements(weight.shape[:-1])
            weight.assign(rng.normal(size=weight.shape) / np.sqrt(inputs))
    images = 5 * rng.normal(size=(6, 8, 7, 2)).astype("float32")
    return model, images, rng.integers(0, 5, 6)


def _check_gradient_norms(network, right, resting, on_probabilities):
    """Compare the norms; resting: without `training=True`; on_probabilities: of a softmax's loss."""
    given = gradient_norms(*network)
    assert given is not None, "`gradient_norms` returned None. Did you forget `return`?"
    try:
        many = len(given)
    except TypeError:
        many = 1
    assert many == 2, (
        f"`gradient_norms` returned {many} numbers; expected one for each of 2 convolutions. A "
        "convolution kernel has four axes."
    )
    right, sizes = np.asarray(right), np.array([54, 108])
    mistakes = {
        "Did you forget the square root?": right**2,
        "Did you call the model with `training=True`?": resting,
        "Did you take the sum over the batch? The loss is the mean.": 6 * right,
        "Did you forget `from_logits=True`?": on_probabilities,
        "Did you take the mean of the squares? The norm is the root of their sum.": right
        / np.sqrt(sizes),
        "Did you begin with the last convolution?": right[::-1],
    }
    name = "`gradient_norms(model, x, y)`"
    _testing.near(given, right, name, rtol=2e-3, mistakes=mistakes)


_check_block(np.random.default_rng(0), residual, "residual", 4, 4, 1)
_check_block(np.random.default_rng(0), residual, "residual", 4, 6, 2)
_check_block(np.random.default_rng(0), residual, "residual", 4, 6, 2, False)
_check_block(np.random.default_rng(0), bottleneck, "bottleneck", 5, 3, 2)
_check_block(np.random.default_rng(0), bottleneck, "bottleneck", 5, 3, 1)
_check_block(np.random.default_rng(0), bottleneck, "bottleneck", 8, 2, 1)
_check_gradient_norms(_make_small_network(0), [1.4946, 1.1531], [1.8488, 1.7318], [3.2341, 2.3015])
### BEGIN HIDDEN TESTS
import tensorflow as tf


def _compute_norms(seed, training=True, from_logits=True):
    model, images, labels = _make_small_network(seed)
    kernels = [weight.value for weight in model.trainable_weights if len(weight.shape) == 4]
    with tf.GradientTape() as tape:
        logits = model(images, training=training)
        if not from_logits:  # Keras divides by the sum and takes the logarithm
            logits = tf.math.log(tf.clip_by_value(logits, 1e-7, 1 - 1e-7))
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        loss = tf.reduce_mean(loss)
    return np.array([float(tf.norm(g)) for g in tape.gradient(loss, kernels)])


def _check_residual(rng):
    _check_block(rng, residual, "residual", 4, 5, 1)
    _check_block(rng, residual, "residual", 4, 4, 1, False)
    _check_block(rng, residual, "residual", 3, 3, 2)
    _check_block(rng, bottleneck, "bottleneck", 8, 2, 2)
    seed = int(rng.integers(2**32))
    changes = {}, {"training": False}, {"from_logits": False}
    wanted = [_compute_norms(seed, **change) for change in changes]
    _check_gradient_norms(_make_small_network(seed), *wanted)


_check_residual(np.random.default_rng(_testing.hidden_seed()))
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


curves, norms = {}, {}
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
    curves[name] = train(model, x_train, y_train, rate=0.03)
    print(f"{name}: accuracy on the test set {accuracy(model, x_test, y_test):.0%}")
chart["ResNet"] = model, accuracy(model, x_test, y_test)
figures.losses_by_step(curves)

# %% [markdown]
# Twenty plain layers learn worse than eight, and the figure shows their *training* loss. With
# shortcuts, the same twenty layers do learn, although they do not overtake the eight in the fifty
# steps of the quick profile. Does the gradient vanish on its way back through twenty layers? The
# next figure shows its norm at each convolution of the two deep networks, before the first step.

# %%
figures.gradient_by_layer(norms)

# %% [markdown]
# It does not vanish. In the plain network the norm even grows towards the image: batch
# normalisation follows every convolution, and the first ones get the *largest* gradients. He et al.
# also found healthy gradients in their plain networks with batch normalisation (§4.1). So they
# consider it unlikely that vanishing gradients are what makes these networks hard to train. They
# leave the cause open. What the figure does show: with shortcuts, the norms of the layers differ
# less, so one learning rate suits all of them better.
#
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
#
# <details><summary>Hint 1, layers_of</summary>
#
# Besides the blocks, there are the first convolution and the dense layer.
#
# </details>
#
# <details><summary>Hint 2, resnet_parameters</summary>
#
# Write a helper for one convolution of size $k$ with its normalisation:
# $k^2 \cdot \text{inputs} \cdot \text{outputs} + 2 \cdot \text{outputs}$. Then go through the
# groups and blocks, and keep the number of channels that a block gets up to date.
#
# </details>
#
# <details><summary>Hint 3, resnet_parameters</summary>
#
# A bottleneck block returns four times as many channels as `filters`. So also the *first* block of
# the first group has a convolution on its shortcut, although its stride is 1; with basic blocks it
# has none.
#
# </details>

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

from course_lib import testing as _testing

_BLOCKS = {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
# What a mistake adds to the number of parameters: without the classes, for each of these depths.
_DIFFERENCES = {
    "Did you leave out batch normalisation?": {34: -17_024, 50: -53_120},
    "Batch normalisation has two trainable parameters per map, γ and β.": {34: -8_512, 50: -26_560},
    "Did you count biases of convolutions? They have none here.": {34: 8_512, 50: 26_560},
    "Did you count the moving averages? Only γ and β are trainable.": {34: 17_024, 50: 53_120},
    "Did you leave out the convolutions on the shortcuts?": {34: -173_824, 50: -2_776_576},
    "A bottleneck's last convolution has four times as many filters.": {50: -11_177_856},
}
_OF_THE_CLASSES = {
    "Did you forget the biases of the dense layer?": -1,
    "Did you put batch normalisation after the dense layer? It follows convolutions only.": 2,
    "Did you leave out the biases of the dense layer and give it batch normalisation?": 1,
}


def _check_count(given, expected, name, mistakes, hint):
    """Compare a count, which may be a float32, and explain a mistake."""
    assert given is not None, f"{name} returned None. Did you forget `return`?"
    try:
        number = float(np.asarray(given, dtype=float).reshape(()))
    except (TypeError, ValueError):
        raise AssertionError(f"{name} returned {given!r}; expected one number.") from None
    if abs(number - expected) <= 1e-7 * expected:
        return
    hints = [text for text, value in mistakes.items() if value == number != expected]
    shown = f"{number:,.0f}" if number == round(number) else f"{number:,}"
    raise AssertionError(
        f"{name} returned {shown}; expected {expected:,}. {hints[0] if hints else hint}"
    )


def _check_layers_of(depth):
    blocks, convolutions = _BLOCKS[depth], 2 if depth == 34 else 3
    mistakes = {
        "Did you forget the first convolution and the dense layer?": depth - 2,
        "Did you forget the first convolution or the dense layer?": depth - 1,
        "Did you count the convolutions on the shortcuts?": depth + (3 if depth == 34 else 4),
        "Did you count the pooling layers?": depth + 2,
        "Did you count one convolution for each block?": sum(blocks) + 2,
    }
    name = f"`layers_of({blocks}, {convolutions})`"
    hint = "Did you count all convolutions of every block?"
    _check_count(layers_of(blocks, convolutions), depth, name, mistakes, hint)


def _check_resnet_parameters(depth, classes, expected, differences):
    mistakes = {hint: expected + more for hint, more in differences.items()}
    mistakes |= {hint: expected + share * classes for hint, share in _OF_THE_CLASSES.items()}
    name = f"`resnet_parameters({depth}, {classes})`"
    hint = (
        "How many input channels does each block have, and which blocks have a convolution on the "
        "shortcut?"
    )
    _check_count(resnet_parameters(depth, classes), expected, name, mistakes, hint)


for _depth, _expected in ((34, 21_797_672), (50, 25_557_032)):
    _check_layers_of(_depth)
    _known = {hint: by[_depth] for hint, by in _DIFFERENCES.items() if _depth in by}
    _check_resnet_parameters(_depth, 1000, _expected, _known)


### BEGIN HIDDEN TESTS
def _count_parameters(depth, classes, norm=2, projections=True, wide=4):
    wide = 1 if depth == 34 else wide
    total, channels = 7 * 7 * 3 * 64 + norm * 64, 64
    for number, blocks in enumerate(_BLOCKS[depth]):
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
    return total + (channels + 1) * classes


def _check_depths(rng):
    changes = (
        {"norm": 0},
        {"norm": 1},
        {"norm": 3},
        {"norm": 4},
        {"projections": False},
        {"wide": 1},
    )
    for depth in (34, 50, 101, 152):
        classes = int(rng.integers(50, 500))
        expected = _count_parameters(depth, classes)
        known = {
            hint: _count_parameters(depth, classes, **change) - expected
            for hint, change in zip(_DIFFERENCES, changes, strict=True)
        }
        _check_layers_of(depth)
        _check_resnet_parameters(depth, classes, expected, known)


_check_depths(np.random.default_rng(_testing.hidden_seed()))
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
# How much cheaper are the two steps? Let the input have $M$ channels and the output $N$, and let
# the filters have $k \times k$ weights for each channel. You can find the ratio of the costs on
# paper; it depends on $k$ and $N$ only.
#
# Two more parameters adapt the network to the phone. The **width multiplier** $\alpha$ scales the
# number of filters in *every* layer. The **resolution multiplier** $\rho$ scales the side of the
# image.
#
# ### Question 7 · `separable`
#
# 1. Write `separable(x, filters, strides=1)`: depthwise 3 × 3 (`padding="same"`, without bias) with
#    the stride → batch normalisation → ReLU → `conv` 1 × 1 → ReLU.
# 2. Write `cost_ratio(k, filters)`, which returns the cost of the two steps, together, divided by
#    the cost of the ordinary convolution; `filters` is $N$.
# 3. Write `small_mobilenet(x, alpha, classes)` for a symbolic tensor of images: `conv` with 16
#    filters of 3 × 3 and ReLU → `separable` with 32 filters and stride 2, with 32, with 64 and
#    stride 2, with 64 → global average pooling → dense. Multiply all these numbers of filters, 16,
#    32 and 64, by `alpha` and round them to the nearest integer; the number of classes stays the
#    same.
#
# <details><summary>Hint 1, cost_ratio</summary>
#
# Count the multiply-adds at *one* position. Each of the $N$ filters of the ordinary convolution has
# $k^2 M$ weights. The depthwise step has one filter of $k^2$ weights for each of the $M$ channels.
#
# </details>
#
# <details><summary>Hint 2, cost_ratio</summary>
#
# The pointwise step has $M$ weights for each of its $N$ filters. Add both steps and divide by the
# cost of the ordinary convolution: $M$ cancels.
#
# </details>
#
# <details><summary>Hint 3, small_mobilenet</summary>
#
# `round(alpha * filters)` rounds to the nearest integer; `int` would cut off. The depthwise
# convolution needs no number of filters.
#
# </details>


# %% solution="separable"
def separable(x, filters, strides=1):
    """Apply a depthwise 3 × 3, then a pointwise convolution, each with normalisation and ReLU."""
    ### BEGIN SOLUTION
    depthwise = keras.layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)
    x = keras.layers.BatchNormalization()(depthwise(x))
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

from course_lib import testing as _testing

# Numbers of filters whose products with these are not half an integer and not multiples of 8.
_ALPHAS = 0.3, 0.35, 0.45, 0.55, 0.6, 0.65, 0.7, 0.85


def _convolve_each_channel(x, kernel, strides):
    """Convolve each channel of x with its filter in a kernel (3, 3, channels, 1)."""
    x, kernel = x.astype("float32"), kernel.astype("float32")
    return np.asarray(keras.ops.depthwise_conv(x, kernel, strides, "same"))


def _compute_separable(x, depthwise, pointwise, strides, inner=True, outer=True, late=False):
    y = _convolve_each_channel(x, depthwise * _SCALE, 1 if late else strides)
    y = np.maximum(y, 0) if inner else y
    return _convolve(y, pointwise * _SCALE, strides=strides if late else 1, relu=outer)


def _explain_separable(model, channels, filters, expected):
    """Return the likely cause of kernels with wrong shapes."""
    shapes = [kernel.shape for kernel in _find_kernels(model, expected)]
    if shapes == [(3, 3, channels, filters)]:
        return "Did you use an ordinary convolution? Use a depthwise and a pointwise one."
    if shapes[:1] in ([(3, 3, channels, filters)], [(3, 3, channels, channels)]):
        return "Did you mix channels in the first step? A depthwise filter sees one channel."
    if shapes == [(1, 1, channels, filters), (3, 3, filters, 1)]:
        return "Did you begin with the pointwise convolution? Put the depthwise one first."
    return ""


def _check_separable(rng, channels, filters, strides):
    setting = f"`separable(x, {filters}, {strides})`, for x with {channels} channels,"
    model = _build(separable, setting, (7, 6, channels), filters, strides)
    expected = [(3, 3, channels, 1), (1, 1, channels, filters)]
    hint = _explain_separable(model, channels, filters, expected)
    kernels = _take_kernels(model, expected, setting, hint)
    kernels.sort(key=lambda kernel: kernel.shape[0], reverse=True)
    _check_normalised(model, channels + filters, setting)
    _check_biases(model, 2 * (channels + filters), setting)
    x = rng.normal(size=(3, 7, 6, channels)).astype("float32")

    def compute(**change):
        return _compute_separable(x, *kernels, strides, **change)

    changes = {
        "Did you forget the ReLU between the two steps?": {"inner": False},
        "Did you forget the ReLU at the end?": {"outer": False},
        "Did you forget both ReLUs?": {"inner": False, "outer": False},
        "Did you put the stride into the pointwise step? The depthwise one has it.": {"late": True},
    }
    _check_maps(model(x), compute, setting, changes)


def _check_biases(model, expected, name):
    """Check the number of trainable values that are not in kernels."""
    vectors = sum(_count_elements(w.shape) for w in model.trainable_weights if len(w.shape) == 1)
    assert vectors == expected, (
        f"{name} has {vectors} biases and parameters of batch normalisation; expected {expected}. "
        "Did you set `use_bias=False`? The normalisation would remove the bias."
    )


def _count_weights(layer, channels):
    layer.build((None, None, None, channels))
    return layer.count_params()


def _check_cost_ratio(k, filters, channels=5):
    depthwise = keras.layers.DepthwiseConv2D(k, use_bias=False)
    ordinary, pointwise = (keras.layers.Conv2D(filters, n, use_bias=False) for n in (k, 1))
    layers = depthwise, pointwise, ordinary
    first, second, whole = (_count_weights(layer, channels) for layer in layers)
    right = (first + second) / whole
    mistakes = {
        "Did you invert the ratio? Divide by the cost of the ordinary convolution.": 1 / right,
        "Did you use k instead of k²? A filter of k × k has k² weights.": (first + k * second)
        / whole,
        "Did you forget the depthwise step?": second / whole,
        "Did you forget the pointwise step?": first / whole,
    }
    name = f"`cost_ratio({k}, {filters})`"
    _testing.near(cost_ratio(k, filters), right, name, rtol=1e-3, mistakes=mistakes)


def _list_mobilenet_shapes(widths, classes):
    shapes = [(3, 3, 3, widths[0])]
    for inputs, outputs in zip(widths, widths[1:], strict=False):
        shapes += [(3, 3, inputs, 1), (1, 1, inputs, outputs)]
    return [*shapes, (widths[-1], classes)]


def _explain_widths(found, alpha, classes):
    """Return the likely cause of kernels with wrong shapes in `small_mobilenet`."""
    filters = np.array([16, 32, 32, 64, 64])
    exact = alpha * filters
    ways = {
        "Did you cut off the decimals? Round to the nearest integer.": np.floor(exact),
        "Did you round up? Round to the nearest integer.": np.ceil(exact),
        "Did you round to multiples of 8? Round to the nearest integer.": np.maximum(
            8 * np.round(exact / 8), 8
        ),
        "Did you ignore `alpha`?": filters,
    }
    for number in range(5):
        some = np.round(exact)
        some[number] = filters[number]
        hint = (
            f"Did you multiply every number of filters by alpha, also that of layer {number + 1}?"
        )
        ways[hint] = some
    for hint, widths in ways.items():
        widths = [int(width) for width in widths]
        if sorted(found) == sorted(_list_mobilenet_shapes(widths, classes)):
            return hint
    scaled = _list_mobilenet_shapes(np.round(exact).astype(int).tolist(), round(alpha * classes))
    if sorted(found) == sorted(scaled):
        return "Did you multiply the number of classes by alpha? It stays the same."
    return "Did you use global average pooling, and multiply every number of filters by alpha?"


def _compute_mobilenet(x, kernels, strides=(2, 1, 2, 1), take=np.mean, stem=True, end=lambda y: y):
    y = _convolve(x, kernels[0] * _SCALE, relu=stem)
    for number, stride in enumerate(strides):
        y = _compute_separable(y, *kernels[2 * number + 1 : 2 * number + 3], stride)
    return end(take(y, axis=(1, 2)) @ kernels[-1])


def _check_small_mobilenet(rng, alpha, classes):
    name = f"`small_mobilenet(x, {alpha}, {classes})`"
    model = _build(small_mobilenet, name, (12, 10, 3), alpha, classes)
    widths = [round(alpha * filters) for filters in (16, 32, 32, 64, 64)]
    expected = _list_mobilenet_shapes(widths, classes)
    found = [kernel.shape for kernel in _find_kernels(model, expected)]
    kernels = _take_kernels(model, expected, name, _explain_widths(found, alpha, classes))
    _check_normalised(model, sum(widths) + sum(widths[:-1]), name)
    x = rng.normal(size=(4, 12, 10, 3)).astype("float32")
    changes = {
        "Did you use global max-pooling? Take the mean of each map.": {"take": np.max},
        "Did you add a softmax? Return logits.": {"end": _softmax},
        "Did you forget the strides?": {"strides": (1, 1, 1, 1)},
        "Did you put the stride into the second block of each pair?": {"strides": (1, 2, 1, 2)},
        "Did you forget the ReLU after the first convolution?": {"stem": False},
    }

    def compute(**change):
        return _compute_mobilenet(x, kernels, **change)

    given = np.asarray(model(x))
    if given.shape == (4, 1, 1, classes):  # the pooling kept the axes of the image
        given = given[:, 0, 0]
    _check_maps(given, compute, f"The output of {name}", changes)


_check_separable(np.random.default_rng(0), 4, 6, 1)
_check_separable(np.random.default_rng(0), 4, 6, 2)
_check_cost_ratio(3, 64)
_check_small_mobilenet(np.random.default_rng(0), 1.0, 4)
_check_small_mobilenet(np.random.default_rng(0), 0.3, 4)


### BEGIN HIDDEN TESTS
def _check_separable_hidden(rng):
    _check_separable(rng, int(rng.integers(2, 5)), int(rng.integers(5, 8)), 2)
    for _ in range(5):
        _check_cost_ratio(*rng.integers(2, 9, 2).tolist())
    for alpha in (0.25, float(rng.choice(_ALPHAS))):
        _check_small_mobilenet(rng, alpha, 5)


_check_separable_hidden(np.random.default_rng(_testing.hidden_seed()))
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
# **Inception-ResNet** (Szegedy et al. 2017) combines the branches of an inception module with the
# identity shortcut. Between them, a 1 × 1 convolution restores the number of channels of the input.
# Before the sum, the output of the convolution is scaled down by a factor of 0.1 to 0.3. Otherwise
# deep networks of this kind became unstable (§3.3).
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
        y = keras.layers.BatchNormalization()(y)
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

from course_lib import testing as _testing


def _compute_xception(x, kernels, first=True, between=False, added=True, last=False):
    y = x
    for depthwise, pointwise in zip(kernels[::2], kernels[1::2], strict=True):
        y = _convolve_each_channel(np.maximum(y, 0) if first else y, depthwise, 1)
        y = _convolve(np.maximum(y, 0) if between else y, pointwise, relu=not first) * _SCALE
    y = y + x if added else y
    return np.maximum(y, 0) if last else y


def _check_xception_block(rng, channels):
    name = f"`xception_block(x)`, for x with {channels} channels,"
    model = _build(xception_block, name, (6, 7, channels))
    expected = [(3, 3, channels, 1), (1, 1, channels, channels)] * 3
    found = [kernel.shape for kernel in _find_kernels(model, expected)]
    hint = "Did you use ordinary convolutions?" if (3, 3, channels, channels) in found else ""
    kernels = _take_kernels(model, expected, name, hint)
    _check_normalised(model, 3 * channels, name, "Normalise once after each separable convolution.")
    _check_biases(model, 6 * channels, name)
    x = rng.normal(size=(3, 6, 7, channels)).astype("float32")

    def compute(**change):
        return _compute_xception(x, kernels, **change)

    changes = {
        "Did you put the ReLU after each convolution? Put it before.": {"first": False},
        "Did you put a ReLU between the depthwise and the pointwise step?": {"between": True},
        "Did you forget to add the input?": {"added": False},
        "Did you put a ReLU after the sum? Leave it out.": {"last": True},
    }
    _check_maps(model(x), compute, name, changes)


def _compute_inception_resnet(x, branches, last, scale, change):
    ends = []
    for branch in branches:
        y = x
        for kernel in branch:
            y = _convolve(y, kernel * _SCALE, relu=change.get("inner", True))
        ends.append(y)
    y = _convolve(np.concatenate(ends, axis=-1), last, relu=change.get("relu", False))
    y = change.get("input", 1.0) * x + change.get("scale", scale) * y
    return np.maximum(y, 0) if change.get("outer", True) else y


def _check_inception_resnet_block(rng, channels, branches, scale):
    name = f"`inception_resnet_block(x, {branches}, {scale:g})`, for x with {channels} channels,"
    settings = {"hint": "Does every branch keep the height and the width?"}
    if scale == 0.2:
        model = _build(inception_resnet_block, name, (6, 7, channels), branches, **settings)
    else:
        model = _build(inception_resnet_block, name, (6, 7, channels), branches, scale, **settings)
    shapes = []
    for branch in branches:
        inputs = [channels, *(filters for filters, _ in branch)]
        steps = zip(branch, inputs, strict=False)
        shapes.append([(size, size, before, filters) for (filters, size), before in steps])
    last = (1, 1, sum(branch[-1][0] for branch in branches), channels)
    expected = [shape for branch in shapes for shape in branch] + [last]
    kernels = {kernel.shape: kernel for kernel in _take_kernels(model, expected, name)}
    maps = sum(filters for branch in branches for filters, _ in branch)
    hint = "Did you use `conv` in the branches, and an ordinary `Conv2D` after them?"
    _check_normalised(model, maps, name, hint)
    vectors = [np.asarray(w) for w in model.trainable_weights if len(w.shape) == 1]
    biases = sum(map(len, vectors)) - 2 * maps
    assert biases == channels, (
        f"{name} has {biases} biases; expected {channels}. Only the last 1 × 1 convolution has a "
        "bias."
    )
    x = rng.normal(size=(3, 6, 7, channels)).astype("float32")
    parts = [[kernels[shape] for shape in branch] for branch in shapes]

    def compute(**change):
        return _compute_inception_resnet(x, parts, kernels[last], scale, change)

    changes = {
        "Did you forget to scale the convolution's output?": {"scale": 1.0},
        "Did you use 0.2 in place of `scale`?": {"scale": 0.2},
        "Did you scale the input, too? Scale only the convolution's output.": {"input": scale},
        "Did you scale the input in place of the convolution's output?": {
            "input": scale,
            "scale": 1.0,
        },
        "Did you forget the ReLU after the sum?": {"outer": False},
        "Did you forget to add the input?": {"input": 0.0},
        "Did you put the ReLU before the sum? Put it after.": {"relu": True, "outer": False},
        "Did you give the last 1 × 1 convolution an activation?": {"relu": True},
        "Did you forget the ReLU in the branches?": {"inner": False},
    }
    _check_maps(model(x), compute, name, changes)


_check_xception_block(np.random.default_rng(0), 4)
_check_inception_resnet_block(np.random.default_rng(0), 4, [[(2, 1)], [(3, 1), (5, 3)]], 0.2)
_check_inception_resnet_block(np.random.default_rng(0), 4, [[(2, 1)], [(3, 1), (5, 3)]], 0.5)


### BEGIN HIDDEN TESTS
def _check_compositions(rng):
    _check_xception_block(rng, int(rng.integers(3, 7)))
    branches = [[(2, 1)], [(3, 1), (4, 3)], [(6, 1), (7, 3), (8, 5)]]
    _check_inception_resnet_block(rng, 5, branches, round(float(rng.uniform(0.3, 0.7)), 3))


_check_compositions(np.random.default_rng(_testing.hidden_seed()))
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
# networks. Note that each point is *one* training run of a network that was made small.
#
# In the quick profile the chart shows which networks *begin* to learn fastest, not which are best:
# fifty steps are very few. In three runs with other seeds, GoogLeNet and VGG were ahead, with means
# of 70 to 72 %. All others followed with 60 to 66 %. Within each of these groups, the order changed
# with the seed.
#
# ### Question 9 · `verdict` · in words
#
# About ten lines, with numbers from your figures and tables:
#
# 1. Compare twenty plain layers with eight, and with twenty with shortcuts: why is this not
#    overfitting? Is it a vanishing gradient? What do its norms show?
# 2. A network for a phone has to cost half as many multiply-adds as your MobileNet. Which of
#    $\alpha$ and $\rho$ would you reduce, and to about what value? What else does each of them
#    change, or not change?
# 3. Someone points at the chart and says: "So the first of these networks is better than the
#    second." Choose two neighbours on it. What would you have to do before you believe it?

# %% [markdown] written="verdict"
# ### BEGIN SOLUTION
# **A model answer.** (1) Overfitting means a low training loss with a high test loss. Here already
# the *training* loss of the plain network with 20 layers stays high (about 1.3, against 0.9 with 8
# layers): it does not learn what a smaller network learns. With identity shortcuts, the same 20
# layers reach about 1.0. The gradient does not vanish, so that is not the cause: in the plain
# network its norm grows from 0.8 at the last convolution to 5 at the first. The largest norm is
# five to eight times the smallest, in the residual network two to six times. (2) Both reduce the
# multiply-adds: $\rho$ as $\rho^2$, so 0.7 halves them; $\alpha$ as $\alpha^2$ in the pointwise
# convolutions and as $\alpha$ in the others (here a quarter of the width leaves a seventh), so it
# takes about 0.6 to 0.7. $\rho$ does not change the number of weights, $\alpha$ does. So I would
# reduce $\alpha$ if the network also has to be stored or transmitted. The chart of the two
# multipliers shows which one costs less accuracy: in mine, a quarter of the width costs 21
# percentage points and half the side 11. But with two other seeds it was 6 and 6, and 17 and
# nothing: one training run is not enough to say how much. (3) Train each network several times, with other
# seeds and other selections of images, and compare the difference with the spread; give each
# network its own learning rate and as many steps as it needs; and use more test images: with a few
# hundred, a difference of two or three per cent can be chance.
#
# **Rubric, 3 points.**
#
# - 1 point: it is the training loss, with numbers; and the norms of the gradient differ much more
#   across the plain network, but do not vanish. Half for one of the two.
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
