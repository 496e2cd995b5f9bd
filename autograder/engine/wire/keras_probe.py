"""What a model returns for one input from a fixed seed: a rebuilt model must return the same."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

# Some milliseconds on one core; larger models are rebuilt without a probe.
_MAX_PRODUCTS = 30_000_000
_MAX_LAYERS = 30
# For dimensions that are left open, such as the length of a sequence.
_OPEN = 8


def probe_model(model: keras.Model) -> list[np.ndarray] | None:
    """The outputs for an input from a fixed seed, in inference mode.

    Returns:
        The outputs as a flat list; None where the model is not built, too large to ask quickly,
        or takes something else than numbers.
    """
    if not model.built or not _is_cheap(model):
        return None
    try:
        inputs = [_draw_input(tensor) for tensor in model.inputs]
        outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    except Exception:  # it does not take this input: an open dimension of another size, say
        return None
    arrays = [np.asarray(output) for output in keras.tree.flatten(outputs)]
    return arrays if all(array.dtype.kind in "biuf" for array in arrays) else None


def are_same_outputs(given: Any, computed: list[np.ndarray] | None) -> bool:
    """Whether two probes agree, up to rounding, and are both there or both missing.

    Args:
        given: a probe from the other process; untrusted.
        computed: the probe of the model that was rebuilt here.
    """
    if given is None or computed is None:
        return given is computed
    if type(given) is not list or len(given) != len(computed):
        return False
    pairs = zip(given, computed, strict=True)
    return all(_are_close(one, other) for one, other in pairs)


def _are_close(given: Any, computed: np.ndarray) -> bool:
    if type(given) is not np.ndarray or given.dtype.kind not in "biuf":
        return False
    if given.shape != computed.shape:
        return False
    wanted = computed.astype("float64")
    scale = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=1e-6))
    close = np.isclose(given.astype("float64"), wanted, rtol=1e-3, atol=1e-4 * scale)
    return bool((close | (np.isnan(given) & np.isnan(wanted))).all())


def _is_cheap(model: keras.Model) -> bool:
    layers = list(model._flatten_layers(include_self=False))
    # Outside a graph, each step of a recurrent layer costs as much as a layer.
    is_recurrent = any(isinstance(layer, keras.layers.RNN) for layer in layers)
    if is_recurrent or len(layers) > _MAX_LAYERS:
        return False
    places = max(math.prod(_fill(tensor.shape)[1:-1]) for tensor in model.inputs)
    elements = max(math.prod(_fill(tensor.shape)) for tensor in model.inputs)
    return bool(max(model.count_params() * places, elements) <= _MAX_PRODUCTS)


def _fill(shape: Any) -> tuple[int, ...]:
    batch, *others = shape
    return (batch or 1, *(size or _OPEN for size in others))


def _draw_input(tensor: Any) -> np.ndarray:
    rng, shape = np.random.default_rng(20_261), _fill(tensor.shape)
    if not keras.backend.is_float_dtype(tensor.dtype):
        # Small enough for any embedding.
        return rng.integers(0, 2, shape).astype(tensor.dtype)
    return rng.normal(size=shape).astype(tensor.dtype)
