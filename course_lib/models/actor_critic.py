"""An actor and a critic."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.check_counts import check_counts
from course_lib.models.check_sizes import check_sizes


def actor_critic(
    inputs: int = 4, actions: int = 2, units: Sequence[int] = (64, 64)
) -> tuple[keras.Model, keras.Model]:
    """Build two multilayer perceptrons with tanh: a policy and a value function.

    They share no weights, as in Schulman et al. (2017, §6.1). The last layer of the actor starts
    with small weights, so that all actions are about equally likely at first.

    Args:
        inputs: Length of an observation.
        actions: Number of actions.
        units: Width of each hidden layer.

    Returns:
        The actor, from `(batch, inputs)` to logits `(batch, actions)`, and the critic, to values
        `(batch, 1)`; neither is compiled.

    Example:
        >>> from course_lib.models import actor_critic
        >>> actor, critic = actor_critic()
        >>> actor.output_shape, critic.output_shape
        ((None, 2), (None, 1))
    """
    check_counts(inputs=inputs, actions=actions)
    check_sizes(units=units)
    return (
        _build(inputs, units, actions, scale=0.01, name="actor"),
        _build(inputs, units, 1, scale=1.0, name="critic"),
    )


def _build(inputs: int, units: Sequence[int], outputs: int, scale: float, name: str) -> keras.Model:
    hidden = [keras.layers.Dense(width, activation="tanh") for width in units]
    start = keras.initializers.Orthogonal(gain=scale)
    last = keras.layers.Dense(outputs, kernel_initializer=start)
    return keras.Sequential([keras.Input((inputs,)), *hidden, last], name=name)
