"""The KL divergence of normal distributions from the standard one."""

from __future__ import annotations

from typing import Any

from keras import ops


def kl_from_standard_normal(mean: Any, log_variance: Any) -> Any:
    """Compute the KL divergence of N(mean, exp(log_variance)) from N(0, 1), entry by entry.

    Kingma & Welling 2014, appendix B.

    Args:
        mean: Number, array or tensor.
        log_variance: The same shape.

    Returns:
        A tensor of that shape, in nats, 0 or more.

    Example:
        >>> float(kl_from_standard_normal(1.0, 0.0))       # one standard deviation off
        0.5
    """
    mean, log_variance = ops.convert_to_tensor(mean), ops.convert_to_tensor(log_variance)
    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance)
