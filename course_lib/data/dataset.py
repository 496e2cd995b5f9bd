"""What the loader knows about one data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


@dataclass(frozen=True)
class KerasFile:
    """One file that ``keras.datasets`` reads.

    Args:
        name: path below ``KERAS_HOME/datasets``.
        url: where Keras gets it.
        digest: its sha256 (64 characters) or md5 (32).
        checked: whether Keras compares the digest; the Fashion-MNIST files it takes as they are.
        unpacked: the folder below ``KERAS_HOME/datasets`` into which Keras unpacks it, if any.
    """

    name: str
    url: str
    digest: str
    checked: bool = True
    unpacked: str | None = None


def four_arrays(arrays):
    """Return ``(x_train, y_train), (x_test, y_test)`` out of a file that has them by name.

    Args:
        arrays: what an ``.npz`` file holds, by key.

    Raises:
        KeyError: one of the four is missing.

    Example:
        >>> four_arrays({"x_train": 1, "y_train": 2, "x_test": 3, "y_test": 4})
        ((1, 2), (3, 4))
    """
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


@dataclass(frozen=True)
class Dataset:
    """One data set: the form of its arrays, where the real one is kept, how its stand-in is made.

    Args:
        name: as in ``load(name)``, and the module's name in ``keras.datasets``.
        page: where to read about the real set.
        example: shape of one example; None for sequences of any length.
        dtype: dtype of ``x``; ``"object"`` for sequences.
        labels: dtype of ``y``.
        classes: the classes' names in the order of their labels; None where ``y`` is a quantity.
        sizes: examples in the stand-in's train and test part, a pair a profile.
        stand_in: ``stand_in(train, test, seed, **options)`` makes ``(x_train, y_train),
            (x_test, y_test)``.
        made_of: what the stand-in is, in a few words, for the announcement.
        files: what Keras reads; empty for a set that is drawn, and has no other original.
        column: whether ``y`` is a column, ``(n, 1)``, as Keras gives it for CIFAR.
        options: what ``keras.datasets.NAME.load_data`` takes besides, with its defaults.
        unpack: ``unpack(arrays, **options)`` makes the four arrays out of a prepared file.
    """

    name: str
    page: str
    example: tuple[int, ...] | None
    dtype: str
    labels: str
    classes: tuple[str, ...] | None
    sizes: Mapping[str, tuple[int, int]]
    stand_in: Callable
    made_of: str
    files: tuple[KerasFile, ...] = ()
    column: bool = False
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    unpack: Callable = four_arrays
