"""The description of a data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from course_lib.data.sources.four_arrays import four_arrays
from course_lib.data.sources.keras_file import KerasFile

Examples = tuple[np.ndarray, np.ndarray]  # x and y
Split = tuple[Examples, Examples]  # the training set and the test set


@dataclass(frozen=True)
class Dataset:
    """A data set: the form of its arrays, the files of the real one, and its stand-in.

    Args:
        name: As in `load(name)`; also the name of the module in `keras.datasets`.
        page: Where to read about the real set.
        made_of: What the stand-in is, in a few words, for its announcement.
        shape: Shape of one example; () for strings; None for lists of word numbers, whose length
            varies.
        dtype: The dtype of `x`; "object" for lists of word numbers.
        label_dtype: The dtype of `y`.
        class_names: Names of the classes in the order of the labels; None if `y` is a quantity.
        sizes: Numbers of training and test examples in the stand-in, by profile.
        generate: `generate(train, test, rng, **options)` returns the stand-in as a `Split`.
        salt: Mixed into the seed, so that two sets with the same seed draw different numbers.
        files: What Keras reads; empty if Keras does not have the set.
        has_label_column: Whether `y` is `(n, 1)`, as in Keras' CIFAR sets, instead of `(n,)`.
        options: Further arguments of `keras.datasets.NAME.load_data`, with their defaults.
        unpack: `unpack(arrays, **options)` returns the split from the arrays of a prepared file.
        word_ranks: For texts: returns the words of the stand-in with their ranks.
        word_file: For texts: the file from which Keras reads the words of the real set.
        text_file: For sentences: the path of their file in a prepared folder.
        read_text: Returns the split from that file.

    Example:
        >>> from course_lib.data.sets.shapes import DATASET
        >>> DATASET.class_names
        ('square', 'circle', 'triangle')
    """

    FUNCTION: ClassVar[str] = "load"

    name: str
    page: str
    made_of: str
    shape: tuple[int, ...] | None
    dtype: str
    label_dtype: str
    class_names: tuple[str, ...] | None
    sizes: Mapping[str, tuple[int, int]]
    generate: Callable[..., Split]
    salt: int
    files: tuple[KerasFile, ...] = ()
    has_label_column: bool = False
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    unpack: Callable[..., Split] = four_arrays
    word_ranks: Callable[[], dict[str, int]] | None = None
    word_file: KerasFile | None = None
    text_file: str = ""
    read_text: Callable[[Path], Split] | None = None

    @property
    def is_real(self) -> bool:
        """Whether there is a real set; otherwise all examples are synthetic."""
        return bool(self.files or self.text_file)

    def stand_in(self, train: int, test: int, seed: int = 0, **options: object) -> Split:
        """Generate the stand-in.

        Args:
            train: Number of training examples.
            test: Number of test examples.
            seed: Integer, 0 or larger; another seed draws other examples of the same classes.
            **options: As for `load`.

        Returns:
            `(x_train, y_train), (x_test, y_test)` with the shapes and dtypes of the real set.

        Example:
            >>> from course_lib.data.sets.shapes import DATASET
            >>> (x_train, y_train), _ = DATASET.stand_in(30, 3)
            >>> x_train.shape, np.bincount(y_train).tolist()
            ((30, 28, 28), [10, 10, 10])
        """
        rng = np.random.default_rng([seed, self.salt])
        (x_train, y_train), (x_test, y_test) = self.generate(train, test, rng, **options)
        return (x_train, self.format_labels(y_train)), (x_test, self.format_labels(y_test))

    def format_labels(self, y: np.ndarray) -> np.ndarray:
        """Return labels `(n,)` or `(n, 1)` in the shape and dtype of the set."""
        shape = (-1, 1) if self.has_label_column else (-1,)
        return y.reshape(shape).astype(self.label_dtype, copy=False)
