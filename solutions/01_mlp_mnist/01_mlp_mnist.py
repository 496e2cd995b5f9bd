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
# Every child learns to read the ten digits, but nobody can write down the rule that a child has learned. In this
# lab you build a program that finds such a rule by itself, from examples. First you write its parts in NumPy alone,
# so that nothing is hidden. Then you build the same network in Keras, where it takes six lines.
#
# **You will learn**
#
# - what an artificial neuron computes, and why it needs a nonlinear function (the activation);
# - how a whole batch of images passes through a network in two matrix products;
# - to build the same network with Keras' Sequential and Functional APIs, and to count the parameters that it
#   learns;
# - what an epoch, a batch and an update are, and how to train a network on its training data and nothing else;
# - to look at what the network gets wrong, and not only at how often.
#
# **You need** Python and NumPy at the level of `x.sum(axis=0)`. Everything else is explained here.
#
# **Computing time**, without the import of TensorFlow:
#
# | profile | default on | data | accuracy of the last network | time |
# | --- | --- | --- | --- | --- |
# | quick | a CPU | 5,000 training images | 92–96 % | 5–15 s on 2 cores |
# | full | a GPU | all of MNIST, 60,000 | 98.5–98.9 % | 1–3 min on 2 cores, less on a GPU |
#
# To choose the profile yourself, set `COURSE_PROFILE` to `quick` or `full` before you start. Without an internet
# connection, the lab uses stand-in digits and says so.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import keras
import numpy as np

from course_lib import data, figures, profile

keras.utils.set_random_seed(1)
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## The data
#
# The data set is MNIST (LeCun et al. 1998). Each image has 28 × 28 pixels. Each pixel is a number from 0 (paper) to 255
# (ink), and each image has a **label**: the digit that the writer meant. The network learns from a *training set*. A
# *test set* is held out until the end, to measure what the network has learned.

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
# An artificial neuron has inputs $x_1, x_2, \dots$ For each input it has a **weight**, which says how much this input
# counts and in which direction. It adds up the weighted inputs and one more number that depends on no input, the
# **bias** $b$:
#
# $$z = w_1 x_1 + w_2 x_2 + \dots + b$$
#
# Rosenblatt's perceptron of 1958 then makes a yes-or-no decision: it *fires*, that is, outputs 1, if $z > 0$, and
# otherwise outputs 0. The bias decides how easily it fires. The figure shows such a **threshold unit** with two
# inputs that are 0 or 1. With these three numbers it fires if at least one of its inputs is 1: it computes *or*.

# %%
figures.threshold_unit(weights=(1.0, 1.0), bias=-0.5)

# %% [markdown]
# ### Question 1 · `neuron`
#
# 1. Write `neuron(x, w, b)`: the sum $z$, before any decision.
# 2. Find weights and a bias with which the threshold unit computes *and*: it fires only if **both** inputs are 1.
#    (Where would you have to move the line?)


# %% solution="neuron"
def neuron(x, w, b):
    """Compute the weighted sum of one neuron, plus its bias.

    Args:
        x: Inputs, shape (n,).
        w: Weights, shape (n,).
        b: Bias, a number.

    Returns:
        z, a number.
    """
    ### BEGIN SOLUTION
    return np.sum(x * w) + b
    ### END SOLUTION


# Two weights and a bias with which the threshold unit fires only if both inputs are 1
### BEGIN SOLUTION
w_and = [1.0, 1.0]
b_and = -1.5
### END SOLUTION


# %% tests="neuron"
import numpy as np


def check_neuron():
    z = neuron(np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 2.0]), 0.25)
    assert z is not None, "`neuron` returned None. Did you forget `return`?"
    assert np.size(z) == 1, (
        f"`neuron` returned {np.size(z)} numbers; expected 1. Did you sum over all inputs?"
    )
    z = float(np.reshape(z, ()))
    found = f"`neuron([1, 2, 3], [0.5, -1, 2], 0.25)` returned {z:g}; expected 4.75."
    assert not np.isclose(z, 4.5), f"{found} Did you forget the bias?"
    assert np.isclose(z, 4.75), f"{found} This is 0.5·1 - 1·2 + 2·3 plus the bias 0.25."

    weights = np.asarray(w_and, dtype=float).ravel()
    assert weights.shape == (2,), (
        f"The number of weights in `w_and` is {weights.size}; expected 2, one for each input."
    )
    for corner in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        z = float(np.dot(corner, weights) + np.reshape(b_and, ()))
        assert (z > 0) == (corner == (1, 1)), (
            f"With `w_and` and `b_and`, the unit computes z = {z:g} for the inputs {corner} and "
            f"{'fires' if z > 0 else 'does not fire'}; *and* requires the opposite."
        )


check_neuron()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_neuron_hidden(rng):
    for inputs in (1, 5, 784):
        x, w, b = rng.normal(size=inputs), rng.normal(size=inputs), rng.normal()
        z = float(np.reshape(neuron(x, w, b), ()))
        assert np.isclose(z, x @ w + b, rtol=1e-3, atol=1e-3), (
            f"`neuron` returned {z:.4f} for {inputs} random inputs; expected {x @ w + b:.4f}."
        )


check_neuron_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 Activations: why neurons are nonlinear
#
# A weighted sum of weighted sums is again only a weighted sum. Ten layers of such neurons could compute no more than
# a single layer. So each neuron passes its $z$ through a nonlinear function, its **activation**, before the next layer
# sees it.
#
# | name | formula | use |
# | --- | --- | --- |
# | step | 1 if $z > 0$, 0 if $z < 0$ | a decision; but it is flat, so it does not say in which direction to improve |
# | ReLU | $z$ if $z > 0$, else 0 | hidden layers; cheap, and its derivative does not vanish for large $z$ (Glorot, Bordes & Bengio 2011) |
# | leaky ReLU | $z$ if $z > 0$, else $a z$ with a small $a$, the *slope* | the same, and its derivative is never 0 |
# | sigmoid | $\dfrac{1}{1 + e^{-z}}$ | a number between 0 and 1: the probability of "yes" |
# | softplus | $\ln(1 + e^z)$ | a smooth ReLU, without the corner |
# | softmax | $\dfrac{e^{z_k}}{\sum_j e^{z_j}}$ | turns one $z$ for each class into one probability for each class; they sum to 1 |
#
# The first five are applied to each number by itself. Softmax is applied to a whole row: the $z$ of all classes for
# one image.
#
# One warning. The largest `float64` is about $1.8 \cdot 10^{308}$, and $e^{710}$ is larger: in NumPy the result is
# `inf`. Then `inf / inf` is `nan`, *not a number*, and so is everything computed from it. A network does produce such
# $z$ when training goes badly, and then you need your formulas most.
#
# ### Question 2 · `activations`
#
# Write all six for arrays of any shape. They must return the correct number for every $z$ from -1000 to 1000. Where
# the formula in the table does not, find an equivalent one that does. (At $z = 0$ the step may return 0 or 1.)


# %% solution="activations"
def step(z):
    """Return 1 where z > 0 and 0 where z < 0, in the shape of z."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION


def relu(z):
    """Return z where it is positive, else 0."""
    ### BEGIN SOLUTION
    return np.maximum(z, 0.0)
    ### END SOLUTION


def leaky_relu(z, slope=0.1):
    """Return z where it is positive, else slope · z."""
    ### BEGIN SOLUTION
    return np.where(z > 0, z, slope * z)
    ### END SOLUTION


def sigmoid(z):
    """Return 1 / (1 + e^-z)."""
    ### BEGIN SOLUTION
    # e^-|z| is at most 1. For z < 0, this is the formula with numerator and denominator times e^z.
    small = np.exp(-np.abs(z))
    return np.where(z > 0, 1.0, small) / (1.0 + small)
    ### END SOLUTION


def softplus(z):
    """Return ln(1 + e^z)."""
    ### BEGIN SOLUTION
    # ln(1 + e^z) = z + ln(1 + e^-z): use the form with the negative exponent.
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))
    ### END SOLUTION


def softmax(z):
    """Return the probabilities over the last axis: e^z_k / sum of e^z_j over all classes j."""
    ### BEGIN SOLUTION
    # Subtracting a number from all z of a row divides numerator and denominator by the same factor.
    exponentials = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    ### END SOLUTION


# %% tests="activations"
import warnings

import numpy as np


def compare(name, result, expected, argument, hint):
    assert result is not None, f"`{name}` returned None. Did you forget `return`?"
    result, expected = np.asarray(result, dtype=float), np.asarray(expected, dtype=float)
    assert result.shape == expected.shape, (
        f"`{name}` returned shape {result.shape}; expected {expected.shape}, the shape of its argument."
    )
    assert np.allclose(result, expected, rtol=1e-4, atol=1e-6), (
        f"`{name}` returned {np.round(result, 4).tolist()} for z = {argument}; expected "
        f"{np.round(expected, 4).tolist()}. {hint}"
    )


def check_activations():
    z = np.array([-2.0, -0.5, 0.5, 3.0])
    shown = z.tolist()
    compare("step", step(z.copy()), [0, 0, 1, 1], shown, "Its only values are 0 and 1.")
    compare(
        "relu", relu(z.copy()), [0, 0, 0.5, 3], shown,
        "Did you set negative z to 0, and leave the others as they are?",
    )  # fmt: skip
    compare(
        "leaky_relu", leaky_relu(z.copy()), [-0.2, -0.05, 0.5, 3], shown,
        "Did you multiply by the slope where z is negative, and nowhere else?",
    )  # fmt: skip
    compare(
        "sigmoid", sigmoid(z.copy()), [0.119203, 0.377541, 0.622459, 0.952574], shown,
        "Is the sign of the exponent right?",
    )  # fmt: skip
    compare(
        "softplus", softplus(z.copy()), [0.126928, 0.474077, 0.974077, 3.048587], shown,
        "Did you use the natural logarithm, with the 1 inside it?",
    )  # fmt: skip

    # Two images, three classes: each of the two rows must sum to 1.
    z = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 3.0]])
    p = softmax(z.copy())
    assert p is not None, "`softmax` returned None. Did you forget `return`?"
    p = np.asarray(p, dtype=float)
    assert p.shape == z.shape, f"`softmax` returned shape {p.shape}; expected {z.shape}."
    assert np.allclose(p.sum(axis=1), 1), (
        f"`softmax` returned rows that sum to {np.round(p.sum(axis=1), 3).tolist()}; expected 1. "
        + (
            "Did you normalise over axis 0? Each row is one image, and its probabilities sum to 1."
            if np.allclose(p.sum(axis=0), 1)
            else "Divide by the sum over the classes of each row, with keepdims=True."
        )
    )
    compare(
        "softmax", p, [[0.090031, 0.244728, 0.665241], [0.045278, 0.045278, 0.909443]],
        z.tolist(), "Did you take e to the power of z first?",
    )  # fmt: skip


def check_large_numbers(large):
    z = np.array([-large, large])
    for name, function, expected in [
        ("sigmoid", sigmoid, [0, 1]),
        ("softplus", softplus, [0, large]),
    ]:
        result = np.asarray(function(z.copy()), dtype=float)
        assert np.allclose(result, expected), (
            f"`{name}({z.tolist()})` returned {result.tolist()}; expected {expected}. e^{large:g} is too "
            "large for a float. Rewrite the formula so that no exponent is positive."
        )
    z = np.array([[large, large, -large], [-large, 1 - large, -large]])
    expected = [[0.5, 0.5, 0], [0.211942, 0.576117, 0.211942]]
    result = np.asarray(softmax(z.copy()), dtype=float)
    assert np.allclose(result, expected, atol=1e-4), (
        f"`softmax({z.tolist()})` returned {result.tolist()}; expected {expected}. e^{large:g} is too large "
        "for a float. Which number can you subtract from all z of a row, a different one for each row, "
        "without changing the probabilities?"
    )


# A formula may pass through inf and still return the correct number: ignore its warnings.
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
            cases = [
                ("step", step(z.copy()), z > 0),
                ("relu", relu(z.copy()), z * (z > 0)),
                ("leaky_relu", leaky_relu(z.copy()), np.where(z > 0, z, 0.1 * z)),
                ("leaky_relu", leaky_relu(z.copy(), slope), np.where(z > 0, z, slope * z)),
                ("sigmoid", sigmoid(z.copy()), 1 / (1 + np.exp(-z))),
                ("softplus", softplus(z.copy()), np.log(1 + np.exp(z))),
                ("softmax", softmax(z.copy()), np.exp(z) / np.exp(z).sum(-1, keepdims=True)),
            ]
        for name, result, expected in cases:
            compare(name, result, expected, f"random numbers of shape {shape}", "")
    check_large_numbers(rng.uniform(720, 990))


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    check_activations_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# The figure shows your own functions. Look where each of them is flat: there its derivative is 0 and does not tell a
# network in which direction to change $z$.

# %%
figures.activation_functions(
    {"step": step, "ReLU": relu, "leaky ReLU": leaky_relu, "sigmoid": sigmoid, "softplus": softplus}
)

# %% [markdown]
# ## 3 From an image to a class
#
# How does an *image* become the input of a network? Row after row: its 28 × 28 pixels become one row of 784 numbers.
# And how does a *class* come out? Each class has its own output, and the largest output wins. The figure shows this
# for three classes.

# %%
(shapes, kinds), _ = data.load("shapes", profile="quick")
figures.image_to_outputs(
    [shapes[np.flatnonzero(kinds == kind)[0]] for kind in range(3)],
    ["square", "circle", "triangle"],
)

# %% [markdown]
# Between input and output there is at least one **hidden layer**: a row of neurons that all see the same inputs, each
# with its own weights and bias. Neuron $j$ of a layer computes
#
# $$z_j = \sum_i x_i W_{ij} + b_j$$
#
# so the weights of a layer form a matrix $W$ with one row for each input and one column for each neuron. The outputs
# of the hidden layer, after its activation, are the inputs of the next layer. The $z$ of the last layer are called
# **logits**; softmax turns them into probabilities.
#
# Images come in **batches**: a batch is an array with one image in each row. A loop over the images would work, but a
# matrix product processes the whole batch at once, and much faster.
#
# ### Question 3 · `forward`
#
# Write the forward pass of a network with one hidden layer of ReLU neurons and an output layer of probabilities, for
# a batch, without a loop. You can use your own `relu` and `softmax`.


# %% solution="forward"
def forward(x, w1, b1, w2, b2):
    """Compute the probabilities of a two-layer network.

    Args:
        x: Inputs, shape (batch, inputs).
        w1: Weights of the hidden layer, shape (inputs, hidden).
        b1: Biases of the hidden layer, shape (hidden,).
        w2: Weights of the output layer, shape (hidden, classes).
        b2: Biases of the output layer, shape (classes,).

    Returns:
        Probabilities, shape (batch, classes).
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
    assert p is not None, "`forward` returned None. Did you forget `return`?"
    p = np.asarray(p, dtype=float)
    assert p.shape == (2, 3), (
        f"`forward` returned shape {p.shape}; expected (2, 3), for 2 images and 3 classes."
    )
    # What the first row looks like when one thing is missing.
    for row, mistake in [
        ([0.2013, 0.2013, 0.5973], "Did you forget the ReLU of the hidden layer?"),
        ([0.0347, 0.5427, 0.4226], "Did you forget both biases?"),
        ([0.0645, 0.2250, 0.7106], "Did you forget b1, the bias of the hidden layer?"),
        ([0.1899, 0.5161, 0.2941], "Did you forget b2, the bias of the output layer?"),
        ([0.3250, -0.1750, 0.6625], "These are logits. Did you forget the softmax?"),
        (
            [0.3201, 0.2313, 0.4486],
            "Does the output layer have a ReLU? Softmax takes the weighted sums as they are.",
        ),
        ([0.4176, 0.1335, 0.4490], "Does the hidden layer have a sigmoid instead of a ReLU?"),
        ([0.4073, 0.5312, 0.6370], "Did you normalise over axis 0? Each row is one image."),
    ]:
        assert not np.allclose(p[0], row, atol=2e-4), (
            f"`forward` returned {row} for the first image; expected [0.3325, 0.2016, 0.4659]. {mistake}"
        )
    expected = np.array([[0.3325, 0.2016, 0.4659], [0.5217, 0.1919, 0.2863]])
    assert np.allclose(p, expected, atol=2e-4), (
        f"`forward` returned {np.round(p, 4).tolist()}; expected {expected.tolist()}."
    )
    alone = np.asarray(forward(x[:1].copy(), w1, b1, w2, b2), dtype=float)
    assert np.allclose(alone, p[:1], atol=1e-6), (
        "`forward` returned other probabilities for an image alone than in a batch. Did you compute a sum or a "
        "maximum over the batch?"
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
        expected = keras.ops.convert_to_numpy(network(x))
        result = np.asarray(forward(x.copy(), *weights), dtype=float)
        assert result.shape == expected.shape, (
            f"`forward` returned shape {result.shape}; expected {expected.shape}, for {batch} images and "
            f"{classes} classes."
        )
        assert np.allclose(result, expected, atol=1e-4), (
            "`forward` returned other probabilities than Keras with the same weights: they differ by up to "
            f"{np.abs(result - expected).max():.3f}."
        )


check_forward_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 The same in Keras
#
# In Keras such a layer is called `Dense`: every neuron is connected to every input. A `Sequential` model is a list of
# layers; the output of each one is the input of the next:
#
# ```python
# keras.Sequential([
#     keras.Input((4,)),                            # the shape of one example, without the batch
#     keras.layers.Dense(3, activation="sigmoid"),
#     keras.layers.Dense(1),
# ])
# ```
#
# Here, and from now on, the last layer has no activation: the model returns **logits**. Training needs the *logarithm*
# of the softmax, and you have seen what $e^{1000}$ does to a softmax. When Keras' losses are given logits, they compute
# softmax and logarithm together, in one numerically stable step (Goodfellow, Bengio & Courville 2016, §6.2.2.3). The
# largest logit belongs to the largest probability in any case.
#
# ### Question 4 · `sequential`
#
# 1. Write `sequential_mlp(hidden)`: 784 inputs → two hidden layers with ReLU → 10 logits.
# 2. How many **parameters**, weights and biases, does such a network learn? Write `count_parameters(sizes)` for layers
#    of any sizes, as a formula. The sizes begin with the number of inputs and end with the number of outputs.


# %% solution="sequential"
def sequential_mlp(hidden):
    """Build a Keras Sequential model from (batch, 784) to logits (batch, 10).

    Args:
        hidden: Number of neurons in the first and in the second hidden layer, such as (128, 64).
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
    """Count the weights and biases of dense layers of these sizes, such as (784, 128, 64, 10)."""
    ### BEGIN SOLUTION
    from itertools import pairwise

    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
    ### END SOLUTION


# %% tests="sequential"
from itertools import pairwise

import keras
import numpy as np


def outputs_of(network, inputs):
    # Accept networks that take images (28, 28) as well as rows (784,).
    shape = tuple(getattr(network, "input_shape", (None, 784)))[1:]
    inputs = np.asarray(inputs, dtype="float32").reshape(len(inputs), *shape)
    return np.asarray(keras.ops.convert_to_numpy(network(inputs)), dtype="float64")


def log_probabilities(outputs):
    # Accept logits as well as probabilities, when the softmax is part of the model.
    if np.all(outputs >= 0) and np.allclose(outputs.sum(axis=-1), 1, atol=1e-3):
        outputs = np.log(outputs + 1e-30)
    outputs = outputs - outputs.max(axis=-1, keepdims=True)
    return outputs - np.log(np.exp(outputs).sum(axis=-1, keepdims=True))


def check_structure(network, hidden, name):
    assert isinstance(network, keras.Model), (
        f"`{name}` returned {type(network).__name__}; expected a Keras model. Did you forget `return`?"
    )
    x = np.random.default_rng(0).uniform(0, 1, (5, 784))
    outputs = outputs_of(network, x)
    assert outputs.shape == (5, 10), (
        f"The model of `{name}` returned shape {outputs.shape}; expected (5, 10), for 5 images and 10 digits."
    )
    sizes = (784, *hidden, 10)
    shapes = [tuple(w.shape) for w in network.get_weights()]
    expected = [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])]
    assert sorted(shapes) == sorted(expected), (
        f"The weights of `{name}({hidden})` have the shapes {shapes}; expected {expected}. Does every layer "
        "have the right number of neurons, and a bias?"
    )


### BEGIN HIDDEN TESTS
# Defined before the checks run: question 5 needs these functions even if this question fails.
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
    result = log_probabilities(outputs)
    assert np.any(outputs < 0) or np.allclose(outputs.sum(axis=-1), 1, atol=1e-3), (
        f"No output of `{name}` is below 0. Does the last layer have a ReLU? To rule out a class, the network "
        "needs a negative logit."
    )
    linear = x
    for number in range(0, len(weights), 2):
        linear = linear @ weights[number] + weights[number + 1]
    assert not np.allclose(result, log_probabilities(linear), atol=1e-3), (
        f"The model of `{name}` is linear. Did you forget the activation of the hidden layers?"
    )
    # Some models scale the pixels themselves: the same network on other inputs.
    assert any(
        np.allclose(result, log_probabilities(relu_network(x * scale, weights)), atol=1e-3)
        for scale in (1, 1 / 255)
    ), (
        f"The outputs of `{name}` differ from those of two ReLU layers and a linear last layer with the same "
        "weights. Which activations do its layers have?"
    )


### END HIDDEN TESTS


def check_sequential():
    check_structure(sequential_mlp((32, 16)), (32, 16), "sequential_mlp")
    parameters = count_parameters((784, 128, 64, 10))
    assert parameters is not None, "`count_parameters` returned None. Did you forget `return`?"
    found = f"`count_parameters((784, 128, 64, 10))` returned {parameters}; expected 109386."
    assert parameters != 109184, f"{found} Did you count the biases? Each neuron learns one."
    assert parameters == 109386, found


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
        expected = int(np.dot(np.add(sizes[:-1], 1), sizes[1:]))
        assert count_parameters(sizes) == expected, (
            f"`count_parameters({sizes})` returned {count_parameters(sizes)}; expected {expected}."
        )


check_sequential_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Layers as functions
#
# A list is enough when each layer has one input and one output. In the **Functional API** a layer is a function: you
# call it with its input, and it returns its output. A model is then everything between the inputs and outputs that you
# name:
#
# ```python
# inputs = keras.Input((4,))
# x = keras.layers.Dense(3, activation="sigmoid")(inputs)
# outputs = keras.layers.Dense(1)(x)
# keras.Model(inputs, outputs)
# ```
#
# Any result in between can be an output as well. So you can look into a network: what does its last hidden layer
# compute from an image, just before the decision? In Lab 03 you will cut a large network at this place, and use it for
# a task that it was never trained for.
#
# ### Question 5 · `functional`
#
# Build the network of question 4 again, with the Functional API, and return **two** models that share its layers:
# `model`, from the inputs to the 10 logits, and `features`, from the same inputs to the outputs of the second hidden
# layer.


# %% solution="functional"
def functional_mlp(hidden):
    """Build two Keras models on the same layers.

    Args:
        hidden: Sizes of the two hidden layers.

    Returns:
        model: From (batch, 784) to logits (batch, 10).
        features: From (batch, 784) to the outputs of the second hidden layer (batch, hidden[1]).
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
    result = functional_mlp(hidden)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "`functional_mlp` must return two models: return model, features"
    )
    network, features = result
    assert not isinstance(network, keras.Sequential), (
        "`functional_mlp` returned a Sequential model. Build it with keras.Input and keras.Model."
    )
    check_structure(network, hidden, "functional_mlp")
    outputs = outputs_of(features, x)
    assert outputs.shape == (len(x), hidden[1]), (
        f"`features` returned shape {outputs.shape}; expected {(len(x), hidden[1])}. Does it end at the second "
        "hidden layer?"
    )
    assert np.all(outputs >= 0), (
        "`features` returned negative numbers. Does it end after the ReLU of the second hidden layer?"
    )
    return network, outputs


check_functional((32, 16), np.random.default_rng(0).uniform(0, 1, (5, 784)))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_functional_hidden(rng):
    hidden = tuple(int(size) for size in rng.choice(np.arange(20, 60), 2, replace=False))
    x = rng.uniform(0, 1, (20, 784))
    network, outputs = check_functional(hidden, x)
    check_function(network, rng, "functional_mlp")
    weights = [np.asarray(w, dtype="float64") for w in network.get_weights()]
    expected = [np.maximum(relu_network(x * scale, weights[:4]), 0) for scale in (1, 1 / 255)]
    assert any(np.allclose(outputs, one, atol=1e-3) for one in expected), (
        "`features` does not return the outputs of the second hidden layer of `model`. The two models must "
        "share their layers. Did you build the layers twice?"
    )


check_functional_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Training
#
# A new network has random weights (initialised with care: Glorot & Bengio 2010), so it can only guess. Training makes
# it better in small steps:
#
# - The **loss** is one number that says how wrong the network is on a batch. For classes it is the *cross-entropy*:
#   minus the logarithm of the probability that the network assigns to the correct class. A network that knows nothing
#   assigns 1/10 to each of ten classes, and its loss is $\ln 10 \approx 2.30$.
# - The **gradient** of the loss says for every weight in which direction, and how steeply, the loss rises.
# - An **update** moves every weight a little in the opposite direction. The **learning rate** sets how far.
#
# The figure shows the simplest case: a single weight, a loss that depends on it, and eight updates from the same
# start.

# %%
figures.loss_going_down(learning_rates=(0.05, 0.3, 1.05))

# %% [markdown]
# One batch makes one update. When every training image has been used once, an **epoch** is over, and the next one
# begins, in a new order. If the images do not divide evenly into batches, the last batch of an epoch is smaller.
#
# In Keras, `model.compile(...)` says how to train, and `model.fit(...)` trains:
#
# | argument | meaning | here |
# | --- | --- | --- |
# | `optimizer` | how a gradient becomes an update | `"adam"`, which adapts the learning rate of each weight (Kingma & Ba 2015) |
# | `loss` | what to minimise | `keras.losses.SparseCategoricalCrossentropy`: *sparse*, because labels are integers 0 … 9 instead of one-hot rows (all zeros but a single 1) |
# | `metrics` | what else to report | `["accuracy"]`, the share of correct predictions |
#
# How good is the network on images that it has *not* been trained on? To measure this during training, a tenth of the
# **training** set is held out: the **validation set**. The test set plays no part in training, not even for
# monitoring it. If you use the test set to choose what to try next, it no longer shows how good the network is on new
# images.
#
# The pixels become numbers between 0 and 1:


# %%
def as_inputs(images):
    """Convert images (n, 28, 28), 0 … 255, to inputs (n, 784), float32, 0 … 1."""
    return images.reshape(len(images), 784).astype("float32") / 255


# %% [markdown]
# ### Question 6 · `training`
#
# 1. Write `updates(examples, epochs, batch_size)`: how many updates does training make?
# 2. Write `train(data, epochs, batch_size)`. `data` is what `data.load` returns, `(x_train, y_train), (x_test, y_test)`,
#    images and labels as they come. Build a new network with hidden layers (128, 64), compile it, fit it with a tenth
#    of the training set as validation set, and return `(model, history)`: the model and what `fit` returns. Pass
#    `verbose=0` to `fit`; otherwise it prints a line for every epoch.


# %% solution="training"
def updates(examples, epochs, batch_size):
    """Return the number of updates when training on this many examples."""
    ### BEGIN SOLUTION
    return epochs * -(-examples // batch_size)
    ### END SOLUTION


def train(data, epochs, batch_size):
    """Train a new network on the training set of `data`.

    Args:
        data: (x_train, y_train), (x_test, y_test), as `data.load` returns them.
        epochs: Number of passes through the training set.
        batch_size: Images in a batch.

    Returns:
        The model, and what `fit` returns.
    """
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


def make_toy_digits(rng, patterns, examples, shift=0):
    """Make noisy copies of ten fixed patterns, quick to learn; with a shift, the labels are wrong on purpose."""
    labels = rng.integers(0, 10, examples)
    images = 200 * patterns[labels] + rng.integers(0, 56, (examples, 28, 28))
    return images.astype("uint8"), ((labels + shift) % 10).astype("uint8")


def call_train(digits, epochs, batch_size):
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no warnings about repeated tracing
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = train(digits, epochs=epochs, batch_size=batch_size)
    except ValueError as error:
        raise AssertionError(
            "`train` stopped with an error in Keras. If the message below mentions ranks or shapes: does the "
            f"loss match the labels? The sparse one takes integers (n,), not one-hot rows.\n{error}"
        ) from None
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "`train` must return two values: return model, history"
    )
    network, record = result
    assert isinstance(network, keras.Model), (
        f"The first value that `train` returned is {type(network).__name__}; expected the model. Probabilities "
        "can be computed from a model, but not the other way round."
    )
    # In either order: question 4 has already taken its points for swapped layers.
    *hidden, _ = [w.shape[1] for w in network.get_weights() if len(w.shape) == 2]
    assert sorted(hidden) == [64, 128], (
        f"The hidden layers of `train` have {hidden} neurons; expected [128, 64]."
    )
    record = getattr(record, "history", record)
    assert isinstance(record, dict) and "loss" in record, (
        "The second value that `train` returned is not what model.fit returns. Return it as it is."
    )
    assert len(record["loss"]) == epochs, (
        f"The number of epochs in the history is {len(record['loss'])}; expected {epochs}. Did you pass epochs "
        "to fit?"
    )
    assert "val_loss" in record, (
        "The history has no val_loss. Did you hold out a tenth of the training set for validation?"
    )
    return network, record


def check_training():
    for arguments, expected in [((1000, 3, 100), 30), ((1050, 2, 100), 22)]:
        result = updates(*arguments)
        assert result == expected, (
            "`updates(examples={}, epochs={}, batch_size={})`".format(*arguments)
            + f" returned {result}; expected {expected}. Did you count the last batch, even if it is smaller?"
        )

    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2, (10, 28, 28))
    digits = make_toy_digits(rng, patterns, 600), make_toy_digits(rng, patterns, 100)
    # All images in one batch: a single update, made after the loss is measured.
    _, record = call_train(digits, epochs=1, batch_size=600)
    assert record["loss"][0] > 1.9, (
        f"The loss of the first epoch is {record['loss'][0]:.2f}; expected about 2.3. With a single batch, the "
        "epoch is one update, and its loss is that of an untrained network. Did you pass batch_size to fit, and "
        "build a new model?"
    )


check_training()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_training_hidden(rng):
    for _ in range(5):
        examples, epochs, batch_size = (int(n) for n in rng.integers((50, 1, 2), (5000, 9, 300)))
        expected = epochs * int(np.ceil(examples / batch_size))
        result = updates(examples, epochs, batch_size)
        assert result == expected, (
            f"`updates({examples}, {epochs}, {batch_size})` returned {result}; expected {expected}."
        )

    # The labels of the test set contradict those of the training set: the predictions of the model show which
    # of them it has seen.
    patterns = rng.integers(0, 2, (10, 28, 28))
    shift = int(rng.integers(1, 10))
    digits = make_toy_digits(rng, patterns, 640), make_toy_digits(rng, patterns, 640, shift)
    network, record = call_train(digits, epochs=4, batch_size=32)
    images, labels = make_toy_digits(rng, patterns, 300)
    predictions = [outputs_of(network, images / scale).argmax(axis=-1) for scale in (255, 1)]
    accuracy = max(np.mean(predicted == labels) for predicted in predictions)
    from_test = max(np.mean(predicted == (labels + shift) % 10) for predicted in predictions)
    assert from_test < 0.7, (
        f"The model has learned the labels of the test set: it repeats {100 * from_test:.0f} % of them, though "
        "they contradict the training labels here. Train on x_train and y_train only."
    )
    loss = record["loss"][-1]
    assert accuracy > 0.8 or loss > 1, (
        f"The loss falls to {loss:.2f}, but the model that `train` returned predicts only {100 * accuracy:.0f} % "
        "of ten simple patterns correctly, like an untrained one. Did you return the model that was fitted?"
    )
    assert accuracy > 0.8, (
        f"After 4 epochs on ten simple patterns, the loss is {loss:.2f} and the accuracy {100 * accuracy:.0f} %; "
        "expected more than 80 %. Does the loss know that the model returns logits (from_logits=True)? Do images "
        "and labels belong together?"
    )
    assert record["val_loss"][-1] < 2.3, (
        f"The validation loss is {record['val_loss'][-1]:.1f}, worse than guessing, though the model is good. "
        "Did you validate on the test set? Use a tenth of the training set."
    )
    noise = rng.integers(0, 256, (200, 28, 28)).astype("uint8")
    random_labels = rng.integers(0, 10, 200).astype("uint8")
    network, record = call_train(
        ((noise, random_labels), (noise, random_labels)), epochs=9, batch_size=8
    )
    # The optimizer counts its updates: 23 in an epoch of 180 images, 25 in one of all 200.
    steps = getattr(getattr(network, "optimizer", None), "iterations", None)
    if steps is None:  # trained without compile: random labels can only be memorised
        assert record["val_loss"][-1] > 1.5, "Did you train on the validation set? Hold it out."
        return
    assert int(steps) < 9 * 24, (
        f"An epoch of 200 training images, in batches of 8, made {int(steps) / 9:.0f} updates; expected 23, because a "
        "tenth of the images is held out. Did you train on the validation set?"
    )
    assert int(steps) > 9 * 22, (
        f"An epoch of 200 training images, in batches of 8, made {int(steps) / 9:.0f} updates; expected 23. Did you "
        "train on nine tenths of the training set?"
    )


check_training_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now train the network, at first on a thousand images, and for more epochs than it needs.

# %%
few = (x_train[:1000], y_train[:1000]), (x_test, y_test)
few_model, few_history = train(few, epochs=15, batch_size=32)
print("updates:", updates(examples=900, epochs=15, batch_size=32))
figures.learning_curves(few_history)

# %% [markdown]
# ## 7 As good as you can
#
# Now use all training images, and everything else that helps. Two functions are ready for you:
#
# - `mlp(units=(512, 512), activation="relu", dropout=0.3)` from `course_lib.models` builds the kind of network that
#   you have built twice, of any size. Another activation to try is `"gelu"`, a smooth relative of ReLU (Hendrycks &
#   Gimpel 2016). **Dropout** with a rate of 0.3 sets a random 30 % of the hidden outputs to 0 at every update, so that
#   no neuron can rely on any single other one (Srivastava et al. 2014). After training, nothing is dropped.
# - `fit(model, x, y, validation_split=0.1)` from `course_lib.training` compiles and trains in one line. It increases
#   the learning rate at first and then decreases it step by step to 0. `epochs=` and `batch_size=` work as in Keras.
#
# ### Question 7 · `accuracy`
#
# Train a `model` on the training set, and keep what training returned as `history`. How you train is up to you: with
# your own functions, or with these two. (The cells after question 9 need a model that takes the result of `as_inputs`
# and was compiled with `metrics=["accuracy"]`.) Its accuracy on the validation set must be at least **90 %** in the
# quick profile and **96 %** in the full one. Try as often as you like: this is what the validation set (here, the last
# tenth of the training set) is for. The hidden test requires the same accuracy on images that nobody has seen.

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


def measure_accuracy(network, images, labels):
    # The better of two: some networks take pixels from 0 to 255.
    predictions = [outputs_of(network, images / scale).argmax(axis=-1) for scale in (255, 1)]
    return max(float(np.mean(predicted == labels)) for predicted in predictions)


def check_accuracy(required, images, labels):
    accuracy = measure_accuracy(model, images, labels)
    print(f"accuracy of `model`: {100 * accuracy:.1f} % of {len(labels)} images")
    assert accuracy >= required, (
        f"The accuracy of `model` is {100 * accuracy:.1f} %; expected at least {100 * required:.0f} %. Did you "
        "train for long enough, and on all training images?"
    )


def load_validation_set():
    (images, labels), _ = data.load("mnist")
    if profile.current() == "quick":
        images, labels = images[:5000], labels[:5000]
    first = int(0.9 * len(labels))
    return images[first:], labels[first:]


check_accuracy({"quick": 0.9, "full": 0.96}[profile.current()], *load_validation_set())
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
# You now have two pairs of curves: one of a network that was trained on 1,000 images for fifteen epochs, and one of the
# network that you have just trained.
#
# ### Question 8 · `curves` · in words
#
# Write about ten lines, in your own words, with numbers from *your* curves:
#
# 1. What does the first network still learn in its last epochs, and what does it not? How do you see this in the loss,
#    and why does the accuracy show it less clearly?
# 2. How does the second pair of curves differ? Name two reasons.
# 3. How would you have chosen the number of epochs for the first network? Why must the test set play no part in this
#    choice?

# %% [markdown] written="curves"
# ### BEGIN SOLUTION
# **A model answer.** (1) The training loss of the first network falls in every epoch, almost to 0. Its validation loss
# falls with it for about ten epochs, to 0.3 or 0.4, and then stays there or rises again, while the training accuracy
# reaches 100 %. From there on, the network memorises its 900 images: it overfits. The gap between the two losses shows
# this. Accuracy shows it less clearly: it counts only which class is the largest, while the loss also counts how
# confident the network is, and an overfitted network makes much the same mistakes with more confidence. (2) In the
# second training, the two curves stay closer together, and the validation loss is lower and keeps falling. The network
# saw several times as many images, which are harder to memorise. Dropout changes the network at every update, which
# also makes the *training* loss larger than it would be without (so the validation curve can even be the better one). A
# falling learning rate makes the last epochs smoother. (3) By the validation loss: stop where it is lowest, at about
# the tenth epoch. If you choose the epoch by the test set, you fit the number of epochs to it. Its accuracy is then too
# high, and no data is left that shows how the network does on images that nobody has looked at.
#
# **Rubric, 3 points.**
#
# - 1 point: the first network memorises its training images (overfits), seen in the gap between the losses, with an
#   epoch and a number from the student's own curves. Half if only "training is better than validation" is said. The
#   difference between loss and accuracy is part of this point.
# - 1 point: two reasons of: more images, dropout, falling learning rate, fewer epochs. Half for one.
# - 1 point: chooses by the lowest validation loss (read off, or with a callback), **and** says that a choice made with
#   the test set makes the test accuracy worthless. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## 9 What does it get wrong?
#
# One number says how often the network is wrong, but not where. A **confusion matrix** has one row for each *true* digit
# and one column for each *predicted* digit: the entry in row 4, column 9 is the number of fours that were read as nines.
# Among the mistakes, the most telling are those in which the network was most confident. The **confidence** of the
# network is the probability of the class that it predicts.
#
# ### Question 9 · `evaluation`
#
# In NumPy:
#
# 1. `confusion(labels, predictions, classes)`, the matrix;
# 2. `accuracy_of(matrix)`, the share of correct predictions, from the matrix alone;
# 3. `worst_mistakes(labels, probabilities, count)`: the positions, in the test set, of the `count` mistakes with the
#    highest confidence, the most confident one first. If there are fewer mistakes, return all of them.


# %% solution="evaluation"
def confusion(labels, predictions, classes):
    """Count the pairs of true and predicted class.

    Args:
        labels: True classes, integers, shape (n,).
        predictions: Predicted classes, integers, shape (n,).
        classes: Number of classes.

    Returns:
        Counts, shape (classes, classes): row = true class, column = predicted class.
    """
    ### BEGIN SOLUTION
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels, predictions), 1)
    return matrix
    ### END SOLUTION


def accuracy_of(matrix):
    """Return the share of correct predictions, from 0 to 1."""
    ### BEGIN SOLUTION
    return np.trace(matrix) / np.sum(matrix)
    ### END SOLUTION


def worst_mistakes(labels, probabilities, count):
    """Find the most confident mistakes.

    Args:
        labels: True classes, integers, shape (n,).
        probabilities: Shape (n, classes).
        count: Largest number of mistakes to return.

    Returns:
        Their positions, integers, the most confident mistake first.
    """
    ### BEGIN SOLUTION
    confidence = probabilities.max(axis=-1)
    mistakes = np.flatnonzero(probabilities.argmax(axis=-1) != labels)
    return mistakes[np.argsort(-confidence[mistakes])][:count]
    ### END SOLUTION


# %% tests="evaluation"
import numpy as np


def check_confusion(labels, predictions, classes):
    expected = np.zeros((classes, classes), dtype=int)
    for true, predicted in zip(labels, predictions, strict=True):
        expected[true, predicted] += 1
    matrix = confusion(labels.copy(), predictions.copy(), classes)
    assert matrix is not None, "`confusion` returned None. Did you forget `return`?"
    matrix = np.asarray(matrix, dtype=float)
    assert matrix.shape == expected.shape, (
        f"`confusion` returned shape {matrix.shape}; expected {expected.shape}, for {classes} classes. Did you "
        "leave out classes that do not occur?"
    )
    assert np.array_equal(expected, expected.T) or not np.array_equal(matrix, expected.T), (
        "`confusion` returned a matrix whose rows and columns are swapped. Rows are true classes, columns are "
        "predicted classes."
    )
    assert np.array_equal(matrix, expected), (
        f"`confusion({labels[:8].tolist()}…, {predictions[:8].tolist()}…, {classes})` returned "
        f"{matrix.tolist()}; expected {expected.tolist()}."
    )
    share = accuracy_of(expected.copy())
    assert np.size(share) == 1 and np.isclose(
        float(np.reshape(share, ())), np.mean(labels == predictions)
    ), (
        f"`accuracy_of({expected.tolist()})` returned {share}; expected "
        f"{np.mean(labels == predictions):.4f}. Did you divide the correct predictions, on the diagonal, by all "
        "predictions?"
    )


def check_worst(labels, probabilities, count):
    result = worst_mistakes(labels.copy(), probabilities.copy(), count)
    assert result is not None, "`worst_mistakes` returned None. Did you forget `return`?"
    result = np.asarray(result).ravel()
    wrong = probabilities.argmax(axis=-1) != labels
    expected = sorted(np.flatnonzero(wrong), key=lambda n: -probabilities[n].max())[:count]
    found = f"`worst_mistakes` with {len(labels)} predictions, {wrong.sum()} wrong, and count = {count} "
    found += f"returned {result.tolist()}; expected {[int(n) for n in expected]}."
    assert len(result) == len(expected), f"{found} Did you return {len(expected)} positions?"
    assert np.all((result >= 0) & (result < len(labels))), (
        f"{found} Some of your numbers are not positions in the array."
    )
    result = result.astype(int)
    assert np.all(wrong[result]), (
        f"{found} Some of these predictions are correct. Did you return positions in the whole test set, and not "
        "in the list of mistakes?"
    )
    confidence = [float(probabilities[n].max()) for n in result]
    assert confidence == sorted(confidence, reverse=True), (
        f"{found} The most confident mistake comes first. Did you sort in the opposite order?"
    )
    assert result.tolist() == [int(n) for n in expected], (
        f"{found} Confidence is the probability of the predicted class."
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
# Now apply your own functions to your own network. This is the first and only time that we use the test set. Keras'
# `evaluate` counts the correct predictions as well, and the two numbers must agree.

# %%
probabilities = softmax(keras.ops.convert_to_numpy(model(as_inputs(x_test))))
matrix = confusion(y_test, probabilities.argmax(axis=-1), 10)
print(f"from the matrix {accuracy_of(matrix):.4f}")
_, by_keras = model.evaluate(as_inputs(x_test), y_test, verbose=0)
print(f"from Keras      {by_keras:.4f}")
figures.confusion_matrix(matrix)

# %%
figures.worst_mistakes(x_test, y_test, probabilities, worst_mistakes(y_test, probabilities, 12))

# %% [markdown]
# Would *you* have read them all? For some of these digits, the writers have only themselves to blame. For others you
# see at once what was meant, and that the network, which knows nothing of strokes and loops, looks at something else
# than you do.
#
# ## What to try next
#
# - **Clothes instead of digits.** `data.load("fashion_mnist")` has the same shapes: ten kinds of clothes, 28 × 28. Use
#   it in place of `"mnist"` above and run everything again. You need not change a line of your functions (only the
#   check of question 7 still asks for digits). Which two kinds are confused most, and would you have guessed it?
# - **A linear model.** `mlp(units=())` has no hidden layer. How much do the hidden layers contribute?
# - **Shift the test images** by two pixels: `np.roll(x_test, 2, axis=2)`. What does the accuracy say about what the
#   network has learned? The networks of the next lab are better at this.
#
# **Sources.** F. Rosenblatt, *The perceptron*, Psychological Review 65, 1958 · Y. LeCun, L. Bottou, Y. Bengio, P.
# Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998 · X. Glorot, Y. Bengio,
# *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010 · X. Glorot, A. Bordes, Y.
# Bengio, *Deep sparse rectifier neural networks*, AISTATS 2011 · N. Srivastava et al., *Dropout*, JMLR 15, 2014 · D.
# Kingma, J. Ba, *Adam*, ICLR 2015 · D. Hendrycks, K. Gimpel, *Gaussian error linear units*, arXiv:1606.08415, 2016 · I.
# Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, chapter 6, deeplearningbook.org. The text of this
# lab is licensed CC BY 4.0, its code MIT.
