"""The description of a corpus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from course_lib.data.sources.keras_file import KerasFile


@dataclass(frozen=True)
class CorpusSet:
    """A text to train language models on.

    Args:
        name: As in `corpus(name)`.
        page: Where to read about it.
        write: Returns the text, for a corpus that is part of Python or made by rule.
        file: The file in Keras' cache or on the network; its name is also that in a prepared
            folder.
        stand_in: The name of the corpus in place of it, if it cannot be loaded.

    Example:
        >>> from course_lib.data.sets.shakespeare import CORPUS
        >>> CORPUS.stand_in
        'python_help'
    """

    FUNCTION: ClassVar[str] = "corpus"

    name: str
    page: str
    write: Callable[[], str] | None = None
    file: KerasFile | None = None
    stand_in: str = ""
