"""tensorflow-datasets, which is optional."""

from __future__ import annotations

from types import ModuleType

from course_lib.data.sources.data_error import DataError


def import_tfds() -> ModuleType:
    """Return the module `tensorflow_datasets`.

    Raises:
        DataError: It cannot be imported; the message says how to install it.
    """
    try:
        import tensorflow_datasets
    # Incompatible versions of the packages it needs can raise anything.
    except Exception as error:
        raise DataError(
            f"tensorflow-datasets, which reads photographs, cannot be imported ({error})",
            "pip install --upgrade tensorflow-datasets",
        ) from error
    return tensorflow_datasets
