"""How much of a pre-trained network to keep: the table, and the network that it asks for."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from course_lib.transfer.backbone import backbone
from course_lib.transfer.freeze import freeze


@dataclass(frozen=True)
class Case:
    """What to do with a pre-trained network.

    Args:
        keep: "all" its blocks, or the "early" ones; the later ones are sliced off.
        pretrained: Begin with its weights; otherwise with random ones.
        frozen: Its weights stay as they are, and only the new head learns.
    """

    keep: str
    pretrained: bool
    frozen: bool


# Yosinski et al. 2014: early layers are general, late ones specific to the task they learnt; few
# examples are learnt by heart if many weights may move.
CASES = {
    ("small", "similar"): Case(keep="all", pretrained=True, frozen=True),
    ("small", "different"): Case(keep="early", pretrained=True, frozen=True),
    ("large", "similar"): Case(keep="all", pretrained=True, frozen=False),
    ("large", "different"): Case(keep="all", pretrained=False, frozen=False),
}


def four_cases(
    size: str,
    similarity: str,
    classes: int,
    name: str = "small_vgg",
    early: str = "block3_pool",
    input_shape: tuple[int, int, int] | None = None,
    **options,
) -> keras.Model:
    """The network for a new task: what the four cases keep of a pre-trained one, and a new head.

    | new data | similar to the old | different |
    | --- | --- | --- |
    | small | keep all, freeze it | keep the early layers, freeze them |
    | large | keep all, go on training it | keep the form, begin with random weights |

    A network that goes on training keeps its batch normalisation in inference mode: with the
    statistics of its source task, which small batches of the new one would spoil.

    Args:
        size: Of the new data set: "small" or "large".
        similarity: Of the new task to the old: "similar" or "different".
        classes: Number of new classes.
        name: Of the pre-trained network, as for `backbone`.
        early: Name of the last layer that counts as early.
        input_shape: `(height, width, 3)`. Default: what the network was trained with.
        **options: What else `backbone` takes: `weights`, `alpha`, …

    Returns:
        A `keras.Model`, not compiled, from inputs as `preprocess_input(name)` makes them to
        logits `(batch, classes)`.

    Raises:
        ValueError: There is no such case or network.

    Example:
        >>> from course_lib.transfer import four_cases
        >>> model = four_cases("small", "similar", classes=10)
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


def transfer_case(size: str, similarity: str) -> Case:
    """The case of the table for a data set of that size and a task of that similarity.

    Raises:
        ValueError: There is no such case.

    Example:
        >>> transfer_case("small", "different")
        Case(keep='early', pretrained=True, frozen=True)
    """
    if (size, similarity) not in CASES:
        raise ValueError(
            f"There is no case ({size!r}, {similarity!r}): the size is "
            '"small" or "large", the similarity "similar" or "different".'
        )
    return CASES[size, similarity]
