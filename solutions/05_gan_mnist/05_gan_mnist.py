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
# Two networks play against each other. One, the forger, draws digits; the other, the detective, is shown
# real and forged ones and has to tell them apart. Neither has a teacher. Whenever the detective finds a
# flaw, it tells the forger, without meaning to, where to improve; and the better the forger becomes, the
# closer the detective must look. This is a **generative adversarial network**, a GAN (Goodfellow et al. 2014).
#
# **You will learn**
#
# - to build both networks and to write both losses from their formulas;
# - why the forger's loss is turned round, by comparing gradients;
# - to write a training step of your own in which two networks are updated by turns;
# - to measure what was drawn with a fixed classifier, instead of trusting your eye;
# - to make the typical failures of GANs happen, and to tell them by their figures;
# - what the detective has learnt about digits although nobody told it a label.
#
# **You need** lab 1: dense layers, logits, losses, gradients, updates.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | data | samples: confidence · different digits (section 5) | time |
# | --- | --- | --- | --- | --- |
# | quick | chosen on a CPU | 5,000 training images | 0.3–0.7 · 6–10 | 20–40 s on 2 cores |
# | full | chosen on a GPU | all of MNIST, 60,000 | 0.6–0.9 · 8–10 | 4–10 min on 2 cores, less on a GPU |
#
# To choose yourself, set `COURSE_PROFILE` to `quick` or `full` before you start. Without a network the
# lab runs on stand-in digits, and says so.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # less small talk from TensorFlow

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
# The images are rows of 784 numbers, and this time they go from **-1** (paper) to **1** (ink), for a
# reason that you will see in a moment.

# %%
(x_train, y_train), (x_test, y_test) = data.load("mnist")
if profile.current() == "quick":
    x_train, y_train = x_train[:5000], y_train[:5000]


def as_inputs(images):
    """Images (n, 28, 28), 0 … 255, as inputs (n, 784), float32, -1 … 1."""
    return images.reshape(len(images), 784).astype("float32") / 127.5 - 1


def as_images(rows):
    """Rows (n, 784), -1 … 1, as images (n, 28, 28), 0 … 1."""
    return (ops.convert_to_numpy(rows).reshape(-1, 28, 28) + 1) / 2


x_train, x_test = as_inputs(x_train), as_inputs(x_test)
figures.image_grid(as_images(x_train[:20]), title="What the forger has to imitate")

# %% [markdown]
# ## 1 The two networks
#
# The forger is called the **generator** $G$. It starts from nothing but chance: $z$, a row of random
# numbers, the **noise**, each from the standard normal distribution (mean 0, standard deviation 1). Its last layer has
# a tanh, which gives numbers between -1 and 1: an image as ours are.
#
# The detective is the **discriminator** $D$. Its one output is a **logit**: above 0 for "real", below for
# "forged". The logit's sigmoid is the probability of "real", and the formulas below write $D(x)$ for that
# probability.
#
# Both have leaky ReLUs in their hidden layers: a negative input is not made 0, as by a ReLU, but multiplied by 0.2.
# A plain ReLU has no slope there, and all that the generator ever learns comes to it as slopes, through the discriminator.
#
# ### Question 1 · `networks`
#
# Write both, as Sequential or Functional models of dense layers, with `keras.layers.LeakyReLU(negative_slope=0.2)`
# behind each but the last:
#
# 1. `make_discriminator()`: 784 → 256 → 256 → 1 logit;
# 2. `make_generator(noise)`: `noise` → 1024 → 1024 → 784 with tanh at the end. `noise` says how many random numbers
#    make an image.


# %% solution="networks"
def make_discriminator():
    """A Keras model from images (batch, 784) to logits (batch, 1)."""
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
    """A Keras model from noise (batch, noise) to images (batch, 784), from -1 to 1."""
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


def numbers(values):
    """Whatever a model or a function gives back, as numbers."""
    assert values is not None, "there is nothing given back: does it end with `return`?"
    return np.asarray(values, dtype="float64")


def through_layers(x, weights, slope):
    for number in range(0, len(weights), 2):
        x = x @ weights[number] + weights[number + 1]
        if number + 2 < len(weights):
            x = np.where(x > 0, x, slope * x)
    return x


def check_network(name, network, sizes, last, rng):
    assert isinstance(network, keras.Model), (
        f"{name} must give back a Keras model; it gives {type(network).__name__}."
    )
    shapes = [tuple(w.shape) for w in network.get_weights()]
    wanted = [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])]
    assert shapes == wanted, (
        f"{name} should have the sizes {sizes}, and so weights and biases of the shapes {wanted}; "
        f"yours are {shapes}."
    )
    x = rng.normal(size=(20, sizes[0])).astype("float32")
    given = numbers(network(x))
    weights = [np.asarray(w, "float64") for w in network.get_weights()]
    sums = through_layers(x, weights, 0.2)
    right = np.tanh(sums) if last == "tanh" else sums
    sigmoid = 1 / (1 + np.exp(-sums))
    if last == "tanh":
        assert not np.allclose(given, sums, atol=1e-3), (
            f"{name} ends in bare sums: where is the tanh?"
        )
        assert not np.allclose(given, sigmoid, atol=1e-3), (
            f"{name} ends in a sigmoid, from 0 to 1; images go from -1 to 1 here: tanh."
        )
    else:
        assert not np.allclose(given, sigmoid, atol=1e-3), (
            f"{name} ends in a sigmoid; a logit is wanted, the bare sum."
        )
    ends = [np.tanh, lambda v: v]
    for slope, hint in [
        (0.0, "has plain ReLUs: leaky ones are wanted"),
        (1.0, "bends nowhere: its hidden layers need their leaky ReLU"),
        (0.3, "has leaky ReLUs of another slope than 0.2"),
        (0.01, "has leaky ReLUs of another slope than 0.2"),
        (0.1, "has leaky ReLUs of another slope than 0.2"),
    ]:
        other = through_layers(x, weights, slope)
        assert not any(np.allclose(given, end(other), atol=1e-4) for end in ends), f"{name} {hint}."
    assert np.allclose(given, right, atol=1e-3), (
        f"With the weights of {name}, leaky ReLUs of slope 0.2 "
        f"{'and a tanh ' if last == 'tanh' else ''}at the end give other outputs than yours."
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
# ## 2 What each of them wants
#
# From $m$ real images $x_i$ and $m$ forged ones $G(z_i)$ the discriminator wants to make
#
# $$\frac{1}{m} \sum_{i=1}^{m} \Big[ \ln D(x_i) + \ln\big(1 - D(G(z_i))\big) \Big]$$
#
# **as large** as it can (Goodfellow et al. 2014, algorithm 1). The generator wants to be believed: it makes
#
# $$\frac{1}{m} \sum_{i=1}^{m} \ln D(G(z_i))$$
#
# as large as it can. Keras makes losses **small**, so each loss is *minus* its formula.
#
# Our $D$ gives logits $s$, with $D = \dfrac{1}{1 + e^{-s}}$. When the detective is very sure, $D$ is 0 or 1 in a
# computer's numbers, and a logarithm becomes infinite. The softplus helps: `ops.softplus` is $\ln(1 + e^s)$, and
# safe for any $s$.
#
# From here on, write with `ops`, Keras' NumPy, through which gradients can flow: `ops.mean`, `ops.exp`,
# `ops.sigmoid`, ….
#
# ### Question 2 · `losses`
#
# Write both losses, from logits of the shape `(m, 1)`; each gives back one number. First, on paper: how do $-\ln D$ and
# $-\ln(1 - D)$ look with softplus?


# %% solution="losses"
def discriminator_loss(real_logits, fake_logits):
    """The discriminator's loss, one number, from its logits (m, 1) for real and forged images."""
    ### BEGIN SOLUTION
    # 1 - D is the sigmoid of -s.
    return ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))
    ### END SOLUTION


def generator_loss(fake_logits):
    """The generator's loss, one number, from the discriminator's logits (m, 1) for its images."""
    ### BEGIN SOLUTION
    return ops.mean(ops.softplus(-fake_logits))
    ### END SOLUTION


# %% tests="losses"
import numpy as np


def check_losses(real, fake, of_d, of_g, swapped, doubted):
    real, fake = real.astype("float32"), fake.astype("float32")
    given_d, given_g = numbers(discriminator_loss(real, fake)), numbers(generator_loss(fake))
    for name, given in [("discriminator_loss", given_d), ("generator_loss", given_g)]:
        assert given.size == 1, f"{name} should be one number; it has the shape {given.shape}."
    given_d, given_g = float(given_d.ravel()[0]), float(given_g.ravel()[0])
    for value, hint in [
        (-of_d, "the sign is wrong: a loss is made small, and the formula is to be large."),
        (of_d / 2, "it is half of what the formula says: the two means are added, not averaged."),
        (of_d * len(real), "it is the sum over the images, not the mean."),
        (swapped, "real and forged are the wrong way round."),
    ]:
        assert np.isclose(value, of_d) or not np.isclose(given_d, value, rtol=1e-3), (
            f"discriminator_loss is {given_d:.3f} instead of {of_d:.3f}: {hint}"
        )
    assert np.isclose(given_d, of_d, rtol=1e-3), (
        f"discriminator_loss should be {of_d:.3f}, yours is {given_d:.3f}. Logits are no probabilities."
    )
    for value, hint in [
        (-of_g, "the sign is wrong."),
        (of_g * len(fake), "it is the sum over the images, not the mean."),
        (-doubted, "this is ln(1 - D): the generator is to *maximise ln D*."),
        (doubted, "this is the discriminator's part of it: the generator wants to be believed."),
    ]:
        assert np.isclose(value, of_g) or not np.isclose(given_g, value, rtol=1e-3), (
            f"generator_loss is {given_g:.3f} instead of {of_g:.3f}: {hint}"
        )
    assert np.isclose(given_g, of_g, rtol=1e-3), (
        f"generator_loss should be {of_g:.3f}, yours is {given_g:.3f}. Logits are no probabilities."
    )


check_losses(
    np.array([[2.0], [0.5], [-1.0]]),
    np.array([[-1.5], [0.25], [0.5]]),
    of_d=1.305232,
    of_g=0.917143,
    swapped=2.055232,
    doubted=0.667143,
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def true_losses(real, fake):
    """Both losses, in numpy: ln(1 + e^s) is logaddexp(0, s)."""
    return np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake)), np.mean(
        np.logaddexp(0, -fake)
    )


def check_losses_hidden(rng):
    for images in (1, 6, 64):
        real, fake = rng.normal([[[0.5]], [[-0.5]]], 2, (2, images, 1))
        check_losses(real, fake, *true_losses(real, fake), *true_losses(-real, -fake))
    sure = rng.uniform(150, 300)
    given = float(
        numbers(discriminator_loss(*np.full((2, 4, 1), [[[-sure]], [[sure]]], "float32"))).sum()
    )
    believed = float(numbers(generator_loss(np.full((4, 1), -sure, "float32"))).sum())
    assert np.isclose(given, 2 * sure, rtol=1e-3) and np.isclose(believed, sure, rtol=1e-3), (
        f"A discriminator that is sure and wrong, with logits of ±{sure:.0f}, loses {2 * sure:.0f}, and a "
        f"generator that is not believed at all {sure:.0f}; yours give {given:.0f} and {believed:.0f}: "
        "take the losses from the logits, not from probabilities."
    )


check_losses_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Why the generator's loss is turned round
#
# The two want opposite things, so the natural loss for the generator would be what the discriminator wants large,
# $\ln(1 - D(G(z)))$, made small. Question 2 asked for another one. Both fall when $D$ rises, so they pull in the same
# direction. What differs is how hard they pull.
#
# ### Question 3 · `slopes`
#
# Write `slopes(logits)`. It takes an array and gives back two arrays of its shape: for each logit $s$ of a forged
# image, the derivative with respect to $s$ of
#
# 1. the generator's loss as you wrote it, $-\ln D$;
# 2. the natural loss, $\ln(1 - D)$.
#
# Find both with pencil and paper. (They are short: write them with $D$ itself.)


# %% solution="slopes"
def slopes(logits):
    """Two arrays like logits: the derivatives of -ln D and of ln(1 - D) with respect to the logit."""
    ### BEGIN SOLUTION
    believed = 1 / (1 + np.exp(-np.asarray(logits)))
    return believed - 1, -believed
    ### END SOLUTION


# %% tests="slopes"
import warnings

import numpy as np


def check_slopes(logits, turned, natural):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = slopes(logits.copy())
    assert both is not None and len(both) == 2, "slopes should give back two arrays."
    first, second = (numbers(values) for values in both)
    assert not (
        np.allclose(first, natural, atol=1e-4) and np.allclose(second, turned, atol=1e-4)
    ), "the two slopes are the wrong way round: first that of -ln D."
    for name, given, wanted in [("-ln D", first, turned), ("ln(1 - D)", second, natural)]:
        assert given.shape == wanted.shape, (
            f"one slope a logit makes {wanted.shape}, not {given.shape}."
        )
        assert not np.allclose(given, -wanted, atol=1e-4), (
            f"the slope of {name} has the wrong sign: believed more, the generator loses less."
        )
        assert np.allclose(given, wanted, atol=1e-4), (
            f"the slope of {name} at the logits {np.round(logits[:3], 2).tolist()} should be "
            f"{np.round(wanted[:3], 4).tolist()}; yours is {np.round(given[:3], 4).tolist()}."
        )


check_slopes(
    np.array([-4.0, 0.0, 1.0]),
    turned=np.array([-0.982014, -0.5, -0.268941]),
    natural=np.array([-0.017986, -0.5, -0.731059]),
)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_slopes_hidden(rng):
    logits, step = rng.normal(scale=3, size=12), 1e-5
    turned = (np.logaddexp(0, -logits - step) - np.logaddexp(0, -logits + step)) / (2 * step)
    natural = -(np.logaddexp(0, logits + step) - np.logaddexp(0, logits - step)) / (2 * step)
    check_slopes(logits, turned, natural)


check_slopes_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
figures.generator_losses()

# %% [markdown]
# A beginner's forgeries are found out: it stands on the left of both panels. There the natural loss is flat, as far
# as you can see: the worse the forgery, the less the generator is told about it.

# %% [markdown]
# ## 4 By turns
#
# One training step, on a batch of $m$ real images:
#
# 1. Draw $m$ rows of noise, and let $G$ make images of them.
# 2. Update $D$ with the gradient of **its** loss with respect to **its** weights.
# 3. Update $G$ with the gradient of **its** loss with respect to **its** weights. The gradient runs through
#    $D$, but $D$ is not changed.
#
# In Keras, a model may bring a training step of its own: `fit` calls `train_step` with each batch, and does all
# else as usual. TensorFlow writes down what is computed inside a `with tf.GradientTape() as tape:`, and
# `tape.gradient(loss, weights)` then gives one gradient a weight. For a model that makes its numbers small,
# to no purpose:
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
# Complete `train_step`. `self.d_optimizer` is for $D$, `self.g_optimizer` for $G$, and
# `keras.random.normal(shape, seed=self.seed_generator)` draws noise, other numbers at each call: a row of `self.noise`
# numbers for each real image. How many those are, `ops.shape(real)[0]` says. (The last batch of an epoch may be smaller,
# so inside `fit` it is not known beforehand, and `real.shape[0]` is None.) End with `return self.track(loss of D, loss of G)`.


# %% solution="gan"
class GAN(keras.Model):
    """A generator and a discriminator, trained by turns."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.noise = generator.input_shape[-1]
        self.seed_generator = keras.random.SeedGenerator(1)
        names = ("discriminator_loss", "generator_loss")
        self.trackers = [keras.metrics.Mean(name=name) for name in names]

    def compile(self, d_rate, g_rate):
        """Give each network an optimizer with a learning rate of its own."""
        super().compile()
        # β₁ = 0.5 instead of 0.9 forgets faster where the other network is: Radford et al. 2016, §4
        self.d_optimizer = keras.optimizers.Adam(d_rate, beta_1=0.5)
        self.g_optimizer = keras.optimizers.Adam(g_rate, beta_1=0.5)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.g_optimizer.build(self.generator.trainable_variables)

    @property
    def metrics(self):
        return self.trackers  # Keras sets them back at the beginning of every epoch

    def track(self, *losses):
        """Feed the trackers; returns what they hold as a dictionary."""
        for tracker, loss in zip(self.trackers, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def train_step(self, real):
        """One update of each network on a batch of real images (batch, 784)."""
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


def small_networks(rng, pixels, noise):
    """A generator and a discriminator of known weights."""
    generator = keras.Sequential([keras.Input((noise,)), keras.layers.Dense(pixels)])
    discriminator = keras.Sequential(
        [keras.Input((pixels,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)]
    )
    for network in (generator, discriminator):
        network.set_weights([rng.normal(scale=0.5, size=w.shape) for w in network.get_weights()])
    return generator, discriminator


def weights_of(network):
    return [np.array(w) for w in network.get_weights()]


def change(before, after):
    return max(float(np.abs(a - b).max()) for a, b in zip(before, weights_of(after), strict=True))


def played(generator, discriminator, real, d_rate, g_rate, epochs=1, batch_size=32):
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # on how often functions are traced
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = GAN(generator, discriminator)
        game.compile(d_rate=d_rate, g_rate=g_rate)
        try:
            history = game.fit(real, epochs=epochs, batch_size=batch_size, verbose=0)
        except Exception as error:
            assert "No gradients" not in str(error), (
                "no gradient reaches the weights: is the forged image made inside the tape, by "
                "Keras' operations, and its loss, too?"
            )
            raise
    record = getattr(history, "history", history)
    missing = {"discriminator_loss", "generator_loss"} - set(record)
    assert not missing, f"train_step should return self.track(…); {sorted(missing)} is missing."
    return game, [
        [float(np.sum(loss)) for loss in record[f"{name}_loss"]]
        for name in ("discriminator", "generator")
    ]


def check_turns(rng):
    pixels, noise = 6, 3
    # 70 images in batches of 32: the last batch has 6.
    real = rng.normal(2, 0.3, (70, pixels)).astype("float32")
    generator, discriminator = small_networks(rng, pixels, noise)
    before_g, before_d = weights_of(generator), weights_of(discriminator)
    game, _ = played(generator, discriminator, real, d_rate=0.02, g_rate=0.0, epochs=12)
    assert change(before_g, game.generator) == 0, (
        "with the generator's learning rate 0 its weights change all the same: the discriminator's "
        "optimizer must get the discriminator's weights, and no others."
    )
    assert change(before_d, game.discriminator) > 1e-4, "the discriminator's weights never change."
    z = rng.normal(size=(500, noise)).astype("float32")
    believed = [
        numbers(game.discriminator(v)).mean() for v in (real, np.asarray(game.generator(z)))
    ]
    assert believed[0] > believed[1] + 0.5, (
        f"after training alone, the discriminator gives real images {believed[0]:.2f} and forged ones "
        f"{believed[1]:.2f}: it should give real ones more. Does it go down its own loss?"
    )

    generator, discriminator = small_networks(rng, pixels, noise)
    before_g, before_d = weights_of(generator), weights_of(discriminator)
    first = numbers(discriminator(np.asarray(generator(z)))).mean()
    game, _ = played(generator, discriminator, real, d_rate=0.0, g_rate=0.02, epochs=12)
    assert change(before_d, game.discriminator) == 0, (
        "with the discriminator's learning rate 0 its weights change all the same: the generator's "
        "optimizer must get the generator's weights, and no others."
    )
    assert change(before_g, game.generator) > 1e-4, (
        "the generator's weights never change: is its image made inside the tape, and are they updated?"
    )
    last = numbers(game.discriminator(np.asarray(game.generator(z)))).mean()
    assert last > first + 0.2, (
        f"after training alone against a discriminator that stands still, the generator's images get "
        f"{last:.2f}, before {first:.2f}: it should be believed more. Does it go down its own loss?"
    )


def check_noise(rng):
    rows, noise, updates = 4, 3, 100
    generator, discriminator = small_networks(rng, 6, noise)
    kernel, bias = weights_of(generator)
    generator.set_weights([4 * kernel, bias])  # what it draws depends on its noise, above all
    real = np.zeros((rows, 6), "float32")
    game, given = played(generator, discriminator, real, 0.0, 0.0, epochs=updates)
    z = rng.normal(size=(10000, noise)).astype("float32")
    logits = numbers(game.discriminator(np.asarray(game.generator(z))))
    # Nothing learns: the mean loss of 4 forged images differs from update to update by their noise.
    for name, losses, single in zip("DG", given, np.logaddexp(0, [logits, -logits]), strict=True):
        spread, wanted = np.std(losses), np.std(single) / np.sqrt(rows)
        assert spread > 1e-4 * wanted, (
            f"where nothing learns, the loss of {name} is the same at each update: the noise is the "
            "same, too. Does each update draw its own, in train_step, with seed=self.seed_generator?"
        )
        assert 0.65 < spread / wanted < 1.4, (
            f"where nothing learns and {rows} images are forged at a time, the loss of {name} should "
            f"differ by about {wanted:.3f} from update to update, by the noise alone; yours differs by "
            f"{spread:.3f}. Is there one row of noise for each real image, from a normal distribution?"
        )


def check_reported(real, generator, discriminator, wanted):
    _, given = played(generator, discriminator, real, d_rate=0.0, g_rate=0.0, batch_size=50)
    given = [losses[0] for losses in given]
    assert np.allclose(given, wanted, rtol=1e-3), (
        f"the losses of D and G should be {wanted[0]:.3f} and {wanted[1]:.3f}; your train_step reports "
        f"{given[0]:.3f} and {given[1]:.3f}."
    )


def check_example():
    generator, discriminator = small_networks(np.random.default_rng(0), 6, 3)
    # All real images are 1 everywhere, all forged ones, whatever the noise, -0.5.
    generator.set_weights([np.zeros((3, 6)), np.full(6, -0.5)])
    discriminator.set_weights(
        [np.full((6, 8), 0.25), np.zeros(8), np.full((8, 1), 0.25), np.zeros(1)]
    )
    wanted = 0.398968, 1.517742  # of the logits 1.81 and -1.27
    check_reported(np.ones((50, 6), "float32"), generator, discriminator, wanted)


check_example()
check_noise(np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def true_losses(real, fake):
    # Again: where question 2 fails early, its own is never defined.
    return np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake)), np.mean(
        np.logaddexp(0, -fake)
    )


def check_gan_hidden(rng):
    pixels, noise = 6, 3
    real = rng.normal(size=(50, pixels)).astype("float32")
    generator, discriminator = small_networks(rng, pixels, noise)
    kernel, bias = weights_of(generator)
    generator.set_weights([0 * kernel, bias])  # whatever the noise: one image
    fake = np.asarray(generator(np.zeros((1, noise))))
    wanted = true_losses(numbers(discriminator(real)), numbers(discriminator(fake)))
    check_reported(real, generator, discriminator, wanted)
    check_noise(rng)
    check_turns(rng)


check_gan_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Who judges?
#
# The losses do not say how good the images are: they only say who is ahead. And the eye is a bad judge,
# for it finds a digit where it wants one. So the course brings a judge: `digit_judge()`, a fixed classifier that
# was trained beforehand, on digits and on images that are none. For each image it gives **eleven** probabilities, of the ten digits, and
# last of "no digit at all".
#
# Two things are asked of a set of samples (the idea is that of the inception score: Salimans et al. 2016,
# §4):
#
# - **Confidence**: the probability of the most probable digit, averaged over the samples.
# - **Spread**: how many different digits are there? Count for how many samples each digit is the most probable of the ten
#   (however probable "no digit" is); as shares $p_0 \dots p_9$ of all samples, take $e^{H}$ with the entropy
#   $H = -\sum_k p_k \ln p_k$. Ten equally frequent digits give 10, a single one gives 1. (A digit that never occurs adds 0.)
#
# Neither is enough alone: one perfect 3, again and again, has the confidence 1.
#
# ### Question 5 · `measure`
#
# Write `measure(probabilities)`: confidence and spread, two numbers, from what the judge gives, an array `(n, 11)`.


# %% solution="measure"
def measure(probabilities):
    """(confidence, spread) of samples from the judge's probabilities (n, 11)."""
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
    assert both is not None and len(both) == 2, "measure should give back confidence and spread."
    confidence, spread = (float(numbers(value).ravel()[0]) for value in both)
    assert not np.isnan(spread), (
        "the spread is nan: a digit that never occurs, 0 · ln 0, must add 0."
    )
    assert not np.isclose(confidence, with_no_digit) or np.isclose(with_no_digit, wanted[0]), (
        "“no digit” is no digit: confidence is about the first ten probabilities only."
    )
    assert np.isclose(confidence, wanted[0], rtol=1e-4), (
        f"the confidence should be {wanted[0]:.3f}; yours is {confidence:.3f}."
    )
    for value, hint in [
        (entropy, "this is the entropy itself: e to the power of it is wanted."),
        (kinds, "this counts the digits that occur at all: one that occurs once in a "
         "thousand samples should count for little."),
        (in_bits, "the entropy is meant with the natural logarithm."),
    ]:  # fmt: skip
        assert not np.isclose(spread, value) or np.isclose(value, wanted[1]), (
            f"the spread should be {wanted[1]:.2f}, yours is {spread:.2f}: {hint}"
        )
    assert np.isclose(spread, wanted[1], rtol=1e-4), (
        f"the spread should be {wanted[1]:.2f}; yours is {spread:.2f}."
    )


def check_four_samples():
    # Three are a 3 with 0.8. The fourth is most of all no digit, and of the digits a 7.
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


def check_drawn(probabilities):
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
    check_drawn(rng.dirichlet(np.linspace(0.05, 0.5, 11), 200))
    check_drawn(rng.dirichlet(np.append(np.full(10, 0.02), 1.0), 60))


check_measure_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# What real digits get, and what an untrained generator gets:

# %%
for name, rows in [
    ("real digits", x_test[:500]),
    ("untrained", make_generator(32)(keras.random.normal((500, 32), seed=1))),
]:
    judged = ops.convert_to_numpy(digit_judge()(as_images(rows)))
    confidence, spread = measure(judged)
    print(f"{name:12} confidence {confidence:.2f}   spread {spread:4.1f}")

# %% [markdown]
# ## 6 Let them play
#
# `fit` from `course_lib.training` does what `model.fit` does, a little faster. Among its callbacks may be a
# `SampleRecorder(noise)`: it keeps what the generator draws from this noise, always the same rows, again and
# again, so that you can watch it learn. `keras.random.normal((64, 32), seed=1)` would be 64 rows of 32 numbers.
#
# ### Question 6 · `samples`
#
# Build a `GAN` of your networks (32 numbers of noise are enough), compile it, and train it with `fit` on `x_train`, as
# well as you can. Name its generator `generator`, its discriminator `discriminator`, the callback `recorder` and what
# `fit` returns `history`.
#
# From fresh noise, the judge's confidence must be at least **0.15** and the number of different
# digits at least **4** in the quick profile, **0.4** and **6** in the full one. (The check counts digits as your `measure`
# does, but gives a sample of which the judge is less sure less weight.) It takes about a thousand updates:
# reckon how many an epoch has with your batch size. Learning rates between 1e-4 and 2e-3 are worth a try, and they need not
# be the same for both. Be warned: a GAN that looks bad now may be good an epoch later, or the other way round.

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
    rows = numbers(generator(rng.normal(size=(1000, noise)).astype("float32")))
    assert rows.shape == (1000, 784), f"1000 images make (1000, 784); yours are {rows.shape}."
    assert np.abs(rows).max() <= 1.001, "the images of `generator` should go from -1 to 1."
    confidence, digits, shares = sample_quality((rows + 1) / 2)
    wanted = {"quick": (0.15, 4), "full": (0.4, 6)}[profile.current()]
    print(f"The judge's confidence is {confidence:.2f}; there are {digits:.1f} different digits.")
    assert digits >= wanted[1], (
        f"there are only {digits:.1f} different digits among the samples, at least {wanted[1]} are wanted; "
        f"the most frequent is {shares.argmax()}, {100 * shares.max():.0f} %. Has the generator collapsed?"
    )
    assert confidence >= wanted[0], (
        f"the judge's confidence is {confidence:.2f}, at least {wanted[0]} is wanted: most samples are no "
        "digits yet. Did training run long enough, and do the learning rates fit?"
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
    title=f"From the same noise: left after epoch {early}, right at the end",
    columns=12,
)

# %% [markdown]
# The whole story, as an animation. It is in the file `gan.gif`, too.

# %%
from IPython.display import Image

from course_lib.figures.save_gif import save_gif

Image(data=save_gif([frame[:32] for frame in frames], "gan.gif").read_bytes())

# %% [markdown]
# The generator has no map of its noise, as nobody has asked for one. But neighbours look alike all the same:
# here are images on straight lines from one row of noise to another.

# %%
ends = np.random.default_rng(3).normal(size=(4, 2, generator.input_shape[-1])).astype("float32")
share = np.linspace(0, 1, 12, dtype="float32")[:, None]
ways = [as_images(generator((1 - share) * a + share * b)) for a, b in ends]
figures.interpolation(np.stack(ways))

# %% [markdown]
# ## 7 How GANs fail
#
# Four failures have names. **Mode collapse**: the generator makes few kinds (modes) of image, whatever the noise.
# **Oscillation**: it runs from one kind to another and never comes to rest. **Imbalance**: one of the two is so far
# ahead that the other has nothing to learn from it. **Vanishing gradient**: question 3. All of them are in the figures
# of this section, and which is where you will have to say in question 7.
#
# In 784 dimensions it is hard to see what goes on. So first a game in the plane: the real points lie in eight small heaps
# on a ring (Metz et al. 2017, §3.1), and a small generator has to fill all eight. Three trainings, which differ in
# nothing but their learning rates. `gan` from `course_lib.models` builds both networks, with one training step like yours.

# %%
from course_lib import models

rng = np.random.default_rng(0)
angles = np.arange(8) * np.pi / 4
centres = 0.8 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
points = centres[rng.integers(0, 8, 20_000)] + rng.normal(scale=0.02, size=(20_000, 2))

plays = {}
for name, d_rate, g_rate in [
    ("both 1e-3", 1e-3, 1e-3),
    ("G ten times as fast", 1e-3, 1e-2),
    ("D twenty times as fast", 2e-2, 1e-3),
]:
    keras.utils.set_random_seed(1)
    plane = models.gan(8, (64, 64), (64, 64), pixels=2)
    plane.compile(d_rate, g_rate)
    watcher = SampleRecorder(keras.random.normal((300, 8), seed=1))
    fit(plane, points, epochs=10, batch_size=100, callbacks=[watcher], verbose=False)
    plays[name] = [watcher.at(epoch) for epoch in range(2, 11)]
figures.heaps_over_time(plays, points[:500], [f"epoch {n}" for n in range(2, 11)], centres)

# %% [markdown]
# Above each panel is the number of heaps that hold at least 2 % of the made-up points (blue; the real ones are grey).
# Look along each row: which heaps are full at one time, and which two epochs later?
#
# Now the same with digits. From your two networks, as they are after question 6, three ways lead on, 80 updates
# each: with learning rates that do well, with a generator that is twenty times as fast, and with a discriminator that no longer learns
# (against a generator that is twice as fast). For each, the table has both losses in the last epoch, and what `measure` says of 500 samples.

# %%
trainings = {}
for name, d_rate, g_rate in [
    ("rates that do well", 1e-3, 5e-4),
    ("G twenty times as fast", 1e-3, 1e-2),
    ("D stands still", 0.0, 1e-3),
]:
    keras.utils.set_random_seed(1)
    noise = generator.input_shape[-1]
    on = models.gan(noise)
    on.generator.set_weights(generator.get_weights())
    on.discriminator.set_weights(discriminator.get_weights())
    on.compile(d_rate, g_rate)
    record = fit(on, x_train[:640], epochs=4, batch_size=32, verbose=False).history
    samples = as_images(on.generator(keras.random.normal((500, noise), seed=2)))
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
# In the middle of the figure are twelve samples, on the right is the judge's mean probability of each digit, and of none. The
# difference between samples is the standard deviation of a pixel over the 500 samples, on average over the pixels.
#
# And the flat loss of question 3, in a real network: an untrained generator stands still, and the
# discriminator trains alone, and gets better and better. How large is the gradient that the generator
# would get, with each of its two losses?

# %%
keras.utils.set_random_seed(1)
small = models.gan(16, (128, 128), (128, 128))
small.compile(discriminator_rate=1e-3, generator_rate=0.0)
noise = keras.random.normal((256, 16), seed=1)
points = []
for _ in range(6):
    with tf.GradientTape(persistent=True) as tape:
        logits = small.discriminator(small.generator(noise))
        believed = ops.sigmoid(logits)  # far enough from 0 and 1 here for its logarithms
        natural, turned = ops.mean(ops.log(1 - believed)), -ops.mean(ops.log(believed))
    sizes = [
        float(tf.linalg.global_norm(tape.gradient(loss, small.generator.trainable_variables)))
        for loss in (natural, turned)
    ]
    points.append((float(ops.mean(believed)), *sizes))
    small.fit(x_train[:320], epochs=1, batch_size=32, verbose=0)
figures.vanishing_gradient(*np.transpose(points))

# %% [markdown]
# ### Question 7 · `problems` · in words
#
# About twelve lines, in your own words, with numbers from *your* figures and tables:
#
# 1. In the plane, two of the three trainings fail. Name both failures, and describe them with numbers of heaps.
#    What do they say about the choice of learning rates?
# 2. Of the three trainings on digits, which ends with the smallest loss of the generator, and how good are its samples? Why does
#    the generator's loss not tell how good they are?
# 3. What happens to the generator if the discriminator becomes too good? What does the loss turned round change about it?
#    Which of the trainings shows that it does not cure everything?

# %% [markdown] written="problems"
# ### BEGIN SOLUTION
# **A model answer.** (1) With D twenty times as fast the generator ends on one to three of the eight heaps and stays
# there: mode collapse. With G ten times as fast it runs about: nearly all of its points are at one place at a time, on one heap
# or between two, and at another place an epoch later; as soon as D has learnt that this place is forged, G jumps to the
# next: oscillation. Both at 1e-3 fill six to eight heaps. So a factor of ten in one rate decides: neither may run away from the other. (2) The one whose
# discriminator stands still: the loss of G falls to nearly 0 (D believes all of it), and yet confidence falls, often to near 0, as the
# generator draws whatever this one D believes, digits or not. The loss compares G with the present D only; with another D the same samples
# have another loss. (3) With D(G(z)) near 0 the gradient of ln(1 - D) with respect to the logit is -D, near 0: the
# last figure shows it shrink more than tenfold, to under 1 % of the other's. The turned loss has the slope D - 1, near -1: its gradient
# stays. It is no cure for collapse, though: the generator that is twenty times as fast uses it, D is sure (its loss is near 0, that of G large),
# its samples look alike (they differ less than those of the training as before), and hardly one is a digit.
#
# **Rubric, 3 points.**
#
# - 1 point: tells collapse (settled, few heaps) from oscillation (jumping), with the row and the numbers of heaps, and concludes that the
#   rates must fit each other. Half for one of the two failures.
# - 1 point: smallest loss of G with bad samples, with numbers (loss, and confidence or spread); a loss is relative to the present opponent. Half without the
#   reason.
# - 1 point: vanishing gradient, with a number from the last figure, and slope -D against D - 1; names a training that fails in spite of the turned loss.
#   Half without the latter.
# ### END SOLUTION

# %% [markdown]
# ## 8 What the detective has learnt
#
# To tell real digits from forged ones, the discriminator had to learn what strokes look like, without a
# single label. What it knows sits in its last hidden layer: 256 numbers an image, its **features**. Take them
# as the input of a classifier, and train only that, on very few labels (Radford et al. 2016, §5.2).
#
# ### Question 8 · `features`
#
# Write `classifier_on(discriminator)`: a Keras model from images (batch, 784) to 10 logits, made of all
# the discriminator's layers but the last, which makes the logit, **frozen** (`trainable = False`), and a new dense layer. The
# classifier needs layers of its own, with copies of the weights; otherwise you freeze the discriminator itself, and its game
# is over. `keras.models.clone_model` makes a second network of the same layers, with new weights.


# %% solution="features"
def classifier_on(discriminator):
    """A classifier (batch, 784) → logits (batch, 10) on frozen copies of the features."""
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
    kept = weights_of(network)
    classifier = classifier_on(network)
    assert isinstance(classifier, keras.Model), "classifier_on must give back a Keras model."
    x = rng.normal(size=(30, 784)).astype("float32")
    with warnings.catch_warnings():  # Keras', on models whose inputs are a list of one
        warnings.simplefilter("ignore")
        given = numbers(classifier(x))
    assert given.shape == (30, 10), (
        f"30 images and 10 digits make (30, 10); yours is {given.shape}."
    )
    trained = [tuple(w.shape) for w in classifier.trainable_weights]
    assert len(trained) == 2, (
        f"only the new layer's weights and biases should learn; trainable are {trained}: freeze the "
        "copied layers."
    )
    assert trained == [(units[1], 10), (10,)], (
        f"the new layer should take the {units[1]} features and give 10 logits; yours holds {trained}. "
        "Does the logit of the discriminator stand between?"
    )
    features = through_layers(x, [np.asarray(w, "float64") for w in kept[:4]], slope)
    features = np.where(features > 0, features, slope * features)
    kernel, bias = (np.asarray(w, "float64") for w in classifier.trainable_weights)
    assert np.allclose(given, features @ kernel + bias, atol=1e-3), (
        "the classifier does not compute a dense layer on the discriminator's features: are its weights "
        "copied, and do the features end after the second leaky ReLU?"
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
    "after the game": classifier_on(discriminator),
}
right = {}
for name, classifier in classifiers.items():
    classifier.compile(keras.optimizers.SGD(0.1), loss, steps_per_execution=60)
    start, right[name] = classifier.get_weights(), []
    for first in range(0, 5 * labels, labels):  # five times, with other labels
        classifier.set_weights(start)
        few, their_labels = x_train[first : first + labels], y_train[first : first + labels]
        classifier.fit(
            np.tile(few, (repeats, 1)), np.tile(their_labels, repeats), batch_size=50, verbose=0
        )
        answers = ops.convert_to_numpy(classifier(x_test[:2000])).argmax(axis=-1)
        right[name].append(np.mean(answers == y_test[:2000]))
    print(
        f"on the features of a discriminator {name:15} {100 * np.mean(right[name]):.1f} % right, "
        f"from {100 * min(right[name]):.1f} to {100 * max(right[name]):.1f}"
    )

# %% [markdown]
# Three hundred labels, about thirty a digit, and only one layer learns from them; five times, each time with other labels.
# How much more are the discriminator's features worth than those of an untrained one, though it has never seen a label? Expect
# three to ten percentage points in the quick profile, in which it has not played long, and about fifteen after the full one on real digits.
# With convolutions and more images the same trick was the best that was known in 2016 for photographed house numbers
# with a thousand labels (Radford et al. 2016, §5.2).
#
# ## What to try next
#
# - **Convolutions.** `dcgan()` from `course_lib.models` is the DCGAN of Radford et al. 2016: its generator ends in
#   transposed convolutions (`keras.layers.Conv2DTranspose`), which enlarge a small image step by step, and its
#   discriminator is a small CNN. It takes images `(n, 28, 28, 1)` from -1 to 1, trains like the others, with `fit`, and draws cleaner
#   strokes. Take the full profile, and time: an update costs several times as much.
# - **Clothes.** `data.load("fashion_mnist")` instead of `"mnist"`. (The judge only knows digits.)
# - **Order a digit.** Hand the label to both networks, as ten more inputs: a conditional GAN (Mirza & Osindero 2014).
# - **One-sided smoothing.** Tell $D$ that real images are real with 0.9 instead of 1 (Salimans et al. 2016, §3.4). Does
#   the game in the plane still collapse when $D$ is twenty times as fast?
#
# **Sources.** I. Goodfellow et al., *Generative adversarial nets*, NIPS 2014, arXiv:1406.2661, §3 and algorithm 1 · A. Radford,
# L. Metz, S. Chintala, *Unsupervised representation learning with deep convolutional generative adversarial
# networks*, ICLR 2016, arXiv:1511.06434 · T. Salimans et al., *Improved techniques for training GANs*, NIPS 2016,
# arXiv:1606.03498 · M. Arjovsky, L. Bottou, *Towards principled methods for training generative adversarial networks*, ICLR 2017 ·
# L. Metz et al., *Unrolled generative adversarial networks*, ICLR 2017, arXiv:1611.02163 ·
# M. Mirza, S. Osindero, *Conditional generative adversarial nets*, arXiv:1411.1784, 2014 · I. Goodfellow, *NIPS 2016
# tutorial: generative adversarial networks*, arXiv:1701.00160. The text of this lab is licensed CC BY 4.0, its code MIT.
