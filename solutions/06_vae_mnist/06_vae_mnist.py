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
# # A variational autoencoder invents digits
#
# A classifier of digits goes from an image to a label. In this lab you build a network that goes
# the other way: from a few random numbers to an image of a digit that no one has ever written.
# Along the way, the network arranges all images on a map, and you will walk across it.
#
# **You will learn**
#
# - how a network learns a short code for images without any labels (an autoencoder), and why it
#   cannot invent images;
# - what a variational autoencoder changes: a code is a distribution instead of a point, the
#   *posterior*, and training pulls it towards a fixed distribution that you can sample from, the
#   *prior*;
# - to write both terms of its loss, the negative *ELBO*, and to check a formula with random
#   samples;
# - to sample in such a way that a gradient gets through (the reparameterisation trick);
# - to recognise posterior collapse, where the code carries no information, and to explain it.
#
# **You need** Labs 01 and 05: the Functional API, logits, and a `keras.Model` with its own
# `train_step`.
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | data | loss on the test set (question 6) | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 5,000 training images | 140–155 | 10–20 s on 2 cores |
# | full | default on a GPU | all of MNIST, 60,000 | 139–145 | 2–4 min on 2 cores, less on a GPU |
#
# To choose a profile yourself, set `COURSE_PROFILE` to `quick` or `full` before you start. Without
# a network connection the lab uses stand-in digits and says so; the losses are then slightly
# different.

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
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## The data
#
# Each image of a digit is a row of 784 pixels from 0 (paper) to 1 (ink). The labels have a day off:
# they are not used for training, only to colour the maps.

# %%
(x_train, y_train), (x_test, y_test) = data.load("mnist")
if profile.current() == "quick":
    x_train, y_train = x_train[:5000], y_train[:5000]


def as_inputs(images):
    """Turn images (n, 28, 28), 0 … 255, into inputs (n, 784), float32, 0 … 1."""
    return images.reshape(len(images), 784).astype("float32") / 255


x_train, x_test = as_inputs(x_train), as_inputs(x_test)
print("training set", x_train.shape, x_train.dtype, "· test set", x_test.shape)

# %% [markdown]
# ## 1 An autoencoder
#
# An **autoencoder** is a network that is trained to return its own input. That would be easy
# without the narrow layer in the middle. The **encoder** compresses the 784 pixels into a few
# numbers, the **code**, and the **decoder** has to rebuild the image from the code alone (Hinton &
# Salakhutdinov 2006). So the code has to keep what matters. Codes are also called *latent*, Latin
# for hidden: the data do not contain them, and no label says what they should be.
#
# A code may take any values, positive or negative. The decoder returns **logits**, one per pixel;
# the sigmoid of a logit is how dark the pixel is.
#
# ### Question 1 · `autoencoder`
#
# Write `autoencoder(latent)`. Return **three** Functional models: `model`, which applies first the
# encoder and then the decoder and shares their layers; `encoder`, from 784 pixels to `latent`
# numbers; and `decoder`, from `latent` numbers to 784 logits. The encoder and the decoder each have
# at least one hidden layer with at least 64 ReLU neurons. Good sizes are 256 and 128 in the
# encoder, and the reverse in the decoder.


# %% solution="autoencoder"
def autoencoder(latent):
    """Build an autoencoder of dense layers.

    Args:
        latent: How many numbers a code has.

    Returns:
        Three Keras models: `model`, from pixels `(batch, 784)` to logits `(batch, 784)`;
        `encoder`, from pixels to codes `(batch, latent)`; `decoder`, from codes to logits.
    """
    ### BEGIN SOLUTION
    sizes = {"quick": (256, 128), "full": (512, 256)}[profile.current()]
    pixels = keras.Input((784,))
    x = keras.layers.Dense(sizes[0], activation="relu")(pixels)
    x = keras.layers.Dense(sizes[1], activation="relu")(x)
    encoder = keras.Model(pixels, keras.layers.Dense(latent)(x))

    code = keras.Input((latent,))
    x = keras.layers.Dense(sizes[1], activation="relu")(code)
    x = keras.layers.Dense(sizes[0], activation="relu")(x)
    decoder = keras.Model(code, keras.layers.Dense(784)(x))

    return keras.Model(pixels, decoder(encoder(pixels))), encoder, decoder
    ### END SOLUTION


# %% tests="autoencoder"
import keras
import numpy as np


def to_array(values, name):
    """Turn what the function `name` returned into an array."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    return np.asarray(values, dtype="float64")


def check_model(name, part, inputs, size):
    outputs = to_array(part(inputs), name)
    assert outputs.shape == (len(inputs), size), (
        f"`{name}` returned shape {outputs.shape}; expected {(len(inputs), size)}."
    )
    widths = [w.shape[1] for w in part.get_weights() if w.ndim == 2]
    assert len(widths) >= 2 and max(widths[:-1]) >= 64, (
        f"The dense layers of `{name}` have {widths} neurons; expected a hidden layer of at least "
        "64 before the last layer."
    )
    assert np.any(outputs < 0) and np.any(outputs > 1), (
        f"`{name}` returned values from {outputs.min():.2f} to {outputs.max():.2f} only, even for "
        "large inputs. Does its last layer have an activation? Codes and logits may take any value."
    )
    return outputs


def is_linear(there, back, middle):
    """Say whether the outputs for x, -x and 0 lie on a straight line, as without any ReLU."""
    there, back, middle = (to_array(values, "model") for values in (there, back, middle))
    return np.abs(there + back - 2 * middle).max() <= 1e-2 * np.abs(there).max()


def check_autoencoder(latent, rng):
    three = autoencoder(latent)
    assert isinstance(three, (tuple, list)) and len(three) == 3, (
        f"`autoencoder` returned a {type(three).__name__}; expected three models: "
        "`return model, encoder, decoder`."
    )
    model, encoder, decoder = three
    for name, part in [("model", model), ("encoder", encoder), ("decoder", decoder)]:
        assert isinstance(part, keras.Model), (
            f"`{name}` is a {type(part).__name__}; expected a Keras model."
        )
    # Large inputs, so that outputs without an activation leave the range of every activation.
    x = rng.normal(scale=30, size=(200, 784)).astype("float32")
    codes = check_model("encoder", encoder, x, latent)
    logits = check_model("decoder", decoder, codes.astype("float32"), 784)
    whole = to_array(model(x), "model")
    assert whole.shape == (200, 784), f"`model` returned shape {whole.shape}; expected (200, 784)."
    assert np.allclose(whole, logits, rtol=1e-3, atol=1e-2 * np.abs(logits).max()), (
        "`model(x)` differs from `decoder(encoder(x))`. Did you build `model` from new layers? "
        "Build it from the encoder and the decoder that you return."
    )
    codes = codes.astype("float32")
    for name, part, inputs, way in [
        ("encoder", encoder, x, "pixels to codes"),
        ("decoder", decoder, codes, "codes to logits"),
    ]:
        assert not is_linear(*(part(sign * inputs) for sign in (1, -1, 0))), (
            f"The {name} is linear from {way}. Did you forget the ReLUs of its hidden layers?"
        )


check_autoencoder(2, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_autoencoder_hidden(rng):
    check_autoencoder(int(rng.integers(3, 12)), rng)


check_autoencoder_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 How good is a copy?
#
# Take a pixel's value $x$, between 0 and 1, as the probability of ink, and $p$, the sigmoid of the
# decoder's logit, as the decoder's prediction. The **binary cross-entropy** measures how wrong the
# prediction is:
#
# $$-x \ln p - (1 - x) \ln(1 - p)$$
#
# You know it from classification; here every pixel has two classes, ink and paper. The
# **reconstruction loss** of an image is the **sum** over its 784 pixels. (Not the mean: later a
# second term joins the loss, and then the weight of a pixel relative to that term matters.)
#
# From here on, use `ops`, Keras' version of NumPy: `ops.sum`, `ops.exp`, `ops.log`, `ops.square`
# and others do what their NumPy counterparts do, and gradients flow through them.
# `ops.binary_crossentropy(x, p)` returns one number per pixel. By default it expects probabilities;
# its documentation tells you how to pass logits, which are numerically safe even when they are
# large.
#
# ### Question 2 · `reconstruction`
#
# Write `reconstruction(x, logits)`, which returns the reconstruction loss of each image.


# %% solution="reconstruction"
def reconstruction(x, logits):
    """Compute the binary cross-entropy of each image, summed over its pixels.

    Args:
        x: Pixels `(batch, 784)`, from 0 to 1.
        logits: Logits `(batch, 784)`.

    Returns:
        One loss per image, `(batch,)`, in nats.
    """
    ### BEGIN SOLUTION
    return ops.sum(ops.binary_crossentropy(x, logits, from_logits=True), axis=-1)
    ### END SOLUTION


# %% tests="reconstruction"
import numpy as np


def compare_losses(given, expected, hints):
    given = to_array(given, "reconstruction")
    is_right = given.shape == expected.shape and np.allclose(given, expected, rtol=1e-3, atol=1e-3)
    for value, hint in hints:
        value = np.asarray(value)
        assert is_right or given.shape != value.shape or not np.allclose(given, value, rtol=1e-4), (
            f"`reconstruction` returned {np.round(given.ravel()[:2], 2).tolist()}; expected "
            f"{np.round(expected[:2], 2).tolist()}. {hint}"
        )
    assert given.shape == expected.shape, (
        f"`reconstruction` returned shape {given.shape}; expected {expected.shape}."
    )
    assert is_right, (
        f"`reconstruction` returned losses that begin with {np.round(given[:3], 2).tolist()}; "
        f"expected {np.round(expected[:3], 2).tolist()}."
    )


def check_reconstruction(x, logits, expected, swapped, as_probabilities):
    compare_losses(
        reconstruction(x.astype("float32"), logits.astype("float32")),
        expected,
        [
            (expected / x.shape[1], "Did you take the mean over the pixels instead of the sum?"),
            (expected.mean(), "Did you reduce over the batch, too? Return one loss per image."),
            (expected.sum(), "Did you reduce over the batch, too? Return one loss per image."),
            (as_probabilities, "Did you pass logits as probabilities? Set `from_logits=True`."),
            (-expected, "Is the sign wrong? A good copy has a small loss."),
            (swapped, "Did you swap `x` and `logits`?"),
        ],
    )


check_reconstruction(
    np.array([[0.0, 1.0, 1.0, 0.5], [1.0, 0.0, 0.25, 0.0]]),
    np.array([[-2.0, 2.0, -1.0, 0.0], [0.5, -3.0, 1.0, 0.0]]),
    expected=np.array([2.260265, 2.279073]),
    swapped=np.array([3.293748, 2.775495]),
    as_probabilities=np.array([24.177143, 12.649936]),
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def cross_entropy(x, logits):
    """Compute the same from the definition: ln(1 + e^l) - x l for each pixel, summed."""
    x, logits = np.asarray(x, "float64"), np.asarray(logits, "float64")
    return np.sum(np.logaddexp(0, logits) - x * logits, axis=-1)


def check_random_inputs(x, logits):
    x, logits = x.astype("float32"), logits.astype("float32")
    p = np.clip(logits, 1e-7, 1 - np.float32(1e-7))
    taken = np.sum(-x * np.log(p) - (1 - x) * np.log1p(-p), axis=-1)
    check_reconstruction(x, logits, cross_entropy(x, logits), cross_entropy(logits, x), taken)


def check_reconstruction_hidden(rng):
    for batch in (1, 7, 50):
        x = rng.uniform(0, 1, (batch, 784))
        check_random_inputs(x, rng.normal(scale=3, size=(batch, 784)))
    # Confident and wrong: the sigmoid of 60 is 1 in float32, and ln(1 - 1) is minus infinity.
    x = (rng.uniform(size=(3, 784)) > 0.5).astype("float32")
    logits = ((1 - 2 * x) * 60).astype("float32")
    given = to_array(reconstruction(x, logits), "reconstruction")
    assert np.allclose(given, 60 * 784, rtol=1e-3), (
        f"`reconstruction` returned {given[0]:.0f} for 784 wrong pixels with logits of ±60; "
        f"expected {60 * 784}, 60 per pixel. Did you use the sigmoid? Compute the loss from the "
        "logits."
    )


check_reconstruction_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now train your model with your loss and a code of two numbers. Then the trained decoder makes
# thirty images from random codes. Each code consists of two independent numbers from the **standard
# normal distribution** N(0, I), with mean 0 and standard deviation 1. (For a single number we write
# N(0, 1); I is the identity matrix.)

# %%
plain, plain_encoder, plain_decoder = autoencoder(2)
plain.compile(keras.optimizers.Adam(2e-3), loss=reconstruction)
fit(plain, x_train, x_train, epochs={"quick": 6, "full": 20}[profile.current()], batch_size=100)

codes = ops.convert_to_numpy(plain_encoder(x_test))
figures.latent_map({"the autoencoder": (codes[:1000], y_test[:1000])})


# %%
def decode_images(decoder, codes):
    """Decode codes (n, latent) into images (n, 28, 28)."""
    return ops.convert_to_numpy(ops.sigmoid(decoder(codes))).reshape(-1, 28, 28)


random_codes = np.random.default_rng(1).normal(size=(30, 2)).astype("float32")
figures.image_grid(
    decode_images(plain_decoder, random_codes),
    title="Random codes from N(0, I), decoded by the autoencoder",
)

# %% [markdown]
# The network has never seen a label, yet some digits have a region of their own: which ones? But
# look at the scale of the map, and at the dashed circle, which contains 86 % of our random codes.
# The codes of the images lie wherever training happened to put them. We do not know where that is,
# and the decoder was never trained on the places in between. So this network can copy images but
# can hardly invent any.

# %% [markdown]
# ## 3 From points to distributions
#
# The **variational autoencoder**, or VAE (Kingma & Welling 2014; Rezende, Mohamed & Wierstra 2014),
# is trained so that random codes decode to images, too. Two things change.
#
# First, the encoder no longer returns a point. For each image $x$ and each number of the code it
# returns a mean $\mu$ and a standard deviation $\sigma$. Together they define a normal distribution
# of codes, $q(z|x)$, called the (approximate) **posterior**: which codes $z$ are plausible once we
# have seen the image. Imagine it as a small cloud on the map. The decoder gets a random point from
# the cloud, a different one each time, and so it has to make a good image from every point nearby.
# The gaps close.
#
# Second, training pulls every posterior towards N(0, I). This distribution is called the **prior**,
# $p(z)$: it says where codes lie before we have seen any image. The clouds then lie where we will
# sample our random codes.
#
# A standard deviation must be positive, but the outputs of a layer without an activation can be
# negative. So the encoder returns $\ln \sigma^2$, the **log-variance**, which may take any value.
#
# How does a gradient get through random sampling? Sample first: take noise $\varepsilon$ from N(0,
# I), which does not depend on any weight, and set
#
# $$z = \mu + \sigma \, \varepsilon$$
#
# (§2.4 of the paper, the *reparameterisation trick*). Now $z$ is an ordinary differentiable
# function of $\mu$ and $\sigma$; the randomness comes in from outside.
#
# ### Question 3 · `reparameterise`
#
# Write `reparameterise(mean, log_variance, seed)`, which returns a random code for each image.
# `keras.random.normal(shape, seed=seed)` samples the noise; pass your `seed` on to it. The seed is
# either an integer, which gives the same noise each time, or a `keras.random.SeedGenerator`, which
# gives different noise each time.


# %% solution="reparameterise"
def reparameterise(mean, log_variance, seed):
    """Sample one code per image from N(mean, exp(log_variance)).

    Args:
        mean: Means `(batch, latent)`.
        log_variance: Log-variances `(batch, latent)`.
        seed: An integer or a `keras.random.SeedGenerator`.

    Returns:
        Codes `(batch, latent)`.
    """
    ### BEGIN SOLUTION
    noise = keras.random.normal(ops.shape(mean), seed=seed)
    return mean + ops.exp(0.5 * log_variance) * noise
    ### END SOLUTION


# %% tests="reparameterise"
import numpy as np


def sample_codes(mean, log_variance, seed):
    z = reparameterise(mean.astype("float32"), log_variance.astype("float32"), seed)
    z = to_array(z, "reparameterise")
    assert z.shape == mean.shape, (
        f"`reparameterise` returned shape {z.shape}; expected {mean.shape}."
    )
    return z


def check_reparameterise(latent, mean, variance, seed):
    shape = (4000, latent)
    z = sample_codes(np.full(shape, mean), np.full(shape, np.log(variance)), seed)
    again = sample_codes(np.full(shape, mean), np.full(shape, np.log(variance)), seed)
    other = sample_codes(np.full(shape, mean), np.full(shape, np.log(variance)), seed + 1)
    assert np.array_equal(z, again), (
        f"`reparameterise` returned different codes for the same seed, {seed}. Did you pass the "
        "seed on to the noise?"
    )
    assert not np.array_equal(z, other), (
        f"`reparameterise` returned the same codes for seeds {seed} and {seed + 1}. Did you pass "
        "the seed on to the noise?"
    )
    deviation = np.sqrt(variance)
    assert not np.allclose(z, mean), (
        "`reparameterise` returned the mean for every code. Did you add the noise?"
    )
    assert z[:, 0].std() > 0.02 * deviation, (
        "`reparameterise` adds the same noise to every image of the batch. Sample the noise in the "
        "shape of the mean, (batch, latent)."
    )
    assert latent == 1 or not np.allclose(z[:, 0], z[:, 1]), (
        "`reparameterise` adds the same noise to every number of a code. Sample the noise in the "
        "shape of the mean, (batch, latent)."
    )
    spread = z.std()
    for value, hint in [
        (variance, "Did you multiply by the variance instead of σ, its square root?"),
        (abs(np.log(variance)), "Did you multiply by the log-variance, ln σ², instead of σ?"),
        (
            np.exp(np.log(variance) ** 2 / 2),
            "Did you square the log-variance? It is ln σ² already.",
        ),
        (1.0, "Did you forget to multiply the noise by σ?"),
        (deviation / np.sqrt(12), "Is the noise normal? Sample it with `keras.random.normal`."),
    ]:
        assert abs(value / deviation - 1) < 0.2 or abs(spread / value - 1) > 0.06, (
            f"`reparameterise` returned codes with standard deviation {spread:.2f} for variance "
            f"{variance:g}; expected σ = {deviation:.2f}. {hint}"
        )
    assert abs(spread / deviation - 1) < 0.08, (
        f"`reparameterise` returned codes with standard deviation {spread:.2f} for variance "
        f"{variance:g}; expected σ = {deviation:.2f}."
    )
    assert abs(z.mean() - mean) < 0.1 * deviation, (
        f"`reparameterise` returned codes with mean {z.mean():.2f}; expected {mean:g}."
    )


check_reparameterise(2, mean=3.0, variance=4.0, seed=5)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_reparameterise_hidden(rng):
    seed = int(rng.integers(1, 10_000))
    check_reparameterise(int(rng.integers(1, 6)), rng.normal(), rng.uniform(0.1, 0.4), seed)
    check_reparameterise(2, rng.normal(), rng.uniform(5, 9), seed)
    # For fixed noise the code is a function of mean and log-variance, entry by entry.
    mean, log_variance = rng.normal(size=(2, 6, 3))
    noise = sample_codes(np.zeros((6, 3)), np.zeros((6, 3)), seed)
    expected = mean + np.exp(log_variance / 2) * noise
    assert np.allclose(sample_codes(mean, log_variance, seed), expected, atol=1e-4), (
        "`reparameterise` returned codes other than mean + σ · noise, with the noise that the same "
        "seed gives for mean 0 and σ = 1. Does each entry use its own mean and σ?"
    )
    skew = np.mean(sample_codes(np.zeros((5000, 2)), np.zeros((5000, 2)), seed) ** 4)
    assert 2.6 < skew < 3.5, (
        "`reparameterise` uses noise that is not normal. Sample it with `keras.random.normal`."
    )


check_reparameterise_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 How far is a posterior from the prior?
#
# To pull the posterior towards the prior we need a measure of the distance between the two. The
# **Kullback–Leibler divergence** of $q$ from $p$ asks: for a random point $z$ from $q$, how much
# larger is the logarithm of its density under $q$ than under $p$, on average?
#
# $$\mathrm{KL}(q \,\|\, p) = \mathbb{E}_{z \sim q}\left[\ln q(z) - \ln p(z)\right]$$
#
# Here $\mathbb{E}$ is the *expectation*, the average over all points $z$ from $q$, and our $p$ is
# N(0, 1). ($q(z)$ and $p(z)$ are probability **densities**: how densely the points lie around $z$.)
# The divergence is 0 when the two distributions are the same, and positive otherwise. With the
# natural logarithm its unit is the *nat*.

# %%
figures.kl_of_gaussians([(0, 1), (2, 1), (0, 0.2), (2, 0.2)])

# %% [markdown]
# You can follow the definition literally: sample many $z$ from $q$ and take the mean. That is a
# **Monte Carlo estimate**, named after the casino: it replaces an integral by many rolls of the
# dice. The logarithm of the density of a normal distribution is
#
# $$\ln N(z; \mu, \sigma^2) = -\tfrac12 \left( \ln 2\pi + \ln \sigma^2 + \frac{(z - \mu)^2}{\sigma^2} \right)$$
#
# But here no dice are needed. The expectation of $(z - \mu)^2$ under $q$ is $\sigma^2$, and the
# expectation of $z^2$ is $\mu^2 + \sigma^2$. Substitute both, and what remains is a short formula
# in $\mu$ and $\sigma^2$ alone. Derive it with pencil and paper. (Or look it up in appendix B of
# the paper, but mind the signs and the halves. The estimate tells you whether you got them right.)
#
# ### Question 4 · `kl`
#
# For each entry $\mu$, $\ln \sigma^2$ on its own, against N(0, 1), write
#
# 1. `kl_divergence(mean, log_variance)`, the formula;
# 2. `kl_estimate(mean, log_variance, samples, seed)`, the estimate from `samples` random points per
#    entry. Use your `reparameterise`.


# %% solution="kl"
def kl_divergence(mean, log_variance):
    """Compute KL(N(mean, exp(log_variance)) ‖ N(0, 1)) for each entry.

    Args:
        mean: Means `(batch, latent)`.
        log_variance: Log-variances `(batch, latent)`.

    Returns:
        Divergences `(batch, latent)`, in nats.
    """
    ### BEGIN SOLUTION
    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance)
    ### END SOLUTION


def kl_estimate(mean, log_variance, samples, seed):
    """Estimate the same as a mean over `samples` random points from each entry's distribution."""
    ### BEGIN SOLUTION
    # All points at once: repeat the entries `samples` times.
    mean = ops.repeat(ops.expand_dims(mean, 0), samples, axis=0)
    log_variance = ops.repeat(ops.expand_dims(log_variance, 0), samples, axis=0)
    z = reparameterise(mean, log_variance, seed)
    # ln 2π is in both densities and cancels.
    log_q = -0.5 * (log_variance + ops.square(z - mean) / ops.exp(log_variance))
    log_p = -0.5 * ops.square(z)
    return ops.mean(log_q - log_p, axis=0)
    ### END SOLUTION


# %% tests="kl"
import numpy as np

KL_MISTAKES = {
    "log_deviation": "Did you read the log-variance as ln σ? It is ln σ².",
    "deviation": "Did you use σ instead of the variance σ²?",
    "bare_mean": "Did you forget to square the mean?",
    "constant": "Is a constant missing? For mean 0 and variance 1 the divergence is 0.",
    "turned": "Did you swap the distributions? This is KL(p ‖ q).",
}


def check_kl(mean, log_variance, expected, mistaken):
    given = kl_divergence(mean.astype("float32"), log_variance.astype("float32"))
    given = to_array(given, "kl_divergence")
    is_right = given.shape == expected.shape and np.allclose(given, expected, rtol=1e-3, atol=1e-4)
    for value, hint in [
        (-expected, "Is the sign wrong? A divergence is never negative."),
        (2 * expected, "Did you forget the factor ½?"),
        *((value, KL_MISTAKES[name]) for name, value in mistaken.items()),
    ]:
        assert is_right or given.shape != value.shape or not np.allclose(given, value, atol=1e-4), (
            f"`kl_divergence` returned {np.round(given.ravel()[:3], 3).tolist()}; expected "
            f"{np.round(expected.ravel()[:3], 3).tolist()}. {hint}"
        )
    assert given.shape == expected.shape, (
        f"`kl_divergence` returned shape {given.shape}; expected {expected.shape}. Did you take a "
        "sum or a mean? Return one divergence per entry."
    )
    assert is_right, (
        "`kl_divergence` returned values that begin with "
        f"{np.round(given.ravel()[:3], 3).tolist()}; expected "
        f"{np.round(expected.ravel()[:3], 3).tolist()}."
    )


def check_estimate(mean, log_variance, samples, seed, expected, standard_error):
    arguments = mean.astype("float32"), log_variance.astype("float32")
    given = to_array(kl_estimate(*arguments, samples, seed), "kl_estimate")
    assert given.shape == expected.shape, (
        f"`kl_estimate` returned shape {given.shape}; expected {expected.shape}."
    )
    assert np.all(np.abs(given - expected) < 6 * standard_error + 1e-3), (
        f"`kl_estimate` with {samples} points returned {np.round(given.ravel()[:3], 2).tolist()}; "
        f"expected {np.round(expected.ravel()[:3], 2).tolist()}, with a standard error of "
        f"{np.round(standard_error.ravel()[:3], 2).tolist()}. Did you sample each entry's points "
        "with its own μ and σ, and evaluate the density of q with the same μ and σ²?"
    )
    other = to_array(kl_estimate(*arguments, samples, seed + 1), "kl_estimate")
    assert not np.allclose(given, other, rtol=1e-5, atol=0), (
        "`kl_estimate` returned the same for two different seeds. Did you use the formula? Return "
        "the mean over random points."
    )
    return (given - expected) / standard_error


def check_kl_examples():
    check_kl(
        np.array([[0.0, 2.0, 0.5]]),
        np.array([[0.0, 0.0, -2.0]]),
        expected=np.array([[0.0, 2.0, 0.692668]]),
        mistaken={
            "log_deviation": np.array([[0.0, 2.0, 1.634158]]),
            "deviation": np.array([[0.0, 2.0, 0.80894]]),
            "bare_mean": np.array([[0.0, 1.0, 0.817668]]),
            "constant": np.array([[0.5, 2.5, 1.192668]]),
            "turned": np.array([[0.0, 2.0, 3.11816]]),
        },
    )
    check_estimate(
        np.array([[1.0, -0.5]]),
        np.array([[0.5, -1.0]]),
        samples=4000,
        seed=3,
        expected=np.array([[0.574361, 0.30894]]),
        standard_error=np.array([[0.021559, 0.00854]]),
    )


check_kl_examples()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def closed_form(mean, log_variance):
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)


def check_random_kl(mean, log_variance):
    mistaken = {
        "log_deviation": closed_form(mean, 2 * log_variance),
        "deviation": 0.5 * (mean**2 + np.exp(log_variance / 2) - 1 - log_variance),
        "bare_mean": 0.5 * (mean + np.exp(log_variance) - 1 - log_variance),
        "constant": 0.5 * (mean**2 + np.exp(log_variance) - log_variance),
        "turned": 0.5 * ((mean**2 + 1) / np.exp(log_variance) - 1 + log_variance),
    }
    check_kl(mean, log_variance, closed_form(mean, log_variance), mistaken)


def check_random_estimate(mean, log_variance, samples, seed):
    # ln q - ln p is (ε² (σ² - 1) + 2 μ σ ε) / 2 plus a constant; this is its standard error.
    variance = np.exp(log_variance)
    standard_error = np.sqrt((0.5 * (variance - 1) ** 2 + mean**2 * variance) / samples)
    expected = closed_form(mean, log_variance)
    return check_estimate(mean, log_variance, samples, seed, expected, standard_error)


def check_kl_hidden(rng):
    mean, log_variance = rng.normal(size=(2, 6, 4))
    check_random_kl(2 * mean, 2 * log_variance)
    seed = int(rng.integers(1, 10_000))
    errors = check_random_estimate(mean, log_variance, 3000, seed)
    few = check_random_estimate(mean, log_variance, 20, seed)
    assert np.mean(np.abs(few)) > 0.2 and np.mean(np.abs(errors)) > 0.2, (
        "`kl_estimate` is closer to the divergence than a mean over so few random points can be. "
        "Did you use the number of points in `samples`?"
    )


check_kl_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 The whole model
#
# The loss of a variational autoencoder is the sum of the two terms, averaged over the batch:
#
# $$\text{loss} = \frac{1}{m} \sum_{\text{images}} \Big( \underbrace{\textstyle\sum_\text{pixels} \text{cross-entropy}}_\text{reconstruction}
# + \beta \underbrace{\textstyle\sum_\text{code} \mathrm{KL}}_\text{pull towards the prior} \Big)$$
#
# With $\beta = 1$, the negative loss is the **ELBO** (*evidence lower bound*): a lower bound on the
# logarithm of the probability that the model assigns to the images, which statisticians call the
# evidence (equation 3 of the paper). Training therefore maximises this bound. The statement is
# exact only for binary pixels, 0 or 1, because only then is the cross-entropy the negative
# logarithm of a probability. For grey pixels, such as ours, the same loss works well in practice,
# but it does not bound the probability of the grey image itself. Other values of $\beta$ change how
# strong the pull towards the prior is (Higgins et al. 2017); you will try some at the end.
#
# ### Question 5 · `vae`
#
# 1. Write `vae_encoder(latent)`: a Functional model like the encoder of question 1, but with
#    **two** outputs, `keras.Model(pixels, [mean, log_variance])`, from two last layers on top of
#    the same hidden layers.
# 2. Complete the class `VAE`. Its method `losses` computes the three numbers with your functions,
#    from one random code per image. Its method `train_step` makes one update of **all** weights,
#    those of the encoder and those of the decoder, as in Lab 05: inside
#    `with tf.GradientTape() as tape:` TensorFlow records the computation,
#    `tape.gradient(loss, weights)` returns one gradient for each of `self.trainable_variables`, and
#    `self.optimizer.apply(gradients, weights)` makes the update. Pass the losses to the trackers
#    with `self.track`: `fit` displays what the trackers hold.


# %% solution="vae"
def vae_encoder(latent):
    """Build a Keras model from pixels (batch, 784) to [mean, log_variance], (batch, latent) each."""
    ### BEGIN SOLUTION
    sizes = {"quick": (256, 128), "full": (512, 256)}[profile.current()]
    pixels = keras.Input((784,))
    x = keras.layers.Dense(sizes[0], activation="relu")(pixels)
    x = keras.layers.Dense(sizes[1], activation="relu")(x)
    mean = keras.layers.Dense(latent)(x)
    log_variance = keras.layers.Dense(latent)(x)
    return keras.Model(pixels, [mean, log_variance])
    ### END SOLUTION


class VAE(keras.Model):
    """A variational autoencoder: an encoder with two outputs and a decoder that returns logits."""

    def __init__(self, encoder, decoder, beta=1.0):
        super().__init__()
        self.encoder, self.decoder, self.beta = encoder, decoder, beta
        self.seed_generator = keras.random.SeedGenerator(1)
        names = ("loss", "reconstruction", "kl")
        self.trackers = [keras.metrics.Mean(name=name) for name in names]

    @property
    def metrics(self):
        return self.trackers  # Keras resets them at the beginning of every epoch

    def track(self, losses):
        """Update the trackers and return what they hold, as a dictionary."""
        for tracker, loss in zip(self.trackers, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def losses(self, x):
        """Compute the loss of a batch and its two terms.

        Args:
            x: Pixels `(batch, 784)`, from 0 to 1.

        Returns:
            Three numbers: loss, reconstruction and KL divergence. Reconstruction and KL
            divergence are means over the batch; the loss is reconstruction + beta · KL divergence.
        """
        ### BEGIN SOLUTION
        mean, log_variance = self.encoder(x)
        z = reparameterise(mean, log_variance, self.seed_generator)
        copy_error = ops.mean(reconstruction(x, self.decoder(z)))
        kl = ops.mean(ops.sum(kl_divergence(mean, log_variance), axis=-1))
        return copy_error + self.beta * kl, copy_error, kl
        ### END SOLUTION

    def train_step(self, x):
        """Make one update on a batch and return self.track(losses)."""
        ### BEGIN SOLUTION
        with tf.GradientTape() as tape:
            losses = self.losses(x)
        gradients = tape.gradient(losses[0], self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return self.track(losses)
        ### END SOLUTION

    def test_step(self, x):
        return self.track(self.losses(x))


# %% tests="vae"
import logging
import warnings

import keras
import numpy as np


def check_vae_encoder(latent, rng):
    encoder = vae_encoder(latent)
    assert encoder is not None, "`vae_encoder` returned None. Did you forget `return`?"
    x = rng.normal(scale=30, size=(200, 784)).astype("float32")
    both = encoder(x)
    assert isinstance(both, (list, tuple)) and len(both) == 2, (
        "`vae_encoder` returned a model without two outputs. Return "
        "`keras.Model(pixels, [mean, log_variance])`."
    )
    names = ("mean", "log-variance")
    arrays = [to_array(values, "vae_encoder") for values in both]
    for name, values in zip(names, arrays, strict=True):
        assert values.shape == (200, latent), (
            f"The {name} of 200 images has shape {values.shape}; expected {(200, latent)}."
        )
        assert values.min() < 0 and np.abs(values).max() > 1, (
            f"The {name} only takes values from {values.min():.2f} to {values.max():.2f}, even for "
            "large inputs. Does its layer have an activation? It must be able to take any value."
        )
    assert not np.allclose(*arrays), (
        "Mean and log-variance are identical. Do they share a layer? Give each its own last layer."
    )
    for name, *values in zip(names, both, encoder(-x), encoder(0 * x), strict=True):
        assert not is_linear(*values), (
            f"The encoder is linear from pixels to {name}. Did you forget the hidden layers with "
            "ReLU? Put both last layers on top of them, as in question 1."
        )


def wave(shape):
    """Return numbers from -1 to 1 that look random but are always the same."""
    return np.sin(np.arange(np.prod(shape)) ** 2.0).reshape(shape)


def build_networks(draw, pixels, latent, log_variance):
    """Build an encoder and a decoder with weights from draw(shape) and a fixed log-variance."""
    x, z = keras.Input((pixels,)), keras.Input((latent,))
    heads = [keras.layers.Dense(latent)(x), keras.layers.Dense(latent)(x)]
    encoder = keras.Model(x, heads)
    decoder = keras.Model(z, keras.layers.Dense(pixels)(z))
    shapes = [(pixels, latent), (latent,), (pixels, latent), (latent,)]
    weights = [draw(shape) / 2 for shape in shapes]
    weights[2][:] = 0
    weights[3][:] = log_variance
    encoder.set_weights(weights)
    decoder.set_weights([draw((latent, pixels)), draw((pixels,))])
    return encoder, decoder


def train_vae(encoder, decoder, x, beta, epochs, batch_size, optimizer="adam"):
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # hides warnings about retracing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vae = VAE(encoder, decoder, beta)
        vae.compile(optimizer=optimizer)
        history = vae.fit(x, epochs=epochs, batch_size=batch_size, verbose=0)
    record = getattr(history, "history", history)
    missing = {"loss", "reconstruction", "kl"} - set(record)
    assert not missing, (
        f"`fit` recorded no {sorted(missing)}. Does `train_step` return `self.track(losses)`?"
    )
    return vae, {name: [float(np.sum(v)) for v in values] for name, values in record.items()}


def check_losses(encoder, decoder, x, beta, each, kl, of_the_mean):
    images, latent = len(x), decoder.input_shape[-1]
    # One batch: `fit` reports the loss before the only update.
    _, record = train_vae(encoder, decoder, x, beta, epochs=1, batch_size=images)
    loss, copied, pulled = (record[name][0] for name in ("loss", "reconstruction", "kl"))
    for value, hint in [
        (kl / latent, "Did you average over the code instead of taking the sum?"),
        (kl * images, "Did you take the sum over the batch instead of the mean?"),
    ]:
        assert np.isclose(pulled, kl, rtol=1e-3) or not np.isclose(pulled, value, rtol=1e-3), (
            f"`losses` returned a KL divergence of {pulled:.2f}; expected {kl:.2f}. {hint}"
        )
    assert np.isclose(pulled, kl, rtol=1e-3), (
        f"`losses` returned a KL divergence of {pulled:.2f}; expected {kl:.2f}."
    )
    assert not np.isclose(copied, of_the_mean, rtol=1e-3), (
        "The reconstruction has no randomness. Did you pass the mean to the decoder? Pass a random "
        "code from `reparameterise`."
    )
    assert abs(copied / each - 1) < 0.05, (
        f"`losses` returned a reconstruction of {copied:.1f}; expected about {each:.1f}. Is it the "
        "mean over the batch of `reconstruction(x, logits)`, with a random code for each image?"
    )
    assert not (beta != 1 and np.isclose(loss, copied + pulled, rtol=1e-4)), (
        f"`losses` returned a loss without beta = {beta:g}. Return reconstruction + beta · KL "
        "divergence."
    )
    assert np.isclose(loss, copied + beta * pulled, rtol=1e-3), (
        f"`losses` returned a loss of {loss:.2f}; expected {copied:.2f} + {beta:g} · {pulled:.2f} "
        f"= {copied + beta * pulled:.2f}."
    )


check_vae_encoder(2, np.random.default_rng(0))
check_losses(
    *build_networks(wave, pixels=30, latent=3, log_variance=0.8),
    ((1 + wave((1000, 30))) / 2).astype("float32"),
    beta=3.0,
    each=34.85,
    kl=1.840861,
    of_the_mean=27.197789,
)
### BEGIN HIDDEN TESTS
from course_lib.models import elbo_terms
from course_lib.testing import hidden_seed


def check_random_losses(rng, beta):
    x = rng.uniform(0, 1, (400, 30)).astype("float32")
    encoder, decoder = build_networks(rng.standard_normal, 30, 3, log_variance=0.8)
    each, kl = elbo_terms(encoder, decoder, x, rng, 40)
    logits = np.asarray(decoder(encoder(x)[0]), "float64")
    of_the_mean = np.sum(np.logaddexp(0, logits) - x * logits, axis=-1).mean()
    check_losses(encoder, decoder, x, beta, each.mean(), kl.mean(), of_the_mean)


def check_training(rng):
    pixels, latent = 30, 2
    pattern = rng.uniform(0, 1, (4, pixels)) > 0.5
    x = np.abs(pattern[rng.integers(0, 4, 320)] - 0.02).astype("float32")
    encoder, decoder = build_networks(rng.standard_normal, pixels, latent, log_variance=0.0)
    before = [encoder.get_weights(), decoder.get_weights()]
    first = np.mean(sum(elbo_terms(encoder, decoder, x, rng, 5)))
    vae, _ = train_vae(encoder, decoder, x, beta=1.0, epochs=40, batch_size=32)
    learnt = vae.encoder, vae.decoder
    for name, weights, part in zip(("encoder", "decoder"), before, learnt, strict=True):
        pairs = zip(weights, part.get_weights(), strict=True)
        assert any(not np.allclose(a, b, atol=1e-5) for a, b in pairs), (
            f"Training left the {name} unchanged. Does `train_step` update all of "
            "`self.trainable_variables`?"
        )
    last = np.mean(sum(elbo_terms(*learnt, x, rng, 5)))
    assert last < 0.85 * first, (
        f"Training reduced the loss only from {first:.1f} to {last:.1f} on four simple patterns. "
        "Did you take the gradient of the whole loss, and did you apply it?"
    )
    spread = np.asarray(learnt[0](x)[1], "float64")
    assert spread.mean() < -0.2, (
        "Training left σ unchanged, although a smaller σ would give better copies. Does the "
        "gradient reach the log-variance? The random code must depend on it."
    )


def check_vae_hidden(rng):
    check_vae_encoder(int(rng.integers(3, 9)), rng)
    check_random_losses(rng, beta=float(rng.uniform(0.2, 0.6)))
    check_training(rng)


check_vae_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Train it
#
# Put everything together with a code of **two** numbers, so that you can draw the map. For
# training, `fit` from `course_lib.training` does what `model.fit` does, with a learning rate that
# first rises and then falls. Your class computes its own loss, so `fit` needs only the images, and
# `compile` needs only an optimizer. Adam with a learning rate of a few thousandths and batches of
# 100 work well.
#
# ### Question 6 · `quality`
#
# Train a `VAE` as well as you can. Name its two parts `encoder` and `decoder`, and name what `fit`
# returns `history`. On the test set, its loss ($\beta = 1$) must be at most **160** in the quick
# profile and **150** in the full profile. (A model whose code carries no information stays above
# 180.) The images that it makes from random codes must show more than **four** different digits;
# the course's own classifier counts them (`sample_quality` from `course_lib.models`). Not good
# enough yet? Train longer, or make the layers wider.

# %% solution="quality"
### BEGIN SOLUTION
epochs = {"quick": 12, "full": 30}[profile.current()]
vae = VAE(vae_encoder(2), autoencoder(2)[2])
vae.compile(keras.optimizers.Adam(4e-3))
history = fit(vae, x_train, epochs=epochs, batch_size=100)
encoder, decoder = vae.encoder, vae.decoder
### END SOLUTION

# %% tests="quality"
import numpy as np

from course_lib import data, profile
from course_lib.models import elbo_terms, sample_quality


def check_quality(images, rng):
    x = images.reshape(-1, 784).astype("float32") / 255
    both = encoder(x)
    assert isinstance(both, (list, tuple)) and len(both) == 2, (
        "`encoder` must return a mean and a log-variance. Use the encoder of your `VAE`."
    )
    assert np.asarray(both[0]).shape == (len(x), 2), (
        f"`encoder` returned means of shape {np.asarray(both[0]).shape}; expected {(len(x), 2)}."
    )
    copied, kl = elbo_terms(encoder, decoder, x, rng)
    loss, expected = np.mean(copied + kl), {"quick": 160, "full": 150}[profile.current()]
    print(f"On {len(x)} held-out images: {copied.mean():.1f} + {kl.mean():.1f} = {loss:.1f}")
    assert loss <= expected, (
        f"The loss on held-out images is {loss:.1f} (reconstruction {copied.mean():.1f}, KL "
        f"divergence {kl.mean():.1f}); expected at most {expected}. Did you train long enough, "
        "with beta = 1?"
    )
    logits = np.asarray(decoder(rng.normal(size=(1000, 2)).astype("float32")), "float64")
    quality = sample_quality(1 / (1 + np.exp(-logits)))
    print(f"Random codes give {quality.digits:.1f} different digits.")
    assert quality.digits > 4, (
        f"Random codes give {quality.digits:.1f} different digits; expected more than 4. Do the "
        "codes of the images lie around 0, with a standard deviation of about 1?"
    )


check_quality(data.load("mnist")[1][0], np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

seed = hidden_seed()
check_quality(data.load("mnist", seed=seed)[1][0], np.random.default_rng(seed))
### END HIDDEN TESTS

# %%
figures.learning_curves(history)

# %%
means, _ = encoder(x_test)
means = ops.convert_to_numpy(means)
figures.latent_map(
    {
        "the autoencoder": (codes[:1000], y_test[:1000]),
        "the variational autoencoder": (means[:1000], y_test[:1000]),
    }
)

# %% [markdown]
# Compare the scales. The codes of the variational autoencoder fill the circle without large gaps,
# and hardly any lie far outside. So the same thirty random codes as before now give different
# images:

# %%
figures.image_grid(
    decode_images(decoder, random_codes),
    title="Random codes from N(0, I), decoded by the variational autoencoder",
)

# %% [markdown]
# ## 7 Walk across the map
#
# To see the whole map, decode a grid of codes. With equal steps in $z$, most of the grid would show
# codes that hardly ever occur. Equal steps in *probability* are better: cut N(0, 1) into $n$ pieces
# of equal probability and take the middle of each piece, again in probability. These points are the
# **quantiles** at $\frac{0.5}{n}, \frac{1.5}{n}, \dots, \frac{n - 0.5}{n}$. Python computes them:
# `statistics.NormalDist().inv_cdf(p)`.
#
# ### Question 7 · `generate`
#
# 1. `invent(decoder, count, seed)` returns `count` new images from random codes; the same `seed`
#    gives the same images. The decoder knows how many numbers a code has:
#    `decoder.input_shape[-1]`.
# 2. `quantile_grid(steps)` returns the `steps · steps` codes of the grid, two numbers each, with
#    $n$ = `steps`.
# 3. `interpolate(encoder, decoder, first, second, steps)` returns the images on the straight line
#    between the codes (means) of two images, both ends included, in equal steps.
#
# All images are rows of 784 pixels from 0 to 1.


# %% solution="generate"
def invent(decoder, count, seed):
    """Make new images (count, 784) from random codes, N(0, I)."""
    ### BEGIN SOLUTION
    z = keras.random.normal((count, decoder.input_shape[-1]), seed=seed)
    return ops.sigmoid(decoder(z))
    ### END SOLUTION


def quantile_grid(steps):
    """Return codes (steps · steps, 2): every pair of quantiles once, in any order."""
    ### BEGIN SOLUTION
    from statistics import NormalDist

    line = [NormalDist().inv_cdf((step + 0.5) / steps) for step in range(steps)]
    return np.array([(z1, z2) for z2 in line for z1 in line], "float32")
    ### END SOLUTION


def interpolate(encoder, decoder, first, second, steps):
    """Return images (steps, 784) on the way from the image `first` (784,) to `second` (784,)."""
    ### BEGIN SOLUTION
    ends, _ = encoder(np.stack([first, second]))
    share = np.linspace(0, 1, steps, dtype="float32")[:, None]
    return ops.sigmoid(decoder((1 - share) * ends[0] + share * ends[1]))
    ### END SOLUTION


# %% tests="generate"
import numpy as np


def check_images(name, given, shape):
    given = to_array(given, name)
    assert given.shape == shape, f"`{name}` returned shape {given.shape}; expected {shape}."
    assert given.min() >= 0 and given.max() <= 1, (
        f"`{name}` returned pixels from {given.min():.1f} to {given.max():.1f}; expected 0 to 1. "
        "Did you return logits? Apply the sigmoid to them."
    )
    return given


def check_invent(decoder, seed):
    images = check_images("invent", invent(decoder, 1500, seed), (1500, 784))
    # The test's decoder is linear, so the codes can be computed from the images.
    kernel, bias = (np.asarray(w, "float64") for w in decoder.get_weights())
    logits = np.log(np.clip(images, 1e-6, 1 - 1e-6) / (1 - np.clip(images, 1e-6, 1 - 1e-6)))
    z = (logits - bias) @ np.linalg.pinv(kernel)
    assert not np.allclose(z[0], z[1], atol=1e-3), (
        "`invent` returned the same image twice. Sample one random code per image."
    )
    assert np.all(np.abs(z.mean(axis=0)) < 0.2) and np.all(np.abs(z.std(axis=0) - 1) < 0.15), (
        f"`invent` uses codes with means {np.round(z.mean(axis=0), 2).tolist()} and standard "
        f"deviations {np.round(z.std(axis=0), 2).tolist()}; expected 0 and 1, as in N(0, I)."
    )
    first, again, other = (
        to_array(invent(decoder, 4, s), "invent") for s in (seed, seed, seed + 1)
    )
    assert np.allclose(first, again) and not np.allclose(first, other), (
        "`invent` must return the same images for the same seed, and others for another seed. Did "
        "you pass the seed on to the random codes?"
    )


def check_interpolate(encoder, decoder, first, second, expected, mixed):
    """Compare the first pixels of the images with those expected and with mixed images."""
    steps, looked_at = expected.shape
    way = interpolate(encoder, decoder, first, second, steps)
    way = check_images("interpolate", way, (steps, 784))[:, :looked_at]
    assert not np.allclose(way, mixed, atol=1e-3), (
        "`interpolate` mixes the pixels of the two images. Mix their codes and decode the mixtures."
    )
    assert not np.allclose(way[::-1], expected, atol=1e-3), (
        "`interpolate` goes from `second` to `first`. Did you swap the ends?"
    )
    assert np.allclose(way[[0, -1]], expected[[0, -1]], atol=2e-3), (
        "`interpolate` does not begin and end with the decoded means of the two images. Did you "
        "use random codes or the log-variance? Use the encoder's first output, the mean."
    )
    assert np.allclose(way, expected, atol=2e-3), (
        "`interpolate` does not take equal steps along a straight line between the two codes."
    )


def check_grid(line):
    steps = len(line)
    codes = to_array(quantile_grid(steps), "quantile_grid")
    assert codes.shape == (steps * steps, 2), (
        f"`quantile_grid({steps})` returned shape {codes.shape}; expected {(steps * steps, 2)}."
    )
    expected = sorted((a, b) for a in line for b in line)
    rows = sorted(map(tuple, codes.tolist()))
    assert np.all(np.isfinite(codes)), (
        f"`quantile_grid({steps})` returned infinite codes. Did you take the quantiles at 0 and 1? "
        "Take the middle of each piece."
    )
    assert np.allclose(rows, expected, atol=1e-3), (
        f"`quantile_grid({steps})` returned the coordinates "
        f"{np.unique(codes.round(2)).tolist()[:12]}; expected every pair of "
        f"{np.round(line, 2).tolist()} once."
    )


def check_examples():
    check_grid([-1.15035, -0.31864, 0.31864, 1.15035])
    encoder, decoder = build_networks(wave, 784, latent=2, log_variance=1.0)
    check_invent(decoder, seed=1)
    white, grey = np.zeros(784, "float32"), np.full(784, 0.1, "float32")
    # The first three pixels in each of four steps.
    expected = [
        [0.47342, 0.77937, 0.41398],
        [0.42579, 0.80703, 0.71628],
        [0.37949, 0.83196, 0.90022],
        [0.3353, 0.85426, 0.96992],
    ]
    mixed = [
        [0.47342, 0.77937, 0.41398],
        [0.42738, 0.80433, 0.5993],
        [0.38134, 0.82930, 0.78461],
        [0.3353, 0.85426, 0.96992],
    ]
    check_interpolate(encoder, decoder, white, grey, np.array(expected), np.array(mixed))


check_examples()
### BEGIN HIDDEN TESTS
from statistics import NormalDist

from course_lib.testing import hidden_seed


def check_random_interpolation(rng, encoder, decoder):
    def decode(z):
        return 1 / (1 + np.exp(-np.asarray(decoder(z.astype("float32")), "float64")))

    ends = rng.uniform(0, 1, (2, 784)).astype("float32")
    mean = np.asarray(encoder(ends)[0], "float64")
    share = np.linspace(0, 1, int(rng.integers(4, 9)))[:, None]
    expected = decode((1 - share) * mean[0] + share * mean[1])
    mixed = (1 - share) * expected[0] + share * expected[-1]
    check_interpolate(encoder, decoder, *ends, expected, mixed)


def check_generate_hidden(rng):
    steps = int(rng.integers(5, 12))
    check_grid([NormalDist().inv_cdf((step + 0.5) / steps) for step in range(steps)])
    latent = int(rng.integers(3, 6))
    encoder, decoder = build_networks(rng.standard_normal, 784, latent, log_variance=1.0)
    check_invent(decoder, int(rng.integers(1, 10_000)))
    check_random_interpolation(rng, encoder, decoder)


check_generate_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
grid = np.asarray(quantile_grid(15), "float32")
figures.decoded_grid(decode_images(decoder, grid), grid)

# %% [markdown]
# Next, straight lines from the code of one test image to the code of another. (Two numbers are not
# much for an image, so the ends need not look exactly like the images that they encode.)

# %%
pairs = [
    (np.flatnonzero(y_test == a)[0], np.flatnonzero(y_test == b)[0])
    for a, b in [(6, 7), (3, 7), (2, 4), (0, 6)]
]
ways = [interpolate(encoder, decoder, x_test[a], x_test[b], 12) for a, b in pairs]
figures.interpolation(np.stack(ways).reshape(len(ways), 12, 28, 28))

# %% [markdown]
# ## 8 How strong should the pull be?
#
# Train three models with a code of **eight** numbers: without any pull towards the prior
# ($\beta = 0$), with the right one ($\beta = 1$), and with twenty times as much. For each model,
# ask of every number of the code whether it carries information about the image. A number without
# information has the same posterior for every image, N(0, 1), so its KL divergence is 0.
#
# ### Question 8 · `collapse`
#
# 1. `kl_by_dimension(encoder, x)` returns the KL divergence of each number of the code, averaged
#    over the images.
# 2. `used_dimensions(encoder, x, threshold=0.1)` returns how many of them are above the threshold.


# %% solution="collapse"
def kl_by_dimension(encoder, x):
    """Average the KL divergence of each latent dimension, (latent,), over images x (n, 784)."""
    ### BEGIN SOLUTION
    mean, log_variance = encoder(x)
    return ops.convert_to_numpy(ops.mean(kl_divergence(mean, log_variance), axis=0))
    ### END SOLUTION


def used_dimensions(encoder, x, threshold=0.1):
    """Count the latent dimensions whose mean KL divergence is above the threshold, in nats."""
    ### BEGIN SOLUTION
    return int(np.sum(kl_by_dimension(encoder, x) > threshold))
    ### END SOLUTION


# %% tests="collapse"
import numpy as np


def build_collapsed_encoder(draw, latent, dead):
    """Build an encoder whose dimensions `dead` carry hardly any information about the image."""
    encoder, _ = build_networks(draw, 784, latent, log_variance=-1.0)
    kernel, bias, spread, log_variance = encoder.get_weights()
    kernel *= np.linspace(0.05, 0.2, latent)
    kernel[:, dead], bias[dead], log_variance[dead] = 0, 0, 0.05 * draw((len(dead),))
    encoder.set_weights([kernel, bias, spread, log_variance])
    return encoder


def check_collapse(encoder, x, expected, above):
    """Compare with the expected divergences; `above` counts those above each threshold."""
    images, latent = len(x), len(expected)
    given = to_array(kl_by_dimension(encoder, x), "kl_by_dimension")
    assert given.shape == (latent,), (
        f"`kl_by_dimension` returned shape {given.shape}; expected {(latent,)}."
        f"{' Take the mean over the images.' if given.shape == (images,) else ''}"
    )
    assert not np.allclose(given, images * expected, rtol=1e-3), (
        "`kl_by_dimension` returned the sum over the images. Take the mean."
    )
    assert np.allclose(given, expected, rtol=1e-3, atol=1e-3), (
        f"`kl_by_dimension` returned {np.round(given, 3).tolist()}; expected "
        f"{np.round(expected, 3).tolist()}."
    )
    for limit, right in above.items():
        count = used_dimensions(encoder, x, limit)
        assert np.size(count) == 1 and int(np.sum(count)) == right, (
            f"`used_dimensions` returned {count} for the threshold {limit:.3f}; expected {right}, "
            f"since the divergences are {np.round(expected, 3).tolist()}."
        )


check_collapse(
    build_collapsed_encoder(wave, latent=5, dead=[1, 3]),
    ((1 + wave((50, 784))) / 2).astype("float32"),
    expected=np.array([0.199829, 0.0, 0.338935, 0.000449, 0.561795]),
    above={0.1: 3, 0.3: 2},
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def closed_form(mean, log_variance):
    # Defined again: if question 4 fails early, its own copy does not exist.
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)


def check_collapse_hidden(rng):
    dead = sorted(rng.choice(9, 4, replace=False).tolist())
    x = rng.uniform(0, 1, (50, 784)).astype("float32")
    encoder = build_collapsed_encoder(rng.standard_normal, 9, dead)
    each = closed_form(*(np.asarray(values, "float64") for values in encoder(x)))
    expected = each.mean(axis=0)
    limits = float(rng.uniform(0.05, 0.3)), float(np.median(expected)) * 1.01
    check_collapse(encoder, x, expected, {limit: int(np.sum(expected > limit)) for limit in limits})


check_collapse_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
some = x_train[: {"quick": 3000, "full": 20000}[profile.current()]]
by_beta, invented = {}, []
for beta in (0.0, 1.0, 20.0):
    trial = VAE(vae_encoder(8), autoencoder(8)[2], beta)
    trial.compile(keras.optimizers.Adam(4e-3))
    epochs, batch_size = {"quick": (4, 50), "full": (10, 100)}[profile.current()]
    fit(trial, some, epochs=epochs, batch_size=batch_size, verbose=False)
    _, copy_error, kl = (float(loss) for loss in trial.losses(x_test))
    _, log_variance = trial.encoder(x_test)
    deviation = float(ops.mean(ops.exp(0.5 * log_variance)))
    used = used_dimensions(trial.encoder, x_test)
    print(
        f"β = {beta:<4g} reconstruction {copy_error:5.1f}   KL {kl:6.1f}   "
        f"mean σ {deviation:.3f}   dimensions used {used} of 8"
    )
    by_beta[f"β = {beta:g}"] = kl_by_dimension(trial.encoder, x_test)
    invented.append(invent(trial.decoder, 10, seed=3))
figures.kl_per_dimension(by_beta)

# %%
figures.image_grid(
    np.concatenate([ops.convert_to_numpy(images) for images in invented]).reshape(-1, 28, 28),
    title="Images from random codes, N(0, I): top row β = 0, middle row β = 1, bottom row β = 20",
)

# %% [markdown]
# ### Question 9 · `pull` · in words
#
# About ten lines, in your own words, with numbers from *your* table and figures:
#
# 1. With $\beta = 0$ nothing pulls the posteriors towards the prior. What happens to $\sigma$, and
#    why? Why does that turn the model back into a plain autoencoder, and how can you see it in the
#    invented images?
# 2. With $\beta = 20$, what do the bars show? What does the decoder then know about the image, and
#    what does it draw? This is called *posterior collapse*: why does it minimise this loss?
# 3. The reconstruction is best with $\beta = 0$. Why does that model still invent worse images than
#    the one with $\beta = 1$?

# %% [markdown] written="pull"
# ### BEGIN SOLUTION
# **A model answer.** (1) Noise in the code only makes the copies worse, and with $\beta = 0$
# nothing rewards it, so training makes $\sigma$ small (the table shows about 0.001 to 0.01, against
# 0.4 to 0.5 with $\beta = 1$). Distributions without width are points: the model is a plain
# autoencoder whose codes lie far apart and anywhere (a KL of 100 and more). Codes from N(0, I) land
# in places that were never trained; most of the invented images in the upper row are grey blots
# instead of digits. (2) All bars are below the threshold, near 0: the posterior is N(0, 1) for
# every image. So the code is noise, the decoder knows nothing about the image, and it draws the
# mean of all digits, the same blot ten times. A nat of KL costs 20 here. A number of the code would
# save less in reconstruction than it costs in KL, so the loss is smallest when the code carries no
# information. (3) Reconstruction measures copying, where the code comes from an image. Inventing
# starts from N(0, I), and only the KL term ensures that codes from N(0, I) resemble those that the
# decoder was trained on. A good generator needs both; that is why the bound has both terms.
#
# **Rubric, 3 points.**
#
# - 1 point: $\sigma$ shrinks towards 0 because noise costs reconstruction and nothing rewards it,
#   with a number; points instead of distributions, so N(0, I) hits untrained places. Half without
#   the reason.
# - 1 point: KL near 0 in all dimensions, the decoder ignores the code and draws a mean image; at
#   this $\beta$ information is too expensive to send. Half if only "it collapses".
# - 1 point: copying and inventing are different tasks; the KL term ties the codes to the
#   distribution that we sample from. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Clothes.** Load `data.load("fashion_mnist")` instead of `"mnist"` above: which clothes are
#   neighbours? (The check of question 6 still expects digits.)
# - **More numbers.** A code of 2 gives a map but blurred images. What does a code of 16 change in
#   the loss and in the invented digits? `vae(latent=16)` from `course_lib.models` builds a model of
#   any size, and `sample_quality` from the same module judges what it invents.
# - **Arithmetic with codes.** The mean code of slanted sevens minus that of upright sevens is a
#   direction. What does it do to a one?
# - **Fill in.** Cover the lower half of a test image and search, by gradient descent, for the code
#   whose image fits the upper half best.
#
# **Sources.** G. Hinton, R. Salakhutdinov, *Reducing the dimensionality of data with neural
# networks*, Science 313, 2006 · D. Kingma, M. Welling, *Auto-encoding variational Bayes*, ICLR
# 2014, arXiv:1312.6114, §2 and appendix B · D. Rezende, S. Mohamed, D. Wierstra, *Stochastic
# backpropagation and approximate inference in deep generative models*, ICML 2014 · S. Bowman et
# al., *Generating sentences from a continuous space*, CoNLL 2016 · I. Higgins et al., *β-VAE*, ICLR
# 2017 · T. Salimans et al., *Improved techniques for training GANs*, NIPS 2016 (how samples are
# judged) · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, §14 and
# §20.10.3. The text of this lab is licensed CC BY 4.0, its code MIT.
