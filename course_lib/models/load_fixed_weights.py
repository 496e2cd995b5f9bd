"""Weights that come with the package."""

from __future__ import annotations

from importlib.resources import files

import keras
import numpy as np


def load_fixed_weights(model: keras.Model, name: str) -> keras.Model:
    """Give a model the weights of a file in `course_lib/models`, freeze it, and return it.

    Args:
        model: The model, with the layers that the file belongs to.
        name: The file's name; it holds the weights in the model's order.
    """
    with files("course_lib.models").joinpath(name).open("rb") as file, np.load(file) as arrays:
        model.set_weights([arrays[key].astype("float32") for key in arrays.files])
    model.trainable = False
    return model
