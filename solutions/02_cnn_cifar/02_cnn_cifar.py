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
# The network of Lab 01 turned an image into 784 numbers and ignored which of them are neighbours. To
# it, a cat moved by three pixels is a completely different image. In this lab you build a network that treats images
# as images: it applies the same small *filters* everywhere, summarises what they found, and applies further filters
# to the summary (LeCun et al. 1998). First you write each part in NumPy, then the whole network in Keras. At the end
# you open the trained network and find out what it looks at.
#
# **You will learn**
#
# - what a convolution computes, and how large its output is: stride, padding, depth;
# - what max-pooling keeps, and what it discards;
# - what batch normalisation and dropout do, and why both work differently during training and afterwards;
# - to build a convolutional network with both of Keras' APIs, and to count the parameters that it learns;
# - to find out by experiment what a part of a network is good for, instead of believing it;
# - to see *where* in an image a network finds its evidence.
#
# **You need** Lab 01: layers, ReLU, logits, softmax, loss, optimizer, learning rate, batches, epochs, validation.
#
# **Computing time**, without the import of TensorFlow:
#
# | profile | default on | data | accuracy of the network | time |
# | --- | --- | --- | --- | --- |
# | quick | a CPU | 2,000 training images | 70–80 % on the stand-in, 40–46 % on real CIFAR-10 | 10–20 s on 2 cores |
# | full | a GPU | 45,000 training images of CIFAR-10 | 83–87 % on real CIFAR-10 | 6–15 min on 2 cores, less on a GPU |
#
# To choose the profile yourself, set `COURSE_PROFILE` to `quick` or `full` before you start. Without an internet
# connection, the lab uses synthetic stand-in images and says so.

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
# CIFAR-10 has ten kinds of animals and vehicles, in colour, 32 × 32 pixels (Krizhevsky 2009). A colour image is three
# images on top of each other, its **channels** red, green and blue: an array (height, width, channels). A batch has
# one more axis in front. The first training images are the training set. Some of those that follow are the validation
# set, which shows how good the network is on other images.

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
# A **filter** (or *kernel*) is a small array of weights, say 3 × 3. Place it on the top left corner of the image,
# multiply each pixel by the weight on it, and add up the products. This is *one* neuron, which sees only nine pixels.
# Then move the filter by one pixel and do it again, with the *same* weights. All the sums together, each at its
# position, form the **feature map**, which shows where in the image the pattern of the filter occurs. The figure shows
# a filter at its first three positions on an image of zeros and ones.

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
# Three numbers determine how large the feature map is:
#
# - **kernel size** $k$: the side of the filter, in pixels;
# - **stride** $s$: how many pixels the filter moves from one position to the next (1 above);
# - **padding** $p$: how many rows and columns of zeros are added around the image first, on *each* side, so that the
#   filter also reaches the edges (0 above).
#
# The filter must lie completely inside the (padded) image. A last step that would leave the image is not made.
#
# ### Question 1 · `feature_map`
#
# 1. Write `output_size(size, kernel, stride=1, padding=0)`: how many positions are there along a side of `size`
#    pixels? Here `kernel` is the kernel size, an integer.
# 2. Write `feature_map(image, kernel)` for one image with one channel, with stride 1 and without padding. Here
#    `kernel` is the filter itself, an array, whose height and width may differ. Loops are fine.


# %% solution="feature_map"
def output_size(size, kernel, stride=1, padding=0):
    """Return the number of positions of a filter along one side of an image."""
    ### BEGIN SOLUTION
    return (size + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


def feature_map(image, kernel):
    """Compute the sum of image × kernel at every position.

    Args:
        image: Shape (height, width).
        kernel: Shape (rows, columns).

    Returns:
        An array (height', width').
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


def as_numbers(result, expected, name, where):
    """where: for which input, for the message."""
    expected = np.asarray(expected, dtype=float)
    assert result is not None, f"`{name}` returned None {where}. Did you forget `return`?"
    result = np.asarray(result, dtype=float)
    assert result.shape == expected.shape, (
        f"`{name}` returned shape {result.shape} {where}; expected {expected.shape}."
    )
    return result, expected


def check_output_size(size, kernel, stride, padding, expected, one_side=None):
    """one_side: the number of positions if zeros are added on one side only."""
    result = output_size(size, kernel, stride=stride, padding=padding)
    assert result is not None, "`output_size` returned None. Did you forget `return`?"
    hint = "How many steps can the filter make, and how many positions does that make?"
    if result == one_side:
        hint = "Did you add zeros on both sides?"
    elif result == expected - 1:
        hint = "Did you count the position where the filter starts?"
    elif result != int(result):
        hint = "A step that would leave the image is not made. Did you round down to an integer?"
    assert result == expected, (
        f"`output_size({size}, {kernel}, stride={stride}, padding={padding})` returned {result:g}; expected "
        f"{expected}. {hint}"
    )


def check_feature_map():
    check_output_size(5, 3, 1, 0, expected=3)
    check_output_size(32, 3, 1, 1, expected=32, one_side=31)
    check_output_size(28, 5, 2, 0, expected=12)
    check_output_size(7, 3, 2, 1, expected=4, one_side=3)
    image = np.array(
        [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    )
    cross = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    result, expected = as_numbers(
        feature_map(image, cross), [[4, 3, 4], [2, 4, 3], [2, 3, 4]],
        "feature_map", "for the image above",
    )  # fmt: skip
    assert np.allclose(result, expected), (
        f"`feature_map` returned {result.tolist()} for the image above; expected "
        f"{expected.astype(int).tolist()}. Start at the top left: which nine pixels lie under the filter there?"
    )


check_feature_map()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def check_feature_map_hidden(rng):
    for _ in range(20):
        kernel = int(rng.integers(1, 8))
        size = int(rng.integers(kernel, 40))
        stride, padding = int(rng.integers(1, 5)), int(rng.integers(0, 4))
        expected, one_side = (
            len(range(0, size + sides * padding - kernel + 1, stride)) for sides in (2, 1)
        )
        check_output_size(size, kernel, stride, padding, expected, one_side if padding else None)
    for shape, kernel_shape in (((6, 9), (3, 3)), ((7, 7), (2, 4)), ((4, 5), (1, 1))):
        image, kernel = rng.normal(size=shape), rng.normal(size=kernel_shape)
        windows = np.lib.stride_tricks.sliding_window_view(image, kernel_shape)
        expected = (windows * kernel).sum(axis=(2, 3))
        where = f"for a random image {shape} and filter {kernel_shape}"
        result, expected = as_numbers(feature_map(image, kernel), expected, "feature_map", where)
        turned = (windows * kernel[::-1, ::-1]).sum(axis=(2, 3))
        assert np.allclose(turned, expected) or not np.allclose(result, turned), (
            "`feature_map` uses the filter turned by 180°, as the convolution of mathematics does. In neural "
            "networks the filter is not turned: use it as it is."
        )
        assert np.allclose(result, expected, atol=1e-4), (
            f"`feature_map` returned wrong values {where}: they differ by up to "
            f"{np.abs(result - expected).max():.2f}."
        )


check_feature_map_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 Depth, and many filters
#
# A colour image has three channels, so a filter for it has three layers of weights, one for each channel: it is as
# *deep* as its input. It still computes **one** number at each position: the sum over height, width *and* depth, plus
# the bias of the filter. One filter is not enough. Each of $F$ filters makes its own feature map, and these maps on
# top of each other are the output, with $F$ channels. The next convolution treats this output as an image with $F$
# colours. For row $y$, column $x$ and filter number $f$, with stride $s$, on the image with its padding:
#
# $$z_{y,x,f} = b_f + \sum_{i,j,c} \text{image}_{\,ys+i,\;xs+j,\;c}\; W_{i,j,c,f}$$
#
# ### Question 2 · `convolution`
#
# Write it for a whole batch, with stride and padding. (It is fast enough for real images if you loop over the
# *positions* only, and `np.tensordot` or `np.einsum` does the rest. More loops are accepted, too.)


# %% solution="convolution"
def convolution(images, kernel, bias, stride=1, padding=0):
    """Compute the feature maps of a batch of images.

    Args:
        images: Shape (batch, height, width, channels).
        kernel: Shape (rows, columns, channels, filters).
        bias: Shape (filters,).
        stride: Pixels from one position to the next.
        padding: Rows and columns of zeros on each side.

    Returns:
        Feature maps, shape (batch, height', width', filters).
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
    "no bias": "Did you forget the bias?",
    "biases": "Did you add the bias once for every weight? Add it to the sum.",
    "turned": "Did you turn the filter by 180°? Use it as it is.",
}


def check_convolution(images, kernel, bias, stride, padding, expected, mistaken):
    """mistaken: by mistake, the values at the first position."""
    size, channels = images.shape[1:3], images.shape[3]
    where = f"for images {size} with {channels} channels, filters {kernel.shape[:2]}, "
    where += f"stride {stride} and padding {padding}"
    result, expected = as_numbers(
        convolution(images.copy(), kernel, bias, stride=stride, padding=padding), expected,
        "convolution", where,
    )  # fmt: skip
    right = np.allclose(result, expected, atol=1e-3)
    found = f"`convolution` returned wrong values {where}"
    for mistake, first in mistaken.items():
        assert right or not np.allclose(result[0, 0, 0], first, atol=1e-3), (
            f"{found}. {MISTAKES[mistake]}"
        )
    assert right, (
        f"{found}: they differ by up to {np.abs(result - expected).max():.2f}. Where is the filter for the second "
        "position of a row, and does every channel contribute to every sum?"
    )


def make_numbers(shape, step, end):
    """Make integers from 0 to end - 1, well mixed."""
    return (np.arange(np.prod(shape)) * step % end).reshape(shape).astype(float)


def check_convolutions():
    bias = np.array([3.0, -2.0])
    check_convolution(
        make_numbers((1, 3, 3, 2), 7, 11), make_numbers((2, 2, 2, 2), 5, 7) - 3, bias, 1, 0,
        expected=[[[[-13, -13], [0, 4]], [[-29, -6], [-5, 22]]]],
        mistaken={"no bias": [-16, -11], "biases": [8, -27], "turned": [-13, 22]},
    )  # fmt: skip
    check_convolution(
        make_numbers((1, 2, 2, 1), 7, 11), make_numbers((3, 3, 1, 2), 5, 7) - 3, bias, 1, 1,
        expected=[[[[-20, 5], [-10, 15]], [[10, 35], [20, -25]]]],
        mistaken={"no bias": [-23, 7], "biases": [4, -11], "turned": [-34, -9]},
    )  # fmt: skip
    check_convolution(
        make_numbers((1, 5, 5, 2), 7, 11), make_numbers((3, 3, 2, 2), 5, 7) - 3, bias, 2, 0,
        expected=[[[[12, -103], [17, 17]], [[-106, 2], [64, -43]]]],
        mistaken={"no bias": [9, -101], "biases": [63, -137], "turned": [-34, -65]},
    )  # fmt: skip


check_convolutions()
### BEGIN HIDDEN TESTS
import keras

from course_lib.testing import hidden_seed


def convolve_by_keras(images, kernel, bias, stride, padding):
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
            expected = convolve_by_keras(images, kernel, bias, *how)
            mistaken = {
                "no bias": expected - bias,
                "biases": convolve_by_keras(images, kernel, weights * bias, *how),
                "turned": convolve_by_keras(images, kernel[::-1, ::-1], bias, *how),
            }
            mistaken = {mistake: maps[0, 0, 0] for mistake, maps in mistaken.items()}
            check_convolution(images, kernel, bias, *how, expected, mistaken)


check_convolution_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# What can such a filter see? Here are three filters made by hand, applied to a grey image by your own function. The
# first computes right minus left. It responds to vertical edges: bright where the image becomes brighter to the right,
# dark where it becomes darker, and grey for 0. The second, bottom minus top, responds to horizontal edges. The third
# takes the mean, which blurs the image. In a network, nobody chooses the filters: the network learns them.

# %%
grey = x_train[8:9].mean(axis=-1, keepdims=True) / 255
vertical = np.array([[-1, 0, 1]] * 3) / 3
by_hand = np.stack([vertical, vertical.T, np.full((3, 3), 1 / 9)], axis=-1)[:, :, None, :]
maps = np.asarray(convolution(grey, by_hand, np.zeros(3), padding=1))
panels = [grey[0, ..., 0], 0.5 + maps[0, ..., 0], 0.5 + maps[0, ..., 1], maps[0, ..., 2]]
figures.image_grid(
    np.clip(np.stack([panels] * 3, axis=-1), 0, 1),  # red = green = blue: a grey image
    ["image", "right - left", "bottom - top", "mean"],
    "Three filters made by hand: vertical edges, horizontal edges, a blur",
    columns=4,
)

# %% [markdown]
# ## 3 Pooling: what, rather than where
#
# An ear at the top left is still an ear when it is one pixel further to the right. **Max-pooling** looks at a window of
# 2 × 2 positions, keeps the largest value, and moves on by 2. Height and width are halved. *What* was found is kept;
# *exactly where* is lost. Max-pooling treats each channel separately and learns nothing:
#
# $$\begin{pmatrix} 1 & 1 & 2 & 4 \\ 5 & 6 & 7 & 8 \\ 3 & 2 & 1 & 0 \\ 1 & 2 & 3 & 4 \end{pmatrix}
# \;\longrightarrow\; \begin{pmatrix} 6 & 8 \\ 3 & 4 \end{pmatrix}$$
#
# ### Question 3 · `pooling`
#
# Write `max_pool(maps, size=2, stride=2)` for a batch of feature maps with any number of channels. Drop the rows and
# columns that are left over at the end.


# %% solution="pooling"
def max_pool(maps, size=2, stride=2):
    """Compute the largest value of each window, separately for each channel.

    Args:
        maps: Shape (batch, height, width, channels).
        size: Side of a window.
        stride: Positions from one window to the next.

    Returns:
        An array (batch, height', width', channels).
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


def check_max_pool(maps, size, stride, expected, means):
    where = f"for maps {maps.shape} with size {size} and stride {stride}"
    result, expected = as_numbers(
        max_pool(maps.copy(), size=size, stride=stride), expected, "max_pool", where
    )
    for other, mistake in [
        (means, "returned the mean of each window; expected the largest value."),
        (
            np.broadcast_to(expected.max(axis=-1, keepdims=True), expected.shape),
            "returned the same map for all channels. Pool each channel separately.",
        ),
        (
            np.maximum(expected, 0),
            "returned 0 where all values of a window are negative. Did you start the maximum at 0?",
        ),
    ]:
        assert np.allclose(other, expected) or not np.allclose(result, other), (
            f"`max_pool` {mistake}"
        )
    assert np.allclose(result, expected), (
        f"With size {size} and stride {stride}, `max_pool` returned {np.round(result[0, ..., 0], 2).tolist()} as "
        f"the first map; expected {np.round(expected[0, ..., 0], 2).tolist()}."
    )


def stack_channels(*maps):
    return np.stack([np.asarray(one, dtype=float) for one in maps], axis=-1)[None]


def check_pooling():
    first = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], dtype=float)
    expected, means = [[6, 8], [3, 4]], [[3.25, 5.25], [2, 2]]
    check_max_pool(stack_channels(first), 2, 2, stack_channels(expected), stack_channels(means))
    check_max_pool(
        stack_channels(first, 9 - first, first.T), 2, 2,
        stack_channels(expected, [[8, 7], [8, 9]], [[6, 3], [8, 4]]),
        stack_channels(means, [[5.75, 3.75], [7, 7]], [[3.25, 2], [5.25, 2]]),
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
            expected, means = windows.max(axis=(-2, -1)), windows.mean(axis=(-2, -1))
            check_max_pool(maps, size, stride, expected, means)


check_pooling_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Batch normalisation
#
# While a network learns, the inputs of each layer change all the time, because the layers before it learn too. They
# grow, shrink and shift, and a learning rate that was right before no longer is. **Batch normalisation** (BN) shifts and
# scales each channel of a batch to mean 0 and variance 1. Then two numbers for each channel, which the network learns,
# set the scale $\gamma$ and the shift $\beta$ that suit it best. Over the $m$ values of a channel, that is, over all
# images of the batch and all positions (Ioffe & Szegedy 2015, algorithm 1):
#
# $$\mu = \frac1m \sum_i x_i \qquad \sigma^2 = \frac1m \sum_i (x_i - \mu)^2 \qquad
# \hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} \qquad y_i = \gamma \hat x_i + \beta$$
#
# The small $\epsilon$ prevents a division by 0 when a channel has the same value everywhere.
#
# And when the trained network is given a *single* image? Its prediction must not depend on the other images of a batch.
# So training also keeps a **moving average** of $\mu$ and of $\sigma^2$, and after training these are used instead. With
# each batch, for a momentum $a$ near 1 (`momentum` below):
#
# $$\text{average} \leftarrow a \cdot \text{average} + (1 - a) \cdot \text{value of this batch}$$
#
# ### Question 4 · `batch_norm`
#
# Write it. In training it normalises with the mean and variance of the batch, and updates the moving averages. After
# training it normalises with the moving averages, which stay as they are. The last axis of `x` holds the channels; `x`
# has two axes or four. Return $y$ and the two averages, updated or not.


# %% solution="batch_norm"
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    """Normalise each channel of a batch.

    Args:
        x: Shape (batch, …, channels).
        gamma: Scales, shape (channels,).
        beta: Shifts, shape (channels,).
        moving_mean: Moving average of the mean, shape (channels,).
        moving_variance: Moving average of the variance, shape (channels,).
        training: Whether to normalise with the batch, and to update the moving averages.
        momentum: Share of the old average that stays.
        epsilon: Added to the variance.

    Returns:
        y, in the shape of x, moving_mean and moving_variance.
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

HINTS = {
    "batch": "Did you use the mean and variance of the batch? After training, use the moving averages.",
    "averages": "Did you use the moving averages? In training, use the mean and variance of the batch.",
    "rows": "Did you take mean and variance over axis 0 alone? Take them over all axes but the last.",
    "m - 1": "Did you divide the variance by m - 1? Divide it by m.",
    "no epsilon": "Did you forget epsilon under the square root?",
}


def call_batch_norm(x, gamma, beta, mean, variance, training, momentum, epsilon):
    result = batch_norm(
        x.copy(), gamma.copy(), beta.copy(), mean.copy(), variance.copy(), training,
        momentum=momentum, epsilon=epsilon,
    )  # fmt: skip
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        "`batch_norm` must return three values: return y, moving_mean, moving_variance"
    )
    return result


def check_batch_norm(arguments, expected, mistaken, moved, swapped):
    """mistaken: by mistake, the first row of y · moved, swapped: mean and variance."""
    x, _, _, mean, variance, training, momentum, _ = arguments
    when = "in training" if training else "after training"
    y, new_mean, new_variance = call_batch_norm(*arguments)
    result, expected = as_numbers(y, expected, "batch_norm", f"for y {when}")
    right = np.allclose(result, expected, atol=2e-3)
    for mistake, first in mistaken.items():
        assert right or not np.allclose(result.reshape(-1, x.shape[-1])[0], first, atol=1e-4), (
            f"`batch_norm` returned a wrong y {when}. {HINTS[mistake]}"
        )
    assert right, (
        f"`batch_norm` returned a wrong y {when}, for x of shape {x.shape}: it differs from Keras' layer by up to "
        f"{np.abs(result - expected).max():.3f}. Is it γ · x̂ + β, with ε under the square root?"
    )
    for name, new, right, old, other in [
        ("mean", new_mean, moved[0], mean, swapped[0]),
        ("variance", new_variance, moved[1], variance, swapped[1]),
    ]:
        new, right = as_numbers(new, right, "batch_norm", f"for the moving {name} {when}")
        assert not (training and np.allclose(new, other, atol=1e-4)), (
            f"The moving {name} takes the share {momentum:g} from the new batch. momentum is the share of the old "
            "average that stays. Did you swap the two factors?"
        )
        assert training or np.allclose(new, old, atol=1e-4), (
            f"`batch_norm` changed the moving {name} after training. Return it as it is."
        )
        assert np.allclose(new, right, atol=1e-3), (
            f"`batch_norm` returned the moving {name} {np.round(new, 3).tolist()} {when}; expected "
            f"{np.round(right, 3).tolist()}."
        )


def check_two_channels():
    x = np.array([[1, 0], [3, 4], [5, 0], [3, 8]], dtype=float)
    gamma, beta = np.array([2.0, -1.0]), np.array([0.5, 1.0])
    mean, variance = np.array([1.0, 2.0]), np.array([4.0, 9.0])
    check_batch_norm(
        (x, gamma, beta, mean, variance, True, 0.9, 0.1),
        expected=[[-2.26026, 1.90045], [0.5, 0.69985], [3.26026, 1.90045], [0.5, -0.50075]],
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
        expected=[[0.5, 1.66299], [2.47546, 0.33701], [4.45092, 1.66299], [2.47546, -0.98898]],
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
        expected = keras.ops.convert_to_numpy(layer(x.astype("float32"), training=training))
        moved = [keras.ops.convert_to_numpy(w) for w in layer.non_trainable_weights]
        arguments = x, gamma, beta, mean, variance, training, momentum, epsilon
        check_batch_norm(arguments, expected, mistaken, moved, swapped)


def check_batch_norm_hidden(rng):
    check_by_keras(rng, (8, 3), momentum=0.9, epsilon=0.01)
    for shape in ((6, 4), (4, 5, 3, 2)):
        check_by_keras(rng, shape, momentum=rng.uniform(0.6, 0.95), epsilon=0.02)
    # A channel with the same value everywhere.
    y, _, _ = call_batch_norm(
        np.ones((4, 2)), np.ones(2), np.ones(2), np.zeros(2), np.ones(2), True, 0.9, 0.001
    )
    assert np.allclose(np.asarray(y, dtype=float), 1), (
        "`batch_norm` returned a wrong y for a channel with the same value everywhere; expected β. Its variance is "
        "0: did you add epsilon?"
    )


check_batch_norm_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Dropout
#
# **Dropout** makes training harder for a network: at every update, each value is set to 0 with probability `rate`,
# independently of the others. No neuron can rely on any other one, so it is harder for neurons to memorise a training
# image together (Srivastava et al. 2014). After training nothing is dropped, and without a correction every sum would
# be larger than in training. So in training the values that are kept are divided by `1 - rate`, which leaves the mean
# as it was.
#
# ### Question 5 · `dropout`
#
# Write it. `np.random.default_rng(seed)` returns a generator `rng`, and `rng.random(shape)` an array of random numbers
# between 0 and 1.


# %% solution="dropout"
def dropout(x, rate, training, seed):
    """Set about the share `rate` of the values to 0, and scale the others up.

    Args:
        x: An array of any shape.
        rate: In [0, 1).
        training: If False, return x as it is.
        seed: Seed of the random numbers.

    Returns:
        An array in the shape of x.
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
    x = rng.uniform(1, 2, (300, 200))  # large enough that no row or column is dropped by chance
    result, _ = as_numbers(dropout(x.copy(), rate, False, seed), x, "dropout", "after training")
    assert not np.allclose(result, x * (1 - rate)) or rate == 0, (
        "`dropout` scales x by 1 - rate after training. Return x as it is: the kept values are divided in training."
    )
    assert np.allclose(result, x), (
        "`dropout` changed x after training. Return x as it is: nothing is dropped."
    )

    result, _ = as_numbers(dropout(x.copy(), rate, True, seed), x, "dropout", "in training")
    zero = result == 0
    share = zero.mean()
    found = f"`dropout` with rate {rate:g} set {100 * share:.1f} % of {x.size} values to 0; expected about "
    found += f"{100 * rate:.0f} %."
    assert abs(share - rate) < 0.06 or abs(share - (1 - rate)) > 0.06, (
        f"{found} Did you swap the values to drop and the values to keep?"
    )
    assert abs(share - rate) < 0.06, found
    assert not np.allclose(result[~zero], x[~zero]) or rate == 0, (
        f"`dropout` changed the mean from {x.mean():.2f} to {result.mean():.2f} in training. Did you divide the "
        "values that are kept by 1 - rate?"
    )
    assert np.allclose(result[~zero], x[~zero] / (1 - rate)), (
        f"`dropout` with rate {rate:g} returned wrong values where it keeps x; expected "
        f"{1 / (1 - rate):.3f} · x. Did you divide by 1 - rate?"
    )
    if rate > 0.1:
        assert np.all(zero.mean(axis=0) < 1) and np.all(zero.mean(axis=1) < 1), (
            "`dropout` dropped whole rows or columns. Drop each value independently of the others."
        )
        again = np.asarray(dropout(x.copy(), rate, True, seed + 1), dtype=float)
        assert not np.array_equal(again == 0, zero), (
            "`dropout` dropped the same values with another seed. Draw the numbers from default_rng(seed)."
        )
        same = np.asarray(dropout(x.copy(), rate, True, seed), dtype=float)
        assert np.array_equal(same, result), (
            "`dropout` dropped other values when called again with the same seed. Draw the numbers from "
            "default_rng(seed)."
        )


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
# Now the whole network, in Keras. A **stage** is a convolution, batch normalisation, a ReLU, and max-pooling. The
# max-pooling may also follow directly after the convolution; then the other two have only a quarter of the work. After
# three stages, an image of 32 × 32 has become maps of 4 × 4 with many more channels: less and less *where*, more and
# more *what*. `GlobalMaxPooling2D` then takes the largest value of each whole map (is the pattern anywhere in the
# image?), and a `Dense` layer turns these values into logits.
#
# `course_lib` has the stage as a **block**, a few Keras layers under one name:
#
# ```python
# from course_lib.blocks import conv_block
#
# conv_block(16)                       # 3 × 3 convolution to 16 channels with zero padding, BN, ReLU
# conv_block(16, pool=True)            # the same with 2 × 2 max-pooling: a stage
# conv_block(16, batch_norm=False)     # without normalisation; then the convolution has a bias
#
# keras.Sequential([keras.Input((32, 32, 3)), *conv_block(16), …])    # note the star
# x = conv_block(16)(inputs)                                           # Functional
# ```
#
# With batch normalisation the convolution has *no* bias: the mean is subtracted right after it, and $\beta$ takes the
# place of the bias.
#
# ### Question 6 · `network`
#
# 1. Write `sequential_cnn(filters, batch_norm=True, dropout=0.0)`: images (32, 32, 3) with pixels from 0 to 255 →
#    `keras.layers.Rescaling(1 / 255)` → one stage for each number in `filters`, which is its number of filters →
#    `GlobalMaxPooling2D` → a `Dropout` layer with the rate `dropout` → 10 logits. With `batch_norm=False`, no stage is
#    normalised.
# 2. Write `functional_cnn(filters)`, the same network with normalisation and without dropout. Return two models on the
#    same layers: `model`, which returns the logits, and `maps`, which returns a *list* with the output of each stage.
# 3. Write `count_parameters(filters)`: how many parameters does such a network (with normalisation) learn? Compute the
#    number without building the network. Moving averages are not learned.


# %% solution="network"
from course_lib.blocks import conv_block


def sequential_cnn(filters, batch_norm=True, dropout=0.0):
    """Build a Keras Sequential model from images (batch, 32, 32, 3) to logits (batch, 10).

    Args:
        filters: Number of filters of each stage, such as (8, 16, 32).
        batch_norm: Whether the stages are normalised.
        dropout: Rate of the Dropout layer.
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
    """Build two Keras models on the same layers.

    Args:
        filters: Number of filters of each stage.

    Returns:
        model: From images (batch, 32, 32, 3) to logits (batch, 10).
        maps: From the same images to a list with the output of each stage,
            (batch, 16, 16, filters[0]), (batch, 8, 8, filters[1]), …
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
    """Return how many parameters sequential_cnn(filters) learns."""
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


def check_cnn(network, filters, name, expected, averages):
    """expected: the shapes of its filters · averages: how many it keeps; 0 without normalisation."""
    assert isinstance(network, keras.Model), (
        f"`{name}` returned {type(network).__name__}; expected a Keras model. Did you forget `return`?"
    )
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3))
    outputs = logits_of(network, images)
    assert outputs.shape == (2, 10), (
        f"The model of `{name}` returned shape {outputs.shape}; expected (2, 10), for 2 images and 10 classes."
    )
    kernels = [tuple(w.shape) for w in network.trainable_weights if len(w.shape) == 4]
    assert kernels == expected, (
        f"The filters of `{name}({filters})` have the shapes {kernels}; expected {expected}."
    )
    kept = sum(int(np.prod(w.shape)) for w in network.non_trainable_weights if w.dtype != "uint32")
    assert not averages or kept == averages, (
        f"The number of moving averages in `{name}` is {kept}; expected {averages}, two for each channel. Is every "
        "stage normalised?"
    )
    assert averages or kept == 0, (
        f"`{name}(…, batch_norm=False)` still normalises. Did you pass batch_norm to conv_block?"
    )


def check_network():
    filters, shapes = (4, 6), [(3, 3, 3, 4), (3, 3, 4, 6)]
    check_cnn(sequential_cnn(filters), filters, "sequential_cnn", shapes, averages=20)
    bare = sequential_cnn(filters, batch_norm=False)
    check_cnn(bare, filters, "sequential_cnn", shapes, averages=0)
    result = functional_cnn(filters)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "`functional_cnn` must return two models: return model, maps"
    )
    check_cnn(result[0], filters, "functional_cnn", shapes, averages=20)
    count = count_parameters((8, 16))
    assert count is not None, "`count_parameters` returned None. Did you forget `return`?"
    found = f"`count_parameters((8, 16))` returned {count}; expected 1586."
    for number, mistake in [
        (1610, "Did you count biases in the convolutions? With normalisation they have none."),
        (1634, "Did you count the moving averages? Only γ and β are learned."),
        (1538, "Did you count γ and β, two numbers for each channel?"),
        (1576, "Did you count the biases of the dense layer?"),
        (578, "Is each filter as deep as its input?"),
    ]:
        assert count != number, f"{found} {mistake}"
    assert count == 1586, found


check_network()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def count_trained(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def count_expected(filters):
    pairs = zip((3, *filters[:-1]), filters, strict=True)
    return sum((9 * c + 2) * f for c, f in pairs) + (filters[-1] + 1) * 10


def build_reference(filters, use_bias):
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
    right = build_reference(filters, use_bias=count_trained(network) != count_expected(filters))
    result, expected = ([tuple(w.shape) for w in each.weights] for each in (network, right))
    assert result == expected, (
        f"The weights of `{name}` have, in their order, the shapes {result}; expected {expected}."
    )
    for weight, twin in zip(network.weights, right.weights, strict=True):
        # With scales and variances above 0, the pooling may come before or after normalisation and ReLU.
        value = rng.uniform(0.5, 1.5, weight.shape)
        value = value if len(weight.shape) == 1 else rng.normal(size=weight.shape)
        weight.assign(value)
        twin.assign(value)
    result, expected = logits_of(network, images), logits_of(right, images)
    assert np.allclose(result, expected, rtol=1e-2, atol=1e-2 * np.abs(expected).max()), (
        f"The model of `{name}` returned the first logits {np.round(result[0, :4], 1).tolist()}; expected "
        f"{np.round(expected[0, :4], 1).tolist()} with the same weights. Is every layer there: Rescaling, max-pooling "
        "and ReLU in each stage, and at the end the *largest* value of each map?"
    )


def check_network_hidden(rng):
    filters = tuple(int(n) for n in rng.choice(np.arange(3, 9), 3, replace=False))
    images = rng.integers(0, 256, (6, 32, 32, 3)).astype("float32")
    network = sequential_cnn(filters, dropout=0.0)
    shapes = [(3, 3, c, f) for c, f in zip((3, *filters[:-1]), filters, strict=True)]
    check_cnn(network, filters, "sequential_cnn", shapes, averages=2 * sum(filters))
    expected_count = count_expected(filters)
    assert count_trained(network) in (expected_count, expected_count + sum(filters)), (
        f"`sequential_cnn({filters})` learns {count_trained(network)} parameters; expected {expected_count}."
    )
    assert count_parameters(filters) == expected_count, (
        f"`count_parameters({filters})` returned {count_parameters(filters)}; expected {expected_count}."
    )
    first, second = (logits_of(network, images, training=True) for _ in range(2))
    assert np.allclose(first, second, atol=1e-4), (
        "`sequential_cnn(…, dropout=0.0)` returns other logits each time in training. Does it drop values?"
    )
    network = sequential_cnn(filters, dropout=0.5)
    first, second = (logits_of(network, images, training=True) for _ in range(2))
    assert not np.allclose(first, second, atol=1e-4), (
        "`sequential_cnn(…, dropout=0.5)` drops nothing in training. Did you pass dropout to the Dropout layer?"
    )
    outputs = logits_of(network, images)
    assert not np.allclose(outputs.sum(axis=-1), 1, atol=1e-3), (
        "The outputs of `sequential_cnn` sum to 1: they are probabilities; expected logits. Does the last layer have "
        "a softmax?"
    )

    check_same(rng, sequential_cnn(filters), filters, images, "sequential_cnn")

    network, maps = functional_cnn(filters)
    assert isinstance(maps, keras.Model), (
        f"The second value that `functional_cnn` returned is {type(maps).__name__}; expected a Keras model."
    )
    stages = maps(images)
    assert isinstance(stages, (list, tuple)) and len(stages) == len(filters), (
        f"`maps` did not return a list of {len(filters)} outputs, one for each stage."
    )
    stages = [np.asarray(keras.ops.convert_to_numpy(stage)) for stage in stages]
    expected = [(6, 32 >> (n + 1), 32 >> (n + 1), width) for n, width in enumerate(filters)]
    assert [stage.shape for stage in stages] == expected, (
        f"`maps` of `functional_cnn({filters})` returned the shapes {[stage.shape for stage in stages]}; expected "
        f"{expected}, each half as high and wide as the one before. Did you forget the max-pooling?"
    )
    assert all(np.all(stage >= 0) for stage in stages), (
        "`maps` returned negative numbers. Did you forget the ReLU of a stage?"
    )
    weights = [np.asarray(w) for w in network.trainable_weights][-2:]
    outputs = logits_of(network, images)
    assert np.allclose(stages[-1].max(axis=(1, 2)) @ weights[0] + weights[1], outputs, atol=1e-3), (
        "The logits of `model` do not follow from the last output of `maps`, its largest values and the dense layer. "
        "The two models must share their layers, and take the *largest* value of each map."
    )
    check_same(rng, network, filters, images, "functional_cnn")


check_network_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 7 Better than a network that ignores neighbours
#
# Is it worth the effort? Compare your network with a network of dense layers that has at least as many parameters, and
# sees the same images.
#
# These are ready for you:
#
# - `cnn(filters=(32, 64, 128, 256), dropout=0.3, convolutions=1)` from `course_lib.models`: your network of question 6,
#   with any number of `convolutions` in each stage;
# - `fit(model, x, y, epochs=…, batch_size=…)` from `course_lib.training`, as in Lab 01. If you do not `compile` the
#   model yourself, it uses the optimizer AdamW (Adam that also makes all weights a little smaller at each update) with a
#   learning rate of 0.002. Networks with batch normalisation learn well with twice this rate;
# - `dense_block(64, batch_norm=True)` from `course_lib.blocks`, for the rival, after a `Flatten` layer;
# - for the full profile: `data.pipeline(x, y, batch_size=128, shuffle=True, map=data.shift_and_flip())` in place of
#   `x, y` shows every image slightly shifted, and sometimes mirrored. (Lab 04 is about this.)
#
# ### Question 7 · `accuracy`
#
# Train a convolutional network `model` and a network of dense layers `rival` with **at least as many** parameters
# (`count_params()`), both on `x_train, y_train`, both for images with pixels from 0 to 255. The accuracy of `model` must
# be at least **35 %** in the quick profile and **75 %** in the full one, and higher than that of `rival` by at least 1 %
# of all images. This is checked on training images that you did not train on, and in the hidden test on images that
# nobody has seen. `rival` must really have been trained: its accuracy must be at least **15 %**, where guessing gets
# 10 %.

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
    shifted = data.pipeline(
        x_train, y_train, batch_size=128, shuffle=True, map=data.shift_and_flip(pixels=4)
    )
    history = fit(model, shifted, epochs=11)
### END SOLUTION


# %% tests="accuracy"
import keras
import numpy as np

from course_lib import data, profile


def measure_accuracy(network, images, labels):
    shape = tuple(getattr(network, "input_shape", None) or (None, 32, 32, 3))[1:]
    correct = 0
    for first in range(0, len(labels), 500):
        batch = images[first : first + 500].reshape(-1, *shape).astype("float32")
        predictions = keras.ops.convert_to_numpy(network(batch)).argmax(axis=-1)
        correct += np.sum(predictions == labels[first : first + 500])
    return float(correct / len(labels))


def check_accuracy(images, labels):
    required = {"quick": 0.35, "full": 0.75}[profile.current()]
    for network, name in ((model, "model"), (rival, "rival")):
        assert isinstance(network, keras.Model), (
            f"`{name}` is {type(network).__name__}; expected a Keras model."
        )
    assert any(len(w.shape) == 4 for w in model.weights), (
        "`model` has no convolution. Use your own network of question 6, or cnn."
    )
    assert not any(len(w.shape) > 2 for w in rival.weights), (
        "`rival` has a convolution. Build it from dense layers only."
    )
    sizes = model.count_params(), rival.count_params()
    assert sizes[0] <= sizes[1], (
        f"`rival` has {sizes[1]:,} parameters and `model` {sizes[0]:,}. Give `rival` at least as many as `model`."
    )
    ours, theirs = measure_accuracy(model, images, labels), measure_accuracy(rival, images, labels)
    print(
        f"accuracy on {len(labels)} images: `model` {100 * ours:.1f} % with {sizes[0]:,} parameters, "
        f"`rival` {100 * theirs:.1f} % with {sizes[1]:,}"
    )
    assert ours >= required, (
        f"The accuracy of `model` is {100 * ours:.1f} %; expected at least {100 * required:.0f} %. Did you train for "
        "long enough? Does it take pixels from 0 to 255?"
    )
    assert theirs >= 0.15, (
        f"The accuracy of `rival` is {100 * theirs:.1f} %; expected at least 15 %. Did you train it, too?"
    )
    assert ours >= theirs + 0.01, (
        f"The accuracy of `model` is {100 * ours:.1f} % and that of `rival` {100 * theirs:.1f} %; expected a "
        "difference of at least 1 %."
    )


def load_validation_set():
    (images, labels), _ = data.load("cifar10")
    first, count = (2000, 1000) if profile.current() == "quick" else (int(0.9 * len(labels)), 2000)
    return images[first : first + count], labels[first : first + count, 0]


check_accuracy(*load_validation_set())
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed

unseen, true = data.load("cifar10", seed=hidden_seed())[1]
check_accuracy(unseen[:2000], true[:2000, 0])
### END HIDDEN TESTS

# %% [markdown]
# ## 8 What is it good for? An experiment
#
# You have read what batch normalisation and dropout are said to do. Do not just believe it: test it. An experiment
# changes **one** thing and keeps everything else the same: the images, their order, the initial weights as far as
# possible (hence the seed), the optimizer, and the number of epochs.
#
# ### Question 8 · `experiment`
#
# Write `compare(variants, filters, training, validation, epochs)`. `variants` is a dictionary from a name to another
# dictionary: the arguments of `sequential_cnn` besides `filters`, such as `{"dropout": 0.5}`. For each variant
#
# - call `keras.utils.set_random_seed(1)` and build a new network;
# - compile it with `keras.optimizers.Adam(0.004)`, the loss of Lab 01,
#   `keras.losses.SparseCategoricalCrossentropy(from_logits=True)`, and the metric `"accuracy"`;
# - train it with its own `fit` on `training`, a pair (images, labels), in batches of 25, with
#   `validation_data=validation` and `verbose=0`. (If you call `trace_once(network, *training)` first, TensorFlow builds
#   the graph of a training step once instead of twice, which saves about a second for each network. The results are the
#   same.)
#
# Return a dictionary from the name to `history.history` of the training.
#
# Then call it, below, for three variants, and keep the result as `curves`: `"bare"` (no normalisation, no dropout),
# `"BN"` (normalisation alone) and `"BN + dropout"` (with dropout 0.3). Use the stages `(8, 16, 32)`, the images in
# `subset`, the validation set `(x_val, y_val)`, and 6 epochs.


# %% solution="experiment"
from course_lib.training import trace_once


def compare(variants, filters, training, validation, epochs):
    """Train a new network for each variant.

    Args:
        variants: From a name to the arguments of sequential_cnn besides `filters`.
        filters: Number of filters of each stage.
        training: Images and labels.
        validation: Images and labels.
        epochs: Number of passes through the training images.

    Returns:
        A dictionary from the name to history.history.
    """
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
subset = x_train[:few], y_train[:few]
### BEGIN SOLUTION
curves = compare(
    {
        "bare": {"batch_norm": False},
        "BN": {},
        "BN + dropout": {"dropout": 0.3},
    },
    filters=(8, 16, 32),
    training=subset,
    validation=(x_val, y_val),
    epochs=6,
)
### END SOLUTION


# %% tests="experiment"
import numpy as np


def check_curves(histories, names, epochs=None):
    assert isinstance(histories, dict) and sorted(histories) == sorted(names), (
        "The result of `compare` is "
        f"{sorted(histories) if isinstance(histories, dict) else type(histories).__name__}; expected a dictionary "
        f"with the names {sorted(names)} and one history for each."
    )
    kept = {}
    for name in names:
        run = getattr(histories[name], "history", histories[name])
        for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
            assert key in run, (
                f"The history of {name!r} has no {key}. Did you compile with metrics=['accuracy'], and fit with "
                "validation_data?"
            )
            expected = len(run["loss"]) if epochs is None else epochs
            assert len(run[key]) == expected, (
                f"The number of epochs in the history of {name!r} is {len(run[key])}; expected {expected}. Did you "
                "pass epochs to fit?"
            )
        kept[name] = {key: np.asarray(run[key], dtype=float) for key in run}
    return kept


def check_findings():
    runs = check_curves(curves, ["bare", "BN", "BN + dropout"])
    assert runs["BN"]["accuracy"][-1] > runs["bare"]["accuracy"][-1], (
        "The training accuracy in `curves` is not higher with batch normalisation than without; expected it to be. "
        "Did you pass batch_norm to the network, and are the names right?"
    )
    # Not by the gap to the validation accuracy: with enough images there is hardly one.
    assert np.mean(runs["BN + dropout"]["accuracy"]) < np.mean(runs["BN"]["accuracy"]), (
        "The training accuracy in `curves` is not lower with dropout than without; expected it to be. Did you pass "
        "dropout to the network?"
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
        "`compare` returned different curves for the same variant. Did you set the seed and build a new network "
        "before each training?"
    )
    correct = runs["one"]["val_accuracy"] * 7
    assert np.allclose(correct, np.round(correct), atol=1e-3), (
        "The validation accuracy is not a share of the 7 validation images. Did you pass validation as "
        "validation_data?"
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
# 2. What does dropout change? Does it make the network better on images that it was not trained on? Why are the
#    *training* values of this network lower than the values on the same images would be after training?
# 3. Each curve is a single training run. What would you have to do before you could say "dropout raises the validation
#    accuracy by 3 %"?

# %% [markdown] written="findings"
# ### BEGIN SOLUTION
# **A model answer.** (1) With batch normalisation the network learns much faster: after three epochs it has a training
# accuracy (about 0.5) that the bare network does not reach in six. The difference is visible from the second or third
# epoch on. In the end, the network has memorised nine of ten of its 300 images, while the bare one, at the same learning
# rate, has hardly begun. The validation accuracy rises too, to about 0.3, but by much less: a network that learns faster
# also overfits faster. (2) With dropout the training accuracy rises slowly, and the gap to the validation accuracy is
# small. This does not make the network better here: the gap is small because the training curve came down, not because
# the validation curve went up (in mine it is even lower, 0.2: after six epochs this network has not finished learning).
# The training values are measured *while* a third of the values before the last layer are dropped, and during the
# epoch. After training, nothing is dropped, and the accuracy on the same images would be higher. (3) Repeat it: run
# several seeds for each variant (and better, several choices of the 300 images), and compare the difference with its
# variation from seed to seed. With only 300 validation images, the accuracy has an error of about three per cent.
#
# **Rubric, 3 points.**
#
# - 1 point: BN makes training faster, with epochs and numbers from the student's own curves.
# - 1 point: dropout narrows the gap, by slowing down training rather than by a large gain in validation (whatever the
#   student's own curves say), and training values are measured with dropout on. Half for one of the two.
# - 1 point: repeat with other seeds and compare with the spread. Half for "more data" or "more epochs" alone.
# ### END SOLUTION

# %% [markdown]
# ## 9 Looking inside
#
# What does your network of question 7 look for? The filters of the *first* layer take colours as input, so they can be
# shown as small images. In the quick profile they still look much like their random initial values: training was too
# short to change them much. What the later layers made of their output must have been enough.

# %%
first = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
figures.filters(keras.ops.convert_to_numpy(first.kernel))

# %% [markdown]
# Filters of later layers take many channels as input and cannot be shown as images. But their feature maps can. The
# figure shows the last layer of each size, with eight of its maps: yellow where the pattern of the filter is strong,
# dark blue where it is weak. (A border of another colour comes from the zero padding.)

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
# **Grad-CAM** shows *where*: the gradient of the logit of a class says how much each map counts for this class, and the
# maps, weighted by this, show where the evidence lies (Selvaraju et al. 2017). The network sees its evidence where the
# map is bright, but only roughly: the maps have only a few positions along a side. (Where everything is dark, more speaks
# against the class than for it, everywhere.) Does the network look at the object itself, or at something that happens to
# be beside it?

# %%
from course_lib.models import grad_cam

logits = model.predict(x_test[:2000], batch_size=500, verbose=0)
probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
predictions, confidence = probabilities.argmax(axis=-1), probabilities.max(axis=-1)
surest = [
    np.flatnonzero(predictions == n)[np.argmax(confidence[predictions == n])]
    for n in set(predictions)
][:8]
figures.heat_maps(
    x_test[surest],
    grad_cam(model, x_test[surest]),
    [f"{classes[y_test[n]]}\npredicted: {classes[predictions[n]]}" for n in surest],
    "Where the network sees its evidence, in the image of each class with the highest confidence",
)

# %% [markdown]
# And these are its most confident mistakes:

# %%
wrong = np.flatnonzero(predictions != y_test[: len(predictions)])
worst = wrong[np.argsort(-confidence[wrong])][:12]
figures.worst_mistakes(x_test, y_test, probabilities, worst, classes)

# %% [markdown]
# ## What to try next
#
# - **Cheaper filters.** `separable_conv_block` from `course_lib.blocks` filters each channel and mixes the channels in
#   two separate steps, with an eighth of the weights (Howard et al. 2017). How much accuracy does this cost?
# - **Shuffle the pixels** of all images in the same way: `x.reshape(-1, 1024, 3)[:, order].reshape(x.shape)`. The rival
#   is not affected at all. What about your network, and what does this tell you?
# - **Ask Grad-CAM about another class**: `grad_cam(model, images, classes=…)`. Where is the dog in the cat?
# - **The full profile**: set `COURSE_PROFILE=full`, and go for a walk.
#
# **Sources.** Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*,
# Proc. IEEE 86, 1998, §II · A. Krizhevsky, *Learning multiple layers of features from tiny images*, 2009, §3 · S. Ioffe,
# C. Szegedy, *Batch normalization*, ICML 2015, §3 and algorithm 1 · N. Srivastava et al., *Dropout*, JMLR 15, 2014, §4
# and §10 · R. Selvaraju et al., *Grad-CAM*, ICCV 2017, §3 · A. Howard et al., *MobileNets*, arXiv:1704.04861, 2017, §3.1
# · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, chapter 9, deeplearningbook.org. The text of
# this lab is licensed CC BY 4.0, its code MIT.
