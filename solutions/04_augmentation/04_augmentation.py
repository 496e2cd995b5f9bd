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
# # More images out of the same images
#
# You have a thousand labelled images, and a network that can learn a thousand images by heart. That is
# what it will do. The best cure is more images; and often you have them already. A car seen in a mirror is
# a car. Moved by three pixels it is one as well. **Augmentation** shows the network every image a
# little different each time: whatever it learns by heart is of no use the next time, and what stays the same
# is what makes a car a car.
#
# **You will learn**
#
# - to transform images in NumPy so that shape, dtype, range *and label* stay right;
# - to find out, by measuring, which transformations change the label, and to leave them out;
# - to augment with Keras' layers: in the input pipeline or in the model, in training only;
# - to stop training at the right time and to get the best weights back;
# - to mix two images, and their labels, into one;
# - to show what augmentation brings: the same network with and without.
#
# **You need** Lab 02: convolutional networks, logits, loss, epochs, training and validation accuracy.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | data | gap between training and test accuracy | time |
# | --- | --- | --- | --- | --- |
# | quick | chosen on a CPU | 1,000 training images | without 0.4–0.6, with 0.05–0.25 | 9–18 s on 2 cores |
# | full | chosen on a GPU | 2,000 training images | without 0.1–0.5, with 0.0–0.15 | 2–4 min on 2 cores, less on a GPU |
#
# To choose yourself, set `COURSE_PROFILE` to `quick` or `full` before you start. Without internet access
# the lab runs on drawn stand-in images, and says so.

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # less small talk from TensorFlow

import keras
import numpy as np

from course_lib import data, figures, profile

keras.utils.set_random_seed(1)
quick = profile.current() == "quick"
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## The data
#
# CIFAR-10 again, but only a few of its training images, as if the others had never been labelled. 300 more
# are the validation part.

# %%
(x_all, y_all), (x_test, y_test) = data.load("cifar10")
y_all, y_test = y_all[:, 0], y_test[:, 0]  # labels come as a column
few = 1000 if quick else 2000
x_train, y_train = x_all[:few], y_all[:few]
x_val, y_val = x_all[few : few + 300], y_all[few : few + 300]
classes = data.class_names("cifar10")
print("training", x_train.shape, x_train.dtype, "· validation", x_val.shape, "· test", x_test.shape)
figures.image_grid(
    x_train[:10], [classes[label] for label in y_train[:10]], "A few of the few training images"
)

# %% [markdown]
# ## 1 By hand
#
# An image is an array of `uint8`: whole numbers from 0 to 255. A transformed image should be one too, of
# the same shape, or the network meets something in training that it will never meet afterwards. Mind the
# `uint8`: it counts in a circle. 200 + 100 is 44.
#
# ### Question 1 · `transforms`
#
# Write four transformations of one image (height, width, channels). None of them may change the image that
# it is given.
#
# 1. `mirror(image)`: left and right exchanged.
# 2. `shift(image, down, right)`: moved by so many pixels (negative: up, left). What comes in at the edge is
#    black, 0; what leaves is gone, and does not come back on the other side.
# 3. `contrast(image, factor)`: every value's distance from the image's mean (over all its pixels and channels)
#    becomes `factor` times as large; the results are rounded, kept between 0 and 255, and `uint8` again.
# 4. `cutout(image, top, left, size)`: a square of `size` × `size` pixels becomes the grey 128 in all channels. Its
#    first row is `top`, its first column `left`; both may be negative. Where it hangs over the edge, only the part
#    inside changes (DeVries & Taylor 2017).


# %% solution="transforms"
def mirror(image):
    """Left and right exchanged."""
    ### BEGIN SOLUTION
    return image[:, ::-1].copy()
    ### END SOLUTION


def shift(image, down, right):
    """Moved by whole pixels; black comes in at the edge."""
    ### BEGIN SOLUTION
    height, width = image.shape[:2]
    moved = np.zeros_like(image)
    moved[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)] = image[
        max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)
    ]
    return moved
    ### END SOLUTION


def contrast(image, factor):
    """Distance from the mean times factor, rounded, in [0, 255]."""
    ### BEGIN SOLUTION
    mean = image.mean()
    return np.clip(np.round(mean + factor * (image - mean)), 0, 255).astype("uint8")
    ### END SOLUTION


def cutout(image, top, left, size):
    """A grey square, 128; top and left may be negative."""
    ### BEGIN SOLUTION
    cut = image.copy()
    cut[max(0, top) : max(0, top + size), max(0, left) : max(0, left + size)] = 128
    return cut
    ### END SOLUTION


# %% tests="transforms"
import numpy as np


def image_like(given, image, name):
    assert given is not None, f"{name} gives nothing back: does it end with `return`?"
    given = np.asarray(given)
    assert given.shape == image.shape, (
        f"{name} makes an image of shape {given.shape} out of one of {image.shape}."
    )
    assert given.dtype == image.dtype, (
        f"{name} makes {given.dtype} out of {image.dtype}: an image stays {image.dtype}."
    )
    return given


def check_mirror(image, wanted, upside_down):
    given = image_like(mirror(image.copy()), image, "mirror")
    assert not np.array_equal(given, upside_down), (
        "mirror turns the image upside down: the second axis goes from left to right."
    )
    assert np.array_equal(given, wanted), "mirror: the first column should become the last."


def check_shift(image, down, right, wanted, other_way):
    given = image_like(shift(image.copy(), down, right), image, "shift")
    rolled = np.roll(image, (down, right), axis=(0, 1))
    assert np.array_equal(wanted, rolled) or not np.array_equal(given, rolled), (
        "what leaves the image comes back on the other side: black should come in there."
    )
    assert np.array_equal(wanted, other_way) or not np.array_equal(given, other_way), (
        f"shift({down}, {right}) moves the other way: positive is down and right."
    )
    assert np.array_equal(given, wanted), (
        f"shift(image, {down}, {right}) is wrong at {np.sum(given != wanted)} of {given.size} values."
    )


def check_contrast(image, factor, wanted, around):
    given = image_like(contrast(image.copy(), factor), image, "contrast").astype(int)
    assert np.array_equal(around, wanted) or not np.allclose(given, around, atol=1), (
        "contrast: values beyond 255 start again at 0. Clip to [0, 255] before you make it uint8."
    )
    # One step either way: whoever cuts off instead of rounding has not missed the point.
    assert np.abs(given - wanted).max() <= 1, (
        f"contrast(image, {factor:.2f}) should turn {image.ravel()[:4].tolist()} into "
        f"{wanted.ravel()[:4].tolist()}, with the mean {image.mean():.1f}; yours are "
        f"{given.ravel()[:4].tolist()}."
    )


def check_cutout(image, top, left, size, inside):
    given = image_like(cutout(image.copy(), top, left, size), image, "cutout")
    assert np.all(given[inside] == 128), (
        f"cutout(image, {top}, {left}, {size}): the square from row {top}, column {left} should be 128."
    )
    assert np.array_equal(given[~inside], image[~inside]), (
        f"cutout(image, {top}, {left}, {size}) changes {np.sum((given != image).any(-1) & ~inside)} "
        "pixels outside of the square. What does a negative index mean to NumPy?"
    )


def grey(*rows):
    """An image whose three channels are alike."""
    return np.stack([np.array(rows, "uint8")] * 3, axis=-1)


def check_transforms():
    image = grey([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12])
    check_mirror(
        image,
        wanted=grey([4, 3, 2, 1], [8, 7, 6, 5], [12, 11, 10, 9]),
        upside_down=grey([9, 10, 11, 12], [5, 6, 7, 8], [1, 2, 3, 4]),
    )
    check_shift(
        image, 1, 2,
        wanted=grey([0, 0, 0, 0], [0, 0, 1, 2], [0, 0, 5, 6]),
        other_way=grey([7, 8, 0, 0], [11, 12, 0, 0], [0, 0, 0, 0]),
    )  # fmt: skip
    check_shift(
        image, 0, -1,
        wanted=grey([2, 3, 4, 0], [6, 7, 8, 0], [10, 11, 12, 0]),
        other_way=grey([0, 1, 2, 3], [0, 5, 6, 7], [0, 9, 10, 11]),
    )  # fmt: skip
    check_cutout(image, 0, 1, 2, np.array([[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]) == 1)
    check_cutout(image, 1, 3, 4, np.array([[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1]]) == 1)

    # Two by two pixels in colour, with the mean 110; around: what starts again at 0 beyond 255.
    colours = [[[10, 200, 60], [255, 0, 30]], [[90, 120, 250], [180, 20, 105]]]
    weak = [[[70, 146, 90], [168, 66, 78]], [[102, 114, 166], [138, 74, 108]]]
    strong = [[[0, 255, 20], [255, 0, 0]], [[74, 128, 255], [236, 0, 101]]]
    around = [[[186, 16, 20], [115, 168, 222]], [[74, 128, 106], [236, 204, 101]]]
    colours = np.array(colours, "uint8")
    check_contrast(colours, 0.4, wanted=np.array(weak), around=np.array(weak))
    check_contrast(colours, 1.8, wanted=np.array(strong), around=np.array(around))


check_transforms()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def moved_by_hand(image, down, right):
    height, width, _ = image.shape
    moved = np.zeros_like(image)
    for y in range(height):
        for x in range(width):
            if 0 <= y - down < height and 0 <= x - right < width:
                moved[y, x] = image[y - down, x - right]
    return moved


def check_transforms_hidden(rng):
    for side, settings in (((8, 10), [(2, 3), (0, -1)]), ((9, 7), rng.integers(-5, 6, (8, 2)))):
        image = rng.integers(0, 256, (*side, 3)).astype("uint8")
        check_mirror(image, image[:, ::-1], image[::-1])
        for down, right in settings:
            down, right = int(down), int(right)
            moved = moved_by_hand(image, down, right)
            check_shift(image, down, right, moved, moved_by_hand(image, -down, -right))
        for factor in (0.5, 1.8, *rng.uniform(0.2, 3, 8)):
            mean = image.mean()
            values = np.round(mean + factor * (image - mean)).astype(int)
            check_contrast(image, float(factor), np.clip(values, 0, 255), values % 256)
        for top, left in [(2, 3), (6, 5), *rng.integers((-4, -4), (9, 7), (8, 2))]:
            inside = np.zeros(side, bool)
            for y in range(max(0, top), min(side[0], top + 5)):
                for x in range(max(0, left), min(side[1], left + 5)):
                    inside[y, x] = True
            check_cutout(image, int(top), int(left), 5, inside)
    assert np.array_equal(np.asarray(contrast(image, 1.0)), image), (
        "contrast is wrong for a random image: with the factor 1 it should stay as it is."
    )


check_transforms_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 · `copies`
#
# Now by chance. Write `augmented(images, seed)`, which gives back a new batch: each image mirrored with
# probability 1/2, and shifted by −4 … 4 pixels in each direction, **each image by numbers of its own**, drawn from
# `np.random.default_rng(seed)`. The order of the images stays, or the labels no longer belong to them.


# %% solution="copies"
def augmented(images, seed):
    """A mirrored and shifted copy of each image.

    images: uint8 (n, height, width, channels) · returns the same shape and dtype
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


def numbered(count):
    """Images whose every pixel says where it was: its row, its column and its image, from 1."""
    images = np.empty((count, 12, 12, 3), "uint8")
    for axis, channel in ((1, 0), (2, 1), (0, 2)):
        places = np.arange(1, images.shape[axis] + 1)
        images[..., channel] = np.expand_dims(places, [n for n in range(3) if n != axis])
    return images


def where_from(copy, image):
    """How a numbered image was mirrored and moved, or None if that does not explain the copy."""
    y, x = np.nonzero(copy.any(axis=-1))
    row, column, number = copy[y, x].T.astype(int)
    if set(number) != {int(image[0, 0, 2])}:
        return None
    down = set((y + 1 - row).tolist())
    for mirrored in (False, True):
        right = set((x + 1 - (13 - column if mirrored else column)).tolist())
        if len(down) == len(right) == 1:  # all pixels have moved alike
            how = mirrored, *down, *right
            black = copy.size // 3 - len(y) == 144 - (12 - abs(how[1])) * (12 - abs(how[2]))
            return how if black and max(map(abs, how[1:])) <= 4 else None
    return None


def check_copies(images, seed, where_from):
    count = len(images)
    given = image_like(augmented(images.copy(), seed), images, "augmented")
    found = [where_from(copy, image) for copy, image in zip(given, images, strict=True)]
    lost = [n for n, how in enumerate(found) if how is None]
    if lost and any(where_from(given[lost[0]], image) for image in images):
        raise AssertionError(
            f"copy {lost[0]} is one of another image: the order must stay, or labels are wrong."
        )
    assert not lost, (
        f"copy {lost[0]} is no mirrored and shifted image {lost[0]}: at most 4 pixels, black at the edge."
    )
    assert len(set(found)) > min(count, 10) / 2, (
        f"{count} images got only {len(set(found))} different transformations: draw for each image anew."
    )
    return found


def check_chance():
    found = check_copies(numbered(60), 1, where_from)
    mirrored = np.mean([how[0] for how in found])
    assert 0.2 < mirrored < 0.8, (
        f"{100 * mirrored:.0f} % of 60 images are mirrored; about half of them should be."
    )
    for place, name in ((1, "down or up"), (2, "right or left")):
        steps = {how[place] for how in found}
        assert min(steps) < -2 and max(steps) > 2, (
            f"60 images move {min(steps)} … {max(steps)} pixels {name}; -4 … 4 are wanted, both included."
        )


check_chance()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def where_any_from(copy, image):
    """As where_from, for any image."""
    for mirrored in (False, True):
        source = image[:, ::-1] if mirrored else image
        for down in range(-4, 5):
            for right in range(-4, 5):
                moved = np.zeros_like(source)
                height, width, _ = source.shape
                moved[
                    max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)
                ] = source[
                    max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)
                ]
                if np.array_equal(copy, moved):
                    return mirrored, down, right
    return None


def check_copies_hidden(rng):
    seed = int(rng.integers(1000))
    images = rng.integers(1, 256, (150, 12, 12, 3)).astype("uint8")
    found = check_copies(images, seed, where_any_from)
    assert {how[1] for how in found} | {how[2] for how in found} == set(range(-4, 5)), (
        "some of the shifts -4 … 4 never occur: is the end of the range included?"
    )
    images = rng.integers(1, 256, (5, 12, 12, 3)).astype("uint8")
    first, again, other = (np.asarray(augmented(images.copy(), s)) for s in (seed, seed, seed + 1))
    assert np.array_equal(first, again), "the same seed must give the same copies."
    assert not np.array_equal(first, other), "another seed must give other copies."


check_copies_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Your own copies. Would you still know what is on them? Then the network should, too.

# %%
some = np.concatenate([x_train[:3], *(augmented(x_train[:3], seed) for seed in range(7))])
figures.image_grid(
    some.reshape(8, 3, 32, 32, 3).swapaxes(0, 1).reshape(24, 32, 32, 3),
    (["original"] + ["copy"] * 7) * 3,
    "Out of one image many: each row shows the same thing",
    columns=8,
)

# %% [markdown]
# ## 2 What breaks the label
#
# A mirrored car is a car. A mirrored *b* is a *d*; and a 6 turned by 180° is a 9. Whether a transformation may be used
# depends on what the labels mean. For images you can often see it at once; for sounds, X-ray images or
# measurements you can't, and so it is better to **measure**: a network that was trained *without* augmentation, and
# reads the originals well, tells where a transformation leads it astray. What it no longer reads at all is
# suspect: the label may be broken, or only the network may never have seen such a thing. Then look at it.
#
# Below, a small network learns to read digits, and the figure shows what six transformations, the candidates, make
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
middle = unseen.mean(axis=(1, 2), keepdims=True)
candidates = {
    "moved by 1 pixel": np.roll(unseen, 1, axis=2),
    "more contrast": np.clip(middle + 1.5 * (unseen - middle), 0, 255).astype("uint8"),
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
    "Six things to do to a digit: which of them keep what it says?",
    columns=10,
)

# %% [markdown]
# ### Question 3 · `labels`
#
# 1. Write `label_breaking(reader, originals, labels, candidates, tolerance=0.2)`. `reader` is a Keras model that gives
#    logits; `labels` are those of the originals; `candidates` is a dictionary from a name to the changed images,
#    in the order of `originals`. It returns the **set** of the names for which the share of right answers is smaller
#    than on `originals` by more than `tolerance` (0.2: 20 of 100 images).
# 2. Set `suspects` to what it says about `reader`, `unseen`, `unseen_labels` and `candidates` above, with the tolerance
#    0.2, and `harmful` to the set of those suspects that you would not use for digits, now that you have looked at them.


# %% solution="labels"
def label_breaking(reader, originals, labels, candidates, tolerance=0.2):
    """Names of the candidates on which the reader is right much less often than on the originals."""

    ### BEGIN SOLUTION
    def right(images):
        return np.mean(reader.predict(images, verbose=0).argmax(axis=-1) == labels)

    before = right(originals)
    return {name for name, changed in candidates.items() if right(changed) < before - tolerance}
    ### END SOLUTION


### BEGIN SOLUTION
suspects = label_breaking(reader, unseen, unseen_labels, candidates)
harmful = {"mirrored", "upside down", "turned by 180°"}
### END SOLUTION


# %% tests="labels"
import keras
import numpy as np


def quadrant_reader():
    """Reads which quarter of a 4 × 4 image is the brightest: 0 1 above, 2 3 below."""
    reader = keras.Sequential(
        [keras.Input((4, 4)), keras.layers.Reshape((4, 4, 1)),
         keras.layers.AveragePooling2D(2), keras.layers.Flatten()]
    )  # fmt: skip
    return reader


def quadrants(rng, count):
    labels = rng.integers(0, 4, count)
    images = rng.uniform(0, 60, (count, 4, 4))
    for image, label in zip(images, labels, strict=True):
        image[2 * (label // 2) :, 2 * (label % 2) :][:2, :2] += 120
    return images.astype("uint8"), labels


def check_label_breaking(rng, tolerance):
    images, labels = quadrants(rng, 60)
    half = images.copy()
    half[: int(60 * (tolerance + 0.1))] = half[: int(60 * (tolerance + 0.1)), ::-1]
    little = images.copy()
    little[: int(60 * tolerance) - 4] = little[: int(60 * tolerance) - 4, ::-1]
    changed = {
        "darker": (images * 0.5).astype("uint8"), "mirrored": images[:, :, ::-1],
        "upside down": images[:, ::-1], "some": half, "few": little,
    }  # fmt: skip
    given = label_breaking(quadrant_reader(), images, labels, changed, tolerance=tolerance)
    assert given is not None, "label_breaking gives nothing back: does it end with `return`?"
    wanted = {"mirrored", "upside down", "some"}
    assert set(given) != set(changed) - wanted, (
        "label_breaking gives the candidates that keep the label; those that break it are wanted."
    )
    assert set(given) == wanted, (
        f"label_breaking should find {sorted(wanted)} here; yours finds {sorted(given)}. The reader is right "
        f"for all the originals, for few with {100 * (tolerance - 4 / 60):.0f} % fewer, for some with "
        f"{100 * (tolerance + 0.1):.0f} % fewer; the tolerance is {100 * tolerance:.0f} %."
    )


def check_digits():
    names = {
        "moved by 1 pixel",
        "more contrast",
        "mirrored",
        "upside down",
        "turned by 180°",
        "corner erased",
    }
    found = set(label_breaking(reader, unseen, unseen_labels, candidates))
    assert set(suspects) <= names and set(harmful) <= names, (
        f"suspects and harmful are sets of names out of {sorted(names)}."
    )
    assert {"mirrored", "upside down"} <= set(suspects), (
        f"the reader fails on mirrored digits; your suspects are {sorted(suspects)}."
    )
    assert set(suspects) == found, (
        f"your label_breaking finds {sorted(found)} here; your suspects are {sorted(suspects)}."
    )
    assert set(harmful) <= set(suspects), (
        f"{sorted(set(harmful) - set(suspects))} are none of your suspects."
    )
    assert "turned by 180°" in set(harmful), (
        "a 6 turned by 180° is a 9, and its label still says 6: that teaches the network a mistake."
    )
    assert {"mirrored", "upside down"} <= set(harmful), (
        "nobody writes mirrored digits: a mirrored 7 is no seven, and a mirrored 2 looks like a 5."
    )
    assert not {"moved by 1 pixel", "more contrast"} & set(harmful), (
        "a digit that is moved by a pixel, or darker, says the same: there is no harm in it."
    )


check_label_breaking(np.random.default_rng(0), 0.2)
check_digits()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_labels_hidden(rng):
    check_label_breaking(rng, 0.2)
    check_label_breaking(rng, 0.4)


check_labels_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Keras' layers
#
# Keras has such transformations as layers. They draw their random numbers for each image anew, and they work **in training only**: when
# a network is asked, it is asked about the image itself.
#
# | layer | does |
# | --- | --- |
# | `RandomFlip("horizontal")` | mirrors left to right, with probability 1/2 |
# | `RandomTranslation(0.1, 0.1)` | shifts by up to 10 % of height and width |
# | `RandomRotation(0.05)` | turns by up to 5 % of a full turn, 18° |
# | `RandomZoom(0.1)` | makes up to 10 % larger or smaller |
# | `RandomContrast(0.2, value_range=(0, 255))` | contrast by a factor 0.8 … 1.2 |
# | `RandomErasing(0.5)` | cutout with a random rectangle (in newer versions of Keras) |
#
# There are two places for them:
#
# - **In the model**, right after its input. They run with the model, on the GPU if there is one, are saved with it,
#   and hear from `fit`, `evaluate` and `predict` whether it is training. Whoever calls the model says it:
#   `model(x, training=False)`.
# - **In the input pipeline**, before the model. They run on the processor while the GPU computes the batch before. The
#   pipeline does not know what the batches are for: *you* say `layers(x, training=True)`, and give the validation part
#   no such pipeline.
#
# ### Question 4 · `layers`
#
# 1. Write `augmentation()`: a `keras.Sequential` from images (32, 32, 3) to images (32, 32, 3) with pixels from 0 to
#    255, which mirrors left to right and shifts by up to an eighth, and whatever else you like.
# 2. Write `with_augmentation(model)`: a new Keras model which augments and then does what `model` does, with the same
#    layers. (A model is a layer: `model(x)`.)
# 3. Write `batches(x, y)`: a `data.pipeline(x, y, batch_size=…, shuffle=…, map=…)` with batches of 32, shuffled, whose images
#    are augmented anew in every epoch. `map` is a function of a batch, `x` and `y`, that returns the two that take its place.


# %% solution="layers"
def augmentation():
    """Random changes that keep the label, in training only: (batch, 32, 32, 3) → the same shape."""
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
    """The same model behind augmentation."""
    ### BEGIN SOLUTION
    inputs = keras.Input((32, 32, 3))
    return keras.Model(inputs, model(augmentation()(inputs)))
    ### END SOLUTION


def batches(x, y):
    """Batches of 32 augmented images and their labels."""
    ### BEGIN SOLUTION
    change = augmentation()
    return data.pipeline(
        x, y, batch_size=32, shuffle=True, map=lambda x, y: (change(x, training=True), y)
    )
    ### END SOLUTION


# %% tests="layers"
import keras
import numpy as np


def outputs(network, images, training=False):
    result = network(np.asarray(images, dtype="float32"), training=training)
    return np.asarray(keras.ops.convert_to_numpy(result), dtype="float64")


def check_augmentation(rng):
    network = augmentation()
    images = rng.integers(0, 256, (8, 32, 32, 3)).astype("float32")
    kept = outputs(network, images)
    assert kept.shape == images.shape, (
        f"augmentation makes {kept.shape} out of {images.shape}: the shape must stay."
    )
    assert np.allclose(kept, images, atol=0.01), (
        "without training=True augmentation must hand images on as they are."
    )
    changed = outputs(network, images, training=True)
    assert changed.shape == images.shape, f"in training augmentation makes {changed.shape}."
    assert not np.allclose(changed, images, atol=1), "in training augmentation changes nothing."
    assert changed.min() >= -1 and changed.max() <= 256, (
        f"in training the pixels reach from {changed.min():.0f} to {changed.max():.0f}, not from 0 to 255: "
        "is there a layer that needs value_range=(0, 255)?"
    )
    assert changed.max() > 100, (
        f"in training the largest pixel is {changed.max():.2f}: has a layer scaled 0 … 255 to 0 … 1?"
    )


def check_mirrors(rng):
    # Bright above at the left: upside down it would be bright below.
    images = np.zeros((200, 32, 32, 3))
    images[:, 6:14, 6:14] = 255
    changed = outputs(augmentation(), images, training=True).mean(axis=-1)
    left = changed[:, :, :16].sum(axis=(1, 2)) > changed[:, :, 16:].sum(axis=(1, 2))
    above = changed[:, :16].sum(axis=(1, 2)) > changed[:, 16:].sum(axis=(1, 2))
    assert 0.3 < left.mean() < 0.7, (
        f"{100 * (1 - left.mean()):.0f} % of 200 images are mirrored left to right; half should be."
    )
    # Few may seem to be: of what erases pieces, a piece may be brighter.
    assert above.mean() > 0.85, (
        "images are turned upside down: cars don't drive on the ceiling. RandomFlip('horizontal')."
    )
    across = (changed * np.arange(32)).sum(axis=(1, 2)) / changed.sum(axis=(1, 2))
    moved = np.abs(np.where(left, across, 31 - across) - 9.5)
    assert 1 < moved.max() < 10, (
        f"the largest shift of 200 is {moved.max():.1f} pixels; up to an eighth of 32, 4, is wanted."
    )


check_augmentation(np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_layers_hidden(rng):
    check_augmentation(rng)
    check_mirrors(rng)

    plain = keras.Sequential(
        [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(3, use_bias=False)]
    )
    images = rng.integers(0, 256, (4, 32, 32, 3)).astype("float32")
    network = with_augmentation(plain)
    assert isinstance(network, keras.Model), "with_augmentation must give back a Keras model."
    assert np.allclose(outputs(network, images), outputs(plain, images), atol=0.05), (
        "when it is asked, the model with augmentation must answer as the model without: with the same "
        "layers, and nothing changed by chance."
    )
    assert not np.allclose(outputs(network, images, True), outputs(plain, images), atol=1), (
        "in training the model with augmentation answers as the one without: nothing is augmented."
    )

    labels = np.arange(48)
    images = np.zeros((48, 32, 32, 3), "uint8") + (5 * labels[:, None, None, None]).astype("uint8")
    images[:, 8:20, 4:16] = 255
    stream = batches(images, labels)
    epochs = []
    for _ in range(2):
        parts = [(np.asarray(x, dtype="float64"), np.asarray(y).ravel()) for x, y in stream]
        assert len(parts) == 2 and len(parts[0][1]) == 32, (
            f"48 images make batches of 32 and 16; yours are {[len(part[1]) for part in parts]}."
        )
        x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
        assert sorted(y.tolist()) == labels.tolist(), "each image should come once an epoch."
        background = np.median(
            x.reshape(48, -1), axis=1
        )  # whatever is erased, or black at the edge
        assert np.corrcoef(background, y)[0, 1] > 0.8, (
            "the labels no longer belong to their images: hand y on with its x."
        )
        epochs.append((x[np.argsort(y)], y))
    assert not np.array_equal(epochs[0][1], epochs[1][1]), "the batches are not shuffled."
    assert not np.allclose(epochs[0][0], images, atol=1), (
        "batches gives the images as they are: say training=True, the pipeline does not know."
    )
    assert not np.allclose(epochs[0][0], epochs[1][0], atol=1), (
        "the second epoch shows the same changed images as the first: they must be drawn anew (no cache)."
    )


check_layers_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 When to stop
#
# The longer the training, the more is learnt by heart. **Early stopping** watches the validation loss: if it has not
# been better than its best value for `patience` epochs in a row, training stops, and the weights *of the best epoch*
# are put back. The ones of the last epoch are those that you did not want.
#
# ### Question 5 · `stopping`
#
# Write `stop(val_losses, patience)`, given the validation losses of all the epochs of a long training: how many epochs would have
# been trained, and which of them (counting from 1) has the weights that are put back? Equal is not better.


# %% solution="stopping"
def stop(val_losses, patience):
    """Returns (epochs trained, best epoch), both counted from 1."""
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


def check_stop(losses, patience, wanted):
    given = stop(list(losses), patience)
    assert given is not None and len(given) == 2, "stop must give back two numbers: epochs, best."
    trained, best = (int(n) for n in given)
    shown = f"stop({[round(float(loss), 2) for loss in losses]}, {patience})"
    assert (trained + 1, best + 1) != wanted, f"{shown}: epochs count from 1, not from 0."
    assert best != int(np.argmin(losses)) + 1 or best == wanted[1], (
        f"{shown}: epoch {best} is the best of all, but training had stopped before, after {wanted[0]}."
    )
    assert best == wanted[1] or best != trained, (
        f"{shown}: the weights of epoch {wanted[1]} are put back, not those of the last one trained."
    )
    assert (trained, best) == wanted, f"{shown} should be {wanted}; yours is {(trained, best)}."


check_stop([2.0, 1.5, 1.2, 1.3, 1.1, 1.4, 1.5, 1.6], 3, (8, 5))
check_stop([2.0, 1.5, 1.6, 1.7, 0.9], 2, (4, 2))
check_stop([2.0, 1.5, 1.2], 2, (3, 3))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def by_early_stopping(losses, patience):
    best, best_loss, waited = 1, losses[0], 0
    for epoch, loss in enumerate(losses[1:], start=2):
        waited += 1
        if loss < best_loss:
            best, best_loss, waited = epoch, loss, 0
        if waited >= patience:
            return epoch, best
    return len(losses), best


def check_stop_hidden(rng):
    for patience in (1, 2, 3, 5):
        for _ in range(10):
            losses = np.round(rng.uniform(0.5, 2, 15), 1)
            check_stop(losses, patience, by_early_stopping(losses, patience))
        check_stop([1.0] * 8, patience, (patience + 1, 1))  # equal is not better


check_stop_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# In Keras this is a *callback*, something that `fit` calls after each epoch:
# `fit(…, callbacks=[keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)])`. Mind the last
# argument: without it the weights of the last epoch stay.
#
# ## 5 With and without
#
# Now the proof: the same network and the same few images, once as they are and once augmented.
#
# ### Question 6 · `gap`
#
# Train `bare` on `x_train, y_train` and `augmented_model` on augmented images, both with `validation_data=(x_val, y_val)`, and keep what
# `fit` returned in `histories = {"without": …, "with": …}`. `new_network()` below builds and compiles the network, for pixels
# from 0 to 255; train it as you like, with `fit` from `course_lib.training`, say: `fit(network, x, y, epochs=…, batch_size=…)`, or
# `fit(network, pipeline, epochs=…)`. Ten epochs or more are needed. You may stop early.
#
# Asked, after training, about all training images and about images that nobody has seen, `augmented_model` must
# have a gap between the two accuracies that is at least **0.10** smaller than that of `bare` (0.03 in the full profile, where more images leave less of
# a gap), and be right for at least **2 %** more of the unseen images. (A thousand real images are too few for that: with CIFAR-10
# itself in the quick profile it must not be right for 2 % fewer.)

# %%
from course_lib.models import cnn


def new_network():
    """A small convolutional network from images (32, 32, 3), 0 … 255, to 10 logits."""
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


def share_right(network, images, labels):
    right = 0
    for first in range(0, len(labels), 500):
        logits = network(images[first : first + 500].astype("float32"), training=False)
        answers = keras.ops.convert_to_numpy(logits).argmax(axis=-1)
        right += np.sum(answers == labels[first : first + 500])
    return float(right / len(labels))


learnt = {}  # the same for every check


def known_part():
    (images, labels), _ = data.load("cifar10")
    count = 1000 if profile.current() == "quick" else 2000
    return images[:count], labels[:count, 0]


def check_gap(images, labels):
    gaps, shares = {}, {}
    for name, network in (("bare", bare), ("augmented_model", augmented_model)):
        assert isinstance(network, keras.Model), f"{name} must be a Keras model."
        if name not in learnt:
            learnt[name] = share_right(network, *known_part())
        shares[name] = share_right(network, images, labels)
        gaps[name] = learnt[name] - shares[name]
        print(
            f"{name}: {100 * learnt[name]:.1f} % of its training images, {100 * shares[name]:.1f} % of others, "
            f"gap {gaps[name]:.3f}"
        )
    assert shares["bare"] > 0.2 and shares["augmented_model"] > 0.2, (
        f"hardly better than chance: {shares}. Were both trained, and take pixels from 0 to 255?"
    )
    # Of more images less can be learnt by heart.
    smaller = 0.1 if profile.current() == "quick" else 0.03
    assert gaps["bare"] > smaller, (
        f"bare has a gap of {gaps['bare']:.2f} only: is it trained long enough, and without augmentation?"
    )
    assert gaps["augmented_model"] < gaps["bare"] - smaller, (
        f"with augmentation the gap is {gaps['augmented_model']:.2f}, without {gaps['bare']:.2f}: it should "
        f"be at least {smaller:.2f} smaller. Does the network see other images in every epoch?"
    )
    (drawn, _), _ = data.load("cifar10", "offline")
    few = profile.current() == "quick" and not np.array_equal(known_part()[0][0], drawn[0])
    better = -0.02 if few else 0.02
    assert shares["augmented_model"] > shares["bare"] + better, (
        f"with augmentation {100 * shares['augmented_model']:.1f} % are right, without "
        f"{100 * shares['bare']:.1f} %: {'no' if few else 'at least'} 2 % {'fewer' if few else 'more'} are wanted. "
        "More epochs help: augmented images take longer to learn."
    )


def check_histories():
    assert isinstance(histories, dict) and sorted(histories) == ["with", "without"], (
        'histories needs two entries, "without" and "with".'
    )
    for name in ("without", "with"):
        record = getattr(histories[name], "history", histories[name])
        assert "val_accuracy" in record and "accuracy" in record, (
            f"the history {name!r} knows no val_accuracy: train with validation_data=(x_val, y_val)."
        )


def validation_part():
    (images, labels), _ = data.load("cifar10")
    first = 1000 if profile.current() == "quick" else 2000
    return images[first : first + 1000], labels[first : first + 1000, 0]


check_histories()
check_gap(*validation_part())
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

unseen_images, true = data.load("cifar10", seed=hidden_seed())[1]
check_gap(unseen_images[:1000], true[:1000, 0])
### END HIDDEN TESTS

# %%
figures.compared_curves(histories)

# %% [markdown]
# ## 6 Mixing images
#
# And now something that sounds as if it could not work: **mixup** (Zhang et al. 2018) lays two training images on each
# other, 70 % of a ship and 30 % of a frog, say, and the label becomes 70 % ship and 30 % frog. Nobody has ever seen such a
# thing. But a network that must answer a mixture by a mixture cannot be very sure of anything between its training images, and that is where
# unseen images are. For each image $i$ with a partner $j$ and labels as rows of ten numbers (*one-hot*: 1 for the
# class, 0 for the others):
#
# $$\tilde x_i = \lambda_i x_i + (1 - \lambda_i)\, x_j \qquad \tilde y_i = \lambda_i y_i + (1 - \lambda_i)\, y_j
# \qquad \lambda_i \sim \text{Beta}(\alpha, \alpha)$$
#
# That is, $\lambda_i$ is drawn at random between 0 and 1, from the *beta distribution*. With $\alpha = 1$ every number is as
# likely as any other; with $\alpha = 0.2$ it is mostly near 0 or near 1, so that one of the two images nearly hides the other.
#
# ### Question 7 · `mixup`
#
# Write `mixup(x, y, alpha, seed)` with `rng = np.random.default_rng(seed)`. The partners are the same batch in another order,
# `rng.permutation`; each image has a $\lambda$ of its own, `rng.beta`. The same $\lambda$, and the same partner, for the image
# and for its label!


# %% solution="mixup"
def mixup(x, y, alpha, seed):
    """Mixed images and mixed labels, both float.

    x: (n, height, width, channels) · y: one-hot labels (n, classes) · returns (x, y), the same shapes
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


def check_mixup(count, alpha, seed, classes, rng):
    # Image i is 100 at pixel i and black elsewhere: a mixture shows how much of which is in it.
    x = np.zeros((count, count, 2, 1))
    x[np.arange(count), np.arange(count)] = 100
    labels = rng.integers(0, classes, count)
    y = np.eye(classes)[labels]
    given = mixup(x.copy(), y.copy(), alpha, seed)
    assert isinstance(given, (tuple, list)) and len(given) == 2, (
        "mixup must give back two: return x, y"
    )
    mixed, mixed_y = (np.asarray(part, dtype=float) for part in given)
    assert mixed.shape == x.shape and mixed_y.shape == y.shape, (
        f"mixup makes {mixed.shape} and {mixed_y.shape} out of {x.shape} and {y.shape}."
    )
    shares = mixed[:, :, 0, 0] / 100
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-3), (
        f"the shares in an image should add up to 1; in yours they add up to {shares.sum(axis=1)[:4].round(2)}."
    )
    assert np.all((shares > 1e-9).sum(axis=1) <= 2), "more than two images are mixed."
    assert shares[~np.eye(count, dtype=bool)].sum() > 0.01, "no image has anything of another."
    own = np.diag(shares)
    assert np.std(own) > 0.01, "every image has the same λ: draw one for each."
    right = shares @ y
    assert not (np.allclose(mixed_y, y) and not np.allclose(right, y)), (
        "the images are mixed and the labels are not: half a frog is still a whole ship."
    )
    assert np.allclose(mixed_y.sum(axis=1), 1, atol=1e-3), (
        "the labels' shares do not add up to 1: use the same λ and 1 - λ as for the images."
    )
    assert np.allclose(mixed_y, right, atol=1e-3), (
        "the labels are mixed otherwise than the images: both need the same λ and the same partner."
    )
    return own


check_mixup(30, 0.4, 1, 4, np.random.default_rng(0))
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_mixup_hidden(rng):
    seed = int(rng.integers(1000))
    own = check_mixup(60, 0.2, seed, 7, rng)
    extreme = np.mean((own < 0.1) | (own > 0.9))
    assert extreme > 0.35, (
        f"with α = 0.2 most λ are near 0 or 1; of yours {100 * extreme:.0f} %. Is it rng.beta(alpha, alpha)?"
    )
    own = check_mixup(60, 20.0, seed, 5, rng)
    assert np.mean((own > 0.2) & (own < 0.8)) > 0.8, (
        "with α = 20 nearly all λ are near 1/2; yours are not. Is it rng.beta(alpha, alpha)?"
    )
    x, y = rng.uniform(0, 255, (6, 4, 4, 3)), np.eye(6)
    first, again, other = (np.asarray(mixup(x, y, 0.5, s)[0]) for s in (seed, seed, seed + 1))
    assert np.allclose(first, again) and not np.allclose(first, other), (
        "the same seed must give the same mixture, another seed another."
    )


check_mixup_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# A few mixtures, with $\alpha = 1$, so that there is something to see. Whether they help, the end of the lab lets you try.

# %%
one_hot = np.eye(10)[y_train[:60]]
mixed, mixed_labels = mixup(x_train[:60], one_hot, 1.0, seed=4)
between = np.flatnonzero(np.sort(mixed_labels)[:, -2] > 0.25)[:8]


def in_words(label):
    second, first = np.argsort(label)[-2:]
    return "\n".join(f"{100 * label[n]:.0f} %\n{classes[n]}" for n in (first, second))


figures.image_grid(
    mixed[between].astype("uint8"),
    [in_words(label) for label in mixed_labels[between]],
    "Mixed images with mixed labels",
    columns=8,
)

# %% [markdown]
# ## 7 What did it bring?
#
# ### Question 8 · `choice` · in words
#
# About ten lines:
#
# 1. What do your two pairs of curves show? Give the gaps and the accuracies. With augmentation the validation curve may even
#    lie *above* the training curve in some epochs: why?
# 2. Which of mirroring left to right, rotation by any angle, shift and contrast would you use (a) for satellite images of fields, (b) for
#    traffic signs, (c) for X-ray images of the chest, where the heart is on the left? Give a reason for each of the three.
# 3. Why is the *validation* part not augmented?

# %% [markdown] written="choice"
# ### BEGIN SOLUTION
# **A model answer.** (1) Without augmentation the training accuracy goes to nearly 100 % and the validation accuracy stays at a
# little over half (stand-in; on real images below 40 %): a gap of 0.4 to 0.6. With augmentation the training accuracy rises more
# slowly and stays at 70 to 85 % (on real images 60 to 65 %), the validation accuracy is higher by 5 to 20 % (on real images by about 2 %), and the gap is 0.25 or less. The training accuracy is
# measured on augmented images, which are harder, and during the epoch, while the network was still worse; validation is
# measured on unchanged ones at the end of the epoch. So it can be higher. (2) (a) All of them: a field has no up or down, and light
# differs from day to day. (b) Shift, contrast, a rotation by a few degrees only; no flip: a mirrored "turn left" is
# another sign, and a turned arrow as well. (c) Shift, contrast, small angles; no flip: a heart on the right is a rare disease, and
# the label says that the person is healthy. (3) Because it is to say how good the network will be on images as they really come; and changed
# by chance it would measure something else in every epoch.
#
# **Rubric, 3 points.**
#
# - 1 point: gaps and accuracies from the student's own curves, and one reason why validation can be higher. Half without the reason.
# - 1 point: all three cases with reasons that concern what the label means. Half for two of them.
# - 1 point: the validation part stands for the images that come afterwards (or: would make epochs incomparable).
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Train with mixup**: a pipeline whose `map` mixes; the loss is then `keras.losses.CategoricalCrossentropy(from_logits=True)`, for
#   labels in rows. Keras has a layer, too: `keras.layers.MixUp`.
# - **Too much of a good thing**: `RandomRotation(0.5)`, `RandomZoom(0.5)`. At which strength does augmentation begin to hurt?
# - **How many images is it worth?** Train without augmentation on 2,000, 4,000, … images until it is as good as with
#   augmentation on 1,000.
# - **Ask several times.** Average the network's answers to an image and to its mirror image (*test-time augmentation*).
#
# **Sources.** A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet classification with deep convolutional neural networks*, NeurIPS 2012,
# §4.1 · T. DeVries, G. Taylor, *Improved regularization of convolutional neural networks with cutout*, arXiv:1708.04552, 2017, §3 · H.
# Zhang et al., *mixup: beyond empirical risk minimization*, ICLR 2018, §2 · L. Prechelt, *Early stopping – but when?*, 1998, §2
# · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, §7.4 and §7.8, deeplearningbook.org. The text of this lab
# is licensed CC BY 4.0, its code MIT.
