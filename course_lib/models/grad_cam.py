"""Which part of an image speaks for a class: Grad-CAM."""

from __future__ import annotations

import keras
import numpy as np

SMALLEST = 4  # places along a side of a map


def grad_cam(model: keras.Model, images, classes=None, layer: str | None = None) -> np.ndarray:
    """Heat maps of what in each image speaks for a class (Selvaraju et al. 2017, eq. 1 and 2).

    The gradient of the class' logit by each feature map, averaged over its places, says how much
    this map counts; the maps, weighted by it and added up, give the heat, and what speaks against
    the class (below 0) is dropped.

    Args:
        model: Sequential or Functional model from images to logits.
        images: Array `(batch, height, width, channels)`, as the model takes them.
        classes: Integers `(batch,)`: which class each image is asked about. Default: the one
            that the model predicts.
        layer: Name of the layer whose maps are taken. Default: the last activation with maps of at
            least 4 × 4 places, fewer hardly say where; if there is none, the last layer with maps.

    Returns:
        float32 `(batch, rows, columns)` of the maps' size, in [0, 1]: each image's warmest
        place is 1 (all 0 where nothing speaks for the class).

    Raises:
        ValueError: No layer has maps, or none has that name.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import cnn
        >>> grad_cam(cnn((4, 8)), np.zeros((2, 32, 32, 3), "float32")).shape
        (2, 8, 8)
    """
    import tensorflow as tf

    # Keras models run on TensorFlow here, and a gradient by maps inside one needs its tape.

    both = keras.Model(model.inputs, [_layer_with_maps(model, layer).output, model.outputs[0]])
    images = tf.convert_to_tensor(images, "float32")
    with tf.GradientTape() as tape:
        tape.watch(images)  # so that it also records a model whose weights are frozen
        maps, logits = both(images, training=False)
        asked = tf.argmax(logits, axis=-1) if classes is None else np.ravel(classes).astype("int64")
        logit = tf.gather(logits, asked, batch_dims=1)
    weights = tf.reduce_mean(tape.gradient(logit, maps), axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))
    warmest = tf.reduce_max(heat, axis=(1, 2), keepdims=True)
    return tf.math.divide_no_nan(heat, warmest).numpy()


def _layer_with_maps(model, name):
    layers = [one for one in model.layers if len(one.output.shape) == 4]
    if name is not None:
        layers = [one for one in layers if one.name == name]
    if not layers:
        which = "No layer of the model has" if name is None else f"There is no layer {name!r} with"
        names = ", ".join(one.name for one in model.layers)
        raise ValueError(
            f"{which} feature maps, (batch, height, width, channels); its layers: {names}"
        )
    # After an activation 0 means that nothing was found; before it, 0 means nothing in particular.
    activations = (keras.layers.Activation, keras.layers.ReLU)
    large = [
        one
        for one in layers
        if isinstance(one, activations) and min(one.output.shape[1:3]) >= SMALLEST
    ]
    return (large or layers)[-1]
