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
# # Autoencoders at work
#
# An image of a digit has 784 pixels. How few numbers are enough to describe it? In this lab a
# network finds out by itself, without a single label: it has to squeeze each image through a
# bottleneck and redraw it on the other side. You compare it with the best linear method, train it
# for three other goals, and put it to work.
#
# **You will learn**
#
# - dense and convolutional autoencoders, and how they compare with principal components;
# - what this kind of compression loses, counted honestly;
# - sparse, denoising and contractive autoencoders, and how to measure what each of them promises;
# - to detect anomalies, to find similar images, and to extract features for a classifier with only
#   100 labels;
# - why an autoencoder cannot invent images, the topic of Lab 06.
#
# **You need** Labs 01 and 02: the Functional API and convolutions.
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | training images | error per pixel, code of 32 | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 2,000 | 0.009–0.026 | 15–30 s on 2 cores |
# | full | default on a GPU | 20,000 | 0.003–0.009 | 1–3 min on 2 cores, less on a GPU |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # less small talk from TensorFlow

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
# Each image of a digit is a row of 784 pixels from 0 (paper) to 1 (ink). Until section 8, the
# labels serve only to colour figures and to check results.

# %%
(x_train, y_train), (x_test, y_test) = data.load("mnist")
x_train, y_train = (values[: 2000 if QUICK else 20000] for values in (x_train, y_train))
x_train, x_test = (x.reshape(-1, 784).astype("float32") / 255 for x in (x_train, x_test))
x_test, y_test = x_test[:1000], y_test[:1000]


def error(copies, x):
    """Return the mean squared error per pixel."""
    return float(np.mean((ops.convert_to_numpy(copies) - x) ** 2))


# %% [markdown]
# ## 1 Through a bottleneck
#
# An **autoencoder** is trained to return its own input (Hinton & Salakhutdinov 2006). In the middle
# is its **bottleneck**: the **encoder** turns the 784 pixels into a few numbers, the **code**, and
# the **decoder** makes 784 pixels from the code alone. Codes may take any values, so their layer
# does not have an activation. Pixels lie between 0 and 1, so the last layer has a sigmoid.
#
# In a **dense** autoencoder all layers are `Dense`. A **convolutional** one (Masci et al. 2011)
# looks at the image with filters. A convolution with stride 2 and `padding="same"` halves the
# sides, 28 → 14 → 7; `Conv2DTranspose` with the same stride and padding doubles them, 7 → 14 → 28.
#
# ### Question 1 · `autoencoders`
#
# Each function returns **three** Functional models: `model`, which applies the encoder and then the
# decoder, then `encoder` and `decoder`, which share their layers with `model`. Inputs and outputs
# are rows: pixels `(batch, 784)`, codes `(batch, latent)`.
#
# 1. `dense_autoencoder(latent)`: one hidden layer of 128 ReLU neurons before the code and one after
#    it.
# 2. `conv_autoencoder(latent)`: `Reshape((28, 28, 1))`, two 3 × 3 convolutions with 16 and 32
#    filters, stride 2 and ReLU, `Flatten`, the code; then back: a dense layer of 7 · 7 · 32 neurons
#    with ReLU, `Reshape`, two 3 × 3 transposed convolutions with stride 2, the first with 16
#    filters and ReLU, the second with 1 filter and the sigmoid, `Flatten`.


# %% solution="autoencoders"
def dense_autoencoder(latent):
    """Build three Keras models (model, encoder, decoder) from dense layers."""
    ### BEGIN SOLUTION
    pixels, codes = keras.Input((784,)), keras.Input((latent,))
    x = keras.layers.Dense(128, activation="relu")(pixels)
    encoder = keras.Model(pixels, keras.layers.Dense(latent)(x))
    x = keras.layers.Dense(128, activation="relu")(codes)
    decoder = keras.Model(codes, keras.layers.Dense(784, activation="sigmoid")(x))
    return keras.Model(pixels, decoder(encoder(pixels))), encoder, decoder
    ### END SOLUTION


def conv_autoencoder(latent):
    """Build three Keras models (model, encoder, decoder) with convolutions."""
    ### BEGIN SOLUTION
    halve = {"strides": 2, "padding": "same"}
    pixels, codes = keras.Input((784,)), keras.Input((latent,))
    x = keras.layers.Reshape((28, 28, 1))(pixels)
    x = keras.layers.Conv2D(16, 3, activation="relu", **halve)(x)
    x = keras.layers.Conv2D(32, 3, activation="relu", **halve)(x)
    encoder = keras.Model(pixels, keras.layers.Dense(latent)(keras.layers.Flatten()(x)))
    x = keras.layers.Dense(7 * 7 * 32, activation="relu")(codes)
    x = keras.layers.Reshape((7, 7, 32))(x)
    x = keras.layers.Conv2DTranspose(16, 3, activation="relu", **halve)(x)
    x = keras.layers.Conv2DTranspose(1, 3, activation="sigmoid", **halve)(x)
    decoder = keras.Model(codes, keras.layers.Flatten()(x))
    return keras.Model(pixels, decoder(encoder(pixels))), encoder, decoder
    ### END SOLUTION


# %% tests="autoencoders"
import keras
import numpy as np


def to_array(values, name):
    """Turn what the function `name` returned into an array."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    return np.asarray(values, dtype="float64")


def check_autoencoder(name, three, latent, rng):
    assert isinstance(three, (tuple, list)) and len(three) == 3, (
        f"`{name}` returned a {type(three).__name__}; expected three models: "
        "`return model, encoder, decoder`."
    )
    for part in three:
        assert isinstance(part, keras.Model), (
            f"`{name}` returned a {type(part).__name__} among the three; expected Keras models."
        )
    model, encoder, decoder = three
    x = rng.normal(scale=20, size=(60, 784)).astype("float32")  # large, so that an activation shows
    codes = to_array(encoder(x), "encoder")
    assert codes.shape == (60, latent), (
        f"`{name}`: the encoder returned shape {codes.shape}; expected {(60, latent)}."
    )
    assert codes.min() < 0 and np.abs(codes).max() > 1, (
        f"`{name}`: the encoder returned codes from {codes.min():.2f} to {codes.max():.2f} only, "
        "even for large inputs. Does the code layer have an activation? Codes may take any value."
    )
    pixels = to_array(decoder(codes.astype("float32")), "decoder")
    assert pixels.shape == (60, 784), (
        f"`{name}`: the decoder returned shape {pixels.shape}; expected (60, 784)."
    )
    assert pixels.min() >= 0 and pixels.max() <= 1, (
        f"`{name}`: the decoder returned pixels from {pixels.min():.1f} to {pixels.max():.1f}; "
        "expected 0 to 1. Did you forget the sigmoid of the last layer?"
    )
    assert np.allclose(to_array(model(x), "model"), pixels, atol=1e-3), (
        f"`{name}`: `model(x)` differs from `decoder(encoder(x))`. Did you build `model` from new "
        "layers? Build it from the encoder and the decoder that you return."
    )
    # Small codes, so that the sigmoid can be inverted.
    small = rng.normal(size=codes.shape).astype("float32")
    decoded = [to_array(decoder(sign * small), "decoder") for sign in (1, -1, 0)]
    logits = [np.log(p / (1 - p)) for p in decoded]
    coded = [codes, *(to_array(encoder(sign * x), "encoder") for sign in (-1, 0))]
    for part, (there, back, middle) in [("encoder", coded), ("decoder", logits)]:
        assert np.abs(there + back - 2 * middle).max() > 1e-2 * np.abs(there).max(), (
            f"`{name}`: the {part} is linear, apart from the sigmoid. Did you forget the ReLUs of "
            "its hidden layers?"
        )
    return [[w.shape for w in part.get_weights() if w.ndim > 1] for part in (encoder, decoder)]


def check_autoencoders(latent, rng):
    shapes = check_autoencoder("dense_autoencoder", dense_autoencoder(latent), latent, rng)
    expected = [[(784, 128), (128, latent)], [(latent, 128), (128, 784)]]
    assert shapes == expected, (
        f"`dense_autoencoder` has weights of shapes {shapes}; expected {expected}."
    )
    shapes = check_autoencoder("conv_autoencoder", conv_autoencoder(latent), latent, rng)
    expected = [
        [(3, 3, 1, 16), (3, 3, 16, 32), (1568, latent)],
        [(latent, 1568), (3, 3, 16, 32), (3, 3, 1, 16)],
    ]
    assert shapes == expected, (
        f"`conv_autoencoder` has weights of shapes {shapes}; expected {expected}. Do the "
        "convolutions halve 28 to 14 and 7?"
    )


check_autoencoders(2, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_autoencoders_hidden(rng):
    check_autoencoders(int(rng.integers(3, 12)), rng)


check_autoencoders_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Train dense autoencoders with codes of 2, 8 and 32 numbers, and a convolutional one with 32. The
# inputs are also the targets: `fit(model, x, x)`. (`fit` from `course_lib.training` does what
# `model.fit` does, with a learning rate that first rises and then falls.)


# %%
def train(model, inputs, targets, epochs, rate=8e-3):
    """Train a model with Adam on the mean squared error, in batches of 50."""
    model.compile(keras.optimizers.Adam(rate), "mean_squared_error")
    fit(model, inputs, targets, epochs=epochs, batch_size=50, verbose=False)


dense, conv = {}, {}
for latent in (2, 8, 32):
    dense[latent] = dense_autoencoder(latent)
    train(dense[latent][0], x_train, x_train, epochs=12)
conv[32] = conv_autoencoder(32)
train(conv[32][0], x_train, x_train, epochs=6 if QUICK else 10)

errors = {
    "dense": {latent: error(three[0](x_test), x_test) for latent, three in dense.items()},
    "convolutional": {latent: error(three[0](x_test), x_test) for latent, three in conv.items()},
}
for latent, (model, _, _) in dense.items():
    print(
        f"dense, code of {latent:2}: error {errors['dense'][latent]:.4f}, "
        f"{model.count_params():,} weights"
    )
print(
    f"convolutional, code of 32: error {errors['convolutional'][32]:.4f}, "
    f"{conv[32][0].count_params():,} weights"
)

# %% [markdown]
# ## 2 The best linear method
#
# Without activations, an autoencoder is just two matrices. Then the best solution has a closed
# form, **principal component analysis** (PCA). Subtract the mean of the training images; the first
# **component** is the direction in which they vary most, the second is the direction orthogonal to
# it in which they vary most, and so on. NumPy is enough to find them: `np.cov(x.T)` (it expects the
# variables as rows) returns the *covariance matrix* of the images, which tells how any two pixels
# vary together. A direction that this matrix only stretches is called an *eigenvector*. The factor
# of the stretch, the *eigenvalue*, is the variance of the images along that direction. So the
# components are the eigenvectors with the largest eigenvalues.
#
# Let the $k$ components be the rows of $V$, and let $V^\top$ (`V.T`) be its transpose. The code of
# an image, a row $x$, is $c = (x - \text{mean})\, V^\top$. Its copy goes the way back: the mean
# plus each component times its number in the code.
#
# A fully trained linear autoencoder need not find the same directions. But it must find the same
# **subspace**: everything that is a linear combination of them (Baldi & Hornik 1989). To compare
# two subspaces, let the rows of $A$ and $B$ be the components of each, orthogonal and of length 1.
# The **overlap** is the sum of the squares of all entries of $A B^\top$, divided by $k$: 1 for the
# same subspace, 0 for orthogonal subspaces.
#
# ### Question 2 · `principal`
#
# 1. `principal_components(x, k)` returns the mean `(pixels,)` and the first `k` components
#    `(k, pixels)`, each of length 1. (`np.linalg.eigh` returns eigenvectors as **columns**, with
#    the largest eigenvalue **last**.)
# 2. `pca_copy(x, mean, components)` returns the copies.
# 3. `overlap(a, b)` compares two sets of `k` directions, given as rows that need **not** be
#    orthogonal or of length 1: `np.linalg.qr(a.T)[0].T` makes them so.


# %% solution="principal"
def principal_components(x, k):
    """Return the mean (pixels,) and the first k principal components (k, pixels)."""
    ### BEGIN SOLUTION
    mean = x.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov((x - mean).T))
    return mean, vectors[:, ::-1][:, :k].T
    ### END SOLUTION


def pca_copy(x, mean, components):
    """Return copies (n, pixels) of x (n, pixels), each made from k numbers."""
    ### BEGIN SOLUTION
    return mean + (x - mean) @ components.T @ components
    ### END SOLUTION


def overlap(a, b):
    """Measure how much of one subspace is in the other, from 0 to 1; a, b: (k, pixels)."""
    ### BEGIN SOLUTION
    a, b = np.linalg.qr(a.T)[0].T, np.linalg.qr(b.T)[0].T
    return np.sum((a @ b.T) ** 2) / len(a)
    ### END SOLUTION


# %% tests="principal"
import numpy as np


def check_components(x, k, mean_of_x, right, least_spread):
    pixels = x.shape[1]
    both = principal_components(x.copy(), k)
    assert isinstance(both, (tuple, list)) and len(both) == 2, (
        f"`principal_components` returned a {type(both).__name__}; expected the mean and the "
        "components."
    )
    given_mean, given = (to_array(values, "principal_components") for values in both)
    given_mean = given_mean.ravel()
    assert given_mean.shape == (pixels,) and np.allclose(given_mean, mean_of_x), (
        "`principal_components` returned a wrong mean. Return the mean image first."
    )
    assert given.shape == (k, pixels), (
        f"`principal_components` returned components of shape {given.shape}; expected "
        f"{(k, pixels)}."
    )
    assert np.allclose(given @ given.T, np.eye(k), atol=1e-5), (
        "`principal_components` returned components that are not orthogonal and of length 1. Are "
        "they the rows?"
    )
    assert (x @ given.T).std(axis=0).max() > least_spread, (
        "`principal_components` returned the directions in which the images vary least. `eigh` "
        "returns the largest eigenvalue last."
    )
    share = np.abs(np.sum(given * right, axis=1))
    assert np.all(share > 0.99), (
        f"`principal_components` returned a wrong component {int(np.argmin(share)) + 1}. Did you "
        "subtract the mean, and does the component with the largest eigenvalue come first?"
    )


def check_copies(x, mean_of_x, directions, expected, without_mean, mean_left_on):
    given = to_array(pca_copy(x.copy(), mean_of_x.copy(), directions.copy()), "pca_copy")
    assert given.shape == expected.shape, (
        f"`pca_copy` returned shape {given.shape}; expected {expected.shape}."
    )
    is_right = np.allclose(given, expected)
    assert is_right or not np.allclose(given, without_mean), (
        "`pca_copy` returned copies without the mean. Did you forget to add it back?"
    )
    assert is_right or not np.allclose(given, mean_left_on), (
        "`pca_copy` returned wrong copies. Did you forget to subtract the mean first?"
    )
    assert is_right, (
        f"`pca_copy` returned {np.round(given[0], 3).tolist()} as the first copy; expected "
        f"{np.round(expected[0], 3).tolist()}."
    )


def check_overlap(a, b, expected):
    given = float(np.reshape(to_array(overlap(a.copy(), b.copy()), "overlap"), ()))
    assert expected < 1 or np.isclose(given, 1, atol=1e-5), (
        f"`overlap` returned {given:.3f} for two bases of the same subspace; expected 1. Did you "
        "make the directions orthogonal and of length 1 first, and divide the sum by k?"
    )
    assert np.isclose(given, expected, atol=1e-5), (
        f"`overlap` returned {given:.3f}; expected {expected:.3f}."
    )


def check_principal():
    # Eight images with three groups of four equal pixels, with means 3, 5 and 1.
    fours = [[5, 9, 2], [5, 9, 0], [1, 9, 2], [1, 9, 0], [5, 1, 2], [5, 1, 0], [1, 1, 2], [1, 1, 0]]
    x, by_four = np.repeat(np.array(fours, dtype=float), 4, axis=1), np.repeat(np.eye(3), 4, axis=1)
    check_components(x, 3, np.repeat([3, 5, 1], 4), by_four[[1, 0, 2]] / 2, least_spread=1e-6)
    check_copies(
        np.array([[3.0, 1, 4, 1], [0, 2, 2, 5]]),
        np.array([1.0, 2, 1, 1]),
        np.array([[0.6, 0.8, 0, 0], [0, 0, 0.8, -0.6]]),
        expected=np.array([[1.24, 2.32, 2.92, -0.44], [0.64, 1.52, -0.28, 1.96]]),
        without_mean=np.array([[0.24, 0.32, 1.92, -1.44], [-0.36, -0.48, -1.28, 0.96]]),
        mean_left_on=np.array([[2.56, 4.08, 3.08, -0.56], [1.96, 3.28, -0.12, 1.84]]),
    )
    check_overlap(np.array([[1.0, 0, 0], [1, 1, 0]]), np.array([[3.0, 2, 0], [0, -1, 0]]), 1)
    a, b = [[2.0, 0, 0, 0], [1, 1, 0, 0]], [[0.0, 3, 0, 4], [0, 0, 5, 0]]
    check_overlap(np.array(a), np.array(b), 0.18)


check_principal()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_principal_hidden(rng, pixels, k):
    x = rng.normal(size=(200, pixels)) @ (
        rng.normal(size=(pixels, pixels)) * np.geomspace(1, 0.05, pixels)
    )
    x = x + rng.normal(size=pixels) * 3
    middle = x.mean(axis=0)
    every = np.linalg.svd(x - middle, full_matrices=False)[2]
    right, least_spread = every[:k], 1.001 * (x @ every[-k:].T).std(axis=0).max()
    check_components(x, k, middle, right, least_spread)
    unseen = rng.normal(size=(7, pixels))
    flat, left_on = (unseen - middle) @ right.T @ right, unseen @ right.T @ right
    check_copies(unseen, middle, right, middle + flat, flat, middle + left_on)
    a, b = rng.normal(size=(2, k, pixels))
    check_overlap(a, rng.normal(size=(k, k)) @ a, 1)
    qa, qb = (np.linalg.svd(rows, full_matrices=False)[2] for rows in (a, b))
    check_overlap(a, b, np.sum((qa @ qb.T) ** 2) / k)


def check_principal_twice(rng):
    check_principal_hidden(rng, 20, 5)
    check_principal_hidden(rng, 9, 2)


check_principal_twice(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
mean, components = principal_components(x_train, 32)
errors["PCA"] = {k: error(pca_copy(x_test, mean, components[:k]), x_test) for k in (2, 8, 32)}
figures.error_by_size(errors)

# %%
narrow, wide = keras.layers.Dense(8, use_bias=False), keras.layers.Dense(784, use_bias=False)
pixels = keras.Input((784,))
linear = keras.Model(pixels, wide(narrow(pixels)))
centred = (x_train - mean).astype("float32")
train(linear, centred, centred, epochs=20, rate=1e-2)
copies = ops.convert_to_numpy(linear((x_test - mean).astype("float32"))) + mean
directions = ops.convert_to_numpy(wide.kernel)
print(f"code of 8: linear autoencoder {error(copies, x_test):.4f}, PCA {errors['PCA'][8]:.4f}")
print(f"overlap of their subspaces: {overlap(directions, components[:8]):.3f}")
random_directions = np.random.default_rng(0).normal(size=(8, 784))
print(f"overlap of eight random directions: {overlap(random_directions, components[:8]):.3f}")

# %% [markdown]
# So the linear autoencoder is PCA, found the long way round. The nonlinear autoencoder, with its
# ReLUs, gets more into the same 8 numbers; with 2 numbers, and as little training as in the quick
# profile, it hardly does. (The convolutional one has half as many weights and needs more updates
# than it gets in the quick profile.)
#
# Here are the maps of the codes of two numbers. Of random points from N(0, I), with mean 0 and
# standard deviation 1 in each number, 86 % would lie in the dashed circle. Far fewer of these codes
# do, because nothing in the loss asks them to.

# %%
codes = ops.convert_to_numpy(dense[2][1](x_test))
flat = (x_test - mean) @ components[:2].T
figures.latent_map({"the autoencoder": (codes, y_test), "PCA": (flat, y_test)})

# %%
some = [int(np.flatnonzero(y_test == digit)[0]) for digit in range(10)]
rows = [x_test[some], *(ops.convert_to_numpy(three[0](x_test[some])) for three in dense.values())]
rows.append(np.clip(pca_copy(x_test[some], mean, components), 0, 1))
figures.image_grid(
    np.concatenate(rows).reshape(-1, 28, 28),
    title="Originals; copies from codes of 2, 8 and 32; PCA's copies from 32",
)

# %% [markdown]
# **Is this compression?** Count everything. Suppose that one byte is enough for each number of the
# code. But the receiver also needs the decoder, and the output is not identical to the input. For
# comparison we use zlib, which is lossless. And a network that was trained on other digits tells us
# whether a copy can still be read. (It may also answer "not a digit", so its accuracy can fall
# below that of guessing.)

# %%
import zlib

from course_lib.models import digit_judge

judge = digit_judge()


def read_correctly(copies):
    """Return the fraction of copies that the judge reads as the right digit."""
    logits = judge(ops.reshape(copies, (-1, 28, 28)))
    return np.mean(ops.convert_to_numpy(logits).argmax(axis=1) == y_test)


packed = np.mean([len(zlib.compress((255 * x).astype("uint8").tobytes(), 9)) for x in x_test[:200]])
print(
    f"an image has 784 bytes; lossless zlib makes {packed:.0f}; "
    f"read correctly {read_correctly(x_test):.0%}"
)
for latent, (model, _, decoder) in dense.items():
    weights = 4 * decoder.count_params()
    print(
        f"code of {latent:2}, one byte per number, and a decoder of {weights:,} bytes: "
        f"pays off for more than {weights / (packed - latent):,.0f} images; "
        f"read correctly {read_correctly(model(x_test)):.0%}"
    )

# %% [markdown]
# ## 3 Sparse
#
# There are other ways to keep a network from merely copying. The bottleneck may be as wide as you
# like if only a few of its neurons are active for any one image: a **sparse** autoencoder. Active
# neurons cost a penalty. Let $h$ be the activations of the hidden layer for a batch, from a sigmoid
# and so between 0 and 1:
#
# - **L1**: the sum of $\lvert h \rvert$ over the neurons, averaged over the batch;
# - **KL**: let $\hat\rho_j$ be the mean of neuron $j$ over the batch. It should equal a small
#   target $\rho$, say 0.05. The penalty of a neuron is the KL divergence between the two (Ng 2011,
#   *Sparse autoencoder*)
#
# $$\rho \ln \frac{\rho}{\hat\rho_j} + (1 - \rho) \ln \frac{1 - \rho}{1 - \hat\rho_j}$$
#
# and the total penalty is the sum over the neurons.
#
# ### Question 3 · `sparse`
#
# Write both, `l1_penalty(h)` and `kl_penalty(h, rho)`, with `ops` (`ops.mean`, `ops.sum`,
# `ops.abs`, `ops.log`: Keras' version of NumPy, through which gradients flow). Each returns one
# number.


# %% solution="sparse"
def l1_penalty(h):
    """Return the sum of |h| over the neurons, averaged over the batch; h: (batch, neurons)."""
    ### BEGIN SOLUTION
    return ops.mean(ops.sum(ops.abs(h), axis=-1))
    ### END SOLUTION


def kl_penalty(h, rho=0.05):
    """Sum the KL divergences of the mean activations from rho; h: (batch, neurons), 0 … 1."""
    ### BEGIN SOLUTION
    active = ops.mean(h, axis=0)
    return ops.sum(rho * ops.log(rho / active) + (1 - rho) * ops.log((1 - rho) / (1 - active)))
    ### END SOLUTION


# %% tests="sparse"
import numpy as np


def check_penalty(name, given, expected, mistakes):
    given = to_array(given, name)
    assert given.size == 1, f"`{name}` returned shape {given.shape}; expected one number."
    given = float(given.reshape(()))
    for value, hint in mistakes:
        assert np.isclose(given, expected, rtol=1e-3) or not np.isclose(given, value, rtol=1e-4), (
            f"`{name}` returned {given:.4f}; expected {expected:.4f}. {hint}"
        )
    assert np.isclose(given, expected, rtol=1e-3), (
        f"`{name}` returned {given:.4f}; expected {expected:.4f}."
    )


def check_l1(h, expected, mean, whole_sum, with_sign):
    mistakes = [
        (mean, "Did you take the mean over the neurons instead of the sum?"),
        (whole_sum, "Did you take the sum over the batch instead of the mean?"),
        (with_sign, "Did you forget the absolute value, |h|?"),
    ]
    check_penalty("l1_penalty", l1_penalty(h), expected, mistakes)


def check_kl(h, rho, expected, mean, by_image, first_part):
    mistakes = [
        (mean, "Did you take the mean over the neurons instead of the sum?"),
        (
            by_image,
            "Did you compute the divergence per image? First average each neuron over the batch.",
        ),
        (-expected, "Is the sign wrong? A divergence is never negative."),
        (first_part, "Did you forget the second term, with 1 - ρ?"),
    ]
    check_penalty("kl_penalty", kl_penalty(h, rho), expected, mistakes)


def check_sparse():  # two images, three neurons
    loud = np.array([[0.3, -0.4, 0.1], [-0.2, 0.5, -0.9]], dtype="float32")
    check_l1(loud, 1.2, mean=0.4, whole_sum=2.4, with_sign=-0.3)
    h = np.array([[0.1, 0.8, 0.5], [0.3, 0.2, 0.9]], dtype="float32")
    check_kl(h, 0.1, 1.198914, mean=0.399638, by_image=1.712291, first_part=-0.424850)


check_sparse()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_sparse_hidden(rng):
    h, rho = rng.uniform(0.02, 0.9, (30, 12)).astype("float32"), float(rng.uniform(0.03, 0.3))
    seen = h.mean(axis=0, dtype=float)

    def divergence(p):
        return rho * np.log(rho / p) + (1 - rho) * np.log((1 - rho) / (1 - p))

    loud = (h - 0.5).astype("float32")
    size = np.abs(loud)
    check_l1(loud, size.sum(axis=1).mean(), size.mean(), size.sum(), loud.sum(axis=1).mean())
    check_kl(
        h,
        rho,
        divergence(seen).sum(),
        divergence(seen).mean(),
        divergence(h.astype(float)).sum(axis=1).mean(),
        (rho * np.log(rho / seen)).sum(),
    )


check_sparse_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now train three autoencoders with 64 hidden sigmoid neurons each, which differ only in the
# penalty.


# %%
class PenalisedDense(keras.layers.Dense):
    """A dense layer of sigmoid neurons that adds a penalty to the model's loss."""

    def __init__(self, units, penalty):
        super().__init__(units, activation="sigmoid")
        self.penalty = penalty

    def call(self, x):
        h = super().call(x)
        self.add_loss(self.penalty(self, x, h))
        return h


def train_with_penalty(penalty):
    """Train an autoencoder with a penalty on its 64 hidden neurons; returns (model, encoder)."""
    keras.utils.set_random_seed(1)
    pixels = keras.Input((784,))
    h = PenalisedDense(64, penalty)(pixels)
    paper = keras.initializers.Constant(-2.0)  # most pixels are empty: a good initial value
    copies = keras.layers.Dense(784, activation="sigmoid", bias_initializer=paper)(h)
    model = keras.Model(pixels, copies)
    train(model, x_train, x_train, epochs=10, rate=1e-2)
    return model, keras.Model(pixels, h)


free = train_with_penalty(lambda layer, x, h: 0 * l1_penalty(h))
l1 = train_with_penalty(lambda layer, x, h: 3e-4 * l1_penalty(h))
kl = train_with_penalty(lambda layer, x, h: 1e-3 * kl_penalty(h))
for name, (model, encoder) in {"no penalty": free, "L1": l1, "KL": kl}.items():
    h = ops.convert_to_numpy(encoder(x_test))
    print(
        f"{name:>10}: {np.mean(h > 0.1) * 64:4.1f} of 64 neurons are active (above 0.1) per image, "
        f"mean activation {h.mean():.3f}, error {error(model(x_test), x_test):.4f}"
    )

# %% [markdown]
# Fewer neurons per image, as promised. What does a neuron respond to? Draw its weights as an image.


# %%
def draw_weights(encoder, count=10):
    """Return the weights with the largest spread as images (count, 28, 28), scaled to 0 … 1."""
    weights = encoder.layers[-1].get_weights()[0].T
    weights = weights[np.argsort(-weights.std(axis=1))[:count]]
    weights = weights / np.abs(weights).max(axis=1, keepdims=True)
    return (weights.reshape(-1, 28, 28) + 1) / 2


figures.image_grid(
    np.concatenate([draw_weights(encoder) for _, encoder in (free, l1, kl)]),
    title="Weights of ten neurons: no penalty, L1, KL (dark: ink there activates the neuron)",
)

# %% [markdown]
# ## 4 Denoising
#
# A **denoising** autoencoder (Vincent et al. 2008) gets a corrupted image and has to return the
# clean one. Copying does not help now: it has to know what digits look like.
#
# ### Question 4 · `denoising`
#
# 1. `add_noise(x, deviation, seed)`: add normally distributed noise with mean 0 and this standard
#    deviation to every pixel (`np.random.default_rng(seed).normal`), the same noise for the same
#    seed, and clip the result to 0 … 1.
# 2. Train a `dense_autoencoder(32)` on noisy images with a standard deviation of 0.4 (you can use
#    `train` from above), and name the trained model, the first of the three, `denoiser`. On
#    held-out noisy images, the error of its outputs against the clean images must be at most 45 %
#    of the error of the noisy images themselves.


# %% solution="denoising"
def add_noise(x, deviation, seed):
    """Add noise to pixels (n, 784); returns pixels from 0 to 1."""
    ### BEGIN SOLUTION
    noise = np.random.default_rng(seed).normal(0, deviation, x.shape)
    return np.clip(x + noise, 0, 1).astype("float32")
    ### END SOLUTION


### BEGIN SOLUTION
denoiser = dense_autoencoder(32)[0]
train(denoiser, add_noise(x_train, 0.4, seed=1), x_train, epochs=10)
### END SOLUTION

# %% tests="denoising"
import keras
import numpy as np

from course_lib import data


def check_add_noise(rng, deviation):
    x = rng.uniform(0.4, 0.6, (50, 784)).astype("float32")
    seed = int(rng.integers(1, 1000))
    given = to_array(add_noise(x.copy(), deviation / 10, seed), "add_noise")
    assert given.shape == x.shape, f"`add_noise` returned shape {given.shape}; expected {x.shape}."
    spread = (given - x).std()
    assert abs(spread / (deviation / 10) - 1) < 0.05, (
        f"`add_noise` adds noise with a standard deviation of {spread:.3f}; expected "
        f"{deviation / 10:.3f}. Did you pass the standard deviation to `normal`, and does every "
        "pixel get its own noise?"
    )
    noise = given - x
    assert np.all(noise.std(axis=0) > 0) and np.abs(noise.mean(axis=0)).max() < deviation / 10, (
        "`add_noise` adds the same noise to several pixels or images. Pass the shape of x to "
        "`normal`."
    )
    assert abs(noise.mean()) < 0.1 * spread, (
        f"`add_noise` adds noise with a mean of {noise.mean():.3f}; expected 0."
    )
    again, other = (
        to_array(add_noise(x.copy(), deviation / 10, s), "add_noise") for s in (seed, seed + 1)
    )
    assert np.array_equal(given, again) and not np.allclose(given, other), (
        "`add_noise` must add the same noise for the same seed, and other noise for another seed. "
        "Did you pass the seed on?"
    )
    loud = to_array(add_noise(x.copy(), 2.0, seed), "add_noise")
    assert loud.min() >= 0 and loud.max() <= 1, (
        f"`add_noise` returned pixels from {loud.min():.1f} to {loud.max():.1f}; expected 0 to 1. "
        "Did you forget `np.clip`?"
    )


def load_clean_images(seed):
    return data.load("mnist", seed=seed)[1][0][:500].reshape(-1, 784).astype("float32") / 255


def check_denoiser(x, noisy):
    assert isinstance(denoiser, keras.Model), (
        f"`denoiser` is a {type(denoiser).__name__}; expected a Keras model. `dense_autoencoder` "
        "returns three: take the first."
    )
    copies = to_array(denoiser(noisy.astype("float32")), "denoiser")
    off, spoilt = np.mean((copies - x) ** 2), np.mean((noisy - x) ** 2)
    print(f"error of denoised images {off:.4f}, of noisy images {spoilt:.4f}: {off / spoilt:.0%}")
    assert np.mean((copies - noisy) ** 2) > off, (
        f"`denoiser` returned images closer to the noisy ({np.mean((copies - noisy) ** 2):.4f}) "
        f"than to the clean ones ({off:.4f}). Did you use noisy images as targets? Use the clean "
        "ones."
    )
    assert off <= 0.45 * spoilt, (
        f"`denoiser` has an error of {off:.4f}, {off / spoilt:.0%} of the error of the noisy "
        "images; expected at most 45 %. Did you train with noisy inputs and clean targets, and "
        "long enough?"
    )


check_add_noise(np.random.default_rng(0), 0.4)
check_denoiser(load_clean_images(0), to_array(add_noise(load_clean_images(0), 0.4, 0), "add_noise"))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_denoising_hidden(seed):
    check_add_noise(np.random.default_rng(seed), 0.3)
    x = load_clean_images(seed)
    noise = np.random.default_rng(seed).normal(0, 0.4, x.shape)
    check_denoiser(x, np.clip(x + noise, 0, 1))


check_denoising_hidden(hidden_seed())
### END HIDDEN TESTS

# %%
noisy = add_noise(x_test, 0.4, seed=2)
print(
    f"noisy inputs: error {error(noisy, x_test):.4f} as they are, "
    f"{error(dense[32][0](noisy), x_test):.4f} from the plain autoencoder, "
    f"{error(denoiser(noisy), x_test):.4f} from the denoiser"
)
print(
    f"clean inputs: error {error(dense[32][0](x_test), x_test):.4f} from the plain autoencoder, "
    f"{error(denoiser(x_test), x_test):.4f} from the denoiser"
)
rows = [noisy[some], *(ops.convert_to_numpy(m(noisy[some])) for m in (dense[32][0], denoiser))]
figures.image_grid(
    np.concatenate(rows).reshape(-1, 28, 28),
    title="Noisy images; copies from the plain autoencoder; copies from the denoiser",
)

# %% [markdown]
# ## 5 Contractive
#
# A good code should not jump when a pixel changes a little. Its derivatives measure how much it
# does. The **Jacobian** of an image is the matrix of all derivatives of its code: the entry in row
# $j$ and column $i$ is $\partial h_j / \partial x_i$. A **contractive** autoencoder adds the sum of
# the squares of all these derivatives to its loss (Rifai et al. 2011).
#
# TensorFlow can compute the Jacobian of any encoder: inside `with tf.GradientTape() as tape:` it
# records what is computed from a tensor (`tf.convert_to_tensor`) that you tell it to watch,
# `tape.watch(x)`. `tape.gradient` would sum the derivatives over the outputs, but the tape also has
# a method for a batch of Jacobians. For $h = \sigma(x W + b)$ there is a formula that costs almost
# nothing. The derivative of a sigmoid is $h (1 - h)$, so
# $\partial h_j / \partial x_i = h_j (1 - h_j) W_{ij}$. Square this and sum over $i$ and $j$,
# without building the Jacobian.
#
# ### Question 5 · `contraction`
#
# 1. `jacobian(encoder, x)`, with `tf.GradientTape`, for any encoder, returns
#    `(batch, neurons, pixels)`.
# 2. `contraction(h, kernel)`, with the formula and `ops`, returns for each image the sum of the
#    squares of its Jacobian, `(batch,)`. `h` are the activations `(batch, neurons)`, and `kernel`
#    is $W$, `(pixels, neurons)`.


# %% solution="contraction"
def jacobian(encoder, x):
    """Return the derivatives (batch, neurons, pixels) of an encoder at x (batch, pixels)."""
    ### BEGIN SOLUTION
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        h = encoder(x)
    return tape.batch_jacobian(h, x)
    ### END SOLUTION


def contraction(h, kernel):
    """Return the sum of squares (batch,) of the Jacobian of a layer of sigmoid neurons."""
    ### BEGIN SOLUTION
    return ops.sum((h * (1 - h)) ** 2 * ops.sum(kernel**2, axis=0), axis=-1)
    ### END SOLUTION


# %% tests="contraction"
import keras
import numpy as np


def check_contraction(h, kernel, expected, mistaken):
    given = to_array(contraction(h.astype("float32"), kernel.astype("float32")), "contraction")
    hints = [
        "Did you forget to square the derivatives?",
        "Did you forget to square the derivative of the sigmoid, too?",
        "Did you sum kernel² over the neurons, too? Sum it over the pixels only.",
        "Did you use h for the derivative of the sigmoid? It is h (1 - h).",
    ]
    is_right = given.shape == np.shape(expected) and np.allclose(given, expected, rtol=1e-3)
    for value, hint in zip(mistaken, hints, strict=True):
        is_mistake = given.shape == np.shape(value) and np.allclose(given, value, rtol=1e-3)
        assert is_right or not is_mistake, (
            f"`contraction` returned {given.ravel()[0]:.3f}; expected {expected[0]:.3f}. {hint}"
        )
    assert given.shape == np.shape(expected), (
        f"`contraction` returned shape {given.shape}; expected {np.shape(expected)}."
    )
    assert is_right, (
        f"`contraction` returned {given[0]:.3f}; expected {expected[0]:.3f}. Did you use both the "
        "derivative of the sigmoid and the weights, each squared?"
    )


def check_jacobian(encoder, x, expected, hint):
    given = to_array(jacobian(encoder, x.astype("float32")), "jacobian")
    assert given.shape != x.shape, (
        f"`jacobian` returned shape {given.shape}; expected {expected.shape}. Did you use "
        "`tape.gradient`, which sums over the neurons? Use `tape.batch_jacobian`."
    )
    assert given.shape == expected.shape, (
        f"`jacobian` returned shape {given.shape}; expected {expected.shape}."
    )
    assert np.allclose(given, expected, atol=1e-4), hint


def build_sigmoid_encoder(kernel, bias):
    inputs = keras.Input((len(kernel),))
    outputs = keras.layers.Dense(len(bias), activation="sigmoid")(inputs)
    encoder = keras.Model(inputs, outputs)
    encoder.set_weights([kernel, bias])
    return encoder


def build_squaring_encoder(pixels):
    inputs = keras.Input((pixels,))
    return keras.Model(inputs, inputs * inputs)


def check_derivatives():  # two images of three pixels, two neurons
    kernel = np.array([[1.0, -2], [0.5, 0], [-1, 1]])
    check_contraction(
        np.array([[0.5, 0.2], [0.9, 0.6]]),
        kernel,
        [0.268625, 0.306225],
        [[1.105, 0.945], [1.3625, 1.4025], [0.638725, 0.476325], [0.7625, 3.6225]],
    )
    check_jacobian(
        build_sigmoid_encoder(kernel, np.array([0.0, 1.0])),
        np.array([[1.0, 0, 1], [0, 2, 1]]),
        np.array(
            [
                [[0.25, 0.125, -0.25], [-0.5, 0, 0.25]],
                [[0.25, 0.125, -0.25], [-0.209987, 0, 0.104994]],
            ]
        ),
        "`jacobian` returned values other than the derivatives of the encoder at x.",
    )
    check_jacobian(
        build_squaring_encoder(2),
        np.array([[1.0, 2], [0.5, -1]]),
        np.array([[[2.0, 0], [0, 4]], [[1, 0], [0, -2]]]),
        "`jacobian` is wrong for an encoder without sigmoid neurons. Use the tape.",
    )


check_derivatives()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_contraction_hidden(rng):
    batch, pixels, neurons = int(rng.integers(2, 6)), 7, int(rng.integers(3, 6))
    kernel, bias = rng.normal(size=(pixels, neurons)) * 0.5, rng.normal(size=neurons)
    x = rng.uniform(size=(batch, pixels)).astype("float32")
    h = 1 / (1 + np.exp(-(x @ kernel + bias)))
    derivatives = (h * (1 - h))[:, :, None] * kernel.T
    mistaken = [
        np.sum(np.abs(derivatives), axis=(1, 2)),
        np.sum((h * (1 - h)) @ (kernel**2).T, axis=1),
        np.sum((h * (1 - h)) ** 2, axis=1) * np.sum(kernel**2),
        np.sum((h**2) @ (kernel**2).T, axis=1),
    ]
    check_contraction(h, kernel, np.sum(derivatives**2, axis=(1, 2)), mistaken)
    hint = "`jacobian` returned values other than the derivatives of the encoder at x."
    check_jacobian(build_sigmoid_encoder(kernel, bias), x, derivatives, hint)
    hint = "`jacobian` is wrong for an encoder without sigmoid neurons. Use the tape."
    check_jacobian(build_squaring_encoder(pixels), x, 2 * x[:, :, None] * np.eye(pixels), hint)


check_contraction_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
tight = train_with_penalty(lambda layer, x, h: 1e-3 * ops.mean(contraction(h, layer.kernel)))
slightly = (x_test + np.random.default_rng(0).normal(0, 0.3, x_test.shape)).astype("float32")
for name, (model, encoder) in {"no penalty": free, "contractive": tight}.items():
    h = ops.convert_to_numpy(encoder(x_test))
    moved = np.mean((ops.convert_to_numpy(encoder(slightly)) - h) ** 2) / np.mean(
        (h - h.mean(axis=0)) ** 2
    )
    by_formula = float(ops.mean(contraction(h, encoder.layers[-1].kernel)))
    by_tape = float(np.mean(np.sum(np.square(jacobian(encoder, x_test[:20])), axis=(1, 2))))
    print(
        f"{name:>11}: squares of the Jacobian {by_formula:.3f} (first 20 with the tape "
        f"{by_tape:.3f}), noise moves codes by {moved:.1%} of their variance, error "
        f"{error(model(x_test), x_test):.4f}"
    )

# %% [markdown]
# ## 6 At work: which images are unusual?
#
# An autoencoder copies well what it was trained on and copies other things badly. So the error of
# its copy is a score for **anomalies**, images unlike those it was trained on, and it needs no
# examples of them. Above which score do you raise an alarm? Each threshold detects some fraction of
# the anomalies and raises false alarms for some fraction of the ordinary images. All thresholds
# together form the **ROC curve** (*receiver operating characteristic*, a term from radar; Fawcett
# 2006): the detected fraction plotted against the fraction of false alarms. The area under it, the
# **AUC**, is the probability that an anomaly has a higher score than an ordinary image: 1 for a
# perfect score and ½ for guessing.
#
# ### Question 6 · `roc`
#
# 1. `roc(scores, anomalous)` returns two arrays, `false_alarms` and `found`, that begin with 0 and
#    end with 1: the fractions with a score of **at least** the threshold, first for a threshold
#    above all scores and then for each score that occurs, from the highest to the lowest.
# 2. `area(false_alarms, found)` returns the area under the curve, with straight lines between its
#    points.


# %% solution="roc"
def roc(scores, anomalous):
    """Return false alarms and detected fraction at each threshold; anomalous: booleans (n,)."""
    ### BEGIN SOLUTION
    thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1]])
    alarm = scores >= thresholds[:, None]
    return alarm[:, ~anomalous].mean(axis=1), alarm[:, anomalous].mean(axis=1)
    ### END SOLUTION


def area(false_alarms, found):
    """Return the area under the curve."""
    ### BEGIN SOLUTION
    return np.sum(np.diff(false_alarms) * (found[1:] + found[:-1]) / 2)
    ### END SOLUTION


# %% tests="roc"
import numpy as np


def check_roc(scores, anomalous, expected):
    both = roc(scores.copy(), anomalous.copy())
    assert isinstance(both, (tuple, list)) and len(both) == 2, (
        f"`roc` returned a {type(both).__name__}; expected two arrays: `return false_alarms, "
        "found`."
    )
    alarms, found = (to_array(values, "roc").ravel() for values in both)
    points = len(expected[0])
    assert len(alarms) == len(found), (
        f"`roc` returned {len(alarms)} false alarms and {len(found)} found; expected the same "
        "number."
    )
    assert np.isclose(alarms[0], 0) and np.isclose(found[0], 0), (
        f"`roc` returned a curve that begins at ({alarms[0]:.2f}, {found[0]:.2f}); expected (0, "
        "0). Did you begin with a threshold above all scores?"
    )
    assert np.isclose(alarms[-1], 1) and np.isclose(found[-1], 1), (
        f"`roc` returned a curve that ends at ({alarms[-1]:.2f}, {found[-1]:.2f}); expected (1, "
        "1). Did you compute the fractions separately among ordinary examples and among anomalies?"
    )
    assert len(alarms) == points, (
        f"`roc` returned {len(alarms)} points; expected {points}, one for a threshold above all "
        "scores and one for each score that occurs. Do equal scores raise the alarm together?"
    )
    right = np.allclose([alarms, found], expected)
    assert right or not np.allclose([found, alarms], expected), (
        "`roc` returned the two arrays in the wrong order; expected `false_alarms, found`. Did you "
        "swap them?"
    )
    assert right, (
        f"`roc` returned {np.round(alarms, 2).tolist()} and {np.round(found, 2).tolist()}; "
        f"expected {np.round(expected[0], 2).tolist()} and {np.round(expected[1], 2).tolist()}."
    )


def check_area(alarms, found, expected):
    given = float(np.reshape(to_array(area(np.array(alarms), np.array(found)), "area"), ()))
    assert np.isclose(given, expected), (
        f"`area` returned {given:.3f}; expected {expected:.3f}. Did you use rectangles? Use "
        "straight lines between points."
    )


def check_curve():
    scores = np.array([0.3, 0.9, 0.2, 0.7, 0.4, 0.8, 0.1, 0.5])
    anomalous = np.array([False, True, False, False, True, True, False, True])
    alarms = [0, 0, 0, 0.25, 0.25, 0.25, 0.5, 0.75, 1]
    check_roc(scores, anomalous, [alarms, [0, 0.25, 0.5, 0.5, 0.75, 1, 1, 1, 1]])
    check_area([0, 0.2, 0.6, 1], [0, 0.5, 0.9, 1], 0.71)


check_curve()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_roc_hidden(rng):
    for ties in (False, True):
        anomalous = rng.uniform(size=80) < 0.4
        anomalous[:2] = True, False
        scores = rng.normal(size=80) + anomalous
        scores = np.round(scores, 1) if ties else scores
        thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1]])
        curve = [[np.mean(scores[k] >= t) for t in thresholds] for k in (~anomalous, anomalous)]
        check_roc(scores, anomalous, curve)
        pairs = scores[anomalous][:, None] - scores[~anomalous]
        check_area(*curve, np.mean(pairs > 0) + np.mean(pairs == 0) / 2)


check_roc_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# The anomalies are mirrored digits, as many as there are ordinary ones. (Some digits, such as 0 and
# 8, look the same in the mirror, so no score can find them all.) Mirroring does not change the
# amount of ink. So the amount of ink, as a score, is no better than guessing; the figure shows it
# for comparison.

# %%
mirrored = x_test.reshape(-1, 28, 28)[:, :, ::-1].reshape(-1, 784)
mixed, turned = np.concatenate([x_test, mirrored]), np.repeat([False, True], len(x_test))


def image_errors(copies):
    """Return the mean squared error of each image, (n,)."""
    return np.mean((ops.convert_to_numpy(copies) - mixed) ** 2, axis=1)


curves = {
    "autoencoder, 8": roc(image_errors(dense[8][0](mixed)), turned),
    "PCA, 8": roc(image_errors(pca_copy(mixed, mean, components[:8])), turned),
    "ink": roc(mixed.mean(axis=1), turned),
}
for name, curve in curves.items():
    print(f"{name}: area {area(*curve):.3f}")
figures.roc_curve(curves)

# %% [markdown]
# ## 7 At work: find similar images
#
# Images with similar codes look similar. So a search need not compare pixels: it looks for the
# nearest codes.
#
# ### Question 7 · `similar`
#
# Write `similar(codes, query, k)`, which returns the positions of the `k` codes that are nearest to
# `query` in Euclidean distance, nearest first.


# %% solution="similar"
def similar(codes, query, k):
    """Return the positions (k,) of the codes (n, latent) that are nearest to query (latent,)."""
    ### BEGIN SOLUTION
    return np.argsort(np.sum((codes - query) ** 2, axis=1))[:k]
    ### END SOLUTION


# %% tests="similar"
import numpy as np


def check_similar(codes, query, nearest, farthest, by_product):
    n, k = len(codes), len(nearest)
    given = to_array(similar(codes.copy(), query.copy(), k), "similar").ravel()
    assert len(given) == k, f"`similar` returned {len(given)} positions; expected {k}."
    assert np.allclose(given, np.round(given)) and given.min() >= 0 and given.max() < n, (
        f"`similar` returned {given[:3].tolist()}, …; expected positions, integers from 0 to "
        f"{n - 1}. Did you return distances?"
    )
    given = given.astype(int).tolist()
    assert given != farthest, (
        f"`similar` returned the farthest codes, {given}; expected {nearest}. Did you reverse the "
        "order?"
    )
    assert sorted(given) != sorted(nearest) or given == nearest, (
        f"`similar` returned {given}; expected {nearest}. Did you sort them, nearest first?"
    )
    assert given != by_product, (
        f"`similar` returned {given}; expected {nearest}. Did you use the product of the codes? It "
        "is large for long codes; use the distance."
    )
    assert given == nearest, f"`similar` returned {given}; expected {nearest}."


def check_neighbours():
    codes = [[0.4, 1.5], [3.1, 2], [1.3, 0.2], [-2, -1.1], [0.9, -0.8], [4.2, 0.6], [1.6, 1.4]]
    query = np.array([1, 0.5])
    check_similar(
        np.array(codes), query, nearest=[2, 6, 0], farthest=[3, 5, 1], by_product=[5, 1, 6]
    )


check_neighbours()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_similar_hidden(rng):
    codes, query, k = rng.normal(size=(200, 8)) * 2, rng.normal(size=8), int(rng.integers(4, 9))
    order = np.argsort(np.sqrt(np.sum((codes - query) ** 2, axis=1))).tolist()
    by_product = np.argsort(-(codes @ query))[:k].tolist()
    check_similar(codes, query, order[:k], order[::-1][:k], by_product)


check_similar_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
library = ops.convert_to_numpy(dense[32][1](x_train))
queries = ops.convert_to_numpy(dense[32][1](x_test))
chosen = [some[digit] for digit in (2, 3, 5)]
hits = [similar(library, queries[n], 7) for n in chosen]
right = np.mean([y_train[similar(library, queries[n], 7)] == y_test[n] for n in range(200)])
print(f"{right:.0%} of the 7 nearest images show the same digit (200 queries)")
figures.image_grid(
    np.concatenate(
        [np.stack([x_test[n], *x_train[hit]]) for n, hit in zip(chosen, hits, strict=True)]
    ).reshape(-1, 28, 28),
    title="The query image, then its seven nearest",
    columns=8,
)

# %% [markdown]
# ## 8 At work: a hundred labels
#
# Images are cheap; labels are expensive. Suppose that only ten images of each digit are labelled.
# Compare a classifier on top of the sparse encoder, which has seen all images without their labels,
# with the same classifier on top of an encoder with random weights. In each case either only the
# classifier's own layer is trained (**frozen** encoder) or the whole network (**fine-tuned**).


# %%
def train_classifier(encoder_weights, frozen, draw):
    """Train a classifier on ten labels per digit; returns its accuracy on the test set."""
    rng = np.random.default_rng(draw)
    few = [rng.choice(np.flatnonzero(y_train == digit), 10, replace=False) for digit in range(10)]
    few = np.tile(np.concatenate(few), 40)  # one epoch goes through the hundred images 40 times
    keras.utils.set_random_seed(draw)
    layer = keras.layers.Dense(64, activation="sigmoid", trainable=not frozen)
    model = keras.Sequential([keras.Input((784,)), layer, keras.layers.Dense(10)])
    if encoder_weights is not None:
        layer.set_weights(encoder_weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss)
    fit(model, x_train[few], y_train[few], epochs=1, batch_size=100, verbose=False)
    return np.mean(ops.convert_to_numpy(model(x_test)).argmax(axis=1) == y_test)


learnt = kl[1].layers[-1].get_weights()
for frozen, how in [(True, "frozen"), (False, "fine-tuned")]:
    for weights, what in [(None, "random"), (learnt, "pre-trained")]:
        print(
            f"{how:>10}, {what:>11} encoder: accuracy "
            f"{train_classifier(weights, frozen, draw=1):.1%}"
        )

# %% [markdown]
# With a frozen encoder, pre-trained features are clearly better than random ones. Once the whole
# network is trained, little or nothing is left of the lead: pre-training once made deep networks
# possible (Erhan et al. 2010) because such networks were hard to train at the time.
#
# ## 9 What it cannot do
#
# The decoder makes an image from any code. Does it make a *new digit* from a random code? To be
# fair, the random codes have the mean and standard deviation of real codes in each of their
# numbers. The judge is the network that read the copies in section 2.

# %%
from course_lib.models import sample_quality

rng = np.random.default_rng(0)
random_codes = library.mean(axis=0) + library.std(axis=0) * rng.normal(size=(500, 32))
invented = ops.convert_to_numpy(dense[32][2](random_codes.astype("float32")))
copied = ops.convert_to_numpy(dense[32][0](x_test[:500]))
for name, images in [("copies of real images", copied), ("from random codes", invented)]:
    quality = sample_quality(images)
    print(f"{name}: the judge is {quality.confidence:.0%} confident on average")
figures.image_grid(
    invented[:30].reshape(-1, 28, 28),
    title="Decoded random codes: some look like digits, many do not",
)

# %% [markdown]
# ### Question 8 · `limits` · in words
#
# About ten lines, with numbers from your tables and figures:
#
# 1. A colleague says: "784 bytes become 32, so we compress by a factor of 24." What does she leave
#    out? Name two things, with numbers.
# 2. Choose one of sparse, denoising, contractive. What does it promise, what was measured, and what
#    did it cost in error, if anything?
# 3. The random codes have the mean and standard deviation of real ones, and the decoder copies
#    well. Why do many of the images still not look like digits? What would have to change in
#    training?

# %% [markdown] written="limits"
# ### BEGIN SOLUTION
# **A model answer.** (1) The decoder has to be sent as well, some 420 thousand bytes, which only
# pays off for more than a few thousand images; zlib already compresses an image to a few hundred
# bytes, so the fair ratio is far below 24. And the copies are not the originals: there is an error
# in every pixel, some copies are no longer read as the same digit, and images unlike the training
# set (the mirrored digits) come out worse. (2) For example denoising: it promises to clean
# corrupted images. On noisy images its error is clearly smaller than that of the autoencoder that
# never saw noise, and a fraction of the error of the noisy images themselves. The price: on clean
# images, which it has never seen as inputs, its error is more than twice that of the plain
# autoencoder. (Sparse: about a third of the neurons are active instead of nine tenths, measured by
# activations above 0.1; the error is about the same with L1, and even smaller with KL. Contractive:
# the squares of the Jacobian and the distance that noise moves a code are both less than half, at
# about the same error.) (3) Nothing in the loss says where codes should lie, or that what lies
# between codes should be a digit. The 32 numbers of real codes depend on each other; sampled
# independently, they land where no image ever was, and there the decoder was never trained.
# Training would have to make the codes fill a distribution that we can sample from, and train the
# decoder on all of it: Lab 06.
#
# **Rubric, 3 points.**
#
# - 1 point: two of decoder, zlib or other lossless methods, loss, other kinds of images, with
#   numbers. Half for one.
# - 1 point: promise, measured quantity and its price (which may be zero), with numbers. Half if one
#   of them is missing.
# - 1 point: no constraint on where codes lie (or dependence between the numbers), untrained places;
#   codes must be made to follow a known distribution. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Clothes.** Use `data.load("fashion_mnist")` instead of the digits. Which size of code do they
#   need?
# - **Holes instead of noise.** Put a black square on the image instead of noise: does the denoiser
#   fill it in?
# - **Deeper.** Try `conv_autoencoder` from `course_lib.models` with three convolutions on
#   `data.load("cifar10")`.
# - **Lab 06** teaches an autoencoder to invent.
#
# **Sources.** P. Baldi, K. Hornik, *Neural networks and principal component analysis*, Neural
# Networks 2, 1989 · G. Hinton, R. Salakhutdinov, *Reducing the dimensionality of data with neural
# networks*, Science 313, 2006 · P. Vincent et al., *Extracting and composing robust features with
# denoising autoencoders*, ICML 2008 · A. Ng, *Sparse autoencoder*, CS294A lecture notes, 2011 · S.
# Rifai et al., *Contractive auto-encoders*, ICML 2011 · J. Masci et al., *Stacked convolutional
# auto-encoders*, ICANN 2011 · D. Erhan et al., *Why does unsupervised pre-training help deep
# learning?*, JMLR 11, 2010 · T. Fawcett, *An introduction to ROC analysis*, 2006 · I. Goodfellow,
# Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, §14. The text of this lab is licensed CC
# BY 4.0, its code MIT.
