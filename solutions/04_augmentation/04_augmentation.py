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
# # More images from the same images
#
# You have a thousand labelled images and a network that can memorise a thousand images. So it will: it
# **overfits**. The best remedy is more images, and often you already have them. A car seen in a mirror is
# still a car. A car that is shifted by three pixels is still a car. **Augmentation** shows the network a
# slightly different version of each image every time. What it has memorised does not help it the next time,
# and what stays the same is what makes a car a car.
#
# **You will learn** to
#
# - transform images in NumPy so that shape, dtype, range *and label* stay correct;
# - measure which transformations change the label, and leave them out;
# - augment with Keras layers, in the input pipeline or in the model, and only during training;
# - stop training at the right time and restore the best weights;
# - mix two images and their labels into one;
# - show what augmentation brings, by comparing the same network with and without it.
#
# **You need** Lab 02: convolutional networks, logits, loss, epochs, training and validation accuracy.
#
# **Running time**, not counting the import of TensorFlow:
#
# | profile | default on | data | gap between training and test accuracy | time |
# | --- | --- | --- | --- | --- |
# | quick | a CPU | 1,000 training images | without 0.3–0.4, with 0.05–0.15 | 9–18 s on 2 cores |
# | full | a GPU | 2,000 training images | without 0.1–0.5, with 0.0–0.15 | 2–4 min on 2 cores |
#
# To choose the profile yourself, set the environment variable `COURSE_PROFILE` to `quick` or `full` before
# you start. Without internet access the lab uses synthetic stand-in images, and says so.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import keras
import numpy as np

from course_lib import data, figures, profile

keras.utils.set_random_seed(1)
quick = profile.current() == "quick"
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## The data
#
# The data set is CIFAR-10 again, but with only a few of its training images, as if nobody had labelled the
# others. The next 300 images are the validation set.

# %%
(x_all, y_all), (x_test, y_test) = data.load("cifar10")
y_all, y_test = y_all[:, 0], y_test[:, 0]  # labels come as a column
few = 1000 if quick else 2000
x_train, y_train = x_all[:few], y_all[:few]
x_val, y_val = x_all[few : few + 300], y_all[few : few + 300]
classes = data.class_names("cifar10")
print("training", x_train.shape, x_train.dtype, "· validation", x_val.shape, "· test", x_test.shape)
figures.image_grid(
    x_train[:10], [classes[label] for label in y_train[:10]], "Ten of the few training images"
)

# %% [markdown]
# ## 1 Transformations in NumPy
#
# An image is an array of `uint8`: integers from 0 to 255. A transformed image should have the same dtype and
# the same shape; otherwise the network learns from inputs that it will never see again after training. Beware
# of `uint8` arithmetic: it wraps around, so 200 + 100 is 44.
#
# ### Question 1 · `transforms`
#
# Write four transformations of one image (height, width, channels). None of them may change its input.
#
# 1. `mirror(image)` exchanges left and right.
# 2. `shift(image, down, right)` moves the image by so many pixels (negative: up, left). The pixels that
#    become free at the edge are black, 0. The pixels that leave the image are lost; they do not reappear on
#    the other side.
# 3. `contrast(image, factor)` multiplies the distance of each value from the mean of the image by `factor`.
#    The mean is taken over all pixels and channels. Round the results, clip them to [0, 255], and convert
#    them to `uint8`.
# 4. `cutout(image, top, left, size)` fills a square of `size` × `size` pixels with grey, 128, in all
#    channels. Its first row is `top` and its first column is `left`; both may be negative. If the square
#    extends beyond the edge, only the part inside the image changes (DeVries & Taylor 2017).
#
# The checks use the two helpers below. Run this cell, and leave it as it is.
#
# <details><summary>Hint 1, shift</summary>
#
# Begin with a black image, `np.zeros_like(image)`. Copy into it the part that stays visible. Which rows of
# the image are these, and in which rows do they end up?
#
# </details>
#
# <details><summary>Hint 2, shift</summary>
#
# If `down` is positive, the visible rows begin at 0 in the image and at `down` in the result; if it is
# negative, at `-down` and at 0. `max(0, down)` and `max(0, -down)` cover both.
#
# </details>
#
# <details><summary>Hint 3, cutout</summary>
#
# In NumPy, a negative index counts from the end: `image[-2:3]` is not what you want. Both ends of a slice
# should be at least 0.
#
# </details>


# %%
def call_on_copy(function, array, *others):
    """Call a function on a copy of an array; return the result and the copy afterwards."""
    copy = np.array(array)
    return function(copy, *others), copy


def outputs_after_change(wrap, model, weights, x):
    """Wrap a model, then change the weights of the model; return the outputs of the wrapped one."""
    wrapped = wrap(model)
    model.set_weights(weights)
    return wrapped(x, training=False)


# %% solution="transforms"
def mirror(image):
    """Exchange left and right."""
    ### BEGIN SOLUTION
    return image[:, ::-1].copy()
    ### END SOLUTION


def shift(image, down, right):
    """Move the image by whole pixels; the free pixels at the edge are black."""
    ### BEGIN SOLUTION
    height, width = image.shape[:2]
    moved = np.zeros_like(image)
    moved[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)] = image[
        max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)
    ]
    return moved
    ### END SOLUTION


def contrast(image, factor):
    """Multiply the distance from the mean by factor; round and clip to [0, 255]."""
    ### BEGIN SOLUTION
    mean = image.mean()
    return np.clip(np.round(mean + factor * (image - mean)), 0, 255).astype("uint8")
    ### END SOLUTION


def cutout(image, top, left, size):
    """Fill a square with grey, 128; top and left may be negative."""
    ### BEGIN SOLUTION
    cut = image.copy()
    cut[max(0, top) : max(0, top + size), max(0, left) : max(0, left + size)] = 128
    return cut
    ### END SOLUTION


# %% tests="transforms"
import numpy as np

from course_lib import testing as _testing


def _transform(function, name, image, *others):
    """Return a transformed image as an array; check its shape, its dtype, and the input afterwards."""
    given, after = call_on_copy(function, image, *others)
    assert given is not None, f"`{name}` returned None. Did you forget `return`?"
    given = np.asarray(given)
    assert given.shape == image.shape, (
        f"`{name}` returned an array of shape {given.shape}; expected {image.shape}."
    )
    assert given.dtype == image.dtype, (
        f"`{name}` returned an array of dtype {given.dtype}; expected {image.dtype}."
    )
    assert np.array_equal(after, image), (
        f"`{name}` changed its input; expected the input as it was. Did you assign to the given image? Work on "
        "`image.copy()`."
    )
    return given


def _check_mirror(image, wanted):
    _testing.near(
        _transform(mirror, "mirror", image), wanted, "`mirror(image)`", rtol=0, atol=0.5,
        mistakes={
            "Did you turn the image upside down? Reverse the second axis, from left to right.": image[::-1],
            "Did you rotate the image by 180°? Reverse the second axis only.": image[::-1, ::-1],
            "Did you return the image itself?": image,
            "Did you reverse the channels?": image[..., ::-1],
        },
    )  # fmt: skip


def _check_shift(image, down, right, wanted, mistakes):
    given = _transform(shift, "shift", image, down, right)
    if np.array_equal(given, wanted):
        return
    around = "Did pixels reappear on the other side? Expected black, 0, there."
    mistakes = {around: np.roll(image, (down, right), axis=(0, 1)), **mistakes}
    hints = [hint for hint, value in mistakes.items() if np.array_equal(given, value)]
    row, column = np.argwhere((given != wanted).any(axis=-1))[0]
    raise AssertionError(
        f"`shift(image, {down}, {right})` returned {given[row, column].tolist()} at row {row}, column {column}; "
        f"expected {wanted[row, column].tolist()}. {hints[0] if hints else ''}".rstrip()
    )


def _check_contrast(image, factor, exact):
    """Compare with the exact values before rounding; both neighbours of a tie are right."""
    given = _transform(contrast, "contrast", image, factor).astype(int)
    clipped = np.clip(exact, 0, 255)
    if np.all(np.abs(given - clipped) <= 0.501):
        return
    by_channel = image.mean(axis=(0, 1))
    hint = "Is the mean taken over all pixels and channels?"
    for mistake, value in {
        "Did the values wrap around at 256? Clip to [0, 255] before you convert to uint8.": np.mod(
            np.round(exact), 256
        ),
        "Did you truncate instead of rounding?": np.trunc(clipped),
        "Did you take the mean of each channel? Take it over all pixels and channels.": np.clip(
            by_channel + factor * (image - by_channel), 0, 255
        ),
        "Did you use 128 instead of the mean of the image?": np.clip(
            128 + factor * (image - 128.0), 0, 255
        ),
        "Did you leave out the mean?": np.clip(factor * image.astype(float), 0, 255),
    }.items():
        if np.all(np.abs(given - value) <= 0.501):
            hint = mistake
            break
    worst = np.unravel_index(np.abs(given - clipped).argmax(), given.shape)
    raise AssertionError(
        f"`contrast(image, {factor:.3g})` returned {given[worst]} for the value {image[worst]}; expected "
        f"{np.round(clipped[worst]):.0f}. The mean of the image is {image.mean():.1f}. {hint}"
    )


def _check_cutout(image, top, left, size, inside):
    given = _transform(cutout, "cutout", image, top, left, size)
    assert np.all(given[inside] == 128), (
        f"`cutout(image, {top}, {left}, {size})` did not fill the whole square with 128. Does it start at "
        f"row {top} and column {left}? NumPy counts a negative index from the end."
    )
    assert np.array_equal(given[~inside], image[~inside]), (
        f"`cutout(image, {top}, {left}, {size})` changed {np.sum((given != image).any(-1) & ~inside)} "
        "pixels outside the square. Did you use a negative index? NumPy counts it from the end."
    )


def _make_grey(*rows):
    """Return an image with three equal channels."""
    return np.stack([np.array(rows, "uint8")] * 3, axis=-1)


def _check_transforms():
    image = _make_grey([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12])
    _check_mirror(image, wanted=_make_grey([4, 3, 2, 1], [8, 7, 6, 5], [12, 11, 10, 9]))
    wrong_way = (
        "Did you move it in the wrong direction? Positive numbers move it down and to the right."
    )
    swapped = "Did you swap down and right?"
    _check_shift(
        image, 1, 2,
        wanted=_make_grey([0, 0, 0, 0], [0, 0, 1, 2], [0, 0, 5, 6]),
        mistakes={
            wrong_way: _make_grey([7, 8, 0, 0], [11, 12, 0, 0], [0, 0, 0, 0]),
            swapped: _make_grey([0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 2, 3]),
        },
    )  # fmt: skip
    _check_shift(
        image, 0, -1,
        wanted=_make_grey([2, 3, 4, 0], [6, 7, 8, 0], [10, 11, 12, 0]),
        mistakes={wrong_way: _make_grey([0, 1, 2, 3], [0, 5, 6, 7], [0, 9, 10, 11])},
    )  # fmt: skip
    _check_cutout(image, 0, 1, 2, np.array([[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]) == 1)
    _check_cutout(image, 1, 3, 4, np.array([[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1]]) == 1)

    # 2 × 2 colour pixels with the mean 110, and the values before rounding and clipping.
    colours = np.array([[[10, 200, 60], [255, 0, 30]], [[90, 120, 250], [180, 20, 105]]], "uint8")
    weak = [
        [[72.5, 143.75, 91.25], [164.375, 68.75, 80]],
        [[102.5, 113.75, 162.5], [136.25, 76.25, 108.125]],
    ]
    strong = [[[-70, 272, 20], [371, -88, -34]], [[74, 128, 362], [236, -52, 101]]]
    _check_contrast(colours, 0.375, np.array(weak))
    _check_contrast(colours, 1.8, np.array(strong))


_check_transforms()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _shift_pixel_by_pixel(image, down, right):
    height, width, _ = image.shape
    moved = np.zeros_like(image)
    for y in range(height):
        for x in range(width):
            if 0 <= y - down < height and 0 <= x - right < width:
                moved[y, x] = image[y - down, x - right]
    return moved


def _check_transforms_hidden(rng):
    for side, shifts in (((8, 10), [(2, 3), (0, -1)]), ((9, 7), rng.integers(-5, 6, (8, 2)))):
        image = rng.integers(0, (256, 180, 120), (*side, 3)).astype("uint8")
        _check_mirror(image, image[:, ::-1])
        for down, right in shifts:
            down, right = int(down), int(right)
            mistakes = {
                "Did you move it in the wrong direction?": _shift_pixel_by_pixel(
                    image, -down, -right
                ),
                "Did you swap down and right?": _shift_pixel_by_pixel(image, right, down),
            }
            _check_shift(image, down, right, _shift_pixel_by_pixel(image, down, right), mistakes)
        for factor in (0.5, 1.8, 1.0, *rng.uniform(0.2, 3, 8)):
            mean = image.mean()
            _check_contrast(image, float(factor), mean + factor * (image - mean))
        for top, left in [(2, 3), (6, 5), *rng.integers((-4, -4), (9, 7), (8, 2))]:
            inside = np.zeros(side, bool)
            for y in range(max(0, top), min(side[0], top + 5)):
                for x in range(max(0, left), min(side[1], left + 5)):
                    inside[y, x] = True
            _check_cutout(image, int(top), int(left), 5, inside)


_check_transforms_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 · `copies`
#
# Now apply the transformations at random. Write `augmented(images, seed)`, which returns a new batch: each
# image is mirrored with probability 1/2 and shifted by −4 … 4 pixels in each direction. **Draw new random
# numbers for each image** from `np.random.default_rng(seed)`. Keep the order of the images, or the labels no
# longer match them.


# %% solution="copies"
def augmented(images, seed):
    """Return a mirrored and shifted copy of each image.

    Args:
        images: uint8 (n, height, width, channels).
        seed: Seed of the random numbers.

    Returns:
        The copies, with the same shape and dtype.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    copies = np.empty_like(images)
    for number, image in enumerate(images):
        if rng.random() < 0.5:
            image = mirror(image)
        copies[number] = shift(image, *rng.integers(-4, 5, 2))
    return copies
    ### END SOLUTION


# %% tests="copies"
import numpy as np


def _find_transformations(copies, images):
    """Return (mirrored, down, right) for each copy, or None where nothing fits its image."""
    found = [None] * len(images)
    _, height, width, _ = images.shape
    for mirrored in (False, True):
        source = np.pad(
            images[:, :, ::-1] if mirrored else images, ((0, 0), (4, 4), (4, 4), (0, 0))
        )
        for down in range(-4, 5):
            for right in range(-4, 5):
                moved = source[:, 4 - down :][:, :height, 4 - right :][:, :, :width]
                for number in np.flatnonzero((moved == copies).all(axis=(1, 2, 3))):
                    found[number] = mirrored, down, right
    return found


def _check_copies(images, seed):
    given, after = call_on_copy(augmented, images, seed)
    assert given is not None, "`augmented` returned None. Did you forget `return`?"
    given = np.asarray(given)
    assert (given.shape, given.dtype) == (images.shape, images.dtype), (
        f"`augmented` returned shape {given.shape} and dtype {given.dtype}; expected {images.shape} and "
        f"{images.dtype}."
    )
    assert np.array_equal(after, images), (
        "`augmented` changed its input; expected a new batch. Do your transformations change their input?"
    )
    found = _find_transformations(given, images)
    lost = [number for number, how in enumerate(found) if how is None]
    if lost and any(_find_transformations(given[lost[:1]].repeat(len(images), axis=0), images)):
        raise AssertionError(
            f"`augmented` returned a copy of another image at index {lost[0]}. Keep the order of the images, "
            "or the labels no longer match them."
        )
    assert not lost, (
        f"`augmented` returned a copy at index {lost[0]} that is not image {lost[0]}, mirrored or shifted. "
        "Did you shift by at most 4 pixels, with black at the edge?"
    )
    assert len(set(found)) > min(len(images), 10) / 2, (
        f"`augmented` applied only {len(set(found))} different transformations to {len(images)} images. Draw "
        "new random numbers for each image."
    )
    return found


def _check_chance(images, seed, allowed):
    found = _check_copies(images, seed)
    share = np.mean([mirrored for mirrored, _, _ in found])
    assert abs(share - 0.5) < allowed, (
        f"`augmented` mirrored {100 * share:.0f} % of {len(images)} images; expected about half of them."
    )
    for place, name in ((1, "vertically"), (2, "horizontally")):
        steps = {how[place] for how in found}
        assert min(steps) < -2 and max(steps) > 2, (
            f"`augmented` shifted {len(images)} images {name} by {min(steps)} … {max(steps)} pixels; expected "
            "-4 … 4, including both ends."
        )
    pairs = {how[1:] for how in found}
    assert len(pairs) > 15, (
        f"`augmented` used only {len(pairs)} different pairs of shifts for {len(images)} images. Draw one number "
        "for each direction."
    )
    return found


_check_chance(np.random.default_rng(0).integers(1, 256, (60, 12, 14, 3)).astype("uint8"), 1, 0.3)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_copies_hidden(rng):
    seed = int(rng.integers(1000))
    images = rng.integers(1, 256, (800, 12, 14, 3)).astype("uint8")
    found = _check_chance(images, seed, 0.1)
    for place, name in ((1, "vertically"), (2, "horizontally")):
        missing = set(range(-4, 5)) - {how[place] for how in found}
        assert not missing, (
            f"`augmented` never shifted {name} by {sorted(missing)} pixels. Does your range include both ends?"
        )
        for mirrored in (False, True):
            steps = {how[place] for how in found if how[0] == mirrored}
            assert len(steps) > 5, (
                f"`augmented` shifted {'mirrored' if mirrored else 'unmirrored'} images {name} by "
                f"{sorted(steps)} pixels only. Mirror and shift independently of each other."
            )
    few = images[:5]
    first, again, other = (np.asarray(augmented(few.copy(), s)) for s in (seed, seed, seed + 1))
    assert np.array_equal(first, again), (
        "`augmented` returned different copies for the same seed. Draw all numbers from "
        "`np.random.default_rng(seed)`."
    )
    assert not np.array_equal(first, other), (
        "`augmented` returned the same copies for another seed. Did you use `seed`?"
    )


_check_copies_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Look at your own copies. If you can still tell what they show, the network should, too.

# %%
some = np.concatenate([x_train[:3], *(augmented(x_train[:3], seed) for seed in range(7))])
figures.image_grid(
    some.reshape(8, 3, 32, 32, 3).swapaxes(0, 1).reshape(24, 32, 32, 3),
    (["original"] + ["copy"] * 7) * 3,
    "Many images from one: each row shows the same object",
    columns=8,
)

# %% [markdown]
# ## 2 Transformations that change the label
#
# A mirrored car is a car. A mirrored *b* is a *d*, and a 6 turned by 180° is a 9. Whether you may use a
# transformation depends on what the labels mean. For images you can often see it at once. For sounds, X-ray
# images or measurements you cannot, so it is better to **measure** it. Take a network that was trained
# *without* augmentation and classifies the originals well, and test it on transformed images. A
# transformation on which its accuracy drops is suspect. Either the transformation changes the label, or the
# network has just never seen such images. To find out which, look at them.
#
# Below, a small network, `reader`, learns to classify digits. The figure shows six candidate transformations
# of five digits that it has not seen.

# %%
from course_lib.training import fit

(digits, digit_labels), (new_digits, new_labels) = data.load("mnist", profile="quick")
digits, digit_labels = digits[:2000], digit_labels[:2000]
reader = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10),
    ]
)
fit(reader, digits, digit_labels, epochs=6, batch_size=32, verbose=False)
unseen, unseen_labels = new_digits[:300], new_labels[:300]
means = unseen.mean(axis=(1, 2), keepdims=True)
candidates = {
    "moved by 1 pixel": np.roll(unseen, 1, axis=2),
    "more contrast": np.clip(means + 1.5 * (unseen - means), 0, 255).astype("uint8"),
    "mirrored": unseen[:, :, ::-1],
    "upside down": unseen[:, ::-1],
    "turned by 180°": unseen[:, ::-1, ::-1],
    "corner erased": np.where(np.add.outer(np.arange(28), np.arange(28)) < 18, 0, unseen).astype(
        "uint8"
    ),
}
five = [np.flatnonzero(unseen_labels == digit)[0] for digit in (2, 4, 6, 7, 9)]
figures.image_grid(
    np.concatenate([changed[five] for changed in candidates.values()]),
    [name.replace(" by", "\nby") if n == 0 else "" for name in candidates for n in range(5)],
    "Six transformations of digits: which of them keep the label?",
    columns=10,
)

# %% [markdown]
# ### Question 3 · `labels`
#
# 1. Write `label_breaking(reader, originals, labels, candidates, tolerance=0.2)`. `reader` is a Keras model
#    that returns logits. `labels` are the labels of the originals. `candidates` is a dictionary from a name
#    to the transformed images, in the order of `originals`. The function returns a **set** of names: those
#    for which the accuracy is lower than on `originals` by more than `tolerance`. (0.2 means 20 of 100
#    images.)
# 2. Set `suspects` to the result of this function for `reader`, `unseen`, `unseen_labels` and `candidates`
#    above, with the tolerance 0.2. Then look at the suspects, and set `harmful` to the set of those that you
#    would not use for digits.
#
# <details><summary>Hint 1, label_breaking</summary>
#
# One function for both: the accuracy of `reader` on some images is the mean of
# `reader.predict(images, verbose=0).argmax(axis=-1) == labels`.
#
# </details>
#
# <details><summary>Hint 2, label_breaking</summary>
#
# Compare each candidate with the accuracy on `originals` minus `tolerance`.
# `{name for name, changed in candidates.items() if …}` is a set.
#
# </details>


# %% solution="labels"
def label_breaking(reader, originals, labels, candidates, tolerance=0.2):
    """Return the names of the candidates whose accuracy is much lower than that of the originals."""

    ### BEGIN SOLUTION
    def accuracy(images):
        return np.mean(reader.predict(images, verbose=0).argmax(axis=-1) == labels)

    before = accuracy(originals)
    return {name for name, changed in candidates.items() if accuracy(changed) < before - tolerance}
    ### END SOLUTION


### BEGIN SOLUTION
suspects = label_breaking(reader, unseen, unseen_labels, candidates)
harmful = {"mirrored", "upside down", "turned by 180°"}
### END SOLUTION


# %% tests="labels"
import keras
import numpy as np


def _make_quadrant_reader():
    """Build a model that finds the brightest quarter of a 4 × 4 image: 0 1 above, 2 3 below."""
    return keras.Sequential(
        [keras.Input((4, 4)), keras.layers.Reshape((4, 4, 1)),
         keras.layers.AveragePooling2D(2), keras.layers.Flatten()]
    )  # fmt: skip


def _make_quadrants(rng):
    """Return 64 images and their labels; the labels of the last 16 name the opposite quarter."""
    labels = rng.integers(0, 4, 64)
    images = rng.uniform(0, 60, (64, 4, 4))
    for image, label in zip(images, labels, strict=True):
        image[2 * (label // 2) :, 2 * (label % 2) :][:2, :2] += 120
    labels[48:] = 3 - labels[48:]
    return images.astype("uint8"), labels


def _read_names(given, name):
    assert given is not None, f"{name} is None. Did you forget `return`?"
    try:
        return {str(item) for item in given}
    except TypeError:
        raise AssertionError(f"{name} is {given!r}; expected a set of names.") from None


def _check_label_breaking(rng, tolerance):
    """Check with candidates on which the reader loses 64 · tolerance images, or one more or less."""
    images, labels = _make_quadrants(rng)
    limit = int(64 * tolerance)

    def mirror_some(count):
        changed = images.copy()
        changed[:count] = changed[:count, :, ::-1]
        return changed

    turned = images.copy()
    turned[48:] = turned[48:, ::-1, ::-1]  # now all 64 labels are right
    changed = {
        "darker": (images * 0.5).astype("uint8"), "mirrored": images[:, :, ::-1],
        "less": mirror_some(limit - 1), "equal": mirror_some(limit), "more": mirror_some(limit + 1),
        "better": turned,
    }  # fmt: skip
    given = label_breaking(_make_quadrant_reader(), images, labels, changed, tolerance=tolerance)
    given = _read_names(given, "The result of `label_breaking`")
    wanted = {"mirrored", "more"}
    limits = "Is the limit the accuracy on `originals` minus the tolerance?"
    hints = {
        frozenset(changed) - wanted: "Did you return the candidates that keep the label?",
        frozenset(
            {*wanted, "equal"}
        ): "Did you use ≤? Lower by *more than* the tolerance was asked for.",
        frozenset({*wanted, "better"}): "A higher accuracy does not break the label.",
        frozenset({*wanted, "equal", "less"}): limits,
        frozenset({*wanted, "equal", "less", "darker"}): limits,
    }
    assert given == wanted, (
        f"`label_breaking` returned {sorted(given)}; expected {sorted(wanted)}. The accuracy on the originals is "
        f"75 %, the tolerance {100 * tolerance:g} %, and the accuracy on equal is exactly that much lower. "
        f"{hints.get(frozenset(given), '')}".rstrip()
    )


def _check_digits():
    names = {
        "moved by 1 pixel",
        "more contrast",
        "mirrored",
        "upside down",
        "turned by 180°",
        "corner erased",
    }
    found = _read_names(
        label_breaking(reader, unseen, unseen_labels, candidates), "The result of `label_breaking`"
    )
    suspected, left_out = _read_names(suspects, "`suspects`"), _read_names(harmful, "`harmful`")
    assert suspected <= names and left_out <= names, (
        f"`suspects` or `harmful` contains an unknown name. Use sets of names from {sorted(names)}."
    )
    assert {"mirrored", "upside down"} <= suspected, (
        f'`suspects` is {sorted(suspected)}; expected "mirrored" and "upside down" among them. The reader '
        "fails on mirrored digits."
    )
    assert suspected == found, (
        f"`suspects` is {sorted(suspected)}; expected {sorted(found)}, which your `label_breaking` returned."
    )
    assert left_out <= suspected, (
        f"`harmful` contains {sorted(left_out - suspected)}; expected only names from `suspects`."
    )
    assert "turned by 180°" in left_out, (
        '`harmful` does not contain "turned by 180°". A 6 turned by 180° is a 9, but its label still says 6.'
    )
    assert {"mirrored", "upside down"} <= left_out, (
        f'`harmful` is {sorted(left_out)}; expected "mirrored" and "upside down" among them. A mirrored 7 is '
        "not a 7, and a mirrored 2 looks like a 5."
    )
    assert not {"moved by 1 pixel", "more contrast"} & left_out, (
        '`harmful` contains "moved by 1 pixel" or "more contrast". Both keep the label, so leave them out.'
    )


_check_label_breaking(np.random.default_rng(0), 0.25)
_check_digits()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_labels_hidden(rng):
    for tolerance in (0.125, 0.25, 0.5):
        _check_label_breaking(rng, tolerance)


_check_labels_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Augmentation layers in Keras
#
# Keras provides such transformations as layers. They draw new random numbers for each image, and they are
# active **only in training**. At inference they return the image unchanged.
#
# | layer | what it does |
# | --- | --- |
# | `RandomFlip("horizontal")` | mirrors left to right, with probability 1/2 |
# | `RandomTranslation(0.1, 0.1)` | shifts by up to 10 % of the height and width |
# | `RandomRotation(0.05)` | rotates by up to 5 % of a full turn, 18° |
# | `RandomZoom(0.1)` | scales by up to 10 % up or down |
# | `RandomContrast(0.2, value_range=(0, 255))` | changes the contrast by a factor of 0.8 … 1.2 |
# | `RandomErasing(0.5)` | cutout with a random rectangle (in newer versions of Keras) |
#
# You can use them in two places:
#
# - **In the model**, right after its input. They run with the model, on the GPU if there is one, and are
#   saved with it. `fit`, `evaluate` and `predict` tell them whether the model is training. If you call the
#   model yourself, you tell them: `model(x, training=False)`.
# - **In the input pipeline**, before the model. They run on the CPU while the GPU computes the previous
#   batch. The pipeline does not know what the batches are for. So *you* call `layers(x, training=True)`, and
#   you do not use such a pipeline for the validation set.
#
# ### Question 4 · `layers`
#
# 1. Write `augmentation()`: it returns a `keras.Sequential` from images (32, 32, 3) to images (32, 32, 3),
#    with pixels from 0 to 255. It mirrors left to right and shifts by up to an eighth. You may add other
#    layers.
# 2. Write `with_augmentation(model)`: it returns a new Keras model that augments its inputs and then applies
#    `model`, with the same layers. (A model is a layer: `model(x)`.)
# 3. Write `batches(x, y)`: it returns a `data.pipeline(x, y, batch_size=…, shuffle=…, map=…)` with shuffled
#    batches of 32, whose images are augmented anew in every epoch. `map` is a function of a batch, `x` and
#    `y`, that returns the new `x` and `y`.
#
# <details><summary>Hint 1, with_augmentation</summary>
#
# Begin with `keras.Input((32, 32, 3))`. Call your augmentation with it, then `model` with the result. Do not
# pass `training`: then Keras decides.
#
# </details>
#
# <details><summary>Hint 2, batches</summary>
#
# Build the layers once, before the pipeline, not in each call of `map`. Then `map` calls them with
# `training=True` and returns the labels as they are.
#
# </details>


# %% solution="layers"
def augmentation():
    """Build random transformations, active only in training: (batch, 32, 32, 3) → the same shape."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.RandomFlip("horizontal"),
            keras.layers.RandomTranslation(0.125, 0.125),
        ]
    )
    ### END SOLUTION


def with_augmentation(model):
    """Return a model that augments its inputs and then applies `model`."""
    ### BEGIN SOLUTION
    inputs = keras.Input((32, 32, 3))
    return keras.Model(inputs, model(augmentation()(inputs)))
    ### END SOLUTION


def batches(x, y):
    """Return batches of 32 augmented images and their labels."""
    ### BEGIN SOLUTION
    change = augmentation()
    return data.pipeline(
        x, y, batch_size=32, shuffle=True, map=lambda x, y: (change(x, training=True), y)
    )
    ### END SOLUTION


# %% tests="layers"
import keras
import numpy as np

from course_lib import testing as _testing

_REACH = 8  # shifts that the checks look for, in pixels
_INSIDE = slice(_REACH, 32 - _REACH)


def _compute_outputs(network, images, training=False):
    result = network(np.asarray(images, dtype="float32"), training=training)
    return np.asarray(keras.ops.convert_to_numpy(result), dtype="float64")


def _draw_clouds(rng, count):
    """Return smooth random grey images (count, 32, 32), from 30 to 225; no two look alike."""
    waves = np.exp(-0.5 * ((np.arange(32)[:, None] - np.arange(32)) / 2.5) ** 2)
    clouds = waves @ rng.normal(size=(count, 32, 32)) @ waves
    low, high = (bound((1, 2), keepdims=True) for bound in (clouds.min, clouds.max))
    return 30 + 195 * (clouds - low) / (high - low)


def _as_colours(clouds):
    return np.repeat(clouds[..., None], 3, axis=-1)


def _standardise(rows):
    rows = rows - rows.mean(axis=-1, keepdims=True)
    return rows / (np.linalg.norm(rows, axis=-1, keepdims=True) + 1e-9)


def _compare_with_shifted(images, cloud):
    """Correlate images (n, 32, 32) with a cloud, for each flip and shift; brightness does not count.

    Returns:
        Absolute correlations (n, 4 flips, 17, 17). The flips are none, left to right, upside down and
        both; the shifts go from -8 to 8 pixels, down and to the right.
    """
    windows = []
    for flipped in (cloud, cloud[:, ::-1], cloud[::-1], cloud[::-1, ::-1]):
        views = np.lib.stride_tricks.sliding_window_view(flipped, (32 - 2 * _REACH,) * 2)
        windows.append(views[::-1, ::-1].reshape(-1, (32 - 2 * _REACH) ** 2))
    inside = images[:, _INSIDE, _INSIDE].reshape(len(images), -1)
    match = _standardise(inside) @ _standardise(np.concatenate(windows)).T
    return np.abs(match).reshape(len(images), 4, 2 * _REACH + 1, 2 * _REACH + 1)


def _check_augmentation(rng):
    network = augmentation()
    assert network is not None, "`augmentation` returned None. Did you forget `return`?"
    images = rng.integers(0, 256, (8, 32, 32, 3)).astype("float32")
    kept = _compute_outputs(network, images)
    assert kept.shape == images.shape, (
        f"The model from `augmentation` returned shape {kept.shape}; expected {images.shape}."
    )
    assert np.allclose(kept, images, atol=0.01), (
        "The model from `augmentation` changed images without training=True; expected the same images."
    )
    changed = _compute_outputs(network, images, training=True)
    assert changed.shape == images.shape, (
        f"In training, the model from `augmentation` returned shape {changed.shape}; expected {images.shape}."
    )
    assert not np.allclose(changed, images, atol=1), (
        "In training, the model from `augmentation` did not change the images. Does it contain random layers?"
    )
    assert changed.min() >= -1 and changed.max() <= 256, (
        f"In training, the model from `augmentation` returned pixels from {changed.min():.0f} to "
        f"{changed.max():.0f}; expected 0 to 255. Does a layer need value_range=(0, 255)?"
    )
    assert changed.max() > 100, (
        f"In training, the model from `augmentation` returned pixels up to {changed.max():.2f}; expected up "
        "to 255. Did a layer scale 0 … 255 to 0 … 1?"
    )


def _measure_batch(network, cloud):
    """Return how 40 copies of an image were flipped and shifted, or None if they are hardly recognisable.

    Returns:
        The shares of images that were turned upside down, mirrored, shifted by 2 pixels or more up or
        down, left or right, and by more than 4 pixels up or down, left or right.
    """
    copies = _as_colours(np.tile(cloud, (40, 1, 1)))
    changed = _compute_outputs(network, copies, training=True).mean(axis=-1)
    match = _compare_with_shifted(changed, cloud)
    clear = match.max(axis=(1, 2, 3)) > 0.8
    if np.mean(clear) < 0.2:
        return None
    places = match[clear].reshape(np.sum(clear), -1).argmax(axis=1)
    flip, *shifts = np.unravel_index(places, match.shape[1:])
    distances = [np.abs(steps - _REACH) for steps in shifts]
    shares = [flip >= 2, flip % 2, *(d >= 2 for d in distances), *(d > 4 for d in distances)]
    return [np.mean(share) for share in shares]


def _check_flips_and_shifts(cloud):
    network = augmentation()
    batches_seen = [_measure_batch(network, cloud) for _ in range(20)]
    batches_seen = [shares for shares in batches_seen if shares is not None]
    assert batches_seen, (
        "In training, the model from `augmentation` returned images that hardly resemble its inputs."
    )
    # The median, because some layers draw one transformation for a whole batch.
    flipped, mirrored, down, right, far_down, far_right = np.median(batches_seen, axis=0)
    name = "The share of images that `augmentation`"
    hint = 'Use `RandomFlip("horizontal")`.'
    _testing.at_most(flipped, 0.3, f"{name} turned upside down", sd=0.02, hint=hint)
    _testing.at_least(mirrored, 0.3, f"{name} mirrored left to right", sd=0.025, hint=hint)
    _testing.at_most(mirrored, 0.7, f"{name} mirrored left to right", sd=0.025, hint=hint)
    hint = "Shift by up to an eighth of 32 pixels, 4."
    for share, far, way in ((down, far_down, "up or down"), (right, far_right, "left or right")):
        _testing.at_least(
            share, 0.4, f"{name} shifted {way} by 2 pixels or more", sd=0.025, hint=hint
        )
        _testing.at_most(
            far, 0.25, f"{name} shifted {way} by more than 4 pixels", sd=0.025, hint=hint
        )


_check_augmentation(np.random.default_rng(0))
_check_flips_and_shifts(_draw_clouds(np.random.default_rng(0), 1)[0])
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_with_augmentation(rng):
    plain = keras.Sequential(
        [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(3, use_bias=False)]
    )
    images = rng.integers(0, 256, (4, 32, 32, 3)).astype("float32")
    network = with_augmentation(plain)
    assert network is not None, "`with_augmentation` returned None. Did you forget `return`?"
    assert isinstance(network, keras.Model), (
        f"`with_augmentation` returned {type(network).__name__}; expected a Keras model."
    )
    assert np.allclose(
        _compute_outputs(network, images), _compute_outputs(plain, images), atol=0.05
    ), (
        "At inference, the model from `with_augmentation` returned other outputs than the model without "
        "augmentation. Use the same layers, and augment only in training."
    )
    assert not np.allclose(
        _compute_outputs(network, images, True), _compute_outputs(plain, images), atol=1
    ), (
        "In training, the model from `with_augmentation` returned the same outputs as the model without "
        "augmentation. Did you apply the augmentation layers?"
    )
    zero = [np.zeros_like(weight) for weight in plain.get_weights()]
    outputs = outputs_after_change(with_augmentation, plain, zero, images)
    assert np.allclose(np.asarray(outputs), 0, atol=1e-3), (
        "The model from `with_augmentation` does not share its layers with `model`: when the weights of `model` "
        "change, its outputs stay the same. Did you copy the model? Call it: `model(x)`."
    )


def _take_epoch(stream):
    """Return the images and labels of an epoch of 48 images, in the order of the pipeline."""
    parts = [(np.asarray(x, dtype="float64"), np.asarray(y).ravel()) for x, y in stream]
    assert [len(part[1]) for part in parts] == [32, 16], (
        f"`batches` returned batches of {[len(part[1]) for part in parts]} for 48 images; expected [32, 16]."
    )
    x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
    assert sorted(y.tolist()) == list(range(48)), (
        "`batches` did not return each image exactly once per epoch. Did you pass all of `x` and `y`?"
    )
    return x, y


def _check_batches(rng):
    clouds = np.round(_draw_clouds(rng, 48))
    images = _as_colours(clouds).astype("uint8")
    stream = batches(images, np.arange(48))
    assert stream is not None, "`batches` returned None. Did you forget `return`?"
    epochs = [_take_epoch(stream) for _ in range(2)]
    for x, y in epochs:
        grey = x.mean(axis=-1)
        match = [_compare_with_shifted(grey, cloud).reshape(48, -1).max(axis=1) for cloud in clouds]
        _testing.at_least(
            np.mean(np.argmax(match, axis=0) == y), 0.15,
            "The share of images from `batches` that match their label", sd=0.03,
            hint="Return each `y` with its `x`.",
        )  # fmt: skip
    assert not np.array_equal(epochs[0][1], epochs[1][1]), (
        "`batches` returned the same order in two epochs. Did you set shuffle=True?"
    )
    first, second = (x[np.argsort(y)] for x, y in epochs)
    assert not np.allclose(first, images, atol=1), (
        "`batches` returned the original images. Call the layers with training=True: the pipeline does not "
        "know whether it is used for training."
    )
    assert not np.allclose(first, second, atol=1), (
        "`batches` returned the same augmented images in two epochs. Are they cached? Augment anew in every "
        "epoch."
    )


def _check_layers_hidden(rng):
    _check_augmentation(rng)
    _check_flips_and_shifts(_draw_clouds(rng, 1)[0])
    _check_with_augmentation(rng)
    _check_batches(rng)


_check_layers_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 When to stop
#
# The longer the training, the more the network memorises. **Early stopping** watches the validation loss. It
# stops the training when the loss has not improved on its best value for `patience` epochs in a row. Then it
# restores the weights *of the best epoch*, because those of the last epoch are already overfitted.
#
# ### Question 5 · `stopping`
#
# Write `stop(val_losses, patience)`. `val_losses` are the validation losses of all epochs of a long training
# run. Return two numbers: after how many epochs training would have stopped, and the epoch whose weights
# would be restored, counted from 1. An equal loss is not an improvement.
#
# <details><summary>Hint 1</summary>
#
# Go through the losses and remember the best epoch so far. Only a loss that is strictly smaller replaces it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# After each epoch, ask how many epochs ago the best one was. If this never reaches `patience`, training goes
# on to the end.
#
# </details>


# %% solution="stopping"
def stop(val_losses, patience):
    """Return (number of trained epochs, best epoch), both counted from 1."""
    ### BEGIN SOLUTION
    best = 1
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < val_losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(val_losses), best
    ### END SOLUTION


# %% tests="stopping"
import numpy as np

from course_lib import testing as _testing


def _simulate_early_stopping(losses, patience, is_better=np.less):
    best, waited = 1, 0
    for epoch, loss in enumerate(losses[1:], start=2):
        waited += 1
        if is_better(loss, losses[best - 1]):
            best, waited = epoch, 0
        if waited >= patience:
            return epoch, best
    return len(losses), best


def _check_stop(losses, patience, wanted):
    trained, best = wanted
    later = _simulate_early_stopping(losses, patience + 1)
    mistakes = {
        "Did you count epochs from 0? Count them from 1.": (trained - 1, best - 1),
        "Restore the weights of the best epoch, not those of the last one.": (trained, trained),
        "The best of all epochs came after training had stopped.": (
            trained,
            int(np.argmin(losses)) + 1,
        ),
        "Did you swap the two numbers?": (best, trained),
        "An equal loss is not an improvement.": _simulate_early_stopping(
            losses, patience, np.less_equal
        ),
        "Did training stop one epoch late?": later,
        "Did training go on to the last epoch?": (len(losses), int(np.argmin(losses)) + 1),
    }
    shown = [round(float(loss), 2) for loss in losses]
    given = stop([float(loss) for loss in losses], patience)
    assert given is None or np.size(given) == 2, (
        f"`stop({shown}, {patience})` returned {given!r}; expected two numbers, the trained epochs and the best "
        "epoch."
    )
    _testing.near(
        given, wanted, f"`stop({shown}, {patience})`", rtol=0, atol=0.01, mistakes=mistakes
    )


_check_stop([2.0, 1.5, 1.2, 1.3, 1.1, 1.4, 1.5, 1.6], 3, (8, 5))
_check_stop([2.0, 1.5, 1.6, 1.7, 0.9], 2, (4, 2))
_check_stop([2.0, 1.5, 1.2], 2, (3, 3))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_stop_hidden(rng):
    for patience in (1, 2, 3, 5):
        _check_stop([1.0] * 8, patience, (patience + 1, 1))  # an equal loss is not an improvement
        for _ in range(10):
            losses = np.round(rng.uniform(0.5, 2, 15), 1)
            _check_stop(losses, patience, _simulate_early_stopping(losses, patience))


_check_stop_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# In Keras, early stopping is a *callback*: an object that `fit` calls after each epoch. Pass
# `callbacks=[keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)]` to
# `fit`. Do not forget the last argument: without it, the model keeps the weights of the last epoch.
#
# ## 5 With and without augmentation
#
# Now compare: the same network and the same few images, without and with augmentation.
#
# ### Question 6 · `gap`
#
# Train `bare` on `x_train, y_train` and `augmented_model` on augmented images, both with
# `validation_data=(x_val, y_val)`. Store what `fit` returned in `histories = {"without": …, "with": …}`.
# `new_network()` below builds and compiles the network, for pixels from 0 to 255. Train it as you like, for
# example with `fit` from `course_lib.training`: `fit(network, x, y, epochs=…, batch_size=…)` or
# `fit(network, pipeline, epochs=…)`. You need ten epochs or more, and you may stop early.
#
# After training, both models are evaluated on all training images and on unseen images. The gap between the
# two accuracies of `augmented_model` must be at least **0.10** smaller than that of `bare`. (In the full
# profile, where more images leave a smaller gap, it is 0.03.) Its accuracy on unseen images must be at least
# **2 percentage points** higher. (In the quick profile, a thousand images and ten epochs are too few to
# promise that: there the accuracy must not be 2 points lower.) Both models are trained on the same few
# images, `x_train`; the other images of `x_all` count as unlabelled.

# %%
from course_lib.models import cnn


def new_network():
    """Build a small convolutional network: images (32, 32, 3), 0 … 255, to 10 logits."""
    keras.utils.set_random_seed(1)
    network = cnn((8, 16, 32, 64) if quick else (32, 64, 128), dropout=0.0)
    network.compile(
        keras.optimizers.AdamW(learning_rate=0.004),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return network


# %% solution="gap"
### BEGIN SOLUTION
epochs = 10 if quick else 30
bare, augmented_model = new_network(), new_network()
histories = {
    "without": fit(
        bare, x_train, y_train, epochs=epochs, batch_size=32, validation_data=(x_val, y_val)
    ),
    "with": fit(
        augmented_model, batches(x_train, y_train), epochs=epochs, validation_data=(x_val, y_val)
    ),
}
### END SOLUTION


# %% tests="gap"
import keras
import numpy as np

from course_lib import data, profile
from course_lib import testing as _testing


def _judge(network, images, labels):
    """Return the accuracy and the mean cross-entropy of a network, in nats."""
    logits = []
    for first in range(0, len(labels), 500):
        outputs = network(images[first : first + 500].astype("float32"), training=False)
        logits.append(np.asarray(keras.ops.convert_to_numpy(outputs), "float64"))
    logits = np.concatenate(logits)
    assert logits.shape == (len(labels), 10), (
        f"A model returned an array of shape {logits.shape} for {len(labels)} images; expected 10 logits for each."
    )
    logits -= logits.max(axis=-1, keepdims=True)
    losses = np.log(np.exp(logits).sum(axis=-1)) - logits[np.arange(len(labels)), labels]
    return float(np.mean(logits.argmax(axis=-1) == labels)), float(losses.mean())


_trained = {}  # accuracy and loss on the training set, computed once for both checks


def _load_training_set():
    (images, labels), _ = data.load("cifar10")
    count = 1000 if profile.current() == "quick" else 2000
    return images[:count], labels[:count, 0]


def _check_gap(images, labels):
    gaps, accuracies, losses = {}, {}, {}
    for name, network in (("bare", bare), ("augmented_model", augmented_model)):
        assert isinstance(network, keras.Model), (
            f"`{name}` is of type {type(network).__name__}; expected a Keras model."
        )
        if name not in _trained:
            _trained[name] = _judge(network, *_load_training_set())
        accuracies[name], losses[name] = _judge(network, images, labels)
        gaps[name] = _trained[name][0] - accuracies[name]
        print(
            f"{name}: training accuracy {100 * _trained[name][0]:.1f} %, "
            f"accuracy on unseen images {100 * accuracies[name]:.1f} %, gap {gaps[name]:.3f}"
        )
    assert accuracies["bare"] > 0.2 and accuracies["augmented_model"] > 0.2, (
        f"The accuracies {accuracies} are hardly better than chance. Did you train both models? Do they take "
        "pixels from 0 to 255?"
    )
    # With more images, the network memorises less.
    smaller = 0.1 if profile.current() == "quick" else 0.03
    _testing.at_least(
        gaps["bare"], smaller, "The gap of `bare`", sd=0.04,
        hint="Did you train it long enough, and without augmentation?",
    )  # fmt: skip
    _testing.at_least(
        gaps["bare"] - gaps["augmented_model"], smaller,
        f"The gap of `augmented_model` is {gaps['augmented_model']:.2f}, that of `bare` {gaps['bare']:.2f}; the "
        "difference", sd=0.055, hint="Does the model see different images in every epoch?",
    )  # fmt: skip
    better = -0.02 if profile.current() == "quick" else 0.02
    _testing.at_least(
        accuracies["augmented_model"] - accuracies["bare"], better,
        "The accuracy of `augmented_model` on unseen images minus that of `bare`", sd=0.02,
        hint="Train for more epochs: augmented images take longer to learn.",
    )  # fmt: skip


def _check_histories():
    assert isinstance(histories, dict) and sorted(histories) == ["with", "without"], (
        '`histories` must be a dictionary with two keys, "without" and "with".'
    )
    for name in ("without", "with"):
        record = getattr(histories[name], "history", histories[name])
        assert "val_accuracy" in record and "accuracy" in record, (
            f'`histories["{name}"]` does not contain val_accuracy. Train with validation_data=(x_val, y_val).'
        )


def _load_validation_set():
    (images, labels), _ = data.load("cifar10")
    first = 1000 if profile.current() == "quick" else 2000
    return images[first : first + 1000], labels[first : first + 1000, 0]


_check_histories()
_check_gap(*_load_validation_set())
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

_unseen, _true = data.load("cifar10", seed=hidden_seed())[1]
_check_gap(_unseen[:1000], _true[:1000, 0])
### END HIDDEN TESTS

# %%
figures.compared_curves(histories)

# %% [markdown]
# ## 6 Mixing images
#
# This method sounds as if it could not work. **Mixup** (Zhang et al. 2018) blends two training images. If the
# image is 70 % of a ship and 30 % of a frog, its label is 70 % ship and 30 % frog. Nobody has ever seen such
# a thing. But a network that has to answer a mixture with a mixture cannot be too confident about anything
# between its training images. That is where unseen images are. Each image $i$ has a partner $j$. The labels
# are rows of ten numbers (*one-hot*: 1 for the class, 0 for the others):
#
# $$\tilde x_i = \lambda_i x_i + (1 - \lambda_i)\, x_j \qquad \tilde y_i = \lambda_i y_i + (1 - \lambda_i)\, y_j
# \qquad \lambda_i \sim \text{Beta}(\alpha, \alpha)$$
#
# So $\lambda_i$ is a random number between 0 and 1 from the *beta distribution*. With $\alpha = 1$, all
# numbers are equally likely. With $\alpha = 0.2$, it is mostly near 0 or near 1, so that one of the two
# images nearly hides the other.
#
# ### Question 7 · `mixup`
#
# Write `mixup(x, y, alpha, seed)` with `rng = np.random.default_rng(seed)`. The partners are the same batch
# in another order, from `rng.permutation`. Each image has its own $\lambda$, from `rng.beta`. Use the same
# $\lambda$ and the same partner for an image and for its label.
#
# <details><summary>Hint 1</summary>
#
# There are $n$ numbers $\lambda_i$, one for each image. To multiply the images by them, they need the shape
# (n, 1, 1, 1); for the labels, (n, 1).
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `partner = rng.permutation(len(x))` holds positions. So `x[partner]` are the partners of the images, and
# `y[partner]` those of the labels.
#
# </details>


# %% solution="mixup"
def mixup(x, y, alpha, seed):
    """Mix images and their labels.

    Args:
        x: Images (n, height, width, channels).
        y: One-hot labels (n, classes).
        alpha: Parameter of the beta distribution.
        seed: Seed of the random numbers.

    Returns:
        The mixed (x, y): floats with the same shapes.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    partner = rng.permutation(len(x))
    share = rng.beta(alpha, alpha, len(x))
    of_image, of_label = share[:, None, None, None], share[:, None]
    mixed = of_image * x + (1 - of_image) * x[partner]
    return mixed, of_label * y + (1 - of_label) * y[partner]
    ### END SOLUTION


# %% tests="mixup"
import numpy as np


def _check_mixup(count, alpha, seed, classes, rng):
    """Check a mixture; return the λ of each image and its partner, -1 where there is none."""
    # Image i is 100 at pixel i and black elsewhere, so a mixture shows the share of each image.
    x = np.zeros((count, count + 3, 2, 1))
    x[np.arange(count), np.arange(count)] = 100
    y = np.eye(classes)[rng.integers(0, classes, count)]
    given = mixup(x.copy(), y.copy(), alpha, seed)
    assert given is not None, "`mixup` returned None. Did you forget `return`?"
    assert isinstance(given, (tuple, list)) and len(given) == 2, (
        f"`mixup` returned {type(given).__name__}; expected two arrays, x and y."
    )
    mixed, mixed_y = (np.asarray(part, dtype=float) for part in given)
    assert mixed.shape == x.shape and mixed_y.shape == y.shape, (
        f"`mixup` returned shapes {mixed.shape} and {mixed_y.shape}; expected {x.shape} and {y.shape}."
    )
    shares = mixed[:, :count, 0, 0] / 100
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-3), (
        f"`mixup` returned images whose shares sum to {shares.sum(axis=1)[:4].round(2)}; expected 1. Did you "
        "use λ and 1 - λ?"
    )
    assert np.all((shares > 1e-6).sum(axis=1) <= 2), (
        "`mixup` mixed more than two images into one. Mix each image with one partner."
    )
    own, others = np.diag(shares), shares * (1 - np.eye(count))
    assert others.sum() > 0.01, (
        "`mixup` did not mix any image with another. Are the partners in another order?"
    )
    partners = np.where(others.max(axis=1) > 1e-6, others.argmax(axis=1), -1)
    # Where an image is its own partner, its share is 1 whatever λ is.
    assert np.ptp(own[partners >= 0]) > 1e-3, (
        "`mixup` used the same λ for every image. Draw one λ for each image."
    )
    if not np.allclose(mixed_y, shares @ y, atol=1e-3):
        _explain_labels(mixed_y, y)
    return own, partners


def _explain_labels(mixed_y, y):
    assert not np.allclose(mixed_y, y), (
        "`mixup` mixed the images but not the labels. Mix the labels with the same λ and the same partner."
    )
    assert np.allclose(mixed_y.sum(axis=1), 1, atol=1e-3), (
        "`mixup` returned labels that do not sum to 1. Did you use λ and 1 - λ, as for the images?"
    )
    raise AssertionError(
        "`mixup` mixed the labels differently from the images. Use the same λ and the same partner for both."
    )


def _check_partners(own, partners):
    count = len(own)
    has_partner = partners >= 0
    taken = partners[has_partner]
    assert len(set(taken.tolist())) == len(taken), (
        "`mixup` used an image as the partner of two images. The partners are the same batch in another order: "
        "use `rng.permutation`."
    )
    steps = (taken - np.flatnonzero(has_partner)) % count
    assert len(set(steps.tolist())) > 3, (
        f"`mixup` mixed each image with the one {int(steps[0])} places further on, or in another fixed order. "
        "Put the partners in a random order: use `rng.permutation`."
    )


_check_partners(*_check_mixup(30, 0.4, 1, 4, np.random.default_rng(0)))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_mixup_hidden(rng):
    seed = int(rng.integers(1000))
    own, partners = _check_mixup(300, 0.2, seed, 7, rng)
    _check_partners(own, partners)
    hint = "Did you use `rng.beta(alpha, alpha)`?"
    extreme = np.mean((own < 0.1) | (own > 0.9))
    assert extreme > 0.42, (
        f"`mixup` with α = 0.2 used λ near 0 or 1 for {100 * extreme:.0f} % of the images; expected most of "
        f"them. {hint}"
    )
    assert 0.35 < own.mean() < 0.65, (
        f"`mixup` with α = 0.2 used λ with the mean {own.mean():.2f}; expected 0.5. {hint}"
    )
    near_half, partners = _check_mixup(300, 20.0, seed, 5, rng)
    assert np.mean((near_half > 0.2) & (near_half < 0.8)) > 0.85, (
        f"`mixup` with α = 20 used λ far from 1/2; expected nearly all λ near 1/2. {hint}"
    )
    assert abs(near_half.mean() - 0.5) < 0.03, (
        f"`mixup` with α = 20 used λ with the mean {near_half.mean():.2f}; expected 0.5. {hint}"
    )
    _, other_partners = _check_mixup(300, 20.0, seed + 1, 7, rng)
    assert not np.array_equal(partners, other_partners), (
        "`mixup` used the same partners for two seeds. Put them in a random order: use `rng.permutation`."
    )
    x, y = rng.uniform(0, 255, (6, 4, 5, 3)), np.eye(6)
    first, again, other = (np.asarray(mixup(x, y, 0.5, s)[0]) for s in (seed, seed, seed + 1))
    assert np.allclose(first, again) and not np.allclose(first, other), (
        "`mixup` returned different mixtures for one seed, or the same mixture for two seeds. Draw all numbers "
        "from `np.random.default_rng(seed)`."
    )


_check_mixup_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Here are a few mixtures, with $\alpha = 1$ so that both images are visible. At the end of the lab you can
# try whether mixup helps.

# %%
one_hot = np.eye(10)[y_train[:60]]
mixed, mixed_labels = mixup(x_train[:60], one_hot, 1.0, seed=4)
between = np.flatnonzero(np.sort(mixed_labels)[:, -2] > 0.25)[:8]


def describe(label):
    second, first = np.argsort(label)[-2:]
    return "\n".join(f"{100 * label[n]:.0f} %\n{classes[n]}" for n in (first, second))


figures.image_grid(
    mixed[between].astype("uint8"),
    [describe(label) for label in mixed_labels[between]],
    "Mixed images with mixed labels",
    columns=8,
)

# %% [markdown]
# ## 7 Interpret the curves
#
# ### Question 8 · `choice` · in words
#
# Write about ten lines:
#
# 1. What do your two pairs of curves show? State the gaps and the accuracies. With augmentation, the
#    validation curve may even lie *above* the training curve in some epochs. Why?
# 2. Which of these transformations would you use: mirroring left to right, rotation by any angle, shift,
#    contrast? Answer for (a) satellite images of fields, (b) traffic signs, (c) X-ray images of the chest,
#    where the heart is on the left. Give a reason in each case.
# 3. Why do you not augment the *validation* set?

# %% [markdown] written="choice"
# ### BEGIN SOLUTION
# **A model answer.** (1) Without augmentation, the training accuracy rises to nearly 100 %, and the
# validation accuracy stays at 60 to 70 % (stand-in data; below 40 % on real images): a gap of 0.3
# to 0.4. With augmentation, the training accuracy rises more slowly and stays at 70 to 85 % (60 to 65 % on
# real images). The validation accuracy is 5 to 10 percentage points higher (about 2 on real images), and the
# gap is at most 0.15. The training accuracy is measured on augmented images, which are harder, and during the
# epoch, while the network was still worse. The validation accuracy is measured on unchanged images at the end
# of the epoch. So it can be higher. (2) (a) All of them: a field has no up or down, and the light differs
# from day to day. (b) Shift, contrast, and rotation by a few degrees only; no mirroring: a mirrored "turn
# left" is another sign, and so is a rotated arrow. (c) Shift, contrast, and small angles; no mirroring: a
# heart on the right is a rare condition, but the label says that the person is healthy. (3) Because the
# validation set estimates how good the network will be on real images, which are not augmented. With random
# changes it would also measure something else in every epoch.
#
# **Rubric, 3 points.**
#
# - 1 point: gaps and accuracies from the student's own curves, and one reason why the validation accuracy can
#   be higher. Half without the reason.
# - 1 point: all three cases with reasons that concern the meaning of the label. Half for two of them.
# - 1 point: the validation set stands for the images of later use (or: epochs would not be comparable).
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Train with mixup.** Use a pipeline whose `map` mixes. The loss for one-hot labels is
#   `keras.losses.CategoricalCrossentropy(from_logits=True)`. Keras also has a layer: `keras.layers.MixUp`.
# - **Too much of a good thing.** Try `RandomRotation(0.5)` and `RandomZoom(0.5)`. At which strength does
#   augmentation begin to hurt?
# - **How many images is augmentation worth?** Train without augmentation on 2,000, 4,000, … images until the
#   model is as good as with augmentation on 1,000.
# - **Test-time augmentation.** Average the predictions of the network for an image and for its mirror image.
#
# **Sources.** A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet classification with deep convolutional neural
# networks*, NeurIPS 2012, §4.1 · T. DeVries, G. Taylor, *Improved regularization of convolutional neural
# networks with cutout*, arXiv:1708.04552, 2017, §3 · H. Zhang et al., *mixup: beyond empirical risk
# minimization*, ICLR 2018, §2 · L. Prechelt, *Early stopping – but when?*, 1998, §2 · I. Goodfellow, Y.
# Bengio, A. Courville, *Deep Learning*, MIT Press 2016, §7.4 and §7.8, deeplearningbook.org. The text of this
# lab is licensed CC BY 4.0, its code MIT.
