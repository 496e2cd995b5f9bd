"""A pre-trained network for a new task, by the table of the four cases."""

from __future__ import annotations

from typing import Any

import keras

from course_lib.transfer.backbone import backbone
from course_lib.transfer.freeze import freeze
from course_lib.transfer.transfer_case import transfer_case


def adapt_backbone(
    size: str,
    similarity: str,
    classes: int,
    name: str = "small_vgg",
    early: str = "block3_pool",
    input_shape: tuple[int, int, int] | None = None,
    **options: Any,
) -> keras.Model:
    """Build a network for a new task from the kept layers of a pre-trained one and a new head.

    | new data | similar to the old | different |
    | --- | --- | --- |
    | small | keep all layers, freeze them | keep the early layers, freeze them |
    | large | keep all layers, fine-tune them | keep the architecture, start from random weights |

    During fine-tuning, batch normalisation stays in inference mode, with the statistics of the
    source task, which small batches of the new task would ruin.

    Args:
        size: Size of the new data set: "small" or "large".
        similarity: Similarity of the new task to the old one: "similar" or "different".
        classes: Number of new classes.
        name: Name of the pre-trained network, as for `backbone`.
        early: Name of the last layer that counts as early.
        input_shape: `(height, width, 3)`. Default: the size on which the network was trained.
        **options: Further arguments of `backbone`: `weights`, `alpha`, …

    Returns:
        A `keras.Model`, not compiled, from the results of `preprocess_input(name)` to logits
        `(batch, classes)`.

    Raises:
        ValueError: There is no such case or network.

    Example:
        >>> from course_lib.transfer import adapt_backbone
        >>> model = adapt_backbone("small", "similar", classes=10)
        >>> sum(w.shape.num_elements() for w in model.trainable_weights)   # the head: 513 · 10
        5130
    """
    case = transfer_case(size, similarity)
    if not case.pretrained:
        options["weights"] = None
    base = backbone(name, input_shape, **options)
    if case.keep == "early":
        base = keras.Model(base.input, base.get_layer(early).output)
    if case.frozen:
        freeze(base)
    elif case.pretrained:
        freeze(base, batch_norm=True)
    x = keras.layers.Flatten()(base.output)
    return keras.Model(base.input, keras.layers.Dense(classes)(x))
