"""Features of images, computed once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from course_lib.transfer.feature_cache import FeatureCache


def extract_features(
    model: keras.Model,
    images: np.ndarray,
    preprocess: Callable[[np.ndarray], np.ndarray] | None = None,
    batch_size: int = 64,
    cache: bool | str | Path = True,
) -> np.ndarray:
    """Compute the outputs of a model for images, and store them on disk.

    The model runs in inference mode. A second call with the same model, weights, images and
    preprocessing reads the stored features. If any of them differs, so does the key, and the
    features are computed again.

    Args:
        model: A Keras model.
        images: Array `(n, height, width, channels)`, as loaded.
        preprocess: Function of a batch of images that returns the inputs of the model. Default:
            none.
        batch_size: Images that are preprocessed and computed at a time; it bounds the memory.
        cache: True for KERAS_HOME/features, the path of another folder, or False for none.

    Returns:
        Array `(n, …)` with the output shape and dtype of the model.

    Raises:
        ValueError: There are no images.

    Example:
        >>> import numpy as np
        >>> from course_lib.transfer import backbone, extract_features, preprocess_input
        >>> images = np.zeros((3, 32, 32, 3), "uint8")
        >>> extract_features(backbone(), images, preprocess_input(), cache=False).shape
        (3, 2, 2, 128)
    """
    if not len(images):
        raise ValueError("There are no images to compute features of.")
    if cache is False:
        return _compute_features(model, images, preprocess, batch_size)
    store = FeatureCache(None if cache is True else cache)
    key = store.key(model, images, preprocess)
    features = store.read(key)
    if features is None:
        features = _compute_features(model, images, preprocess, batch_size)
        store.write(key, features)
    return features


def _compute_features(
    model: keras.Model,
    images: np.ndarray,
    preprocess: Callable[[np.ndarray], np.ndarray] | None,
    batch_size: int,
) -> np.ndarray:
    features = []
    for start in range(0, len(images), batch_size):
        batch = images[start : start + batch_size]
        features.append(model.predict_on_batch(preprocess(batch) if preprocess else batch))
    return np.concatenate(features)
