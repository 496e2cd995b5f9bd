"""MNIST: 28 × 28 grey images of handwritten digits.

The stand-in teaches the lesson of the first lab: *a network with hidden layers reads handwriting
better than a linear model, and neither is perfect.* On its test set a linear model gets about
90 %, a small MLP about 95 %; similar classes (4 and 9, 3 and 5) are confused.

It is made of real handwriting: the 1,797 digits of 8 × 8 pixels that come with scikit-learn
(E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998), enlarged to the
size of MNIST's digits (20 of 28 pixels), rotated, sheared, scaled, shifted, and redrawn with a
thinner or thicker pen. A quarter of the originals is reserved for the test set, whatever the seed,
so that no test digit is another view of a training digit. The last tenth of the training set,
which `validation_split=0.1` takes, has originals of its own, too; otherwise overfitting would not
show there.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from course_lib.data.sources.dataset import Dataset, Examples, Split
from course_lib.data.sources.keras_file import KerasFile
from course_lib.data.synthetic.warp import warp

PIXELS = 28
DIGIT = 20 / 28  # the share of the frame that a digit fills
TEST_ORIGINALS = 450


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    images, labels = load_originals()
    # The test originals are always the same; only their views depend on the seed.
    order = np.random.default_rng(0).permutation(len(labels))
    for_test, for_training = np.split(order, [TEST_ORIGINALS])
    for_validation, others = np.split(for_training, [len(for_training) // 10])
    body = int(0.9 * train)  # as Keras splits
    chosen_train = np.concatenate(
        [_choose(others, body, rng), _choose(for_validation, train - body, rng)]
    )
    chosen_test = _choose(for_test, test, rng)
    return (
        _make_views(images[chosen_train], labels[chosen_train], rng),
        _make_views(images[chosen_test], labels[chosen_test], rng),
    )


def _choose(originals: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` of the originals; each is used once before any is used again."""
    rounds = [rng.permutation(originals) for _ in range(-(-n // len(originals)))]
    return np.concatenate([originals[:0], *rounds])[:n]


def _make_views(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Examples:
    n = len(images)
    views = warp(
        images,
        PIXELS,
        angle=rng.uniform(-0.15, 0.15, n),
        shear=rng.uniform(-0.15, 0.15, n),
        zoom=DIGIT * rng.uniform(0.92, 1.08, (n, 2)),
        shift=rng.uniform(-1.2, 1.2, (n, 2)),
    )
    # Thresholding the blurred stroke changes the width of the pen.
    threshold = rng.uniform(0.28, 0.5, (n, 1, 1)).astype("float32")
    views = np.clip((views - threshold) / 0.25 + 0.5, 0, 1)
    views += 0.05 * rng.standard_normal(views.shape, dtype="float32") * (views > 0)
    return (255 * np.clip(views, 0, 1)).astype("uint8"), labels


@lru_cache(maxsize=1)
def load_originals() -> Examples:
    """Return scikit-learn's digits, enlarged, and their labels.

    Returns:
        Images, float32 `(1797, 32, 32)` in about [0, 1], and labels, uint8 `(1797,)`.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.

    Example:
        >>> images, labels = load_originals()
        >>> images.shape
        (1797, 32, 32)
    """
    # The file itself instead of load_digits(): importing scikit-learn takes most of a second.
    sklearn = find_spec("sklearn")
    if sklearn is None or sklearn.origin is None:
        raise ModuleNotFoundError(
            "The stand-in for mnist needs scikit-learn's digits: pip install scikit-learn"
        )
    table = np.loadtxt(
        Path(sklearn.origin).parent / "datasets" / "data" / "digits.csv.gz",
        delimiter=",",
        dtype="uint8",
    )
    small = table[:, :64].reshape(-1, 8, 8).astype("float32") / 16
    enlarge = _cubic_matrix(32, 8)
    return enlarge @ small @ enlarge.T, table[:, 64]


def _cubic_matrix(size: int, small: int) -> np.ndarray:
    """Return the matrix that enlarges `small` samples to `size` (R. Keys, 1981, eq. 15)."""
    where = (np.arange(size) + 0.5) * small / size - 0.5
    distance = np.abs(where[:, None] - np.arange(small))
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    return np.where(distance < 1, near, np.where(distance < 2, far, 0)).astype("float32")


DATASET = Dataset(
    name="mnist",
    page="https://keras.io/api/datasets/mnist/",
    made_of="scikit-learn's handwritten digits, enlarged and varied",
    shape=(PIXELS, PIXELS),
    dtype="uint8",
    label_dtype="uint8",
    class_names=tuple("0123456789"),
    sizes={"quick": (5000, 1000), "full": (20000, 4000)},
    generate=_generate,
    salt=5,
    files=(
        KerasFile.from_google(
            "mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
        ),
    ),
)
