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
# In 2014 two people in Oxford asked a simple question: how far does one get with nothing but 3 × 3
# convolutions, if there are enough of them? Far enough that their network, VGG, is taken out of its
# drawer to this day: not to do what it was trained for, but to see for others. In this lab you build it
# from the table in its paper. Then you take a network that somebody else has trained, cut it open, and
# teach it a new task with fewer images of each class than you have fingers.
#
# **You will learn**
#
# - to read an architecture's table, to write it as a list, and to count its parameters before you build it;
# - what has to happen to an image before a pre-trained network understands it, and to its answer
#   before you do;
# - to use a network as an extractor of features, and to compute them only once;
# - which layers to keep, freeze, throw away or begin anew, in the four cases that there are;
# - to fine-tune without destroying what was learnt.
#
# **You need** Lab 02: convolutions, pooling, batch normalisation and dropout; and Keras' Functional API from
# Lab 01.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | images, "small" and "large" | time |
# | --- | --- | --- | --- |
# | quick | chosen on a CPU | 96 and 240 | 10–20 s on 2 cores |
# | full | chosen on a GPU | 96 and 4,000; then photographs | 3–8 min on 2 cores, less on a GPU |
#
# **The network and the images.** VGG16's own weights have half a gigabyte. So that this lab runs anywhere, it
# brings a pre-trained network of its own, `small_vgg`: four blocks, half a megabyte, and it really was
# trained, on a hundred kinds of drawn objects. Its images and yours are stand-ins, made in memory. Photographs
# and VGG16 come at the very end, in the full profile.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # less small talk from TensorFlow

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
# The paper (Simonyan & Zisserman 2015, table 1) gives five **configurations**. All of them take an image
# of 224 × 224 pixels and do only five things to it:
#
# | in the table | what it is |
# | --- | --- |
# | `conv3-64` | a convolution with 64 filters (*kernels*) of 3 × 3, stride 1, padding 1 (so the size stays), then ReLU |
# | `conv1-256` | the same with kernels of 1 × 1 and no padding: it mixes the channels of each pixel |
# | `maxpool` | max-pooling 2 × 2, stride 2: half the height and width |
# | `FC-4096` | a fully connected layer (`Dense`) with 4,096 neurons and ReLU; the first of them takes all numbers that are left, flattened to one row |
# | `FC-1000` | the last one: a logit for each of the thousand classes of ImageNet, a collection of 1.3 million photographs |
#
# Each configuration is **five blocks**, each of them some convolutions and one `maxpool`, followed by
# `FC-4096`, `FC-4096`, `FC-1000`. The convolutions have 64 channels in the first block, 128 in the second,
# then 256, 512 and 512.
#
# - **A** has 1, 1, 2, 2, 2 convolutions in its blocks, all of them `conv3`: 11 layers with weights.
# - **B** has a second `conv3` in each of the first two blocks: 13 layers.
# - **C** is B with a third convolution, `conv1`, at the end of each of the blocks three, four and five: 16.
# - **D** is C with `conv3` in place of `conv1`. This is the one that the world calls VGG16.
# - **E** is D with a fourth `conv3` in those three blocks: VGG19.
#
# (The paper tries A a second time, as A-LRN, with a normalisation across neighbouring channels. It did not
# help, and soon went out of use.)
#
# Why 3 × 3? Two of them in a row see 5 × 5 pixels, three see 7 × 7, but with fewer weights and with a ReLU
# after each.
#
# ### Question 1 · `configurations`
#
# 1. Write B, C, D and E as lists of words, as A is written below.
# 2. Write `count_parameters(layers, input_shape, classes)`: how many weights and biases such a list has, by
#    arithmetic. Nothing need be built: VGG16 alone would take half a gigabyte. Pooling rounds down. The last
#    word's number is replaced by `classes`.

# %%
A = (
    ["conv3-64", "maxpool"]
    + ["conv3-128", "maxpool"]
    + ["conv3-256", "conv3-256", "maxpool"]
    + ["conv3-512", "conv3-512", "maxpool"]
    + ["conv3-512", "conv3-512", "maxpool"]
    + ["FC-4096", "FC-4096", "FC-1000"]
)
kind, channels = A[0].split("-")  # how to take a word apart
print(A[0], "=", kind, "and", channels)


# %% solution="configurations"
def count_parameters(layers, input_shape=(224, 224, 3), classes=1000):
    """Weights and biases of a configuration.

    layers: list of words · input_shape: (height, width, channels) · returns an integer
    """
    ### BEGIN SOLUTION
    height, width, channels = input_shape
    last = len(layers) - 1
    inputs, total = None, 0  # inputs: of the next fully connected layer, once there was one
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


def check_configuration(name, given, weights):
    assert isinstance(given, (list, tuple)), f"{name} must be a list of words."
    given = [str(word) for word in given]
    found = sum(word != "maxpool" for word in given)
    assert found == weights, f"{name} has {weights} layers with weights, yours has {found}: {given}"
    assert given.count("maxpool") == 5, (
        f"{name} has five blocks, and each ends with a maxpool; yours has {given.count('maxpool')}."
    )
    small = sum(word.startswith("conv1-") for word in given)
    assert name != "C" or small, "C's third convolutions are 1 × 1; yours has none of that size."
    assert name == "C" or not small, f"{name}: Only C has 1 × 1 convolutions; yours has {small}."


def check_count(layers, input_shape, classes, name, wanted, biases):
    given = count_parameters(list(layers), input_shape, classes)
    assert given is not None, "count_parameters gives nothing back: is there a `return`?"
    assert given != wanted - biases, (
        f"count_parameters counts the weights of {name} alone ({given:,}): each kernel and each "
        "neuron has a bias, too."
    )
    assert given == wanted, (
        f"count_parameters of {name} at {input_shape} with {classes} classes should be "
        f"{wanted:,}; yours is {given:,}. A kernel reaches through all channels of its input; and "
        "how large is the image after the last pooling?"
    )


def check_configurations():
    for name, given, weights in [("B", B, 13), ("C", C, 16), ("D", D, 16), ("E", E, 19)]:
        check_configuration(name, given, weights)
    a = "conv3-64 maxpool conv3-128 maxpool conv3-256 conv3-256 maxpool conv3-512 conv3-512 maxpool "
    a += "conv3-512 conv3-512 maxpool FC-4096 FC-4096 FC-1000"
    check_count(a.split(), (224, 224, 3), 1000, "A", 132_863_336, biases=11_944)
    small = ["conv3-4", "maxpool", "conv1-6", "maxpool", "FC-5", "FC-9"]
    check_count(small, (7, 9, 2), 3, str(small), 189, biases=18)
    # Table 2 of the paper has them in millions.
    exactly = {"B": 133_047_848, "C": 133_638_952, "D": 138_357_544, "E": 143_667_240}
    for name, given in [("B", B), ("C", C), ("D", D), ("E", E)]:
        found = count_parameters([str(word) for word in given])
        assert found == exactly[name], (
            f"{name} has {exactly[name]:,} parameters; by your own count yours has {found:,}. Which "
            "convolutions has each block, and how many channels?"
        )


### BEGIN HIDDEN TESTS
# Here and not below: question 2 needs them, whether or not this one is solved.
def words_of(blocks):
    words = []
    for channels, kernels in zip((64, 128, 256, 512, 512), blocks, strict=True):
        words += [f"conv{size}-{channels}" for size in kernels] + ["maxpool"]
    return [*words, "FC-4096", "FC-4096", "FC-1000"]


PAPER = {
    "A": ("3", "3", "33", "33", "33"),
    "B": ("33", "33", "33", "33", "33"),
    "C": ("33", "33", "331", "331", "331"),
    "D": ("33", "33", "333", "333", "333"),
    "E": ("33", "33", "3333", "3333", "3333"),
}


def random_layers(rng):
    words = []
    for _ in range(rng.integers(2, 4)):
        for _ in range(rng.integers(1, 4)):
            words.append(f"conv{rng.choice([1, 3])}-{rng.integers(2, 9)}")
        words.append("maxpool")
    return [*words, f"FC-{rng.integers(5, 20)}", f"FC-{rng.integers(5, 20)}", "FC-1000"]


### END HIDDEN TESTS
check_configurations()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_words(name, given):
    for position, (word, should) in enumerate(
        zip(map(str, given), words_of(PAPER[name]), strict=True), start=1
    ):
        assert word == should, (
            f"{name}: the word at place {position} should be {should}; yours is {word}."
            + (
                " C's third convolutions are 1 × 1."
                if should.startswith("conv1")
                else " Only C has 1 × 1 convolutions."
                if word.startswith("conv1")
                else ""
            )
        )


def parameters_of(layers, input_shape, classes):
    """All of them, and the biases among them."""
    *size, channels = input_shape
    total, biases, flat = 0, 0, None
    for position, word in enumerate(layers):
        if word == "maxpool":
            size = [side // 2 for side in size]
            continue
        kind, outputs = word.split("-")
        outputs = classes if position == len(layers) - 1 else int(outputs)
        biases += outputs
        if kind == "FC":
            flat = flat or size[0] * size[1] * channels
            total, flat = total + (flat + 1) * outputs, outputs
        else:
            total += (int(kind[-1]) ** 2 * channels + 1) * outputs
            channels = outputs
    return total, biases


def check_configurations_hidden(rng):
    for name, given in {"B": B, "C": C, "D": D, "E": E}.items():
        check_words(name, given)
    for name, blocks in PAPER.items():
        layers = words_of(blocks)
        wanted = parameters_of(layers, (224, 224, 3), 1000)
        check_count(layers, (224, 224, 3), 1000, name, *wanted)
    for _ in range(4):
        layers, classes = random_layers(rng), int(rng.integers(2, 30))
        input_shape = (
            int(rng.integers(16, 60)),
            int(rng.integers(16, 60)),
            int(rng.integers(1, 5)),
        )
        wanted = parameters_of(layers, input_shape, classes)
        check_count(layers, input_shape, classes, str(layers), *wanted)


check_configurations_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Where do VGG16's parameters sit? By your own function: what each of its 16 layers with weights adds.

# %%
so_far, by_layer = 0, {}
for number, word in enumerate(D, start=1):
    if word != "maxpool":
        # Only fully connected layers need the size of the image, and only the last has 1,000.
        total = (
            count_parameters([*D[:number], "FC-1"], classes=0)
            if word != D[-1]
            else count_parameters(D)
        )
        by_layer[f"{len(by_layer) + 1}: {word}"] = total - so_far
        so_far = total
figures.parameters_by_layer(by_layer)

# %% [markdown]
# Three quarters of all parameters are in one fully connected layer; the thirteen convolutions, which look at the
# image, have a tenth. Later networks have done without that layer (He et al. 2016), and we shall cut it off, too.
#
# ## 2 From the list to the network
#
# ### Question 2 · `vgg`
#
# Write `vgg(layers, input_shape, classes, width)`: a Keras model from images to logits, for any such
# list. `width` makes it narrower: each layer but the last has `round(width * number)` channels or neurons, so
# that `width=1/16` makes a VGG16 for any laptop. The words mean what the table says: the size stays through a
# convolution, pooling halves it, and the last layer, with `classes` neurons, has no activation. (The paper puts
# dropout after the first two fully connected layers. You may, too: it has no weights, and does nothing when
# the network answers.)


# %% solution="vgg"
def vgg(layers, input_shape=(224, 224, 3), classes=1000, width=1.0):
    """A Keras model of a configuration: (batch, *input_shape) → logits (batch, classes)."""
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
import logging
import warnings

import keras
import numpy as np

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # on how often functions are traced


def outputs_of(network, x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras, where a model takes a list of one input
        return np.asarray(keras.ops.convert_to_numpy(network(x)), dtype="float64")


def check_vgg(layers, input_shape, classes, width, shapes, weights, x, outputs):
    network = vgg(list(layers), input_shape, classes, width)
    assert isinstance(network, keras.Model), (
        f"vgg must give back a Keras model; it gives {type(network).__name__}."
    )
    assert tuple(network.output_shape) == (None, classes), (
        f"For {classes} classes the outputs are (batch, {classes}); yours are {network.output_shape}."
    )
    given = [tuple(w.shape) for w in network.weights]
    where = f"vgg at width {width:g} on images {input_shape}"
    assert len(given) == len(shapes), (
        f"{where} should hold {len(shapes)} arrays (a kernel and a bias each layer), yours {len(given)}."
    )
    for number, (mine, should) in enumerate(zip(given, shapes, strict=True)):
        assert mine == should, (
            f"{where}: array {number + 1} of {len(shapes)} should have the shape {should}; yours has "
            f"{mine}. "
            + (
                "That depends on how large the image is after the last pooling: does every "
                "convolution keep the size (padding), every pooling halve it?"
                if len(should) == 2 and mine[-1] == should[-1]
                else "Is the width applied to every layer but the last?"
            )
        )
    network.set_weights(weights)
    mine, should = outputs_of(network, x), np.asarray(outputs, dtype=float)
    assert np.any(mine < 0) or not np.allclose(mine.sum(axis=-1), 1, atol=1e-3), (
        "The outputs of vgg sum to 1: these are probabilities. Logits are bare sums, with no activation."
    )
    assert np.any(mine < 0) or np.all(should >= 0), (
        "No output of vgg is ever below 0: has the last layer a ReLU? Logits are bare sums."
    )
    assert np.allclose(mine, should, rtol=1e-3, atol=1e-3), (
        f"{where}: with the same weights the outputs should be {np.round(should[0], 3).tolist()}; yours "
        f"are {np.round(mine[0], 3).tolist()}. Has each layer but the last a ReLU, and is it "
        "*max*-pooling?"
    )


def check_vgg_visible():
    # Odd sizes: pooling rounds down.
    layers = ["conv3-8", "maxpool", "conv1-6", "maxpool", "FC-12", "FC-10", "FC-9"]
    shapes = [(3, 3, 2, 4), (4,), (1, 1, 4, 3), (3,), (24, 6), (6,), (6, 5), (5,), (5, 3), (3,)]
    weights = [
        np.cos(1.7 * np.arange(np.prod(shape)) + number).reshape(shape)
        for number, shape in enumerate(shapes)
    ]
    x = np.sin(np.arange(2 * 16 * 11 * 2)).reshape(2, 16, 11, 2).astype("float32")
    outputs = [[0.5059, 1.8469, -0.9818], [0.1947, 2.1742, -0.7550]]
    check_vgg(layers, (16, 11, 2), 3, 0.5, shapes, weights, x, outputs)


check_vgg_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def reference_vgg(layers, input_shape, classes):
    inputs = x = keras.Input(input_shape)
    for word in layers[:-1]:
        if word == "maxpool":
            x = keras.layers.MaxPooling2D()(x)
        elif word.startswith("FC"):
            x = x if len(x.shape) == 2 else keras.layers.Flatten()(x)
            x = keras.layers.Dense(int(word[3:]), activation="relu")(x)
        else:
            x = keras.layers.Conv2D(int(word[6:]), int(word[4]), padding="same", activation="relu")(
                x
            )
    return keras.Model(inputs, keras.layers.Dense(classes)(x))


def narrowed(layers, width):
    return [
        word
        if word == "maxpool"
        else f"{word.split('-')[0]}-{round(width * int(word.split('-')[1]))}"
        for word in layers
    ]


def check_by_reference(layers, input_shape, classes, width, rng):
    wanted = reference_vgg(narrowed(layers, width), input_shape, classes)
    shapes = [tuple(w.shape) for w in wanted.weights]
    weights = [
        rng.normal(size=shape) * np.sqrt(2 / max(1, np.prod(shape[:-1]))) for shape in shapes
    ]
    wanted.set_weights(weights)
    x = rng.normal(size=(3, *input_shape)).astype("float32")
    outputs = outputs_of(wanted, x)
    check_vgg(layers, input_shape, classes, width, shapes, weights, x, outputs)


def check_vgg_hidden(rng):
    check_by_reference(words_of(PAPER["A"]), (64, 64, 3), 10, 1 / 32, rng)
    for name in rng.choice(["C", "E"], 1):
        check_by_reference(words_of(PAPER[name]), (32, 32, 3), 7, 1 / 16, rng)
    check_by_reference(random_layers(rng), (20, 24, 3), int(rng.integers(2, 9)), 0.5, rng)


check_vgg_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 To speak a network's language
#
# VGG has never seen an image as you have it. Its authors subtracted from each pixel the average colour of
# ImageNet, and their software, Caffe, kept colours in the order blue, green, red. So that is what the
# weights expect, to this day:
#
# 1. take the channels in the order **blue, green, red** instead of red, green, blue;
# 2. subtract from blue 103.939, from green 116.779 and from red 123.68.
#
# At its other end, after a softmax, the network gives one probability for each class, in the order in which *its* authors
# numbered them.
#
# ### Question 3 · `preprocess`
#
# 1. Write `preprocess_input(images)` by hand.
# 2. Write `decode_predictions(probabilities, names, top)`: for each image, a row of `probabilities`, a list of
#    the `top` most probable classes, the most probable first, each as a pair `(name, probability)`. The name of
#    class `k` is `names[k]`.


# %% solution="preprocess"
def preprocess_input(images):
    """RGB pixels (batch, height, width, 3), 0 … 255 → what VGG expects, float32, the same shape."""
    ### BEGIN SOLUTION
    mean = np.array([103.939, 116.779, 123.68], "float32")
    return images[..., ::-1].astype("float32") - mean
    ### END SOLUTION


def decode_predictions(probabilities, names, top=3):
    """For each row of probabilities (batch, classes) a list of `top` pairs (name, probability)."""
    ### BEGIN SOLUTION
    return [
        [(names[k], float(row[k])) for k in np.argsort(-row)[:top]]
        for row in np.asarray(probabilities)
    ]
    ### END SOLUTION


# %% tests="preprocess"
import numpy as np

MISTAKES = {
    "not turned": "the channels are still red, green, blue: turn them round first.",
    "neither turned": "the channels are still red, green, blue: turn them round.",
    "means turned": "the means belong to blue, green, red, in this order.",
    "no mean": "the channels are turned round, but no mean is subtracted.",
    "rows turned": "this turns the image upside down, not its colours round.",
    "columns turned": "this mirrors the image instead of turning its colours round.",
}


def check_preprocess(images, wanted, mistaken):
    """mistaken: by mistake, what it makes of the first pixel."""
    given = preprocess_input(images.copy())
    assert given is not None, "preprocess_input gives nothing back: does it end with `return`?"
    given = np.asarray(given, dtype=float)
    assert given.shape == images.shape, (
        f"images {images.shape} keep their shape; yours become {given.shape}."
    )
    right = np.allclose(given, wanted, atol=1e-2)
    for mistake, pixel in mistaken.items():
        assert right or not np.allclose(given[0, 0, 0], pixel, atol=1e-2), (
            f"preprocess_input: {MISTAKES[mistake]}"
        )
    assert right, (
        f"the pixel {images[0, 0, 0].tolist()} should become {np.round(wanted[0, 0, 0], 2).tolist()}; "
        f"yours becomes {np.round(given[0, 0, 0], 2).tolist()}. (VGG divides by nothing.)"
    )


def check_decode(probabilities, names, top, wanted):
    given = decode_predictions(probabilities.copy(), list(names), top)
    assert given is not None, "decode_predictions gives nothing back: does it end with `return`?"
    assert len(given) == len(probabilities), (
        f"{len(probabilities)} images make {len(probabilities)} lists; yours makes {len(given)}."
    )
    for pairs, should in zip(given, wanted, strict=True):
        pairs = [(str(name), float(p)) for name, p in pairs]
        assert len(pairs) == top, f"top={top} asks for {top} classes; yours gives {len(pairs)}."
        assert [p for _, p in pairs] == sorted((p for _, p in pairs), reverse=True), (
            f"the most probable class comes first; yours: {pairs}"
        )
        assert [name for name, _ in pairs] == [name for name, _ in should] and np.allclose(
            [p for _, p in pairs], [p for _, p in should], atol=1e-5
        ), f"the {top} most probable classes are {should}; yours: {pairs}"


def check_preprocess_visible():
    check_preprocess(
        np.array([[[[255, 0, 0], [10, 20, 30]], [[0, 0, 200], [7, 7, 7]]]], "uint8"),
        np.array(
            [
                [[-103.939, -116.779, 131.32], [-73.939, -96.779, -113.68]],
                [[96.061, -116.779, -123.68], [-96.939, -109.779, -116.68]],
            ]
        )[None],
        {
            "not turned": [151.061, -116.779, -123.68],
            "neither turned": [131.32, -116.779, -103.939],
            "means turned": [-123.68, -116.779, 151.061],
            "no mean": [0, 0, 255],
            "rows turned": [-103.939, -116.779, 76.32],
            "columns turned": [-93.939, -96.779, -93.68],
        },
    )
    check_decode(
        np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]]), ["ant", "bee", "crab"], 2,
        [[("bee", 0.6), ("crab", 0.3)], [("ant", 0.5), ("crab", 0.3)]],
    )  # fmt: skip


check_preprocess_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_random_images(images):
    mean, rgb = np.array([103.939, 116.779, 123.68]), images.astype(float)
    wrong = {
        "not turned": rgb - mean,
        "neither turned": rgb - mean[::-1],
        "means turned": rgb[..., ::-1] - mean[::-1],
        "no mean": rgb[..., ::-1],
        "rows turned": rgb[:, ::-1] - mean,
        "columns turned": rgb[:, :, ::-1] - mean,
    }
    first = {mistake: given[0, 0, 0] for mistake, given in wrong.items()}
    check_preprocess(images, rgb[..., ::-1] - mean, first)


def check_preprocess_hidden(rng):
    check_random_images(rng.integers(0, 256, (4, 5, 6, 3)).astype("uint8"))
    check_random_images(rng.uniform(0, 255, (2, 5, 6, 3)).astype("float32"))
    names = [f"kind {number}" for number in rng.permutation(12)]
    probabilities = rng.dirichlet(np.full(12, 0.4), 9)
    wanted = [
        [(names[k], float(row[k])) for k in np.argsort(-row, kind="stable")[:4]]
        for row in probabilities
    ]
    check_decode(probabilities, names, 4, wanted)


check_preprocess_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# `small_vgg` wants the same preprocessing as VGG. With its *top*, the last layer, it still knows its hundred
# kinds. Here it looks at new images of those kinds: once preprocessed as it was taught, once as they come.

# %%
from course_lib.data import cifar100  # the drawn stand-in, not the photographs

kinds = data.class_names("cifar100")
_, (images, numbers) = cifar100.stand_in(1, 300, seed=1)
classifier = transfer.backbone("small_vgg", include_top=True)
for text, prepared in [("preprocessed", preprocess_input(images)), ("as they come", images)]:
    probabilities = keras.ops.convert_to_numpy(classifier(prepared))
    print(f"{text}: {np.mean(probabilities.argmax(axis=-1) == numbers.ravel()):.0%} right")

(objects, _), _ = transfer.target_task("objects", train=10, test=1)
answers = decode_predictions(
    keras.ops.convert_to_numpy(classifier(preprocess_input(objects))), kinds, 1
)
figures.image_grid(
    objects,
    [f"{answer[0][0]}\n{answer[0][1]:.0%}".replace("_", " ") for answer in answers],
    "Ten kinds of objects that it was never shown: it calls each by the name of one that it knows",
    columns=5,
)

# %% [markdown]
# A network that is fed in the wrong language does not complain. It only becomes worse. And shown
# something new, it has no word for "I don't know this".
#
# ## 4 Features
#
# What it says in the end is useless for a new task. But just before the top it has a few hundred numbers for
# each image, which hold much of what matters in it: its **features**. Cut off the top, and the rest, the
# **backbone**, turns images into features. Two tasks are waiting for them:
#
# - **objects**: ten kinds drawn like those that the network has learnt, but none of them among them. A *similar*
#   task.
# - **digits**: handwriting. A *different* one.
#
# A backbone that is not trained any more gives the same features for the same image, always. So they are
# computed once and kept on the disk, under a name that depends on *everything* that they depend on. If the name
# leaves anything out, sooner or later you will get features that belong to something else, and nothing will
# tell you.
#
# ### Question 4 · `features`
#
# 1. Write `feature_extractor(layer)`: a model from the inputs of a new `transfer.backbone("small_vgg")` to
#    the outputs of its layer of that name, flattened: one row of numbers an image. (Its blocks end at
#    `"block1_pool"` … `"block4_pool"`. Models have an `input`, and `get_layer(name)`; layers have `output`.)
# 2. Write `cache_key(model, images, preprocessing)`: a text that is the same whenever the model's
#    weights, the images, and the name of the preprocessing are the same, and another if any of
#    them differs, be it in one number, or in the order of the images.
#
# `hashlib.sha256(some_bytes).hexdigest()` makes a short text out of many bytes, and another out of others;
# an array has its bytes in `array.tobytes()`, a text in `text.encode()`. Python's own `hash` of a text is another in every process:
# tomorrow you would find nothing.


# %% solution="features"
import hashlib


def feature_extractor(layer):
    """Keras model: preprocessed images (batch, 32, 32, 3) → features (batch, n)."""
    ### BEGIN SOLUTION
    backbone = transfer.backbone("small_vgg")
    features = keras.layers.Flatten()(backbone.get_layer(layer).output)
    return keras.Model(backbone.input, features)
    ### END SOLUTION


def cache_key(model, images, preprocessing):
    """A text that names these features.

    model: Keras model · images: array · preprocessing: a text, as "vgg"
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


def check_extractor(layer, images, length, columns, wanted):
    """wanted: what stands in these columns of the features."""
    inputs = transfer.preprocess_input("small_vgg")(images)
    model = feature_extractor(layer)
    assert isinstance(model, keras.Model), (
        f"feature_extractor must give back a Keras model; it gives {type(model).__name__}."
    )
    given = outputs_of(model, inputs)
    shape = len(images), length
    assert given.shape == shape, (
        f"features at {layer} should have the shape {shape}, one row an image; "
        f"yours have {given.shape}. Does the model end at that layer, and then flatten?"
    )
    assert np.allclose(given[:, columns], wanted, rtol=1e-3, atol=1e-3), (
        f"the features at {layer} are not those of the pre-trained network."
    )


def small_model(rng):
    layers = [keras.layers.Dense(400), keras.layers.Dense(2)]  # more weights than print shows
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.set_weights([rng.normal(size=w.shape).astype("float32") for w in model.weights])
    return model


def check_key(rng):
    model, images = small_model(rng), rng.integers(0, 256, (6, 8, 8, 3)).astype("uint8")
    key = cache_key(model, images.copy(), "vgg")
    assert isinstance(key, str) and key, f"cache_key must give back a text; yours is {key!r}."
    assert cache_key(model, images.copy(), "vgg") == key, (
        "the same model, images and preprocessing give another key each time: nothing would ever be "
        "found again. (Is an id or a random number in it?)"
    )
    one_pixel = images.copy()
    one_pixel[rng.integers(6), rng.integers(8), rng.integers(8), rng.integers(3)] ^= 1
    turned = images[::-1].copy()
    swapped = images.copy()
    swapped[4], swapped[5] = images[5], images[4]
    for others, what in [
        (one_pixel, "with one pixel changed"),
        (turned, "in another order"),
        (swapped, "of which only two have changed places"),
        (images[:5].copy(), "without the last one"),
    ]:
        assert cache_key(model, others, "vgg") != key, (
            f"images {what} have the same key: you would be given the features of others."
        )
    assert cache_key(model, images.copy(), "none") != key, (
        "with another preprocessing the key is the same."
    )
    for number in range(len(model.weights)):
        weights = model.get_weights()
        place = int(0.6 * weights[number].size)
        weights[number].flat[place] += 0.001
        model.set_weights(weights)
        assert cache_key(model, images.copy(), "vgg") != key, (
            f"the key stays the same when a number in array {number + 1} of the model's "
            f"{len(weights)} weight arrays changes: after a training you would get the old features."
        )
        weights[number].flat[place] -= 0.001
        model.set_weights(weights)
    weights = model.get_weights()
    weights[0][0], weights[0][1] = weights[0][1].copy(), weights[0][0].copy()
    model.set_weights(weights)
    assert cache_key(model, images.copy(), "vgg") != key, (
        "the key stays the same when two rows of weights change places."
    )


check_extractor(
    "block4_pool",
    (np.arange(2 * 32 * 32 * 3) % 251).reshape(2, 32, 32, 3).astype("uint8"),
    length=512,
    columns=[0, 115, 218, 315, 420, 511],
    wanted=[
        [1.3006, 2.9685, 4.7018, 1.6354, 1.7826, 1.1061],
        [1.5390, 1.5619, 3.5550, 3.1917, 1.4911, 1.6765],
    ],
)
check_key(np.random.default_rng(1))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_features_hidden(rng):
    images = rng.integers(0, 256, (3, 32, 32, 3)).astype("uint8")
    inputs, whole = transfer.preprocess_input("small_vgg")(images), transfer.backbone("small_vgg")
    for layer in ("block2_pool", "block3_conv2", "block4_pool"):
        wanted = outputs_of(keras.Model(whole.input, whole.get_layer(layer).output), inputs)
        wanted = wanted.reshape(len(images), -1)
        check_extractor(layer, images, wanted.shape[1], slice(None), wanted)
    check_key(rng)


check_features_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
cache_folder = Path(mkdtemp())


def features_once(model, images):
    """Features of images: computed at the first call, read from the disk at every other."""
    path = cache_folder / f"{cache_key(model, images, 'vgg')}.npy"
    if not path.exists():
        np.save(path, model(preprocess_input(images)))
    return np.load(path)


(many, _), _ = transfer.target_task("objects", train=500, test=1)
extractor = feature_extractor("block4_pool")
for use in ("first", "second"):
    began = time.perf_counter()
    shape = features_once(extractor, many).shape
    print(f"{use} use: {1000 * (time.perf_counter() - began):6.1f} ms for features {shape}")

# %% [markdown]
# `transfer.extract_features` of the course does the same, for any model and preprocessing, with the
# model's architecture in the key as well.
#
# ## 5 A head
#
# What is still missing is a **head**: a layer that leads from the features to the new classes. One
# fully connected layer is enough. It has so few weights that a hundred images can train it, and it
# never looks at a pixel: training takes about a second.
#
# ### Question 5 · `head`
#
# Write `train_head(features, labels, classes)`: build a model from features `(batch, n)` to logits
# `(batch, classes)`, one `Dense` layer; compile and train it, and hand it back. `labels` are whole numbers. It must get at least **55 %** of unseen
# objects right after 120 images of ten kinds. Take care that there are enough updates: 120 images make
# only four batches of 32. (Adam with a learning rate of 0.005 is quicker than with 0.001 here. And `trace_once(model)`
# before `fit` spares TensorFlow from building the graph of a training step twice, which takes longer than the training.)


# %% solution="head"
from course_lib.training import trace_once


def train_head(features, labels, classes):
    """A trained Keras model from features (batch, n) to logits (batch, classes)."""
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

FLAT = keras.Sequential([transfer.backbone("small_vgg"), keras.layers.Flatten()])


def check_head(seed, classes):
    (x, y), (x_test, y_test) = transfer.target_task("objects", train=120, test=250, seed=seed)
    preprocess = transfer.preprocess_input("small_vgg")
    few, unseen = (
        transfer.extract_features(FLAT, part[labels < classes], preprocess, cache=False)
        for part, labels in ((x, y), (x_test, y_test))
    )
    y, y_test = y[y < classes].astype("int64"), y_test[y_test < classes]
    head = train_head(few.copy(), y, classes)
    assert isinstance(head, keras.Model), (
        f"train_head must give back the trained model; it gives {type(head).__name__}."
    )
    weights = sum(int(np.prod(w.shape)) for w in head.weights)
    outputs = outputs_of(head, unseen)
    assert outputs.shape == (len(unseen), classes), (
        f"{len(unseen)} images and {classes} classes make outputs {(len(unseen), classes)}; "
        f"yours are {outputs.shape}."
    )
    assert weights == 513 * classes, (
        f"one Dense layer from 512 features to {classes} classes has {513 * classes} parameters; "
        f"yours has {weights}."
    )
    share = np.mean(outputs.argmax(axis=-1) == y_test)
    known = np.mean(outputs_of(head, few).argmax(axis=-1) == y)
    print(f"{len(few)} images to learn from: {share:.1%} of {len(unseen)} unseen ones are right.")
    assert share >= 0.55, (
        f"the head gets {share:.1%} of unseen images right, and {known:.0%} of those that it learnt "
        "from; at least 55 % are wanted. Are there enough updates, does the loss know that these are "
        "logits, and is the trained model the one that you return?"
    )


check_head(seed=0, classes=10)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_head(seed=hidden_seed(), classes=7)
### END HIDDEN TESTS

# %% [markdown]
# At which layer should one cut? Both tasks get 96 images, and a head on the features of the last two
# blocks. `trial` trains a model, measures it on 300 unseen images, and puts its weights back, so that
# the next trial begins where this one did.

# %%
from course_lib.training import trial


def compiled(model, learning_rate):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss)
    return model


extractors = {layer: feature_extractor(layer) for layer in ("block3_pool", "block4_pool")}
heads = {}
for layer, extractor in extractors.items():
    inputs = keras.Input(extractor.output_shape[1:])
    heads[layer] = compiled(keras.Sequential([inputs, keras.layers.Dense(10)]), 5e-3)
by_depth = {}
for task in ("objects", "digits"):
    (x, y), (x_test, y_test) = transfer.target_task(task, train=96, test=300)
    by_depth[task] = {}
    for layer, extractor in extractors.items():
        known, unseen = features_once(extractor, x), features_once(extractor, x_test)
        by_depth[task][layer] = trial(heads[layer], (known, y), (unseen, y_test), epochs=24)
figures.accuracy_by_layer(by_depth)

# %% [markdown]
# The deeper, the better, for a task like the one that the network was trained for. The last block has
# specialised: for another task it throws away what would have been needed, and the block
# before is the better place to cut (Yosinski et al. 2014).
#
# ## 6 Four cases
#
# How much of a pre-trained network one keeps depends on two things: whether there are **few images or
# many**, and whether the new task is **similar** to the old one or **different**. The rules of thumb
# behind it:
#
# - With few images, the fewer weights are trained, the better: many weights learn few images by heart.
# - With many, training the whole network pays. Where the tasks are similar, what was learnt is a good place
#   to begin: all of it **goes on training**, but for its batch normalisation, which stays as it is (section 8
#   says why).
# - Early layers, here up to `"block3_pool"`, see edges and textures, which all images have. Late ones see
#   what their own task needed.
# - With many images of something quite different nothing that was learnt need be kept. One takes the
#   network's form, with all its blocks, and **random** weights.
#
# Whatever is kept, the old top goes, and a new head comes in its place: flattened features, one `Dense`
# layer, logits.
#
# ### Question 6 · `four_cases`
#
# 1. Write `plan(size, similarity)`, for `size` `"small"` or `"large"`, `similarity` `"similar"` or
#    `"different"`. It returns three things: `keep`, `"all"` or `"early"`: which blocks; `pretrained`, `True` if
#    they begin with the pre-trained weights, `False` if with random ones; and `frozen`, `True` if their
#    weights do not train.
# 2. Write `transfer_model(size, similarity, classes)`: the network that your plan asks for, with a
#    new head, not compiled: from preprocessed images to logits `(batch, classes)`.
#
# `transfer.backbone("small_vgg", weights=None)` has random weights. A layer whose `trainable` is `False`
# is **frozen**; `model.trainable = False` freezes all layers of a model, and
# `isinstance(layer, keras.layers.BatchNormalization)` finds those in question.


# %% solution="four_cases"
def plan(size, similarity):
    """What to do with a pre-trained network: (keep, pretrained, frozen)."""
    ### BEGIN SOLUTION
    return {
        ("small", "similar"): ("all", True, True),
        ("small", "different"): ("early", True, True),
        ("large", "similar"): ("all", True, False),
        ("large", "different"): ("all", False, False),
    }[size, similarity]
    ### END SOLUTION


def transfer_model(size, similarity, classes):
    """The network for a new task: (batch, 32, 32, 3) → logits (batch, classes)."""
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

KERNELS = (
    "block1_conv1",
    "block2_conv1",
    "block3_conv1",
    "block3_conv2",
    "block4_conv1",
    "block4_conv2",
)


CASES = [
    (size, similarity) for size in ("small", "large") for similarity in ("similar", "different")
]


def plan_of(case):
    given = plan(*case)
    assert isinstance(given, (tuple, list)) and len(given) == 3, (
        f"plan{case} must give back three things, keep, pretrained and frozen; it gives {given}."
    )
    assert given[0] in ("all", "early"), (
        f'plan{case}: keep is "all" or "early"; yours is {given[0]!r}.'
    )
    return given[0], bool(given[1]), bool(given[2])


def check_plan(case, keep, pretrained, frozen):
    given = plan_of(case)
    name = f"{case[0]} data, {case[1]} task"
    assert given[0] == keep, f"{name}: you keep {given[0]!r}. " + (
        "Late layers are made for the old task, and there are too few images to change them."
        if keep == "early"
        else "All blocks are of use here."
    )
    assert given[1] == pretrained, (
        f"{name}: you begin with {'pre-trained' if given[1] else 'random'} weights. "
        + (
            "What was learnt is a good start."
            if pretrained
            else "Nothing of the old task is needed."
        )
    )
    assert given[2] == frozen, f"{name}: you {'freeze' if given[2] else 'train'} what is kept. " + (
        "So few images would be learnt by heart."
        if frozen
        else "There are enough images to train it."
    )


pretrained_network = transfer.backbone("small_vgg")


def named(weights):
    """For each convolution of small_vgg, where its kernel is among these weights, or None."""
    found = {}
    for name in KERNELS:
        kernel = pretrained_network.get_layer(name).get_weights()[0]
        places = [
            number
            for number, weight in enumerate(weights)
            if weight.shape == kernel.shape and np.allclose(weight, kernel, atol=1e-6)
        ]
        found[name] = places[0] if places else None
    return found


def check_transfer_model(case, classes, rng, keep, pretrained, frozen):
    name = f"{case[0]} data, {case[1]} task"
    model = transfer_model(*case, classes)
    assert isinstance(model, keras.Model), (
        f"transfer_model must give back a Keras model; it gives {type(model).__name__}."
    )
    assert tuple(model.output_shape) == (None, classes), (
        f"{name}: for {classes} classes the outputs are (batch, {classes}); yours: {model.output_shape}."
    )
    before = [np.array(w) for w in model.get_weights()]
    places = named(before)
    wanted = KERNELS[:4] if keep == "early" else KERNELS
    if pretrained:
        missing = [layer for layer in wanted if places[layer] is None]
        assert not missing, (
            f"{name}: {missing[0]} should have its pre-trained weights, and has not."
        )
        extra = [layer for layer in KERNELS if layer not in wanted and places[layer] is not None]
        assert not extra, f"{name}: {extra[0]} belongs to the late layers and should be sliced off."
    else:
        kept = [layer for layer in KERNELS if places[layer] is not None]
        assert not kept, f"{name}: {kept[0]} has pre-trained weights; they should be random."
        convolutions = sum(weight.ndim == 4 for weight in before)
        assert convolutions == len(wanted), (
            f"{name}: the form of small_vgg has {len(wanted)} convolutions, yours has {convolutions}."
        )
    features = {"all": 512, "early": 1024}[keep]
    heads = [w.shape for w in before if w.ndim == 2]
    assert heads == [(features, classes)], (
        f"{name}: the head should be one Dense layer from {features} flattened features to {classes} "
        f"classes; your network has dense weights {heads}."
    )

    # What changes when it learns?
    model.compile(
        keras.optimizers.SGD(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    x = transfer.preprocess_input("small_vgg")(
        rng.integers(0, 256, (16, 32, 32, 3)).astype("uint8")
    )
    model.train_on_batch(x, rng.integers(0, classes, 16))
    after = model.get_weights()
    moved = [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    dense = [m for w, m in zip(before, moved, strict=True) if w.ndim == 2]
    assert all(dense), f"{name}: the new head does not learn. Is it frozen, too?"
    for layer in wanted:
        if pretrained:
            assert moved[places[layer]] != frozen, (
                f"{name}: {layer} {'changes' if frozen else 'does not change'} in training."
            )
    kernels = [m for w, m in zip(before, moved, strict=True) if w.ndim == 4]
    assert frozen or all(kernels), f"{name}: some convolutions do not learn."
    vectors = [
        m for w, m in zip(before, moved, strict=True) if w.ndim == 1 and w.shape != (classes,)
    ]
    assert pretrained or any(vectors), (
        f"{name}: batch normalisation is frozen, and has nothing of its own to keep: with random "
        "weights it has to learn, too."
    )
    if pretrained:
        assert not any(vectors), f"{name}: batch normalisation changes in training: " + (
            "freeze the whole backbone."
            if frozen
            else "its layers should stay frozen while the convolutions train."
        )


def check_four_cases(classes, rng):
    # One row of the plan is checked here, all of them after you have handed in; and the networks
    # must be those of your plan.
    check_plan(("small", "similar"), "all", True, True)
    plans = {case: plan_of(case) for case in CASES}
    for case in CASES:
        check_transfer_model(case, classes, rng, *plans[case])


check_four_cases(10, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

TABLE = {
    ("small", "similar"): ("all", True, True),
    ("small", "different"): ("early", True, True),
    ("large", "similar"): ("all", True, False),
    ("large", "different"): ("all", False, False),
}


def check_four_cases_hidden(rng):
    for case, wanted in TABLE.items():
        check_plan(case, *wanted)
    classes = int(rng.choice([3, 5, 7, 12]))
    for case, wanted in TABLE.items():
        check_transfer_model(case, classes, rng, *wanted)


check_four_cases_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
cases = [
    (size, similarity) for size in ("small", "large") for similarity in ("similar", "different")
]
figures.four_cases({case: plan(*case) for case in cases})

# %% [markdown]
# Are the rules any good? An experiment says more than a rule. Each task, objects (similar) and digits
# (different), once with few images and once with many, and each time three ways to a network:
#
# - **frozen**: what the plan for small data keeps, frozen, with a new head;
# - **fine-tuned**: all blocks, from the pre-trained weights, trained;
# - **from scratch**: all blocks, from random weights, trained.
#
# In each case all three see every image equally often, and all trials of one way on one task begin alike. What is frozen
# need not be computed again at every look: there the head alone is trained, on features. Mind that 300 images leave an
# error of two or three points, and that each bar is one training.

# %%
SMALL, LARGE = 96, {"quick": 240, "full": 4000}[profile.current()]
EPOCHS = {"quick": {"small": 8, "large": 4}, "full": {"small": 30, "large": 8}}[profile.current()]
KEPT = {"early": "block3_pool", "all": "block4_pool"}  # where it is cut

fine_tuned = compiled(transfer_model("large", "similar", 10), 1e-3)
from_scratch = compiled(transfer_model("large", "different", 10), 3e-3)
results = {}
for task, similarity in [("objects", "similar"), ("digits", "different")]:
    (x, y), (x_test, y_test) = transfer.target_task(task, LARGE, 300)
    layer = KEPT[plan("small", similarity)[0]]
    features, features_test = (features_once(extractors[layer], part) for part in (x, x_test))
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
# ## 7 What the figure says
#
# ### Question 7 · `choice` · in words
#
# Write about ten lines, with numbers from *your* figure:
#
# 1. Where does it pay most to begin with pre-trained weights, and where hardly at all? Say why.
# 2. Compare *frozen* and *fine-tuned* on the similar task. How does the difference change from few images to
#    many, and how do you explain it?
# 3. Take the row "large, different" of the plan at its word. Does your figure bear it out? What would
#    you do if you had a thousand X-ray images and a network that was trained on holiday photographs?

# %% [markdown] written="choice"
# ### BEGIN SOLUTION
# **A model answer**, for the quick profile. (1) On the similar task, with few images and with many: 70 to 80 % with
# frozen features, 15 to 30 % from scratch. Ten or twenty images of a kind are not enough to learn what edges and
# parts are; the pre-trained network knows that from thirty thousand others, and only has to learn names. On digits, the different
# task, it brings less: from scratch gets 50 to 75 %, at times as much as the others, at times twenty points less; strokes on a plain ground are
# easier to learn, and what the network knows about coloured objects in front of clutter does not all apply. (2) Frozen is
# better than fine-tuned, by one to fifteen points with 96 images and by five at most with 240 (at times by none, and
# less than the error): fine-tuning moves some 290,000
# weights, a head only 5,000. The more images, the better they say what all those weights should be; for them to say
# it better than the old task did, 240 are still few. (3) No: with 240 images random weights are at best as good as pre-trained ones
# on the different task, too, and less reliable, so 240 are not "large"; and the pre-trained ones cost nothing. A thousand X-rays are few for a whole
# network, and the task is different: I should cut early and freeze, then try fine-tuning with a small
# learning rate, and compare both with a network from scratch on a validation part.
#
# **Rubric, 3 points.**
#
# - 1 point: pre-training pays most with few images of a similar task, with two numbers, **and** a reason
#   (what it already knows need not be learnt from these images). Half without a reason.
# - 1 point: frozen against fine-tuned in both sizes with numbers, explained by the number of weights
#   that are trained per image. Half without the explanation. A student whose figure shows another order and who says so is right.
# - 1 point: says what the figure shows for "large, different" and not what the table says, **and** gives a
#   choice for the X-rays with a reason; any choice that is compared on a validation part counts.
# ### END SOLUTION

# %% [markdown]
# ## 8 Fine-tuning without breaking anything
#
# Two things can spoil in a minute what took hours to learn.
#
# - **Too large a learning rate.** A new head is wrong about almost everything, so its first gradients are large. An
#   optimizer that takes big steps carries the backbone's weights away before the head has learnt to use
#   them.
# - **Batch normalisation.** In training it normalises with the mean and variance of the *batch*, and from
#   them keeps its moving averages up to date (Lab 02). Those of a few small batches are far from those
#   of the thirty thousand images it was trained with. So its layers are frozen: in Keras a frozen
#   batch normalisation also runs in **inference mode**, with the averages that it has.
#
# ### Question 8 · `fine_tuning`
#
# Write `fine_tune(model, x, y, epochs)`. `model` is a network with a pre-trained backbone and a head that has
# already been trained; all of its layers are trainable, and it gives logits. `x` are preprocessed images,
# `y` their classes. Go on training **all convolutions and the head**, but no batch normalisation, with a
# learning rate of 0.001 or less, and hand the model back. (`trace_once` helps here, too.)


# %% solution="fine_tuning"
def fine_tune(model, x, y, epochs):
    """Go on training a pre-trained model; returns it."""
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


def check_fine_tuning(seed, epochs, images):
    (x, y), _ = transfer.target_task("objects", train=images, test=1, seed=seed)
    x = transfer.preprocess_input("small_vgg")(x)
    base = transfer.backbone("small_vgg")
    outputs = keras.layers.Dense(10)(keras.layers.Flatten()(base.output))
    model = keras.Model(base.input, outputs)
    # A head that is good enough: logits from least squares on the features.
    features = outputs_of(keras.Model(base.input, keras.layers.Flatten()(base.output)), x)
    wide = np.concatenate([features, np.ones((len(x), 1))], axis=1)
    head = np.linalg.solve(wide.T @ wide + 50 * np.eye(513), wide.T @ (8 * np.eye(10)[y]))
    model.layers[-1].set_weights([head[:-1].astype("float32"), head[-1].astype("float32")])
    before = {layer.name: layer.get_weights() for layer in model.layers}
    kinds = {layer.name: type(layer).__name__ for layer in model.layers}

    tuned = fine_tune(model, x, y.astype("int64"), epochs)
    assert isinstance(tuned, keras.Model), (
        f"fine_tune must give back the model; it gives {type(tuned).__name__}."
    )
    after = {layer.name: layer.get_weights() for layer in tuned.layers}
    assert set(after) >= set(kinds), (
        "fine_tune must hand back the model that it was given, trained."
    )
    for name, kind in kinds.items():
        same = all(np.array_equal(a, b) for a, b in zip(before[name], after[name], strict=True))
        if kind == "BatchNormalization":
            averages = all(
                np.array_equal(a, b) for a, b in zip(before[name][2:], after[name][2:], strict=True)
            )
            assert averages, (
                f"the moving averages of {name} have changed: it has run in training mode. Freeze batch "
                "normalisation before you compile."
            )
            assert same, f"{name} has been trained: batch normalisation should stay as it is."
        elif kind in ("Conv2D", "Dense"):
            assert not same, (
                f"{name} has not changed: all convolutions and the head should go on training."
            )
        if kind == "Conv2D":
            old, new = before[name][0], after[name][0]
            change = float(np.linalg.norm(new - old) / np.linalg.norm(old))
            assert change < 0.35, (
                f"{name} has changed by {100 * change:.0f} % of what it was: what it had learnt is gone. "
                "Is the learning rate too large?"
            )


check_fine_tuning(seed=0, epochs=2, images=64)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_fine_tuning(seed=hidden_seed(), epochs=4, images=96)
### END HIDDEN TESTS

# %% [markdown]
# And what happens without? A head that your `train_head` has trained on 96 objects comes on the whole network; then it
# is fine-tuned for one epoch, image by image: carefully, with a learning rate of 0.0001; with 0.01; and with 0.0001,
# but with batch normalisation in training mode.

# %%
(x, y), (x_test, y_test) = transfer.target_task("objects", SMALL, 300)
few, unseen = (preprocess_input(x), y), (preprocess_input(x_test), y_test)

careful = fine_tuned  # `trial` has put its weights back
careless = transfer_model("large", "similar", 10)
for layer in careless.layers:
    layer.trainable = True
careless = compiled(careless, 1e-4)

head = train_head(features_once(extractors["block4_pool"], x), y, classes=10)
outputs = head(features_once(extractors["block4_pool"], x_test))
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
# The large learning rate has destroyed the network: one in ten is what guessing gets. Normalising by
# batches of one costs much less, one to nine points when we tried seven times: in a single training you may hardly see it.
# Careful fine-tuning, from a trained head and in small steps, is as good as the head alone, give or take the error of two
# or three points: with 96 images there is more to lose than to gain.
#
# ## 9 What the network sees
#
# To end with, a look at the space that all of this is about. Images of five kinds of objects that the
# backbone was never trained on: as pixels, as features of a network with random weights, and as features of the
# pre-trained one. All of these are hundreds or thousands of numbers an image; drawn are the two directions in which they
# vary most (*principal component analysis*, PCA).

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
        "pre-trained": features_once(extractors["block4_pool"], x_test),
    },
    y_test,
    data.class_names("cifar10")[:5],
)

# %% [markdown]
# In the plane the kinds still overlap. But among all features, three of four images have as their nearest neighbour
# one of their own kind; among pixels, one of three, where guessing gets one of five. The backbone was never told what a bird is.
#
# **Photographs.** In the full profile the last cell takes VGG16 itself, with the weights that it learnt on 1.3 million
# photographs, if your computer has them or can fetch them (58 MB), and photographs of cats and dogs. Where something
# can't be had, it says so and takes the course's own instead.

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
    scale = features.std()  # some backbones give numbers in the hundreds
    head = train_head(features / scale, y, classes=2)
    outputs = keras.ops.convert_to_numpy(
        head(transfer.extract_features(photo_backbone, x_test, preprocess) / scale)
    )
    print(
        f"{name}, {len(x)} images: {np.mean(outputs.argmax(axis=-1) == y_test):.1%} of {len(x_test)} right"
    )

# %% [markdown]
# ## What to try next
#
# - **t-SNE.** `figures.feature_space(..., method="tsne")` draws the same features so that near things lie near
#   together. What does it show that PCA does not?
# - **Fewer images.** Set `SMALL` to 32 and run section 6 again. Which way suffers least?
# - **Another backbone.** `transfer.backbone("mobilenet", (128, 128, 3))` has 17 MB instead of VGG16's 58, and is many
#   times as fast. Each has a preprocessing of its own: `transfer.preprocess_input("mobilenet")`.
# - **Your own images.** A folder a class, thirty photographs each, and `COURSE_DATA` (see the course's page on data).
#
# **Sources.** K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*,
# ICLR 2015, §2 and tables 1 and 2 · J. Yosinski, J. Clune, Y. Bengio, H. Lipson, *How transferable are features in deep
# neural networks?*, NeurIPS 2014 · J. Donahue et al., *DeCAF*, ICML 2014 · S. Ioffe, C. Szegedy, *Batch
# normalization*, ICML 2015, §3.1 · K. He et al., *Deep residual learning for image recognition*, CVPR 2016 ·
# L. van der Maaten, G. Hinton, *Visualizing data using t-SNE*, JMLR 9, 2008 · keras.io, *Transfer learning &
# fine-tuning*. The text of this lab is licensed CC BY 4.0, its code MIT.
