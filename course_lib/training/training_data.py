"""What `fit` has to know about its data before Keras reads them."""

from __future__ import annotations

from math import ceil, floor
from types import GeneratorType
from typing import Any

import keras

DEFAULT_BATCH = 128  # examples


class TrainingData:
    """Training or validation data in one of the forms that `model.fit` takes.

    Args:
        x: Arrays, or a source of batches: a `tf.data.Dataset`, a `keras.utils.PyDataset`, a
            generator, a PyTorch `DataLoader`.
        y: Targets; None with batches.
        batch_size: Examples in a batch of arrays; None for 128.
        steps: Batches in an epoch, or None for all.
        name: What the data are called in messages.

    Attributes:
        is_batched: Whether `x` yields batches.
        can_shuffle: Whether Keras can give the examples or batches another order.

    Raises:
        ValueError: There are no data, they have no end and `steps` is None, or `batch_size` or
            `steps` is below 1.

    Example:
        >>> import numpy as np
        >>> TrainingData(np.zeros((300, 4)), np.zeros(300)).count_steps(validation_split=0.5)
        2
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        steps: int | None = None,
        name: str = "x",
    ) -> None:
        self.x, self.y, self.name = x, y, name
        self.is_batched = (
            hasattr(x, "cardinality")
            or isinstance(x, keras.utils.PyDataset | GeneratorType)
            or hasattr(x, "batch_sampler")
        )
        self.can_shuffle = not self.is_batched or (
            isinstance(x, keras.utils.PyDataset) and x.num_batches is not None
        )
        self.batch_size = DEFAULT_BATCH if batch_size is None else batch_size
        self.steps = steps
        if x is None:
            raise ValueError(f"{name} is None: pass arrays, or batches such as a tf.data.Dataset")
        count = "steps_per_epoch" if name == "x" else "validation_steps"
        for what, value in (("batch_size", batch_size), (count, steps)):
            if value is not None and (not hasattr(value, "__index__") or value < 1):
                raise ValueError(f"{what} is {value!r}; it should be an integer, 1 or more")
        self._reject_numbers()
        size = self._count_batches() if self.is_batched else self._count_examples()
        if size == 0:
            raise ValueError(f"{name} is empty: it has no examples")
        if size == float("inf") and steps is None:
            raise ValueError(
                f"{name} does not say where an epoch ends: pass {count}=…, the number of batches"
            )

    def count_steps(self, validation_split: float = 0.0) -> int | None:
        """Return the number of batches in an epoch, or None if it is unknown."""
        if self.steps is not None:
            return self.steps
        if self.is_batched:
            size = self._count_batches()
            return None if size is None else int(size)
        return ceil(floor(self._count_examples() * (1 - validation_split)) / self.batch_size)

    def peek(self, examples: int = 2) -> tuple[Any, Any]:
        """Return a few examples `(x, y)`; `y` is None if there are no targets.

        The data still begin with them afterwards.
        """
        if not self.is_batched:
            few = keras.tree.map_structure(lambda part: _take(part, examples), (self.x, self.y))
            return few[0], few[1]
        if isinstance(self.x, GeneratorType):
            first = next(self.x)
            self.x = _chain(first, self.x)
        elif isinstance(self.x, keras.utils.PyDataset):
            first = self.x[0]
        else:
            first = next(iter(self.x))
        parts = first if isinstance(first, tuple | list) else (first,)
        return parts[0], parts[1] if len(parts) > 1 else None

    def check_batches(self, model: keras.Model) -> None:
        """Raise a ValueError if a `tf.data.Dataset` yields single examples instead of batches."""
        inputs = getattr(model, "inputs", None) if model.built else None
        if not inputs or not hasattr(self.x, "element_spec"):
            return
        first = keras.tree.flatten(self.x.element_spec)[0]
        if first.shape.rank == len(inputs[0].shape) - 1:
            raise ValueError(f"{self.name} yields single examples: use {self.name}.batch(32)")

    def _count_batches(self) -> float | None:
        """Return the number of batches, infinity if they have no end, or None if unknown."""
        if isinstance(self.x, GeneratorType):
            return float("inf")
        if hasattr(self.x, "cardinality"):
            size = int(self.x.cardinality())
            return {-1: float("inf"), -2: None}.get(size, size)
        if isinstance(self.x, keras.utils.PyDataset):
            number = self.x.num_batches
            return float("inf") if number is None else number
        return len(self.x)

    def _count_examples(self) -> int:
        leaves = keras.tree.flatten(self.x)
        if not leaves:
            return 0
        # A sparse matrix has a shape, and no length.
        return int(leaves[0].shape[0]) if hasattr(leaves[0], "shape") else len(leaves[0])

    def _reject_numbers(self) -> None:
        first = self.x
        while isinstance(first, list | tuple) and first:
            first = first[0]
        if isinstance(first, int | float | str):
            raise TypeError(f"{self.name} is a list of {type(first).__name__}: pass np.array(…)")


def _take(part: Any, examples: int) -> Any:
    """Return the first examples of an array; of a sparse matrix, as a dense one."""
    if part is None:
        return None
    if hasattr(part, "tocsr"):  # of SciPy
        return part.tocsr()[:examples].toarray()
    if hasattr(part, "dense_shape"):  # of TensorFlow
        import tensorflow as tf

        return tf.sparse.to_dense(tf.sparse.reorder(part))[:examples]
    return part[:examples]


def _chain(first: Any, rest: GeneratorType) -> Any:
    yield first
    yield from rest
