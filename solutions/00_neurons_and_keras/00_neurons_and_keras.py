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
# How does a machine learn? It makes a mistake, finds out which of its numbers contributed to the mistake, and changes
# each of them a little. Machines have learned like this since the 1950s: Minsky's SNARC in 1951, a network that Farley
# and Clark simulated in 1954, Rosenblatt's perceptron in 1958. The largest models do it today. In this lab you write
# all of it by hand, in NumPy. You begin with a neuron that learns, and with the derivatives that tell it what to
# change. Then a network learns to tell squares, circles and triangles apart. At the end you build such networks in
# Keras.
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

from course_lib import testing as _testing


def _check_perceptron(task, x, y, right, mistakes):
    """right: w, b and the mistakes in each epoch; mistakes: by hint, another w and b."""
    right_w, right_b, right_counts = right
    call = f"`perceptron(x, y, {len(right_counts)})`"
    result = perceptron(x.copy(), y.copy(), len(right_counts))
    assert result is not None, "`perceptron` returned None. Did you forget `return`?"
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        "`perceptron` must return three values: return w, b, mistakes"
    )
    try:
        w, b, counts = (np.asarray(values, dtype=float).ravel() for values in result)
    except (TypeError, ValueError):
        raise AssertionError(
            "`perceptron` returned something that is not numeric. Did you return w, b, mistakes?"
        ) from None
    hints = {hint: [*wrong[0], wrong[1]] for hint, wrong in mistakes.items()}
    name = f"{task}: {call}, its weights and then its bias,"
    _testing.near([*w, *b], [*right_w, right_b], name, mistakes=hints)
    assert np.size(counts) == len(right_counts), (
        f"`perceptron` returned {np.size(counts)} mistake counts; expected {len(right_counts)}, one for each epoch."
    )
    hints = {
        "Did you start to count from 0 in each epoch?": np.cumsum(right_counts),
        "Did you return the share of mistakes instead of their number?": np.divide(
            right_counts, len(x)
        ),
    }
    _testing.near(counts, right_counts, f"{task}: the list `mistakes` of {call}", mistakes=hints)


def _check_two_tasks():
    backwards = "The weights move in the wrong direction. Did you use prediction - y instead of y - prediction?"
    no_bias = "Is the bias still 0? Update it together with the weights."
    reset = "Did you keep the weights from epoch to epoch?"
    batch = "Did you update after every example?"
    at_zero = "Does your perceptron output 1 if z is exactly 0? It should output 0."
    corners = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    _check_perceptron(
        "*and*",
        corners,
        np.array([0, 0, 0, 1]),
        ([2, 1], -2, [1, 3, 3, 2, 1, 0, 0, 0]),
        {
            backwards: ([-8, -8], -8),
            no_bias: ([1, 1], 0),
            reset: ([1, 1], 1),
            batch: ([1, 1], -1),
            at_zero: ([2, 1], -3),
        },
    )
    _check_perceptron(
        "*xor*",
        corners,
        np.array([0, 1, 1, 0]),
        ([-1, 0], 1, [2, 3, 4, 4, 4, 4, 4, 4]),
        {batch: ([0, 0], 0), backwards: ([-8, -8], -16)},
    )


_check_two_tasks()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _rosenblatt(x, y, epochs, rate=1):
    w, b, counts = np.zeros(x.shape[1]), 0.0, []
    for _ in range(epochs):
        counts.append(0)
        for example, target in zip(x, y, strict=True):
            step = target - int(example @ w + b > 0)
            w, b = w + rate * step * example, b + rate * step
            counts[-1] += abs(step)
    return w, b, counts


def _check_perceptron_hidden(rng):
    for inputs in (2, 5):
        # Multiples of 1/8: all sums are exact, in float32 as well, and in any order.
        x = np.round(8 * rng.normal(size=(40, inputs))) / 8
        y = (x @ rng.normal(size=inputs) > 0.2).astype(int)
        backwards = {
            "The weights move in the wrong direction. Did you use prediction - y?": _rosenblatt(
                x, y, 6, rate=-1
            )
        }
        _check_perceptron("random examples", x, y, _rosenblatt(x, y, 6), backwards)


_check_perceptron_hidden(np.random.default_rng(hidden_seed()))
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
# | step | 1 if $z > 0$, else 0. Its derivative is 0 for all $z \neq 0$ and does not exist at 0, so the neuron cannot learn from it |
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
#
# <details><summary>Hint 1, sigmoid and softplus</summary>
#
# Write the sigmoid as $(1 + e^{-z})^{-1}$ and use the chain rule. Then note that
# $1 - \sigma(z) = e^{-z} / (1 + e^{-z})$. The derivative of softplus is $e^z / (1 + e^z)$: which function in the table
# is this?
#
# </details>
#
# <details><summary>Hint 2, softmax</summary>
#
# Use the quotient rule twice: once for $j = k$, and once for $j \neq k$. In both cases, the result contains $-p_k p_j$.
#
# </details>
#
# <details><summary>Hint 3, softmax</summary>
#
# `np.outer(p, p)` contains all products $p_k p_j$. Only on the diagonal, one more term is added; `np.diag` turns a row
# into a diagonal matrix.
#
# </details>


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

from course_lib import testing as _testing


def _as_numbers(values):
    """True and False count as 1 and 0."""
    try:
        array = np.asarray(values)
    except ValueError:
        return values
    return array.astype(float) if array.dtype == bool else values


def _check_derivatives(z, a, right, mistakes):
    """right: by function, its values at z; mistakes: by function, hints and their values."""
    at = f"for z = {np.round(z, 2).tolist()}"
    results = {
        "relu_derivative": _as_numbers(relu_derivative(z.copy())),
        "leaky_relu_derivative": leaky_relu_derivative(z.copy(), a),
        "sigmoid_derivative": sigmoid_derivative(z.copy()),
        "softplus_derivative": softplus_derivative(z.copy()),
        "softmax_jacobian": softmax_jacobian(z.copy()),
    }
    for name, given in results.items():
        call = f"`{name}(z{f', a={a:.2g}' if 'leaky' in name else ''})` {at}"
        _testing.near(given, right[name], call, mistakes=mistakes.get(name))


def _check_three_numbers():
    z, a = np.array([-2.0, -0.5, 1.5]), 0.2
    s = np.array([0.119203, 0.377541, 0.817574])
    p = np.array([0.025909, 0.116115, 0.857977])
    right = {
        "relu_derivative": [0, 0, 1],
        "leaky_relu_derivative": [0.2, 0.2, 1],
        "sigmoid_derivative": [0.104994, 0.235004, 0.149146],
        "softplus_derivative": s,
        "softmax_jacobian": [
            [0.025237, -0.003008, -0.022229],
            [-0.003008, 0.102632, -0.099624],
            [-0.022229, -0.099624, 0.121853],
        ],
    }
    itself = "Is this the function itself? Write its derivative."
    mistakes = {
        "relu_derivative": {itself: [0, 0, 1.5]},
        "leaky_relu_derivative": {
            itself: [-0.4, -0.1, 1.5],
            "Did you use the argument `a` instead of 0.1?": [0.1, 0.1, 1],
        },
        "sigmoid_derivative": {
            itself: s,
            "Did you use z where the formula needs sigmoid(z)?": z * (1 - z),
        },
        "softplus_derivative": {itself: np.log(1 + np.exp(z))},
        "softmax_jacobian": {
            itself: p,
            "Each output of softmax depends on all z. What stands beside the diagonal?": np.diag(
                [0.025237, 0.102632, 0.121853]
            ),
            "What has to be added on the diagonal, where k = j?": -np.outer(p, p),
        },
    }
    _check_derivatives(z, a, right, mistakes)


_check_three_numbers()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_derivatives_hidden(rng, classes):
    signs = rng.permutation(np.arange(classes) % 2 * 2 - 1)  # some of both, and none near 0
    z, a = signs * rng.uniform(0.05, 4, size=classes), float(rng.uniform(0.02, 0.08))
    a = rng.choice([a, 0.3 - a])  # not near the default of 0.1

    def soft(z):
        return np.exp(z) / np.exp(z).sum()

    def numerical(function):
        return (function(z + 1e-5) - function(z - 1e-5)) / 2e-5

    columns = [(soft(z + 1e-5 * one) - soft(z - 1e-5 * one)) / 2e-5 for one in np.eye(classes)]
    right = {
        "relu_derivative": numerical(lambda z: np.maximum(z, 0)),
        "leaky_relu_derivative": numerical(lambda z: np.where(z > 0, z, a * z)),
        "sigmoid_derivative": numerical(lambda z: 1 / (1 + np.exp(-z))),
        "softplus_derivative": numerical(lambda z: np.log(1 + np.exp(z))),
        "softmax_jacobian": np.stack(columns, axis=1),
    }
    tenth = {"Did you use the argument `a` instead of 0.1?": np.where(z > 0, 1, 0.1)}
    _check_derivatives(z, float(a), right, {"leaky_relu_derivative": tenth})


def _check_derivatives_twice(rng):
    _check_derivatives_hidden(rng, 3)
    _check_derivatives_hidden(rng, 6)


_check_derivatives_twice(np.random.default_rng(hidden_seed()))
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

from course_lib import testing as _testing


def _check_losses(quantities, yes_or_no, classes, right, more_mistakes):
    """right: by function, the loss that Keras returns; more_mistakes: by function, hints and their values."""
    examples = "Did you take the mean over the examples?"
    outputs = "Did you take the mean over the outputs?"
    both = "Did you take the mean over all examples and outputs?"
    sign = "Did you forget the minus sign?"
    over_classes = "Did you sum over the classes, and take the mean over the examples only?"
    n, m, k = *quantities[0].shape, classes[0].shape[1]
    factors = {
        "mean_squared_error": {both: n * m, examples: n, outputs: m, "Did you divide by 2?": 0.5},
        "mean_absolute_error": {both: n * m, examples: n, outputs: m},
        "binary_crossentropy": {sign: -1, examples: n, "Did you use the natural logarithm?": 1.442695},
        "categorical_crossentropy": {sign: -1, examples: n, over_classes: 1 / k},
    }  # fmt: skip
    results = {
        "mean_squared_error": mean_squared_error(*(array.copy() for array in quantities)),
        "mean_absolute_error": mean_absolute_error(*(array.copy() for array in quantities)),
        "binary_crossentropy": binary_crossentropy(*(array.copy() for array in yes_or_no)),
        "categorical_crossentropy": categorical_crossentropy(*(array.copy() for array in classes)),
    }
    for name, given in results.items():
        hints = {hint: factor * right[name] for hint, factor in factors[name].items()}
        hints |= more_mistakes.get(name, {})
        _testing.near(given, right[name], f"`{name}(y, p)`", mistakes=hints)


def _check_three_examples():
    quantities = np.array([[1.0, 2], [0, -1], [3, 0.5]]), np.array([[1.5, 2], [-1, 1], [2, 1]])
    yes_or_no = np.array([1.0, 0, 1]), np.array([0.9, 0.2, 0.4])
    one_hot = np.array([[0.0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
    p_classes = np.array([[0.1, 0.2, 0.6, 0.1], [0.7, 0.1, 0.1, 0.1], [0.2, 0.2, 0.2, 0.4]])
    by_keras = {
        "mean_squared_error": 1.083333,
        "mean_absolute_error": 0.833333,
        "binary_crossentropy": 0.414932,
        "categorical_crossentropy": 0.594597,
    }
    mistakes = {
        "mean_squared_error": {"Did you take a square root?": 1.040833},
        "mean_absolute_error": {
            "Did you forget the absolute value?": -0.166667,
            "Did you forget the absolute value of p - y?": 0.166667,
        },
        "binary_crossentropy": {
            "What is the loss of an example with y = 0?": 0.340550,
            "What is the loss of an example with y = 1?": 0.074381,
        },
        "categorical_crossentropy": {
            "Only the correct class counts: are there no terms with 1 - y?": 1.067723,
            "Only the correct class counts: are there no terms with 1 - y? Take the sum over the classes.": 0.266931,
        },
    }
    _check_losses(quantities, yes_or_no, (one_hot, p_classes), by_keras, mistakes)


_check_three_examples()
### BEGIN HIDDEN TESTS
import keras

from course_lib.testing import hidden_seed


def _check_losses_hidden(rng):
    n = 6
    quantities = rng.normal(size=(n, 3)), rng.normal(size=(n, 3))
    # Both answers occur.
    yes_or_no = rng.permutation([0.0, 0, 0, 1, 1, 1]), rng.uniform(0.05, 0.95, n)
    classes = np.eye(5)[rng.integers(0, 5, n)], rng.dirichlet(np.ones(5) * 3, n) * 0.95 + 0.01
    by_keras = {
        "mean_squared_error": float(keras.losses.MeanSquaredError()(*quantities)),
        "mean_absolute_error": float(keras.losses.MeanAbsoluteError()(*quantities)),
        "binary_crossentropy": float(keras.losses.BinaryCrossentropy()(*yes_or_no)),
        "categorical_crossentropy": float(keras.losses.CategoricalCrossentropy()(*classes)),
    }
    _check_losses(quantities, yes_or_no, classes, by_keras, {})


_check_losses_hidden(np.random.default_rng(hidden_seed()))
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
# each step. This is the chain rule. Applied to a network, it is called **backpropagation** (Rumelhart, Hinton &
# Williams 1986). The first step is simple, because softmax and cross-entropy together have the gradient
#
# $$\frac{\partial\,\text{loss}}{\partial z} = \frac{p - y}{n}$$
#
# ($y$ one-hot). Continue from there.
#
# An example with a single number in each place, and squared error as its loss: $x = 2$, $w_1 = 0.5$, $w_2 = 3$, $y = 1$.
# Forward: $a = w_1 x = 1$, $h = \mathrm{ReLU}(a) = 1$, $z = w_2 h = 3$, loss $(z - y)^2 = 4$. Backward, one derivative at
# each step:
#
# | derivative of the loss with respect to | by the chain rule | value |
# | --- | --- | --- |
# | $z$ | $2 (z - y)$ | 4 |
# | $w_2$ | (that of $z$) · $h$ | 4 · 1 = 4 |
# | $h$ | (that of $z$) · $w_2$ | 4 · 3 = 12 |
# | $a$ | (that of $h$) · 1, because $a > 0$ | 12 |
# | $w_1$ | (that of $a$) · $x$ | 12 · 2 = 24 |
#
# If $w_1$ grows by 0.001, the loss grows by about 0.024. In a layer, the same products become matrix products. What is
# the gradient with respect to $W_2$, through $z = h W_2 + b_2$? With respect to $b_2$, which is added to every row?
# With respect to $h$? Through the ReLU, with respect to $a$? And with respect to $W_1$ and $b_1$? A gradient always has
# the shape of the array that it belongs to. This alone answers most of these questions.
#
# ### Question 4 · `backpropagation`
#
# Write `gradients(x, y, w1, b1, w2, b2)`. The labels `y` are integers 0, 1, 2, … Return the loss and the four
# gradients as `loss, (dw1, db1, dw2, db2)`.
#
# <details><summary>Hint 1</summary>
#
# In the example, the derivative with respect to a weight is the derivative with respect to its $z$, times its input. A
# batch has $n$ inputs for each weight: sum over them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `dw2` has the shape (hidden, classes). You have $h$, of shape (n, hidden), and $(p - y) / n$, of shape (n, classes).
# Only one matrix product of the two has this shape. Which one has to be transposed? (`np.eye(w2.shape[1])[y]` makes the
# integer labels one-hot.)
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The gradient with respect to $h$ is that of $z$ times $W_2$, transposed so that the shape is (n, hidden). The ReLU
# sets it to 0 wherever $a \leq 0$. From there on, the first layer is like the second, with $x$ in place of $h$.
#
# </details>


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

from course_lib import testing as _testing


def _check_gradients(x, y, parameters, right_loss, right_gradients, without_relu):
    """without_relu: the gradients dw1 and db1 if the gradient does not pass through the ReLU."""
    n = len(x)
    result = gradients(x.copy(), y.copy(), *[w.copy() for w in parameters])
    assert result is not None, "`gradients` returned None. Did you forget `return`?"
    assert (
        isinstance(result, (tuple, list))
        and len(result) == 2
        and isinstance(result[1], (tuple, list))
        and len(result[1]) == 4
    ), "`gradients` must return two values: return loss, (dw1, db1, dw2, db2)"
    loss_mistakes = {
        "Did you take the mean over the images?": right_loss * n,
        "Did you forget the minus sign?": -right_loss,
    }
    _testing.near(result[0], right_loss, "The loss of `gradients`", mistakes=loss_mistakes)
    names = ("dw1", "db1", "dw2", "db2")
    relu = dict(zip(names, without_relu, strict=False))
    for name, given, right in reversed(list(zip(names, result[1], right_gradients, strict=True))):
        shape = np.shape(np.asarray(given, dtype=object))
        assert given is None or shape == right.shape, (
            f"`gradients` returned {name} of shape {shape}; expected {right.shape}. A gradient has the shape of "
            "the array that it belongs to. Did you sum the gradient of a bias over the batch?"
        )
        mistakes = {
            f"It is {n} times too large. The loss is a mean over {n} images: did you divide by n?": n
            * right,
            "It has the wrong sign. Did you start from (p - y) / n?": -right,
            f"It is {n} times too small. Did you divide by n twice?": right / n,
        }
        if name in relu:
            mistakes["Does the gradient pass through the ReLU?"] = relu[name]
        _testing.near(given, right, f"{name} of `gradients`", rtol=1e-3, mistakes=mistakes)


def _check_two_images():  # three pixels each; two hidden neurons, three classes
    x, y = np.array([[1.0, 0, 2], [-1, 3, 1]]), np.array([2, 0])
    w1, b1 = np.array([[0.5, -1], [1, 0], [-0.5, 2]]), np.array([0.25, -0.5])
    w2, b2 = np.array([[1.0, 0, -1], [0.5, -0.5, 0.25]]), np.array([0, 0.1, -0.2])
    dw1 = np.array([[0.009512, 0.064818], [-0.028536, -0.015938], [-0.009512, 0.113698]])
    db1 = np.array([-0.009512, 0.054193])
    dw2 = np.array([[-0.016003, 0.010604, 0.005399], [0.799772, 0.085949, -0.885721]])
    db2 = np.array([0.319909, 0.034379, -0.354288])
    without_relu = (
        [[0.693221, 0.064818], [-0.028536, -0.015938], [1.357906, 0.113698]],
        [0.674197, 0.054193],
    )
    _check_gradients(x, y, (w1, b1, w2, b2), 0.631955, (dw1, db1, dw2, db2), without_relu)


_check_two_images()
### BEGIN HIDDEN TESTS
import tensorflow as tf

from course_lib.testing import hidden_seed


def _draw_network(rng, n, inputs, hidden, classes):
    """Draw inputs and weights for which no hidden neuron is near the corner of its ReLU."""
    shapes = (inputs, hidden), (hidden,), (hidden, classes), (classes,)
    while True:
        x = rng.normal(size=(n, inputs))
        parameters = [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes]
        if np.abs(x @ parameters[0] + parameters[1]).min() > 1e-3:
            return x, parameters


def _check_gradients_hidden(rng, n, inputs, hidden, classes):
    x, parameters = _draw_network(rng, n, inputs, hidden, classes)
    # The last class never occurs: the number of classes has to come from the weights.
    y = rng.integers(0, classes - 1, n)
    variables = [tf.Variable(w) for w in parameters]
    with tf.GradientTape(persistent=True) as tape:
        a = x @ variables[0] + variables[1]
        h = tf.nn.relu(a)
        z = h @ variables[2] + variables[3]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))
    right = [np.asarray(g) for g in tape.gradient(loss, variables)]
    da = np.asarray(tape.gradient(loss, h))
    _check_gradients(x, y, parameters, float(loss), right, (x.T @ da, da.sum(axis=0)))


def _check_gradients_twice(rng):
    _check_gradients_hidden(rng, 7, 10, 8, 4)
    _check_gradients_hidden(rng, 2, 784, 20, 3)


_check_gradients_twice(np.random.default_rng(hidden_seed()))
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
#   $w \leftarrow w + v$. With $\beta = 0.9$, a tenth of the velocity is lost in each update, so it is a sum of about the
#   last ten gradients.
# - **Adam** (Kingma & Ba 2015, algorithm 1) keeps two averages, which start at 0, and divides one by the square root of
#   the other. So each weight has its own step size. In update number $t = 1, 2, \dots$
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1) g \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2 \qquad
# w \leftarrow w - \eta\, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}$$
#
# $\beta_1$ and $\beta_2$ say over how many updates the two averages reach: about 10 for 0.9, about 1,000 for 0.999. Both
# start at 0 and are therefore too small at first; dividing by $1 - \beta^t$ corrects this. The small $\epsilon$ prevents
# a division by 0. It is added *after* the square root.
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

from course_lib import testing as _testing


def _as_tuple(result, names, name):
    assert result is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(result, (tuple, list)) and len(result) == len(names), (
        f"`{name}` must return {len(names)} values: return {', '.join(names)}"
    )
    try:
        return [np.asarray(array, dtype=float) for array in result]
    except (TypeError, ValueError):
        raise AssertionError(
            f"`{name}` returned something that is not numeric. Did you return {', '.join(names)}?"
        ) from None


def _check_sgd(start, steps, rate, right):
    w = start.copy()
    for g in steps:
        w = sgd(w, g.copy(), rate)
        assert w is not None, "`sgd` returned None. Did you forget `return`?"
        w = _as_tuple([w], ["w"], "sgd")[0]
    name = f"After {len(steps)} updates, `sgd`"
    _testing.near(w, right, name, mistakes={"Is the step uphill?": 2 * start - right})


def _check_momentum(start, steps, rate, beta, right, mistakes):
    w, velocity = start.copy(), np.zeros(len(start))
    for g in steps:
        result = momentum(w, g.copy(), velocity, rate, beta)
        w, velocity = _as_tuple(result, ["w", "v"], "momentum")
    name = f"After {len(steps)} updates with beta = {beta:.2f}, `momentum`"
    _testing.near(w, right, name, mistakes=mistakes)


def _check_adam(start, steps, rate, right_first, right, mistakes):
    """right_first: w after the first update; mistakes: by hint, another w after the first update."""
    w, m, v = start.copy(), np.zeros(len(start)), np.zeros(len(start))
    for t, g in enumerate(steps, start=1):
        w, m, v = _as_tuple(adam(w, g.copy(), m, v, t, rate), ["w", "m", "v"], "adam")
        if t == 1:
            name = "After the first update, `adam`"
            _testing.near(w, right_first, name, rtol=0, atol=rate / 100, mistakes=mistakes)
    atol = 1e-3 * rate * len(steps) + 1e-5
    _testing.near(w, right, f"After {len(steps)} updates, `adam`", rtol=0, atol=atol)


def _call_adam(w, g, m, v, t, **options):
    """Return the new w of a single weight."""
    arrays = [np.array([float(value)]) for value in (w, g, m, v)]
    return _as_tuple(adam(*arrays, t, 0.1, **options), ["w", "m", "v"], "adam")[0]


def _check_epsilon():
    w = _call_adam(1, 0, 0, 0, 1)
    assert not np.any(np.isnan(w)), (
        "`adam` returned w = nan for a gradient of 0; expected w as it was. Did you add epsilon to the denominator?"
    )
    _testing.near(w, [1], "For w = 1 and a gradient of 0, `adam`")
    root = {"Did you add epsilon after taking the square root?": [0.969849]}
    name = "For w = 1, a gradient of 0.0001 and a learning rate of 0.1, `adam`"
    _testing.near(_call_adam(1, 1e-4, 0, 0, 1), [0.9001], name, rtol=0, atol=0.005, mistakes=root)


def _check_three_updates():
    start, steps = np.array([1.0, -2]), np.array([[0.5, -1], [2, 0.25], [-1, -0.5]])
    _check_sgd(start, steps, 0.1, np.array([0.85, -1.875]))
    momentum_mistakes = {
        "Did you use the new velocity, and return it?": [0.85, -1.875],
        "Did you change the velocity before you changed w?": [0.71, -1.845],
        "Is the step uphill?": [1.382, -2.249],
        "Did you weight the gradient by 1 - beta?": [0.9236, -1.9502],
    }
    _check_momentum(start, steps, 0.1, 0.8, [0.618, -1.751], momentum_mistakes)
    adam_mistakes = {
        "Did you divide both averages by 1 - beta to the power of t?": [0.683774, -1.683774],
        "Did you also divide m by 1 - beta_1 to the power of t?": [0.99, -1.99],
        "Did you also divide v by 1 - beta_2 to the power of t?": [-2.162258, 1.162258],
        "Did you take the square root of v?": [0.8, -1.9],
    }
    _check_adam(start, steps, 0.1, [0.9, -1.9], [0.777955, -1.792508], adam_mistakes)


_check_three_updates()
_check_epsilon()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _update(start, steps, rate, beta):
    """Return w after each update with SGD, with momentum and with Adam."""
    by_sgd, by_momentum, by_adam = [start], [start], [start]
    velocity, m, v = np.zeros((3, len(start)))
    for t, g in enumerate(steps, start=1):
        by_sgd.append(by_sgd[-1] - rate * g)
        velocity = beta * velocity - rate * g
        by_momentum.append(by_momentum[-1] + velocity)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        denominator = np.sqrt(v / (1 - 0.999**t)) + 1e-7
        by_adam.append(by_adam[-1] - rate * m / (1 - 0.9**t) / denominator)
    return by_sgd, by_momentum, by_adam


def _check_optimizers_hidden(rng):
    rate, beta = float(rng.uniform(0.01, 0.2)), float(rng.uniform(0.5, 0.95))
    start = rng.normal(size=4)
    # No gradient is near 0: there, epsilon would matter.
    steps = rng.choice([-1, 1], (7, 4)) * rng.uniform(0.1, 2, (7, 4))
    by_sgd, by_momentum, by_adam = _update(start, steps, rate, beta)
    _check_sgd(start, steps, rate, by_sgd[-1])
    _check_momentum(start, steps, rate, beta, by_momentum[-1], {})
    _check_adam(start, steps, rate, by_adam[1], by_adam[-1], {})
    # For a large t, the corrections are 1, and both forms of algorithm 1 are the same.
    w = _call_adam(1, 2, 0.5, 3, 400, beta_1=0.5, beta_2=0.75, epsilon=0.5)
    mistakes = {
        "Did you add epsilon after taking the square root?": [0.93545],
        "Did you use the argument epsilon?": [0.930662],
    }
    name = "With beta_1 = 0.5, beta_2 = 0.75 and epsilon = 0.5, `adam`"
    _testing.near(w, [0.945718], name, mistakes=mistakes)


_check_optimizers_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# A common difficulty: this loss of two weights curves 25 times as strongly along $w_2$ as along $w_1$. Each optimizer
# starts at the same point and makes thirty updates.


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
    paths["SGD"].append(sgd(w.copy(), valley_gradient(w), 0.06))
    w = paths["momentum"][-1]
    w, velocity = momentum(w.copy(), valley_gradient(w), velocity, 0.06, 0.7)
    paths["momentum"].append(w)
    w = paths["Adam"][-1]
    w, m, v = adam(w.copy(), valley_gradient(w), m, v, t, 0.4)
    paths["Adam"].append(w)
figures.loss_surface(valley, paths)

# %% [markdown]
# SGD zigzags. Its learning rate of 0.06 is small for $w_1$, but along $w_2$ each update goes beyond the minimum: it
# multiplies $w_2$ by $1 - 25 \cdot 0.06 = -0.5$. From $2/25 = 0.08$ on, it would diverge. With momentum, the steps
# along $w_1$ add up, because these gradients have the same sign, and those along $w_2$ partly cancel. Adam divides by
# the size of the gradient. It sets off equally fast in both directions, however strongly the loss curves. But near the
# minimum it overshoots, because its steps do not become smaller with the gradient. This is why the learning rate is
# often lowered towards the end of a training. The figure shows one loss and one learning rate for each; it does not say
# which optimizer is the best.
#
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
#
# <details><summary>Hint 1, updates</summary>
#
# A smaller last batch is also an update. So round the number of batches in an epoch *up*, for example with `math.ceil`.
#
# </details>
#
# <details><summary>Hint 2, twin_model</summary>
#
# A layer is an object with its own weights. Create the shared layer once, `shared = keras.layers.Dense(…)`, and call it
# twice, once for each input.
#
# </details>
#
# <details><summary>Hint 3, twin_model</summary>
#
# Both output layers are called with the concatenated tensor. `keras.Model` takes a *list* of inputs and a *list* of
# outputs.
#
# </details>


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

from course_lib import testing as _testing


def _as_numpy(outputs):
    return np.asarray(keras.ops.convert_to_numpy(outputs), dtype=float)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _call_model(model, name, *inputs):
    """Return the outputs of a model as arrays, and its weights by shape."""
    assert model is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"`{name}` returned {type(model).__name__}; expected a Keras model."
    )
    inputs = [x.astype("float32") for x in inputs]
    try:
        outputs = model(inputs if len(inputs) > 1 else inputs[0])
    except (ValueError, TypeError) as error:
        raise AssertionError(
            f"The model of `{name}` does not take {len(inputs)} input(s) of 8 numbers each. Keras says: {error}"
        ) from None
    outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    # Only now: a model without keras.Input has no weights before its first call.
    weights = [np.asarray(w, dtype=float) for w in model.get_weights()]
    return [_as_numpy(one) for one in outputs], weights


def _check_plain(model, name, rng):
    x = 2 * rng.normal(size=(200, 8))
    outputs, weights = _call_model(model, name, x)
    assert len(outputs) == 1, f"`{name}` has {len(outputs)} outputs; expected 1."
    assert name != "functional_model" or not isinstance(model, keras.Sequential), (
        "`functional_model` returned a Sequential model. Build it with keras.Input and keras.Model."
    )
    shapes = [w.shape for w in weights]
    expected = [(8, 12), (12,), (12, 8), (8,), (8, 1), (1,)]
    assert sorted(shapes) == sorted(expected), (
        f"The weights of `{name}` have the shapes {shapes}; expected {expected}."
    )
    by_shape = {w.shape: w for w in weights}
    w1, b1, w2, b2, w3, b3 = (by_shape[shape] for shape in expected)

    def run(first, second, last):
        return last(second(first(x @ w1 + b1) @ w2 + b2) @ w3 + b3)

    def relu(z):
        return np.maximum(z, 0)

    def linear(z):
        return z

    mistakes = {
        f"The last layer of `{name}` has no sigmoid.": run(relu, relu, linear),
        f"The last layer of `{name}` has a ReLU; it needs a sigmoid.": run(relu, relu, relu),
        "Did you forget the activation of both hidden layers?": run(linear, linear, _sigmoid),
        "Did you forget the activation of the first hidden layer?": run(linear, relu, _sigmoid),
        "Did you forget the activation of the second hidden layer?": run(relu, linear, _sigmoid),
        "Do the hidden layers have a sigmoid instead of a ReLU?": run(_sigmoid, _sigmoid, _sigmoid),
        "Do the hidden layers have a tanh instead of a ReLU?": run(np.tanh, np.tanh, _sigmoid),
        "Did you use softmax? Over a single output it is always 1.": 1.0,
    }
    right = run(relu, relu, _sigmoid)
    where = f"The model of `{name}`, for random inputs,"
    _testing.near(outputs[0], right, where, rtol=1e-3, atol=1e-4, mistakes=mistakes)


def _check_twin(rng):
    left, right = 2 * rng.normal(size=(2, 200, 8))
    outputs, weights = _call_model(twin_model(), "twin_model", left, right)
    assert len(outputs) == 2, f"`twin_model` has {len(outputs)} output(s); expected 2."
    given = [one.shape[1:] for one in outputs]
    assert given == [(1,), (3,)], (
        f"The outputs of `twin_model` have the shapes {given} without the batch; expected [(1,), (3,)], the "
        "one with the sigmoid first."
    )
    shapes = sorted(w.shape for w in weights)
    assert shapes.count((8, 12)) == 1, (
        f"The number of layers from 8 to 12 in `twin_model` is {shapes.count((8, 12))}; expected 1, shared by "
        "both inputs."
    )
    expected = [(1,), (3,), (8, 12), (12,), (24, 1), (24, 3)]
    assert shapes == expected, (
        f"The weights of `twin_model` have the shapes {shapes}; expected {expected}."
    )
    by_shape = {w.shape: w for w in weights}
    linear = [side @ by_shape[8, 12] + by_shape[(12,)] for side in (left, right)]
    sides = [np.maximum(z, 0) for z in linear]
    # The two results may be concatenated in either order.
    orders = [sides, sides[::-1]]
    z_first, scores = (
        [np.concatenate(order, axis=1) @ by_shape[24, n] + by_shape[(n,)] for order in orders]
        for n in (1, 3)
    )
    errors = [np.abs(outputs[1] - one).max() for one in scores]
    order = int(np.argmin(errors))
    no_relu = np.concatenate(linear[:: 1 - 2 * order], axis=1)
    shared = "Did you forget the ReLU of the shared layer?"
    mistakes = {
        shared: no_relu @ by_shape[24, 3] + by_shape[(3,)],
        "These outputs need no activation. Do they have a ReLU?": np.maximum(scores[order], 0),
        "These outputs need no activation. Do they have a sigmoid?": _sigmoid(scores[order]),
    }
    tolerances = {"rtol": 1e-3, "atol": 1e-4}
    name = "The second output of `twin_model`, for random inputs,"
    _testing.near(outputs[1], scores[order], name, **tolerances, mistakes=mistakes)
    mistakes = {"Did you forget the sigmoid?": z_first[order]}
    name = "The first output of `twin_model`, for random inputs,"
    _testing.near(outputs[0], _sigmoid(z_first[order]), name, **tolerances, mistakes=mistakes)


def _check_updates(examples, batch_size, epochs, right):
    mistakes = {
        "Did you count the last batch, even if it is smaller?": examples // batch_size * epochs,
        "Did you count a last batch that is empty?": (examples // batch_size + 1) * epochs,
        "Did you count the examples of all epochs together? Every epoch has a last batch.": np.ceil(
            examples * epochs / batch_size
        ),
        "Did you round the number of updates up?": examples / batch_size * epochs,
        "Did you multiply by the number of epochs?": right / epochs,
    }
    name = f"`updates({examples}, {batch_size}, {epochs})`"
    result = updates(examples, batch_size, epochs)
    _testing.near(result, right, name, rtol=0, atol=0.01, mistakes=mistakes)


def _check_keras_models(rng):
    _check_plain(sequential_model(), "sequential_model", rng)
    _check_plain(functional_model(), "functional_model", rng)
    _check_twin(rng)


_check_updates(1000, 32, 3, 96)
_check_updates(70, 10, 4, 28)
_check_keras_models(np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_keras_models_hidden(rng):
    batch_size, batches, epochs = (int(rng.integers(*r)) for r in ((101, 300), (3, 9), (2, 9)))
    for rest in (0, 1, batch_size - 1):
        right = epochs * (batches + (rest > 0))
        _check_updates(batch_size * batches + rest, batch_size, epochs, right)
    _check_keras_models(rng)


_check_keras_models_hidden(np.random.default_rng(hidden_seed()))
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
# each of 506 districts of Boston in 1970. Each district has 13 **attributes**, such as the crime rate, the number of
# rooms, or the distance to work.
#
# **This data set is kept for its history, and one of its columns should not be used.** Its authors (Harrison &
# Rubinfeld 1978) computed column 11, `B`, as $1000 (B_k - 0.63)^2$. Here $B_k$ is the share of Black people in the
# district. The formula assumes that prices fall as the share grows, up to 63 %, and rise again beyond (Carlisle 2019).
# A model that is trained on this column learns the assumption as if it were a fact. For this reason scikit-learn
# removed the data set in version 1.2. Here we leave column 11 out. To avoid the data set altogether, use
# `data.load("california_housing")`, which has 8 attributes without such a column, and 20,640 rows.

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
#    error that you make by always predicting the mean price. (The hidden test trains again, with other numbers, and
#    allows three quarters.)
#
# <details><summary>Hint 1, standardise</summary>
#
# Each column has its own mean and standard deviation: `axis=0`. Both arrays are scaled with the two rows of numbers
# that come from `x_train`.
#
# </details>
#
# <details><summary>Hint 2, train_regression</summary>
#
# Is the error too large? Count the updates: with 404 districts and batches of 32, an epoch has only 13. Train for more
# epochs, or give Adam a larger learning rate than its default of 0.001.
#
# </details>


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
from course_lib import testing as _testing

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no warnings about repeated tracing


def _check_standardise(x, unseen, right, right_unseen, mistakes=None, mistakes_unseen=None):
    """mistakes: hints, and the arrays in which they result."""
    result = standardise(x.copy(), unseen.copy())
    assert result is not None, "`standardise` returned None. Did you forget `return`?"
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "`standardise` must return two arrays: return x_train, x_test"
    )
    # The standard deviation of a sample divides by n - 1: it is accepted.
    tolerances = {"rtol": 0.05, "atol": 0.01}
    name = "`standardise(x_train, x_test)[0]`"
    _testing.near(result[0], right, name, **tolerances, mistakes=mistakes)
    name = "`standardise(x_train, x_test)[1]`"
    _testing.near(result[1], right_unseen, name, **tolerances, mistakes=mistakes_unseen)


def _load_districts(seed):
    (x, y), (x_test, y_test) = data.load("boston_housing", seed=seed)
    keep = [number for number in range(13) if number != 11]
    return x[:, keep], y, x_test[:, keep], y_test


def _check_regression(x, y, x_test, y_test, share):
    """share: the largest error that passes, as a share of the error of the mean price."""
    model = train_regression(x.copy(), y.copy())
    assert model is not None, "`train_regression` returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"`train_regression` returned {type(model).__name__}; expected the trained Keras model."
    )
    outputs = np.asarray(keras.ops.convert_to_numpy(model(x_test.astype("float32"))), dtype=float)
    assert outputs.size == len(y_test), (
        f"The model returned {outputs.size} prices for {len(y_test)} districts; expected one for each."
    )
    error, by_mean = np.mean(np.abs(outputs.ravel() - y_test)), np.mean(np.abs(y.mean() - y_test))
    print(
        f"mean absolute error: {error:.2f} thousand dollars; with the mean price alone: {by_mean:.2f}"
    )
    hint = "Did you choose a loss for quantities, and train for long enough?"
    if np.all((outputs >= 0) & (outputs <= 1)):
        hint = "No price is above 1. Does the last layer have a sigmoid? A price needs an output without activation."
    elif np.ptp(outputs) < 1e-3:
        hint = "All prices are the same. Does the model learn?"
    name = "The mean absolute error, divided by that of the mean price,"
    _testing.at_most(error / by_mean, share, name, sd=0.03, hint=hint)


def _check_twenty_districts():
    x, unseen = (
        np.array([[1.0, 10], [5, 30], [1, 30], [5, 10]] * 5),
        [[13, 90], [3, 40], [17, 70], [7, 20]],
    )
    right = np.array([[-1.0, -1], [1, 1], [-1, 1], [1, -1]] * 5)
    own = "Did you use the mean and standard deviation of the test set itself? Use those of the training set."
    both = "Did you use the mean and standard deviation of both sets together? Use those of the training set."
    axis = "Did you take them over axis 0, for each column by itself?"
    mistakes = {
        "Did you divide by the standard deviation?": right * [2, 10],
        "Did you divide by the variance? Its square root is the standard deviation.": right / [2, 10],
        "Did you subtract the mean?": right + [1.5, 2],
        axis: (x - 11.5) / 11.146748,
        "Did you scale to the range from 0 to 1?": (right + 1) / 2,
        both: 0.516877 * right - 0.301511,
    }  # fmt: skip
    mistakes_unseen = {
        own: [
            [0.557086, 1.299867], [-1.299867, -0.557086], [1.299867, 0.557086], [-0.557086, -1.299867],
        ],
        both: [
            [2.282872, 3.316625], [-0.301511, 0.732242], [3.316625, 2.282872], [0.732242, -0.301511],
        ],
    }  # fmt: skip
    right_unseen = np.array([[5.0, 7], [0, 2], [7, 5], [2, 0]])
    _check_standardise(x, np.array(unseen, float), right, right_unseen, mistakes, mistakes_unseen)


def _check_prices():
    x, y, x_test, y_test = _load_districts(0)
    x, x_test = (np.asarray(array, dtype=float) for array in standardise(x, x_test))
    _check_regression(x, y, x_test, y_test, 2 / 3)


_check_twenty_districts()
_check_prices()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_regression_hidden(seed):
    rng = np.random.default_rng(seed)
    x, unseen = (rng.normal(size=(n, 5)) * np.arange(1, 6) + 10 for n in (30, 8))
    unseen = unseen + 3 * np.arange(1, 6)
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    _check_standardise(x, unseen, (x - mean) / deviation, (unseen - mean) / deviation)
    x, y, x_test, y_test = _load_districts(seed)
    # With prices in reverse order, a model that was trained on other prices than its arguments is far off.
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    x, x_test = (x - mean) / deviation, (x_test - mean) / deviation
    twice_the_mean = 2 * y.mean()
    y, y_test = (np.maximum(twice_the_mean - prices, 1) for prices in (y, y_test))
    _check_regression(x, y, x_test, y_test, 0.75)


_check_regression_hidden(hidden_seed())
### END HIDDEN TESTS

# %% [markdown]
# Finally, classes again, ten of them: which garment is it? The pixels become numbers between 0 and 1, and the last
# layer has a softmax. The loss is the *sparse* categorical cross-entropy, which takes integer labels instead of one-hot
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
# perceptrons*, 1962 · B. Farley, W. Clark, *Simulation of self-organizing systems by digital computer*, 1954 · B.
# Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964 · D. Rumelhart, G. Hinton, R.
# Williams, *Learning representations by back-propagating errors*, Nature 323, 1986 · D. Kingma, J. Ba, *Adam*, ICLR
# 2015, algorithm 1 · D. Harrison, D. Rubinfeld, *Hedonic housing prices and the demand for clean air*, 1978 · M.
# Carlisle, *Racist data destruction?*, 2019 · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, 2016, §6.2 and
# §6.5. The text of this lab is licensed CC BY 4.0, its code MIT.
