"""The gates of an LSTM over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

GATES = ("input", "forget", "candidate", "output")  # in the order of Keras' columns


def lstm_gates(x: ArrayLike, weights: list[Any]) -> dict[str, np.ndarray]:
    """Compute what happens inside an LSTM (Gers et al. 2000) that Keras does not return.

    Args:
        x: A sequence, `(steps, features)`.
        weights: Kernel `(features, 4 units)`, recurrent kernel `(units, 4 units)` and bias
            `(4 units,)`, as `layer.get_weights()` returns them.

    Returns:
        By name `(steps, units)`: "input", "forget" and "output", from 0 (closed) to 1 (open),
        "candidate", "cell" and "state".

    Raises:
        ValueError: `x` does not have two axes, or its features don't fit the kernel.

    Example:
        >>> x, weights = np.ones((5, 1)), [np.zeros((1, 8)), np.zeros((2, 8)), np.zeros(8)]
        >>> gates = lstm_gates(x, weights)
        >>> gates["forget"].shape, float(gates["forget"][0, 0])
        ((5, 2), 0.5)
    """
    sequence = np.asarray(x, dtype=float)
    kernel, recurrent, bias = (np.asarray(w, dtype=float) for w in weights)
    if sequence.ndim != 2 or sequence.shape[1] != len(kernel):
        raise ValueError(
            f"x has the shape {sequence.shape}; expected (steps, {len(kernel)}): one sequence, and "
            "as many features as the kernel has rows"
        )
    units = len(recurrent)
    state, cell = np.zeros(units), np.zeros(units)
    found: dict[str, list[np.ndarray]] = {name: [] for name in (*GATES, "cell", "state")}
    for values in sequence:
        blocks = np.split(values @ kernel + state @ recurrent + bias, 4)
        now = {name: _sigmoid(block) for name, block in zip(GATES, blocks, strict=True)}
        now["candidate"] = np.tanh(blocks[2])
        cell = now["forget"] * cell + now["input"] * now["candidate"]
        state = now["output"] * np.tanh(cell)
        for name, value in {**now, "cell": cell, "state": state}.items():
            found[name].append(value)
    return {name: np.stack(values) for name, values in found.items()}


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * z))  # without overflow
