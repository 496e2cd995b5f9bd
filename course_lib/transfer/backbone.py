"""Pre-trained networks by name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras

from course_lib.data.sources.keras_home import keras_home
from course_lib.transfer.find_application import find_application
from course_lib.transfer.small_vgg import small_vgg
from course_lib.transfer.weights_error import WeightsError


def backbone(
    name: str = "small_vgg",
    input_shape: tuple[int, int, int] | None = None,
    include_top: bool = False,
    weights: str | Path | None = "pretrained",
    **options: Any,
) -> keras.Model:
    """Build a pre-trained network, by default without its top.

    "small_vgg" is part of the course and needs no download. Every other name is a model of
    `keras.applications` with its ImageNet weights; Keras downloads them once to
    KERAS_HOME/models.

    Args:
        name: "small_vgg", or a name of `keras.applications` in lower case: "vgg16",
            "mobilenet", "resnet50", …
        input_shape: `(height, width, 3)`. Default: the size on which the network was trained.
        include_top: Keep the layers that compute the probabilities of the source task.
        weights: "pretrained", the path of a weights file, or None for random weights. "imagenet"
            is the same as "pretrained" for the networks of `keras.applications`.
        **options: Further arguments of the function in `keras.applications`, such as
            `alpha=0.75`.

    Returns:
        A new `keras.Model` from `(batch, height, width, 3)` to feature maps, or with its top to
        probabilities. Its inputs are the results of `preprocess_input(name)`.

    Raises:
        ValueError: No network has that name.
        WeightsError: The weights cannot be loaded; the message says where to put them.

    Example:
        >>> from course_lib.transfer import backbone
        >>> backbone("small_vgg").output_shape
        (None, 2, 2, 128)
        >>> backbone("mobilenet", input_shape=(96, 96, 3), weights=None).output_shape
        (None, 3, 3, 1024)
    """
    settings: dict[str, Any] = {"include_top": include_top}
    if input_shape is not None:
        settings["input_shape"] = tuple(input_shape)
    if name == "small_vgg":
        if weights == "imagenet":
            raise WeightsError(
                "small_vgg was not trained on ImageNet", 'Write backbone("small_vgg").'
            )
        return small_vgg(weights, **settings, **options)
    build, _ = find_application(name)
    weights = "pretrained" if weights == "imagenet" else weights
    if weights not in (None, "pretrained") and not Path(weights).is_file():
        raise WeightsError(f"there is no weights file {weights}", "Check its path.")
    given = "imagenet" if weights == "pretrained" else weights and str(weights)
    try:
        return build(weights=given, **settings, **options)
    except Exception as error:
        # Keras raises a bare Exception if a download fails.
        address = re.search(r"https?://\S+?\.h5", str(error))
        if "URL fetch failure" not in str(error) or address is None:
            raise
        raise _download_error(name, address.group()) from error


def _download_error(name: str, url: str) -> WeightsError:
    folder = keras_home() / "models"
    return WeightsError(
        f"the ImageNet weights of {name} are not in {folder} and cannot be downloaded",
        f"On a machine with a network, download {url}\nand copy it to "
        f"{folder / url.split('/')[-1]}\n"
        'or use the network of the course: backbone("small_vgg")',
    )
