"""Pre-trained networks by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

import keras

from course_lib.data.keras_cache import keras_home
from course_lib.transfer.small_vgg import small_vgg
from course_lib.transfer.weights_error import WeightsError


def backbone(
    name: str = "small_vgg",
    input_shape: tuple[int, int, int] | None = None,
    include_top: bool = False,
    weights: str | Path | None = "pretrained",
    **options,
) -> keras.Model:
    """A pre-trained network, as a rule without its top.

    "small_vgg" comes with the course and needs no network. Every other name is a model of
    `keras.applications`, with the weights that it has learnt on ImageNet; Keras downloads them
    once to KERAS_HOME/models.

    Args:
        name: "small_vgg", or a name of `keras.applications` in small letters: "vgg16",
            "mobilenet", "resnet50", …
        input_shape: `(height, width, 3)`. Default: what the network was trained with.
        include_top: Keep the layers that lead to the source task's probabilities.
        weights: "pretrained", the path of a weights file, or None for random ones.
        **options: Whatever else the function of `keras.applications` takes, as `alpha=0.75`.

    Returns:
        A new `keras.Model`, from `(batch, height, width, 3)` to feature maps, or with its top to
        probabilities. Its inputs are what `preprocess_input(name)` makes of RGB pixels.

    Raises:
        ValueError: There is no such network.
        WeightsError: Its weights can't be had; the message says where to put them.

    Example:
        >>> from course_lib.transfer import backbone
        >>> backbone("small_vgg").output_shape
        (None, 2, 2, 128)
        >>> backbone("mobilenet", input_shape=(96, 96, 3), weights=None).output_shape
        (None, 3, 3, 1024)
    """
    settings = {"include_top": include_top}
    if input_shape is not None:
        settings["input_shape"] = tuple(input_shape)
    if name == "small_vgg":
        return small_vgg(weights, **settings, **options)
    make, _ = _application(name)
    if weights not in (None, "pretrained") and not Path(weights).is_file():
        raise WeightsError(f"there is no weights file {weights}", "Check its path.")
    given = "imagenet" if weights == "pretrained" else weights and str(weights)
    try:
        return make(weights=given, **settings, **options)
    except Exception as error:
        # Keras raises a bare Exception for a download that fails.
        address = re.search(r"https?://\S+?\.h5", str(error))
        if "URL fetch failure" not in str(error) or address is None:
            raise
        url = address.group()
        folder = keras_home() / "models"
        raise WeightsError(
            f"the ImageNet weights of {name} are not in {folder}, and can't be fetched now",
            f"Where there is a network, fetch {url}\nand copy it to {folder / url.split('/')[-1]}\n"
            'or take the course\'s own network: backbone("small_vgg")',
        ) from error


def preprocess_input(name: str = "small_vgg") -> Callable:
    """What makes inputs of RGB pixels from 0 to 255, for the network of that name.

    Args:
        name: As for `backbone`.

    Returns:
        A function of images `(batch, height, width, 3)`, that returns float32 of the same shape
        and leaves the images as they are.

    Raises:
        ValueError: There is no such network.

    Example:
        >>> import numpy as np
        >>> from course_lib.transfer import preprocess_input
        >>> red = np.array([[[[255, 0, 0]]]], "uint8")
        >>> preprocess_input("vgg16")(red).round().astype(int).ravel().tolist()   # blue, green, red
        [-104, -117, 131]
    """
    _, module = _application("vgg16" if name == "small_vgg" else name)

    def preprocess(images):
        # Keras' own functions change arrays of floats in place.
        return module.preprocess_input(keras.ops.convert_to_numpy(images).astype("float32"))

    preprocess.__qualname__ = f"{module.__name__}.preprocess_input"
    return preprocess


def _application(name):
    """The function of `keras.applications` that makes the model, and the module it is in."""
    found = {}
    for module in vars(keras.applications).values():
        if hasattr(module, "preprocess_input"):
            for key, value in vars(module).items():
                if key[0].isupper() and callable(value):
                    found.setdefault(_plain(key), (value, module))
    if _plain(name) not in found:
        near = get_close_matches(_plain(name), ["smallvgg", *found], n=1)
        meant = {_plain(key): key for key in ["small_vgg", *_names()]}
        hint = f' Did you mean "{meant[near[0]]}"?' if near else ""
        raise ValueError(
            f"There is no network {name!r}.{hint} There are: small_vgg and "
            f"keras.applications' {', '.join(_names())}"
        )
    return found[_plain(name)]


def _plain(name):
    return name.lower().replace("_", "")


def _names():
    found = vars(keras.applications).items()
    return sorted(key for key, value in found if key[0].isupper() and callable(value))
