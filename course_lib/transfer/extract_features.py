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

    The model runs in inference mode. A second call with the same model, weights, images,
    preprocessing and batch size reads the stored features. If any of them differs, so does the
    key, and the features are computed again (`FeatureCache.key` says what is never stored).

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
        ValueError: There are no images, `batch_size` is below 1, or the model has several outputs.

    Example:
        >>> import numpy as np
        >>> from course_lib.transfer import backbone, extract_features, preprocess_input
        >>> images = np.zeros((3, 32, 32, 3), "uint8")
        >>> extract_features(backbone(), images, preprocess_input(), cache=False).shape
        (3, 2, 2, 128)
    """
    if not len(images):
        raise ValueError("There are no images to compute features of.")
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; it should be 1 or more")
    images = np.asarray(images)
    store = FeatureCache(None if isinstance(cache, bool) else cache)
    key = store.key(model, images, preprocess, batch_size) if cache is not False else None
    features = None if key is None else store.read(key)
    if features is None or len(features) != len(images):
        features = _compute_features(model, images, preprocess, batch_size)
        if key is not None:
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
        outputs = model.predict_on_batch(preprocess(batch.copy()) if preprocess else batch)
        if not isinstance(outputs, np.ndarray):
            raise ValueError(
                f"The model has {len(outputs)} outputs: choose one, "
                "keras.Model(model.inputs, model.outputs[0])"
            )
        features.append(outputs)
    return np.concatenate(features)
