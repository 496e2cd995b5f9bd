"""The seed of the hidden tests."""

from __future__ import annotations

import os
import secrets


def hidden_seed() -> int:
    """Return the seed from which hidden inputs are drawn.

    During grading it comes from the environment variable `AUTOGRADER_SEED`, so that a whole class
    gets the same inputs and a mark can be reproduced later; the grader records it. Otherwise it is
    new at each call, and printed.

    Returns:
        An integer of up to 128 bits, so that it cannot be found by trying all. NumPy takes it as
        it is: `np.random.default_rng(hidden_seed())`. For Keras: `hidden_seed() % 2**32`.

    Raises:
        ValueError: `AUTOGRADER_SEED` is not such an integer.

    Example:
        >>> import os
        >>> os.environ["AUTOGRADER_SEED"] = "7"
        >>> hidden_seed()
        7
        >>> del os.environ["AUTOGRADER_SEED"]
    """
    value = os.environ.get("AUTOGRADER_SEED", "").strip()
    if value and not value.isdecimal():
        raise ValueError(f"AUTOGRADER_SEED is {value!r}: set it to an integer, 0 or larger")
    if value:
        # Not printed: students read the outputs of test cells on their feedback pages.
        return int(value)
    seed = secrets.randbits(128)
    print(f"hidden seed: {seed}")
    return seed
