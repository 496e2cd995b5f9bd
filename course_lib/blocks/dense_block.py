"""A fully connected block."""

from __future__ import annotations

import keras

from course_lib.blocks.block import Block


def dense_block(
    units: int,
    activation: str = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
) -> Block:
    """Make a block of a dense layer, its activation, and optional batch normalisation and dropout.

    The order is Dense → BatchNormalization → activation → Dropout. With batch normalisation the
    dense layer has no bias: the normalisation would subtract it, and has its own shift (Ioffe &
    Szegedy 2015, §3.2). Dropout: Srivastava et al. 2014.

    Args:
        units: Number of outputs.
        activation: Name of a Keras activation.
        dropout: Share of the outputs set to 0 during training, in [0, 1). 0 adds no layer.
        batch_norm: Normalise each unit over the batch before the activation.

    Returns:
        A `Block` that maps `(batch, features)` to `(batch, units)`.

    Example:
        >>> import keras
        >>> from course_lib.blocks import dense_block
        >>> model = keras.Sequential([keras.Input((784,)), *dense_block(64, dropout=0.3)])
        >>> [type(layer).__name__ for layer in model.layers]
        ['Dense', 'Dropout']
        >>> inputs = keras.Input((784,))
        >>> outputs = dense_block(64, batch_norm=True)(inputs)
        >>> [type(layer).__name__ for layer in keras.Model(inputs, outputs).layers]
        ['InputLayer', 'Dense', 'BatchNormalization', 'Activation']
    """

    def make_layers() -> list[keras.Layer]:
        if batch_norm:
            layers = [
                keras.layers.Dense(units, use_bias=False),
                keras.layers.BatchNormalization(),
                keras.layers.Activation(activation),
            ]
        else:
            layers = [keras.layers.Dense(units, activation=activation)]
        if dropout:
            layers.append(keras.layers.Dropout(dropout))
        return layers

    return Block(make_layers, name=f"dense_block({units})")
