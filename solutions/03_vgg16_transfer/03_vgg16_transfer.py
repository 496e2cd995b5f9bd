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
# # VGG, and how to stand on its shoulders
#
# In 2014, two researchers in Oxford asked a simple question. How far can you get with nothing but 3 × 3
# convolutions, if you stack enough of them? Far enough: their network, VGG, is still in use today. It is used
# less for the task that it was trained on than as a source of features for other tasks. In this lab you build
# VGG from the table in the paper. Then you take a network that somebody else has trained, cut off its top, and
# teach it a new task with about ten images per class.
#
# **You will learn** to
#
# - read an architecture from a table, write it as a list, and count its parameters before you build it;
# - preprocess images for a pre-trained network, and decode its predictions;
# - use a network as a feature extractor, and compute the features only once;
# - decide which layers to keep, freeze, discard or train from scratch, in each of the four cases;
# - fine-tune a network without destroying what it has learned.
#
# **You need** Lab 02: convolutions, pooling, batch normalisation and dropout; and the Functional API of Keras
# from Lab 01.
#
# **Running time**, not counting the import of TensorFlow:
#
# | profile | default on | images, "small" and "large" | time |
# | --- | --- | --- | --- |
# | quick | a CPU | 96 and 240 | 10–20 s on 2 cores |
# | full | a GPU | 96 and 4,000; then photographs | 3–8 min on 2 cores |
#
# **The network and the images.** The weights of VGG16 take up half a gigabyte. So that this lab runs
# anywhere, it comes with a pre-trained network of its own, `small_vgg`: four blocks, half a megabyte. It
# really has been trained, on synthetic images of a hundred kinds of objects. The images of this lab are
# synthetic stand-in data, too, generated in memory. Photographs and VGG16 follow at the very end, in the full
# profile.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import time
from pathlib import Path
from tempfile import mkdtemp

import keras
import numpy as np

from course_lib import data, figures, profile, transfer

keras.utils.set_random_seed(3)
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## 1 A network as a list
#
# The paper (Simonyan & Zisserman 2015, table 1) describes five **configurations**. Each takes an image
# of 224 × 224 pixels and consists of only five kinds of layers:
#
# | in the table | meaning |
# | --- | --- |
# | `conv3-64` | a convolution with 64 filters (*kernels*) of 3 × 3, stride 1 and padding 1 (so the size stays the same), then ReLU |
# | `conv1-256` | the same with kernels of 1 × 1 and no padding: it mixes the channels of each pixel |
# | `maxpool` | 2 × 2 max-pooling with stride 2: it halves the height and the width |
# | `FC-4096` | a fully connected layer (`Dense`) with 4,096 neurons and ReLU; the first one takes the output of the last pooling, flattened to a vector |
# | `FC-1000` | the last layer: one logit for each of the thousand classes of ImageNet, a data set of 1.3 million photographs |
#
# Each configuration has **five blocks**. A block is a few convolutions and one `maxpool`. After the blocks
# follow `FC-4096`, `FC-4096` and `FC-1000`. The convolutions have 64 channels in the first block, 128 in the
# second, then 256, 512 and 512.
#
# - **A** has 1, 1, 2, 2 and 2 convolutions in its blocks, all of them `conv3`: 11 layers with weights.
# - **B** has a second `conv3` in each of the first two blocks: 13 layers.
# - **C** is B with a third convolution, `conv1`, at the end of blocks three, four and five: 16 layers.
# - **D** is C with `conv3` in place of `conv1`. This is the network known as VGG16.
# - **E** is D with a fourth `conv3` in blocks three, four and five: VGG19.
#
# (The paper also tests A-LRN: A with a normalisation across neighbouring channels. It did not help and soon
# fell out of use.)
#
# Why 3 × 3? Two such convolutions in a row see 5 × 5 pixels, and three see 7 × 7. They need fewer weights than
# one large kernel, and each has a ReLU of its own.
#
# ### Question 1 · `configurations`
#
# 1. Write B, C, D and E as lists of words, like A below.
# 2. Write `count_parameters(layers, input_shape, classes)`: it computes how many weights and biases such a
#    list has. Do not build the network: VGG16 alone would take half a gigabyte. Pooling rounds down. Use
#    `classes` in place of the number in the last word.
#
# <details><summary>Hint 1, count_parameters</summary>
#
# Go through the words and keep the shape of the image up to date: a convolution changes only the number of
# channels, `maxpool` halves height and width (`//`).
#
# </details>
#
# <details><summary>Hint 2, count_parameters</summary>
#
# A convolution with kernels of $k \times k$ has $(k^2 \cdot \text{channels} + 1)$ parameters for each of its
# filters; the 1 is the bias.
#
# </details>
#
# <details><summary>Hint 3, count_parameters</summary>
#
# The first `FC` has height · width · channels inputs. Each later one has as many inputs as its predecessor has
# neurons.
#
# </details>

# %%
A = (
    ["conv3-64", "maxpool"]
    + ["conv3-128", "maxpool"]
    + ["conv3-256", "conv3-256", "maxpool"]
    + ["conv3-512", "conv3-512", "maxpool"]
    + ["conv3-512", "conv3-512", "maxpool"]
    + ["FC-4096", "FC-4096", "FC-1000"]
)
kind, channels = A[0].split("-")  # how to split a word into its two parts
print(A[0], "=", kind, "and", channels)


# %% solution="configurations"
def count_parameters(layers, input_shape=(224, 224, 3), classes=1000):
    """Count the weights and biases of a configuration.

    Args:
        layers: List of words.
        input_shape: (height, width, channels).
        classes: Number of outputs of the last layer.

    Returns:
        An integer.
    """
    ### BEGIN SOLUTION
    height, width, channels = input_shape
    last = len(layers) - 1
    inputs, total = None, 0  # inputs of the next fully connected layer; None before the first
    for position, word in enumerate(layers):
        if word == "maxpool":
            height, width = height // 2, width // 2
            continue
        kind, outputs = word.split("-")
        outputs = classes if position == last else int(outputs)
        if kind == "FC":
            inputs = inputs or height * width * channels
            total += (inputs + 1) * outputs
            inputs = outputs
        else:
            size = int(kind[-1])
            total += (size * size * channels + 1) * outputs
            channels = outputs
    return total
    ### END SOLUTION


# Configurations B, C, D and E, as lists like A
### BEGIN SOLUTION
def configuration(blocks):
    words = []
    for channels, kernels in zip((64, 128, 256, 512, 512), blocks, strict=True):
        words += [f"conv{size}-{channels}" for size in kernels] + ["maxpool"]
    return words + ["FC-4096", "FC-4096", "FC-1000"]


B = configuration(["33", "33", "33", "33", "33"])
C = configuration(["33", "33", "331", "331", "331"])
D = configuration(["33", "33", "333", "333", "333"])
E = configuration(["33", "33", "3333", "3333", "3333"])
### END SOLUTION


# %% tests="configurations"
import numpy as np

from course_lib import testing as _testing


def _check_configuration(name, given, weights):
    assert isinstance(given, (list, tuple, np.ndarray)), (
        f"`{name}` is a {type(given).__name__}; expected a list of words."
    )
    given = [str(word) for word in given]
    found = sum(word != "maxpool" for word in given)
    assert found == weights, (
        f"`{name}` has {found} layers with weights; expected {weights}. Your list: {given}"
    )
    assert given.count("maxpool") == 5, (
        f"`{name}` contains maxpool {given.count('maxpool')} times; expected 5. Each block ends with one."
    )
    small = sum(word.startswith("conv1-") for word in given)
    assert name != "C" or small, (
        "`C` has no 1 × 1 convolutions. Use conv1 for the third convolution of a block."
    )
    assert name == "C" or not small, (
        f"`{name}` has {small} convolutions of 1 × 1; expected 0. Only C has them."
    )


def _check_count(layers, input_shape, classes, name, wanted, mistakes=None):
    """mistakes: what some mistakes return. The numbers are shown in full."""
    given = count_parameters(list(layers), input_shape, classes)
    assert given is not None, "`count_parameters` returned None. Did you forget `return`?"
    try:
        number = float(np.asarray(given).reshape(()))
    except (TypeError, ValueError):
        raise AssertionError(
            f"`count_parameters` returned a {type(given).__name__}; expected a number."
        ) from None
    if number == wanted:
        return
    hint = "Does each kernel span all channels of its input? Is the image after the last pooling of the right size?"
    for other, mistaken in (mistakes or {}).items():
        if number == mistaken:
            hint = other
            break
    raise AssertionError(
        f"`count_parameters` returned {number:,.0f} for {name} with input shape {input_shape} and {classes} "
        f"classes; expected {wanted:,}. {hint}"
    )


_NO_BIASES = "Did you leave out the biases? Each kernel and each neuron has one."


def _check_configurations():
    for name, given, weights in [("B", B, 13), ("C", C, 16), ("D", D, 16), ("E", E, 19)]:
        _check_configuration(name, given, weights)
    a = "conv3-64 maxpool conv3-128 maxpool conv3-256 conv3-256 maxpool conv3-512 conv3-512 maxpool "
    a += "conv3-512 conv3-512 maxpool FC-4096 FC-4096 FC-1000"
    _check_count(a.split(), (224, 224, 3), 1000, "A", 132_863_336, {_NO_BIASES: 132_851_392})
    small = ["conv3-4", "maxpool", "conv1-6", "maxpool", "FC-5", "FC-9"]
    _check_count(small, (7, 9, 2), 3, str(small), 189, {_NO_BIASES: 171})
    # Table 2 of the paper gives them in millions.
    exactly = {"B": 133_047_848, "C": 133_638_952, "D": 138_357_544, "E": 143_667_240}
    for name, given in [("B", B), ("C", C), ("D", D), ("E", E)]:
        hint = f"Check the convolutions of each block of `{name}` and their numbers of channels."
        found = float(count_parameters([str(word) for word in given]))
        assert found == exactly[name], (
            f"`count_parameters({name})` returned {found:,.0f}; expected {exactly[name]:,}. {hint}"
        )


### BEGIN HIDDEN TESTS
# Defined here because question 2 needs them, even if this question fails.
def _list_words(blocks):
    words = []
    for channels, kernels in zip((64, 128, 256, 512, 512), blocks, strict=True):
        words += [f"conv{size}-{channels}" for size in kernels] + ["maxpool"]
    return [*words, "FC-4096", "FC-4096", "FC-1000"]


_PAPER = {
    "A": ("3", "3", "33", "33", "33"),
    "B": ("33", "33", "33", "33", "33"),
    "C": ("33", "33", "331", "331", "331"),
    "D": ("33", "33", "333", "333", "333"),
    "E": ("33", "33", "3333", "3333", "3333"),
}


def _draw_layers(rng):
    words = []
    for _ in range(rng.integers(2, 4)):
        for _ in range(rng.integers(1, 4)):
            words.append(f"conv{rng.choice([1, 3])}-{rng.integers(2, 9)}")
        words.append("maxpool")
    return [*words, f"FC-{rng.integers(5, 20)}", f"FC-{rng.integers(5, 20)}", "FC-1000"]


### END HIDDEN TESTS
_check_configurations()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_words(name, given):
    for position, (word, expected) in enumerate(
        zip(map(str, given), _list_words(_PAPER[name]), strict=True), start=1
    ):
        assert word == expected, f"word {position} of `{name}` is {word}; expected {expected}." + (
            " The third convolutions of C are 1 × 1."
            if expected.startswith("conv1")
            else " Only C has 1 × 1 convolutions."
            if word.startswith("conv1")
            else ""
        )


def _count(layers, input_shape, classes, deep=True, round_up=False):
    """Return the number of all parameters, and the number of biases among them.

    Two mistakes: kernels that are not deep see one channel; pooling that rounds up.
    """
    *size, channels = input_shape
    total, biases, flat = 0, 0, None
    for position, word in enumerate(layers):
        if word == "maxpool":
            size = [(side + round_up) // 2 for side in size]
            continue
        kind, outputs = word.split("-")
        outputs = classes if position == len(layers) - 1 else int(outputs)
        biases += outputs
        if kind == "FC":
            flat = flat or size[0] * size[1] * channels
            total, flat = total + (flat + 1) * outputs, outputs
        else:
            total += (int(kind[-1]) ** 2 * (channels if deep else 1) + 1) * outputs
            channels = outputs
    return total, biases


def _check_drawn_count(layers, input_shape, classes, name):
    wanted, biases = _count(layers, input_shape, classes)
    last = int(layers[-1].split("-")[1])
    mistakes = {
        _NO_BIASES: wanted - biases,
        "Does each kernel span all channels of its input?": _count(
            layers, input_shape, classes, deep=False
        )[0],
        "Does pooling round down?": _count(layers, input_shape, classes, round_up=True)[0],
        "Use `classes` in place of the number in the last word.": _count(layers, input_shape, last)[
            0
        ],
    }
    _check_count(layers, input_shape, classes, name, wanted, mistakes)


def _check_configurations_hidden(rng):
    for name, given in {"B": B, "C": C, "D": D, "E": E}.items():
        _check_words(name, given)
    for name, blocks in _PAPER.items():
        _check_drawn_count(_list_words(blocks), (224, 224, 3), 1000, name)
    for height, width in ((17, 42), (31, 23), (46, 19), (28, 52)):
        layers, classes = _draw_layers(rng), int(rng.integers(2, 30))
        input_shape = height, width, int(rng.integers(1, 5))
        _check_drawn_count(layers, input_shape, classes, str(layers))


_check_configurations_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Where are the parameters of VGG16? Your function shows how many each of its 16 layers with weights adds.

# %%
so_far, by_layer = 0, {}
for number, word in enumerate(D, start=1):
    if word != "maxpool":
        # Only fully connected layers depend on the size of the image; only the last has 1,000 outputs.
        total = (
            count_parameters([*D[:number], "FC-1"], classes=0)
            if word != D[-1]
            else count_parameters(D)
        )
        by_layer[f"{len(by_layer) + 1}: {word}"] = total - so_far
        so_far = total
figures.parameters_by_layer(by_layer)

# %% [markdown]
# Three quarters of all parameters are in a single fully connected layer. The thirteen convolutions, which
# look at the image, have a tenth. Later networks do without that layer (He et al. 2016), and this lab will
# cut it off, too.
#
# ## 2 From the list to the network
#
# ### Question 2 · `vgg`
#
# Write `vgg(layers, input_shape, classes, width)`: it builds a Keras model from images to logits, for any
# such list. `width` makes the network narrower: each layer but the last has `round(width * number)` channels
# or neurons, rounded as Python's `round` does. With `width=1/16`, VGG16 fits on any laptop. The words mean
# what the table says: a convolution keeps the size, pooling halves it, and the last layer, with `classes` neurons, has no activation. (The paper
# adds dropout after the first two fully connected layers. You may add it, too: it has no weights and does
# nothing at inference.)
#
# <details><summary>Hint 1</summary>
#
# `Flatten` is needed only before the *first* `FC`. The last word is special: it has `classes` neurons, whatever
# its number and `width` say, and no ReLU.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `padding="same"` keeps the size for both kinds of convolution. `int(kind[-1])` is the kernel size of `"conv3"`
# and `"conv1"`.
#
# </details>


# %% solution="vgg"
def vgg(layers, input_shape=(224, 224, 3), classes=1000, width=1.0):
    """Build a configuration as a Keras model: (batch, *input_shape) → logits (batch, classes)."""
    ### BEGIN SOLUTION
    inputs = x = keras.Input(input_shape)
    flat = False
    for word in layers[:-1]:
        if word == "maxpool":
            x = keras.layers.MaxPooling2D(2, strides=2)(x)
            continue
        kind, number = word.split("-")
        number = round(width * int(number))
        if kind == "FC":
            if not flat:
                x, flat = keras.layers.Flatten()(x), True
            x = keras.layers.Dense(number, activation="relu")(x)
            x = keras.layers.Dropout(0.5)(x)
        else:
            x = keras.layers.Conv2D(number, int(kind[-1]), padding="same", activation="relu")(x)
    return keras.Model(inputs, keras.layers.Dense(classes)(x))
    ### END SOLUTION


# %% tests="vgg"
import warnings

import keras
import numpy as np


def _compute(network, x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns if a model takes a list of one input
        return np.asarray(keras.ops.convert_to_numpy(network(x)), dtype="float64")


def _check_model(model, name):
    assert model is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"`{name}` returned a {type(model).__name__}; expected a Keras model."
    )


def _sort_weights(weights, shapes, where, floors):
    """Return weights in the order of these shapes."""
    weights, found = list(weights), []
    given = [weight.shape for weight in weights]
    assert len(given) == len(shapes), (
        f"{where} returned a model with {len(given)} weight arrays; expected {len(shapes)}, a kernel and "
        "a bias for each layer."
    )
    for position, shape in enumerate(shapes):
        match = next((n for n, weight in enumerate(weights) if weight.shape == shape), None)
        if match is None:
            actual = given[position]
            hint = "Did you apply `round(width * number)` to every layer but the last?"
            if len(shape) == 2 and len(actual) == 2 and actual[-1] == shape[-1]:
                hint = "Does every convolution keep the size (padding), and does every pooling halve it, rounded down?"
            elif actual[-1] == floors[position] != shape[-1]:
                hint = (
                    "Did you round down? A layer has `round(width * number)` channels or neurons."
                )
            raise AssertionError(
                f"{where} returned a model whose weight array {position + 1} of {len(shapes)} has shape {actual}; "
                f"expected {shape}. {hint}"
            )
        found.append(weights.pop(match))
    return found


def _forward(layers, weights, x):
    """Compute the logits of a configuration with these weights, without Keras."""
    weights, dense = list(weights), 0
    for word in layers:
        if word == "maxpool":
            batch, height, width, channels = x.shape
            x = x[:, : height // 2 * 2, : width // 2 * 2]
            x = x.reshape(batch, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))
            continue
        kernel, bias = weights.pop(0), weights.pop(0)
        if word.startswith("FC"):
            x = x.reshape(len(x), -1) @ kernel + bias
            dense += 1
        else:
            around = (kernel.shape[0] // 2,) * 2
            x = np.pad(x, ((0, 0), around, around, (0, 0)))
            windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
            x = np.tensordot(windows, kernel, axes=[[4, 5, 3], [0, 1, 2]]) + bias
        x = np.maximum(x, 0) if weights else x
    return x


def _check_vgg(layers, input_shape, classes, width, rng, shapes, floors):
    """shapes: of kernels and biases in turn. floors: the outputs of each, if `int` stands for `round`."""
    network = vgg(list(layers), input_shape, classes, width)
    _check_model(network, "vgg")
    where = f"`vgg` with width={width:g} and input_shape={input_shape}"
    x = rng.normal(size=(8, *input_shape)).astype("float32")
    given = _compute(network, x)
    assert given.shape == (8, classes), (
        f"{where}: for 8 images, the model returned an array of shape {given.shape}; expected {(8, classes)}, one "
        "logit for each class."
    )
    weights = [np.asarray(weight) for weight in network.weights if weight.dtype != "uint32"]
    expected = _forward(layers, _sort_weights(weights, shapes, where, floors), x.astype(float))
    if np.allclose(given, expected, rtol=0, atol=1e-3 * np.abs(expected).max()):
        return
    hint = "Does each layer but the last have a ReLU? Did you use *max*-pooling?"
    if np.allclose(given.sum(axis=-1), 1, atol=1e-3) and np.all(given >= 0):
        hint = "They sum to 1, so they are probabilities. Remove the softmax from the last layer."
    elif np.all(given >= 0) and np.any(expected < 0):
        hint = "None is below 0. Does the last layer have a ReLU? Logits have no activation."
    raise AssertionError(
        f"{where} returned a model with the outputs {[float(f'{number:.3g}') for number in given[0]]} for an image; "
        f"expected {[float(f'{number:.3g}') for number in expected[0]]} with the same weights. {hint}"
    )


def _check_vgg_visible():
    # Odd sizes, because pooling rounds down; 0.3 · 36, 0.3 · 26 and 0.3 · 56 round up, 0.3 · 61 down.
    layers = ["conv3-36", "maxpool", "conv1-26", "maxpool", "FC-56", "FC-61", "FC-9"]
    shapes = [
        (3, 3, 2, 11),
        (11,),
        (1, 1, 11, 8),
        (8,),
        (64, 17),
        (17,),
        (17, 18),
        (18,),
        (18, 3),
        (3,),
    ]
    floors = [10, 10, 7, 7, 16, 16, 18, 18, 3, 3]
    _check_vgg(layers, (16, 11, 2), 3, 0.3, np.random.default_rng(0), shapes, floors)


_check_vgg_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _list_shapes(layers, input_shape, classes, width, rounding):
    """Return the shapes of kernels and biases, one after the other."""
    *size, channels = input_shape
    shapes, flat = [], None
    for position, word in enumerate(layers):
        if word == "maxpool":
            size = [side // 2 for side in size]
            continue
        kind, number = word.split("-")
        number = classes if position == len(layers) - 1 else rounding(width * int(number))
        if kind == "FC":
            shapes += [(flat or size[0] * size[1] * channels, number), (number,)]
            flat = number
        else:
            shapes += [(int(kind[-1]), int(kind[-1]), channels, number), (number,)]
            channels = number
    return shapes


def _check_by_list(layers, input_shape, classes, width, rng):
    shapes, lower = (_list_shapes(layers, input_shape, classes, width, how) for how in (round, int))
    floors = [shape[-1] for shape in lower]
    _check_vgg(layers, input_shape, classes, width, rng, shapes, floors)


def _check_vgg_hidden(rng):
    _check_by_list(_list_words(_PAPER["A"]), (64, 64, 3), 10, 1 / 32, rng)
    _check_by_list(_list_words(_PAPER["C"]), (32, 32, 3), 7, 1 / 32, rng)
    # For 0.35, int, round and ceil differ; no product ends in 0.5.
    for numbers in ([25, 29, 26, 28], [32, 31, 48, 23]):
        a, b, c, d = rng.permutation(numbers)
        layers = [f"conv3-{a}", f"conv1-{b}", "maxpool", f"conv3-{c}", "maxpool", f"FC-{d}", "FC-5"]
        _check_by_list(layers, (9, 14, 3), int(rng.integers(3, 9)), 0.35, rng)


_check_vgg_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Preprocess the images and decode the predictions
#
# A pre-trained network expects images in the form in which it saw them during training. The authors of VGG
# subtracted the average colour of ImageNet from each pixel, and their software, Caffe, stored the channels in
# the order blue, green, red. The weights still expect this:
#
# 1. reverse the channels from red, green, blue to **blue, green, red**;
# 2. subtract 103.939 from blue, 116.779 from green and 123.68 from red.
#
# At the other end, after a softmax, the network returns one probability for each class, in the order in which
# *its* authors numbered the classes.
#
# ### Question 3 · `preprocess`
#
# 1. Write `preprocess_input(images)` yourself.
# 2. Write `decode_predictions(probabilities, names, top)`. Each row of `probabilities` belongs to one image. For
#    each row it returns a list of the `top` most probable classes, the most probable first. Each class is a pair
#    `(name, probability)`. The name of class `k` is `names[k]`.


# %% solution="preprocess"
def preprocess_input(images):
    """Turn RGB pixels (batch, height, width, 3), 0 … 255, into inputs for VGG: float32, same shape."""
    ### BEGIN SOLUTION
    mean = np.array([103.939, 116.779, 123.68], "float32")
    return images[..., ::-1].astype("float32") - mean
    ### END SOLUTION


def decode_predictions(probabilities, names, top=3):
    """Return, for each row of probabilities (batch, classes), `top` pairs (name, probability)."""
    ### BEGIN SOLUTION
    return [
        [(names[k], float(row[k])) for k in np.argsort(-row)[:top]]
        for row in np.asarray(probabilities)
    ]
    ### END SOLUTION


# %% tests="preprocess"
import numpy as np


def _check_preprocess(images, wanted, mistaken):
    """mistaken: what each mistake makes of the images."""
    _testing.near(
        preprocess_input(images.copy()), wanted, f"`preprocess_input(images)`, for {images.dtype} images,",
        mistakes=mistaken, rtol=1e-3, atol=1e-2,
    )  # fmt: skip


def _check_decode(probabilities, names, top, wanted):
    given = decode_predictions(probabilities.copy(), list(names), top)
    assert given is not None, "`decode_predictions` returned None. Did you forget `return`?"
    assert isinstance(given, (list, tuple, np.ndarray)) and len(given) == len(probabilities), (
        f"`decode_predictions` returned {given!r:.200}; expected {len(probabilities)} lists, one for each image."
    )
    for found, expected in zip(given, wanted, strict=True):
        try:
            pairs = [(str(name), float(p)) for name, p in found]
        except (TypeError, ValueError):
            raise AssertionError(
                f"`decode_predictions` returned {found!r:.200} for an image; expected {top} pairs (name, probability)."
            ) from None
        assert len(pairs) == top, (
            f"`decode_predictions` with top={top} returned {len(pairs)} classes for an image; expected {top}."
        )
        names_right = [name for name, _ in pairs] == [name for name, _ in expected]
        if names_right and np.allclose([p for _, p in pairs], [p for _, p in expected], atol=1e-5):
            continue
        shares = [p for _, p in pairs]
        hint = "Is the name of class `k` `names[k]`?"
        if shares != sorted(shares, reverse=True):
            hint = "The most probable class comes first."
        raise AssertionError(f"`decode_predictions` returned {pairs}; expected {expected}. {hint}")


_HINTS = {
    "not reversed": "Did you keep the order red, green, blue? Reverse the channels before you subtract.",
    "nothing reversed": "Did you keep the order red, green, blue? Reverse the channels and the means.",
    "means reversed": "Did you subtract the means in the wrong order? They belong to blue, green, red.",
    "no mean": "Did you subtract the means?",
    "rows reversed": "Did you turn the image upside down? Reverse the last axis, the channels, instead.",
    "columns reversed": "Did you mirror the image? Reverse the last axis, the channels, instead.",
    "batch reversed": "Did you reverse the order of the images? Reverse the last axis, the channels, instead.",
    "scaled": "Did you scale the pixels? VGG only subtracts the means.",
    "scaled later": "Did you divide by 255 after subtracting? VGG only subtracts the means.",
    "wrapped": "Did you subtract from uint8, which has no negative numbers? Turn the pixels into floats first.",
}


def _check_preprocess_visible():
    _check_preprocess(
        np.array([[[[255, 0, 0], [10, 20, 30]], [[0, 0, 200], [7, 7, 7]]]], "uint8"),
        np.array(
            [
                [[-103.939, -116.779, 131.32], [-73.939, -96.779, -113.68]],
                [[96.061, -116.779, -123.68], [-96.939, -109.779, -116.68]],
            ]
        )[None],
        {
            _HINTS["not reversed"]: [[
                [[151.061, -116.779, -123.68], [-93.939, -96.779, -93.68]],
                [[-103.939, -116.779, 76.32], [-96.939, -109.779, -116.68]],
            ]],
            _HINTS["nothing reversed"]: [[
                [[131.32, -116.779, -103.939], [-113.68, -96.779, -73.939]],
                [[-123.68, -116.779, 96.061], [-116.68, -109.779, -96.939]],
            ]],
            _HINTS["means reversed"]: [[
                [[-123.68, -116.779, 151.061], [-93.68, -96.779, -93.939]],
                [[76.32, -116.779, -103.939], [-116.68, -109.779, -96.939]],
            ]],
            _HINTS["no mean"]: [[
                [[0, 0, 255], [30, 20, 10]],
                [[200, 0, 0], [7, 7, 7]],
            ]],
            _HINTS["rows reversed"]: [[
                [[-103.939, -116.779, 76.32], [-96.939, -109.779, -116.68]],
                [[151.061, -116.779, -123.68], [-93.939, -96.779, -93.68]],
            ]],
            _HINTS["columns reversed"]: [[
                [[-93.939, -96.779, -93.68], [151.061, -116.779, -123.68]],
                [[-96.939, -109.779, -116.68], [-103.939, -116.779, 76.32]],
            ]],
            _HINTS["scaled"]: [[
                [[-103.939, -116.779, -122.68], [-103.821, -116.701, -123.641]],
                [[-103.155, -116.779, -123.68], [-103.912, -116.752, -123.653]],
            ]],
        },
    )  # fmt: skip
    _check_decode(
        np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]]), ["ant", "bee", "crab"], 2,
        [[("bee", 0.6), ("crab", 0.3)], [("ant", 0.5), ("crab", 0.3)]],
    )  # fmt: skip


_check_preprocess_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_random_images(images):
    mean, rgb = np.array([103.939, 116.779, 123.68]), images.astype(float)
    wrong = {
        "not reversed": rgb - mean,
        "nothing reversed": rgb - mean[::-1],
        "means reversed": rgb[..., ::-1] - mean[::-1],
        "no mean": rgb[..., ::-1],
        "rows reversed": rgb[:, ::-1] - mean,
        "columns reversed": rgb[:, :, ::-1] - mean,
        "batch reversed": rgb[::-1] - mean,
        "scaled": rgb[..., ::-1] / 255 - mean,
        "scaled later": (rgb[..., ::-1] - mean) / 255,
        "wrapped": (rgb[..., ::-1] - np.round(mean)) % 256,
    }
    mistaken = {_HINTS[mistake]: given for mistake, given in wrong.items()}
    _check_preprocess(images, rgb[..., ::-1] - mean, mistaken)


def _check_preprocess_hidden(rng):
    _check_random_images(rng.integers(0, 256, (4, 5, 6, 3)).astype("uint8"))
    _check_random_images(rng.uniform(0, 255, (3, 5, 6, 3)).astype("float32"))
    names = [f"kind {number}" for number in rng.permutation(12)]
    probabilities = np.stack([rng.permutation(np.arange(1, 13)) / 78 for _ in range(9)])
    for top in (4, 1):
        wanted = [
            [(names[k], float(row[k])) for k in np.argsort(-row)[:top]] for row in probabilities
        ]
        _check_decode(probabilities, names, top, wanted)


_check_preprocess_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# `small_vgg` expects the same preprocessing as VGG. With its *top*, the last layer, it classifies its hundred
# kinds of objects. Here it sees new images of those kinds: first preprocessed, then unprocessed.

# %%
from course_lib.data import cifar100  # its synthetic stand-in data, not the photographs

kinds = data.class_names("cifar100")
_, (images, numbers) = cifar100.stand_in(1, 300, seed=1)
classifier = transfer.backbone("small_vgg", include_top=True)
for text, prepared in [("preprocessed", preprocess_input(images)), ("unprocessed", images)]:
    probabilities = keras.ops.convert_to_numpy(classifier(prepared))
    print(f"{text}: {np.mean(probabilities.argmax(axis=-1) == numbers.ravel()):.0%} correct")

(objects, _), _ = transfer.target_task("objects", train=10, test=1)
answers = decode_predictions(
    keras.ops.convert_to_numpy(classifier(preprocess_input(objects))), kinds, 1
)
figures.image_grid(
    objects,
    [f"{answer[0][0]}\n{answer[0][1]:.0%}".replace("_", " ") for answer in answers],
    "The network has never seen these ten kinds of objects: it names each after one that it knows",
    columns=5,
)

# %% [markdown]
# A network does not complain about the wrong preprocessing. It only becomes less accurate. And when it sees
# something new, it cannot say "I don't know this".
#
# ## 4 Features
#
# The final predictions are useless for a new task. But just before the top, the network has a few hundred
# numbers for each image, which hold much of what matters in it: its **features**. Cut off the top, and the
# rest, the **backbone**, turns images into features. You will use them for two tasks:
#
# - **objects**: ten kinds of objects, in the style of those that the network has learned, but none that it
#   has seen. A *similar* task.
# - **digits**: handwritten digits. A *different* task.
#
# A backbone that is no longer trained always returns the same features for the same image. So compute them
# once and save them to disk, under a key that depends on *everything* that they depend on. If the key leaves
# anything out, sooner or later you will load features that belong to something else, and no error message
# will tell you.
#
# ### Question 4 · `features`
#
# 1. Write `feature_extractor(layer)`: it returns a model from the inputs of a new
#    `transfer.backbone("small_vgg")` to the outputs of the layer with that name. The outputs are flattened to
#    one row of numbers for each image. (The blocks end at `"block1_pool"` … `"block4_pool"`. A model has `input`
#    and `get_layer(name)`; a layer has `output`.)
# 2. Write `cache_key(model, images, preprocessing)`: it returns a string. The string is the same whenever the
#    model's weights, the images and the name of the preprocessing are the same. It is also the same tomorrow,
#    and for another model with the same weights (whose layers Keras gives other names). It is different if any
#    of them differs, even in a single number or in the order of the images.
#
# `hashlib.sha256(some_bytes).hexdigest()` turns many bytes into a short string; other bytes give another
# string. Get the bytes of an array with `array.tobytes()`, and those of a string with `text.encode()`. Do not
# use Python's built-in `hash`: for strings it differs from process to process, so tomorrow you would not find
# your features.
#
# <details><summary>Hint 1, feature_extractor</summary>
#
# As in Lab 01: call a `Flatten` layer with the output of the layer, and build a `keras.Model` from the
# backbone's input to the result.
#
# </details>
#
# <details><summary>Hint 2, cache_key</summary>
#
# A hash object takes bytes piece by piece: `key = hashlib.sha256()`, then `key.update(…)` for each piece, and
# `key.hexdigest()` at the end. `model.get_weights()` is a list of arrays.
#
# </details>
#
# <details><summary>Hint 3, cache_key</summary>
#
# `tobytes()` does not say which shape and dtype the array had. Arrays that differ only in these should have
# different keys, so add both as a string.
#
# </details>


# %% solution="features"
import hashlib


def feature_extractor(layer):
    """Build a Keras model: preprocessed images (batch, 32, 32, 3) → features (batch, n)."""
    ### BEGIN SOLUTION
    backbone = transfer.backbone("small_vgg")
    features = keras.layers.Flatten()(backbone.get_layer(layer).output)
    return keras.Model(backbone.input, features)
    ### END SOLUTION


def cache_key(model, images, preprocessing):
    """Return a string that identifies these features.

    Args:
        model: Keras model.
        images: Array of images.
        preprocessing: Name of the preprocessing, for example "vgg".
    """
    ### BEGIN SOLUTION
    key = hashlib.sha256(preprocessing.encode())
    for array in [*model.get_weights(), images]:
        key.update(f"{array.shape} {array.dtype}".encode())
        key.update(array.tobytes())
    return key.hexdigest()
    ### END SOLUTION


# %% tests="features"
import keras
import numpy as np

from course_lib import transfer


def _check_extractor(layer, images, length, columns, wanted, others=None):
    """wanted: the features in these columns. others: what some mistakes return."""
    inputs = transfer.preprocess_input("small_vgg")(images)
    model = feature_extractor(layer)
    _check_model(model, "feature_extractor")
    given = _compute(model, inputs)
    shape, name = (len(images), length), f"The model from `feature_extractor({layer!r})`"
    assert given.shape == shape, (
        f"{name} returned an array of shape {given.shape}; expected {shape}, one row for each image. Does it end at "
        "that layer, and does it flatten?"
    )
    hint = "Does it have the pre-trained weights, and does it end at that layer?"
    for other, mistaken in (others or {}).items():
        if np.allclose(given[:, columns], mistaken, rtol=1e-3, atol=1e-3):
            hint = other
    assert np.allclose(given[:, columns], wanted, rtol=1e-3, atol=1e-3), (
        f"{name} returned features that differ from those of the pre-trained network. {hint}"
    )


def _make_small_model(values):
    layers = [keras.layers.Dense(400), keras.layers.Dense(2)]  # too many weights to print in full
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.set_weights(values)
    return model


def _find_changes(images, rng):
    """Yield images that differ from the given ones in one thing, and a name of the change."""
    for number in range(len(images)):
        one_pixel = images.copy()
        # Not at a border: an array that is printed shows only its borders.
        one_pixel[number, rng.integers(8, 24), rng.integers(8, 24), rng.integers(3)] ^= 1
        yield one_pixel, f"one pixel of image {number} changed"
    yield images[::-1].copy(), "the images were reversed"
    swapped = images.copy()
    swapped[1], swapped[2] = images[2], images[1]
    yield swapped, "two images were swapped"
    yield images[:-1].copy(), "the last image was removed"
    yield images[:, :, ::-1].copy(), "the images were mirrored"


def _check_key(rng):
    values = [
        rng.normal(size=shape).astype("float32") for shape in ((4, 400), (400,), (400, 2), (2,))
    ]
    model, images = _make_small_model(values), rng.integers(0, 256, (4, 32, 32, 3)).astype("uint8")
    key = cache_key(model, images.copy(), "vgg")
    assert key is not None, "`cache_key` returned None. Did you forget `return`?"
    assert isinstance(key, str) and key, (
        f"`cache_key` returned {key!r:.100}; expected a non-empty string."
    )
    keys = [key]

    def is_same(model, images, preprocessing):
        keys.append(cache_key(model, images.copy(), preprocessing))
        return keys[-1] == key

    assert is_same(model, images, "vgg"), (
        "`cache_key` returned two different keys for the same model, images and preprocessing, so you "
        "would never find the features again. Does the key depend on an id or a random number?"
    )
    assert is_same(_make_small_model(values), images, "vgg"), (
        "`cache_key` returned another key for another model with the same weights, so tomorrow you would not find the "
        "features again. Does the key depend on the names of layers? Keras counts them up."
    )
    for others, change in _find_changes(images, rng):
        assert not is_same(model, others, "vgg"), (
            f"`cache_key` returned the same key after {change}, so you would load the features of other "
            "images. Does the key depend on every pixel and on the order?"
        )
    assert not is_same(model, images, "none"), (
        "`cache_key` returned the same key for another preprocessing. Does the key depend on "
        "`preprocessing`?"
    )
    for number, value in enumerate(values):
        changed = [weights.copy() for weights in values]
        changed[number].flat[int(0.6 * value.size)] += 0.001
        assert not is_same(_make_small_model(changed), images, "vgg"), (
            f"`cache_key` returned the same key after a number in weight array {number + 1} of "
            f"{len(values)} changed, so after training you would load the old features. Does the key "
            "depend on every weight?"
        )
    changed = [values[0][[1, 0, 2, 3]], *values[1:]]
    assert not is_same(_make_small_model(changed), images, "vgg"), (
        "`cache_key` returned the same key after two rows of weights were swapped. Does the key depend on "
        "their order?"
    )
    # Half of Python's hashes are negative; the digests of hashlib never are.
    assert not any(each.startswith("-") for each in keys), (
        "`cache_key` returned a negative number as the key. Did you use Python's built-in `hash`? For strings and bytes "
        "it differs from process to process: use hashlib."
    )


_check_extractor(
    "block4_pool",
    (np.arange(2 * 32 * 32 * 3) % 251).reshape(2, 32, 32, 3).astype("uint8"),
    length=512,
    columns=[0, 115, 218, 314, 421, 508],
    wanted=[
        [5.2945, 3.0121, 4.2010, 10.2201, 4.1978, 15.3533],
        [4.9063, 2.7715, 4.8517, 11.0516, 4.7731, 14.4420],
    ],
)
_check_key(np.random.default_rng(1))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_features_hidden(rng):
    images = rng.integers(0, 256, (3, 32, 32, 3)).astype("uint8")
    inputs, whole = transfer.preprocess_input("small_vgg")(images), transfer.backbone("small_vgg")
    layers = ("block2_pool", "block3_conv2", "block4_pool")
    ends = keras.Model(whole.input, [whole.get_layer(layer).output for layer in layers])
    for layer, output in zip(layers, ends(inputs), strict=True):
        wanted = keras.ops.convert_to_numpy(output)
        others = {
            "Did you mix up the order of the features? Flatten the outputs as they are.": wanted.transpose(
                0, 3, 1, 2
            ).reshape(len(images), -1),
        }
        wanted = wanted.reshape(len(images), -1)
        _check_extractor(layer, images, wanted.shape[1], slice(None), wanted, others)
    _check_key(rng)


_check_features_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
cache_folder = Path(mkdtemp())


def get_features(model, images):
    """Return the features of images: computed on the first call, then loaded from disk."""
    path = cache_folder / f"{cache_key(model, images, 'vgg')}.npy"
    if not path.exists():
        np.save(path, model(preprocess_input(images)))
    return np.load(path)


(many, _), _ = transfer.target_task("objects", train=500, test=1)
extractor = feature_extractor("block4_pool")
for use in ("first", "second"):
    began = time.perf_counter()
    shape = get_features(extractor, many).shape
    print(f"{use} use: {1000 * (time.perf_counter() - began):6.1f} ms for features {shape}")

# %% [markdown]
# `transfer.extract_features` from the course library does the same, for any model and preprocessing. Its key
# also contains the architecture of the model.
#
# ## 5 A new head
#
# What is missing is a **head**: a layer from the features to the new classes. One fully connected layer is
# enough. It has so few weights that a hundred images can train it. It never looks at a pixel, so training
# takes about a second.
#
# ### Question 5 · `head`
#
# Write `train_head(features, labels, classes)`: build a model from features `(batch, n)` to logits
# `(batch, classes)` with one `Dense` layer and no softmax, compile and train it, and return it. `labels` are
# integers. After training on 120 images of ten kinds of objects, it must classify at least **90 %** of these
# images and **55 %** of unseen images correctly. Make sure that there are enough updates: 120 images make only
# four batches of 32. (Here Adam learns faster with a learning rate of 0.005 than with 0.001. Call
# `trace_once(model)` before `fit`: otherwise TensorFlow builds the graph of the training step twice, which takes
# longer than the training itself.)


# %% solution="head"
from course_lib.training import trace_once


def train_head(features, labels, classes):
    """Return a trained Keras model from features (batch, n) to logits (batch, classes)."""
    ### BEGIN SOLUTION
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    head.compile(
        optimizer=keras.optimizers.Adam(5e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    trace_once(head)
    head.fit(features, labels, batch_size=16, epochs=12, verbose=0)
    return head
    ### END SOLUTION


# %% tests="head"
import keras
import numpy as np

from course_lib import transfer

_FLAT = keras.Sequential([transfer.backbone("small_vgg"), keras.layers.Flatten()])


def _check_head(seed, classes):
    (x, y), (x_test, y_test) = transfer.target_task("objects", train=120, test=250, seed=seed)
    preprocess = transfer.preprocess_input("small_vgg")
    few, unseen = (
        transfer.extract_features(_FLAT, part[labels < classes], preprocess, cache=False)
        for part, labels in ((x, y), (x_test, y_test))
    )
    y, y_test = y[y < classes].astype("int64"), y_test[y_test < classes]
    head = train_head(few.copy(), y, classes)
    _check_model(head, "train_head")
    outputs = _compute(head, unseen)
    name = "The model from `train_head`"
    assert outputs.shape == (len(unseen), classes), (
        f"{name} returned an array of shape {outputs.shape}; expected {(len(unseen), classes)} for "
        f"{len(unseen)} images and {classes} classes."
    )
    weights = [np.asarray(w) for w in head.weights if w.dtype != "uint32"]
    kernels = [w for w in weights if w.shape == (few.shape[1], classes)]
    size = sum(w.size for w in weights)
    assert size == 513 * classes and len(kernels) == 1, (
        f"{name} has {size} parameters; expected {513 * classes}, those of one Dense layer from 512 features to "
        f"{classes} classes."
    )
    assert np.any(outputs < 0) or not np.allclose(outputs.sum(axis=-1), 1, atol=1e-3), (
        f"{name} returned outputs that sum to 1: they are probabilities; expected logits. Remove the softmax, and let "
        "the loss expect logits."
    )
    share = np.mean(outputs.argmax(axis=-1) == y_test)
    known = np.mean(_compute(head, few).argmax(axis=-1) == y)
    print(f"{len(few)} training images: {share:.1%} of {len(unseen)} unseen images are correct.")
    hint = "Are there enough updates? Does the loss expect logits? Do you return the trained model?"
    _testing.at_least(
        known, 0.9, "The share of training images that the model from `train_head` gets right", sd=0.004, hint=hint
    )  # fmt: skip
    _testing.at_least(
        share, 0.55, "The share of unseen images that the model from `train_head` gets right", sd=0.03, hint=hint
    )  # fmt: skip


_check_head(seed=0, classes=10)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

_check_head(seed=hidden_seed(), classes=7)
### END HIDDEN TESTS

# %% [markdown]
# At which layer should you cut? Each task gets 96 images and a head on the features of block 3 or block 4.
# `trial` trains a model, evaluates it on 300 unseen images, and restores its weights, so that the next trial
# starts from the same weights.

# %%
from course_lib.training import trial


def compile_model(model, learning_rate):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss)
    return model


extractors = {layer: feature_extractor(layer) for layer in ("block3_pool", "block4_pool")}
heads = {}
for layer, extractor in extractors.items():
    inputs = keras.Input(extractor.output_shape[1:])
    heads[layer] = compile_model(keras.Sequential([inputs, keras.layers.Dense(10)]), 5e-3)
by_depth = {}
for task in ("objects", "digits"):
    (x, y), (x_test, y_test) = transfer.target_task(task, train=96, test=300)
    by_depth[task] = {}
    for layer, extractor in extractors.items():
        known, unseen = get_features(extractor, x), get_features(extractor, x_test)
        by_depth[task][layer] = trial(heads[layer], (known, y), (unseen, y_test), epochs=24)
figures.accuracy_by_layer(by_depth)

# %% [markdown]
# For a task like the one that the network was trained on, deeper is better. For a different task, the last block
# is too specialised: it discards information that the new task needs. Then the block before is the better place
# to cut (Yosinski et al. 2014).
#
# ## 6 Four cases
#
# How much of a pre-trained network you keep depends on two things. Do you have **few images or many**? Is the
# new task **similar** to the old one or **different**? Four rules of thumb:
#
# - With few images, train as few weights as possible: a network with many trainable weights memorises them.
# - With many images, it pays to train the whole network. If the tasks are similar, the pre-trained weights
#   are a good starting point: **continue training** all of them, except for the batch normalisation, which
#   stays frozen (section 8 explains why).
# - Early layers, here up to `"block3_pool"`, detect edges and textures, which all images have. Late layers
#   detect what their own task needed.
# - With many images of a very different task, you can do without the pre-trained weights. Take the architecture
#   with all its blocks and **random** weights, and train all of it. How many images are "many"? Far more than it
#   seems. Often the pre-trained weights are still the better start, and the experiment below shows such a case.
#   So for this row a plan with pre-trained weights that are trained further is accepted, too.
#
# Whatever you keep, replace the old top by a new head: flattened features, then one `Dense` layer that
# returns logits.
#
# ### Question 6 · `four_cases`
#
# 1. Write `plan(size, similarity)`, where `size` is `"small"` or `"large"` and `similarity` is `"similar"` or
#    `"different"`. It returns three values:
#    - `keep`: which blocks to keep, `"all"` or `"early"`;
#    - `pretrained`: `True` for the pre-trained weights, `False` for random weights;
#    - `frozen`: `True` if the weights of these blocks are not trained.
# 2. Write `transfer_model(size, similarity, classes)`: it builds the network of your plan with a new head,
#    not compiled, from preprocessed images to logits `(batch, classes)`.
#
# `transfer.backbone("small_vgg", weights=None)` has random weights. A layer with `trainable = False` is
# **frozen**; `model.trainable = False` freezes all layers of a model. To find the batch normalisation layers,
# use `isinstance(layer, keras.layers.BatchNormalization)`.
#
# <details><summary>Hint 1, plan</summary>
#
# The first rule decides `frozen` for both rows with few images. The third rule decides `keep`: which blocks are
# of use to a different task?
#
# </details>
#
# <details><summary>Hint 2, transfer_model</summary>
#
# `"early"` means that the network is cut: the features are the output of `base.get_layer("block3_pool")` instead
# of `base.output`.
#
# </details>
#
# <details><summary>Hint 3, transfer_model</summary>
#
# Random weights are all trained. Pre-trained weights are either all frozen (`base.trainable = False`), or only
# their batch normalisation is: go through `base.layers`.
#
# </details>


# %% solution="four_cases"
def plan(size, similarity):
    """Return what to do with a pre-trained network: (keep, pretrained, frozen)."""
    ### BEGIN SOLUTION
    return {
        ("small", "similar"): ("all", True, True),
        ("small", "different"): ("early", True, True),
        ("large", "similar"): ("all", True, False),
        ("large", "different"): ("all", False, False),
    }[size, similarity]
    ### END SOLUTION


def transfer_model(size, similarity, classes):
    """Build the network for a new task: (batch, 32, 32, 3) → logits (batch, classes)."""
    ### BEGIN SOLUTION
    keep, pretrained, frozen = plan(size, similarity)
    base = transfer.backbone("small_vgg", weights="pretrained" if pretrained else None)
    if frozen:
        base.trainable = False
    elif pretrained:
        for layer in base.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = False
    kept = base.get_layer("block3_pool").output if keep == "early" else base.output
    features = keras.layers.Flatten()(kept)
    return keras.Model(base.input, keras.layers.Dense(classes)(features))
    ### END SOLUTION


# %% tests="four_cases"
import keras
import numpy as np

from course_lib import transfer

_KERNELS = (
    "block1_conv1",
    "block2_conv1",
    "block3_conv1",
    "block3_conv2",
    "block4_conv1",
    "block4_conv2",
)
_CASES = [
    (size, similarity) for size in ("small", "large") for similarity in ("similar", "different")
]
_pretrained_network = transfer.backbone("small_vgg")


def _get_plan(case):
    given = plan(*case)
    assert given is not None, "`plan` returned None. Did you forget `return`?"
    assert isinstance(given, (tuple, list)) and len(given) == 3, (
        f"`plan{case}` returned {given!r:.100}; expected three values: keep, pretrained and frozen."
    )
    keep, pretrained, frozen = given
    assert str(keep) in ("all", "early"), (
        f'`plan{case}` returned keep={keep!r}; expected "all" or "early".'
    )
    for name, value in (("pretrained", pretrained), ("frozen", frozen)):
        assert isinstance(value, (bool, np.bool_)) or value in (0, 1), (
            f"`plan{case}` returned {name}={value!r}; expected True or False."
        )
    return str(keep), bool(pretrained), bool(frozen)


def _check_plan(case, keep, pretrained, frozen):
    """pretrained: None where both are right."""
    given = _get_plan(case)
    assert given[0] == keep, f"`plan{case}` returned keep={given[0]!r}; expected {keep!r}. " + (
        "Late layers are specific to the old task, and there are too few images to retrain them."
        if keep == "early"
        else "All blocks are useful here."
    )
    assert given[1] == pretrained or pretrained is None, (
        f"`plan{case}` returned pretrained={given[1]}; expected {pretrained}. The pre-trained weights are a good "
        "starting point."
    )
    assert given[2] == frozen, f"`plan{case}` returned frozen={given[2]}; expected {frozen}. " + (
        "The network would memorise so few images."
        if frozen
        else "There are enough images to train these blocks."
    )
    return given


def _find_kernels(weights):
    """Return the names of the convolutions of small_vgg whose pre-trained kernels are in `weights`."""
    kernels = {name: _pretrained_network.get_layer(name).get_weights()[0] for name in _KERNELS}
    return {
        name
        for name, kernel in kernels.items()
        if any(w.shape == kernel.shape and np.allclose(w, kernel, atol=1e-6) for w in weights)
    }


def _check_kept_blocks(name, weights, classes, keep, pretrained):
    wanted = _KERNELS[:4] if keep == "early" else _KERNELS
    found = _find_kernels(weights)
    if pretrained:
        missing = [layer for layer in wanted if layer not in found]
        assert not missing, f"{name}: {missing[0]} does not have its pre-trained weights."
        extra = sorted(found - set(wanted))
        assert not extra, (
            f"{name}: the model contains {extra[0]}, a late layer. Cut the backbone at block3_pool."
        )
    else:
        kept = sorted(found)
        assert not kept, f"{name}: {kept[0]} has its pre-trained weights; expected random weights."
    convolutions = sum(weight.ndim == 4 for weight in weights)
    assert convolutions == len(wanted), (
        f"{name}: the model has {convolutions} convolutions; expected {len(wanted)}, as in small_vgg."
    )
    features = {"all": 512, "early": 1024}[keep]
    heads = [w.shape for w in weights if w.ndim == 2]
    assert heads == [(features, classes)], (
        f"{name}: the model has Dense layers with kernels of shape {heads}; expected "
        f"{[(features, classes)]}. The head is one Dense layer from the flattened features to the classes."
    )


def _check_trained_weights(name, trained, classes, keep, pretrained, frozen):
    """Check which weights the model would change in a training."""
    assert any(w.ndim == 2 for w in trained), (
        f"{name}: the new head does not learn. Is it frozen, too?"
    )
    wanted = _KERNELS[:4] if keep == "early" else _KERNELS
    if pretrained:
        learning = _find_kernels(trained)
        for layer in wanted:
            assert (layer in learning) != frozen, (
                f"{name}: {layer} {'changes' if frozen else 'does not change'} during training. "
                f"{'Freeze' if frozen else 'Do not freeze'} it."
            )
    else:
        assert sum(w.ndim == 4 for w in trained) == len(wanted), (
            f"{name}: some convolutions do not change during training. Do not freeze them."
        )


def _check_normalisation(name, trained, moved, classes, pretrained, frozen):
    """moved: whether a batch changes the moving averages."""
    learns = moved or any(w.ndim == 1 and w.shape != (classes,) for w in trained)
    if not pretrained:
        assert learns and moved, (
            f"{name}: batch normalisation does not change during training. Do not freeze it: its weights are "
            "random, so it has to learn, too."
        )
    else:
        assert not learns, f"{name}: batch normalisation changes during training. " + (
            "Freeze the whole backbone."
            if frozen
            else "Freeze its layers and train the convolutions."
        )


def _check_transfer_model(case, classes, rng, keep, pretrained, frozen):
    name = f"`transfer_model` for {case[0]} data and a {case[1]} task"
    model = transfer_model(*case, classes)
    _check_model(model, "transfer_model")
    images = rng.integers(0, 256, (4, 32, 32, 3)).astype("uint8")
    x = transfer.preprocess_input("small_vgg")(images)
    outputs = _compute(model, x)
    assert outputs.shape == (len(x), classes), (
        f"{name}: for {len(x)} images, the model returned an array of shape {outputs.shape}; expected "
        f"{(len(x), classes)}."
    )
    assert np.any(outputs < 0) or not np.allclose(outputs.sum(axis=-1), 1, atol=1e-3), (
        f"{name}: the outputs sum to 1, so they are probabilities; expected logits."
    )
    weights = [np.asarray(w) for w in model.get_weights()]
    _check_kept_blocks(name, weights, classes, keep, pretrained)
    trained = [np.asarray(w) for w in model.trainable_weights]
    _check_trained_weights(name, trained, classes, keep, pretrained, frozen)
    model(x, training=True)  # changes the moving averages, unless they are frozen
    after = model.get_weights()
    moved = not all(np.array_equal(a, b) for a, b in zip(weights, after, strict=True))
    if case != ("large", "different") or not pretrained:  # both are right there
        _check_normalisation(name, trained, moved, classes, pretrained, frozen)


def _check_four_cases(classes, rng):
    # The visible check tests one row of the plan; the hidden tests check all four. Your networks
    # have to follow your plan.
    _check_plan(("small", "similar"), "all", True, True)
    for case in _CASES:
        _check_transfer_model(case, classes, rng, *_get_plan(case))


_check_four_cases(10, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

_TABLE = {
    ("small", "similar"): ("all", True, True),
    ("small", "different"): ("early", True, True),
    ("large", "similar"): ("all", True, False),
    ("large", "different"): ("all", None, False),
}


def _check_four_cases_hidden(rng):
    plans = {case: _check_plan(case, *wanted) for case, wanted in _TABLE.items()}
    classes = int(rng.choice([3, 5, 7, 12]))
    for case, found in plans.items():
        _check_transfer_model(case, classes, rng, *found)


_check_four_cases_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
cases = [
    (size, similarity) for size in ("small", "large") for similarity in ("similar", "different")
]
figures.four_cases({case: plan(*case) for case in cases})

# %% [markdown]
# Do these rules hold? Find out by an experiment. Each of the two tasks, objects (similar) and digits
# (different), is learned once from few images and once from many. Each time you compare three models:
#
# - **frozen**: the frozen blocks of the plan for small data, with a new head;
# - **fine-tuned**: all blocks, starting from the pre-trained weights, trained;
# - **from scratch**: all blocks, starting from random weights, trained.
#
# In each case, all three models see every image the same number of times. All trials of one model on one task
# start from the same weights. The outputs of frozen blocks never change, so there you train only the head, on
# precomputed features. Keep in mind that with 300 test images the accuracy has a standard error of two or three
# percentage points. And each bar shows a single training run.

# %%
SMALL, LARGE = 96, {"quick": 240, "full": 4000}[profile.current()]
EPOCHS = {"quick": {"small": 8, "large": 4}, "full": {"small": 30, "large": 8}}[profile.current()]
KEPT = {"early": "block3_pool", "all": "block4_pool"}  # the layer at which to cut

fine_tuned = compile_model(transfer_model("large", "similar", 10), 1e-3)
untrained = transfer.backbone("small_vgg", weights=None)
outputs = keras.layers.Dense(10)(keras.layers.Flatten()(untrained.output))
from_scratch = compile_model(keras.Model(untrained.input, outputs), 3e-3)
results = {}
for task, similarity in [("objects", "similar"), ("digits", "different")]:
    (x, y), (x_test, y_test) = transfer.target_task(task, LARGE, 300)
    layer = KEPT[plan("small", similarity)[0]]
    features, features_test = (get_features(extractors[layer], images) for images in (x, x_test))
    x, x_test = preprocess_input(x), preprocess_input(x_test)
    for size, count in [("small", SMALL), ("large", LARGE)]:
        results[f"{count} {task}"] = {
            way: trial(model, (inputs[:count], y[:count]), (unseen, y_test), EPOCHS[size])
            for way, model, inputs, unseen in [
                ("frozen", heads[layer], features, features_test),
                ("fine-tuned", fine_tuned, x, x_test),
                ("from scratch", from_scratch, x, x_test),
            ]
        }
figures.accuracy_by_case(results)

# %% [markdown]
# ## 7 Interpret the figure
#
# ### Question 7 · `choice` · in words
#
# Write about ten lines, with numbers from *your* figure:
#
# 1. Where do pre-trained weights help most, and where do they hardly help at all? Explain why.
# 2. Compare *frozen* and *fine-tuned* on the similar task. How does the difference change from few images to
#    many? How do you explain it?
# 3. Look at the row "large, different" of the plan. Does your figure support it? What would you do with a
#    thousand X-ray images and a network that was trained on holiday photographs?

# %% [markdown] written="choice"
# ### BEGIN SOLUTION
# **A model answer**, for the quick profile. (1) Pre-training helps most on the similar task, with few images
# and with many: 73 to 83 % with frozen features, 22 to 43 % from scratch. Ten or twenty images per class are
# not enough to learn what edges and parts are. The pre-trained network has learned that from thirty thousand
# other images and only has to learn the new names. On digits, the different task, it helps less: training
# from scratch reaches 52 to 69 %, frozen features 76 to 89 %. Strokes on a plain background are easier to
# learn, and what the network knows about coloured objects on cluttered backgrounds only partly applies.
# (2) With 96 images, frozen and fine-tuned differ by less than five points, in either direction; with 240
# images, fine-tuned is between three points behind and ten points ahead. Most of these differences are within
# the error. Fine-tuning changes about 290,000 weights, a head only 5,000. The more images there are, the better
# they determine all those weights. (3) No: with 240 images of the different task, training from scratch is 18
# to 33 points behind. So 240 images are not "large", and the pre-trained weights cost nothing. A thousand X-ray
# images are few for a whole network, and the task is different: I would cut early and freeze, then try
# fine-tuning with a small learning rate, and compare both with a network trained from scratch on a validation
# set.
#
# **Rubric, 3 points.**
#
# - 1 point: pre-training helps most with few images of a similar task, with two numbers, **and** a reason
#   (what the network already knows need not be learned from these images). Half without a reason.
# - 1 point: compares frozen and fine-tuned in both sizes with numbers, and explains the difference by the
#   number of trained weights per image. Half without the explanation. A student whose figure shows another
#   order and who says so is right.
# - 1 point: says what the figure shows for "large, different", not what the table says, **and** makes a
#   choice for the X-ray images with a reason; any choice that is compared on a validation set counts.
# ### END SOLUTION

# %% [markdown]
# ## 8 Fine-tuning without breaking anything
#
# Two mistakes can destroy in a minute what took hours to learn.
#
# - **Too large a learning rate.** A new head is wrong about almost everything, so the first gradients are
#   large. If the optimizer takes large steps, it moves the weights of the backbone far away before the head
#   has learned to use them.
# - **Batch normalisation.** During training it normalises with the mean and variance of the *batch*, and
#   updates its moving averages with them (Lab 02). The statistics of a few small batches are far from those
#   of the thirty thousand images that the network was trained on. So you freeze these layers: in Keras, a
#   frozen batch normalisation also runs in **inference mode**, with its stored averages.
#
# ### Question 8 · `fine_tuning`
#
# Write `fine_tune(model, x, y, epochs)`. `model` is a network with a pre-trained backbone and a head that has
# already been trained; all its layers are trainable, and it returns logits. `x` are preprocessed images, `y`
# their classes. Continue training **all convolutions and the head**, but not the batch normalisation. Use a
# learning rate of at most 0.001, for `epochs` passes over the images, and return the model. The loss must expect
# logits. (`trace_once` helps here, too.)
#
# <details><summary>Hint 1</summary>
#
# Go through `model.layers`, freeze each batch normalisation, and only then call `compile`. If you change
# `trainable` later, you have to compile again.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The loss that expects logits is that of Lab 01, with `from_logits=True`. Pass the learning rate to the
# optimizer itself: a name such as `"adam"` has its default of 0.001.
#
# </details>


# %% solution="fine_tuning"
def fine_tune(model, x, y, epochs):
    """Continue training a pre-trained model, and return it."""
    ### BEGIN SOLUTION
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.compile(
        optimizer=keras.optimizers.Adam(3e-4),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    trace_once(model)
    model.fit(x, y, batch_size=32, epochs=epochs, verbose=0)
    return model
    ### END SOLUTION


# %% tests="fine_tuning"
import keras
import numpy as np

from course_lib import transfer


def _make_trained_model(x, y):
    """Return small_vgg with a head that has been trained a little, by least squares."""
    base = transfer.backbone("small_vgg")
    features = keras.layers.Flatten()(base.output)
    model = keras.Model(base.input, keras.layers.Dense(10)(features))
    known = _compute(keras.Model(base.input, features), x)
    centred = known - known.mean(axis=0)
    targets = np.eye(10)[y] - np.eye(10)[y].mean(axis=0)
    kernel = centred.T @ np.linalg.solve(centred @ centred.T + 300 * np.eye(len(x)), 0.7 * targets)
    # Logits that are all far below 0 mean the same to a softmax, but not to a loss that expects probabilities.
    biases = -known.mean(axis=0) @ kernel - 20
    model.layers[-1].set_weights([kernel.astype("float32"), biases.astype("float32")])
    return model


def _check_layers(names, kinds, before, after):
    """Check what the training did to each weight of the model."""
    unchanged = all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert not unchanged, (
        "`fine_tune` returned the model with the weights that it had. Did you call `fit`, and does the loss expect "
        "logits (from_logits=True)?"
    )
    same = [np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
    for name, kind, is_same in zip(names, kinds, same, strict=True):
        assert kind != "average" or is_same, (
            f"`fine_tune` changed the moving averages of {name}: the layer ran in training mode. Freeze "
            "batch normalisation before you compile."
        )
    for name, kind, old, is_same in zip(names, kinds, before, same, strict=True):
        assert kind != "BatchNormalization" or is_same, (
            f"`fine_tune` changed the weights of {name}. Freeze batch normalisation."
        )
        assert kind not in ("Conv2D", "Dense") or old.ndim == 1 or not is_same, (
            f"`fine_tune` did not change {name}. Train all convolutions and the head."
        )


def _describe_weights(model):
    """Return the layer of each weight, and its kind."""
    names, kinds = [], []
    for layer in model.layers:
        for position in range(len(layer.weights)):
            kind = type(layer).__name__
            names.append(layer.name)
            kinds.append("average" if kind == "BatchNormalization" and position > 1 else kind)
    return names, kinds


def _check_optimizer(tuned, epochs):
    """Check the learning rate and the number of updates, if the model was compiled."""
    optimizer = getattr(tuned, "optimizer", None)
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        return
    rate, updates = (
        float(np.asarray(optimizer.learning_rate)),
        int(np.asarray(optimizer.iterations)),
    )
    assert rate <= 0.001 * (1 + 1e-4), (
        f"The learning rate of the model from `fine_tune` is {rate:.3g}; expected at most 0.001. Is the learning rate "
        "too large?"
    )
    # 0 if the model was trained by another optimizer, in a loop of one's own.
    assert updates == 0 or updates >= epochs, (
        f"`fine_tune` with epochs={epochs} made {updates} updates; expected at least one for each epoch. Did you pass "
        "epochs to fit?"
    )


def _check_fine_tuning(seed, epochs, images):
    (x, y), _ = transfer.target_task("objects", train=images, test=1, seed=seed)
    x, y = transfer.preprocess_input("small_vgg")(x), y.astype("int64")
    model = _make_trained_model(x, y)
    before = model.get_weights()
    names, kinds = _describe_weights(model)
    tuned = fine_tune(model, x.copy(), y.copy(), epochs)
    _check_model(tuned, "fine_tune")
    after = [np.asarray(w) for w in tuned.get_weights()]
    assert [w.shape for w in after] == [w.shape for w in before], (
        "`fine_tune` returned a model with other weights; expected the model that it was given."
    )
    _check_layers(names, kinds, before, after)
    _check_optimizer(tuned, epochs)
    for name, kind, old, new in zip(names, kinds, before, after, strict=True):
        if kind == "Conv2D":
            change = float(np.linalg.norm(new - old) / np.linalg.norm(old))
            assert change < 1, (
                f"`fine_tune` changed {name} by {100 * change:.0f} %; expected much less. What the layer had learned "
                "is lost. Is the learning rate too large?"
            )
    # Weight decay alone only makes weights smaller: the change is a multiple of the weights.
    old = np.concatenate([w.ravel() for w in before if w.ndim > 1]).astype(float)
    change = np.concatenate([w.ravel() for w in after if w.ndim > 1]) - old
    across = change - old * (change @ old) / (old @ old)
    assert np.linalg.norm(across) > 0.5 * np.linalg.norm(change), (
        "`fine_tune` made all weights a little smaller, and changed nothing else: the gradient of its loss is 0. Does "
        "the loss expect logits (from_logits=True)?"
    )


_check_fine_tuning(seed=0, epochs=3, images=20)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

# More epochs than images: one epoch has fewer updates, whatever the batch size is.
_check_fine_tuning(seed=hidden_seed(), epochs=13, images=12)
### END HIDDEN TESTS

# %% [markdown]
# What happens without this care? Your `train_head` trains a head on 96 images of objects. This head goes on top
# of the whole network. Then the network is fine-tuned for one epoch with a batch size of one, in three ways. The
# careful way has a learning rate of 0.0001. The second has 0.01. The third has 0.0001, but its batch
# normalisation is in training mode.

# %%
(x, y), (x_test, y_test) = transfer.target_task("objects", SMALL, 300)
few, unseen = (preprocess_input(x), y), (preprocess_input(x_test), y_test)

careful = fine_tuned  # `trial` has restored its weights
careless = transfer_model("large", "similar", 10)
for layer in careless.layers:
    layer.trainable = True
careless = compile_model(careless, 1e-4)

head = train_head(get_features(extractors["block4_pool"], x), y, classes=10)
outputs = head(get_features(extractors["block4_pool"], x_test))
outcome = {"head alone": np.mean(keras.ops.argmax(outputs, axis=-1) == y_test)}
for network in (careful, careless):
    network.layers[-1].set_weights(head.get_weights())
for way, network, learning_rate in [
    ("carefully", careful, 1e-4),
    ("learning rate 0.01", careful, 1e-2),
    ("normalised by batch", careless, 1e-4),
]:
    network.optimizer.learning_rate = learning_rate
    outcome[way] = trial(network, few, unseen, epochs=1, batch_size=1)
figures.accuracy_by_case({"96 objects": outcome})

# %% [markdown]
# The large learning rate has destroyed the network: guessing also gets one image in ten right. Normalising with
# the statistics of single images costs much less: seven to eleven percentage points in five runs of ours.
# Careful fine-tuning, from a trained head and in small steps, is as good as the head alone, within the error of
# two or three points. With 96 images there is little to gain.
#
# ## 9 What the network sees
#
# Finally, look at the feature space itself. The figure shows images of five kinds of objects that the backbone
# was never trained on. It shows them as pixels, as features of a network with random weights, and as features of
# the pre-trained network. Each image is a vector of hundreds or thousands of numbers; the figure shows the two
# directions in which these vectors vary most (*principal component analysis*, PCA).

# %%
_, (x_test, y_test) = transfer.target_task("objects", 1, 500)
some = np.flatnonzero(y_test < 5)
x_test, y_test = x_test[some], y_test[some]
untrained = transfer.backbone("small_vgg", weights=None)
figures.feature_space(
    {
        "pixels": x_test / 255,
        "random network": transfer.extract_features(
            untrained, x_test, preprocess_input, cache=False
        ),
        "pre-trained": get_features(extractors["block4_pool"], x_test),
    },
    y_test,
    data.class_names("cifar10")[:5],
)

# %% [markdown]
# In these two dimensions the kinds still overlap. But with all features, nine images out of ten have a
# nearest neighbour of their own kind; with pixels, only one in three; by chance, one in five. Nobody ever
# told the backbone what a bird is.
#
# **Photographs.** In the full profile, the last cell uses VGG16 itself, with photographs of cats and dogs. Its
# weights were learned from 1.3 million photographs (a download of 58 MB). If the weights or the photographs are
# not available, the cell says so and uses the course's own network or images instead.

# %%
if profile.current() == "full":
    (x, y), (x_test, y_test) = data.photographs("cats_vs_dogs", size=128)
    try:
        name, photo_backbone = "vgg16", transfer.backbone("vgg16", input_shape=(128, 128, 3))
    except transfer.WeightsError as error:
        print(error)
        name, photo_backbone = "small_vgg", transfer.backbone("small_vgg", (128, 128, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(photo_backbone.output)
    photo_backbone = keras.Model(photo_backbone.input, pooled)
    preprocess = transfer.preprocess_input(name)
    features = transfer.extract_features(photo_backbone, x, preprocess)
    scale = features.std()  # the features of some backbones are in the hundreds
    head = train_head(features / scale, y, classes=2)
    outputs = keras.ops.convert_to_numpy(
        head(transfer.extract_features(photo_backbone, x_test, preprocess) / scale)
    )
    print(
        f"{name}, {len(x)} images: {np.mean(outputs.argmax(axis=-1) == y_test):.1%} of {len(x_test)} correct"
    )

# %% [markdown]
# ## What to try next
#
# - **t-SNE.** `figures.feature_space(..., method="tsne")` shows the same features so that neighbours stay
#   close together. What does it show that PCA does not?
# - **Fewer images.** Set `SMALL` to 32 and run section 6 again. Which model suffers least?
# - **Another backbone.** `transfer.backbone("mobilenet", (128, 128, 3))` takes 17 MB instead of VGG16's
#   58 MB, and is many times as fast. It has its own preprocessing: `transfer.preprocess_input("mobilenet")`.
# - **Your own images.** Make one folder per class with about thirty photographs in each, and set
#   `COURSE_DATA` (see the documentation on data).
#
# **Sources.** K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image
# recognition*, ICLR 2015, §2 and tables 1 and 2 · J. Yosinski, J. Clune, Y. Bengio, H. Lipson, *How
# transferable are features in deep neural networks?*, NeurIPS 2014 · J. Donahue et al., *DeCAF*, ICML 2014 ·
# S. Ioffe, C. Szegedy, *Batch normalization*, ICML 2015, §3.1 · K. He et al., *Deep residual learning for
# image recognition*, CVPR 2016 · L. van der Maaten, G. Hinton, *Visualizing data using t-SNE*, JMLR 9, 2008 ·
# keras.io, *Transfer learning & fine-tuning*. The text of this lab is licensed CC BY 4.0, its code MIT.
