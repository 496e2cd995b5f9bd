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
# - what a variational autoencoder changes: a code is a distribution, the *posterior*, instead of a
#   point. Training pulls it towards a fixed distribution that you can sample from, the *prior*;
# - to write both terms of its loss, the negative *ELBO*, and to check a formula with random
#   samples;
# - to sample in such a way that a gradient gets through (the reparameterisation trick);
# - to recognise posterior collapse, where the code carries no information, and to explain it.
#
# **You need** Lab 05: logits, and a `keras.Model` with its own `train_step`; and Lab 08, which comes
# first: autoencoders, and why they cannot invent images.
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | data | loss on the test set (question 6) | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 5,000 training images | 140–155 | 10–20 s on 2 cores |
# | full | default on a GPU | all of MNIST, 60,000 | 139–145 | 2–4 min on 2 cores |
#
# To choose a profile yourself, set `COURSE_PROFILE` to `quick` or `full` before you start. Without
# a network connection the lab uses stand-in digits and says so; the losses are then slightly
# different.

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
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## The data
#
# Each image of a digit is a row of 784 pixels from 0 (paper) to 1 (ink). The labels are not used for
# training, only to colour the maps.

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
# In Lab 08 you trained autoencoders. The encoder compresses the 784 pixels into a few numbers, the
# code, and the decoder has to rebuild the image from the code alone (Hinton & Salakhutdinov
# 2006). So the code has to keep what matters. Here you build one more, to see exactly what it cannot do.
# Codes are also called *latent*, Latin for hidden: the data do not contain them, and no label says what
# they should be.
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


def _to_array(values, name):
    """Turn what the function `name` returned into an array."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    try:
        return np.asarray(values, dtype="float64")
    except (TypeError, ValueError):
        kind = type(values).__name__
        raise AssertionError(f"`{name}` returned a {kind}; expected numbers.") from None


def _check_sizes(models, latent):
    given = [(part.input_shape[-1], part.output_shape[-1]) for part in models]
    expected = [(784, 784), (784, latent), (latent, 784)]
    swapped = sorted(given) == sorted(expected)
    assert given == expected, (
        f"The three models go from and to {given} numbers; expected {expected}."
        f"{' Return them in this order: model, encoder, decoder.' if swapped else ''}"
    )


def _check_model(name, part, inputs, size):
    outputs = _to_array(part(inputs), name)
    assert outputs.shape == (len(inputs), size), (
        f"`{name}` returned shape {outputs.shape}; expected {(len(inputs), size)}."
    )
    widths = [weight.shape[1] for weight in part.get_weights() if weight.ndim == 2]
    hidden = widths.copy()
    if size in hidden:
        hidden.remove(size)
    assert max(hidden, default=0) >= 64, (
        f"The dense layers of `{name}` have {widths} neurons; expected a hidden layer of at least "
        "64 before the last layer."
    )
    _check_range(f"`{name}`", outputs)
    return outputs


def _check_range(name, outputs):
    """Check that outputs for large inputs don't stay in the range of ReLU, sigmoid or tanh."""
    low, high = outputs.min(), outputs.max()
    is_saturated = high <= 1.0001 and low >= -1.0001 and max(-low, high) > 0.99
    assert low < 0 and not is_saturated, (
        f"{name} returned values from {low:.2f} to {high:.2f} only, even for large inputs. Does its "
        "last layer have an activation? Codes and logits may take any value."
    )


def _is_linear(function, inputs):
    """Say whether the outputs for x, -x and 0 lie on a straight line, as without any ReLU."""
    there, back, middle = (_to_array(function(sign * inputs), "model") for sign in (1, -1, 0))
    return np.abs(there + back - 2 * middle).max() <= 1e-2 * np.abs(there - middle).max()


def _is_bounded(function, inputs):
    """Say whether 100 times larger inputs hardly change the outputs, as with tanh or sigmoid."""
    near, far, middle = (_to_array(function(factor * inputs), "model") for factor in (1, 100, 0))
    return np.abs(far - middle).max() < 30 * np.abs(near - middle).max()


def _check_hidden_layers(name, function, inputs):
    assert not _is_bounded(function, inputs), (
        f"{name} returns nearly the same for inputs that are 100 times larger. Are the activations "
        "of its hidden layers tanh or sigmoid? Use ReLU."
    )
    assert not _is_linear(function, inputs), (
        f"{name} is linear. Did you forget the ReLUs of its hidden layers?"
    )


def _check_autoencoder(latent, rng):
    three = autoencoder(latent)
    assert three is not None, "`autoencoder` returned None. Did you forget `return`?"
    assert isinstance(three, (tuple, list)) and len(three) == 3, (
        f"`autoencoder` returned a {type(three).__name__}; expected three models: "
        "`return model, encoder, decoder`."
    )
    for name, part in zip(("model", "encoder", "decoder"), three, strict=True):
        assert isinstance(part, keras.Model), (
            f"`{name}` is a {type(part).__name__}; expected a Keras model."
        )
    _check_sizes(three, latent)
    model, encoder, decoder = three
    # Large inputs, so that outputs without an activation leave the range of every activation.
    x = rng.normal(scale=30, size=(200, 784)).astype("float32")
    codes = _check_model("encoder", encoder, x, latent).astype("float32")
    logits = _check_model("decoder", decoder, codes, 784)
    whole = _to_array(model(x), "model")
    assert whole.shape == (200, 784), f"`model` returned shape {whole.shape}; expected (200, 784)."
    assert np.allclose(whole, logits, rtol=1e-3, atol=1e-2 * np.abs(logits).max()), (
        "`model(x)` differs from `decoder(encoder(x))`. Did you build `model` from new layers? "
        "Build it from the encoder and the decoder that you return."
    )
    _check_hidden_layers("The encoder", encoder, x)
    _check_hidden_layers("The decoder", decoder, codes)


_check_autoencoder(2, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_autoencoder_hidden(rng):
    _check_autoencoder(int(rng.integers(3, 12)), rng)


_check_autoencoder_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 How good is a copy?
#
# Take a pixel's value $x$, between 0 and 1, as the probability of ink. The decoder's prediction is $p$,
# the sigmoid of its logit. The **binary cross-entropy** measures how wrong the prediction is:
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

from course_lib import testing as _testing


def _check_reconstruction(x, logits, expected, mistakes):
    mistakes = {
        "Did you take the mean over the pixels instead of the sum?": expected / x.shape[1],
        "Is the sign wrong? A good copy has a small loss.": -expected,
        **mistakes,
    }
    given = reconstruction(x.astype("float32"), logits.astype("float32"))
    name = "`reconstruction(x, logits)`"
    if given is not None and np.size(given) == 1 and len(x) > 1:
        raise AssertionError(
            f"{name} returned one number for {len(x)} images; expected one loss per image. Did you "
            "reduce over the batch, too?"
        )
    assert len(x) == x.shape[1] or np.shape(given) != (x.shape[1],), (
        f"{name} returned one number for each pixel; expected one loss per image. Did you sum over "
        "the images? Sum over the pixels."
    )
    _testing.near(given, expected, name, rtol=1e-3, atol=1e-3, mistakes=mistakes)


_check_reconstruction(
    np.array([[0.0, 1.0, 1.0, 0.5], [1.0, 0.0, 0.25, 0.0]]),
    np.array([[-2.0, 2.0, -1.0, 0.0], [0.5, -3.0, 1.0, 0.0]]),
    np.array([2.260265, 2.279073]),
    {
        "Did you pass logits as probabilities? Set `from_logits=True`.": [24.177143, 12.649936],
        "Did you swap `x` and `logits`?": [3.293748, 2.775495],
        "Did you leave out the second term, for paper?": [1.786763, 0.552392],
        "Did you take the squared error? Take the binary cross-entropy.": [0.562865, 0.626204],
    },
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _cross_entropy(x, logits):
    """Compute the same from the definition: ln(1 + e^l) - x l for each pixel, summed."""
    x, logits = np.asarray(x, "float64"), np.asarray(logits, "float64")
    return np.sum(np.logaddexp(0, logits) - x * logits, axis=-1)


def _check_random_inputs(x, logits):
    x, logits = x.astype("float32"), logits.astype("float32")
    p = np.clip(logits, 1e-7, 1 - np.float32(1e-7))
    mistakes = {
        "Did you pass logits as probabilities?": np.sum(
            -x * np.log(p) - (1 - x) * np.log1p(-p), -1
        ),
        "Did you swap `x` and `logits`?": _cross_entropy(logits, x),
        "Did you leave out the second term?": np.sum(x * np.logaddexp(0, -logits), axis=-1),
        "Did you take the squared error?": np.sum((x - 1 / (1 + np.exp(-logits))) ** 2, axis=-1),
    }
    _check_reconstruction(x, logits, _cross_entropy(x, logits), mistakes)


def _check_reconstruction_hidden(rng):
    for batch in (1, 7, 50):
        x = rng.uniform(0, 1, (batch, 784))
        _check_random_inputs(x, rng.normal(scale=3, size=(batch, 784)))
    # Confident and wrong: the sigmoid of 60 is 1 in float32, and ln(1 - 1) is minus infinity.
    x = (rng.uniform(size=(3, 784)) > 0.5).astype("float32")
    logits = ((1 - 2 * x) * 60).astype("float32")
    given = _to_array(reconstruction(x, logits), "reconstruction")
    assert np.allclose(given, 60 * 784, rtol=1e-3), (
        f"`reconstruction` returned {given[0]:.0f} for 784 wrong pixels with logits of ±60; "
        f"expected {60 * 784}, 60 per pixel. Did you use the sigmoid? Compute the loss from the "
        "logits."
    )


_check_reconstruction_hidden(np.random.default_rng(hidden_seed()))
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
# First, the encoder no longer returns a point. For each image $x$ and each number of the code it returns
# a mean $\mu$ and a standard deviation $\sigma$. Together they define a normal distribution of codes,
# $q(z|x)$, called the (approximate) **posterior**: which codes $z$ are plausible once we have seen the
# image. Imagine it as a small cloud on the map. The decoder gets a random point from the cloud, a
# different one each time. So it has to make a good image from every point nearby. The gaps close.
#
# Second, training pulls every posterior towards N(0, I). This distribution is called the **prior**,
# $p(z)$: it says where codes lie before we have seen any image. The clouds then lie where we will
# sample our random codes.
#
# A standard deviation must be positive, but the outputs of a layer without an activation can be
# negative. So the encoder returns $\ln \sigma^2$, the **log-variance**, which may take any value.
#
# How does a gradient get through random sampling? Sample first: take noise $\varepsilon$ from N(0, I),
# which does not depend on any weight. Then compute the code $z$ from $\varepsilon$, $\mu$ and $\sigma$
# (§2.4 of the paper, the *reparameterisation trick*). Now $z$ is an ordinary differentiable function of
# $\mu$ and $\sigma$; the randomness comes in from outside.
#
# ### Question 3 · `reparameterise`
#
# Write `reparameterise(mean, log_variance, seed)`, which returns a random code for each image, with this
# mean and this log-variance. `keras.random.normal(shape, seed=seed)` samples the noise; pass your `seed`
# on to it. The seed is either an integer, which gives the same noise each time, or a
# `keras.random.SeedGenerator`, which gives different noise each time.
#
# <details><summary>Hint 1</summary>
#
# If you multiply N(0, I) noise by a number, its standard deviation becomes that number. If you then add
# another number, that becomes its mean.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The argument is $\ln \sigma^2$, and you need $\sigma$. $\ln \sigma = \tfrac12 \ln \sigma^2$, so
# `ops.exp` of half the log-variance. The noise has the shape `ops.shape(mean)`.
#
# </details>


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
import keras
import numpy as np

from course_lib import testing as _testing


def _sample_codes(mean, log_variance, seed):
    z = reparameterise(mean.astype("float32"), log_variance.astype("float32"), seed)
    z = _to_array(z, "reparameterise")
    assert z.shape == mean.shape, (
        f"`reparameterise` returned shape {z.shape}; expected {mean.shape}."
    )
    return z


def _check_noise(noise):
    """Check what should be samples from N(0, 1), of shape (many, latent)."""
    assert not np.allclose(noise, noise[0, 0], atol=1e-4), (
        "`reparameterise` returned the same code for every image. Did you add the noise?"
    )
    assert not np.allclose(noise, noise[:1], atol=1e-4), (
        "`reparameterise` adds the same noise to every image of the batch. Sample the noise in the "
        "shape of the mean, (batch, latent)."
    )
    assert noise.shape[1] == 1 or not np.allclose(noise, noise[:, :1], atol=1e-4), (
        "`reparameterise` adds the same noise to every number of a code. Sample the noise in the "
        "shape of the mean, (batch, latent)."
    )
    size = noise.size
    for value, expected, sd, what in [
        (noise.mean(), 0, size**-0.5, "mean"),
        (noise.std(), 1, (2 * size) ** -0.5, "standard deviation"),
        (np.mean(noise**4), 3, (96 / size) ** 0.5, "mean fourth power"),
    ]:
        assert abs(value - expected) < 6 * sd, (
            f"For mean 0 and variance 1, `reparameterise` returned codes with the {what} "
            f"{value:.2f}; expected {expected}. Sample the noise with `keras.random.normal`."
        )


def _check_reparameterise(mean, log_variance, seed):
    """Check codes for arrays of means and log-variances, and the noise behind them."""
    zero = np.zeros((20_000, mean.shape[1]))
    noise = _sample_codes(zero, zero, seed)
    same = np.array_equal(noise, _sample_codes(zero, zero, seed))
    differs = not np.array_equal(noise, _sample_codes(zero, zero, seed + 1))
    z, sigma = _sample_codes(mean, log_variance, seed), np.exp(log_variance / 2)
    standard = _sample_codes(0 * mean, 0 * mean, seed)
    if same and differs and np.allclose((z - mean) / sigma, standard, rtol=1e-3, atol=1e-3):
        _check_noise(noise)
        return
    usual = np.asarray(keras.random.normal(mean.shape, seed=seed), "float64")
    mistakes = {
        "Did you return the mean? Add the noise.": mean,
        "Did you multiply by the variance instead of σ, its square root?": mean + sigma**2 * usual,
        "Did you multiply by the log-variance, ln σ², instead of σ?": mean + log_variance * usual,
        "Did you square the log-variance? It is ln σ² already.": (
            mean + np.exp(log_variance**2 / 2) * usual
        ),
        "Did you forget to multiply the noise by σ?": mean + usual,
        "Is the sign of the exponent wrong? σ is exp(ln σ² / 2).": mean + usual / sigma,
        "Did you multiply the mean by the noise? The noise belongs to σ.": mean * usual + sigma,
        "Did you add σ without the noise?": mean + sigma,
    }
    for hint, value in mistakes.items():
        if np.allclose(z, value, rtol=1e-3, atol=1e-3):
            raise AssertionError(
                f"`reparameterise` returned {z[0, 0]:.3f} for the mean {mean[0, 0]:.3f}, the variance "
                f"{sigma[0, 0] ** 2:.3f} and the noise {usual[0, 0]:.3f}. {hint}"
            )
    assert same, (
        f"`reparameterise` returned different codes for the same seed, {seed}. Did you pass the "
        "seed on to the noise?"
    )
    assert differs, (
        f"`reparameterise` returned the same codes for seeds {seed} and {seed + 1}. Did you pass "
        "the seed on to the noise?"
    )
    _check_noise(noise)
    raise AssertionError(
        "`reparameterise` returned codes other than mean + σ · noise, with the noise that the same "
        "seed gives for mean 0 and σ = 1. Does each entry use its own mean and σ?"
    )


_check_reparameterise(
    np.array([[3.0, -1.0], [0.5, 2.0], [-2.0, 0.0]]),
    np.array([[1.4, -0.6], [-2.0, 0.5], [0.8, -1.2]]),
    seed=5,
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_reparameterise_hidden(rng):
    seed = int(rng.integers(1, 10_000))
    for latent in (1, 3, int(rng.integers(4, 7))):
        _check_reparameterise(*rng.normal(scale=1.5, size=(2, 50, latent)), seed)


_check_reparameterise_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 How far is a posterior from the prior?
#
# To pull the posterior towards the prior we need a measure of the distance between the two. The
# **Kullback–Leibler divergence** of $q$ from $p$ says how much larger the logarithm of the density is
# under $q$ than under $p$, on average over random points $z$ from $q$:
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
#    entry, also for a single one. Use your `reparameterise`.
#
# <details><summary>Hint 1, kl_divergence</summary>
#
# Write both logarithms with the formula above; $\ln 2\pi$ cancels. With the two expectations,
# $\mathbb{E}[\ln q(z)] = -\tfrac12 (\ln 2\pi + \ln \sigma^2 + 1)$. Now do the same for $\ln p(z)$, where
# the mean is 0 and the variance 1.
#
# </details>
#
# <details><summary>Hint 2, kl_estimate</summary>
#
# Repeat both arrays along a new first axis, `ops.repeat(ops.expand_dims(mean, 0), samples, axis=0)`.
# Then one call of `reparameterise` returns all points.
#
# </details>
#
# <details><summary>Hint 3, kl_estimate</summary>
#
# For each point, compute $\ln q(z)$ with the entry's own mean and variance, and $\ln p(z)$ with mean 0
# and variance 1. The estimate is the mean of the difference over the first axis.
#
# </details>


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

from course_lib import testing as _testing


def _check_kl(mean, log_variance, expected, mistakes):
    mistakes = {
        "Is the sign wrong? A divergence is never negative.": -expected,
        "Did you forget the factor ½?": 2 * expected,
        **mistakes,
    }
    given = kl_divergence(mean.astype("float32"), log_variance.astype("float32"))
    if given is not None and np.shape(given) != expected.shape:
        raise AssertionError(
            f"`kl_divergence` returned shape {np.shape(given)}; expected {expected.shape}. Did you "
            "take a sum or a mean? Return one divergence per entry."
        )
    name = "`kl_divergence(mean, log_variance)`"
    _testing.near(given, expected, name, rtol=1e-3, atol=1e-4, mistakes=mistakes)


def _estimate(mean, log_variance, samples, seed):
    given = kl_estimate(mean.astype("float32"), log_variance.astype("float32"), samples, seed)
    given = _to_array(given, "kl_estimate")
    assert given.shape == mean.shape, (
        f"`kl_estimate` returned shape {given.shape}; expected {mean.shape}, one for each entry."
    )
    return given


def _check_estimate(mean, log_variance, samples, seed, expected, deviation):
    given = _estimate(mean, log_variance, samples, seed)
    error = deviation / np.sqrt(samples)
    assert np.all(np.abs(given - expected) < 7 * error + 1e-3), (
        f"`kl_estimate` with {samples} points returned {np.round(given.ravel()[:3], 2).tolist()}; "
        f"expected {np.round(expected.ravel()[:3], 2).tolist()}, with a standard error of "
        f"{np.round(error.ravel()[:3], 2).tolist()}. Did you sample each entry's points with its own "
        "μ and σ, and evaluate the density of q with the same μ and σ²?"
    )


def _check_seeds(mean, log_variance):
    first, other = (_estimate(mean, log_variance, 50, seed) for seed in (3, 4))
    assert not np.allclose(first, other, rtol=1e-5, atol=0), (
        "`kl_estimate` returned the same for two different seeds. Did you use the formula? Return "
        "the mean over random points."
    )


def _samples_well():
    """Say whether `reparameterise` is right; a mistake in it must not cost these points, too."""
    shape = (5000, 2)
    z = _sample_codes(np.full(shape, 1.0), np.full(shape, 2.0), 1)
    return abs(z.mean() - 1) < 0.2 and abs(z.std() - 2.718) < 0.2


def _check_kl_examples():
    _check_kl(
        np.array([[0.0, 2.0, 0.5]]),
        np.array([[0.0, 0.0, -2.0]]),
        np.array([[0.0, 2.0, 0.692668]]),
        {
            "Did you read the log-variance as ln σ? It is ln σ².": [[0.0, 2.0, 1.634158]],
            "Did you use σ instead of the variance σ²?": [[0.0, 2.0, 0.80894]],
            "Did you forget to square the mean?": [[0.0, 1.0, 0.817668]],
            "Is a constant missing? For mean 0 and variance 1 the divergence is 0.": [
                [0.5, 2.5, 1.192668]
            ],
            "Did you swap the distributions? This is KL(p ‖ q).": [[0.0, 2.0, 3.11816]],
            "Is the sign of ln σ² wrong?": [[0.0, 2.0, -1.307332]],
        },
    )
    mean, log_variance = np.array([[1.0, -0.5]]), np.array([[0.5, -1.0]])
    if _samples_well():
        _check_estimate(
            mean,
            log_variance,
            samples=4000,
            seed=3,
            expected=np.array([[0.574361, 0.30894]]),
            deviation=np.array([[1.3635, 0.5401]]),
        )
    _check_seeds(mean, log_variance)


_check_kl_examples()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _closed_form(mean, log_variance):
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)


def _check_random_kl(mean, log_variance):
    variance = np.exp(log_variance)
    mistakes = {
        "Did you read the log-variance as ln σ?": _closed_form(mean, 2 * log_variance),
        "Did you use σ instead of σ²?": 0.5 * (mean**2 + np.sqrt(variance) - 1 - log_variance),
        "Did you forget to square the mean?": 0.5 * (mean + variance - 1 - log_variance),
        "Is a constant missing?": 0.5 * (mean**2 + variance - log_variance),
        "Did you swap the distributions?": 0.5 * ((mean**2 + 1) / variance - 1 + log_variance),
        "Is the sign of ln σ² wrong?": 0.5 * (mean**2 + variance - 1 + log_variance),
    }
    _check_kl(mean, log_variance, _closed_form(mean, log_variance), mistakes)


def _check_random_estimate(mean, log_variance, samples, seed):
    # ln q - ln p is (ε² (σ² - 1) + 2 μ σ ε) / 2 plus a constant; this is its deviation.
    variance = np.exp(log_variance)
    deviation = np.sqrt(0.5 * (variance - 1) ** 2 + mean**2 * variance)
    try:
        expected = _closed_form(mean, log_variance)
        _check_estimate(mean, log_variance, samples, seed, expected, deviation)
    except AssertionError:
        if _samples_well():
            raise
        # With another `reparameterise`, another estimate is right.
        many = [
            np.repeat(values[None], 2000, axis=0).reshape(-1, mean.shape[1])
            for values in (mean, log_variance)
        ]
        z = _sample_codes(*many, seed=12345)
        ratios = 0.5 * (z**2 - many[1] - (z - many[0]) ** 2 / np.exp(many[1]))
        ratios = ratios.reshape(2000, *mean.shape)
        deviation = ratios.std(axis=0) * np.sqrt(1 + samples / 2000)
        _check_estimate(mean, log_variance, samples, seed, ratios.mean(axis=0), deviation)


def _check_single_points(rng, seed):
    """Check estimates from one point each: for mean 0 and σ > 1 their range and spread are known."""
    same = _estimate(np.zeros((3, 4)), np.zeros((3, 4)), 5, seed)
    assert np.allclose(same, 0, atol=1e-5), (
        f"`kl_estimate` returned {same[0, 0]:.4f} for N(0, 1); expected 0, whatever the points are: "
        "q and p are the same. Return the mean of ln q(z) - ln p(z) over random points."
    )
    mean, log_variance = np.zeros((40, 10)), rng.uniform(0.5, 1.5, (40, 10))
    given = _estimate(mean, log_variance, 1, seed)
    # (σ² - 1) ε² / 2 is never negative.
    excess = 2 * (given + log_variance / 2) / (np.exp(log_variance) - 1)
    assert excess.min() > -1e-3, (
        "`kl_estimate` with one point returned less than ln q(z) - ln p(z) can be. Return the mean "
        "of ln q(z) - ln p(z) over random points, not the formula with noise."
    )
    assert excess.std() > 0.7, (
        "`kl_estimate` with one point is closer to the divergence than one random point can be. Did "
        "you use the number of points in `samples`?"
    )


def _check_kl_hidden(rng):
    mean, log_variance = rng.normal(size=(2, 6, 4))
    _check_random_kl(2 * mean, 2 * log_variance)
    seed = int(rng.integers(1, 10_000))
    _check_random_estimate(mean, log_variance, 3000, seed)
    _check_random_estimate(mean[:, :3], log_variance[:, :3], 500, seed)
    _check_seeds(mean, log_variance)
    _check_single_points(rng, seed)


_check_kl_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 The whole model
#
# The loss of a variational autoencoder is the sum of the two terms, averaged over the batch:
#
# $$\text{loss} = \frac{1}{m} \sum_{\text{images}} \Big( \underbrace{\textstyle\sum_\text{pixels} \text{cross-entropy}}_\text{reconstruction}
# + \beta \underbrace{\textstyle\sum_\text{code} \mathrm{KL}}_\text{pull towards the prior} \Big)$$
#
# With $\beta = 1$, the negative loss is the **ELBO** (*evidence lower bound*; equation 3 of the paper).
# It is a lower bound on the logarithm of the probability that the model assigns to the images.
# Statisticians call this probability the evidence. Training therefore maximises this bound. The
# statement is exact only for binary pixels, 0 or 1, because only then is the cross-entropy the negative
# logarithm of a probability. For grey pixels, such as ours, the same loss works well in practice, but it
# does not bound the probability of the grey image itself. Other values of $\beta$ change how strong the
# pull towards the prior is (Higgins et al. 2017); you will try some at the end.
#
# ### Question 5 · `vae`
#
# 1. Write `vae_encoder(latent)`: a Functional model like the encoder of question 1, but with
#    **two** outputs, `keras.Model(pixels, [mean, log_variance])`, from two last layers on top of
#    the same hidden layers.
# 2. Complete the class `VAE`. Its method `losses` computes the three numbers with your functions, from
#    one random code per image, with other noise in every batch: `self.seed_generator` is the seed. Its
#    method `train_step` makes one update of **all** weights, those of the encoder and those of the
#    decoder, as in Lab 05. Inside `with tf.GradientTape() as tape:` TensorFlow records the computation.
#    `tape.gradient(loss, weights)` returns one gradient for each of `self.trainable_variables`.
#    `self.optimizer.apply(gradients, weights)` makes the update. Pass the losses to the trackers with
#    `self.track`: `fit` displays what the trackers hold.
#
# <details><summary>Hint 1, losses</summary>
#
# The steps are: encoder, `reparameterise`, decoder. `reconstruction` gets the decoder's logits for the
# random code, not for the mean.
#
# </details>
#
# <details><summary>Hint 2, losses</summary>
#
# `kl_divergence` returns one number for each entry: first sum over the code, the last axis, and then
# take the mean over the batch. `reconstruction` has already summed over the pixels.
#
# </details>
#
# <details><summary>Hint 3, train_step</summary>
#
# Call `self.losses(x)` inside the tape. The gradient is that of the *first* of the three numbers;
# `self.track` gets all three.
#
# </details>


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

from course_lib import testing as _testing


def _check_vae_encoder(latent, rng):
    encoder = vae_encoder(latent)
    assert encoder is not None, "`vae_encoder` returned None. Did you forget `return`?"
    x = rng.normal(scale=30, size=(200, 784)).astype("float32")
    both = encoder(x)
    assert isinstance(both, (list, tuple)) and len(both) == 2, (
        "`vae_encoder` returned a model without two outputs. Return "
        "`keras.Model(pixels, [mean, log_variance])`."
    )
    arrays = [_to_array(values, "vae_encoder") for values in both]
    for place, (name, values) in enumerate(zip(("mean", "log-variance"), arrays, strict=True)):
        assert values.shape == (200, latent), (
            f"The {name} of 200 images has shape {values.shape}; expected {(200, latent)}."
        )
        _check_range(f"The {name} from the encoder", values)
        _check_hidden_layers(
            f"The encoder, from pixels to {name},",
            lambda inputs, place=place: encoder(inputs)[place],
            x,
        )
    assert not np.allclose(*arrays), (
        "Mean and log-variance are identical. Do they share a layer? Give each its own last layer."
    )


def _wave(shape):
    """Return numbers from -1 to 1 that look random but are always the same."""
    return np.sin(np.arange(np.prod(shape)) ** 2.0).reshape(shape)


def _build_networks(draw, pixels, latent, log_variance, hidden=0):
    """Build an encoder and a decoder with weights from draw(shape) and fixed log-variances."""
    x, z = keras.Input((pixels,)), keras.Input((latent,))
    heads = [keras.layers.Dense(latent)(x), keras.layers.Dense(latent)(x)]
    encoder = keras.Model(x, heads)
    between = keras.layers.Dense(hidden, activation="relu")(z) if hidden else z
    decoder = keras.Model(z, keras.layers.Dense(pixels)(between))
    shapes = [(pixels, latent), (latent,), (pixels, latent), (latent,)]
    weights = [draw(shape) / 2 for shape in shapes]
    weights[2][:] = 0
    weights[3][:] = log_variance
    encoder.set_weights(weights)
    decoder.set_weights([draw(weight.shape) for weight in decoder.get_weights()])
    return encoder, decoder


def _train_vae(encoder, decoder, x, beta, epochs, rate):
    """Train with plain gradient descent, all images in one batch; return the model and its record."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # hides warnings about retracing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vae = VAE(encoder, decoder, beta)
        vae.compile(optimizer={"class_name": "SGD", "config": {"learning_rate": rate}})
        history = vae.fit(x, epochs=epochs, batch_size=len(x), shuffle=False, verbose=0)
    record = getattr(history, "history", history)
    missing = {"loss", "reconstruction", "kl"} - set(record)
    assert not missing, (
        f"`fit` recorded no {sorted(missing)}. Does `train_step` return `self.track(losses)`?"
    )
    return vae, {name: [float(np.sum(v)) for v in values] for name, values in record.items()}


def _check_losses(encoder, decoder, x, beta, expected, of_the_mean):
    """Compare the losses that `fit` reports while the weights stay the same.

    Args:
        expected: What is right: tuples of reconstruction, its deviation from batch to batch, and KL
            divergence. The first is used in messages; if there is none, neither is compared.
        of_the_mean: The reconstruction of the means.
    """
    _, record = _train_vae(encoder, decoder, x, beta, epochs=4, rate=0.0)
    pulled, copied = record["kl"][0], np.array(record["reconstruction"])
    if not any(np.isclose(pulled, kl, rtol=1e-3, atol=1e-3) for _, _, kl in expected[1:]):
        for _, _, kl in expected[:1]:
            mistakes = {
                "Did you average over the code? Take the sum.": kl / decoder.input_shape[-1],
                "Did you take the sum over the batch instead of the mean?": kl * len(x),
                "Did you multiply it by beta? Multiply by beta in the loss only.": kl * beta,
            }
            _testing.near(pulled, kl, "`losses(x)[2]`", rtol=1e-3, mistakes=mistakes)
    if _has_noise() and np.ptp(copied) <= 1e-5 * np.abs(copied).max():
        assert not np.isclose(copied[0], of_the_mean, rtol=1e-3), (
            "The reconstruction has no randomness. Did you pass the mean to the decoder? Pass a "
            "random code from `reparameterise`."
        )
        raise AssertionError(
            "The random codes have the same noise in every batch. Did you pass a fixed seed, or "
            "noise from NumPy? Pass `self.seed_generator` to `reparameterise`."
        )
    assert not expected or any(
        abs(copied.mean() - right) < 4 * deviation + 1e-3 * abs(right)
        for right, deviation, _ in expected
    ), (
        f"`losses(x)[1]` returned {copied.mean():.1f}; expected about {expected[0][0]:.1f}. Is it the "
        "mean over the batch of `reconstruction(x, logits)`, with a random code for each image?"
    )
    loss, copied = record["loss"][0], copied[0]
    mistakes = {
        f"Did you leave out beta = {beta:g}?": copied + pulled,
        "Did you multiply the reconstruction by beta, too?": beta * (copied + pulled),
        "Did you multiply the wrong term by beta?": beta * copied + pulled,
        "Did you leave out the KL divergence?": copied,
    }
    name = f"`losses(x)[0]` with beta = {beta:g}"
    _testing.near(loss, copied + beta * pulled, name, rtol=1e-3, mistakes=mistakes)


def _has_noise():
    """Say whether your `reparameterise` returns other codes for another seed."""
    zero = np.zeros((4, 3), "float32")
    first, other = (np.asarray(reparameterise(zero, zero, seed)) for seed in (1, 2))
    return not np.array_equal(first, other)


def _are_right():
    """Say whether your earlier functions are right; mistakes in them must not cost these points."""
    ones = np.ones((2, 3), "float32")
    losses = np.asarray(reconstruction(0.25 * ones, 2 * ones))
    divergences = np.asarray(kl_divergence(2 * ones, 0.5 * ones))
    return (
        _samples_well()
        and (losses.shape, divergences.shape) == ((2,), (2, 3))
        and np.allclose(losses, 4.880784, atol=1e-3)
        and np.allclose(divergences, 2.074361, atol=1e-3)
    )


_check_vae_encoder(2, np.random.default_rng(0))
_check_losses(
    *_build_networks(_wave, pixels=30, latent=3, log_variance=1.5),
    ((1 + _wave((200, 30))) / 2).astype("float32"),
    beta=3.0,
    expected=[(41.34, 0.92, 4.179118)] if _are_right() else [],
    of_the_mean=27.544216,
)
### BEGIN HIDDEN TESTS
from course_lib.models import elbo_terms as _elbo_terms
from course_lib.testing import hidden_seed


def _own_terms(encoder, decoder, x, draws):
    """Compute both terms with the student's functions: the mean over the batch, for each draw."""
    mean, log_variance = (np.asarray(values) for values in encoder(x))
    reconstructions = []
    for seed in range(draws):
        z = np.asarray(reparameterise(mean, log_variance, seed), "float32")
        reconstructions.append(np.mean(np.asarray(reconstruction(x, np.asarray(decoder(z))))))
    kl = np.sum(np.asarray(kl_divergence(mean, log_variance), "float64")) / len(x)
    return np.array(reconstructions, "float64"), kl


def _check_random_losses(rng, beta):
    x = rng.uniform(0, 1, (200, 30)).astype("float32")
    encoder, decoder = _build_networks(rng.standard_normal, 30, 3, log_variance=1.5)
    truth = [_elbo_terms(encoder, decoder, x, rng) for _ in range(20)]
    copies, kl = np.array([each.mean() for each, _ in truth]), truth[0][1].mean()
    expected = [(copies.mean(), copies.std(), kl)]
    if not _are_right():
        own, own_kl = _own_terms(encoder, decoder, x, 20)
        expected.append((own.mean(), own.std(), own_kl))
    logits = np.asarray(decoder(encoder(x)[0]), "float64")
    of_the_mean = np.sum(np.logaddexp(0, logits) - x * logits, axis=-1).mean()
    _check_losses(encoder, decoder, x, beta, expected, of_the_mean)


def _slopes(function, values, step=0.03):
    """Differentiate a number with respect to each entry of an array, by central differences."""
    slopes = np.zeros(values.shape)
    for place in np.ndindex(values.shape):
        ends = []
        for sign in (1, -1):
            moved = values.copy()
            moved[place] += np.float32(sign * step)
            ends.append(function(moved))
        slopes[place] = (ends[0] - ends[1]) / (2 * step)
    return slopes


def _own_slopes(x, logits, mean, log_variance):
    """Differentiate the mean reconstruction and KL divergence of your own functions."""

    def copy_error(moved):
        return float(np.mean(np.asarray(reconstruction(x, moved), "float64")))

    def pull(mean, log_variance):
        return float(np.sum(np.asarray(kl_divergence(mean, log_variance), "float64"))) / len(x)

    return (
        _slopes(copy_error, logits),
        _slopes(lambda moved: pull(moved, log_variance), mean),
        _slopes(lambda moved: pull(mean, moved), log_variance),
    )


def _right_slopes(x, logits, mean, log_variance):
    return (
        (1 / (1 + np.exp(-logits)) - x) / len(x),
        mean / len(x),
        0.5 * (np.exp(log_variance) - 1) / len(x),
    )


def _gradient(x, mean, kernel, slopes, copied, pulled):
    """Return the gradient of copied · reconstruction + pulled · KL for each weight, as one array.

    The kernel of the decoder's last code is left out: it depends on the noise.
    """
    by_logit, by_mean, by_log_variance = slopes
    by_mean = copied * by_logit @ kernel.T + pulled * by_mean
    by_log_variance = pulled * by_log_variance[:, :-1]
    by_kernel = copied * mean[:, :-1].T @ by_logit
    parts = [x.T @ by_mean, by_mean.sum(0), x.T @ by_log_variance, by_log_variance.sum(0)]
    return [*parts, by_kernel, copied * by_logit.sum(0)]


def _check_step(rng, beta):
    """Compare one step of gradient descent with the exact gradient.

    All codes but the last have a σ of nearly 0, so that they are the mean. The last one has σ = 1,
    where the KL divergence has no gradient for ln σ², and hardly any influence on the logits.
    """
    images, pixels, latent, rate = 8, 6, 3, 0.05
    x = rng.uniform(0, 1, (images, pixels)).astype("float32")
    encoder, decoder = _build_networks(rng.standard_normal, pixels, latent, [-30, -30, 0])
    kernel, bias = decoder.get_weights()
    kernel[-1] *= 1e-3
    mean, log_variance = (np.asarray(values) for values in encoder(x))
    z = np.asarray(reparameterise(mean, log_variance, 1), "float64")
    # With a mistake in `reparameterise`, the code is another one; then it must not matter.
    is_mean = np.allclose(z[:, :-1], mean[:, :-1], atol=1e-3)
    kernel *= is_mean
    decoder.set_weights([kernel, bias])
    before = [*encoder.get_weights(), *decoder.get_weights()]
    vae, _ = _train_vae(encoder, decoder, x, beta, epochs=1, rate=rate)
    after = [*vae.encoder.get_weights(), *vae.decoder.get_weights()]
    steps = [(old - new) / rate for old, new in zip(before, after, strict=True)]
    for name, changes in (("encoder", steps[:4]), ("decoder", steps[4:])):
        assert any(np.any(np.abs(change) > 1e-5) for change in changes), (
            f"Training left the {name} unchanged. Does `train_step` update all of "
            "`self.trainable_variables`?"
        )
    last_spread = steps[3][-1]
    steps[2], steps[3], steps[4] = steps[2][:, :-1], steps[3][:-1], steps[4][:-1]
    if not is_mean:
        steps.pop(4)

    def is_like(slopes, copied, pulled):
        expected = _gradient(x, mean, kernel, slopes, copied, pulled)
        if not is_mean:
            expected.pop(4)
        largest = max(np.abs(part).max() for part in expected)
        pairs = zip(steps, expected, strict=True)
        return all(np.allclose(a, b, rtol=0.01, atol=0.01 * largest) for a, b in pairs)

    inputs = x, bias + mean @ kernel, mean, log_variance
    right = _right_slopes(*inputs)
    own = right if is_like(right, 1, beta) else _own_slopes(*inputs)
    if not is_like(own, 1, beta):
        mistakes = [
            (1, 0, "It is the gradient of the reconstruction alone."),
            (1, 1, "It is the gradient without beta."),
            (0, beta, "It is the gradient of the KL divergence alone."),
            (0.5, beta / 2, "It is half the gradient."),
            (2, 2 * beta, "It is twice the gradient. Does `train_step` make two updates?"),
            (-1, -beta, "It has the opposite sign."),
            (beta, beta, "The reconstruction has the factor beta, too."),
        ]
        hints = [
            hint
            for copied, pulled, hint in mistakes
            if is_like(own, copied, pulled) or is_like(right, copied, pulled)
        ]
        hints.append("Did you take the gradient of the whole loss, and did you apply it once?")
        raise AssertionError(
            "One training step changed the weights by something else than the learning rate times "
            f"the gradient of the loss. {hints[0]}"
        )
    assert not is_mean or abs(last_spread) > 1e-7, (
        "In training, the reconstruction has no influence on the log-variance. Does the gradient "
        "reach it? The random code must depend on it, with Keras operations."
    )


def _check_vae_hidden(rng):
    _check_vae_encoder(int(rng.integers(3, 9)), rng)
    _check_random_losses(rng, beta=float(rng.uniform(0.2, 0.6)))
    _check_step(rng, beta=float(rng.uniform(0.2, 0.6)))


_check_vae_hidden(np.random.default_rng(hidden_seed()))
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
# 180.) The images that it makes from random codes must show at least **two** different digits; the
# course's own classifier counts them (`sample_quality` from `course_lib.models`). Good models show
# four to seven, because a code of two numbers has no room for all ten. Not good enough yet? Train
# longer, or make the layers wider.

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
from course_lib import testing as _testing
from course_lib.models import elbo_terms as _elbo_terms
from course_lib.models import sample_quality as _sample_quality


def _check_quality(images, rng):
    x = images.reshape(-1, 784).astype("float32") / 255
    both = encoder(x)
    assert isinstance(both, (list, tuple)) and len(both) == 2, (
        "`encoder` must return a mean and a log-variance. Use the encoder of your `VAE`."
    )
    assert np.asarray(both[0]).shape == (len(x), 2), (
        f"`encoder` returned means of shape {np.asarray(both[0]).shape}; expected {(len(x), 2)}."
    )
    copied, kl = _elbo_terms(encoder, decoder, x, rng)
    print(f"On {len(x)} held-out images: {copied.mean():.1f} + {kl.mean():.1f}")
    _testing.at_most(
        np.mean(copied + kl),
        {"quick": 160, "full": 150}[profile.current()],
        "The loss on held-out images",
        sd=1.9,
        hint="Did you train long enough, with beta = 1?",
    )
    logits = np.asarray(decoder(rng.normal(size=(1000, 2)).astype("float32")), "float64")
    _testing.at_least(
        _sample_quality(1 / (1 + np.exp(-logits))).digits,
        2,
        "The number of different digits in images from random codes",
        sd=0.85,
        hint="Do the codes of the images lie around 0, with a standard deviation of about 1?",
    )


_check_quality(data.load("mnist")[1][0], np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

_seed = hidden_seed()
_check_quality(data.load("mnist", seed=_seed)[1][0], np.random.default_rng(_seed))
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
#
# <details><summary>Hint 1, invent</summary>
#
# The decoder returns logits. What turns them into pixels from 0 to 1?
#
# </details>
#
# <details><summary>Hint 2, quantile_grid</summary>
#
# Make the $n$ quantiles of one axis first: piece number `i`, from 0, has its middle at $(i + 0.5)/n$.
# Then form all pairs, for example with two loops.
#
# </details>
#
# <details><summary>Hint 3, interpolate</summary>
#
# Mix the two *codes*, not the images: $(1 - t) \cdot \text{first} + t \cdot \text{second}$, with $t$
# from `np.linspace(0, 1, steps)`. Only then decode.
#
# </details>


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

from course_lib import testing as _testing


def _check_images(name, given, shape):
    given = _to_array(given, name)
    assert given.shape == shape, f"`{name}` returned shape {given.shape}; expected {shape}."
    assert given.min() >= 0 and given.max() <= 1, (
        f"`{name}` returned pixels from {given.min():.1f} to {given.max():.1f}; expected 0 to 1. "
        "Did you return logits? Apply the sigmoid to them."
    )
    return given


def _check_invent(decoder, seed):
    """Compute the codes back from the images; the decoder is linear for this purpose."""
    kernel, bias = (np.asarray(weight, "float64") for weight in decoder.get_weights())
    count = 4000
    decoder.set_weights([0.2 * kernel, 0.2 * bias])
    images = _check_images("invent", invent(decoder, count, seed), (count, 784))
    images = np.clip(images, 1e-6, 1 - 1e-6)
    z = (np.log(images / (1 - images)) - 0.2 * bias) @ np.linalg.pinv(0.2 * kernel)
    assert not np.allclose(z[:100], z[:1], atol=1e-3), (
        "`invent` returned the same image again. Sample one random code per image."
    )
    assert not np.allclose(z, z[:, :1], atol=1e-3), (
        "`invent` uses codes whose numbers are all the same. Sample each number on its own."
    )
    deviation = (z.size) ** -0.5
    center, spread, fourth = z.mean(), z.std(), np.mean(z**4)
    is_normal = abs(center) < 6 * deviation and abs(spread - 1) < 6 * deviation
    assert is_normal and abs(fourth - 3) < 6 * 96**0.5 * deviation, (
        f"`invent` uses codes with mean {center:.2f}, standard deviation {spread:.2f} and mean fourth "
        f"power {fourth:.2f}; expected 0, 1 and 3, as in N(0, I). Sample them with "
        "`keras.random.normal`."
    )
    first, again, other = (
        _to_array(invent(decoder, 4, s), "invent") for s in (seed, seed, seed + 1)
    )
    assert np.allclose(first, again) and not np.allclose(first, other), (
        "`invent` must return the same images for the same seed, and others for another seed. Did "
        "you pass the seed on to the random codes?"
    )


def _check_interpolate(encoder, decoder, first, second, expected, mistakes):
    """Compare the first pixels of each image."""
    steps, looked_at = expected.shape
    way = interpolate(encoder, decoder, first, second, steps)
    way = _check_images("interpolate", way, (steps, 784))[:, :looked_at]
    starts, ends = (np.allclose(way[n], expected[n], atol=2e-3) for n in (0, -1))
    if not starts:
        hint = "Does it begin with the decoded mean of `first`, the encoder's first output?"
    elif not ends:
        hint = "Did you leave out the second image? Both ends are included."
    else:
        hint = "Take equal steps along a straight line between the two codes."
    mistakes = {
        "Did you swap the ends? Go from `first` to `second`.": expected[::-1],
        **mistakes,
        hint: way,
    }
    _testing.near(way, expected, "`interpolate`", rtol=0, atol=2e-3, mistakes=mistakes)


def _check_grid(line):
    steps = len(line)
    codes = _to_array(quantile_grid(steps), "quantile_grid")
    assert codes.shape == (steps * steps, 2), (
        f"`quantile_grid({steps})` returned shape {codes.shape}; expected {(steps * steps, 2)}: every "
        "pair of quantiles once."
    )
    expected = sorted((a, b) for a in line for b in line)
    # Rounded, so that equal coordinates are sorted as equal.
    rows = sorted(map(tuple, codes.round(3).tolist()))
    assert np.all(np.isfinite(codes)), (
        f"`quantile_grid({steps})` returned infinite codes. Did you take the quantiles at 0 and 1? "
        "Take the middle of each piece."
    )
    assert np.allclose(rows, expected, atol=2e-3), (
        f"`quantile_grid({steps})` returned the coordinates "
        f"{np.unique(codes.round(2)).tolist()[:12]}; expected every pair of "
        f"{np.round(line, 2).tolist()} once. Did you take the quantiles at 0.5 / n, 1.5 / n, …?"
    )


def _check_examples():
    _check_grid([-1.15035, -0.31864, 0.31864, 1.15035])
    encoder, decoder = _build_networks(_wave, 784, latent=2, log_variance=1.0)
    _check_invent(decoder, seed=1)
    encoder, decoder = _build_networks(_wave, 784, latent=2, log_variance=1.0, hidden=16)
    white, grey = np.zeros(784, "float32"), np.full(784, 0.1, "float32")
    # The first three pixels in each of four steps.
    expected = np.array(
        [
            [0.33697, 0.5096, 0.86854],
            [0.37988, 0.37783, 0.3193],
            [0.26339, 0.32089, 0.03313],
            [0.17797, 0.24752, 0.00436],
        ]
    )
    ends = expected[:1], expected[-1:]
    share = np.linspace(0, 1, 4)[:, None]
    mistakes = {
        "Did you mix the pixels of the two images? Mix their codes.": (
            (1 - share) * ends[0] + share * ends[1]
        )
    }
    _check_interpolate(encoder, decoder, white, grey, expected, mistakes)


_check_examples()
### BEGIN HIDDEN TESTS
from statistics import NormalDist

from course_lib.testing import hidden_seed


def _check_random_interpolation(rng, encoder, decoder):
    def decode(z):
        return np.asarray(decoder(z.astype("float32")), "float64")

    def sigmoid(logits):
        return 1 / (1 + np.exp(-logits))

    ends = rng.uniform(0, 1, (2, 784)).astype("float32")
    first, second = np.asarray(encoder(ends)[0], "float64")
    steps = int(rng.integers(4, 9))
    share = np.linspace(0, 1, steps)[:, None]
    logits = decode((1 - share) * first + share * second)
    short = (np.arange(steps) / steps)[:, None]
    mistakes = {
        "Did you mix the pixels of the two images? Mix their codes.": (
            (1 - share) * sigmoid(logits[:1]) + share * sigmoid(logits[-1:])
        ),
        "Did you mix the logits? Mix the codes and decode the mixtures.": sigmoid(
            (1 - share) * logits[:1] + share * logits[-1:]
        ),
        "Did you leave out the second image? Both ends are included.": sigmoid(
            decode((1 - short) * first + short * second)
        ),
    }
    _check_interpolate(encoder, decoder, *ends, sigmoid(logits), mistakes)


def _check_generate_hidden(rng):
    steps = int(rng.integers(5, 12))
    _check_grid([NormalDist().inv_cdf((step + 0.5) / steps) for step in range(steps)])
    latent = int(rng.integers(3, 6))
    _, decoder = _build_networks(rng.standard_normal, 784, latent, log_variance=1.0)
    _check_invent(decoder, int(rng.integers(1, 10_000)))
    networks = _build_networks(rng.standard_normal, 784, latent, log_variance=1.0, hidden=16)
    _check_random_interpolation(rng, *networks)


_check_generate_hidden(np.random.default_rng(hidden_seed()))
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

from course_lib import testing as _testing


def _build_collapsed_encoder(draw, latent, dead):
    """Build an encoder whose dimensions `dead` carry hardly any information about the image.

    The mean of its last dimension is large but nearly the same for all images.
    """
    encoder, _ = _build_networks(draw, 784, latent, log_variance=-1.0)
    kernel, bias, spread, log_variance = encoder.get_weights()
    kernel *= np.linspace(0.05, 0.2, latent)
    kernel[:, -1] *= 0.01
    bias[-1] = 1.5
    kernel[:, dead], bias[dead], log_variance[dead] = 0, 0, 0.05 * draw((len(dead),))
    encoder.set_weights([kernel, bias, spread, log_variance])
    return encoder


def _choose_limits(values):
    """Return thresholds between neighbouring values, and how many values are above each."""
    values = np.sort(values)
    gaps = [n for n in range(1, len(values)) if values[n] > 1.02 * values[n - 1] + 0.005]
    return {float((values[n - 1] + values[n]) / 2): len(values) - n for n in gaps}


def _check_divergences(encoder, x, expected, mistakes):
    """Compare with the expected divergences, and return those that are counted."""
    images, latent = len(x), len(expected)
    given = kl_by_dimension(encoder, x)
    name = "`kl_by_dimension(encoder, x)`"
    shape = np.shape(given) if given is not None else (latent,)
    assert shape == (latent,), (
        f"{name} returned shape {shape}; expected {(latent,)}."
        f"{' Take the mean over the images.' if shape[:1] == (images,) else ''}"
    )
    mistakes = {
        "Did you take the sum over the images? Take the mean.": images * expected,
        **mistakes,
    }
    _testing.near(given, expected, name, rtol=1e-3, atol=1e-3, mistakes=mistakes)


def _check_counts(encoder, x, divergences):
    values = np.round(divergences, 3).tolist()
    for limit, right in _choose_limits(divergences).items():
        count = _to_array(used_dimensions(encoder, x, limit), "used_dimensions")
        ignored = np.sum(divergences > 0.1) != right and np.all(count == np.sum(divergences > 0.1))
        assert count.size == 1 and int(count.reshape(())) == right, (
            f"`used_dimensions(encoder, x, {limit:.3f})` returned {count}; expected {right}, since the "
            f"divergences are {values}.{' Did you use `threshold`?' if ignored else ''}"
        )


def _check_example():
    encoder = _build_collapsed_encoder(_wave, latent=5, dead=[1, 3])
    x = ((1 + _wave((50, 784))) / 2).astype("float32")
    # With a mistake in `kl_divergence`, other numbers are right; it must not cost these points, too.
    if _are_right():
        expected = np.array([0.199829, 0.0, 0.338935, 0.000449, 1.306116])
        _check_divergences(encoder, x, expected, {})
        _check_counts(encoder, x, expected)


_check_example()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_collapse_hidden(rng):
    dead = sorted(rng.choice(8, 4, replace=False).tolist())
    x = rng.uniform(0, 1, (50, 784)).astype("float32")
    encoder = _build_collapsed_encoder(rng.standard_normal, 9, dead)
    mean, log_variance = (np.asarray(values, "float64") for values in encoder(x))
    center, spread = mean.mean(axis=0), log_variance.mean(axis=0)
    mistakes = {
        "Did you average the means and log-variances first? Average the divergences.": (
            0.5 * (center**2 + np.exp(spread) - 1 - spread)
        )
    }
    # Defined here: if question 4 fails early, its own copy does not exist.
    expected = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).mean(axis=0)
    try:
        _check_divergences(encoder, x, expected, mistakes)
    except AssertionError:
        own = np.asarray(kl_divergence(*(np.asarray(values) for values in encoder(x))), "float64")
        if _are_right() or own.shape != mean.shape:
            raise
        expected = own.mean(axis=0)
        _check_divergences(encoder, x, expected, {})
    _check_counts(encoder, x, expected)
    count = _to_array(used_dimensions(encoder, x), "used_dimensions")
    right = int(np.sum(expected > 0.1))
    assert int(count.reshape(())) == right, (
        f"`used_dimensions(encoder, x)` returned {count}; expected {right}: the default threshold is "
        "0.1."
    )


_check_collapse_hidden(np.random.default_rng(hidden_seed()))
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
