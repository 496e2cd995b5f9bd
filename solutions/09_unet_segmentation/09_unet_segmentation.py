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
# # A label for every pixel
#
# Where does one cell end, and where does the next one begin? A classifier answers with one label for
# the whole image. In this lab a network answers for every pixel. You build U-Net (Ronneberger,
# Fischer & Brox 2015), train it on a few hundred images, take its most important part away to see
# what it does, and count cells that touch. The same kind of network finds tumours in scans and
# roofs in satellite images.
#
# **You will learn**
#
# - how to measure a segmentation, and why accuracy misleads;
# - transposed convolutions by hand, and why they leave a checkerboard;
# - the blocks of U-Net, the paper's network counted by formula, and a small one that you train;
# - per-pixel cross-entropy, the Dice loss, class weights and the paper's border weights;
# - what the skip connections bring, measured where it matters: at borders.
#
# **You need** Lab 02 (convolutions) and Lab 08 (encoder and decoder).
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | training images | IoU of the cells | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 300 | 0.88–0.94 | 10–20 s on 2 cores |
# | full | default on a GPU | 1,500 | 0.93–0.97 | 2–6 min on 2 cores |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from scipy import ndimage

from course_lib import data, figures, profile
from course_lib.training import fit

keras.utils.set_random_seed(1)
QUICK = profile.current() == "quick"
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# The images show cells under a microscope, drawn in memory: bright blobs of different brightness, in
# uneven light, with noise. Most cells touch another one. Every pixel has a number: 0 for background,
# 1, 2, … for the cells of the image. Where two cells touch, a thin line of pixels is labelled as
# background, so that the cells stay apart. For the network there are only two classes:
# background 0 and cell 1. A **mask** holds the class of every pixel.
#
# The grey levels, 0 to 255, are scaled to -1 … 1.


# %%
def prepare(images):
    """Return images (n, height, width, 1) with grey levels from -1 to 1."""
    return images.astype("float32") / 127.5 - 1


(x_train, cells_train), (x_test, cells_test) = data.segmentation("cells")
y_train, y_test = (cells_train > 0).astype("int32"), (cells_test > 0).astype("int32")
x_train, x_test = prepare(x_train), prepare(x_test)
print("training set", x_train.shape, "· masks", y_train.shape, "· test set", x_test.shape)
print(f"{y_train.mean():.0%} of the pixels belong to cells")
figures.mask_overlays(
    x_test[:6], y_test[:6], {"cells": y_test[:6]}, "Cells touch, and a thin line separates them"
)

# %% [markdown]
# ## 1 How good is a mask?
#
# Compare two masks, the truth $T$ and a prediction $P$. **Pixel accuracy** is the fraction of pixels
# with the right class. It misleads when one class is rare. On images with 1 % of tumour, an
# all-background prediction is 99 % accurate and useless.
#
# Two measures look at one class at a time. **Intersection over union** (IoU, the Jaccard index)
# divides the number of pixels that both masks give to a class by the number of pixels that at least
# one of them does. The **Dice score** divides by the mean of the two numbers of pixels instead. With
# the sets $T_c$ and $P_c$ of the pixels of class $c$:
#
# $$\text{IoU}_c = \frac{|T_c \cap P_c|}{|T_c \cup P_c|} \qquad\qquad
# \text{Dice}_c = \frac{2\,|T_c \cap P_c|}{|T_c| + |P_c|}$$
#
# If a class is in neither mask, both are 0/0. Papers treat this case differently. Here it counts as
# **1**: the prediction is right to leave the class out.
#
# ### Question 1 · `measures`
#
# `truth` and `predicted` are arrays of integers of the same shape, such as `(n, height, width)`. All
# pixels count together, whatever image they are from.
#
# 1. `pixel_accuracy(truth, predicted)` returns one number.
# 2. `iou(truth, predicted, classes)` returns the IoU of each class, `(classes,)`.
# 3. `dice(truth, predicted, classes)` returns the Dice score of each class, `(classes,)`.


# %% solution="measures"
def pixel_accuracy(truth, predicted):
    """Return the fraction of pixels with the right class."""
    ### BEGIN SOLUTION
    return np.mean(truth == predicted)
    ### END SOLUTION


def iou(truth, predicted, classes):
    """Return the intersection over union of each class, (classes,); 1 for a class in neither."""
    ### BEGIN SOLUTION
    scores = np.ones(classes)
    for c in range(classes):
        union = np.sum((truth == c) | (predicted == c))
        if union:
            scores[c] = np.sum((truth == c) & (predicted == c)) / union
    return scores
    ### END SOLUTION


def dice(truth, predicted, classes):
    """Return the Dice score of each class, (classes,); 1 for a class in neither mask."""
    ### BEGIN SOLUTION
    scores = np.ones(classes)
    for c in range(classes):
        total = np.sum(truth == c) + np.sum(predicted == c)
        if total:
            scores[c] = 2 * np.sum((truth == c) & (predicted == c)) / total
    return scores
    ### END SOLUTION


# %% tests="measures"
import numpy as np

from course_lib import testing as _testing


def _count_pixels(truth, predicted, classes):
    """Return |T_c|, |P_c| and the size of their intersection for each class, (3, classes)."""
    return np.array(
        [
            [np.sum(truth == c), np.sum(predicted == c), np.sum((truth == c) & (predicted == c))]
            for c in range(classes)
        ],
        dtype=float,
    ).T


def _divide(above, below, empty):
    return np.where(below > 0, above / np.maximum(below, 1e-9), empty)


def _check_measures(truth, predicted, classes):
    t, p, both = _count_pixels(truth, predicted, classes)
    _testing.near(
        pixel_accuracy(truth.copy(), predicted.copy()),
        np.mean(truth == predicted),
        "`pixel_accuracy`",
        mistakes={
            "Is this the number of pixels? Divide by all pixels.": np.sum(truth == predicted),
            "Is this the fraction of wrong pixels?": np.mean(truth != predicted),
        },
    )
    union = t + p - both
    right_iou, right_dice = _divide(both, union, 1), _divide(2 * both, t + p, 1)
    empty = "What does a class score that is in neither mask? Expected: 1."
    absent = "Did you take 1 for a class that only the prediction has? Its intersection is 0."
    _testing.near(
        iou(truth.copy(), predicted.copy(), classes),
        right_iou,
        "`iou`",
        mistakes={
            empty: _divide(both, union, 0),
            f"{empty} (0/0 is NaN.)": _divide(both, union, np.nan),
            absent: np.where(t > 0, right_iou, 1),
            "Is this the Dice score?": right_dice,
            "Did you count the intersection twice? The union is |T| + |P| - |T ∩ P|.": (
                _divide(both, t + p, 1)
            ),
            "Did you divide by the pixels of the truth? Divide by the union.": _divide(both, t, 1),
            "Did you divide by the pixels of the prediction? Divide by the union.": (
                _divide(both, p, 1)
            ),
            "Did you divide by the number of all pixels? Divide by the union.": both / truth.size,
        },
    )
    _testing.near(
        dice(truth.copy(), predicted.copy(), classes),
        right_dice,
        "`dice`",
        mistakes={
            empty: _divide(2 * both, t + p, 0),
            f"{empty} (0/0 is NaN.)": _divide(2 * both, t + p, np.nan),
            absent: np.where(t > 0, right_dice, 1),
            "Is this the IoU?": right_iou,
            "Did you forget the factor of 2?": _divide(both, t + p, 1),
            "Did you divide by the union? Divide by |T| + |P|.": _divide(2 * both, union, 1),
        },
    )


# expected: accuracy 0.5; IoU 0.25, 0.6667, 0, 1; Dice 0.4, 0.8, 0, 1 (class 3 is in neither mask)
_check_measures(np.array([[0, 0, 0], [1, 1, 2]]), np.array([[0, 1, 2], [1, 1, 0]]), 4)
_check_measures(np.array([[0, 0]]), np.array([[0, 1]]), 2)  # expected: 0.5; 0.5, 0; 0.6667, 0
### BEGIN HIDDEN TESTS


def _check_measures_hidden(rng):
    for shape, classes in (((3, 7, 5), 4), ((40,), 3), ((2, 6, 6, 2), 5)):
        truth = rng.choice(classes - 1, shape, p=None)
        predicted = np.where(rng.random(shape) < 0.6, truth, rng.choice(classes - 1, shape))
        _check_measures(truth, predicted, classes)  # the last class is in neither
    _check_measures(truth, np.where(truth == 1, 0, truth), 4)  # class 1 is missed altogether
    _check_measures(np.where(truth == 1, 0, truth), truth, 4)  # only the prediction has class 1


_check_measures_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
background = np.zeros_like(y_test)
print(
    f"all background: accuracy {pixel_accuracy(y_test, background):.2f}, "
    f"IoU of the cells {iou(y_test, background, 2)[1]:.2f}"
)
print("a true mask, moved by some pixels to the right:")
for pixels in (1, 2, 4):
    moved = np.pad(y_test, ((0, 0), (0, 0), (pixels, 0)))[:, :, :-pixels]
    print(
        f"  {pixels} pixels: accuracy {pixel_accuracy(y_test, moved):.2f}, "
        f"IoU {iou(y_test, moved, 2)[1]:.2f}, Dice {dice(y_test, moved, 2)[1]:.2f}"
    )

# %% [markdown]
# Accuracy is high for a prediction without a single cell. And Dice is never lower than IoU:
# $\text{Dice} = 2\,\text{IoU} / (1 + \text{IoU})$. So don't compare the IoU of one paper with the
# Dice score of another.
#
# ## 2 Up again
#
# Pooling makes an image small, so that a filter of 3 × 3 sees much of it. For a label at every
# pixel, the network has to become large again. A **transposed convolution** does it, with weights
# that are learnt (Dumoulin & Visin 2016, chapter 4). A convolution collects a window of the input into one
# output pixel. A transposed convolution does the reverse: every input pixel writes a window into the
# output, its value times the kernel. Windows start `stride` pixels apart. Where they overlap, their
# values are **added**.
#
# Let an input side have $n$ pixels and the kernel $k$, and let the stride $s$ be at most $k$.
#
# - `padding="valid"`: all windows are kept, the last one starts at $(n - 1)\,s$. The output side is
#   for you to find.
# - `padding="same"`: the output side is $n\,s$. What is too much is cut off, half of it at each end.
#   If it is an odd number, one pixel more is cut off at the **end** (at the bottom and on the right).
#
# ### Question 2 · `going_up`
#
# 1. `up_size(size, kernel, stride, padding)`: the output side as an integer.
# 2. `transposed_convolution(x, kernel, stride, padding)`, in NumPy. `x` is
#    `(height, width, channels)`, `kernel` is `(k, k, filters, channels)`, the order that
#    `Conv2DTranspose` uses, and the result is `(new height, new width, filters)`. There is no bias.
#
# <details><summary>Hint 1</summary>
#
# Begin with an array of zeros of the size that "valid" needs. Two loops over the pixels of `x` are
# enough. Cut off at the end, once.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The window of one pixel: `kernel @ x[i, j]`, of shape (k, k, filters). Where does it start in the
# output?
#
# </details>


# %% solution="going_up"
def up_size(size, kernel, stride, padding):
    """Return the output side of a transposed convolution; padding: "valid" or "same"."""
    ### BEGIN SOLUTION
    return size * stride if padding == "same" else (size - 1) * stride + kernel
    ### END SOLUTION


def transposed_convolution(x, kernel, stride, padding):
    """Apply a kernel (k, k, filters, channels) to x (height, width, channels)."""
    ### BEGIN SOLUTION
    k = len(kernel)
    height, width = (up_size(side, k, stride, "valid") for side in x.shape[:2])
    y = np.zeros((height, width, kernel.shape[2]))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            top, left = i * stride, j * stride
            y[top : top + k, left : left + k] += kernel @ x[i, j]
    if padding == "same":
        start = (k - stride) // 2
        height, width = x.shape[0] * stride, x.shape[1] * stride
        y = y[start : start + height, start : start + width]
    return y
    ### END SOLUTION


# %% tests="going_up"
import numpy as np

from course_lib import testing as _testing


def _spread(x, kernel, stride, padding, add=True, early=False):
    """Apply a transposed convolution, or a mistaken one."""
    k, (height, width) = len(kernel), x.shape[:2]
    y = np.zeros(((height - 1) * stride + k, (width - 1) * stride + k, kernel.shape[2]))
    for i in range(height):
        for j in range(width):
            window = y[i * stride : i * stride + k, j * stride : j * stride + k]
            window[:] = (window if add else 0) + np.einsum("abfc,c->abf", kernel, x[i, j])
    if padding == "valid":
        return y
    start = (k - stride + early) // 2
    return y[start : start + height * stride, start : start + width * stride]


def _check_up_size(size, kernel, stride):
    for padding in ("valid", "same"):
        right = size * stride if padding == "same" else (size - 1) * stride + kernel
        given = up_size(size, kernel, stride, padding)
        name = f'`up_size({size}, {kernel}, {stride}, "{padding}")`'
        _testing.near(
            given,
            right,
            name,
            mistakes={
                "Did you swap the two paddings?": (
                    (size - 1) * stride + kernel if padding == "same" else size * stride
                ),
                "Where does the last window start? At (n - 1) · s.": size * stride + kernel,
                "Is this the output side of a convolution? This one makes the image larger.": (
                    (size - kernel) // stride + 1
                ),
            },
        )


def _check_transposed(x, kernel, stride):
    for padding in ("valid", "same"):
        right = _spread(x, kernel, stride, padding)
        name = f'`transposed_convolution` (kernel {len(kernel)}, stride {stride}, "{padding}")'
        flipped = kernel[::-1, ::-1]
        mistakes = {
            "Did you replace what other windows had written? Add where windows overlap.": (
                _spread(x, kernel, stride, padding, add=False)
            ),
            "Did you flip the kernel? Write it as it is.": _spread(x, flipped, stride, padding),
            "Did you swap its rows and columns?": (
                _spread(x, kernel.swapaxes(0, 1), stride, padding)
            ),
        }
        if padding == "same":
            late = _spread(x, kernel, stride, padding, early=True)
            mistakes["Is one pixel more cut off at the start? Cut it off at the end."] = late
            first = _spread(x, kernel, stride, "valid")
            first = first[: right.shape[0], : right.shape[1]]
            mistakes["Did you cut off at the end only? Half of it goes at each end."] = first
        given = transposed_convolution(x.copy(), kernel.copy(), stride, padding)
        _testing.near(given, right, name, rtol=1e-3, atol=1e-4, mistakes=mistakes)


def _check_going_up():
    for size, kernel, stride in ((4, 3, 2), (5, 2, 2), (6, 5, 1), (3, 4, 3)):
        _check_up_size(size, kernel, stride)
    # One channel, one filter: 1 and 2, kernel 3, stride 2. The windows overlap in one column.
    # expected, "valid", each row: 1, 2, 5, 4, 6
    kernel = np.tile(np.array([1.0, 2, 3]), (3, 1)).reshape(3, 3, 1, 1)
    _check_transposed(np.array([[1.0, 2.0]]).reshape(1, 2, 1), kernel, 2)


_check_going_up()
### BEGIN HIDDEN TESTS


def _check_going_up_hidden(rng):
    for _ in range(6):
        stride = int(rng.integers(1, 5))
        _check_up_size(int(rng.integers(3, 40)), int(rng.integers(stride, 9)), stride)
    for k, stride in ((3, 2), (4, 2), (2, 2), (5, 2), (3, 1), (4, 3), (3, 3)):
        x = rng.normal(size=(3, 5, 2))
        _check_transposed(x, rng.normal(size=(k, k, 4, 2)), stride)


_check_going_up_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# It computes what Keras does, with the weights copied. And it has a weakness. Apply it to an image of
# ones, with a kernel of ones: how many windows reach each pixel?

# %%
layer = keras.layers.Conv2DTranspose(3, 4, strides=2, padding="same", use_bias=False)
some = np.random.default_rng(0).normal(size=(5, 7, 2)).astype("float32")
with_keras = ops.convert_to_numpy(layer(some[None]))[0]
by_hand = transposed_convolution(some, ops.convert_to_numpy(layer.kernel), 2, "same")
print(f"largest difference from Keras: {np.abs(with_keras - by_hand).max():.1e}")

ones, nearest = np.ones((6, 6, 1)), np.ones((12, 12, 1))
grids = {
    f"kernel {k}\nstride 2": transposed_convolution(ones, np.ones((k, k, 1, 1)), 2, "valid")
    for k in (3, 4, 2)
}
grids["nearest, then\nconvolution"] = transposed_convolution(
    nearest, np.ones((3, 3, 1, 1)), 1, "valid"
)
figures.image_grid(
    np.stack([grid[2:11, 2:11, 0] / grid.max() for grid in grids.values()]),
    list(grids),
    title="A kernel that the stride does not divide leaves a checkerboard",
    columns=4,
)

# %% [markdown]
# With kernel 3 and stride 2, windows overlap in every second row and column, so some pixels get four
# times as much as others (Odena, Dumoulin & Olah 2016). Two ways out: a kernel size that the stride
# divides, as in U-Net (2 and 2), or nearest-neighbour upsampling followed by an ordinary convolution.
#
# ## 3 Two blocks
#
# U-Net has the shape of its name. An encoder goes down: blocks of two convolutions, then
# max-pooling. A decoder goes up again: transposed convolutions. What the encoder saw at each
# size, *before* it was pooled, goes straight across to the decoder. This is a **skip connection**.
# The decoder knows from below *what* there is, and from the skip connection *where* exactly.
#
# ### Question 3 · `blocks`
#
# Both functions take and return symbolic tensors: they have a shape but no values, and Keras layers
# pass them on. `as_model` (below) turns a block into a model. All convolutions are 3 × 3 with
# `padding="same"` and ReLU.
#
# 1. `encoder_block(x, filters)`: two convolutions with `filters` filters; then max-pooling 2 × 2.
#    Return `skip, pooled`: what is before the pooling, and what is after it.
# 2. `decoder_block(x, skip, filters)`: a transposed convolution (`Conv2DTranspose`) with `filters`
#    filters, kernel 2 and stride 2, without an activation. Concatenate `skip` and its output, `skip`
#    **first**. Then two convolutions with `filters` filters. Return the result.
#
# <details><summary>Hint 1, decoder_block</summary>
#
# `keras.layers.Concatenate()` takes a list of tensors, in the order of the channels that you want.
# They need the same height and width: so `x` has to go up first.
#
# </details>


# %%
def as_model(block, shapes, *settings):
    """Turn a function of symbolic tensors, block(*inputs, *settings), into a Keras model."""
    inputs = [keras.Input(tuple(shape)) for shape in shapes]
    outputs = block(*inputs, *settings)
    name = getattr(block, "__name__", "block")
    assert outputs is not None, f"`{name}` returned None. Did you forget `return`?"
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs)


# %% solution="blocks"
def encoder_block(x, filters):
    """Return (skip, pooled) for x (batch, height, width, channels)."""
    ### BEGIN SOLUTION
    for _ in range(2):
        x = keras.layers.Conv2D(
            filters, 3, padding="same", activation="relu", kernel_initializer="he_normal"
        )(x)
    return x, keras.layers.MaxPooling2D(2)(x)
    ### END SOLUTION


def decoder_block(x, skip, filters):
    """Return maps (batch, 2 · height, 2 · width, filters) for x (batch, height, width, channels)."""
    ### BEGIN SOLUTION
    x = keras.layers.Conv2DTranspose(filters, 2, strides=2)(x)
    x = keras.layers.Concatenate()([skip, x])
    for _ in range(2):
        x = keras.layers.Conv2D(
            filters, 3, padding="same", activation="relu", kernel_initializer="he_normal"
        )(x)
    return x
    ### END SOLUTION


# %% tests="blocks"
import keras
import numpy as np
import tensorflow as tf

from course_lib import testing as _testing


def _build(function, name, *arguments):
    """Call a function that returns a Keras model; say in one sentence why it stopped."""
    try:
        model = function(*arguments)
    except (NotImplementedError, AssertionError):
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise AssertionError(f"{name} stopped with {type(error).__name__}: {reason}") from error
    assert model is not None, f"{name} returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"{name} returned a {type(model).__name__}; expected a Keras model."
    )
    return model


def _outputs_of(model, x, name):
    """Return the outputs of a model as a list of arrays."""
    try:
        outputs = model(x)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise AssertionError(
            f"{name} does not accept an input of shape {np.shape(x)}: {reason}"
        ) from error
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    return [np.asarray(values, "float64") for values in outputs]


def _draw_weights(model, rng):
    """Give a model random weights, biases too; return the pairs (kernel, bias) in order."""
    drawn = []
    for weight in model.get_weights():
        fan_in = max(1, int(np.prod(np.shape(weight)[:-1])))
        spread = np.sqrt(2 / fan_in) if np.ndim(weight) > 1 else 0.2
        drawn.append(rng.normal(0, spread, np.shape(weight)).astype("float32"))
    model.set_weights(drawn)
    kernels = [n for n, weight in enumerate(drawn) if weight.ndim > 1]
    return [(drawn[n], drawn[n + 1] if n + 1 < len(drawn) else None) for n in kernels]


def _check_kernels(model, wanted, name, hint):
    """Check the shapes of kernels and biases, in any order."""
    shapes = [tuple(np.shape(weight)) for weight in model.get_weights()]
    kernels = sorted(shape for shape in shapes if len(shape) > 1)
    assert kernels == sorted(wanted), (
        f"{name} has kernels of shapes {kernels}; expected {sorted(wanted)}. {hint}".rstrip()
    )
    assert len(shapes) == 2 * len(wanted), (
        f"{name} has {len(shapes) - len(kernels)} other weights than kernels; expected {len(wanted)} "
        "biases, one vector for each kernel."
    )


def _convolve(x, pair, relu=True):
    y = tf.nn.conv2d(x, pair[0].astype("float64"), 1, "SAME").numpy() + pair[1]
    return np.maximum(y, 0) if relu else y


def _double(x, pair, relu=False):
    kernel = pair[0].astype("float64")
    shape = (len(x), 2 * x.shape[1], 2 * x.shape[2], kernel.shape[2])
    y = tf.nn.conv2d_transpose(x, kernel, shape, 2, "VALID").numpy() + pair[1]
    return np.maximum(y, 0) if relu else y


def _halve(x, take=np.max):
    return take(x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2, -1), axis=(2, 4))


def _apply_encoder(x, first, second, one=True, two=True, take=np.max):
    """Apply an encoder block; one, two: whether the convolutions have a ReLU."""
    skip = _convolve(_convolve(x, first, one), second, two)
    return skip, _halve(skip, take)


def _apply_decoder(x, skip, up, first, second, one=True, two=True, raised=False, skip_first=True):
    """Apply a decoder block; raised: whether the transposed convolution has a ReLU."""
    x = _double(x, up, raised)
    if skip is not None:
        x = np.concatenate([skip, x] if skip_first else [x, skip], axis=-1)
    return _convolve(_convolve(x, first, one), second, two)


def _start_encoder(rng, shape, filters):
    """Return an encoder block's outputs for random weights, and a function that computes them."""
    name = f"`encoder_block(x, {filters})`"
    model = _build(as_model, name, encoder_block, [shape], filters)
    wanted = [(3, 3, shape[-1], filters), (3, 3, filters, filters)]
    _check_kernels(model, wanted, name, "Are there two convolutions of 3 × 3?")
    pairs = {pair[0].shape: pair for pair in _draw_weights(model, rng)}
    x = rng.normal(size=(2, *shape)).astype("float32")

    def compute(**change):
        return _apply_encoder(x.astype("float64"), *(pairs[one] for one in wanted), **change)

    return name, _outputs_of(model, x, name), compute


def _check_encoder(rng, shape, filters):
    name, outputs, compute = _start_encoder(rng, shape, filters)
    assert len(outputs) == 2, (
        f"{name} returned {len(outputs)} tensor; expected two, `skip, pooled`."
    )
    skip, pooled = compute()
    shapes = [tuple(values.shape) for values in outputs]
    hint = "Did you take `skip` after the pooling? Take it before."
    if shapes == [pooled.shape, skip.shape]:
        hint = "Did you swap them? `skip` comes first."
    assert shapes == [skip.shape, pooled.shape], (
        f"{name} returned tensors of shapes {shapes[0]} and {shapes[1]}; expected {skip.shape} and "
        f"{pooled.shape}. {hint}"
    )
    relus = "Did you forget the ReLU of the"
    mistakes = {
        f"{relus} first convolution?": compute(one=False)[0],
        f"{relus} second convolution?": compute(two=False)[0],
        f"{relus} convolutions?": compute(one=False, two=False)[0],
    }
    close = {"rtol": 1e-3, "atol": 1e-3}
    _testing.near(outputs[0], skip, f"{name}, as `skip`,", **close, mistakes=mistakes)
    average = {"Did you use average pooling? Use max-pooling.": compute(take=np.mean)[1]}
    _testing.near(outputs[1], pooled, f"{name}, as `pooled`,", **close, mistakes=average)


def _start_decoder(rng, shape, maps, filters):
    """Return a decoder block's outputs for random weights, and a function that computes them."""
    name = f"`decoder_block(x, skip, {filters})`"
    large = (2 * shape[0], 2 * shape[1], maps)
    model = _build(as_model, name, decoder_block, [shape, large], filters)
    wanted = [
        (2, 2, filters, shape[-1]),
        (3, 3, maps + filters, filters),
        (3, 3, filters, filters),
    ]
    hint = f"Are {maps} + {filters} maps concatenated before the two convolutions?"
    _check_kernels(model, wanted, name, hint)
    pairs = {pair[0].shape: pair for pair in _draw_weights(model, rng)}
    x = rng.normal(size=(2, *shape)).astype("float32")
    skip = rng.normal(size=(2, *large)).astype("float32")

    def compute(**change):
        inputs = x.astype("float64"), skip.astype("float64")
        return _apply_decoder(*inputs, *(pairs[one] for one in wanted), **change)

    return name, _outputs_of(model, [x, skip], name)[0], compute


def _check_decoder(rng, shape, maps, filters):
    name, given, compute = _start_decoder(rng, shape, maps, filters)
    _testing.near(
        given,
        compute(),
        name,
        rtol=1e-3,
        atol=1e-3,
        mistakes={
            "Did you concatenate in the other order? `skip` comes first.": compute(
                skip_first=False
            ),
            "Has the transposed convolution an activation? Leave it out.": compute(raised=True),
            "Did you forget the ReLU of the first convolution?": compute(one=False),
            "Did you forget the ReLU of the second convolution?": compute(two=False),
            "Did you forget the ReLU of the convolutions?": compute(one=False, two=False),
        },
    )


def _check_blocks(rng, height, width):
    _check_encoder(rng, (height, width, 3), 5)
    _check_decoder(rng, (height, width, 4), 3, 5)


_check_blocks(np.random.default_rng(0), 4, 6)
### BEGIN HIDDEN TESTS


def _check_blocks_hidden(rng):
    for height, width in ((8, 4), (2, 10)):
        channels, maps, filters = (rng.permutation(5)[:3] + 2).tolist()
        _check_encoder(rng, (height, width, channels), filters)
        _check_decoder(rng, (height, width, channels), maps, filters)


_check_blocks_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
for block, shapes, filters in (
    (encoder_block, [(48, 48, 1)], 8),
    (decoder_block, [(24, 24, 16), (48, 48, 8)], 8),
):
    built = as_model(block, shapes, filters)
    print(f"{block.__name__}: {shapes} → {built.output_shape}, {built.count_params():,} weights")

# %% [markdown]
# ## 4 U-Net
#
# A U-Net of depth $d$ has $d$ encoder blocks, two more convolutions at the bottom, $d$ decoder
# blocks, and a last convolution of 1 × 1 that computes the logits of the classes for each pixel.
# Each encoder block doubles the number of filters, each decoder block halves it: with $d = 2$ and 8
# filters, 8, 16, at the bottom 32, then 16, 8.
#
# The paper's network has depth 4 and 64 filters, and its convolutions have **no padding**: each
# removes one pixel at every edge, so two of them make a side 4 pixels smaller. Pooling halves a
# side, a transposed convolution doubles it. Skip connections are cropped to fit. So an image of
# 572 × 572 gets labels for its inner 388 × 388 pixels (§2, figure 1), and each label is computed
# from pixels of the image alone. The network that you train pads instead.
#
# ### Question 4 · `unet`
#
# 1. `unpadded_size(size, depth)`: the output side of the network without padding for an image side of
#    `size` pixels. If a side is odd before a pooling, the network does not fit: return `None`.
# 2. `convolution_layers(depth)`: the number of convolutional layers, transposed ones and the last one
#    included. The paper counts 23 for its depth of 4.
# 3. `unet(depth, filters, classes)`: the padded network as a Keras model, from images
#    `(batch, height, width, 1)` to logits `(batch, height, width, classes)`, without a softmax. Every
#    height and width that can be halved `depth` times must work: `keras.Input((None, None, 1))`.
#    You can use your blocks. The convolutions at the bottom are 3 × 3, padded, with ReLU.
#
# <details><summary>Hint 1, unpadded_size</summary>
#
# Go the way of the image, level by level: minus 4, check, halve; minus 4 at the bottom; then double
# and minus 4.
#
# </details>
#
# <details><summary>Hint 2, unet</summary>
#
# Append each `skip` to a list on the way down. On the way up, the last one that you stored is needed
# first.
#
# </details>


# %% solution="unet"
def unpadded_size(size, depth):
    """Return the output side of a U-Net without padding, or None if it does not fit."""
    ### BEGIN SOLUTION
    for _ in range(depth):
        size -= 4
        if size % 2:
            return None
        size //= 2
    size -= 4
    for _ in range(depth):
        size = 2 * size - 4
    return size
    ### END SOLUTION


def convolution_layers(depth):
    """Return the number of convolutional layers of a U-Net, transposed ones included."""
    ### BEGIN SOLUTION
    return 2 * depth + 2 + 3 * depth + 1
    ### END SOLUTION


def unet(depth, filters, classes):
    """Build a padded U-Net, from images (batch, height, width, 1) to logits of each pixel."""
    ### BEGIN SOLUTION
    inputs = x = keras.Input((None, None, 1))
    skips = []
    for level in range(depth):
        skip, x = encoder_block(x, filters * 2**level)
        skips.append(skip)
    for _ in range(2):
        x = keras.layers.Conv2D(
            filters * 2**depth, 3, padding="same", activation="relu", kernel_initializer="he_normal"
        )(x)
    for level in reversed(range(depth)):
        x = decoder_block(x, skips[level], filters * 2**level)
    return keras.Model(inputs, keras.layers.Conv2D(classes, 1)(x))
    ### END SOLUTION


# %% tests="unet"
import itertools

import keras
import numpy as np
import tensorflow as tf

from course_lib import testing as _testing


def _list_kernels(depth, filters, classes, skips=True):
    """Return the kernel shapes of a U-Net in the order in which they are applied."""
    maps = [filters * 2**level for level in range(depth + 1)]
    shapes, before = [], 1
    for now in maps:
        shapes += [(3, 3, before, now), (3, 3, now, now)]
        before = now
    for now in reversed(maps[:-1]):
        joined = 2 * now if skips else now
        shapes += [(2, 2, now, before), (3, 3, joined, now), (3, 3, now, now)]
        before = now
    return [*shapes, (1, 1, before, classes)]


def _apply_unet(x, pairs, depth, relu=True, skips=True, down=None, up=None):
    """Apply a U-Net with these kernels and biases, in the order in which they are applied.

    relu: whether convolutions have a ReLU; down, up: how blocks differ from what was asked for.
    """
    left, kept = list(pairs), []
    down, up = down or {}, up or {}
    if not relu:
        down, up = {"one": False, "two": False}, {"one": False, "two": False}
    for _ in range(depth):
        skip, x = _apply_encoder(x, left.pop(0), left.pop(0), **down)
        kept.append(skip if skips else None)
    x = _convolve(_convolve(x, left.pop(0), relu), left.pop(0), relu)
    for skip in reversed(kept):
        x = _apply_decoder(x, skip, left.pop(0), left.pop(0), left.pop(0), **up)
    return _convolve(x, left.pop(0), False)


def _find_habits():
    """Return how the blocks of question 3 differ from what was asked for, (down, up).

    A mistake there costs its points only once.
    """
    rng = np.random.default_rng(0)
    either = (True, False)
    changes_down = [
        {"one": one, "two": two, "take": take}
        for one, two, take in itertools.product(either, either, (np.max, np.mean))
    ]
    changes_up = [
        {"one": one, "two": two, "raised": raised, "skip_first": first}
        for one, two, raised, first in itertools.product(either, either, either[::-1], either)
    ]
    down = up = None
    try:
        _, given, compute = _start_encoder(rng, (4, 4, 3), 5)
        down = _find_change(given[-1], lambda **change: compute(**change)[1], changes_down)
    except (AssertionError, NotImplementedError):
        pass
    try:
        _, given, compute = _start_decoder(rng, (4, 4, 4), 3, 5)
        up = _find_change(given, compute, changes_up)
    except (AssertionError, NotImplementedError):
        pass
    return down, up


def _find_change(given, compute, changes):
    """Return the first change that leads to what was given, or None."""
    for change in changes:
        right = compute(**change)
        if given.shape == right.shape and np.allclose(given, right, rtol=1e-3, atol=1e-3):
            return change
    return None


def _order_pairs(pairs, shapes):
    """Yield the pairs in the order of the shapes; where several have one shape, in every order."""
    by_shape = {shape: [pair for pair in pairs if pair[0].shape == shape] for shape in shapes}
    names = list(by_shape)
    for orders in itertools.product(*(itertools.permutations(by_shape[name]) for name in names)):
        left = {name: list(order) for name, order in zip(names, orders, strict=True)}
        yield [left[shape].pop(0) for shape in shapes]


def _find_right(given, x, orders, depth, skips, habits):
    """Return the outputs in an order of the layers that leads to what was given, or None."""
    for habit, order in itertools.product(habits, orders):
        right = _apply_unet(x, order, depth, skips=skips, **habit)
        if given.shape == right.shape and np.allclose(given, right, rtol=1e-3, atol=1e-3):
            return right
    return None


def _check_network(function, name, rng, depth, filters, classes, size, skips=True):
    """Compare a network with what its own weights lead to, in any order of its layers."""
    name = f"`{name}({depth}, {filters}, {classes})`"
    model = _build(function, name, depth, filters, classes)
    x = rng.normal(size=(2, *size, 1)).astype("float32")
    _outputs_of(model, x, name)  # a subclassed model has weights only after its first call
    shapes = _list_kernels(depth, filters, classes, skips)
    hint = "Is the number of filters doubled at each level, and halved on the way up?"
    _check_kernels(model, shapes, name, hint if skips else "Did you leave out the concatenation?")
    pairs = _draw_weights(model, rng)
    (given,) = _outputs_of(model, x, name)
    wanted = (2, *size, classes)
    assert given.shape == wanted, (
        f"{name} returned logits of shape {given.shape} for images of shape {x.shape}; "
        f"expected {wanted}."
    )
    x = x.astype("float64")
    orders = list(itertools.islice(_order_pairs(pairs, shapes), 40))
    # Blocks of one's own may concatenate in the other order.
    habits = [{}, {"up": {"skip_first": False}}]
    right = _find_right(given, x, orders, depth, skips, habits)
    if right is None:
        down, up = _find_habits()
        habits = [{"down": down}, {"up": up}, {"down": down, "up": up}]
        right = _find_right(given, x, orders, depth, skips, habits)
    if right is None:
        right = _apply_unet(x, orders[0], depth, skips=skips)
    softmax = np.exp(right) / np.exp(right).sum(axis=-1, keepdims=True)
    _testing.near(
        given,
        right,
        f"{name}, for random weights and images,",
        rtol=1e-3,
        atol=1e-3,
        mistakes={
            "Is there a softmax at the end? Return logits.": softmax,
            "Is there a sigmoid at the end? Return logits.": 1 / (1 + np.exp(-right)),
            "Has the last convolution a ReLU? Return logits.": np.maximum(right, 0),
            "Did you forget the ReLUs?": _apply_unet(x, orders[0], depth, False, skips=skips),
        },
    )


def _follow_size(size, depth, at_bottom=True, odd=None):
    for _ in range(depth):
        size -= 4
        if size % 2:
            return odd
        size //= 2
    size -= 4 * at_bottom
    for _ in range(depth):
        size = 2 * size - 4
    return size


def _check_sizes(size, depth):
    right = _follow_size(size, depth)
    given = unpadded_size(size, depth)
    name = f"`unpadded_size({size}, {depth})`"
    if right is None:
        assert given is None, (
            f"{name} returned {given}; expected None: a side is odd before a pooling."
        )
        return
    _testing.near(
        given,
        right,
        name,
        mistakes={
            "Did you forget the two convolutions at the bottom?": _follow_size(size, depth, False),
            "Is this the size with padding?": size,
        },
    )


def _check_layers(depth):
    _testing.near(
        convolution_layers(depth),
        5 * depth + 3,
        f"`convolution_layers({depth})`",
        mistakes={
            "Did you forget the last convolution?": 5 * depth + 2,
            "Did you forget the transposed convolutions?": 4 * depth + 3,
            "Did you forget the two convolutions at the bottom?": 5 * depth + 1,
        },
    )


def _check_unet():
    _check_sizes(572, 4)  # expected: 388
    _check_sizes(44, 1)  # expected: 28
    _check_sizes(574, 4)  # expected: None (281 pixels before the second pooling)
    _check_layers(4)  # expected: 23
    _check_network(unet, "unet", np.random.default_rng(0), 1, 3, 2, (4, 6))


_check_unet()
### BEGIN HIDDEN TESTS


def _check_unet_hidden(rng):
    for depth in range(1, 6):
        bottom = int(rng.integers(8, 20))
        fits = bottom
        for _ in range(depth):
            fits = 2 * fits + 4
        _check_sizes(fits, depth)
        _check_sizes(fits + int(2 ** rng.integers(0, depth)), depth)
        _check_layers(depth + 2)
    _check_network(unet, "unet", rng, 2, int(rng.integers(2, 5)), 3, (8, 12))
    _check_network(unet, "unet", rng, 3, 2, int(rng.integers(4, 7)), (16, 8))


_check_unet_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
from course_lib.models import unet as published_unet

with keras.StatelessScope(initialize_variables=False):
    paper = published_unet()
print(
    f"the paper's network: {unpadded_size(572, 4)} of 572 pixels get a label, "
    f"{convolution_layers(4)} convolutional layers, {paper.count_params():,} weights"
)
small = unet(3, 8, 2)
print(f"the small one: {convolution_layers(3)} layers, {small.count_params():,} weights")

# %% [markdown]
# ## 5 Losses
#
# A segmentation is a classification of every pixel, so its loss is the **per-pixel cross-entropy**:
# the cross-entropy of each pixel, averaged over all of them. The probabilities $p$ of a pixel come
# from a softmax over the classes. Each pixel can get a weight $w$, which says how much its error counts (equation 1 of the
# paper):
#
# $$E = \frac{1}{N} \sum_{\text{pixels}} w \cdot (-\ln p_{\text{true class}})$$
#
# The **Dice loss** (Milletari et al. 2016) aims at the measure itself. It replaces the predicted set
# by the probabilities $p_c$, and the true one by $t_c$, 1 for pixels of class $c$ and 0 elsewhere:
#
# $$1 - \frac{1}{C} \sum_c \frac{2 \sum t_c\, p_c + 1}{\sum t_c + \sum p_c + 1}$$
#
# The inner sums run over all pixels of the batch. The 1 above and below avoids 0/0 for a class that
# is in neither.
#
# ### Question 5 · `losses`
#
# `y` are the true classes, integers `(batch, height, width)`; `logits` are
# `(batch, height, width, classes)`. Use `ops` or TensorFlow, so that gradients flow to the logits;
# `gradient_of` shows whether they do. Each function returns one number. Logits of ±1000 must not lead
# to infinite values or NaN.
#
# 1. `cross_entropy(y, logits, weights)`, with `weights` `(batch, height, width)`.
# 2. `dice_loss(y, logits)`.
#
# <details><summary>Hint 1, cross_entropy</summary>
#
# The logarithm of a softmax overflows if you compute the two one after the other. `ops.log_softmax`
# computes them together, and `keras.losses.sparse_categorical_crossentropy` has `from_logits=True`.
#
# </details>
#
# <details><summary>Hint 2, dice_loss</summary>
#
# `ops.one_hot(y, classes)` is $t$, of the same shape as the logits. All sums are over the first three
# axes; what is left has the shape (classes,).
#
# </details>


# %%
def gradient_of(loss, y, logits, *others):
    """Return the gradient of a loss with respect to the logits; None if none flows."""
    logits = tf.convert_to_tensor(logits)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(y, logits, *others)
    return tape.gradient(value, logits)


# %% solution="losses"
def cross_entropy(y, logits, weights):
    """Return the weighted mean cross-entropy of all pixels."""
    ### BEGIN SOLUTION
    each = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
    return ops.mean(weights * each)
    ### END SOLUTION


def dice_loss(y, logits):
    """Return 1 minus the mean Dice score of the classes, with probabilities for the prediction."""
    ### BEGIN SOLUTION
    p = ops.softmax(logits, axis=-1)
    t = ops.one_hot(y, logits.shape[-1])
    both = ops.sum(t * p, axis=(0, 1, 2))
    total = ops.sum(t, axis=(0, 1, 2)) + ops.sum(p, axis=(0, 1, 2))
    return 1 - ops.mean((2 * both + 1) / (total + 1))
    ### END SOLUTION


# %% tests="losses"
import numpy as np

from course_lib import testing as _testing


def _log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _dice_score(t, p, axes, smooth=1.0, factor=2.0):
    return (factor * (t * p).sum(axis=axes) + smooth) / (
        t.sum(axis=axes) + p.sum(axis=axes) + smooth
    )


def _slope(function, y, logits, *others):
    """Return the gradient of a loss with respect to the logits by finite differences of right ones."""
    step, result = 1e-5, np.zeros_like(logits)
    for place in np.ndindex(*logits.shape):
        moved = []
        for sign in (1, -1):
            changed = logits.copy()
            changed[place] += sign * step
            moved.append(function(y, changed, *others))
        result[place] = (moved[0] - moved[1]) / (2 * step)
    return result


def _right_cross_entropy(y, logits, weights):
    log_p = np.take_along_axis(_log_softmax(logits), y[..., None], axis=-1)[..., 0]
    return -np.mean(weights * log_p)


def _right_dice_loss(y, logits):
    t = np.eye(logits.shape[-1])[y]
    return 1 - _dice_score(t, np.exp(_log_softmax(logits)), (0, 1, 2)).mean()


def _check_flow(function, right, name, y, logits, *others):
    try:
        given = gradient_of(function, y, logits.astype("float32"), *others)
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        given = None
    assert given is not None, (
        f"No gradient flows through `{name}`. Did you use NumPy? Use `ops`, the NumPy of Keras."
    )
    wanted = _slope(right, y, logits, *others)
    _testing.near(given, wanted, f"The gradient of `{name}`", rtol=1e-2, atol=1e-4)


def _check_cross_entropy(y, logits, weights):
    short = logits.astype("float32"), weights.astype("float32")
    log_p = _log_softmax(logits)
    each = -np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0]
    _testing.near(
        cross_entropy(y.copy(), *short),
        np.mean(weights * each),
        "`cross_entropy`",
        mistakes={
            "Did you forget the weights?": each.mean(),
            "Did you divide by the sum of the weights? Divide by the number of pixels.": (
                np.sum(weights * each) / np.sum(weights)
            ),
            "Is the sign wrong?": -np.mean(weights * each),
            "Did you return the sum? Return the mean over all pixels.": np.sum(weights * each),
            "Did you divide by the number of images? Divide by the number of pixels.": (
                np.sum(weights * each) / len(y)
            ),
        },
    )
    _check_flow(cross_entropy, _right_cross_entropy, "cross_entropy", y, logits, short[1])


def _check_dice_loss(y, logits):
    p, t = np.exp(_log_softmax(logits)), np.eye(logits.shape[-1])[y]
    hard = np.eye(logits.shape[-1])[logits.argmax(axis=-1)]
    axes = (0, 1, 2)
    _testing.near(
        dice_loss(y.copy(), logits.astype("float32")),
        1 - _dice_score(t, p, axes).mean(),
        "`dice_loss`",
        mistakes={
            "Did you forget to subtract from 1?": _dice_score(t, p, axes).mean(),
            "Did you forget the 1 above and below?": 1 - _dice_score(t, p, axes, 0).mean(),
            "Did you forget the factor of 2?": 1 - _dice_score(t, p, axes, 1, 1).mean(),
            "Did you forget the softmax?": 1 - _dice_score(t, logits, axes).mean(),
            "Did you compute the score per image? Sum over all pixels of the batch.": (
                1 - _dice_score(t, p, (1, 2)).mean()
            ),
            "Did you sum over the classes, too? Average the scores of the classes.": (
                1 - _dice_score(t, p, (0, 1, 2, 3))
            ),
            "Did you sum the scores of the classes? Average them.": (
                1 - _dice_score(t, p, axes).sum()
            ),
            "Did you use `argmax`? Use the probabilities.": 1 - _dice_score(t, hard, axes).mean(),
        },
    )
    _check_flow(dice_loss, _right_dice_loss, "dice_loss", y, logits)


def _check_losses():
    y = np.array([[[0, 1]], [[1, 1]]])
    logits = np.array([[[[2.0, 0], [1, 3]]], [[[0, 0], [4, 1]]]])
    weights = np.array([[[1.0, 2]], [[3, 0.5]]])
    _check_cross_entropy(y, logits, weights)  # expected: 0.996130
    _check_dice_loss(y, logits)  # expected: 0.342299


def _check_large_logits():
    y, logits = np.array([[[0, 1]]]), np.array([[[[1000.0, -1000], [1000, -1000]]]])
    right = _right_cross_entropy(y, logits, np.ones((1, 1, 2)))
    given = cross_entropy(y, logits.astype("float32"), np.ones((1, 1, 2), "float32"))
    name = "`cross_entropy` with logits of ±1000"
    assert given is not None and np.isfinite(np.asarray(given, "float64")).all(), (
        f"{name} returned {given}; expected {right:g}. Compute softmax and logarithm together."
    )
    _testing.near(given, right, name, mistakes={"Did you clip the probabilities?": 8.0590})
    _testing.near(
        dice_loss(y, logits.astype("float32")),
        _right_dice_loss(y, logits),
        "`dice_loss` with logits of ±1000",
    )


_check_losses()
_check_large_logits()
### BEGIN HIDDEN TESTS


def _check_losses_hidden(rng):
    for shape, classes in (((3, 2, 4), 3), ((2, 3, 2), 4)):
        y = rng.integers(0, classes - 1, shape)  # the last class is absent
        logits = 2 * rng.normal(size=(*shape, classes))
        _check_cross_entropy(y, logits, rng.uniform(0, 3, shape))
        _check_dice_loss(y, logits)


_check_losses_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
right = ops.one_hot(y_test, 2) * 8.0
guesses = {
    "all background": ops.one_hot(background, 2) * 8.0,
    "fifty-fifty everywhere": ops.zeros_like(right),
    "the true masks": right,
}
even = np.ones(y_test.shape, "float32")
for name, logits in guesses.items():
    print(
        f"{name:>22}: cross-entropy {float(cross_entropy(y_test, logits, even)):.3f}, "
        f"Dice loss {float(dice_loss(y_test, logits)):.3f}"
    )

# %% [markdown]
# ## 6 Weights for borders
#
# The line between two cells is a few pixels wide. A network that ignores it loses almost nothing in
# the mean over all pixels, but two cells become one. So the paper gives pixels between cells a large
# weight (equation 2):
#
# $$w(\mathbf{x}) = w_c(\mathbf{x}) + w_0 \cdot
# \exp\left(-\frac{(d_1(\mathbf{x}) + d_2(\mathbf{x}))^2}{2 \sigma^2}\right)$$
#
# $d_1$ is the distance of the pixel from the nearest cell and $d_2$ that from the second nearest, in
# pixels. The sum is small only between two cells. Here the second term is for pixels of the
# **background** only, and it is 0 in an image with fewer than two cells. The distance from a cell is
# the Euclidean distance from its nearest pixel, as `ndimage.distance_transform_edt(cells != number)`
# returns it for all pixels at once.
#
# The first term, $w_c$, is the **class weight** of the pixel's own class. It makes a rare class count
# as much as a frequent one:
#
# $$w_c = \frac{N}{C \cdot N_c}$$
#
# with $N$ pixels, $C$ classes and $N_c$ pixels of class $c$. A class without a pixel gets 0.
#
# ### Question 6 · `border_weights`
#
# 1. `class_weights(labels, classes)`: the weight of each class, `(classes,)`, for an array of labels
#    of any shape.
# 2. `border_map(cells, weights, w0, sigma)`: the weights $w(\mathbf{x})$ of one image,
#    `(height, width)`. `cells` holds 0 for background and a different number for each cell; numbers
#    may be missing, such as 1, 2, 5. `weights` are the class weights of background and cell, `(2,)`.
#
# <details><summary>Hint 1, border_map</summary>
#
# `np.unique(cells[cells > 0])` lists the numbers. Stack one map of distances for each of them, and
# sort along that axis: the first two are $d_1$ and $d_2$.
#
# </details>


# %% solution="border_weights"
def class_weights(labels, classes):
    """Return a weight for each class, (classes,), so that all count the same; 0 if absent."""
    ### BEGIN SOLUTION
    counts = np.bincount(np.ravel(labels), minlength=classes)
    return np.where(counts > 0, np.size(labels) / (classes * np.maximum(counts, 1)), 0.0)
    ### END SOLUTION


def border_map(cells, weights, w0, sigma):
    """Return the weight of each pixel, (height, width); cells: (height, width), 0 outside."""
    ### BEGIN SOLUTION
    result = np.where(cells > 0, weights[1], weights[0]).astype("float64")
    numbers = np.unique(cells[cells > 0])
    if len(numbers) > 1:
        away = np.sort([ndimage.distance_transform_edt(cells != n) for n in numbers], axis=0)
        result += (cells == 0) * w0 * np.exp(-((away[0] + away[1]) ** 2) / (2 * sigma**2))
    return result
    ### END SOLUTION


# %% tests="border_weights"
import numpy as np
from scipy import ndimage

from course_lib import testing as _testing


def _check_class_weights(labels, classes):
    counts = np.array([np.sum(labels == c) for c in range(classes)], dtype=float)
    share = np.where(counts > 0, labels.size / (classes * np.maximum(counts, 1)), 0)
    inverse = np.where(counts > 0, 1 / np.maximum(counts, 1), 0)
    _testing.near(
        class_weights(labels.copy(), classes),
        share,
        "`class_weights`",
        mistakes={
            "Did you forget to divide by the number of classes?": share * classes,
            "Did you forget N, the number of all pixels?": inverse / classes,
            "Is C the number of classes that occur? It is `classes`.": (
                share * classes / np.sum(counts > 0)
            ),
            "Is this only 1 / N_c?": inverse,
            "Is this the share of each class? Rare classes need large weights.": (
                counts / labels.size
            ),
            "Did you scale the weights to a sum of 1?": share / share.sum(),
            "Which weight has a class without a pixel? Expected: 0.": np.where(
                counts > 0, share, np.inf
            ),
        },
    )


def _distances(cells, numbers):
    """Return the distance of each pixel from each cell, (cells, height, width), sorted."""
    rows, columns = np.indices(cells.shape)
    away = []
    for number in numbers:
        at = np.argwhere(cells == number)
        squares = (rows[..., None] - at[:, 0]) ** 2 + (columns[..., None] - at[:, 1]) ** 2
        away.append(np.sqrt(squares.min(axis=-1)))
    return np.sort(away, axis=0)


def _check_border_map(cells, weights, w0, sigma):
    base = np.where(cells > 0, weights[1], weights[0]).astype(float)
    numbers, outside = np.unique(cells[cells > 0]), cells == 0
    mistakes, right = {}, base
    if len(numbers) > 1:
        d1, d2, *_ = _distances(cells, numbers)

        def bump(distance, where=outside, width=2 * sigma**2):
            return base + where * w0 * np.exp(-(distance**2) / width)

        right = bump(d1 + d2)
        mistakes = {
            "Does the second term count inside cells, too? It is for background only.": (
                bump(d1 + d2, np.ones_like(base))
            ),
            "Did you use the nearest cell only? Add the distance from the second nearest.": bump(
                d1
            ),
            "Did you use the second nearest cell only? Add both distances.": bump(d2),
            "Did you forget the 2 in 2σ²?": bump(d1 + d2, width=sigma**2),
            "Did you forget to square σ?": bump(d1 + d2, width=2 * sigma),
            "Did you square each distance? Square their sum.": bump(np.sqrt(d1**2 + d2**2)),
            "Did you forget the class weights?": right - base,
            "Did you use class weights of 1?": right - base + 1,
            "Did you swap the class weights?": right - base + weights[0] + weights[1] - base,
            "Did you use the farthest cell as the second one?": bump(
                d1 + _distances(cells, numbers)[-1]
            ),
        }
        components, count = ndimage.label(cells)
        if count > 1:
            first, second, *_ = _distances(components, range(1, count + 1))
            hint = "Did you take connected components? Each number is a cell; cells may touch."
            mistakes[hint] = bump(first + second)
    given = border_map(cells.copy(), np.array(weights), w0, sigma)
    count = f"`border_map` for {len(numbers)} cell{'' if len(numbers) == 1 else 's'}"
    _testing.near(given, right, count, rtol=1e-3, atol=1e-4, mistakes=mistakes)


def _check_weights():
    _check_class_weights(np.array([[0, 0, 0, 1], [0, 0, 0, 1]]), 2)  # expected: 0.6667, 2
    _check_class_weights(np.array([0, 0, 2, 2, 2]), 4)  # expected: 0.625, 0, 0.416667, 0
    # One row, two cells: 1 1 0 0 5. Both distances add up to 3 between the cells.
    # expected with w0 = 10 and σ = 2: 2, 2, 0.5 + 3.2465, 0.5 + 3.2465, 2
    _check_border_map(np.array([[1, 1, 0, 0, 5]]), (0.5, 2.0), 10, 2.0)
    _check_border_map(np.array([[0, 0, 3, 0]]), (0.5, 2.0), 10, 2.0)  # expected: 0.5, 0.5, 2, 0.5


_check_weights()
### BEGIN HIDDEN TESTS


def _check_weights_hidden(rng):
    _check_class_weights(rng.integers(0, 3, (4, 6, 5)), 5)
    for shape, numbers in (((11, 16), [2, 3, 7, 9]), ((14, 9), [1, 4]), ((6, 8), [])):
        cells = np.zeros(shape, "uint8")
        for number in numbers:
            top, left = rng.integers(0, shape[0] - 2), rng.integers(0, shape[1] - 2)
            cells[top : top + 3, left : left + 2] = number
        _check_border_map(cells, rng.uniform(0.3, 3, 2), float(rng.uniform(4, 12)), 2.5)
    touching = np.array([[0, 3, 3, 0, 0, 0, 0], [0, 3, 7, 7, 0, 0, 9], [0, 0, 7, 0, 0, 0, 9]])
    _check_border_map(touching, rng.uniform(0.3, 3, 2), float(rng.uniform(4, 12)), 2.5)


_check_weights_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
balance = class_weights(y_train, 2)
maps = np.stack([border_map(cells, balance, w0=10, sigma=2) for cells in cells_train])
maps = (maps / maps.mean()).astype("float32")
print(f"class weights: background {balance[0]:.2f}, cell {balance[1]:.2f}")
figures.pixel_weights(x_train[:6], maps[:6])

# %% [markdown]
# ## 7 Train it
#
# `train` (below) compiles a model with Adam and the per-pixel cross-entropy, and trains it in batches
# of 10. (`fit` from `course_lib.training` does what `model.fit` does, with a learning rate that first
# rises and then falls.) Its weights are all 1, unless you pass a map for each image.
# `predict_masks` returns the class with the largest logit for each pixel.
#
# ### Question 7 · `training`
#
# Build a `unet(3, 8, 2)` and train it on `x_train` and the masks `y_train`. Name the trained network
# `model`. On new images, prepared in the same way, the IoU of its cells must be at least **0.86**.
# You may use `train` or a training of your own.


# %%
EPOCHS = 10 if QUICK else 20


def train(model, x, y, weights=None, epochs=EPOCHS, rate=8e-3):
    """Train a network on images x and masks y; weights: (n, height, width), or None for ones."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
    options = {} if weights is None else {"sample_weight": weights}
    fit(model, x, y, epochs=epochs, batch_size=10, verbose=False, **options)


def predict_masks(model, x):
    """Return the most probable class of each pixel, (n, height, width)."""
    batches = [ops.convert_to_numpy(model(x[n : n + 50])) for n in range(0, len(x), 50)]
    return np.concatenate(batches).argmax(axis=-1)


# %% solution="training"
### BEGIN SOLUTION
model = unet(3, 8, 2)
train(model, x_train, y_train)
### END SOLUTION

# %% tests="training"
import keras
import numpy as np

from course_lib import data as _data
from course_lib import testing as _testing


def _load_cells(seed):
    """Return prepared images and the cells of new images."""
    rng = np.random.default_rng(seed)
    images, cells = _data.cells.SEGMENTATION.generate(150, 48, rng)
    return images.astype("float32") / 127.5 - 1, cells


def _predict(network, x, name):
    """Return the class of each pixel, (n, height, width)."""
    assert isinstance(network, keras.Model), (
        f"`{name}` is a {type(network).__name__}; expected a trained Keras model."
    )
    try:
        logits = np.asarray(network(x))
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise AssertionError(
            f"`{name}` does not accept images of shape {x.shape}: {reason}"
        ) from error
    assert logits.shape == (*x.shape[:3], 2), (
        f"`{name}` returned logits of shape {logits.shape} for images of shape {x.shape}; "
        f"expected {(*x.shape[:3], 2)}."
    )
    return logits.argmax(axis=-1)


def _overlap(truth, predicted):
    return np.sum(truth & predicted) / max(1, np.sum(truth | predicted))


def _check_training(seed):
    x, cells = _load_cells(seed)
    predicted = _predict(model, x, "model") > 0
    score = _overlap(cells > 0, predicted)
    print(f"IoU of the cells on new images: {score:.3f}")
    turned = _overlap(cells > 0, ~predicted)
    _testing.at_least(
        score,
        0.86,
        "The IoU of the cells on new images",
        sd=0.009,
        hint="Did you swap the classes?" if turned > 0.6 else "Did you train it long enough?",
    )


_check_training(1)
### BEGIN HIDDEN TESTS
_check_training(_testing.hidden_seed() % 2**32)
### END HIDDEN TESTS

# %%
found = predict_masks(model, x_test)
print(
    f"accuracy {pixel_accuracy(y_test, found):.3f}, IoU {np.round(iou(y_test, found, 2), 3)}, "
    f"Dice {np.round(dice(y_test, found, 2), 3)} (background, cell)"
)
figures.mask_overlays(
    x_test[:6],
    y_test[:6],
    {"U-Net": found[:6]},
    "What is wrong (red: too much) is near the borders",
)

# %% [markdown]
# ## 8 What do the skip connections bring?
#
# Take them away, and the network is an autoencoder of masks: all it knows about a place has to come
# up through the small images at the bottom. Its IoU is lower. But where? Count only pixels near a
# border of the truth.
#
# ### Question 8 · `skips`
#
# 1. `unet_without_skips(depth, filters, classes)`: as `unet`, but nothing is concatenated. The first
#    convolution of each level on the way up then has `filters` input channels, not twice as many.
# 2. `border_pixels(masks, width)`: `True` for every pixel of masks `(n, height, width)` that has a
#    pixel of **another class** at most `width` rows and `width` columns away, in the same image.
#    (Masks hold integers from 0; what is outside the image does not count.)
# 3. `border_iou(truth, predicted, width)`: the IoU of class 1, counted on the border pixels of
#    `truth` only, over all images together. If neither mask has class 1 there, it is 1.
#
# <details><summary>Hint 1, border_pixels</summary>
#
# A pixel is near a border if the largest and the smallest class around it differ.
# `ndimage.maximum_filter` has an argument `size`, one number for each axis. Which number keeps the
# images of the batch apart?
#
# </details>
#
# <details><summary>Hint 2, border_iou</summary>
#
# `truth[near]` with a Boolean array `near` is a list of pixels. You have a function for the rest.
#
# </details>


# %% solution="skips"
def unet_without_skips(depth, filters, classes):
    """Build a U-Net in which nothing goes across from the encoder to the decoder."""

    ### BEGIN SOLUTION
    def convolve_twice(x, maps):
        for _ in range(2):
            x = keras.layers.Conv2D(
                maps, 3, padding="same", activation="relu", kernel_initializer="he_normal"
            )(x)
        return x

    inputs = x = keras.Input((None, None, 1))
    for level in range(depth):
        _, x = encoder_block(x, filters * 2**level)
    x = convolve_twice(x, filters * 2**depth)
    for level in reversed(range(depth)):
        x = keras.layers.Conv2DTranspose(filters * 2**level, 2, strides=2)(x)
        x = convolve_twice(x, filters * 2**level)
    return keras.Model(inputs, keras.layers.Conv2D(classes, 1)(x))
    ### END SOLUTION


def border_pixels(masks, width):
    """Return where another class is at most `width` rows and columns away, (n, height, width)."""
    ### BEGIN SOLUTION
    size = (1, 2 * width + 1, 2 * width + 1)
    return ndimage.maximum_filter(masks, size) != ndimage.minimum_filter(masks, size)
    ### END SOLUTION


def border_iou(truth, predicted, width):
    """Return the IoU of class 1 on the border pixels of truth (n, height, width)."""
    ### BEGIN SOLUTION
    near = border_pixels(truth, width)
    return iou(truth[near], predicted[near], 2)[1]
    ### END SOLUTION


# %% tests="skips"
import numpy as np
from scipy import ndimage

from course_lib import testing as _testing


def _find_border(masks, width, square=True):
    """Compare each pixel with all others that are near."""
    n, height, across = masks.shape
    near = np.zeros(masks.shape, bool)
    for down in range(-width, width + 1):
        for right in range(-width, width + 1):
            if not square and abs(down) + abs(right) > width:
                continue
            rows = slice(max(0, -down), min(height, height - down))
            columns = slice(max(0, -right), min(across, across - right))
            other_rows = slice(rows.start + down, rows.stop + down)
            other_columns = slice(columns.start + right, columns.stop + right)
            here, there = masks[:, rows, columns], masks[:, other_rows, other_columns]
            near[:, rows, columns] |= here != there
    return near


def _check_border(masks, width):
    given = border_pixels(masks.copy(), width)
    assert given is not None, "`border_pixels` returned None. Did you forget `return`?"
    try:
        given = np.asarray(given)
    except ValueError:
        raise AssertionError(
            "`border_pixels` returned parts of different shapes; expected one array."
        ) from None
    assert given.shape == masks.shape, (
        f"`border_pixels` returned shape {given.shape}; expected {masks.shape}."
    )
    right, size = _find_border(masks, width), 2 * width + 1
    _testing.near(
        given.astype(float),
        right.astype(float),
        f"`border_pixels` for a width of {width}",
        mistakes={
            "Do you look into other images of the batch? Look in the same image only.": (
                ndimage.maximum_filter(masks, size=2 * width + 1)
                != ndimage.minimum_filter(masks, size=2 * width + 1)
            ),
            "Did you fill what is outside the image with zeros? It does not count.": (
                ndimage.maximum_filter(masks, (1, size, size), mode="constant")
                != ndimage.minimum_filter(masks, (1, size, size), mode="constant")
            ),
            "Did you look along rows and columns only? Corners count, too.": (
                _find_border(masks, width, square=False)
            ),
            "Did you look at class 1 only? Masks hold any integers from 0.": (
                _find_border((masks == 1).astype(int), width)
            ),
            **(
                {"Is the band too narrow by one pixel?": _find_border(masks, width - 1)}
                if width > 1
                else {}
            ),
            "Is the band too wide by one pixel?": _find_border(masks, width + 1),
            "Did you keep pixels of class 1 only? Both sides of a border count.": (
                right & (masks == 1)
            ),
            "Did you keep background only? Both sides of a border count.": right & (masks == 0),
            "Is this the opposite?": ~right,
        },
    )


def _find_measure():
    """Return what `iou` of question 1 measures: a mistake there costs its points only once."""
    t, p = np.array([1, 1, 1, 0, 0, 0, 1, 0]), np.array([1, 0, 1, 1, 0, 0, 1, 1])
    both = np.sum(t & p)
    by_value = {
        2 * both / (t.sum() + p.sum()): lambda t, p: 2 * np.sum(t & p) / (t.sum() + p.sum()),
        both / t.sum(): lambda t, p: np.sum(t & p) / t.sum(),
        both / p.sum(): lambda t, p: np.sum(t & p) / p.sum(),
    }
    try:
        own = float(np.asarray(iou(t, p, 2), "float64").ravel()[1])
    except Exception:
        return _overlap
    return next((f for value, f in by_value.items() if np.isclose(value, own)), _overlap)


def _check_border_iou(truth, predicted, width):
    near = _find_border(truth, width)
    t, p = truth[near] == 1, predicted[near] == 1
    right = np.sum(t & p) / np.sum(t | p) if np.any(t | p) else 1.0
    other = _find_border(predicted, width)
    inside = [truth[other] == 1, predicted[other] == 1]
    given = border_iou(truth.copy(), predicted.copy(), width)
    if np.any(t & p):
        own = _find_measure()(t, p)
        right = own if np.allclose(np.asarray(given, "float64"), own) else right
    _testing.near(
        given,
        right,
        "`border_iou`",
        mistakes={
            "Did you count all pixels? Count border pixels of the truth only.": (
                _overlap(truth == 1, predicted == 1)
            ),
            "Did you use the border of the prediction? Use that of the truth.": _overlap(*inside),
            "Is this the accuracy?": np.mean(t == p) if near.any() else 0,
            "Is this the IoU of the background?": _overlap(~t, ~p),
        },
    )


def _check_skips():
    _check_network(
        unet_without_skips, "unet_without_skips", np.random.default_rng(0), 1, 3, 2, (4, 6), False
    )
    masks = np.array([[[0, 0, 0, 0, 1], [0, 0, 0, 1, 1]], [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]])
    _check_border(masks, 1)  # expected: columns 3 to 5 in the first image, none in the second
    _check_border(1 - masks, 1)  # expected: the same
    moved = np.array([[[0, 0, 1, 1, 1], [1, 0, 1, 1, 1]], [[0, 1, 1, 0, 0], [0, 0, 0, 0, 0]]])
    _check_border_iou(masks, moved, 1)  # expected: 0.5


_check_skips()
### BEGIN HIDDEN TESTS


def _check_skips_hidden(rng):
    _check_network(unet_without_skips, "unet_without_skips", rng, 2, 2, 3, (8, 12), False)
    for width in (1, 2, 3):
        masks = np.zeros((4, 13, 17), int)
        for image in masks[:3]:
            top, left = rng.integers(0, 10), rng.integers(0, 12)
            image[top : top + 5, left : left + 4] = 1
        masks[0, :9, :10] = 1  # reaches the edge of the image, and is wider than two bands
        _check_border(masks, width)
        _check_border_iou(masks, np.where(rng.random(masks.shape) < 0.8, masks, 1 - masks), width)
    _check_border(2 * masks, 1)
    _check_border_iou(masks[3:], masks[3:], 2)  # no cell at all


_check_skips_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
keras.utils.set_random_seed(1)
plain = unet_without_skips(3, 8, 2)
train(plain, x_train, y_train)
without = predict_masks(plain, x_test)
near = border_pixels(y_test, 2)
scores = {
    name: {
        "all pixels": iou(y_test, masks, 2)[1],
        "2 pixels from a border": border_iou(y_test, masks, 2),
        "elsewhere": iou(y_test[~near], masks[~near], 2)[1],
    }
    for name, masks in {"U-Net": found, "without skips": without}.items()
}
figures.scores_by_region(scores)

# %%
figures.mask_overlays(
    x_test[:6],
    y_test[:6],
    {"U-Net": found[:6], "without skips": without[:6]},
    "Without skip connections, outlines are blurred and narrow gaps close",
)

# %% [markdown]
# ## 9 Count cells
#
# How many cells are in the image? If the mask keeps cells apart, count its **connected components**:
# sets of pixels that are connected through neighbours. Here two pixels are neighbours if they share a
# side. `numbered, count = ndimage.label(mask)` finds all of them. Very small components are noise.
#
# ### Question 9 · `counting`
#
# 1. `count_cells(mask, smallest)`: the number of connected components with at least `smallest` pixels
#    of one mask `(height, width)` of zeros and ones.
# 2. `count_error(masks, cells, smallest)`: the mean **absolute** error of that number over all images.
#    `masks` are `(n, height, width)`, and `cells` hold the true number of every pixel, as in
#    `cells_test`; all true cells count.
#
# <details><summary>Hint 1, count_cells</summary>
#
# `np.bincount(numbered.ravel())` counts the pixels of every component. Its first number is the
# background.
#
# </details>
#
# <details><summary>Hint 2, count_error</summary>
#
# The true number of cells of one image: how many different numbers other than 0 are there?
#
# </details>


# %% solution="counting"
def count_cells(mask, smallest):
    """Return the number of connected components with at least `smallest` pixels."""
    ### BEGIN SOLUTION
    numbered, _ = ndimage.label(mask)
    return int(np.sum(np.bincount(numbered.ravel())[1:] >= smallest))
    ### END SOLUTION


def count_error(masks, cells, smallest):
    """Return the mean absolute error of the number of cells of each image."""
    ### BEGIN SOLUTION
    true = [len(np.unique(image[image > 0])) for image in cells]
    return np.mean([abs(count_cells(m, smallest) - n) for m, n in zip(masks, true, strict=True)])
    ### END SOLUTION


# %% tests="counting"
import numpy as np

from course_lib import testing as _testing


def _list_components(mask, corners=False):
    """Return the sizes of the connected components of a mask."""
    left, sizes = {tuple(at) for at in np.argwhere(mask).tolist()}, []
    steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    steps += [(1, 1), (1, -1), (-1, 1), (-1, -1)] if corners else []
    while left:
        edge, size = [left.pop()], 0
        while edge:
            i, j = edge.pop()
            size += 1
            for down, right in steps:
                if (i + down, j + right) in left:
                    left.remove((i + down, j + right))
                    edge.append((i + down, j + right))
        sizes.append(size)
    return np.array(sizes, dtype=int)


def _count(mask, smallest, corners=False):
    return int(np.sum(_list_components(mask, corners) >= smallest))


def _check_count(mask, smallest):
    _testing.near(
        count_cells(mask.copy(), smallest),
        _count(mask, smallest),
        f"`count_cells(mask, {smallest})`",
        mistakes={
            "Did you count small components, too?": _count(mask, 1),
            "Did you leave out components of exactly this size?": _count(mask, smallest + 1),
            "Do pixels touch at corners? Neighbours share a side.": _count(mask, smallest, True),
            "Did you count the background as a cell?": _count(mask, smallest) + 1,
        },
    )


def _count_otherwise(cells, smallest):
    """Return the true numbers that likely mistakes lead to, by hint."""
    by_component = "Did you count connected components of `cells`? Each number is a cell."
    return {
        by_component: [_count(image > 0, 1) for image in cells],
        f"{by_component} (Small cells count, too.)": [
            _count(image > 0, smallest) for image in cells
        ],
        "Did you take the largest number as the number of cells? Numbers may be missing.": (
            cells.max(axis=(1, 2))
        ),
        "Did you leave out small cells? All true cells count.": [
            np.sum(np.bincount(image.ravel())[1:] >= smallest) for image in cells
        ],
    }


def _check_count_error(masks, cells, smallest):
    true = np.array([len(np.unique(image[image > 0])) for image in cells])
    counts = np.array([_count(mask, smallest) for mask in masks])
    away = counts - true
    others = _count_otherwise(cells, smallest)
    _testing.near(
        count_error(masks.copy(), cells.copy(), smallest),
        np.abs(away).mean(),
        "`count_error`",
        mistakes={
            "Did you forget the absolute value? Errors of both signs cancel.": away.mean(),
            "Did you forget the absolute value? (The sign is also reversed.)": -away.mean(),
            "Did you square the errors?": np.mean(away**2),
            "Is this the sum? Return the mean over the images.": np.abs(away).sum(),
            "Did you count the background as a cell?": np.abs(away - 1).mean(),
            **{hint: np.abs(counts - other).mean() for hint, other in others.items()},
        },
    )


def _check_counting():
    mask = np.array([[1, 1, 0, 0, 1], [0, 0, 1, 0, 1], [1, 0, 0, 0, 1], [1, 0, 1, 1, 0]])
    _check_count(mask, 1)  # expected: 5
    _check_count(mask, 2)  # expected: 4
    cells = np.array([[[1, 1, 0, 4, 4]], [[0, 2, 0, 0, 0]], [[1, 0, 2, 0, 5]]])
    masks = np.array([[[1, 1, 1, 1, 1]], [[1, 1, 0, 1, 1]], [[1, 0, 1, 0, 1]]])
    _check_count_error(masks, cells, 1)  # expected: 0.6667


_check_counting()
### BEGIN HIDDEN TESTS


def _check_counting_hidden(rng):
    for smallest in (1, 2, 4):
        _check_count(rng.integers(0, 2, (12, 15)), smallest)
    while True:  # until each mistake leads to another number
        cells = rng.choice([0, 2, 3, 7, 9], (6, 9, 8), p=[0.84, 0.04, 0.04, 0.04, 0.04])
        masks = rng.integers(0, 2, (6, 9, 8))
        counts = np.array([_count(mask, 3) for mask in masks])
        true = [len(np.unique(image[image > 0])) for image in cells]
        others = [true, *_count_otherwise(cells, 3).values()]
        if len({float(np.abs(counts - other).mean()) for other in others}) == len(others):
            break
    _check_count_error(masks, cells, 3)


_check_counting_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now train a second network of the same kind with the border weights from question 6, and count with
# both.

# %%
keras.utils.set_random_seed(2)
careful = unet(3, 8, 2)
train(careful, x_train, y_train, weights=maps)
masks = {"even weights": found, "border weights": predict_masks(careful, x_test)}
for name, predicted in masks.items():
    print(
        f"{name:>14}: IoU {iou(y_test, predicted, 2)[1]:.3f}, "
        f"count error {count_error(predicted, cells_test, 12):.2f} cells of "
        f"{np.mean([len(np.unique(image)) - 1 for image in cells_test]):.1f}"
    )

# %% [markdown]
# The network takes images of any size that can be halved three times. It was trained on 48 × 48
# pixels; here is an image that is nine times as large.

# %%
from course_lib.data.synthetic.draw_cells import draw_cells

wide, wide_cells = draw_cells(8, 144, np.random.default_rng(3))
chosen = int(np.argmax([image.max() for image in wide_cells]))
wide_x = prepare(wide[chosen : chosen + 1])
numbered = {"truth": wide_cells[chosen]}
for name, network in (("even weights", model), ("border weights", careful)):
    parts, _ = ndimage.label(predict_masks(network, wide_x)[0])
    sizes = np.bincount(parts.ravel())
    numbered[name] = np.where(sizes[parts] >= 12, parts, 0)
figures.counted_cells(wide[chosen], numbered, "Border weights keep cells apart that touch")

# %% [markdown]
# ### Question 10 · `verdict` · in words
#
# About ten lines, with numbers from your tables and figures:
#
# 1. A colleague reports a pixel accuracy of 97 % for cells that cover a third of the image, and of
#    99 % for a tumour that covers 1 %. Which of the two says less, and what should she report?
# 2. What do the skip connections bring, and where? Why there?
# 3. Border weights change the count of cells. What do they change in the IoU? For which task would
#    you use them, and for which not?

# %% [markdown] written="verdict"
# ### BEGIN SOLUTION
# **A model answer.** (1) The second: without a single pixel of tumour, the accuracy is already 99 %.
# Here an all-background mask has an accuracy of about 0.7 and an IoU of 0 for the cells. She should
# report the IoU or the Dice score of the rare class, and say which. (2) Without skip connections the
# IoU falls by about 0.1; within two pixels of a border by 0.15 to 0.2, elsewhere hardly.
# What a cell is can be seen in a small image, but where exactly it ends cannot: pooling has thrown
# the place away within its windows. The skip connections bring it from the time before the pooling.
# (3) The count error falls, in most runs to less than half, and the IoU changes by 0.03 or less: the
# lines between cells are few pixels, but each closed gap is a lost cell. For counting and tracking
# cells, border weights are worth it. To measure an area, they bring little, and they ask the network
# to err on the side of the background between cells.
#
# **Rubric, 3 points.**
#
# - 1 point: the accuracy of a rare class says nothing, with the all-background comparison; IoU or
#   Dice of the class. Half for one of the two.
# - 1 point: the difference with numbers, at borders and elsewhere, and the reason (place lost by
#   pooling). Half without the reason or without numbers.
# - 1 point: count error and IoU with numbers, and a task for and against. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **A trained encoder.** The original U-Net learns everything from scratch. Its encoder looks like
#   VGG (Lab 03): replace it by the convolutions of a pre-trained VGG16 and store what is before each
#   pooling. How many labelled images do you need then?
# - **Real nuclei.** Put the masks of the Data Science Bowl 2018 into a folder and set `COURSE_DATA`
#   (`docs/data.md`): `data.segmentation("nuclei")`.
# - **Other losses.** Train with `cross_entropy` plus `dice_loss`, and compare the IoU.
# - **More than two classes.** Make the lines between cells a class of their own. Does it replace the
#   border weights?
#
# **Sources.** O. Ronneberger, P. Fischer, T. Brox, *U-Net: convolutional networks for biomedical
# image segmentation*, MICCAI 2015 · J. Long, E. Shelhamer, T. Darrell, *Fully convolutional networks
# for semantic segmentation*, CVPR 2015 · V. Dumoulin, F. Visin, *A guide to convolution arithmetic
# for deep learning*, 2016 · A. Odena, V. Dumoulin, C. Olah, *Deconvolution and checkerboard
# artifacts*, Distill 2016 · F. Milletari, N. Navab, S.-A. Ahmadi, *V-Net: fully convolutional neural
# networks for volumetric medical image segmentation*, 3DV 2016 · K. He et al., *Delving deep into
# rectifiers*, ICCV 2015. The text of this lab is licensed CC BY 4.0, its code MIT.
