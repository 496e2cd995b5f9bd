"""The folder in which Keras keeps its data sets."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from course_lib.data.sources.keras_home import keras_home


def keras_datasets_folder() -> Path:
    """Return the folder in which Keras will look for the files of its data sets."""
    home = keras_home()
    # Importing Keras creates the folder; before that, it matters whether it can be created.
    existing = next(path for path in (home, *home.parents) if os.path.exists(path))
    if os.access(existing, os.W_OK):
        return home / "datasets"
    return Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()) / ".keras" / "datasets"
