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
# # From one neuron to Keras
#
# How does a machine learn? It makes a mistake, finds out which of its numbers had a part in it, and changes
# each of them a little. That is all, from the first machine that could do it, in 1958, to the largest today. In
# this lab you write the whole of it by hand, in NumPy: a neuron that learns, the slopes that tell it what to change,
# and a network that learns to tell a square from a circle and a triangle. Then you say the same in Keras.
#
# **You will learn**
#
# - Rosenblatt's rule, what it can learn, and what it never will;
# - activations and their slopes; losses, and which one is for what;
# - backpropagation, checked against TensorFlow's;
# - how SGD, momentum and Adam use a slope;
# - Keras' Sequential and Functional API, for classes and for prices.
#
# **You need** Python and NumPy at the level of `x.sum(axis=0)`, and what a derivative is.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | shapes | told apart in the end | time |
# | --- | --- | --- | --- | --- |
# | quick | chosen on a CPU | 2,000 | 82–93 % | 7–18 s on 2 cores |
# | full | chosen on a GPU | 12,000 | 93–99 % | 10–35 s on 2 cores |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # less small talk from TensorFlow

import keras
import numpy as np

from course_lib import data, figures, profile

keras.utils.set_random_seed(1)
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## 1 A neuron that learns
#
# A **neuron** has a number for each of its inputs, the **weights** $w$, and one more, the **bias** $b$. It adds up
# $z = w_1 x_1 + w_2 x_2 + \dots + b$. Rosenblatt's **perceptron** (1958) then decides: its answer is 1 if $z > 0$, else 0.
#
# What was new is that it learns. Begin with all weights and the bias 0, and show it one example $x$ after the
# other, whose right answer $y$ is known. If the answer is right, change nothing. If not,
#
# $$w \leftarrow w + (y - \text{answer})\, x \qquad b \leftarrow b + (y - \text{answer})$$
#
# Once through all examples is an **epoch**.
#
# ### Question 1 · `perceptron`
#
# Write `perceptron(x, y, epochs)`: begin with zeros, go through the examples in their order, as many times as
# `epochs` says, and return the weights, the bias, and a list with the number of mistakes in each epoch. (Below it is to
# learn *and*, 1 only if both inputs are 1, and *xor*, exclusive or: 1 if exactly one of them is.)


# %% solution="perceptron"
def perceptron(x, y, epochs):
    """Rosenblatt's rule. x: (examples, inputs) · y: 0 or 1 · returns (weights, bias, mistakes)."""
    ### BEGIN SOLUTION
    w, b, mistakes = np.zeros(x.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for example, right in zip(x, y, strict=True):
            answer = 1 if example @ w + b > 0 else 0
            w = w + (right - answer) * example
            b = b + (right - answer)
            wrong += answer != right
        mistakes.append(int(wrong))
    return w, b, mistakes
    ### END SOLUTION


# %% tests="perceptron"
import numpy as np


def check_perceptron(x, y, what, right_w, right_b, right_mistakes, backwards):
    epochs = len(right_mistakes)
    given = perceptron(x.copy(), y.copy(), epochs)
    assert isinstance(given, (tuple, list)) and len(given) == 3, (
        "perceptron must give back three things: weights, bias, mistakes."
    )
    w, b, mistakes = (
        np.asarray(given[0], float).ravel(),
        float(np.reshape(given[1], ())),
        list(given[2]),
    )
    assert len(mistakes) == epochs, (
        f"{epochs} epochs make {epochs} numbers of mistakes; yours are {len(mistakes)}."
    )
    assert not np.allclose(w, backwards) or np.allclose(right_w, backwards), (
        f"{what}: your weights go the wrong way; it is y - answer, not answer - y."
    )
    assert np.isclose(b, right_b) or not np.isclose(b, 0), (
        f"{what}: the bias stays 0: it learns as well."
    )
    assert np.allclose(w, right_w) and np.isclose(b, right_b), (
        f"{what}: after {epochs} epochs the weights are {np.round(right_w, 3).tolist()} and the bias "
        f"{right_b:g}; yours {np.round(w, 3).tolist()} and {b:g}. Are they changed after every example, "
        "and kept from epoch to epoch?"
    )
    assert [int(m) for m in mistakes] == right_mistakes, (
        f"{what}: the mistakes in each epoch are {right_mistakes}; yours {mistakes}."
    )


CORNERS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
AND, XOR = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 0])
check_perceptron(CORNERS, AND, "*and*", [2, 1], -2, [1, 3, 3, 2, 1, 0, 0, 0], backwards=[-8, -8])
check_perceptron(CORNERS, XOR, "*xor*", [-1, 0], 1, [2, 3, 4, 4, 4, 4, 4, 4], backwards=[-8, -8])
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def rosenblatt(x, y, epochs, rate=1):
    w, b, mistakes = np.zeros(x.shape[1]), 0.0, []
    for _ in range(epochs):
        mistakes.append(0)
        for example, right in zip(x, y.astype(int), strict=True):
            step = right - int(example @ w + b > 0)
            w, b = w + rate * step * example, b + rate * step
            mistakes[-1] += abs(step)
    return w, b, mistakes


def check_perceptron_hidden(rng):
    for inputs in (2, 5):
        x = rng.normal(size=(40, inputs))
        y = (x @ rng.normal(size=inputs) > 0.2).astype(int)
        backwards = rosenblatt(x, y, 6, rate=-1)[0]
        check_perceptron(x, y, "random examples", *rosenblatt(x, y, 6), backwards)


check_perceptron_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
corners = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
for name, answers in [("and", [0, 0, 0, 1]), ("xor", [0, 1, 1, 0])]:
    w, b, mistakes = perceptron(corners, np.array(answers), epochs=30)
    print(f"{name}: mistakes in each epoch {mistakes}")

# %% [markdown]
# It learns *and*, and then makes no mistake any more: wherever a straight line can separate the two classes, it finds
# one (Novikoff 1962). Here it looks for the line between two kinds of points:

# %%
rng = np.random.default_rng(2)
points = rng.uniform(-1, 3, (160, 2))
beyond = 0.8 * points[:, 0] + 0.6 * points[:, 1] - 1.2  # distance from a line
points, beyond = points[np.abs(beyond) > 0.12], beyond[np.abs(beyond) > 0.12]
sides = (beyond > 0).astype(int)

lines = {}
for epochs in (1, 3, 5):
    w, b, mistakes = perceptron(points, sides, epochs)
    lines[f"after epoch {epochs}"] = lambda points, w=w, b=b: points @ w + b
print("mistakes in each epoch:", mistakes)
figures.decision_boundary(lines, points, sides)

# %% [markdown]
# *Exclusive or*, 1 if exactly one input is 1, no line can separate, and it goes on for ever.
# What helps is a second layer. But who was to blame, if the answer is wrong: a neuron of the first layer or of the
# second? A yes or no does not say. A slope does.
#
# ## 2 Slopes
#
# So neurons that are to learn in layers do not decide; they bend their $z$ softly. The function that does it is the
# **activation**, and its derivative, the **slope**, says how much the output changes if $z$ does.
#
# | activation | formula |
# | --- | --- |
# | step | 1 if $z > 0$, else 0: its slope is 0 everywhere, so it can't learn this way |
# | ReLU | $z$ if $z > 0$, else 0 |
# | leaky ReLU | $z$ if $z > 0$, else $a z$, with a small $a$, say 0.1 |
# | sigmoid | $\sigma(z) = 1 / (1 + e^{-z})$ |
# | softplus | $\ln(1 + e^z)$ |
# | softmax | $p_k = e^{z_k} / \sum_j e^{z_j}$, for a whole row of $z$ |
#
# Each $p_k$ of a softmax depends on *all* $z_j$, so its slopes fill a square: row $k$, column $j$ is
# $\partial p_k / \partial z_j$.
#
# ### Question 2 · `derivatives`
#
# Write the five slopes. (Work them out on paper first. Those of sigmoid and softmax are easily said with the
# function's own value.) At $z = 0$ a ReLU may have either slope.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% solution="derivatives"
def relu_slope(z):
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION


def leaky_relu_slope(z, a=0.1):
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, a)
    ### END SOLUTION


def sigmoid_slope(z):
    ### BEGIN SOLUTION
    return sigmoid(z) * (1 - sigmoid(z))
    ### END SOLUTION


def softplus_slope(z):
    ### BEGIN SOLUTION
    return sigmoid(z)
    ### END SOLUTION


def softmax_slopes(z):
    """z: one row (classes,) · returns (classes, classes): row k, column j is ∂p_k / ∂z_j."""
    ### BEGIN SOLUTION
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)
    ### END SOLUTION


# %% tests="derivatives"
import numpy as np


def check_slope(name, given, wanted, z):
    assert given is not None, f"{name} gives nothing back: does it end with `return`?"
    given = np.asarray(given, dtype=float)
    assert given.shape == np.shape(wanted), (
        f"{name} should have the shape {np.shape(wanted)}; yours has {given.shape}."
    )
    assert np.allclose(given, wanted, atol=1e-4), (
        f"{name} at z = {np.round(z, 2).tolist()} should be {np.round(wanted, 4).tolist()}, which is what one "
        f"gets from the function itself at z ± 0.00001; yours is {np.round(given, 4).tolist()}."
    )


def check_derivatives(z, a, relu, leaky_relu, of_sigmoid, softplus, of_softmax):
    check_slope("relu_slope", relu_slope(z.copy()), relu, z)
    check_slope(f"leaky_relu_slope with a = {a:.2g}", leaky_relu_slope(z.copy(), a), leaky_relu, z)
    check_slope("sigmoid_slope", sigmoid_slope(z.copy()), of_sigmoid, z)
    check_slope("softplus_slope", softplus_slope(z.copy()), softplus, z)
    check_slope("softmax_slopes", softmax_slopes(z.copy()), of_softmax, z)


check_derivatives(
    np.array([-2.0, -0.5, 1.5]),
    0.2,
    relu=[0, 0, 1],
    leaky_relu=[0.2, 0.2, 1],
    of_sigmoid=[0.104994, 0.235004, 0.149146],
    softplus=[0.119203, 0.377541, 0.817574],
    of_softmax=[
        [0.025237, -0.003008, -0.022229],
        [-0.003008, 0.102632, -0.099624],
        [-0.022229, -0.099624, 0.121853],
    ],
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_derivatives_hidden(rng, classes):
    z, a = rng.normal(scale=2, size=classes), float(rng.uniform(0.02, 0.3))
    z = z + 0.01 * np.sign(z)

    def soft(z):
        return np.exp(z) / np.exp(z).sum()

    def slope(function):
        return (function(z + 1e-5) - function(z - 1e-5)) / 2e-5

    columns = [(soft(z + 1e-5 * one) - soft(z - 1e-5 * one)) / 2e-5 for one in np.eye(classes)]
    check_derivatives(
        z,
        a,
        slope(lambda z: np.maximum(z, 0)),
        slope(lambda z: np.where(z > 0, z, a * z)),
        slope(lambda z: 1 / (1 + np.exp(-z))),
        slope(lambda z: np.log(1 + np.exp(z))),
        np.stack(columns, axis=1),
    )


def check_derivatives_twice(rng):
    check_derivatives_hidden(rng, 3)
    check_derivatives_hidden(rng, 6)


check_derivatives_twice(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
figures.activation_functions(
    {
        "slope of ReLU": relu_slope,
        "of leaky ReLU": leaky_relu_slope,
        "of sigmoid": sigmoid_slope,
        "of softplus": softplus_slope,
    },
    "The slopes: at most 1, and that of a sigmoid at most ¼",
)

# %% [markdown]
# The slope of a sigmoid is never more than a quarter, and far from 0 it is next to nothing: behind a few layers of
# them little is left of a slope. That of a ReLU is 1 wherever it is on.
#
# ## 3 How wrong?
#
# The **loss** is one number that says how wrong a network's outputs $p$ are, given the right answers $y$. It is
# averaged over all examples (and all outputs, for the first two).
#
# | loss | of one output or example | for |
# | --- | --- | --- |
# | mean squared error | $(y - p)^2$ | quantities; one large mistake counts more than several small ones |
# | mean absolute error | $\lvert y - p \rvert$ | quantities, where a few wild values should not rule |
# | binary cross-entropy | $-y \ln p - (1 - y) \ln(1 - p)$ | yes or no; $p$ from a sigmoid |
# | categorical cross-entropy | $-\sum_k y_k \ln p_k$ | one of several classes; $p$ from a softmax, $y$ **one-hot**: 1 for the right class, else 0 |
#
# ### Question 3 · `losses`
#
# Write all four. $p$ will never be exactly 0 or 1.


# %% solution="losses"
def mean_squared_error(y, p):
    ### BEGIN SOLUTION
    return np.mean((y - p) ** 2)
    ### END SOLUTION


def mean_absolute_error(y, p):
    ### BEGIN SOLUTION
    return np.mean(np.abs(y - p))
    ### END SOLUTION


def binary_crossentropy(y, p):
    ### BEGIN SOLUTION
    return np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p))
    ### END SOLUTION


def categorical_crossentropy(y, p):
    """y: one-hot rows (examples, classes) · p: probabilities (examples, classes)."""
    ### BEGIN SOLUTION
    return np.mean(-np.sum(y * np.log(p), axis=-1))
    ### END SOLUTION


# %% tests="losses"
import numpy as np


def check_loss(name, given, wanted, examples):
    assert given is not None, f"{name} gives nothing back: does it end with `return`?"
    assert np.size(given) == 1, (
        f"{name} should be one number; yours has {np.size(given)}: take the mean."
    )
    given = float(np.reshape(given, ()))
    assert not np.isclose(given, -wanted, rtol=1e-3), (
        f"{name}: yours is {given:.4f}, Keras' {wanted:.4f}: where is the minus sign?"
    )
    for factor, hint in [(examples, "examples"), (4, "classes")]:
        assert not np.isclose(given, wanted * factor, rtol=1e-3), (
            f"{name}: yours is {factor} times Keras' {wanted:.4f}: take the mean over the {hint}."
        )
    assert not np.isclose(given * 4, wanted, rtol=1e-3), (
        f"{name}: yours is a quarter of Keras' {wanted:.4f}: add up over the classes, average over the "
        "examples."
    )
    assert np.isclose(given, wanted, rtol=1e-3), (
        f"{name}: yours is {given:.4f}, Keras' {wanted:.4f}."
    )


def check_losses(quantities, yes_or_no, four_classes, wanted):
    n = len(yes_or_no[0])
    of_squares, of_sizes, binary, categorical = wanted
    check_loss("mean_squared_error", mean_squared_error(*quantities), of_squares, n)
    check_loss("mean_absolute_error", mean_absolute_error(*quantities), of_sizes, n)
    check_loss("binary_crossentropy", binary_crossentropy(*yes_or_no), binary, n)
    check_loss("categorical_crossentropy", categorical_crossentropy(*four_classes), categorical, n)


def check_three_examples():
    y, p = np.array([[1.0, 2], [0, -1], [3, 0.5]]), np.array([[1.5, 2], [-1, 1], [2, 1]])
    yes, sure = np.array([1.0, 0, 1]), np.array([0.9, 0.2, 0.4])
    hot = np.array([[0.0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
    soft = np.array([[0.1, 0.2, 0.6, 0.1], [0.7, 0.1, 0.1, 0.1], [0.2, 0.2, 0.2, 0.4]])
    by_keras = [1.083333, 0.833333, 0.414932, 0.594597]
    check_losses((y, p), (yes, sure), (hot, soft), by_keras)


check_three_examples()
### BEGIN HIDDEN TESTS
import keras

from course_lib.testing import hidden_seed


def check_losses_hidden(rng):
    n = 6
    quantities = rng.normal(size=(n, 3)), rng.normal(size=(n, 3))
    yes_or_no = rng.integers(0, 2, n).astype(float), rng.uniform(0.05, 0.95, n)
    four_classes = np.eye(4)[rng.integers(0, 4, n)], rng.dirichlet(np.ones(4) * 3, n)
    by_keras = [
        float(keras.losses.MeanSquaredError()(*quantities)),
        float(keras.losses.MeanAbsoluteError()(*quantities)),
        float(keras.losses.BinaryCrossentropy()(*yes_or_no)),
        float(keras.losses.CategoricalCrossentropy()(*four_classes)),
    ]
    check_losses(quantities, yes_or_no, four_classes, by_keras)


check_losses_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 A network learns shapes
#
# Square, circle or triangle? An image has 28 × 28 pixels, so the network has 784 inputs. Then comes one
# **hidden layer** of neurons with ReLU, and at the end three neurons, one a shape, whose $z$ go through a softmax.

# %%
(x_train, y_train), (x_test, y_test) = data.load("shapes")
shapes = data.class_names("shapes")
figures.image_to_outputs(
    [x_train[np.flatnonzero(y_train == kind)[0]] for kind in range(3)], list(shapes)
)

# %% [markdown]
# **Forward**, for a batch with one image a row:
#
# $$a = x W_1 + b_1 \qquad h = \mathrm{ReLU}(a) \qquad z = h W_2 + b_2 \qquad p = \mathrm{softmax}(z)$$
#
# and the loss is the categorical cross-entropy, averaged over the $n$ images of the batch.
#
# **Backward.** How does the loss change if one weight does? Go from the end to the beginning, and at each step
# multiply by one slope: that is the chain rule, and the whole of **backpropagation** (Rumelhart, Hinton & Williams
# 1986). Its first step is a gift: softmax and cross-entropy together have the slope
#
# $$\frac{\partial\,\text{loss}}{\partial z} = \frac{p - y}{n}$$
#
# ($y$ one-hot). From there: what is the slope with respect to $W_2$, through $z = h W_2 + b_2$? With respect to $b_2$, which is
# added to every row? With respect to $h$? Through the ReLU to $a$? And to $W_1$ and $b_1$? A slope always has the shape of what
# it is the slope of. That alone settles most of it.
#
# ### Question 4 · `backpropagation`
#
# Write `gradients(x, y, w1, b1, w2, b2)`. `y` are numbers 0, 1, 2, … It returns the loss and the four slopes, as
# `loss, (dw1, db1, dw2, db2)`.


# %% solution="backpropagation"
def gradients(x, y, w1, b1, w2, b2):
    """x: (n, inputs) · y: integers (n,) · w1: (inputs, hidden) · w2: (hidden, classes)."""
    ### BEGIN SOLUTION
    a = x @ w1 + b1
    h = np.maximum(a, 0)
    p = softmax(h @ w2 + b2)
    n = len(x)
    loss = -np.mean(np.log(p[np.arange(n), y]))

    dz = (p - np.eye(len(b2))[y]) / n
    dw2, db2 = h.T @ dz, dz.sum(axis=0)
    da = (dz @ w2.T) * (a > 0)
    return loss, (x.T @ da, da.sum(axis=0), dw2, db2)
    ### END SOLUTION


# %% tests="backpropagation"
import numpy as np


def check_gradients(x, y, parameters, right_loss, right_slopes):
    n = len(x)
    both = gradients(x.copy(), y.copy(), *[w.copy() for w in parameters])
    assert isinstance(both, (tuple, list)) and len(both) == 2 and len(both[1]) == 4, (
        "gradients must give back loss, (dw1, db1, dw2, db2)."
    )
    assert np.isclose(float(np.reshape(both[0], ())), right_loss, rtol=1e-4), (
        f"the loss is {right_loss:.4f}; yours is {float(np.reshape(both[0], ())):.4f}."
    )
    names = ("dw1", "db1", "dw2", "db2")
    for name, given, right in reversed(list(zip(names, both[1], right_slopes, strict=True))):
        given = np.asarray(given, dtype=float)
        assert given.shape == right.shape, (
            f"{name} has the shape {given.shape}; a slope has the shape of what it belongs to, {right.shape}."
        )
        if np.allclose(given, right, rtol=1e-3, atol=1e-6):
            continue
        assert not np.allclose(given, right * n, rtol=1e-3), (
            f"{name} is {n} times too large: the loss is a mean over {n} images."
        )
        assert not np.allclose(given, -right, rtol=1e-3), f"{name} has the wrong sign: it is p - y."
        hint = (
            "Does the slope go back through the ReLU, too?"
            if name.endswith("1")
            else "Start from (p - y) / n."
        )
        raise AssertionError(
            f"{name} differs from TensorFlow's by up to {np.abs(given - right).max():.3g}. {hint}"
        )


def check_two_images():  # of three pixels; two hidden neurons, three classes
    x, y = np.array([[1.0, 0, 2], [-1, 3, 1]]), np.array([2, 0])
    w1, b1 = np.array([[0.5, -1], [1, 0], [-0.5, 2]]), np.array([0.25, -0.5])
    w2, b2 = np.array([[1.0, 0, -1], [0.5, -0.5, 0.25]]), np.array([0, 0.1, -0.2])
    dw1 = np.array([[0.009512, 0.064818], [-0.028536, -0.015938], [-0.009512, 0.113698]])
    db1 = np.array([-0.009512, 0.054193])
    dw2 = np.array([[-0.016003, 0.010604, 0.005399], [0.799772, 0.085949, -0.885721]])
    db2 = np.array([0.319909, 0.034379, -0.354288])
    check_gradients(x, y, (w1, b1, w2, b2), 0.631955, (dw1, db1, dw2, db2))


check_two_images()
### BEGIN HIDDEN TESTS
import tensorflow as tf

from course_lib.testing import hidden_seed


def check_gradients_hidden(rng, n, inputs, hidden, classes):
    # The last class never occurs: how many there are, the weights know.
    x, y = rng.normal(size=(n, inputs)), rng.integers(0, classes - 1, n)
    shapes = (inputs, hidden), (hidden,), (hidden, classes), (classes,)
    parameters = [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes]
    variables = [tf.Variable(w) for w in parameters]
    with tf.GradientTape() as tape:
        h = tf.nn.relu(x @ variables[0] + variables[1])
        z = h @ variables[2] + variables[3]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))
    right_slopes = [np.asarray(g) for g in tape.gradient(loss, variables)]
    check_gradients(x, y, parameters, float(loss), right_slopes)


def check_gradients_twice(rng):
    check_gradients_hidden(rng, 7, 10, 8, 4)
    check_gradients_hidden(rng, 2, 784, 20, 3)


check_gradients_twice(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Your slopes at work: 64 hidden neurons, batches of 16 images, and after each batch every weight goes a
# little way against its slope. Of the *test part* no weight learns anything. Of its
# circles we watch some that are taken for something else before, and no longer after.

# %%
rng = np.random.default_rng(0)
inputs, test_inputs = (
    (x.reshape(-1, 784) / 255 - 0.5).astype("float32") for x in (x_train, x_test)
)
weights = [rng.normal(size=(784, 64)) * np.sqrt(2 / 784), np.zeros(64)]
weights += [rng.normal(size=(64, 3)) * np.sqrt(2 / 64), np.zeros(3)]
weights = [w.astype("float32") for w in weights]


def answers_of(weights, x):
    w1, b1, w2, b2 = weights
    return softmax(np.maximum(x @ w1 + b1, 0) @ w2 + b2)


untrained = answers_of(weights, test_inputs)
for _ in range({"quick": 40, "full": 15}[profile.current()]):
    for batch in rng.permutation(len(inputs))[: len(inputs) // 16 * 16].reshape(-1, 16):
        _, slopes = gradients(inputs[batch], y_train[batch], *weights)
        weights = [w - np.float32(0.05) * slope for w, slope in zip(weights, slopes, strict=True)]
trained = answers_of(weights, test_inputs)

for text, p in [("before", untrained), ("after", trained)]:
    print(f"{text}: {np.mean(p.argmax(axis=1) == y_test):.1%} of {len(y_test)} test images right")
circles = (y_test == 1) & (untrained.argmax(axis=1) != 1) & (trained.argmax(axis=1) == 1)
some = np.flatnonzero(circles)[:6]
figures.image_grid(
    x_test[some],
    [
        f"{shapes[untrained[n].argmax()]} {untrained[n].max():.0%}\n→ {shapes[trained[n].argmax()]} {trained[n].max():.0%}"
        for n in some
    ],
    "The same circles, before and after learning",
    columns=6,
)

# %% [markdown]
# ## 5 What to do with a slope
#
# Going against the slope, by a fixed multiple $\eta$ of it, is **SGD**, stochastic gradient descent. $g$ is the slope, $\eta$
# the **learning rate**:
#
# - **SGD**: $w \leftarrow w - \eta g$
# - **Momentum** (Polyak 1964) has a velocity $v$, 0 at first: $v \leftarrow \beta v - \eta g$, then $w \leftarrow w + v$.
# - **Adam** (Kingma & Ba 2015, algorithm 1) keeps two averages, both 0 at first, and divides one by the root of the other,
#   so that each weight has a step of its own. In update number $t = 1, 2, \dots$
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1) g \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2 \qquad
# w \leftarrow w - \eta\, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}$$
#
# ### Question 5 · `optimizers`
#
# Write one update of each.


# %% solution="optimizers"
def sgd(w, g, learning_rate):
    """Returns the new w."""
    ### BEGIN SOLUTION
    return w - learning_rate * g
    ### END SOLUTION


def momentum(w, g, v, learning_rate, beta=0.9):
    """Returns the new w and v."""
    ### BEGIN SOLUTION
    v = beta * v - learning_rate * g
    return w + v, v
    ### END SOLUTION


def adam(w, g, m, v, t, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Returns the new w, m and v; t is 1 in the first update."""
    ### BEGIN SOLUTION
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    step = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return w - learning_rate * step, m, v
    ### END SOLUTION


# %% tests="optimizers"
import numpy as np


def check_optimizers(first, slopes, rate, beta, by_sgd, by_momentum, by_adam):
    steps = len(slopes)
    at = first.copy()
    for g in slopes:
        at = np.asarray(sgd(at, g, rate), dtype=float)
    assert np.allclose(at, by_sgd, atol=1e-4), (
        f"sgd: after {steps} updates Keras is at {by_sgd}, you at {at}."
    )

    at, rolling = first.copy(), np.zeros(len(first))
    for g in slopes:
        both = momentum(at, g, rolling, rate, beta)
        assert isinstance(both, (tuple, list)) and len(both) == 2, (
            "momentum must give back w and v."
        )
        at, rolling = (np.asarray(part, dtype=float) for part in both)
    assert np.allclose(at, by_momentum, atol=1e-4), (
        f"momentum: after {steps} updates with beta = {beta:.2f} Keras is at {by_momentum}, you at {at}. Is the new "
        "velocity used, and given back?"
    )

    at, first_average, second_average = first.copy(), np.zeros(len(first)), np.zeros(len(first))
    for number, g in enumerate(slopes, start=1):
        three = adam(at, g, first_average, second_average, number, rate)
        assert isinstance(three, (tuple, list)) and len(three) == 3, (
            "adam must give back w, m and v."
        )
        at, first_average, second_average = (np.asarray(part, dtype=float) for part in three)
        if number == 1:
            step = np.abs(at - first).max()
            assert np.isclose(step, rate, rtol=0.02), (
                f"adam's first step is the learning rate, {rate:.3g}, for each weight; yours is {step:.3g}. "
                "Are both averages divided by 1 - beta to the power of t?"
            )
    assert np.allclose(at, by_adam, atol=1e-3 * rate * steps + 1e-5), (
        f"adam: after {steps} updates Keras is at {by_adam}, you at {at}."
    )


check_optimizers(
    np.array([1.0, -2]),
    np.array([[0.5, -1], [2, 0.25], [-1, -0.5]]),
    0.1,
    0.8,
    by_sgd=[0.85, -1.875],
    by_momentum=[0.618, -1.751],
    by_adam=[0.777955, -1.792508],
)
### BEGIN HIDDEN TESTS
import keras

from course_lib.testing import hidden_seed


def keras_path(optimizer, first, slopes):
    variable = keras.Variable(first.astype("float32"))
    optimizer.build([variable])
    for g in slopes:
        optimizer.apply([keras.ops.convert_to_tensor(g.astype("float32"))])
    return np.asarray(keras.ops.convert_to_numpy(variable), dtype=float)


def check_optimizers_hidden(rng):
    rate, beta = float(rng.uniform(0.01, 0.2)), float(rng.uniform(0.5, 0.95))
    first, slopes = rng.normal(size=4), rng.normal(size=(7, 4))
    check_optimizers(
        first,
        slopes,
        rate,
        beta,
        keras_path(keras.optimizers.SGD(rate), first, slopes),
        keras_path(keras.optimizers.SGD(rate, momentum=beta), first, slopes),
        keras_path(keras.optimizers.Adam(rate), first, slopes),
    )
    one = [np.array([value]) for value in (1.0, 2.0, 0.5, 3.0)]  # w, g, m, v
    given = adam(*one, 2, 0.1, beta_1=0.5, beta_2=0.75)
    assert np.allclose(np.asarray(given[0], dtype=float), 0.93885, atol=1e-4), (
        "adam does not use its beta_1 and beta_2: they need not be 0.9 and 0.999."
    )
    given = adam(np.ones(1), *np.zeros((3, 1)), 1, 0.1)
    assert np.allclose(np.asarray(given[0], dtype=float), 1), (
        "where the slope is 0 from the beginning, adam divides 0 by 0: what is epsilon for?"
    )


check_optimizers_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# A loss of two weights that is 25 times as steep in one direction as in the other: the usual trouble. The same
# start, thirty updates of each.


# %%
def valley(w1, w2):
    return 0.5 * (w1**2 + 25 * w2**2)


def slope_of_valley(w):
    return np.array([w[0], 25 * w[1]])


start = np.array([-4.0, 1.2])
paths = {name: [start] for name in ("SGD", "momentum", "Adam")}
velocity, m, v = np.zeros((3, 2))
for t in range(1, 31):
    w = paths["SGD"][-1]
    paths["SGD"].append(sgd(w.copy(), slope_of_valley(w), 0.04))
    w = paths["momentum"][-1]
    w, velocity = momentum(w.copy(), slope_of_valley(w), velocity, 0.04, 0.7)
    paths["momentum"].append(w)
    w = paths["Adam"][-1]
    w, m, v = adam(w.copy(), slope_of_valley(w), m, v, t, 0.3)
    paths["Adam"].append(w)
figures.loss_surface(valley, paths)

# %% [markdown]
# ## 6 The same in Keras
#
# In Keras all of this is a few lines. A `Sequential` model is a list of layers; `Dense` is the layer that you have
# just written, with every input connected to every neuron:
#
# ```python
# model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
# model.compile(optimizer="adam", loss="mean_squared_error")    # how to learn
# model.fit(x, y, epochs=10, batch_size=32)                     # 10 times through x, an update for every 32 examples
# model.evaluate(x_test, y_test)                                # the loss on other data
# ```
#
# The **Functional API** says the same with layers as functions. It can also say what a list can't: several inputs,
# several outputs, and one layer that is used twice, with the same weights.
#
# ```python
# inputs = keras.Input((4,))
# x = keras.layers.Dense(3, activation="relu")(inputs)
# model = keras.Model(inputs, keras.layers.Dense(1)(x))
# ```
#
# ### Question 6 · `keras_models`
#
# 1. `sequential_model()`: 8 inputs → 12 neurons with ReLU → 8 with ReLU → 1 with sigmoid.
# 2. `functional_model()`: the same network, with the Functional API.
# 3. `updates(examples, batch_size, epochs)`: how many updates `fit` makes. It goes through all examples in every epoch, and
#    the last batch of an epoch may be smaller.
# 4. `twin_model()`: **two** inputs of 8 numbers each. Both go through **one and the same** `Dense` layer of 12 neurons with
#    ReLU. What comes out is put side by side (`keras.layers.Concatenate()([a, b])`), 24 numbers, and leads to **two**
#    outputs: 1 neuron with sigmoid, and 3 without activation.


# %% solution="keras_models"
def sequential_model():
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    ### END SOLUTION


def functional_model():
    ### BEGIN SOLUTION
    inputs = keras.Input((8,))
    x = keras.layers.Dense(12, activation="relu")(inputs)
    x = keras.layers.Dense(8, activation="relu")(x)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
    ### END SOLUTION


def updates(examples, batch_size, epochs):
    ### BEGIN SOLUTION
    return epochs * -(-examples // batch_size)
    ### END SOLUTION


def twin_model():
    """Returns a model of [left, right] with the outputs [yes or no (batch, 1), scores (batch, 3)]."""
    ### BEGIN SOLUTION
    left, right = keras.Input((8,)), keras.Input((8,))
    shared = keras.layers.Dense(12, activation="relu")
    both = keras.layers.Concatenate()([shared(left), shared(right)])
    yes, scores = keras.layers.Dense(1, activation="sigmoid")(both), keras.layers.Dense(3)(both)
    return keras.Model([left, right], [yes, scores])
    ### END SOLUTION


# %% tests="keras_models"
import keras
import numpy as np


def numpy_of(outputs):
    return np.asarray(keras.ops.convert_to_numpy(outputs), dtype=float)


def new_weights(model, rng):
    weights = [rng.normal(size=w.shape).astype("float32") for w in model.weights]
    model.set_weights(weights)
    return [w.astype(float) for w in weights]


def check_plain(model, name, rng):
    assert isinstance(model, keras.Model), f"{name} must give back a Keras model."
    assert name != "functional_model" or not isinstance(model, keras.Sequential), (
        "functional_model gives a Sequential model: build it with keras.Input and keras.Model."
    )
    shapes = [tuple(w.shape) for w in model.weights]
    wanted = [(8, 12), (12,), (12, 8), (8,), (8, 1), (1,)]
    assert shapes == wanted, f"{name} should hold weights of the shapes {wanted}; yours: {shapes}."
    w1, b1, w2, b2, w3, b3 = new_weights(model, rng)
    x = rng.normal(size=(6, 8))
    z = np.maximum(np.maximum(x @ w1 + b1, 0) @ w2 + b2, 0) @ w3 + b3
    given = numpy_of(model(x.astype("float32")))
    assert not np.allclose(given, z, atol=1e-3), f"{name}: the last neuron has no sigmoid."
    assert np.allclose(given, 1 / (1 + np.exp(-z)), atol=1e-3), (
        f"{name}: two ReLU layers and a sigmoid give other outputs with its weights. Which activations has it?"
    )


def check_twin(rng):
    model = twin_model()
    assert isinstance(model, keras.Model), "twin_model must give back a Keras model."
    assert len(model.inputs) == 2 and len(model.outputs) == 2, (
        f"twin_model has two inputs and two outputs; yours has {len(model.inputs)} and {len(model.outputs)}."
    )
    shapes = sorted(tuple(w.shape) for w in model.weights)
    assert shapes.count((8, 12)) == 1, (
        f"there should be one layer from 8 to 12 that both inputs share; yours has {shapes.count((8, 12))}."
    )
    wanted = [(1,), (3,), (8, 12), (12,), (24, 1), (24, 3)]
    assert shapes == wanted, f"twin_model should hold weights {wanted}; yours: {shapes}."
    weights = {w.shape: w for w in new_weights(model, rng)}
    left, right = rng.normal(size=(2, 5, 8))
    yes, scores = model([left.astype("float32"), right.astype("float32")])
    both = np.concatenate(
        [np.maximum(side @ weights[8, 12] + weights[(12,)], 0) for side in (left, right)], axis=1
    )
    z = both @ weights[24, 1] + weights[(1,)]
    assert np.allclose(numpy_of(yes), 1 / (1 + np.exp(-z)), atol=1e-3), (
        "the first output of twin_model should be a sigmoid of both sides, the left one first, each after its ReLU."
    )
    assert np.allclose(numpy_of(scores), both @ weights[24, 3] + weights[(3,)], atol=1e-3), (
        "the second output of twin_model should be three sums without an activation."
    )


def check_updates(examples, batch_size, epochs, wanted):
    given = updates(examples, batch_size, epochs)
    assert given is not None, "updates gives nothing back: does it end with `return`?"
    assert float(given) == wanted, (
        f"{examples} examples in batches of {batch_size} make {wanted // epochs} updates an epoch, the last batch "
        f"included, and {wanted} in {epochs} epochs; updates says {given}."
    )


def check_keras_models(rng):
    check_plain(sequential_model(), "sequential_model", rng)
    check_plain(functional_model(), "functional_model", rng)
    check_twin(rng)


check_updates(1000, 32, 3, 96)
check_updates(70, 10, 4, 28)
check_keras_models(np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_keras_models_hidden(rng):
    examples, batch_size, epochs = (int(rng.integers(*r)) for r in ((100, 999), (7, 60), (2, 9)))
    in_an_epoch = len(range(0, examples, batch_size))
    check_updates(examples, batch_size, epochs, epochs * in_an_epoch)
    check_keras_models(rng)


check_keras_models_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# **How deep?** Two spirals, one wound round the other. A network with one hidden layer of 16 neurons, and one
# with three, trained alike; of the deep one we also keep what it says on the way.

# %%
turn = np.sqrt(np.linspace(0.05, 1, 300)) * 4 * np.pi
arm = np.stack([turn * np.cos(turn), turn * np.sin(turn)], axis=1) / 12
spiral, arms = np.concatenate([arm, -arm]), np.repeat([0, 1], 300)

said = {}
for name, hidden, stops in [("1 layer", 1, [40]), ("3 layers", 3, [5, 15, 40])]:
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(16, activation="relu") for _ in range(hidden)]
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)  # the model gives z, without a sigmoid
    model.compile(keras.optimizers.Adam(0.02), loss, steps_per_execution=10)
    for done, stop in zip([0, *stops], stops, strict=False):
        model.fit(spiral, arms, batch_size=60, initial_epoch=done, epochs=stop, verbose=0)
        still = keras.models.clone_model(model)
        still.set_weights(model.get_weights())
        said[f"{name}, epoch {stop}"] = lambda points, still=still: keras.ops.convert_to_numpy(
            still(points)
        )
figures.decision_boundary(said, spiral[::4], arms[::4])

# %% [markdown]
# ## 7 Prices
#
# A network can also answer with a quantity: one output, no activation, a loss for quantities. The oldest exercise of this kind
# is `boston_housing`: the middle price of a house, in thousand dollars, in each of 506 districts of Boston in 1970,
# from 13 **attributes** such as the crime rate, the number of rooms, or the way to work.
#
# **This set is kept for its history, and one of its columns should not be used.** Its authors (Harrison & Rubinfeld 1978)
# computed column 11, `B`, from the share of black people in a district, by a formula that assumes that they lower
# the prices. A model that is trained on it learns this assumption as if it were a fact. scikit-learn has taken
# the set out for that reason. Here column 11 is left out. If you want to avoid the set altogether,
# `data.load("california_housing")` has 8 attributes, without that, and 20,640 rows.

# %%
(houses, prices), (test_houses, test_prices) = data.load("boston_housing")
columns = [number for number in range(13) if number != 11]
houses, test_houses = houses[:, columns], test_houses[:, columns]
print("one district:", np.round(houses[0], 2).tolist(), "· price", prices[0])

# %% [markdown]
# Attributes have very different sizes: rooms are between 4 and 9, the tax between 190 and 710. A network learns badly from such
# inputs. So each column is brought to mean 0 and standard deviation 1: **standardised**. With the mean and deviation of the
# *training* part, for the test part, too: whoever asks the test part for anything has used it.
#
# ### Question 7 · `regression`
#
# 1. Write `standardise(x_train, x_test)`; it returns both.
# 2. Write `train_regression(x, y)`: build, compile and fit a Keras model on standardised attributes `x` and prices `y`, with
#    `verbose=0`, and hand it back. On the test part it must be wrong by at most two thirds of what one is wrong
#    by who always says the mean price.


# %% solution="regression"
def standardise(x_train, x_test):
    """Columns with mean 0 and standard deviation 1, by the training part."""
    ### BEGIN SOLUTION
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    return (x_train - mean) / deviation, (x_test - mean) / deviation
    ### END SOLUTION


def train_regression(x, y):
    """A trained Keras model: attributes (batch, n) → prices (batch, 1)."""
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((x.shape[1],)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(5e-3), "mean_squared_error")
    model.fit(x, y, batch_size=32, epochs=25, verbose=0)
    return model
    ### END SOLUTION


# %% tests="regression"
import logging

import keras
import numpy as np

from course_lib import data

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # on how often functions are traced


def check_standardise(x, unseen, wanted, wanted_unseen, own):
    both = standardise(x.copy(), unseen.copy())
    assert isinstance(both, (tuple, list)) and len(both) == 2, (
        "standardise must give back both parts."
    )
    given, given_unseen = (np.asarray(part, dtype=float) for part in both)
    assert given.shape == x.shape and np.allclose(given.mean(axis=0), 0, atol=1e-6), (
        "after standardise each column of the training part should have the mean 0."
    )
    assert np.allclose(given, wanted, rtol=0.05), (
        f"after standardise each column should have the standard deviation 1; yours: {np.round(given.std(axis=0), 3)}."
    )
    assert not np.allclose(given_unseen, own, rtol=1e-3), (
        "the test part is standardised by its own mean and deviation: take those of the training part."
    )
    assert np.allclose(given_unseen, wanted_unseen, rtol=0.05, atol=0.05), (
        "the test part should be standardised by the training part's mean and deviation."
    )


def districts(seed):
    (x, y), (x_test, y_test) = data.load("boston_housing", seed=seed)
    keep = [number for number in range(13) if number != 11]
    return x[:, keep], y, x_test[:, keep], y_test


def check_regression(x, y, x_test, y_test):
    model = train_regression(x, y)
    assert isinstance(model, keras.Model), (
        f"train_regression must give back the trained model; it gives {type(model).__name__}."
    )
    outputs = np.asarray(keras.ops.convert_to_numpy(model(x_test.astype("float32"))), dtype=float)
    assert outputs.size == len(y_test), (
        f"one price a district: {len(y_test)}; yours are {outputs.size}."
    )
    wrong, by_mean = np.mean(np.abs(outputs.ravel() - y_test)), np.mean(np.abs(y.mean() - y_test))
    print(f"wrong by {wrong:.2f} thousand dollars on average; the mean price by {by_mean:.2f}")
    assert not np.all(outputs <= 1), (
        "no answer is above 1: has the last neuron a sigmoid? A price is a sum, without an activation."
    )
    assert wrong <= by_mean * 2 / 3, (
        f"your model is wrong by {wrong:.2f} thousand dollars on average, who always says the mean price by "
        f"{by_mean:.2f}. Is the loss one for quantities, and did training run long enough?"
    )


def check_prices():
    check_standardise(
        np.array([[1.0, 10], [5, 30], [1, 30], [5, 10]] * 5),
        np.array([[3.0, 40], [7, 20]]),
        wanted=np.array([[-1.0, -1], [1, 1], [-1, 1], [1, -1]] * 5),
        wanted_unseen=np.array([[0.0, 2], [2, 0]]),
        own=np.array([[-1.0, 1], [1, -1]]),
    )
    x, y, x_test, y_test = districts(0)
    x, x_test = (np.asarray(part, dtype=float) for part in standardise(x, x_test))
    check_regression(x, y, x_test, y_test)


check_prices()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def by_training(x, *parts):
    return [(part - x.mean(axis=0)) / x.std(axis=0) for part in parts]


def check_regression_hidden(seed):
    rng = np.random.default_rng(seed)
    x, unseen = (rng.normal(size=(n, 5)) * np.arange(1, 6) + 10 for n in (30, 8))
    check_standardise(x, unseen, *by_training(x, x, unseen), *by_training(unseen, unseen))
    x, y, x_test, y_test = districts(seed)
    x, x_test = by_training(x, x, x_test)
    check_regression(x, y, x_test, y_test)


check_regression_hidden(hidden_seed())
### END HIDDEN TESTS

# %% [markdown]
# And once more classes, ten of them: what garment is it? Pixels as numbers between 0 and 1, a softmax at the end, and the *sparse*
# categorical cross-entropy, which takes labels as numbers instead of one-hot rows. A tenth of the
# training part (`validation_split`) is only watched, not learnt from: the *validation* curve.

# %%
(garments, kinds), (test_garments, test_kinds) = data.load("fashion_mnist")
model = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(garments, kinds, batch_size=64, epochs=5, validation_split=0.1, verbose=0)
loss, accuracy = model.evaluate(test_garments, test_kinds, verbose=0)
print(
    f"after {updates(int(0.9 * len(kinds)), 64, 5)} updates: loss {loss:.2f}, {accuracy:.1%} of the test part right"
)
figures.learning_curves(history)

# %% [markdown]
# ## 8 In your own words
#
# ### Question 8 · `choices` · in words
#
# About ten lines:
#
# 1. Which loss, and which activation in the last layer, would you take to predict (a) whether a patient has a disease,
#    (b) which of five species a leaf belongs to, (c) the temperature of tomorrow? Why not mean squared error for (a)?
# 2. What does the image of the two spirals say about depth? What does it *not* prove?
# 3. Suppose that leaving column `B` in makes the prices a little more exact. Would you use it in a tool that advises a bank?
#    Is the question settled when it is left out?

# %% [markdown] written="choices"
# ### BEGIN SOLUTION
# **A model answer.** (1) (a) Sigmoid and binary cross-entropy; (b) softmax over five outputs and categorical cross-entropy;
# (c) one output without activation and mean squared or absolute error. With squared error behind a sigmoid the slope goes
# through the sigmoid's own, which is next to 0 where the network is surely wrong: it learns slowest where it is most
# wrong. Cross-entropy cancels that slope and leaves p - y. (2) With the same 16 neurons a layer, one hidden layer draws a few
# folds and gets clearly fewer points right than three layers, which can fold what is already folded. It does not prove that depth always wins:
# the deep network also has more weights, it is one seed and one task, and nothing was measured on points that it had not seen.
# (3) No: more exact on old prices is no reason to repeat a wrong done to people, and the column's formula is an assumption, not an
# observation. Leaving it out does not settle it: other columns, such as the share of poor people or the crime rate, go along with it, so a model can find
# it again. One has to measure whether errors and advice differ between groups, and ask what the tool is for.
#
# **Rubric, 3 points.**
#
# - 1 point: the three pairs of loss and activation, and a reason in (a) (slow learning, or probabilities). Half for one mistake.
# - 1 point: reads the figure with numbers, **and** names one thing that it does not prove. Half for one of the two.
# - 1 point: a reasoned answer about column B, **and** that other columns can stand in for it. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **See it learn.** Print the loss in section 4 after every epoch, for learning rates of 0.01, 0.1 and 1.
# - **Adam by hand.** Train the shapes with your own `adam` in place of the fixed multiple of the slope.
# - **California.** Put `data.load("california_housing")` into section 7. What do you have to change?
# - **XOR.** How many hidden neurons does a network need for it? Try your `gradients` with two classes.
#
# **Sources.** F. Rosenblatt, *The perceptron*, Psychological Review 65, 1958 · A. Novikoff, *On convergence proofs for perceptrons*,
# 1962 · B. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964 · D. Rumelhart, G. Hinton, R. Williams,
# *Learning representations by back-propagating errors*, Nature 323, 1986 · D. Kingma, J. Ba, *Adam*, ICLR 2015, algorithm 1 · D.
# Harrison, D. Rubinfeld, *Hedonic housing prices and the demand for clean air*, 1978 · M. Carlisle, *Racist data
# destruction?*, 2019 · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, 2016, §6.2 and §6.5. The text of this lab is
# licensed CC BY 4.0, its code MIT.
