"""What the hidden tests of a lab need."""

from __future__ import annotations

import os
import secrets


def hidden_seed() -> int:
    """Return the seed from which hidden inputs are drawn, and print it.

    At grading it comes from the environment variable ``AUTOGRADER_SEED``, so that a whole class
    meets the same inputs and a mark can be looked into later; otherwise it is new on each call.
    Printed, it is kept with the notebook's output.

    Returns:
        An integer, 0 or larger: ``np.random.default_rng(hidden_seed())``.

    Raises:
        ValueError: ``AUTOGRADER_SEED`` is not such an integer.

    Example:
        >>> import os
        >>> os.environ["AUTOGRADER_SEED"] = "7"
        >>> hidden_seed()
        hidden seed: 7
        7
        >>> del os.environ["AUTOGRADER_SEED"]
    """
    given = os.environ.get("AUTOGRADER_SEED", "").strip()
    if given and not given.isdecimal():
        raise ValueError(f"AUTOGRADER_SEED is {given!r}: set it to an integer, 0 or larger")
    seed = int(given) if given else secrets.randbits(32)
    print(f"hidden seed: {seed}")
    return seed
