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
# # A multilayer perceptron reads digits
#
# Every child learns to read the ten digits, and nobody can write down the rule that it has learnt. In
# this lab you build a machine that finds such a rule by itself, from examples: first its
# parts, with nothing but NumPy, so that nothing is hidden; then the same machine in Keras, where it
# takes six lines.
#
# **You will learn**
#
# - what one artificial neuron computes, and why it needs a bend (the activation);
# - how a whole batch of images goes through a network in two matrix products;
# - to write the same network with Keras' Sequential and with its Functional API, and to know how many
#   numbers it has to learn;
# - what an epoch, a batch and an update are, and to train a network on nothing but its training data;
# - to look at what the network gets wrong, instead of only at how often.
#
# **You need** Python and NumPy at the level of `x.sum(axis=0)`. Everything else comes as we go.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | data | the last network gets | time |
# | --- | --- | --- | --- | --- |
# | quick | chosen on a CPU | 5,000 training images | 92–96 % | 5–15 s on 2 cores |
# | full | chosen on a GPU | all of MNIST, 60,000 | 98.5–98.9 % | 1–3 min on 2 cores, less on a GPU |
#
# To choose yourself, set `COURSE_PROFILE` to `quick` or `full` before you start. Without the internet
# the lab runs on stand-in digits, and says so.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # less small talk from TensorFlow

import keras
import numpy as np

from course_lib import data, figures, profile

keras.utils.set_random_seed(1)
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## The data
#
# Each image has 28 × 28 pixels, each pixel a number from 0 (paper) to 255 (ink), and each image
# comes with its **label**: the digit that the writer meant. A *training part* is there to learn from. A
# *test part* is kept apart until the end, to find out what has been learnt (LeCun et al. 1998).

# %%
(x_train, y_train), (x_test, y_test) = data.load("mnist")
if profile.current() == "quick":
    x_train, y_train = x_train[:5000], y_train[:5000]  # enough to see everything, in seconds
print("training", x_train.shape, x_train.dtype, "· test", x_test.shape)
figures.image_grid(
    x_train[:20], [str(digit) for digit in y_train[:20]], "People write the same digit differently"
)

# %% [markdown]
# ## 1 One neuron
#
# An artificial neuron has inputs $x_1, x_2, \dots$ For each it has a **weight** that says how much this
# input counts, and in which direction. It adds everything up, together with one more number that
# depends on no input, the **bias** $b$:
#
# $$z = w_1 x_1 + w_2 x_2 + \dots + b$$
#
# The oldest neuron that learns, Rosenblatt's perceptron of 1958, then takes a yes-or-no decision: it
# *fires*, that is, puts out 1, if $z > 0$, and otherwise 0. The bias decides how easily. Below is such a
# **threshold unit** with two inputs that are 0 or 1. With these three numbers it fires if at least one
# of its inputs is 1: it computes *or*.

# %%
figures.threshold_unit(weights=(1.0, 1.0), bias=-0.5)

# %% [markdown]
# ### Question 1 · `neuron`
#
# 1. Write `neuron(x, w, b)`: the sum $z$, before any decision.
# 2. Find weights and a bias with which the threshold unit computes *and*: it fires only if **both**
#    inputs are 1. (Where would you have to move the line?)


# %% solution="neuron"
def neuron(x, w, b):
    """One neuron's weighted sum plus its bias.

    x: inputs, array (n,) · w: weights, array (n,) · b: bias, a number · returns z, a number
    """
    ### BEGIN SOLUTION
    return np.sum(x * w) + b
    ### END SOLUTION


# Two weights and a bias, with which the threshold unit fires only if both inputs are 1
### BEGIN SOLUTION
w_and = [1.0, 1.0]
b_and = -1.5
### END SOLUTION


# %% tests="neuron"
import numpy as np


def check_neuron():
    z = neuron(np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 2.0]), 0.25)
    assert z is not None, "neuron gives nothing back: does it end with `return`?"
    assert np.size(z) == 1, (
        f"neuron gives {np.size(z)} numbers: multiply, and then add up over all inputs."
    )
    z = float(np.reshape(z, ()))
    assert not np.isclose(z, 4.5), "neuron forgets the bias: 4.5 is the weighted sum alone."
    assert np.isclose(z, 4.75), (
        f"0.5·1 - 1·2 + 2·3 and the bias 0.25 make 4.75; your neuron gives {z:g}."
    )

    weights = np.asarray(w_and, dtype=float).ravel()
    assert weights.shape == (2,), f"w_and needs one weight an input, 2; it has {weights.size}."
    for corner in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        z = float(np.dot(corner, weights) + np.reshape(b_and, ()))
        assert (z > 0) == (corner == (1, 1)), (
            f"With w_and and b_and the inputs {corner} give z = {z:g}, so the unit "
            f"{'fires' if z > 0 else 'does not fire'}; *and* wants the opposite there."
        )


check_neuron()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_neuron_hidden(rng):
    for inputs in (1, 5, 784):
        x, w, b = rng.normal(size=inputs), rng.normal(size=inputs), rng.normal()
        z = float(np.reshape(neuron(x, w, b), ()))
        assert np.isclose(z, x @ w + b, rtol=1e-3, atol=1e-3), (
            f"With {inputs} random inputs the sum and the bias make {x @ w + b:.4f}; "
            f"your neuron gives {z:.4f}."
        )


check_neuron_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 Activations: why a neuron bends
#
# A sum of weighted sums is only a weighted sum again. Ten layers of bare neurons could do no more than
# one. So each neuron bends its $z$ before it hands it on; the function that does it is called its
# **activation**.
#
# | name | formula | what it is good for |
# | --- | --- | --- |
# | step | 1 if $z > 0$, 0 if $z < 0$ | a decision. But it is flat: it doesn't say in which direction to improve |
# | ReLU | $z$ if $z > 0$, else 0 | hidden layers; cheap, and its slope does not fade (Glorot, Bordes & Bengio 2011) |
# | leaky ReLU | $z$ if $z > 0$, else $a z$ with a small $a$, the *slope* | the same, and it never goes quite silent |
# | sigmoid | $\dfrac{1}{1 + e^{-z}}$ | between 0 and 1: the probability of "yes" |
# | softplus | $\ln(1 + e^z)$ | a ReLU without the corner |
# | softmax | $\dfrac{e^{z_k}}{\sum_j e^{z_j}}$ | one $z$ a class → one probability a class, together 1 |
#
# The first five take each number by itself. Softmax takes a whole row: the $z$ of all classes for one
# image.
#
# One warning. A `float64` ends near $1.8 \cdot 10^{308}$, and $e^{710}$ lies beyond: NumPy makes it `inf`,
# and `inf / inf` is `nan`, *not a number*, which then spreads to everything that it meets. A network
# does produce such $z$ when it is badly trained, and you need your formulas most of all then.
#
# ### Question 2 · `activations`
#
# Write all six for arrays of any shape. They must give the right number for every $z$ from -1000 to
# 1000. Where the formula as it stands does not, find another one that is equal to it. (At $z = 0$
# itself the step may give 0 or 1.)


# %% solution="activations"
def step(z):
    """1 where z > 0, 0 where z < 0; the same shape as z."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION


def relu(z):
    """z where it is positive, else 0."""
    ### BEGIN SOLUTION
    return np.maximum(z, 0.0)
    ### END SOLUTION


def leaky_relu(z, slope=0.1):
    """z where it is positive, else slope · z."""
    ### BEGIN SOLUTION
    return np.where(z > 0, z, slope * z)
    ### END SOLUTION


def sigmoid(z):
    """1 / (1 + e^-z)."""
    ### BEGIN SOLUTION
    # e^-|z| is never larger than 1, and for z < 0 the fraction, times e^z above and below, has it too.
    small = np.exp(-np.abs(z))
    return np.where(z > 0, 1.0, small) / (1.0 + small)
    ### END SOLUTION


def softplus(z):
    """ln(1 + e^z)."""
    ### BEGIN SOLUTION
    # ln(1 + e^z) = z + ln(1 + e^-z): again the exponent that is negative.
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))
    ### END SOLUTION


def softmax(z):
    """Probabilities over the last axis: e^z_k / sum of e^z_j over all classes j."""
    ### BEGIN SOLUTION
    # Subtracting the same number from all z of a row divides numerator and denominator alike.
    powers = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)
    ### END SOLUTION


# %% tests="activations"
import warnings

import numpy as np


def compare(name, given, wanted, argument, hint):
    assert given is not None, f"{name} gives nothing back: does it end with `return`?"
    given, wanted = np.asarray(given, dtype=float), np.asarray(wanted, dtype=float)
    assert given.shape == wanted.shape, (
        f"{name} of an array of shape {wanted.shape} must have the same shape; "
        f"yours has {given.shape}."
    )
    assert np.allclose(given, wanted, rtol=1e-4, atol=1e-6), (
        f"{name} of {argument} should be {np.round(wanted, 4).tolist()}; "
        f"yours is {np.round(given, 4).tolist()}. {hint}"
    )


def check_activations():
    z = np.array([-2.0, -0.5, 0.5, 3.0])
    shown = z.tolist()
    compare("step", step(z.copy()), [0, 0, 1, 1], shown, "It knows only 0 and 1.")
    compare("relu", relu(z.copy()), [0, 0, 0.5, 3], shown, "Negative z become 0, others stay.")
    compare(
        "leaky_relu", leaky_relu(z.copy()), [-0.2, -0.05, 0.5, 3], shown,
        "The slope multiplies z where z is negative, and there only.",
    )  # fmt: skip
    compare(
        "sigmoid", sigmoid(z.copy()), [0.119203, 0.377541, 0.622459, 0.952574], shown,
        "Is the sign of the exponent right?",
    )  # fmt: skip
    compare(
        "softplus", softplus(z.copy()), [0.126928, 0.474077, 0.974077, 3.048587], shown,
        "Is it the natural logarithm, and the 1 inside it?",
    )  # fmt: skip

    # Two images, three classes: two rows, each of which must sum to 1.
    z = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 3.0]])
    p = softmax(z.copy())
    assert p is not None, "softmax gives nothing back: does it end with `return`?"
    p = np.asarray(p, dtype=float)
    assert p.shape == z.shape, f"softmax changes the shape {z.shape} to {p.shape}."
    assert np.allclose(p.sum(axis=1), 1), (
        f"your rows do not sum to 1 but to {np.round(p.sum(axis=1), 3).tolist()}: "
        + (
            "did you normalise over axis 0? A row is one image, its probabilities belong together."
            if np.allclose(p.sum(axis=0), 1)
            else "divide by the sum over the row's own classes, with keepdims=True."
        )
    )
    compare(
        "softmax", p, [[0.090031, 0.244728, 0.665241], [0.045278, 0.045278, 0.909443]],
        z.tolist(), "Take e to the power of z first.",
    )  # fmt: skip


def check_large_numbers(large):
    z = np.array([-large, large])
    for name, function, wanted in [
        ("sigmoid", sigmoid, [0, 1]),
        ("softplus", softplus, [0, large]),
    ]:
        given = np.asarray(function(z.copy()), dtype=float)
        assert np.allclose(given, wanted), (
            f"{name}({z.tolist()}) should be {wanted}; yours is {given.tolist()}: e^{large:g} is "
            "too large for a float. Rewrite the formula so that every exponent is negative or 0."
        )
    z = np.array([[large, large, -large], [-large, 1 - large, -large]])
    wanted = [[0.5, 0.5, 0], [0.211942, 0.576117, 0.211942]]
    given = np.asarray(softmax(z.copy()), dtype=float)
    assert np.allclose(given, wanted, atol=1e-4), (
        f"softmax({z.tolist()}) should be {wanted}; yours is {given.tolist()}: e^{large:g} is too large "
        "for a float. Which number can you subtract from all z of a row, its own for each row, without "
        "changing its probabilities?"
    )


# A formula that meets inf on its way and still ends right is right: its warnings cost nothing.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    check_activations()
    check_large_numbers(1000.0)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_activations_hidden(rng):
    for shape in ((7,), (4, 6), (2, 3, 5)):
        z = rng.normal(scale=4, size=shape)
        slope = rng.uniform(0.02, 0.4)
        with np.errstate(all="ignore"):
            wanted = [
                ("step", step(z.copy()), z > 0),
                ("relu", relu(z.copy()), z * (z > 0)),
                ("leaky_relu", leaky_relu(z.copy()), np.where(z > 0, z, 0.1 * z)),
                ("leaky_relu", leaky_relu(z.copy(), slope), np.where(z > 0, z, slope * z)),
                ("sigmoid", sigmoid(z.copy()), 1 / (1 + np.exp(-z))),
                ("softplus", softplus(z.copy()), np.log(1 + np.exp(z))),
                ("softmax", softmax(z.copy()), np.exp(z) / np.exp(z).sum(-1, keepdims=True)),
            ]
        for name, given, right in wanted:
            compare(name, given, right, f"random numbers of shape {shape}", "")
    check_large_numbers(rng.uniform(720, 990))


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    check_activations_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Your own functions, drawn. Look at where each of them is flat: there it tells a learning network
# nothing about the direction in which to change $z$.

# %%
figures.activation_functions(
    {"step": step, "ReLU": relu, "leaky ReLU": leaky_relu, "sigmoid": sigmoid, "softplus": softplus}
)

# %% [markdown]
# ## 3 From an image to an answer
#
# How does an *image* go into neurons? Row after row: 28 × 28 pixels become a line of 784 numbers. And
# how does a *class* come out? Each class has an output of its own, and the largest wins. Below that is
# drawn for three classes.

# %%
(shapes, kinds), _ = data.load("shapes", profile="quick")
figures.image_to_outputs(
    [shapes[np.flatnonzero(kinds == kind)[0]] for kind in range(3)],
    ["square", "circle", "triangle"],
)

# %% [markdown]
# Between input and output stands at least one **hidden layer**: a row of neurons that all look at the
# same inputs, each with weights and a bias of its own. Neuron $j$ of a layer computes
#
# $$z_j = \sum_i x_i W_{ij} + b_j$$
#
# so the weights of a layer fill a matrix $W$ with one row an input and one column a neuron. The outputs
# of the hidden layer, after its activation, are the inputs of the next. The last layer's $z$ are called
# **logits**; softmax turns them into probabilities.
#
# Images come in **batches**: an array with one image a row. A loop over them would work, but a
# matrix product does the whole batch at once, and many times as fast.
#
# ### Question 3 · `forward`
#
# Write the forward pass of a network with one hidden layer of ReLU neurons and an output layer of
# probabilities, for a batch, without a loop. Your own `relu` and `softmax` are there to be used.


# %% solution="forward"
def forward(x, w1, b1, w2, b2):
    """Probabilities of a two-layer network.

    x: (batch, inputs) · w1: (inputs, hidden) · b1: (hidden,) · w2: (hidden, classes)
    b2: (classes,) · returns (batch, classes)
    """
    ### BEGIN SOLUTION
    hidden = relu(x @ w1 + b1)
    return softmax(hidden @ w2 + b2)
    ### END SOLUTION


# %% tests="forward"
import numpy as np


def check_forward():
    x = np.array([[1.0, 2.0], [0.0, 1.0]])  # a batch of 2, each with 2 inputs
    w1 = np.array([[1.0, -1.0, 0.5, 2.0], [-1.0, 1.0, 0.5, -1.0]])  # to 4 hidden neurons
    b1 = np.array([0.5, 0.0, -1.0, 0.25])
    w2 = np.array([[1.0, 0.0, -0.5], [0.5, 1.0, 0.0], [-1.0, 0.5, 1.0], [0.5, -0.5, 0.25]])
    b2 = np.array([0.2, -1.3, 0.1])  # to 3 classes
    p = forward(x.copy(), w1, b1, w2, b2)
    assert p is not None, "forward gives nothing back: does it end with `return`?"
    p = np.asarray(p, dtype=float)
    assert p.shape == (2, 3), (
        f"2 images and 3 classes make an array (2, 3); yours has the shape {p.shape}."
    )
    # What the first row looks like when one thing is missing.
    for row, mistake in [
        ([0.2013, 0.2013, 0.5973], "the hidden layer has no activation: where is its ReLU?"),
        ([0.0347, 0.5427, 0.4226], "both biases are missing."),
        ([0.0645, 0.2250, 0.7106], "the hidden layer's bias b1 is missing."),
        ([0.1899, 0.5161, 0.2941], "the output layer's bias b2 is missing."),
        ([0.3250, -0.1750, 0.6625], "these are logits: softmax makes probabilities of them."),
        ([0.3201, 0.2313, 0.4486], "the output layer has a ReLU: softmax wants the bare sums."),
        ([0.4176, 0.1335, 0.4490], "the hidden layer has a sigmoid, not a ReLU."),
        ([0.4073, 0.5312, 0.6370], "softmax ran down the batch: did you normalise over axis 0?"),
    ]:
        assert not np.allclose(p[0], row, atol=2e-4), f"forward gives {row} first: {mistake}"
    wanted = np.array([[0.3325, 0.2016, 0.4659], [0.5217, 0.1919, 0.2863]])
    assert np.allclose(p, wanted, atol=2e-4), (
        f"forward should give {wanted.tolist()}; yours is {np.round(p, 4).tolist()}."
    )
    alone = np.asarray(forward(x[:1].copy(), w1, b1, w2, b2), dtype=float)
    assert np.allclose(alone, p[:1], atol=1e-6), (
        "An image gets other probabilities alone than in a batch: images must not mix."
    )


check_forward()
### BEGIN HIDDEN TESTS
import keras

from course_lib.testing import hidden_seed


def check_forward_hidden(rng):
    for batch, inputs, hidden, classes in ((5, 20, 7, 4), (1, 784, 30, 10)):
        network = keras.Sequential(
            [
                keras.Input((inputs,)),
                keras.layers.Dense(hidden, activation="relu"),
                keras.layers.Dense(classes, activation="softmax"),
            ]
        )
        weights = [rng.normal(size=w.shape) / np.sqrt(len(w)) for w in network.get_weights()]
        network.set_weights(weights)
        x = rng.uniform(0, 1, (batch, inputs))
        wanted = keras.ops.convert_to_numpy(network(x))
        given = np.asarray(forward(x.copy(), *weights), dtype=float)
        assert given.shape == wanted.shape, (
            f"{batch} images and {classes} classes make {wanted.shape}, not {given.shape}."
        )
        assert np.allclose(given, wanted, atol=1e-4), (
            "With the same weights Keras gives other probabilities than your forward: up to "
            f"{np.abs(given - wanted).max():.3f} apart."
        )


check_forward_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 The same in Keras
#
# Keras calls such a layer `Dense`: every neuron is connected to every input. A `Sequential` model is a
# list of layers, each fed by the one before:
#
# ```python
# keras.Sequential([
#     keras.Input((4,)),                            # what one example looks like, without the batch
#     keras.layers.Dense(3, activation="sigmoid"),
#     keras.layers.Dense(1),
# ])
# ```
#
# Here, and from now on, the last layer has no activation: the model gives **logits**. Training needs the
# *logarithm* of the softmax, and you have seen what $e^{1000}$ does to it. Keras' losses take softmax and
# logarithm together, in one safe step, if they are given logits (Goodfellow, Bengio & Courville 2016,
# §6.2.2.3). The largest logit is the largest probability in any case.
#
# ### Question 4 · `sequential`
#
# 1. Write `sequential_mlp(hidden)`: 784 inputs → two hidden ReLU layers → 10 logits.
# 2. How many numbers must such a network learn? Write `count_parameters(sizes)` for layers of any sizes,
#    as a formula; the sizes begin with the inputs and end with the outputs.


# %% solution="sequential"
def sequential_mlp(hidden):
    """A Keras Sequential model from (batch, 784) to logits (batch, 10).

    hidden: the number of neurons in the first and in the second hidden layer, as in (128, 64)
    """
    ### BEGIN SOLUTION
    first, second = hidden
    return keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(first, activation="relu"),
            keras.layers.Dense(second, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    ### END SOLUTION


def count_parameters(sizes):
    """Weights and biases of dense layers of these sizes, as in (784, 128, 64, 10)."""
    ### BEGIN SOLUTION
    from itertools import pairwise

    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
    ### END SOLUTION


# %% tests="sequential"
from itertools import pairwise

import keras
import numpy as np


def outputs_of(network, inputs):
    # A network that takes images as squares is as good as one that takes them as rows.
    shape = tuple(getattr(network, "input_shape", (None, 784)))[1:]
    inputs = np.asarray(inputs, dtype="float32").reshape(len(inputs), *shape)
    return np.asarray(keras.ops.convert_to_numpy(network(inputs)), dtype="float64")


def log_probabilities(outputs):
    # Logits, or probabilities for those who put the softmax into the model: both are a network.
    if np.all(outputs >= 0) and np.allclose(outputs.sum(axis=-1), 1, atol=1e-3):
        outputs = np.log(outputs + 1e-30)
    outputs = outputs - outputs.max(axis=-1, keepdims=True)
    return outputs - np.log(np.exp(outputs).sum(axis=-1, keepdims=True))


def check_structure(network, hidden, name):
    assert isinstance(network, keras.Model), (
        f"{name} must give back a Keras model; it gives {type(network).__name__}."
    )
    x = np.random.default_rng(0).uniform(0, 1, (5, 784))
    outputs = outputs_of(network, x)
    assert outputs.shape == (5, 10), (
        f"5 images and 10 digits make outputs (5, 10); the model's are {outputs.shape}."
    )
    sizes = (784, *hidden, 10)
    shapes = [tuple(w.shape) for w in network.get_weights()]
    wanted = [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])]
    assert sorted(shapes) == sorted(wanted), (
        f"{name}({hidden}) should hold weights and biases of the shapes {wanted}; "
        f"yours holds {shapes}. Does every layer have the right number of neurons, and a bias?"
    )


### BEGIN HIDDEN TESTS
# Here and not below: question 5 needs them too, whether or not this one is solved.
def relu_network(x, weights):
    for number in range(0, len(weights), 2):
        x = x @ weights[number] + weights[number + 1]
        if number + 2 < len(weights):
            x = np.maximum(x, 0)
    return x


def check_function(network, rng, name):
    x = rng.uniform(0, 1, (20, 784))
    weights = [np.asarray(w, dtype="float64") for w in network.get_weights()]
    outputs = outputs_of(network, x)
    given = log_probabilities(outputs)
    assert np.any(outputs < 0) or np.allclose(outputs.sum(axis=-1), 1, atol=1e-3), (
        f"No output of {name} is ever below 0: has the last layer a ReLU? A class that the network "
        "wants to rule out needs a negative logit."
    )
    straight = x
    for number in range(0, len(weights), 2):
        straight = straight @ weights[number] + weights[number + 1]
    assert not np.allclose(given, log_probabilities(straight), atol=1e-3), (
        f"{name} computes weighted sums of weighted sums and bends nowhere: "
        "the hidden layers need their activation."
    )
    # Some scale the pixels inside the model: the same network on other inputs.
    assert any(
        np.allclose(given, log_probabilities(relu_network(x * scale, weights)), atol=1e-3)
        for scale in (1, 1 / 255)
    ), (
        f"With the weights of {name}, two ReLU layers and bare sums at the end give other outputs: "
        "which activations do its layers have?"
    )


### END HIDDEN TESTS


def check_sequential():
    check_structure(sequential_mlp((32, 16)), (32, 16), "sequential_mlp")
    parameters = count_parameters((784, 128, 64, 10))
    assert parameters is not None, "count_parameters gives nothing back: is there a `return`?"
    assert parameters != 109184, (
        "109184 counts the weights alone: each neuron has a bias, which is learnt as well."
    )
    assert parameters == 109386, (
        f"784 → 128 → 64 → 10 has 109386 parameters; your formula gives {parameters}."
    )


check_sequential()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_sequential_hidden(rng):
    hidden = tuple(int(size) for size in rng.choice(np.arange(20, 60), 2, replace=False))
    network = sequential_mlp(hidden)
    check_structure(network, hidden, "sequential_mlp")
    check_function(network, rng, "sequential_mlp")
    for layers in (2, 3, 5):
        sizes = tuple(int(size) for size in rng.integers(1, 900, layers))
        wanted = int(np.dot(np.add(sizes[:-1], 1), sizes[1:]))
        assert count_parameters(sizes) == wanted, (
            f"count_parameters({sizes}) should be {wanted}; yours is {count_parameters(sizes)}."
        )


check_sequential_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Layers as functions
#
# A list is enough as long as everything flows in one line. In the **Functional API** a layer is a
# function: call it with what comes in, and it hands you what comes out. A model is then everything
# between two ends that you name:
#
# ```python
# inputs = keras.Input((4,))
# x = keras.layers.Dense(3, activation="sigmoid")(inputs)
# outputs = keras.layers.Dense(1)(x)
# keras.Model(inputs, outputs)
# ```
#
# Whatever stands between can be an end as well. So you can look into a network: what does its last
# hidden layer make of an image, just before the decision? In lab 3 you will cut a large network open at
# that place, and use it for something that it was never trained for.
#
# ### Question 5 · `functional`
#
# Build the network of question 4 once more, with the Functional API, and hand back **two** models that
# share its layers: `model`, from the inputs to the 10 logits, and `features`, from the same inputs to
# the outputs of the second hidden layer.


# %% solution="functional"
def functional_mlp(hidden):
    """Two Keras models (model, features) on the same layers.

    hidden: sizes of the two hidden layers · model: (batch, 784) → logits (batch, 10)
    features: (batch, 784) → outputs of the second hidden layer (batch, hidden[1])
    """
    ### BEGIN SOLUTION
    inputs = keras.Input((784,))
    x = keras.layers.Dense(hidden[0], activation="relu")(inputs)
    x = keras.layers.Dense(hidden[1], activation="relu")(x)
    outputs = keras.layers.Dense(10)(x)
    return keras.Model(inputs, outputs), keras.Model(inputs, x)
    ### END SOLUTION


# %% tests="functional"
import keras
import numpy as np


def check_functional(hidden, x):
    both = functional_mlp(hidden)
    assert isinstance(both, (tuple, list)) and len(both) == 2, (
        "functional_mlp must give back two models: return model, features"
    )
    network, features = both
    assert not isinstance(network, keras.Sequential), (
        "functional_mlp gives a Sequential model: build it with keras.Input and keras.Model."
    )
    check_structure(network, hidden, "functional_mlp")
    given = outputs_of(features, x)
    assert given.shape == (len(x), hidden[1]), (
        f"features should end at the {hidden[1]} neurons of the second hidden layer; "
        f"its outputs have the shape {given.shape}."
    )
    assert np.all(given >= 0), (
        "features gives negative numbers: it should end after the ReLU of its layer, not before."
    )
    return network, given


check_functional((32, 16), np.random.default_rng(0).uniform(0, 1, (5, 784)))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_functional_hidden(rng):
    hidden = tuple(int(size) for size in rng.choice(np.arange(20, 60), 2, replace=False))
    x = rng.uniform(0, 1, (20, 784))
    network, given = check_functional(hidden, x)
    check_function(network, rng, "functional_mlp")
    weights = [np.asarray(w, dtype="float64") for w in network.get_weights()]
    wanted = [np.maximum(relu_network(x * scale, weights[:4]), 0) for scale in (1, 1 / 255)]
    assert any(np.allclose(given, right, atol=1e-3) for right in wanted), (
        "features does not give what the second hidden layer of your model gives: "
        "the two models must share their layers, not each have their own."
    )


check_functional_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Training
#
# A new network has random weights (drawn with care: Glorot & Bengio 2010) and guesses. Training makes it
# better in small steps:
#
# - The **loss** is one number for how wrong the network is on a batch. For classes it is the
#   *cross-entropy*: minus the logarithm of the probability that the network gave to the right class. A
#   network that knows nothing gives each of ten classes 1/10, and its loss is $\ln 10 \approx 2.30$.
# - Its **gradient** says for every weight in which direction, and how steeply, the loss rises.
# - An **update** moves every weight a little the other way. How far is set by the **learning rate**.
#
# Below is the simplest case: a single weight, a loss that depends on it, and eight updates from the same
# start.

# %%
figures.loss_going_down(learning_rates=(0.05, 0.3, 1.05))

# %% [markdown]
# One batch makes one update. When every training image has been used once, an **epoch** is over, and
# the next begins, in a new order. If the images do not divide evenly into batches, the last batch of
# an epoch is smaller.
#
# In Keras, `model.compile(...)` says how to learn and `model.fit(...)` does it:
#
# | argument | what it says | here |
# | --- | --- | --- |
# | `optimizer` | how a gradient becomes an update | `"adam"`, which adapts the learning rate of each weight (Kingma & Ba 2015) |
# | `loss` | what to make small | `keras.losses.SparseCategoricalCrossentropy`: *sparse*, because labels are numbers 0 … 9 and not rows of zeros with a one |
# | `metrics` | what else to report | `["accuracy"]`, the share of right answers |
#
# How good is the network on images that it has *not* learnt from? To watch that while it trains, a
# tenth of the **training** part is set aside: the **validation** part. The test part is none of
# training's business, not even for watching: whoever chooses by it what to try next has used it up.
#
# Pixels go in as numbers between 0 and 1:


# %%
def as_inputs(images):
    """Images (n, 28, 28), 0 … 255, as inputs (n, 784), float32, 0 … 1."""
    return images.reshape(len(images), 784).astype("float32") / 255


# %% [markdown]
# ### Question 6 · `training`
#
# 1. Write `updates(examples, epochs, batch_size)`: how often are the weights changed?
# 2. Write `train(data, epochs, batch_size)`. `data` is what `data.load` gives back,
#    `(x_train, y_train), (x_test, y_test)`, images and labels as they come. Build a new network of your
#    own with hidden layers (128, 64), compile it, fit it with a tenth of the training part as validation
#    part, and hand back `(model, history)`: the model and what `fit` returns. Tell `fit` `verbose=0`, or
#    it prints a line for every epoch.


# %% solution="training"
def updates(examples, epochs, batch_size):
    """Number of updates when this many examples are trained on."""
    ### BEGIN SOLUTION
    return epochs * -(-examples // batch_size)
    ### END SOLUTION


def train(data, epochs, batch_size):
    """Train a new network on the training part of `data`; returns (model, history)."""
    ### BEGIN SOLUTION
    (x, y), _ = data
    model = sequential_mlp((128, 64))
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(
        as_inputs(x),
        y,
        batch_size=batch_size,
        epochs=epochs,
        validation_split=0.1,
        verbose=0,
    )
    return model, history
    ### END SOLUTION


# %% tests="training"
import logging
import warnings

import keras
import numpy as np


def toy_digits(rng, patterns, examples, shift=0):
    """Ten fixed patterns in noise: quick to learn. With a shift the labels are wrong on purpose."""
    labels = rng.integers(0, 10, examples)
    images = 200 * patterns[labels] + rng.integers(0, 56, (examples, 28, 28))
    return images.astype("uint8"), ((labels + shift) % 10).astype("uint8")


def trained(parts, epochs, batch_size):
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # on how often functions are traced
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            both = train(parts, epochs=epochs, batch_size=batch_size)
    except ValueError as error:
        raise AssertionError(
            "train stops inside Keras. If the message below speaks of ranks or shapes: does the "
            f"loss fit the labels? The sparse one wants numbers (n,), not one-hot rows.\n{error}"
        ) from None
    assert isinstance(both, (tuple, list)) and len(both) == 2, (
        "train must give back two things: return model, history"
    )
    network, record = both
    assert isinstance(network, keras.Model), (
        f"the first thing that train gives back is a {type(network).__name__}, not the model: "
        "probabilities can be computed from a model, but not the other way round."
    )
    # In either order: whoever has turned them round in question 4 has paid for it there.
    *hidden, _ = [w.shape[1] for w in network.get_weights() if len(w.shape) == 2]
    assert sorted(hidden) == [64, 128], (
        f"train should build hidden layers of 128 and 64 neurons; yours have {hidden}."
    )
    record = getattr(record, "history", record)
    assert isinstance(record, dict) and "loss" in record, (
        "the second thing that train gives back must be what model.fit returns."
    )
    assert len(record["loss"]) == epochs, (
        f"train was asked for {epochs} epochs and trained for {len(record['loss'])}."
    )
    assert "val_loss" in record, (
        "the history knows no val_loss: a tenth of the training part should be for validation."
    )
    return network, record


def check_training():
    for arguments, wanted in [((1000, 3, 100), 30), ((1050, 2, 100), 22)]:
        given = updates(*arguments)
        assert given == wanted, (
            "updates(examples={}, epochs={}, batch_size={})".format(*arguments)
            + f" should be {wanted}; yours is {given}. The images that are left over at the end "
            "of an epoch make an update too."
        )

    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2, (10, 28, 28))
    parts = toy_digits(rng, patterns, 600), toy_digits(rng, patterns, 100)
    # All images in one batch: a single update, made after the loss is measured.
    _, record = trained(parts, epochs=1, batch_size=600)
    assert record["loss"][0] > 1.9, (
        f"One epoch with a single batch is one update, so the loss must be that of a network which "
        f"has learnt nothing yet, about 2.3; yours is {record['loss'][0]:.2f}. Does your train hand "
        "batch_size on to fit, and does it begin with a new model?"
    )


check_training()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_training_hidden(rng):
    for _ in range(5):
        examples, epochs, batch_size = (int(n) for n in rng.integers((50, 1, 2), (5000, 9, 300)))
        wanted = epochs * int(np.ceil(examples / batch_size))
        given = updates(examples, epochs, batch_size)
        assert given == wanted, (
            f"updates({examples}, {epochs}, {batch_size}): {given}, not {wanted}"
        )

    # The labels of the test part contradict those of the training part: what the model answers
    # shows which of them it has seen.
    patterns = rng.integers(0, 2, (10, 28, 28))
    shift = int(rng.integers(1, 10))
    parts = toy_digits(rng, patterns, 640), toy_digits(rng, patterns, 640, shift)
    network, record = trained(parts, epochs=4, batch_size=32)
    images, digits = toy_digits(rng, patterns, 300)
    answers = [outputs_of(network, images / scale).argmax(axis=-1) for scale in (255, 1)]
    right = max(np.mean(answer == digits) for answer in answers)
    from_test = max(np.mean(answer == (digits + shift) % 10) for answer in answers)
    assert from_test < 0.7, (
        "the model has learnt the labels of the test part: train on x_train and y_train only. "
        f"(They contradict the others here, and it repeats {100 * from_test:.0f} % of them.)"
    )
    loss = record["loss"][-1]
    assert right > 0.8 or loss > 1, (
        f"the loss falls to {loss:.2f}, yet the model that train gives back answers like one that "
        f"was never trained: {100 * right:.0f} % right on ten simple patterns. Is it the one that was "
        "fitted?"
    )
    assert right > 0.8, (
        f"after 4 epochs on ten simple patterns the loss is {loss:.2f}, and {100 * right:.0f} % of the "
        "answers are right. Does the loss know that the model gives logits (from_logits=True)? Do "
        "images and labels belong together?"
    )
    assert record["val_loss"][-1] < 2.3, (
        f"the validation loss is {record['val_loss'][-1]:.1f}, worse than guessing, though the model "
        "is good: do you validate on the test part? Take a tenth of the training part."
    )
    noise = rng.integers(0, 256, (200, 28, 28)).astype("uint8")
    by_chance = rng.integers(0, 10, 200).astype("uint8")
    _, record = trained(((noise, by_chance), (noise, by_chance)), epochs=9, batch_size=8)
    assert record["val_loss"][-1] > 1.5, (
        "labels drawn by chance can only be learnt by heart, and yet the validation loss falls to "
        f"{record['val_loss'][-1]:.2f}: the validation part is learnt from. Set it aside."
    )


check_training_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Let us see it learn; from a thousand images first, and with more epochs than it needs.

# %%
few = (x_train[:1000], y_train[:1000]), (x_test, y_test)
few_model, few_history = train(few, epochs=15, batch_size=32)
print("updates:", updates(examples=900, epochs=15, batch_size=32))
figures.learning_curves(few_history)

# %% [markdown]
# ## 7 As good as you can
#
# Now take all the training images, and everything that helps. Two things are ready for you:
#
# - `mlp(units=(512, 512), activation="relu", dropout=0.3)` from `course_lib.models` builds the kind of
#   network that you have built twice, of any size. Another activation to try is `"gelu"`, a ReLU with a
#   round corner (Hendrycks & Gimpel 2016). With **dropout** of 0.3 a random 30 % of the hidden outputs is set to
#   0 at every update, so that no neuron can rely on one other (Srivastava et al. 2014). When the trained
#   network answers, all of them are there.
# - `fit(model, x, y, validation_split=0.1)` from `course_lib.training` compiles and trains in one line. It
#   raises the learning rate at first and then lowers it step by step to 0, and it wastes little time.
#   `epochs=` and `batch_size=` do what you expect.
#
# ### Question 7 · `accuracy`
#
# Train a `model` on the training part, and keep what training returned as `history`. How is up to you:
# your own functions, or these two. (The cells after question 9 want a model that takes what `as_inputs` gives, and was
# compiled with `metrics=["accuracy"]`.) It must read at least **90 %** of the validation part in the quick
# profile, **96 %** in the full one. Try as often as you like: that is what the validation part (the last
# tenth of the training part, here) is for. The hidden test asks the same of images that nobody has seen.

# %% solution="accuracy"
from course_lib.models import mlp
from course_lib.training import fit

### BEGIN SOLUTION
width, dropout, epochs = {"quick": (256, 0.3, 6), "full": (512, 0.4, 30)}[profile.current()]
model = mlp(units=(width, width), activation="gelu", dropout=dropout)
history = fit(model, as_inputs(x_train), y_train, validation_split=0.1, epochs=epochs)
### END SOLUTION


# %% tests="accuracy"
import numpy as np

from course_lib import data, profile


def share_read(network, images, digits):
    # The better of two: some networks take pixels from 0 to 255.
    answers = [outputs_of(network, images / scale).argmax(axis=-1) for scale in (255, 1)]
    return max(float(np.mean(answer == digits)) for answer in answers)


def check_accuracy(wanted, images, digits):
    share = share_read(model, images, digits)
    print(f"The model reads {100 * share:.1f} % of {len(digits)} images.")
    assert share >= wanted, (
        f"your model reads {100 * share:.1f} % of the images; at least {100 * wanted:.0f} % are "
        "wanted. Did training run long enough, and on all the training images?"
    )


def validation_part():
    (images, digits), _ = data.load("mnist")
    if profile.current() == "quick":
        images, digits = images[:5000], digits[:5000]
    first = int(0.9 * len(digits))
    return images[first:], digits[first:]


check_accuracy({"quick": 0.9, "full": 0.96}[profile.current()], *validation_part())
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_accuracy(
    {"quick": 0.9, "full": 0.96}[profile.current()], *data.load("mnist", seed=hidden_seed())[1]
)
### END HIDDEN TESTS

# %%
figures.learning_curves(history)

# %% [markdown]
# ## 8 What the curves say
#
# You have two pairs of curves now: one of a network that saw 1,000 images for fifteen epochs, and one of
# the network that you have just trained.
#
# ### Question 8 · `curves` · in words
#
# Write about ten lines, in your own words, with numbers from *your* curves:
#
# 1. What does the first network still learn in its last epochs, and what does it not? How do you see it in
#    the loss, and why does the accuracy show it less clearly?
# 2. What is different in the second pair of curves? Name two reasons.
# 3. How would you have chosen the number of epochs for the first network? Why must the test part have no
#    say in it?

# %% [markdown] written="curves"
# ### BEGIN SOLUTION
# **A model answer.** (1) The first network's training loss falls in every epoch, almost to 0. Its
# validation loss falls with it for about ten epochs, to 0.3 or 0.4, and then stays there or rises again,
# while the training accuracy reaches 100 %. From there on the network learns its 900 images by heart:
# it overfits. The gap between the two losses shows it. Accuracy shows it less: it counts only which class
# is the largest, while the loss also counts how sure the network is, and an overfitted network makes much
# the same mistakes, but more surely. (2) In the second training the two curves stay closer together, and
# the validation loss is lower and goes on falling. The network saw several times as many images, which
# are harder to learn by heart; and dropout changes the network at every update, which also makes the
# *training* loss larger than it would be without (so the validation curve can even be the better one).
# A falling learning rate keeps the last epochs calm. (3) By the validation loss: stop where it is lowest,
# about at the tenth epoch. Whoever chooses the epoch by the test part has fitted the number of epochs to it; its
# accuracy is then too good, and nothing is left to tell how the network does on images that nobody has
# looked at.
#
# **Rubric, 3 points.**
#
# - 1 point: the first network learns its training images by heart (overfits), seen in the gap between
#   the losses, with an epoch and a number from the student's own curves. Half if only "training is better
#   than validation" is said. The difference between loss and accuracy is part of this point.
# - 1 point: two reasons of: more images, dropout, falling learning rate, fewer epochs. Half for one.
# - 1 point: chooses by the lowest validation loss (read off, or with a callback), **and** says that a
#   choice made by the test part makes the test part's figure worthless. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## 9 What does it get wrong?
#
# One number says how often the network is wrong, not where. A **confusion matrix** has one row for each
# *true* digit and one column for each *predicted* digit, and counts: the entry in row 4, column 9 is the
# number of fours that were read as nines. And among the mistakes, those are the most telling of which the
# network was surest: its **confidence** is the probability that it gives to the class that it predicts.
#
# ### Question 9 · `evaluation`
#
# In NumPy:
#
# 1. `confusion(labels, predictions, classes)`, the matrix;
# 2. `accuracy_of(matrix)`, the share of right answers, from the matrix alone;
# 3. `worst_mistakes(labels, probabilities, count)`: the positions, in the test part, of the `count`
#    mistakes with the highest confidence, the most confident first. If there are fewer mistakes, all of
#    them.


# %% solution="evaluation"
def confusion(labels, predictions, classes):
    """Counts (classes, classes): row = true class, column = predicted class.

    labels, predictions: integers (n,)
    """
    ### BEGIN SOLUTION
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels, predictions), 1)
    return matrix
    ### END SOLUTION


def accuracy_of(matrix):
    """Share of right answers, from 0 to 1."""
    ### BEGIN SOLUTION
    return np.trace(matrix) / np.sum(matrix)
    ### END SOLUTION


def worst_mistakes(labels, probabilities, count):
    """Positions of the most confident mistakes, the most confident first.

    labels: integers (n,) · probabilities: (n, classes) · returns at most `count` integers
    """
    ### BEGIN SOLUTION
    confidence = probabilities.max(axis=-1)
    mistakes = np.flatnonzero(probabilities.argmax(axis=-1) != labels)
    return mistakes[np.argsort(-confidence[mistakes])][:count]
    ### END SOLUTION


# %% tests="evaluation"
import numpy as np


def check_confusion(labels, predictions, classes):
    wanted = np.zeros((classes, classes), dtype=int)
    for true, predicted in zip(labels, predictions, strict=True):
        wanted[true, predicted] += 1
    matrix = confusion(labels.copy(), predictions.copy(), classes)
    assert matrix is not None, "confusion gives nothing back: does it end with `return`?"
    matrix = np.asarray(matrix, dtype=float)
    assert matrix.shape == wanted.shape, (
        f"{classes} classes make a matrix {wanted.shape}, also where a class does not occur; "
        f"yours is {matrix.shape}."
    )
    assert np.array_equal(wanted, wanted.T) or not np.array_equal(matrix, wanted.T), (
        "your confusion matrix lies on its side: rows are true classes, columns predicted ones."
    )
    assert np.array_equal(matrix, wanted), (
        f"confusion({labels[:8].tolist()}…, {predictions[:8].tolist()}…, {classes}) should be "
        f"{wanted.tolist()}; yours is {matrix.tolist()}."
    )
    share = accuracy_of(wanted.copy())
    assert np.size(share) == 1 and np.isclose(
        float(np.reshape(share, ())), np.mean(labels == predictions)
    ), (
        f"accuracy_of should be {np.mean(labels == predictions):.4f} for {wanted.tolist()}: right "
        f"answers, which stand on the diagonal, divided by all answers; yours is {share}."
    )


def check_worst(labels, probabilities, count):
    given = worst_mistakes(labels.copy(), probabilities.copy(), count)
    assert given is not None, "worst_mistakes gives nothing back: does it end with `return`?"
    given = np.asarray(given).ravel()
    wrong = probabilities.argmax(axis=-1) != labels
    wanted = sorted(np.flatnonzero(wrong), key=lambda n: -probabilities[n].max())[:count]
    positions = f"of {len(labels)} answers, {wrong.sum()} wrong, the worst {count} stand at "
    positions += f"{[int(n) for n in wanted]}; yours are {given.tolist()}"
    assert len(given) == len(wanted), f"{positions}: {len(wanted)} positions are wanted."
    assert np.all((given >= 0) & (given < len(labels))), f"{positions}: these are no positions."
    given = given.astype(int)
    assert np.all(wrong[given]), (
        f"{positions}: some of them are right answers. Are your positions those in the whole test "
        "part, and not in the list of mistakes?"
    )
    confidence = [float(probabilities[n].max()) for n in given]
    assert confidence == sorted(confidence, reverse=True), (
        f"{positions}: the most confident mistake comes first. Is your order the other way round?"
    )
    assert given.tolist() == [int(n) for n in wanted], (
        f"{positions}. Confidence is the probability of the class that was predicted."
    )


def check_evaluation():
    check_confusion(np.array([0, 0, 1, 2, 2, 2]), np.array([0, 2, 1, 2, 2, 1]), 3)
    labels = np.array([0, 0, 1, 2, 1])
    probabilities = np.array(
        [[0.9, 0.1, 0.0], [0.1, 0.8, 0.1], [0.0, 1.0, 0.0], [0.5, 0.2, 0.3], [0.3, 0.1, 0.6]]
    )
    check_worst(labels, probabilities, 2)


check_evaluation()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_evaluation_hidden(rng):
    for classes, examples in ((2, 15), (10, 400)):
        labels = rng.integers(0, classes, examples)
        probabilities = rng.dirichlet(np.full(classes, 0.3), examples)
        predictions = probabilities.argmax(axis=-1)
        check_confusion(labels, predictions, classes)
        check_confusion(labels, predictions, classes + 1)  # a class that never occurs
        check_worst(labels, probabilities, 7)
        check_worst(labels, probabilities, 3 * examples)


check_evaluation_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# And now your own functions on your own network. The test part comes out of its drawer, for the first
# time and once. Keras' `evaluate` counts the right answers as well: the two must agree.

# %%
probabilities = softmax(keras.ops.convert_to_numpy(model(as_inputs(x_test))))
matrix = confusion(y_test, probabilities.argmax(axis=-1), 10)
print(f"by the matrix {accuracy_of(matrix):.4f}")
_, by_keras = model.evaluate(as_inputs(x_test), y_test, verbose=0)
print(f"by Keras      {by_keras:.4f}")
figures.confusion_matrix(matrix)

# %%
figures.worst_mistakes(x_test, y_test, probabilities, worst_mistakes(y_test, probabilities, 12))

# %% [markdown]
# Would *you* have read them all? Some of these writers have only themselves to blame; with others you
# see at once what it is, and that the network, which knows nothing of strokes and loops, looks at
# something else than you do.
#
# ## What to try next
#
# - **Clothes instead of digits.** `data.load("fashion_mnist")` has the same shapes: ten kinds of clothes,
#   28 × 28. Put it in place of `"mnist"` above and run everything again. You need not change a line of your
#   functions (only the check of question 7 goes on asking for digits). Which two kinds are confused most, and would you have guessed it?
# - **A linear model.** `mlp(units=())` has no hidden layer. How much do the hidden layers bring?
# - **Shift the test images** by two pixels: `np.roll(x_test, 2, axis=2)`. What does the accuracy say about
#   what the network has learnt? The next lab builds networks that do not mind.
#
# **Sources.** F. Rosenblatt, *The perceptron*, Psychological Review 65, 1958 · Y. LeCun, L. Bottou, Y.
# Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998 · X.
# Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS
# 2010 · X. Glorot, A. Bordes, Y. Bengio, *Deep sparse rectifier neural networks*, AISTATS 2011 · N.
# Srivastava et al., *Dropout*, JMLR 15, 2014 · D. Kingma, J. Ba, *Adam*, ICLR 2015 · D.
# Hendrycks, K. Gimpel, *Gaussian error linear units*, arXiv:1606.08415, 2016 · I. Goodfellow, Y.
# Bengio, A. Courville, *Deep Learning*, MIT Press 2016, chapter 6, deeplearningbook.org. The text of this lab
# is licensed CC BY 4.0, its code MIT.
