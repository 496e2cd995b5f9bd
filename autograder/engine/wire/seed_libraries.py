"""Seeds random numbers, so that the same work behaves the same each time it is graded."""

from __future__ import annotations

import hashlib
import random
import sys

from wrapt import register_post_import_hook


def seed_libraries(seed: int) -> None:
    """Seed Python's, NumPy's and Keras' generators; a seed that a notebook sets replaces it.

    Generators that are made without a seed start from it too, such as `numpy.random.default_rng()`.
    TensorFlow's generator is seeded when TensorFlow is imported, if that is later; Keras then draws
    its own seeds from Python's generator.

    Args:
        seed: 0 to 2**32 - 1.
    """
    random.seed(seed)
    if "numpy" in sys.modules:
        import numpy as np
        from numpy.random import bit_generator

        np.random.seed(seed)
        # An unseeded generator asks this function of the module for entropy.
        if hasattr(bit_generator, "randbits"):
            setattr(bit_generator, "randbits", random.Random(seed).getrandbits)  # noqa: B010
    if "keras" in sys.modules:
        import keras

        keras.utils.set_random_seed(seed)
    else:
        register_post_import_hook(lambda module: module.random.set_seed(seed), "tensorflow")


def derive_kernel_seed(seed: int) -> int:
    """What a class's kernels start from: it tells nothing of the hidden seed.

    Args:
        seed: the hidden seed, of 128 bits, so that it cannot be found by trying all.

    Returns:
        0 to 2**32 - 1, as NumPy and Keras require.
    """
    return int.from_bytes(hashlib.sha256(f"kernel {seed}".encode()).digest()[:4], "big")
