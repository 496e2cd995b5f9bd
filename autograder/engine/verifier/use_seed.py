"""What the hidden tests draw their inputs from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.engine.wire.seed_libraries import seed_libraries

_NAME = "AUTOGRADER_SEED"


def set_seed(seed: int) -> None:
    """Let the tests of this process draw their inputs from `seed`."""
    os.environ[_NAME] = str(seed)
    seed_libraries(seed % 2**32)


@contextmanager
def use_seed(seed: int) -> Iterator[None]:
    """Let the tests draw from another seed for a while."""
    before = int(os.environ[_NAME])
    set_seed(seed)
    try:
        yield
    finally:
        set_seed(before)
