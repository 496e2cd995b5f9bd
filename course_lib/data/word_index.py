"""The words behind the numbers of reviews and newswires."""

from __future__ import annotations

import json
from importlib import import_module

from course_lib.data.dataset import GOOGLE, KerasFile
from course_lib.data.keras_cache import provide
from course_lib.data.load import find
from course_lib.data.provenance import is_stand_in

FILES = {
    "imdb": KerasFile(
        "imdb_word_index.json",
        GOOGLE + "imdb_word_index.json",
        "bfafd718b763782e994055a2d397834f",
    ),
    "reuters": KerasFile(
        "reuters_word_index.json",
        GOOGLE + "reuters_word_index.json",
        "4d44cc38712099c9e383dc6e5f11a921",
    ),
}


def word_index(name) -> dict[str, int]:
    """Return the words with their ranks, as ``keras.datasets.imdb.get_word_index`` does.

    They are those of what ``load(name)`` gave last: the stand-in's, or the real set's.
    ``load`` adds ``index_from``, 3, to each rank.

    Args:
        name: ``"imdb"`` or ``"reuters"``.

    Raises:
        ValueError: another name.
        DataError: the real list of words is not in Keras' cache and cannot be fetched.

    Example:
        >>> from course_lib.data.load import load
        >>> (x_train, y_train), _ = load("imdb", "offline", "quick")  # doctest: +ELLIPSIS
        course_lib.data: imdb is a STAND-IN...
        >>> words = {rank + 3: word for word, rank in word_index("imdb").items()}
        >>> len(" ".join(words.get(number, "?") for number in x_train[0])) > 20
        True
    """
    if name not in FILES:
        raise ValueError(f'{name!r} has no words: write "imdb" or "reuters"')
    if is_stand_in(name):
        return import_module(f"course_lib.data.{name}").word_ranks()
    return json.loads(provide(FILES[name], find(name)).read_text())
