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
# # A convolutional network sees
#
# The network of Lab 01 took an image apart into 784 numbers and forgot which of them were neighbours. To
# it, a cat moved by three pixels is another image altogether. In this lab you build a network that looks at
# images as images: the same small *filters* everywhere, then a summary of what they found, then filters on
# that. It is the idea that made computers see (LeCun et al. 1998). First each part, in NumPy; then the whole
# in Keras; and then you open the trained network and look at what it looks at.
#
# **You will learn**
#
# - what a convolution computes, and how large its output is: stride, padding, depth;
# - what max-pooling keeps and what it throws away;
# - what batch normalisation and dropout do, and why both work differently in training and afterwards;
# - to build a convolutional network with both of Keras' APIs, and to know how many numbers it learns;
# - to find out by an experiment what a part of a network is good for, instead of believing it;
# - to see *where* in an image a network finds its answer.
#
# **You need** Lab 01: layers, ReLU, logits, softmax, loss, optimizer, learning rate, batches, epochs, validation.
#
# **How long the computer works**, apart from importing TensorFlow:
#
# | profile | where | data | the network is right for | time |
# | --- | --- | --- | --- | --- |
# | quick | chosen on a CPU | 2,000 training images | 70–80 % on the stand-in, 40–46 % on real CIFAR-10 | 10–20 s on 2 cores |
# | full | chosen on a GPU | 45,000 training images of CIFAR-10 | 83–87 % on real CIFAR-10 | 6–15 min on 2 cores, less on a GPU |
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
# CIFAR-10 has ten kinds of animals and vehicles, in colour, 32 × 32 pixels (Krizhevsky 2009). A colour
# image is three images on top of each other, its **channels** red, green and blue: an array (height,
# width, channels). A batch has one more axis in front. The first training images are there to learn from;
# some of those that follow are the validation part, which shows how good the network is on others.

# %%
(x_all, y_all), (x_test, y_test) = data.load("cifar10")
y_all, y_test = y_all[:, 0], y_test[:, 0]  # labels come as a column
training, validating = (2000, 300) if quick else (int(0.9 * len(x_all)), 2000)
x_train, y_train = x_all[:training], y_all[:training]
x_val, y_val = x_all[training : training + validating], y_all[training : training + validating]
classes = data.class_names("cifar10")
print("training", x_train.shape, x_train.dtype, "· validation", x_val.shape, "· test", x_test.shape)
figures.image_grid(
    x_train[:20],
    [classes[label] for label in y_train[:20]],
    "Ten kinds of things, anywhere in the image",
)

# %% [markdown]
# ## 1 A filter looks at an image
#
# A **filter** (or *kernel*) is a small array of weights, say 3 × 3. Lay it on the top left corner of the
# image, multiply each pixel by the weight that lies on it, add everything up: that is *one* neuron, which
# sees nine pixels only. Then move the filter by one pixel and do it again, with the *same* weights. All
# the sums together, each at its place, are the **feature map**: it tells where in the image something
# is that the filter likes. Below is a filter at its first three places on an image of 0 and 1.

# %%
image = np.array(
    [
        [1, 1, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 1, 1],
        [0, 0, 1, 1, 0],
        [0, 1, 1, 0, 0],
    ]
)
cross = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
figures.sliding_filter(image, cross)

# %% [markdown]
# Three words decide how large the feature map is:
#
# - **kernel size** $k$: the side of the filter, in pixels;
# - **stride** $s$: how many pixels the filter moves from one place to the next (1 above);
# - **padding** $p$: how many rows and columns of zeros are put around the image first, on *each* side, so
#   that the filter also gets to the edges (0 above).
#
# The filter must lie wholly on the (padded) image. If the last step would leave it, that step is not made.
#
# ### Question 1 · `feature_map`
#
# 1. Write `output_size(size, kernel, stride=1, padding=0)`: how many places are there along a side of `size`
#    pixels? Here `kernel` is the kernel size, a whole number.
# 2. Write `feature_map(image, kernel)` for one image with one channel, with stride 1 and without
#    padding. Here `kernel` is the filter itself, an array, which may be higher than wide. Loops are fine.


# %% solution="feature_map"
def output_size(size, kernel, stride=1, padding=0):
    """Number of places of a filter along one side of an image."""
    ### BEGIN SOLUTION
    return (size + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


def feature_map(image, kernel):
    """Sums of image × kernel at every place.

    image: (height, width) · kernel: (rows, columns) · returns (height', width')
    """
    ### BEGIN SOLUTION
    rows, columns = kernel.shape
    height, width = output_size(len(image), rows), output_size(image.shape[1], columns)
    result = np.zeros((height, width))
    for top in range(height):
        for left in range(width):
            window = image[top : top + rows, left : left + columns]
            result[top, left] = np.sum(window * kernel)
    return result
    ### END SOLUTION


# %% tests="feature_map"
import numpy as np


def as_numbers(given, wanted, name):
    wanted = np.asarray(wanted, dtype=float)
    assert given is not None, f"{name} gives nothing back: does it end with `return`?"
    given = np.asarray(given, dtype=float)
    assert given.shape == wanted.shape, (
        f"{name} should give an array of shape {wanted.shape}; yours has {given.shape}."
    )
    return given, wanted


def check_output_size(size, kernel, stride, padding, wanted, one_side=None):
    """one_side: the number of places if zeros are added on one side only."""
    given = output_size(size, kernel, stride=stride, padding=padding)
    assert given is not None, "output_size gives nothing back: does it end with `return`?"
    hint = "How many steps can the filter make, and how many places are that?"
    if given == one_side:
        hint = "Zeros are added on both sides."
    elif given == wanted - 1:
        hint = "Is the place where the filter starts counted, too?"
    elif given != int(given):
        hint = "A step that would leave the image is not made: the number is whole."
    assert given == wanted, (
        f"A filter of {kernel} on {size} pixels with stride {stride} and padding {padding} has "
        f"{wanted} places; your output_size says {given:g}. {hint}"
    )


def check_feature_map():
    check_output_size(5, 3, 1, 0, wanted=3)
    check_output_size(32, 3, 1, 1, wanted=32, one_side=31)
    check_output_size(28, 5, 2, 0, wanted=12)
    check_output_size(7, 3, 2, 1, wanted=4, one_side=3)
    image = np.array(
        [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    )
    cross = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    given, wanted = as_numbers(
        feature_map(image, cross), [[4, 3, 4], [2, 4, 3], [2, 3, 4]],
        "feature_map of the image above",
    )  # fmt: skip
    assert np.allclose(given, wanted), (
        f"The feature map of the image above is {wanted.astype(int).tolist()}; yours is "
        f"{given.tolist()}. Begin at the top left: which nine pixels lie under the filter there?"
    )


check_feature_map()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_feature_map_hidden(rng):
    for _ in range(20):
        kernel = int(rng.integers(1, 8))
        size = int(rng.integers(kernel, 40))
        stride, padding = int(rng.integers(1, 5)), int(rng.integers(0, 4))
        wanted, one_side = (
            len(range(0, size + sides * padding - kernel + 1, stride)) for sides in (2, 1)
        )
        check_output_size(size, kernel, stride, padding, wanted, one_side if padding else None)
    for shape, kernel_shape in (((6, 9), (3, 3)), ((7, 7), (2, 4)), ((4, 5), (1, 1))):
        image, kernel = rng.normal(size=shape), rng.normal(size=kernel_shape)
        windows = np.lib.stride_tricks.sliding_window_view(image, kernel_shape)
        wanted = (windows * kernel).sum(axis=(2, 3))
        given, wanted = as_numbers(
            feature_map(image, kernel), wanted,
            f"feature_map of an image {shape} and a filter {kernel_shape}",
        )  # fmt: skip
        turned = (windows * kernel[::-1, ::-1]).sum(axis=(2, 3))
        assert np.allclose(turned, wanted) or not np.allclose(given, turned), (
            "Your filter lies on the image turned by 180°, as a convolution is defined in "
            "mathematics. Neural networks leave the filter as it is."
        )
        assert np.allclose(given, wanted, atol=1e-4), (
            f"With a random image {shape} and filter {kernel_shape} your feature map is up to "
            f"{np.abs(given - wanted).max():.2f} off."
        )


check_feature_map_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 Depth, and many filters
#
# A colour image has three channels, so a filter on it has three layers of weights, one for each channel:
# it is as *deep* as its input. It still puts out **one** number at each place: the sum over height, width
# *and* depth, plus the filter's bias. And one filter is not enough. Each of $F$ filters makes a feature map
# of its own, and their maps on top of each other are the output, with $F$ channels. The next convolution
# takes it as an image with $F$ colours. For row $y$, column $x$ and filter number $f$, with stride $s$, on
# the image with its padding:
#
# $$z_{y,x,f} = b_f + \sum_{i,j,c} \text{image}_{\,ys+i,\;xs+j,\;c}\; W_{i,j,c,f}$$
#
# ### Question 2 · `convolution`
#
# Write it for a whole batch, with stride and padding. (If only the *places* are in a loop, and
# `np.tensordot` or `np.einsum` does the rest, it is fast enough for real images. More loops are right, too.)


# %% solution="convolution"
def convolution(images, kernel, bias, stride=1, padding=0):
    """Feature maps of a batch of images.

    images: (batch, height, width, channels) · kernel: (rows, columns, channels, filters)
    bias: (filters,) · returns (batch, height', width', filters)
    """
    ### BEGIN SOLUTION
    around = ((0, 0), (padding, padding), (padding, padding), (0, 0))
    padded = np.pad(images, around)
    rows, columns, _, filters = kernel.shape
    height = output_size(images.shape[1], rows, stride, padding)
    width = output_size(images.shape[2], columns, stride, padding)
    maps = np.zeros((len(images), height, width, filters))
    for row in range(height):
        for column in range(width):
            top, left = row * stride, column * stride
            window = padded[:, top : top + rows, left : left + columns]
            maps[:, row, column] = np.tensordot(window, kernel, axes=3) + bias
    return maps
    ### END SOLUTION


# %% tests="convolution"
import numpy as np

MISTAKES = {
    "no bias": "the bias is missing.",
    "biases": "the bias is added once for every weight; it belongs to the sum.",
    "turned": "the filter lies on the image turned by 180°.",
}


def check_convolution(images, kernel, bias, stride, padding, wanted, mistaken):
    """mistaken: by mistake, what stands at the first place."""
    size, channels = images.shape[1:3], images.shape[3]
    settings = f"images {size} with {channels} channels, filters {kernel.shape[:2]}, "
    settings += f"stride {stride}, padding {padding}"
    given, wanted = as_numbers(
        convolution(images.copy(), kernel, bias, stride=stride, padding=padding), wanted,
        f"convolution of {settings}",
    )  # fmt: skip
    right = np.allclose(given, wanted, atol=1e-3)
    for mistake, first in mistaken.items():
        assert right or not np.allclose(given[0, 0, 0], first, atol=1e-3), (
            f"{settings}: {MISTAKES[mistake]}"
        )
    assert right, (
        f"{settings}: yours is up to {np.abs(given - wanted).max():.2f} off. Where does the filter "
        "stand for the second place of a row, and does every channel go into every sum?"
    )


def numbers(shape, step, end):
    """Whole numbers from 0 to end - 1, well mixed."""
    return (np.arange(np.prod(shape)) * step % end).reshape(shape).astype(float)


def check_convolutions():
    bias = np.array([3.0, -2.0])
    check_convolution(
        numbers((1, 3, 3, 2), 7, 11), numbers((2, 2, 2, 2), 5, 7) - 3, bias, 1, 0,
        wanted=[[[[-13, -13], [0, 4]], [[-29, -6], [-5, 22]]]],
        mistaken={"no bias": [-16, -11], "biases": [8, -27], "turned": [-13, 22]},
    )  # fmt: skip
    check_convolution(
        numbers((1, 2, 2, 1), 7, 11), numbers((3, 3, 1, 2), 5, 7) - 3, bias, 1, 1,
        wanted=[[[[-20, 5], [-10, 15]], [[10, 35], [20, -25]]]],
        mistaken={"no bias": [-23, 7], "biases": [4, -11], "turned": [-34, -9]},
    )  # fmt: skip
    check_convolution(
        numbers((1, 5, 5, 2), 7, 11), numbers((3, 3, 2, 2), 5, 7) - 3, bias, 2, 0,
        wanted=[[[[12, -103], [17, 17]], [[-106, 2], [64, -43]]]],
        mistaken={"no bias": [9, -101], "biases": [63, -137], "turned": [-34, -65]},
    )  # fmt: skip


check_convolutions()
### BEGIN HIDDEN TESTS
import keras

from course_lib.testing import hidden_seed


def by_keras(images, kernel, bias, stride, padding):
    around = ((0, 0), (padding, padding), (padding, padding), (0, 0))
    maps = keras.ops.conv(
        np.pad(images, around).astype("float32"), kernel.astype("float32"), strides=stride
    )
    return keras.ops.convert_to_numpy(maps) + bias


def check_convolution_hidden(rng):
    for size, kernel_size in (((9, 9), (3, 3)), ((8, 11), (2, 4)), ((5, 7), (5, 3))):
        for stride, padding in ((1, 0), (1, 1), (2, 1), (3, 2)):
            channels, filters = (int(n) for n in rng.integers(2, 5, 2))
            images = rng.normal(size=(2, *size, channels))
            kernel = rng.normal(size=(*kernel_size, channels, filters))
            bias = rng.normal(size=filters) + 3
            weights, how = int(np.prod(kernel.shape[:3])), (stride, padding)
            wanted = by_keras(images, kernel, bias, *how)
            mistaken = {
                "no bias": wanted - bias,
                "biases": by_keras(images, kernel, weights * bias, *how),
                "turned": by_keras(images, kernel[::-1, ::-1], bias, *how),
            }
            mistaken = {mistake: maps[0, 0, 0] for mistake, maps in mistaken.items()}
            check_convolution(images, kernel, bias, *how, wanted, mistaken)


check_convolution_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# What can such a filter see? Three of them, made by hand, on an image in grey, by your own function. The
# first is the difference between right and left: it answers to upright edges, bright where it is brighter
# to the right and dark where it is darker; grey is 0. The second, bottom minus top, answers to level ones. The
# third takes the mean and blurs. A network is not given its filters: it learns them.

# %%
grey = x_train[8:9].mean(axis=-1, keepdims=True) / 255
upright = np.array([[-1, 0, 1]] * 3) / 3
by_hand = np.stack([upright, upright.T, np.full((3, 3), 1 / 9)], axis=-1)[:, :, None, :]
seen = np.asarray(convolution(grey, by_hand, np.zeros(3), padding=1))
panels = [grey[0, ..., 0], 0.5 + seen[0, ..., 0], 0.5 + seen[0, ..., 1], seen[0, ..., 2]]
figures.image_grid(
    np.clip(np.stack([panels] * 3, axis=-1), 0, 1),  # red, green and blue alike: a grey image
    ["image", "right - left", "bottom - top", "mean"],
    "Three filters by hand: upright edges, level edges, a blur",
    columns=4,
)

# %% [markdown]
# ## 3 Pooling: what, rather than where
#
# An ear at the top left is an ear, one pixel further to the right as well. **Max-pooling** looks at a
# window of 2 × 2 places, keeps the largest value, and moves on by 2. Height and width are halved; what
# was found stays; *exactly where* is forgotten. It takes each channel by itself and learns nothing:
#
# $$\begin{pmatrix} 1 & 1 & 2 & 4 \\ 5 & 6 & 7 & 8 \\ 3 & 2 & 1 & 0 \\ 1 & 2 & 3 & 4 \end{pmatrix}
# \;\longrightarrow\; \begin{pmatrix} 6 & 8 \\ 3 & 4 \end{pmatrix}$$
#
# ### Question 3 · `pooling`
#
# Write `max_pool(maps, size=2, stride=2)` for a batch of feature maps with any number of channels. Rows and
# columns that are left over at the end are dropped.


# %% solution="pooling"
def max_pool(maps, size=2, stride=2):
    """The largest value of each window, each channel by itself.

    maps: (batch, height, width, channels) · returns (batch, height', width', channels)
    """
    ### BEGIN SOLUTION
    batch, height, width, channels = maps.shape
    height, width = output_size(height, size, stride), output_size(width, size, stride)
    pooled = np.zeros((batch, height, width, channels))
    for row in range(height):
        for column in range(width):
            top, left = row * stride, column * stride
            window = maps[:, top : top + size, left : left + size]
            pooled[:, row, column] = window.max(axis=(1, 2))
    return pooled
    ### END SOLUTION


# %% tests="pooling"
import numpy as np


def check_max_pool(maps, size, stride, wanted, means):
    given, wanted = as_numbers(
        max_pool(maps.copy(), size=size, stride=stride), wanted,
        f"max_pool of maps {maps.shape} with size {size} and stride {stride}",
    )  # fmt: skip
    for other, mistake in [
        (means, "this is the mean of each window; the largest is wanted."),
        (
            np.broadcast_to(wanted.max(axis=-1, keepdims=True), wanted.shape),
            "all channels are the same: each is pooled by itself, slice by slice.",
        ),
        (np.maximum(wanted, 0), "negative values became 0: start with the window, not with 0."),
    ]:
        assert np.allclose(other, wanted) or not np.allclose(given, other), mistake
    assert np.allclose(given, wanted), (
        f"With size {size} and stride {stride} the first map should become "
        f"{np.round(wanted[0, ..., 0], 2).tolist()}; yours is {np.round(given[0, ..., 0], 2).tolist()}."
    )


def one_image(*maps):
    return np.stack([np.asarray(one, dtype=float) for one in maps], axis=-1)[None]


def check_pooling():
    first = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], dtype=float)
    wanted, means = [[6, 8], [3, 4]], [[3.25, 5.25], [2, 2]]
    check_max_pool(one_image(first), 2, 2, one_image(wanted), one_image(means))
    check_max_pool(
        one_image(first, 9 - first, first.T), 2, 2,
        one_image(wanted, [[8, 7], [8, 9]], [[6, 3], [8, 4]]),
        one_image(means, [[5.75, 3.75], [7, 7]], [[3.25, 2], [5.25, 2]]),
    )  # fmt: skip


check_pooling()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_pooling_hidden(rng):
    for shape in ((3, 6, 8, 4), (2, 7, 9, 3)):
        for size, stride in ((2, 2), (3, 2), (2, 1), (3, 3)):
            maps = rng.normal(size=shape) - 1
            windows = np.lib.stride_tricks.sliding_window_view(maps, (size, size), axis=(1, 2))
            windows = windows[:, ::stride, ::stride]
            wanted, means = windows.max(axis=(-2, -1)), windows.mean(axis=(-2, -1))
            check_max_pool(maps, size, stride, wanted, means)


check_pooling_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Batch normalisation
#
# While a network learns, each layer's inputs change all the time, because the layers before it learn too.
# They grow, shrink and shift, and a learning rate that fitted before no longer does. **Batch normalisation**
# (BN) takes each channel of a batch and shifts and scales it to mean 0 and variance 1. Two numbers a channel,
# which the network learns, then say which scale $\gamma$ and shift $\beta$ it would rather have. Over the $m$
# values of a channel, that is, over all images of the batch and all places (Ioffe & Szegedy 2015, algorithm 1):
#
# $$\mu = \frac1m \sum_i x_i \qquad \sigma^2 = \frac1m \sum_i (x_i - \mu)^2 \qquad
# \hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} \qquad y_i = \gamma \hat x_i + \beta$$
#
# The small $\epsilon$ keeps a channel that is everywhere the same from being divided by 0.
#
# And when the trained network is asked about a *single* image? Its answer must not depend on which
# others come with it. So training also keeps a **moving average** of $\mu$ and of $\sigma^2$, and afterwards
# those are used in their place. With each batch, for a momentum $a$ near 1 (`momentum` below):
#
# $$\text{average} \leftarrow a \cdot \text{average} + (1 - a) \cdot \text{value of this batch}$$
#
# ### Question 4 · `batch_norm`
#
# Write it. In training it normalises by the batch and moves the averages; otherwise it normalises by the
# averages, which stay as they are. The last axis of `x` is that of the channels; `x` has two axes or four. Give
# back $y$ and the two averages, moved or not.


# %% solution="batch_norm"
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    """Batch normalisation of each channel: returns (y, moving_mean, moving_variance).

    x: (batch, …, channels) · gamma, beta, moving_mean, moving_variance: (channels,)
    training: True or False · y: the same shape as x
    """
    ### BEGIN SOLUTION
    mean, variance = moving_mean, moving_variance
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axis=axes), x.var(axis=axes)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    return y, moving_mean, moving_variance
    ### END SOLUTION


# %% tests="batch_norm"
import numpy as np

MEANT = {
    "batch": "it uses the batch's own mean and variance; now the moving averages are wanted.",
    "averages": "it uses the moving averages; in training the batch itself is wanted.",
    "rows": "mean and variance belong to a channel: take them over all axes but the last.",
    "m - 1": "the variance divides by m, not by m - 1.",
    "no epsilon": "epsilon is missing under the root.",
}


def normalised(x, gamma, beta, mean, variance, training, momentum, epsilon):
    given = batch_norm(
        x.copy(), gamma.copy(), beta.copy(), mean.copy(), variance.copy(), training,
        momentum=momentum, epsilon=epsilon,
    )  # fmt: skip
    assert isinstance(given, (tuple, list)) and len(given) == 3, (
        "batch_norm must give back three things: return y, moving_mean, moving_variance"
    )
    return given


def check_batch_norm(arguments, wanted, mistaken, moved, swapped):
    """mistaken: by mistake, the first row of y · moved, swapped: mean and variance."""
    x, _, _, mean, variance, training, momentum, _ = arguments
    when = "in training" if training else "after training"
    y, new_mean, new_variance = normalised(*arguments)
    given, wanted = as_numbers(y, wanted, f"batch_norm of x {x.shape} {when}: y")
    right = np.allclose(given, wanted, atol=2e-3)
    for mistake, first in mistaken.items():
        assert right or not np.allclose(given.reshape(-1, x.shape[-1])[0], first, atol=1e-4), (
            f"batch_norm {when}: {MEANT[mistake]}"
        )
    assert right, (
        f"batch_norm of x {x.shape} {when}: y is up to {np.abs(given - wanted).max():.3f} away from "
        "Keras' layer. Is it γ · x̂ + β, with ε inside the root?"
    )
    for name, new, right, old, other in [
        ("mean", new_mean, moved[0], mean, swapped[0]),
        ("variance", new_variance, moved[1], variance, swapped[1]),
    ]:
        new, right = as_numbers(new, right, f"batch_norm {when}: the moving {name}")
        assert not (training and np.allclose(new, other, atol=1e-4)), (
            f"the moving {name} takes {momentum:g} of the new batch: momentum is the share of the "
            "old average that stays."
        )
        assert training or np.allclose(new, old, atol=1e-4), (
            f"after training the moving {name} must stay as it is."
        )
        assert np.allclose(new, right, atol=1e-3), (
            f"batch_norm {when}: the moving {name} should be {np.round(right, 3).tolist()}; yours "
            f"is {np.round(new, 3).tolist()}."
        )


def check_two_channels():
    x = np.array([[1, 0], [3, 4], [5, 0], [3, 8]], dtype=float)
    gamma, beta = np.array([2.0, -1.0]), np.array([0.5, 1.0])
    mean, variance = np.array([1.0, 2.0]), np.array([4.0, 9.0])
    check_batch_norm(
        (x, gamma, beta, mean, variance, True, 0.9, 0.1),
        wanted=[[-2.26026, 1.90045], [0.5, 0.69985], [3.26026, 1.90045], [0.5, -0.50075]],
        mistaken={
            "averages": [0.5, 1.66299],
            "m - 1": [-1.90481, 1.78069],
            "no epsilon": [-2.32843, 1.90453],
        },
        moved=([1.2, 2.1], [3.8, 9.2]),
        swapped=([2.8, 2.9], [2.2, 10.8]),
    )
    check_batch_norm(
        (x, gamma, beta, mean, variance, False, 0.9, 0.1),
        wanted=[[0.5, 1.66299], [2.47546, 0.33701], [4.45092, 1.66299], [2.47546, -0.98898]],
        mistaken={"batch": [-2.26026, 1.90045]},
        moved=([1, 2], [4, 9]),
        swapped=([2.8, 2.9], [2.2, 10.8]),
    )


check_two_channels()
### BEGIN HIDDEN TESTS
import keras

from course_lib.testing import hidden_seed


def check_by_keras(rng, shape, momentum, epsilon):
    channels = shape[-1]
    x = rng.normal(size=shape) * rng.uniform(0.3, 3, channels) + rng.normal(size=channels)
    gamma, beta, mean = rng.normal(size=(3, channels))
    variance = rng.uniform(0.5, 2, channels)
    layer = keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon)
    layer.build((None, *shape[1:]))
    axes = tuple(range(x.ndim - 1))
    batch = x.mean(axis=axes), x.var(axis=axes)
    swapped = [
        (1 - momentum) * old + momentum * new
        for old, new in zip((mean, variance), batch, strict=True)
    ]
    statistics = {
        "batch": (*batch, epsilon),
        "averages": (mean, variance, epsilon),
        "rows": (x.mean(axis=0), x.var(axis=0), epsilon),
        "m - 1": (batch[0], x.var(axis=axes, ddof=1), epsilon),
        "no epsilon": (*batch, 0),
    }
    mistaken = {
        mistake: (gamma * (x - m) / np.sqrt(v + e) + beta).reshape(-1, channels)[0]
        for mistake, (m, v, e) in statistics.items()
    }
    for training in (True, False):
        layer.set_weights([gamma, beta, mean, variance])
        wanted = keras.ops.convert_to_numpy(layer(x.astype("float32"), training=training))
        moved = [keras.ops.convert_to_numpy(w) for w in layer.non_trainable_weights]
        arguments = x, gamma, beta, mean, variance, training, momentum, epsilon
        check_batch_norm(arguments, wanted, mistaken, moved, swapped)


def check_batch_norm_hidden(rng):
    check_by_keras(rng, (8, 3), momentum=0.9, epsilon=0.01)
    for shape in ((6, 4), (4, 5, 3, 2)):
        check_by_keras(rng, shape, momentum=rng.uniform(0.6, 0.95), epsilon=0.02)
    # A channel that is the same everywhere.
    y, _, _ = normalised(
        np.ones((4, 2)), np.ones(2), np.ones(2), np.zeros(2), np.ones(2), True, 0.9, 0.001
    )
    assert np.allclose(np.asarray(y, dtype=float), 1), (
        "A channel that is everywhere the same becomes β; yours divides by a variance of 0."
    )


check_batch_norm_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Dropout
#
# **Dropout** makes a network's life hard while it learns: at every update each value is set to 0 with
# probability `rate`, by chance, each on its own. No neuron can rely on any other one, so it is harder for them
# to recognise, together, a training image that they know by heart (Srivastava et al. 2014). After training
# nothing is dropped any more, and every sum would be larger than it ever was in training. So in training
# the values that are kept are divided by `1 - rate`, and the mean stays what it was.
#
# ### Question 5 · `dropout`
#
# Write it. `np.random.default_rng(seed)` gives a generator `rng`, and `rng.random(shape)` an array of numbers
# from 0 to 1.


# %% solution="dropout"
def dropout(x, rate, training, seed):
    """x with about the share `rate` of its values set to 0, the others scaled up; the same shape.

    rate: in [0, 1) · training: False gives x as it is
    """
    ### BEGIN SOLUTION
    if not training:
        return x
    kept = np.random.default_rng(seed).random(x.shape) >= rate
    return x * kept / (1 - rate)
    ### END SOLUTION


# %% tests="dropout"
import numpy as np


def check_dropout(rng, rate, seed):
    x = rng.uniform(1, 2, (300, 200))  # so many that no row or column is dropped by chance
    given, _ = as_numbers(dropout(x.copy(), rate, False, seed), x, "dropout after training")
    assert not np.allclose(given, x * (1 - rate)) or rate == 0, (
        "after training your dropout scales by 1 - rate; if training divides the kept values, x is "
        "handed on as it is."
    )
    assert np.allclose(given, x), (
        "after training dropout must hand x on as it is: nothing is dropped."
    )

    given, _ = as_numbers(dropout(x.copy(), rate, True, seed), x, "dropout in training")
    zero = given == 0
    share = zero.mean()
    assert abs(share - rate) < 0.06 or abs(share - (1 - rate)) > 0.06, (
        f"a rate of {rate:g} drops {100 * rate:.0f} % of the values; yours drops {100 * share:.0f} %, the "
        "share that should be kept."
    )
    assert abs(share - rate) < 0.06, (
        f"with rate {rate:g} about {100 * rate:.0f} % of {x.size} values should be 0; "
        f"{100 * share:.1f} % are."
    )
    assert not np.allclose(given[~zero], x[~zero]) or rate == 0, (
        "the values that are kept must be divided by 1 - rate, or the mean falls: it is "
        f"{given.mean():.2f} where x has {x.mean():.2f}."
    )
    assert np.allclose(given[~zero], x[~zero] / (1 - rate)), (
        f"with rate {rate:g} a value that is kept becomes {1 / (1 - rate):.3f} times as large."
    )
    if rate > 0.1:
        assert np.all(zero.mean(axis=0) < 1) and np.all(zero.mean(axis=1) < 1), (
            "whole rows or columns are dropped: each value is dropped on its own."
        )
        again = np.asarray(dropout(x.copy(), rate, True, seed + 1), dtype=float)
        assert not np.array_equal(again == 0, zero), (
            "another seed drops the same values: draw the numbers from default_rng(seed)."
        )
        same = np.asarray(dropout(x.copy(), rate, True, seed), dtype=float)
        assert np.array_equal(same, given), "the same seed must drop the same values again."


check_dropout(np.random.default_rng(0), 0.3, 1)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_dropout_hidden(rng):
    for rate in (0.0, rng.uniform(0.15, 0.35), rng.uniform(0.65, 0.85)):
        check_dropout(rng, float(rate), int(rng.integers(1000)))


check_dropout_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 6 The network
#
# Now the whole, in Keras. A **stage** is a convolution, batch normalisation, a ReLU, and a max-pool. (The
# max-pool may also stand right after the convolution; then the rest has only a quarter of the work.) After
# three stages an image of 32 × 32 has become maps of 4 × 4, with many more channels: less and less *where*,
# more and more *what*. `GlobalMaxPooling2D` then takes the largest value of each whole map (is it anywhere in
# the image?), and a `Dense` layer makes logits of those.
#
# `course_lib` has the stage as a **block**, a few Keras layers under one name:
#
# ```python
# from course_lib.blocks import conv_block
#
# conv_block(16)                       # 3 × 3 convolution to 16 channels, zeros around it, BN, ReLU
# conv_block(16, pool=True)            # the same with a 2 × 2 max-pool: a stage
# conv_block(16, batch_norm=False)     # without normalisation; then the convolution has a bias
#
# keras.Sequential([keras.Input((32, 32, 3)), *conv_block(16), …])    # note the star
# x = conv_block(16)(inputs)                                           # Functional
# ```
#
# With batch normalisation the convolution has *no* bias: the mean is subtracted right after it, and $\beta$
# does what the bias did.
#
# ### Question 6 · `network`
#
# 1. Write `sequential_cnn(filters, batch_norm=True, dropout=0.0)`: images (32, 32, 3) with pixels
#    from 0 to 255 → `keras.layers.Rescaling(1 / 255)` → one stage for each number in `filters`, which is its
#    number of filters → `GlobalMaxPooling2D` → a `Dropout` layer with the rate `dropout` → 10 logits. With
#    `batch_norm=False` no stage is normalised.
# 2. Write `functional_cnn(filters)`, the same with normalisation and without dropout, which gives
#    back two models on the same layers: `model`, to the logits, and `maps`, to a *list* with the output of
#    each stage.
# 3. Write `count_parameters(filters)`: how many numbers does such a network (with
#    normalisation) learn? Calculate it, without building the network; moving averages are not learnt.


# %% solution="network"
from course_lib.blocks import conv_block


def sequential_cnn(filters, batch_norm=True, dropout=0.0):
    """A Keras Sequential model from images (batch, 32, 32, 3) to logits (batch, 10).

    filters: the number of filters of each stage, as in (8, 16, 32)
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Rescaling(1 / 255)])
    for width in filters:
        for layer in conv_block(width, batch_norm=batch_norm, pool=True):
            model.add(layer)
    model.add(keras.layers.GlobalMaxPooling2D())
    model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(10))
    return model
    ### END SOLUTION


def functional_cnn(filters):
    """Two Keras models (model, maps) on the same layers.

    model: (batch, 32, 32, 3) → logits (batch, 10) · maps: (batch, 32, 32, 3) → list of each
    stage's output, (batch, 16, 16, filters[0]), (batch, 8, 8, filters[1]), …
    """
    ### BEGIN SOLUTION
    inputs = keras.Input((32, 32, 3))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    stages = []
    for width in filters:
        x = conv_block(width, pool=True)(x)
        stages.append(x)
    x = keras.layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(10)(x)), keras.Model(inputs, stages)
    ### END SOLUTION


def count_parameters(filters):
    """How many numbers sequential_cnn(filters) learns."""
    ### BEGIN SOLUTION
    channels = (3, *filters)
    stages = sum(9 * channels[n] * width + 2 * width for n, width in enumerate(filters))
    return stages + (filters[-1] + 1) * 10
    ### END SOLUTION


# %% tests="network"
import keras
import numpy as np


def logits_of(network, images, **how):
    outputs = network(np.asarray(images, dtype="float32"), **how)
    return np.asarray(keras.ops.convert_to_numpy(outputs), dtype="float64")


def check_cnn(network, filters, name, wanted, averages):
    """wanted: the shapes of its filters · averages: how many it keeps; 0 without normalisation."""
    assert isinstance(network, keras.Model), (
        f"{name} must give back a Keras model; it gives {type(network).__name__}."
    )
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3))
    outputs = logits_of(network, images)
    assert outputs.shape == (2, 10), (
        f"2 images and 10 classes make logits (2, 10); the model of {name} gives {outputs.shape}."
    )
    kernels = [tuple(w.shape) for w in network.trainable_weights if len(w.shape) == 4]
    assert kernels == wanted, (
        f"{name}({filters}) should have filters of the shapes {wanted}; yours have {kernels}."
    )
    kept = sum(int(np.prod(w.shape)) for w in network.non_trainable_weights if w.dtype != "uint32")
    assert not averages or kept == averages, (
        f"{name}: with normalisation there are {averages} moving averages, two a channel; your "
        f"model keeps {kept}. Has every stage its normalisation?"
    )
    assert averages or kept == 0, (
        f"{name}(…, batch_norm=False) still normalises: hand batch_norm on to conv_block."
    )


def check_network():
    filters, shapes = (4, 6), [(3, 3, 3, 4), (3, 3, 4, 6)]
    check_cnn(sequential_cnn(filters), filters, "sequential_cnn", shapes, averages=20)
    bare = sequential_cnn(filters, batch_norm=False)
    check_cnn(bare, filters, "sequential_cnn", shapes, averages=0)
    both = functional_cnn(filters)
    assert isinstance(both, (tuple, list)) and len(both) == 2, (
        "functional_cnn must give back two models: return model, maps"
    )
    check_cnn(both[0], filters, "functional_cnn", shapes, averages=20)
    given = count_parameters((8, 16))
    assert given is not None, "count_parameters gives nothing back: is there a `return`?"
    for number, mistake in [
        (1610, "with normalisation the convolutions have no bias."),
        (1634, "moving averages are not learnt, only γ and β are."),
        (1538, "γ and β are learnt, two numbers a channel."),
        (1576, "the dense layer has biases."),
        (578, "a filter is as deep as its input."),
    ]:
        assert given != number, f"count_parameters((8, 16)) gives {given}: {mistake}"
    assert given == 1586, f"count_parameters((8, 16)) should be 1586; yours is {given}."


check_network()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def trained_numbers(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def formula(filters):
    pairs = zip((3, *filters[:-1]), filters, strict=True)
    return sum((9 * c + 2) * f for c, f in pairs) + (filters[-1] + 1) * 10


def by_the_book(filters, use_bias):
    layers = [keras.Input((32, 32, 3)), keras.layers.Rescaling(1 / 255)]
    for width in filters:
        layers += [
            keras.layers.Conv2D(width, 3, padding="same", use_bias=use_bias),
            keras.layers.MaxPooling2D(),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
        ]
    return keras.Sequential([*layers, keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(10)])


def check_same(rng, network, filters, images, name):
    right = by_the_book(filters, use_bias=trained_numbers(network) != formula(filters))
    given, wanted = ([tuple(w.shape) for w in each.weights] for each in (network, right))
    assert given == wanted, (
        f"{name}: in their order, the weights should have the shapes {wanted}; yours have {given}."
    )
    for weight, twin in zip(network.weights, right.weights, strict=True):
        # Factors and variances above 0: then a pool may stand before or after what follows it.
        value = rng.uniform(0.5, 1.5, weight.shape)
        value = value if len(weight.shape) == 1 else rng.normal(size=weight.shape)
        weight.assign(value)
        twin.assign(value)
    given, wanted = logits_of(network, images), logits_of(right, images)
    assert np.allclose(given, wanted, rtol=1e-2, atol=1e-2 * np.abs(wanted).max()), (
        f"{name}: with the same weights the first logits should be {np.round(wanted[0, :4], 1).tolist()}; "
        f"yours are {np.round(given[0, :4], 1).tolist()}. Is every layer there: Rescaling, in each stage "
        "max-pool and ReLU, at the end the *largest* value of each map?"
    )


def check_network_hidden(rng):
    filters = tuple(int(n) for n in rng.choice(np.arange(3, 9), 3, replace=False))
    images = rng.integers(0, 256, (6, 32, 32, 3)).astype("float32")
    network = sequential_cnn(filters, dropout=0.0)
    shapes = [(3, 3, c, f) for c, f in zip((3, *filters[:-1]), filters, strict=True)]
    check_cnn(network, filters, "sequential_cnn", shapes, averages=2 * sum(filters))
    assert trained_numbers(network) in (formula(filters), formula(filters) + sum(filters)), (
        f"sequential_cnn({filters}) learns {trained_numbers(network)} numbers, not {formula(filters)}."
    )
    assert count_parameters(filters) == formula(filters), (
        f"count_parameters({filters}) should be {formula(filters)}; yours is {count_parameters(filters)}."
    )
    first, second = (logits_of(network, images, training=True) for _ in range(2))
    assert np.allclose(first, second, atol=1e-4), (
        "sequential_cnn(…, dropout=0.0) gives another answer each time in training: something is dropped."
    )
    network = sequential_cnn(filters, dropout=0.5)
    first, second = (logits_of(network, images, training=True) for _ in range(2))
    assert not np.allclose(first, second, atol=1e-4), (
        "sequential_cnn(…, dropout=0.5) drops nothing in training: hand dropout on to the layer."
    )
    outputs = logits_of(network, images)
    assert not np.allclose(outputs.sum(axis=-1), 1, atol=1e-3), (
        "the outputs sum to 1: these are probabilities. Logits are wanted, the bare sums."
    )

    check_same(rng, sequential_cnn(filters), filters, images, "sequential_cnn")

    network, maps = functional_cnn(filters)
    assert isinstance(maps, keras.Model), (
        f"the second thing that functional_cnn gives back is a {type(maps).__name__}, not a model."
    )
    stages = maps(images)
    assert isinstance(stages, (list, tuple)) and len(stages) == len(filters), (
        f"maps should give a list with one output a stage, {len(filters)} here."
    )
    stages = [np.asarray(keras.ops.convert_to_numpy(stage)) for stage in stages]
    wanted = [(6, 32 >> (n + 1), 32 >> (n + 1), width) for n, width in enumerate(filters)]
    assert [stage.shape for stage in stages] == wanted, (
        f"the stages of functional_cnn({filters}) should put out {wanted}, each half as high and wide as "
        f"the one before; yours are {[stage.shape for stage in stages]}. Where is the max-pool?"
    )
    assert all(np.all(stage >= 0) for stage in stages), (
        "a stage puts out negative numbers: where is its ReLU?"
    )
    weights = [np.asarray(w) for w in network.trainable_weights][-2:]
    outputs = logits_of(network, images)
    assert np.allclose(stages[-1].max(axis=(1, 2)) @ weights[0] + weights[1], outputs, atol=1e-3), (
        "From the last stage's maps, their largest values and the dense layer's weights make other "
        "logits than model does: the two models must share their layers, and pool globally by the maximum."
    )
    check_same(rng, network, filters, images, "functional_cnn")


check_network_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 7 Better than a network that knows no neighbours
#
# Is it worth it? Let it compete with a network of dense layers that has at least as many numbers to learn, and
# sees the same images.
#
# Ready for you are:
#
# - `cnn(filters=(32, 64, 128, 256), dropout=0.3, convolutions=1)` from `course_lib.models`: your network
#   of question 6, with any number of `convolutions` a stage;
# - `fit(model, x, y, epochs=…, batch_size=…)` from `course_lib.training`, as in Lab 01. If you don't
#   `compile` the model yourself, it takes the optimizer AdamW (Adam that also makes all weights a little
#   smaller at each update) with a learning rate of 0.002. Networks
#   with batch normalisation learn well with twice as much;
# - `dense_block(64, batch_norm=True)` from `course_lib.blocks`, for the rival, after a `Flatten` layer;
# - for the full profile: `data.pipeline(x, y, batch_size=128, shuffle=True, map=data.shift_and_flip())`
#   in place of `x, y` shows every image a little moved, and mirrored now and then. (Lab 04 is about that.)
#
# ### Question 7 · `accuracy`
#
# Train a convolutional network `model` and a network of dense layers `rival` with **at least as many**
# parameters (`count_params()`), both on `x_train, y_train`, both for images with pixels from 0 to 255. On
# training images that you did not train on, and in the hidden test on others that nobody has seen, `model`
# must be right for at least **35 %** in the quick profile and **75 %** in the full one, and for at least 1 % more
# of all images than `rival`. `rival` must really have been trained: right for at least **15 %**, where
# guessing gets 10 %.

# %% solution="accuracy"
from course_lib.blocks import dense_block
from course_lib.models import cnn
from course_lib.training import fit

### BEGIN SOLUTION
rival = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        *dense_block(64 if quick else 512, batch_norm=True),
        *dense_block(64 if quick else 512, batch_norm=True),
        keras.layers.Dense(10),
    ]
)
model = cnn((8, 16, 32, 64), dropout=0.2) if quick else cnn(convolutions=2, dropout=0.2)
model.compile(
    keras.optimizers.AdamW(learning_rate=0.004, weight_decay=0.02),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
if quick:
    fit(rival, x_train, y_train, epochs=7, batch_size=32)
    history = fit(model, x_train, y_train, epochs=7, batch_size=32)
else:
    fit(rival, x_train, y_train, epochs=11)
    moved = data.pipeline(
        x_train, y_train, batch_size=128, shuffle=True, map=data.shift_and_flip(pixels=4)
    )
    history = fit(model, moved, epochs=11)
### END SOLUTION


# %% tests="accuracy"
import keras
import numpy as np

from course_lib import data, profile


def share_right(network, images, labels):
    shape = tuple(getattr(network, "input_shape", None) or (None, 32, 32, 3))[1:]
    right = 0
    for first in range(0, len(labels), 500):
        some = images[first : first + 500].reshape(-1, *shape).astype("float32")
        answers = keras.ops.convert_to_numpy(network(some)).argmax(axis=-1)
        right += np.sum(answers == labels[first : first + 500])
    return float(right / len(labels))


def check_accuracy(images, labels):
    wanted = {"quick": 0.35, "full": 0.75}[profile.current()]
    for network, name in ((model, "model"), (rival, "rival")):
        assert isinstance(network, keras.Model), f"{name} must be a Keras model."
    assert any(len(w.shape) == 4 for w in model.weights), (
        "model has no convolution: use your own network of question 6, or cnn."
    )
    assert not any(len(w.shape) > 2 for w in rival.weights), (
        "rival has a convolution: it is to be made of dense layers."
    )
    sizes = model.count_params(), rival.count_params()
    assert sizes[0] <= sizes[1], (
        f"rival has {sizes[1]:,} parameters and model {sizes[0]:,}: give rival at least as many."
    )
    ours, theirs = share_right(model, images, labels), share_right(rival, images, labels)
    print(
        f"Of {len(labels)} images model gets {100 * ours:.1f} % right with {sizes[0]:,} parameters, "
        f"rival {100 * theirs:.1f} % with {sizes[1]:,}."
    )
    assert ours >= wanted, (
        f"model is right for {100 * ours:.1f} % of the images; at least {100 * wanted:.0f} % are "
        "wanted. Did training run long enough? Does it take pixels from 0 to 255?"
    )
    assert theirs >= 0.15, (
        f"rival is right for {100 * theirs:.1f} %, hardly better than chance: it must be trained, too."
    )
    assert ours >= theirs + 0.01, (
        f"model is right for {100 * ours:.1f} % and rival for {100 * theirs:.1f} %: at least 1 % more "
        "are wanted."
    )


def validation_part():
    (images, labels), _ = data.load("cifar10")
    first, count = (2000, 1000) if profile.current() == "quick" else (int(0.9 * len(labels)), 2000)
    return images[first : first + count], labels[first : first + count, 0]


check_accuracy(*validation_part())
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

unseen, true = data.load("cifar10", seed=hidden_seed())[1]
check_accuracy(unseen[:2000], true[:2000, 0])
### END HIDDEN TESTS

# %% [markdown]
# ## 8 What is it good for? An experiment
#
# You have read above what batch normalisation and dropout are said to do. Don't believe it: try. An
# experiment changes **one** thing and keeps everything else the same: the images, their order, the weights
# at the start as far as possible (hence the seed), the optimizer, the number of epochs.
#
# ### Question 8 · `experiment`
#
# Write `compare(variants, filters, training, validation, epochs)`. `variants` is a dictionary from a name to
# another dictionary: what `sequential_cnn` is told besides `filters`, such as `{"dropout": 0.5}`. For each of
# them
#
# - call `keras.utils.set_random_seed(1)` and build a new network;
# - compile it with `keras.optimizers.Adam(0.004)`, the loss of Lab 01,
#   `keras.losses.SparseCategoricalCrossentropy(from_logits=True)`, and the metric `"accuracy"`;
# - train it with its own `fit` on `training`, a pair (images, labels), in batches of 25, with
#   `validation_data=validation` and `verbose=0`. (`trace_once(network, *training)` before it saves a second for
#   each network: TensorFlow then builds the graph of a training step once and not twice. The results are the same.)
#
# Give back a dictionary from the name to the training's `history.history`.
#
# Then call it, below, for three variants, and keep the result as `curves`: `"bare"` (no normalisation, no
# dropout), `"BN"` (normalisation alone) and `"BN + dropout"` (with dropout 0.3). Take the stages `(8, 16, 32)`,
# the images in `part`, the validation part `(x_val, y_val)`, and 6 epochs.


# %% solution="experiment"
from course_lib.training import trace_once


def compare(variants, filters, training, validation, epochs):
    """Trains a network of its own for each variant; returns {name: history.history}."""
    ### BEGIN SOLUTION
    histories = {}
    for name, settings in variants.items():
        keras.utils.set_random_seed(1)
        network = sequential_cnn(filters, **settings)
        network.compile(
            keras.optimizers.Adam(0.004),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        trace_once(network, *training)
        history = network.fit(
            *training, epochs=epochs, batch_size=25, validation_data=validation, verbose=0
        )
        histories[name] = history.history
    return histories
    ### END SOLUTION


few = 300 if quick else 4000
part = x_train[:few], y_train[:few]
### BEGIN SOLUTION
curves = compare(
    {
        "bare": {"batch_norm": False},
        "BN": {},
        "BN + dropout": {"dropout": 0.3},
    },
    filters=(8, 16, 32),
    training=part,
    validation=(x_val, y_val),
    epochs=6,
)
### END SOLUTION


# %% tests="experiment"
import numpy as np


def check_curves(histories, names, epochs=None):
    assert isinstance(histories, dict) and sorted(histories) == sorted(names), (
        f"a dictionary with the names {sorted(names)} is wanted, one history each; yours is "
        f"{sorted(histories) if isinstance(histories, dict) else type(histories).__name__}."
    )
    kept = {}
    for name in names:
        run = getattr(histories[name], "history", histories[name])
        for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
            assert key in run, (
                f"the history of {name!r} knows no {key}: compile with metrics=['accuracy'], and fit "
                "with validation_data."
            )
            wanted = len(run["loss"]) if epochs is None else epochs
            assert len(run[key]) == wanted, (
                f"{name!r} trained {len(run[key])} epochs, not {wanted}."
            )
        kept[name] = {key: np.asarray(run[key], dtype=float) for key in run}
    return kept


def check_findings():
    runs = check_curves(curves, ["bare", "BN", "BN + dropout"])
    assert runs["BN"]["accuracy"][-1] > runs["bare"]["accuracy"][-1], (
        "with batch normalisation your network learnt its training images less well than without: is "
        "batch_norm handed on, and are the names right?"
    )
    # Not by the gap to the validation: with images enough there is hardly one.
    assert np.mean(runs["BN + dropout"]["accuracy"]) < np.mean(runs["BN"]["accuracy"]), (
        "with dropout your network should learn its training images less well: is dropout handed on?"
    )


check_findings()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_experiment_hidden(rng):
    images, labels = (
        rng.integers(0, 256, (57, 32, 32, 3)).astype("uint8"),
        rng.integers(0, 10, 57),
    )
    runs = compare(
        {"one": {"batch_norm": False}, "same": {"batch_norm": False}},
        (2,),
        (images[:50], labels[:50]),
        (images[50:], labels[50:]),
        3,
    )
    runs = check_curves(runs, ["one", "same"], epochs=3)
    assert np.allclose(runs["one"]["loss"], runs["same"]["loss"], rtol=1e-4), (
        "the same variant twice gives two different curves: set the seed anew, and build a new network, "
        "before each training."
    )
    counted = runs["one"]["val_accuracy"] * 7
    assert np.allclose(counted, np.round(counted), atol=1e-3), (
        "the validation accuracy is not that of the validation part: 7 images are right or wrong."
    )


check_experiment_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %%
figures.compared_curves(curves)

# %% [markdown]
# ### Question 9 · `findings` · in words
#
# Write about ten lines, with numbers from *your* curves:
#
# 1. What does batch normalisation change, and in which epoch do you see it first?
# 2. What does dropout change? Does it make the network better on images that it has not seen? Why are the
#    *training* values of this network lower than they would be if you asked it about the same images after
#    the training?
# 3. Each curve is one training. What would you have to do before you could say "dropout raises the validation
#    accuracy by 3 %"?

# %% [markdown] written="findings"
# ### BEGIN SOLUTION
# **A model answer.** (1) With batch normalisation the network learns much faster: after three epochs it has a
# training accuracy (about 0.5) that the bare network does not reach in six. It is seen from the second or third
# epoch on. In the end it knows nine of ten of its 300 images by heart, while the bare one, at the same
# learning rate, has hardly begun. The validation accuracy rises too, to about 0.3, but by much less: what is learnt
# fast is also overfitted fast. (2) With dropout the training accuracy rises slowly, and the gap to validation is small.
# That does not make the network better here: the gap closed because the training curve came down, not because
# the validation curve went up (in mine it is even lower, 0.2: after six epochs this network has not finished
# learning). The training values are measured *while* a third of the values before the last layer are dropped, and during the epoch;
# after training all of them are there, and the same images would be recognised more often. (3) Repeat it: several seeds for each variant (and better, several
# choices of the 300 images), and compare the difference with how much it varies from seed to seed. 300 validation
# images alone make an error of about three per cent.
#
# **Rubric, 3 points.**
#
# - 1 point: BN makes training faster, with epochs and numbers from the student's own curves.
# - 1 point: dropout narrows the gap, by slowing down training rather than by a large gain in validation
#   (whatever the student's own curves say), and training values are measured with dropout on. Half for one of the two.
# - 1 point: repeat with other seeds and compare with the spread. Half for "more data" or "more epochs" alone.
# ### END SOLUTION

# %% [markdown]
# ## 9 Looking inside
#
# What does your network of question 7 look for? The filters of the *first* layer see colours, so they can be
# shown as small images. In the quick profile they still look much as they began, at random: training was
# too short to change them a lot. What the layers behind them make of it must have been enough.

# %%
first = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
figures.filters(keras.ops.convert_to_numpy(first.kernel))

# %% [markdown]
# Filters of later layers see many channels and can't be shown so. But what they make of an image can. Below
# is the last layer of each size, with eight of its maps: yellow where much of what the filter looks for is,
# dark blue where least is. (A border of another colour comes from the zeros of the padding.)

# %%
by_size = {layer.output.shape[1]: layer for layer in model.layers if len(layer.output.shape) == 4}
inside = keras.Model(model.inputs[0], [layer.output for layer in by_size.values()])
one = x_test[4:5]
figures.feature_maps(
    one[0],
    {
        f"layer {model.layers.index(layer) + 1}": keras.ops.convert_to_numpy(maps)[0]
        for layer, maps in zip(by_size.values(), inside(one), strict=True)
    },
)

# %% [markdown]
# **Grad-CAM** asks *where*: the gradient of a class' logit says how much each map counts for this class, and
# the maps, weighted by that, say where (Selvaraju et al. 2017). Bright is where the network sees its answer,
# roughly: the maps have only a few places along a side. (Where all is dark, more speaks against the class than
# for it, everywhere.) Is it the thing itself, or something that happens to be beside it?

# %%
from course_lib.models import grad_cam

logits = model.predict(x_test[:2000], batch_size=500, verbose=0)
probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
answers, confidence = probabilities.argmax(axis=-1), probabilities.max(axis=-1)
surest = [np.flatnonzero(answers == n)[np.argmax(confidence[answers == n])] for n in set(answers)][
    :8
]
figures.heat_maps(
    x_test[surest],
    grad_cam(model, x_test[surest]),
    [f"{classes[y_test[n]]}\nread as {classes[answers[n]]}" for n in surest],
    "Where the network sees its answer, each time in the image of which it is surest",
)

# %% [markdown]
# And the mistakes of which it was surest:

# %%
wrong = np.flatnonzero(answers != y_test[: len(answers)])
worst = wrong[np.argsort(-confidence[wrong])][:12]
figures.worst_mistakes(x_test, y_test, probabilities, worst, classes)

# %% [markdown]
# ## What to try next
#
# - **Cheaper filters.** `separable_conv_block` from `course_lib.blocks` looks around and mixes channels in two
#   steps, with an eighth of the weights (Howard et al. 2017). How much accuracy does that cost?
# - **Shuffle the pixels** of all images in the same way: `x.reshape(-1, 1024, 3)[:, order].reshape(x.shape)`.
#   The rival does not mind at all. What about your network, and what does that tell you?
# - **Ask Grad-CAM about another class**: `grad_cam(model, images, classes=…)`. Where is the dog in the cat?
# - **The full profile**: set `COURSE_PROFILE=full`, and go for a walk.
#
# **Sources.** Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
# recognition*, Proc. IEEE 86, 1998, §II · A. Krizhevsky, *Learning multiple layers of features from tiny
# images*, 2009, §3 · S. Ioffe, C. Szegedy, *Batch normalization*, ICML 2015, §3 and algorithm 1 · N. Srivastava
# et al., *Dropout*, JMLR 15, 2014, §4 and §10 · R. Selvaraju et al., *Grad-CAM*, ICCV 2017, §3 · A. Howard et
# al., *MobileNets*, arXiv:1704.04861, 2017, §3.1 · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT
# Press 2016, chapter 9, deeplearningbook.org. The text of this lab is licensed CC BY 4.0, its code MIT.
