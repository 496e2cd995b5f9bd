"""The layers of a model that may compute in half precision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras

from course_lib.models.has_own_code import has_own_code

_SCALING = (keras.layers.Rescaling, keras.layers.Normalization)
_FLOAT32 = (keras.layers.InputLayer, *_SCALING)


def find_half_layers(model: keras.Model, is_scaled: bool = False) -> list[keras.Layer]:
    """Return the layers that lose nothing important if they compute in half precision.

    Nested models are included. These layers stay in float32:

    - the outputs of every model: a loss, and code between models, need the digits;
    - layers that prepare the inputs, and every layer that reads inputs which nothing has scaled,
      also beside other layers: a year such as 2026 has no exact bfloat16, and 70,000 is infinite in
      float16;
    - layers with a loss of their own (`activity_regularizer`): Keras adds it to one in float32;
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
    raw = set() if is_scaled else _find_readers(model, any, _scales)
    unprepared = _find_readers(model, all, _has_weights)
    found: list[keras.Layer] = []
    outputs = getattr(model, "output_names", None) or [one.name for one in model.layers[-1:]]
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += find_half_layers(layer, is_scaled=id(layer) not in raw)
        elif isinstance(layer, _FLOAT32) or not layer.weights and id(layer) in unprepared:
            continue
        elif id(layer) not in raw and layer.name not in outputs and _is_plain(layer):
            found += layer._flatten_layers()  # the cell of an LSTM, the projections of attention
    return found


def _find_readers(
    model: keras.Model,
    how_many: Callable[[Iterable[bool]], bool],
    ends: Callable[[Any], bool],
) -> set[int]:
    """Return the ids of the operations that read the inputs of the model, also through others.

    Args:
        model: A Functional or Sequential model.
        how_many: `any` or `all` of the tensors that an operation reads.
        ends: Whether the outputs of an operation no longer count as inputs of the model.
    """
    reached = {id(tensor) for tensor in model.inputs}
    readers = set()
    for operation, inputs, outputs in _list_calls(model):
        if how_many(id(tensor) in reached for tensor in inputs):
            readers.add(id(operation))
            if not ends(operation):
                reached.update(id(tensor) for tensor in outputs)
    return readers


def _has_weights(operation: Any) -> bool:
    return bool(getattr(operation, "weights", ()))


def _scales(operation: Any) -> bool:
    return _has_weights(operation) or isinstance(operation, _SCALING)


def _list_calls(model: keras.Model) -> Iterator[tuple[Any, list[Any], list[Any]]]:
    """Yield each operation of the graph with its inputs and outputs, inputs first."""
    graph = model._functional if isinstance(model, keras.Sequential) else model
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        for node in graph._nodes_by_depth[depth]:
            if not node.is_input:
                yield node.operation, node.input_tensors, node.output_tensors


def _is_graph(model: keras.Model) -> bool:
    """Return whether Keras calls the layers, and not the code of a subclass."""
    is_sequential = isinstance(model, keras.Sequential)
    return model._functional is not None if is_sequential else hasattr(model, "operations")


def _is_plain(layer: keras.Layer) -> bool:
    parts = layer._flatten_layers()
    has_loss = any(getattr(part, "activity_regularizer", None) is not None for part in parts)
    return not has_own_code(layer) and not has_loss and layer.dtype_policy.name == "float32"
