"""The history that `model.fit` returned in the student's kernel."""

from __future__ import annotations

from typing import Any


class StudentHistory(dict[str, Any]):
    """A `keras.callbacks.History` by value: its dict, with Keras' attributes.

    Args:
        history: a list of numbers for each metric; left out if `epoch` and `params` are not as
            `fit` sets them.
        epoch: the epochs' numbers.
        params: what `fit` was called with.

    Example:
        >>> history = StudentHistory({"loss": [0.7, 0.4]}, [0, 1], {"epochs": 2})
        >>> history.history["loss"] == history["loss"]
        True
    """

    def __init__(self, history: Any, epoch: Any, params: Any) -> None:
        if type(history) is not dict or type(epoch) is not list:
            raise TypeError("a history is a dict and its epochs a list")
        self.epoch = epoch
        self.params = params if type(params) is dict else {}
        epochs = self.params.get("epochs")
        is_of_fit = type(epochs) is int and len(epoch) <= epochs
        super().__init__(history if is_of_fit else {})

    def __missing__(self, name: Any) -> Any:
        raise KeyError(f"{name} is not in the history, or the history is not what `fit` returned")

    @property
    def history(self) -> dict[str, Any]:
        return self
