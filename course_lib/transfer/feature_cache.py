"""Features on the disk, under the name of everything that they depend on."""

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

from course_lib.data.keras_cache import keras_home

DTYPE = re.compile(r'"(mixed_)?b?float\d+"')


class FeatureCache:
    """A folder with one file for each combination of model, weights, data and preprocessing.

    The key is a hash: nothing is ever found that was computed in another way, and what is found
    needs no check. Files are written whole or not at all.

    Args:
        folder: Where the files are. Default: KERAS_HOME/features.

    Example:
        >>> import tempfile
        >>> cache = FeatureCache(tempfile.mkdtemp())
        >>> cache.write("ab12", np.ones((2, 3)))
        >>> cache.read("ab12").shape, cache.read("cd34")
        ((2, 3), None)
    """

    def __init__(self, folder: str | Path | None = None):
        self.folder = Path(folder or keras_home() / "features")

    @staticmethod
    def key(model: keras.Model, images: np.ndarray, preprocess: Callable | None = None) -> str:
        """The name under which these features are kept, 32 characters.

        Of `preprocess` it takes the name and what it does: to one image that has every value
        from 0 to 255, and to eight of yours.
        """
        images = np.ascontiguousarray(images)
        ramp = np.arange(256).reshape(1, 16, 16, 1).repeat(3, axis=-1).astype(images.dtype)
        some = images[np.linspace(0, len(images) - 1, 8).astype(int)] if len(images) else ()
        parts = [
            _config(model),
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
        """The features under that key, or None; a file that can't be read counts as none."""
        try:
            return np.load(self._path(key), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None

    def write(self, key: str, features: np.ndarray) -> None:
        """Keep features under that key."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
            np.save(file, features)
        os.replace(file.name, self._path(key))

    def _path(self, key):
        return self.folder / f"{key}.npy"


def _config(model):
    """The model's configuration, its layers under numbers: Keras' names count up in a process."""
    text = json.dumps(model.get_config(), sort_keys=True, default=str)
    names = dict.fromkeys(re.findall(r'"name": ("[^"]*")', text))
    for number, name in enumerate(names):
        if not DTYPE.fullmatch(name):
            text = text.replace(name, f'"{number}"')
    return text
