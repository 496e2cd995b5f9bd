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
# The network of Lab 01 turned an image into 784 numbers and ignored which of them are neighbours. To it, a cat moved by
# three pixels is a completely different image. In this lab you build a network that treats images as images (LeCun et
# al. 1998). It applies the same small *filters* everywhere, summarises what they found, and applies further filters to
# the summary. First you write each part in NumPy, then the whole network in Keras. At the end you open the trained
# network and find out what it looks at.
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
# | quick | a CPU | 2,000 training images | 70–85 % on the stand-in, 40–46 % on real CIFAR-10 | 10–20 s on 2 cores |
# | full | a GPU | 45,000 training images of CIFAR-10 | 83–87 % on real CIFAR-10 | 6–15 min on 2 cores |
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
training, validating = (2000, 1000) if quick else (int(0.9 * len(x_all)), 2000)
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
#
# <details><summary>Hint 1, output_size</summary>
#
# Along one side, the first position starts at 0. The last possible one starts at $n + 2p - k$, for a side of $n$
# pixels.
#
# </details>
#
# <details><summary>Hint 2, output_size</summary>
#
# Count the multiples of the stride from 0 to that number. Integer division, `//`, drops the rest; 0 itself is a
# position, too.
#
# </details>


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

from course_lib import testing as _testing


def _compare(given, wanted, name, mistakes=None, shapes=None, **tolerances):
    """Compare numbers. shapes: for each likely mistake the shape that it returns."""
    wanted = np.asarray(wanted, dtype=float)
    try:
        shape = np.shape(given)
    except ValueError:  # a list of rows that are not equally long
        shape = None
    for hint, other in (shapes or {}).items():
        assert shape != tuple(other) or shape == wanted.shape, (
            f"{name} returned an array of shape {shape}; expected {wanted.shape}. {hint}"
        )
    _testing.near(given, wanted, name, mistakes=mistakes, **tolerances)


def _check_output_size(size, kernel, stride, padding, expected, one_side, exact):
    """one_side: with zeros on one side only. exact: before it is rounded."""
    _compare(
        output_size(size, kernel, stride=stride, padding=padding), expected,
        f"`output_size({size}, {kernel}, stride={stride}, padding={padding})`",
        mistakes={
            "Did you add zeros on both sides?": one_side,
            "Did you count the position where the filter starts?": expected - 1,
            "Did you round down to an integer? A step that would leave the image is not made.": exact,
            "Did you round up? A step that would leave the image is not made.": np.ceil(exact),
        },
        rtol=0, atol=1e-3,
    )  # fmt: skip


def _check_feature_map_visible():
    _check_output_size(5, 3, 1, 0, expected=3, one_side=3, exact=3)
    _check_output_size(32, 3, 1, 1, expected=32, one_side=31, exact=32)
    _check_output_size(28, 5, 2, 0, expected=12, one_side=12, exact=12.5)
    _check_output_size(7, 3, 2, 1, expected=4, one_side=3, exact=4)
    image = np.array(
        [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    )
    cross = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    _compare(
        feature_map(image, cross), [[4, 3, 4], [2, 4, 3], [2, 3, 4]],
        "`feature_map(image, cross)`, for the image above,",
    )  # fmt: skip
    image, kernel = [[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 1]], [[1, 2, 0], [0, -1, 3]]
    _compare(
        feature_map(np.array(image), np.array(kernel)), [[1, 3], [5, 8]],
        f"`feature_map(np.array({image}), np.array({kernel}))`",
        mistakes={"Did you turn the filter by 180°? Use it as it is.": [[10, 0], [-1, 9]]},
        shapes={"Did you exchange rows and columns of the filter?": (1, 3)},
    )  # fmt: skip


_check_feature_map_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_feature_map_hidden(rng):
    for stride in (1, 2, 3, 4):
        for padding in (0, 1, 3):
            kernel = int(rng.integers(1, 8))
            size = int(rng.integers(kernel, 40))
            expected, one_side = (
                len(range(0, size + sides * padding - kernel + 1, stride)) for sides in (2, 1)
            )
            exact = (size + 2 * padding - kernel) / stride + 1
            _check_output_size(size, kernel, stride, padding, expected, one_side, exact)
    for shape, kernel_shape in (
        ((6, 9), (3, 3)),
        ((7, 7), (2, 4)),
        ((8, 5), (5, 1)),
        ((4, 5), (1, 1)),
    ):
        image, kernel = rng.normal(size=shape), rng.normal(size=kernel_shape)
        windows = np.lib.stride_tricks.sliding_window_view(image, kernel_shape)
        expected = (windows * kernel).sum(axis=(2, 3))
        _compare(
            feature_map(image.copy(), kernel.copy()), expected,
            f"`feature_map` for a random image {shape} and filter {kernel_shape}",
            mistakes={
                "Did you turn the filter by 180°? In neural networks the filter is used as it is.": (
                    windows * kernel[::-1, ::-1]
                ).sum(axis=(2, 3)),
                "Did you store the sums as integers?": np.trunc(expected),
            },
            atol=1e-4,
        )  # fmt: skip


_check_feature_map_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 Depth, and many filters
#
# A colour image has three channels, so a filter for it has three layers of weights, one for each channel. It is as
# *deep* as its input. It still computes **one** number at each position: the sum over height, width *and* depth, plus
# the bias of the filter. One filter is not enough. Each of $F$ filters makes its own feature map, and these maps on top
# of each other are the output, with $F$ channels. The next convolution treats this output as an image with $F$ colours.
# For row $y$, column $x$ and filter number $f$, with stride $s$, on the image with its padding:
#
# $$z_{y,x,f} = b_f + \sum_{i,j,c} \text{image}_{\,ys+i,\;xs+j,\;c}\; W_{i,j,c,f}$$
#
# ### Question 2 · `convolution`
#
# Write it for a whole batch, with stride and padding. (It is fast enough for real images if you loop over the
# *positions* only, and `np.tensordot` or `np.einsum` does the rest. More loops are accepted, too.)
#
# <details><summary>Hint 1, padding</summary>
#
# `np.pad` takes one pair of widths for each axis. The batch and the channels get `(0, 0)`.
#
# </details>
#
# <details><summary>Hint 2, sum</summary>
#
# At one position, the window has the shape (batch, rows, columns, channels), and the kernel (rows, columns, channels,
# filters). Three axes match: `np.tensordot` with `axes=3` multiplies and sums over them.
#
# </details>


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
    tops = range(0, padded.shape[1] - rows + 1, stride)
    lefts = range(0, padded.shape[2] - columns + 1, stride)
    maps = np.zeros((len(images), len(tops), len(lefts), filters))
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            window = padded[:, top : top + rows, left : left + columns]
            maps[:, row, column] = np.tensordot(window, kernel, axes=3) + bias
    return maps
    ### END SOLUTION


# %% tests="convolution"
import numpy as np


def _check_convolution(images, kernel, bias, stride, padding, expected, mistaken, shapes=None):
    """mistaken: what some mistakes return, and with which hint."""
    expected, weights = np.asarray(expected, dtype=float), np.prod(kernel.shape[:3])
    _compare(
        convolution(images.copy(), kernel.copy(), bias.copy(), stride=stride, padding=padding),
        expected,
        f"`convolution` with stride {stride} and padding {padding}, for images {images.shape} and filters "
        f"{kernel.shape},",
        mistakes={
            "Did you forget the bias?": expected - bias,
            "Did you add the bias once for every weight? Add it to the sum.": expected
            + (weights - 1) * bias,
            **mistaken,
        },
        shapes=shapes,
        atol=1e-3,
    )  # fmt: skip


def _make_numbers(shape, step, end):
    """Make integers from 0 to end - 1, well mixed."""
    return (np.arange(np.prod(shape)) * step % end).reshape(shape).astype(float)


def _check_convolution_visible():
    bias, turned = np.array([3.0, -2.0]), "Did you turn the filter by 180°? Use it as it is."
    _check_convolution(
        _make_numbers((1, 3, 3, 2), 7, 11), _make_numbers((2, 2, 2, 2), 5, 7) - 3, bias, 1, 0,
        [[[[-13, -13], [0, 4]], [[-29, -6], [-5, 22]]]],
        {turned: [[[[-13, 22], [-33, 6]], [[-29, 29], [6, -9]]]]},
    )  # fmt: skip
    _check_convolution(
        _make_numbers((1, 2, 2, 1), 7, 11), _make_numbers((3, 3, 1, 2), 5, 7) - 3, bias, 1, 1,
        [[[[-20, 5], [-10, 15]], [[10, 35], [20, -25]]]],
        {turned: [[[[-34, -9], [26, -19]], [[6, -39], [-4, 21]]]]},
        {"Did you add zeros on all sides?": (1, 1, 1, 2)},
    )  # fmt: skip
    _check_convolution(
        _make_numbers((1, 5, 5, 2), 7, 11), _make_numbers((3, 3, 2, 2), 5, 7) - 3, bias, 2, 0,
        [[[[12, -103], [17, 17]], [[-106, 2], [64, -43]]]],
        {turned: [[[[-34, -65], [4, 11]], [[68, -48], [-70, -16]]]]},
        {"Did you move the filter by `stride` pixels?": (1, 3, 3, 2)},
    )  # fmt: skip


_check_convolution_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _convolve(images, kernel, bias, stride, before, after):
    """before, after: rows and columns of zeros at the top left and at the bottom right."""
    padded = np.pad(images, ((0, 0), (before, after), (before, after), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2], axis=(1, 2))
    return np.einsum("byxcij,ijcf->byxf", windows[:, ::stride, ::stride], kernel) + bias


def _check_convolution_hidden(rng):
    for size, kernel_size in (
        ((9, 9), (3, 3)),
        ((8, 11), (2, 4)),
        ((5, 7), (5, 3)),
        ((6, 4), (1, 2)),
    ):
        for stride, padding in ((1, 0), (1, 1), (2, 1), (3, 2)):
            channels, filters = (int(n) for n in rng.permutation([2, 3, 4])[:2])
            images = rng.normal(size=(5, *size, channels))
            kernel = rng.normal(size=(*kernel_size, channels, filters))
            bias = rng.normal(size=filters) + 3
            expected = _convolve(images, kernel, bias, stride, padding, padding)
            mistaken = {
                "Did you turn the filter by 180°? Use it as it is.": _convolve(
                    images, kernel[::-1, ::-1], bias, stride, padding, padding
                )
            }
            others = {
                "Did you add zeros on all sides?": (stride, 0, padding),
                "Did you add the zeros?": (stride, 0, 0),
                "Did you move the filter by `stride` pixels?": (1, padding, padding),
            }
            shapes = {}
            for hint, how in others.items():
                if how[1] + how[2] + min(size) >= max(kernel_size):
                    shapes[hint] = _convolve(images, kernel, bias, *how).shape
            _check_convolution(images, kernel, bias, stride, padding, expected, mistaken, shapes)


_check_convolution_hidden(np.random.default_rng(hidden_seed()))
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
    tops, lefts = range(0, height - size + 1, stride), range(0, width - size + 1, stride)
    pooled = np.zeros((batch, len(tops), len(lefts), channels))
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            window = maps[:, top : top + size, left : left + size]
            pooled[:, row, column] = window.max(axis=(1, 2))
    return pooled
    ### END SOLUTION


# %% tests="pooling"
import numpy as np


def _check_max_pool(maps, size, stride, expected, means, shapes=None):
    expected = np.asarray(expected, dtype=float)
    _compare(
        max_pool(maps.copy(), size=size, stride=stride), expected,
        f"`max_pool` with size {size} and stride {stride}, for maps {maps.shape},",
        mistakes={
            "Did you take the mean of each window? Take the largest value.": means,
            "Did you take the largest value of all channels? Pool each channel separately.": np.broadcast_to(
                expected.max(axis=-1, keepdims=True), expected.shape
            ),
            "Did you start the maximum at 0? A window may have only negative values.": np.maximum(
                expected, 0
            ),
        },
        shapes=shapes,
    )  # fmt: skip


def _stack_channels(*maps):
    return np.stack([np.asarray(one, dtype=float) for one in maps], axis=-1)[None]


def _check_pooling_visible():
    first = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], dtype=float)
    expected, means = [[6, 8], [3, 4]], [[3.25, 5.25], [2, 2]]
    _check_max_pool(_stack_channels(first), 2, 2, _stack_channels(expected), _stack_channels(means))
    _check_max_pool(
        _stack_channels(first, 5 - first, first.T), 2, 2,
        _stack_channels(expected, [[4, 3], [4, 5]], [[6, 3], [8, 4]]),
        _stack_channels(means, [[1.75, -0.25], [3, 3]], [[3.25, 2], [5.25, 2]]),
    )  # fmt: skip
    _check_max_pool(-first[None, :3, :, None], 2, 2, [[[[-1], [-2]]]], [[[[-3.25], [-5.25]]]])


_check_pooling_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_pooling_hidden(rng):
    for shape in ((3, 6, 8, 4), (2, 9, 7, 3)):
        for size, stride in ((2, 2), (3, 2), (2, 1), (3, 3), (1, 2)):
            maps = rng.normal(size=shape) - 1
            windows = np.lib.stride_tricks.sliding_window_view(maps, (size, size), axis=(1, 2))
            by_size, windows = windows[:, ::size, ::size], windows[:, ::stride, ::stride]
            expected, means = windows.max(axis=(-2, -1)), windows.mean(axis=(-2, -1))
            shapes = {
                "Did you move the window by `stride` positions?": by_size.shape[:4],
                "Did you drop the rows and columns that are left over at the end?": (
                    shape[0], *(-(-side // stride) for side in shape[1:3]), shape[3],
                ),
            }  # fmt: skip
            _check_max_pool(maps, size, stride, expected, means, shapes)


_check_pooling_hidden(np.random.default_rng(hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Batch normalisation
#
# While a network learns, the inputs of each layer change all the time, because the layers before it learn too. They
# grow, shrink and shift, and a learning rate that was right before no longer is. This is how its inventors explain why
# batch normalisation helps; they call the changes *internal covariate shift*. (The explanation is disputed. Santurkar
# et al. 2018 add such shifts behind the normalisation, and the network still learns as fast. They find that the loss
# surface becomes smoother.) **Batch normalisation** (BN) shifts and scales each channel of a batch to mean 0 and
# variance 1. Then two numbers for each channel, which the network learns, set the scale $\gamma$ and the shift $\beta$
# that suit it best. The $m$ values $x_i$ of a channel are those of all images of the batch and all positions (Ioffe &
# Szegedy 2015, algorithm 1):
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
#
# <details><summary>Hint 1</summary>
#
# There is one mean and one variance for each channel: take them over all axes but the last,
# `axis=tuple(range(x.ndim - 1))`. The variance divides by $m$, as `np.var` does by default.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# In training, $y$ uses the statistics of the *batch*, not the moving averages that you have just updated. Change the
# averages only if `training` is true.
#
# </details>


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


def _call_batch_norm(x, gamma, beta, mean, variance, training, momentum, epsilon):
    result = batch_norm(
        x.copy(), gamma.copy(), beta.copy(), mean.copy(), variance.copy(), training,
        momentum=momentum, epsilon=epsilon,
    )  # fmt: skip
    assert result is not None, "`batch_norm` returned None. Did you forget `return`?"
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        f"`batch_norm` returned a {type(result).__name__}; expected three values: y, moving_mean, moving_variance."
    )
    return result


def _check_batch_norm(arguments, expected, mistaken, moved, mistaken_moves):
    """mistaken: what mistakes return as y. moved: both averages; mistaken_moves: the same by mistake."""
    x, _, _, mean, variance, training, momentum, epsilon = arguments
    y, *averages = _call_batch_norm(*arguments)
    call = f"batch_norm(…, training={training}, momentum={momentum:g}, epsilon={epsilon:g})"
    _compare(
        y,
        expected,
        f"`{call}[0]`, for x of shape {x.shape},",
        mistakes=mistaken,
        rtol=1e-3,
        atol=1e-3,
    )
    for number, name in enumerate(["mean", "variance"]):
        mistakes = {hint: pair[number] for hint, pair in mistaken_moves.items()}
        if not training:
            changed = np.asarray(averages[number]).shape == mean.shape and not np.allclose(
                averages[number], (mean, variance)[number], rtol=1e-3, atol=1e-4
            )
            assert not changed, (
                f"`batch_norm` changed the moving {name} with training=False. After training, return it as it is."
            )
        _compare(
            averages[number], moved[number], f"`{call}[{number + 1}]`, the moving {name},",
            mistakes=mistakes, rtol=1e-3, atol=1e-4,
        )  # fmt: skip


def _check_batch_norm_visible():
    x = np.array([[1, 0], [3, 4], [5, 0], [3, 8]], dtype=float)
    gamma, beta = np.array([2.0, -1.0]), np.array([0.5, 1.0])
    mean, variance = np.array([1.0, 2.0]), np.array([4.0, 9.0])
    trained = [[-2.26026, 1.90045], [0.5, 0.69985], [3.26026, 1.90045], [0.5, -0.50075]]
    stored = [[0.5, 1.66299], [2.47546, 0.33701], [4.45092, 1.66299], [2.47546, -0.98898]]
    _check_batch_norm(
        (x, gamma, beta, mean, variance, True, 0.9, 0.1),
        trained,
        {
            "Did you use the moving averages? In training, use the mean and variance of the batch.": stored,
            "Did you use the updated moving averages? In training, use the mean and variance of the batch.": [
                [0.29745, 1.68862], [2.32293, 0.37697], [4.34841, 1.68862], [2.32293, -0.93469],
            ],
            "Did you divide the variance by m - 1? Divide it by m.": [
                [-1.90481, 1.78069], [0.5, 0.73977], [2.90481, 1.78069], [0.5, -0.30115],
            ],
            "Did you forget epsilon?": [
                [-2.32843, 1.90453], [0.5, 0.69849], [3.32843, 1.90453], [0.5, -0.50756],
            ],
            "Is epsilon under the square root?": [
                [-2.14164, 1.87806], [0.5, 0.70731], [3.14164, 1.87806], [0.5, -0.46343],
            ],
            "Did you divide by the variance? Divide by its square root.": [
                [-1.40476, 1.27027], [0.5, 0.90991], [2.40476, 1.27027], [0.5, 0.54955],
            ],
        },
        ([1.2, 2.1], [3.8, 9.2]),
        {"Did you swap the two factors? momentum is the share of the old average.": ([2.8, 2.9], [2.2, 10.8])},
    )  # fmt: skip
    _check_batch_norm(
        (x, gamma, beta, mean, variance, False, 0.9, 0.1),
        stored,
        {"Did you use the mean and variance of the batch? After training, use the moving averages.": trained},
        (mean, variance),
        {},
    )  # fmt: skip


_check_batch_norm_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _normalise(x, gamma, beta, mean, variance, epsilon):
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _check_random_batch(rng, shape, momentum, epsilon):
    channels = shape[-1]
    x = rng.normal(size=shape) * rng.uniform(0.5, 3, channels) + rng.normal(size=channels)
    gamma, beta, mean = rng.normal(size=(3, channels))
    gamma = gamma + np.sign(gamma)  # far from 0, so that the scale shows
    variance = rng.uniform(0.5, 2, channels)
    old, axes = (mean, variance), tuple(range(x.ndim - 1))
    batch = x.mean(axis=axes), x.var(axis=axes)
    moved, swapped, sample = (
        tuple(share * a + (1 - share) * b for a, b in zip(old, new, strict=True))
        for share, new in (
            (momentum, batch),
            (1 - momentum, batch),
            (momentum, (batch[0], x.var(axis=axes, ddof=1))),
        )
    )
    statistics = {
        "Did you use the moving averages? In training, use the mean and variance of the batch.": old,
        "Did you use the updated moving averages? In training, use the mean and variance of the batch.": moved,
        "Did you take mean and variance over axis 0 alone? Take them over all axes but the last.": (
            x.mean(axis=0), x.var(axis=0),
        ),
        "Did you take mean and variance over the channels? Take them over all axes but the last.": (
            x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True),
        ),
        "Did you take one mean and variance for all channels? Each channel has its own.": (x.mean(), x.var()),
        "Did you divide the variance by m - 1? Divide it by m.": (batch[0], x.var(axis=axes, ddof=1)),
    }  # fmt: skip
    if x.ndim == 4:
        hint = "Did you take mean and variance of each image? Take them over all axes but the last."
        statistics[hint] = x.mean(axis=(1, 2), keepdims=True), x.var(axis=(1, 2), keepdims=True)
    mistaken = {
        hint: _normalise(x, gamma, beta, *pair, epsilon) for hint, pair in statistics.items()
    }
    mistaken["Did you forget epsilon?"] = _normalise(x, gamma, beta, *batch, 0)
    mistaken["Is epsilon under the square root?"] = (
        gamma * (x - batch[0]) / (np.sqrt(batch[1]) + epsilon) + beta
    )
    _check_batch_norm(
        (x, gamma, beta, mean, variance, True, momentum, epsilon),
        _normalise(x, gamma, beta, *batch, epsilon),
        mistaken,
        moved,
        {
            "Did you swap the two factors? momentum is the share of the old average.": swapped,
            "Did you divide the variance by m - 1? Divide it by m.": sample,
            "Did you forget to update it?": old,
        },
    )
    of_batch = _normalise(x, gamma, beta, *batch, epsilon)
    _check_batch_norm(
        (x, gamma, beta, mean, variance, False, momentum, epsilon),
        _normalise(x, gamma, beta, *old, epsilon),
        {"Did you use the mean and variance of the batch? After training, use the moving averages.": of_batch},
        old,
        {},
    )  # fmt: skip


def _check_batch_norm_hidden(rng):
    _check_random_batch(rng, (8, 3), momentum=0.9, epsilon=0.1)
    for shape in ((6, 4), (3, 5, 4, 2), (5, 2, 2, 5)):
        _check_random_batch(rng, shape, momentum=float(rng.uniform(0.6, 0.8)), epsilon=0.2)
    # A channel with the same value everywhere.
    y, _, _ = _call_batch_norm(
        np.ones((4, 2)), np.ones(2), np.ones(2), np.zeros(2), np.ones(2), True, 0.9, 0.001
    )
    _compare(
        y, np.ones((4, 2)), "`batch_norm(…)[0]`, for a channel with the same value everywhere and β = 1,",
        mistakes={"Did you forget epsilon?": np.full((4, 2), np.nan)}, atol=1e-3,
    )  # fmt: skip


_check_batch_norm_hidden(np.random.default_rng(hidden_seed()))
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
# between 0 and 1. The same seed drops the same values again.


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


def _drop(x, rate, seed):
    """Call `dropout` in training; return its result as an array, and where it is 0."""
    result = dropout(x.copy(), rate, True, seed)
    assert result is not None, "`dropout` returned None. Did you forget `return`?"
    result = np.asarray(result, dtype=float)
    assert result.shape == x.shape, (
        f"`dropout` returned an array of shape {result.shape}; expected {x.shape}, the shape of x."
    )
    return result, result == 0


def _check_dropout(rng, shape, rate, seed):
    x = rng.uniform(1, 2, shape) * rng.choice([-1, 1], shape)
    _compare(
        dropout(x.copy(), rate, False, seed), x, f"`dropout` with rate {rate:g} and training=False",
        mistakes={
            "Did you scale x after training? Return it as it is: the kept values are divided in training.": (
                x * (1 - rate)
            ),
            "Did you drop after training? Return x as it is.": _drop(x, rate, seed)[0],
        },
    )  # fmt: skip
    result, dropped = _drop(x, rate, seed)
    share = float(dropped.mean())
    swapped = "Did you swap the values to drop and the values to keep?"
    hint = (
        swapped
        if abs(share - (1 - rate)) < 0.03
        else "Each value is dropped with probability `rate`."
    )
    name = f"The share of values that `dropout` with rate {rate:g} sets to 0"
    sd = np.sqrt(rate * (1 - rate) / x.size)
    _testing.at_least(share, rate - 0.03, name, sd=sd, hint=hint)
    _testing.at_most(share, rate + 0.03, name, sd=sd, hint=hint)
    kept = x[~dropped]
    _compare(
        result[~dropped], kept / (1 - rate), f"Where it keeps x, `dropout` with rate {rate:g} and training=True",
        mistakes={
            "Did you divide the values that are kept by 1 - rate?": kept,
            "Did you divide by `rate`? Divide by 1 - rate, the share that is kept.": kept / max(rate, 0.01),
            "Did you multiply by 1 - rate? Divide by it.": kept * (1 - rate),
        },
    )  # fmt: skip
    if rate > 0.1:
        _check_dropped(x, rate, seed, dropped)


def _check_dropped(x, rate, seed, dropped):
    for axis in range(x.ndim):
        whole = dropped.all(axis=axis)
        assert x.shape[axis] < 50 or not whole.any(), (
            f"`dropout` dropped all {x.shape[axis]} values along axis {axis}. Drop each value independently of the "
            "others."
        )
        first, second = (np.take(dropped, n, axis=axis) for n in (0, 1))
        assert first.size < 50 or not np.array_equal(first, second), (
            f"`dropout` dropped the same values at positions 0 and 1 of axis {axis}. Drop each value independently "
            "of the others."
        )
    assert not np.array_equal(_drop(x, rate, seed + 1)[1], dropped), (
        "`dropout` dropped the same values with another seed. Draw the numbers from default_rng(seed)."
    )
    assert np.array_equal(_drop(x, rate, seed)[1], dropped), (
        "`dropout` dropped other values when called again with the same seed. Draw the numbers from "
        "default_rng(seed)."
    )


_check_dropout(np.random.default_rng(0), (300, 200), 0.3, 1)
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _check_dropout_hidden(rng):
    for rate in (0.0, rng.uniform(0.15, 0.35), rng.uniform(0.65, 0.85)):
        _check_dropout(rng, (300, 200), float(rate), int(rng.integers(1000)))
    for shape in ((20_000,), (8, 20, 15, 10)):
        _check_dropout(rng, shape, 0.4, int(rng.integers(1000)))


_check_dropout_hidden(np.random.default_rng(hidden_seed()))
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
# place of the bias. The `momentum` of its moving averages is **0.9**, where Keras' default is 0.99. The default needs
# several hundred batches to forget the initial averages. The trainings of question 8 are shorter. With 0.99 the network
# would learn just as well, but predict at random after training, because its averages would still be wrong. If you
# write the stages yourself, use `keras.layers.BatchNormalization(momentum=0.9)`.
#
# ### Question 6 · `network`
#
# 1. Write `sequential_cnn(filters, batch_norm=True, dropout=0.0)`: images (32, 32, 3) with pixels from 0 to 255 →
#    `keras.layers.Rescaling(1 / 255)` → one stage for each number in `filters`, which is its number of filters →
#    `GlobalMaxPooling2D` → a `Dropout` layer with the rate `dropout` → 10 logits. With `batch_norm=False`, no stage is
#    normalised.
# 2. Write `functional_cnn(filters)`, the same network with normalisation and without dropout. Return two models on the
#    same layers: `model`, which returns the logits, and `maps`, which returns a *list* with the output of each stage.
#    (`model` returns logits, not probabilities: no softmax at the end.)
# 3. Write `count_parameters(filters)`: how many parameters does such a network (with normalisation) learn? Compute the
#    number without building the network. Moving averages are not learned.
#
# <details><summary>Hint 1, sequential_cnn</summary>
#
# Begin a Sequential model with the input and the `Rescaling`. Then add, for each number in `filters`, the layers of a
# block: `for layer in conv_block(…): model.add(layer)`.
#
# </details>
#
# <details><summary>Hint 2, functional_cnn</summary>
#
# Append the output of each stage to a list, within the loop. A model can have this list as its outputs:
# `keras.Model(inputs, stages)`.
#
# </details>
#
# <details><summary>Hint 3, count_parameters</summary>
#
# A stage with $c$ input channels and $f$ filters has $9 c f$ weights and no bias, and batch normalisation learns two
# numbers for each filter. Into the last layer go as many numbers as the last stage has filters.
#
# </details>


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


def _run(network, images, **how):
    outputs = network(np.asarray(images, dtype="float32"), **how)
    return np.asarray(keras.ops.convert_to_numpy(outputs), dtype="float64")


def _arrays(weights):
    """Return weights as arrays, without the seeds of Dropout layers."""
    return [np.asarray(w) for w in weights if w.dtype != "uint32"]


def _check_cnn(network, filters, name, averages):
    """averages: how many numbers it keeps that are not learned; 0 without normalisation."""
    assert network is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(network, keras.Model), (
        f"`{name}` returned a {type(network).__name__}; expected a Keras model."
    )
    outputs = _run(network, np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)))
    assert outputs.shape == (2, 10), (
        f"For 2 images, the model of `{name}` returned an array of shape {outputs.shape}; expected (2, 10)."
    )
    trained = _arrays(network.trainable_weights)
    kernels = sorted(w.shape for w in trained if w.ndim == 4)
    expected = sorted((3, 3, c, f) for c, f in zip((3, *filters[:-1]), filters, strict=True))
    assert kernels == expected, (
        f"The filters of `{name}` for filters={filters} have the shapes {kernels}; expected {expected}."
    )
    kept = sum(w.size for w in _arrays(network.weights)) - sum(w.size for w in trained)
    assert not averages or kept == averages, (
        f"The number of moving averages in `{name}` is {kept}; expected {averages}, two for each channel. Is every "
        "stage normalised?"
    )
    assert averages or kept == 0, (
        f"`{name}` with batch_norm=False still normalises. Did you pass batch_norm to conv_block?"
    )


def _check_pair(result):
    assert result is not None, "`functional_cnn` returned None. Did you forget `return`?"
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        f"`functional_cnn` returned a {type(result).__name__}; expected two models: model, maps."
    )


def _check_count(filters, expected, mistakes):
    _compare(
        count_parameters(filters), expected, f"`count_parameters({filters})`",
        mistakes=mistakes, rtol=0, atol=1e-3,
    )  # fmt: skip


def _check_network_visible():
    filters = (4, 6)
    _check_cnn(sequential_cnn(filters), filters, "sequential_cnn", averages=20)
    _check_cnn(sequential_cnn(filters, batch_norm=False), filters, "sequential_cnn", averages=0)
    _check_cnn(sequential_cnn(filters, dropout=0.5), filters, "sequential_cnn", averages=20)
    result = functional_cnn(filters)
    _check_pair(result)
    _check_cnn(result[0], filters, "functional_cnn", averages=20)
    mistakes = {
        "Did you count biases in the convolutions? With normalisation they have none.": 1610,
        "Did you count the moving averages? Only γ and β are learned.": 1634,
        "Did you count γ and β, two numbers for each channel?": 1538,
        "Did you count the biases of the dense layer?": 1576,
        "Is each filter as deep as its input?": 578,
    }
    _check_count((8, 16), 1586, mistakes)


_check_network_visible()
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _count_expected(filters):
    pairs = zip((3, *filters[:-1]), filters, strict=True)
    return sum((9 * c + 2) * f for c, f in pairs) + (filters[-1] + 1) * 10


def _list_count_mistakes(filters):
    right, channels, last = _count_expected(filters), sum(filters), filters[-1]
    return {
        "Did you count biases in the convolutions? With normalisation they have none.": right
        + channels,
        "Did you count the moving averages? Only γ and β are learned.": right + 2 * channels,
        "Did you count γ and β, two numbers for each channel?": right - 2 * channels,
        "Did you count γ and β, two numbers for each channel, and no biases?": right - channels,
        "Did you count the biases of the dense layer?": right - 10,
        "Is each filter as deep as its input?": 11 * channels + (last + 1) * 10,
        "Is the image flattened before the dense layer? GlobalMaxPooling2D leaves one value for each map.": right
        + 10 * last * (4 * 4 - 1),
    }


def _forward(images, kernels, normalised, training=False, pool_first=True):
    """Return the output of each stage of a new network with these filters."""
    x, stages = np.asarray(images, dtype="float32") / 255, []
    for kernel in kernels:
        x = keras.ops.conv(x, kernel, padding="same")
        x = keras.ops.max_pool(x, 2) if pool_first else x
        if normalised:
            mean, variance = keras.ops.moments(x, axes=(0, 1, 2)) if training else (0.0, 1.0)
            x = (x - mean) / (variance + 0.001) ** 0.5
        x = keras.ops.relu(x if pool_first else keras.ops.max_pool(x, 2))
        stages.append(np.asarray(keras.ops.convert_to_numpy(x)))
    return stages


def _is_close(given, expected):
    """Whether they differ by less than 2 %: the epsilon of a normalisation is free."""
    return np.allclose(given, expected, rtol=0, atol=0.02 * np.abs(expected).max())


def _read_weights(network, filters):
    """Return its filters from the first stage on, and the weights and biases of its dense layer."""
    trained = _arrays(network.trainable_weights)
    shapes = [(3, 3, c, f) for c, f in zip((3, *filters[:-1]), filters, strict=True)]
    by_shape = {w.shape: w for w in trained}
    assert (filters[-1], 10) in by_shape and (10,) in by_shape, (
        f"The weights that the model learns have the shapes {[w.shape for w in trained]}; expected a dense layer from "
        f"{filters[-1]} values to 10 logits, with biases."
    )
    return [by_shape[shape] for shape in shapes], by_shape[filters[-1], 10], by_shape[10,]


def _check_logits(network, images, filters, name, normalised=True):
    kernels, weights, biases = _read_weights(network, filters)
    given = _run(network, images)
    last = _forward(images, kernels, normalised)[-1].astype(float)
    expected = last.max(axis=(1, 2)) @ weights + biases
    name = f"The model of `{name}` with filters={filters} and batch_norm={normalised}"
    assert not np.allclose(given.sum(axis=-1), 1, atol=1e-3) or np.any(given < 0), (
        f"{name} returned outputs that sum to 1: they are probabilities; expected logits. Does the last layer have a "
        "softmax?"
    )
    hint = (
        "Is every layer there: Rescaling, and in each stage a convolution, max-pooling and a ReLU?"
    )
    mean = last.mean(axis=(1, 2)) @ weights + biases
    if _is_close(given, mean) and not _is_close(mean, expected):
        hint = "Did you take the mean of each map at the end? Take the *largest* value."
    assert _is_close(given, expected), (
        f"{name} returned the first logits {np.round(given[0, :4], 3).tolist()}; expected "
        f"{np.round(expected[0, :4], 3).tolist()} with the same weights. {hint}"
    )


def _check_training(network, images, filters, rate):
    """Check what a new network does in training: it normalises each batch, and drops values."""
    _run(network, images[:1])  # a model of one's own gets its weights in its first call
    kernels, weights, biases = _read_weights(network, filters)
    logits = _run(network, images, training=True)
    values = (logits - biases) @ np.linalg.pinv(weights.astype(float))  # before the dense layer
    name = f"The model of `sequential_cnn` with dropout={rate:g}"
    for pool_first in (True, False):
        maps = _forward(images, kernels, True, training=True, pool_first=pool_first)[-1]
        largest = maps.max(axis=(1, 2))
        near = 0.03 * largest.max()
        clear = largest > 3 * near
        zero = np.abs(values) < near
        kept = np.abs(values - largest / (1 - rate)) < near
        if np.all(zero | kept):
            break
    else:
        assert rate == 0, (
            f"{name} drops other values in training; expected dropout of the values between GlobalMaxPooling2D and the "
            "dense layer. Is `Dropout` at that place, with the rate `dropout`?"
        )
        raise AssertionError(
            f"{name} returned other logits with training=True than expected. Is every stage normalised with the mean "
            "and variance of the batch, between the convolution and the ReLU?"
        )
    assert rate or not np.any(zero & clear), f"{name} drops values in training; expected none."
    assert rate == 0 or np.any(zero & clear), (
        f"{name} drops nothing in training. Did you pass dropout to the Dropout layer?"
    )


def _check_maps(result, images, filters):
    _check_pair(result)
    network, maps = result
    _check_cnn(network, filters, "functional_cnn", averages=2 * sum(filters))
    assert isinstance(maps, keras.Model), (
        f"The second value of `functional_cnn` is a {type(maps).__name__}; expected a Keras model."
    )
    stages = maps(images)
    assert isinstance(stages, (list, tuple)) and len(stages) == len(filters), (
        f"`maps` of `functional_cnn` returned a {type(stages).__name__}; expected a list of {len(filters)} outputs, "
        "one for each stage."
    )
    stages = [np.asarray(keras.ops.convert_to_numpy(stage)) for stage in stages]
    expected = _forward(images, _read_weights(network, filters)[0], True)
    for number, (stage, right) in enumerate(zip(stages, expected, strict=True), start=1):
        name = f"Output {number} of `maps` of `functional_cnn({filters})`"
        assert stage.shape == right.shape, (
            f"{name} has the shape {stage.shape}; expected {right.shape}. Did you forget the max-pooling?"
        )
        assert np.all(stage >= 0), (
            f"{name} has negative numbers; expected none. Did you take the maps before the ReLU?"
        )
        assert _is_close(stage, right), (
            f"{name} is not what this stage of `model` returns. Do the two models share their layers?"
        )
    _check_logits(network, images, filters, "functional_cnn")


def _check_network_hidden(rng):
    filters = tuple(int(n) for n in rng.permutation(np.arange(3, 9))[:3])
    images = rng.integers(0, 256, (32, 32, 32, 3)).astype("float32")
    network = sequential_cnn(filters, dropout=0.0)
    _check_cnn(network, filters, "sequential_cnn", averages=2 * sum(filters))
    learned, expected = (
        sum(w.size for w in _arrays(network.trainable_weights)),
        _count_expected(filters),
    )
    assert learned in (expected, expected + sum(filters)), (
        f"`sequential_cnn({filters})` learns {learned} parameters; expected {expected}."
    )
    _check_logits(network, images, filters, "sequential_cnn")
    _check_training(network, images, filters, rate=0)
    _check_training(sequential_cnn(filters, dropout=0.4), images, filters, rate=0.4)
    bare = sequential_cnn(filters, batch_norm=False)
    _check_cnn(bare, filters, "sequential_cnn", averages=0)
    _check_logits(bare, images, filters, "sequential_cnn", normalised=False)
    _check_maps(functional_cnn(filters), images, filters)
    for chosen in (filters, (5,), (2, 3, 5, 7)):
        _check_count(chosen, _count_expected(chosen), _list_count_mistakes(chosen))


_check_network_hidden(np.random.default_rng(hidden_seed()))
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
#   model yourself, it uses the optimizer AdamW with a learning rate of 0.002. (AdamW is Adam that also makes all
#   weights a little smaller at each update.) Networks with batch normalisation learn well with twice this rate;
# - `dense_block(64, batch_norm=True)` from `course_lib.blocks`, for the rival, after a `Flatten` layer;
# - for the full profile: `data.pipeline(x, y, batch_size=128, shuffle=True, map=data.shift_and_flip())` in place of
#   `x, y` shows every image slightly shifted, and sometimes mirrored. (Lab 04 is about this.)
#
# ### Question 7 · `accuracy`
#
# Train a convolutional network `model`, and a network of dense layers `rival` with **at least as many** parameters
# (`count_params()`). Both are trained on `x_train, y_train`, and both are for images with pixels from 0 to 255. The
# accuracy of `model` must be at least **35 %** in the quick profile and **75 %** in the full one. It must also be
# higher than that of `rival` by at least 1 % of all images. This is checked on the validation set, and in the hidden
# test on images that nobody has seen. So train neither on the validation set nor on the test set. The hidden test
# compares the losses: a network that has seen images in training has a clearly lower loss on them than on new ones.
# `rival` must have been trained, too.

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
from course_lib import testing as _testing


def _predict(network, images):
    """Return logits or probabilities, (images, 10)."""
    try:
        shape = tuple(network.input_shape)[1:]  # the images flattened, if it takes them so
    except Exception:  # a model of a student's own class may have none
        shape = (32, 32, 3)
    batches = (images[first : first + 500] for first in range(0, len(images), 500))
    outputs = [network(batch.reshape(-1, *shape).astype("float32")) for batch in batches]
    return np.concatenate([keras.ops.convert_to_numpy(part) for part in outputs])


def _check_networks():
    for network, name in ((model, "model"), (rival, "rival")):
        assert isinstance(network, keras.Model), (
            f"`{name}` is a {type(network).__name__}; expected a Keras model."
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
    # A training changes every bias and every β; in a new network they are all equal.
    shifts = [np.asarray(w) for w in rival.trainable_weights if len(w.shape) == 1]
    assert not shifts or any(np.ptp(shift) > 0 for shift in shifts), (
        "All biases of `rival` have their initial values. Did you train it, too?"
    )


def _check_accuracy(images, labels):
    required = {"quick": 0.35, "full": 0.75}[profile.current()]
    predictions = [_predict(network, images) for network in (model, rival)]
    ours, theirs = (float(np.mean(each.argmax(axis=-1) == labels)) for each in predictions)
    print(
        f"accuracy on {len(labels)} images: `model` {100 * ours:.1f} %, `rival` {100 * theirs:.1f} %"
    )
    _testing.at_least(
        ours, required, "The accuracy of `model`", sd=0.025,
        hint="Did you train for long enough? Does it take pixels from 0 to 255?",
    )  # fmt: skip
    _testing.at_least(
        ours - theirs, 0.01, "The accuracy of `model` minus that of `rival`", sd=0.03,
        hint="Did you train `model` for long enough?",
    )  # fmt: skip
    return predictions[0]


def _load_validation_set():
    (images, labels), _ = data.load("cifar10")
    first, count = (2000, 1000) if profile.current() == "quick" else (int(0.9 * len(labels)), 2000)
    return images[first : first + count], labels[first : first + count, 0]


_check_networks()
_check_accuracy(*_load_validation_set())
### BEGIN HIDDEN TESTS
from course_lib.testing import hidden_seed


def _measure_losses(outputs, labels):
    """Return the loss of each image, from logits or probabilities."""
    if np.all(outputs >= 0) and np.allclose(outputs.sum(axis=-1), 1, atol=1e-3):
        outputs = np.log(np.maximum(outputs, 1e-7))
    outputs = outputs - outputs.max(axis=-1, keepdims=True)
    losses = np.log(np.exp(outputs).sum(axis=-1)) - outputs[np.arange(len(labels)), labels]
    return np.minimum(losses, 3.0)  # so that a few images do not decide


def _check_seen(losses, images, labels, name):
    """Compare the losses of new images with those of images that are not for training."""
    others = _measure_losses(_predict(model, images), labels)
    error = np.sqrt((losses.var() + others.var()) / 2 * (1 / len(losses) + 1 / len(others)))
    _testing.at_most(
        (losses.mean() - others.mean()) / max(error, 1e-9), 4.6,
        f"The loss of `model` on new images minus its loss on {name}, in standard errors,", sd=1.1,
        hint=f"Did you train on {name}, too? Train on x_train, y_train alone.",
    )  # fmt: skip


def _check_accuracy_hidden(seed):
    (images, labels), (tests, their_labels) = data.load("cifar10")
    (more, more_labels), (unseen, true) = data.load("cifar10", seed=seed)
    outputs = _check_accuracy(unseen[:2000], true[:2000, 0])
    losses = _measure_losses(outputs, true[:2000, 0])
    if not np.array_equal(tests, unseen):  # stand-ins: another seed makes other images
        new = _measure_losses(_predict(model, more[:2000]), more_labels[:2000, 0])
        losses = np.concatenate([losses, new])
        _check_seen(losses, tests[:1000], their_labels[:1000, 0], "the test set")
    _check_seen(losses, *_load_validation_set(), "the validation set")


_check_accuracy_hidden(hidden_seed())
### END HIDDEN TESTS

# %% [markdown]
# ## 8 What is it good for? An experiment
#
# You have read what batch normalisation and dropout are said to do. Do not just believe it: test it. An experiment
# changes **one** thing and keeps everything else the same. That is: the images, their order, the optimizer, the number
# of epochs, and, with the help of the seed, the initial weights as far as possible.
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
# `"BN"` (normalisation alone) and `"BN + dropout"` (normalisation, and dropout 0.3). Use the stages `(8, 16, 32)`, the
# training images in `subset`, the validation images in `held_out`, and 6 epochs.
#
# (If your `sequential_cnn` does not pass its check, call `cnn(filters, **settings)` from `course_lib.models` instead: it
# has the same arguments, with dropout 0.3 unless you write `dropout=0.0`.)


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
held_out = x_val[:few], y_val[:few]
### BEGIN SOLUTION
curves = compare(
    {
        "bare": {"batch_norm": False},
        "BN": {},
        "BN + dropout": {"dropout": 0.3},
    },
    filters=(8, 16, 32),
    training=subset,
    validation=held_out,
    epochs=6,
)
### END SOLUTION


# %% tests="experiment"
import numpy as np


def _check_curves(histories, names, epochs, name):
    found = sorted(map(str, histories)) if isinstance(histories, dict) else type(histories).__name__
    assert found == sorted(names), (
        f"{name} is {found}; expected a dictionary with the names {sorted(names)} and one history for each."
    )
    kept = {}
    for variant in names:
        run = getattr(histories[variant], "history", histories[variant])
        assert isinstance(run, dict), (
            f"{name} has a {type(run).__name__} for {variant!r}; expected history.history."
        )
        for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
            assert key in run, (
                f"The history of {variant!r} has no {key}. Did you compile with metrics=['accuracy'], and fit with "
                "validation_data?"
            )
            assert len(run[key]) == epochs, (
                f"The number of epochs in the history of {variant!r} is {len(run[key])}; expected {epochs}. Did you "
                "pass epochs to fit?"
            )
        kept[variant] = {key: np.asarray(run[key], dtype=float) for key in run}
    return kept


def _check_findings():
    runs = _check_curves(curves, ["bare", "BN", "BN + dropout"], 6, "`curves`")
    bare, plain, dropped = (runs[name]["accuracy"] for name in ("bare", "BN", "BN + dropout"))
    _testing.at_least(
        plain.mean() - bare.mean(), 0.02, 'In `curves`, the mean accuracy in training of "BN" minus that of "bare"',
        sd=0.02, hint="Did you pass batch_norm to the network, and are the names right?",
    )  # fmt: skip
    # Not by the gap to the validation accuracy: with enough images there is hardly one.
    _testing.at_least(
        plain.mean() - dropped.mean(), 0.02,
        'In `curves`, the mean accuracy in training of "BN" minus that of "BN + dropout"', sd=0.02,
        hint="Did you pass dropout to the network?",
    )  # fmt: skip
    return runs


_check_findings()
### BEGIN HIDDEN TESTS
from course_lib import data, profile
from course_lib.testing import hidden_seed


def _train_biases(label, count, validation, epochs, batch_size=25, rate=0.004):
    """Return what a network learns from black images of one class: only its last ten biases.

    Whatever its weights are, all that arrives at the last layer is 0. So the losses depend on the optimizer, the
    batches and the epochs alone.
    """
    biases, mean, square, step = np.zeros(10), np.zeros(10), np.zeros(10), 0
    right, history = np.eye(10)[label], {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        total = 0.0
        for start in range(0, count, batch_size):
            shares = np.exp(biases) / np.exp(biases).sum()
            total -= np.log(shares[label]) * min(batch_size, count - start)
            step += 1
            mean = 0.9 * mean + 0.1 * (shares - right)  # Adam
            square = 0.999 * square + 0.001 * (shares - right) ** 2
            size = rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            biases = biases - size * mean / (np.sqrt(square) + 1e-7)
        losses = np.log(np.exp(biases).sum()) - biases
        history["loss"].append(total / count)
        history["val_loss"].append(losses[validation].mean())
        history["val_accuracy"].append(np.mean(validation == label))
    return {key: np.array(values) for key, values in history.items()}


def _check_training_of_compare(rng):
    """On black images, every right `compare` has exactly the same losses."""
    label, count, epochs = int(rng.integers(1, 10)), 60, 3
    validation = np.concatenate(
        [np.full(5, label), rng.permutation(np.delete(np.arange(10), label))]
    )
    histories = compare(
        {"one": {"batch_norm": False}}, (2,),
        (np.zeros((count, 32, 32, 3), "uint8"), np.full(count, label)),
        (np.zeros((len(validation), 32, 32, 3), "uint8"), validation), epochs,
    )  # fmt: skip
    run = _check_curves(histories, ["one"], epochs, "The result of `compare`")["one"]
    wanted = _train_biases(label, count, validation, epochs)
    hints = {
        "Did you train in batches of 25?": {"batch_size": 32},
        "Is the learning rate 0.004?": {"rate": 0.001},
        "Is the learning rate 0.004, and did you train in batches of 25?": {
            "batch_size": 32,
            "rate": 0.001,
        },
        "Did you train in one batch?": {"batch_size": 60},
    }
    others = {
        hint: _train_biases(label, count, validation, epochs, **how) for hint, how in hints.items()
    }
    for key, values in wanted.items():
        _compare(
            run[key], values, f"`compare(…)['one']['{key}']`, for black images of one class,",
            mistakes={hint: other[key] for hint, other in others.items()}, rtol=1e-4, atol=1e-5,
        )  # fmt: skip


_VARIANTS = {"BN + dropout": {"dropout": 0.3}, "BN": {}}


def _check_variants(runs):
    """The first epoch of each variant, trained again, must be as in `curves`."""
    (images, labels), _ = data.load("cifar10")
    count = 300 if profile.current() == "quick" else 4000
    subset = images[:count], labels[:count, 0]
    held_out = images[-50:], labels[-50:, 0]
    again = compare(_VARIANTS, (8, 16, 32), subset, held_out, 1)
    again = _check_curves(again, list(_VARIANTS), 1, "The result of `compare`")
    for name, how in _VARIANTS.items():
        given, right = runs[name]["loss"][0], again[name]["loss"][0]
        assert abs(given - right) < 1e-3 * right, (
            f"In `curves`, {name!r} begins with a loss of {given:.4f}; `compare` with the arguments {how} of "
            f"`sequential_cnn` begins with {right:.4f}. Does {name!r} have these arguments, did you train on `subset`, "
            "and do you set the seed and build a new network before each training?"
        )
    bare, plain = runs["bare"]["loss"], runs["BN"]["loss"]
    assert not np.allclose(bare, plain, rtol=1e-3), (
        'In `curves`, "bare" and "BN" have the same losses. Did you pass batch_norm to the network?'
    )


_check_training_of_compare(np.random.default_rng(hidden_seed()))
_check_variants(_check_findings())
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
# variation from seed to seed. With only 300 validation images, the accuracy has a standard error of about three
# percentage points.
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
# short to change them much. What the later layers made of their output must have been enough. (The figures below need
# the layers of `model` one by one. If yours is a class of your own, or has models inside, they show a network of
# `course_lib` instead, trained for the figures.)

# %%
from course_lib.models import cnn
from course_lib.training import fit

seen = model
if not any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers):
    seen = cnn((8, 16, 32, 64), dropout=0.2)
    fit(seen, x_train, y_train, epochs=7, batch_size=32)
first = next(layer for layer in seen.layers if isinstance(layer, keras.layers.Conv2D))
figures.filters(keras.ops.convert_to_numpy(first.kernel))

# %% [markdown]
# Filters of later layers take many channels as input and cannot be shown as images. But their feature maps can. The
# figure shows the last layer of each size, with eight of its maps. A map is yellow where the pattern of the filter is
# strong, and dark blue where it is weak. (A border of another colour comes from the zero padding.)

# %%
by_size = {layer.output.shape[1]: layer for layer in seen.layers if len(layer.output.shape) == 4}
inside = keras.Model(seen.inputs[0], [layer.output for layer in by_size.values()])
one = x_test[4:5]
figures.feature_maps(
    one[0],
    {
        f"layer {seen.layers.index(layer) + 1}": keras.ops.convert_to_numpy(maps)[0]
        for layer, maps in zip(by_size.values(), inside(one), strict=True)
    },
)

# %% [markdown]
# **Grad-CAM** shows *where* (Selvaraju et al. 2017). The gradient of the logit of a class says how much each map counts
# for this class. The maps, weighted by this, show where the evidence lies. The network sees its evidence where the map
# is bright, but only roughly: the maps have only a few positions along a side. (Where everything is dark, more speaks
# against the class than for it, everywhere.) Does the network look at the object itself, or at something that happens
# to be beside it?

# %%
from course_lib.models import grad_cam

outputs = seen.predict(x_test[:2000], batch_size=500, verbose=0)
is_softmax = np.all(outputs >= 0) and np.allclose(outputs.sum(axis=-1), 1, atol=1e-3)
probabilities = outputs if is_softmax else keras.ops.convert_to_numpy(keras.ops.softmax(outputs))
predictions, confidence = probabilities.argmax(axis=-1), probabilities.max(axis=-1)
surest = [
    np.flatnonzero(predictions == n)[np.argmax(confidence[predictions == n])]
    for n in set(predictions)
][:8]
figures.heat_maps(
    x_test[surest],
    grad_cam(seen, x_test[surest]),
    [f"{classes[y_test[n]]}\n→ {classes[predictions[n]]}" for n in surest],
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
# C. Szegedy, *Batch normalization*, ICML 2015, §3 and algorithm 1 · S. Santurkar et al., *How does batch normalization
# help optimization?*, NeurIPS 2018, §2 and §3 · N. Srivastava et al., *Dropout*, JMLR 15, 2014, §4
# and §10 · R. Selvaraju et al., *Grad-CAM*, ICCV 2017, §3 · A. Howard et al., *MobileNets*, arXiv:1704.04861, 2017, §3.1
# · I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, chapter 9, deeplearningbook.org. The text of
# this lab is licensed CC BY 4.0, its code MIT.
