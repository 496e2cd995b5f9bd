"""How many updates to hand to TensorFlow at a time."""

from __future__ import annotations

# Larger saves nothing more, and the progress bar would move in jumps.
LARGEST = 50
# A schedule is set once an execution: with 20 values a cosine still looks like one.
EXECUTIONS = 20


def steps_per_execution(steps: int | None, epochs: int) -> int:
    """Number of updates that run inside one call of TensorFlow's compiled function.

    Between two calls Python runs callbacks and fetches metrics, about a millisecond: for a
    small model longer than the update itself. The number divides an epoch into nearly equal
    parts and leaves at least 20 parts in the whole training where it can.

    Args:
        steps: Updates an epoch, or None if that is not known.
        epochs: Number of epochs.

    Returns:
        An integer in [1, 50] for `model.compile(steps_per_execution=…)`.

    Example:
        >>> steps_per_execution(469, epochs=20)     # 60,000 images, batches of 128
        47
        >>> steps_per_execution(36, epochs=5)       # 180 updates in all
        9
    """
    if not steps:
        return 1
    largest = max(1, min(LARGEST, steps, steps * epochs // EXECUTIONS))
    executions = -(-steps // largest)
    return -(-steps // executions)
