"""Features on disk, under a key of everything that they depend on."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from course_lib.data.sources.keras_home import keras_home

DTYPE = re.compile(r'"(mixed_)?b?float\d+"')


class FeatureCache:
    """A folder with one file for each combination of model, weights, images and preprocessing.

    The key is a hash of all of them, so that stored features never belong to another combination.
    Files are written completely or not at all.

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
    ) -> str:
        """Return the key of these features, 32 characters.

        The preprocessing enters with its name and with its results for two inputs: an image with
        all values from 0 to 255, and eight of the images.

        Args:
            model: The model.
            images: Array `(n, height, width, channels)`.
            preprocess: As for `extract_features`.
        """
        images = np.ascontiguousarray(images)
        ramp = np.arange(256).reshape(1, 16, 16, 1).repeat(3, axis=-1).astype(images.dtype)
        some = images[np.linspace(0, len(images) - 1, 8).astype(int) if len(images) else []]
        parts = [
            _serialize(model),
            *model.get_weights(),
            images,
            getattr(preprocess, "__qualname__", type(preprocess).__name__),
        ]
        if preprocess is not None:
            for probe in [ramp, some] if images.shape[3:] == (3,) else [some]:
                parts.append(np.asarray(preprocess(probe.copy())))
        digest = hashlib.blake2b(digest_size=16)
        for part in parts:
            if isinstance(part, str):
                digest.update(part.encode())
            else:
                part = np.ascontiguousarray(part)
                digest.update(f"{part.shape}{part.dtype}".encode())
                digest.update(part.data.cast("B") if part.size else b"")
        return digest.hexdigest()

    def read(self, key: str) -> np.ndarray | None:
        """Return the features with that key, or None if there is no readable file."""
        try:
            return np.load(self._path(key), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None

    def write(self, key: str, features: np.ndarray) -> None:
        """Store features under that key."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
            np.save(file, features)
        os.replace(file.name, self._path(key))

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
