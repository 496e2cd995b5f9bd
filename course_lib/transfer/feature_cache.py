"""Features on disk, under a key of everything that they depend on."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import joblib
import keras
import numpy as np

from course_lib.data.sources.keras_home import keras_home
from course_lib.models.has_own_code import has_own_code
from course_lib.transfer.describe_function import IndescribableError, describe_function

DTYPE = re.compile(r'"(mixed_)?b?float\d+"')


class FeatureCache:
    """A folder with one file for each combination of model, weights, images and preprocessing.

    The key is a hash of all of them, so that stored features never belong to another combination.
    Files are written completely or not at all; a folder that cannot be written to stores nothing.

    Args:
        folder: Where the files are. Default: KERAS_HOME/features.

    Example:
        >>> import tempfile
        >>> cache = FeatureCache(tempfile.mkdtemp())
        >>> cache.write("ab12", np.ones((2, 3)))
        >>> cache.read("ab12").shape, cache.read("cd34")
        ((2, 3), None)
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder or keras_home() / "features")

    @staticmethod
    def key(
        model: keras.Model,
        images: np.ndarray,
        preprocess: Callable[[np.ndarray], np.ndarray] | None = None,
        batch_size: int = 64,
    ) -> str | None:
        """Return the key of these features, 32 characters, or None if nothing may be stored.

        The preprocessing enters with its code and everything that the code reads
        (`describe_function`), and with its results for some of the images. Nothing is stored for
        a model with layers of your own, whose code the key does not contain, and for a
        preprocessing that depends on chance or on something that cannot be compared.

        Args:
            model: The model.
            images: Array `(n, height, width, channels)`.
            preprocess: As for `extract_features`.
            batch_size: Images in a batch; a preprocessing may depend on the others.
        """
        parts: list[Any] = [keras.__version__, batch_size, np.asarray(images)]
        if preprocess is not None:
            some = parts[-1][np.linspace(0, len(images) - 1, 8).astype(int)]
            try:
                first, second = (np.asarray(preprocess(some.copy())) for _ in range(2))
                parts += [describe_function(preprocess), first]
            except IndescribableError:
                return None
            if not np.array_equal(first, second, equal_nan=True):
                return None
        layers = [model, *model._flatten_layers(include_self=False)]
        if any(map(has_own_code, layers)):
            return None
        return joblib.hash([*parts, _serialize(model), model.get_weights()])

    def read(self, key: str) -> np.ndarray | None:
        """Return the features with that key, or None if there is no readable file."""
        try:
            return np.load(self._path(key), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None

    def write(self, key: str, features: np.ndarray) -> None:
        """Store features under that key, if the folder can be written to."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".part-") as part:
                np.save(f"{part}/features.npy", features)
                os.replace(f"{part}/features.npy", self._path(key))

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npy"


def _serialize(model: keras.Model) -> str:
    """Return the configuration of a model with its layers numbered.

    Keras' own names are counted up during a process, so that they differ between equal models.
    """
    text = json.dumps(model.get_config(), sort_keys=True, default=str)
    names = dict.fromkeys(re.findall(r'"name": ("[^"]*")', text))
    for number, name in enumerate(names):
        if not DTYPE.fullmatch(name):
            text = text.replace(name, f'"{number}"')
    return text
