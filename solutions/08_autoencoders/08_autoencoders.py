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
# # Autoencoders, and what they are good for
#
# An image has 784 pixels. How few numbers say what is on it? In this lab a network finds out by itself, without
# a single label: it must get each image through a narrow place, and draw it again behind. You compare it with
# the best that straight lines can do, train it for three other aims, and put it to work.
#
# **You will learn**
#
# - dense and convolutional autoencoders, and how they compare with principal components;
# - what compression of this kind loses, counted honestly;
# - sparse, denoising and contractive autoencoders, and how to measure what each of them promises;
# - to find anomalies, similar images, and features for a classifier with 100 labels;
# - why an autoencoder cannot invent images, which is what Lab 06 is about.
#
# **You need** labs 1 and 2: the Functional API and convolutions.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | training images | error of a pixel, 32 numbers | time |
# | --- | --- | --- | --- | --- |
# | quick | chosen on a CPU | 2,000 | 0.009–0.026 | 15–30 s on 2 cores |
# | full | chosen on a GPU | 20,000 | 0.003–0.009 | 1–3 min on 2 cores, less on a GPU |

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
# Digits as rows of 784 pixels, from 0 (paper) to 1 (ink). The labels are used only to colour and to count.

# %%
(x_train, y_train), (x_test, y_test) = data.load("mnist")
x_train, y_train = (part[: 2000 if QUICK else 20000] for part in (x_train, y_train))
x_train, x_test = (x.reshape(-1, 784).astype("float32") / 255 for x in (x_train, x_test))
x_test, y_test = x_test[:1000], y_test[:1000]


def error(copies, x):
    """Mean squared error of a pixel."""
    return float(np.mean((ops.convert_to_numpy(copies) - x) ** 2))


# %% [markdown]
# ## 1 Through a narrow place
#
# An **autoencoder** is trained to give back what it is given (Hinton & Salakhutdinov 2006). In the middle is its
# **bottleneck**: the **encoder** turns the 784 pixels into a few numbers, the **code**, and the **decoder** makes 784
# pixels of the code alone. The codes may be any numbers: their layer has no activation. The pixels lie between 0
# and 1: the last layer has a sigmoid.
#
# In the **dense** one all layers are `Dense`. The **convolutional** one (Masci et al. 2011) looks at the image
# with filters. A convolution with stride 2 and `padding="same"` halves the sides, 28 → 14 → 7;
# `Conv2DTranspose` with the same stride and padding doubles them, 7 → 14 → 28.
#
# ### Question 1 · `autoencoders`
#
# Each function hands back **three** Functional models: `model`, which is the decoder after the encoder, then
# `encoder` and `decoder`, whose layers it shares. All take and give rows: pixels `(batch, 784)`, codes
# `(batch, latent)`.
#
# 1. `dense_autoencoder(latent)`: one hidden layer of 128 ReLU neurons before the code, and one after it.
# 2. `conv_autoencoder(latent)`: `Reshape((28, 28, 1))`, two convolutions 3×3 with 16 and 32 maps, stride 2 and ReLU, `Flatten`,
#    the code; and back: a dense layer of 7 · 7 · 32 with ReLU, `Reshape`, two transposed convolutions 3×3, stride 2, with 16 maps
#    and ReLU, then with 1 map and the sigmoid, `Flatten`.


# %% solution="autoencoders"
def dense_autoencoder(latent):
    """Three Keras models (model, encoder, decoder), of dense layers."""
    ### BEGIN SOLUTION
    pixels, codes = keras.Input((784,)), keras.Input((latent,))
    x = keras.layers.Dense(128, activation="relu")(pixels)
    encoder = keras.Model(pixels, keras.layers.Dense(latent)(x))
    x = keras.layers.Dense(128, activation="relu")(codes)
    decoder = keras.Model(codes, keras.layers.Dense(784, activation="sigmoid")(x))
    return keras.Model(pixels, decoder(encoder(pixels))), encoder, decoder
    ### END SOLUTION


def conv_autoencoder(latent):
    """Three Keras models (model, encoder, decoder), with convolutions."""
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


def numbers(values):
    """Whatever a model or a function gives back, as numbers."""
    assert values is not None, "there is nothing given back: does it end with `return`?"
    return np.asarray(values, dtype="float64")


def check_autoencoder(name, three, latent, rng):
    assert isinstance(three, (tuple, list)) and len(three) == 3, (
        f"{name} must give back three models: return model, encoder, decoder"
    )
    for part in three:
        assert isinstance(part, keras.Model), f"{name} gives a {type(part).__name__}, not a model."
    model, encoder, decoder = three
    x = rng.normal(scale=20, size=(60, 784)).astype("float32")  # loud, so that activations show
    codes = numbers(encoder(x))
    assert codes.shape == (60, latent), (
        f"{name}: the codes of 60 images should be (60, {latent}); yours are {codes.shape}."
    )
    assert codes.min() < 0 and np.abs(codes).max() > 1, (
        f"{name}: codes go from {codes.min():.2f} to {codes.max():.2f}, whatever goes in: is there an "
        "activation on their layer? They may be any numbers."
    )
    pixels = numbers(decoder(codes.astype("float32")))
    assert pixels.shape == (60, 784), (
        f"{name}: the decoder should make (60, 784), not {pixels.shape}."
    )
    assert pixels.min() >= 0 and pixels.max() <= 1, (
        f"{name}: pixels go from {pixels.min():.1f} to {pixels.max():.1f}: the last layer needs a sigmoid."
    )
    assert np.allclose(numbers(model(x)), pixels, atol=1e-3), (
        f"{name}: model(x) is not decoder(encoder(x)): it must be made of the two, not of new layers."
    )
    # Quiet codes, so that the sigmoid can be undone.
    quiet = rng.normal(size=codes.shape).astype("float32")
    logits = [np.log(p / (1 - p)) for p in (numbers(decoder(sign * quiet)) for sign in (1, -1, 0))]
    coded = [codes, numbers(encoder(-x)), numbers(encoder(0 * x))]
    for part, (there, back, middle) in [("encoder", coded), ("decoder", logits)]:
        assert np.abs(there + back - 2 * middle).max() > 1e-2 * np.abs(there).max(), (
            f"{name}: but for the sigmoid, the {part} is a straight line: where are the ReLUs of its hidden layers?"
        )
    return [[w.shape for w in part.get_weights() if w.ndim > 1] for part in (encoder, decoder)]


def check_autoencoders(latent, rng):
    shapes = check_autoencoder("dense_autoencoder", dense_autoencoder(latent), latent, rng)
    wanted = [[(784, 128), (128, latent)], [(latent, 128), (128, 784)]]
    assert shapes == wanted, f"dense_autoencoder should hold weights {wanted}; yours are {shapes}."
    shapes = check_autoencoder("conv_autoencoder", conv_autoencoder(latent), latent, rng)
    wanted = [
        [(3, 3, 1, 16), (3, 3, 16, 32), (1568, latent)],
        [(latent, 1568), (3, 3, 16, 32), (3, 3, 1, 16)],
    ]
    assert shapes == wanted, (
        f"conv_autoencoder should hold weights {wanted}; yours are {shapes}. Do the strides halve 28 to 14 and 7?"
    )


check_autoencoders(2, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_autoencoders_hidden(rng):
    check_autoencoders(int(rng.integers(3, 12)), rng)


check_autoencoders_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Train the dense one with 2, 8 and 32 numbers in the code, and the convolutional one with 32. What goes in is also
# what should come out: `fit(model, x, x)`. (`fit` from `course_lib.training` does what `model.fit` does, with a learning
# rate that rises first and then falls.)


# %%
def train(model, inputs, targets, epochs, rate=8e-3):
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
        f"dense, {latent:2} numbers: error {errors['dense'][latent]:.4f}, {model.count_params():,} weights"
    )
print(
    f"convolutional, 32: error {errors['convolutional'][32]:.4f}, {conv[32][0].count_params():,} weights"
)

# %% [markdown]
# ## 2 The best that straight lines can do
#
# Without activations an autoencoder is two matrices. Then there is a best solution in closed form: the **principal
# component analysis**, PCA. Take off the mean of the training images; the first **component** is the direction in which
# they spread most, the second the one at right angles to it in which they spread most of what is left, and so on. To find them, NumPy is
# enough: `np.cov(x.T)` (it takes what varies as rows) gives the images' *covariance* matrix, how any two pixels vary together. A direction that this matrix only stretches is
# called its *eigenvector*, and how much it stretches it, the *eigenvalue*, is the variance of the images along it. So the components are the
# eigenvectors with the largest eigenvalues.
#
# The code of an image, a row $x$, is then $c = (x - \text{mean})\, V^\top$, with the $k$ components as the rows of $V$ and
# $V^\top$ (`V.T`) as its transpose. Its copy is the way back: so much of each component, beginning at the mean.
#
# A linear autoencoder that has learnt all it can need not find the same directions. But it must find the same **subspace**: everything
# that can be combined of them (Baldi & Hornik 1989). To compare two subspaces, let $A$ and $B$ have the components as
# rows, in each of the two at right angles to each other and of length 1. The **overlap** is the sum of the squares of all
# entries of $A B^\top$, divided by $k$: 1 for the same subspace, 0 for one at right angles to the other.
#
# ### Question 2 · `principal`
#
# 1. `principal_components(x, k)`: the mean `(pixels,)` and the first `k` components `(k, pixels)`, of length 1.
#    (`np.linalg.eigh` gives eigenvectors as **columns**, and the largest eigenvalue **last**.)
# 2. `pca_copy(x, mean, components)`: the copies.
# 3. `overlap(a, b)` of two sets of `k` directions as rows, which need **not** be at right angles or of length 1 yet:
#    `np.linalg.qr(a.T)[0].T` makes them so.


# %% solution="principal"
def principal_components(x, k):
    """The mean (pixels,) and the first k principal components (k, pixels)."""
    ### BEGIN SOLUTION
    mean = x.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov((x - mean).T))
    return mean, vectors[:, ::-1][:, :k].T
    ### END SOLUTION


def pca_copy(x, mean, components):
    """Copies (n, pixels) of x (n, pixels) from k numbers each."""
    ### BEGIN SOLUTION
    return mean + (x - mean) @ components.T @ components
    ### END SOLUTION


def overlap(a, b):
    """How much of one subspace is in the other, from 0 to 1; a, b: (k, pixels)."""
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
        "principal_components must give back the mean and the components."
    )
    given_mean, given = numbers(both[0]).ravel(), numbers(both[1])
    assert given_mean.shape == (pixels,) and np.allclose(given_mean, mean_of_x), (
        "the first thing given back should be the mean image."
    )
    assert given.shape == (k, pixels), (
        f"{k} components of {pixels} pixels are ({k}, {pixels}); yours are {given.shape}."
    )
    assert np.allclose(given @ given.T, np.eye(k), atol=1e-5), (
        "the components should be of length 1 and at right angles: are they the rows, and not the columns?"
    )
    assert (x @ given.T).std(axis=0).max() > least_spread, (
        "these are the directions in which the images spread least: eigh has the largest last."
    )
    share = np.abs(np.sum(given * right, axis=1))
    assert np.all(share > 0.99), (
        f"component number {int(np.argmin(share)) + 1} is not the direction of the largest spread that is left. Was the mean "
        "taken off, and does the largest eigenvalue come first?"
    )


def check_copies(x, mean_of_x, directions, wanted, without_mean, mean_left_on):
    given = numbers(pca_copy(x.copy(), mean_of_x.copy(), directions.copy()))
    assert given.shape == wanted.shape, (
        f"the copies should be {wanted.shape}; yours are {given.shape}."
    )
    assert not np.allclose(given, without_mean), "pca_copy: the mean is not put back."
    assert not np.allclose(given, mean_left_on), "pca_copy: the mean is not taken off first."
    assert np.allclose(given, wanted), (
        f"pca_copy: the first copy should be {np.round(wanted[0], 3).tolist()}; yours is {np.round(given[0], 3).tolist()}."
    )


def check_overlap(a, b, wanted):
    given = float(np.reshape(numbers(overlap(a.copy(), b.copy())), ()))
    assert wanted < 1 or np.isclose(given, 1, atol=1e-5), (
        f"two sets of directions of the same subspace overlap by 1; yours is {given:.3f}. Are they brought to right "
        "angles and length 1 first, and is the sum divided by k?"
    )
    assert np.isclose(given, wanted, atol=1e-5), (
        f"overlap should be {wanted:.3f}; yours is {given:.3f}."
    )


def check_principal():
    # Eight images in which four pixels each are always alike: 3, 5 and 1 on average.
    fours = [[5, 9, 2], [5, 9, 0], [1, 9, 2], [1, 9, 0], [5, 1, 2], [5, 1, 0], [1, 1, 2], [1, 1, 0]]
    x, by_four = np.repeat(np.array(fours, dtype=float), 4, axis=1), np.repeat(np.eye(3), 4, axis=1)
    check_components(x, 3, np.repeat([3, 5, 1], 4), by_four[[1, 0, 2]] / 2, least_spread=1e-6)
    check_copies(
        np.array([[3.0, 1, 4, 1], [0, 2, 2, 5]]),
        np.array([1.0, 2, 1, 1]),
        np.array([[0.6, 0.8, 0, 0], [0, 0, 0.8, -0.6]]),
        wanted=np.array([[1.24, 2.32, 2.92, -0.44], [0.64, 1.52, -0.28, 1.96]]),
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
print(f"8 numbers: linear autoencoder {error(copies, x_test):.4f}, PCA {errors['PCA'][8]:.4f}")
print(f"overlap of what the two span: {overlap(directions, components[:8]):.3f}")
print(
    f"of eight random directions with it: {overlap(np.random.default_rng(0).normal(size=(8, 784)), components[:8]):.3f}"
)

# %% [markdown]
# So the linear autoencoder is PCA, found the long way round. What bends, with its ReLUs, gets more into the same
# 8 numbers; with 2, and as little training as in the quick profile, it hardly does. (The convolutional one has half as many weights, and needs more updates than it got in
# the quick profile.) Here are the maps of two numbers. Of points drawn at random, with mean 0 and standard deviation 1 in each number, which one calls
# N(0, I), 86 % would lie in the dashed circle. Of these codes far fewer do, because nobody asked them to.

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
    title="Originals; copies from 2, 8 and 32 numbers; PCA's from 32",
)

# %% [markdown]
# **Is this compression?** Count everything. Say that one byte is enough for each number of the code; but the one who unpacks needs
# the decoder too, and what comes out is not what went in. For comparison: zlib, which loses nothing. And a network that has learnt
# digits elsewhere says whether a copy can still be read. (It may also answer "no digit", so it can be right less often than by guessing.)

# %%
import zlib

from course_lib.models import digit_judge

judge = digit_judge()


def readable(copies):
    said = judge(ops.reshape(copies, (-1, 28, 28)))
    return np.mean(ops.convert_to_numpy(said).argmax(axis=1) == y_test)


packed = np.mean([len(zlib.compress((255 * x).astype("uint8").tobytes(), 9)) for x in x_test[:200]])
print(
    f"an image has 784 bytes; zlib makes {packed:.0f} of them and loses nothing; read right {readable(x_test):.0%}"
)
for latent, (model, _, decoder) in dense.items():
    weights = 4 * decoder.count_params()
    print(
        f"{latent:2} numbers, one byte each, and a decoder of {weights:,} bytes, which pays from "
        f"{weights / (packed - latent):,.0f} images on; read right {readable(model(x_test)):.0%}"
    )

# %% [markdown]
# ## 3 Sparse
#
# There are other ways to keep a network from just copying. The bottleneck may be as wide as one likes, if only a few of
# its neurons are on for any one image: a **sparse** autoencoder. What is on costs. Let $h$ be the activations of the hidden
# layer, a sigmoid's, between 0 and 1, for a batch:
#
# - **L1**: the sum of $\lvert h \rvert$ over the neurons, its mean over the batch;
# - **KL**: let $\hat\rho_j$ be neuron $j$'s mean over the batch. It should be a small $\rho$, say 0.05, and every neuron pays
#   (Ng 2011, *Sparse autoencoder*)
#
# $$\rho \ln \frac{\rho}{\hat\rho_j} + (1 - \rho) \ln \frac{1 - \rho}{1 - \hat\rho_j}$$
#
# and these are added up over the neurons.
#
# ### Question 3 · `sparse`
#
# Write both, `l1_penalty(h)` and `kl_penalty(h, rho)`, with `ops` (`ops.mean`, `ops.sum`, `ops.abs`, `ops.log`: Keras' NumPy, through
# which slopes get). Each gives back one number.


# %% solution="sparse"
def l1_penalty(h):
    """Sum of |h| over the neurons, mean over the batch; h: (batch, neurons)."""
    ### BEGIN SOLUTION
    return ops.mean(ops.sum(ops.abs(h), axis=-1))
    ### END SOLUTION


def kl_penalty(h, rho=0.05):
    """KL divergence of each neuron's mean activation from rho, summed; h: (batch, neurons), 0 … 1."""
    ### BEGIN SOLUTION
    seen = ops.mean(h, axis=0)
    return ops.sum(rho * ops.log(rho / seen) + (1 - rho) * ops.log((1 - rho) / (1 - seen)))
    ### END SOLUTION


# %% tests="sparse"
import numpy as np


def check_penalty(name, given, wanted, mistakes):
    given = numbers(given)
    assert given.size == 1, f"{name} should be one number; yours is {given.shape}."
    given = float(given.reshape(()))
    for value, hint in mistakes:
        assert not np.isclose(given, value, rtol=1e-4), (
            f"{name}: {given:.4f} instead of {wanted:.4f}: {hint}"
        )
    assert np.isclose(given, wanted, rtol=1e-3), (
        f"{name} should be {wanted:.4f}; yours is {given:.4f}."
    )


def check_l1(h, wanted, mean, whole_sum, with_sign):
    mistakes = [
        (mean, "this is the mean over the neurons; their sum is wanted."),
        (whole_sum, "this is added up over the batch; the mean over it is wanted."),
        (with_sign, "what is negative counts as well: where is the |h|?"),
    ]
    check_penalty("l1_penalty", l1_penalty(h), wanted, mistakes)


def check_kl(h, rho, wanted, mean, by_image, first_part):
    mistakes = [
        (mean, "this is the mean over the neurons; their sum is wanted."),
        (
            by_image,
            "first each neuron's mean over the batch, then the divergence: a neuron may well be on for one image.",
        ),
        (-wanted, "the sign is wrong: a divergence is never negative."),
        (first_part, "the second part is missing, for being off."),
    ]
    check_penalty("kl_penalty", kl_penalty(h, rho), wanted, mistakes)


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
# Three autoencoders with 64 hidden sigmoid neurons each, trained alike but for what being on costs.


# %%
class Paying(keras.layers.Dense):
    """A layer of sigmoid neurons that adds a penalty to the model's loss."""

    def __init__(self, units, penalty):
        super().__init__(units, activation="sigmoid")
        self.penalty = penalty

    def call(self, x):
        h = super().call(x)
        self.add_loss(self.penalty(self, x, h))
        return h


def with_penalty(penalty):
    """A trained autoencoder whose 64 hidden neurons pay; returns (model, encoder)."""
    keras.utils.set_random_seed(1)
    pixels = keras.Input((784,))
    h = Paying(64, penalty)(pixels)
    paper = keras.initializers.Constant(-2.0)  # most of an image is empty: a good first guess
    copies = keras.layers.Dense(784, activation="sigmoid", bias_initializer=paper)(h)
    model = keras.Model(pixels, copies)
    train(model, x_train, x_train, epochs=10, rate=1e-2)
    return model, keras.Model(pixels, h)


free = with_penalty(lambda layer, x, h: 0 * l1_penalty(h))
l1 = with_penalty(lambda layer, x, h: 3e-4 * l1_penalty(h))
kl = with_penalty(lambda layer, x, h: 1e-3 * kl_penalty(h))
for name, (model, encoder) in {"no penalty": free, "L1": l1, "KL": kl}.items():
    h = ops.convert_to_numpy(encoder(x_test))
    print(
        f"{name:>10}: {np.mean(h > 0.1) * 64:4.1f} of 64 neurons are on (above 0.1) for an image, "
        f"mean activation {h.mean():.3f}, error {error(model(x_test), x_test):.4f}"
    )

# %% [markdown]
# Fewer neurons an image, as promised. What does a neuron look for? Its weights can be drawn as an image.


# %%
def looks_for(encoder, count=10):
    """The weights of the most different neurons, each scaled to 0 … 1, (count, 28, 28)."""
    weights = encoder.layers[-1].get_weights()[0].T
    weights = weights[np.argsort(-weights.std(axis=1))[:count]]
    weights = weights / np.abs(weights).max(axis=1, keepdims=True)
    return (weights.reshape(-1, 28, 28) + 1) / 2


figures.image_grid(
    np.concatenate([looks_for(encoder) for _, encoder in (free, l1, kl)]),
    title="Weights of ten neurons: no penalty, L1, KL (dark: ink there switches it on)",
)

# %% [markdown]
# ## 4 Denoising
#
# A **denoising** autoencoder (Vincent et al. 2008) gets a spoilt image and is asked for the clean one. Copying is no
# way out now: it has to know what digits look like.
#
# ### Question 4 · `denoising`
#
# 1. `add_noise(x, deviation, seed)`: add noise from a normal distribution with mean 0 and this standard deviation to every pixel
#    (`np.random.default_rng(seed).normal`), the same noise for the same seed, and cut off what leaves 0 … 1.
# 2. Train a `dense_autoencoder(32)` on noisy images with a deviation of 0.4 (`train` from above does it), and name the trained
#    model, the first of the three, `denoiser`. On noisy images that it has never seen, the error of what it makes of them, against
#    the clean ones, must be at most 45 % of the noisy images' own.


# %% solution="denoising"
def add_noise(x, deviation, seed):
    """Pixels (n, 784) with noise, 0 … 1."""
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
    given = numbers(add_noise(x.copy(), deviation / 10, seed))
    assert given.shape == x.shape, f"noisy images should be {x.shape}; yours are {given.shape}."
    spread = (given - x).std()
    assert abs(spread / (deviation / 10) - 1) < 0.05, (
        f"the noise should have a standard deviation of {deviation / 10:.3f}; yours has {spread:.3f}. Is the second "
        "number of normal a deviation, and does every pixel get its own?"
    )
    noise = given - x
    assert np.all(noise.std(axis=0) > 0) and np.abs(noise.mean(axis=0)).max() < deviation / 10, (
        "every pixel of every image needs a noise of its own: give normal the shape of x."
    )
    assert abs(noise.mean()) < 0.1 * spread, "the noise should have the mean 0."
    again, other = (numbers(add_noise(x.copy(), deviation / 10, s)) for s in (seed, seed + 1))
    assert np.array_equal(given, again) and not np.allclose(given, other), (
        "the same seed should give the same noise, and another seed other noise."
    )
    loud = numbers(add_noise(x.copy(), 2.0, seed))
    assert loud.min() >= 0 and loud.max() <= 1, (
        f"noisy pixels go from {loud.min():.1f} to {loud.max():.1f}: cut off what leaves 0 … 1 (np.clip)."
    )


def clean_images(seed):
    return data.load("mnist", seed=seed)[1][0][:500].reshape(-1, 784).astype("float32") / 255


def check_denoiser(x, noisy):
    assert isinstance(denoiser, keras.Model), (
        f"denoiser must be a Keras model; it is a {type(denoiser).__name__}: dense_autoencoder gives three."
    )
    copies = numbers(denoiser(noisy.astype("float32")))
    off, spoilt = np.mean((copies - x) ** 2), np.mean((noisy - x) ** 2)
    print(f"error on noisy images {off:.4f}, of the noise itself {spoilt:.4f}: {off / spoilt:.0%}")
    assert np.mean((copies - noisy) ** 2) > off, (
        f"the denoiser is closer to the noisy images ({np.mean((copies - noisy) ** 2):.4f}) than to the clean ones "
        f"({off:.4f}): what should come out is the clean image."
    )
    assert off <= 0.45 * spoilt, (
        f"the denoiser's error on noisy images is {off:.4f}, {off / spoilt:.0%} of the noise's own; at most 45 % "
        "are wanted. Noisy images in, clean ones out, and training long enough?"
    )


check_add_noise(np.random.default_rng(0), 0.4)
check_denoiser(clean_images(0), numbers(add_noise(clean_images(0), 0.4, 0)))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_denoising_hidden(seed):
    check_add_noise(np.random.default_rng(seed), 0.3)
    x = clean_images(seed)
    noise = np.random.default_rng(seed).normal(0, 0.4, x.shape)
    check_denoiser(x, np.clip(x + noise, 0, 1))


check_denoising_hidden(hidden_seed())
### END HIDDEN TESTS

# %%
noisy = add_noise(x_test, 0.4, seed=2)
print(f"error on noisy images: noise itself {error(noisy, x_test):.4f}, "
      f"never saw noise {error(dense[32][0](noisy), x_test):.4f}, denoiser {error(denoiser(noisy), x_test):.4f}")  # fmt: skip
print(f"error on clean images: never saw noise {error(dense[32][0](x_test), x_test):.4f}, "
      f"denoiser {error(denoiser(x_test), x_test):.4f}")  # fmt: skip
rows = [noisy[some], *(ops.convert_to_numpy(m(noisy[some])) for m in (dense[32][0], denoiser))]
figures.image_grid(
    np.concatenate(rows).reshape(-1, 28, 28),
    title="Noisy; from the autoencoder that never saw noise; from the denoiser",
)

# %% [markdown]
# ## 5 Contractive
#
# A good code should not jump when a pixel changes a little. How much it does, its slopes say: the **Jacobian** of an image
# has in row $j$ and column $i$ the slope $\partial h_j / \partial x_i$. A **contractive** autoencoder (Rifai et al. 2011) pays for the sum of
# the squares of all of them.
#
# TensorFlow can compute them for any encoder: it writes down what is computed inside `with tf.GradientTape() as tape:` from a tensor
# (`tf.convert_to_tensor`) that it was told to watch, `tape.watch(x)`. `tape.gradient` would add the slopes up; for a batch of Jacobians the tape has a method, too. For $h = \sigma(x W + b)$ there is a formula that
# costs next to nothing. The slope of a sigmoid is $h (1 - h)$, so $\partial h_j / \partial x_i = h_j (1 - h_j) W_{ij}$. Square that, add up over $i$ and $j$,
# and do it without making the Jacobian.
#
# ### Question 5 · `contraction`
#
# 1. `jacobian(encoder, x)`, with `tf.GradientTape`, for any encoder: `(batch, neurons, pixels)`.
# 2. `contraction(h, kernel)`, by the formula: for each image the sum of the squares of its Jacobian, `(batch,)`. `h` are the
#    activations `(batch, neurons)`, `kernel` is $W$ `(pixels, neurons)`. With `ops`.


# %% solution="contraction"
def jacobian(encoder, x):
    """Slopes (batch, neurons, pixels) of an encoder's outputs at x (batch, pixels)."""
    ### BEGIN SOLUTION
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        h = encoder(x)
    return tape.batch_jacobian(h, x)
    ### END SOLUTION


def contraction(h, kernel):
    """Sum of squares (batch,) of the Jacobian of a layer of sigmoid neurons."""
    ### BEGIN SOLUTION
    return ops.sum((h * (1 - h)) ** 2 * ops.sum(kernel**2, axis=0), axis=-1)
    ### END SOLUTION


# %% tests="contraction"
import keras
import numpy as np


def check_contraction(h, kernel, wanted, mistaken):
    given = numbers(contraction(h.astype("float32"), kernel.astype("float32")))
    hints = [
        "add up the squares.",
        "the slope of the sigmoid needs its square, too.",
        "each neuron has weights of its own: add up kernel² over the pixels only.",
        "the slope of a sigmoid is h (1 - h), not h.",
    ]
    for value, hint in zip(mistaken, hints, strict=True):
        assert given.shape != np.shape(value) or not np.allclose(given, value, rtol=1e-3), (
            f"contraction: {given.ravel()[0]:.3f} instead of {wanted[0]:.3f}: {hint}"
        )
    assert given.shape == np.shape(wanted), (
        f"contraction gives one number an image, {np.shape(wanted)}; yours are {given.shape}."
    )
    assert np.allclose(given, wanted, rtol=1e-3), (
        f"contraction: {given[0]:.3f} instead of {wanted[0]:.3f}: are the slope of the sigmoid and the weights both "
        "in it, each squared?"
    )


def check_jacobian(encoder, x, wanted, hint):
    given = numbers(jacobian(encoder, x.astype("float32")))
    assert given.shape != x.shape, (
        "this is one slope a pixel, added up over the neurons: tape.batch_jacobian keeps them apart."
    )
    assert given.shape == wanted.shape, (
        f"the Jacobians should be {wanted.shape}; yours are {given.shape}."
    )
    assert np.allclose(given, wanted, atol=1e-4), hint


def sigmoid_encoder(kernel, bias):
    inputs = keras.Input((len(kernel),))
    outputs = keras.layers.Dense(len(bias), activation="sigmoid")(inputs)
    encoder = keras.Model(inputs, outputs)
    encoder.set_weights([kernel, bias])
    return encoder


def squaring_encoder(pixels):
    inputs = keras.Input((pixels,))
    return keras.Model(inputs, inputs * inputs)


def check_slopes():  # of two images of three pixels, in two neurons
    kernel = np.array([[1.0, -2], [0.5, 0], [-1, 1]])
    check_contraction(
        np.array([[0.5, 0.2], [0.9, 0.6]]),
        kernel,
        [0.268625, 0.306225],
        [[1.105, 0.945], [1.3625, 1.4025], [0.638725, 0.476325], [0.7625, 3.6225]],
    )
    check_jacobian(
        sigmoid_encoder(kernel, np.array([0.0, 1.0])),
        np.array([[1.0, 0, 1], [0, 2, 1]]),
        np.array(
            [
                [[0.25, 0.125, -0.25], [-0.5, 0, 0.25]],
                [[0.25, 0.125, -0.25], [-0.209987, 0, 0.104994]],
            ]
        ),
        "jacobian: these are not the slopes of the encoder at x.",
    )
    check_jacobian(
        squaring_encoder(2),
        np.array([[1.0, 2], [0.5, -1]]),
        np.array([[[2.0, 0], [0, 4]], [[1, 0], [0, -2]]]),
        "jacobian should work for any encoder, not only for sigmoid neurons: use the tape.",
    )


check_slopes()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_contraction_hidden(rng):
    batch, pixels, neurons = int(rng.integers(2, 6)), 7, int(rng.integers(3, 6))
    kernel, bias = rng.normal(size=(pixels, neurons)) * 0.5, rng.normal(size=neurons)
    x = rng.uniform(size=(batch, pixels)).astype("float32")
    h = 1 / (1 + np.exp(-(x @ kernel + bias)))
    slopes = (h * (1 - h))[:, :, None] * kernel.T
    mistaken = [
        np.sum(np.abs(slopes), axis=(1, 2)),
        np.sum((h * (1 - h)) @ (kernel**2).T, axis=1),
        np.sum((h * (1 - h)) ** 2, axis=1) * np.sum(kernel**2),
        np.sum((h**2) @ (kernel**2).T, axis=1),
    ]
    check_contraction(h, kernel, np.sum(slopes**2, axis=(1, 2)), mistaken)
    hint = "jacobian: these are not the slopes of the encoder at x."
    check_jacobian(sigmoid_encoder(kernel, bias), x, slopes, hint)
    hint = "jacobian should work for any encoder, not only for sigmoid neurons: use the tape."
    check_jacobian(squaring_encoder(pixels), x, 2 * x[:, :, None] * np.eye(pixels), hint)


check_contraction_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
tight = with_penalty(lambda layer, x, h: 1e-3 * ops.mean(contraction(h, layer.kernel)))
slightly = (x_test + np.random.default_rng(0).normal(0, 0.3, x_test.shape)).astype("float32")
for name, (model, encoder) in {"no penalty": free, "contractive": tight}.items():
    h = ops.convert_to_numpy(encoder(x_test))
    moved = np.mean((ops.convert_to_numpy(encoder(slightly)) - h) ** 2) / np.mean(
        (h - h.mean(axis=0)) ** 2
    )
    by_formula = float(ops.mean(contraction(h, encoder.layers[-1].kernel)))
    by_tape = float(np.mean(np.sum(np.square(jacobian(encoder, x_test[:20])), axis=(1, 2))))
    print(
        f"{name:>11}: squares of the Jacobian {by_formula:.3f} (first 20 by tape {by_tape:.3f}), noise moves a code "
        f"by {moved:.1%} of how codes differ, error {error(model(x_test), x_test):.4f}"
    )

# %% [markdown]
# ## 6 At work: what does not belong here?
#
# An autoencoder copies what it was trained on, and other things badly. So the error of its copy is a score for **anomalies**,
# with no example of one needed. From which score on do you raise the alarm? Each threshold finds some share of the anomalies, and
# gives false alarms for some share of what is ordinary. All thresholds together are the **ROC curve** (*receiver operating
# characteristic*, from radar; Fawcett 2006), the share found over the share of false alarms. The area under it, the **AUC**, is 1 for a perfect score and
# ½ for guessing: the probability that an anomaly has a higher score than an ordinary example.
#
# ### Question 6 · `roc`
#
# 1. `roc(scores, anomalous)`: two arrays, `false_alarms` and `found`, that begin with 0 and end with 1: the shares with a score
#    of **at least** the threshold, for a threshold above all scores and then each score that occurs, from the highest down.
# 2. `area(false_alarms, found)`: the area under the curve, with straight lines between its points.


# %% solution="roc"
def roc(scores, anomalous):
    """False alarms and share found at each threshold; anomalous: booleans (n,)."""
    ### BEGIN SOLUTION
    thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1]])
    alarm = scores >= thresholds[:, None]
    return alarm[:, ~anomalous].mean(axis=1), alarm[:, anomalous].mean(axis=1)
    ### END SOLUTION


def area(false_alarms, found):
    """The area under the curve."""
    ### BEGIN SOLUTION
    return np.sum(np.diff(false_alarms) * (found[1:] + found[:-1]) / 2)
    ### END SOLUTION


# %% tests="roc"
import numpy as np


def check_roc(scores, anomalous, wanted):
    both = roc(scores.copy(), anomalous.copy())
    assert isinstance(both, (tuple, list)) and len(both) == 2, (
        "roc must give back false_alarms and found."
    )
    alarms, found = (numbers(part).ravel() for part in both)
    points = len(wanted[0])
    assert len(alarms) == len(found), "roc: one false_alarms for each found."
    assert np.isclose(alarms[0], 0) and np.isclose(found[0], 0), (
        f"the curve begins at (0, 0), without an alarm; yours at ({alarms[0]:.2f}, {found[0]:.2f})."
    )
    assert np.isclose(alarms[-1], 1) and np.isclose(found[-1], 1), (
        f"the curve ends at (1, 1), all alarms; yours at ({alarms[-1]:.2f}, {found[-1]:.2f}). Are the shares taken among "
        "the ordinary and among the anomalies, each by itself?"
    )
    assert len(alarms) == points, (
        f"{points} thresholds, one above all scores and then each score that occurs, make as many points; yours are "
        f"{len(alarms)}. Do equal scores raise the alarm together?"
    )
    right = np.allclose([alarms, found], wanted)
    assert right or not np.allclose([found, alarms], wanted), (
        "the curve is upside down: first the false alarms, then what was found."
    )
    assert right, (
        f"the false alarms should be {np.round(wanted[0], 2).tolist()} and what was found {np.round(wanted[1], 2).tolist()}; "
        f"yours are {np.round(alarms, 2).tolist()} and {np.round(found, 2).tolist()}."
    )


def check_area(alarms, found, wanted):
    given = float(np.reshape(numbers(area(np.array(alarms), np.array(found))), ()))
    assert np.isclose(given, wanted), (
        f"area should be {wanted:.3f}; yours is {given:.3f}: straight lines between points."
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
# The anomalies: digits in a mirror, as many as there are ordinary ones. (Some, like 0 and 8, look the same there, so no score can find all.) A
# mirror does not change the amount of ink, so as a score that is no better than guessing; it stands beside the others for comparison.

# %%
mirrored = x_test.reshape(-1, 28, 28)[:, :, ::-1].reshape(-1, 784)
mixed, turned = np.concatenate([x_test, mirrored]), np.repeat([False, True], len(x_test))


def image_errors(copies):
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
# ## 7 At work: find me more of these
#
# Images with similar codes look similar. So a search need not compare pixels: it looks for the nearest codes.
#
# ### Question 7 · `similar`
#
# Write `similar(codes, query, k)`: the positions of the `k` codes that are nearest to `query`, by Euclidean distance, the
# nearest first.


# %% solution="similar"
def similar(codes, query, k):
    """Positions (k,) of the nearest of codes (n, latent) to query (latent,)."""
    ### BEGIN SOLUTION
    return np.argsort(np.sum((codes - query) ** 2, axis=1))[:k]
    ### END SOLUTION


# %% tests="similar"
import numpy as np


def check_similar(codes, query, nearest, farthest, by_product):
    n, k = len(codes), len(nearest)
    given = numbers(similar(codes.copy(), query.copy(), k)).ravel()
    assert len(given) == k, f"{k} positions are wanted; yours are {len(given)}."
    assert np.allclose(given, np.round(given)) and given.min() >= 0 and given.max() < n, (
        "similar should give positions, whole numbers from 0 on, not distances."
    )
    given = given.astype(int).tolist()
    assert given != farthest, "these are the farthest: the nearest are wanted."
    assert sorted(given) != sorted(nearest) or given == nearest, (
        "the right ones, but not the nearest first."
    )
    assert given != by_product, (
        "this goes by the product of the codes, which is large for long codes: take the distance."
    )
    assert given == nearest, f"the nearest are {nearest}; yours are {given}."


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
asked = [some[digit] for digit in (2, 3, 5)]
hits = [similar(library, queries[n], 7) for n in asked]
right = np.mean([y_train[similar(library, queries[n], 7)] == y_test[n] for n in range(200)])
print(f"of the 7 nearest, {right:.0%} are the same digit (200 queries)")
figures.image_grid(
    np.concatenate(
        [np.stack([x_test[n], *x_train[hit]]) for n, hit in zip(asked, hits, strict=True)]
    ).reshape(-1, 28, 28),
    title="First what was asked for, then the seven nearest",
    columns=8,
)

# %% [markdown]
# ## 8 At work: a hundred labels
#
# Images are cheap, labels are dear. Say that only ten images of each digit have one. A classifier on top of the sparse encoder, which has seen all
# the images without their labels, against the same one on an encoder with random weights. In each case either only the classifier's
# own layer learns (**frozen** encoder), or all of it does (**fine-tuned**).


# %%
def with_labels(encoder_weights, frozen, draw):
    """Accuracy on the test part of a classifier that was trained on ten labels a digit."""
    rng = np.random.default_rng(draw)
    few = [rng.choice(np.flatnonzero(y_train == digit), 10, replace=False) for digit in range(10)]
    few = np.tile(np.concatenate(few), 40)  # an epoch is 40 times through the hundred
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
        print(f"{how:>10}, {what:>11} encoder: {with_labels(weights, frozen, draw=1):.1%} right")

# %% [markdown]
# Frozen, the pre-trained features are clearly worth more than random ones. Once the whole network may learn, little or
# nothing is left of the lead: that pre-training was once what made deep networks possible (Erhan et al. 2010) has to do with how badly
# they could be trained then.
#
# ## 9 What it cannot do
#
# The decoder makes an image of any code. Does it make a *new digit* of a random one? To be fair, we draw random codes that have, number by number,
# the mean and the deviation of real ones. The judge is the network that read the copies in section 2.

# %%
from course_lib.models import sample_quality

rng = np.random.default_rng(0)
dice = (library.mean(axis=0) + library.std(axis=0) * rng.normal(size=(500, 32))).astype("float32")
invented = ops.convert_to_numpy(dense[32][2](dice))
copied = ops.convert_to_numpy(dense[32][0](x_test[:500]))
for name, images in [("copies of real images", copied), ("from random codes", invented)]:
    quality = sample_quality(images)
    print(f"{name}: the judge gives the most probable digit {quality.confidence:.0%} on average")
figures.image_grid(
    invented[:30].reshape(-1, 28, 28),
    title="Decoded from random codes: some pass for a digit, many do not",
)

# %% [markdown]
# ### Question 8 · `limits` · in words
#
# About ten lines, with numbers from your tables and figures:
#
# 1. A colleague says: "784 bytes become 32, that is compression by 24." What does she leave out? Name two things, with
#    numbers.
# 2. Choose one of sparse, denoising, contractive. What does it promise, what was measured, and what did it cost in error, if anything?
# 3. The random codes have the mean and the deviation of real ones, and the decoder copies well. Why are many of the images none the less no digits?
#    What would have to change in training?

# %% [markdown] written="limits"
# ### BEGIN SOLUTION
# **A model answer.** (1) The decoder has to be sent as well, some 420 thousand bytes, which only pays from a few thousand images on; zlib
# already gets an image to a few hundred bytes, so the fair ratio is far below 24. And the copies are not the originals: there is an error in every
# pixel, some are no longer read as the same digit, and images unlike the training ones (the mirrored digits) come out worse.
# (2) For example denoising: it promises that spoilt images come out clean. On noisy images its error is
# clearly smaller than that of the autoencoder which never saw noise, and a fraction of the noise's own. The price: on clean images, which it has never
# seen as inputs, its error is more than twice that of the plain one. (Sparse: about a third of the neurons are on in place of nine tenths, measured by activations above 0.1; the error is about the same with L1, with KL
# even smaller. Contractive: squares of the Jacobian and how far noise moves a code are both less than half, at about the same error.) (3) Nothing in the loss says where codes should lie, nor that what lies between codes should be a digit. The 32 numbers of real
# codes hang together; drawn one by one they land where no image ever was, and there the decoder was never trained. One
# would have to train the codes to fill a distribution that can be drawn from, and the decoder on all of it: Lab 06.
#
# **Rubric, 3 points.**
#
# - 1 point: two of decoder, zlib or other lossless methods, loss, other kinds of images, with numbers. Half for one.
# - 1 point: promise, measured quantity and its price (which may be none), with numbers. Half if one of them is missing.
# - 1 point: no constraint on where codes lie (or dependence between the numbers), untrained places; codes must be made to follow a known
#   distribution. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Clothes.** `data.load("fashion_mnist")` in place of the digits. Which size of code do they need?
# - **Holes for noise.** Put a black square on the image instead of noise: does the denoiser fill it in?
# - **Deeper.** `conv_autoencoder` from `course_lib.models` with three convolutions for `data.load("cifar10")`.
# - **Lab 06** teaches an autoencoder to invent.
#
# **Sources.** P. Baldi, K. Hornik, *Neural networks and principal component analysis*, Neural Networks 2, 1989 · G. Hinton, R. Salakhutdinov,
# *Reducing the dimensionality of data with neural networks*, Science 313, 2006 · P. Vincent et al., *Extracting and composing robust features
# with denoising autoencoders*, ICML 2008 · A. Ng, *Sparse autoencoder*, CS294A lecture notes, 2011 · S. Rifai et al., *Contractive auto-encoders*, ICML
# 2011 · J. Masci et al., *Stacked convolutional auto-encoders*, ICANN 2011 · D. Erhan et al., *Why does unsupervised pre-training help deep
# learning?*, JMLR 11, 2010 · T. Fawcett, *An introduction to ROC analysis*, 2006 · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*,
# MIT Press 2016, §14. The text of this lab is licensed CC BY 4.0, its code MIT.
