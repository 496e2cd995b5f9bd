"""Keras' settings, which must not depend on the machine that grades."""

from __future__ import annotations

from types import ModuleType

from wrapt import register_post_import_hook


def use_keras_defaults() -> None:
    """Set what a `keras.json` in the user's home may have changed, now or when Keras is imported.

    The backend is set by the environment.
    """
    register_post_import_hook(_set_defaults, "keras")


def _set_defaults(keras: ModuleType) -> None:
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
