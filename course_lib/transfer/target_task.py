"""Two tasks for which the course's own backbone was not trained."""

from __future__ import annotations

import numpy as np

from course_lib.data.sets import cifar10, mnist
from course_lib.data.sources.dataset import Split

TASKS = {"objects": cifar10.DATASET, "digits": mnist.DATASET}


def target_task(name: str, train: int, test: int, seed: int = 0) -> Split:
    """Generate images of a task that is similar to the training of `small_vgg`, or different.

    "objects" are synthetic like the images that it was trained on, but of ten other classes: the
    stand-in for CIFAR-10. "digits" are handwritten: the stand-in for MNIST, in the centre of
    32 × 32 pixels, with the grey value as red, green and blue.

    Args:
        name: "objects" or "digits".
        train: Number of training images.
        test: Number of test images.
        seed: Integer, 0 or larger; another seed gives other images of the same classes.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x uint8 `(n, 32, 32, 3)`, y uint8 `(n,)`, 0 to 9.

    Raises:
        ValueError: There is no such task.

    Example:
        >>> (x_train, y_train), _ = target_task("digits", train=20, test=10)
        >>> x_train.shape, y_train.shape
        ((20, 32, 32, 3), (20,))
    """
    if name not in TASKS:
        raise ValueError(f'There is no task {name!r}: write "objects" or "digits".')
    (x_train, y_train), (x_test, y_test) = TASKS[name].stand_in(train, test, seed)
    return (_as_colour(x_train), y_train.ravel()), (_as_colour(x_test), y_test.ravel())


def _as_colour(images: np.ndarray) -> np.ndarray:
    """Return colour images as they are, and grey ones `(n, 28, 28)` as `(n, 32, 32, 3)`."""
    if images.ndim == 4:
        return images
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    return np.repeat(padded[..., None], 3, axis=-1)
