"""A check of Keras' cache for damaged files."""

from __future__ import annotations

import os

from course_lib.data.sources.corpus_set import CorpusSet
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Dataset
from course_lib.data.sources.is_intact import is_intact
from course_lib.data.sources.keras_datasets_folder import keras_datasets_folder
from course_lib.data.sources.keras_file import KerasFile
from course_lib.data.sources.keras_home import keras_home
from course_lib.data.sources.suggest_stand_in import suggest_stand_in


def reject_damaged_file(file: KerasFile, dataset: Dataset | CorpusSet) -> None:
    """Raise an error if the cache holds a file that Keras would reject and delete.

    Args:
        file: The file that should be there.
        dataset: The data set that it belongs to, for the message.

    Raises:
        DataError: Another file is in its place.
    """
    home, folder = keras_home() / "datasets", keras_datasets_folder()
    for path in {home / file.name: None, folder / file.name: None}:
        if os.path.exists(path) and not is_intact(path, file):
            raise DataError(
                f"{path} is not the file that Keras expects",
                f"Keras would delete it, so it was not used and not changed "
                f"({path.stat().st_size:,} bytes; its {file.algorithm} should be {file.digest}).\n"
                f"Either move it away and load {dataset.name} again with a network connection, to "
                f"download {file.url}\nor, if you know that the file is good, name its folder as "
                f"a prepared one: COURSE_DATA={path.parent}\n"
                f"{suggest_stand_in(dataset.name, dataset.FUNCTION)}",
            )
