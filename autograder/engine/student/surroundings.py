"""What a test changed around the student's code: names, patched modules, seeds, variables."""

from __future__ import annotations

import contextlib
import os
import random
import sys
from typing import Any

from autograder.engine.wire.find_library_object import find_library_object
from autograder.engine.wire.mutable_values import update_in_place

_ABSENT = object()


class Surroundings:
    """Brings what the test changed into the student's kernel.

    Args:
        names: the kernel's namespace.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._patched: dict[tuple[str, str], Any] = {}
        self._environment = dict(os.environ)

    def change(self, changes: dict[str, Any]) -> dict[str, str]:
        """Bring changes about.

        Args:
            changes: by kind, lists; each kind has a method here.

        Returns:
            The environment variables that differ from those at the start.
        """
        for name, value in changes.get("set", ()):
            self._names[name] = value
        for name, value in changes.get("update", ()):
            # An object of another kind by now is the student's own affair.
            with contextlib.suppress(KeyError, TypeError):
                update_in_place(self._names[name], value)
        for name in changes.get("delete", ()):
            self._names.pop(name, None)
        for name, module, attribute in changes.get("import", ()):
            if name not in self._names:
                # What is not installed here stays undefined, as without the test.
                with contextlib.suppress(ImportError, AttributeError):
                    self._names[name] = _import(module, attribute)
        for module, attribute, value in changes.get("patch", ()):
            self._patch(module, attribute, value)
        for module, attribute in changes.get("unpatch", ()):
            self._unpatch(module, attribute)
        for generator, state in changes.get("random", ()):
            _set_random_state(generator, state)
        for variable, value in changes.get("environment", ()):
            os.environ.pop(variable, None)
            if value is not None:
                os.environ[variable] = value
        now = dict(os.environ)
        return {k: v for k, v in now.items() if self._environment.get(k) != v}

    def _patch(self, module: str, attribute: str, value: Any) -> None:
        target = _import(module, None)
        key = (module, attribute)
        self._patched.setdefault(key, getattr(target, attribute, _ABSENT))
        setattr(target, attribute, value)

    def _unpatch(self, module: str, attribute: str) -> None:
        before = self._patched.pop((module, attribute), _ABSENT)
        if before is not _ABSENT:
            setattr(sys.modules[module], attribute, before)


def _import(module: str, attribute: str | None) -> Any:
    if attribute is None:
        return __import__(module, fromlist=["_"])
    try:
        return find_library_object(module, attribute)
    except AttributeError:
        return __import__(f"{module}.{attribute}", fromlist=["_"])


def _set_random_state(generator: str, state: Any) -> None:
    if generator == "python":
        version, numbers, gauss = state
        random.setstate((version, tuple(numbers), gauss))
    elif generator == "numpy":
        import numpy as np

        np.random.set_state(tuple(state))
    elif generator == "tensorflow":
        import tensorflow as tf

        tf.random.set_seed(state)
    elif generator == "keras":
        import keras

        keras.utils.set_random_seed(state)
