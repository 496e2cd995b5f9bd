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
# In 2014, two researchers in Oxford asked a simple question: how far can you get with nothing but 3 × 3
# convolutions, if you stack enough of them? Far enough that their network, VGG, is still in use today: less
# for the task that it was trained on than as a source of features for other tasks. In this lab you build VGG
# from the table in the paper. Then you take a network that somebody else has trained, cut off its top, and
# teach it a new task with fewer images per class than you have fingers.
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
# | full | a GPU | 96 and 4,000; then photographs | 3–8 min on 2 cores, less on a GPU |
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
# Why 3 × 3? Two such convolutions in a row see 5 × 5 pixels, and three see 7 × 7, but with fewer weights than
# one large kernel and with a ReLU after each.
#
# ### Question 1 · `configurations`
#
# 1. Write B, C, D and E as lists of words, like A below.
# 2. Write `count_parameters(layers, input_shape, classes)`: it computes how many weights and biases such a
#    list has. Do not build the network: VGG16 alone would take half a gigabyte. Pooling rounds down. Use
#    `classes` in place of the number in the last word.

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


def check_configuration(name, given, weights):
    assert isinstance(given, (list, tuple)), (
        f"`{name}` is of type {type(given).__name__}; expected a list of words."
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


def check_count(layers, input_shape, classes, name, wanted, biases):
    given = count_parameters(list(layers), input_shape, classes)
    assert given is not None, "`count_parameters` returned None. Did you forget `return`?"
    assert given != wanted - biases, (
        f"`count_parameters` returned {given:,} for {name}; expected {wanted:,}. Did you leave out the "
        "biases? Each kernel and each neuron has one."
    )
    assert given == wanted, (
        f"`count_parameters` returned {given:,} for {name} with input shape {input_shape} and {classes} "
        f"classes; expected {wanted:,}. Does each kernel span all channels of its input? Is the size of "
        "the image after the last pooling right?"
    )


def check_configurations():
    for name, given, weights in [("B", B, 13), ("C", C, 16), ("D", D, 16), ("E", E, 19)]:
        check_configuration(name, given, weights)
    a = "conv3-64 maxpool conv3-128 maxpool conv3-256 conv3-256 maxpool conv3-512 conv3-512 maxpool "
    a += "conv3-512 conv3-512 maxpool FC-4096 FC-4096 FC-1000"
    check_count(a.split(), (224, 224, 3), 1000, "A", 132_863_336, biases=11_944)
    small = ["conv3-4", "maxpool", "conv1-6", "maxpool", "FC-5", "FC-9"]
    check_count(small, (7, 9, 2), 3, str(small), 189, biases=18)
    # Table 2 of the paper gives them in millions.
    exactly = {"B": 133_047_848, "C": 133_638_952, "D": 138_357_544, "E": 143_667_240}
    for name, given in [("B", B), ("C", C), ("D", D), ("E", E)]:
        found = count_parameters([str(word) for word in given])
        assert found == exactly[name], (
            f"`count_parameters({name})` returned {found:,}; expected {exactly[name]:,}. Check the "
            f"convolutions of each block of `{name}` and their numbers of channels."
        )


### BEGIN HIDDEN TESTS
# Defined here because question 2 needs them, even if this question fails.
def list_words(blocks):
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
    for position, (word, expected) in enumerate(
        zip(map(str, given), list_words(PAPER[name]), strict=True), start=1
    ):
        assert word == expected, f"word {position} of `{name}` is {word}; expected {expected}." + (
            " The third convolutions of C are 1 × 1."
            if expected.startswith("conv1")
            else " Only C has 1 × 1 convolutions."
            if word.startswith("conv1")
            else ""
        )


def count_weights_and_biases(layers, input_shape, classes):
    """Return the number of all parameters, and the number of biases among them."""
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
        layers = list_words(blocks)
        wanted = count_weights_and_biases(layers, (224, 224, 3), 1000)
        check_count(layers, (224, 224, 3), 1000, name, *wanted)
    for _ in range(4):
        layers, classes = random_layers(rng), int(rng.integers(2, 30))
        input_shape = (
            int(rng.integers(16, 60)),
            int(rng.integers(16, 60)),
            int(rng.integers(1, 5)),
        )
        wanted = count_weights_and_biases(layers, input_shape, classes)
        check_count(layers, input_shape, classes, str(layers), *wanted)


check_configurations_hidden(np.random.default_rng(hidden_seed()))
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
# or neurons. With `width=1/16`, VGG16 fits on any laptop. The words mean what the table says: a convolution
# keeps the size, pooling halves it, and the last layer, with `classes` neurons, has no activation. (The paper
# adds dropout after the first two fully connected layers. You may add it, too: it has no weights and does
# nothing at inference.)


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
import logging
import warnings

import keras
import numpy as np

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no warnings about retracing


def compute_outputs(network, x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns if a model takes a list of one input
        return np.asarray(keras.ops.convert_to_numpy(network(x)), dtype="float64")


def check_vgg(layers, input_shape, classes, width, shapes, weights, x, outputs):
    network = vgg(list(layers), input_shape, classes, width)
    assert network is not None, "`vgg` returned None. Did you forget `return`?"
    assert isinstance(network, keras.Model), (
        f"`vgg` returned {type(network).__name__}; expected a Keras model."
    )
    assert tuple(network.output_shape) == (None, classes), (
        f"`vgg` returned a model with outputs of shape {network.output_shape}; expected "
        f"{(None, classes)}, one logit for each class."
    )
    given = [tuple(w.shape) for w in network.weights]
    where = f"`vgg` with width={width:g} and input_shape={input_shape}"
    assert len(given) == len(shapes), (
        f"{where} returned a model with {len(given)} weight arrays; expected {len(shapes)}, a kernel and "
        "a bias for each layer."
    )
    for number, (actual, expected) in enumerate(zip(given, shapes, strict=True)):
        assert actual == expected, (
            f"{where} returned a model whose weight array {number + 1} of {len(shapes)} has shape "
            f"{actual}; expected {expected}. "
            + (
                "Does every convolution keep the size (padding), and does every pooling halve it?"
                if len(expected) == 2 and actual[-1] == expected[-1]
                else "Did you apply `width` to every layer but the last?"
            )
        )
    network.set_weights(weights)
    actual, expected = compute_outputs(network, x), np.asarray(outputs, dtype=float)
    assert np.any(actual < 0) or not np.allclose(actual.sum(axis=-1), 1, atol=1e-3), (
        "The outputs of `vgg` sum to 1, so they are probabilities; expected logits. Remove the softmax "
        "from the last layer."
    )
    assert np.any(actual < 0) or np.all(expected >= 0), (
        "No output of `vgg` is below 0. Does the last layer have a ReLU? Logits have no activation."
    )
    assert np.allclose(actual, expected, rtol=1e-3, atol=1e-3), (
        f"{where} returned a model that, with given weights, outputs {np.round(actual[0], 3).tolist()}; "
        f"expected {np.round(expected[0], 3).tolist()}. Does each layer but the last have a ReLU? Did you "
        "use *max*-pooling?"
    )


def check_vgg_visible():
    # Odd sizes, because pooling rounds down.
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


def make_narrow(layers, width):
    return [
        word
        if word == "maxpool"
        else f"{word.split('-')[0]}-{round(width * int(word.split('-')[1]))}"
        for word in layers
    ]


def check_by_reference(layers, input_shape, classes, width, rng):
    wanted = reference_vgg(make_narrow(layers, width), input_shape, classes)
    shapes = [tuple(w.shape) for w in wanted.weights]
    weights = [
        rng.normal(size=shape) * np.sqrt(2 / max(1, np.prod(shape[:-1]))) for shape in shapes
    ]
    wanted.set_weights(weights)
    x = rng.normal(size=(3, *input_shape)).astype("float32")
    outputs = compute_outputs(wanted, x)
    check_vgg(layers, input_shape, classes, width, shapes, weights, x, outputs)


def check_vgg_hidden(rng):
    check_by_reference(list_words(PAPER["A"]), (64, 64, 3), 10, 1 / 32, rng)
    for name in rng.choice(["C", "E"], 1):
        check_by_reference(list_words(PAPER[name]), (32, 32, 3), 7, 1 / 16, rng)
    check_by_reference(random_layers(rng), (20, 24, 3), int(rng.integers(2, 9)), 0.5, rng)


check_vgg_hidden(np.random.default_rng(hidden_seed()))
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
# 2. Write `decode_predictions(probabilities, names, top)`: for each image, that is, for each row of
#    `probabilities`, it returns a list of the `top` most probable classes, the most probable first. Each
#    class is a pair `(name, probability)`. The name of class `k` is `names[k]`.


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

MISTAKES = {
    "not reversed": "kept the channels in the order red, green, blue. Reverse them before you subtract.",
    "nothing reversed": "kept the channels in the order red, green, blue. Reverse them and the means.",
    "means reversed": "subtracted the means in the wrong order. They belong to blue, green, red.",
    "no mean": "reversed the channels but did not subtract the means.",
    "rows reversed": "turned the image upside down. Reverse the last axis, the channels, instead.",
    "columns reversed": "mirrored the image. Reverse the last axis, the channels, instead.",
}


def check_preprocess(images, wanted, mistaken):
    """Check preprocessed images; mistaken: what each mistake makes of the first pixel."""
    given = preprocess_input(images.copy())
    assert given is not None, "`preprocess_input` returned None. Did you forget `return`?"
    given = np.asarray(given, dtype=float)
    assert given.shape == images.shape, (
        f"`preprocess_input` returned shape {given.shape}; expected {images.shape}."
    )
    right = np.allclose(given, wanted, atol=1e-2)
    for mistake, pixel in mistaken.items():
        assert right or not np.allclose(given[0, 0, 0], pixel, atol=1e-2), (
            f"`preprocess_input` {MISTAKES[mistake]}"
        )
    assert right, (
        f"`preprocess_input` returned {np.round(given[0, 0, 0], 2).tolist()} for the pixel "
        f"{images[0, 0, 0].tolist()}; expected {np.round(wanted[0, 0, 0], 2).tolist()}. Did you scale the "
        "pixels? VGG only subtracts the means."
    )


def check_decode(probabilities, names, top, wanted):
    given = decode_predictions(probabilities.copy(), list(names), top)
    assert given is not None, "`decode_predictions` returned None. Did you forget `return`?"
    assert len(given) == len(probabilities), (
        f"`decode_predictions` returned {len(given)} lists; expected {len(probabilities)}, one for each image."
    )
    for pairs, expected in zip(given, wanted, strict=True):
        pairs = [(str(name), float(p)) for name, p in pairs]
        assert len(pairs) == top, (
            f"`decode_predictions` with top={top} returned {len(pairs)} classes for an image; expected {top}."
        )
        assert [p for _, p in pairs] == sorted((p for _, p in pairs), reverse=True), (
            f"`decode_predictions` returned {pairs}; expected the most probable class first."
        )
        assert [name for name, _ in pairs] == [name for name, _ in expected] and np.allclose(
            [p for _, p in pairs], [p for _, p in expected], atol=1e-5
        ), f"`decode_predictions` returned {pairs}; expected {expected}."


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
            "not reversed": [151.061, -116.779, -123.68],
            "nothing reversed": [131.32, -116.779, -103.939],
            "means reversed": [-123.68, -116.779, 151.061],
            "no mean": [0, 0, 255],
            "rows reversed": [-103.939, -116.779, 76.32],
            "columns reversed": [-93.939, -96.779, -93.68],
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
        "not reversed": rgb - mean,
        "nothing reversed": rgb - mean[::-1],
        "means reversed": rgb[..., ::-1] - mean[::-1],
        "no mean": rgb[..., ::-1],
        "rows reversed": rgb[:, ::-1] - mean,
        "columns reversed": rgb[:, :, ::-1] - mean,
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
#    `transfer.backbone("small_vgg")` to the outputs of the layer with that name, flattened to one row of
#    numbers for each image. (The blocks end at `"block1_pool"` … `"block4_pool"`. A model has `input` and
#    `get_layer(name)`; a layer has `output`.)
# 2. Write `cache_key(model, images, preprocessing)`: it returns a string. The string is the same whenever the
#    model's weights, the images and the name of the preprocessing are the same. It is different if any of
#    them differs, even in a single number or in the order of the images.
#
# `hashlib.sha256(some_bytes).hexdigest()` turns many bytes into a short string; other bytes give another
# string. Get the bytes of an array with `array.tobytes()`, and those of a string with `text.encode()`. Do not
# use Python's built-in `hash`: for strings it differs from process to process, so tomorrow you would not find
# your features.


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


def check_extractor(layer, images, length, columns, wanted):
    """Check the features; wanted: their values in these columns."""
    inputs = transfer.preprocess_input("small_vgg")(images)
    model = feature_extractor(layer)
    assert model is not None, "`feature_extractor` returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"`feature_extractor` returned {type(model).__name__}; expected a Keras model."
    )
    given = compute_outputs(model, inputs)
    shape = len(images), length
    assert given.shape == shape, (
        f"The model from `feature_extractor({layer!r})` returned shape {given.shape}; expected {shape}, "
        "one row for each image. Does it end at that layer, and does it flatten?"
    )
    assert np.allclose(given[:, columns], wanted, rtol=1e-3, atol=1e-3), (
        f"The model from `feature_extractor({layer!r})` returned features that differ from those of the "
        "pre-trained network. Does it have the pre-trained weights?"
    )


def small_model(rng):
    layers = [keras.layers.Dense(400), keras.layers.Dense(2)]  # too many weights to print in full
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.set_weights([rng.normal(size=w.shape).astype("float32") for w in model.weights])
    return model


def check_key(rng):
    model, images = small_model(rng), rng.integers(0, 256, (6, 8, 8, 3)).astype("uint8")
    key = cache_key(model, images.copy(), "vgg")
    assert key is not None, "`cache_key` returned None. Did you forget `return`?"
    assert isinstance(key, str) and key, (
        f"`cache_key` returned {key!r}; expected a non-empty string."
    )
    assert cache_key(model, images.copy(), "vgg") == key, (
        "`cache_key` returned two different keys for the same model, images and preprocessing, so you "
        "would never find the features again. Does the key depend on an id or a random number?"
    )
    one_pixel = images.copy()
    one_pixel[rng.integers(6), rng.integers(8), rng.integers(8), rng.integers(3)] ^= 1
    reversed_order = images[::-1].copy()
    swapped = images.copy()
    swapped[4], swapped[5] = images[5], images[4]
    for others, change in [
        (one_pixel, "one pixel changed"),
        (reversed_order, "the images were reversed"),
        (swapped, "two images were swapped"),
        (images[:5].copy(), "the last image was removed"),
    ]:
        assert cache_key(model, others, "vgg") != key, (
            f"`cache_key` returned the same key after {change}, so you would load the features of other "
            "images. Does the key depend on every pixel and on the order?"
        )
    assert cache_key(model, images.copy(), "none") != key, (
        "`cache_key` returned the same key for another preprocessing. Does the key depend on "
        "`preprocessing`?"
    )
    for number in range(len(model.weights)):
        weights = model.get_weights()
        place = int(0.6 * weights[number].size)
        weights[number].flat[place] += 0.001
        model.set_weights(weights)
        assert cache_key(model, images.copy(), "vgg") != key, (
            f"`cache_key` returned the same key after a number in weight array {number + 1} of "
            f"{len(weights)} changed, so after training you would load the old features. Does the key "
            "depend on every weight?"
        )
        weights[number].flat[place] -= 0.001
        model.set_weights(weights)
    weights = model.get_weights()
    weights[0][0], weights[0][1] = weights[0][1].copy(), weights[0][0].copy()
    model.set_weights(weights)
    assert cache_key(model, images.copy(), "vgg") != key, (
        "`cache_key` returned the same key after two rows of weights were swapped. Does the key depend on "
        "their order?"
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
        wanted = compute_outputs(keras.Model(whole.input, whole.get_layer(layer).output), inputs)
        wanted = wanted.reshape(len(images), -1)
        check_extractor(layer, images, wanted.shape[1], slice(None), wanted)
    check_key(rng)


check_features_hidden(np.random.default_rng(hidden_seed()))
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
# `(batch, classes)` with one `Dense` layer, compile and train it, and return it. `labels` are integers. After
# training on 120 images of ten kinds of objects, it must classify at least **55 %** of unseen images
# correctly. Make sure that there are enough updates: 120 images make only four batches of 32. (Here Adam
# learns faster with a learning rate of 0.005 than with 0.001. Call `trace_once(model)` before `fit`:
# otherwise TensorFlow builds the graph of the training step twice, which takes longer than the training
# itself.)


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
    assert head is not None, "`train_head` returned None. Did you forget `return`?"
    assert isinstance(head, keras.Model), (
        f"`train_head` returned {type(head).__name__}; expected the trained Keras model."
    )
    weights = sum(int(np.prod(w.shape)) for w in head.weights)
    outputs = compute_outputs(head, unseen)
    assert outputs.shape == (len(unseen), classes), (
        f"The model from `train_head` returned shape {outputs.shape}; expected {(len(unseen), classes)} for "
        f"{len(unseen)} images and {classes} classes."
    )
    assert weights == 513 * classes, (
        f"The model from `train_head` has {weights} parameters; expected {513 * classes}, those of one "
        f"Dense layer from 512 features to {classes} classes."
    )
    share = np.mean(outputs.argmax(axis=-1) == y_test)
    known = np.mean(compute_outputs(head, few).argmax(axis=-1) == y)
    print(f"{len(few)} training images: {share:.1%} of {len(unseen)} unseen images are correct.")
    assert share >= 0.55, (
        f"The model from `train_head` is correct on {share:.1%} of the unseen images (and on {known:.0%} of "
        "the training images); expected at least 55 %. Are there enough updates? Does the loss expect "
        "logits? Do you return the trained model?"
    )


check_head(seed=0, classes=10)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_head(seed=hidden_seed(), classes=7)
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
# For a task like the one that the network was trained on, deeper is better. For a different task, the last
# block is too specialised: it discards information that the new task needs, and the block before is the
# better place to cut (Yosinski et al. 2014).
#
# ## 6 Four cases
#
# How much of a pre-trained network you keep depends on two things: whether you have **few images or many**,
# and whether the new task is **similar** to the old one or **different**. Four rules of thumb:
#
# - With few images, train as few weights as possible: a network with many trainable weights memorises them.
# - With many images, it pays to train the whole network. If the tasks are similar, the pre-trained weights
#   are a good starting point: **continue training** all of them, except for the batch normalisation, which
#   stays frozen (section 8 explains why).
# - Early layers, here up to `"block3_pool"`, detect edges and textures, which all images have. Late layers
#   detect what their own task needed.
# - With many images of a very different task, you need none of the pre-trained weights. Take the architecture
#   with all its blocks and **random** weights.
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


def get_plan(case):
    given = plan(*case)
    assert given is not None, "`plan` returned None. Did you forget `return`?"
    assert isinstance(given, (tuple, list)) and len(given) == 3, (
        f"`plan{case}` returned {given}; expected three values: keep, pretrained and frozen."
    )
    assert given[0] in ("all", "early"), (
        f'`plan{case}` returned keep={given[0]!r}; expected "all" or "early".'
    )
    return given[0], bool(given[1]), bool(given[2])


def check_plan(case, keep, pretrained, frozen):
    given = get_plan(case)
    assert given[0] == keep, f"`plan{case}` returned keep={given[0]!r}; expected {keep!r}. " + (
        "Late layers are specific to the old task, and there are too few images to retrain them."
        if keep == "early"
        else "All blocks are useful here."
    )
    assert given[1] == pretrained, (
        f"`plan{case}` returned pretrained={given[1]}; expected {pretrained}. "
        + (
            "The pre-trained weights are a good starting point."
            if pretrained
            else "The weights of the old task are not needed here."
        )
    )
    assert given[2] == frozen, f"`plan{case}` returned frozen={given[2]}; expected {frozen}. " + (
        "The network would memorise so few images."
        if frozen
        else "There are enough images to train these blocks."
    )


pretrained_network = transfer.backbone("small_vgg")


def find_kernels(weights):
    """Return, for each convolution of small_vgg, the index of its kernel in weights, or None."""
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
    name = f"`transfer_model` for {case[0]} data and a {case[1]} task"
    model = transfer_model(*case, classes)
    assert model is not None, "`transfer_model` returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"`transfer_model` returned {type(model).__name__}; expected a Keras model."
    )
    assert tuple(model.output_shape) == (None, classes), (
        f"{name}: the model has outputs of shape {model.output_shape}; expected {(None, classes)}."
    )
    before = [np.array(w) for w in model.get_weights()]
    places = find_kernels(before)
    wanted = KERNELS[:4] if keep == "early" else KERNELS
    if pretrained:
        missing = [layer for layer in wanted if places[layer] is None]
        assert not missing, f"{name}: {missing[0]} does not have its pre-trained weights."
        extra = [layer for layer in KERNELS if layer not in wanted and places[layer] is not None]
        assert not extra, (
            f"{name}: the model contains {extra[0]}, a late layer. Cut the backbone at block3_pool."
        )
    else:
        kept = [layer for layer in KERNELS if places[layer] is not None]
        assert not kept, f"{name}: {kept[0]} has its pre-trained weights; expected random weights."
        convolutions = sum(weight.ndim == 4 for weight in before)
        assert convolutions == len(wanted), (
            f"{name}: the model has {convolutions} convolutions; expected {len(wanted)}, as in small_vgg."
        )
    features = {"all": 512, "early": 1024}[keep]
    heads = [w.shape for w in before if w.ndim == 2]
    assert heads == [(features, classes)], (
        f"{name}: the model has Dense layers with kernels of shape {heads}; expected "
        f"{[(features, classes)]}. The head is one Dense layer from the flattened features to the classes."
    )

    # Which weights change in a training step?
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
                f"{name}: {layer} {'changes' if frozen else 'does not change'} during training. "
                f"{'Freeze' if frozen else 'Do not freeze'} it."
            )
    kernels = [m for w, m in zip(before, moved, strict=True) if w.ndim == 4]
    assert frozen or all(kernels), (
        f"{name}: some convolutions do not change during training. Do not freeze them."
    )
    vectors = [
        m for w, m in zip(before, moved, strict=True) if w.ndim == 1 and w.shape != (classes,)
    ]
    assert pretrained or any(vectors), (
        f"{name}: batch normalisation does not change during training. Do not freeze it: its weights are "
        "random, so it has to learn, too."
    )
    if pretrained:
        assert not any(vectors), f"{name}: batch normalisation changes during training. " + (
            "Freeze the whole backbone."
            if frozen
            else "Freeze its layers and train the convolutions."
        )


def check_four_cases(classes, rng):
    # The visible check tests one row of the plan; the hidden tests check all four. Your networks
    # have to follow your plan.
    check_plan(("small", "similar"), "all", True, True)
    plans = {case: get_plan(case) for case in CASES}
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
# Do these rules hold? Find out by an experiment. Each of the two tasks, objects (similar) and digits
# (different), is learned once from few images and once from many. Each time you compare three models:
#
# - **frozen**: the frozen blocks of the plan for small data, with a new head;
# - **fine-tuned**: all blocks, starting from the pre-trained weights, trained;
# - **from scratch**: all blocks, starting from random weights, trained.
#
# In each case, all three models see every image the same number of times, and all trials of one model on one
# task start from the same weights. The outputs of frozen blocks never change, so there you train only the
# head, on precomputed features. Keep in mind that with 300 test images the accuracy has a standard error of
# two or three percentage points, and that each bar shows a single training run.

# %%
SMALL, LARGE = 96, {"quick": 240, "full": 4000}[profile.current()]
EPOCHS = {"quick": {"small": 8, "large": 4}, "full": {"small": 30, "large": 8}}[profile.current()]
KEPT = {"early": "block3_pool", "all": "block4_pool"}  # the layer at which to cut

fine_tuned = compile_model(transfer_model("large", "similar", 10), 1e-3)
from_scratch = compile_model(transfer_model("large", "different", 10), 3e-3)
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
# and with many: 70 to 80 % with frozen features, 15 to 30 % from scratch. Ten or twenty images per class are
# not enough to learn what edges and parts are. The pre-trained network has learned that from thirty thousand
# other images and only has to learn the new names. On digits, the different task, it helps less: training
# from scratch reaches 50 to 75 %, sometimes as much as the other models, sometimes twenty percentage points
# less. Strokes on a plain background are easier to learn, and what the network knows about coloured objects
# on cluttered backgrounds only partly applies. (2) Frozen is better than fine-tuned, by one to fifteen points
# with 96 images and by at most five with 240 (sometimes not at all, and less than the error). Fine-tuning
# changes about 290,000 weights, a head only 5,000. The more images there are, the better they determine all
# those weights; but 240 are still too few to determine them better than the old task did. (3) No: with 240
# images of the different task, random weights are at best as good as pre-trained ones, and less reliable. So
# 240 images are not "large", and the pre-trained weights cost nothing. A thousand X-ray images are few for a
# whole network, and the task is different: I would cut early and freeze, then try fine-tuning with a small
# learning rate, and compare both with a network trained from scratch on a validation set.
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
# their classes. Continue training **all convolutions and the head**, but not the batch normalisation, with a
# learning rate of at most 0.001, and return the model. (`trace_once` helps here, too.)


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


def check_fine_tuning(seed, epochs, images):
    (x, y), _ = transfer.target_task("objects", train=images, test=1, seed=seed)
    x = transfer.preprocess_input("small_vgg")(x)
    base = transfer.backbone("small_vgg")
    outputs = keras.layers.Dense(10)(keras.layers.Flatten()(base.output))
    model = keras.Model(base.input, outputs)
    # A head that is good enough: least squares from the features to the logits.
    features = compute_outputs(keras.Model(base.input, keras.layers.Flatten()(base.output)), x)
    wide = np.concatenate([features, np.ones((len(x), 1))], axis=1)
    head = np.linalg.solve(wide.T @ wide + 50 * np.eye(513), wide.T @ (8 * np.eye(10)[y]))
    model.layers[-1].set_weights([head[:-1].astype("float32"), head[-1].astype("float32")])
    before = {layer.name: layer.get_weights() for layer in model.layers}
    kinds = {layer.name: type(layer).__name__ for layer in model.layers}

    tuned = fine_tune(model, x, y.astype("int64"), epochs)
    assert tuned is not None, "`fine_tune` returned None. Did you forget `return`?"
    assert isinstance(tuned, keras.Model), (
        f"`fine_tune` returned {type(tuned).__name__}; expected the trained Keras model."
    )
    after = {layer.name: layer.get_weights() for layer in tuned.layers}
    assert set(after) >= set(kinds), (
        "`fine_tune` returned a model with other layers; expected the model that it was given."
    )
    for name, kind in kinds.items():
        same = all(np.array_equal(a, b) for a, b in zip(before[name], after[name], strict=True))
        if kind == "BatchNormalization":
            averages = all(
                np.array_equal(a, b) for a, b in zip(before[name][2:], after[name][2:], strict=True)
            )
            assert averages, (
                f"`fine_tune` changed the moving averages of {name}: the layer ran in training mode. Freeze "
                "batch normalisation before you compile."
            )
            assert same, f"`fine_tune` changed the weights of {name}. Freeze batch normalisation."
        elif kind in ("Conv2D", "Dense"):
            assert not same, (
                f"`fine_tune` did not change {name}. Train all convolutions and the head."
            )
        if kind == "Conv2D":
            old, new = before[name][0], after[name][0]
            change = float(np.linalg.norm(new - old) / np.linalg.norm(old))
            assert change < 0.35, (
                f"`fine_tune` changed {name} by {100 * change:.0f} %; expected less than 35 %. What the layer "
                "had learned is lost. Is the learning rate too large?"
            )


check_fine_tuning(seed=0, epochs=2, images=64)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_fine_tuning(seed=hidden_seed(), epochs=4, images=96)
### END HIDDEN TESTS

# %% [markdown]
# What happens without this care? Your `train_head` trains a head on 96 images of objects. This head goes on
# top of the whole network, which is then fine-tuned for one epoch with a batch size of one, in three ways:
# carefully, with a learning rate of 0.0001; with 0.01; and with 0.0001, but with batch normalisation in
# training mode.

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
# The large learning rate has destroyed the network: guessing also gets one image in ten right. Normalising
# with the statistics of single images costs much less: one to nine percentage points in seven runs of ours,
# so you may hardly see it in yours. Careful fine-tuning, from a trained head and in small steps, is as good
# as the head alone, within the error of two or three points: with 96 images there is more to lose than to
# gain.
#
# ## 9 What the network sees
#
# Finally, look at the feature space itself. The figure shows images of five kinds of objects that the
# backbone was never trained on: as pixels, as features of a network with random weights, and as features of
# the pre-trained network. Each image is a vector of hundreds or thousands of numbers; the figure shows the
# two directions in which these vectors vary most (*principal component analysis*, PCA).

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
# In these two dimensions the kinds still overlap. But with all features, three images out of four have a
# nearest neighbour of their own kind; with pixels, only one in three; by chance, one in five. Nobody ever
# told the backbone what a bird is.
#
# **Photographs.** In the full profile, the last cell uses VGG16 itself, with the weights that it learned from
# 1.3 million photographs (a download of 58 MB), and photographs of cats and dogs. If the weights or the
# photographs are not available, the cell says so and uses the course's own network or images instead.

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
