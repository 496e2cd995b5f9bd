"""Handles of the student's models and layers that could not come by value.

Such a handle says that it is a `keras.Model` or a layer, as the student's object is one. What its
methods return is data: numbers and arrays that were made here. Whatever would need the model's
parts is refused, and so is what the student's code would decide, such as `evaluate`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NoReturn

import keras
import numpy as np
import tensorflow as tf

from autograder.engine.verifier.handles import CallableHandle, find_handle_number
from autograder.engine.verifier.student_error import NotByValueError
from autograder.engine.wire.agent_protocol import HandleKind, Operation

_CLASSES: dict[HandleKind, type] = {
    HandleKind.LAYER: keras.layers.Layer,
    HandleKind.MODEL: keras.Model,
    HandleKind.SEQUENTIAL: keras.Sequential,
}
# What Keras sets on a model, so that the class does not have it.
_SET_BY_KERAS = frozenset(("history", "inputs", "loss", "optimizer", "outputs", "stop_training"))
# Of Keras' names, those that a student's class writes anew for its own training.
_TRAINING = frozenset(
    ("call", "compile", "fit", "losses", "test_step", "train_on_batch", "train_step")
)
# Others that it may write anew: asked where the instructor's class has them, too.
_OVERRIDDEN = frozenset(("build", "compute_output_shape", "get_config"))


class WeightArray(np.ndarray):
    """A weight of the student's model by value: an array, with what a Keras variable has, too."""

    def numpy(self) -> np.ndarray:
        """The values as a plain array."""
        return np.array(self, subok=False)

    @property
    def value(self) -> Any:
        """The values as a tensor."""
        return tf.convert_to_tensor(self.numpy())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        what = "TensorFlow" if name.startswith("_") else f"`{name}`"
        raise NotByValueError(
            f"{what} does not work on a weight of a model that did not come by value: the grader "
            "knows its numbers only. Build the model from Keras' own layers."
        )


class LayerHandle(CallableHandle):
    """A student's layer, or a model as one: can be called, and has weights."""

    def _find_class(self) -> Any:
        return _CLASSES[self._handle_kind]

    # isinstance() asks this when the real type does not match.
    __class__ = property(_find_class)

    def __len__(self) -> int:
        raise self._refuse_operator("len")

    def __iter__(self) -> Any:
        raise self._refuse_operator("iteration")

    def __bool__(self) -> bool:
        # As of every model and layer: the student's object is not asked.
        return True

    def __getattr__(self, name: str) -> Any:
        # A property of ours whose value the student's object lacks ends here, too.
        if (name.startswith("__") and name.endswith("__")) or hasattr(type(self), name):
            raise AttributeError(f"{self!r} has no `{name}`")
        is_of_keras = name in _SET_BY_KERAS or hasattr(keras.Model, name)
        is_own = name in _TRAINING or self._is_overridden(name)
        if name.startswith("_") or (is_of_keras and not is_own):
            self._refuse_part(f"`{name}`")
        return self._handle_channel.ask(Operation.ATTRIBUTE, self._handle_number, name)

    def _is_overridden(self, name: str) -> bool:
        found = self._handle_channel.profile.find_operators([self._handle_name])
        return name in _OVERRIDDEN and name in (found or ())

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            self._refuse_part(f"Setting `{name}`")
        object.__setattr__(self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs as tensors, as a model of ours returns them; no gradient passes through."""
        given = _flatten([args, kwargs])
        if any(type(value) is keras.KerasTensor for value in given):
            self._refuse_part("A new model around it")
        outputs = self._call_method("__call__", args, kwargs)
        tensors = keras.tree.map_structure(tf.convert_to_tensor, outputs)
        return self._block_gradient(tensors, [v for v in given if isinstance(v, tf.Tensor)])

    def _block_gradient(self, outputs: Any, inputs: list[Any]) -> Any:
        """The same outputs, at which a gradient stops with a sentence instead of being None."""

        def stop(*_: Any) -> NoReturn:
            self._refuse_part("A gradient")

        def answer(*_: Any) -> Any:
            return tuple(tf.identity(output) for output in keras.tree.flatten(outputs)), stop

        if not any(tensor.dtype.is_floating for tensor in inputs):
            return outputs
        return keras.tree.pack_sequence_as(outputs, list(tf.custom_gradient(answer)(*inputs)))

    @property
    def weights(self) -> list[WeightArray]:
        return self._fetch_weights("weights")

    @property
    def trainable_weights(self) -> list[WeightArray]:
        return self._fetch_weights("trainable_weights")

    @property
    def non_trainable_weights(self) -> list[WeightArray]:
        return self._fetch_weights("non_trainable_weights")

    @property
    def variables(self) -> list[WeightArray]:
        return self._fetch_weights("variables")

    @property
    def trainable_variables(self) -> list[WeightArray]:
        return self._fetch_weights("trainable_variables")

    @property
    def non_trainable_variables(self) -> list[WeightArray]:
        return self._fetch_weights("non_trainable_variables")

    def get_weights(self) -> list[np.ndarray]:
        """The values of all weights."""
        return self._check_weights(self._call_method("get_weights"))

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give the student's model these weights."""
        arrays = [np.asarray(weight) for weight in weights]
        self._ask_method("set_weights", (arrays,), {})

    def count_params(self) -> int:
        """The number of parameters, counted here in the weights' arrays."""
        if not self.built:
            raise ValueError(f"{self!r} has no weights yet: it is not built.")
        return sum(math.prod(weight.shape) for weight in self.weights)

    @property
    def built(self) -> bool:
        return bool(self._fetch_exactly("built", bool))

    @property
    def trainable(self) -> bool:
        return bool(self._fetch_exactly("trainable", bool))

    @property
    def name(self) -> str:
        return str(self._fetch_exactly("name", str))

    @property
    def input_shape(self) -> Any:
        return self._fetch_shape("input_shape")

    @property
    def output_shape(self) -> Any:
        return self._fetch_shape("output_shape")

    def _fetch(self, name: str) -> Any:
        return self._handle_channel.ask(Operation.ATTRIBUTE, self._handle_number, name)

    def _fetch_exactly(self, name: str, kind: type) -> Any:
        value = self._fetch(name)
        if type(value) is not kind:
            raise NotByValueError(f"`{name}` of {self!r} is not a {kind.__name__}")
        return value

    def _fetch_shape(self, name: str) -> Any:
        shape = self._fetch(name)
        for size in keras.tree.flatten(shape):
            if size is not None and type(size) is not int:
                raise NotByValueError(f"`{name}` of {self!r} is not a shape")
        return shape

    def _fetch_weights(self, name: str) -> list[WeightArray]:
        return [weight.view(WeightArray) for weight in self._check_weights(self._fetch(name))]

    def _check_weights(self, weights: Any) -> list[np.ndarray]:
        is_list = type(weights) is list
        if not is_list or not all(
            type(w) is np.ndarray and w.dtype.kind in "biuf" for w in weights
        ):
            raise NotByValueError(f"the weights of {self!r} are not arrays of numbers")
        return list(weights)

    def _ask_method(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        if name == "__call__":
            return self._handle_channel.call(self._handle_number, "", args, kwargs)
        method = self._fetch(name)
        if find_handle_number(method) is None:
            raise NotByValueError(f"`{name}` of {self!r} is not a function")
        return method(*args, **kwargs)

    def _call_method(
        self, name: str, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """What a method of the student's returned: arrays of numbers, in lists or dicts."""
        outputs = _as_arrays(self._ask_method(name, args, kwargs or {}))
        for output in _flatten(outputs):
            is_array = type(output) is np.ndarray or isinstance(output, np.generic)
            if not is_array or output.dtype.kind not in "biufc":
                raise NotByValueError(f"`{name}` of {self!r} did not return an array of numbers")
        return outputs

    def describe_obstacle(self) -> str:
        """Why it did not come by value, as a predicate; `layers_of` in course_lib asks, too."""
        return self._handle_why or "cannot come to the grader by value."

    def _refuse_part(self, what: str) -> NoReturn:
        thing = "layer" if self._handle_kind is HandleKind.LAYER else "model"
        raise NotByValueError(
            f"{what} is not available: this {thing} {type(self).describe_obstacle(self)}"
        )


class ModelHandle(LayerHandle):
    """A student's model that stays in the student's kernel."""

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs as arrays."""
        return self._call_method("predict", args, kwargs)

    def predict_on_batch(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for one batch as arrays."""
        return self._call_method("predict_on_batch", args, kwargs)


def _as_arrays(outputs: Any) -> Any:
    """The same outputs, with arrays in place of tensors."""
    if type(outputs) in (list, tuple):
        return type(outputs)(map(_as_arrays, outputs))
    if type(outputs) is dict:
        return {key: _as_arrays(value) for key, value in outputs.items()}
    return outputs.numpy() if isinstance(outputs, tf.Tensor) else outputs


def _flatten(outputs: Any) -> list[Any]:
    """The leaves of plain containers; unlike Keras' own function, it looks into nothing else."""
    if type(outputs) in (list, tuple):
        return [leaf for item in outputs for leaf in _flatten(item)]
    if type(outputs) is dict:
        return [leaf for item in outputs.values() for leaf in _flatten(item)]
    return [outputs]
