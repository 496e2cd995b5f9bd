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
# # The rest of the network zoo
#
# In 2016 Fjodor van Veen drew a "mostly complete chart of neural networks": some thirty networks on
# one page, all made of a dozen kinds of cells. You have built many of them. This lab is about the
# others: networks that learn without a gradient, networks that remember by falling downhill, networks
# that dream, networks that draw maps, networks that nobody trains, and a neuron that fires. Each is a
# few lines of NumPy. Most have been replaced, but every one of them holds an idea that is still in
# use.
#
# **You will learn**
#
# - the kinds of cells in the chart, and what each computes;
# - radial-basis networks: clusters, then least squares;
# - Hopfield networks: Hebb's rule, energy, and how many memories fit in;
# - restricted Boltzmann machines: sampling, contrastive divergence, and the deep belief networks
#   that began deep learning;
# - self-organising maps;
# - echo-state networks and extreme learning machines, whose hidden weights stay random;
# - a spiking neuron, and how its rate follows from its equation.
#
# **You need** Labs 00 and 01, NumPy, and matrices.
#
# **Running time**
#
# | profile | where | digits | accuracy of the radial-basis network | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 2,000 | 89–94 % | 6–12 s on 2 cores |
# | full | default on a GPU | 10,000 | 87–94 % | 25–60 s on 2 cores |

# %%
import time

import numpy as np
from threadpoolctl import threadpool_limits

from course_lib import data, figures, profile

threadpool_limits(1)  # with matrices as small as these, one core is faster than two
QUICK = profile.current() == "quick"
print(f"NumPy {np.__version__}, {profile.current()} profile")

# %% [markdown]
# Every function that you write takes and returns NumPy arrays. The digits are shrunk to 14 × 14 pixels, from 0 (paper) to 1 (ink); each image is a row of 196
# numbers. Where scikit-learn has the same network, you compare it with yours.


# %%
def shrink(images):
    """Average blocks of 2 × 2 pixels: images (n, 28, 28) become rows (n, 196) in [0, 1]."""
    return images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196) / 255


(x_train, y_train), (x_test, y_test) = data.load("mnist")
x_train, y_train = shrink(x_train)[: 2000 if QUICK else 10000], y_train[: 2000 if QUICK else 10000]
x_test, y_test = shrink(x_test)[:1000], y_test[:1000]
one_hot = np.eye(10)[y_train]  # (n, 10): 1 for the digit, else 0


def squared_distances(x, centres):
    """Return the squares (n, k) of the distances between x (n, inputs) and centres (k, inputs)."""
    squares = np.sum(x**2, axis=1)[:, None] - 2 * x @ centres.T + np.sum(centres**2, axis=1)
    return np.maximum(squares, 0)  # rounding can lead to a little less than 0


# %% [markdown]
# ## 1 The cells of the chart
#
# A cell turns the numbers that reach it into one number. The chart has these kinds:
#
# | cell | what it computes | where you meet it |
# | --- | --- | --- |
# | input | a number of the example | everywhere |
# | noisy input | the same plus noise | the denoising autoencoder, Lab 08 |
# | hidden | an activation of the weighted sum | Lab 00 |
# | probabilistic | 1 with a probability, else 0 | section 4 |
# | spiking | a potential that fires at a threshold | section 7 |
# | kernel | how near the input is to a centre | section 2 |
# | convolution | a weighted sum over a small window | Lab 02 |
# | recurrent | an activation of the input *and* of the cells' own outputs one step ago | section 6, Lab 10 |
# | memory | a recurrent cell with gates, which decide what it keeps (Hochreiter & Schmidhuber 1997) | Lab 10 |
# | match input–output | an output whose target is the input | autoencoders, Lab 08 |
# | output | what the network returns | everywhere |
#
# A **kernel cell** has a centre $c$ instead of weights. It is most active, 1, if the input is at its
# centre. A **probabilistic cell** computes a probability $p$ and then draws: it is 1 with
# probability $p$, else 0. A **recurrent cell** reads the whole layer's last outputs, the **state**,
# by weights of their own:
#
# $$k_j = e^{-\gamma \lVert x - c_j \rVert^2} \qquad h = \begin{cases} 1 & u < p \\ 0 & u > p \end{cases}
# \qquad s_t = \tanh(x_t W_{in} + s_{t-1} W)$$
#
# Here $u$ is a random number between 0 and 1, drawn anew for each cell.
#
# ### Question 1 · `cells`
#
# Write three layers of cells. Each function takes a batch of `n` inputs. (Each is a third of the
# question; all three must be right for the points.)
#
# 1. `kernel_cells(x, centres, gamma)`: for inputs `(n, inputs)` and centres `(cells, inputs)`,
#    outputs `(n, cells)`.
# 2. `probabilistic_cells(p, u)`: for probabilities and random numbers, both `(n, cells)`, zeros and
#    ones of the same shape.
# 3. `recurrent_cells(x, state, w_in, w)`: for inputs `(n, inputs)`, states `(n, cells)`, and weights
#    `(inputs, cells)` and `(cells, cells)`, the next states `(n, cells)`.
#
# <details><summary>Hint 1, kernel_cells</summary>
#
# `squared_distances`, given above, returns all $\lVert x - c_j \rVert^2$ at once. It never stores the
# differences of all pixels, so it needs little memory.
#
# </details>


# %% solution="cells"
def kernel_cells(x, centres, gamma):
    """Return the activity (n, cells) of kernel cells with centres (cells, inputs)."""
    ### BEGIN SOLUTION
    return np.exp(-gamma * squared_distances(x, centres))
    ### END SOLUTION


def probabilistic_cells(p, u):
    """Return 1 where a random number u in [0, 1] is below p, else 0."""
    ### BEGIN SOLUTION
    return (u < p).astype(float)
    ### END SOLUTION


def recurrent_cells(x, state, w_in, w):
    """Return the next states (n, cells)."""
    ### BEGIN SOLUTION
    return np.tanh(x @ w_in + state @ w)
    ### END SOLUTION


# %% tests="cells"
import warnings

import numpy as np

from course_lib import testing as _testing


def _call(function, *arguments):
    """Call an answer with copies, without NumPy's warnings: stock nbgrader deducts points for these."""
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(*copies)


def _as_numbers(values):
    """True and False count as 1 and 0."""
    try:
        array = np.asarray(values)
    except ValueError:
        return values
    return array.astype(float) if array.dtype == bool else values


def _unpack(values, count, name, what):
    """Return what `name` returned as a list of `count` values."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    shape = _shape_of(values)
    is_several = isinstance(values, (tuple, list)) or bool(shape)
    assert is_several and len(values) == count, (
        f"`{name}` returned {len(values) if is_several else 1} values; expected {what}."
    )
    return list(values)


def _shape_of(values):
    """Return the shape of what was returned; None for parts of different shapes."""
    try:
        return np.shape(values)
    except ValueError:
        return None


def _check_kernel(x, centres, gamma):
    away = x[:, None] - centres
    squares = np.sum(away**2, axis=2)
    _testing.near(
        _call(kernel_cells, x, centres, gamma),
        np.exp(-gamma * squares),
        "`kernel_cells(x, centres, gamma)`",
        mistakes={
            "Did you forget to square the distance?": np.exp(-gamma * np.sqrt(squares)),
            "Is the sign wrong? A cell is most active at its centre.": np.exp(gamma * squares),
            "Did you forget gamma?": np.exp(-squares),
            "Did you divide by gamma? Multiply by it.": np.exp(-squares / gamma),
            "Did you use gamma as a width? Multiply the square of the distance by it.": np.exp(
                -squares / (2 * gamma**2)
            ),
            "Did you halve the exponent? The formula has no ½.": np.exp(-gamma * squares / 2),
            "Did you add absolute differences? Add their squares.": np.exp(
                -gamma * np.abs(away).sum(axis=2)
            ),
            "Did you square after the sum? Add the squares of the differences.": np.exp(
                -gamma * away.sum(axis=2) ** 2
            ),
            "Did you use the mean of the squares? Use their sum.": np.exp(
                -gamma * np.mean(away**2, axis=2)
            ),
            "Is this the square of the distance? A cell's activity is a power of e.": squares,
        },
    )


def _check_probabilistic(p, u):
    right = (u < p).astype(float)
    _testing.near(
        _as_numbers(_call(probabilistic_cells, p, u)),
        right,
        "`probabilistic_cells(p, u)`",
        mistakes={
            "Is the comparison the wrong way round? A cell with p near 1 is nearly always 1.": (
                1 - right
            ),
            "Did you compare p with ½? Compare it with u.": p > 0.5,
            "Did you compare u with ½? Compare it with p.": u < 0.5,
            "Did you return the probabilities? Return zeros and ones.": p,
            "Did you return -1 in place of 0?": 2 * right - 1,
        },
    )


def _check_recurrent(x, state, w_in, w):
    z = x @ w_in + state @ w
    _testing.near(
        _call(recurrent_cells, x, state, w_in, w),
        np.tanh(z),
        "`recurrent_cells(x, state, w_in, w)`",
        mistakes={
            "Did you forget tanh?": z,
            "Did you forget the state?": np.tanh(x @ w_in),
            "Did you forget the input?": np.tanh(state @ w),
            "Did you use the transpose of `w`?": np.tanh(x @ w_in + state @ w.T),
            "Did you use a sigmoid in place of tanh?": 1 / (1 + np.exp(-z)),
            "Did you apply tanh to both parts? Add them first.": (
                np.tanh(x @ w_in) + np.tanh(state @ w)
            ),
            "Did you add the state itself? Multiply it by `w`.": np.tanh(x @ w_in + state),
        },
    )


_check_kernel(np.array([[0.0, 1, 1], [2, 0, 0]]), np.array([[0.0, 0, 1], [1, 1, 1]]), 0.3)
_check_probabilistic(np.array([[0.2, 0.9, 0.6]]), np.array([[0.5, 0.8, 0.1]]))  # expected: 0, 1, 1
_check_recurrent(
    np.array([[1.0, -1]]),
    np.array([[0.5, 0, -0.5]]),
    np.array([[0.2, 0.4, 0], [0.1, 0, 0.3]]),
    np.array([[0.0, 1, 0], [0, 0, 1], [0.5, 0, 0]]),
)
### BEGIN HIDDEN TESTS


def _draw_noise(rng, p):
    """Draw random numbers that are clearly above or below probabilities p."""
    u = rng.uniform(size=np.shape(p))
    return np.where(np.abs(u - p) < 1e-3, (p + 0.37) % 1, u)


def _check_cells_hidden(rng):
    for n, inputs, cells in ((7, 3, 4), (1, 5, 2), (4, 2, 6)):
        x, centres = rng.normal(size=(n, inputs)), rng.normal(size=(cells, inputs))
        _check_kernel(x, centres, float(rng.uniform(0.05, 0.4)))
        p = rng.permutation(np.linspace(0.02, 0.98, n * cells)).reshape(n, cells)
        _check_probabilistic(p, _draw_noise(rng, p))
        state = rng.normal(size=(n, cells))
        w_in, w = rng.normal(size=(inputs, cells)), rng.normal(size=(cells, cells))
        _check_recurrent(x, state, w_in, w)


_check_cells_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
from sklearn.metrics.pairwise import rbf_kernel

ours, theirs = (
    kernel_cells(x_test[:50], x_train[:20], 0.03),
    rbf_kernel(x_test[:50], x_train[:20], 0.03),
)
print(
    f"kernel cells against scikit-learn's rbf_kernel: largest difference {np.abs(ours - theirs).max():.0e}"
)

# %% [markdown]
# ## 2 Centres, then least squares
#
# A **radial-basis network** (Broomhead & Lowe 1988) is a layer of kernel cells and a linear output.
# It is trained in two steps, without a gradient:
#
# 1. **The centres** come from clustering. **k-means** repeats two things: assign each example to its
#    nearest centre; then move each centre to the mean of the examples assigned to it. A centre without
#    examples stays where it is.
# 2. **The output** comes from **least squares**. Let $H$ be the kernel cells' activities with a last
#    column of ones for the bias, and $T$ the targets. The weights with the smallest squared error
#    have a closed form; a small $\lambda$, the **ridge**, keeps them small:
#
# $$V = (H^\top H + \lambda I)^{-1} H^\top T$$
#
# ### Question 2 · `radial`
#
# 1. `k_means(x, centres, steps)` starts from `centres`, does both things `steps` times, and returns
#    the centres `(k, inputs)`.
# 2. `fit_output(h, targets, ridge)` takes activities `(n, cells)` **without** the column of ones and
#    targets `(n, outputs)`. It returns $V$, `(cells + 1, outputs)`. The last row holds the biases,
#    and $I$ has `cells + 1` rows, so the ridge applies to them too.
#
# <details><summary>Hint 1, k_means</summary>
#
# `np.argmin` over the centres of `squared_distances` tells to which of them each example belongs. Then
# `x[nearest == j].mean(axis=0)` is the new centre `j`, if there is such an example.
#
# </details>
#
# <details><summary>Hint 2, fit_output</summary>
#
# `np.linalg.solve(a, b)` returns $A^{-1} B$ without inverting anything. `np.column_stack` appends a
# column.
#
# </details>


# %% solution="radial"
def k_means(x, centres, steps):
    """Move centres (k, inputs) to the middle of clusters of x (n, inputs), `steps` times."""
    ### BEGIN SOLUTION
    for _ in range(steps):
        nearest = np.argmin(squared_distances(x, centres), axis=1)
        centres = np.stack(
            [
                x[nearest == j].mean(axis=0) if np.any(nearest == j) else centre
                for j, centre in enumerate(centres)
            ]
        )
    return centres
    ### END SOLUTION


def fit_output(h, targets, ridge):
    """Return output weights (cells + 1, outputs) by least squares; the last row is the bias."""
    ### BEGIN SOLUTION
    h = np.column_stack([h, np.ones(len(h))])
    return np.linalg.solve(h.T @ h + ridge * np.eye(h.shape[1]), h.T @ targets)
    ### END SOLUTION


# %% tests="radial"
import numpy as np

from course_lib import testing as _testing


def _lloyd(x, centres, steps, middle=np.mean, empty=None):
    """Do k-means; return the centres and how clearly each example had a nearest one."""
    margin = np.inf
    for _ in range(steps):
        squares = np.sort(np.sum((x[:, None] - centres) ** 2, axis=2), axis=1)
        margin = min(margin, np.min(squares[:, 1] - squares[:, 0]))
        nearest = np.argmin(np.sum((x[:, None] - centres) ** 2, axis=2), axis=1)
        moved = [
            middle(x[nearest == j], axis=0) if np.any(nearest == j) else empty
            for j in range(len(centres))
        ]
        centres = np.stack([c if m is None else m for m, c in zip(moved, centres, strict=True)])
    return centres, margin


def _check_k_means(x, centres, steps):
    given = _call(k_means, x, centres, steps)
    call = f"`k_means(x, centres, {steps})`"
    if _shape_of(given) == centres.shape:
        assert not np.any(np.isnan(np.asarray(given, dtype=float))), (
            f"{call} returned NaN. Does a centre without examples stay where it is?"
        )
    _testing.near(
        given,
        _lloyd(x, centres, steps)[0],
        call,
        mistakes={
            "Did you do it only once?": _lloyd(x, centres, 1)[0],
            "Did you do it once too often?": _lloyd(x, centres, steps + 1)[0],
            "Did you do it once too seldom?": _lloyd(x, centres, steps - 1)[0],
            "Did you move a centre without examples? It stays where it is.": _lloyd(
                x, centres, steps, empty=np.zeros(x.shape[1])
            )[0],
            "Did you use the median? Use the mean.": _lloyd(x, centres, steps, np.median)[0],
        },
    )


def _check_output(h, targets, ridge):
    def solve(columns, penalty):
        return np.linalg.solve(columns.T @ columns + penalty, columns.T @ targets)

    ones = np.ones((len(h), 1))
    with_ones, first = np.hstack([h, ones]), np.hstack([ones, h])
    n = with_ones.shape[1]
    given = _call(fit_output, h, targets, ridge)
    if _shape_of(given) == (n - 1, targets.shape[1]):
        raise AssertionError(
            f"`fit_output` returned an array of shape {np.shape(given)}; expected {(n, targets.shape[1])}. "
            "Did you append the column of ones?"
        )
    _testing.near(
        given,
        solve(with_ones, ridge * np.eye(n)),
        "`fit_output(h, targets, ridge)`",
        rtol=1e-3,
        atol=1e-4,
        mistakes={
            "Did you put the column of ones first? It is the last column.": solve(
                first, ridge * np.eye(n)
            ),
            "Did you forget the ridge?": solve(with_ones, 0),
            "Did you leave the bias out of the ridge?": solve(
                with_ones, ridge * np.diag([1.0] * (n - 1) + [0])
            ),
            "Did you add the ridge to every entry? Add it on the diagonal.": solve(
                with_ones, ridge
            ),
            "Did you square the ridge?": solve(with_ones, ridge**2 * np.eye(n)),
            "Did you multiply the ridge by the number of examples?": solve(
                with_ones, ridge * len(h) * np.eye(n)
            ),
        },
    )


# Two clusters, and a centre that is far from all examples. Expected: [0, 0.5], [4, 5], [50, 50].
_check_k_means(
    np.array([[0.0, 0], [0, 1], [3, 5], [5, 5], [4, 5]]),
    np.array([[1.0, 1], [2, 2], [50, 50]]),
    3,
)
_check_output(
    np.array([[1.0, 0], [0.5, 0.5], [0, 1], [0.2, 0.1]]),
    np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]]),
    0.5,
)
### BEGIN HIDDEN TESTS


def _draw_clusters(rng, n, k, inputs, steps):
    """Draw examples for which no distance is nearly the same, and each step changes the centres."""
    while True:
        x, centres = 2 * rng.normal(size=(n, inputs)), rng.normal(size=(k, inputs))
        centres[rng.integers(k)] = 40 + rng.normal(size=inputs)  # stays without examples
        results = [_lloyd(x, centres, s) for s in (steps, steps + 1, steps - 1)]
        apart = [np.abs(results[0][0] - other).max() for other, _ in results[1:]]
        if results[0][1] > 1e-3 and min(apart) > 1e-2:
            return x, centres


def _check_radial_hidden(rng):
    for n, k, inputs, steps in ((60, 5, 2, 3), (90, 4, 3, 4), (80, 6, 2, 2)):
        _check_k_means(*_draw_clusters(rng, n, k, inputs, steps), steps)
    for n, cells, outputs in ((60, 5, 3), (40, 7, 2), (25, 3, 1)):
        targets = rng.normal(size=(n, outputs)) + rng.normal(size=outputs)
        _check_output(rng.uniform(size=(n, cells)), targets, float(rng.uniform(0.2, 0.6)))


_check_radial_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# First in the plane, on two half-moons: a linear output alone, a radial-basis network with 20 cells,
# and a multilayer perceptron with 20 hidden neurons (scikit-learn's, trained by backpropagation).

# %%
import warnings

import sklearn.cluster
from sklearn.datasets import make_moons
from sklearn.neural_network import MLPClassifier


def train_mlp(hidden, epochs, x, y):
    """Train a multilayer perceptron with one hidden layer by backpropagation, with Adam."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns whenever it stops before convergence
        model = MLPClassifier(
            hidden, max_iter=epochs, learning_rate_init=0.01, tol=0, random_state=1
        )
        return model.fit(x, y)


def predict(h, weights):
    """Return outputs (n, outputs) of activities h (n, cells) and the weights of `fit_output`."""
    return h @ weights[:-1] + weights[-1]


moons, sides = make_moons(300, noise=0.2, random_state=1)
signs = 2.0 * sides[:, None] - 1
start = moons[np.random.default_rng(0).choice(len(moons), 20, replace=False)]
centres = k_means(moons, start.copy(), 10)
theirs = sklearn.cluster.KMeans(20, init=start, n_init=1, max_iter=10, tol=0).fit(moons)
print(
    f"k-means against scikit-learn's: largest difference {np.abs(centres - theirs.cluster_centers_).max():.0e}"
)

line = fit_output(moons, signs, 1e-3)
radial = fit_output(kernel_cells(moons, centres, 2.0), signs, 1e-3)
mlp = train_mlp(20, 500, moons, sides)
figures.decision_boundary(
    {
        "linear": lambda points: predict(points, line),
        "radial basis": lambda points: predict(kernel_cells(points, centres, 2.0), radial),
        "multilayer perceptron": lambda points: mlp.predict_proba(points)[:, 1] - 0.5,
    },
    moons,
    sides,
)

# %% [markdown]
# Now the digits, with 100 cells. Which is better, and which is faster?

# %%
outcome = {}


def compare(name, began, predictions):
    """Note the accuracy on the test set, and the seconds since `began`."""
    outcome[name] = np.mean(predictions == y_test), time.perf_counter() - began
    print(f"{name:>26}: {outcome[name][0]:.1%}, {outcome[name][1]:.2f} s")


began = time.perf_counter()
centres = k_means(
    x_train, x_train[np.random.default_rng(0).choice(len(x_train), 100, replace=False)], 5
)
weights = fit_output(kernel_cells(x_train, centres, 0.03), one_hot, 1e-3)
compare(
    "radial basis, 100", began, predict(kernel_cells(x_test, centres, 0.03), weights).argmax(axis=1)
)
began = time.perf_counter()
mlp = train_mlp(100, 40, x_train, y_train)
compare("multilayer perceptron, 100", began, mlp.predict(x_test))

# %% [markdown]
# With the 2,000 digits of the quick profile, both read about equally well, and the radial-basis network
# is trained in a fraction of the time: no gradient, no learning rate, and least squares has one
# solution. With the 10,000 digits of the full profile, the perceptron is clearly better. It learns
# *which* features of the pixels matter. A kernel cell cannot: it compares all pixels at once, so ever
# more cells are needed as more inputs vary. That is why deep networks replaced it. Kernels live on in
# support-vector machines and Gaussian processes.
#
# ## 3 A network that remembers
#
# A **Hopfield network** (Hopfield 1982) has no inputs and no outputs. It has $N$ neurons, each $+1$ or
# $-1$, and every neuron is connected with every other. It stores patterns by
# **Hebb's rule**: neurons that are equal in a pattern get a connection that keeps them equal. For $P$
# patterns $p^1, \dots, p^P$,
#
# $$w_{ij} = \frac{1}{N} \sum_{\mu=1}^{P} p_i^\mu p_j^\mu \quad (i \neq j), \qquad w_{ii} = 0$$
#
# No step by step, no loss: one sum. Each state $s$ has an **energy**, which is low where the neurons
# agree with their connections:
#
# $$E(s) = -\tfrac{1}{2} \sum_{i,j} w_{ij} s_i s_j$$
#
# ### Question 3 · `hopfield`
#
# 1. `hebb(patterns)` returns the weights `(N, N)` for patterns of ±1, `(P, N)`.
# 2. `hopfield_energy(w, states)` returns the energy `(n,)` of each of the states `(n, N)`.


# %% solution="hopfield"
def hebb(patterns):
    """Return the weights (N, N) that store patterns (P, N) of +1 and -1."""
    ### BEGIN SOLUTION
    w = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(w, 0)
    return w
    ### END SOLUTION


def hopfield_energy(w, states):
    """Return the energy (n,) of each state in states (n, N)."""
    ### BEGIN SOLUTION
    return -0.5 * np.sum((states @ w) * states, axis=1)
    ### END SOLUTION


# %% tests="hopfield"
import numpy as np

from course_lib import testing as _testing


def _store(patterns, diagonal=False):
    w = patterns.T @ patterns / patterns.shape[1]
    return w if diagonal else w - np.diag(np.diag(w))


def _check_hebb(patterns):
    right, (count, n) = _store(patterns), patterns.shape
    given = _call(hebb, patterns)
    if _shape_of(given) == (count, count) != (n, n):
        raise AssertionError(
            f"`hebb` returned an array of shape {(count, count)}; expected {(n, n)}, a weight for each "
            "pair of neurons. Did you compare patterns with patterns?"
        )
    _testing.near(
        given,
        right,
        "`hebb(patterns)`",
        mistakes={
            "Did you set the diagonal to 0? A neuron is not connected with itself.": _store(
                patterns, diagonal=True
            ),
            "Did you forget to divide by N?": n * right,
            "Did you divide by the number of patterns? Divide by the number of neurons.": (
                n / count * right
            ),
            "Is the sign wrong?": -right,
            "Did you store the first pattern only?": _store(patterns[:1]),
        },
    )


def _check_energy(w, states):
    each = np.sum((states @ w) * states, axis=1)
    given = _call(hopfield_energy, w, states)
    if _shape_of(given) == (len(states), len(states)):
        raise AssertionError(
            f"`hopfield_energy` returned an array of shape {np.shape(given)}; expected {each.shape}, one "
            "number for each state. Did you combine each state with every other?"
        )
    _testing.near(
        given,
        -each / 2,
        "`hopfield_energy(w, states)`",
        mistakes={
            "Is the sign wrong?": each / 2,
            "Did you forget the ½?": -each,
            "Did you forget the ½ and the sign?": each,
            "Did you divide by the number of neurons? The weights have been divided already.": (
                -each / 2 / len(w)
            ),
        },
    )


_check_hebb(np.array([[1.0, 1, -1, -1], [1, -1, 1, -1]]))
_check_energy(
    np.array([[0.0, 0.5, -0.25], [0.5, 0, 0.75], [-0.25, 0.75, 0]]),
    np.array([[1.0, 1, 1], [1, -1, 1]]),
)  # expected: -1.0, 1.5
### BEGIN HIDDEN TESTS


def _draw_couplings(rng, n):
    """Draw symmetric weights without a diagonal."""
    w = rng.normal(size=(n, n))
    w = (w + w.T) / 2
    np.fill_diagonal(w, 0)
    return w


def _check_hopfield_hidden(rng):
    for count, n in ((5, 12), (3, 21), (1, 8)):
        _check_hebb(rng.choice([-1.0, 1.0], (count, n)))
        _check_energy(_draw_couplings(rng, n), rng.choice([-1.0, 1.0], (6, n)))


_check_hopfield_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# To **recall** a pattern, set the neurons to a damaged copy of it and let them run. Each neuron in
# turn looks at the others and takes the sign of its **field**, the weighted sum that reaches it:
#
# $$s_i \leftarrow \begin{cases} +1 & \sum_j w_{ij} s_j > 0 \\ -1 & \sum_j w_{ij} s_j < 0 \\ s_i & \text{if the sum is 0} \end{cases}$$
#
# One after the other, not all at once: the next neuron already sees the new value of this one. Then
# the energy can only fall. If neuron $i$ changes, the energy changes by $-\Delta s_i \sum_j w_{ij}
# s_j$, and $\Delta s_i$ has the sign of the field. There are finitely many states, so the network
# comes to rest in one that no update changes.
#
# ### Question 4 · `update`
#
# Write `update(w, state, order)`. It updates the neurons whose numbers are in `order`, one after the
# other, and returns the new state `(N,)`. All others keep their values.
#
# <details><summary>Hint 1</summary>
#
# `w[i] @ state` is the field of neuron `i`. Work on a copy of the state, and write each new value into
# it before you compute the next field.
#
# </details>


# %% solution="update"
def update(w, state, order):
    """Update the neurons in `order` one after the other; returns the new state (N,)."""
    ### BEGIN SOLUTION
    state = state.copy()
    for i in order:
        field = w[i] @ state
        if field != 0:
            state[i] = np.sign(field)
    return state
    ### END SOLUTION


# %% tests="update"
import numpy as np

from course_lib import testing as _testing


def _update(w, state, order, at_zero=None, at_once=False, sign=1, stop=False):
    """Update neurons in order; the options are mistakes."""
    new = state.copy()
    for i in order:
        field = sign * (w[i] @ (state if at_once else new))
        value = np.sign(field) if field else at_zero
        if value is not None:
            changed, new[i] = new[i] != value, value
            if stop and changed:
                break
    return new


def _find_update_mistakes(w, state, order):
    """Return what likely mistakes lead to."""
    everyone = np.arange(len(w))
    return {
        "Did you update all neurons at once? Each one must see the new values before it.": _update(
            w, state, order, at_once=True
        ),
        "Is the field of a neuron exactly 0? Then it keeps its value.": _update(
            w, state, order, at_zero=0
        ),
        "Did you set a neuron to 1 whose field is exactly 0? It keeps its value.": _update(
            w, state, order, at_zero=1
        ),
        "Did you set a neuron to -1 whose field is exactly 0? It keeps its value.": _update(
            w, state, order, at_zero=-1
        ),
        "Did you update the neurons from first to last? Follow `order`.": _update(
            w, state, sorted(order)
        ),
        "Did you update all neurons? Only those in `order` are updated.": _update(
            w, state, everyone
        ),
        "Is the sign wrong?": _update(w, state, order, sign=-1),
        "Did you stop after the first change?": _update(w, state, order, stop=True),
        "Did you return the state that was passed?": state,
    }


def _check_update(w, state, order):
    given = _call(update, w, state, order)
    assert _shape_of(given) != (len(order),) or len(order) == len(state), (
        f"`update` returned {len(order)} values; expected the whole state, {len(state)} values."
    )
    _testing.near(
        given,
        _update(w, state, order),
        "`update(w, state, order)`",
        mistakes=_find_update_mistakes(w, state, order),
    )


def _check_four_neurons():
    w = np.array([[0.0, 1, 1, -2], [1, 0, -1, 0], [1, -1, 0, 1], [-2, 0, 1, 0]])
    # expected: 1, 1, 1, -1: the last neuron sees that the first one has changed
    _check_update(w, np.array([-1.0, 1, 1, -1]), np.array([0, 3]))
    # expected: 1, -1, -1, 1: the fields of neurons 2 and 0 are 0, so they keep their values
    _check_update(w, np.array([1.0, 1, -1, 1]), np.array([1, 2]))
    # expected: -1, -1, -1, 1
    _check_update(w, np.array([-1.0, -1, 1, -1]), np.array([1, 2, 0, 3]))


_check_four_neurons()
### BEGIN HIDDEN TESTS


def _is_told_apart(w, state, order):
    """Whether each mistake leads to another state than the right one."""
    right = _update(w, state, order)
    return all(np.any(wrong != right) for wrong in _find_update_mistakes(w, state, order).values())


def _check_update_hidden(rng):
    # Multiples of 1/64: every field is exact, in float32 as well, and some are 0.
    for length in (30, 50):
        while True:
            w = _store(rng.choice([-1.0, 1.0], (6, 64)))
            state, order = rng.choice([-1.0, 1.0], 64), rng.permutation(64)[:length]
            if _is_told_apart(w, state, order):
                break
        _check_update(w, state, order)
    while True:
        upper = np.triu(rng.normal(size=(15, 15)), 1)
        w, state = upper + upper.T, rng.choice([-1.0, 1.0], 15)
        fields = [w[i] @ _update(w, state, range(i)) for i in range(15)]
        if np.min(np.abs(fields)) > 1e-3:
            break
    _check_update(w, state, np.arange(15))


_check_update_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Store four letters of 14 × 10 neurons, damage one, and let the network recall it.

# %%
LETTERS = """
####. #...# ..### #...#
#...# #...# ...#. #...#
#...# .#.#. ...#. #...#
####. ..#.. ...#. #...#
#.#.. .#.#. ...#. #...#
#..#. #...# #..#. #...#
#...# #...# .##.. .###.
"""
rows = [line.split() for line in LETTERS.split("\n") if line]
letters = np.array(
    [[[1.0 if c == "#" else -1.0 for c in row[k]] for row in rows] for k in range(4)]
)
letters = letters.repeat(2, axis=1).repeat(2, axis=2).reshape(4, 140)

rng = np.random.default_rng(3)
w = hebb(letters)
state = letters[0] * rng.choice([1, -1], 140, p=[0.75, 0.25])
states, updates, order = [state], [0], np.concatenate([rng.permutation(140) for _ in range(2)])
for start in range(0, len(order), 5):
    states.append(update(w, states[-1].copy(), order[start : start + 5]))
    updates.append(start + 5)
print(
    f"overlap with the letter: {states[0] @ letters[0] / 140:.2f} before, {states[-1] @ letters[0] / 140:.2f} after"
)
figures.energy_descent(
    np.reshape(states, (-1, 14, 10)), hopfield_energy(w, np.array(states)), updates
)

# %% [markdown]
# The overlap $\frac{1}{N} \sum_i s_i p_i$ is 1 if the state is the pattern, and near 0 if the
# two have nothing to do with each other.
#
# The energy has other valleys than the stored ones. Each stored pattern has a mirror image, with all
# signs changed, that has the same energy. And mixtures of three patterns are often stable, too. Such
# **spurious states** are memories of something that never happened.


# %%
def recall(w, state, rng):
    """Update all neurons in random orders, until nothing changes."""
    for _ in range(30):
        new = update(w, state.copy(), rng.permutation(len(state)))
        if np.array_equal(new, state):
            break
        state = new
    return state


patterns = rng.choice([-1.0, 1.0], (3, 300))
w = hebb(patterns)
mixture = np.sign(patterns.sum(axis=0))
for name, state in [
    ("a stored pattern", patterns[0]),
    ("its mirror image", -patterns[0]),
    ("a mixture of three", mixture),
]:
    kept = recall(w, state, rng) @ state / 300
    print(
        f"{name:>18}: overlap with what becomes of it {kept:.2f}, energy {hopfield_energy(w, state[None])[0]:.1f}"
    )

# %% [markdown]
# How many patterns fit in? The other patterns add noise to each field. With random patterns, this
# noise has a variance of about $P / N$, the **load**. Up to a load of about 0.138 a recalled pattern
# is nearly perfect; above it, memory breaks down all at once (Amit, Gutfreund & Sompolinsky 1985):
# not only the last pattern is lost, but all of them. In a small network, the edge is blurred.

# %%
overlaps = {}
for neurons in (100, 400) if QUICK else (100, 400, 1000):
    overlaps[neurons] = {}
    for load in (0.05, 0.09, 0.12, 0.14, 0.16, 0.18, 0.22, 0.3):
        rng = np.random.default_rng(neurons)
        patterns = rng.choice([-1.0, 1.0], (round(load * neurons), neurons))
        w = hebb(patterns)
        tried = patterns[: 5000 // neurons]
        overlaps[neurons][load] = np.mean([recall(w, p, rng) @ p / neurons for p in tried])
figures.capacity_curve(overlaps)

# %% [markdown]
# ## 4 A network that dreams
#
# A **Boltzmann machine** is a Hopfield network with probabilistic cells, some of them hidden. It does
# not store images; it learns their distribution. With connections between all cells it is hopelessly
# slow. The **restricted Boltzmann machine** (RBM; Smolensky 1986, Hinton 2002) has a visible layer $v$
# and a hidden layer $h$ of zeros and ones, and connections only between the two:
#
# $$E(v, h) = - v \cdot b - h \cdot c - v W h \qquad p(v, h) = \frac{e^{-E(v, h)}}{Z}$$
#
# $W$ has the shape (visible, hidden), $b$ and $c$ are the biases of the visible and the hidden layer,
# and $Z$ is the sum of $e^{-E}$ over all states. Nobody can compute $Z$: 196 pixels alone have
# $2^{196}$ states. But within a layer the cells don't see each other, so one layer given the other
# is easy, all its cells at once, with the sigmoid $\sigma$:
#
# $$p(h_j = 1 \mid v) = \sigma\Big(c_j + \sum_i v_i W_{ij}\Big) \qquad
# p(v_i = 1 \mid h) = \sigma\Big(b_i + \sum_j W_{ij} h_j\Big)$$
#
# An image alone has a **free energy** $F(v)$, with $p(v) = e^{-F(v)} / Z$. It is the sum over all $h$,
# which also has a short form:
#
# $$F(v) = -\ln \sum_h e^{-E(v, h)} = - v \cdot b - \sum_j \ln\left(1 + e^{c_j + \sum_i v_i W_{ij}}\right)$$
#
# ### Question 5 · `rbm`
#
# Write `hidden_probabilities(v, w, c)`, `(n, hidden)`; `visible_probabilities(h, w, b)`,
# `(n, visible)`; and `free_energy(v, w, b, c)`, `(n,)`.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %% solution="rbm"
def hidden_probabilities(v, w, c):
    """Return p(h = 1 | v), (n, hidden), for visible states v (n, visible)."""
    ### BEGIN SOLUTION
    return sigmoid(v @ w + c)
    ### END SOLUTION


def visible_probabilities(h, w, b):
    """Return p(v = 1 | h), (n, visible), for hidden states h (n, hidden)."""
    ### BEGIN SOLUTION
    return sigmoid(h @ w.T + b)
    ### END SOLUTION


def free_energy(v, w, b, c):
    """Return the free energy (n,) of visible states v (n, visible)."""
    ### BEGIN SOLUTION
    return -v @ b - np.sum(np.logaddexp(0, v @ w + c), axis=1)
    ### END SOLUTION


# %% tests="rbm"
from itertools import product

import numpy as np

from course_lib import testing as _testing


def _logistic(z):
    return 1 / (1 + np.exp(-z))


def _check_layer(function, name, given_layer, w, bias, other_bias):
    """Compare the probabilities of a layer; w: from the given layer to this one."""
    z = given_layer @ w + bias
    mistakes = {
        "Did you forget the sigmoid?": z,
        "Did you forget the bias?": _logistic(z - bias),
        "Is the sign wrong?": _logistic(-z),
        "Did you subtract the bias?": _logistic(z - 2 * bias),
        "Did you draw zeros and ones? Return the probabilities.": z > 0,
        "Did you use tanh?": np.tanh(z),
    }
    original = w if name.startswith("`hidden") else w.T
    given = _call(function, given_layer, original, bias)
    _testing.near(given, _logistic(z), name, mistakes=mistakes)


def _enumerate(v, w, b, c, signs=(-1, -1, -1)):
    """Compute the free energy from its definition, over all hidden states."""
    h = np.array(list(product((0.0, 1.0), repeat=w.shape[1])))
    energies = signs[0] * (v @ b)[:, None] + signs[1] * h @ c + signs[2] * v @ w @ h.T
    return -np.log(np.exp(-energies).sum(axis=1))


def _check_free_energy(v, w, b, c):
    z = v @ w + c
    right = _enumerate(v, w, b, c)
    _testing.near(
        _call(free_energy, v, w, b, c),
        right,
        "`free_energy(v, w, b, c)`",
        mistakes={
            "Is the sign wrong?": -right,
            "Did you forget the visible bias `b`?": right + v @ b,
            "Did you add `v · b`? Subtract it.": right + 2 * v @ b,
            "Did you forget the hidden bias `c`?": _enumerate(v, w, b, 0 * c),
            "Did you add the logarithms? Subtract them.": 2 * (-v @ b) - right,
            "Is this the energy with the probabilities in place of h? Use ln(1 + e^z).": (
                -v @ b - np.sum(_logistic(z) * z, axis=1)
            ),
            "Did you forget the logarithm?": -v @ b - np.sum(1 + np.exp(z), axis=1),
            "Did you use ln(1 + e^(-z))?": -v @ b - np.sum(np.logaddexp(0, -z), axis=1),
            "Did you use the logarithm of the sigmoid? Use ln(1 + e^z).": (
                -v @ b - np.sum(np.log(_logistic(z)), axis=1)
            ),
        },
    )


def _check_rbm(v, h, w, b, c):
    _check_layer(hidden_probabilities, "`hidden_probabilities(v, w, c)`", v, w, c, b)
    _check_layer(visible_probabilities, "`visible_probabilities(h, w, b)`", h, w.T, b, c)
    _check_free_energy(v, w, b, c)


_check_rbm(
    np.array([[1.0, 0, 1], [0, 1, 1]]),
    np.array([[1.0, 0], [1, 1]]),
    np.array([[0.5, -1], [1, 0.25], [-0.5, 2]]),
    np.array([0.1, -0.2, 0.3]),
    np.array([0.5, -0.4]),
)
### BEGIN HIDDEN TESTS


def _draw_machine(rng, n, visible, hidden):
    """Draw states, weights and biases of a restricted Boltzmann machine."""
    v = (rng.uniform(size=(n, visible)) < 0.5).astype(float)
    h = (rng.uniform(size=(n, hidden)) < 0.5).astype(float)
    w = rng.normal(size=(visible, hidden))
    return v, h, w, rng.normal(size=visible), rng.normal(size=hidden)


def _check_rbm_hidden(rng):
    for n, visible, hidden in ((6, 7, 4), (5, 3, 6), (1, 4, 2)):
        _check_rbm(*_draw_machine(rng, n, visible, hidden))


_check_rbm_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# To learn, the RBM makes the images more probable. The gradient of $\ln p(v)$ with respect to
# $W_{ij}$ is $\langle v_i h_j \rangle$ on the data minus $\langle v_i h_j \rangle$ in the machine's own
# distribution: learn what is there, forget what you dream. For the second part one would have to run
# the machine for a very long time. Hinton's **contrastive divergence** (2002) runs it for one step:
#
# 1. From the images $v$, compute the probabilities $p$ of the hidden cells, and draw $h$ from them.
# 2. From $h$, compute the probabilities of the visible cells, and draw a reconstruction $v'$ from them.
# 3. From $v'$, compute the probabilities $p'$ of the hidden cells.
# 4. With the mean over the $n$ images of the batch,
#
# $$W \leftarrow W + \eta\, \frac{v^\top p - v'^\top p'}{n} \qquad b \leftarrow b + \eta\, \overline{(v - v')} \qquad
# c \leftarrow c + \eta\, \overline{(p - p')}$$
#
# The probabilities, not the drawn zeros and ones, stand in step 4, because they have less noise.
#
# ### Question 6 · `divergence`
#
# Write `contrastive_divergence(v, w, b, c, rate, u_hidden, u_visible)`. To draw, compare with the
# random numbers that are passed, `(n, hidden)` and `(n, visible)`: a cell is 1 where its $u$ is below
# its probability. Return the new `w`, `b`, `c`. The function `sigmoid` above helps.
#
# <details><summary>Hint 1</summary>
#
# Write down the shapes: v and v' are (n, visible), p and p' are (n, hidden). A product of shape
# (visible, hidden) needs the first of them transposed.
#
# </details>


# %% solution="divergence"
def contrastive_divergence(v, w, b, c, rate, u_hidden, u_visible):
    """Take one step of contrastive divergence on a batch v (n, visible); returns new w, b, c."""
    ### BEGIN SOLUTION
    p = sigmoid(v @ w + c)
    h = (u_hidden < p).astype(float)
    dreamt = (u_visible < sigmoid(h @ w.T + b)).astype(float)
    p_dreamt = sigmoid(dreamt @ w + c)
    w = w + rate * (v.T @ p - dreamt.T @ p_dreamt) / len(v)
    b = b + rate * np.mean(v - dreamt, axis=0)
    c = c + rate * np.mean(p - p_dreamt, axis=0)
    return w, b, c
    ### END SOLUTION


# %% tests="divergence"
import numpy as np

from course_lib import testing as _testing


def _diverge(v, w, b, c, rate, u_hidden, u_visible, mistake=""):
    """Take one step of contrastive divergence, right or with a mistake; return the new w, b, c."""
    p = _logistic(v @ w + c)
    h = (u_hidden < p).astype(float)
    q = _logistic((p if mistake == "h not drawn" else h) @ w.T + b)
    dreamt = q if mistake == "v not drawn" else (u_visible < q).astype(float)
    p_dreamt = _logistic(dreamt @ w + c)
    start, end = p, p_dreamt
    if mistake == "drawn":
        start, end = h, (u_hidden < p_dreamt).astype(float)
    if mistake == "first drawn":
        start = h
    count = 1 if mistake == "sum" else len(v)
    sign = -1 if mistake == "sign" else 1
    step = sign * rate / count
    if mistake == "no rate":
        step = step / rate
    w = w + step * (v.T @ start - dreamt.T @ end)
    if mistake == "h in place of p'":
        w = w + step * (dreamt.T @ end - dreamt.T @ h)
    return w, b + step * np.sum(v - dreamt, axis=0), c + step * np.sum(start - end, axis=0)


_DIVERGENCE_MISTAKES = {
    "h not drawn": "Did you draw h before the reconstruction?",
    "v not drawn": "Did you draw the reconstruction? It consists of zeros and ones.",
    "drawn": "Did you use drawn hidden cells in step 4? Use their probabilities.",
    "first drawn": "Did you use h in step 4? Use the probabilities p.",
    "h in place of p'": "Did you use h with the reconstruction? Use p', computed from it.",
    "sum": "Did you forget to divide by the number of images?",
    "sign": "Is the sign wrong? Add the data, subtract the reconstruction.",
    "no rate": "Did you forget the learning rate?",
}


def _check_divergence(*arguments):
    given = _call(contrastive_divergence, *arguments)
    given = _unpack(given, 3, "contrastive_divergence", "three values: `return w, b, c`")
    right = _diverge(*arguments)
    wrong = {hint: _diverge(*arguments, mistake) for mistake, hint in _DIVERGENCE_MISTAKES.items()}
    for place, name in enumerate("wbc"):
        mistakes = {hint: three[place] for hint, three in wrong.items()}
        mistakes["Did you return the change only? Add it to the old value."] = (
            right[place] - arguments[1 + place]
        )
        mistakes["Did you return the old value?"] = arguments[1 + place]
        call = f"`contrastive_divergence(…)`, as the new `{name}`,"
        _testing.near(given[place], right[place], call, mistakes=mistakes)


_check_divergence(
    np.array([[1.0, 0, 1], [0, 1, 1]]),
    np.array([[0.5, -1], [1, 0.25], [-0.5, 2]]),
    np.array([0.1, -0.2, 0.3]),
    np.array([0.5, -0.4]),
    0.1,
    np.array([[0.3, 0.9], [0.5, 0.4]]),
    np.array([[0.2, 0.8, 0.1], [0.9, 0.3, 0.7]]),
)
### BEGIN HIDDEN TESTS


def _draw_away_from(rng, p):
    """Draw random numbers that are clearly above or below probabilities p."""
    u = rng.uniform(size=p.shape)
    return np.where(np.abs(u - p) < 1e-3, (p + 0.37) % 1, u)


def _check_divergence_hidden(rng):
    for n, visible, hidden in ((6, 7, 4), (3, 5, 8), (9, 4, 3)):
        v = (rng.uniform(size=(n, visible)) < 0.5).astype(float)
        w = 0.5 * rng.normal(size=(visible, hidden))
        b, c = 0.5 * rng.normal(size=visible), 0.5 * rng.normal(size=hidden)
        p = _logistic(v @ w + c)
        u_hidden = _draw_away_from(rng, p)
        u_visible = _draw_away_from(rng, _logistic((u_hidden < p) @ w.T + b))
        _check_divergence(v, w, b, c, float(rng.uniform(0.1, 0.6)), u_hidden, u_visible)


_check_divergence_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Train an RBM with 96 hidden cells on black-and-white digits, and scikit-learn's `BernoulliRBM` of the
# same size. (It uses a relative of contrastive divergence that never restarts its dreams at the data.)
# The error of a reconstruction is the mean $|v - v'|$, with probabilities for $v'$.

# %%
from sklearn.neural_network import BernoulliRBM


def train_rbm(v, hidden, epochs, rate, seed=0):
    """Train a restricted Boltzmann machine in batches of 20; returns w, b, c."""
    rng = np.random.default_rng(seed)
    w = 0.05 * rng.normal(size=(v.shape[1], hidden))
    mean = np.clip(v.mean(axis=0), 0.01, 0.99)
    b, c = np.log(mean / (1 - mean)), np.zeros(hidden)
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(v)), len(v) // 20):
            u = rng.uniform(size=(len(rows), hidden)), rng.uniform(size=(len(rows), v.shape[1]))
            w, b, c = contrastive_divergence(v[rows], w, b, c, rate, *u)
    return w, b, c


ink_train, ink_test = (x_train > 0.5).astype(float), (x_test > 0.5).astype(float)
w, b, c = train_rbm(ink_train, 96, 15, 0.1)
theirs = BernoulliRBM(96, learning_rate=0.1, batch_size=20, n_iter=15, random_state=1)
theirs.fit(ink_train)
copied = visible_probabilities(hidden_probabilities(ink_test, w, c), w, b)
other = visible_probabilities(
    hidden_probabilities(ink_test, theirs.components_.T, theirs.intercept_hidden_),
    theirs.components_.T,
    theirs.intercept_visible_,
)
noise = (np.random.default_rng(1).uniform(size=ink_test.shape) < ink_test.mean()).astype(float)
print(
    f"error of a reconstruction: ours {np.abs(copied - ink_test).mean():.3f}, scikit-learn's {np.abs(other - ink_test).mean():.3f}"
)
print(
    f"free energy: digits {free_energy(ink_test, w, b, c).mean():.0f}, random pixels {free_energy(noise, w, b, c).mean():.0f}"
)
same = hidden_probabilities(ink_test, theirs.components_.T, theirs.intercept_hidden_)
print(
    f"hidden probabilities with the same weights: largest difference {np.abs(same - theirs.transform(ink_test)).max():.0e}"
)
figures.image_grid(
    (0.5 + w.T / (2 * np.abs(w).max())).reshape(-1, 14, 14),
    title="What the 96 hidden cells look for: strokes and blobs (dark: ink raises the cell)",
    columns=12,
)

# %% [markdown]
# Let it dream: start with test images, and draw hidden and visible cells alternately (**Gibbs
# sampling**). After a few steps, nothing is left of the start but what the machine believes digits to
# be.


# %%
def dream(v, steps, rng):
    """Draw hidden and visible cells alternately; returns probabilities of the visible cells."""
    for _ in range(steps):
        p = hidden_probabilities(v, w, c)
        q = visible_probabilities((rng.uniform(size=p.shape) < p).astype(float), w, b)
        v = (rng.uniform(size=q.shape) < q).astype(float)
    return q


rng = np.random.default_rng(2)
rows = [ink_test[:12], *(dream(ink_test[:12], steps, rng) for steps in (1, 10, 100, 1000))]
figures.image_grid(
    np.concatenate(rows).reshape(-1, 14, 14),
    title="Test images, then dreams after 1, 10, 100 and 1,000 steps",
    columns=12,
)

# %% [markdown]
# Hidden probabilities can be the input of another RBM, and so on: a **deep belief network** (Hinton,
# Osindero & Teh 2006). Layers were trained one by one, without labels, and then fine-tuned. It was the
# first way to train deep networks well, and the name *deep learning* became common. Below, a linear
# classifier gets only 100 labels, ten for each digit. Its inputs are the pixels, the first RBM's
# hidden cells, or the second's.

# %%
from sklearn.linear_model import LogisticRegression

layers = [(w, c)]
h = hidden_probabilities(ink_train, w, c)
w_2, _, c_2 = train_rbm(h, 96, 15, 0.1, seed=1)
layers.append((w_2, c_2))


def climb(v, height):
    """Return the activities in layer `height` of the deep belief network; 0: the pixels."""
    for w, c in layers[:height]:
        v = hidden_probabilities(v, w, c)
    return v


for height, name in enumerate(["pixels", "first RBM", "second RBM"]):
    right = []
    for draw in range(5):
        rng = np.random.default_rng(draw)
        few = np.concatenate(
            [rng.choice(np.flatnonzero(y_train == d), 10, replace=False) for d in range(10)]
        )
        model = LogisticRegression(max_iter=500).fit(climb(ink_train[few], height), y_train[few])
        right.append(model.score(climb(ink_test, height), y_test))
    print(
        f"{name:>10}: accuracy with 100 labels {np.mean(right):.1%} ± {np.std(right):.1%} (5 draws)"
    )

# %% [markdown]
# With so few labels, the hidden cells of the first RBM are better inputs than the pixels. The second RBM
# adds little or nothing here.
#
# ## 5 A network that draws a map
#
# A **self-organising map** (Kohonen 1982) has units on a grid. Each unit holds a weight vector as long as
# an input. For each example, the units compete: the **winner** is the unit whose weights are nearest to
# the example. Then the winner *and its neighbours on the grid* move towards the example:
#
# $$w_j \leftarrow w_j + \eta\, e^{-d_j^2 / 2 r^2}\, (x - w_j)$$
#
# Here $d_j$ is the distance between unit $j$ and the winner **on the grid**, not between their weights.
# The radius $r$ shrinks during training. So neighbours on the grid become similar, and the grid becomes
# a map of the data: similar inputs, nearby units.
#
# ### Question 7 · `som`
#
# 1. `best_unit(x, weights)` returns the number of the winner for one example `(inputs,)` and weights
#    `(units, inputs)`.
# 2. `som_step(weights, grid, x, rate, radius)` returns the new weights after one example `x`. `grid`
#    holds each unit's place, `(units, 2)`.
#
# <details><summary>Hint 1, som_step</summary>
#
# `np.sum((grid - grid[winner]) ** 2, axis=1)` holds all $d_j^2$. The factors have the shape (units,); to
# multiply each row of $x - w_j$ with its factor, they need the shape (units, 1).
#
# </details>


# %% solution="som"
def best_unit(x, weights):
    """Return the number of the unit whose weights (units, inputs) are nearest to x (inputs,)."""
    ### BEGIN SOLUTION
    return int(np.argmin(np.sum((weights - x) ** 2, axis=1)))
    ### END SOLUTION


def som_step(weights, grid, x, rate, radius):
    """Move the winner and its neighbours towards x; returns the new weights (units, inputs)."""
    ### BEGIN SOLUTION
    apart = np.sum((grid - grid[best_unit(x, weights)]) ** 2, axis=1)
    near = np.exp(-apart / (2 * radius**2))
    return weights + rate * near[:, None] * (x - weights)
    ### END SOLUTION


# %% tests="som"
import numpy as np

from course_lib import testing as _testing


def _find_winners(x, weights):
    """Return the winner, and by hint the winners of likely mistakes."""
    away = weights - x
    squares = np.sum(away**2, axis=1)
    return int(np.argmin(squares)), {
        "This is the farthest unit.": int(np.argmax(squares)),
        "Did you use the product? The winner has the smallest distance.": int(
            np.argmax(weights @ x)
        ),
        "Did you add absolute differences? Use the Euclidean distance.": int(
            np.argmin(np.abs(away).sum(axis=1))
        ),
        "Did you forget the squares? Differences of both signs cancel.": int(
            np.argmin(away.sum(axis=1))
        ),
        "Did you compare lengths? Use the distance from x.": int(
            np.argmin(np.abs(np.linalg.norm(weights, axis=1) - np.linalg.norm(x)))
        ),
    }


def _check_winner(x, weights):
    right, mistakes = _find_winners(x, weights)
    given = _call(best_unit, x, weights)
    shape = _shape_of(given)
    assert given is None or (shape is not None and np.size(given) == 1), (
        f"`best_unit` returned {f'an array of shape {shape}' if shape else 'several values'}; expected "
        "one integer, the number of the winner."
    )
    _testing.near(
        np.squeeze(given) if given is not None else None,
        right,
        "`best_unit(x, weights)`",
        mistakes=mistakes,
    )


def _move(weights, x, rate, factors):
    return weights + rate * np.reshape(factors, (-1, 1)) * (x - weights)


def _check_step(weights, grid, x, rate, radius):
    winner, _ = _find_winners(x, weights)
    squares = np.sum((grid - grid[winner]) ** 2, axis=1)
    away = np.sum((weights - x) ** 2, axis=1)
    between = np.sum((weights - weights[winner]) ** 2, axis=1)
    factors = np.exp(-squares / (2 * radius**2))
    right = _move(weights, x, rate, factors)
    mistakes = {
        "Did you move the winner only? Its neighbours on the grid move, too.": np.arange(len(grid))
        == winner,
        "Did you move all units by the same share?": np.ones(len(grid)),
        "Did you forget the 2 in the exponent?": np.exp(-squares / radius**2),
        "Did you forget to square the distance on the grid?": np.exp(
            -np.sqrt(squares) / (2 * radius**2)
        ),
        "Did you forget to square the radius?": np.exp(-squares / (2 * radius)),
        "Did you use the distance between x and the weights? Use the distance on the grid.": np.exp(
            -away / (2 * radius**2)
        ),
        "Did you use the distance between weights? Use the distance on the grid.": np.exp(
            -between / (2 * radius**2)
        ),
        "Did you add rows and columns? Use the Euclidean distance on the grid.": np.exp(
            -(np.abs(grid - grid[winner]).sum(axis=1) ** 2) / (2 * radius**2)
        ),
        "Did you use the reverse sign in the exponent?": np.exp(squares / (2 * radius**2)),
    }
    values = {hint: _move(weights, x, rate, other) for hint, other in mistakes.items()}
    values["Do the units move away from x?"] = _move(weights, x, -rate, factors)
    values["Did you forget the learning rate?"] = _move(weights, x, 1, factors)
    values["Did you return the changes only? Add them to the weights."] = right - weights
    values["Did you return the old weights?"] = weights
    given = _call(som_step, weights, grid, x, rate, radius)
    _testing.near(given, right, "`som_step(weights, grid, x, rate, radius)`", mistakes=values)


def _check_three_units():
    weights = np.array([[0.0, 0], [1, 2], [3, 1]])
    _check_winner(np.array([1.0, 1.2]), weights)  # expected: 1
    grid = np.array([[0.0, 0], [1, 0], [3, 0]])
    _check_step(weights, grid, np.array([1.0, 1.2]), 0.5, 1.5)


_check_three_units()
### BEGIN HIDDEN TESTS


def _draw_map(rng, units, inputs):
    """Draw weights and an example with a clear winner, which is not the first unit."""
    while True:
        weights, x = rng.normal(size=(units, inputs)) + 0.5, rng.normal(size=inputs)
        winner, mistakes = _find_winners(x, weights)
        squares = np.sort(np.sum((weights - x) ** 2, axis=1))
        if squares[1] > 1.05 * squares[0] + 1e-3 and winner and winner not in mistakes.values():
            return weights, x


def _check_som_hidden(rng):
    for rows, columns, inputs in ((3, 4, 5), (2, 6, 3), (4, 4, 2)):
        weights, x = _draw_map(rng, rows * columns, inputs)
        _check_winner(x, weights)
        grid = np.stack(np.divmod(np.arange(rows * columns), columns), axis=1).astype(float)
        _check_step(weights, grid, x, float(rng.uniform(0.1, 0.6)), float(rng.uniform(1.3, 2.2)))


_check_som_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# First a grid of 8 × 8 units in a plane, so that you can watch it unfold.


# %%
def train_som(x, rows, columns, steps, seed=0, keep=()):
    """Train a map; returns the weights (units, inputs) after each number of steps in `keep`, and at the end."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.divmod(np.arange(rows * columns), columns), axis=1).astype(float)
    weights, kept = x.mean(axis=0) + 0.05 * rng.normal(size=(rows * columns, x.shape[1])), {}
    for step in range(steps):
        if step in keep:
            kept[step] = weights.copy()
        left = 1 - step / steps
        radius = 0.6 + 0.5 * max(rows, columns) * left**2
        weights = som_step(weights, grid, x[rng.integers(len(x))], 0.05 + 0.4 * left, radius)
    return {**kept, steps: weights}


angle, away = np.random.default_rng(1).uniform(size=(2, 1000))
disc = np.sqrt(away)[:, None] * np.stack(
    [np.cos(2 * np.pi * angle), np.sin(2 * np.pi * angle)], axis=1
)
kept = train_som(disc, 8, 8, 4000, keep=(0, 100, 1000))
figures.unfolding_map(disc, {f"{step:,} examples": m.reshape(8, 8, 2) for step, m in kept.items()})

# %% [markdown]
# Now digits: the 196 pixels become a sheet of 8 × 12 units. No label is used. Label each unit
# afterwards by the training digits that it wins, and see how far the map has sorted them.

# %%
*_, sheet = train_som(x_train, 8, 12, 4000 if QUICK else 20000).values()
votes = np.zeros((96, 10))
np.add.at(votes, (np.argmin(squared_distances(x_train, sheet), axis=1), y_train), 1)
read = votes.argmax(axis=1)[np.argmin(squared_distances(x_test, sheet), axis=1)]
print(f"accuracy of the map with a label for each unit: {np.mean(read == y_test):.1%}")
figures.image_grid(
    sheet.reshape(-1, 14, 14),
    title="A map of the digits: similar ones live near each other",
    columns=12,
)

# %% [markdown]
# ## 6 Networks that nobody trains
#
# An **extreme learning machine** (Huang, Zhu & Siew 2006) is a hidden layer with random weights that are
# never trained, and an output by least squares. With enough cells, some of the random features are
# useful.

# %%
rng = np.random.default_rng(0)
began = time.perf_counter()
random_weights, random_biases = rng.normal(size=(196, 400)) / 4, rng.normal(size=400)
weights = fit_output(np.tanh(x_train @ random_weights + random_biases), one_hot, 1.0)
compare(
    "extreme learning, 400",
    began,
    predict(np.tanh(x_test @ random_weights + random_biases), weights).argmax(axis=1),
)

# %% [markdown]
# An **echo-state network** (Jaeger 2001) uses this idea for series. Its hidden layer, the **reservoir**, is
# recurrent, with random weights that are never trained. It computes $s_t = \tanh(x_t W_{in} + s_{t-1} W)$.
# Each input leaves an echo that runs through the reservoir, and only a linear **readout** of the states
# is trained. There is no backpropagation through time.
#
# One number decides whether that works: the **spectral radius** of $W$, the largest absolute value of its
# eigenvalues (which may be complex). It says by which factor an echo shrinks or grows with each step,
# in the long run. If it is small, the network forgets at once; if it is clearly above 1, the echoes
# never die and drown the input.
#
# ### Question 8 · `reservoir`
#
# 1. `scale_radius(w, radius)` returns a multiple of `w` that has this spectral radius.
# 2. `run_reservoir(inputs, w_in, w)` takes a series `(steps, inputs)`, weights `(inputs, cells)` and
#    `(cells, cells)`, and returns the states after each step, `(steps, cells)`. Before the first input,
#    the state is 0; that state is not returned.
#
# <details><summary>Hint 1, scale_radius</summary>
#
# `np.linalg.eigvals` returns all eigenvalues. `np.abs` of a complex number is its absolute value.
#
# </details>


# %% solution="reservoir"
def scale_radius(w, radius):
    """Return a multiple of w (cells, cells) whose spectral radius is `radius`."""
    ### BEGIN SOLUTION
    return w * radius / np.abs(np.linalg.eigvals(w)).max()
    ### END SOLUTION


def run_reservoir(inputs, w_in, w):
    """Return the states (steps, cells) of a reservoir that reads inputs (steps, inputs)."""
    ### BEGIN SOLUTION
    state, states = np.zeros(len(w)), []
    for x in inputs:
        state = np.tanh(x @ w_in + state @ w)
        states.append(state)
    return np.array(states)
    ### END SOLUTION


# %% tests="reservoir"
import numpy as np

from course_lib import testing as _testing


def _check_radius(w, radius):
    values = np.linalg.eigvals(w)
    largest = np.abs(values).max()
    _testing.near(
        _call(scale_radius, w, radius),
        w * radius / largest,
        f"`scale_radius(w, {radius:.2g})`",
        rtol=1e-3,
        mistakes={
            "Did you use the real parts? Eigenvalues can be complex; use their absolute values.": (
                w * radius / np.abs(values.real).max()
            ),
            "Did you use the largest eigenvalue? Use the largest absolute value.": (
                w * radius / values.real.max()
            ),
            "Did you use the largest singular value? Use the eigenvalues.": (
                w * radius / np.linalg.norm(w, 2)
            ),
            "Did you use the norm of the matrix? Use the eigenvalues.": w
            * radius
            / np.linalg.norm(w),
            "Did you use the first eigenvalue? It need not be the largest.": (
                w * radius / np.abs(values[0])
            ),
            "Did you treat `w` as symmetric? It is not.": (
                w * radius / np.abs(np.linalg.eigvalsh(w)).max()
            ),
            "Did you forget to divide by the present spectral radius?": w * radius,
            "Did you divide by the new radius?": w / radius,
            "Did you divide only? Multiply by the new radius.": w / largest,
            "Did you return the spectral radius? Return the matrix.": largest,
        },
    )


def _run(inputs, w_in, w, step=None, start=0.0):
    step = step or (lambda x, state: np.tanh(x @ w_in + state @ w))
    state, states = np.full(len(w), start), []
    for x in inputs:
        state = step(x, state)
        states.append(state)
    return np.array(states)


def _check_run(inputs, w_in, w):
    right = _run(inputs, w_in, w)
    given = _call(run_reservoir, inputs, w_in, w)
    if _shape_of(given) == (len(right) + 1, len(w)):
        raise AssertionError(
            f"`run_reservoir` returned {len(right) + 1} states; expected {len(right)}. Did you return "
            "the state before the first input?"
        )
    if _shape_of(given) in ((len(w),), (1, len(w))) and len(right) > 1:
        raise AssertionError("`run_reservoir` returned one state; expected one for each step.")
    _testing.near(
        given,
        right,
        "`run_reservoir(inputs, w_in, w)`",
        mistakes={
            "Did you forget the state?": np.tanh(inputs @ w_in),
            "Did you use the transpose of `w`?": _run(
                inputs, w_in, w, lambda x, s: np.tanh(x @ w_in + w @ s)
            ),
            "Did you forget tanh?": _run(inputs, w_in, w, lambda x, s: x @ w_in + s @ w),
            "Did you start with a state of ones? Start with 0.": _run(inputs, w_in, w, start=1.0),
            "Did you keep the state of the first step? Update it in each step.": np.tanh(
                inputs @ w_in
                + np.vstack([0 * right[:1], np.tile(right[:1], (len(right) - 1, 1))]) @ w
            ),
            "Did you use a sigmoid in place of tanh?": _run(
                inputs, w_in, w, lambda x, s: 1 / (1 + np.exp(-(x @ w_in + s @ w)))
            ),
        },
    )


def _check_small_reservoir():
    # The eigenvalues are ±2i and 1: the spectral radius is 2.
    w = np.array([[0.0, 1, 1], [-4, 0, 2], [0, 0, 1]])
    _check_radius(w, 0.5)
    _check_run(np.array([[1.0], [0], [-1], [0]]), np.array([[0.5, 0, -0.5]]), w / 2)


_check_small_reservoir()
### BEGIN HIDDEN TESTS


def _draw_reservoir(rng, cells):
    """Draw weights whose eigenvalue of largest absolute value is complex, and not the first."""
    while True:
        w = rng.normal(size=(cells, cells))
        values = np.linalg.eigvals(w)
        first, real = np.abs(values[0]), [np.abs(values.real).max(), values.real.max()]
        is_clear = np.min(np.abs(first - real)) > 0.02
        if is_clear and np.abs(values).max() > 1.05 * max(first, *real):
            return w


def _check_reservoir_hidden(rng):
    for cells, inputs, steps in ((6, 2, 9), (9, 1, 12), (5, 3, 6)):
        w = _draw_reservoir(rng, cells)
        radius = float(rng.choice([rng.uniform(0.3, 0.9), rng.uniform(1.1, 1.5)]))
        _check_radius(w, radius)
        _check_run(rng.normal(size=(steps, inputs)), rng.normal(size=(inputs, cells)), 0.4 * w)


_check_reservoir_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# How long does a reservoir remember? Send in random numbers, and train one readout for each delay: what
# was the input 1, 2, 3, … steps ago? The squared correlation between readout and truth, on a part of the
# series that the readout was not trained on, is 1 if the input can be recovered perfectly. Their sum is
# the **memory capacity** (Jaeger 2001), at most the number of cells.

# %%
CELLS, DELAYS, WASHOUT = 100, 80, 200
rng = np.random.default_rng(1)
series = rng.uniform(-1, 1, size=(3000 if QUICK else 8000, 1))
w_in, w = 0.1 * rng.uniform(-1, 1, size=(1, CELLS)), rng.normal(size=(CELLS, CELLS))
delayed = np.stack([np.roll(series[:, 0], delay) for delay in range(1, DELAYS + 1)], axis=1)
half = (WASHOUT + len(series)) // 2
curves = {}
for radius in (0.3, 0.7, 0.95, 2.0):
    states = run_reservoir(series, w_in, scale_radius(w.copy(), radius))
    readout = fit_output(states[WASHOUT:half], delayed[WASHOUT:half], 1e-7)
    guesses = predict(states[half:], readout)
    together = np.corrcoef(guesses.T, delayed[half:].T)[:DELAYS, DELAYS:]
    curves[radius] = np.diag(together) ** 2
figures.memory_by_delay(curves)

# %% [markdown]
# ## 7 A cell that fires
#
# Real neurons send **spikes**, short pulses that are all alike. The **leaky integrate-and-fire neuron**
# (Lapicque 1907) is the simplest model. Its **membrane potential** $V$ follows the input current $I$
# with a time constant $\tau$, like water in a leaky bucket:
#
# $$\tau \frac{dV}{dt} = -V + I$$
#
# When $V$ reaches the **threshold**, here 1, the neuron fires and $V$ jumps back to 0. Then it rests for a
# while and ignores its input. While $I$ is constant, the equation has an exact solution, so a step of
# length $dt$ needs no approximation:
#
# $$V \leftarrow I + (V - I)\, e^{-dt / \tau}$$
#
# And for a constant $I > 1$ one can compute how long it takes from 0 to the threshold, so the
# **firing rate** has a closed form. With times in milliseconds and the rate in spikes per second:
#
# $$\text{rate} = \frac{1000}{t_{rest} + \tau \ln \frac{I}{I - 1}} \quad (I > 1), \qquad 0 \quad (I \leq 1)$$
#
# ### Question 9 · `spikes`
#
# 1. `lif(current, dt, tau, rest_steps)` starts at $V = 0$ and takes one step for each number in
#    `current`, `(steps,)`. If $V \geq 1$ after a step, that step has a spike, $V$ becomes 0, and in the
#    next `rest_steps` steps $V$ stays 0 whatever the current is. Return the potential at the end of each
#    step (0 at a spike) and the spikes (1 or 0), both `(steps,)`.
# 2. `firing_rate(current, tau, rest_ms)` returns the rate for each constant current in an array `(n,)`.
#
# <details><summary>Hint 1, lif</summary>
#
# Count down: after a spike, set `resting = rest_steps`. At the beginning of each step, if `resting > 0`,
# subtract 1, note a potential of 0 and no spike, and go on with the next step.
#
# </details>
#
# <details><summary>Hint 2, firing_rate</summary>
#
# The logarithm does not exist for $I < 1$. Compute the rate only where $I > 1$, and leave 0 elsewhere.
#
# </details>


# %% solution="spikes"
def lif(current, dt, tau, rest_steps):
    """Simulate a leaky integrate-and-fire neuron; returns potential and spikes, both (steps,)."""
    ### BEGIN SOLUTION
    potential, spikes = np.zeros(len(current)), np.zeros(len(current))
    v, resting, decay = 0.0, 0, np.exp(-dt / tau)
    for step, i in enumerate(current):
        if resting > 0:
            resting -= 1
            continue
        v = i + (v - i) * decay
        if v >= 1:
            spikes[step], v, resting = 1, 0.0, rest_steps
        potential[step] = v
    return potential, spikes
    ### END SOLUTION


def firing_rate(current, tau, rest_ms):
    """Return the firing rate (n,) in spikes per second for constant currents (n,)."""
    ### BEGIN SOLUTION
    rate = np.zeros(len(current))
    above = current > 1
    rate[above] = 1000 / (rest_ms + tau * np.log(current[above] / (current[above] - 1)))
    return rate
    ### END SOLUTION


# %% tests="spikes"
import numpy as np

from course_lib import testing as _testing


def _simulate(current, dt, tau, rest_steps, mistake=""):
    """Return potential and spikes, and how near the potential came to the threshold without luck."""
    decay = 1 - dt / tau if mistake == "euler" else np.exp(-dt / tau)
    if mistake == "swapped":
        decay = np.exp(-tau / dt)
    rest_steps = {"no rest": 0, "short": rest_steps - 1, "long": rest_steps + 1}.get(
        mistake, rest_steps
    )
    potential, spikes, margin = [], [], np.inf
    v, resting = 0.0, 0
    for i in current:
        if resting > 0:
            resting -= 1
            potential.append(0.0)
            spikes.append(0.0)
            continue
        v = (v if mistake == "no leak" else v * decay) + (1 - decay) * i
        margin = min(margin, abs(v - 1))
        fires, peak = v >= 1, v
        if fires:
            v = v - 1 if mistake == "subtract" else v if mistake == "no reset" else 0.0
            resting = rest_steps
        spikes.append(float(fires))
        potential.append(peak if mistake == "peak" else v)
    return np.array(potential), np.array(spikes), margin


_SPIKE_MISTAKES = {
    "euler": "Did you use V + dt/τ · (I - V)? That is an approximation; use the exact step.",
    "swapped": "Did you use e^(-τ/dt)? The exponent is -dt/τ.",
    "no rest": "Did you forget that the neuron rests after a spike?",
    "short": "Does the neuron rest one step too few?",
    "long": "Does the neuron rest one step too many?",
    "subtract": "Did you subtract 1 at a spike? V becomes 0.",
    "no reset": "Did you forget to set V to 0 at a spike?",
    "peak": "Did you note the potential before it was set to 0?",
    "no leak": "Does the potential leak? Use V · e^(-dt/τ).",
}


def _check_lif(current, dt, tau, rest_steps):
    given = _call(lif, current, dt, tau, rest_steps)
    given = _unpack(given, 2, "lif", "two arrays: `return potential, spikes`")
    right = _simulate(current, dt, tau, rest_steps)
    wrong = {
        hint: _simulate(current, dt, tau, rest_steps, mistake)
        for mistake, hint in _SPIKE_MISTAKES.items()
    }
    wrong["Did you swap the two arrays?"] = right[1], right[0]
    for place, name in enumerate(("potential", "spikes")):
        mistakes = {hint: both[place] for hint, both in wrong.items()}
        _testing.near(
            _as_numbers(given[place]), right[place], f"`lif(…)`, as the {name},", mistakes=mistakes
        )


def _check_rate(current, tau, rest_ms):
    above = current > 1
    with np.errstate(all="ignore"):
        ratio = np.where(above, current / (current - 1), 2.0)
    right = np.where(above, 1000 / (rest_ms + tau * np.log(ratio)), 0)
    given = _call(firing_rate, current, tau, rest_ms)
    if _shape_of(given) == current.shape:
        assert not np.any(np.isnan(np.asarray(given, dtype=float))), (
            "`firing_rate` returned NaN. Is the rate 0 for currents up to 1?"
        )
    _testing.near(
        given,
        right,
        "`firing_rate(current, tau, rest_ms)`",
        mistakes={
            "Did you forget the rest?": np.where(above, 1000 / (tau * np.log(ratio)), 0),
            "Is this the rate per millisecond? Multiply by 1000.": right / 1000,
            "Is this the time between two spikes? The rate is its inverse.": np.where(
                above, rest_ms + tau * np.log(ratio), 0
            ),
            "Is the fraction in the logarithm upside down?": np.where(
                above, 1000 / (rest_ms - tau * np.log(ratio)), 0
            ),
            "Did you forget τ?": np.where(above, 1000 / (rest_ms + np.log(ratio)), 0),
            "Did you use log10? Use the natural logarithm.": np.where(
                above, 1000 / (rest_ms + tau * np.log10(ratio)), 0
            ),
            "Did you multiply the rest by τ, too?": np.where(
                above, 1000 / (tau * (rest_ms + np.log(ratio))), 0
            ),
        },
    )


_check_lif(np.array([3.0, 3, 3, 3, 3, 0, 0, 2, 2, 2, 2]), 2.0, 8.0, 2)
_check_rate(np.array([0.5, 1.0, 1.5, 4.0]), 20.0, 2.0)  # expected: 0, 0, 41.7, 129
### BEGIN HIDDEN TESTS


def _draw_current(rng, rest_steps):
    """Draw a current with some spikes, whose potential is never within rounding of the threshold."""
    while True:
        dt, tau = float(rng.uniform(0.5, 2)), float(rng.uniform(6, 12))
        current = np.repeat(rng.uniform(-0.5, 3, size=12), 7) + rng.normal(0, 0.2, size=84)
        right = _simulate(current, dt, tau, rest_steps)
        others = [
            _simulate(current, dt, tau, rest_steps, mistake)[0] for mistake in _SPIKE_MISTAKES
        ]
        apart = min(np.abs(right[0] - other).max() for other in others)
        if right[2] > 1e-3 and right[1].sum() >= 3 and apart > 1e-2:
            return current, dt, tau, rest_steps


def _check_spikes_hidden(rng):
    for rest_steps in (3, 1, 5):
        _check_lif(*_draw_current(rng, rest_steps))
        currents = rng.permutation(np.r_[rng.uniform(-1, 0.95, 4), rng.uniform(1.05, 6, 5)])
        _check_rate(currents, float(rng.uniform(5, 30)), float(rng.uniform(1, 5)))
    # A constant current: the spikes come where the closed form says, up to one step.
    dt, tau, current = 0.05, float(rng.uniform(6, 12)), float(rng.uniform(1.5, 4))
    period = tau * np.log(current / (current - 1))
    _, spikes = _call(lif, np.full(600, current), dt, tau, 0)
    fired = np.flatnonzero(np.asarray(spikes, dtype=float))
    assert len(fired), f"With a constant current of {current:.2f}, `lif` never fired."
    first = dt * (fired[0] + 1)
    assert abs(first - period) <= 1.01 * dt, (
        f"With a constant current of {current:.2f}, `lif` fired first after {first:.2f} ms; expected "
        f"{period:.2f} ms."
    )


_check_spikes_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
rng = np.random.default_rng(4)
current = np.repeat([0.0, 0.8, 1.2, 2.5, 0.0], [300, 1000, 1000, 1000, 700]) + 0.0
potential, spikes = lif(current, 0.05, 10.0, 40)
levels = np.linspace(0.2, 4, 20)
counted = [np.sum(lif(np.full(20000, level), 0.05, 10.0, 40)[1]) for level in levels]  # in 1 s
figures.spike_train(
    current, potential, spikes, 0.05, (levels, counted, firing_rate(levels, 10.0, 2.0))
)

# %% [markdown]
# The information is now in *when* the neuron fires. A chip that computes only at spikes needs very
# little energy. The price: a spike has no derivative, so these networks are trained with substitutes for
# the gradient (Neftci et al. 2019).
#
# ## 8 The whole chart
#
# | network | first | for what | today | in this course |
# | --- | --- | --- | --- | --- |
# | perceptron | 1958 | yes or no, by a line | the last layer of every classifier | Lab 00 |
# | feed-forward network | 1986 | tables, any function | still there | Labs 00, 01 |
# | radial basis | 1988 | interpolation, control | support-vector machines, Gaussian processes | here |
# | Hopfield | 1982 | recall by content | its modern form equals the attention of Lab 11 (Ramsauer 2020) | here |
# | Boltzmann machine | 1985 | distributions | the restricted one | here |
# | restricted Boltzmann machine | 1986 | features, recommendations | autoencoders, diffusion models | here |
# | deep belief network | 2006 | pre-training | ReLU and better initial weights | here |
# | autoencoder | 1986 | codes | still there | Lab 08 |
# | denoising autoencoder | 2008 | robust features | diffusion models | Lab 08 |
# | sparse autoencoder | 1996 | parts | still there: to read large models | Lab 08 |
# | variational autoencoder | 2013 | new examples | still there, as a part of diffusion models | Lab 06 |
# | generative adversarial network | 2014 | new examples | diffusion models | Lab 05 |
# | deep convolutional network | 1989 | images | still there, beside transformers | Labs 02, 03, 07 |
# | deep residual network | 2015 | depth | its shortcuts are in every deep network | Lab 07 |
# | recurrent network | 1990 | series, text | transformers, state-space models | Lab 10 |
# | long short-term memory | 1997 | long series | transformers, state-space models | Lab 10 |
# | self-organising map | 1982 | maps of data | t-SNE, UMAP | here |
# | echo-state network | 2001 | chaotic series | still there, for small data | here |
# | extreme learning machine | 2006 | fast fits | random features for kernels | here |
# | spiking network | 1997 | neuroscience, chips of low power | still there, as research | the cell: here |
#
# The last figure draws most of them with the cells of section 1.

# %%
zoo = {
    "perceptron": [("input", 2), ("output", 1)],
    "feed forward": [("input", 3), ("hidden", 4), ("hidden", 4), ("output", 2)],
    "radial basis": [("input", 3), ("kernel", 4), ("output", 2)],
    "convolutional": [
        ("input", 4),
        ("convolution", 3),
        ("convolution", 2),
        ("hidden", 3),
        ("output", 2),
    ],
    "recurrent": [("input", 2), ("recurrent", 3), ("recurrent", 3), ("output", 2)],
    "long short-term memory": [("input", 2), ("memory", 3), ("memory", 3), ("output", 2)],
    "autoencoder": [("input", 4), ("hidden", 2), ("match input–output", 4)],
    "denoising autoencoder": [("noisy input", 4), ("hidden", 2), ("match input–output", 4)],
    "variational autoencoder": [("input", 4), ("probabilistic", 2), ("match input–output", 4)],
    "sparse autoencoder": [("input", 2), ("hidden", 5), ("match input–output", 2)],
    "generative adversarial": [
        ("noisy input", 2),
        ("hidden", 3),
        ("match input–output", 3),
        ("hidden", 3),
        ("output", 1),
    ],
    "Hopfield": [("input", 8)],
    "restricted Boltzmann": [("input", 4), ("probabilistic", 4)],
    "deep belief": [("input", 4), ("probabilistic", 3), ("probabilistic", 3), ("output", 2)],
    "self-organising map": [("input", 3), ("hidden", 5)],
    "echo state": [("input", 2), ("recurrent", 5), ("output", 2)],
    "extreme learning": [("input", 2), ("hidden", 5), ("output", 2)],
    "spiking": [("input", 2), ("spiking", 5), ("output", 2)],
}
figures.network_zoo(zoo)

# %% [markdown]
# ### Question 10 · `chart` · in words
#
# About ten lines, with numbers from your own output:
#
# 1. The radial-basis network, the extreme learning machine and the multilayer perceptron read the same
#    digits. What does each of them learn from the data, and what not? What did that cost, or save, in
#    accuracy and in time?
# 2. A Hopfield network with 1,000 neurons has a million weights and holds about 138 patterns of 1,000
#    bits. Where does your capacity curve break down, and why does the breakdown hit *all* patterns?
# 3. Choose one network of this lab that was replaced. What was its idea, what replaced it, and where does
#    the idea live on?

# %% [markdown] written="chart"
# ### BEGIN SOLUTION
# **A model answer.** (1) The radial-basis network learns its centres by clustering, without labels, and
# its output weights by least squares; the width of its cells is set by hand. The extreme learning
# machine learns the output weights only; its hidden weights stay random. The perceptron learns all
# weights, with a gradient. In the quick profile this makes little difference in accuracy (92 % with 100
# kernel cells, 91 % with 400 random cells, 90 % with 100 learnt neurons) and much in time: 0.1 to 0.2 s
# for the first two, more than 1 s for the perceptron. The random network needs four times as many cells.
# In the full profile, the perceptron is ahead by about 5 points (95 to 97 %), for 10 times the time or
# more. (2) With 400 neurons, the overlap falls below 0.9 at about 0.15 patterns per neuron, near the
# theory's 0.138, which holds for very large networks. All patterns lie in the same weights: the field of
# each neuron in *any* pattern contains noise from all the others, with a variance of about P / N. Above
# the limit, the neurons that this noise flips add noise of their own, and flip others, an avalanche. No
# pattern is safer than another. (3) For example the deep belief network: unsupervised layers, one after
# the other, as initial weights. ReLU, better random initial weights, normalisation, and large sets of
# labels made this unnecessary. The idea lives on in the pre-training of large models without labels.
# (Hopfield network: recall by content as a descent in energy; replaced as a memory, its modern form with
# a softmax is attention. Reservoir: random features and a linear readout; replaced by trained recurrent
# networks and transformers, in use for small data and in hardware.)
#
# **Rubric, 3 points.**
#
# - 1 point: what is learnt and what is not for all three networks, with accuracies and times. Half if the
#   numbers or one of the networks are missing.
# - 1 point: the load at which the student's own curve breaks down; all patterns share the same weights,
#   so each adds noise to all. Half for one of the two.
# - 1 point: idea, successor, and where it lives on. Half if one of them is missing or wrong.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Real digits.** Put `mnist.npz` into Keras' cache and use the full profile. Does the order of the
#   networks change?
# - **Modern Hopfield.** Replace the update by $s \leftarrow P^\top \text{softmax}(\beta P s)$, with the
#   patterns as rows of $P$ (Ramsauer et al. 2020). How many patterns fit in now?
# - **Persistent dreams.** Keep the reconstructions of the last batch and go on from there in place of
#   the data (Tieleman 2008). Do the dreams look better?
# - **Chaos.** Train a readout of the reservoir to predict the next value of the Mackey–Glass series, then
#   feed its output back as input. For how many steps does it follow?
#
# **Sources.** F. van Veen, *The neural network zoo*, Asimov Institute 2016 · D. Broomhead, D. Lowe,
# *Multivariable functional interpolation and adaptive networks*, Complex Systems 2, 1988 · J. Hopfield,
# *Neural networks and physical systems with emergent collective computational abilities*, PNAS 79, 1982 ·
# D. Amit, H. Gutfreund, H. Sompolinsky, *Storing infinite numbers of patterns in a spin-glass model of
# neural networks*, Physical Review Letters 55, 1985 · H. Ramsauer et al., *Hopfield networks is all you
# need*, arXiv 2008.02217 · P. Smolensky, *Information processing in dynamical systems*, 1986 · G. Hinton,
# *Training products of experts by minimizing contrastive divergence*, Neural Computation 14, 2002 · G.
# Hinton, S. Osindero, Y. Teh, *A fast learning algorithm for deep belief nets*, Neural Computation 18,
# 2006 · T. Kohonen, *Self-organized formation of topologically correct feature maps*, Biological
# Cybernetics 43, 1982 · H. Jaeger, *The "echo state" approach to analysing and training recurrent neural
# networks*, GMD report 148, 2001; *Short term memory in echo state networks*, GMD report 152, 2001 · G.
# Huang, Q. Zhu, C. Siew, *Extreme learning machine*, Neurocomputing 70, 2006 · L. Lapicque, *Recherches
# quantitatives sur l'excitation électrique des nerfs*, 1907 · E. Neftci, H. Mostafa, F. Zenke, *Surrogate
# gradient learning in spiking neural networks*, IEEE Signal Processing Magazine 36, 2019. The text of this
# lab is licensed CC BY 4.0, its code MIT.
