"""The multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import dense_block
from course_lib.check_counts import check_counts
from course_lib.models.chain_layers import chain_layers
from course_lib.models.check_sizes import check_sizes


def mlp(
    units: Sequence[int] = (512, 512),
    classes: int = 10,
    input_shape: Sequence[int] = (784,),
    activation: str = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
    api: str = "sequential",
) -> keras.Model:
    """Build a multilayer perceptron: one dense block per hidden layer, then one logit per class.

    The last layer has no activation. Its outputs are logits for a loss with `from_logits=True`,
    which computes softmax and logarithm in one numerically stable step. `keras.ops.softmax` turns
    logits into probabilities (Goodfellow et al. 2016, §6.2.2.3).

    Args:
        units: Width of each hidden layer, from the input on.
        classes: Number of classes.
        input_shape: Shape of one example without the batch axis. With more than one axis the
            model flattens its input, so that `(28, 28)` takes images.
        activation: Name of the activation of the hidden layers.
        dropout: Share of each hidden layer's outputs set to 0 during training, in [0, 1).
        batch_norm: Normalise each hidden layer over the batch before the activation.
        api: "sequential" or "functional": the API of Keras. The layers are the same.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits
        `(batch, classes)`.

    Raises:
        ValueError: `api` is something else.

    Example:
        >>> from course_lib.models import mlp
        >>> mlp(units=(128, 64)).count_params()      # 785 · 128 + 129 · 64 + 65 · 10
        109386
        >>> mlp(units=(128, 64), input_shape=(28, 28), api="functional").output_shape
        (None, 10)
    """
    check_counts(classes=classes)
    check_sizes(units=units, input_shape=input_shape)
    inputs = keras.Input(tuple(input_shape))
    layers = [keras.layers.Flatten()] if len(input_shape) > 1 else []
    for width in units:
        layers += dense_block(width, activation, dropout, batch_norm)
    layers.append(keras.layers.Dense(classes))
    return chain_layers(inputs, layers, api, "mlp")
