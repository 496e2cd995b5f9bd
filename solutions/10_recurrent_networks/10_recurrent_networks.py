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
# # Recurrent networks: what came before
#
# A network of the earlier labs sees one image and forgets it before the next. But a forecast needs
# the last months, a word needs the words before it, and a note follows from the tune so far. A
# recurrent network reads step by step and keeps a memory. In this lab you build the three cells
# that matter by hand, measure how far back they can learn, and let them forecast, read and compose.
#
# **You will learn**
#
# - to cut a time series into windows without letting the future leak into the training;
# - which simple forecasts a network has to beat, and when it does not;
# - a simple RNN, an LSTM and a GRU in NumPy, equal to Keras' layers;
# - why gradients vanish and explode over time, and what gates and clipping do about it;
# - embeddings, masks and bidirectional layers for text, where order decides;
# - to generate a sequence, one symbol at a time.
#
# **You need** Lab 01: models, training, overfitting.
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | training | error of the LSTM, 12 months ahead | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 10 epochs, 500 tunes | 10–14 sunspots | 12–20 s on 2 cores |
# | full | default on a GPU | 30 epochs, 4,000 tunes | 10–14 sunspots | 1–3 min on 2 cores |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course_lib import data, figures, profile
from course_lib.training import fit

keras.utils.set_random_seed(1)
QUICK = profile.current() == "quick"
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# Two time series: the mean number of spots on the sun in each month, and the lowest temperature of
# each day in a town. If your instructor has prepared the real ones, you see them; otherwise
# stand-ins of the same kind.

# %%
months, spots = data.series("sunspots")
days, temperatures = data.series("temperatures")
for name, times, values in [
    ("sunspots", months, spots),
    ("temperatures", days, temperatures),
]:
    print(
        f"{name}: {len(values):,} values from {times[0]} to {times[-1]}, "
        f"mean {values.mean():.1f}, standard deviation {values.std():.1f}"
    )

# %% [markdown]
# ## 1 Windows without leakage
#
# A network learns from examples, and a series is one long row. So we cut it into **windows**: the
# values of `steps` steps in a row are the input, and the values of the next `ahead` steps are the
# target. The first window begins at the first value, the next one at the second value, and so on:
#
# ```
# values   0 1 2 3 4 5 6 7      steps = 3, ahead = 2
# window 0 [0 1 2] 3 4
# window 1   [1 2 3] 4 5
# window 2     [2 3 4] 5 6
# window 3       [3 4 5] 6 7
# ```
#
# Neighbouring windows share nearly all their values. If you shuffle them and take some for testing,
# nearly every test value is also a training value. This is **leakage**: the test looks good, and
# the forecasts of the real future are not. So split **by time, before you cut**: the first values
# are for training, the last ones for testing, and no window contains both. The mean and the
# standard deviation for scaling come from the training values alone, because on the day of the
# forecast nobody knows the mean of the future.
#
# ### Question 1 · `windows`
#
# 1. `make_windows(values, steps, ahead)` returns all windows of a series: `x` of shape `(n, steps,
#    1)`, one feature at each step as Keras' recurrent layers expect it, and `y` of shape `(n,
#    ahead)`.
# 2. `prepare(values, share, steps, ahead)` takes the first `int(share * len(values))` values for
#    training and the others for testing, scales both with the mean and the standard deviation
#    (`np.std`) of the training values, and cuts windows from each. It returns four things: the pair
#    `(x_train, y_train)`, the pair `(x_test, y_test)`, the mean and the standard deviation.


# %% solution="windows"
def make_windows(values, steps, ahead):
    """Cut a series (length,) into windows x (n, steps, 1) and what follows them, y (n, ahead)."""
    ### BEGIN SOLUTION
    n = len(values) - steps - ahead + 1
    x = np.stack([values[i : i + steps] for i in range(n)])
    y = np.stack([values[i + steps : i + steps + ahead] for i in range(n)])
    return x[:, :, None], y
    ### END SOLUTION


def prepare(values, share, steps, ahead):
    """Return (x_train, y_train), (x_test, y_test), mean, deviation; the windows are scaled."""
    ### BEGIN SOLUTION
    cut = int(share * len(values))
    mean, deviation = values[:cut].mean(), values[:cut].std()
    scaled = (values - mean) / deviation
    train = make_windows(scaled[:cut], steps, ahead)
    test = make_windows(scaled[cut:], steps, ahead)
    return train, test, mean, deviation
    ### END SOLUTION


# %% tests="windows"
import numpy as np

from course_lib import testing as _testing


def _unpack(values, count, name, what):
    """Return what `name` returned as a list of `count` values."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(values, (tuple, list)) or np.ndim(values) > 0, (
        f"`{name}` returned a {type(values).__name__}; expected {what}."
    )
    assert len(values) == count, (
        f"`{name}` returned {len(values)} value{'' if len(values) == 1 else 's'}; expected {what}."
    )
    return list(values)


def _shape_of(values):
    """Return the shape of what was returned; None for parts of different shapes."""
    try:
        return np.shape(values)
    except ValueError:
        return None


def _cut_windows(values, steps, ahead):
    """Return the right windows."""
    both = np.lib.stride_tricks.sliding_window_view(values, steps + ahead)
    return both[:, :steps, None], both[:, steps:]


def _check_pair(pair, right, name, mistakes=None, hint=""):
    """Compare inputs and targets; `mistakes` holds pairs, too."""
    x, y = _unpack(pair, 2, name, "a pair, x and y")
    assert x is not None and y is not None, f"`{name}` returned None in place of x or y."
    n, shape = len(right[0]), _shape_of(x)
    if shape and shape[0] != n:
        raise AssertionError(f"`{name}` returned {shape[0]} windows; expected {n}. {hint}".rstrip())
    assert shape != right[0].shape[:2], (
        f"`{name}` returned x of shape {shape}; expected {right[0].shape}: one feature at each step."
    )
    mistakes = mistakes or {}
    _testing.near(
        x, right[0], f"`{name}`, as x,", mistakes={hint: m[0] for hint, m in mistakes.items()}
    )
    _testing.near(
        y, right[1], f"`{name}`, as y,", mistakes={hint: m[1] for hint, m in mistakes.items()}
    )


def _check_make_windows(values, steps, ahead):
    values = np.asarray(values, dtype=float)
    x, y = right = _cut_windows(values, steps, ahead)
    whole = np.lib.stride_tricks.sliding_window_view(values, steps + ahead)
    name = f"make_windows(values, {steps}, {ahead})"
    missing = "The last window ends with the last value: is there a window less or more?"
    _check_pair(
        make_windows(values.copy(), steps, ahead),
        right,
        name,
        {
            "Did you reverse the steps of a window? Keep their order.": (x[:, ::-1], y),
            "Did the target begin one step too early? It begins after the window.": (
                x,
                whole[:, steps - 1 : -1],
            ),
        },
        missing,
    )


def _check_prepare(values, share, steps, ahead):
    values = np.asarray(values, dtype=float)
    cut = int(share * len(values))
    name = f"prepare(values, {share}, {steps}, {ahead})"
    four = _unpack(
        prepare(values.copy(), share, steps, ahead), 4, name, "two pairs, the mean, the deviation"
    )
    mean, deviation = values[:cut].mean(), values[:cut].std()
    _testing.near(
        four[2],
        mean,
        f"`{name}`, as the mean,",
        mistakes={
            "Did you use all values? The test values are not known yet.": values.mean(),
            "Did you use the test values?": values[cut:].mean(),
            "Did you round up? Take the first `int(share * len(values))` values.": (
                values[: cut + 1].mean()
            ),
            "Did you scale before you computed the mean?": 0,
        },
    )
    _testing.near(
        four[3],
        deviation,
        f"`{name}`, as the standard deviation,",
        mistakes={
            "Did you use all values? The test values are not known yet.": values.std(),
            "Is this the variance? Take its root.": deviation**2,
            "Did you divide by n - 1? `np.std` divides by n.": values[:cut].std(ddof=1),
        },
    )
    scaled = (values - mean) / deviation
    own = (values - values[cut:].mean()) / values[cut:].std()
    unscaled = "Did you forget to scale?"
    _check_pair(
        four[0],
        _cut_windows(scaled[:cut], steps, ahead),
        f"{name}, for training",
        {unscaled: _cut_windows(values[:cut], steps, ahead)},
        "Did you cut the windows before you split the series? Split first.",
    )
    _check_pair(
        four[1],
        _cut_windows(scaled[cut:], steps, ahead),
        f"{name}, for testing",
        {
            unscaled: _cut_windows(values[cut:], steps, ahead),
            "Did you scale the test values with their own mean? Use that of the training values.": (
                _cut_windows(own[cut:], steps, ahead)
            ),
        },
        "Did you cut the windows before you split the series? Split first.",
    )


_check_make_windows([0, 1, 2, 3, 4, 5, 6, 7], 3, 2)  # expected: the four windows above
_check_prepare([1, 3, 2, 6, 4, 8, 9, 7, 5, 10, 14, 12, 15, 11, 13], 0.6, 2, 1)  # mean 5
### BEGIN HIDDEN TESTS


def _check_windows_hidden(rng):
    for steps, ahead in ((1, 1), (7, 3), (4, 9)):
        _check_make_windows(rng.normal(size=30), steps, ahead)
    # The series rises, so that the test values have another mean and deviation.
    values = np.cumsum(rng.uniform(0, 2, 94)) + rng.normal(size=94)
    _check_prepare(values, 0.6, 5, 3)
    _check_prepare(-values[::2], 0.7, 3, 4)


_check_windows_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# From here on the lab takes its windows from `data.split_windows`, which does the same as your
# `prepare`. Sunspots: 132 months in, 12 months ahead. Temperatures: 365 days in, 30 days ahead.

# %%
(x_train, y_train), (x_test, y_test), mean, deviation = data.split_windows(spots, 0.8, 132, 12)
print(f"sunspots: {x_train.shape} and {y_train.shape} for training, {x_test.shape} for testing")
warm = data.split_windows(temperatures, 0.8, 365, 30)
print(f"temperatures: {warm[0][0].shape} for training, {warm[1][0].shape} for testing")

# %% [markdown]
# ## 2 What must be beaten
#
# A network's error means nothing alone. Every forecast has a price, so compare it with those that
# cost nothing, the **baselines**:
#
# - **persistence**: everything stays as it is. The forecast for every step ahead is the last value;
# - **seasonal**: everything comes back. With a period of $p$ steps, the forecast is the value
#   exactly $p$ steps before the step to forecast. If that step is in the future, too, go back
#   further by whole periods until you reach a known value;
# - **linear**: each step ahead is a weighted sum of the values in the window, plus a bias. The
#   weights have the smallest squared error on the training windows. `np.linalg.lstsq(a, y)[0]`
#   returns them; for the bias, append a column of ones to `a`.
#
# ### Question 2 · `baselines`
#
# All windows `x` have the shape `(n, steps, 1)`, all forecasts `(n, ahead)`.
#
# 1. `persistence(x, ahead)`
# 2. `seasonal(x, ahead, period)`; the window is at least as long as the period
# 3. `linear(x_train, y_train, x)` fits on the first two and forecasts for the third
#
# <details><summary>Hint 1, seasonal</summary>
#
# Number the steps ahead k = 0, 1, … The value one period before step k stands at `steps - period +
# k` in the window. With the remainder of k divided by the period, this is always a known value.
#
# </details>
#
# <details><summary>Hint 2, linear</summary>
#
# Without the last axis, the windows are a matrix, one row per example. Append the ones to the
# training windows and also to the windows of the forecast.
#
# </details>


# %% solution="baselines"
def persistence(x, ahead):
    """Forecast the last value of each window (n, steps, 1) for every step: (n, ahead)."""
    ### BEGIN SOLUTION
    return np.repeat(x[:, -1], ahead, axis=1)
    ### END SOLUTION


def seasonal(x, ahead, period):
    """Forecast the value one period before each step, or more periods: (n, ahead)."""
    ### BEGIN SOLUTION
    steps = x.shape[1]
    return x[:, steps - period + np.arange(ahead) % period, 0]
    ### END SOLUTION


def linear(x_train, y_train, x):
    """Fit a linear model with a bias to the training windows; return its forecasts for x."""

    ### BEGIN SOLUTION
    def with_ones(windows):
        return np.concatenate([windows[:, :, 0], np.ones((len(windows), 1))], axis=1)

    return with_ones(x) @ np.linalg.lstsq(with_ones(x_train), y_train, rcond=None)[0]
    ### END SOLUTION


# %% tests="baselines"
import numpy as np

from course_lib import testing as _testing


def _check_persistence(x, ahead):
    _testing.near(
        persistence(x.copy(), ahead),
        np.stack([x[:, -1, 0]] * ahead, axis=1),
        f"`persistence(x, {ahead})`",
        mistakes={
            "Did you repeat the first value? Use the last one.": np.stack([x[:, 0, 0]] * ahead, 1),
            "Is this the mean of the window? Use its last value.": np.stack(
                [x.mean(axis=(1, 2))] * ahead, 1
            ),
            "Did you return the last values of the window? Repeat the last one.": x[:, -ahead:, 0],
        },
    )


def _check_seasonal(x, ahead, period):
    steps, k = x.shape[1], np.arange(ahead)
    late = np.minimum(steps - period + k, steps - 1)
    _testing.near(
        seasonal(x.copy(), ahead, period),
        x[:, steps - period + k % period, 0],
        f"`seasonal(x, {ahead}, {period})`",
        mistakes={
            "Did you repeat the value of one period before the first step? Each step has its own.": (
                np.stack([x[:, steps - period, 0]] * ahead, axis=1)
            ),
            "Is the forecast one step late?": x[:, (steps - period + k % period) - 1, 0],
            "Is the forecast one step early?": x[:, steps - period + (k + 1) % period, 0],
            "Did you begin at the start of the window? Count the period from its end.": (
                x[:, k % steps, 0]
            ),
            "After the first period, did you repeat the last value? Begin the period again.": (
                x[:, late, 0]
            ),
        },
    )


def _check_linear(x, y, unseen):
    from numpy.linalg import lstsq

    def ones(windows):
        return np.concatenate([windows[:, :, 0], np.ones((len(windows), 1))], axis=1)

    without = unseen[:, :, 0] @ lstsq(x[:, :, 0], y, rcond=None)[0]
    weights = lstsq(ones(x), y, rcond=None)[0]
    _testing.near(
        linear(x.copy(), y.copy(), unseen.copy()),
        ones(unseen) @ weights,
        "`linear(x_train, y_train, x)`",
        rtol=1e-3,
        atol=1e-3,
        mistakes={
            "Did you forget the bias?": without,
            "Did you forget the bias in the forecast?": unseen[:, :, 0] @ weights[:-1],
        },
    )


_grid = np.array([[[4.0], [1], [5], [2], [7]], [[0.0], [3], [6], [8], [9]]])
_check_persistence(_grid, 2)  # expected: [[7, 7], [9, 9]]
_check_seasonal(_grid, 2, 3)  # expected: [[5, 2], [6, 8]]
_check_seasonal(_grid, 5, 3)  # expected: [[5, 2, 7, 5, 2], [6, 8, 9, 6, 8]]
_line = np.arange(7.0)[:, None, None] ** 2  # windows of one step: 0, 1, 4, 9, …
_check_linear(_line, 3 * _line[:, :, 0] + 2, np.array([[[10.0]], [[-1]]]))  # expected: [[32], [-1]]
### BEGIN HIDDEN TESTS


def _check_baselines_hidden(rng):
    x = rng.normal(size=(6, 11, 1))
    for ahead in (1, 4):
        _check_persistence(x, ahead)
    for ahead, period in ((3, 7), (9, 4), (4, 11), (1, 11)):
        _check_seasonal(x, ahead, period)
    x, unseen = rng.normal(size=(80, 5, 1)), rng.normal(size=(9, 5, 1))
    y = x[:, :, 0] @ rng.normal(size=(5, 3)) + [3, -2, 1] + 0.3 * rng.normal(size=(80, 3))
    _check_linear(x, y, unseen)
    _check_linear(x[:, :2] + 2, y[:, :1], unseen[:, :2])


_check_baselines_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# An error is easiest to judge in the unit of the series, so scale it back: multiply it by the
# standard deviation.


# %%
def errors_by_step(forecasts, y, deviation):
    """Return the mean absolute error of each step ahead, (ahead,), in the unit of the series."""
    return deviation * np.mean(np.abs(ops.convert_to_numpy(forecasts) - y), axis=0)


def compare_baselines(split, period):
    """Return the errors of the three baselines by step ahead."""
    (x, y), (x_new, y_new), _, deviation = split
    ahead = y.shape[1]
    return {
        "persistence": errors_by_step(persistence(x_new, ahead), y_new, deviation),
        "seasonal": errors_by_step(seasonal(x_new, ahead, period), y_new, deviation),
        "linear": errors_by_step(linear(x, y, x_new), y_new, deviation),
    }


errors = compare_baselines(((x_train, y_train), (x_test, y_test), mean, deviation), 132)
for series, found, unit in [
    ("sunspots", errors, "sunspots"),
    ("temperatures", compare_baselines(warm, 365), "°C"),
]:
    for name, by_step in found.items():
        print(
            f"{series:>12}, {name:>11}: {by_step[0]:5.2f} {unit} one step ahead, "
            f"{by_step[-1]:5.2f} {unit} {len(by_step)} steps ahead"
        )

# %% [markdown]
# Tomorrow is like today: one day ahead, persistence is far better than last year's temperature. A
# month ahead it is the other way round. The sun's cycles don't last exactly eleven years, so the
# seasonal forecast is poor there. Far ahead, the linear model is clearly the best of the three for
# both series. It is the one to beat.
#
# ## 3 A memory
#
# A **recurrent network** reads a sequence step by step. Its **state** $h_t$ is a row of numbers,
# one for each unit. It is computed from the input of this step and from the state of the last one,
# with the same weights at every step (Elman 1990):
#
# $$h_t = \tanh(x_t W + h_{t-1} U + b), \qquad h_0 = 0$$
#
# $W$ is the **kernel** of shape `(features, units)`, $U$ the **recurrent kernel** of shape `(units,
# units)`. Written out step after step, the network is **unrolled**: a deep network with one layer
# for each step, whose layers share their weights.
#
# ### Question 3 · `simple_rnn`
#
# Write `simple_rnn(x, kernel, recurrent, bias)` with NumPy. It returns the states of all steps,
# `(batch, steps, units)`.


# %% solution="simple_rnn"
def simple_rnn(x, kernel, recurrent, bias):
    """Return the states (batch, steps, units) of a simple RNN for x (batch, steps, features)."""
    ### BEGIN SOLUTION
    h, states = np.zeros((len(x), len(recurrent))), []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ kernel + h @ recurrent + bias)
        states.append(h)
    return np.stack(states, axis=1)
    ### END SOLUTION


# %% tests="simple_rnn"
import numpy as np

from course_lib import testing as _testing

_SAME_ARRAY = "Are all steps the same array, changed in place? Make a new one at each step."


def _check_simple_rnn(x, weights, right, mistakes):
    given = simple_rnn(np.array(x), *(np.array(w) for w in weights))
    assert given is not None, "`simple_rnn` returned None. Did you forget `return`?"
    right = np.asarray(right, dtype=float)
    batch, steps, units = right.shape
    shape = _shape_of(given)
    if steps > 1:
        assert shape != (batch, units), (
            f"`simple_rnn` returned an array of shape {shape}; expected {right.shape}: the states of "
            "all steps, not only of the last one."
        )
    if batch != steps:
        assert shape != (steps, batch, units), (
            f"`simple_rnn` returned an array of shape {shape}; expected {right.shape}. Did you stack "
            "the states along axis 0? Use axis 1."
        )
    mistakes = {**mistakes, _SAME_ARRAY: np.repeat(right[:, -1:], steps, axis=1)}
    _testing.near(given, right, "`simple_rnn`", rtol=1e-3, atol=1e-4, mistakes=mistakes)


# One sequence of two steps, one feature, two units.
_check_simple_rnn(
    [[[1.0], [-0.5]]],
    ([[0.5, -1.0]], [[0.2, 0.8], [-0.6, 0.4]], [0.1, -0.2]),
    [[[0.537, -0.8337], [0.4281, 0.3767]]],
    {
        "Did you forget tanh?": [[[0.6, -1.2], [0.69, 0.3]]],
        "Is this a sigmoid? Use tanh.": [[[0.6457, 0.2315], [0.4601, 0.7128]]],
        "Did you begin each step with a state of 0? Use the state of the last step.": (
            [[[0.537, -0.8337], [-0.1489, 0.2913]]]
        ),
        "Did you transpose the recurrent kernel? It is `h @ recurrent`.": (
            [[[0.537, -0.8337], [-0.6104, -0.3414]]]
        ),
        "Did you forget the bias?": [[[0.4621, -0.7616], [0.2907, 0.5117]]],
    },
)
### BEGIN HIDDEN TESTS


def _run_simple(x, kernel, recurrent, bias, activate=np.tanh, carry=True, backwards=False):
    """Run a simple RNN, or one with a mistake."""
    h, states = np.zeros((len(x), len(recurrent))), []
    for t in range(x.shape[1])[:: -1 if backwards else 1]:
        h = activate(x[:, t] @ kernel + h @ recurrent + bias)
        states.append(h)
        h = h if carry else np.zeros_like(h)
    return np.stack(states, axis=1)


def _draw_cell(rng, batch, steps, features, units, blocks=1):
    """Draw a sequence, a kernel, a recurrent kernel and a bias."""
    return (
        rng.normal(size=(batch, steps, features)),
        0.7 * rng.normal(size=(features, blocks * units)),
        0.7 * rng.normal(size=(units, blocks * units)) / np.sqrt(units),
        0.5 * rng.normal(size=blocks * units),
    )


def _check_simple_rnn_hidden(rng):
    for batch, steps, features, units in ((3, 7, 2, 5), (2, 1, 4, 3), (1, 5, 1, 1)):
        x, *weights = _draw_cell(rng, batch, steps, features, units)
        kernel, recurrent, bias = weights
        _check_simple_rnn(
            x,
            weights,
            _run_simple(x, *weights),
            {
                "Did you forget tanh?": _run_simple(x, *weights, activate=lambda z: z),
                "Did you use ReLU? Use tanh.": _run_simple(
                    x, *weights, activate=lambda z: np.maximum(z, 0)
                ),
                "Did you begin each step with a state of 0? Use the state of the last step.": (
                    _run_simple(x, *weights, carry=False)
                ),
                "Did you transpose the recurrent kernel? It is `h @ recurrent`.": (
                    _run_simple(x, kernel, recurrent.T, bias)
                ),
                "Did you read the sequence backwards?": _run_simple(x, *weights, backwards=True),
                "Did you forget the bias?": _run_simple(x, kernel, recurrent, 0),
            },
        )


_check_simple_rnn_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
layer = keras.layers.SimpleRNN(16, return_sequences=True)
keras_states = ops.convert_to_numpy(layer(x_test[:8, :20]))
own_states = simple_rnn(x_test[:8, :20], *layer.get_weights())
print(f"largest difference from Keras' SimpleRNN: {np.abs(own_states - keras_states).max():.1e}")

# %% [markdown]
# ## 4 A cell with gates
#
# At every step the simple RNN replaces its whole state. So a value that it should remember has to
# survive every multiplication. The **LSTM**, long short-term memory (Hochreiter & Schmidhuber 1997;
# Gers et al. 2000), has a second state, the **cell state** $c_t$, to which it only adds. Three
# **gates**, numbers from 0 (closed) to 1 (open) for each unit, decide what happens to it:
#
# $$i = \sigma(x_t W_i + h_{t-1} U_i + b_i) \qquad f = \sigma(x_t W_f + h_{t-1} U_f + b_f)$$
# $$g = \tanh(x_t W_g + h_{t-1} U_g + b_g) \qquad o = \sigma(x_t W_o + h_{t-1} U_o + b_o)$$
# $$c_t = f \odot c_{t-1} + i \odot g \qquad h_t = o \odot \tanh(c_t)$$
#
# The **input gate** $i$ lets the candidate $g$ in, the **forget gate** $f$ keeps what was there
# (the name is the wrong way round: open means keep), and the **output gate** $o$ shows it to the
# rest of the network. $\sigma$ is the sigmoid, $\odot$ multiplies number by number.
#
# Keras keeps the four blocks side by side in **one** kernel `(features, 4 * units)`, in the order
# $i, f, g, o$, and likewise in the recurrent kernel `(units, 4 * units)` and the bias.
#
# ### Question 4 · `lstm`
#
# Write `lstm(x, kernel, recurrent, bias)`. It returns two arrays `(batch, steps, units)`: all
# states $h$ and all cell states $c$. Both begin with 0.
#
# <details><summary>Hint 1</summary>
#
# First compute all four blocks with one sum of two matrix products and the bias. `np.split(z, 4,
# axis=1)` separates them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The sigmoid belongs to three of the blocks, tanh to the third one, and tanh once more to the new
# cell state. The old h is needed until the new one is complete.
#
# </details>


# %% solution="lstm"
def sigmoid(z):
    """Return 1 / (1 + e^-z), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def lstm(x, kernel, recurrent, bias):
    """Return the states h and the cell states c, each (batch, steps, units), of an LSTM."""
    ### BEGIN SOLUTION
    h = c = np.zeros((len(x), len(recurrent)))
    states, cells = [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        states.append(h)
        cells.append(c)
    return np.stack(states, axis=1), np.stack(cells, axis=1)
    ### END SOLUTION


# %% tests="lstm"
import numpy as np

from course_lib import testing as _testing


def _check_lstm(x, weights, right, mistakes):
    both = lstm(np.array(x), *(np.array(w) for w in weights))
    both = _unpack(both, 2, "lstm", "two arrays, the states and the cell states")
    for place, name in enumerate(("the states h", "the cell states c")):
        wanted = np.asarray(right[place], dtype=float)
        assert both[place] is not None, f"`lstm` returned None as {name}."
        shape = _shape_of(both[place])
        batch, steps, units = wanted.shape
        if steps > 1:
            assert shape != (batch, units), (
                f"`lstm` returned {name} of shape {shape}; expected {wanted.shape}: those of all steps, "
                "not only of the last one."
            )
        _testing.near(
            both[place],
            wanted,
            f"`lstm`, as {name},",
            rtol=1e-3,
            atol=1e-4,
            mistakes={
                **{hint: values[place] for hint, values in mistakes.items()},
                _SAME_ARRAY: np.repeat(wanted[:, -1:], steps, axis=1),
            },
        )


# One sequence of two steps, one feature, one unit: h, then c.
_check_lstm(
    [[[1.0], [-0.5]]],
    ([[0.5, -1.0, 2.0, 1.5]], [[1.0, 0.5, -1.0, -0.5]], [0.1, 1.0, -0.2, 0.3]),
    [[[[0.4677], [-0.0065]]], [[[0.6113], [-0.0194]]]],
    {
        "Did you swap h and c? Return the states first.": (
            [[[[0.6113], [-0.0194]]], [[[0.4677], [-0.0065]]]]
        ),
        "Did you swap the input gate and the forget gate? The order is i, f, g, o.": (
            [[[[0.3784], [-0.1628]]], [[[0.4734], [-0.5116]]]]
        ),
        "Did you forget the tanh of the candidate g?": (
            [[[[0.7052], [-0.0628]]], [[[1.1622], [-0.2058]]]]
        ),
        "Did you forget the tanh of the cell state, h = o · tanh(c)?": (
            [[[[0.5246], [-0.0113]]], [[[0.6113], [-0.0343]]]]
        ),
        "Did you use a sigmoid for the candidate g? Use tanh.": (
            [[[[0.4321], [0.1731]]], [[[0.5541], [0.5629]]]]
        ),
        "Did you swap the candidate and the output gate? The order is i, f, g, o.": (
            [[[[0.4677], [0.0276]]], [[[0.6113], [0.1758]]]]
        ),
        "Did you use 1 - i in place of the forget gate?": (
            [[[[0.4677], [-0.092]]], [[[0.6113], [-0.2815]]]]
        ),
        "Did you begin each step with a cell state of 0?": (
            [[[[0.4677], [-0.1651]]], [[[0.6113], [-0.539]]]]
        ),
    },
)
### BEGIN HIDDEN TESTS


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def _run_lstm(
    x,
    kernel,
    recurrent,
    bias,
    order=(0, 1, 2, 3),
    candidate=np.tanh,
    squash=np.tanh,
    coupled=False,
    carry=True,
):
    """Run an LSTM, or one with a mistake."""
    h = c = np.zeros((len(x), len(recurrent)))
    states, cells = [], []
    for t in range(x.shape[1]):
        blocks = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        i, f, g, o = (blocks[place] for place in order)
        i, f, o = _sigmoid(i), _sigmoid(f), _sigmoid(o)
        f = 1 - i if coupled else f
        c = f * (c if carry else 0) + i * candidate(g)
        h = o * squash(c)
        states.append(h)
        cells.append(c)
    return np.stack(states, axis=1), np.stack(cells, axis=1)


def _find_lstm_mistakes(x, kernel, recurrent, bias):
    weights = (kernel, recurrent, bias)
    h, c = _run_lstm(x, *weights)
    return {
        "Did you swap h and c? Return the states first.": (c, h),
        "Did you swap the input gate and the forget gate? The order is i, f, g, o.": (
            _run_lstm(x, *weights, order=(1, 0, 2, 3))
        ),
        "Did you swap the candidate and the output gate? The order is i, f, g, o.": (
            _run_lstm(x, *weights, order=(0, 1, 3, 2))
        ),
        "Did you forget the tanh of the candidate g?": (
            _run_lstm(x, *weights, candidate=lambda z: z)
        ),
        "Did you use a sigmoid for the candidate g? Use tanh.": (
            _run_lstm(x, *weights, candidate=_sigmoid)
        ),
        "Did you forget the tanh of the cell state, h = o · tanh(c)?": (
            _run_lstm(x, *weights, squash=lambda z: z)
        ),
        "Did you use 1 - i in place of the forget gate?": _run_lstm(x, *weights, coupled=True),
        "Did you begin each step with a cell state of 0?": _run_lstm(x, *weights, carry=False),
        "Did you forget the bias?": _run_lstm(x, kernel, recurrent, 0),
        "Did you forget the product with the last state?": _run_lstm(
            x, kernel, 0 * recurrent, bias
        ),
    }


def _check_lstm_hidden(rng):
    for batch, steps, features, units in ((3, 7, 2, 5), (2, 1, 4, 3), (1, 5, 1, 1)):
        x, *weights = _draw_cell(rng, batch, steps, features, units, 4)
        _check_lstm(x, weights, _run_lstm(x, *weights), _find_lstm_mistakes(x, *weights))


_check_lstm_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
layer = keras.layers.LSTM(16, return_sequences=True)
keras_states = ops.convert_to_numpy(layer(x_test[:8, :20]))
own_states, own_cells = lstm(x_test[:8, :20], *layer.get_weights())
print(f"largest difference from Keras' LSTM: {np.abs(own_states - keras_states).max():.1e}")

# %% [markdown]
# What can gates do? Here are weights **chosen by hand** for one unit. Its inputs are a value and a
# flag. When the flag is 1, the input gate opens and the forget gate closes: the cell takes the new
# value. When it is 0, the input gate closes and the forget gate opens: the cell keeps the old
# value, whatever passes by.

# %%
from course_lib.models import lstm_gates

latch = [
    np.array([[0.0, 0, 1, 0], [20, -20, 0, 0]]),  # rows: value, flag; columns: i, f, g, o
    np.zeros((1, 4)),
    np.array([-10.0, 10, 0, 10]),
]
rng = np.random.default_rng(3)
flag = np.zeros(40)
flag[[4, 25]] = 1
value = rng.uniform(-1, 1, 40)
value[[4, 25]] = 0.9, -0.6
stream = np.stack([value, flag], axis=1)
gates = lstm_gates(stream, latch)
figures.gate_activity(
    {"value": value, "flag": flag},
    {name: gates[name][:, 0] for name in ("input", "forget", "output")},
    lstm(stream[None], *latch)[1][0, :, 0],
)

# %% [markdown]
# A simple RNN cannot do this: its state goes through tanh and the recurrent kernel at every step.
#
# **The bias of the forget gate.** Before training, the weights are small, so a gate with bias 0 is
# half open: $\sigma(0) = 0.5$. A cell that keeps half of its state at each step has forgotten it
# after ten steps, and the gradient with it. So Keras begins with a bias of **1** for the forget
# gate alone (`unit_forget_bias=True`; Jozefowicz et al. 2015).

# %%
for bias in (0, 1, 5):
    open_share = sigmoid(bias)
    print(
        f"bias {bias}: the gate is {open_share:.0%} open; after 10 steps {open_share**10:.1%} "
        f"of the cell state is left, after 50 steps {open_share**50:.1e}"
    )

# %% [markdown]
# ## 5 Two gates are enough
#
# The **GRU**, gated recurrent unit (Cho et al. 2014), has one state and two gates. The **update
# gate** $z$ decides how much of the old state stays, and the **reset gate** $r$ how much of it the
# candidate sees. In Keras the blocks stand in the order $z, r, g$, and there are **two** biases,
# `bias[0]` for the input and `bias[1]` for the state, so `bias` has the shape `(2, 3 * units)`:
#
# $$z = \sigma(x_t W_z + b_z + h_{t-1} U_z + b'_z) \qquad r = \sigma(x_t W_r + b_r + h_{t-1} U_r + b'_r)$$
# $$g = \tanh(x_t W_g + b_g + r \odot (h_{t-1} U_g + b'_g)) \qquad h_t = z \odot h_{t-1} + (1 - z) \odot g$$
#
# The paper resets the state *before* it is multiplied, $(r \odot h_{t-1}) U_g$. Keras resets the
# product (`reset_after=True`), because then all three blocks are one matrix product, and graphics
# cards are faster. That is why the second bias exists: inside the brackets it is reset, too.
#
# ### Question 5 · `gru`
#
# 1. `gru(x, kernel, recurrent, bias)` returns all states, `(batch, steps, units)`.
# 2. `count_parameters(cell, features, units)` returns the number of parameters of one layer of
#    Keras: kernel, recurrent kernel and bias. `cell` is `"simple"`, `"lstm"` or `"gru"`.
#
# <details><summary>Hint 1, gru</summary>
#
# Compute the product of the input, with its bias, and the product of the state, with its bias,
# separately; split each into three. Add them for z and r, but not for g.
#
# </details>
#
# <details><summary>Hint 2, count_parameters</summary>
#
# Count for one block: a column for each unit has a row for each feature, a row for each unit, and
# one or two biases. How many blocks does each cell have?
#
# </details>


# %% solution="gru"
def gru(x, kernel, recurrent, bias):
    """Return the states (batch, steps, units) of a GRU; bias (2, 3 units): input, state."""
    ### BEGIN SOLUTION
    h, states = np.zeros((len(x), len(recurrent))), []
    for t in range(x.shape[1]):
        z, r, g = np.split(x[:, t] @ kernel + bias[0], 3, axis=1)
        state_z, state_r, state_g = np.split(h @ recurrent + bias[1], 3, axis=1)
        z, r = sigmoid(z + state_z), sigmoid(r + state_r)
        h = z * h + (1 - z) * np.tanh(g + r * state_g)
        states.append(h)
    return np.stack(states, axis=1)
    ### END SOLUTION


def count_parameters(cell, features, units):
    """Count the parameters of a layer with cell "simple", "lstm" or "gru"."""
    ### BEGIN SOLUTION
    blocks = {"simple": 1, "lstm": 4, "gru": 3}[cell]
    biases = 2 if cell == "gru" else 1
    return blocks * units * (features + units + biases)
    ### END SOLUTION


# %% tests="gru"
import numpy as np

from course_lib import testing as _testing


def _check_gru(x, weights, right, mistakes):
    given = gru(np.array(x), *(np.array(w) for w in weights))
    assert given is not None, "`gru` returned None. Did you forget `return`?"
    right = np.asarray(right, dtype=float)
    shape = _shape_of(given)
    if right.shape[1] > 1:
        assert shape != (right.shape[0], right.shape[2]), (
            f"`gru` returned an array of shape {shape}; expected {right.shape}: the states of all "
            "steps, not only of the last one."
        )
    mistakes = {**mistakes, _SAME_ARRAY: np.repeat(right[:, -1:], right.shape[1], axis=1)}
    _testing.near(given, right, "`gru`", rtol=1e-3, atol=1e-4, mistakes=mistakes)


def _check_count(cell, features, units, right, mistakes):
    _testing.near(
        count_parameters(cell, features, units),
        right,
        f'`count_parameters("{cell}", {features}, {units})`',
        rtol=0,
        atol=0.1,
        mistakes=mistakes,
    )


# One sequence of two steps, one feature, one unit.
_check_gru(
    [[[1.0], [-0.5]]],
    ([[0.5, -1.0, 2.0]], [[1.0, 0.8, -1.0]], [[0.1, -0.3, 0.2], [0.2, 0.1, 0.5]]),
    [[[0.304], [-0.0642]]],
    {
        "Did you swap z and r? The order is z, r, g.": [[[0.7591], [0.3244]]],
        "Did you reset the state before its product? Reset the product, with its bias.": (
            [[[0.3072], [-0.0077]]]
        ),
        "Did you swap z and 1 - z? z keeps the old state.": [[[0.6767], [-0.2699]]],
        "Did you forget the second bias?": [[[0.3457], [-0.1564]]],
    },
)
_check_count("simple", 100, 100, 20_100, {"Did you forget the bias?": 20_000})
_check_count("lstm", 100, 100, 80_400, {"Did you count one block? There are four.": 20_100})
_check_count("gru", 100, 100, 60_600, {"Did you count one bias? Keras' GRU has two.": 60_300})
### BEGIN HIDDEN TESTS


def _run_gru(
    x, kernel, recurrent, bias, order=(0, 1, 2), before=False, swapped=False, candidate=np.tanh
):
    """Run a GRU, or one with a mistake."""
    units = len(recurrent)
    h, states = np.zeros((len(x), units)), []
    for t in range(x.shape[1]):
        own = np.split(x[:, t] @ kernel + bias[0], 3, axis=1)
        old = np.split(h @ recurrent + bias[1], 3, axis=1)
        z, r = (_sigmoid(own[place] + old[place]) for place in order[:2])
        inner = r * old[order[2]]
        if before:
            inner = (r * h) @ recurrent[:, 2 * units :] + bias[1][2 * units :]
        g = candidate(own[order[2]] + inner)
        h = (1 - z) * h + z * g if swapped else z * h + (1 - z) * g
        states.append(h)
    return np.stack(states, axis=1)


def _check_gru_hidden(rng):
    for batch, steps, features, units in ((3, 7, 2, 5), (2, 1, 4, 3), (1, 5, 1, 1)):
        x, kernel, recurrent, bias = _draw_cell(rng, batch, steps, features, units, 3)
        bias = np.stack([bias, 0.5 * rng.normal(size=bias.shape)])
        weights = kernel, recurrent, bias
        _check_gru(
            x,
            weights,
            _run_gru(x, *weights),
            {
                "Did you swap z and r? The order is z, r, g.": (
                    _run_gru(x, *weights, order=(1, 0, 2))
                ),
                "Did you reset the state before its product? Reset the product.": (
                    _run_gru(x, *weights, before=True)
                ),
                "Did you swap z and 1 - z? z keeps the old state.": (
                    _run_gru(x, *weights, swapped=True)
                ),
                "Did you forget the tanh of the candidate g?": (
                    _run_gru(x, *weights, candidate=lambda z: z)
                ),
                "Did you forget the second bias?": (
                    _run_gru(x, kernel, recurrent, bias * [[1], [0]])
                ),
                "Is the second bias of g outside the brackets? It is reset, too.": (
                    _run_gru(x, kernel, recurrent, np.stack([bias[0] + bias[1], 0 * bias[1]]))
                ),
                "Did you forget the first bias?": (
                    _run_gru(x, kernel, recurrent, bias * [[0], [1]])
                ),
            },
        )
    for cell, blocks, biases in (("simple", 1, 1), ("lstm", 4, 1), ("gru", 3, 2)):
        for features, units in rng.integers(2, 60, (3, 2)).tolist():
            rows = features + units + biases
            _check_count(
                cell,
                features,
                units,
                blocks * units * rows,
                {
                    "Did you forget the bias?": blocks * units * (rows - biases),
                    "Did you count one block only?": units * rows,
                    "Did you count one bias too many or too few?": (
                        blocks * units * (rows + (1 if biases == 1 else -1))
                    ),
                    "Did you forget the recurrent kernel?": blocks * units * (features + biases),
                },
            )


_check_gru_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
CELLS = {"simple": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}
layer = keras.layers.GRU(16, return_sequences=True)
keras_states = ops.convert_to_numpy(layer(x_test[:8, :20]))
own_states = gru(x_test[:8, :20], *layer.get_weights())
print(f"largest difference from Keras' GRU: {np.abs(own_states - keras_states).max():.1e}")
for name, cell in CELLS.items():
    layer = cell(24)
    layer.build((None, None, 1))
    print(
        f"{name:>6}, 1 feature, 24 units: {layer.count_params():5,} parameters in Keras, "
        f"{count_parameters(name, 1, 24):5,} by the formula"
    )

# %% [markdown]
# ## 6 How far back can it learn?
#
# A network learns from a step in the past only if a gradient gets there. On its way from the last
# state $h_T$ to the first one $h_0$ it is multiplied once per step by the derivative of one state
# with respect to the one before. Factors below 1 make it **vanish**, factors above 1 make it
# **explode** (Bengio et al. 1994; Pascanu et al. 2013): after 100 steps $0.9^{100} \approx 3 \cdot
# 10^{-5}$, and $1.1^{100} \approx 14{,}000$.
#
# Against explosion, **clipping** helps. Let the norm of the gradient be the root of the sum of
# **all** squares in **all** its arrays. If it is above a limit, multiply every array by limit /
# norm. The direction stays the same. Keras does this with `global_clipnorm` of an optimizer.
# Nothing so simple helps against vanishing: a gradient of 0 has no direction. That is what gates
# are for.
#
# ### Question 6 · `gradients`
#
# 1. `gradient_norms(model, x, state)`: `model([x, state])` returns the state after the last step,
#    $h_T$, of shape `(batch, units)`; `state`, $h_0$, has the same shape. Return, for each
#    sequence, the norm of the gradient of the **sum** of the units of $h_T$ with respect to $h_0$,
#    `(batch,)`. Convert both arrays with `tf.convert_to_tensor` first: Keras does not accept an
#    array beside a tensor.
# 2. `clip_gradients(gradients, limit)` clips a list of arrays of any shapes as above and returns a
#    list.
#
# <details><summary>Hint 1, gradient_norms</summary>
#
# A `tf.GradientTape` watches variables only, unless you call its `watch` with the tensor.
#
# </details>
#
# <details><summary>Hint 2, gradient_norms</summary>
#
# The sequences of a batch don't influence each other. So the gradient of the sum over everything
# has the gradient of each sequence in its row.
#
# </details>


# %% solution="gradients"
def gradient_norms(model, x, state):
    """Return the norm of the gradient of sum(h_T) with respect to the state, (batch,)."""
    ### BEGIN SOLUTION
    x, state = tf.convert_to_tensor(x), tf.convert_to_tensor(state)
    with tf.GradientTape() as tape:
        tape.watch(state)
        total = ops.sum(model([x, state]))
    return np.linalg.norm(tape.gradient(total, state), axis=1)
    ### END SOLUTION


def clip_gradients(gradients, limit):
    """Scale a list of arrays down so that their common norm is at most `limit`."""
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
    return [g * limit / norm if norm > limit else g for g in gradients]
    ### END SOLUTION


# %% tests="gradients"
import keras
import numpy as np

from course_lib import testing as _testing


def _make_state_model(weights):
    """Return a model from x (batch, steps, features) and a first state to the last state."""
    features, units = np.shape(weights[0])
    x, state = keras.Input((None, features)), keras.Input((units,))
    model = keras.Model([x, state], keras.layers.SimpleRNN(units)(x, initial_state=state))
    model.set_weights([np.asarray(w, "float32") for w in weights])
    return model


def _find_gradient(x, state, kernel, recurrent, bias):
    """Return the gradient of the sum of the last state, by the product of all derivatives."""
    slopes = []
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ kernel + state @ recurrent + bias)
        slopes.append(1 - state**2)
    gradient = np.ones_like(state)
    for slope in slopes[::-1]:
        gradient = (gradient * slope) @ recurrent.T
    return gradient


def _check_gradient_norms(x, state, weights):
    x, state = np.asarray(x, "float32"), np.asarray(state, "float32")
    weights = [np.asarray(w, dtype=float) for w in weights]
    gradient = _find_gradient(x, state, *weights)
    model = _make_state_model(weights)
    given = gradient_norms(model, x.copy(), state.copy())
    assert given is not None, (
        "`gradient_norms` returned None. Did you forget `return`, or did the tape not watch the state?"
    )
    right = np.linalg.norm(gradient, axis=1)
    shape = _shape_of(given)
    if len(right) > 1:
        assert shape != (), (
            f"`gradient_norms` returned one number; expected {len(right)}, one for each sequence."
        )
    assert shape != gradient.shape, (
        f"`gradient_norms` returned an array of shape {shape}; expected {right.shape}. Did you "
        "return the gradient? Return its norm for each sequence."
    )
    units = gradient.shape[1]
    _testing.near(
        given,
        right,
        "`gradient_norms`",
        rtol=1e-3,
        atol=1e-6,
        mistakes={
            "Did you forget the square root?": right**2,
            "Did you use the mean of the units? Use their sum.": right / units,
            "Did you use the mean of the units and sequences? Use the sum.": right
            / units
            / len(right),
            "Did you add absolute values? Add squares, and take the root.": (
                np.abs(gradient).sum(axis=1)
            ),
            "Did you add the entries? Add their squares, and take the root.": gradient.sum(axis=1),
        },
    )


def _check_clip(gradients, limit):
    gradients = [np.asarray(g, dtype=float) for g in gradients]
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = min(1.0, limit / norm) if norm else 1.0
    given = clip_gradients([g.copy() for g in gradients], limit)
    assert given is not None, "`clip_gradients` returned None. Did you forget `return`?"
    count = len(given) if hasattr(given, "__len__") and _shape_of(given) != () else 0
    assert count, f"`clip_gradients` returned a {type(given).__name__}; expected a list of arrays."
    assert count == len(gradients), (
        f"`clip_gradients` returned {count} arrays; expected {len(gradients)}, as many as there were."
    )

    def each(g):
        own = np.sqrt(np.sum(g**2))
        return g * min(1.0, limit / own) if own else g

    for g, clipped in zip(gradients, given, strict=True):
        _testing.near(
            clipped,
            factor * g,
            f"`clip_gradients` with a norm of {norm:.3g} and limit {limit}",
            mistakes={
                "Is the norm below the limit? Then nothing changes.": g * limit / max(norm, 1e-30),
                "Did you clip each array on its own? They have one common norm.": each(g),
                "Did you cut off each number? Scale all of them.": np.clip(g, -limit, limit),
                "Did you forget to multiply by the limit?": g / max(norm, 1e-30),
                "Did you forget the square root of the norm?": g * limit / max(norm**2, 1e-30),
            },
        )


# One sequence of two steps, one feature, two units.
_check_gradient_norms(
    [[[1.0], [-0.5]]], [[0.1, -0.2]], ([[0.5, -1.0]], [[0.2, 0.8], [-0.6, 0.4]], [0.1, -0.2])
)
_check_clip([[3.0, 4], [12]], 2.6)  # the norm is 13; expected: [0.6, 0.8], [2.4]
_check_clip([[3.0, 4], [12]], 20)  # expected: no change
### BEGIN HIDDEN TESTS


def _check_gradients_hidden(rng):
    for batch, steps, features, units in ((4, 6, 2, 3), (3, 1, 1, 5)):
        x, *weights = _draw_cell(rng, batch, steps, features, units)
        _check_gradient_norms(x, 0.5 * rng.normal(size=(batch, units)), weights)
    arrays = [rng.normal(size=shape) for shape in ((3, 4), (5,), (2, 2, 2))]
    arrays[1] *= 4
    for limit in (0.5, 2.0, 100.0):
        _check_clip(arrays, limit)
    _check_clip([np.zeros((2, 2)), np.zeros(3)], 1.0)


_check_gradients_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now the experiment: untrained layers of 16 units, random inputs, and sequences of growing length.
# An LSTM has two states; here both begin as the same $h_0$.


# %%
def state_model(layer):
    """Build a model from a sequence and a first state to the last state."""
    sequence, state = keras.Input((None, 1)), keras.Input((layer.units,))
    states = [state, state] if isinstance(layer, keras.layers.LSTM) else state
    return keras.Model([sequence, state], layer(sequence, initial_state=states))


def measure_gradients(layer, recurrent_scale=1.0, forget_bias=None):
    """Return the mean norm of the gradient by the length of the sequence."""
    model, rng = state_model(layer), np.random.default_rng(0)
    kernel, recurrent, bias = layer.get_weights()
    if forget_bias is not None:
        bias[layer.units : 2 * layer.units] = forget_bias
    layer.set_weights([kernel, recurrent_scale * recurrent, bias])
    found = {}
    for length in (1, 2, 5, 10, 20, 50):
        x = 0.3 * rng.normal(size=(8, length, 1)).astype("float32")
        state = 0.1 * rng.normal(size=(8, layer.units)).astype("float32")
        found[length] = float(np.mean(gradient_norms(model, x, state)))
    return found


keras.utils.set_random_seed(1)
norms = {
    "RNN × 0.7": measure_gradients(keras.layers.SimpleRNN(16), 0.7),
    "RNN": measure_gradients(keras.layers.SimpleRNN(16)),
    "RNN × 1.5": measure_gradients(keras.layers.SimpleRNN(16), 1.5),
    "GRU": measure_gradients(keras.layers.GRU(16)),
}
for bias in (0, 1, 5):
    norms[f"LSTM, forget bias {bias}"] = measure_gradients(keras.layers.LSTM(16), forget_bias=bias)
figures.gradient_by_length(norms)

# %% [markdown]
# Read the figure with care. A simple RNN depends on the size of its recurrent kernel: a little
# smaller, and the gradient vanishes; a little larger, and it explodes. In between, Keras begins
# with an **orthogonal** matrix, which keeps lengths (Saxe et al. 2014). Much more of the gradient
# survives, as long as training leaves the matrix as it is.
#
# An **untrained** GRU or LSTM is no better: a gate that is half open halves the gradient at every
# step. What gates add is a choice. With a forget bias of 5, as a unit may learn it, nothing is lost
# in fifty steps, and the same unit can close its gate where the data ask for it. No matrix can do
# both.
#
# ## 7 Forecast
#
# There are two ways to forecast twelve months with a network. A **direct** forecast has twelve
# outputs, one for each step ahead. A **recursive** forecast needs only the next value: append it to
# the window, drop the oldest value, and forecast again, as often as you need. It can go on for any
# number of steps, but its errors feed on each other.
#
# ### Question 7 · `forecast`
#
# 1. `recursive(model, x, ahead)` forecasts `ahead` steps. `model` maps windows `(n, steps, 1)` to
#    `(n, k)`, and its **first** output is the forecast for the next step; don't use the others.
#    Return `(n, ahead)`.
# 2. Build and train `forecaster`, a Keras model with a recurrent layer (any cell, about 24 units).
#    It maps the last 48 scaled months, `(n, 48, 1)`, to the next 12, `(n, 12)`. Train it on
#    `x_train[:, -48:]` and `y_train`.
#
# With the mean absolute error as the loss, Adam with a learning rate of 0.01 and batches of 64, ten
# epochs are enough. On other series of the same kind, its error has to be clearly below that of
# persistence.
#
# <details><summary>Hint 1, recursive</summary>
#
# The first output is a column `(n, 1)`, and one step of a window is `(n, 1, 1)`.
#
# </details>
#
# <details><summary>Hint 2, recursive</summary>
#
# `np.concatenate` along axis 1, of all steps of the window but the first and the new value, is the
# next window.
#
# </details>


# %% solution="forecast"
def recursive(model, x, ahead):
    """Forecast step by step with a model's first output; x (n, steps, 1), returns (n, ahead)."""
    ### BEGIN SOLUTION
    found = []
    for _ in range(ahead):
        value = ops.convert_to_numpy(model(x))[:, :1]
        found.append(value)
        x = np.concatenate([x[:, 1:], value[:, :, None]], axis=1)
    return np.concatenate(found, axis=1)
    ### END SOLUTION


### BEGIN SOLUTION
forecaster = keras.Sequential(
    [keras.Input((None, 1)), keras.layers.LSTM(24), keras.layers.Dense(12)]
)
forecaster.compile(keras.optimizers.Adam(1e-2), "mean_absolute_error")
fit(
    forecaster,
    x_train[:, -48:],
    y_train,
    epochs=10 if QUICK else 30,
    batch_size=64,
    verbose=False,
)
### END SOLUTION

# %% tests="forecast"
import keras
import numpy as np

from course_lib import testing as _testing


def _make_linear_model(weights, bias):
    """Return a model that maps a window to weighted sums of its first values.

    It takes longer windows, too: with these, its forecasts stay the same.
    """
    weights = np.asarray(weights, "float32")
    steps, outputs = weights.shape
    inputs = keras.Input((None, 1))
    window = keras.ops.reshape(inputs[:, :steps], (-1, steps))
    model = keras.Model(inputs, keras.layers.Dense(outputs)(window))
    model.set_weights([weights, np.asarray(bias, "float32")])
    return model


def _run_recursive(x, ahead, weights, bias, output=0, slide=True, front=False):
    """Forecast with the weights of such a model, or with a mistake."""
    window, found = x[:, :, 0], []
    for _ in range(ahead):
        values = window @ weights + bias
        value = values[:, output : output + 1]
        found.append(value)
        if front:
            window = np.concatenate([value, window[:, :-1]], axis=1)
        elif slide:
            window = np.concatenate([window[:, 1:], value], axis=1)
    return np.concatenate(found, axis=1)


def _check_recursive(x, ahead, weights, bias):
    x, weights, bias = (np.asarray(values, dtype=float) for values in (x, weights, bias))
    model = _make_linear_model(weights, bias)
    mistakes = {
        "Did you forget to append the forecast to the window, or to drop its oldest value?": {
            "slide": False
        },
        "Did you put the forecast at the front of the window? Append it.": {"front": True},
        "Did you use the last output? Use the first one.": {"output": weights.shape[1] - 1},
    }
    _testing.near(
        recursive(model, x.astype("float32"), ahead),
        _run_recursive(x, ahead, weights, bias),
        f"`recursive(model, x, {ahead})`",
        rtol=1e-3,
        atol=1e-4,
        mistakes={
            hint: _run_recursive(x, ahead, weights, bias, **options)
            for hint, options in mistakes.items()
        },
    )


def _check_forecaster(x, y):
    """Check the forecaster's outputs; return its mean absolute error."""
    try:
        model = forecaster
    except NameError:
        raise AssertionError(
            "There is no `forecaster`. Build and train it in your answer."
        ) from None
    assert isinstance(model, keras.Model), (
        f"`forecaster` is a {type(model).__name__}; expected a Keras model."
    )
    given = np.asarray(model(x.astype("float32")))
    assert given.shape == y.shape, (
        f"`forecaster` returned an array of shape {given.shape} for windows {x.shape}; expected "
        f"{y.shape}: twelve outputs, one for each month ahead."
    )
    return np.mean(np.abs(given - y))


# The sum of the last two values, a quarter of it; and an output that is not needed.
_check_recursive([[[4.0], [8]], [[0], [4]]], 3, [[0.25, 1], [0.25, 5]], [0, 1])
# expected: [[3, 2.75, 1.4375], [1, 1.25, 0.5625]]
_check_forecaster(np.zeros((2, 48, 1)), np.zeros((2, 12)))
### BEGIN HIDDEN TESTS
from course_lib.data import split_windows as _split_windows
from course_lib.data.registry import find_series as _find_series


def _check_forecast_hidden(seed):
    rng = np.random.default_rng(seed)
    for steps, ahead, outputs in ((5, 4, 3), (3, 7, 1), (4, 1, 2)):
        weights = rng.normal(size=(steps, outputs)) / steps
        _check_recursive(rng.normal(size=(6, steps, 1)), ahead, weights, rng.normal(size=outputs))
    found, simple = [], []
    for draw in range(4):
        _, values = _find_series("sunspots").stand_in((seed + draw) % 2**32)
        _, (x, y), _, _ = _split_windows(values, 0.8, 48, 12)
        found.append(_check_forecaster(x, y))
        simple.append(np.mean(np.abs(x[:, -1] - y)))
    _testing.at_most(
        np.mean(found) / np.mean(simple),
        0.88,
        "On new series, the error of `forecaster`, divided by that of persistence,",
        sd=0.02,
        hint="Did you train it on scaled windows and the 12 months that follow each of them?",
    )


_check_forecast_hidden(_testing.hidden_seed())
### END HIDDEN TESTS

# %%
recent = x_test[:, -48:]
direct = ops.convert_to_numpy(forecaster(recent))
errors["LSTM, direct"] = errors_by_step(direct, y_test, deviation)
errors["LSTM, recursive"] = errors_by_step(recursive(forecaster, recent, 12), y_test, deviation)
for name, by_step in errors.items():
    print(
        f"{name:>15}: {by_step[0]:5.1f} sunspots 1 month ahead, {by_step[-1]:5.1f} 12 months ahead"
    )
figures.error_by_horizon(errors, "sunspots", "months")

# %%
# The window in which the sun changes most within a year.
example = int(np.argmax(np.abs(y_test[:, -1] - x_test[:, -1, 0])))
back = mean + deviation * np.stack(
    [
        direct[example],
        linear(x_train, y_train, x_test[[example]])[0],
        np.full(12, x_test[example, -1, 0]),
    ]
)
figures.forecasts(
    mean + deviation * x_test[example, -60:, 0],
    mean + deviation * y_test[example],
    dict(zip(["LSTM", "linear", "persistence"], back, strict=True)),
    "sunspots",
)

# %% [markdown]
# On the stand-in, the network is clearly better than the linear model: its cycles follow a rule
# that is not linear. On the **real** sunspots it is not. There, the linear model of the last 132
# months is as good as the networks or better, with an error of about 20 to 24 sunspots twelve
# months ahead. That is the usual result for short, noisy series (Makridakis et al. 2018). A network
# that is not better than a linear model is not worth its price, and you only know if you have
# measured both.
#
# ## 8 Order decides
#
# "The acting was not good but bad" and "the acting was not bad but good" consist of the same words.
# A **bag of words**, which only knows which words occur, cannot tell them apart. A recurrent
# network can, because it reads "not" before it reads "good".

# %%
from course_lib.data import short_reviews

(review_train, mood_train), (review_test, mood_test) = data.load("short_reviews")
for review, mood in zip(review_train[:4], mood_train[:4], strict=True):
    print(f"{data.class_names('short_reviews')[mood]}: {short_reviews.read(review)}")
print(f"\nthe first review as numbers, of {len(short_reviews.WORDS)}:\n{review_train[0]}")

# %% [markdown]
# A word is a number here, and its size means nothing. An **embedding** is a table with a row of
# numbers for each word; the rows are weights, and training moves words of similar meaning to
# similar rows (`keras.layers.Embedding`). Reviews differ in length, so they are filled up with 0,
# the number of no word. A recurrent layer must skip these steps, or it would forget the review
# while it reads them: that is **masking** (`mask_zero=True` in the embedding). And a reader may
# look at the whole review before judging. A **bidirectional** layer has two recurrent layers, reads
# backwards with one of them, and joins their last states (`keras.layers.Bidirectional`; Schuster &
# Paliwal 1997).
#
# ### Question 8 · `reviews`
#
# 1. `text_model(words)` returns a Keras model: an embedding of `words` rows of 16 numbers with a
#    mask, a bidirectional layer with an LSTM or GRU of 16 units, and a dense layer with one logit.
#    It maps word numbers `(n, length)`, for any length, to `(n, 1)`.
# 2. Train `reader = text_model(len(short_reviews.WORDS))` on `review_train` and `mood_train`: a
#    logit above 0 means positive. Six epochs with Adam, a learning rate of 0.01 and batches of 64
#    are enough.
#
# <details><summary>Hint 1</summary>
#
# `keras.Input((None,))` allows any length. The loss for one logit is the binary cross-entropy with
# `from_logits=True`.
#
# </details>


# %% solution="reviews"
def text_model(words):
    """Build a model from word numbers (n, length) to one logit (n, 1)."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((None,)),
            keras.layers.Embedding(words, 16, mask_zero=True),
            keras.layers.Bidirectional(keras.layers.LSTM(16)),
            keras.layers.Dense(1),
        ]
    )
    ### END SOLUTION


### BEGIN SOLUTION
reader = text_model(len(short_reviews.WORDS))
reader.compile(keras.optimizers.Adam(1e-2), keras.losses.BinaryCrossentropy(from_logits=True))
fit(reader, review_train, mood_train, epochs=6, batch_size=64, verbose=False)
### END SOLUTION

# %% tests="reviews"
import warnings

import keras
import numpy as np

from course_lib import testing as _testing


def _call(model, x):
    """Return a model's outputs without Keras' warnings: stock nbgrader deducts points for these."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(model(np.asarray(x, "int32")), "float64")


def _check_count_of_weights(model, words):
    both = {}
    for cell, one in {"LSTM": 4 * 16 * 33, "GRU": 3 * 16 * 34, "older GRU": 3 * 16 * 33}.items():
        both[cell] = one
    given = sum(int(np.prod(np.shape(w))) for w in model.get_weights())
    rows = 16 * words
    right = {rows + 2 * one + ends for one in both.values() for ends in (33, 17)}
    one_way = {rows + one + 17 for one in both.values()}
    hint = ""
    if given in one_way:
        hint = "Did you forget `Bidirectional`?"
    assert given in right, (
        f"`text_model({words})` has {given:,} weights; expected {rows + 2 * both['LSTM'] + 33:,} with an "
        f"LSTM or {rows + 2 * both['GRU'] + 33:,} with a GRU. {hint}".rstrip()
    )


def _check_text_model(words, rng):
    model = text_model(words)
    assert model is not None, "`text_model` returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"`text_model` returned a {type(model).__name__}; expected a Keras model."
    )
    x = rng.integers(1, words, (40, 9))
    logits = _call(model, x)
    assert logits.shape == (40, 1), (
        f"`text_model({words})` returned an array of shape {logits.shape} for 40 reviews; expected "
        "(40, 1): one logit each."
    )
    _check_count_of_weights(model, words)
    model.set_weights([rng.normal(scale=0.7, size=np.shape(w)) for w in model.get_weights()])
    logits = _call(model, x)
    assert logits.min() < 0 or logits.max() > 1, (
        "`text_model` returns numbers between 0 and 1 only; expected logits. Did you use a sigmoid?"
    )
    longer = np.concatenate([x, np.zeros((40, 4), int)], axis=1)
    difference = np.abs(_call(model, longer) - logits).max()
    assert difference < 1e-3 * np.abs(logits).max(), (
        f"With four more zeros at its end, `text_model` returns other logits (difference {difference:.2g}). "
        "Did you forget `mask_zero=True`?"
    )


def _check_reader(x, y):
    """Return the accuracy of the reader."""
    try:
        model = reader
    except NameError:
        raise AssertionError("There is no `reader`. Build and train it in your answer.") from None
    assert isinstance(model, keras.Model), (
        f"`reader` is a {type(model).__name__}; expected a Keras model."
    )
    logits = _call(model, x)
    assert logits.shape == (len(x), 1), (
        f"`reader` returned an array of shape {logits.shape} for {len(x)} reviews; expected {(len(x), 1)}."
    )
    return np.mean((logits[:, 0] > 0) == y)


_check_text_model(50, np.random.default_rng(0))
_check_reader(np.ones((2, 24), int), np.ones(2))
### BEGIN HIDDEN TESTS
from course_lib import data as _data


def _check_reviews_hidden(seed):
    rng = np.random.default_rng(seed)
    _check_text_model(int(rng.integers(20, 90)), rng)
    _, (x, y) = _data.load("short_reviews", "offline", "quick", seed % 2**32)
    _testing.at_least(
        _check_reader(x, y),
        0.75,
        "The accuracy of `reader` on new reviews",
        sd=0.02,
        hint="A logit above 0 means positive. Did you train it, and not on other labels?",
    )


_check_reviews_hidden(_testing.hidden_seed())
### END HIDDEN TESTS


# %%
def bag(reviews):
    """Return which words occur in each review, (n, words)."""
    found = np.zeros((len(reviews), len(short_reviews.WORDS)), "float32")
    np.put_along_axis(found, reviews, 1, axis=1)
    return found[:, 1:]


# A linear classifier: the weights with the smallest squared error for -1 (negative) and 1 (positive).
weights = np.linalg.lstsq(bag(review_train), 2 * mood_train - 1, rcond=None)[0]
scores = {
    "bag of words": bag(review_test) @ weights,
    "recurrent": ops.convert_to_numpy(reader(review_test))[:, 0],
}
for name, score in scores.items():
    print(f"{name:>12}: accuracy {np.mean((score > 0) == mood_test):.1%}")

# %%
number = {word: n for n, word in enumerate(short_reviews.WORDS)}
for text in ["the film was not good but bad", "the film was not bad but good", "the film was good"]:
    words = np.array([[number[word] for word in text.split()]])
    print(f"{text}: logit {float(ops.squeeze(reader(words))):+.1f}")

# %% [markdown]
# These reviews are made to be impossible for a bag of words. In real film reviews most opinions are
# not negated, and there a bag of words is hard to beat. Measure before you believe: "What to try
# next" has the exercise.
#
# ## 9 Compose
#
# A **character model** forecasts the next character of a text. If you sample one from its forecast,
# append it, and go on, it writes. Ours learns dance tunes in ABC notation: a letter is a note, a
# digit makes it longer, a bar ends with `|`. A line break begins and ends a tune.

# %%
songs = data.tunes(500 if QUICK else 4000)
print("\n".join(songs[:3]))
characters = sorted(set("".join(songs)) | {"\n"})
place = {character: n for n, character in enumerate(characters)}
longest = max(len(song) for song in songs)
written = np.array([[place[c] for c in "\n" + song.ljust(longest + 1, "\n")] for song in songs])

# %% [markdown]
# The same three layers make two models. `composer` reads whole tunes at once, which is fast for
# training. `step` reads **one** character and the state so far, and `advance` calls it: it returns
# the logits of the next character, `(characters,)`, and the new state, as NumPy arrays.

# %%
UNITS = 64
embed = keras.layers.Embedding(len(characters), 16)
remember = keras.layers.GRU(UNITS, return_sequences=True, return_state=True)
choose = keras.layers.Dense(len(characters))

read = keras.Input((None,), dtype="int32")
composer = keras.Model(read, choose(remember(embed(read))[0]))
composer.compile(
    keras.optimizers.Adam(1e-2), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
)
fit(composer, written[:, :-1], written[:, 1:], epochs=8, batch_size=32, verbose=False)

state = keras.Input((UNITS,))
outputs, new_state = remember(embed(read), initial_state=state)
step = tf.function(keras.Model([read, state], [choose(outputs), new_state]), reduce_retracing=True)


def advance(step, character, state):
    """Return the logits (characters,) after one more character, an index, and the new state."""
    logits, state = step([tf.constant([[int(character)]]), tf.convert_to_tensor(state)])
    return ops.convert_to_numpy(logits)[0, -1], ops.convert_to_numpy(state)


# %% [markdown]
# The **temperature** $T$ says how daring the composer is: divide the logits by $T$ before the
# softmax. At $T = 1$ these are the model's own probabilities. A low temperature makes the likely
# even more likely, a high one makes everything equally likely.
#
# To sample from probabilities $p_0, p_1, …$ you need one random number $u$ between 0 and 1: take
# the **first** index at which the cumulative sum $p_0 + … + p_k$ exceeds $u$. With $p = (0.2, 0.5,
# 0.3)$ and $u = 0.6$ that is 1, because $0.2 < 0.6 < 0.7$.
#
# ### Question 9 · `generate`
#
# 1. `sample(logits, temperature, u)` returns the index, for logits `(characters,)` of any size,
#    also 1,000, at any temperature above 0.
# 2. `generate(step, start, state, temperature, numbers)` begins with the character `start` (an
#    index) and a state `(1, units)`. `advance(step, character, state)` returns the logits of the
#    next character and the new state. Sample the next character with the next of the random
#    `numbers`, and go on with it. Return the list of the sampled indices, one for each number,
#    without `start`.
#
# <details><summary>Hint 1, sample</summary>
#
# Subtract the largest logit before you divide and take the exponential. `np.cumsum` adds up.
#
# </details>
#
# <details><summary>Hint 2, generate</summary>
#
# Two things change in each round of the loop: the character and the state. Both go into the next
# call of `advance`.
#
# </details>


# %% solution="generate"
def sample(logits, temperature, u):
    """Return the index that the random number u, between 0 and 1, selects."""
    ### BEGIN SOLUTION
    logits = np.asarray(logits, dtype=float)
    p = np.exp((logits - logits.max()) / temperature)
    return int(np.argmax(np.cumsum(p) > u * np.sum(p)))
    ### END SOLUTION


def generate(step, start, state, temperature, numbers):
    """Return the sampled indices, one for each random number."""
    ### BEGIN SOLUTION
    character, found = start, []
    for u in numbers:
        logits, state = advance(step, character, state)
        character = sample(logits, temperature, u)
        found.append(character)
    return found
    ### END SOLUTION


# %% tests="generate"
import keras
import numpy as np
import tensorflow as tf

from course_lib import testing as _testing


def _find_index(logits, temperature, u):
    """Return the right index, and how near u is to the border of another one."""
    logits = np.asarray(logits, dtype=float)
    p = np.exp((logits - logits.max()) / temperature)
    total = np.cumsum(p / p.sum())
    return int(np.searchsorted(total[:-1], u, side="right")), np.abs(total[:-1] - u).min()


def _check_sample(logits, temperature, u):
    logits = np.asarray(logits, dtype=float)
    right, near_border = _find_index(logits, temperature, u)
    given = sample(logits.copy(), temperature, u)
    assert given is not None, "`sample` returned None. Did you forget `return`?"
    cold = np.exp((logits - logits.max()) * temperature)
    with np.errstate(all="ignore"):
        naive = np.exp(logits / temperature)
        is_usable = np.isfinite(naive.sum()) and naive.sum() > 0
    others = {
        **({} if is_usable else {"Does e^logit overflow? Subtract the largest logit first.": 0}),
        "Did you forget the temperature?": _find_index(logits, 1, u)[0],
        "Did you multiply by the temperature? Divide.": (
            int(np.searchsorted(np.cumsum(cold / cold.sum())[:-1], u, side="right"))
        ),
        "Do the probabilities sum to 1? Divide by their sum.": int(
            np.argmax(np.cumsum(np.exp((logits - logits.max()) / temperature)) > u)
        ),
        "Did you take the most likely index? Use the random number.": int(np.argmax(logits)),
        "Did you take the index before?": right - 1,
        "Did you take the index after?": right + 1,
    }
    if near_border < 2e-3:  # only rounding is as small as this
        beside = [_find_index(logits, temperature, u + step)[0] for step in (-4e-3, 4e-3)]
        others = {"Did you round the probabilities?": sum(beside) - right}
    _testing.near(
        given,
        right,
        f"`sample` at temperature {temperature}",
        rtol=0,
        atol=0.01,
        mistakes={hint: index for hint, index in others.items() if index != right},
    )


def _make_step(rng, characters, units):
    """Return a model with random weights: [character, state] to [logits, new state]."""
    read, state = keras.Input((None,), dtype="int32"), keras.Input((units,))
    layer = keras.layers.GRU(units, return_sequences=True, return_state=True)
    outputs, new = layer(keras.layers.Embedding(characters, 4)(read), initial_state=state)
    model = keras.Model([read, state], [keras.layers.Dense(characters)(outputs), new])
    model.set_weights([1.2 * rng.normal(size=np.shape(w)) for w in model.get_weights()])
    return model


def _advance(model, character, state):
    logits, state = model([tf.constant([[character]]), tf.convert_to_tensor(state)])
    return np.asarray(logits, dtype=float)[0, -1], np.asarray(state)


def _draw_tune(model, start, state, temperature, rng, length):
    """Return random numbers that are far from every border, and the indices they lead to."""
    character, numbers, found = start, [], []
    for _ in range(length):
        logits, state = _advance(model, character, state)
        near = 0
        while near < 3e-3:
            u = rng.uniform(0.01, 0.99)
            index, near = _find_index(logits, temperature, u)
        numbers.append(u)
        found.append(index)
        character = index
    return numbers, found


def _run_generate(model, start, state, temperature, numbers, keep=True, feed=True):
    """Generate with a mistake."""
    first, character, found = state, start, []
    for u in numbers:
        logits, new = _advance(model, character, state)
        state = new if keep else first
        index = _find_index(logits, temperature, u)[0]
        character = index if feed else start
        found.append(index)
    return found


def _check_generate(rng, characters, units, start, temperature, length):
    model = _make_step(rng, characters, units)
    state = rng.normal(size=(1, units)).astype("float32")
    numbers, right = _draw_tune(model, start, state, temperature, rng, length)
    given = generate(model, start, state.copy(), temperature, list(numbers))
    assert given is not None, "`generate` returned None. Did you forget `return`?"
    assert _shape_of(given) is not None, (
        "`generate` returned lists of different lengths; expected one list of indices."
    )
    given = np.asarray(given)
    mistakes = {}
    if given.tolist() != right:  # they take time
        same = (model, start, state, temperature, numbers)
        mistakes = {
            "Did you forget to go on with the new state?": _run_generate(*same, keep=False),
            "Did you forget to go on with the sampled character?": _run_generate(*same, feed=False),
            "Did you forget the temperature?": _run_generate(model, start, state, 1, numbers),
        }
    assert given.size != length + 1, (
        f"`generate` returned {length + 1} indices; expected {length}. Did you include `start`?"
    )
    _testing.near(
        np.reshape(given, (-1,)) if given.size == length else given,
        right,
        f"`generate` at temperature {temperature}",
        rtol=0,
        atol=0.01,
        mistakes=mistakes,
    )


for _u, _t in ((0.6, 1.0), (0.1, 1.0), (0.95, 1.0), (0.25, 0.5)):
    _check_sample(np.log([0.2, 0.5, 0.3]), _t, _u)  # expected: 1, 0, 2, 1
_check_sample([1000.0, 999.0, 0], 1.0, 0.9)  # expected: 1
_check_generate(np.random.default_rng(0), 5, 3, 0, 1.0, 8)
### BEGIN HIDDEN TESTS


def _check_generate_hidden(rng):
    for temperature in (0.4, 1.0, 2.5):
        for scale in (1.0, 300.0):
            logits, near = scale * rng.normal(size=9), 0
            while near < 3e-3:
                u = rng.uniform(0.01, 0.99)
                near = _find_index(logits, temperature, u)[1]
            _check_sample(logits, temperature, u)
        # Just below and just above the border between two probable indices.
        logits = rng.uniform(0, 2, size=9)
        p = np.exp(logits / temperature)
        border = np.cumsum(p / p.sum())[int(rng.integers(8))]
        _check_sample(logits, temperature, border - 1e-3)
        _check_sample(logits, temperature, border + 1e-3)
    _check_sample(np.array([-2000.0, -1999.5, -2001]), 0.7, 0.5)
    for temperature in (0.5, 1.5):
        start = int(rng.integers(1, 7))
        _check_generate(rng, 7, 6, start, temperature, 12)


_check_generate_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS


# %%
def compose(temperature, seed):
    """Let the composer write one tune of at most 110 characters."""
    numbers = np.random.default_rng(seed).random(110)
    found = generate(step, place["\n"], np.zeros((1, UNITS), "float32"), temperature, numbers)
    return "".join(characters[n] for n in found).split("\n")[0]


tunes = {}
for temperature in (0.5, 1.0, 2.0):
    some = [compose(temperature, seed) for seed in range(4)]
    tunes[temperature] = max(some, key=len)
    bars = [sum(length for _, length in bar) for tune in some for bar in data.read_tune(tune)]
    ends = sum(tune.endswith("G3|]") for tune in some)
    print(
        f"temperature {temperature}: {np.mean(np.array(bars) == 6):.0%} of {len(bars)} bars have six "
        f"eighths; {ends} of 4 tunes end on G3|]\n  {tunes[temperature]}"
    )

# %%
figures.piano_roll({f"T = {temperature}": tune for temperature, tune in tunes.items()})

# %% [markdown]
# Nobody told the network what a bar is. It has learnt to count eighths, to end on a long G, and
# which notes follow each other. At a high temperature its bars no longer add up. What it has
# **not** learnt is the long form: every tune of the corpus has eight bars, and bars 5 and 6 repeat
# bars 1 and 2. Most of its own tunes are too long or too short and repeat nothing, because for that
# it would have to look back more than 30 characters, note by note. Lab 11 is about networks that
# can.
#
# ### Question 10 · `verdict` · in words
#
# About ten lines, with numbers from your tables and figures:
#
# 1. A colleague reports for daily temperatures: "Our LSTM forecasts tomorrow with an error of 2.0
#    °C." Name two things that you ask before you believe that the LSTM is useful, and what the
#    numbers of section 2 say about it.
# 2. Explain with the figure of section 6 what the bias of the forget gate does, and why clipping
#    does not help a network whose gradient has vanished.
# 3. The direct and the recursive forecast: which one was better twelve months ahead, by how much,
#    and why is that plausible? When would you use the other one?

# %% [markdown] written="verdict"
# ### BEGIN SOLUTION
# **A model answer.** (1) I ask for the error of persistence and of a linear model on the same test
# days, and whether the split was by time, with the scaling from the training days only. In section
# 2 persistence has an error of 2.1 °C one day ahead and the linear model 2.0 °C, so the LSTM would
# not be better than a weighted sum. (2) With bias 0 the forget gate is half open, and the gradient
# is about halved at each step: in the figure next to nothing is left after 50 steps (about 1e-9).
# With bias 1 the gate is 73 % open, and after 20 steps about 2 % is left; with bias 5 nothing is
# lost in 50 steps. Clipping only shrinks gradients that are too large. One that has vanished stays
# so, and has no useful direction compared with that of the last steps. (3) Twelve months ahead the
# direct forecast was better (numbers from the table). It was trained for each step ahead; the
# output that the recursive one uses was trained for a single step, and the errors of the first
# steps become the inputs of the next ones. I would use the recursive one if the number of steps is
# not known before training.
#
# **Rubric, 3 points.**
#
# - 1 point: a baseline on the same days, and leakage in the split or in the scaling; the numbers of
#   section 2. Half for one of the two.
# - 1 point: half open means halved at each step, with a number; clipping limits large gradients and
#   cannot enlarge small ones. Half for one of the two.
# - 1 point: the better one with numbers, a reason (errors are fed back, or trained for one step
#   only), and a use of the other. Half if one is missing.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Real series.** Save the real sunspots as `sunspots.csv` in a folder and set `COURSE_DATA` to
#   it. Is your network still better than the linear model?
# - **More inputs.** Give the network the day of the year as a second feature of the temperatures.
# - **Deeper.** `recurrent("gru", units=(32, 32))` from `course_lib.models` stacks two layers.
# - **Film reviews.** `data.load("imdb")`: compare a bag of words with your `text_model`.
# - **Listen.** Paste a tune after the lines `X:1`, `M:6/8`, `L:1/8`, `K:G` into any ABC player.
#
# **Sources.** J. Elman, *Finding structure in time*, Cognitive Science 14, 1990 · Y. Bengio, P.
# Simard, P. Frasconi, *Learning long-term dependencies with gradient descent is difficult*, IEEE
# TNN 5, 1994 · S. Hochreiter, J. Schmidhuber, *Long short-term memory*, Neural Computation 9, 1997
# · M. Schuster, K. Paliwal, *Bidirectional recurrent neural networks*, IEEE TSP 45, 1997 · F. Gers,
# J. Schmidhuber, F. Cummins, *Learning to forget: continual prediction with LSTM*, Neural
# Computation 12, 2000 · R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of training recurrent
# neural networks*, ICML 2013 · A. Saxe, J. McClelland, S. Ganguli, *Exact solutions to the
# nonlinear dynamics of learning in deep linear neural networks*, ICLR 2014 · K. Cho et al.,
# *Learning phrase representations using RNN encoder–decoder*, EMNLP 2014 · R. Jozefowicz, W.
# Zaremba, I. Sutskever, *An empirical exploration of recurrent network architectures*, ICML 2015 ·
# S. Makridakis, E. Spiliotis, V. Assimakopoulos, *Statistical and machine learning forecasting
# methods*, PLoS ONE 13, 2018 · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press
# 2016, §10. The text of this lab is licensed CC BY 4.0, its code MIT.
