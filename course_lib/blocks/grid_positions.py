"""Positions of the cells of an image."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from course_lib.blocks.sinusoidal_encoding import sinusoidal_encoding


def grid_encoding(rows: int, columns: int, width: int) -> np.ndarray:
    """Return the positional encoding of a grid of cells, row by row.

    The first half of a code is the sinusoidal encoding of the row, the second half that of the
    column, as in Parmar et al. 2018 (*Image Transformer*, §3.1).

    Args:
        rows: Number of rows.
        columns: Number of columns.
        width: Numbers for each cell, a multiple of 4.

    Returns:
        float32 `(rows · columns, width)`.

    Example:
        >>> grid_encoding(2, 3, 8).shape
        (6, 8)
    """
    of_rows, of_columns = (sinusoidal_encoding(n, width // 2) for n in (rows, columns))
    return np.hstack([np.repeat(of_rows, columns, axis=0), np.tile(of_columns, (rows, 1))])


@keras.saving.register_keras_serializable(package="course_lib")
class GridPositions(keras.layers.Layer):
    """Adds its row and column to each cell of a grid.

    Args:
        rows: Number of rows.
        columns: Number of columns.
        **settings: As for every Keras layer.

    Example:
        >>> tuple(GridPositions(2, 3)(keras.ops.zeros((5, 6, 8))).shape)
        (5, 6, 8)
    """

    def __init__(self, rows: int, columns: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.rows, self.columns = rows, columns

    def call(self, x: Any) -> Any:
        """Add the encoding to cells `(batch, rows · columns, width)`."""
        table = grid_encoding(self.rows, self.columns, x.shape[-1])
        return x + keras.ops.convert_to_tensor(table, dtype=x.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "rows": self.rows, "columns": self.columns}
