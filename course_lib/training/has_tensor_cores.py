"""Whether the GPUs multiply float16 fast."""

from __future__ import annotations

VOLTA = (7, 0)  # the compute capability of the first GPUs with tensor cores


def has_tensor_cores() -> bool:
    """Return whether TensorFlow finds a GPU, and every GPU that it finds has tensor cores.

    GPUs of compute capability 7.0 or newer have them (NVIDIA, "Train With Mixed Precision").

    Example:
        >>> has_tensor_cores() in (True, False)
        True
    """
    capabilities = find_compute_capabilities()
    return bool(capabilities) and min(capabilities) >= VOLTA


def find_compute_capabilities() -> list[tuple[int, int]]:
    """Return the compute capability of each GPU that TensorFlow finds; (0, 0) if unknown.

    Example:
        >>> all(len(capability) == 2 for capability in find_compute_capabilities())
        True
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    return [detail.get("compute_capability") or (0, 0) for detail in details]
