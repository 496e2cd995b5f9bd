"""The words behind the numbers of reviews and newswires."""

from __future__ import annotations

import json

from course_lib.data.registry import NAMES, find_dataset
from course_lib.data.sources.provenance import is_stand_in
from course_lib.data.sources.provide_keras_file import provide_keras_file


def word_index(name: str) -> dict[str, int]:
    """Return the words with their ranks, as `keras.datasets.imdb.get_word_index` does.

    They belong to the data that `load(name)` returned last: those of the stand-in, or those of
    the real set. `load` adds `index_from`, 3, to each rank.

    Args:
        name: "imdb" or "reuters".

    Raises:
        ValueError: Another name.
        DataError: The words of the real set are not in Keras' cache and cannot be downloaded.

    Example:
        >>> from course_lib.data.load import load
        >>> (x_train, y_train), _ = load("imdb", "offline", "quick")  # doctest: +ELLIPSIS
        course_lib.data: imdb is a STAND-IN...
        >>> words = {rank + 3: word for word, rank in word_index("imdb").items()}
        >>> len(" ".join(words.get(number, "?") for number in x_train[0])) > 20
        True
    """
    dataset = find_dataset(name)
    if dataset.word_ranks is None or dataset.word_file is None:
        texts = [f'"{other}"' for other in NAMES if find_dataset(other).word_ranks]
        raise ValueError(f"{name!r} has no words: write {' or '.join(texts)}")
    if is_stand_in(name):
        return dataset.word_ranks()
    return json.loads(provide_keras_file(dataset.word_file, dataset).read_text())
