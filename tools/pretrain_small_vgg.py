"""Pre-train the course's own backbone: `python tools/pretrain_small_vgg.py [FILE]`.

The source task is the hundred classes of synthetic objects that stand in for CIFAR-100
(`course_lib.data.cifar100`), shifted and flipped; it takes about four minutes on two cores. It does
not contain the labs' target tasks: the ten classes that stand in for CIFAR-10, and digits.

Two runs with the same seed on one machine give the same weights. Other machines and TensorFlow
versions sum in another order: their weights are as good, but not equal.
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np

from course_lib import data
from course_lib.data import cifar100
from course_lib.data.shift_and_flip import shift_and_flip
from course_lib.training import fit
from course_lib.transfer.small_vgg import WEIGHTS, small_vgg

IMAGES, EPOCHS, SEED = 30_000, 10, 0


def pretrain_small_vgg(
    images: int = IMAGES, epochs: int = EPOCHS, seed: int = SEED, verbose: bool = False
) -> keras.Model:
    """Train `small_vgg` from random weights on its source task.

    Args:
        images: Number of training images.
        epochs: Number of passes over all images, each time shifted and flipped at random.
        seed: Seed of the images, the initial weights and the order.
        verbose: Show the progress bar.

    Returns:
        The trained model with its top, compiled.

    Example:
        >>> model = pretrain_small_vgg(images=200, epochs=1)
        >>> model.output_shape
        (None, 100)
    """
    keras.utils.set_random_seed(seed)
    (x, y), _ = cifar100.stand_in(images, 1, seed)
    model = small_vgg(weights=None)
    model.compile(
        keras.optimizers.AdamW(4e-3, weight_decay=0.02),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    augment = shift_and_flip(4)

    def as_inputs(x, y):
        x, y = augment(x, y)
        return keras.applications.vgg16.preprocess_input(keras.ops.cast(x, "float32")), y

    batches = data.pipeline(x, y[:, 0], batch_size=128, shuffle=True, seed=seed, map=as_inputs)
    fit(model, batches, epochs=epochs, verbose=verbose)
    return model


def measure_source_accuracy(model: keras.Model, images: int = 2000, seed: int = SEED) -> float:
    """Return the accuracy of `model` on unseen images of the source task.

    Example:
        >>> 0 <= measure_source_accuracy(small_vgg(weights=None), images=100) <= 1
        True
    """
    _, (x, y) = cifar100.stand_in(1, images, seed)
    x = keras.applications.vgg16.preprocess_input(x.astype("float32"))
    answers = model.predict(x, batch_size=250, verbose=0).argmax(axis=-1)
    return float(np.mean(answers == y[:, 0]))


def main() -> None:
    """Train, print the accuracy, and write the weights; kernels as float16 halve the file."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else WEIGHTS
    model = pretrain_small_vgg(verbose=True)
    # There are few moving variances, and they may exceed the range of float16.
    arrays = [w.astype("float16") if w.ndim > 1 else w for w in model.get_weights()]
    np.savez_compressed(path, *arrays)
    accuracy = 100 * measure_source_accuracy(small_vgg(path))
    print(f"{path}: {path.stat().st_size:,} bytes; accuracy on unseen images: {accuracy:.1f} %")


if __name__ == "__main__":
    main()
