"""What a network makes of images, computed once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from course_lib.transfer.feature_cache import FeatureCache


def extract_features(
    model: keras.Model,
    images: np.ndarray,
    preprocess: Callable | None = None,
    batch_size: int = 64,
    cache: bool | str | Path = True,
) -> np.ndarray:
    """The outputs of a model for images, kept on the disk and not computed twice.

    The model runs in inference mode. The second call with the same model, weights, images and
    preprocessing reads the file that the first has written; if any of them differs, the key
    differs, and the features are computed.

    Args:
        model: A Keras model.
        images: Array `(n, height, width, channels)`, as loaded.
        preprocess: Function of a batch of images that returns the model's inputs. Default: none.
        batch_size: Images that are preprocessed and computed at one time, which bounds the
            memory.
        cache: True for KERAS_HOME/features, the path of another folder, or False.

    Returns:
        Array `(n, …)` of the model's output shape and dtype.

    Raises:
        ValueError: There is no image.

    Example:
        >>> import numpy as np
        >>> from course_lib.transfer import backbone, extract_features, preprocess_input
        >>> images = np.zeros((3, 32, 32, 3), "uint8")
        >>> extract_features(backbone(), images, preprocess_input(), cache=False).shape
        (3, 2, 2, 128)
    """
    if not len(images):
        raise ValueError("There is no image to compute features of.")
    store = None
    if cache is not False:
        store = FeatureCache(None if cache is True else cache)
        key = store.key(model, images, preprocess)
        features = store.read(key)
        if features is not None:
            return features

    parts = []
    for start in range(0, len(images), batch_size):
        batch = images[start : start + batch_size]
        if preprocess is not None:
            batch = preprocess(batch)
        parts.append(model.predict_on_batch(batch))
    features = np.concatenate(parts)
    if store is not None:
        store.write(key, features)
    return features
