"""What a model costs: its multiplications, each with the addition that goes with it."""

from __future__ import annotations

from math import prod

import keras

_CONVOLUTIONS = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)
_TRANSPOSED = tuple(getattr(keras.layers, f"Conv{n}DTranspose") for n in (1, 2, 3))
_DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
_SEPARABLE = (keras.layers.SeparableConv1D, keras.layers.SeparableConv2D)
# Their weights scale and shift, or are looked up.
_FREE = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.Normalization,
    keras.layers.Embedding,
    keras.layers.PReLU,
)


def multiply_adds(model: keras.Model) -> int:
    """How many multiply-adds one example costs on its way through a model.

    Counted as papers count (Howard et al. 2017, §3.1; He et al. 2016, table 1): convolutions and
    dense layers, one multiply-add for each weight and each place where it is used. Zeros of the
    padding count like pixels. Biases, normalisation, activations and pooling count nothing.

    Args:
        model: Sequential or Functional, with a fixed input size; it may have other such models
            inside, and layers that are used more than once count as often as they are used.

    Returns:
        Multiply-adds of one example.

    Raises:
        ValueError: A size is not fixed, the model is neither Sequential nor Functional, or a layer
            with weights is of a kind that is not known here.

    Example:
        >>> import keras
        >>> from course_lib.models import multiply_adds
        >>> model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(16, 3),
        ...                           keras.layers.Flatten(), keras.layers.Dense(10)])
        >>> multiply_adds(model) == 30 * 30 * 16 * (3 * 3 * 3) + 30 * 30 * 16 * 10
        True
    """
    return sum(
        _of_layer(node.operation, node.arguments.keras_tensors[0], node.outputs[0])
        for node in _uses(model)
        if not node.is_input
    )


def _uses(model):
    """Every use of a layer inside the model, as Keras' nodes."""
    graph = getattr(model, "_functional", None) or model  # a Sequential keeps its own there
    if not hasattr(graph, "_nodes_by_depth"):
        raise ValueError(
            f"multiply_adds can't look into {model.name}, a {type(model).__name__}: it takes "
            "Sequential models that begin with keras.Input, and Functional ones."
        )
    return [node for nodes in graph._nodes_by_depth.values() for node in nodes]


def _of_layer(layer, inputs, outputs) -> int:
    if isinstance(layer, keras.Model):
        return multiply_adds(layer)
    if isinstance(layer, _TRANSPOSED):
        # Each pixel that comes in is multiplied by the whole kernel.
        return prod(layer.kernel.shape) * _places(layer, inputs)
    if isinstance(layer, (*_CONVOLUTIONS, *_DEPTHWISE)):
        return prod(layer.kernel.shape) * _places(layer, outputs)
    if isinstance(layer, _SEPARABLE):
        kernels = prod(layer.depthwise_kernel.shape) + prod(layer.pointwise_kernel.shape)
        return kernels * _places(layer, outputs)
    if isinstance(layer, keras.layers.Dense):
        return prod(layer.kernel.shape) * _fixed(layer, outputs.shape[1:-1])
    if getattr(layer, "weights", ()) and not isinstance(layer, _FREE):
        raise ValueError(
            f"multiply_adds does not know what {layer.name} costs, a {type(layer).__name__}: it "
            "knows convolutions, dense layers, and models of them."
        )
    return 0


def _places(layer, maps) -> int:
    """Places of feature maps: their pixels."""
    last = layer.data_format == "channels_last"
    return _fixed(layer, maps.shape[1:-1] if last else maps.shape[2:])


def _fixed(layer, sizes) -> int:
    if None in sizes:
        raise ValueError(
            f"At {layer.name} the size is not fixed, {sizes}: build the model with "
            "keras.Input((height, width, channels))."
        )
    return prod(sizes)
