"""Low-rank adaptation of a whole model."""

from __future__ import annotations

import keras


def add_lora(model: keras.Model, rank: int = 4) -> keras.Model:
    """Freeze a model, and add trainable matrices of low rank to its dense layers.

    Keras adds them to one layer, `layer.enable_lora(rank)`. This function adds them to every
    `Dense` and `EinsumDense` layer of a model, also to those of its attention, and freezes all
    other weights (Hu et al. 2022, "LoRA", §4). The outputs are the same at first. Call it before
    `compile`, which fixes the trainable weights.

    Args:
        model: A built model; it is changed in place.
        rank: Rank of the added matrices.

    Returns:
        The same model.

    Raises:
        ValueError: `rank` is less than 1, or the model has no such layer.

    Example:
        >>> model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(10)])
        >>> sum(weight.shape[0] * weight.shape[1] for weight in add_lora(model).trainable_weights)
        72
    """
    if rank < 1:
        raise ValueError(f"rank is {rank}; it should be 1 or more")
    dense = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, (keras.layers.Dense, keras.layers.EinsumDense))
    ]
    if not dense:
        raise ValueError("The model has no Dense or EinsumDense layer.")
    for layer in model._flatten_layers():
        for weight in [] if layer in dense else layer._trainable_variables:
            weight.trainable = False
    for layer in dense:
        layer.enable_lora(rank)
        if layer.bias is not None:
            layer.bias.trainable = False
    return model
