"""Recurrent networks: one table for the three cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras

from course_lib.models.check_sizes import check_sizes


@dataclass(frozen=True)
class Cell:
    """A recurrent cell of Keras.

    Args:
        layer: The layer's class.
        gates: Blocks of columns in its kernels: one for each gate and one for the candidate.
        biases: Bias vectors in each block.
        paper: Where it was described.
    """

    layer: type[keras.layers.Layer]
    gates: int
    biases: int
    paper: str


CELLS = {
    "simple": Cell(keras.layers.SimpleRNN, 1, 1, "Elman 1990"),
    "lstm": Cell(keras.layers.LSTM, 4, 1, "Hochreiter & Schmidhuber 1997; Gers et al. 2000"),
    # With `reset_after=True`, the product with the state has a bias of its own.
    "gru": Cell(keras.layers.GRU, 3, 2, "Cho et al. 2014"),
}


def recurrent(
    cell: str,
    units: Sequence[int] = (32,),
    features: int = 1,
    outputs: int = 1,
    steps: int | None = None,
    at_each_step: bool = False,
) -> keras.Model:
    """Build a network of recurrent layers and a linear output.

    Args:
        cell: One of `CELLS`: "simple", "lstm" or "gru".
        units: Units of each recurrent layer, from the input on.
        features: Features at each step of the input.
        outputs: Numbers in the output.
        steps: Steps of the input; None for any number.
        at_each_step: Whether there is an output at each step, or only one after the last step.

    Returns:
        A Sequential model, not compiled: `(batch, steps, features)` to `(batch, outputs)`, or to
        `(batch, steps, outputs)`. There is no activation at the end: a quantity to forecast, or
        logits.

    Raises:
        ValueError: The cell is unknown, or a size is below 1.

    Example:
        >>> model = recurrent("gru", units=(8,), outputs=12)
        >>> model.output_shape, model.count_params() - recurrent_parameters("gru", 1, 8)
        ((None, 12), 108)
    """
    check_sizes(units=units, features=(features,), outputs=(outputs,))
    layer = _find(cell).layer
    last = len(units) - 1
    hidden = [
        layer(width, return_sequences=at_each_step or place < last)
        for place, width in enumerate(units)
    ]
    inputs = keras.Input((steps, features))
    return keras.Sequential([inputs, *hidden, keras.layers.Dense(outputs)], name=f"{cell}_network")


def recurrent_parameters(cell: str, features: int, units: int) -> int:
    """Count the parameters of one recurrent layer by formula.

    Each block of columns has `units` columns, a row for each feature, a row for each unit of the
    state, and its biases.

    Args:
        cell: One of `CELLS`.
        features: Features at each step of the input.
        units: Units of the layer.

    Raises:
        ValueError: The cell is unknown.

    Example:
        >>> [recurrent_parameters(cell, 100, 100) for cell in ("simple", "gru", "lstm")]
        [20100, 60600, 80400]
    """
    found = _find(cell)
    return found.gates * units * (features + units + found.biases)


def _find(cell: str) -> Cell:
    if cell not in CELLS:
        raise ValueError(f"Unknown cell {cell!r}. There are: {', '.join(CELLS)}")
    return CELLS[cell]
