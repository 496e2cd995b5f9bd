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
# How does a machine learn? It makes a mistake, finds out which of its numbers contributed to the mistake, and
# changes each of them a little. Rosenblatt's perceptron did this in 1958, and the largest models do it today. In
# this lab you write all of it by hand, in NumPy: a neuron that learns, the derivatives that tell it what to change,
# and a network that learns to tell squares, circles and triangles apart. Then you build the same network in Keras.
#
# **You will learn**
#
# - Rosenblatt's learning rule: what it can learn, and what it never will;
# - activation functions and their derivatives; loss functions, and when to use which;
# - backpropagation, checked against TensorFlow;
# - how SGD, momentum and Adam use a gradient;
# - Keras' Sequential and Functional APIs, for classes and for prices.
#
# **You need** Python, NumPy at the level of `x.sum(axis=0)`, and derivatives.
#
# **Computing time**, without the import of TensorFlow:
#
# | profile | default on | shapes | test accuracy | time |
# | --- | --- | --- | --- | --- |
# | quick | a CPU | 2,000 | 82–93 % | 7–18 s on 2 cores |
# | full | a GPU | 12,000 | 93–99 % | 10–35 s on 2 cores |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import keras
import numpy as np

from course_lib import data, figures, profile

keras.utils.set_random_seed(1)
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## 1 A neuron that learns
#
# A **neuron** has a number for each of its inputs, the **weights** $w$, and one more number, the **bias** $b$. It
# computes the weighted sum $z = w_1 x_1 + w_2 x_2 + \dots + b$. Rosenblatt's **perceptron** (1958) then makes a
# decision: it outputs 1 if $z > 0$, and 0 otherwise.
#
# The perceptron learns its weights from examples. All weights and the bias start at 0. Show it one example $x$
# after the other, each with its correct output $y$. If the perceptron's prediction is correct, change nothing. If
# it is wrong,
#
# $$w \leftarrow w + (y - \text{prediction})\, x \qquad b \leftarrow b + (y - \text{prediction})$$
#
# One pass through all examples is an **epoch**.
#
# ### Question 1 · `perceptron`
#
# Write `perceptron(x, y, epochs)`. Start with zeros, go through the examples in order, `epochs` times, and return
# the weights, the bias, and a list with the number of mistakes in each epoch. (The check below trains it on two
# tasks: *and*, which is 1 only if both inputs are 1, and *xor*, exclusive or, which is 1 if exactly one of them is 1.)


# %% solution="perceptron"
def perceptron(x, y, epochs):
    """Train a perceptron with Rosenblatt's rule.

    Args:
        x: Inputs, shape (examples, inputs).
        y: Correct outputs, 0 or 1, shape (examples,).
        epochs: Number of passes through the examples.

    Returns:
        The weights (inputs,), the bias, and a list with the number of mistakes in each epoch.
    """
    ### BEGIN SOLUTION
    w, b, mistakes = np.zeros(x.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for example, target in zip(x, y, strict=True):
            prediction = 1 if example @ w + b > 0 else 0
            w = w + (target - prediction) * example
            b = b + (target - prediction)
            wrong += prediction != target
        mistakes.append(int(wrong))
    return w, b, mistakes
    ### END SOLUTION


# %% tests="perceptron"
import numpy as np


def check_perceptron(x, y, task, expected_w, expected_b, expected_mistakes, backwards):
    epochs = len(expected_mistakes)
    result = perceptron(x.copy(), y.copy(), epochs)
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        "`perceptron` must return three values: return w, b, mistakes"
    )
    w, b, mistakes = (
        np.asarray(result[0], float).ravel(),
        float(np.reshape(result[1], ())),
        list(result[2]),
    )
    assert len(mistakes) == epochs, (
        f"`perceptron` returned {len(mistakes)} mistake counts; expected {epochs}, one for each epoch."
    )
    assert not np.allclose(w, backwards) or np.allclose(expected_w, backwards), (
        f"{task}: the weights move in the wrong direction. Use y - prediction, not prediction - y."
    )
    assert np.isclose(b, expected_b) or not np.isclose(b, 0), (
        f"{task}: the bias is still 0. Update it together with the weights."
    )
    assert np.allclose(w, expected_w) and np.isclose(b, expected_b), (
        f"{task}: after {epochs} epochs `perceptron` returned the weights {np.round(w, 3).tolist()} and "
        f"the bias {b:g}; expected {np.round(expected_w, 3).tolist()} and {expected_b:g}. Did you update "
        "after every example, and keep the weights from epoch to epoch?"
    )
    assert [int(m) for m in mistakes] == expected_mistakes, (
        f"{task}: `perceptron` returned the mistakes {mistakes}; expected {expected_mistakes}."
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
        for example, target in zip(x, y.astype(int), strict=True):
            step = target - int(example @ w + b > 0)
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
for name, targets in [("and", [0, 0, 0, 1]), ("xor", [0, 1, 1, 0])]:
    w, b, mistakes = perceptron(corners, np.array(targets), epochs=30)
    print(f"{name}: mistakes in each epoch {mistakes}")

# %% [markdown]
# The perceptron learns *and*, and then makes no more mistakes. Whenever a straight line can separate the two
# classes, it finds one (Novikoff 1962). Here it separates two groups of points:

# %%
rng = np.random.default_rng(2)
points = rng.uniform(-1, 3, (160, 2))
distance = 0.8 * points[:, 0] + 0.6 * points[:, 1] - 1.2  # from a line
points, distance = points[np.abs(distance) > 0.12], distance[np.abs(distance) > 0.12]
sides = (distance > 0).astype(int)

lines = {}
for epochs in (1, 3, 5):
    w, b, mistakes = perceptron(points, sides, epochs)
    lines[f"after epoch {epochs}"] = lambda points, w=w, b=b: points @ w + b
print("mistakes in each epoch:", mistakes)
figures.decision_boundary(lines, points, sides)

# %% [markdown]
# No line can separate *xor*, so there the perceptron never stops making mistakes. A second layer helps. But when the
# output is wrong, which neuron caused it: one in the first layer, or one in the second? A yes-or-no output does not
# tell. A derivative does.
#
# ## 2 Derivatives
#
# Neurons in layers therefore make no hard decision. Each neuron applies a function to its $z$ that changes
# gradually. This function is the **activation**. The **derivative** of the activation says how much its output
# changes when $z$ changes.
#
# | activation | formula |
# | --- | --- |
# | step | 1 if $z > 0$, else 0. Its derivative is 0 for all $z \neq 0$, so the neuron cannot learn from it |
# | ReLU | $z$ if $z > 0$, else 0 |
# | leaky ReLU | $z$ if $z > 0$, else $a z$, with a small $a$ such as 0.1 |
# | sigmoid | $\sigma(z) = 1 / (1 + e^{-z})$ |
# | softplus | $\ln(1 + e^z)$ |
# | softmax | $p_k = e^{z_k} / \sum_j e^{z_j}$, for a whole row of $z$ |
#
# Each output $p_k$ of softmax depends on *all* $z_j$. The derivatives therefore form a square matrix, the Jacobian:
# row $k$, column $j$ is $\partial p_k / \partial z_j$.
#
# ### Question 2 · `derivatives`
#
# Write the five derivatives. Work them out on paper first. (Those of sigmoid and softmax are easy to express with
# the value of the function itself.) At $z = 0$, where ReLU has no derivative, the value on either side is accepted.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


# %% solution="derivatives"
def relu_derivative(z):
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION


def leaky_relu_derivative(z, a=0.1):
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, a)
    ### END SOLUTION


def sigmoid_derivative(z):
    ### BEGIN SOLUTION
    return sigmoid(z) * (1 - sigmoid(z))
    ### END SOLUTION


def softplus_derivative(z):
    ### BEGIN SOLUTION
    return sigmoid(z)
    ### END SOLUTION


def softmax_jacobian(z):
    """Compute the Jacobian of softmax.

    Args:
        z: One row, shape (classes,).

    Returns:
        An array (classes, classes): row k, column j is ∂p_k / ∂z_j.
    """
    ### BEGIN SOLUTION
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)
    ### END SOLUTION


# %% tests="derivatives"
import numpy as np


def check_derivative(name, result, expected, z):
    assert result is not None, f"`{name}` returned None. Did you forget `return`?"
    result = np.asarray(result, dtype=float)
    assert result.shape == np.shape(expected), (
        f"`{name}` returned shape {result.shape}; expected {np.shape(expected)}."
    )
    assert np.allclose(result, expected, atol=1e-4), (
        f"`{name}` returned {np.round(result, 4).tolist()} at z = {np.round(z, 2).tolist()}; expected "
        f"{np.round(expected, 4).tolist()}. To check a derivative, evaluate the function itself at "
        "z + 0.00001 and z - 0.00001 and divide the difference by 0.00002."
    )


def check_derivatives(z, a, relu, leaky_relu, of_sigmoid, softplus, of_softmax):
    check_derivative("relu_derivative", relu_derivative(z.copy()), relu, z)
    leaky = leaky_relu_derivative(z.copy(), a)
    check_derivative(f"leaky_relu_derivative(z, a={a:.2g})", leaky, leaky_relu, z)
    check_derivative("sigmoid_derivative", sigmoid_derivative(z.copy()), of_sigmoid, z)
    check_derivative("softplus_derivative", softplus_derivative(z.copy()), softplus, z)
    check_derivative("softmax_jacobian", softmax_jacobian(z.copy()), of_softmax, z)


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

    def numerical(function):
        return (function(z + 1e-5) - function(z - 1e-5)) / 2e-5

    columns = [(soft(z + 1e-5 * one) - soft(z - 1e-5 * one)) / 2e-5 for one in np.eye(classes)]
    check_derivatives(
        z,
        a,
        numerical(lambda z: np.maximum(z, 0)),
        numerical(lambda z: np.where(z > 0, z, a * z)),
        numerical(lambda z: 1 / (1 + np.exp(-z))),
        numerical(lambda z: np.log(1 + np.exp(z))),
        np.stack(columns, axis=1),
    )


def check_derivatives_twice(rng):
    check_derivatives_hidden(rng, 3)
    check_derivatives_hidden(rng, 6)


check_derivatives_twice(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
figure = figures.activation_functions(
    {
        "ReLU": relu_derivative,
        "leaky ReLU": leaky_relu_derivative,
        "sigmoid": sigmoid_derivative,
        "softplus": softplus_derivative,
    },
    "The derivatives: at most 1, and that of the sigmoid at most ¼",
)
figure.axes[0].set_ylabel("derivative")
figure

# %% [markdown]
# The derivative of the sigmoid is never more than a quarter, and far from 0 it is almost 0. Backpropagation
# multiplies such derivatives, and after a few layers of sigmoids their product is almost 0. The derivative of ReLU is
# 1 wherever the neuron is active.
#
# ## 3 How wrong?
#
# The **loss** is one number that says how wrong a network's outputs $p$ are, given the targets $y$. It is the mean
# over all examples (and over all outputs, for the first two losses).
#
# | loss | for one output or example | used for |
# | --- | --- | --- |
# | mean squared error | $(y - p)^2$ | quantities; one large error counts more than several small ones |
# | mean absolute error | $\lvert y - p \rvert$ | quantities, when a few outliers should not dominate |
# | binary cross-entropy | $-y \ln p - (1 - y) \ln(1 - p)$ | yes or no; $p$ from a sigmoid |
# | categorical cross-entropy | $-\sum_k y_k \ln p_k$ | one of several classes; $p$ from a softmax, $y$ **one-hot**: 1 for the correct class, else 0 |
#
# ### Question 3 · `losses`
#
# Write all four. You may assume that $p$ is never exactly 0 or 1.


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
    """Compute the categorical cross-entropy.

    Args:
        y: One-hot targets, shape (examples, classes).
        p: Probabilities, shape (examples, classes).

    Returns:
        The mean over the examples, one number.
    """
    ### BEGIN SOLUTION
    return np.mean(-np.sum(y * np.log(p), axis=-1))
    ### END SOLUTION


# %% tests="losses"
import numpy as np


def check_loss(name, result, expected, examples):
    assert result is not None, f"`{name}` returned None. Did you forget `return`?"
    assert np.size(result) == 1, (
        f"`{name}` returned {np.size(result)} numbers; expected 1. Did you take the mean?"
    )
    result = float(np.reshape(result, ()))
    found = f"`{name}` returned {result:.4f}; expected {expected:.4f}, as in Keras."
    if np.isclose(result, expected, rtol=1e-3):
        return
    assert not np.isclose(result, -expected, rtol=1e-3), f"{found} Did you forget the minus sign?"
    for factor, axis in [(examples, "examples"), (4, "classes")]:
        assert not np.isclose(result, expected * factor, rtol=1e-3), (
            f"{found} It is {factor} times too large. Did you take the mean over the {axis}?"
        )
    assert not np.isclose(result * 4, expected, rtol=1e-3), (
        f"{found} It is 4 times too small. Did you sum over the classes, and take the mean over the "
        "examples only?"
    )
    raise AssertionError(found)


def check_losses(quantities, yes_or_no, four_classes, expected):
    n = len(yes_or_no[0])
    squared, absolute, binary, categorical = expected
    check_loss("mean_squared_error", mean_squared_error(*quantities), squared, n)
    check_loss("mean_absolute_error", mean_absolute_error(*quantities), absolute, n)
    check_loss("binary_crossentropy", binary_crossentropy(*yes_or_no), binary, n)
    check_loss("categorical_crossentropy", categorical_crossentropy(*four_classes), categorical, n)


def check_three_examples():
    y, p = np.array([[1.0, 2], [0, -1], [3, 0.5]]), np.array([[1.5, 2], [-1, 1], [2, 1]])
    yes, p_yes = np.array([1.0, 0, 1]), np.array([0.9, 0.2, 0.4])
    one_hot = np.array([[0.0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
    p_classes = np.array([[0.1, 0.2, 0.6, 0.1], [0.7, 0.1, 0.1, 0.1], [0.2, 0.2, 0.2, 0.4]])
    by_keras = [1.083333, 0.833333, 0.414932, 0.594597]
    check_losses((y, p), (yes, p_yes), (one_hot, p_classes), by_keras)


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
# Square, circle or triangle? An image has 28 × 28 pixels, so the network has 784 inputs. Then come one **hidden
# layer** of neurons with ReLU, and three output neurons, one for each shape. A softmax turns the $z$ of the output
# neurons into probabilities.

# %%
(x_train, y_train), (x_test, y_test) = data.load("shapes")
shapes = data.class_names("shapes")
figures.image_to_outputs(
    [x_train[np.flatnonzero(y_train == kind)[0]] for kind in range(3)], list(shapes)
)

# %% [markdown]
# **Forward pass**, for a batch with one image in each row:
#
# $$a = x W_1 + b_1 \qquad h = \mathrm{ReLU}(a) \qquad z = h W_2 + b_2 \qquad p = \mathrm{softmax}(z)$$
#
# The loss is the categorical cross-entropy, averaged over the $n$ images of the batch.
#
# **Backward pass.** How does the loss change when one weight changes? The derivatives of the loss with respect to all
# weights form its **gradient**. To compute it, go from the loss back to the input and multiply by one derivative at
# each step: this is the chain rule, and applied to a network it is called **backpropagation** (Rumelhart, Hinton &
# Williams 1986). The first step is simple, because softmax and cross-entropy together have the gradient
#
# $$\frac{\partial\,\text{loss}}{\partial z} = \frac{p - y}{n}$$
#
# ($y$ one-hot). Continue from there. What is the gradient with respect to $W_2$, through $z = h W_2 + b_2$? With
# respect to $b_2$, which is added to every row? With respect to $h$? Through the ReLU, with respect to $a$? And with
# respect to $W_1$ and $b_1$? A gradient always has the shape of the array that it belongs to. This alone answers most
# of these questions.
#
# ### Question 4 · `backpropagation`
#
# Write `gradients(x, y, w1, b1, w2, b2)`. The labels `y` are integers 0, 1, 2, … Return the loss and the four
# gradients as `loss, (dw1, db1, dw2, db2)`.


# %% solution="backpropagation"
def gradients(x, y, w1, b1, w2, b2):
    """Compute the loss of a two-layer network, and its gradients.

    Args:
        x: Inputs, shape (n, inputs).
        y: Integer labels, shape (n,).
        w1: Weights of the hidden layer, shape (inputs, hidden).
        b1: Biases of the hidden layer, shape (hidden,).
        w2: Weights of the output layer, shape (hidden, classes).
        b2: Biases of the output layer, shape (classes,).

    Returns:
        The loss, and the gradients (dw1, db1, dw2, db2).
    """
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


def check_gradients(x, y, parameters, expected_loss, expected_gradients):
    n = len(x)
    result = gradients(x.copy(), y.copy(), *[w.copy() for w in parameters])
    assert isinstance(result, (tuple, list)) and len(result) == 2 and len(result[1]) == 4, (
        "`gradients` must return two values: return loss, (dw1, db1, dw2, db2)"
    )
    assert np.isclose(float(np.reshape(result[0], ())), expected_loss, rtol=1e-4), (
        f"`gradients` returned the loss {float(np.reshape(result[0], ())):.4f}; expected {expected_loss:.4f}."
    )
    names = ("dw1", "db1", "dw2", "db2")
    for name, given, expected in reversed(
        list(zip(names, result[1], expected_gradients, strict=True))
    ):
        given = np.asarray(given, dtype=float)
        assert given.shape == expected.shape, (
            f"`gradients` returned {name} of shape {given.shape}; expected {expected.shape}. A gradient has "
            "the shape of the array that it belongs to."
        )
        if np.allclose(given, expected, rtol=1e-3, atol=1e-6):
            continue
        assert not np.allclose(given, expected * n, rtol=1e-3), (
            f"{name} is {n} times too large. The loss is a mean over {n} images: did you divide by n?"
        )
        assert not np.allclose(given, -expected, rtol=1e-3), (
            f"{name} has the wrong sign. Did you start from (p - y) / n?"
        )
        hint = (
            "Does the gradient pass through the ReLU?"
            if name.endswith("1")
            else "Did you start from (p - y) / n?"
        )
        raise AssertionError(
            f"{name} differs from TensorFlow's gradient by up to {np.abs(given - expected).max():.3g}. {hint}"
        )


def check_two_images():  # three pixels each; two hidden neurons, three classes
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
    # The last class never occurs: the number of classes has to come from the weights.
    x, y = rng.normal(size=(n, inputs)), rng.integers(0, classes - 1, n)
    shapes = (inputs, hidden), (hidden,), (hidden, classes), (classes,)
    parameters = [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes]
    variables = [tf.Variable(w) for w in parameters]
    with tf.GradientTape() as tape:
        h = tf.nn.relu(x @ variables[0] + variables[1])
        z = h @ variables[2] + variables[3]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))
    expected_gradients = [np.asarray(g) for g in tape.gradient(loss, variables)]
    check_gradients(x, y, parameters, float(loss), expected_gradients)


def check_gradients_twice(rng):
    check_gradients_hidden(rng, 7, 10, 8, 4)
    check_gradients_hidden(rng, 2, 784, 20, 3)


check_gradients_twice(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now put your gradients to work: 64 hidden neurons and batches of 16 images. After each batch, every weight takes a
# small step against its gradient. The *test set* plays no part in training. The figure shows circles from it that
# the network gets wrong before training and right afterwards.

# %%
rng = np.random.default_rng(0)
inputs, test_inputs = (
    (x.reshape(-1, 784) / 255 - 0.5).astype("float32") for x in (x_train, x_test)
)
weights = [rng.normal(size=(784, 64)) * np.sqrt(2 / 784), np.zeros(64)]
weights += [rng.normal(size=(64, 3)) * np.sqrt(2 / 64), np.zeros(3)]
weights = [w.astype("float32") for w in weights]


def predict(weights, x):
    w1, b1, w2, b2 = weights
    return softmax(np.maximum(x @ w1 + b1, 0) @ w2 + b2)


untrained = predict(weights, test_inputs)
for _ in range({"quick": 40, "full": 15}[profile.current()]):
    for batch in rng.permutation(len(inputs))[: len(inputs) // 16 * 16].reshape(-1, 16):
        _, dweights = gradients(inputs[batch], y_train[batch], *weights)
        weights = [w - np.float32(0.05) * dw for w, dw in zip(weights, dweights, strict=True)]
trained = predict(weights, test_inputs)

for text, p in [("before", untrained), ("after", trained)]:
    print(f"{text}: {np.mean(p.argmax(axis=1) == y_test):.1%} of {len(y_test)} test images correct")
circles = (y_test == 1) & (untrained.argmax(axis=1) != 1) & (trained.argmax(axis=1) == 1)
shown = np.flatnonzero(circles)[:6]
figures.image_grid(
    x_test[shown],
    [
        f"{shapes[untrained[n].argmax()]} {untrained[n].max():.0%}\n→ {shapes[trained[n].argmax()]} {trained[n].max():.0%}"
        for n in shown
    ],
    "The same circles, before and after training",
    columns=6,
)

# %% [markdown]
# ## 5 What to do with a gradient
#
# The simplest method is **SGD**, stochastic gradient descent: subtract a fixed multiple of the gradient from the
# weights. Below, $g$ is the gradient and $\eta$ the **learning rate**.
#
# - **SGD**: $w \leftarrow w - \eta g$
# - **Momentum** (Polyak 1964) keeps a velocity $v$, which starts at 0: $v \leftarrow \beta v - \eta g$, then
#   $w \leftarrow w + v$.
# - **Adam** (Kingma & Ba 2015, algorithm 1) keeps two averages, which start at 0, and divides one by the square root
#   of the other, so that each weight has its own step size. In update number $t = 1, 2, \dots$
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1) g \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2 \qquad
# w \leftarrow w - \eta\, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}$$
#
# ### Question 5 · `optimizers`
#
# Write one update of each optimizer.


# %% solution="optimizers"
def sgd(w, g, learning_rate):
    """Return the new w."""
    ### BEGIN SOLUTION
    return w - learning_rate * g
    ### END SOLUTION


def momentum(w, g, v, learning_rate, beta=0.9):
    """Return the new w and v."""
    ### BEGIN SOLUTION
    v = beta * v - learning_rate * g
    return w + v, v
    ### END SOLUTION


def adam(w, g, m, v, t, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Return the new w, m and v; t is 1 in the first update."""
    ### BEGIN SOLUTION
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    step = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return w - learning_rate * step, m, v
    ### END SOLUTION


# %% tests="optimizers"
import numpy as np


def check_optimizers(start, steps, rate, beta, by_sgd, by_momentum, by_adam):
    """steps: the gradient of each update."""
    updates_made = len(steps)
    w = start.copy()
    for g in steps:
        w = np.asarray(sgd(w, g, rate), dtype=float)
    assert np.allclose(w, by_sgd, atol=1e-4), (
        f"After {updates_made} updates with `sgd`, w is {w}; expected {by_sgd}."
    )

    w, velocity = start.copy(), np.zeros(len(start))
    for g in steps:
        result = momentum(w, g, velocity, rate, beta)
        assert isinstance(result, (tuple, list)) and len(result) == 2, (
            "`momentum` must return two values: return w, v"
        )
        w, velocity = (np.asarray(array, dtype=float) for array in result)
    assert np.allclose(w, by_momentum, atol=1e-4), (
        f"After {updates_made} updates with `momentum` and beta = {beta:.2f}, w is {w}; expected "
        f"{by_momentum}. Did you use the new velocity, and return it?"
    )

    w, m, v = start.copy(), np.zeros(len(start)), np.zeros(len(start))
    for t, g in enumerate(steps, start=1):
        result = adam(w, g, m, v, t, rate)
        assert isinstance(result, (tuple, list)) and len(result) == 3, (
            "`adam` must return three values: return w, m, v"
        )
        w, m, v = (np.asarray(array, dtype=float) for array in result)
        if t == 1:
            step = np.abs(w - start).max()
            assert np.isclose(step, rate, rtol=0.02), (
                f"The first step of `adam` is {step:.3g}; expected {rate:.3g} for each weight, the learning "
                "rate. Did you divide both averages by 1 - beta to the power of t?"
            )
    assert np.allclose(w, by_adam, atol=1e-3 * rate * updates_made + 1e-5), (
        f"After {updates_made} updates with `adam`, w is {w}; expected {by_adam}."
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


def weights_by_keras(optimizer, start, steps):
    variable = keras.Variable(start.astype("float32"))
    optimizer.build([variable])
    for g in steps:
        optimizer.apply([keras.ops.convert_to_tensor(g.astype("float32"))])
    return np.asarray(keras.ops.convert_to_numpy(variable), dtype=float)


def check_optimizers_hidden(rng):
    rate, beta = float(rng.uniform(0.01, 0.2)), float(rng.uniform(0.5, 0.95))
    start, steps = rng.normal(size=4), rng.normal(size=(7, 4))
    check_optimizers(
        start,
        steps,
        rate,
        beta,
        weights_by_keras(keras.optimizers.SGD(rate), start, steps),
        weights_by_keras(keras.optimizers.SGD(rate, momentum=beta), start, steps),
        weights_by_keras(keras.optimizers.Adam(rate), start, steps),
    )
    one_weight = [np.array([value]) for value in (1.0, 2.0, 0.5, 3.0)]  # w, g, m, v
    result = adam(*one_weight, 2, 0.1, beta_1=0.5, beta_2=0.75)
    assert np.allclose(np.asarray(result[0], dtype=float), 0.93885, atol=1e-4), (
        "`adam` returned a wrong w for beta_1 = 0.5 and beta_2 = 0.75. Did you use the arguments beta_1 and "
        "beta_2 instead of 0.9 and 0.999?"
    )
    result = adam(np.ones(1), *np.zeros((3, 1)), 1, 0.1)
    assert np.allclose(np.asarray(result[0], dtype=float), 1), (
        f"`adam` returned w = {np.asarray(result[0], dtype=float)} for w = [1.] and a gradient of 0; expected "
        "[1.]. Did you add epsilon to the denominator?"
    )


check_optimizers_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# A common difficulty: this loss of two weights curves 25 times as strongly in one direction as in the other. Each
# optimizer starts at the same point and makes thirty updates.


# %%
def valley(w1, w2):
    return 0.5 * (w1**2 + 25 * w2**2)


def valley_gradient(w):
    return np.array([w[0], 25 * w[1]])


start = np.array([-4.0, 1.2])
paths = {name: [start] for name in ("SGD", "momentum", "Adam")}
velocity, m, v = np.zeros((3, 2))
for t in range(1, 31):
    w = paths["SGD"][-1]
    paths["SGD"].append(sgd(w.copy(), valley_gradient(w), 0.04))
    w = paths["momentum"][-1]
    w, velocity = momentum(w.copy(), valley_gradient(w), velocity, 0.04, 0.7)
    paths["momentum"].append(w)
    w = paths["Adam"][-1]
    w, m, v = adam(w.copy(), valley_gradient(w), m, v, t, 0.3)
    paths["Adam"].append(w)
figures.loss_surface(valley, paths)

# %% [markdown]
# ## 6 The same in Keras
#
# In Keras, all of this takes a few lines. A `Sequential` model is a list of layers. `Dense` is the layer that you have
# just written, with every input connected to every neuron:
#
# ```python
# model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
# model.compile(optimizer="adam", loss="mean_squared_error")    # how to train
# model.fit(x, y, epochs=10, batch_size=32)                     # 10 passes through x, one update for every 32 examples
# model.evaluate(x_test, y_test)                                # the loss on held-out data
# ```
#
# In the **Functional API** you call layers like functions. It can build the same model, and others that a list
# cannot describe: with several inputs, with several outputs, or with a layer that is used twice with the same weights.
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
# 2. `functional_model()`: the same network, built with the Functional API.
# 3. `updates(examples, batch_size, epochs)`: the number of updates that `fit` makes. It goes through all examples in
#    every epoch, and the last batch of an epoch may be smaller.
# 4. `twin_model()`: **two** inputs of 8 numbers each. Both go through **one and the same** `Dense` layer of 12 neurons
#    with ReLU. The two results are concatenated (`keras.layers.Concatenate()([a, b])`) into 24 numbers, which lead to
#    **two** outputs: 1 neuron with sigmoid, and 3 without activation.


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
    """Build a model from [left, right] to [yes or no (batch, 1), scores (batch, 3)]."""
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


def as_numpy(outputs):
    return np.asarray(keras.ops.convert_to_numpy(outputs), dtype=float)


def set_random_weights(model, rng):
    weights = [rng.normal(size=w.shape).astype("float32") for w in model.weights]
    model.set_weights(weights)
    return [w.astype(float) for w in weights]


def check_plain(model, name, rng):
    assert isinstance(model, keras.Model), (
        f"`{name}` returned {type(model).__name__}; expected a Keras model. Did you forget `return`?"
    )
    assert name != "functional_model" or not isinstance(model, keras.Sequential), (
        "`functional_model` returned a Sequential model. Build it with keras.Input and keras.Model."
    )
    shapes = [tuple(w.shape) for w in model.weights]
    expected = [(8, 12), (12,), (12, 8), (8,), (8, 1), (1,)]
    assert shapes == expected, (
        f"The weights of `{name}` have the shapes {shapes}; expected {expected}."
    )
    w1, b1, w2, b2, w3, b3 = set_random_weights(model, rng)
    x = rng.normal(size=(6, 8))
    z = np.maximum(np.maximum(x @ w1 + b1, 0) @ w2 + b2, 0) @ w3 + b3
    outputs = as_numpy(model(x.astype("float32")))
    assert not np.allclose(outputs, z, atol=1e-3), f"The last layer of `{name}` has no sigmoid."
    assert np.allclose(outputs, 1 / (1 + np.exp(-z)), atol=1e-3), (
        f"The outputs of `{name}` differ from those of two ReLU layers and a sigmoid with the same weights. "
        "Which activations do its layers have?"
    )


def check_twin(rng):
    model = twin_model()
    assert isinstance(model, keras.Model), (
        f"`twin_model` returned {type(model).__name__}; expected a Keras model. Did you forget `return`?"
    )
    assert len(model.inputs) == 2 and len(model.outputs) == 2, (
        f"`twin_model` has {len(model.inputs)} inputs and {len(model.outputs)} outputs; expected 2 and 2."
    )
    shapes = sorted(tuple(w.shape) for w in model.weights)
    assert shapes.count((8, 12)) == 1, (
        f"The number of layers from 8 to 12 in `twin_model` is {shapes.count((8, 12))}; expected 1, shared by "
        "both inputs."
    )
    expected = [(1,), (3,), (8, 12), (12,), (24, 1), (24, 3)]
    assert shapes == expected, (
        f"The weights of `twin_model` have the shapes {shapes}; expected {expected}."
    )
    weights = {w.shape: w for w in set_random_weights(model, rng)}
    left, right = rng.normal(size=(2, 5, 8))
    yes, scores = model([left.astype("float32"), right.astype("float32")])
    both = np.concatenate(
        [np.maximum(side @ weights[8, 12] + weights[(12,)], 0) for side in (left, right)], axis=1
    )
    z = both @ weights[24, 1] + weights[(1,)]
    assert np.allclose(as_numpy(yes), 1 / (1 + np.exp(-z)), atol=1e-3), (
        "The first output of `twin_model` is wrong. It should be a sigmoid of both sides, each after its ReLU, "
        "the left one first."
    )
    assert np.allclose(as_numpy(scores), both @ weights[24, 3] + weights[(3,)], atol=1e-3), (
        "The second output of `twin_model` is wrong. It should be three weighted sums without activation."
    )


def check_updates(examples, batch_size, epochs, expected):
    result = updates(examples, batch_size, epochs)
    assert result is not None, "`updates` returned None. Did you forget `return`?"
    assert float(result) == expected, (
        f"`updates({examples}, {batch_size}, {epochs})` returned {result}; expected {expected}, which is "
        f"{expected // epochs} in each epoch. Did you count the last batch, even if it is smaller?"
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
    updates_per_epoch = len(range(0, examples, batch_size))
    check_updates(examples, batch_size, epochs, epochs * updates_per_epoch)
    check_keras_models(rng)


check_keras_models_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# **How deep?** Two spirals wind around each other. We train two networks in the same way: one with a single hidden
# layer of 16 neurons, and one with three such layers. For the deep network, the figure also shows two earlier epochs.

# %%
angle = np.sqrt(np.linspace(0.05, 1, 300)) * 4 * np.pi
arm = np.stack([angle * np.cos(angle), angle * np.sin(angle)], axis=1) / 12
spiral, arms = np.concatenate([arm, -arm]), np.repeat([0, 1], 300)

snapshots = {}
for name, hidden, stops in [("1 layer", 1, [40]), ("3 layers", 3, [5, 15, 40])]:
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(16, activation="relu") for _ in range(hidden)]
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)  # the model has no sigmoid
    model.compile(keras.optimizers.Adam(0.02), loss, steps_per_execution=10)
    for done, stop in zip([0, *stops], stops, strict=False):
        model.fit(spiral, arms, batch_size=60, initial_epoch=done, epochs=stop, verbose=0)
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
        snapshots[f"{name}, epoch {stop}"] = lambda points, copy=copy: keras.ops.convert_to_numpy(
            copy(points)
        )
figures.decision_boundary(snapshots, spiral[::4], arms[::4])

# %% [markdown]
# ## 7 Prices
#
# A network can also predict a quantity, with one output, no activation, and a loss for quantities. This is called
# regression. A classic data set for it is `boston_housing`: the median price of a house, in thousands of dollars, in
# each of 506 districts of Boston in 1970, and 13 **attributes** of the district, such as the crime rate, the number
# of rooms, or the distance to work.
#
# **This data set is kept for its history, and one of its columns should not be used.** Its authors (Harrison &
# Rubinfeld 1978) computed column 11, `B`, from the share of Black people in a district, with a formula that assumes
# that they lower the prices (Carlisle 2019). A model that is trained on this column learns the assumption as if it
# were a fact. For this reason scikit-learn removed the data set in version 1.2. Here we leave column 11 out. To avoid
# the data set altogether, use `data.load("california_housing")`, which has 8 attributes without such a column, and
# 20,640 rows.

# %%
(houses, prices), (test_houses, test_prices) = data.load("boston_housing")
columns = [number for number in range(13) if number != 11]
houses, test_houses = houses[:, columns], test_houses[:, columns]
print("one district:", np.round(houses[0], 2).tolist(), "· price", prices[0])

# %% [markdown]
# The attributes have very different ranges: the number of rooms lies between 4 and 9, the tax between 190 and 710. A
# network learns badly from such inputs. So each column is **standardised**: shifted and scaled to mean 0 and standard
# deviation 1. Use the mean and standard deviation of the *training set* for the test set, too. The test set is
# held-out data; a model that depends on its statistics has already used it.
#
# ### Question 7 · `regression`
#
# 1. Write `standardise(x_train, x_test)`. Return both arrays.
# 2. Write `train_regression(x, y)`. Build, compile and fit a Keras model on standardised attributes `x` and prices
#    `y`, with `verbose=0`, and return it. On the test set, its mean absolute error must be at most two thirds of the
#    error that you make by always predicting the mean price.


# %% solution="regression"
def standardise(x_train, x_test):
    """Scale columns to mean 0 and standard deviation 1 on the training set."""
    ### BEGIN SOLUTION
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    return (x_train - mean) / deviation, (x_test - mean) / deviation
    ### END SOLUTION


def train_regression(x, y):
    """Train a Keras model from attributes (batch, n) to prices (batch, 1)."""
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

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no warnings about repeated tracing


def check_standardise(x, unseen, expected, expected_unseen, by_itself):
    """by_itself: the unseen data, standardised by its own mean and standard deviation."""
    result = standardise(x.copy(), unseen.copy())
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "`standardise` must return two arrays: return x_train, x_test"
    )
    given, given_unseen = (np.asarray(array, dtype=float) for array in result)
    assert given.shape == x.shape and np.allclose(given.mean(axis=0), 0, atol=1e-6), (
        "After `standardise`, the training set must have the same shape as before, and each of its columns "
        "the mean 0. Did you subtract the mean over axis 0?"
    )
    assert np.allclose(given, expected, rtol=0.05), (
        "After `standardise`, the columns of the training set have the standard deviations "
        f"{np.round(given.std(axis=0), 3)}; expected 1. Did you divide by the standard deviation over axis 0?"
    )
    assert not np.allclose(given_unseen, by_itself, rtol=1e-3), (
        "`standardise` uses the mean and standard deviation of the test set itself. Use those of the training "
        "set."
    )
    assert np.allclose(given_unseen, expected_unseen, rtol=0.05, atol=0.05), (
        "`standardise` returned wrong values for the test set. Did you use the mean and standard deviation of "
        "the training set?"
    )


def load_districts(seed):
    (x, y), (x_test, y_test) = data.load("boston_housing", seed=seed)
    keep = [number for number in range(13) if number != 11]
    return x[:, keep], y, x_test[:, keep], y_test


def check_regression(x, y, x_test, y_test):
    model = train_regression(x, y)
    assert isinstance(model, keras.Model), (
        f"`train_regression` returned {type(model).__name__}; expected the trained Keras model. Did you forget "
        "`return`?"
    )
    outputs = np.asarray(keras.ops.convert_to_numpy(model(x_test.astype("float32"))), dtype=float)
    assert outputs.size == len(y_test), (
        f"The model returned {outputs.size} prices for {len(y_test)} districts; expected one for each."
    )
    error, by_mean = np.mean(np.abs(outputs.ravel() - y_test)), np.mean(np.abs(y.mean() - y_test))
    print(
        f"mean absolute error: {error:.2f} thousand dollars; with the mean price alone: {by_mean:.2f}"
    )
    assert not np.all(outputs <= 1), (
        "No predicted price is above 1. Does the last layer have a sigmoid? A price needs an output without "
        "activation."
    )
    assert error <= by_mean * 2 / 3, (
        f"The mean absolute error is {error:.2f} thousand dollars; expected at most {by_mean * 2 / 3:.2f}, two "
        f"thirds of the error with the mean price alone ({by_mean:.2f}). Did you choose a loss for quantities, "
        "and train for long enough?"
    )


def check_prices():
    check_standardise(
        np.array([[1.0, 10], [5, 30], [1, 30], [5, 10]] * 5),
        np.array([[3.0, 40], [7, 20]]),
        expected=np.array([[-1.0, -1], [1, 1], [-1, 1], [1, -1]] * 5),
        expected_unseen=np.array([[0.0, 2], [2, 0]]),
        by_itself=np.array([[-1.0, 1], [1, -1]]),
    )
    x, y, x_test, y_test = load_districts(0)
    x, x_test = (np.asarray(array, dtype=float) for array in standardise(x, x_test))
    check_regression(x, y, x_test, y_test)


check_prices()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def standardise_like(x, *arrays):
    return [(array - x.mean(axis=0)) / x.std(axis=0) for array in arrays]


def check_regression_hidden(seed):
    rng = np.random.default_rng(seed)
    x, unseen = (rng.normal(size=(n, 5)) * np.arange(1, 6) + 10 for n in (30, 8))
    check_standardise(x, unseen, *standardise_like(x, x, unseen), *standardise_like(unseen, unseen))
    x, y, x_test, y_test = load_districts(seed)
    x, x_test = standardise_like(x, x, x_test)
    check_regression(x, y, x_test, y_test)


check_regression_hidden(hidden_seed())
### END HIDDEN TESTS

# %% [markdown]
# Finally, classes again, ten of them: which garment is it? The pixels become numbers between 0 and 1, the last layer
# has a softmax, and the loss is the *sparse* categorical cross-entropy, which takes integer labels instead of one-hot
# rows. A tenth of the training set (`validation_split`) is held out: the network does not learn from it, and its loss
# after each epoch makes the *validation* curve.

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
    f"after {updates(int(0.9 * len(kinds)), 64, 5)} updates: loss {loss:.2f}, test accuracy {accuracy:.1%}"
)
figures.learning_curves(history)

# %% [markdown]
# ## 8 In your own words
#
# ### Question 8 · `choices` · in words
#
# About ten lines:
#
# 1. Which loss, and which activation in the last layer, would you choose to predict (a) whether a patient has a
#    disease, (b) which of five species a leaf belongs to, (c) tomorrow's temperature? Why not mean squared error for
#    (a)?
# 2. What does the figure of the two spirals say about depth? What does it *not* prove?
# 3. Suppose that column `B` makes the predicted prices a little more accurate. Would you use it in a tool that advises
#    a bank? Is the problem solved when you leave it out?

# %% [markdown] written="choices"
# ### BEGIN SOLUTION
# **A model answer.** (1) (a) Sigmoid and binary cross-entropy; (b) softmax over five outputs and categorical
# cross-entropy; (c) one output without activation and mean squared or absolute error. With squared error behind a
# sigmoid, the gradient contains the derivative of the sigmoid, which is almost 0 where the network is confident and
# wrong: it learns slowest where it is most wrong. Cross-entropy cancels this derivative and leaves p - y. (2) With the
# same 16 neurons in each layer, one hidden layer makes a few folds and classifies clearly fewer points correctly than
# three layers, which can fold what is already folded. The figure does not prove that depth always wins: the deep
# network also has more weights, there is one seed and one task, and nothing was measured on held-out points. (3) No:
# higher accuracy on old prices does not justify repeating an injustice, and the formula of the column is an
# assumption, not an observation. Leaving it out does not solve the problem: other columns, such as the share of poor
# people or the crime rate, are correlated with it, so a model can recover it. One has to measure whether errors and
# advice differ between groups, and ask what the tool is for.
#
# **Rubric, 3 points.**
#
# - 1 point: the three pairs of loss and activation, and a reason in (a) (slow learning, or probabilities). Half for one
#   mistake.
# - 1 point: reads the figure with numbers, **and** names one thing that it does not prove. Half for one of the two.
# - 1 point: a reasoned answer about column B, **and** that other columns can replace it. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Watch it learn.** Print the loss in section 4 after every epoch, for learning rates of 0.01, 0.1 and 1.
# - **Adam by hand.** Train the network of section 4 with your own `adam` instead of the fixed learning rate.
# - **California.** Use `data.load("california_housing")` in section 7. What do you have to change?
# - **XOR.** How many hidden neurons does a network need for it? Try your `gradients` with two classes.
#
# **Sources.** F. Rosenblatt, *The perceptron*, Psychological Review 65, 1958 · A. Novikoff, *On convergence proofs for
# perceptrons*, 1962 · B. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964 · D.
# Rumelhart, G. Hinton, R. Williams, *Learning representations by back-propagating errors*, Nature 323, 1986 · D.
# Kingma, J. Ba, *Adam*, ICLR 2015, algorithm 1 · D. Harrison, D. Rubinfeld, *Hedonic housing prices and the demand for
# clean air*, 1978 · M. Carlisle, *Racist data destruction?*, 2019 · I. Goodfellow, Y. Bengio, A. Courville, *Deep
# Learning*, 2016, §6.2 and §6.5. The text of this lab is licensed CC BY 4.0, its code MIT.
