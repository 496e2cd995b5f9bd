"""Whether the GPUs multiply float16 fast."""

from __future__ import annotations

COMPUTE_CAPABILITY = (7, 0)  # Volta, the first GPUs with tensor cores


def has_tensor_cores() -> bool:
    """Return whether TensorFlow finds a GPU, and every GPU that it finds has tensor cores.

    GPUs of compute capability 7.0 or newer have them (NVIDIA, "Train With Mixed Precision").

    Example:
        >>> has_tensor_cores() in (True, False)
        True
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    return bool(gpus) and all(
        detail.get("compute_capability", (0, 0)) >= COMPUTE_CAPABILITY for detail in details
    )
