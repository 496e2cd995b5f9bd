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
# network finds out by itself, without a single label. It has to squeeze each image through a
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
# - why an autoencoder cannot invent images. Lab 06, the next one, starts there.
#
# **You need** Labs 01 and 02: the Functional API and convolutions.
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | training images | error per pixel, code of 32 | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 2,000 | 0.008–0.03 | 15–30 s on 2 cores |
# | full | default on a GPU | 20,000 | 0.003–0.009 | 1–3 min on 2 cores |

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
# is a narrow layer, its **bottleneck**. The **encoder** turns the 784 pixels into a few numbers, the
# **code**. The **decoder** makes 784 pixels from the code alone. Codes may take any values, so their
# layer does not have an activation. Pixels lie between 0 and 1, so the last layer has a sigmoid.
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
# 2. `conv_autoencoder(latent)`. The encoder: `Reshape((28, 28, 1))`, two 3 × 3 convolutions with 16
#    and 32 filters, stride 2 and ReLU, `Flatten`, the code. The decoder: a dense layer of 7 · 7 · 32
#    neurons with ReLU, `Reshape`, two 3 × 3 transposed convolutions with stride 2, `Flatten`. The
#    first transposed convolution has 16 filters and ReLU, the second has 1 filter and the sigmoid.


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
import warnings

import keras
import numpy as np
import tensorflow as tf

from course_lib import testing as _testing


def _unpack(values, count, name, what):
    """Return what `name` returned as a list of `count` values."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    if isinstance(values, keras.Model) or not isinstance(values, (tuple, list, np.ndarray)):
        values = [values]
    assert len(values) == count, (
        f"`{name}` returned {len(values)} value{'' if len(values) == 1 else 's'}; expected {what}."
    )
    return list(values)


def _call(model, x):
    """Return a model's outputs without Keras' warnings: stock nbgrader deducts points for these."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(model(x), "float64")


def _relu(x):
    return np.maximum(x, 0)


def _sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -80, 80)))


def _dense(x, w, inputs, outputs):
    return x @ w[inputs, outputs] + w[outputs,]


def _convolve(x, w, kernel, pooled=False):
    x = tf.nn.conv2d(x, w[kernel], 1 if pooled else 2, "SAME").numpy() + w[kernel[3],]
    return tf.nn.max_pool2d(x, 2, 2, "SAME").numpy() if pooled else x


def _convolve_back(x, w, kernel, repeated=False):
    size, steps = 2 * x.shape[1], 1 if repeated else 2
    inner = x.shape[1] if repeated else size
    shape = (len(x), inner, inner, kernel[2])
    x = tf.nn.conv2d_transpose(x, w[kernel], shape, steps, "SAME").numpy() + w[kernel[2],]
    return x.repeat(2, axis=1).repeat(2, axis=2) if repeated else x


def _dense_parts(latent):
    """Return the shapes of the weights and what each part computes from them."""

    def encode(x, w, first=_relu):
        return _dense(first(_dense(x, w, 784, 128)), w, 128, latent)

    def decode(x, w, first=_relu):
        return _dense(first(_dense(x, w, latent, 128)), w, 128, 784)

    return [
        ({(784, 128), (128,), (128, latent), (latent,)}, encode, ["first"]),
        ({(latent, 128), (128,), (128, 784), (784,)}, decode, ["first"]),
    ]


def _conv_parts(latent):
    """Return the shapes of the weights and what each part computes from them."""
    one, two, back, last = (3, 3, 1, 16), (3, 3, 16, 32), (3, 3, 16, 32), (3, 3, 1, 16)

    def encode(x, w, first=_relu, second=_relu, pooled=False):
        x = first(_convolve(x.reshape(-1, 28, 28, 1), w, one, pooled))
        x = second(_convolve(x, w, two, pooled))
        return _dense(x.reshape(len(x), -1), w, 1568, latent)

    def decode(x, w, first=_relu, second=_relu, repeated=False):
        x = first(_dense(x, w, latent, 1568)).reshape(-1, 7, 7, 32)
        x = second(_convolve_back(x, w, back, repeated))
        return _convolve_back(x, w, last, repeated).reshape(len(x), -1)

    shapes = {one, (16,), two, (32,), (1568, latent), (latent,)}
    shapes_back = {(latent, 1568), (1568,), back, (16,), last, (1,)}
    return [
        (shapes, encode, ["first", "second", "pooled"]),
        (shapes_back, decode, ["first", "second", "repeated"]),
    ]


def _find_mistakes(compute, x, w, layers, is_encoder):
    """Return the likely mistakes of an encoder or a decoder, each with the outputs that it leads to."""
    end = (lambda values: values) if is_encoder else _sigmoid
    right = compute(x, w)
    mistakes = {}
    for layer in layers:
        if layer in ("first", "second"):
            values = compute(x, w, **{layer: lambda v: v})
            mistakes[f"Did you forget the ReLU of its {layer} hidden layer?"] = end(values)
        else:
            values = compute(x, w, **{layer: True})
            hint = {"pooled": "max pooling", "repeated": "`UpSampling2D`"}[layer]
            mistakes[f"Did you use {hint}? Use stride 2 instead."] = end(values)
    if is_encoder:
        for name, function in {"ReLU": _relu, "sigmoid": _sigmoid, "tanh": np.tanh}.items():
            hint = f"Does the code layer have an activation ({name})? Codes may take any value."
            mistakes[hint] = function(right)
    else:
        mistakes["Did you forget the sigmoid of the last layer?"] = right
        mistakes["Is there a ReLU before the sigmoid of the last layer?"] = _sigmoid(_relu(right))
        mistakes["Are there two sigmoids?"] = _sigmoid(_sigmoid(right))
    if "second" in layers:
        values = compute(x, w, first=lambda v: v, second=lambda v: v)
        mistakes["Did you forget the ReLUs of its hidden layers?"] = end(values)
    return mistakes


def _check_part(name, part, network, x, expected):
    """Compare an encoder or a decoder with what its own weights lead to; return its outputs."""
    shapes, compute, layers = expected
    if not network.get_weights():
        _call(network, x)  # a model without an input has weights only after its first call
    weights = {tuple(np.shape(w)): np.asarray(w, "float64") for w in network.get_weights()}
    assert set(weights) == shapes and len(network.get_weights()) == len(shapes), (
        f"`{name}`: the {part} has weights of shapes "
        f"{sorted(tuple(np.shape(w)) for w in network.get_weights())}; expected {sorted(shapes)}."
    )
    is_encoder = part == "encoder"
    given = _call(network, x)
    x = x.astype("float64")
    right = compute(x, weights) if is_encoder else _sigmoid(compute(x, weights))
    mistakes = _find_mistakes(compute, x, weights, layers, is_encoder)
    _testing.near(given, right, f"`{name}`: the {part}", rtol=1e-3, atol=1e-4, mistakes=mistakes)
    return given


def _check_autoencoder(name, build, parts, latent, rng):
    three = _unpack(build(latent), 3, name, "three models: `return model, encoder, decoder`")
    for model in three:
        assert isinstance(model, keras.Model), (
            f"`{name}` returned a {type(model).__name__} among the three; expected Keras models."
        )
    model, encoder, decoder = three
    x = rng.normal(size=(9, 784)).astype("float32")
    _check_part(name, "encoder", encoder, x, parts[0])
    codes = 3 * rng.normal(size=(9, latent)).astype("float32")
    _check_part(name, "decoder", decoder, codes, parts[1])
    copies = _call(decoder, _call(encoder, x).astype("float32"))
    assert np.allclose(_call(model, x), copies, atol=1e-4), (
        f"`{name}`: `model(x)` differs from `decoder(encoder(x))`. Did you build `model` from new "
        "layers? Build it from the encoder and the decoder that you return."
    )


def _check_autoencoders(latent, rng):
    _check_autoencoder("dense_autoencoder", dense_autoencoder, _dense_parts(latent), latent, rng)
    _check_autoencoder("conv_autoencoder", conv_autoencoder, _conv_parts(latent), latent, rng)


_check_autoencoders(2, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(_testing.hidden_seed())
_check_autoencoders(int(_rng.integers(3, 12)), _rng)
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
    train(dense[latent][0], x_train, x_train, epochs=10)
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
# Without activations, an autoencoder is just two matrices. Then the best solution has a closed form,
# **principal component analysis** (PCA). Subtract the mean of the training images. The first
# **component** is the direction in which they vary most. The second is the direction orthogonal to
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
#
# <details><summary>Hint 1, principal_components</summary>
#
# The components are columns of what `eigh` returns, the first component last. So reverse the order
# of the columns, take the first $k$, and transpose.
#
# </details>
#
# <details><summary>Hint 2, pca_copy</summary>
#
# The codes of all images are one matrix product, of shape (n, k). One more matrix product, with the
# components, takes them back to the pixels. Add the mean at the end.
#
# </details>
#
# <details><summary>Hint 3, overlap</summary>
#
# Make both sets orthogonal with `np.linalg.qr` first. Then $A B^\top$ is `a @ b.T`, and $k$ is the
# number of rows.
#
# </details>


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

from course_lib import testing as _testing


def _align(rows, right):
    """Turn components by 180 degrees where they point the other way than the right ones."""
    if np.shape(rows) != np.shape(right):
        return rows
    return np.where(np.sum(rows * right, axis=1, keepdims=True) < 0, -1, 1) * rows


def _check_components(x, k):
    centred = x - x.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    right = vectors[:, ::-1][:, :k].T
    off_centre = np.linalg.eigh(x.T @ x)[1][:, ::-1][:, :k].T
    both = _unpack(
        principal_components(x.copy(), k), 2, "principal_components", "the mean and the components"
    )
    name = "`principal_components`, as the mean,"
    _testing.near(np.squeeze(both[0]) if both[0] is not None else None, x.mean(axis=0), name)
    given = both[1]
    assert given is not None, "`principal_components` returned None as the components."
    given = np.asarray(given)
    pixels = x.shape[1]
    assert given.shape != (pixels, k), (
        f"`principal_components` returned components of shape {given.shape}; expected {(k, pixels)}. "
        "`eigh` returns eigenvectors as columns: did you return the columns?"
    )
    if given.shape == (k, pixels):
        lengths = np.linalg.norm(given, axis=1)
        assert np.allclose(lengths, 1, atol=1e-2), (
            f"`principal_components` returned components of lengths {np.round(lengths, 2).tolist()}; "
            "expected 1 for each. Did you scale them?"
        )
        spread = (centred @ given.T).std(axis=0).max()
        least = (centred @ vectors[:, :k]).std(axis=0).max()  # may be 0, but for rounding
        assert spread > 1.001 * least + 1e-6 * centred.std(), (
            "`principal_components` returned the directions in which the images vary least. `eigh` returns "
            "the largest eigenvalue last."
        )
    mistakes = {
        "The component with the largest eigenvalue must come first. Did you reverse their order?": (
            right[::-1]
        ),
        "Did you forget to subtract the mean?": off_centre,
        "Did you return the first rows? `eigh` returns eigenvectors as columns.": vectors[:k],
        "Did you return the last rows? `eigh` returns eigenvectors as columns.": vectors[::-1][:k],
    }
    _testing.near(
        _align(given, right),
        right,
        "`principal_components`, as the components,",
        rtol=1e-2,
        atol=2e-3,
        mistakes={hint: _align(rows, right) for hint, rows in mistakes.items()},
    )


def _check_copies(x, mean_of_x, directions):
    codes = (x - mean_of_x) @ directions.T
    _testing.near(
        pca_copy(x.copy(), mean_of_x.copy(), directions.copy()),
        mean_of_x + codes @ directions,
        "`pca_copy`",
        mistakes={
            "Did you forget to add the mean back?": codes @ directions,
            "Did you forget to subtract the mean first?": mean_of_x + x @ directions.T @ directions,
            "Did you forget the mean?": x @ directions.T @ directions,
            "Did you use the mean of these images? Use the mean that was passed.": (
                x.mean(axis=0) + (x - x.mean(axis=0)) @ directions.T @ directions
            ),
        },
    )


def _check_overlap(a, b):
    qa, qb = (np.linalg.qr(rows.T)[0] for rows in (a, b))
    cosines = np.linalg.svd(qa.T @ qb, compute_uv=False)
    k = len(a)
    unit_a, unit_b = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (a, b))
    _testing.near(
        overlap(a.copy(), b.copy()),
        np.mean(cosines**2),
        "`overlap`",
        mistakes={
            "Did you forget to divide by k?": np.sum(cosines**2),
            "Did you make the directions orthogonal first, with `np.linalg.qr`?": (
                np.sum((a @ b.T) ** 2) / k
            ),
            "Did you make the directions orthogonal, not only of length 1, first?": (
                np.sum((unit_a @ unit_b.T) ** 2) / k
            ),
            "Did you forget the squares?": np.mean(cosines),
            "Did you forget the squares of the entries?": np.sum(qa.T @ qb) / k,
            "Did you use absolute values instead of squares?": np.sum(np.abs(qa.T @ qb)) / k,
            "Is this one of the k directions only? Use all entries of A Bᵀ.": cosines[0] ** 2,
            "Did you use the diagonal only? Use all entries of A Bᵀ.": np.sum(
                np.diag(qa.T @ qb) ** 2
            )
            / k,
            "Did you divide by k²?": np.sum(cosines**2) / k**2,
        },
    )


def _check_principal():
    # Eight images with three groups of four equal pixels, with means 3, 5 and 1.
    fours = [[5, 9, 2], [5, 9, 0], [1, 9, 2], [1, 9, 0], [5, 1, 2], [5, 1, 0], [1, 1, 2], [1, 1, 0]]
    _check_components(np.repeat(np.array(fours, dtype=float), 4, axis=1), 2)
    _check_copies(
        np.array([[3.0, 1, 4, 1], [0, 2, 2, 5]]),
        np.array([1.0, 2, 1, 1]),
        np.array([[0.6, 0.8, 0, 0], [0, 0, 0.8, -0.6]]),
    )  # expected: [[1.24, 2.32, 2.92, -0.44], [0.64, 1.52, -0.28, 1.96]]
    _check_overlap(np.array([[1.0, 0, 0], [1, 1, 0]]), np.array([[3.0, 2, 0], [0, -1, 0]]))  # 1
    a, b = [[2.0, 0, 0, 0], [1, 1, 0, 0]], [[0.0, 3, 0, 4], [5, 0, 5, 0]]
    _check_overlap(np.array(a), np.array(b))  # expected: 0.43


_check_principal()
### BEGIN HIDDEN TESTS


def _check_principal_hidden(rng, images, pixels, k):
    # Clearly different variances, so that the components are the same in float32.
    directions = np.linalg.qr(rng.normal(size=(pixels, pixels)))[0]
    scores = np.linalg.qr(rng.normal(size=(images, pixels)))[0] * np.sqrt(images)
    x = scores * np.geomspace(4, 0.4, pixels) @ directions + 3 * rng.normal(size=pixels)
    _check_components(x, k)
    unseen, middle = rng.normal(size=(7, pixels)), rng.normal(size=pixels)
    _check_copies(unseen, middle, directions[:k])
    a, b = rng.normal(size=(2, k, pixels))
    _check_overlap(a, rng.normal(size=(k, k)) @ a)
    _check_overlap(a, b)


_rng = np.random.default_rng(_testing.hidden_seed())
_check_principal_hidden(_rng, 200, 12, 5)
_check_principal_hidden(_rng, 40, 9, 2)
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
train(linear, centred, centred, epochs=18, rate=1e-2)
copies = ops.convert_to_numpy(linear((x_test - mean).astype("float32"))) + mean
directions = ops.convert_to_numpy(wide.kernel)
print(f"code of 8: linear autoencoder {error(copies, x_test):.4f}, PCA {errors['PCA'][8]:.4f}")
print(f"overlap of their subspaces: {overlap(directions, components[:8]):.3f}")
random_directions = np.random.default_rng(0).normal(size=(8, 784))
print(f"overlap of eight random directions: {overlap(random_directions, components[:8]):.3f}")

# %% [markdown]
# So the linear autoencoder is PCA, found the long way round. The nonlinear autoencoder, with its
# ReLUs, gets more into the same 8 numbers. With 2 numbers, and as little training as in the quick
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
# `ops.abs`, `ops.log`: Keras' version of NumPy). Each returns one number, and gradients have to
# flow through it: otherwise training ignores the penalty. `gradient_of` shows whether they do.
# (Section 5 explains the tape.)
#
# <details><summary>Hint 1, order</summary>
#
# The two penalties average at different points. L1: first sum over the neurons, then average over
# the batch. KL: first average each neuron over the batch (`axis=0`), then apply the formula, then
# sum.
#
# </details>
#
# <details><summary>Hint 2, gradients</summary>
#
# Use `ops` from the first step to the last: `np.mean` or `float` in between stops the gradient.
#
# </details>


# %%
def gradient_of(function, *inputs):
    """Return the gradient of a function with respect to each input; None where none flows."""
    inputs = [tf.convert_to_tensor(values) for values in inputs]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = ops.sum(function(*inputs))
    return tape.gradient(value, inputs)


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

from course_lib import testing as _testing


def _check_gradient(function, name, wanted, *inputs):
    """Compare the gradient with respect to the first inputs, as many as there are in `wanted`."""
    cause = ""
    try:
        given = gradient_of(function, *inputs)[: len(wanted)]
    except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
        given, cause = [None], f" ({error})"
    assert all(values is not None for values in given), (
        f"No gradient flows through `{name}`{cause}. Did you use NumPy? Use `ops`, the NumPy of Keras."
    )
    for values, right in zip(given, wanted, strict=True):
        _testing.near(values, right, f"The gradient of `{name}`", rtol=1e-3)


def _check_l1(h):
    h = np.asarray(h, "float32")
    exact = h.astype("float64")
    size = np.abs(exact)
    _testing.near(
        l1_penalty(h.copy()),
        size.sum(axis=1).mean(),
        "`l1_penalty`",
        mistakes={
            "Did you take the mean over the neurons instead of the sum?": size.mean(),
            "Did you take the sum over the batch instead of the mean?": size.sum(),
            "Did you take the mean over the neurons and the sum over the batch?": (
                size.mean(axis=1).sum()
            ),
            "Did you forget the absolute value, |h|?": exact.sum(axis=1).mean(),
            "Did you square h? Use its absolute value.": (exact**2).sum(axis=1).mean(),
            "Is this the root of the squares? Add the absolute values.": (
                np.sqrt((exact**2).sum(axis=1)).mean()
            ),
        },
    )
    _check_gradient(l1_penalty, "l1_penalty", [np.sign(exact) / len(h)], h)


def _check_kl(h, rho):
    h = np.asarray(h, "float32")
    exact = h.astype("float64")
    seen = exact.mean(axis=0)

    def divergence(p, q):
        return p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))

    right = divergence(rho, seen).sum()
    _testing.near(
        kl_penalty(h.copy(), rho),
        right,
        "`kl_penalty`",
        mistakes={
            "Did you take the mean over the neurons instead of the sum?": divergence(
                rho, seen
            ).mean(),
            "Did you compute the divergence per image? First average each neuron over the batch.": (
                divergence(rho, exact).sum(axis=1).mean()
            ),
            "Did you add up the divergences of all images? First average each neuron over the batch.": (
                divergence(rho, exact).sum()
            ),
            "Did you average over the neurons of each image? Average each neuron over the batch.": (
                divergence(rho, exact.mean(axis=1)).sum()
            ),
            "Did you average over neurons and batch at once? Average each neuron over the batch.": (
                divergence(rho, exact.mean())
            ),
            "Did you exchange ρ and ρ̂? ρ comes first.": divergence(seen, rho).sum(),
            "Is the sign wrong? A divergence is never negative.": -right,
            "Did you forget the second term, with 1 - ρ?": (rho * np.log(rho / seen)).sum(),
            "Did you forget the first term?": ((1 - rho) * np.log((1 - rho) / (1 - seen))).sum(),
            "Did you use another logarithm? Use the natural one.": right / np.log(2),
            "Did you use another logarithm (base 10)? Use the natural one.": right / np.log(10),
        },
    )
    slope = (1 - rho) / (1 - seen) - rho / seen
    _check_gradient(kl_penalty, "kl_penalty", [np.tile(slope / len(h), (len(h), 1))], h, rho)


def _check_sparse():  # two images, three neurons
    _check_l1([[0.3, -0.4, 0.1], [-0.2, 0.5, -0.9]])  # expected: 1.2
    _check_kl([[0.1, 0.8, 0.5], [0.3, 0.2, 0.9]], 0.1)  # expected: 1.198914


_check_sparse()
### BEGIN HIDDEN TESTS


def _check_sparse_hidden(rng):
    h = rng.uniform(0.02, 0.9, (30, 12))
    _check_l1(h - 0.5)
    _check_kl(h, float(rng.uniform(0.03, 0.3)))
    _check_kl(h[:7] ** 2, float(rng.uniform(0.5, 0.9)))


_check_sparse_hidden(np.random.default_rng(_testing.hidden_seed()))
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
    train(model, x_train, x_train, epochs=20 if QUICK else 10, rate=1e-2)
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
# Fewer neurons per image, as promised, and a price: the autoencoder that may use all of its neurons
# for every image copies best. What does a neuron respond to? Draw its weights as an image.


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
#    deviation to every pixel (`np.random.default_rng(seed).normal`). The same seed gives the same
#    noise. Clip the result to 0 … 1.
# 2. Train a `dense_autoencoder(32)` on noisy images with a standard deviation of 0.4. You can use
#    `train` from above. Name the trained model, the first of the three, `denoiser`. On held-out
#    noisy images, the error of its outputs against the clean images must be at most 0.45 times the
#    error of the noisy images themselves.


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

from course_lib import data as _data
from course_lib import testing as _testing


def _check_add_noise(rng, deviation):
    x = rng.uniform(0.4, 0.6, (50, 784)).astype("float32")
    seed = int(rng.integers(1, 1000))
    given = add_noise(x.copy(), deviation, seed)
    assert given is not None, "`add_noise` returned None. Did you forget `return`?"
    given = np.asarray(given, "float64")
    assert given.shape == x.shape, f"`add_noise` returned shape {given.shape}; expected {x.shape}."
    noise = given - x
    assert np.min(noise) < 0 or np.max(np.abs(noise)) == 0, (
        "`add_noise` only makes pixels larger. Did you clip the noise? Clip the sum of image and noise."
    )
    assert noise.std(axis=0).min() > deviation / 4 and noise.std(axis=1).min() > deviation / 4, (
        "`add_noise` adds the same noise to several pixels or images. Pass the shape of x to `normal`."
    )
    hint = "Did you pass the standard deviation to `normal`?"
    spread = noise.std() / deviation
    name = "The standard deviation of the noise of `add_noise`, relative to the expected one,"
    _testing.at_least(spread, 0.95, name, sd=0.0036, hint=hint)
    _testing.at_most(spread, 1.05, name, sd=0.0036, hint=hint)
    mean = np.abs(noise.mean()) / deviation
    _testing.at_most(mean, 0.1, "The mean of the noise of `add_noise`, relative,", sd=0.003)
    fourth = np.mean((noise / noise.std()) ** 4)
    name, hint = (
        "The fourth moment of the noise (3 if normal)",
        "Is the noise normally distributed?",
    )
    _testing.at_least(fourth, 2.5, name, sd=0.025, hint=hint)
    _testing.at_most(fourth, 3.5, name, sd=0.025, hint=hint)
    again, other = (
        np.asarray(add_noise(x.copy(), deviation, s), "float64") for s in (seed, seed + 1)
    )
    assert np.array_equal(given, again) and not np.allclose(given, other), (
        "`add_noise` must add the same noise for the same seed, and other noise for another seed. "
        "Did you pass the seed on?"
    )
    loud = np.asarray(add_noise(x.copy(), 2.0, seed), "float64")
    assert loud.min() >= 0 and loud.max() <= 1, (
        f"`add_noise` returned pixels from {loud.min():.1f} to {loud.max():.1f}; expected 0 to 1. "
        "Did you forget `np.clip`?"
    )
    assert loud.min() < 0.01 and loud.max() > 0.99, (
        f"`add_noise` returned pixels from {loud.min():.2f} to {loud.max():.2f} for very noisy images; "
        "expected 0 to 1. Clip the sum of image and noise to 0 … 1; do not rescale it."
    )


def _load_clean_images(seed):
    images = _data.load("mnist", seed=seed)[1][0][:500]
    return images.reshape(-1, 784).astype("float32") / 255


def _check_denoiser(x, noisy):
    assert isinstance(denoiser, keras.Model), (
        f"`denoiser` is a {type(denoiser).__name__}; expected a Keras model. `dense_autoencoder` "
        "returns three: take the first."
    )
    try:
        copies = _call(denoiser, noisy.astype("float32"))
    except ValueError as error:
        raise AssertionError(
            f"`denoiser` does not accept images of shape {x.shape} ({error}). `dense_autoencoder` returns "
            "three models: take the first."
        ) from None
    assert copies.shape == x.shape, (
        f"`denoiser` returned shape {copies.shape} for images of shape {x.shape}. `dense_autoencoder` "
        "returns three models: take the first."
    )
    shapes = [tuple(np.shape(w)) for w in denoiser.get_weights()]
    assert any(len(shape) == 2 and shape[1] == 32 for shape in shapes), (
        f"`denoiser` has weights of shapes {shapes}; expected a layer of 32 numbers. Did you build it "
        "with `dense_autoencoder(32)`?"
    )
    off, spoilt = np.mean((copies - x) ** 2), np.mean((noisy - x) ** 2)
    print(f"error of denoised images {off:.4f}, of noisy images {spoilt:.4f}: {off / spoilt:.0%}")
    _testing.at_most(
        off / spoilt,
        0.45,
        "The error of the denoised images, relative to the noisy ones,",
        sd=0.01,
        hint="Did you train with noisy inputs and clean targets, and long enough?",
    )


_check_add_noise(np.random.default_rng(0), 0.04)
_noise = np.random.default_rng(0).normal(0, 0.4, (500, 784))
_check_denoiser(_load_clean_images(0), np.clip(_load_clean_images(0) + _noise, 0, 1))
### BEGIN HIDDEN TESTS


def _check_denoising_hidden(seed):
    rng = np.random.default_rng(seed)
    _check_add_noise(rng, 0.03)
    x = _load_clean_images(seed % 2**32)
    _check_denoiser(x, np.clip(x + rng.normal(0, 0.4, x.shape), 0, 1))


_check_denoising_hidden(_testing.hidden_seed())
### END HIDDEN TESTS

# %%
noisy = np.asarray(add_noise(x_test, 0.4, seed=2))
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
# a method for a batch of Jacobians.
#
# For $h = \sigma(x W + b)$ there is a formula that costs almost nothing. Derive it on paper: what is
# $\partial h_j / \partial x_i$, by the chain rule, if the derivative of a sigmoid is $h (1 - h)$?
# Its squares can be summed over $i$ and $j$ without building the Jacobian itself.
#
# ### Question 5 · `contraction`
#
# 1. `jacobian(encoder, x)`, with `tf.GradientTape`, for any encoder, returns
#    `(batch, neurons, pixels)`.
# 2. `contraction(h, kernel)`, with the formula and `ops`, so that gradients flow, returns for each
#    image the sum of the squares of its Jacobian, `(batch,)`. `h` are the activations
#    `(batch, neurons)`, and `kernel` is $W$, `(pixels, neurons)`.
#
# <details><summary>Hint 1, jacobian</summary>
#
# Make `x` a tensor first, watch it, and call the encoder inside the tape. The name of the method
# begins with `batch_`; its arguments are those of `tape.gradient`, the result and the input.
#
# </details>
#
# <details><summary>Hint 2, contraction</summary>
#
# $\partial h_j / \partial x_i$ is a product: the derivative of the sigmoid of neuron $j$, times a
# weight. Only the weight depends on $i$. So, in its square, the sum over $i$ concerns the squared
# weights alone.
#
# </details>
#
# <details><summary>Hint 3, contraction</summary>
#
# $\sum_i W_{ij}^2$ is one number for each neuron, `ops.sum(kernel**2, axis=0)`. What does neuron $j$
# multiply it by before you sum over the neurons?
#
# </details>


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
import logging

import keras
import numpy as np

from course_lib import testing as _testing


def _check_contraction(h, kernel):
    derivative = h * (1 - h)
    squares = np.sum(kernel**2, axis=0)
    given = contraction(h.astype("float32"), kernel.astype("float32"))
    twice = (lambda s: s * (1 - s))(1 / (1 + np.exp(-h)))
    _testing.near(
        given,
        np.sum(derivative**2 * squares, axis=1),
        "`contraction`",
        rtol=1e-3,
        mistakes={
            "Did you forget to square the derivatives?": (
                np.sum(np.abs(derivative) * np.sum(np.abs(kernel), axis=0), axis=1)
            ),
            "Did you add the derivatives before you squared them?": (
                np.sum(derivative * np.sum(kernel, axis=0), axis=1)
            ),
            "Did you forget to square the derivative of the sigmoid, too?": (
                np.sum(derivative * squares, axis=1)
            ),
            "Did you forget to square the weights?": (
                np.sum(derivative**2 * np.sum(kernel, axis=0), axis=1)
            ),
            "Did you sum kernel² over the neurons, too? Sum it over the pixels only.": (
                np.sum(derivative**2, axis=1) * np.sum(kernel**2)
            ),
            "Did you use h for the derivative of the sigmoid?": np.sum(h**2 * squares, axis=1),
            "`h` are already the activations. Did you apply the sigmoid to them again?": (
                np.sum(twice**2 * squares, axis=1)
            ),
            "Did you forget the derivative of the sigmoid?": np.full(len(h), np.sum(squares)),
            "Did you take the mean over the neurons instead of the sum?": (
                np.mean(derivative**2 * squares, axis=1)
            ),
            "Did you take the root? Return the sum of the squares.": (
                np.sqrt(np.sum(derivative**2 * squares, axis=1))
            ),
        },
    )
    of_h = 2 * derivative * (1 - 2 * h) * squares
    of_kernel = 2 * kernel * np.sum(derivative**2, axis=0)
    arrays = h.astype("float32"), kernel.astype("float32")
    _check_gradient(contraction, "contraction", [of_h, of_kernel], *arrays)


def _check_jacobian(encoder, x, right):
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no warnings about retracing
    given = jacobian(encoder, x.astype("float32"))
    assert given is not None, "`jacobian` returned None. Did you forget `return`?"
    shape = np.shape(given)
    batch, neurons, pixels = right.shape
    hints = {
        x.shape: "Did you use `tape.gradient`? It sums over the neurons.",
        (batch, pixels, neurons): "Did you swap neurons and pixels?",
        (
            batch,
            neurons,
            batch,
            pixels,
        ): "Did you use `tape.jacobian`? It also has the derivatives of each "
        "code by the pixels of other images; the tape has another method for a batch.",
        (neurons, batch, pixels): "Did you stack the neurons along axis 0? They belong on axis 1.",
    }
    assert shape == right.shape, (
        f"`jacobian` returned shape {shape}; expected {right.shape}. {hints.get(shape, '')}".rstrip()
    )
    hint = "Is it the derivative of the encoder at x, for any encoder? Use the tape."
    _testing.near(
        given, right, "`jacobian`", rtol=1e-3, atol=1e-4, mistakes={hint: np.asarray(given, float)}
    )


def _build_sigmoid_encoder(kernel, bias):
    inputs = keras.Input((len(kernel),))
    outputs = keras.layers.Dense(len(bias), activation="sigmoid")(inputs)
    encoder = keras.Model(inputs, outputs)
    encoder.set_weights([kernel, bias])
    return encoder


def _check_derivatives(kernel, bias, x):
    h = 1 / (1 + np.exp(-(x @ kernel + bias)))
    _check_contraction(h, kernel)
    derivatives = (h * (1 - h))[:, :, None] * kernel.T
    _check_jacobian(_build_sigmoid_encoder(kernel, bias), x, derivatives)
    # Tanh neurons after a hidden layer: the formula does not hold for these.
    pixels = len(kernel)
    deep = keras.Sequential(
        [
            keras.Input((pixels,)),
            keras.layers.Dense(len(bias), activation="tanh"),
            keras.layers.Dense(pixels + 1, use_bias=False),
        ]
    )
    last = np.linspace(-1, 1, len(bias) * (pixels + 1)).reshape(len(bias), -1)
    deep.set_weights([kernel, bias, last])
    slope = 1 - np.tanh(x @ kernel + bias) ** 2
    _check_jacobian(deep, x, np.einsum("bn,pn,nq->bqp", slope, kernel, last))


# Two images of three pixels, four neurons.
_kernel = np.array([[1.0, -2, 0.5, 1], [0.5, 0, 1, -1], [-1, 1, 0, 2]])
_check_derivatives(_kernel, np.array([0.0, 1, 0, -1]), np.array([[1.0, 0, 1], [0, 2, 1]]))
### BEGIN HIDDEN TESTS


def _check_contraction_hidden(rng):
    pixels, neurons, batch = 7, int(rng.integers(3, 6)), int(rng.choice([2, 6, 9]))
    kernel, bias = rng.normal(size=(pixels, neurons)) * 0.5, rng.normal(size=neurons)
    _check_derivatives(kernel, bias, rng.uniform(size=(batch, pixels)).astype("float32"))


_check_contraction_hidden(np.random.default_rng(_testing.hidden_seed()))
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
# 1. `roc(scores, anomalous)` returns two arrays, `false_alarms` and `found`: the fractions with a
#    score of **at least** the threshold. The first threshold is above all scores. The others are the
#    scores that occur, each once, from the highest to the lowest. So both arrays begin with 0 and
#    end with 1.
# 2. `area(false_alarms, found)` returns the area under the curve, with straight lines between its
#    points.
#
# <details><summary>Hint 1, roc</summary>
#
# `np.unique(scores)` returns each score once, in ascending order. Reverse it, and put `np.inf` in
# front.
#
# </details>
#
# <details><summary>Hint 2, roc</summary>
#
# `scores >= thresholds[:, None]` has one row for each threshold. The mean over the columns of the
# anomalies is one array, and that over the other columns is the other.
#
# </details>
#
# <details><summary>Hint 3, area</summary>
#
# Between two neighbouring points lies a trapezoid: its width is the difference of their false
# alarms, its height the mean of their `found`. `np.diff` returns all differences.
#
# </details>


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

from course_lib import testing as _testing


def _find_curve(scores, anomalous, thresholds, is_strict=False):
    alarm = scores > thresholds[:, None] if is_strict else scores >= thresholds[:, None]
    return np.stack([alarm[:, ~anomalous].mean(axis=1), alarm[:, anomalous].mean(axis=1)])


def _check_roc(scores, anomalous):
    both = _unpack(
        roc(scores.copy(), anomalous.copy()), 2, "roc", "two: `return false_alarms, found`"
    )
    assert all(values is not None for values in both), "`roc` returned None among the two arrays."
    alarms, found = (np.asarray(values, "float64").ravel() for values in both)
    thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1]])
    right = _find_curve(scores, anomalous, thresholds)
    points = right.shape[1]
    assert len(alarms) == len(found), (
        f"`roc` returned {len(alarms)} false alarms and {len(found)} found; expected the same number."
    )
    hint = ""
    if len(alarms) == len(scores) + 1:
        hint = " Do equal scores raise the alarm together?"
    elif len(alarms) == points - 1:
        hint = (
            " Did you begin with a threshold above all scores, so that the curve begins at (0, 0)?"
        )
    assert len(alarms) == points, (
        f"`roc` returned {len(alarms)} points; expected {points}, one for a threshold above all "
        f"scores and one for each score that occurs.{hint}"
    )
    share = np.mean(anomalous)
    of_all = right * [[1 - share], [share]]
    rank = np.argsort(-scores, kind="stable")
    _testing.near(
        np.stack([alarms, found]),
        right,
        "`roc`, as false alarms and found,",
        mistakes={
            "Did you swap the two arrays? Return `false_alarms, found`.": right[::-1],
            "Did you use `>`? A score that equals the threshold raises the alarm, too: use `>=`.": (
                _find_curve(scores, anomalous, thresholds, is_strict=True)
            ),
            "Did you divide by the number of all examples? Compute the fractions separately, among "
            "ordinary examples and among anomalies.": of_all,
            "Did you go from the lowest to the highest threshold?": right[:, ::-1],
            "Did you raise the alarm for low scores? Raise it for high ones.": 1 - right,
            "Are the thresholds evenly spaced? Use the scores that occur.": _find_curve(
                scores, anomalous, np.linspace(scores.max() + 1e-9, scores.min(), points)
            ),
            "Did you count each example once, not once for each score that occurs?": (
                np.cumsum(np.stack([~anomalous, anomalous])[:, rank], axis=1)[:, :points]
                / [[np.sum(~anomalous)], [np.sum(anomalous)]]
                if points <= len(scores)
                else right
            ),
        },
    )


def _check_area(alarms, found):
    alarms, found = np.array(alarms, dtype=float), np.array(found, dtype=float)
    width = np.diff(alarms)
    right = np.sum(width * (found[1:] + found[:-1]) / 2)
    rectangles = "Did you use rectangles? Use straight lines between the points."
    _testing.near(
        area(alarms.copy(), found.copy()),
        right,
        "`area`",
        mistakes={
            rectangles: np.sum(width * found[1:]),
            f"{rectangles} (Left ones are too small.)": np.sum(width * found[:-1]),
            "Did you forget to halve the sum of the two heights?": 2 * right,
            "Did you swap the axes? False alarms are on the horizontal axis.": 1 - right,
            "Is this the mean height? The points are not evenly spaced.": np.mean(found),
            "Is the sign wrong?": -right,
        },
    )


def _check_curve():
    scores = np.array([0.3, 0.9, 0.2, 0.7, 0.4, 0.8, 0.1, 0.5])
    anomalous = np.array([False, True, False, False, True, True, False, True])
    # expected: false alarms 0, 0, 0, ¼, ¼, ¼, ½, ¾, 1 and found 0, ¼, ½, ½, ¾, 1, 1, 1, 1
    _check_roc(scores, anomalous)
    _check_area([0, 0.2, 0.6, 1], [0, 0.5, 0.9, 1])  # expected: 0.71


_check_curve()
### BEGIN HIDDEN TESTS


def _check_roc_hidden(rng):
    for ties in (False, True):
        anomalous = rng.permutation(80) < 31
        scores = rng.permutation(np.linspace(-2, 2, 80)) + anomalous
        scores = np.round(scores, 1) if ties else scores + rng.uniform(0, 1e-2, 80)
        thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1]])
        _check_roc(scores, anomalous)
        _check_area(*_find_curve(scores, anomalous, thresholds))


_check_roc_hidden(np.random.default_rng(_testing.hidden_seed()))
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

from course_lib import testing as _testing


def _find_orders(codes, query):
    """Return the right order of the codes, and the orders of likely mistakes."""
    away = codes - query
    distance = np.sqrt(np.sum(away**2, axis=1))
    length = np.linalg.norm(codes, axis=1)
    return distance, {
        "Did you reverse the order? These are the farthest codes.": -distance,
        "Did you use the product of the codes? It is large for long codes; use the distance.": (
            -(codes @ query)
        ),
        "Did you use the angle between the codes? Use the Euclidean distance.": -(codes @ query)
        / length,
        "Did you add absolute differences? Use the Euclidean distance.": np.sum(
            np.abs(away), axis=1
        ),
        "Did you use the largest difference? Use the Euclidean distance.": np.max(
            np.abs(away), axis=1
        ),
        "Did you square after the sum? Add the squares of the differences.": np.abs(
            np.sum(away, axis=1)
        ),
        "Did you forget the squares? Differences of both signs cancel.": np.sum(away, axis=1),
        "Did you compare lengths? Use the distance from the query.": np.abs(
            length - np.linalg.norm(query)
        ),
        "Did you skip the nearest code? The first place is 0.": np.where(
            distance == distance.min(), np.inf, distance
        ),
    }


def _check_similar(codes, query, k):
    codes, query = np.asarray(codes, "float32"), np.asarray(query, "float32")
    distance, mistakes = _find_orders(codes.astype(float), query.astype(float))
    nearest = np.argsort(distance)[:k].tolist()
    given = similar(codes.copy(), query.copy(), k)
    assert given is not None, "`similar` returned None. Did you forget `return`?"
    assert np.shape(given) != (k, codes.shape[1]), (
        "`similar` returned the codes themselves; expected their positions."
    )
    assert np.size(given) == k, f"`similar` returned {np.size(given)} positions; expected {k}."
    given = np.asarray(given, "float64").ravel()
    assert np.allclose(given, np.round(given)) and 0 <= given.min() <= given.max() < len(codes), (
        f"`similar` returned {given[:3].tolist()}, …; expected positions, integers from 0 to "
        f"{len(codes) - 1}. Did you return distances?"
    )
    given = given.astype(int).tolist()
    hint = ""
    for each, order in mistakes.items():
        if given == np.argsort(order)[:k].tolist():
            hint = each
    if sorted(given) == sorted(nearest):
        hint = "Did you sort them, nearest first?"
    shown, right = (
        f"[{', '.join(map(str, p[:8]))}{', …' if k > 8 else ''}]" for p in (given, nearest)
    )
    assert given == nearest, f"`similar` returned {shown}; expected {right}. {hint}".rstrip()


def _check_neighbours():
    codes = [[0.4, 1.5], [3.1, 2], [1.3, 0.2], [-2, -1.1], [0.9, -0.8], [4.2, 0.6], [1.6, 1.4]]
    _check_similar(codes, [1, 0.5], 3)  # expected: 2, 6, 0


_check_neighbours()
### BEGIN HIDDEN TESTS


def _draw_codes(rng, n, k):
    """Draw codes with clearly different distances, for which each mistake leads to another answer."""
    while True:
        query, away = rng.normal(size=5), rng.normal(size=(n, 5))
        distance = rng.permutation(np.linspace(0.5, 8, n))
        codes = query + distance[:, None] * away / np.linalg.norm(away, axis=1, keepdims=True)
        nearest = np.argsort(distance)[:k].tolist()
        _, mistakes = _find_orders(codes, query)
        others = [np.argsort(order)[:k].tolist() for order in mistakes.values()]
        if nearest != sorted(nearest) and nearest not in others:
            return codes, query


def _check_similar_hidden(rng):
    # `np.argpartition` happens to sort the first few hundred on some processors.
    for n, k in ((60, 5), (60, 8), (1200, 600)):
        _check_similar(*_draw_codes(rng, n, k), k)
    codes, _ = _draw_codes(rng, 60, 4)
    _check_similar(codes, codes[int(rng.integers(60))], 1)


_check_similar_hidden(np.random.default_rng(_testing.hidden_seed()))
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
# with the same classifier on top of random weights. In each case either only the classifier's own
# layer is trained (**frozen** encoder) or the whole network (**fine-tuned**).


# %%
def train_classifier(encoder_weights, frozen, draw):
    """Train a classifier on ten labels per digit; returns its accuracy on the test set."""
    rng = np.random.default_rng(draw)
    few = [rng.choice(np.flatnonzero(y_train == digit), 10, replace=False) for digit in range(10)]
    few = np.tile(np.concatenate(few), 30)  # one epoch goes through the hundred images 30 times
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
# network is trained, little or nothing is left of the lead. Pre-training once made deep networks
# possible (Erhan et al. 2010), because such networks were hard to train at the time.
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
# autoencoder. (Sparse, with the stand-in digits of the quick profile: about a quarter of the neurons
# are active with L1 and a third with KL, instead of three quarters, measured by activations above
# 0.1; the error is 10 to 15 % larger with KL and 40 to 50 % larger with L1. Contractive: the squares
# of the Jacobian fall to about a tenth, and noise moves a code less than a third as far; the error
# is about 40 % larger.) (3) Nothing in the loss says where codes should lie, or that what lies
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
