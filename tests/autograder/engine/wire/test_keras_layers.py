"""Every layer of keras.layers crosses and computes the same, or is refused by name."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from autograder.engine.wire.codec import decode, encode
from autograder.engine.wire.keras_config import REFUSED
from autograder.engine.wire.keras_values import model_data, rebuild_model
from course_lib.testing.layers_of import _REFUSED

L = keras.layers
ROW, SERIES, IMAGE, VOLUME = (6,), (8, 4), (8, 8, 3), (4, 8, 8, 2)
# The arguments and the shape of the input, by layer; a list of shapes for several inputs.
ARGUMENTS: dict[str, tuple[dict[str, Any], Any]] = {
    "Activation": ({"activation": "gelu"}, ROW),
    "AlphaDropout": ({"rate": 0.1}, ROW),
    "AugMix": ({"value_range": (0, 1)}, IMAGE),
    "AutoContrast": ({"value_range": (0, 1)}, IMAGE),
    "Bidirectional": ({"layer": L.GRU(3)}, SERIES),
    "CategoryEncoding": ({"num_tokens": 3}, ("int32", (4,))),
    "CenterCrop": ({"height": 4, "width": 4}, IMAGE),
    "ContrastLimitedAdaptiveHistogramEqualization": ({"value_range": (0, 1)}, IMAGE),
    "Conv2DTranspose": ({"filters": 2, "kernel_size": 3}, IMAGE),
    "Cropping1D": ({}, SERIES),
    "Dense": ({"units": 3}, ROW),
    "Discretization": ({"bin_boundaries": [-0.5, 0.5]}, ROW),
    "Dot": ({"axes": 1}, [ROW, ROW]),
    "Dropout": ({"rate": 0.5}, ROW),
    "EinsumDense": ({"equation": "ab,bc->ac", "output_shape": 3}, ROW),
    "Embedding": ({"input_dim": 3, "output_dim": 2}, ("int32", (4,))),
    # Keras itself makes no functional model of it.
    "Equalization": ({}, None),
    "GaussianDropout": ({"rate": 0.1}, ROW),
    "GaussianNoise": ({"stddev": 0.1}, ROW),
    "GroupNormalization": ({"groups": 2}, SERIES),
    "GroupQueryAttention": (
        {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1},
        [SERIES, SERIES],
    ),
    "HashedCrossing": ({"num_bins": 5}, [("int32", (1,)), ("int32", (1,))]),
    "Hashing": ({"num_bins": 5}, ("int32", (4,))),
    "MaxNumBoundingBoxes": ({"max_number": 3}, None),
    "MelSpectrogram": ({"fft_length": 16, "sequence_stride": 4}, (64,)),
    "MultiHeadAttention": ({"num_heads": 2, "key_dim": 2}, [SERIES, SERIES]),
    "Permute": ({"dims": (2, 1)}, SERIES),
    "Pipeline": ({"layers": [L.Dense(3), L.ReLU()]}, ROW),
    "RNN": ({"cell": L.GRUCell(3, activation="tanh")}, SERIES),
    "RandAugment": ({"value_range": (0, 1)}, IMAGE),
    "RandomBrightness": ({"factor": 0.1}, IMAGE),
    "RandomColorDegeneration": ({"factor": 0.1}, IMAGE),
    "RandomColorJitter": ({"value_range": (0, 1)}, IMAGE),
    "RandomContrast": ({"factor": 0.1}, IMAGE),
    "RandomCrop": ({"height": 4, "width": 4}, IMAGE),
    "RandomHue": ({"factor": 0.1}, IMAGE),
    "RandomPosterization": ({"factor": 4}, IMAGE),
    "RandomRotation": ({"factor": 0.1}, IMAGE),
    "RandomSaturation": ({"factor": 0.1}, IMAGE),
    "RandomSharpness": ({"factor": 0.1}, IMAGE),
    "RandomTranslation": ({"height_factor": 0.1, "width_factor": 0.1}, IMAGE),
    "RandomZoom": ({"height_factor": 0.1}, IMAGE),
    "RepeatVector": ({"n": 2}, ROW),
    "Rescaling": ({"scale": 0.5}, ROW),
    "Reshape": ({"target_shape": (2, 3)}, ROW),
    "Resizing": ({"height": 4, "width": 4}, IMAGE),
    "ReversibleEmbedding": ({"input_dim": 3, "output_dim": 2}, ("int32", (4,))),
    "STFTSpectrogram": ({"frame_length": 16, "frame_step": 4, "fft_length": 16}, (64, 1)),
    "SpectralNormalization": ({"layer": L.Dense(3)}, ROW),
    "StackedRNNCells": ({"cells": [L.LSTMCell(2), L.GRUCell(3)]}, None),
    "TimeDistributed": ({"layer": L.Dense(3)}, SERIES),
    "Wrapper": ({"layer": L.Dense(3)}, None),
}
# By the end of the name, what a family of layers takes.
FAMILIES: list[tuple[str, dict[str, Any], Any]] = [
    ("ConvLSTM1D", {"filters": 2, "kernel_size": 3}, (4, 8, 2)),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 3}, VOLUME),
    ("ConvLSTM3D", {"filters": 2, "kernel_size": 1}, (2, 4, 4, 4, 1)),
    ("DepthwiseConv1D", {"kernel_size": 3}, SERIES),
    ("DepthwiseConv2D", {"kernel_size": 3}, IMAGE),
    ("1DTranspose", {"filters": 2, "kernel_size": 3}, SERIES),
    ("3DTranspose", {"filters": 2, "kernel_size": 3}, VOLUME),
    ("2DTranspose", {"filters": 2, "kernel_size": 3}, IMAGE),
    ("Conv1D", {"filters": 2, "kernel_size": 3}, SERIES),
    ("Conv2D", {"filters": 2, "kernel_size": 3}, IMAGE),
    ("Conv3D", {"filters": 2, "kernel_size": 3}, VOLUME),
    ("Convolution1D", {"filters": 2, "kernel_size": 3}, SERIES),
    ("Convolution2D", {"filters": 2, "kernel_size": 3}, IMAGE),
    ("Convolution3D", {"filters": 2, "kernel_size": 3}, VOLUME),
    ("Cell", {"units": 3}, None),
    ("SimpleRNN", {"units": 3}, SERIES),
    ("GRU", {"units": 3}, SERIES),
    ("LSTM", {"units": 3}, SERIES),
    ("Attention", {}, [SERIES, SERIES]),
    ("AveragePooling1D", {"pool_size": 2}, SERIES),
    ("AveragePooling2D", {"pool_size": 2}, IMAGE),
    ("AveragePooling3D", {"pool_size": 2}, VOLUME),
    ("AvgPool1D", {"pool_size": 2}, SERIES),
    ("AvgPool2D", {"pool_size": 2}, IMAGE),
    ("AvgPool3D", {"pool_size": 2}, VOLUME),
]
MERGING = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
OF_IMAGES = ("Random", "CutMix", "MixUp", "Equalization", "Solarization")
NAMES = [
    name
    for name, kind in vars(L).items()
    if isinstance(kind, type)
    and issubclass(kind, L.Layer)
    and not issubclass(kind, REFUSED)
    and name not in ("InputLayer", "Layer")
]


def test_the_course_library_refuses_the_same_layers() -> None:
    named = {getattr(L, name) for name in _REFUSED if hasattr(L, name)}
    # The engine names the base of the lookup layers, too, which is not public.
    assert named == {kind for kind in REFUSED if hasattr(L, kind.__name__)}


def find_arguments(name: str) -> tuple[dict[str, Any], Any]:
    if name in ARGUMENTS:
        return ARGUMENTS[name]
    for end, arguments, shape in FAMILIES:
        if name.endswith(end) and not name.startswith(("Adaptive", "Global")):
            return arguments, shape
    if name in MERGING:
        return {}, [ROW, ROW]
    if name.startswith("Adaptive"):
        sizes = {"1D": SERIES, "2D": IMAGE, "3D": VOLUME}
        return {"output_size": 2}, sizes[name[-2:]]
    if name.startswith("SpatialDropout"):
        return {"rate": 0.5}, {"1D": SERIES, "2D": IMAGE, "3D": VOLUME}[name[-2:]]
    if name.startswith(OF_IMAGES):
        return {}, IMAGE
    return {}, {"1D": SERIES, "2D": IMAGE, "3D": VOLUME}.get(name[-2:], ROW)


def draw(rng: np.random.Generator, shape: Any) -> Any:
    if isinstance(shape, list):
        return [draw(rng, one) for one in shape]
    dtype, size = shape if isinstance(shape[0], str) else ("float32", shape)
    drawn = rng.integers(0, 3, (2, *size)) if dtype == "int32" else rng.uniform(0, 1, (2, *size))
    return drawn.astype(dtype)


def make_inputs(shape: Any) -> Any:
    if isinstance(shape, list):
        return [make_inputs(one) for one in shape]
    dtype, size = shape if isinstance(shape[0], str) else ("float32", shape)
    return keras.Input(size, dtype=dtype)


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_in_a_model_computes_the_same(name: str) -> None:
    arguments, shape = find_arguments(name)
    if shape is None:
        pytest.skip("not a layer of a functional model")
    layer = getattr(L, name)(**arguments)
    inputs = make_inputs(shape)
    takes_a_list = name in (*MERGING, "Dot", "HashedCrossing", "Attention", "AdditiveAttention")
    outputs = layer(*inputs) if isinstance(inputs, list) and not takes_a_list else layer(inputs)
    model = keras.Model(inputs, outputs)
    rng = np.random.default_rng(1)
    if name != "Normalization":  # it computes with numbers that `adapt` derives from its weights
        trained = [w + rng.uniform(0, 0.1, w.shape).astype(w.dtype) for w in model.get_weights()]
        model.set_weights(trained)
    rebuilt = rebuild_model(decode(encode(model_data(model))))
    x = draw(rng, shape)
    given, wanted = rebuilt(x, training=False), model(x, training=False)
    for one, other in zip(keras.tree.flatten(given), keras.tree.flatten(wanted), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
