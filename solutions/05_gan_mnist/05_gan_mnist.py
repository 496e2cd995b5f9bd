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
# shows the forger, without meaning to, where to improve. The better the forger becomes, the closer the
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
# | full | a GPU | all of MNIST, 60,000 | 0.6–0.9 · 8–10 | 4–10 min on 2 cores |
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
import warnings
from itertools import pairwise

import keras
import numpy as np

from course_lib import testing as _testing


def _call(model, x):
    """Return a model's outputs without Keras' warnings: stock nbgrader deducts points for these."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(model(x), "float64")


def _apply_layers(x, weights, slopes, last):
    for number, slope in enumerate(slopes):
        x = x @ weights[2 * number] + weights[2 * number + 1]
        x = np.where(x > 0, x, slope * x)
    return last(x)


def _check_network(name, network, sizes, last, rng):
    assert network is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(network, keras.Model), (
        f"`{name}` returned {type(network).__name__}; expected a Keras model."
    )
    x = rng.normal(size=(20, sizes[0])).astype("float32")
    if not network.get_weights():
        _call(network, x)  # a model without an input has weights only after its first call
    shapes = [tuple(w.shape) for w in network.get_weights()]
    wanted = [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])]
    assert shapes == wanted, (
        f"The model from `{name}` has weights and biases of shapes {shapes}; expected {wanted}, for layers "
        f"of sizes {sizes}."
    )
    weights = [np.asarray(w, "float64") for w in network.get_weights()]
    given = _call(network, x)
    ends = {"tanh": np.tanh, "none": lambda v: v, "sigmoid": lambda v: 1 / (1 + np.exp(-v))}
    leaky, wanted_end = [0.2, 0.2, 1.0], ends[last]
    mistakes = {
        "Did you forget the tanh of the last layer?": (leaky, ends["none"]),
        "The last layer has a tanh; expected a logit, with no activation.": (leaky, ends["tanh"]),
        "The last layer has a sigmoid; expected a tanh, because images go from -1 to 1."
        if last == "tanh"
        else "The last layer has a sigmoid; expected a logit, with no activation.": (
            leaky,
            ends["sigmoid"],
        ),
        "Is there a leaky ReLU after the last layer, too?": ([0.2, 0.2, 0.2], wanted_end),
        "Did you forget the leaky ReLU after the second layer?": ([0.2, 1, 1], wanted_end),
        "Did you forget the leaky ReLU after the first layer?": ([1, 0.2, 1], wanted_end),
        "Did you forget the leaky ReLUs?": ([1, 1, 1], wanted_end),
        "The hidden layers have plain ReLUs; expected leaky ReLUs with negative_slope=0.2.": (
            [0, 0, 1],
            wanted_end,
        ),
    }
    for slope in (0.3, 0.1, 0.05, 0.01):
        mistakes[f"The negative slope is {slope}; expected negative_slope=0.2."] = (
            [slope, slope, 1],
            wanted_end,
        )
    _testing.near(
        given,
        _apply_layers(x, weights, leaky, wanted_end),
        f"The model from `{name}`",
        rtol=1e-3,
        atol=1e-4,
        mistakes={
            hint: _apply_layers(x, weights, slopes, end) for hint, (slopes, end) in mistakes.items()
        },
    )


def _check_networks(noise, rng):
    _check_network("make_discriminator", make_discriminator(), (784, 256, 256, 1), "none", rng)
    generator = make_generator(noise)
    _check_network("make_generator", generator, (noise, 1024, 1024, 784), "tanh", rng)


_check_networks(8, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(_testing.hidden_seed())
_check_networks(int(_rng.integers(10, 90)), _rng)
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
# A network learns only from losses that gradients can flow through. They flow through `keras.ops`, the
# NumPy of Keras (`ops.mean`, `ops.exp`, `ops.sigmoid`, …), but not through NumPy itself. `gradient_of` shows
# whether they do. (Section 4 explains the tape.)


# %%
def gradient_of(function, *inputs):
    """Return the gradient of a function with respect to each input; None where none flows."""
    inputs = [tf.convert_to_tensor(values) for values in inputs]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = ops.sum(function(*inputs))
    return tape.gradient(value, inputs)


example = np.array([[1.0], [2.0]], "float32")
for name, square in [
    ("keras.ops", lambda s: ops.mean(s**2)),
    ("NumPy", lambda s: np.mean(np.asarray(s) ** 2)),
]:
    print(f"gradient of the mean square, written in {name}: {gradient_of(square, example)[0]}")

# %% [markdown]
# ### Question 2 · `losses`
#
# Write both losses. Their arguments are logits of shape `(m, 1)`. Each returns a single number, which is
# finite for all logits and lets gradients flow. First, on paper: how do you write $-\ln D$ and $-\ln(1 - D)$
# with the softplus?
#
# <details><summary>Hint 1</summary>
#
# $1 - D$ is the sigmoid of $-s$: multiply the numerator and the denominator of $\dfrac{e^{-s}}{1 + e^{-s}}$
# by $e^s$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $-\ln D = -\ln \dfrac{1}{1 + e^{-s}} = \ln(1 + e^{-s})$. This is a softplus: what is its argument? For the
# other term, use hint 1.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Each of the two terms of the discriminator's loss is a mean over its own batch (`ops.mean`); the loss is
# their sum.
#
# </details>


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

from course_lib import testing as _testing


def _measure_losses(real, fake):
    """Compute the losses of D and of G in NumPy: ln(1 + e^s) is logaddexp(0, s)."""
    real, fake = np.asarray(real, "float64"), np.asarray(fake, "float64")
    return (
        np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake)),
        np.mean(np.logaddexp(0, -fake)),
    )


def _check_values(real, fake):
    real, fake = np.asarray(real, "float32"), np.asarray(fake, "float32")
    of_d, of_g = _measure_losses(real, fake)
    minimax = -np.mean(np.logaddexp(0, fake.astype(float)))
    sign = "Is the sign wrong? The formula is maximised, and the loss is minimised."
    total = "Did you take the sum over the images? Take the mean."
    # What a cross-entropy makes of logits that it takes for probabilities.
    yes, no = (np.clip(s.astype(float), 1e-7, 1 - 1e-7) for s in (real, fake))
    taken = "Did you use the logits as probabilities?"
    hints_d = {
        sign: -of_d,
        "This is half of the formula. Add the two means; do not average them.": of_d / 2,
        total: of_d * len(real),
        "Did you swap real and fake images?": sum(_measure_losses(-real, -fake)[:1]),
        "Did you forget the fake images?": np.mean(np.logaddexp(0, -real.astype(float))),
        "Did you forget the real images?": -minimax,
        taken: np.mean(-np.log(yes)) + np.mean(-np.log(1 - no)),
        taken + " And add the two means; do not average them.": (
            np.mean(-np.log(yes)) + np.mean(-np.log(1 - no))
        )
        / 2,
    }
    _testing.near(
        discriminator_loss(real.copy(), fake.copy()),
        of_d,
        "`discriminator_loss`",
        mistakes=hints_d,
    )
    hints_g = {
        sign: -of_g,
        total: of_g * len(fake),
        "This is the mean of ln(1 - D). Maximise ln D instead.": minimax,
        "This is a part of the discriminator's loss. Maximise ln D instead.": -minimax,
        taken: np.mean(-np.log(no)),
    }
    _testing.near(generator_loss(fake.copy()), of_g, "`generator_loss`", mistakes=hints_g)


def _check_far_logits(far):
    """Check the losses of logits that are far on the wrong side, where D is 0 or 1."""
    real, fake = np.full((2, 4, 1), [[[-far]], [[far]]], "float32")
    for name, given, wanted in [
        ("discriminator_loss", discriminator_loss(real, fake), 2 * far),
        ("generator_loss", generator_loss(real), far),
    ]:
        given = float(np.asarray(given, "float64").sum())
        hint = (
            "Compute the loss from the logits, not from probabilities: they are rounded to 0 or 1."
        )
        if given == np.inf:
            hint = "Did e^s overflow, or is D rounded to 0? `ops.softplus(s)` is ln(1 + e^s) without either."
        assert abs(given / wanted - 1) < 1e-3, (
            f"For logits of ±{far:.0f} on the wrong side, `{name}` returned {given:.1f}; expected "
            f"{wanted:.1f}. {hint}"
        )


def _check_gradient(function, name, wanted, *logits):
    try:
        given = gradient_of(function, *logits)
    except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
        given, cause = [None], f" ({error})"
    else:
        cause = ""
    assert all(values is not None for values in given), (
        f"No gradient flows through `{name}`{cause}. Did you use NumPy? Use `ops`, the NumPy of Keras."
    )
    for values, right in zip(given, wanted, strict=True):
        _testing.near(values, right, f"The gradient of `{name}`", atol=1e-6)


def _check_gradients(real, fake):
    real, fake = np.asarray(real, "float32"), np.asarray(fake, "float32")
    of_real, of_fake, of_generated = (
        -1 / (1 + np.exp(real.astype(float))) / len(real),
        1 / (1 + np.exp(-fake.astype(float))) / len(fake),
        -1 / (1 + np.exp(fake.astype(float))) / len(fake),
    )
    wanted = [of_real, of_fake]
    _check_gradient(discriminator_loss, "discriminator_loss", wanted, real, fake)
    _check_gradient(generator_loss, "generator_loss", [of_generated], fake)


_check_values([[2.0], [0.5], [-1.0]], [[-1.5], [0.25], [0.5]])  # expected: 1.305232 and 0.917143
_check_gradients([[2.0], [0.5], [-1.0]], [[-1.5], [0.25], [0.5]])
### BEGIN HIDDEN TESTS


def _check_losses_hidden(rng):
    for images in (1, 6, 64):
        _check_values(*rng.normal([[[0.5]], [[-0.5]]], 2, (2, images, 1)))
    _check_gradients(*rng.normal(0, 2, (2, 5, 1)))
    _check_far_logits(rng.uniform(150, 300))


_check_losses_hidden(np.random.default_rng(_testing.hidden_seed()))
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
#
# <details><summary>Hint 1</summary>
#
# The derivative of the sigmoid is $\dfrac{\partial D}{\partial s} = D (1 - D)$. The rest is the chain rule.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The outer derivatives are $-\dfrac{1}{D}$ and $-\dfrac{1}{1 - D}$. Multiply and cancel.
#
# </details>


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

from course_lib import testing as _testing


def _unpack(values, count, name, what):
    """Return what `name` returned as a list of `count` values."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    try:
        values = list(values)
    except TypeError:
        values = [values]
    assert len(values) == count, (
        f"`{name}` returned {len(values)} value{'' if len(values) == 1 else 's'}; expected {what}."
    )
    return values


def _check_slopes(logits):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = _unpack(slopes(logits.copy()), 2, "slopes", "two arrays")
    probability = 1 / (1 + np.exp(-logits))
    wanted = {"-ln D": probability - 1, "ln(1 - D)": -probability}
    chain = "This is the derivative with respect to D. Did you forget the chain rule: times dD/ds = D (1 - D)?"
    mistaken = {"-ln D": -1 / probability, "ln(1 - D)": -1 / (1 - probability)}
    for (name, right), (other, swapped), given in zip(
        wanted.items(), reversed(wanted.items()), both, strict=True
    ):
        mistakes = {
            f"This is the derivative of {other}. Did you return the two in the wrong order?": swapped,
            "Is the sign wrong? The loss falls when D rises.": -right,
            f"Is this the derivative of {other}, with the wrong sign, too?": -swapped,
            chain: mistaken[name],
            chain + " And is the sign wrong?": -mistaken[name],
            "This is the derivative of D itself.": probability * (1 - probability),
            "This is the derivative of 1 - D.": -probability * (1 - probability),
            "This is D itself.": probability,
            "This is the loss itself, not its derivative.": np.logaddexp(0, -logits)
            if name == "-ln D"
            else -np.logaddexp(0, logits),
        }
        _testing.near(given, right, f"`slopes`, for {name},", mistakes=mistakes)


_check_slopes(np.array([-4.0, 0.0, 1.0]))
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(_testing.hidden_seed())
_check_slopes(_rng.normal(scale=3, size=12))
_check_slopes(_rng.normal(scale=2, size=(5, 1)))
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
# 2. Update $D$ once, with the gradient of **its** loss with respect to **its** weights.
# 3. Update $G$ once, with the gradient of **its** loss with respect to **its** weights. The gradient flows
#    through $D$, but $D$ is not changed. The images may be those of step 2 or come from new noise.
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
#
# <details><summary>Hint 1</summary>
#
# There are two losses, so use two tapes. In each, compute everything that the loss needs; after it, take the
# gradient with respect to the `trainable_variables` of *one* of the networks.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The gradient for $G$ has to pass through the images. So `self.generator(…)` has to be called *inside* the
# tape of the generator's loss. For $D$, the images may come from outside the tape.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The shape of the noise is `(ops.shape(real)[0], self.noise)`. An update of $D$ is
# `self.d_optimizer.apply(gradients, weights)`, with the weights of $D$.
#
# </details>


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
import tensorflow as tf

from course_lib import testing as _testing

# Gradients that are small compared with Adam's ε make its updates proportional to them.
_TINY, _EPSILON, _BETA_2 = 1e-9, 1e-7, 0.999


def _train_gan(game, real, batch_size):
    """Train for one epoch, in the order of the images."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no warnings about retracing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            game.fit(real, epochs=1, batch_size=batch_size, shuffle=False, verbose=0)
        except Exception as error:
            _explain_error(error)
            raise


def _train_once(game, real):
    """Run one `train_step`, without the half second that `fit` needs to prepare it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return game.train_step(tf.convert_to_tensor(real))
        except Exception as error:
            _explain_error(error)
            raise


def _explain_error(error):
    text = str(error)
    assert "No gradients" not in text, (
        "In `train_step`, no gradient reached the weights. Did you generate the images inside the tape, and "
        "did you compute the loss there, too, with Keras operations?"
    )
    # What TensorFlow says to a NumPy number in place of a loss.
    assert "attribute '_id'" not in text, (
        "In `train_step`, a loss is a NumPy number, so it has no gradient. Do the losses of question 2 use "
        "`ops`?"
    )


def _start_gan(generator, discriminator, d_rate, g_rate):
    game = GAN(generator, discriminator)
    game.compile(d_rate=d_rate, g_rate=g_rate)
    return game


def _compute_losses(real, fake):
    return (
        np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake)),
        np.mean(np.logaddexp(0, -fake)),
    )


def _compute_own_losses(real, fake):
    """Return what question 2 returns: a mistake there costs its points only once."""
    real, fake = np.asarray(real, "float32"), np.asarray(fake, "float32")
    try:
        both = discriminator_loss(real, fake), generator_loss(fake)
        return [float(np.asarray(loss, "float64").sum()) for loss in both]
    except Exception:
        return [np.nan, np.nan]


def _check_reported(generator, discriminator, real, noise):
    """Compare the reported losses, where the images do not depend on the noise, with learning rates of 0."""
    record = _train_once(_start_gan(generator, discriminator, 0.0, 0.0), real)
    names = ("discriminator_loss", "generator_loss")
    assert isinstance(record, dict) and set(names) <= set(record), (
        f"`train_step` returned {type(record).__name__}; expected what `self.track(…)` returns. Did you end "
        "with `return self.track(loss of D, loss of G)`?"
    )
    given = [float(np.sum(record[name])) for name in names]
    logits = [
        np.asarray(discriminator(x), "float64")
        for x in (real, generator(np.zeros((len(real), noise), "float32")))
    ]
    wanted = _compute_losses(*logits)
    if np.allclose(given, _compute_own_losses(*logits), rtol=1e-3):
        return
    hint = "Did you return `self.track(loss of D, loss of G)`?"
    if not np.allclose(given, wanted, rtol=1e-3) and np.allclose(given[::-1], wanted, rtol=1e-3):
        hint = "Did you return the two in the wrong order?"
    assert np.allclose(given, wanted, rtol=1e-3), (
        f"`train_step` reported the losses {given[0]:.3f} for D and {given[1]:.3f} for G; expected "
        f"{wanted[0]:.3f} and {wanted[1]:.3f}. {hint}"
    )


def _make_still_networks(rng):
    """Build a generator whose images do not depend on the noise, and a discriminator, with weights."""
    layers = keras.layers
    ones = layers.Rescaling(0.0, offset=1.0)
    generator = keras.Sequential(
        [keras.Input((3,)), ones, layers.Dense(5, activation="tanh"), layers.Dense(6)]
    )
    discriminator = keras.Sequential(
        [keras.Input((6,)), layers.Dense(8, activation="tanh"), layers.Dense(1)]
    )
    for network in (generator, discriminator):
        network.set_weights([rng.normal(scale=0.5, size=w.shape) for w in network.get_weights()])
    return generator, discriminator


def _make_tiny_networks(weights, logit):
    """Build networks with known weights and tiny gradients; all logits are about `logit`."""
    layers = keras.layers
    ones = layers.Rescaling(0.0, offset=1.0)
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            ones,
            layers.Dense(5, activation="tanh"),
            layers.Dense(6),
            layers.Rescaling(_TINY),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="tanh", use_bias=False),
            layers.Dense(1, use_bias=False),
            layers.Rescaling(1.0, offset=logit),
        ]
    )
    generator.set_weights(weights["G"])
    discriminator.set_weights(weights["D"])
    return {"G": generator, "D": discriminator}


def _compute_gradients(networks, real, slopes):
    """Return the gradients of D's and G's loss from the derivatives of the losses by the logits."""
    of_real, of_fake, of_generated = slopes
    with tf.GradientTape(persistent=True) as tape:
        logits = networks["D"](networks["G"](tf.zeros((len(real), 3))))
        of_d = tf.reduce_mean(of_real * networks["D"](real) + of_fake * logits)
        of_g = tf.reduce_mean(of_generated * logits)
    return {
        name: tape.gradient(loss, networks[name].trainable_variables)
        for name, loss in (("D", of_d), ("G", of_g))
    }


def _train_reference(weights, logit, batches, rates, order, find_slopes):
    """Return the weights after training; `order` says what is updated together and what in turn."""
    networks = _make_tiny_networks(weights, logit)
    optimizers = {name: keras.optimizers.Adam(rates[name], beta_1=0.5) for name in "DG"}
    for real in batches:
        for group in order:
            gradients = _compute_gradients(networks, real, find_slopes(len(real)))
            for name in group:
                optimizers[name].apply(gradients[name], networks[name].trainable_variables)
    return {name: networks[name].get_weights() for name in "DG"}


def _measure_distance(given, wanted, start):
    """Return the largest error of a weight, in units of the largest change of its network."""
    errors = []
    for name in "DG":
        change = max(np.abs(w - s).max() for w, s in zip(wanted[name], start[name], strict=True))
        error = max(np.abs(g - w).max() for g, w in zip(given[name], wanted[name], strict=True))
        errors.append(error / max(change, 1e-6))
    return float(max(errors))


def _find_own_slopes(logit):
    """Return a function that returns the derivatives of question 2's losses; None if they have none."""

    def find(images):
        logits = np.full((images, 1), logit, "float32")
        of_real, of_fake = gradient_of(discriminator_loss, logits, logits)
        (of_generated,) = gradient_of(generator_loss, logits)
        return [float(np.sum(values)) for values in (of_real, of_fake, of_generated)]

    try:
        return find if min(map(abs, find(2))) > 1e-3 else None
    except Exception:
        return None


_IN_TURN, _TOGETHER, _G_FIRST = ("D", "G"), ("DG",), ("G", "D")


def _check_steps(rng, logit, with_fit):
    """Compare the weights after three batches with those after a reference training step."""
    weights = {
        "G": [rng.normal(scale=0.5, size=shape) for shape in [(3, 5), (5,), (5, 6), (6,)]],
        "D": [rng.normal(scale=0.5, size=shape) for shape in [(6, 8), (8, 1)]],
    }
    weights = {name: [w.astype("float32") for w in each] for name, each in weights.items()}
    real = (_TINY * rng.normal(size=(11, 6))).astype("float32")
    batches, rates = [real[:4], real[4:8], real[8:]], {"D": 200.0, "G": 300.0}
    start = _make_tiny_networks(weights, logit)
    game = _start_gan(start["G"], start["D"], d_rate=rates["D"], g_rate=rates["G"])
    if with_fit:
        _train_gan(game, real, batch_size=4)
    else:
        for batch in batches:
            _train_once(game, batch)
    given = {"G": game.generator.get_weights(), "D": game.discriminator.get_weights()}
    yes, no = 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(logit))

    def measure(order, find_slopes):
        wanted = _train_reference(weights, logit, batches, rates, order, find_slopes)
        return _measure_distance(given, wanted, weights)

    def measure_all(find_slopes):
        distances = []
        for order in (_IN_TURN, _TOGETHER, _G_FIRST):
            distances.append(measure(order, find_slopes))
            if distances[-1] <= 0.01:
                break
        return min(distances)

    distance = measure_all(lambda images: (-no, yes, -no))
    own = _find_own_slopes(logit) if distance > 0.01 else None
    if own is not None:
        distance = min(distance, measure_all(own))
    hint = "" if distance <= 0.01 else _explain_steps(measure, measure_all, yes, no, given, weights)
    name = "The error of the weights after three batches, relative to their change,"
    _testing.at_most(distance, 0.01, name, sd=1e-4, hint=hint)


def _explain_steps(measure, measure_all, yes, no, given, start):
    unchanged = {
        name: all(np.array_equal(a, b) for a, b in zip(given[name], start[name], strict=True))
        for name in "DG"
    }
    if unchanged["D"]:
        return "`train_step` did not change the discriminator. Did you update its weights?"
    if unchanged["G"]:
        return (
            "`train_step` did not change the generator. Did you generate the images inside the tape, and "
            "did you update the generator's weights?"
        )
    for hint, slopes in {
        "Did you train the generator with ln(1 - D)? Use the gradient of `generator_loss`.": (
            -no,
            yes,
            -yes,
        ),
        "Did you train the discriminator with fake images only?": (0, yes, -no),
        "Did you train the discriminator with real images only?": (-no, 0, -no),
        "Did you swap real and fake images in the discriminator's loss?": (yes, -no, -no),
        "Did you use half of the discriminator's loss?": (-no / 2, yes / 2, -no),
        "Is the sign of the generator's loss wrong?": (-no, yes, no),
    }.items():
        if measure_all(lambda images, slopes=slopes: slopes) <= 0.01:
            return hint
    for hint, order in {
        "Did you update the discriminator twice in each step? Update each network once.": "DDG",
        "Did you update the generator twice in each step? Update each network once.": "DGG",
    }.items():
        if measure(tuple(order), lambda images: (-no, yes, -no)) <= 0.01:
            return hint
    return (
        "Does each network get one update in each step, with the gradient of its own loss with respect to "
        "its own weights, and by its own optimizer?"
    )


def _recover_gradients(weights):
    """Return the tiny gradients of Adam's updates from the weights before and after each of them."""
    average, gradients = 0.0, []
    for step in range(1, len(weights)):
        rate = np.sqrt(1 - _BETA_2**step) / (1 - 0.5**step)
        latest = (weights[step - 1] - weights[step]) / rate * _EPSILON
        gradients.append((latest - 0.5 * average) / 0.5)
        average = latest
    return gradients


def _observe_noise(name, numbers=6000):
    """Return the mean noise of a batch of 1, of 5 and again of 5 images, from the updates of D or G."""
    layers, pixels = keras.layers, numbers if name == "D" else 1
    generator = [keras.Input((numbers,))]
    if name == "D":  # images are the noise, so the discriminator's gradient is, too
        generator += [layers.PReLU(alpha_initializer="ones"), layers.Rescaling(_TINY)]
    else:  # the gradient of a dense layer's kernel is its input, the noise
        generator += [layers.Dense(1, kernel_initializer="zeros", use_bias=False)]
    kernel = keras.initializers.Constant(0.0 if name == "D" else _TINY)
    discriminator = [
        keras.Input((pixels,)),
        layers.Dense(1, kernel_initializer=kernel, use_bias=False),
    ]
    game = _start_gan(
        keras.Sequential(generator),
        keras.Sequential(discriminator),
        d_rate=float(name == "D"),
        g_rate=float(name == "G"),
    )
    weights = [np.zeros(numbers)]
    for images in (1, 5, 5):
        if images == 1:
            _train_once(game, np.zeros((images, pixels), "float32"))
        else:  # in `fit`, whatever is drawn outside TensorFlow is drawn once only
            _train_gan(game, np.zeros((images, pixels), "float32"), batch_size=images)
        network = game.discriminator if name == "D" else game.generator
        weights.append(np.asarray(network.get_weights()[0], "float64")[:, 0])
    return [gradient / (0.5 * _TINY) for gradient in _recover_gradients(weights)]


def _check_noise(name):
    network = {"D": "the discriminator", "G": "the generator"}[name]
    single, several, again = _observe_noise(name)
    own = _find_own_slopes(0.0)
    slope = abs(own(1)[1 if name == "D" else 2]) if own else 0.5
    single, several, again = (
        values * 0.5 / max(slope, 1e-3) for values in (single, several, again)
    )
    ask = "Do you draw new noise in each `train_step`, with seed=self.seed_generator?"
    same = np.corrcoef(several, again)[0, 1]
    noise = f"the noise in the update of {network}"
    _testing.at_most(
        same, 0.5, f"The correlation of {noise} between two batches", sd=0.013, hint=ask
    )
    ask = "Do you draw it with `keras.random.normal`, with mean 0 and standard deviation 1?"
    rows = "Do you draw one row of noise for each real image, with a standard deviation of 1?"
    deviation = np.std(single)
    _testing.at_most(abs(np.mean(single)), 0.1, f"The mean of {noise}", sd=0.013, hint=ask)
    _testing.at_least(deviation, 0.94, f"The standard deviation of {noise}", sd=0.0092, hint=rows)
    _testing.at_most(deviation, 1.06, f"The standard deviation of {noise}", sd=0.0092, hint=ask)
    heavy = np.mean(((single - single.mean()) / deviation) ** 4)
    _testing.at_least(heavy, 2.4, f"The fourth moment of {noise} (3 if normal)", sd=0.06, hint=ask)
    _testing.at_most(heavy, 3.6, f"The fourth moment of {noise} (3 if normal)", sd=0.06, hint=ask)
    ask = "Do you draw one row of noise for each real image?"
    rows = 1 / np.mean(several**2)
    name_of_rows = f"For a batch of 5 images, the number of independent rows of {noise}"
    _testing.at_least(rows, 4.5, name_of_rows, sd=0.09, hint=ask)
    _testing.at_most(rows, 5.5, name_of_rows, sd=0.09, hint=ask)


def _check_example():
    generator, discriminator = _make_still_networks(np.random.default_rng(0))
    # All pixels of real images are 1; all pixels of generated images are -0.5.
    kernel, bias, last, _ = generator.get_weights()
    generator.set_weights([kernel, bias, 0 * last, np.full(6, -0.5)])
    discriminator.set_weights(
        [np.full((6, 8), 0.25), np.zeros(8), np.full((8, 1), 0.25), np.zeros(1)]
    )
    # The logits are 1.81 and -1.27; expected losses: 0.398968 and 1.517742.
    _check_reported(generator, discriminator, np.ones((50, 6), "float32"), 3)


_check_example()
_check_steps(np.random.default_rng(0), logit=1.0, with_fit=True)
for _name in "DG":
    _check_noise(_name)
### BEGIN HIDDEN TESTS


def _check_gan_hidden(rng):
    real = rng.normal(size=(50, 6)).astype("float32")
    _check_reported(*_make_still_networks(rng), real, 3)
    _check_steps(rng, logit=rng.uniform(0.8, 1.6), with_fit=False)
    _check_steps(rng, logit=rng.uniform(-1.6, -0.8), with_fit=False)


_check_gan_hidden(np.random.default_rng(_testing.hidden_seed()))
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
#
# <details><summary>Hint 1, confidence</summary>
#
# First drop the last column, `probabilities[:, :10]`. The confidence is the largest number of each remaining
# row, averaged.
#
# </details>
#
# <details><summary>Hint 2, spread</summary>
#
# `np.bincount(digits, minlength=10)` counts how often each digit occurs in a list of digits; it also counts
# the zeros.
#
# </details>
#
# <details><summary>Hint 3, spread</summary>
#
# In NumPy, `0 * np.log(0)` is nan. Sum only over the shares that are greater than 0.
#
# </details>


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

from course_lib import testing as _testing


def _compute_spread(winners, weights=None):
    """Return e to the entropy of the shares of the winners, and the shares that are not 0."""
    shares = np.bincount(winners, weights) / max(np.sum(np.bincount(winners, weights)), 1e-9)
    shares = shares[shares > 0]
    return np.exp(-np.sum(shares * np.log(shares))), shares


def _compute_measure(probabilities):
    """Return the right two numbers, and for each the mistakes with their values."""
    p = np.asarray(probabilities, "float64")
    digits = p[:, :10]
    best, winners = digits.max(axis=1), digits.argmax(axis=1)
    spread, shares = _compute_spread(winners)
    among_all = p.argmax(axis=1)
    rest = 'Did you include "no digit"? Use the first ten probabilities only.'
    rescaled = best / digits.sum(axis=1)
    confidence_mistakes = {
        rest: p.max(axis=1).mean(),
        "Did you rescale the ten probabilities to the sum 1? Use them as they are.": rescaled.mean(),
        "Did you leave out the samples that are most probably no digit? Average over all samples.": (
            best[among_all < 10].mean() if np.any(among_all < 10) else 0.0
        ),
        "Did you use the largest probability of all samples? Average over the samples.": best.max(),
        "Did you average the probabilities before you took the largest?": digits.mean(axis=0).max(),
    }
    sure = winners[best > 0.5]
    spread_mistakes = {
        "This is the entropy itself. Raise e to its power.": np.log(spread),
        "Did you forget the minus sign of the entropy?": 1 / spread,
        "This is the number of digits that occur at all. A digit that occurs once in a thousand samples "
        "should count for little.": float(len(shares)),
        "Use the natural logarithm for the entropy.": np.exp(np.log(spread) / np.log(2)),
        "Is it 2 to the power of the entropy? Raise e to its power.": 2 ** np.log(spread),
        "This is 1 / Σ p². Use the entropy.": 1 / np.sum(shares**2),
        'Did you count "no digit" as an eleventh kind?': _compute_spread(among_all)[0],
        "Did you leave out the samples that are most probably no digit? Take the most probable of the "
        "ten digits for each sample.": _compute_spread(among_all[among_all < 10])[0],
        "Did you leave out the samples with a low probability? Count all samples.": (
            _compute_spread(sure)[0]
        ),
        "Did you count each sample with its probability? Count each once.": (
            _compute_spread(winners, best)[0]
        ),
        "Did you average the probabilities? Find the most probable digit of each sample first.": np.exp(
            -np.sum(digits.mean(axis=0) * np.log(digits.mean(axis=0)))
        ),
    }
    return (best.mean(), confidence_mistakes), (spread, spread_mistakes)


def _check_measure(probabilities):
    probabilities = np.asarray(probabilities, "float32")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = measure(probabilities.copy())
    given = _unpack(given, 2, "measure", "two, confidence and spread")
    (confidence, of_confidence), (spread, of_spread) = _compute_measure(probabilities)
    name = "`measure`, as the confidence,"
    _testing.near(given[0], confidence, name, mistakes=of_confidence)
    assert not np.isnan(np.asarray(given[1], "float64")).any(), (
        "`measure` returned nan as the spread. Does a digit that never occurs, 0 · ln 0, add 0 to the sum?"
    )
    _testing.near(given[1], spread, "`measure`, as the spread,", mistakes=of_spread)


def _check_six_samples():
    probabilities = np.full((6, 11), 0.02)
    probabilities[:3, 3] = 0.8
    # Two are most likely no digit; their most probable digits are 7 and 3.
    probabilities[3, [7, 10]] = 0.3, 0.52
    probabilities[4, [3, 10]] = 0.3, 0.52
    probabilities[5, [5, 10]] = 0.45, 0.37
    _check_measure(probabilities)  # expected: 0.575 and 2.381102


_check_six_samples()
### BEGIN HIDDEN TESTS


def _draw_judged(rng, samples):
    """Draw probabilities in which no two digits are close and every known mistake shows."""
    while True:
        logits = rng.normal(scale=1.5, size=(5 * samples, 11)) + rng.normal(scale=1.5, size=11)
        logits[:, 10] += 1
        logits[:, int(rng.integers(10))] -= 8  # this digit never occurs
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        ordered = np.sort(p[:, :10], axis=1)
        p = p[ordered[:, -1] > 1.1 * ordered[:, -2]][:samples].astype("float32")
        parts = _compute_measure(p)
        if all(
            abs(value / right - 1) > 0.005
            for right, mistakes in parts
            for value in mistakes.values()
        ):
            return p


_rng = np.random.default_rng(_testing.hidden_seed())
_check_measure(_draw_judged(_rng, 200))
_check_measure(_draw_judged(_rng, 60))
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
# a `SampleRecorder(noise)`. It repeatedly records what the generator makes of this noise, always the same
# rows. So you can watch it learn. For 64 rows of 32 numbers, use `keras.random.normal((64, 32), seed=1)`.
#
# ### Question 6 · `samples`
#
# Build a `GAN` from your networks (32 numbers of noise are enough), compile it, and train it with `fit` on
# `x_train`, as well as you can. Name its generator `generator`, its discriminator `discriminator`, the
# callback `recorder`, and what `fit` returns `history`.
#
# This is judged with new noise. In the quick profile, the confidence must be at least **0.15** and the number
# of different digits at least **4**. In the full profile, it must be **0.4** and **6**. (The check counts
# digits as your `measure` does, but samples with a lower confidence count less.) You need about a thousand
# updates: compute how many an epoch has with your batch size. Try learning rates between 1e-4 and 2e-3; they
# need not be the same for both networks. Be warned: a GAN that looks bad now may look good an epoch later,
# and the other way round.

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

from course_lib import profile as _profile
from course_lib import testing as _testing
from course_lib.models import sample_quality as _sample_quality


def _check_samples(rng):
    noise = generator.input_shape[-1]
    rows = _call(generator, rng.normal(size=(1000, noise)).astype("float32"))
    assert rows.shape == (1000, 784), (
        f"`generator` returned shape {rows.shape} for 1000 rows of noise; expected (1000, 784)."
    )
    assert np.abs(rows).max() <= 1.001, (
        "`generator` returned images with pixels outside [-1, 1]. Does it end with a tanh?"
    )
    confidence, digits, shares = _sample_quality((rows + 1) / 2)
    wanted = {"quick": (0.15, 4), "full": (0.4, 6)}[_profile.current()]
    print(f"The judge's confidence is {confidence:.2f}; there are {digits:.1f} different digits.")
    _testing.at_least(
        digits,
        wanted[1],
        "The number of different digits",
        sd=0.65,
        hint=f"The most frequent is {shares.argmax()}, with {100 * shares.max():.0f} %. Has the generator "
        "collapsed?",
    )
    _testing.at_least(
        confidence,
        wanted[0],
        "The judge's confidence",
        sd=0.06,
        hint="Most samples are not digits yet. Did you train long enough, with suitable learning rates?",
    )


_check_samples(np.random.default_rng(0))
### BEGIN HIDDEN TESTS
_check_samples(np.random.default_rng(_testing.hidden_seed()))
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
# In 784 dimensions it is hard to see what happens. So start in two dimensions. The real points lie in eight
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
# Now the same with digits. Starting from your two networks after question 6, there are three training runs of
# 80 updates each. The first has suitable learning rates. In the second, the generator learns twenty times as
# fast. In the third, the discriminator no longer learns, and the generator learns twice as fast. For each,
# the table shows both losses in the last epoch, and `measure` of 500 samples.

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
#
# <details><summary>Hint 1</summary>
#
# `clone_model` copies the layers, but not their weights: `set_weights` and `get_weights` do the rest.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# As in question 5 of Lab 01, the features are the output of the last layer but one, `copy.layers[-2].output`.
# Freeze only the layers of the copy, not the new dense layer.
#
# </details>


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


# %%
probe = models.gan(8).discriminator
probe_classifier = classifier_on(probe)
print(
    f"{len(probe.trainable_weights)} of the 6 weight arrays of the discriminator can still be trained"
)

# %% tests="features"
import keras
import numpy as np

from course_lib import testing as _testing


def _compute_features(x, weights, slopes=(0.2, 0.2)):
    for number, slope in enumerate(slopes):
        x = x @ np.asarray(weights[2 * number], "float64") + weights[2 * number + 1]
        x = np.where(x > 0, x, slope * x)
    return x


def _check_classifier(classifier, kept, x):
    """Check a classifier on a discriminator with the weights `kept`."""
    assert classifier is not None, "`classifier_on` returned None. Did you forget `return`?"
    assert isinstance(classifier, keras.Model), (
        f"`classifier_on` returned {type(classifier).__name__}; expected a Keras model."
    )
    given = _call(classifier, x)
    assert given.shape == (len(x), 10), (
        f"The model from `classifier_on` returned shape {given.shape} for {len(x)} images; expected "
        f"({len(x)}, 10)."
    )
    trained = [np.asarray(w) for w in classifier.trainable_weights]
    shapes = sorted((w.shape for w in trained), key=len, reverse=True)
    width = kept[3].shape[0]
    hint = "Did you freeze the copied layers?"
    if not trained:
        hint = "Did you freeze the new layer, too?"
    assert len(shapes) == 2, (
        f"The model from `classifier_on` has trainable arrays of shapes {shapes}; expected only the kernel "
        f"and the bias of the new layer, {[(width, 10), (10,)]}. {hint}"
    )
    assert shapes == [(width, 10), (10,)], (
        f"The new layer of `classifier_on` has arrays of shapes {shapes}; expected "
        f"{[(width, 10), (10,)]}, from {width} features to 10 logits. Did you leave out the "
        "discriminator's last layer?"
    )
    kernel, bias = sorted((w.astype("float64") for w in trained), key=np.ndim, reverse=True)

    def head(features):
        return features @ kernel + bias

    right = head(_compute_features(x, kept))
    is_right = np.allclose(given, right, rtol=1e-3, atol=1e-3)
    arrays = [np.asarray(w) for w in classifier.get_weights()]
    assert is_right or any(w.shape == kept[0].shape and np.allclose(w, kept[0]) for w in arrays), (
        "The model from `classifier_on` does not have the discriminator's weights. Did you copy them with "
        "`set_weights`?"
    )
    chances = np.exp(right - right.max(axis=1, keepdims=True))
    _testing.near(
        given,
        right,
        "The model from `classifier_on`",
        rtol=1e-3,
        atol=1e-3,
        mistakes={
            "Does the new layer have a softmax? Return logits.": (
                chances / chances.sum(axis=1, keepdims=True)
            ),
            "Does the new layer have a sigmoid? Return logits.": 1 / (1 + np.exp(-right)),
            "Does the new layer have a ReLU? Return logits.": np.maximum(right, 0),
            "Do the features end after the second leaky ReLU?": head(
                _compute_features(x, kept, (0.2, 1))
            ),
        },
    )


def _make_discriminator(rng, units):
    layers = keras.layers
    network = keras.Sequential([keras.Input((784,))])
    # Names that new layers of a student's model cannot have, too.
    for place, width in enumerate(units):
        network.add(layers.Dense(width, name=f"tested_dense_{place}"))
        network.add(layers.LeakyReLU(negative_slope=0.2, name=f"tested_leaky_{place}"))
    network.add(layers.Dense(1, name="tested_logit"))
    network.set_weights([rng.normal(scale=0.2, size=w.shape) for w in network.get_weights()])
    return network


def _check_features(rng, units):
    network = _make_discriminator(rng, units)
    x = rng.normal(size=(30, 784)).astype("float32")
    _check_classifier(classifier_on(network), network.get_weights(), x)


def _check_probe(x):
    """Check what the cell above built: is the discriminator itself unchanged?"""
    assert len(probe.get_weights()) == 6, (
        f"After `classifier_on(probe)`, the discriminator has {len(probe.get_weights())} weight arrays; "
        "expected 6. Did you remove its last layer? Copy the network first, with "
        "`keras.models.clone_model` and `set_weights`."
    )
    assert len(probe.trainable_weights) == 6, (
        f"After `classifier_on(probe)`, only {len(probe.trainable_weights)} of the 6 weight arrays of the "
        "discriminator can be trained. Did you freeze the discriminator's own layers? Copy them first, "
        "with `keras.models.clone_model` and `set_weights`."
    )
    _check_classifier(probe_classifier, probe.get_weights(), x)


_check_features(np.random.default_rng(0), (20, 12))
_check_probe(np.random.default_rng(0).normal(size=(5, 784)).astype("float32"))
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(_testing.hidden_seed())
_check_features(_rng, (int(_rng.integers(13, 30)), int(_rng.integers(11, 30))))
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
    classifier(x_train[:1])  # a subclassed model has weights only after its first call
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
# discriminator's features than those of an untrained one, although it has never seen a label? In the quick
# profile, where the training is short, the gain is small. It varies from training to training, between two
# and eleven percentage points. In the full profile on real digits, expect about fifteen. With convolutions
# and many more images, Radford et al. (2016, §5.2) classified photographs of house numbers in this way, from
# a thousand labels.
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
