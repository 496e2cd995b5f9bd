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
# # A forger and a detective draw digits
#
# Two networks play against each other. One, the forger, draws digits. The other, the detective, sees real and
# forged digits and has to tell them apart. Neither has a teacher. Whenever the detective finds a flaw, it
# shows the forger, without meaning to, where to improve; and the better the forger becomes, the closer the
# detective has to look. This is a **generative adversarial network**, or GAN (Goodfellow et al. 2014).
#
# **You will learn** to
#
# - build both networks, and write both losses from their formulas;
# - explain the generator's loss, by comparing gradients;
# - write your own training step, in which two networks are updated alternately;
# - measure the quality of generated images with a fixed classifier, instead of trusting your eye;
# - provoke the typical failures of GANs, and recognise them by their numbers;
# - use what the discriminator has learned about digits without a single label.
#
# **You need** Lab 01: dense layers, logits, losses, gradients, updates.
#
# **Running time**, not counting the import of TensorFlow:
#
# | profile | default on | data | samples: confidence · different digits (section 5) | time |
# | --- | --- | --- | --- | --- |
# | quick | a CPU | 5,000 training images | 0.3–0.7 · 6–10 | 20–40 s on 2 cores |
# | full | a GPU | all of MNIST, 60,000 | 0.6–0.9 · 8–10 | 4–10 min on 2 cores, less on a GPU |
#
# To choose the profile yourself, set the environment variable `COURSE_PROFILE` to `quick` or `full` before
# you start. Without internet access the lab uses synthetic stand-in digits, and says so.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course_lib import data, figures, profile
from course_lib.models import digit_judge
from course_lib.training import SampleRecorder, fit

keras.utils.set_random_seed(1)
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## The data
#
# Each image is a row of 784 numbers. In this lab they range from **−1** (paper) to **1** (ink), to match the
# output of the generator.

# %%
(x_train, y_train), (x_test, y_test) = data.load("mnist")
if profile.current() == "quick":
    x_train, y_train = x_train[:5000], y_train[:5000]


def as_inputs(images):
    """Turn images (n, 28, 28), 0 … 255, into inputs (n, 784), float32, -1 … 1."""
    return images.reshape(len(images), 784).astype("float32") / 127.5 - 1


def as_images(rows):
    """Turn rows (n, 784), -1 … 1, into images (n, 28, 28), 0 … 1."""
    return (ops.convert_to_numpy(rows).reshape(-1, 28, 28) + 1) / 2


x_train, x_test = as_inputs(x_train), as_inputs(x_test)
figures.image_grid(as_images(x_train[:20]), title="What the generator has to imitate")

# %% [markdown]
# ## 1 The two networks
#
# The forger is called the **generator** $G$. Its input is random: $z$, a vector of random numbers called
# **noise**, each from the standard normal distribution (mean 0, standard deviation 1). Its last layer has a
# tanh, so its outputs are between −1 and 1, like the pixels of the images.
#
# The detective is the **discriminator** $D$. Its single output is a **logit**: above 0 for "real", below 0
# for "fake". The sigmoid of the logit is the probability of "real"; the formulas below write $D(x)$ for this
# probability.
#
# Both have leaky ReLUs in their hidden layers. A leaky ReLU does not set a negative input to 0, as a ReLU
# does, but multiplies it by 0.2. For negative inputs the gradient of a ReLU is 0, and the generator learns
# only from the gradients that reach it through the discriminator.
#
# ### Question 1 · `networks`
#
# Write both as Sequential or Functional models of dense layers, with
# `keras.layers.LeakyReLU(negative_slope=0.2)` after each layer but the last:
#
# 1. `make_discriminator()`: 784 → 256 → 256 → 1 logit;
# 2. `make_generator(noise)`: `noise` → 1024 → 1024 → 784, with a tanh at the end. `noise` is the number of
#    random numbers for each image.


# %% solution="networks"
def make_discriminator():
    """Build a Keras model from images (batch, 784) to logits (batch, 1)."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(256),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Dense(256),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Dense(1),
        ]
    )
    ### END SOLUTION


def make_generator(noise):
    """Build a Keras model from noise (batch, noise) to images (batch, 784), from -1 to 1."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((noise,)),
            keras.layers.Dense(1024),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Dense(1024),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Dense(784, activation="tanh"),
        ]
    )
    ### END SOLUTION


# %% tests="networks"
from itertools import pairwise

import keras
import numpy as np


def as_array(values, name):
    """Return what `name` returned as a float64 array."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    return np.asarray(values, dtype="float64")


def apply_layers(x, weights, slope):
    for number in range(0, len(weights), 2):
        x = x @ weights[number] + weights[number + 1]
        if number + 2 < len(weights):
            x = np.where(x > 0, x, slope * x)
    return x


def check_network(name, network, sizes, last, rng):
    assert network is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(network, keras.Model), (
        f"`{name}` returned {type(network).__name__}; expected a Keras model."
    )
    shapes = [tuple(w.shape) for w in network.get_weights()]
    wanted = [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])]
    assert shapes == wanted, (
        f"The model from `{name}` has weights and biases of shapes {shapes}; expected {wanted}, for layers "
        f"of sizes {sizes}."
    )
    x = rng.normal(size=(20, sizes[0])).astype("float32")
    given = as_array(network(x), name)
    weights = [np.asarray(w, "float64") for w in network.get_weights()]
    logits = apply_layers(x, weights, 0.2)
    right = np.tanh(logits) if last == "tanh" else logits
    sigmoid = 1 / (1 + np.exp(-logits))
    if last == "tanh":
        assert not np.allclose(given, logits, atol=1e-3), (
            f"The last layer of `{name}` has no activation; expected tanh."
        )
        assert not np.allclose(given, sigmoid, atol=1e-3), (
            f"The last layer of `{name}` has a sigmoid, from 0 to 1; expected tanh, because images go from "
            "-1 to 1."
        )
    else:
        assert not np.allclose(given, sigmoid, atol=1e-3), (
            f"The last layer of `{name}` has a sigmoid; expected a logit, with no activation."
        )
    activations = [np.tanh, lambda v: v]
    for slope, hint in [
        (0.0, "plain ReLUs"),
        (1.0, "no activations"),
        (0.3, "leaky ReLUs with another slope"),
        (0.01, "leaky ReLUs with another slope"),
        (0.1, "leaky ReLUs with another slope"),
    ]:
        other = apply_layers(x, weights, slope)
        assert not any(np.allclose(given, end(other), atol=1e-4) for end in activations), (
            f"The hidden layers of `{name}` have {hint}; expected leaky ReLUs with negative_slope=0.2."
        )
    assert np.allclose(given, right, atol=1e-3), (
        f"The model from `{name}` returned outputs that do not fit its weights; expected leaky ReLUs with "
        f"negative_slope=0.2{' and a tanh at the end' if last == 'tanh' else ''}."
    )


check_network(
    "make_discriminator", make_discriminator(), (784, 256, 256, 1), "", np.random.default_rng(0)
)
check_network(
    "make_generator", make_generator(8), (8, 1024, 1024, 784), "tanh", np.random.default_rng(0)
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_networks_hidden(rng):
    noise = int(rng.integers(10, 90))
    check_network("make_discriminator", make_discriminator(), (784, 256, 256, 1), "", rng)
    check_network("make_generator", make_generator(noise), (noise, 1024, 1024, 784), "tanh", rng)


check_networks_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 The losses
#
# From $m$ real images $x_i$ and $m$ generated images $G(z_i)$, the discriminator **maximises** (Goodfellow et
# al. 2014, algorithm 1)
#
# $$\frac{1}{m} \sum_{i=1}^{m} \Big[ \ln D(x_i) + \ln\big(1 - D(G(z_i))\big) \Big]$$
#
# The generator wants its images to be classified as real: it maximises
#
# $$\frac{1}{m} \sum_{i=1}^{m} \ln D(G(z_i))$$
#
# Keras **minimises** losses, so each loss is *minus* its formula.
#
# Your $D$ returns logits $s$, with $D = \dfrac{1}{1 + e^{-s}}$. If the discriminator is very confident, $D$
# is rounded to 0 or 1, and a logarithm becomes infinite. Use the softplus instead: `ops.softplus` computes
# $\ln(1 + e^s)$ and is numerically stable for all $s$.
#
# From here on, use `keras.ops`, the NumPy of Keras, because gradients can flow through it: `ops.mean`,
# `ops.exp`, `ops.sigmoid`, …
#
# ### Question 2 · `losses`
#
# Write both losses. Their arguments are logits of shape `(m, 1)`, and each returns a single number. First, on
# paper: how do you write $-\ln D$ and $-\ln(1 - D)$ with the softplus?


# %% solution="losses"
def discriminator_loss(real_logits, fake_logits):
    """Return the discriminator's loss, one number, from its logits (m, 1) for real and fake images."""
    ### BEGIN SOLUTION
    # 1 - D is the sigmoid of -s.
    return ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))
    ### END SOLUTION


def generator_loss(fake_logits):
    """Return the generator's loss, one number, from the discriminator's logits (m, 1) for its images."""
    ### BEGIN SOLUTION
    return ops.mean(ops.softplus(-fake_logits))
    ### END SOLUTION


# %% tests="losses"
import numpy as np


def check_losses(real, fake, of_d, of_g, swapped, minimax):
    real, fake = real.astype("float32"), fake.astype("float32")
    given_d = as_array(discriminator_loss(real, fake), "discriminator_loss")
    given_g = as_array(generator_loss(fake), "generator_loss")
    for name, given in [("discriminator_loss", given_d), ("generator_loss", given_g)]:
        assert given.size == 1, f"`{name}` returned shape {given.shape}; expected a single number."
    given_d, given_g = float(given_d.ravel()[0]), float(given_g.ravel()[0])
    found = f"`discriminator_loss` returned {given_d:.3f}; expected {of_d:.3f}."
    right_d = np.isclose(given_d, of_d, rtol=1e-3)
    for value, hint in [
        (-of_d, "The sign is wrong: the formula is maximised, and the loss is minimised."),
        (of_d / 2, "This is half of the formula. Add the two means; do not average them."),
        (of_d * len(real), "This is the sum over the images, not the mean."),
        (swapped, "Did you swap real and fake images?"),
    ]:
        assert right_d or not np.isclose(given_d, value, rtol=1e-3), f"{found} {hint}"
    assert right_d, f"{found} Did you use the logits as probabilities?"
    found = f"`generator_loss` returned {given_g:.3f}; expected {of_g:.3f}."
    right_g = np.isclose(given_g, of_g, rtol=1e-3)
    for value, hint in [
        (-of_g, "The sign is wrong: the formula is maximised, and the loss is minimised."),
        (of_g * len(fake), "This is the sum over the images, not the mean."),
        (-minimax, "This is the mean of ln(1 - D). Maximise ln D instead."),
        (minimax, "This is a part of the discriminator's loss. Maximise ln D instead."),
    ]:
        assert right_g or not np.isclose(given_g, value, rtol=1e-3), f"{found} {hint}"
    assert right_g, f"{found} Did you use the logits as probabilities?"


check_losses(
    np.array([[2.0], [0.5], [-1.0]]),
    np.array([[-1.5], [0.25], [0.5]]),
    of_d=1.305232,
    of_g=0.917143,
    swapped=2.055232,
    minimax=0.667143,
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def compute_losses(real, fake):
    """Compute both losses in NumPy: ln(1 + e^s) is logaddexp(0, s)."""
    return np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake)), np.mean(
        np.logaddexp(0, -fake)
    )


def check_losses_hidden(rng):
    for images in (1, 6, 64):
        real, fake = rng.normal([[[0.5]], [[-0.5]]], 2, (2, images, 1))
        check_losses(real, fake, *compute_losses(real, fake), *compute_losses(-real, -fake))
    sure = rng.uniform(150, 300)
    logits = np.full((2, 4, 1), [[[-sure]], [[sure]]], "float32")
    given_d = float(as_array(discriminator_loss(*logits), "discriminator_loss").sum())
    logits = np.full((4, 1), -sure, "float32")
    given_g = float(as_array(generator_loss(logits), "generator_loss").sum())
    assert np.isclose(given_d, 2 * sure, rtol=1e-3) and np.isclose(given_g, sure, rtol=1e-3), (
        f"For logits of ±{sure:.0f} with the wrong sign, `discriminator_loss` returned {given_d:.0f} and "
        f"`generator_loss` returned {given_g:.0f}; expected {2 * sure:.0f} and {sure:.0f}. Compute the "
        "losses from the logits, not from probabilities."
    )


check_losses_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Minimax and non-saturating loss
#
# The two networks have opposite goals. So the natural loss for the generator is the term that the
# discriminator maximises: the generator would minimise $\ln(1 - D(G(z)))$. This is the **minimax loss**.
# Question 2 asked for another one, $-\ln D(G(z))$, the **non-saturating loss**. Both fall when $D$ rises, so
# their gradients point in the same direction. They differ in magnitude.
#
# ### Question 3 · `slopes`
#
# Write `slopes(logits)`. It takes an array of logits $s$ of generated images and returns two arrays of the
# same shape, the derivatives with respect to $s$ of
#
# 1. the non-saturating loss, $-\ln D$;
# 2. the minimax loss, $\ln(1 - D)$.
#
# Derive both with pencil and paper. (They are short if you write them with $D$ itself.)


# %% solution="slopes"
def slopes(logits):
    """Return the derivatives of -ln D and of ln(1 - D) with respect to the logits: two arrays."""
    ### BEGIN SOLUTION
    probability = 1 / (1 + np.exp(-np.asarray(logits)))
    return probability - 1, -probability
    ### END SOLUTION


# %% tests="slopes"
import warnings

import numpy as np


def check_slopes(logits, non_saturating, minimax):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = slopes(logits.copy())
    assert both is not None, "`slopes` returned None. Did you forget `return`?"
    assert len(both) == 2, f"`slopes` returned {len(both)} values; expected two arrays."
    first, second = (as_array(values, "slopes") for values in both)
    assert not (
        np.allclose(first, minimax, atol=1e-4) and np.allclose(second, non_saturating, atol=1e-4)
    ), "`slopes` returned the two derivatives in the wrong order; expected that of -ln D first."
    for name, given, wanted in [
        ("-ln D", first, non_saturating),
        ("ln(1 - D)", second, minimax),
    ]:
        assert given.shape == wanted.shape, (
            f"`slopes` returned shape {given.shape} for {name}; expected {wanted.shape}."
        )
        assert not np.allclose(given, -wanted, atol=1e-4), (
            f"`slopes` returned the derivative of {name} with the wrong sign. The loss falls when D rises."
        )
        assert np.allclose(given, wanted, atol=1e-4), (
            f"`slopes` returned {np.round(given[:3], 4).tolist()} for {name} at the logits "
            f"{np.round(logits[:3], 2).tolist()}; expected {np.round(wanted[:3], 4).tolist()}."
        )


check_slopes(
    np.array([-4.0, 0.0, 1.0]),
    non_saturating=np.array([-0.982014, -0.5, -0.268941]),
    minimax=np.array([-0.017986, -0.5, -0.731059]),
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_slopes_hidden(rng):
    logits, step = rng.normal(scale=3, size=12), 1e-5
    non_saturating = (np.logaddexp(0, -logits - step) - np.logaddexp(0, -logits + step)) / (
        2 * step
    )
    minimax = -(np.logaddexp(0, logits + step) - np.logaddexp(0, logits - step)) / (2 * step)
    check_slopes(logits, non_saturating, minimax)


check_slopes_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
figures.generator_losses()

# %% [markdown]
# At first the discriminator recognises every generated image: the logits are on the left of both panels.
# There the minimax loss **saturates**: its gradient is almost 0. The worse the image, the less the generator
# learns from it. The derivative of the non-saturating loss stays near −1 there.

# %% [markdown]
# ## 4 Alternating updates
#
# One training step, on a batch of $m$ real images:
#
# 1. Draw $m$ rows of noise, and let $G$ turn them into images.
# 2. Update $D$ with the gradient of **its** loss with respect to **its** weights.
# 3. Update $G$ with the gradient of **its** loss with respect to **its** weights. The gradient flows through
#    $D$, but $D$ is not changed.
#
# In Keras, a model can define its own training step: `fit` calls `train_step` with each batch and does
# everything else as usual. TensorFlow records the operations inside `with tf.GradientTape() as tape:`, and
# then `tape.gradient(loss, weights)` returns one gradient for each weight array. Here is an example that
# serves no purpose: a model that learns to output small numbers.
#
# ```python
# def train_step(self, x):
#     with tf.GradientTape() as tape:
#         loss = ops.mean(ops.square(self.network(x)))
#     weights = self.network.trainable_variables
#     self.optimizer.apply(tape.gradient(loss, weights), weights)
#     return {"loss": loss}
# ```
#
# ### Question 4 · `gan`
#
# Complete `train_step`. `self.d_optimizer` is for $D$ and `self.g_optimizer` for $G$.
# `keras.random.normal(shape, seed=self.seed_generator)` draws new noise at each call. Draw one row of
# `self.noise` numbers for each real image. `ops.shape(real)[0]` is the number of real images. (Do not use
# `real.shape[0]`: inside `fit` it is None, because the last batch of an epoch may be smaller.) End with
# `return self.track(loss of D, loss of G)`.


# %% solution="gan"
class GAN(keras.Model):
    """A generator and a discriminator, updated alternately."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.noise = generator.input_shape[-1]
        self.seed_generator = keras.random.SeedGenerator(1)
        names = ("discriminator_loss", "generator_loss")
        self.trackers = [keras.metrics.Mean(name=name) for name in names]

    def compile(self, d_rate, g_rate):
        """Give each network its own optimizer, with its own learning rate."""
        super().compile()
        # β₁ = 0.5 instead of 0.9 makes training more stable (Radford et al. 2016, §4).
        self.d_optimizer = keras.optimizers.Adam(d_rate, beta_1=0.5)
        self.g_optimizer = keras.optimizers.Adam(g_rate, beta_1=0.5)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.g_optimizer.build(self.generator.trainable_variables)

    @property
    def metrics(self):
        return self.trackers  # Keras resets them at the beginning of every epoch

    def track(self, *losses):
        """Update the trackers with the losses; return their values as a dictionary."""
        for tracker, loss in zip(self.trackers, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def train_step(self, real):
        """Update each network once, on a batch of real images (batch, 784)."""
        ### BEGIN SOLUTION
        shape = (ops.shape(real)[0], self.noise)
        fake = self.generator(keras.random.normal(shape, seed=self.seed_generator))
        with tf.GradientTape() as tape:
            d_loss = discriminator_loss(self.discriminator(real), self.discriminator(fake))
        weights = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        with tf.GradientTape() as tape:
            fake = self.generator(keras.random.normal(shape, seed=self.seed_generator))
            g_loss = generator_loss(self.discriminator(fake))
        weights = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return self.track(d_loss, g_loss)
        ### END SOLUTION


# %% tests="gan"
import logging
import warnings

import keras
import numpy as np


def make_small_networks(rng, pixels, noise):
    """Build a generator and a discriminator with known weights."""
    generator = keras.Sequential([keras.Input((noise,)), keras.layers.Dense(pixels)])
    discriminator = keras.Sequential(
        [keras.Input((pixels,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)]
    )
    for network in (generator, discriminator):
        network.set_weights([rng.normal(scale=0.5, size=w.shape) for w in network.get_weights()])
    return generator, discriminator


def copy_weights(network):
    return [np.array(w) for w in network.get_weights()]


def largest_change(before, after):
    return max(float(np.abs(a - b).max()) for a, b in zip(before, copy_weights(after), strict=True))


def train_gan(generator, discriminator, real, d_rate, g_rate, epochs=1, batch_size=32):
    """Train a GAN; return it and the losses of D and of G in each epoch."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no warnings about retracing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = GAN(generator, discriminator)
        game.compile(d_rate=d_rate, g_rate=g_rate)
        try:
            history = game.fit(real, epochs=epochs, batch_size=batch_size, verbose=0)
        except Exception as error:
            assert "No gradients" not in str(error), (
                "In `train_step`, no gradient reached the weights. Did you generate the images inside the "
                "tape, with Keras operations, and did you compute the loss there, too?"
            )
            raise
    record = getattr(history, "history", history)
    missing = {"discriminator_loss", "generator_loss"} - set(record)
    assert not missing, (
        f"`train_step` did not report {sorted(missing)}. End with `return self.track(…)`."
    )
    return game, [
        [float(np.sum(loss)) for loss in record[f"{name}_loss"]]
        for name in ("discriminator", "generator")
    ]


def check_turns(rng):
    pixels, noise = 6, 3
    # 70 images in batches of 32: the last batch has 6.
    real = rng.normal(2, 0.3, (70, pixels)).astype("float32")
    generator, discriminator = make_small_networks(rng, pixels, noise)
    before_g, before_d = copy_weights(generator), copy_weights(discriminator)
    game, _ = train_gan(generator, discriminator, real, d_rate=0.02, g_rate=0.0, epochs=12)
    assert largest_change(before_g, game.generator) == 0, (
        "`train_step` changed the generator although its learning rate is 0. Give the discriminator's "
        "optimizer the weights of the discriminator only."
    )
    assert largest_change(before_d, game.discriminator) > 1e-4, (
        "`train_step` did not change the discriminator. Did you update its weights?"
    )
    z = rng.normal(size=(500, noise)).astype("float32")
    means = [
        as_array(game.discriminator(v), "discriminator").mean()
        for v in (real, np.asarray(game.generator(z)))
    ]
    assert means[0] > means[1] + 0.5, (
        f"After training alone, the discriminator returns a mean logit of {means[0]:.2f} for real images "
        f"and of {means[1]:.2f} for generated ones; expected a higher one for real images. Does "
        "`train_step` minimise the discriminator's loss?"
    )

    generator, discriminator = make_small_networks(rng, pixels, noise)
    before_g, before_d = copy_weights(generator), copy_weights(discriminator)
    first = as_array(discriminator(np.asarray(generator(z))), "discriminator").mean()
    game, _ = train_gan(generator, discriminator, real, d_rate=0.0, g_rate=0.02, epochs=12)
    assert largest_change(before_d, game.discriminator) == 0, (
        "`train_step` changed the discriminator although its learning rate is 0. Give the generator's "
        "optimizer the weights of the generator only."
    )
    assert largest_change(before_g, game.generator) > 1e-4, (
        "`train_step` did not change the generator. Did you generate the images inside the tape, and did "
        "you update the generator's weights?"
    )
    last = as_array(game.discriminator(np.asarray(game.generator(z))), "discriminator").mean()
    assert last > first + 0.2, (
        f"After training alone, the generator gets a mean logit of {last:.2f} from a fixed discriminator, "
        f"before it {first:.2f}; expected a higher one. Does `train_step` minimise the generator's loss?"
    )


def check_noise(rng):
    rows, noise, updates = 4, 3, 100
    generator, discriminator = make_small_networks(rng, 6, noise)
    kernel, bias = copy_weights(generator)
    generator.set_weights([4 * kernel, bias])  # the images depend mainly on the noise
    real = np.zeros((rows, 6), "float32")
    game, given = train_gan(generator, discriminator, real, 0.0, 0.0, epochs=updates)
    z = rng.normal(size=(10000, noise)).astype("float32")
    logits = as_array(game.discriminator(np.asarray(game.generator(z))), "discriminator")
    # Nothing is trained, so only the noise of the 4 generated images changes the mean loss.
    for name, losses, single in zip("DG", given, np.logaddexp(0, [logits, -logits]), strict=True):
        spread, wanted = np.std(losses), np.std(single) / np.sqrt(rows)
        assert spread > 1e-4 * wanted, (
            f"With learning rates of 0, the loss of {name} was the same in each update, so the noise was the "
            "same, too. Do you draw new noise in each `train_step`, with seed=self.seed_generator?"
        )
        assert 0.65 < spread / wanted < 1.4, (
            f"With learning rates of 0 and batches of {rows} images, the loss of {name} varied by "
            f"{spread:.3f} from update to update; expected about {wanted:.3f}, from the noise alone. Do you "
            "draw one row of normally distributed noise for each real image?"
        )


def check_reported(real, generator, discriminator, wanted):
    _, given = train_gan(generator, discriminator, real, d_rate=0.0, g_rate=0.0, batch_size=50)
    given = [losses[0] for losses in given]
    assert np.allclose(given, wanted, rtol=1e-3), (
        f"`train_step` reported the losses {given[0]:.3f} for D and {given[1]:.3f} for G; expected "
        f"{wanted[0]:.3f} and {wanted[1]:.3f}."
    )


def check_example():
    generator, discriminator = make_small_networks(np.random.default_rng(0), 6, 3)
    # All pixels of real images are 1; all pixels of generated images are -0.5, for any noise.
    generator.set_weights([np.zeros((3, 6)), np.full(6, -0.5)])
    discriminator.set_weights(
        [np.full((6, 8), 0.25), np.zeros(8), np.full((8, 1), 0.25), np.zeros(1)]
    )
    wanted = 0.398968, 1.517742  # from the logits 1.81 and -1.27
    check_reported(np.ones((50, 6), "float32"), generator, discriminator, wanted)


check_example()
check_noise(np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def compute_losses(real, fake):
    # Defined again: if question 2 fails early, its own is never defined.
    return np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake)), np.mean(
        np.logaddexp(0, -fake)
    )


def check_gan_hidden(rng):
    pixels, noise = 6, 3
    real = rng.normal(size=(50, pixels)).astype("float32")
    generator, discriminator = make_small_networks(rng, pixels, noise)
    kernel, bias = copy_weights(generator)
    generator.set_weights([0 * kernel, bias])  # one image, for any noise
    fake = np.asarray(generator(np.zeros((1, noise))))
    wanted = compute_losses(
        as_array(discriminator(real), "discriminator"),
        as_array(discriminator(fake), "discriminator"),
    )
    check_reported(real, generator, discriminator, wanted)
    check_noise(rng)
    check_turns(rng)


check_gan_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 How good are the images?
#
# The losses do not tell how good the images are; they only tell which network is ahead. And the eye is a bad
# judge, because it sees a digit where it wants to see one. So the course provides a judge: `digit_judge()`, a
# fixed classifier that was trained beforehand on digits and on images that are not digits. For each image it
# returns **eleven** probabilities: those of the ten digits, and last that of "no digit".
#
# Two numbers describe a set of samples (the idea comes from the inception score: Salimans et al. 2016, §4):
#
# - **Confidence**: the probability of the most probable digit, averaged over the samples.
# - **Spread**: the number of different digits. For each sample, find the most probable of the ten digits
#   (however probable "no digit" is). Let $p_0 \dots p_9$ be the shares of the ten digits among all samples,
#   and $H = -\sum_k p_k \ln p_k$ their entropy. The spread is $e^{H}$. It is 10 for ten equally frequent
#   digits and 1 for a single one. (A digit that never occurs adds 0 to the sum.)
#
# You need both: one perfect 3, repeated again and again, has a confidence of 1.
#
# ### Question 5 · `measure`
#
# Write `measure(probabilities)`: it returns confidence and spread, two numbers, from the output of the judge,
# an array `(n, 11)`.


# %% solution="measure"
def measure(probabilities):
    """Return (confidence, spread) of samples from the judge's probabilities (n, 11)."""
    ### BEGIN SOLUTION
    digits = np.asarray(probabilities)[:, :10]
    shares = np.bincount(digits.argmax(axis=-1), minlength=10) / len(digits)
    present = shares[shares > 0]
    return digits.max(axis=-1).mean(), np.exp(-np.sum(present * np.log(present)))
    ### END SOLUTION


# %% tests="measure"
import warnings

import numpy as np


def check_measure(probabilities, wanted, with_no_digit, entropy, kinds, in_bits):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = measure(probabilities.copy())
    assert both is not None, "`measure` returned None. Did you forget `return`?"
    assert len(both) == 2, (
        f"`measure` returned {len(both)} values; expected two, confidence and spread."
    )
    confidence, spread = (float(as_array(value, "measure").ravel()[0]) for value in both)
    assert not np.isnan(spread), (
        "`measure` returned nan as the spread. Does a digit that never occurs, 0 · ln 0, add 0 to the sum?"
    )
    found = f"`measure` returned the confidence {confidence:.3f}; expected {wanted[0]:.3f}."
    assert not np.isclose(confidence, with_no_digit) or np.isclose(with_no_digit, wanted[0]), (
        f'{found} Did you include "no digit"? Use the first ten probabilities only.'
    )
    assert np.isclose(confidence, wanted[0], rtol=1e-4), found
    found = f"`measure` returned the spread {spread:.2f}; expected {wanted[1]:.2f}."
    for value, hint in [
        (entropy, "This is the entropy itself. Raise e to its power."),
        (kinds, "This is the number of digits that occur at all. A digit that occurs once in a "
         "thousand samples should count for little."),
        (in_bits, "Use the natural logarithm for the entropy."),
    ]:  # fmt: skip
        assert not np.isclose(spread, value) or np.isclose(value, wanted[1]), f"{found} {hint}"
    assert np.isclose(spread, wanted[1], rtol=1e-4), found


def check_four_samples():
    # Three samples are a 3 with 0.8. The fourth is most likely no digit; its most probable digit is 7.
    probabilities = np.full((4, 11), 0.02)
    probabilities[:3, 3] = 0.8
    probabilities[3, [7, 10]] = 0.3, 0.52
    wanted = 0.675, 1.754765
    check_measure(
        probabilities, wanted, with_no_digit=0.73, entropy=0.562335, kinds=2, in_bits=2.250783
    )


check_four_samples()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_random(probabilities):
    digits = probabilities[:, :10]
    shares = np.bincount(digits.argmax(axis=-1), minlength=10) / len(digits)
    entropy = -sum(share * np.log(share) for share in shares if share > 0)
    check_measure(
        probabilities,
        (digits.max(axis=-1).mean(), np.exp(entropy)),
        with_no_digit=probabilities.max(axis=-1).mean(),
        entropy=entropy,
        kinds=np.sum(shares > 0),
        in_bits=np.exp(entropy / np.log(2)),
    )


def check_measure_hidden(rng):
    check_random(rng.dirichlet(np.linspace(0.05, 0.5, 11), 200))
    check_random(rng.dirichlet(np.append(np.full(10, 0.02), 1.0), 60))


check_measure_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Confidence and spread of real digits, and of the images of an untrained generator:

# %%
for name, rows in [
    ("real digits", x_test[:500]),
    ("untrained", make_generator(32)(keras.random.normal((500, 32), seed=1))),
]:
    judged = ops.convert_to_numpy(digit_judge()(as_images(rows)))
    confidence, spread = measure(judged)
    print(f"{name:12} confidence {confidence:.2f}   spread {spread:4.1f}")

# %% [markdown]
# ## 6 Train the GAN
#
# `fit` from `course_lib.training` does the same as `model.fit`, a little faster. One of its callbacks can be
# a `SampleRecorder(noise)`: it repeatedly records what the generator makes of this noise, always the same
# rows, so that you can watch it learn. For 64 rows of 32 numbers, use
# `keras.random.normal((64, 32), seed=1)`.
#
# ### Question 6 · `samples`
#
# Build a `GAN` from your networks (32 numbers of noise are enough), compile it, and train it with `fit` on
# `x_train`, as well as you can. Name its generator `generator`, its discriminator `discriminator`, the
# callback `recorder`, and what `fit` returns `history`.
#
# With new noise, the judge's confidence must be at least **0.15** and the number of different digits at least
# **4** in the quick profile, **0.4** and **6** in the full profile. (The check counts digits as your
# `measure` does, but samples with a lower confidence count less.) You need about a thousand updates: compute
# how many an epoch has with your batch size. Try learning rates between 1e-4 and 2e-3; they need not be the
# same for both networks. Be warned: a GAN that looks bad now may look good an epoch later, and the other way
# round.

# %% solution="samples"
### BEGIN SOLUTION
epochs = {"quick": 7, "full": 12}[profile.current()]
game = GAN(make_generator(32), make_discriminator())
game.compile(d_rate=1e-3, g_rate=5e-4)
recorder = SampleRecorder(keras.random.normal((64, 32), seed=1))
history = fit(game, x_train, epochs=epochs, batch_size=32, callbacks=[recorder])
generator, discriminator = game.generator, game.discriminator
### END SOLUTION

# %% tests="samples"
import numpy as np

from course_lib import profile
from course_lib.models import sample_quality


def check_samples(rng):
    noise = generator.input_shape[-1]
    rows = as_array(generator(rng.normal(size=(1000, noise)).astype("float32")), "generator")
    assert rows.shape == (1000, 784), (
        f"`generator` returned shape {rows.shape} for 1000 rows of noise; expected (1000, 784)."
    )
    assert np.abs(rows).max() <= 1.001, (
        "`generator` returned images with pixels outside [-1, 1]. Does it end with a tanh?"
    )
    confidence, digits, shares = sample_quality((rows + 1) / 2)
    wanted = {"quick": (0.15, 4), "full": (0.4, 6)}[profile.current()]
    print(f"The judge's confidence is {confidence:.2f}; there are {digits:.1f} different digits.")
    assert digits >= wanted[1], (
        f"`generator` made {digits:.1f} different digits; expected at least {wanted[1]}. The most frequent is "
        f"{shares.argmax()}, with {100 * shares.max():.0f} %. Has the generator collapsed?"
    )
    assert confidence >= wanted[0], (
        f"The judge's confidence is {confidence:.2f}; expected at least {wanted[0]}. Most samples are not "
        "digits yet. Did you train long enough, with suitable learning rates?"
    )


check_samples(np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_samples(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
early = {"quick": 1, "full": 5}[profile.current()]
frames = [as_images(frame) for frame in recorder.frames]
for when in (early, recorder.epochs[-1]):
    judged = ops.convert_to_numpy(digit_judge()(as_images(recorder.at(when))))
    confidence, spread = measure(judged)
    print(f"after epoch {when:g}: confidence {confidence:.2f}, spread {spread:.1f}")
side_by_side = np.concatenate(
    [
        as_images(recorder.at(when))[:24].reshape(4, 6, 28, 28)
        for when in (early, recorder.epochs[-1])
    ],
    axis=1,
)
figures.image_grid(
    side_by_side.reshape(-1, 28, 28),
    title=f"Images from the same noise, after epoch {early} (left) and at the end (right)",
    columns=12,
)

# %% [markdown]
# The whole training as an animation. It is also saved in the file `gan.gif`.

# %%
from IPython.display import Image

from course_lib.figures.save_gif import save_gif

Image(data=save_gif([frame[:32] for frame in frames], "gan.gif").read_bytes())

# %% [markdown]
# The noise space has no prescribed structure. Yet neighbouring points give similar images: here are images
# along straight lines from one noise vector to another.

# %%
ends = np.random.default_rng(3).normal(size=(4, 2, generator.input_shape[-1])).astype("float32")
share = np.linspace(0, 1, 12, dtype="float32")[:, None]
paths = [as_images(generator((1 - share) * a + share * b)) for a, b in ends]
figures.interpolation(np.stack(paths))

# %% [markdown]
# ## 7 How GANs fail
#
# Four failures have names. **Mode collapse**: the generator produces only a few kinds of images (*modes*),
# for any noise. **Oscillation**: it jumps from one mode to another and never settles. **Imbalance**: one
# network is so far ahead that the other cannot learn from it. **Vanishing gradient**: see question 3. The
# figures of this section show all four, and in question 7 you say where.
#
# In 784 dimensions it is hard to see what happens. So start in two dimensions: the real points lie in eight
# small clusters on a ring (Metz et al. 2017, §3.1), and a small generator has to cover all eight. There are
# three training runs, which differ only in their learning rates. `gan` from `course_lib.models` builds both
# networks, with a training step like yours.

# %%
from course_lib import models

rng = np.random.default_rng(0)
angles = np.arange(8) * np.pi / 4
centres = 0.8 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
points = centres[rng.integers(0, 8, 20_000)] + rng.normal(scale=0.02, size=(20_000, 2))

runs = {}
for name, d_rate, g_rate in [
    ("both 1e-3", 1e-3, 1e-3),
    ("G ten times as fast", 1e-3, 1e-2),
    ("D twenty times as fast", 2e-2, 1e-3),
]:
    keras.utils.set_random_seed(1)
    plane = models.gan(8, (64, 64), (64, 64), pixels=2)
    plane.compile(d_rate, g_rate)
    samples_recorder = SampleRecorder(keras.random.normal((300, 8), seed=1))
    fit(plane, points, epochs=10, batch_size=100, callbacks=[samples_recorder], verbose=False)
    runs[name] = [samples_recorder.at(epoch) for epoch in range(2, 11)]
figures.heaps_over_time(runs, points[:500], [f"epoch {n}" for n in range(2, 11)], centres)

# %% [markdown]
# The number above each panel counts the clusters that hold at least 2 % of the generated points (blue; real
# points are grey). Look along each row: which clusters are covered at one time, and which two epochs later?
#
# Now the same with digits. Starting from your two networks after question 6, there are three training runs
# of 80 updates each: with suitable learning rates, with a generator that learns twenty times as fast, and
# with a discriminator that no longer learns (against a generator that learns twice as fast). For each, the
# table shows both losses in the last epoch, and `measure` of 500 samples.

# %%
trainings = {}
for name, d_rate, g_rate in [
    ("suitable rates", 1e-3, 5e-4),
    ("G twenty times as fast", 1e-3, 1e-2),
    ("D does not learn", 0.0, 1e-3),
]:
    keras.utils.set_random_seed(1)
    noise = generator.input_shape[-1]
    gan = models.gan(noise)
    gan.generator.set_weights(generator.get_weights())
    gan.discriminator.set_weights(discriminator.get_weights())
    gan.compile(d_rate, g_rate)
    record = fit(gan, x_train[:640], epochs=4, batch_size=32, verbose=False).history
    samples = as_images(gan.generator(keras.random.normal((500, noise), seed=2)))
    judged = ops.convert_to_numpy(digit_judge()(samples))
    confidence, spread = measure(judged)
    print(
        f"{name:22} D {record['discriminator_loss'][-1]:5.2f}   G {record['generator_loss'][-1]:5.2f}   "
        f"confidence {confidence:.2f}   spread {spread:4.1f}   "
        f"difference between samples {samples.std(axis=0).mean():.3f}"
    )
    trainings[name] = (record, samples, judged)
figures.gan_trainings(trainings)

# %% [markdown]
# The middle of the figure shows twelve samples; on the right is the judge's mean probability of each digit
# and of "no digit". The difference between samples is the standard deviation of a pixel over the 500 samples,
# averaged over the pixels.
#
# Finally, the saturated loss of question 3 in a real network. An untrained generator is not updated, while
# the discriminator is trained alone and becomes better and better. How large is the gradient that the
# generator would get from each of the two losses?

# %%
keras.utils.set_random_seed(1)
small = models.gan(16, (128, 128), (128, 128))
small.compile(discriminator_rate=1e-3, generator_rate=0.0)
noise = keras.random.normal((256, 16), seed=1)
points = []
for _ in range(6):
    with tf.GradientTape(persistent=True) as tape:
        logits = small.discriminator(small.generator(noise))
        real_probability = ops.sigmoid(logits)  # not too close to 0 or 1 here for the logarithms
        minimax = ops.mean(ops.log(1 - real_probability))
        non_saturating = -ops.mean(ops.log(real_probability))
    sizes = [
        float(tf.linalg.global_norm(tape.gradient(loss, small.generator.trainable_variables)))
        for loss in (minimax, non_saturating)
    ]
    points.append((float(ops.mean(real_probability)), *sizes))
    small.fit(x_train[:320], epochs=1, batch_size=32, verbose=0)
figures.vanishing_gradient(*np.transpose(points))

# %% [markdown]
# ### Question 7 · `problems` · in words
#
# Write about twelve lines in your own words, with numbers from *your* figures and tables:
#
# 1. In two dimensions, two of the three training runs fail. Name both failures, and describe them with
#    numbers of clusters. What do they tell you about the choice of learning rates?
# 2. Which of the three training runs on digits ends with the smallest generator loss, and how good are its
#    samples? Why does the generator's loss not tell how good the samples are?
# 3. What happens to the generator if the discriminator becomes too good? What does the non-saturating loss
#    change? Which of the training runs shows that it does not solve every problem?

# %% [markdown] written="problems"
# ### BEGIN SOLUTION
# **A model answer.** (1) With D twenty times as fast, the generator ends on one to three of the eight
# clusters and stays there: mode collapse. With G ten times as fast, it jumps: nearly all its points are in
# one place at a time, on one cluster or between two, and in another place an epoch later. As soon as D has
# learned that points in this place are fake, G jumps to the next: oscillation. With 1e-3 for both, it covers
# six to eight clusters. So a factor of ten in one learning rate decides; neither network may get far ahead of
# the other. (2) The one whose discriminator does not learn. The loss of G falls to nearly 0 (D classifies all
# of its images as real), and yet the confidence falls, often to near 0, because the generator produces
# whatever this fixed D accepts, digits or not. The loss compares G only with the present D; with another D,
# the same samples have another loss. (3) With D(G(z)) near 0, the derivative of ln(1 - D) with respect to the
# logit is -D, near 0. In the last figure this gradient shrinks more than tenfold, to under 1 % of the other.
# The derivative of the non-saturating loss is D - 1, near -1, so its gradient stays. It does not prevent
# collapse, though. The generator that learns twenty times as fast uses it, too. D is confident (its loss is
# near 0, that of G is large), the samples look alike (they differ less than those with suitable rates), and
# hardly any of them is a digit.
#
# **Rubric, 3 points.**
#
# - 1 point: distinguishes collapse (settled, few clusters) from oscillation (jumping), with the row and the
#   numbers of clusters, and concludes that the learning rates must fit each other. Half for one of the two
#   failures.
# - 1 point: the smallest loss of G has bad samples, with numbers (loss, and confidence or spread); a loss is
#   relative to the present opponent. Half without the reason.
# - 1 point: vanishing gradient, with a number from the last figure, and derivative -D against D - 1; names a
#   training run that fails in spite of the non-saturating loss. Half without the latter.
# ### END SOLUTION

# %% [markdown]
# ## 8 What the discriminator has learned
#
# To tell real digits from generated ones, the discriminator had to learn what strokes look like, without a
# single label. This knowledge is in its last hidden layer: 256 numbers for each image, its **features**. Use
# them as the input of a classifier, and train only this classifier, on very few labels (Radford et al. 2016,
# §5.2).
#
# ### Question 8 · `features`
#
# Write `classifier_on(discriminator)`: it returns a Keras model from images (batch, 784) to 10 logits. The
# model consists of all layers of the discriminator but the last one, which computes the logit, **frozen**
# (`trainable = False`), and a new dense layer. The classifier needs its own layers, with copies of the
# weights; otherwise you would freeze the discriminator itself. `keras.models.clone_model` builds a second
# network with the same layers and new weights.


# %% solution="features"
def classifier_on(discriminator):
    """Build a classifier (batch, 784) → logits (batch, 10) on frozen copies of the features."""
    ### BEGIN SOLUTION
    copy = keras.models.clone_model(discriminator)
    copy.set_weights(discriminator.get_weights())
    features = keras.Sequential([keras.Input((784,)), *copy.layers[:-1]])
    features.trainable = False
    return keras.Sequential([keras.Input((784,)), features, keras.layers.Dense(10)])
    ### END SOLUTION


# %% tests="features"
import warnings

import keras
import numpy as np


def check_features(rng):
    slope, units = 0.2, (20, 12)
    network = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(units[0]),
            keras.layers.LeakyReLU(negative_slope=slope),
            keras.layers.Dense(units[1]),
            keras.layers.LeakyReLU(negative_slope=slope),
            keras.layers.Dense(1),
        ]
    )
    network.set_weights([rng.normal(scale=0.2, size=w.shape) for w in network.get_weights()])
    kept = copy_weights(network)
    classifier = classifier_on(network)
    assert classifier is not None, "`classifier_on` returned None. Did you forget `return`?"
    assert isinstance(classifier, keras.Model), (
        f"`classifier_on` returned {type(classifier).__name__}; expected a Keras model."
    )
    x = rng.normal(size=(30, 784)).astype("float32")
    with warnings.catch_warnings():  # Keras warns if a model takes a list of one input
        warnings.simplefilter("ignore")
        given = as_array(classifier(x), "classifier_on")
    assert given.shape == (30, 10), (
        f"The model from `classifier_on` returned shape {given.shape} for 30 images; expected (30, 10)."
    )
    trained = [tuple(w.shape) for w in classifier.trainable_weights]
    assert len(trained) == 2, (
        f"The model from `classifier_on` has trainable arrays of shapes {trained}; expected only the kernel "
        "and the bias of the new layer. Did you freeze the copied layers?"
    )
    assert trained == [(units[1], 10), (10,)], (
        f"The new layer of `classifier_on` has arrays of shapes {trained}; expected "
        f"{[(units[1], 10), (10,)]}, from {units[1]} features to 10 logits. Did you leave out the "
        "discriminator's last layer?"
    )
    features = apply_layers(x, [np.asarray(w, "float64") for w in kept[:4]], slope)
    features = np.where(features > 0, features, slope * features)
    kernel, bias = (np.asarray(w, "float64") for w in classifier.trainable_weights)
    assert np.allclose(given, features @ kernel + bias, atol=1e-3), (
        "The model from `classifier_on` is not a dense layer on the discriminator's features. Did you copy "
        "the weights? Do the features end after the second leaky ReLU?"
    )


check_features(np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

check_features(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
labels, repeats = 300, 20
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
classifiers = {
    "untrained": classifier_on(make_discriminator()),
    "trained": classifier_on(discriminator),
}
accuracies = {}
for name, classifier in classifiers.items():
    classifier.compile(keras.optimizers.SGD(0.1), loss, steps_per_execution=60)
    start, accuracies[name] = classifier.get_weights(), []
    for first in range(0, 5 * labels, labels):  # five times, with different labelled images
        classifier.set_weights(start)
        few, their_labels = x_train[first : first + labels], y_train[first : first + labels]
        classifier.fit(
            np.tile(few, (repeats, 1)), np.tile(their_labels, repeats), batch_size=50, verbose=0
        )
        answers = ops.convert_to_numpy(classifier(x_test[:2000])).argmax(axis=-1)
        accuracies[name].append(np.mean(answers == y_test[:2000]))
    print(
        f"on the features of the {name:9} discriminator: accuracy {100 * np.mean(accuracies[name]):.1f} %, "
        f"from {100 * min(accuracies[name]):.1f} to {100 * max(accuracies[name]):.1f}"
    )

# %% [markdown]
# There are three hundred labels, about thirty for each digit, and only one layer learns from them. The
# experiment is repeated five times, each time with other labelled images. How much better are the
# discriminator's features than those of an untrained one, although it has never seen a label? Expect three to
# ten percentage points in the quick profile, where the training is short, and about fifteen in the full
# profile on real digits. With convolutions and many more images, Radford et al. (2016, §5.2) classified
# photographs of house numbers in this way, from a thousand labels.
#
# ## What to try next
#
# - **Convolutions.** `dcgan()` from `course_lib.models` is the DCGAN of Radford et al. 2016. Its generator
#   ends with transposed convolutions (`keras.layers.Conv2DTranspose`), which enlarge a small image step by
#   step, and its discriminator is a small CNN. It takes images `(n, 28, 28, 1)` from −1 to 1, is trained with
#   `fit` like the others, and draws cleaner strokes. Use the full profile, and allow time: an update costs
#   several times as much.
# - **Clothes.** Load `data.load("fashion_mnist")` instead of `"mnist"`. (The judge only knows digits.)
# - **A digit of your choice.** Give the label to both networks as ten more inputs: a conditional GAN (Mirza &
#   Osindero 2014).
# - **One-sided label smoothing.** Use 0.9 instead of 1 as the target for real images in the loss of $D$
#   (Salimans et al. 2016, §3.4). Does the generator in two dimensions still collapse when $D$ is twenty times
#   as fast?
#
# **Sources.** I. Goodfellow et al., *Generative adversarial nets*, NIPS 2014, arXiv:1406.2661, §3 and
# algorithm 1 · A. Radford, L. Metz, S. Chintala, *Unsupervised representation learning with deep
# convolutional generative adversarial networks*, ICLR 2016, arXiv:1511.06434 · T. Salimans et al., *Improved
# techniques for training GANs*, NIPS 2016, arXiv:1606.03498 · M. Arjovsky, L. Bottou, *Towards principled
# methods for training generative adversarial networks*, ICLR 2017 · L. Metz et al., *Unrolled generative
# adversarial networks*, ICLR 2017, arXiv:1611.02163 · M. Mirza, S. Osindero, *Conditional generative
# adversarial nets*, arXiv:1411.1784, 2014 · I. Goodfellow, *NIPS 2016 tutorial: generative adversarial
# networks*, arXiv:1701.00160. The text of this lab is licensed CC BY 4.0, its code MIT.
