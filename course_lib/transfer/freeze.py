"""Layers that keep their weights during training."""

from __future__ import annotations

import keras


def freeze(model: keras.Model, until: str | None = None, batch_norm: bool = False) -> keras.Model:
    """Freeze layers, so that their weights do not change during training.

    A frozen batch normalisation also runs in inference mode, with its moving averages, whatever
    the mode of the model (keras.io, "Transfer learning & fine-tuning"). Call `freeze` before
    `compile`, which fixes the trainable weights.

    Args:
        model: A Keras model; it is changed in place.
        until: Name of the last layer to freeze. Default: all layers.
        batch_norm: Freeze only the batch-normalisation layers among them, for fine-tuning.

    Returns:
        The same model.

    Raises:
        ValueError: The model has no layer `until`.

    Example:
        >>> from course_lib.transfer import freeze, small_vgg
        >>> model = freeze(small_vgg(include_top=False), until="block3_pool")
        >>> [layer.name for layer in model.layers if layer.trainable and layer.weights]
        ['block4_conv1', 'block4_bn1', 'block4_conv2', 'block4_bn2']
    """
    names = [layer.name for layer in model.layers]
    if until is not None and until not in names:
        raise ValueError(f"There is no layer {until!r}. There are: {', '.join(names)}")
    last = len(names) if until is None else names.index(until) + 1
    for layer in model.layers[:last]:
        if not batch_norm or isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return model
