"""The network of a DQN."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.check_counts import check_counts
from course_lib.models.check_sizes import check_sizes


def dqn(
    input_shape: Sequence[int] = (10, 10, 1),
    actions: int = 3,
    filters: Sequence[int] = (16, 16),
    hidden: int = 64,
) -> keras.Model:
    """Build a convolutional network that maps a screen to the value of each action.

    It has the form of the network for Atari: convolutions with strides instead of pooling, one
    hidden layer, and one output per action without an activation (Mnih et al. 2015, methods).

    Args:
        input_shape: Height, width and channels of a screen.
        actions: Number of actions.
        filters: Feature maps of each 3×3 convolution; all but the first have stride 2.
        hidden: Width of the hidden layer.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to action values
        `(batch, actions)`.

    Example:
        >>> from course_lib.models import dqn
        >>> dqn().output_shape
        (None, 3)
    """
    check_counts(actions=actions, hidden=hidden)
    check_sizes(filters=filters, input_shape=input_shape)
    layers: list[keras.layers.Layer] = [keras.Input(tuple(input_shape))]
    for number, width in enumerate(filters):
        layers.append(
            keras.layers.Conv2D(
                width, 3, strides=2 if number else 1, padding="same", activation="relu"
            )
        )
    layers += [
        keras.layers.Flatten(),
        keras.layers.Dense(hidden, activation="relu"),
        keras.layers.Dense(actions),
    ]
    return keras.Sequential(layers, name="dqn")
