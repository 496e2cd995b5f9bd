"""Whether a layer runs code that does not come with Keras."""

from __future__ import annotations

import keras


def has_own_code(layer: keras.Layer) -> bool:
    """Return whether a layer is of a class of your own, or a `Lambda`.

    Example:
        >>> has_own_code(keras.layers.Dense(2)), has_own_code(keras.layers.Lambda(abs))
        (False, True)
    """
    is_of_keras = type(layer).__module__.startswith("keras.")
    return not is_of_keras or isinstance(layer, keras.layers.Lambda)
