"""The layers of a model that may compute in half precision."""

from __future__ import annotations

import keras

from course_lib.models.has_own_code import has_own_code

_SCALING = (keras.layers.Rescaling, keras.layers.Normalization)


def find_half_layers(model: keras.Model, is_scaled: bool = False) -> list[keras.Layer]:
    """Return the layers that lose nothing important if they compute in half precision.

    Nested models are included. These layers stay in float32:

    - the outputs of every model: a loss, and code between models, need the digits;
    - layers that prepare the inputs, and the first layer with weights if nothing scales its
      inputs: a year such as 2026 has no exact bfloat16, and 70,000 is infinite in float16;
    - layers of your own, whose code may assume float32, and what a subclassed model calls itself;
    - layers that already have another policy.

    Args:
        model: A Keras model.
        is_scaled: Whether the inputs of the model are small numbers, such as the outputs of another
            model.

    Returns:
        Layers of Keras without sublayers of others, in the order of the model.

    Example:
        >>> layers = [keras.layers.Dense(4, name=name) for name in ("first", "hidden", "last")]
        >>> model = keras.Sequential([keras.Input((4,)), *layers])
        >>> [layer.name for layer in find_half_layers(model)]
        ['hidden']
    """
    if not model.built:
        return []
    if not _is_graph(model):
        nested = [layer for layer in model.layers if isinstance(layer, keras.Model)]
        return [layer for part in nested for layer in find_half_layers(part)]
    found: list[keras.Layer] = []
    outputs = getattr(model, "output_names", None) or [one.name for one in model.layers[-1:]]
    raw_inputs = 0 if is_scaled else len(model.inputs)
    is_preparing = True
    for layer in model.layers:
        if isinstance(layer, _SCALING):
            raw_inputs = 0
            continue
        is_preparing = is_preparing and not layer.weights
        if is_preparing:
            continue
        if isinstance(layer, keras.Model):
            found += find_half_layers(layer, is_scaled=not raw_inputs)
        elif not raw_inputs and layer.name not in outputs and _is_plain(layer):
            found += layer._flatten_layers()  # the cell of an LSTM, the projections of attention
        if raw_inputs and layer.weights:
            raw_inputs -= 1
    return found


def _is_graph(model: keras.Model) -> bool:
    """Return whether Keras calls the layers, and not the code of a subclass."""
    return isinstance(model, keras.Sequential) or hasattr(model, "operations")


def _is_plain(layer: keras.Layer) -> bool:
    return not has_own_code(layer) and layer.dtype_policy.name == "float32"
