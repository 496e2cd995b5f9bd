"""The number of updates in one call of TensorFlow."""

from __future__ import annotations

# More saves no time, and makes the progress bar jump.
LARGEST = 50
# The learning rate is set once an execution; 20 values still look like a cosine.
EXECUTIONS = 20


def steps_per_execution(steps: int | None, epochs: int) -> int:
    """Compute how many updates should run inside one call of TensorFlow's compiled function.

    Between two calls Python runs callbacks and fetches metrics, which takes about a millisecond:
    longer than an update of a small model. The result divides an epoch into nearly equal parts
    and, if possible, the whole training into at least 20.

    Args:
        steps: Updates in an epoch, or None if unknown.
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
