"""Real data through `keras.datasets`, without losing a file in its cache."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pickle import UnpicklingError

from course_lib.data.sources.check_split import check_split
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Dataset, Split
from course_lib.data.sources.keras_datasets_folder import keras_datasets_folder
from course_lib.data.sources.provide_keras_file import provide_keras_file
from course_lib.data.sources.reject_damaged_file import reject_damaged_file
from course_lib.data.sources.suggest_stand_in import suggest_stand_in


def load_real(dataset: Dataset, options: Mapping[str, object]) -> Split:
    """Return what `keras.datasets.NAME.load_data(**options)` returns.

    Args:
        dataset: A data set with `files`.
        options: Keyword arguments for `load_data`.

    Raises:
        DataError: A cached file is damaged, a missing one cannot be downloaded, or the cache
            cannot be written to. The cache has not been changed.
    """
    # All files are checked before the first download.
    for file in dataset.files:
        reject_damaged_file(file, dataset)
    for file in dataset.files:
        provide_keras_file(file, dataset)
    module = import_module(f"keras.datasets.{dataset.name}")
    try:
        return check_split(dataset, module.load_data(**options))
    except (OSError, ValueError, KeyError, EOFError, UnpicklingError) as error:
        raise DataError(
            f"Keras cannot read {dataset.name} from {keras_datasets_folder()} ({error})",
            "If a file there is damaged, move it away and load again.\n"
            f"{suggest_stand_in(dataset.name)}",
        ) from error
