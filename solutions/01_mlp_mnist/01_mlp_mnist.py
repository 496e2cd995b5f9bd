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
# | full | a GPU | all of MNIST, 60,000 | 98.5–98.9 % | 1–3 min on 2 cores |
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
#    (Where would you have to move the line?) Call them `w_and`, a list of two numbers, and `b_and`, a number.
#
# <details><summary>Hint 1, w_and and b_and</summary>
#
# For *or*, the line separates the corner (0, 0) from the other three. For *and*, it has to separate the corner (1, 1)
# from the other three.
#
# </details>
#
# <details><summary>Hint 2, w_and and b_and</summary>
#
# Keep both weights at 1. Then the sum without the bias is the number of inputs that are 1. With which bias is $z > 0$
# for 2 of them, but not for 1?
#
# </details>


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


# w_and = [..., ...] and b_and = ...: with them, the threshold unit fires only if both inputs are 1
### BEGIN SOLUTION
w_and = [1.0, 1.0]
b_and = -1.5
### END SOLUTION


# %% tests="neuron"
import numpy as np

from course_lib import testing as _testing


def _check_z(x, w, b, right, mistakes):
    z = neuron(np.array(x), np.array(w), b)
    inputs, weights = (", ".join(f"{number:g}" for number in numbers) for numbers in (x, w))
    call = f"`neuron([{inputs}], [{weights}], {b:g})`"
    assert z is None or np.size(z) == 1, (
        f"{call} returned {np.size(z)} numbers; expected 1. Did you sum over all inputs?"
    )
    _testing.near(z, right, call, mistakes=mistakes)


def _check_and(weights, bias):
    try:
        weights, bias = np.asarray(weights, dtype=float).ravel(), float(np.reshape(bias, ()))
    except (TypeError, ValueError):
        raise AssertionError(
            "`w_and` should be a list of two numbers, and `b_and` one number."
        ) from None
    assert weights.shape == (2,), (
        f"The number of weights in `w_and` is {weights.size}; expected 2, one for each input."
    )
    for corner in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        z = float(np.dot(corner, weights)) + bias
        assert (z > 0) == (corner == (1, 1)), (
            f"With `w_and` and `b_and`, the unit computes z = {z:g} for the inputs {corner} and "
            f"{'fires' if z > 0 else 'does not fire'}; *and* requires the opposite."
        )


_forgotten = {"Did you forget the bias?": 4.5}
_check_z([1.0, 2.0, 3.0], [0.5, -1.0, 2.0], 0.25, 4.75, _forgotten)
_activated = {
    "Did you forget the bias?": -2.5,
    "Is there a ReLU or a decision? Return the sum itself.": 0.0,
    "Is there a sigmoid? Return the sum itself.": 0.095349,
    "Is there an absolute value? Return the sum itself.": 2.25,
}
_check_z([2.0, 1.0], [-1.0, -0.5], 0.25, -2.25, _activated)
_check_and(w_and, b_and)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_neuron_hidden(rng):
    for inputs in (1, 5, 784):
        x, w, b = rng.normal(size=inputs), rng.normal(size=inputs), float(rng.normal())
        # One of the two sums is positive, the other negative.
        for sign in (1, -1):
            z = neuron(sign * x, w, sign * b)
            right = sign * (x @ w + b)
            mistakes = {
                "Did you forget the bias?": sign * (x @ w),
                "Is there a ReLU? Return the sum itself.": max(right, 0),
            }
            name = f"`neuron` for {inputs} random inputs"
            _testing.near(z, right, name, atol=1e-3, mistakes=mistakes)


_check_neuron_hidden(np.random.default_rng(hidden_seed()))
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
#
# <details><summary>Hint 1, softmax</summary>
#
# Multiply the numerator and the denominator by the same number, such as $e^{-c}$. Which $c$ makes every exponent 0 or
# negative?
#
# </details>
#
# <details><summary>Hint 2, sigmoid and softplus</summary>
#
# $e^{-|z|}$ is never larger than 1. Write the formula once for positive $z$ and once for negative $z$, so that only
# this power occurs. `np.where` chooses between the two.
#
# </details>
#
# <details><summary>Hint 3, softplus</summary>
#
# For positive $z$, take the factor $e^z$ out of the logarithm: $\ln(1 + e^z) = z + \ln(1 + e^{-z})$.
#
# </details>


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

from course_lib import testing as _testing


def _as_numbers(values):
    """True and False count as 1 and 0."""
    try:
        array = np.asarray(values)
    except ValueError:
        return values
    return array.astype(float) if array.dtype == bool else values


def _check_four_numbers():
    z = np.array([-2.0, -0.5, 0.5, 3.0])
    at = "for z = [-2, -0.5, 0.5, 3]"
    mistakes = {
        "Is it 0 where z is negative, and not -1?": [-1, -1, 1, 1],
        "Did you exchange the two cases?": [1, 1, 0, 0],
    }
    _testing.near(_as_numbers(step(z.copy())), [0, 0, 1, 1], f"`step(z)` {at}", mistakes=mistakes)
    mistakes = {
        "Did you set positive z to 0? It is the negative ones.": [-2, -0.5, 0, 0],
        "Is this the absolute value? Set negative z to 0.": [2, 0.5, 0.5, 3],
        "Is this its derivative? Keep positive z as it is.": [0, 0, 1, 1],
    }
    _testing.near(relu(z.copy()), [0, 0, 0.5, 3], f"`relu(z)` {at}", mistakes=mistakes)
    mistakes = {
        "Did you multiply by the slope where z is negative, and nowhere else?": [-2, -0.5, 0.05, 0.3],
        "Did you multiply by the slope where z is negative?": [0, 0, 0.5, 3],
        "Did you return the slope itself where z is negative? Multiply z by it.": [0.1, 0.1, 0.5, 3],
        "Is the result negative where z is negative?": [0.2, 0.05, 0.5, 3],
        "Did you multiply by the slope everywhere? Only where z is negative.": [-0.2, -0.05, 0.05, 0.3],
    }  # fmt: skip
    right = [-0.2, -0.05, 0.5, 3]
    _testing.near(leaky_relu(z.copy()), right, f"`leaky_relu(z)` {at}", mistakes=mistakes)
    right = [0.119203, 0.377541, 0.622459, 0.952574]
    mistakes = {
        "Is the sign of the exponent right?": [0.880797, 0.622459, 0.377541, 0.047426],
        "Did you add the 1 in the denominator?": np.exp(z),
        "Is this its derivative?": [0.104994, 0.235004, 0.235004, 0.045177],
        "Is this tanh?": [-0.964028, -0.462117, 0.462117, 0.995055],
    }
    _testing.near(sigmoid(z.copy()), right, f"`sigmoid(z)` {at}", mistakes=mistakes)
    right = [0.126928, 0.474077, 0.974077, 3.048587]
    mistakes = {
        "Is the sign of the exponent right?": [2.126928, 0.974077, 0.474077, 0.048587],
        "Did you add the 1 inside the logarithm?": z,
        "Did you use the natural logarithm?": [0.055124, 0.205889, 0.423036, 1.323985],
        "Is this its derivative?": [0.119203, 0.377541, 0.622459, 0.952574],
        "Is this a ReLU? Softplus has no corner.": [0, 0, 0.5, 3],
    }
    _testing.near(softplus(z.copy()), right, f"`softplus(z)` {at}", mistakes=mistakes)


def _check_softmax():
    # Two images, three classes: each of the two rows must sum to 1.
    z = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 3.0]])
    right = [[0.090031, 0.244728, 0.665241], [0.045278, 0.045278, 0.909443]]
    mistakes = {
        "Did you normalise over axis 0? Each row is one image, and its probabilities sum to 1.": [
            [0.731059, 0.880797, 0.5],
            [0.268941, 0.119203, 0.5],
        ],
        "Did you divide by the sum of all rows? Each row is one image; use keepdims=True.": [
            [0.051996, 0.141340, 0.384203],
            [0.019128, 0.019128, 0.384203],
        ],
        "Did you divide by the sum over the classes?": np.exp(z),
        "Did you take e to the power of z first?": [[1 / 6, 2 / 6, 3 / 6], [0, 0, 1]],
        "Is the sign of the exponent right?": [
            [0.665241, 0.244728, 0.090031],
            [0.487856, 0.487856, 0.024289],
        ],
        "Is this a sigmoid of each number? Divide by the sum over the classes.": [
            [0.731059, 0.880797, 0.952574],
            [0.5, 0.5, 0.952574],
        ],
    }
    name = "`softmax([[1, 2, 3], [0, 0, 3]])`"
    _testing.near(softmax(z.copy()), right, name, mistakes=mistakes)


def _compare_large(given, right, name, reason):
    try:
        _testing.near(given, right, name)
    except AssertionError as error:
        overflows = given is not None and not np.all(np.isfinite(np.asarray(given, dtype=float)))
        raise AssertionError(f"{error} {reason}" if overflows else str(error)) from None


def _check_large_numbers(large):
    too_large = f"e^{large:g} is too large for a float."
    reason = f"{too_large} Rewrite the formula so that no exponent is positive."
    z = np.array([-large, large])
    _compare_large(sigmoid(z.copy()), [0, 1], f"`sigmoid([{-large:g}, {large:g}])`", reason)
    _compare_large(softplus(z.copy()), [0, large], f"`softplus([{-large:g}, {large:g}])`", reason)
    z = np.array([[large, large, -large], [-large, 1 - large, -large]])
    right = [[0.5, 0.5, 0], [0.211942, 0.576117, 0.211942]]
    reason = (
        f"{too_large} Which number can you subtract from all z of a row, a different one for each row, "
        "without changing the probabilities?"
    )
    name = f"`softmax([[k, k, -k], [-k, 1 - k, -k]])` for k = {large:g}"
    _compare_large(softmax(z.copy()), right, name, reason)


# A formula may pass through inf and still return the correct number: ignore its warnings.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    _check_four_numbers()
    _check_softmax()
    _check_large_numbers(1000.0)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _compare_activations(z, slope):
    positive = np.maximum(z, 0)
    exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
    default = {"Is the default slope 0.1?": np.where(z > 0, z, slope * z)}
    argument = {"Did you use the argument `slope` instead of 0.1?": np.where(z > 0, z, 0.1 * z)}
    whole = exponentials / exponentials.sum(axis=-1, keepdims=True)
    flat = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    for name, given, right, mistakes in [
        ("step(z)", _as_numbers(step(z.copy())), (z > 0).astype(float), {}),
        ("relu(z)", relu(z.copy()), positive, {}),
        ("leaky_relu(z)", leaky_relu(z.copy()), np.where(z > 0, z, 0.1 * z), default),
        (
            f"leaky_relu(z, {slope:.2g})", leaky_relu(z.copy(), slope),
            np.where(z > 0, z, slope * z), argument,
        ),
        ("sigmoid(z)", sigmoid(z.copy()), np.exp(-np.maximum(-z, 0)) / (1 + np.exp(-np.abs(z))), {}),
        ("softplus(z)", softplus(z.copy()), positive + np.log1p(np.exp(-np.abs(z))), {}),
        ("softmax(z)", softmax(z.copy()), whole, {"Did you sum over all axes?": flat}),
    ]:  # fmt: skip
        where = f"`{name}` for random numbers of shape {z.shape}"
        _testing.near(given, right, where, mistakes=mistakes)


def _check_activations_hidden(rng):
    slope = float(rng.choice([rng.uniform(0.02, 0.08), rng.uniform(0.12, 0.4)]))
    for shape in ((7,), (4, 6), (2, 3, 5)):
        _compare_activations(rng.normal(scale=4, size=shape), slope)
    # All sizes, of both signs; none is exactly 0.
    _compare_activations(np.linspace(-60, 60, 240) + rng.uniform(-0.2, 0.2), slope)
    _check_large_numbers(float(rng.uniform(720, 990)))


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    _check_activations_hidden(np.random.default_rng(hidden_seed()))
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
# Between input and output there is at least one **hidden layer**: a row of neurons that all see the same inputs. Each
# has its own weights and bias. Neuron $j$ of a layer computes
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

from course_lib import testing as _testing


def _check_forward():
    x = np.array([[1.0, 2.0], [-1.0, 0.5]])  # a batch of 2, each with 2 inputs
    w1 = np.array([[1.0, -1.0, 0.5, 2.0], [-1.0, 1.0, 0.5, -1.0]])  # to 4 hidden neurons
    b1 = np.array([0.5, 0.0, -1.0, 0.25])
    w2 = np.array([[1.0, 0.0, -0.5], [0.5, 1.0, 0.0], [-1.0, 0.5, 1.0], [0.5, -0.5, 0.25]])
    b2 = np.array([0.2, -1.3, 0.1])  # to 3 classes
    p = forward(x.copy(), w1.copy(), b1.copy(), w2.copy(), b2.copy())
    # What the two rows look like when one thing is missing.
    mistakes = {
        "Did you forget the ReLU of the hidden layer?": [[0.2013, 0.2013, 0.5973], [0.3180, 0.5942, 0.0878]],
        "Did you forget both biases?": [[0.0347, 0.5427, 0.4226], [0.2786, 0.5898, 0.1316]],
        "Did you forget b1, the bias of the hidden layer?": [[0.0645, 0.2250, 0.7106], [0.5264, 0.2486, 0.2250]],
        "Did you forget b2, the bias of the output layer?": [[0.1899, 0.5161, 0.2941], [0.2786, 0.5898, 0.1316]],
        "These are logits. Did you forget the softmax?": [[0.3250, -0.1750, 0.6625], [0.9500, 0.2000, 0.1000]],
        "Does the output layer have a ReLU? Softmax takes the weighted sums as they are.": [
            [0.3201, 0.2313, 0.4486], [0.5264, 0.2486, 0.2250],
        ],
        "Does the hidden layer have a sigmoid instead of a ReLU?": [[0.4176, 0.1335, 0.4490], [0.5160, 0.1681, 0.3159]],
        "Does the hidden layer have a tanh instead of a ReLU?": [[0.2109, 0.1711, 0.6180], [0.5045, 0.2824, 0.2130]],
        "Do the inputs go through a ReLU? Only the hidden layer has one.": [
            [0.3325, 0.2016, 0.4659], [0.5022, 0.1439, 0.3539],
        ],
        "Does the output layer have a sigmoid instead of a softmax?": [[0.5805, 0.4564, 0.6598], [0.7211, 0.5498, 0.5250]],
        "Did you normalise over axis 0? Each row is one image.": [[0.3486, 0.4073, 0.6370], [0.6514, 0.5927, 0.3630]],
    }  # fmt: skip
    right = [[0.3325, 0.2016, 0.4659], [0.5264, 0.2486, 0.2250]]
    _testing.near(p, right, "`forward`, for 2 images and 3 classes,", atol=1e-4, mistakes=mistakes)
    alone = forward(x[:1].copy(), w1.copy(), b1.copy(), w2.copy(), b2.copy())
    name = "`forward`, for the first image alone instead of in a batch,"
    _testing.near(alone, right[:1], name, atol=1e-4)


_check_forward()
### BEGIN HIDDEN TESTS
import keras

from course_lib.testing import hidden_seed


def _check_forward_hidden(rng):
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
        x = rng.normal(size=(batch, inputs))
        right = keras.ops.convert_to_numpy(network(x))
        result = forward(x.copy(), *(w.copy() for w in weights))
        name = f"`forward`, for {batch} images, {inputs} inputs and {classes} classes,"
        _testing.near(result, right, name, atol=1e-4)


_check_forward_hidden(np.random.default_rng(hidden_seed()))
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
#
# <details><summary>Hint 1, count_parameters</summary>
#
# A layer with $n$ inputs and $m$ neurons has a weight for each pair of an input and a neuron, and one bias for each
# neuron.
#
# </details>
#
# <details><summary>Hint 2, count_parameters</summary>
#
# The outputs of one layer are the inputs of the next. `zip(sizes, sizes[1:])` makes the pairs $(n, m)$.
#
# </details>


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

from course_lib import testing as _testing


def _read_input_shapes(network):
    """Return the shapes of one example that a network may take: rows or images."""
    try:
        return [tuple(int(size) for size in network.input_shape[1:])]
    except (AttributeError, RuntimeError, TypeError, ValueError):
        return [(784,), (28, 28), (28, 28, 1)]  # a model that has not been called yet


def _outputs_of(network, inputs):
    """Call a network that takes rows (784,) or images (28, 28)."""
    reason = ""
    for shape in _read_input_shapes(network):
        try:
            batch = np.asarray(inputs, dtype="float32").reshape(len(inputs), *shape)
            return np.asarray(keras.ops.convert_to_numpy(network(batch)), dtype=float)
        except (ValueError, TypeError) as error:
            reason = reason or str(error)
    raise AssertionError(
        f"The model does not take rows of 784 numbers. Which shape does its keras.Input have? Keras says: {reason}"
    )


def _log_probabilities(outputs):
    """Accept logits as well as probabilities, when the softmax is part of the model."""
    if np.all(outputs >= 0) and np.allclose(outputs.sum(axis=-1), 1, atol=1e-3):
        outputs = np.log(outputs + 1e-30)
    outputs = outputs - outputs.max(axis=-1, keepdims=True)
    return outputs - np.log(np.exp(outputs).sum(axis=-1, keepdims=True))


def _check_structure(network, hidden, name):
    """Check the shapes of a network; return its weights, from the first layer to the last."""
    assert network is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(network, keras.Model), (
        f"`{name}` returned {type(network).__name__}; expected a Keras model."
    )
    outputs = _outputs_of(network, np.random.default_rng(0).uniform(0, 1, (5, 784)))
    assert outputs.shape == (5, 10), (
        f"The model of `{name}` returned shape {outputs.shape}; expected (5, 10), for 5 images and 10 digits."
    )
    # Only now: a model without keras.Input has no weights before its first call.
    weights = [np.asarray(w, dtype=float) for w in network.get_weights()]
    shapes = [w.shape for w in weights]
    expected = [shape for pair in pairwise((784, *hidden, 10)) for shape in (pair, pair[1:])]
    assert sorted(shapes) == sorted(expected), (
        f"The weights of `{name}({hidden})` have the shapes {shapes}; expected {expected}. Does every layer "
        "have the right number of neurons, and a bias?"
    )
    by_shape = {w.shape: w for w in weights}
    return [by_shape[shape] for shape in expected]


### BEGIN HIDDEN TESTS
# Defined before the checks run: question 5 needs these functions even if this question fails.
def _run_layers(x, weights, first, second):
    """Return the outputs of both hidden layers, and the logits."""
    w1, b1, w2, b2, w3, b3 = weights
    one = first(x @ w1 + b1)
    two = second(one @ w2 + b2)
    return one, two, two @ w3 + b3


def _relu(z):
    return np.maximum(z, 0)


def _linear(z):
    return z


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _run_mistakes(x, weights):
    """Return by hint the outputs of networks with other activations."""
    logits = _run_layers(x, weights, _relu, _relu)[2]
    return {
        "Does the last layer have a ReLU? To rule out a class, the network needs a negative logit.": _relu(
            logits
        ),
        "Does the last layer have a sigmoid? Logits have no activation.": _sigmoid(logits),
        "The model is linear. Did you forget the activation of the hidden layers?": _run_layers(
            x, weights, _linear, _linear
        )[2],
        "Did you forget the ReLU of the first hidden layer?": _run_layers(
            x, weights, _linear, _relu
        )[2],
        "Did you forget the ReLU of the second hidden layer?": _run_layers(
            x, weights, _relu, _linear
        )[2],
        "Do the hidden layers have a sigmoid instead of a ReLU?": _run_layers(
            x, weights, _sigmoid, _sigmoid
        )[2],
        "Do the hidden layers have a tanh instead of a ReLU?": _run_layers(
            x, weights, np.tanh, np.tanh
        )[2],
    }


def _scale_for(network, x, weights):
    """Return 255 for a network that scales the pixels itself, else 1."""
    right = _run_layers(x, weights, _relu, _relu)[2]
    candidates = [right, *_run_mistakes(x, weights).values()]

    def error(scale):
        given = _log_probabilities(_outputs_of(network, scale * x))
        return min(np.abs(given - _log_probabilities(one)).max() for one in candidates)

    return min((1, 255), key=error)


def _check_function(network, rng, name, weights):
    """Check what a network computes; return the inputs and their scale for this network."""
    x = rng.uniform(0, 1, (40, 784))
    scale = _scale_for(network, x, weights)
    given = _log_probabilities(_outputs_of(network, scale * x))
    right = _log_probabilities(_run_layers(x, weights, _relu, _relu)[2])
    mistakes = {hint: _log_probabilities(one) for hint, one in _run_mistakes(x, weights).items()}
    where = f"ln softmax of the outputs of the model of `{name}`, for random inputs,"
    _testing.near(given, right, where, rtol=1e-3, atol=1e-3, mistakes=mistakes)
    return x, scale


### END HIDDEN TESTS


def _check_count(sizes, right, mistakes):
    _testing.near(
        count_parameters(sizes), right, f"`count_parameters({sizes})`", rtol=0, atol=0.01, mistakes=mistakes
    )  # fmt: skip


def _check_sequential():
    _check_structure(sequential_mlp((32, 16)), (32, 16), "sequential_mlp")
    mistakes = {
        "Did you count the biases? Each neuron learns one.": 109184,
        "Inputs learn no biases: did you count one for each of them?": 110170,
        "Does every layer have its own weights?": 784 * 128 * 64 * 10,
    }
    _check_count((784, 128, 64, 10), 109386, mistakes)


_check_sequential()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_sequential_hidden(rng):
    hidden = tuple(int(size) for size in rng.choice(np.arange(20, 60), 2, replace=False))
    network = sequential_mlp(hidden)
    weights = _check_structure(network, hidden, "sequential_mlp")
    _check_function(network, rng, "sequential_mlp", weights)
    for layers in (2, 3, 5):
        sizes = tuple(int(size) for size in rng.integers(1, 900, layers))
        _check_count(sizes, int(np.dot(np.add(sizes[:-1], 1), sizes[1:])), {})


_check_sequential_hidden(np.random.default_rng(hidden_seed()))
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

from course_lib import testing as _testing


def _check_functional(hidden, x):
    result = functional_mlp(hidden)
    assert result is not None, "`functional_mlp` returned None. Did you forget `return`?"
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "`functional_mlp` must return two models: return model, features"
    )
    network, features = result
    assert not isinstance(network, keras.Sequential), (
        "`functional_mlp` returned a Sequential model. Build it with keras.Input and keras.Model."
    )
    weights = _check_structure(network, hidden, "functional_mlp")
    assert isinstance(features, keras.Model), (
        f"`features` is {type(features).__name__}; expected a Keras model."
    )
    outputs = _outputs_of(features, x)
    assert outputs.shape == (len(x), hidden[1]), (
        f"`features` returned shape {outputs.shape}; expected {(len(x), hidden[1])}. Does it end at the second "
        "hidden layer?"
    )
    assert np.all(outputs >= 0), (
        "`features` returned negative numbers. Does it end after the ReLU of the second hidden layer?"
    )
    return network, features, weights


_check_functional((32, 16), np.random.default_rng(0).uniform(0, 1, (5, 784)))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_functional_hidden(rng):
    hidden = tuple(int(size) for size in rng.choice(np.arange(20, 60), 2, replace=False))
    network, features, weights = _check_functional(hidden, rng.uniform(0, 1, (20, 784)))
    x, scale = _check_function(network, rng, "functional_mlp", weights)
    given = _outputs_of(features, scale * x)
    right = _run_layers(x, weights, _relu, _relu)[1]
    name = "`features`, for random inputs and the weights of `model`,"
    try:
        _testing.near(given, right, name, rtol=1e-3, atol=1e-3)
    except AssertionError as error:
        raise AssertionError(
            f"{error} The two models must share their layers. Did you build the layers twice?"
        ) from None


_check_functional_hidden(np.random.default_rng(hidden_seed()))
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
# 1. Write `updates(examples, epochs, batch_size)`: how many updates does training make? (Lab 00 asks for the same, with
#    its arguments in another order.)
# 2. Write `train(data, epochs, batch_size)`. `data` is what `data.load` returns,
#    `(x_train, y_train), (x_test, y_test)`, images and labels as they come. Build a new network with hidden layers
#    (128, 64), compile it, and fit it with a tenth of the training set as validation set. Return `(model, history)`:
#    the model and what `fit` returns. Pass `verbose=0` to `fit`; otherwise it prints a line for every epoch.
#
# <details><summary>Hint 1, updates</summary>
#
# A smaller last batch is also an update. So round the number of batches in an epoch *up*, for example with `math.ceil`.
#
# </details>
#
# <details><summary>Hint 2, train</summary>
#
# Take the images through `as_inputs`. The model returns logits: pass `from_logits=True` to the loss of the table.
#
# </details>
#
# <details><summary>Hint 3, train</summary>
#
# `fit` has the argument `validation_split`. The other half of `data`, the test set, is not used at all.
#
# </details>


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

from course_lib import testing as _testing


def _make_toy_digits(rng, patterns, examples, shift=0):
    """Make noisy copies of ten fixed patterns, quick to learn; with a shift, the labels are wrong on purpose."""
    labels = rng.integers(0, 10, examples)
    images = 200 * patterns[labels] + rng.integers(0, 56, (examples, 28, 28))
    return images.astype("uint8"), ((labels + shift) % 10).astype("uint8")


def _count_updates(network):
    """Return how many updates the optimizer of a model has made; None if it cannot be asked."""
    try:
        return int(np.asarray(network.optimizer.iterations)) or None
    except (AttributeError, TypeError, ValueError):
        return None


def _call_train(digits, epochs, batch_size):
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
    assert result is not None, "`train` returned None. Did you forget `return`?"
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "`train` must return two values: return model, history"
    )
    network, record = result
    assert isinstance(network, keras.Model), (
        f"The first value that `train` returned is {type(network).__name__}; expected the model. Probabilities "
        "can be computed from a model, but not the other way round."
    )
    # In either order: question 4 has already taken its points for swapped layers.
    *hidden, _ = [w.shape[1] for w in network.get_weights() if len(w.shape) == 2] or [0]
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


def _check_updates(examples, epochs, batch_size, right):
    mistakes = {
        "Did you count the last batch, even if it is smaller?": examples // batch_size * epochs,
        "Did you count a last batch that is empty?": (examples // batch_size + 1) * epochs,
        "Did you count the examples of all epochs together? Every epoch has a last batch.": np.ceil(
            examples * epochs / batch_size
        ),
        "Did you round the number of updates up?": examples / batch_size * epochs,
        "Did you multiply by the number of epochs?": right / epochs,
        "The arguments are (examples, epochs, batch_size), in this order.": np.ceil(examples / epochs)
        * batch_size,
    }  # fmt: skip
    result = updates(examples, epochs, batch_size)
    name = f"`updates(examples={examples}, epochs={epochs}, batch_size={batch_size})`"
    _testing.near(result, right, name, rtol=0, atol=0.01, mistakes=mistakes)


def _check_one_batch():
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2, (10, 28, 28))
    digits = _make_toy_digits(rng, patterns, 600), _make_toy_digits(rng, patterns, 100)
    network, _ = _call_train(digits, epochs=1, batch_size=600)
    steps = _count_updates(network)
    assert steps in (None, 1), (
        f"`train` with 600 images, epochs=1 and batch_size=600 made {steps} updates; expected 1. Did you pass "
        "batch_size to fit, train on the training set only, and build a new model?"
    )


_check_updates(1000, 3, 100, 30)
_check_updates(1050, 2, 100, 22)
_check_one_batch()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_updates_hidden(rng):
    epochs, batches, batch_size = (int(n) for n in rng.integers((2, 1, 101), (9, 20, 300)))
    for rest in (0, 1, batch_size // 2, batch_size - 1):
        right = epochs * (batches + (rest > 0))
        _check_updates(batch_size * batches + rest, epochs, batch_size, right)


def _measure_digits(network, images, labels):
    """Return the accuracy and the cross-entropy; a network may take pixels from 0 to 255."""
    both = [_log_probabilities(_outputs_of(network, images / scale)) for scale in (255, 1)]
    accuracies = [float(np.mean(one.argmax(axis=-1) == labels)) for one in both]
    losses = [float(-np.mean(one[np.arange(len(labels)), labels])) for one in both]
    return max(accuracies), min(losses)


def _check_learning(rng, patterns):
    # The labels of the test set contradict those of the training set: the predictions of the model show which
    # of them it has seen.
    shift = int(rng.integers(1, 10))
    digits = _make_toy_digits(rng, patterns, 640), _make_toy_digits(rng, patterns, 640, shift)
    network, record = _call_train(digits, epochs=6, batch_size=16)
    images, labels = _make_toy_digits(rng, patterns, 300)
    from_test, _ = _measure_digits(network, images, (labels + shift) % 10)
    assert from_test < 0.7, (
        f"The model has learned the labels of the test set: it repeats {100 * from_test:.0f} % of them, though "
        "they contradict the training labels here. Train on x_train and y_train only."
    )
    validation_loss = record["val_loss"][-1]
    steps = _count_updates(network)
    if steps is not None:
        _check_steps(steps / 6, 36, 40, validation_loss)
    accuracy, loss = _measure_digits(network, images, labels)
    if record["loss"][-1] < 0.5 and accuracy < 0.95:
        hint = "The loss in the history is small. Did you return the model that was fitted?"
    else:
        hint = "Does the loss know that the model returns logits (from_logits=True)? Do images and labels belong together?"
    name = "After 6 epochs on ten simple patterns, the accuracy"
    _testing.at_least(accuracy, 0.95, name, sd=0.005, hint=hint)
    # A loss that takes logits for probabilities may still reach a high accuracy; the logits say nothing then.
    name = "After 6 epochs on ten simple patterns, the cross-entropy of the outputs"
    _testing.at_most(loss, 0.3, name, sd=0.02, hint=hint)
    # This only refuses: a made-up number gains nothing, because the updates were counted.
    assert validation_loss < 2.3, (
        f"The validation loss is {validation_loss:.1f}, worse than guessing, though the model is good. Did you validate on "
        "the test set? Use a tenth of the training set."
    )
    return steps


def _check_steps(steps, right, of_all, validation_loss):
    """Check the updates of an epoch; of_all: their number without a validation set."""
    fact = f"An epoch of 640 training images, in batches of 16, made {steps:.0f} updates; expected {right}"
    hint = "Did you train on nine tenths of the training set, and hold out one tenth?"
    if steps > of_all + 1:
        hint = "Did you train on more than the training set, or go on with an earlier model?"
    elif steps > right and validation_loss > 2.3:
        hint = "Did you validate on the test set? Use a tenth of the training set."
    elif steps > right:
        hint = "A tenth of the images is held out. Did you train on the validation set?"
    assert right - 1 < steps < right + 1, f"{fact}. {hint}"


def _check_new_network(rng, patterns):
    # Images without ink teach nothing: what the network knows of the patterns, it has from an earlier call.
    blank = np.zeros((100, 28, 28), "uint8"), (np.arange(100) % 10).astype("uint8")
    network, _ = _call_train((blank, blank), epochs=1, batch_size=100)
    accuracy, _ = _measure_digits(network, *_make_toy_digits(rng, patterns, 300))
    hint = "It has never seen them. Did you build a new network in each call of `train`?"
    name = "The accuracy of a new network on the images of an earlier training"
    _testing.at_most(accuracy, 0.75, name, sd=0.1, hint=hint)


def _check_memory(rng):
    """Check what is learned by heart, for a model whose optimizer cannot be asked."""
    noise = rng.integers(0, 256, (200, 28, 28)).astype("uint8")
    labels = rng.integers(0, 10, 200).astype("uint8")
    network, _ = _call_train(((noise, labels), (noise, labels)), epochs=40, batch_size=8)
    accuracy, _ = _measure_digits(network, noise, labels)
    hint = "A tenth of them is held out, and their labels are random. Did you train on the validation set?"
    name = "The accuracy on 200 images of noise"
    _testing.at_most(accuracy, 0.965, name, sd=0.007, hint=hint)


def _check_training_hidden(rng):
    _check_updates_hidden(rng)
    patterns = rng.integers(0, 2, (10, 28, 28))
    steps = _check_learning(rng, patterns)
    _check_new_network(rng, patterns)
    if steps is None:
        _check_memory(rng)


_check_training_hidden(np.random.default_rng(hidden_seed()))
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
# - `mlp(units=(512, 512), activation="relu", dropout=0.3)` from `course_lib.models` builds the kind of network that you
#   have built twice, of any size. Another activation to try is `"gelu"`, a smooth relative of ReLU (Hendrycks & Gimpel
#   2016). **Dropout** with a rate of 0.3 sets a random 30 % of the hidden outputs to 0 at every update. So no neuron
#   can rely on any single other one (Srivastava et al. 2014). After training, nothing is dropped.
# - `fit(model, x, y, validation_split=0.1)` from `course_lib.training` compiles and trains in one line. It increases
#   the learning rate at first and then decreases it step by step to 0. `epochs=` and `batch_size=` work as in Keras.
#
# ### Question 7 · `accuracy`
#
# Train a `model` on the training set, and keep what training returned as `history`. How you train is up to you: with
# your own functions, or with these two. (The cells after question 9 need a model that takes the result of `as_inputs`
# and was compiled with `metrics=["accuracy"]`.) Its accuracy on the validation set must be at least **90 %** in the
# quick profile and **96 %** in the full one. Try as often as you like: this is what the validation set (here, the last
# tenth of the training set) is for. The hidden test measures the accuracy on images that nobody has seen. It requires
# **85 %** (quick) or **95 %** (full): a little less, because the accuracy differs by chance from one set of images to
# another.

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
from course_lib import testing as _testing


def _measure_accuracy(network, images, labels):
    # The better of two: some networks take pixels from 0 to 255.
    predictions = [_outputs_of(network, images / scale).argmax(axis=-1) for scale in (255, 1)]
    return max(float(np.mean(predicted == labels)) for predicted in predictions)


def _check_accuracy(required, images, labels, what, sd):
    accuracy = _measure_accuracy(model, images, labels)
    print(f"accuracy of `model`: {100 * accuracy:.1f} % of {len(labels)} images")
    hint = "Did you train for long enough, and on all training images?"
    _testing.at_least(accuracy, required, f"The accuracy of `model` on {what}", sd=sd, hint=hint)


def _load_validation_set():
    (images, labels), _ = data.load("mnist")
    if profile.current() == "quick":
        images, labels = images[:5000], labels[:5000]
    first = int(0.9 * len(labels))
    return images[first:], labels[first:]


_check_accuracy(
    {"quick": 0.9, "full": 0.96}[profile.current()],
    *_load_validation_set(),
    "the validation set",
    sd={"quick": 0.005, "full": 0.003}[profile.current()],
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

_check_accuracy(
    {"quick": 0.85, "full": 0.95}[profile.current()],
    *data.load("mnist", seed=hidden_seed())[1],
    "new images",
    sd={"quick": 0.006, "full": 0.002}[profile.current()],
)
### END HIDDEN TESTS

# %%
figures.learning_curves(history)

# %% [markdown]
# ## 8 What the curves say
#
# You now have two pairs of curves. The first network was trained on 1,000 images for fifteen epochs. The second is the
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
# One number says how often the network is wrong, but not where. A **confusion matrix** has one row for each *true*
# digit and one column for each *predicted* digit. The entry in row 4, column 9 is the number of fours that were read as
# nines. Among the mistakes, the most telling are those in which the network was most confident. The **confidence** of
# the network is the probability of the class that it predicts.
#
# ### Question 9 · `evaluation`
#
# In NumPy:
#
# 1. `confusion(labels, predictions, classes)`, the matrix;
# 2. `accuracy_of(matrix)`, the share of correct predictions, from the matrix alone;
# 3. `worst_mistakes(labels, probabilities, count)`: the positions, in the test set, of the `count` mistakes with the
#    highest confidence, the most confident one first. If there are fewer mistakes, return all of them.
#
# <details><summary>Hint 1, confusion</summary>
#
# `matrix[labels, predictions] += 1` counts a pair only once, even if it occurs many times. Use a loop over the pairs,
# or `np.add.at`.
#
# </details>
#
# <details><summary>Hint 2, accuracy_of</summary>
#
# The correct predictions are on the diagonal.
#
# </details>
#
# <details><summary>Hint 3, worst_mistakes</summary>
#
# First find the positions of all mistakes (`np.flatnonzero`). Then sort these positions by the confidence at each of
# them (`np.argsort` sorts in ascending order).
#
# </details>


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

from course_lib import testing as _testing


def _check_confusion(labels, predictions, classes):
    right = np.zeros((classes, classes), dtype=int)
    for true, predicted in zip(labels, predictions, strict=True):
        right[true, predicted] += 1
    matrix = confusion(labels.copy(), predictions.copy(), classes)
    call = f"`confusion({labels[:8].tolist()}…, {predictions[:8].tolist()}…, {classes})`"
    shape = np.shape(np.asarray(matrix, dtype=object))
    assert matrix is None or shape == right.shape, (
        f"`confusion` returned shape {shape}; expected {right.shape}, for {classes} classes. Did you "
        "leave out classes that do not occur?"
    )
    mistakes = {
        "Rows and columns are swapped. Rows are true classes, columns are predicted classes.": right.T,
        "Did you count every pair, also if it occurs twice?": np.minimum(right, 1),
        "Did you divide by the number of predictions? Return counts.": right / len(labels),
        "Did you count the mistakes only?": right - np.diag(np.diag(right)),
        "Did you count the correct predictions only?": np.diag(np.diag(right)),
    }
    _testing.near(matrix, right, call, rtol=0, atol=1e-3, mistakes=mistakes)
    share = np.mean(labels == predictions)
    mistakes = {
        "Is this the share of mistakes?": 1 - share,
        "Did you divide by all predictions?": np.trace(right),
        "Is this a percentage? Return a number from 0 to 1.": 100 * share,
    }
    call = f"`accuracy_of({right.tolist() if classes < 4 else 'matrix'})`"
    _testing.near(accuracy_of(right.copy()), share, call, mistakes=mistakes)


def _check_worst(labels, probabilities, count):
    result = worst_mistakes(labels.copy(), probabilities.copy(), count)
    assert result is not None, "`worst_mistakes` returned None. Did you forget `return`?"
    is_wrong = probabilities.argmax(axis=-1) != labels
    right = sorted(np.flatnonzero(is_wrong).tolist(), key=lambda n: -probabilities[n].max())[:count]
    try:
        found = np.asarray(result, dtype=float).ravel()
    except (TypeError, ValueError):
        raise AssertionError(
            f"`worst_mistakes` returned a {type(result).__name__}; expected positions."
        ) from None
    if found.tolist() == right:
        return
    more = ", …" if max(len(right), len(found)) > 8 else ""
    fact = (
        f"`worst_mistakes` with {len(labels)} predictions, {is_wrong.sum()} wrong, and count = {count} returned "
        f"[{', '.join(f'{n:g}' for n in found[:8])}{more}]; expected [{', '.join(map(str, right[:8]))}{more}]."
    )
    assert np.all((found >= 0) & (found < len(labels)) & (found == np.round(found))), (
        f"{fact} Some of your numbers are not positions in the array."
    )
    found = found.astype(int)
    assert np.all(is_wrong[found]), (
        f"{fact} Some of these predictions are correct. Did you return positions in the whole test set, and not "
        "in the list of mistakes?"
    )
    assert len(found) == len(right), f"{fact} Did you return {len(right)} positions?"
    opposite = "The most confident mistake comes first. Did you sort in the opposite order?"
    correct = "Confidence is the probability of the predicted class, not that of the correct one."
    wrong = np.flatnonzero(is_wrong)
    hints = {
        tuple(right[::-1]): opposite,
        tuple(sorted(wrong, key=lambda n: probabilities[n].max())[:count]): opposite,
        tuple(sorted(wrong, key=lambda n: probabilities[n, labels[n]])[:count]): correct,
    }
    raise AssertionError(f"{fact} {hints.get(tuple(found), '')}".rstrip())


def _check_evaluation():
    _check_confusion(np.array([0, 0, 1, 2, 2, 2]), np.array([0, 2, 1, 2, 2, 1]), 3)
    labels = np.array([0, 0, 1, 2, 1])
    probabilities = np.array(
        [[0.9, 0.1, 0.0], [0.1, 0.8, 0.1], [0.0, 1.0, 0.0], [0.5, 0.2, 0.3], [0.3, 0.1, 0.6]]
    )
    _check_worst(labels, probabilities, 2)


_check_evaluation()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _draw_predictions(rng, classes, examples):
    """Draw probabilities whose largest are clearly different, so that there is one right order."""
    predictions = rng.integers(0, classes, examples)
    confidence = rng.permutation(np.linspace(0.51, 0.99, examples))
    others = rng.dirichlet(np.ones(classes - 1), examples)
    probabilities = np.zeros((examples, classes))
    for n, predicted in enumerate(predictions):
        probabilities[n] = np.insert(others[n] * (1 - confidence[n]), predicted, confidence[n])
    return predictions, probabilities


def _check_evaluation_hidden(rng):
    for classes, examples in ((2, 15), (10, 400)):
        labels = rng.integers(0, classes, examples)
        predictions, probabilities = _draw_predictions(rng, classes, examples)
        _check_confusion(labels, predictions, classes)
        _check_confusion(labels, predictions, classes + 1)  # a class that never occurs
        _check_worst(labels, probabilities, 7)
        _check_worst(labels, probabilities, 3 * examples)


_check_evaluation_hidden(np.random.default_rng(hidden_seed()))
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
# Would *you* have read them all? Some of these digits are hard to read for anyone. For others you see at once what was
# meant. The network knows nothing of strokes and loops, so it looks at something else than you do.
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
