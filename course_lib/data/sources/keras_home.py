"""The folder in which Keras keeps its files."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def keras_home() -> Path:
    """Return Keras' own folder: `KERAS_HOME`, or `~/.keras`."""
    # Keras reads the variable when it is imported; after that only its own answer counts.
    config = sys.modules.get("keras.src.backend.config")
    if config is not None:
        return Path(config.keras_home()).expanduser()
    if "KERAS_HOME" in os.environ:
        return Path(os.environ["KERAS_HOME"]).expanduser()
    user = Path("~").expanduser()
    return (user if os.access(user, os.W_OK) else Path("/tmp")) / ".keras"
