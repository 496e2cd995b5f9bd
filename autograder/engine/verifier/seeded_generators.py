"""Generators that a test gives to the student's code: those with a public seed."""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np

# Larger seeds may come from the hidden one.
_MOST_KNOWN_SEED = 1 << 20
_MOST_NUMBERS = 200


def describe_seeded(value: Any, text: str) -> list[Any] | None:
    """Return a generator as a shared value; None for anything else, and where its seed is hidden.

    Args:
        value: What the test passes.
        text: The instructor's notebook; numbers in it are public.
    """
    if isinstance(value, np.random.Generator):
        entropy = _find_entropy(value)
        return None if entropy is None else ["array_values.generator", entropy]
    if type(value) is random.Random:
        state = value.getstate()
        found = (n for n in _list_numbers(text) if random.Random(n).getstate() == state)
        kind = "python_values.Random"
    elif isinstance(value, np.random.RandomState):
        shown = repr(value.get_state(legacy=False))
        found = (n for n in _list_numbers(text) if _show_state(n) == shown)
        kind = "array_values.random_state"
    else:
        return None
    seed = next(found, None)
    return None if seed is None else [kind, seed]


def _list_numbers(text: str) -> list[int]:
    numbers = re.findall(r"(?<![\w.])\d{1,9}(?![\w.])", text)
    return [int(number) for number in dict.fromkeys(numbers)][:_MOST_NUMBERS]


def _show_state(seed: int) -> str:
    return repr(np.random.RandomState(seed).get_state(legacy=False))


def _find_entropy(value: np.random.Generator) -> list[Any] | None:
    """The state of a NumPy generator whose seed is public; None for others."""
    sequence = value.bit_generator.seed_seq
    entropy = getattr(sequence, "entropy", None)
    is_known = type(entropy) is int and entropy < _MOST_KNOWN_SEED
    state = value.bit_generator.state
    return [state] if is_known and state["bit_generator"] == "PCG64" else None
