"""MNIST: 28 × 28 grey images of handwritten digits.

The stand-in carries the lesson of the first lab: *a network with hidden layers reads handwriting
better than a linear model, and neither is perfect.* A linear model gets about 90 % of its test
part, a small MLP about 95 %, and classes that look alike (4 and 9, 3 and 5) are confused.

It is made of real handwriting: the 1,797 digits of 8 × 8 pixels that scikit-learn ships
(E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998), enlarged as
MNIST's are (a digit fills 20 of 28 pixels), turned, sheared, stretched, moved, and drawn with a
thinner or thicker pen. A quarter of the originals is kept for the test part whatever the seed,
so no test digit is another view of a training digit. The same holds for the last tenth of the
training part, which `validation_split=0.1` takes; without that, overfitting would not show there.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from course_lib.data.dataset import GOOGLE, Dataset, KerasFile
from course_lib.data.warp import warp

PIXELS = 28
DIGIT = 20 / 28  # the part of the frame that a digit fills
TEST_ORIGINALS = 450


def stand_in(train, test, seed=0):
    """Return ``train`` and ``test`` digits, drawn again for every ``seed``.

    Args:
        train: number of training images.
        test: number of test images.
        seed: integer, 0 or larger.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: ``x`` uint8 ``(n, 28, 28)``, ``y`` uint8
        ``(n,)``.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = stand_in(50, 20)
        >>> x_train.shape, y_test.shape, x_train.dtype
        ((50, 28, 28), (20,), dtype('uint8'))
    """
    images, labels = _originals()
    # Always the same originals are for testing: only their views change with the seed.
    order = np.random.default_rng(0).permutation(len(labels))
    rng = np.random.default_rng([seed, len("mnist")])
    for_test, for_train = np.split(order, [TEST_ORIGINALS])
    last, first = np.split(for_train, [len(for_train) // 10])
    body = int(0.9 * train)  # as Keras cuts it
    drawn_train = np.concatenate([_draw(first, body, rng), _draw(last, train - body, rng)])
    drawn_test = _draw(for_test, test, rng)
    return tuple(_views(images, labels, drawn, rng) for drawn in (drawn_train, drawn_test))


def _draw(originals, n, rng):
    """Return ``n`` of the originals, none once more before all have had their turn."""
    rounds = [rng.permutation(originals) for _ in range(-(-n // len(originals)))]
    return np.concatenate([originals[:0], *rounds])[:n]


def _views(images, labels, drawn, rng):
    n = len(drawn)
    views = warp(
        images[drawn],
        PIXELS,
        angle=rng.uniform(-0.15, 0.15, n),
        shear=rng.uniform(-0.15, 0.15, n),
        zoom=DIGIT * rng.uniform(0.92, 1.08, (n, 2)),
        shift=rng.uniform(-1.2, 1.2, (n, 2)),
    )
    # The blurred stroke, cut at a level, is a pen of another width.
    level = rng.uniform(0.28, 0.5, (n, 1, 1)).astype("float32")
    views = np.clip((views - level) / 0.25 + 0.5, 0, 1)
    views += 0.05 * rng.standard_normal(views.shape, dtype="float32") * (views > 0)
    return (255 * np.clip(views, 0, 1)).astype("uint8"), labels[drawn]


@lru_cache(maxsize=1)
def _originals():
    """Return scikit-learn's digits, enlarged to 32 × 32, and their labels."""
    # The file itself, not load_digits(): importing scikit-learn takes most of a second.
    sklearn = find_spec("sklearn")
    if sklearn is None:
        raise ModuleNotFoundError(
            "The stand-in for mnist is made of scikit-learn's digits: pip install scikit-learn"
        )
    table = np.loadtxt(
        Path(sklearn.origin).parent / "datasets" / "data" / "digits.csv.gz",
        delimiter=",",
        dtype="uint8",
    )
    small = table[:, :64].reshape(-1, 8, 8).astype("float32") / 16
    enlarge = _cubic(32, 8)
    return enlarge @ small @ enlarge.T, table[:, 64]


def _cubic(size, small):
    """Return the matrix that enlarges ``small`` samples to ``size`` (R. Keys, 1981, eq. 15)."""
    where = (np.arange(size) + 0.5) * small / size - 0.5
    distance = np.abs(where[:, None] - np.arange(small))
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    return np.where(distance < 1, near, np.where(distance < 2, far, 0)).astype("float32")


DATASET = Dataset(
    name="mnist",
    page="https://keras.io/api/datasets/mnist/",
    example=(28, 28),
    dtype="uint8",
    labels="uint8",
    classes=tuple("0123456789"),
    sizes={"quick": (5000, 1000), "full": (20000, 4000)},
    stand_in=stand_in,
    made_of="scikit-learn's handwritten digits, enlarged and jittered",
    files=(
        KerasFile(
            "mnist.npz",
            GOOGLE + "mnist.npz",
            "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        ),
    ),
)
