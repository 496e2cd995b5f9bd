"""What may cross between the processes: which dtypes, shapes and keys."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np

MAX_VALUES = 2_000_000
_MAX_DIMENSIONS = 32
_MAX_COLLISIONS = 1_000
# NumPy's own reader of such names can divide by zero, call Python's parser, and make other types.
PLAIN_DTYPE = re.compile(
    r"[<>|=]?(?:b1|[iuf](?:[1248]|16)|c(?:8|16|32)|[SU][1-9][0-9]{0,8}"
    r"|[mM]8(?:\[[1-9]?[0-9]{0,8}(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?)"
)


class CodecError(Exception):
    """A value cannot cross, or bytes are not a value."""


def find_plain_dtype(name: str) -> np.dtype:
    """The dtype of numbers, strings or times with this name.

    Args:
        name: in the form of `numpy.dtype.str`; untrusted.

    Raises:
        CodecError: no such dtype exists.

    Example:
        >>> find_plain_dtype("<f4")
        dtype('float32')
    """
    if not PLAIN_DTYPE.fullmatch(name):
        raise CodecError(f"an array of dtype {name[:64]!r} cannot cross")
    try:
        return np.dtype(name)
    except (TypeError, ValueError) as error:
        raise CodecError(f"unknown dtype {name!r}") from error


def check_shape(shape: Collection[int], size: int) -> None:
    """Refuse arrays of too many dimensions, and empty ones of a huge shape.

    Raises:
        CodecError: the shape is such a one.
    """
    if len(shape) > _MAX_DIMENSIONS:
        raise CodecError(f"an array of {len(shape)} dimensions")
    if size == 0 and max(shape, default=0) > MAX_VALUES:
        raise CodecError(f"an empty array of shape {tuple(shape)}")


def check_keys(keys: Collection[Any]) -> None:
    """Refuse many keys with the same hash: each is compared with all before it.

    Raises:
        CodecError: too many keys have the same hash, or one has none.
    """
    try:
        hashes = set(map(hash, keys))
    except TypeError as error:
        raise CodecError("a key without a hash") from error
    if len(keys) - len(hashes) > _MAX_COLLISIONS:
        raise CodecError(f"{len(keys)} keys with {len(hashes)} hashes")
