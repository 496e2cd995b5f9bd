"""Seeds random numbers, so that the same work behaves the same each time it is graded."""

from __future__ import annotations

import random
import sys


def seed_libraries(seed: int) -> None:
    """Seed Python's, NumPy's and Keras' generators; a seed that a notebook sets replaces it.

    Generators that are made without a seed start from it too, such as `numpy.random.default_rng()`.
    Libraries that are not imported yet are left alone: Keras draws its own seeds from Python's
    generator.

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
