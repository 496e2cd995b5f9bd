"""Two tasks that the course's own backbone has not been trained for."""

from __future__ import annotations

import numpy as np

from course_lib.data import cifar10, mnist

TASKS = {
    "objects": cifar10.DATASET.classes,
    "digits": mnist.DATASET.classes,
}


def target_task(name: str, train: int, test: int, seed: int = 0):
    """Images of a task that is similar to what `small_vgg` has learnt, or of a different one.

    "objects" are drawn like the images that it has seen, but of ten other kinds: the stand-in
    for CIFAR-10. "digits" are handwritten: the stand-in for MNIST, in the middle of 32 × 32
    pixels, its grey as red, green and blue.

    Args:
        name: "objects" or "digits".
        train: Number of training images.
        test: Number of test images.
        seed: Integer, 0 or larger; other images of the same classes.

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
    if name == "objects":
        parts = cifar10.stand_in(train, test, seed)
    else:
        parts = [(_in_colour(x), y) for x, y in mnist.stand_in(train, test, seed)]
    return tuple((x, y.ravel()) for x, y in parts)


def _in_colour(grey):
    grey = np.pad(grey, ((0, 0), (2, 2), (2, 2)))
    return np.repeat(grey[..., None], 3, axis=-1)
