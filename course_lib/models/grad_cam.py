"""Grad-CAM: which regions of an image support a class."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import ArrayLike

SMALLEST = 4  # height and width of a map in pixels


def grad_cam(
    model: keras.Model,
    images: ArrayLike,
    classes: ArrayLike | None = None,
    layer: str | None = None,
) -> np.ndarray:
    """Compute heat maps of the regions that support a class (Selvaraju et al. 2017, eq. 1 and 2).

    The weight of a feature map is the gradient of the class' logit with respect to the map,
    averaged over its pixels. The heat map is the weighted sum of the maps; negative values, which
    are evidence against the class, are set to 0.

    Args:
        model: Sequential or Functional model from images to logits.
        images: Array `(batch, height, width, channels)`, as the model takes them.
        classes: Integers `(batch,)`: the class for each image. Default: the predicted class.
        layer: Name of the layer with the feature maps. Default: the last activation with maps of
            at least 4 × 4 pixels, because smaller maps hardly localise; if there is none, the last
            layer with maps.

    Returns:
        float32 `(batch, rows, columns)` in the size of the maps, in [0, 1]. The largest value of
        each image is 1 (or 0 if nothing supports the class).

    Raises:
        ValueError: No layer has maps, or no layer with maps has that name; images are not a
            batch; or the model does not have that class.
        NotImplementedError: Keras runs on another backend than TensorFlow.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import cnn
        >>> grad_cam(cnn((4, 8)), np.zeros((2, 32, 32, 3), "float32")).shape
        (2, 8, 8)
    """
    if np.ndim(images) != 4:
        raise ValueError(
            f"images have the shape {np.shape(images)}; they should be (batch, height, width, "
            "channels): images[None] makes a batch of one image"
        )
    if keras.backend.backend() != "tensorflow":
        raise NotImplementedError(
            "grad_cam needs TensorFlow's gradient tape: set KERAS_BACKEND=tensorflow"
        )
    import tensorflow as tf

    # The gradient with respect to maps inside a model needs TensorFlow's tape.
    both = keras.Model(model.inputs, [_find_layer(model, layer).output, model.outputs[0]])
    images = tf.convert_to_tensor(images, "float32")
    with tf.GradientTape() as tape:
        tape.watch(images)  # records also if all weights are frozen
        maps, logits = both(images, training=False)
        if classes is None:
            chosen = tf.argmax(logits, axis=-1)
        else:
            chosen = _check_classes(classes, logits.shape[-1])
        logit = tf.gather(logits, chosen, batch_dims=1)
    weights = tf.reduce_mean(tape.gradient(logit, maps), axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))
    largest = tf.reduce_max(heat, axis=(1, 2), keepdims=True)
    return tf.math.divide_no_nan(heat, largest).numpy()


def _check_classes(classes: ArrayLike, count: int) -> np.ndarray:
    chosen = np.ravel(classes).astype("int64")
    if chosen.min() < 0 or chosen.max() >= count:
        raise ValueError(f"classes go from {chosen.min()} to {chosen.max()}; the model has {count}")
    return chosen


def _find_layer(model: keras.Model, name: str | None) -> keras.Layer:
    layers = [one for one in model.layers if len(one.output.shape) == 4]
    if name is not None:
        layers = [one for one in layers if one.name == name]
    if not layers:
        which = "No layer of the model has" if name is None else f"There is no layer {name!r} with"
        names = ", ".join(one.name for one in model.layers)
        raise ValueError(
            f"{which} feature maps, (batch, height, width, channels); its layers: {names}"
        )
    # After a ReLU, 0 means that the feature was not found; before it, 0 has no special meaning.
    activations = (keras.layers.Activation, keras.layers.ReLU)
    large = [
        one
        for one in layers
        if isinstance(one, activations) and min(one.output.shape[1:3]) >= SMALLEST
    ]
    return (large or layers)[-1]
