"""Notices where a test seeds random numbers, so that the student's code draws the same."""

from __future__ import annotations

import contextlib
import functools
import random
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

# Larger seeds that are not in the text may come from the hidden one.
_MOST_KNOWN_SEED = 1 << 20


class SeedWatch:
    """The generators that a test cell has seeded with a public number."""

    def __init__(self) -> None:
        self._text = ""
        self._seeded: set[str] = set()
        self._sent: dict[str, Any] = {}
        self._tensorflow: list[int] = []

    @contextlib.contextmanager
    def watch(self, text: str) -> Iterator[None]:
        """In the block, notice seeds.

        Args:
            text: numbers in it are public.
        """
        self._text, self._seeded, self._sent, self._tensorflow = text, set(), {}, []
        numpy, tensorflow = sys.modules.get("numpy"), sys.modules.get("tensorflow")
        watched: list[tuple[Any, str, str]] = [(random, "seed", "python")]
        if numpy is not None:
            watched.append((numpy.random, "seed", "numpy"))
        if tensorflow is not None:
            watched.append((tensorflow.random, "set_seed", "tensorflow"))
        before = [(module, name, getattr(module, name)) for module, name, _ in watched]
        for module, name, generator in watched:
            setattr(module, name, self._notice(getattr(module, name), generator))
        try:
            yield
        finally:
            for module, name, function in before:
                setattr(module, name, function)

    def _notice(self, function: Callable[..., Any], generator: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def noticed(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            seed: Any = [*args, *kwargs.values()][0] if args or kwargs else None
            if self._is_known(seed):
                self._seeded.add(generator)
                self._sent.pop(generator, None)
                if generator == "tensorflow":
                    self._tensorflow.append(int(seed))
            else:
                self._seeded.discard(generator)
            return result

        return noticed

    def _is_known(self, seed: Any) -> bool:
        if type(seed) is not int:
            return False
        return 0 <= seed < _MOST_KNOWN_SEED or bool(re.search(rf"\b{seed}\b", self._text))

    def list_changes(self) -> list[list[Any]]:
        """The generators whose state the student's kernel does not have yet, and the states."""
        found: list[list[Any]] = []
        if "python" in self._seeded:
            found.append(["python", [*random.getstate()]])
        if "numpy" in self._seeded:
            found.append(["numpy", list(sys.modules["numpy"].random.get_state())])
        found = [[name, state] for name, state in found if not self._is_sent(name, state)]
        found += [["tensorflow", seed] for seed in self._tensorflow[-1:]]
        self._tensorflow = []
        return found

    def _is_sent(self, name: str, state: list[Any]) -> bool:
        shown = repr([part.tobytes() if hasattr(part, "tobytes") else part for part in state])
        is_sent = bool(self._sent.get(name) == shown)
        self._sent[name] = shown
        return is_sent
