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
# A network that reads digits goes from an image to a label. In this lab you build one that goes the
# other way: from a few random numbers to an image of a digit that nobody has ever written. Along the way
# every image gets a place on a map, drawn by the network itself, and you will walk across it.
#
# **You will learn**
#
# - how a network learns a short code for images without any labels (an autoencoder), and why it cannot
#   invent images;
# - what a variational autoencoder changes: codes are distributions, not points, and they are pulled
#   towards one distribution that you can draw from;
# - to write its loss, both parts of it, and to check a formula by throwing dice;
# - to sample so that a gradient gets through (reparameterisation);
# - to see when a code stops saying anything (posterior collapse), and why.
#
# **You need** labs 1 and 5: the Functional API, logits, and a `keras.Model` with a `train_step` of its own.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | data | loss on new images (question 6) | time |
# | --- | --- | --- | --- | --- |
# | quick | chosen on a CPU | 5,000 training images | 140–155 | 10–20 s on 2 cores |
# | full | chosen on a GPU | all of MNIST, 60,000 | 139–145 | 2–4 min on 2 cores, less on a GPU |
#
# To choose yourself, set `COURSE_PROFILE` to `quick` or `full` before you start. Without a network the
# lab runs on stand-in digits, and says so; their losses are a little different.

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
# Images of digits as rows of 784 pixels, each from 0 (paper) to 1 (ink). The labels have a holiday
# today: nothing is trained on them, they only colour the maps.

# %%
(x_train, y_train), (x_test, y_test) = data.load("mnist")
if profile.current() == "quick":
    x_train, y_train = x_train[:5000], y_train[:5000]


def as_inputs(images):
    """Images (n, 28, 28), 0 … 255, as inputs (n, 784), float32, 0 … 1."""
    return images.reshape(len(images), 784).astype("float32") / 255


x_train, x_test = as_inputs(x_train), as_inputs(x_test)
print("training", x_train.shape, x_train.dtype, "· test", x_test.shape)

# %% [markdown]
# ## 1 An autoencoder
#
# An **autoencoder** is a network that is asked for the image it has just been given. That would be easy,
# were there not a narrow place in the middle: the **encoder** squeezes the 784 pixels into a few numbers,
# the **code**, and the **decoder** has to make the image of the code alone (Hinton & Salakhutdinov 2006).
# What is in the code must be what matters. Codes are also called *latent*, Latin for hidden: nobody says
# what they should be.
#
# The code needs room: it may be any numbers, of either sign. And the decoder gives **logits**, one a pixel,
# whose sigmoid is how dark the pixel is.
#
# ### Question 1 · `autoencoder`
#
# Write `autoencoder(latent)`. Hand back **three** Functional models: `encoder`, from 784 pixels to `latent`
# numbers; `decoder`, from those to 784 logits; and `model`, which is the one after the other, with shared
# layers. Each of the two has at least one hidden layer of at least 64 ReLU neurons; 256 and 128, and in the
# decoder the other way round, are a good size.


# %% solution="autoencoder"
def autoencoder(latent):
    """Three Keras models (model, encoder, decoder).

    model: (batch, 784) → logits (batch, 784) · encoder: (batch, 784) → codes (batch, latent)
    decoder: codes (batch, latent) → logits (batch, 784)
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


def numbers(values):
    """Whatever a model or a function gives back, as numbers."""
    assert values is not None, "there is nothing given back: does it end with `return`?"
    return np.asarray(values, dtype="float64")


def check_part(name, part, inputs, size):
    outputs = numbers(part(inputs))
    assert outputs.shape == (len(inputs), size), (
        f"{name} should make ({len(inputs)}, {size}) of {inputs.shape}; it makes {outputs.shape}."
    )
    widths = [w.shape[1] for w in part.get_weights() if w.ndim == 2]
    assert len(widths) >= 2 and max(widths[:-1]) >= 64, (
        f"{name} needs a hidden layer of at least 64 neurons before its last one; its dense layers "
        f"have {widths} neurons."
    )
    assert np.any(outputs < 0) and np.any(outputs > 1), (
        f"The outputs of {name} go from {outputs.min():.2f} to {outputs.max():.2f}, whatever goes in: "
        "is there an activation on its last layer? Codes and logits are bare sums, of any size and sign."
    )
    return outputs


def is_straight(there, back, middle):
    """Whether three values, of x, -x and 0, lie on one straight line: no ReLU is on the way."""
    there, back, middle = map(numbers, (there, back, middle))
    return np.abs(there + back - 2 * middle).max() <= 1e-2 * np.abs(there).max()


def check_autoencoder(latent, rng):
    three = autoencoder(latent)
    assert isinstance(three, (tuple, list)) and len(three) == 3, (
        "autoencoder must give back three models: return model, encoder, decoder"
    )
    model, encoder, decoder = three
    for name, part in [("model", model), ("encoder", encoder), ("decoder", decoder)]:
        assert isinstance(part, keras.Model), (
            f"{name} is a {type(part).__name__}, not a Keras model."
        )
    # Loud inputs, so that bare sums leave the range of every activation.
    x = rng.normal(scale=30, size=(200, 784)).astype("float32")
    codes = check_part("encoder", encoder, x, latent)
    logits = check_part("decoder", decoder, codes.astype("float32"), 784)
    whole = numbers(model(x))
    assert whole.shape == (200, 784), (
        f"model should end in 784 logits; its outputs are {whole.shape}."
    )
    assert np.allclose(whole, logits, rtol=1e-3, atol=1e-2 * np.abs(logits).max()), (
        "model(x) is not decoder(encoder(x)): the model must be made of the encoder and the decoder "
        "that you hand back, not of new layers."
    )
    codes = codes.astype("float32")
    for name, part, inputs, way in [
        ("encoder", encoder, x, "pixels to codes"),
        ("decoder", decoder, codes, "codes to logits"),
    ]:
        assert not is_straight(*(part(sign * inputs) for sign in (1, -1, 0))), (
            f"the {name} is a straight line from {way}: where are the ReLUs of its hidden layers?"
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
# Take a pixel's value $x$, between 0 and 1, as the probability that there is ink, and $p$, the sigmoid of
# the decoder's logit, as the decoder's opinion of it. How wrong the opinion is, is told by the **binary
# cross-entropy**
#
# $$-x \ln p - (1 - x) \ln(1 - p)$$
#
# which you know from classification: here there are two classes, ink and paper, for every pixel. An image's
# **reconstruction loss** is the **sum** over its 784 pixels. (Not the mean: later another part joins the
# loss, and then it matters how much one pixel weighs against it.)
#
# From here on, write with `ops`, Keras' NumPy: `ops.sum`, `ops.exp`, `ops.log`, `ops.square`, … do what
# NumPy's do, and a gradient can flow through them. `ops.binary_crossentropy(x, p)` gives one
# number a pixel. It takes probabilities, unless told otherwise (look it up), and only logits are safe when they are large.
#
# ### Question 2 · `reconstruction`
#
# Write `reconstruction(x, logits)`: the reconstruction loss of each image.


# %% solution="reconstruction"
def reconstruction(x, logits):
    """Binary cross-entropy of each image, summed over its pixels.

    x: pixels (batch, 784), 0 … 1 · logits: (batch, 784) · returns (batch,)
    """
    ### BEGIN SOLUTION
    return ops.sum(ops.binary_crossentropy(x, logits, from_logits=True), axis=-1)
    ### END SOLUTION


# %% tests="reconstruction"
import numpy as np


def compare_losses(given, wanted, hints):
    given = numbers(given)
    for value, hint in hints:
        value = np.asarray(value)
        assert given.shape != value.shape or not np.allclose(given, value, rtol=1e-4), (
            f"{np.round(given.ravel()[:2], 2).tolist()} instead of "
            f"{np.round(wanted[:2], 2).tolist()}: {hint}"
        )
    assert given.shape == wanted.shape, (
        f"one loss an image makes {wanted.shape} for {len(wanted)} images; yours is {given.shape}."
    )
    assert np.allclose(given, wanted, rtol=1e-3, atol=1e-3), (
        f"the losses should begin with {np.round(wanted[:3], 2).tolist()}; "
        f"yours with {np.round(given[:3], 2).tolist()}."
    )


def check_reconstruction(x, logits, wanted, swapped, as_probabilities):
    compare_losses(
        reconstruction(x.astype("float32"), logits.astype("float32")),
        wanted,
        [
            (wanted / x.shape[1], "this is the mean over the pixels; the sum is wanted."),
            (wanted.mean(), "one number for all: the images stay apart here, a loss for each."),
            (wanted.sum(), "one number for all: the images stay apart here, a loss for each."),
            (as_probabilities, "the logits were taken for probabilities: from_logits=True."),
            (-wanted, "the sign is wrong: a loss is small when the copy is good."),
            (swapped, "x and the logits are the wrong way round."),
        ],
    )


check_reconstruction(
    np.array([[0.0, 1.0, 1.0, 0.5], [1.0, 0.0, 0.25, 0.0]]),
    np.array([[-2.0, 2.0, -1.0, 0.0], [0.5, -3.0, 1.0, 0.0]]),
    wanted=np.array([2.260265, 2.279073]),
    swapped=np.array([3.293748, 2.775495]),
    as_probabilities=np.array([24.177143, 12.649936]),
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def cross_entropy(x, logits):
    """The same from its definition: ln(1 + e^l) - x l for each pixel, summed."""
    x, logits = np.asarray(x, "float64"), np.asarray(logits, "float64")
    return np.sum(np.logaddexp(0, logits) - x * logits, axis=-1)


def check_drawn(x, logits):
    x, logits = x.astype("float32"), logits.astype("float32")
    p = np.clip(logits, 1e-7, 1 - np.float32(1e-7))
    taken = np.sum(-x * np.log(p) - (1 - x) * np.log1p(-p), axis=-1)
    check_reconstruction(x, logits, cross_entropy(x, logits), cross_entropy(logits, x), taken)


def check_reconstruction_hidden(rng):
    for batch in (1, 7, 50):
        x = rng.uniform(0, 1, (batch, 784))
        check_drawn(x, rng.normal(scale=3, size=(batch, 784)))
    # Sure and wrong: the sigmoid of 60 is 1 in float32, and ln(1 - 1) is minus infinity.
    x = (rng.uniform(size=(3, 784)) > 0.5).astype("float32")
    given = numbers(reconstruction(x, ((1 - 2 * x) * 60).astype("float32")))
    assert np.allclose(given, 60 * 784, rtol=1e-3), (
        f"784 pixels, each sure and wrong with logits of ±60, lose 60 each, {60 * 784} together; yours "
        f"is {given[0]:.0f}: take the loss from the logits, not from their sigmoid."
    )


check_reconstruction_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Your loss and your model together, with two numbers for the code. Then, from the trained decoder, thirty
# images from codes that we draw ourselves: two random numbers each, from the **standard normal
# distribution** N(0, I), mean 0 and standard deviation 1 in each number, independently. (For a single number it is
# written N(0, 1); I stands for the identity matrix.)

# %%
plain, plain_encoder, plain_decoder = autoencoder(2)
plain.compile(keras.optimizers.Adam(2e-3), loss=reconstruction)
fit(plain, x_train, x_train, epochs={"quick": 6, "full": 20}[profile.current()], batch_size=100)

codes = ops.convert_to_numpy(plain_encoder(x_test))
figures.latent_map({"the autoencoder": (codes[:1000], y_test[:1000])})


# %%
def drawn(decoder, codes):
    """Images (n, 28, 28) that a decoder makes of codes (n, latent)."""
    return ops.convert_to_numpy(ops.sigmoid(decoder(codes))).reshape(-1, 28, 28)


dice = np.random.default_rng(1).normal(size=(30, 2)).astype("float32")
figures.image_grid(
    drawn(plain_decoder, dice), title="The autoencoder, asked for images from N(0, I)"
)

# %% [markdown]
# Without having seen a label, the network gives some digits regions of their own: which? But look at the
# map's scale, and at the dashed circle, into which 86 % of our random codes fall. The codes of the images lie
# wherever training happened to put them. Nobody can guess where, and what the decoder makes of a place
# where no image is, has never been trained. So we can copy images, but hardly invent any.

# %% [markdown]
# ## 3 From points to clouds
#
# The **variational autoencoder** (Kingma & Welling 2014; Rezende, Mohamed & Wierstra 2014) is trained so that
# codes drawn at random make images, too. Two things change.
#
# First, the encoder no longer names a point. For each image, and each number of the code, it gives a
# mean $\mu$ and a standard deviation $\sigma$: a small cloud, a normal distribution $q$. The decoder gets a
# random point of the cloud, another one each time, and so has to make a good image of all that lies near.
# The gaps close.
#
# Second, every cloud is pulled towards N(0, I). Then they lie where we will draw our random codes.
#
# A standard deviation must be positive, which a layer's bare sums are not. So the encoder gives
# $\ln \sigma^2$, the **log-variance**, which may be any number.
#
# How does a gradient get through a random draw? By drawing first: take noise $\varepsilon$ from N(0, I), which
# depends on nothing, and put
#
# $$z = \mu + \sigma \, \varepsilon$$
#
# (§2.4 of the paper, the *reparameterisation trick*). Now $z$ is an ordinary function of $\mu$ and $\sigma$, with
# ordinary slopes, and the chance stands outside.
#
# ### Question 3 · `reparameterise`
#
# Write `reparameterise(mean, log_variance, seed)`: a random code for each image. `keras.random.normal(shape, seed=seed)`
# draws the noise; hand your `seed` on to it. It is a number, which gives the same noise each time, or a
# `keras.random.SeedGenerator`, which gives other noise each time.


# %% solution="reparameterise"
def reparameterise(mean, log_variance, seed):
    """One random code an image from N(mean, exp(log_variance)).

    mean, log_variance: (batch, latent) · seed: a number or a SeedGenerator
    returns (batch, latent)
    """
    ### BEGIN SOLUTION
    noise = keras.random.normal(ops.shape(mean), seed=seed)
    return mean + ops.exp(0.5 * log_variance) * noise
    ### END SOLUTION


# %% tests="reparameterise"
import numpy as np


def codes_of(mean, log_variance, seed):
    z = numbers(reparameterise(mean.astype("float32"), log_variance.astype("float32"), seed))
    assert z.shape == mean.shape, (
        f"mean and log-variance {mean.shape} make codes of that shape; yours are {z.shape}."
    )
    return z


def check_reparameterise(latent, mean, variance, seed):
    shape = (4000, latent)
    z = codes_of(np.full(shape, mean), np.full(shape, np.log(variance)), seed)
    again = codes_of(np.full(shape, mean), np.full(shape, np.log(variance)), seed)
    other = codes_of(np.full(shape, mean), np.full(shape, np.log(variance)), seed + 1)
    assert np.array_equal(z, again), (
        f"the seed {seed}, twice, gives two different codes: is the seed handed on to the noise?"
    )
    assert not np.array_equal(z, other), (
        f"the seeds {seed} and {seed + 1} give the same codes: is the seed handed on to the noise?"
    )
    deviation = np.sqrt(variance)
    assert not np.allclose(z, mean), "all codes are the mean: where is the noise?"
    assert z[:, 0].std() > 0.02 * deviation, (
        "every image of the batch gets the same noise: draw it in the shape of the mean, (batch, latent)."
    )
    assert latent == 1 or not np.allclose(z[:, 0], z[:, 1]), (
        "all numbers of a code get the same noise: draw it in the shape of the mean, (batch, latent)."
    )
    spread = z.std()
    for value, hint in [
        (variance, "you multiply by the variance; σ is its root."),
        (abs(np.log(variance)), "you multiply by the log-variance itself, ln σ²; σ is wanted."),
        (np.exp(np.log(variance) ** 2 / 2), "the log-variance, ln σ², needs no square."),
        (1.0, "the noise is not multiplied by σ."),
        (deviation / np.sqrt(12), "noise comes from a normal distribution, keras.random.normal."),
    ]:
        assert abs(value / deviation - 1) < 0.2 or abs(spread / value - 1) > 0.06, (
            f"with the variance {variance:g} codes should spread by σ = {deviation:.2f}; yours spread by "
            f"{spread:.2f}: {hint}"
        )
    assert abs(spread / deviation - 1) < 0.08, (
        f"with the variance {variance:g} codes should spread by σ = {deviation:.2f}; yours: {spread:.2f}."
    )
    assert abs(z.mean() - mean) < 0.1 * deviation, (
        f"codes should lie around the mean {mean:g}; yours lie around {z.mean():.2f}."
    )


check_reparameterise(2, mean=3.0, variance=4.0, seed=5)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_reparameterise_hidden(rng):
    seed = int(rng.integers(1, 10_000))
    check_reparameterise(int(rng.integers(1, 6)), rng.normal(), rng.uniform(0.1, 0.4), seed)
    check_reparameterise(2, rng.normal(), rng.uniform(5, 9), seed)
    # With one noise the code is a function of mean and log-variance, entry by entry.
    mean, log_variance = rng.normal(size=(2, 6, 3))
    noise = codes_of(np.zeros((6, 3)), np.zeros((6, 3)), seed)
    wanted = mean + np.exp(log_variance / 2) * noise
    assert np.allclose(codes_of(mean, log_variance, seed), wanted, atol=1e-4), (
        "with the same seed, mean 0 and σ 1 give the noise itself; other means and deviations must "
        "give mean + σ · noise, each entry with its own."
    )
    skew = np.mean(codes_of(np.zeros((5000, 2)), np.zeros((5000, 2)), seed) ** 4)
    assert 2.6 < skew < 3.5, "the noise is not normal: keras.random.normal draws it."


check_reparameterise_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 How far is a cloud from N(0, 1)?
#
# The pull towards N(0, I) needs a measure of how far off a cloud is. The **Kullback–Leibler divergence** of
# $q$ from $p$ asks: for a random point $z$ of $q$, how much more probable is it under $q$ than under $p$, in
# logarithms, on the average?
#
# $$\mathrm{KL}(q \,\|\, p) = \mathbb{E}_{z \sim q}\left[\ln q(z) - \ln p(z)\right]$$
#
# The $\mathbb{E}$ is the *expectation*, this average over all points $z$ of $q$; our $p$ is N(0, 1). ($q(z)$ and $p(z)$ are **densities**: how closely the points lie around $z$.) The divergence is 0 when the two are the same, and positive otherwise. Its unit, with the natural logarithm, is the *nat*.

# %%
figures.kl_of_gaussians([(0, 1), (2, 1), (0, 0.2), (2, 0.2)])

# %% [markdown]
# The definition can be followed to the letter: draw many $z$ from $q$, and take the mean. That is a **Monte
# Carlo estimate**, a sum made by throwing dice. The logarithm of a normal distribution's density is
#
# $$\ln N(z; \mu, \sigma^2) = -\tfrac12 \left( \ln 2\pi + \ln \sigma^2 + \frac{(z - \mu)^2}{\sigma^2} \right)$$
#
# But the dice can be spared. The expectation of $(z - \mu)^2$ under $q$ is $\sigma^2$, that of $z^2$ is
# $\mu^2 + \sigma^2$; put both in, and what remains is a short formula of $\mu$ and $\sigma^2$ alone. Find it, with pencil
# and paper. (Or look at appendix B of the paper; but you will have to get signs and halves right, and the
# estimate tells you whether you did.)
#
# ### Question 4 · `kl`
#
# Each entry $\mu$, $\ln \sigma^2$ by itself, against N(0, 1):
#
# 1. `kl_divergence(mean, log_variance)`, the formula;
# 2. `kl_estimate(mean, log_variance, samples, seed)`, the estimate from `samples` random points for each
#    entry. Use your `reparameterise`.


# %% solution="kl"
def kl_divergence(mean, log_variance):
    """KL(N(mean, exp(log_variance)) ‖ N(0, 1)) of each entry, in nats.

    mean, log_variance: (batch, latent) · returns (batch, latent)
    """
    ### BEGIN SOLUTION
    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance)
    ### END SOLUTION


def kl_estimate(mean, log_variance, samples, seed):
    """The same, as a mean over `samples` random points of each entry's distribution."""
    ### BEGIN SOLUTION
    # All points at once: the entries, `samples` times over.
    mean = ops.repeat(ops.expand_dims(mean, 0), samples, axis=0)
    log_variance = ops.repeat(ops.expand_dims(log_variance, 0), samples, axis=0)
    z = reparameterise(mean, log_variance, seed)
    # ln 2π is in both densities and goes away.
    log_q = -0.5 * (log_variance + ops.square(z - mean) / ops.exp(log_variance))
    log_p = -0.5 * ops.square(z)
    return ops.mean(log_q - log_p, axis=0)
    ### END SOLUTION


# %% tests="kl"
import numpy as np

KL_MISTAKES = {
    "log_deviation": "the log-variance was taken for ln σ; it is ln σ², the logarithm of the variance.",
    "deviation": "σ stands where the variance σ² should.",
    "bare_mean": "the mean needs its square.",
    "constant": "a constant is missing: for mean 0 and variance 1 the divergence is 0.",
    "turned": "this is KL(p ‖ q): the distributions are the wrong way round.",
}


def check_kl(mean, log_variance, wanted, mistaken):
    given = numbers(kl_divergence(mean.astype("float32"), log_variance.astype("float32")))
    for value, hint in [
        (-wanted, "the sign is wrong: a divergence is never negative."),
        (2 * wanted, "it is twice as much as it should be: where is the ½?"),
        *((value, KL_MISTAKES[name]) for name, value in mistaken.items()),
    ]:
        assert given.shape != value.shape or not np.allclose(given, value, atol=1e-4), (
            f"kl_divergence: {np.round(given.ravel()[:3], 3).tolist()} instead of "
            f"{np.round(wanted.ravel()[:3], 3).tolist()}: {hint}"
        )
    assert given.shape == wanted.shape, (
        f"one divergence for each entry {wanted.shape}; kl_divergence gives {given.shape}: "
        "sums and means come later."
    )
    assert np.allclose(given, wanted, rtol=1e-3, atol=1e-4), (
        f"kl_divergence should begin with {np.round(wanted.ravel()[:3], 3).tolist()}; "
        f"yours with {np.round(given.ravel()[:3], 3).tolist()}."
    )


def check_estimate(mean, log_variance, samples, seed, wanted, stray):
    arguments = mean.astype("float32"), log_variance.astype("float32")
    given = numbers(kl_estimate(*arguments, samples, seed))
    assert given.shape == wanted.shape, (
        f"kl_estimate should give one mean for each entry, {wanted.shape}; yours is {given.shape}."
    )
    assert np.all(np.abs(given - wanted) < 6 * stray + 1e-3), (
        f"kl_estimate with {samples} points gives {np.round(given.ravel()[:3], 2).tolist()}; the "
        f"divergence is {np.round(wanted.ravel()[:3], 2).tolist()}, and dice account for about "
        f"{np.round(stray.ravel()[:3], 2).tolist()}. Do the points come from q, with their own μ and σ, "
        "and is the density of q taken at its own μ and σ²?"
    )
    other = numbers(kl_estimate(*arguments, samples, seed + 1))
    assert not np.allclose(given, other, rtol=1e-5, atol=0), (
        "kl_estimate gives the same for another seed: it should be a mean over random points, "
        "not the formula."
    )
    return (given - wanted) / stray


def check_kl_examples():
    check_kl(
        np.array([[0.0, 2.0, 0.5]]),
        np.array([[0.0, 0.0, -2.0]]),
        wanted=np.array([[0.0, 2.0, 0.692668]]),
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
        wanted=np.array([[0.574361, 0.30894]]),
        stray=np.array([[0.021559, 0.00854]]),
    )


check_kl_examples()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def closed_form(mean, log_variance):
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)


def check_kl_drawn(mean, log_variance):
    mistaken = {
        "log_deviation": closed_form(mean, 2 * log_variance),
        "deviation": 0.5 * (mean**2 + np.exp(log_variance / 2) - 1 - log_variance),
        "bare_mean": 0.5 * (mean + np.exp(log_variance) - 1 - log_variance),
        "constant": 0.5 * (mean**2 + np.exp(log_variance) - log_variance),
        "turned": 0.5 * ((mean**2 + 1) / np.exp(log_variance) - 1 + log_variance),
    }
    check_kl(mean, log_variance, closed_form(mean, log_variance), mistaken)


def check_estimate_drawn(mean, log_variance, samples, seed):
    # ln q - ln p is (ε² (σ² - 1) + 2 μ σ ε) / 2 and a constant: so far a mean strays.
    variance = np.exp(log_variance)
    stray = np.sqrt((0.5 * (variance - 1) ** 2 + mean**2 * variance) / samples)
    wanted = closed_form(mean, log_variance)
    return check_estimate(mean, log_variance, samples, seed, wanted, stray)


def check_kl_hidden(rng):
    mean, log_variance = rng.normal(size=(2, 6, 4))
    check_kl_drawn(2 * mean, 2 * log_variance)
    seed = int(rng.integers(1, 10_000))
    errors = check_estimate_drawn(mean, log_variance, 3000, seed)
    few = check_estimate_drawn(mean, log_variance, 20, seed)
    assert np.mean(np.abs(few)) > 0.2 and np.mean(np.abs(errors)) > 0.2, (
        "kl_estimate comes closer to the divergence than a mean of so few random points can."
    )


check_kl_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 The whole machine
#
# The loss of a variational autoencoder is the sum of the two, averaged over the batch:
#
# $$\text{loss} = \frac{1}{m} \sum_{\text{images}} \Big( \underbrace{\textstyle\sum_\text{pixels} \text{cross-entropy}}_\text{reconstruction}
# + \beta \underbrace{\textstyle\sum_\text{code} \mathrm{KL}}_\text{pull} \Big)$$
#
# With $\beta = 1$ it has a meaning of its own: minus the loss is a lower bound on the logarithm of the
# probability that the machine gives to the images (equation 3 of the paper). Other $\beta$ change how strong
# the pull is (Higgins et al. 2017); we will play with it at the end.
#
# ### Question 5 · `vae`
#
# 1. Write `vae_encoder(latent)`: a Functional model like the encoder of question 1, but with **two** outputs,
#    `keras.Model(pixels, [mean, log_variance])`, from two last layers on the same hidden ones.
# 2. Complete the class `VAE`. Its method `losses` computes the three numbers with your functions, from one
#    random code an image; `train_step` makes one update of **all** weights, the encoder's and the decoder's,
#    as in lab 5: inside `with tf.GradientTape() as tape:` TensorFlow writes down what is computed, `tape.gradient(loss, weights)`
#    gives one gradient for each of `self.trainable_variables`, and `self.optimizer.apply(gradients, weights)` makes the update. The
#    trackers are there to be fed: `fit` shows what is in them.


# %% solution="vae"
def vae_encoder(latent):
    """A Keras model from pixels (batch, 784) to [mean, log_variance], both (batch, latent)."""
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
    """A variational autoencoder of an encoder with two outputs and a decoder to logits."""

    def __init__(self, encoder, decoder, beta=1.0):
        super().__init__()
        self.encoder, self.decoder, self.beta = encoder, decoder, beta
        self.seed_generator = keras.random.SeedGenerator(1)
        names = ("loss", "reconstruction", "kl")
        self.trackers = [keras.metrics.Mean(name=name) for name in names]

    @property
    def metrics(self):
        return self.trackers  # Keras sets them back at the beginning of every epoch

    def track(self, losses):
        """Feed the trackers; returns what they hold as a dictionary."""
        for tracker, loss in zip(self.trackers, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def losses(self, x):
        """Three numbers for a batch of pixels (batch, 784): loss, reconstruction, KL divergence.

        Reconstruction and KL are means over the batch; the loss is reconstruction + beta · KL.
        """
        ### BEGIN SOLUTION
        mean, log_variance = self.encoder(x)
        z = reparameterise(mean, log_variance, self.seed_generator)
        copied = ops.mean(reconstruction(x, self.decoder(z)))
        pulled = ops.mean(ops.sum(kl_divergence(mean, log_variance), axis=-1))
        return copied + self.beta * pulled, copied, pulled
        ### END SOLUTION

    def train_step(self, x):
        """One update on a batch; returns self.track(losses)."""
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
    assert encoder is not None, "vae_encoder gives nothing back: does it end with `return`?"
    x = rng.normal(scale=30, size=(200, 784)).astype("float32")
    both = encoder(x)
    assert isinstance(both, (list, tuple)) and len(both) == 2, (
        "vae_encoder needs a model with two outputs: keras.Model(pixels, [mean, log_variance])"
    )
    names = ("mean", "log-variance")
    for name, values in zip(names, map(numbers, both), strict=True):
        assert values.shape == (200, latent), (
            f"the {name} of 200 images should be (200, {latent}); yours is {values.shape}."
        )
        assert values.min() < 0 and np.abs(values).max() > 1, (
            f"the {name} goes from {values.min():.2f} to {values.max():.2f}, whatever goes in: it must "
            "be able to take any value. Is there an activation on its layer?"
        )
    assert not np.allclose(*map(numbers, both)), (
        "mean and log-variance are the same numbers: each needs a last layer of its own."
    )
    for name, *values in zip(names, both, encoder(-x), encoder(0 * x), strict=True):
        assert not is_straight(*values), (
            f"from pixels to {name} it is a straight line: the two last layers stand on hidden layers "
            "with ReLU, like the encoder's of question 1."
        )


def wave(shape):
    """Numbers from -1 to 1 without order, but always the same ones."""
    return np.sin(np.arange(np.prod(shape)) ** 2.0).reshape(shape)


def small_networks(draw, pixels, latent, log_variance):
    """An encoder and a decoder with weights from draw(shape); the log-variance is fixed."""
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


def fitted(encoder, decoder, x, beta, epochs, batch_size, optimizer="adam"):
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # on how often functions are traced
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        machine = VAE(encoder, decoder, beta)
        machine.compile(optimizer=optimizer)
        history = machine.fit(x, epochs=epochs, batch_size=batch_size, verbose=0)
    record = getattr(history, "history", history)
    missing = {"loss", "reconstruction", "kl"} - set(record)
    assert not missing, (
        f"train_step should return self.track(losses); {sorted(missing)} is missing."
    )
    return machine, {name: [float(np.sum(v)) for v in values] for name, values in record.items()}


def check_losses(encoder, decoder, x, beta, each, kl, of_the_mean):
    images, latent = len(x), decoder.input_shape[-1]
    # One batch: what fit reports is the loss before the only update.
    _, record = fitted(encoder, decoder, x, beta, epochs=1, batch_size=images)
    loss, copied, pulled = (record[name][0] for name in ("loss", "reconstruction", "kl"))
    for value, hint in [
        (kl / latent, "you average over the code; the sum over the code is wanted."),
        (kl * images, "you add up over the batch; the mean over the images is wanted."),
    ]:
        assert not np.isclose(pulled, value, rtol=1e-3), (
            f"the KL divergence should be {kl:.2f}, yours is {pulled:.2f}: {hint}"
        )
    assert np.isclose(pulled, kl, rtol=1e-3), (
        f"the KL divergence should be {kl:.2f}, yours is {pulled:.2f}."
    )
    assert not np.isclose(copied, of_the_mean, rtol=1e-3), (
        "the decoder gets the mean, not a random code: call your reparameterise."
    )
    assert abs(copied / each - 1) < 0.05, (
        f"the reconstruction should be about {each:.1f}, yours is {copied:.1f}. Is it the mean "
        "over the batch of your reconstruction(x, logits), with a random code for each image?"
    )
    assert not (beta != 1 and np.isclose(loss, copied + pulled, rtol=1e-4)), (
        f"the loss leaves out beta = {beta:g}: reconstruction + beta · KL."
    )
    assert np.isclose(loss, copied + beta * pulled, rtol=1e-3), (
        f"{copied:.2f} + {beta:g} · {pulled:.2f} make {copied + beta * pulled:.2f}; your loss is {loss:.2f}."
    )


check_vae_encoder(2, np.random.default_rng(0))
check_losses(
    *small_networks(wave, pixels=30, latent=3, log_variance=0.8),
    ((1 + wave((1000, 30))) / 2).astype("float32"),
    beta=3.0,
    each=34.85,
    kl=1.840861,
    of_the_mean=27.197789,
)
### BEGIN HIDDEN TESTS
from course_lib.models import elbo_terms
from course_lib.testing import hidden_seed


def check_losses_drawn(rng, beta):
    x = rng.uniform(0, 1, (400, 30)).astype("float32")
    encoder, decoder = small_networks(rng.standard_normal, 30, 3, log_variance=0.8)
    each, kl = elbo_terms(encoder, decoder, x, rng, 40)
    logits = np.asarray(decoder(encoder(x)[0]), "float64")
    of_the_mean = np.sum(np.logaddexp(0, logits) - x * logits, axis=-1).mean()
    check_losses(encoder, decoder, x, beta, each.mean(), kl.mean(), of_the_mean)


def check_training(rng):
    pixels, latent = 30, 2
    pattern = rng.uniform(0, 1, (4, pixels)) > 0.5
    x = np.abs(pattern[rng.integers(0, 4, 320)] - 0.02).astype("float32")
    encoder, decoder = small_networks(rng.standard_normal, pixels, latent, log_variance=0.0)
    before = [encoder.get_weights(), decoder.get_weights()]
    first = np.mean(sum(elbo_terms(encoder, decoder, x, rng, 5)))
    machine, _ = fitted(encoder, decoder, x, beta=1.0, epochs=40, batch_size=32)
    learnt = machine.encoder, machine.decoder
    for name, weights, part in zip(("encoder", "decoder"), before, learnt, strict=True):
        pairs = zip(weights, part.get_weights(), strict=True)
        assert any(not np.allclose(a, b, atol=1e-5) for a, b in pairs), (
            f"the {name} has not changed: train_step must update self.trainable_variables, all of them."
        )
    last = np.mean(sum(elbo_terms(*learnt, x, rng, 5)))
    assert last < 0.85 * first, (
        f"training took the loss from {first:.1f} to {last:.1f}; on four simple patterns it should fall "
        "by far more. Is it the gradient of the whole loss, and is it applied?"
    )
    spread = np.asarray(learnt[0](x)[1], "float64")
    assert spread.mean() < -0.2, (
        "training does not change how wide the clouds are, though narrower ones would copy better: does "
        "the gradient reach the log-variance? The random code must depend on it."
    )


def check_vae_hidden(rng):
    check_vae_encoder(int(rng.integers(3, 9)), rng)
    check_losses_drawn(rng, beta=float(rng.uniform(0.2, 0.6)))
    check_training(rng)


check_vae_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Train it
#
# Put everything together, with **two** numbers for the code, so that the map can be drawn. To train, `fit`
# from `course_lib.training` does what `model.fit` does, with a learning rate that rises first and then
# falls. Your class brings its loss along, so nothing but the images goes in, and `compile` needs only an
# optimizer: Adam, with learning rates of some thousandths, and batches of 100 do well.
#
# ### Question 6 · `quality`
#
# Train a `VAE`, as well as you can. Name its two parts `encoder` and `decoder`, and what `fit` returns `history`.
# On images that it has never seen, its loss ($\beta = 1$) must be at most **160** in the quick profile, **150** in
# the full one. (A machine whose code says nothing at all stays above 180.) And what it makes from random codes must show more
# than **four** different digits; a classifier of the course counts them (`sample_quality` from `course_lib.models`). Is it not
# good enough? Train longer, make layers wider.

# %% solution="quality"
### BEGIN SOLUTION
epochs = {"quick": 12, "full": 30}[profile.current()]
machine = VAE(vae_encoder(2), autoencoder(2)[2])
machine.compile(keras.optimizers.Adam(4e-3))
history = fit(machine, x_train, epochs=epochs, batch_size=100)
encoder, decoder = machine.encoder, machine.decoder
### END SOLUTION

# %% tests="quality"
import numpy as np

from course_lib import data, profile
from course_lib.models import elbo_terms, sample_quality


def check_quality(images, rng):
    x = images.reshape(-1, 784).astype("float32") / 255
    both = encoder(x)
    assert isinstance(both, (list, tuple)) and len(both) == 2, (
        "encoder should give a mean and a log-variance: encoder = machine.encoder"
    )
    assert np.asarray(both[0]).shape == (len(x), 2), (
        f"a code of two numbers is wanted; yours has the shape {np.asarray(both[0]).shape}."
    )
    copied, kl = elbo_terms(encoder, decoder, x, rng)
    loss, wanted = np.mean(copied + kl), {"quick": 160, "full": 150}[profile.current()]
    print(f"On {len(x)} new images: {copied.mean():.1f} + {kl.mean():.1f} = {loss:.1f}")
    assert loss <= wanted, (
        f"the loss on new images is {loss:.1f}, reconstruction {copied.mean():.1f} and KL "
        f"{kl.mean():.1f}; at most {wanted} is wanted. Did training run long enough, with beta 1?"
    )
    logits = np.asarray(decoder(rng.normal(size=(1000, 2)).astype("float32")), "float64")
    quality = sample_quality(1 / (1 + np.exp(-logits)))
    print(f"Random codes make {quality.digits:.1f} different digits.")
    assert quality.digits > 4, (
        f"from random codes come only {quality.digits:.1f} different digits; more than 4 are wanted. Do "
        "the codes of the images lie around 0, with a spread of about 1?"
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
# Compare the scales. The codes of the variational autoencoder fill the circle, without large gaps, and
# hardly anything lies far outside. So the same thirty random codes as before now give other images:

# %%
figures.image_grid(
    drawn(decoder, dice), title="The variational autoencoder, asked for images from N(0, I)"
)

# %% [markdown]
# ## 7 Walk across the map
#
# To see the whole map, decode a grid of codes. With even steps in $z$ most of the grid would show what is
# hardly ever drawn. Better are even steps in *probability*: cut N(0, 1) into $n$ pieces of the same
# probability and take, of each, the point in its middle: the **quantiles** at
# $\frac{0.5}{n}, \frac{1.5}{n}, \dots, \frac{n - 0.5}{n}$. Python has them: `statistics.NormalDist().inv_cdf(p)`.
#
# ### Question 7 · `generate`
#
# 1. `invent(decoder, count, seed)`: `count` new images from random codes, the same ones for the same `seed`. How many
#    numbers a code has, the decoder knows: `decoder.input_shape[-1]`.
# 2. `quantile_grid(steps)`: the `steps · steps` codes of the grid, of two numbers each, with $n$ = `steps`.
# 3. `interpolate(encoder, decoder, first, second, steps)`: the images on the straight line between the
#    codes (means) of two images, both ends included, in equal steps.
#
# All images are rows of 784 pixels from 0 to 1.


# %% solution="generate"
def invent(decoder, count, seed):
    """New images (count, 784) of random codes from N(0, I)."""
    ### BEGIN SOLUTION
    z = keras.random.normal((count, decoder.input_shape[-1]), seed=seed)
    return ops.sigmoid(decoder(z))
    ### END SOLUTION


def quantile_grid(steps):
    """Codes (steps · steps, 2): every pair of the quantiles, each pair once, in any order."""
    ### BEGIN SOLUTION
    from statistics import NormalDist

    line = [NormalDist().inv_cdf((step + 0.5) / steps) for step in range(steps)]
    return np.array([(z1, z2) for z2 in line for z1 in line], "float32")
    ### END SOLUTION


def interpolate(encoder, decoder, first, second, steps):
    """Images (steps, 784) on the way from the image `first` (784,) to `second` (784,)."""
    ### BEGIN SOLUTION
    ends, _ = encoder(np.stack([first, second]))
    share = np.linspace(0, 1, steps, dtype="float32")[:, None]
    return ops.sigmoid(decoder((1 - share) * ends[0] + share * ends[1]))
    ### END SOLUTION


# %% tests="generate"
import numpy as np


def check_images(name, given, shape):
    given = numbers(given)
    assert given.shape == shape, f"{name} should give images {shape}; yours are {given.shape}."
    assert given.min() >= 0 and given.max() <= 1, (
        f"{name} gives pixels from {given.min():.1f} to {given.max():.1f}: the decoder makes logits, "
        "their sigmoid makes pixels."
    )
    return given


def check_invent(decoder, seed):
    images = check_images("invent", invent(decoder, 1500, seed), (1500, 784))
    # Back from the images to the codes: the test's decoder is linear.
    kernel, bias = (np.asarray(w, "float64") for w in decoder.get_weights())
    logits = np.log(np.clip(images, 1e-6, 1 - 1e-6) / (1 - np.clip(images, 1e-6, 1 - 1e-6)))
    z = (logits - bias) @ np.linalg.pinv(kernel)
    assert not np.allclose(z[0], z[1], atol=1e-3), "invent gives the same image over and over."
    assert np.all(np.abs(z.mean(axis=0)) < 0.2) and np.all(np.abs(z.std(axis=0) - 1) < 0.15), (
        f"the codes of invent have means {np.round(z.mean(axis=0), 2).tolist()} and deviations "
        f"{np.round(z.std(axis=0), 2).tolist()}; N(0, I) has 0 and 1."
    )
    again, other = (numbers(invent(decoder, 4, s)) for s in (seed, seed + 1))
    assert np.allclose(again, numbers(invent(decoder, 4, seed))) and not np.allclose(
        again, other
    ), "the same seed should give the same images, another seed others."


def check_interpolate(encoder, decoder, first, second, wanted, mixed):
    """wanted, mixed: images (steps, …), as many of their pixels as are looked at."""
    steps, looked_at = wanted.shape
    way = interpolate(encoder, decoder, first, second, steps)
    way = check_images("interpolate", way, (steps, 784))[:, :looked_at]
    assert not np.allclose(way, mixed, atol=1e-3), (
        "interpolate mixes the two images, pixel by pixel: mix their codes, and decode the mixtures."
    )
    assert not np.allclose(way[::-1], wanted, atol=1e-3), "interpolate goes from second to first."
    assert np.allclose(way[[0, -1]], wanted[[0, -1]], atol=2e-3), (
        "interpolate should begin and end with the decoded means of the two images: random codes, "
        "or the log-variance, have no place here."
    )
    assert np.allclose(way, wanted, atol=2e-3), (
        "interpolate should take equal steps along a straight line."
    )


def check_grid(line):
    steps = len(line)
    codes = numbers(quantile_grid(steps))
    assert codes.shape == (steps * steps, 2), (
        f"{steps} · {steps} codes of two numbers make ({steps * steps}, 2); yours are {codes.shape}."
    )
    wanted = sorted((a, b) for a in line for b in line)
    rows = sorted(map(tuple, codes.tolist()))
    assert np.all(np.isfinite(codes)), "the quantiles at 0 and 1 are infinite: take the middles."
    assert np.allclose(rows, wanted, atol=1e-3), (
        f"with {steps} steps the coordinates should be {np.round(line, 2).tolist()}, every pair of them "
        f"once; yours are {np.unique(codes.round(2)).tolist()[:12]}."
    )


def check_examples():
    check_grid([-1.15035, -0.31864, 0.31864, 1.15035])
    encoder, decoder = small_networks(wave, 784, latent=2, log_variance=1.0)
    check_invent(decoder, seed=1)
    white, grey = np.zeros(784, "float32"), np.full(784, 0.1, "float32")
    # In four steps, the first three pixels
    wanted = [
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
    check_interpolate(encoder, decoder, white, grey, np.array(wanted), np.array(mixed))


check_examples()
### BEGIN HIDDEN TESTS
from statistics import NormalDist

from course_lib.testing import hidden_seed


def check_interpolate_drawn(rng, encoder, decoder):
    def decode(z):
        return 1 / (1 + np.exp(-np.asarray(decoder(z.astype("float32")), "float64")))

    ends = rng.uniform(0, 1, (2, 784)).astype("float32")
    mean = np.asarray(encoder(ends)[0], "float64")
    share = np.linspace(0, 1, int(rng.integers(4, 9)))[:, None]
    wanted = decode((1 - share) * mean[0] + share * mean[1])
    mixed = (1 - share) * wanted[0] + share * wanted[-1]
    check_interpolate(encoder, decoder, *ends, wanted, mixed)


def check_generate_hidden(rng):
    steps = int(rng.integers(5, 12))
    check_grid([NormalDist().inv_cdf((step + 0.5) / steps) for step in range(steps)])
    latent = int(rng.integers(3, 6))
    encoder, decoder = small_networks(rng.standard_normal, 784, latent, log_variance=1.0)
    check_invent(decoder, int(rng.integers(1, 10_000)))
    check_interpolate_drawn(rng, encoder, decoder)


check_generate_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
grid = np.asarray(quantile_grid(15), "float32")
figures.decoded_grid(drawn(decoder, grid), grid)

# %% [markdown]
# And on straight ways from one test image's code to another's. (Two numbers are few for an image: the ends
# need not look exactly like the images that they stand for.)

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
# Three machines with **eight** numbers for the code, from no pull ($\beta = 0$) through the right one to twenty
# times as much. For each, one asks of every number of the code whether it says anything about the image.
# A number that says nothing has the same cloud, N(0, 1), for every image: its KL divergence is 0.
#
# ### Question 8 · `collapse`
#
# 1. `kl_by_dimension(encoder, x)`: the KL divergence of each number of the code, its mean over the images.
# 2. `used_dimensions(encoder, x, threshold=0.1)`: how many of them are above the threshold.


# %% solution="collapse"
def kl_by_dimension(encoder, x):
    """Mean KL divergence of each latent dimension, (latent,), over the images x (n, 784)."""
    ### BEGIN SOLUTION
    mean, log_variance = encoder(x)
    return ops.convert_to_numpy(ops.mean(kl_divergence(mean, log_variance), axis=0))
    ### END SOLUTION


def used_dimensions(encoder, x, threshold=0.1):
    """How many latent dimensions have a mean KL divergence above the threshold, in nats."""
    ### BEGIN SOLUTION
    return int(np.sum(kl_by_dimension(encoder, x) > threshold))
    ### END SOLUTION


# %% tests="collapse"
import numpy as np


def half_dead(draw, latent, dead):
    """An encoder whose numbers `dead` say hardly anything about an image."""
    encoder, _ = small_networks(draw, 784, latent, log_variance=-1.0)
    kernel, bias, spread, log_variance = encoder.get_weights()
    kernel *= np.linspace(0.05, 0.2, latent)
    kernel[:, dead], bias[dead], log_variance[dead] = 0, 0, 0.05 * draw((len(dead),))
    encoder.set_weights([kernel, bias, spread, log_variance])
    return encoder


def check_collapse(encoder, x, wanted, above):
    """above: by threshold, how many are above it."""
    images, latent = len(x), len(wanted)
    given = numbers(kl_by_dimension(encoder, x))
    assert given.shape == (latent,), (
        f"one number for each of {latent} dimensions makes ({latent},); yours is {given.shape}"
        f"{', one for each image: the mean goes over the images' if given.shape == (images,) else ''}."
    )
    assert not np.allclose(given, images * wanted, rtol=1e-3), (
        "the mean over the images, not the sum."
    )
    assert np.allclose(given, wanted, rtol=1e-3, atol=1e-3), (
        f"kl_by_dimension should be {np.round(wanted, 3).tolist()}; yours is {np.round(given, 3).tolist()}."
    )
    for limit, right in above.items():
        count = used_dimensions(encoder, x, limit)
        assert np.size(count) == 1 and int(np.sum(count)) == right, (
            f"of {np.round(wanted, 3).tolist()}, {right} are above {limit:.3f}; "
            f"used_dimensions says {count}."
        )


check_collapse(
    half_dead(wave, latent=5, dead=[1, 3]),
    ((1 + wave((50, 784))) / 2).astype("float32"),
    wanted=np.array([0.199829, 0.0, 0.338935, 0.000449, 0.561795]),
    above={0.1: 3, 0.3: 2},
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def closed_form(mean, log_variance):
    # Again: where question 4 fails early, its own is never defined.
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)


def check_collapse_hidden(rng):
    dead = sorted(rng.choice(9, 4, replace=False).tolist())
    x = rng.uniform(0, 1, (50, 784)).astype("float32")
    encoder = half_dead(rng.standard_normal, 9, dead)
    each = closed_form(*(np.asarray(values, "float64") for values in encoder(x)))
    wanted = each.mean(axis=0)
    limits = float(rng.uniform(0.05, 0.3)), float(np.median(wanted)) * 1.01
    check_collapse(encoder, x, wanted, {limit: int(np.sum(wanted > limit)) for limit in limits})


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
    _, copied, pulled = (float(loss) for loss in trial.losses(x_test))
    _, log_variance = trial.encoder(x_test)
    deviation = float(ops.mean(ops.exp(0.5 * log_variance)))
    used = used_dimensions(trial.encoder, x_test)
    print(
        f"β = {beta:<4g} reconstruction {copied:5.1f}   KL {pulled:6.1f}   mean σ {deviation:.3f}   "
        f"numbers used {used} of 8"
    )
    by_beta[f"β = {beta:g}"] = kl_by_dimension(trial.encoder, x_test)
    invented.append(invent(trial.decoder, 10, seed=3))
figures.kl_per_dimension(by_beta)

# %%
figures.image_grid(
    np.concatenate([ops.convert_to_numpy(images) for images in invented]).reshape(-1, 28, 28),
    title="Invented from N(0, I): with β = 0 above, β = 1 in the middle, β = 20 below",
)

# %% [markdown]
# ### Question 9 · `pull` · in words
#
# About ten lines, in your own words, with numbers from *your* table and figures:
#
# 1. With $\beta = 0$ nothing pulls. What becomes of $\sigma$, and why? Why does that make the machine a plain
#    autoencoder again, and how do its invented images show it?
# 2. With $\beta = 20$, what do the bars say? What does the decoder then know about the image, and what does
#    it draw? This is called *posterior collapse*: why is it the cheapest thing to do under this loss?
# 3. The reconstruction is best with $\beta = 0$. Why does that machine still invent worse images than the one with $\beta = 1$?

# %% [markdown] written="pull"
# ### BEGIN SOLUTION
# **A model answer.** (1) Noise in the code only makes copies worse, and nothing pays for it when $\beta = 0$, so
# training makes $\sigma$ small (the table says about 0.001 to 0.01, against 0.4 to 0.5 with $\beta = 1$). Clouds of
# no width are points: it is a plain autoencoder, with codes that lie far apart and anywhere (a KL of 100 and more).
# Codes from N(0, I) hit places that were never trained; the invented images of the upper row are mostly
# no digits but grey blots. (2) All bars are under the threshold, near 0: for every image the cloud is N(0, 1). So the code is noise,
# the decoder knows nothing about the image, and draws the mean of all digits, ten times the same blot. A nat of KL costs
# 20 here; what a number of the code could save in reconstruction is less than it would cost, so it is cheapest to send nothing.
# (3) Reconstruction measures copying, when the code comes from an image. Inventing starts from
# N(0, I), and only the KL part makes sure that codes from there are like those the decoder has
# learnt from. A good generator needs both: that is why the bound adds them.
#
# **Rubric, 3 points.**
#
# - 1 point: $\sigma$ shrinks towards 0 because noise costs reconstruction and nothing rewards it, with a number; points
#   instead of clouds, so N(0, I) meets untrained places. Half without the reason.
# - 1 point: KL near 0 in all dimensions, the decoder ignores the code and draws a mean image; too
#   dear to send information at this $\beta$. Half if only "it collapses".
# - 1 point: copying and inventing are different tasks; the KL part ties the codes to the distribution that is
#   drawn from. Half for one side of it.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Clothes.** `data.load("fashion_mnist")` instead of `"mnist"` above: which clothes are neighbours?
#   (The check of question 6 goes on asking for digits.)
# - **More numbers.** A code of 2 gives a map, but soft images. What do 16 numbers do for the loss and
#   for the invented digits? `vae(latent=16)` from `course_lib.models` is a machine of any size, and
#   `sample_quality` from there judges what it invents.
# - **Arithmetic with codes.** The mean code of slanted sevens minus that of upright sevens is a
#   direction. What does it do to a one?
# - **Fill in.** Cover the lower half of a test image and search, by gradient, for the code whose
#   image fits the upper half best.
#
# **Sources.** G. Hinton, R. Salakhutdinov, *Reducing the dimensionality of data with neural networks*,
# Science 313, 2006 · D. Kingma, M. Welling, *Auto-encoding variational Bayes*, ICLR 2014,
# arXiv:1312.6114, §2 and appendix B · D. Rezende, S. Mohamed, D. Wierstra, *Stochastic backpropagation and
# approximate inference in deep generative models*, ICML 2014 · S. Bowman et al., *Generating sentences from a
# continuous space*, CoNLL 2016 · I. Higgins et al., *β-VAE*, ICLR 2017 · T. Salimans et al., *Improved techniques for
# training GANs*, NIPS 2016 (how samples are judged) · I. Goodfellow, Y. Bengio, A. Courville, *Deep
# Learning*, MIT Press 2016, §14 and §20.10.3. The text of this lab is licensed CC BY 4.0, its code MIT.
