"""The cost of a model in multiply-adds."""

from __future__ import annotations

from math import prod
from typing import Any

import keras

_CONVOLUTIONS = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)
_TRANSPOSED = tuple(getattr(keras.layers, f"Conv{n}DTranspose") for n in (1, 2, 3))
_DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
_SEPARABLE = (keras.layers.SeparableConv1D, keras.layers.SeparableConv2D)
# Layers whose weights scale and shift, or are looked up.
_FREE = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.Normalization,
    keras.layers.Embedding,
    keras.layers.PReLU,
)


def multiply_adds(model: keras.Model) -> int:
    """Count the multiply-adds of a model for one example.

    It counts as papers do (Howard et al. 2017, §3.1; He et al. 2016, table 1): convolutions and
    dense layers, one multiply-add for each weight and each position where it is used. Zeros of the
    padding count like pixels. Biases, normalisation, activations and pooling are not counted.

    Args:
        model: Sequential or Functional, with a fixed input size. It may contain other such models;
            a layer that is used several times counts each time.

    Raises:
        ValueError: A size is not fixed, the model is neither Sequential nor Functional, or the
            cost of a layer with weights is unknown.

    Example:
        >>> import keras
        >>> from course_lib.models import multiply_adds
        >>> model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(16, 3),
        ...                           keras.layers.Flatten(), keras.layers.Dense(10)])
        >>> multiply_adds(model) == 30 * 30 * 16 * (3 * 3 * 3) + 30 * 30 * 16 * 10
        True
    """
    return sum(
        _count(node.operation, node.arguments.keras_tensors[0], node.outputs[0])
        for node in _list_nodes(model)
        if not node.is_input
    )


def _list_nodes(model: keras.Model) -> list[Any]:
    """Return every use of a layer inside the model, as a node of Keras."""
    graph = getattr(model, "_functional", None) or model  # where a Sequential keeps its graph
    if not hasattr(graph, "_nodes_by_depth"):
        raise ValueError(
            f"multiply_adds cannot inspect {model.name}, a {type(model).__name__}: it takes "
            "Functional models, and Sequential models that begin with keras.Input."
        )
    return [node for nodes in graph._nodes_by_depth.values() for node in nodes]


def _count(layer: Any, inputs: keras.KerasTensor, outputs: keras.KerasTensor) -> int:
    if isinstance(layer, keras.Model):
        return multiply_adds(layer)
    if isinstance(layer, _TRANSPOSED):
        # Each pixel of the input is multiplied by the whole kernel.
        return prod(layer.kernel.shape) * _count_pixels(layer, inputs)
    if isinstance(layer, (*_CONVOLUTIONS, *_DEPTHWISE)):
        return prod(layer.kernel.shape) * _count_pixels(layer, outputs)
    if isinstance(layer, _SEPARABLE):
        kernels = prod(layer.depthwise_kernel.shape) + prod(layer.pointwise_kernel.shape)
        return kernels * _count_pixels(layer, outputs)
    if isinstance(layer, keras.layers.Dense):
        return prod(layer.kernel.shape) * _multiply_sizes(layer, outputs.shape[1:-1])
    if getattr(layer, "weights", ()) and not isinstance(layer, _FREE):
        raise ValueError(
            f"multiply_adds does not know the cost of {layer.name}, a {type(layer).__name__}: it "
            "knows convolutions, dense layers, and models of them."
        )
    return 0


def _count_pixels(layer: Any, maps: keras.KerasTensor) -> int:
    """Return the number of pixels in a feature map."""
    is_last = layer.data_format == "channels_last"
    return _multiply_sizes(layer, maps.shape[1:-1] if is_last else maps.shape[2:])


def _multiply_sizes(layer: Any, sizes: tuple[int | None, ...]) -> int:
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        raise ValueError(
            f"The size at {layer.name} is not fixed, {sizes}: build the model with "
            "keras.Input((height, width, channels))."
        )
    return prod(known)
