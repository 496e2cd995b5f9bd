"""The policy and value network of AlphaZero."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.check_counts import check_counts
from course_lib.models.check_sizes import check_sizes


def alpha_zero(cells: int = 9, moves: int = 9, units: Sequence[int] = (64, 64)) -> keras.Model:
    """Build one network with two outputs: which move, and who wins (Silver et al. 2017).

    The paper's network is a residual network on a 19 × 19 board. A board of nine cells needs no
    more than a multilayer perceptron.

    Args:
        cells: Number of cells; each is 1 for a stone of the player to move, -1 for one of the
            opponent, 0 if empty.
        moves: Number of moves.
        units: Width of each hidden layer, which both outputs share.

    Returns:
        A `keras.Model`, not compiled, from boards `(batch, cells)` to logits of the moves
        `(batch, moves)` and the expected result for the player to move, -1 to 1, `(batch, 1)`.

    Example:
        >>> from course_lib.models import alpha_zero
        >>> alpha_zero().output_shape
        [(None, 9), (None, 1)]
    """
    check_counts(cells=cells, moves=moves)
    check_sizes(units=units)
    inputs = keras.Input((cells,))
    # Two planes, as in the paper: own stones, and the opponent's.
    x = keras.layers.Concatenate()([keras.ops.relu(inputs), keras.ops.relu(-inputs)])
    for width in units:
        x = keras.layers.Dense(width, activation="relu")(x)
    policy = keras.layers.Dense(moves, name="policy")(x)
    value = keras.layers.Dense(1, activation="tanh", name="value")(x)
    return keras.Model(inputs, [policy, value], name="alpha_zero")
