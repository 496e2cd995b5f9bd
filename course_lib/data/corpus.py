"""Texts to train language models on."""

from __future__ import annotations

import os
from pathlib import Path

from course_lib.data.registry import find_corpus
from course_lib.data.sources.check_source import check_source
from course_lib.data.sources.corpus_set import CorpusSet
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.prepared_folder import prepared_folder
from course_lib.data.sources.provenance import announce, announce_real, announce_stand_in
from course_lib.data.sources.provide_keras_file import provide_keras_file
from course_lib.data.sources.suggest_stand_in import suggest_stand_in

HELD_OUT = 0.1  # share of the text, at its end


def corpus(name: str, source: str = "auto") -> tuple[str, str]:
    """Load a text, split into a training text and a held-out text.

    A corpus that is part of Python is always there. Another one is read from `COURSE_DATA`, from
    Keras' cache, or from the network. If all fail, a corpus that is always there takes its place,
    announced on stdout.

    Args:
        name: "python_help" (Python's help texts) or "shakespeare" (Tiny Shakespeare).
        source: "auto" searches as above; "real" raises an error instead of loading the stand-in;
            "offline" loads the stand-in at once.

    Returns:
        The first 90 % of the text for training, and the last 10 %.

    Raises:
        ValueError: Unknown name or source.
        DataError: `source="real"` and the text cannot be loaded, or `COURSE_DATA` is damaged.

    Example:
        >>> train, held_out = corpus("python_help")
        >>> round(len(held_out) / (len(train) + len(held_out)), 3)
        0.1
    """
    described = find_corpus(name)
    check_source(source)
    if described.write is not None:
        return _split(described.write())
    reason = 'source="offline" asks for it'
    if source != "offline":
        try:
            return _split(_read_real(described))
        except DataError as error:
            if source == "real":
                raise
            reason = f'{error.what} (corpus("{name}", source="real") says what to do)'
    announce_stand_in(name, f"the corpus {described.stand_in}", reason)
    return corpus(described.stand_in)


def _read_real(described: CorpusSet) -> str:
    """Return the text from a prepared folder, from Keras' cache, or from the network."""
    file = described.file
    assert file is not None
    folder = prepared_folder()
    for path in (folder / file.name, folder / "text" / file.name) if folder else ():
        if os.path.exists(path):
            text = _read(path, described)
            announce(described.name, str(path), f"{described.name} is prepared data from {path}")
            return text
    text = _read(provide_keras_file(file, described), described)
    announce_real(described.name)
    return text


def _read(path: Path, described: CorpusSet) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} cannot be read ({error})",
            f"Copy it again, or remove it.\n{suggest_stand_in(described.name, 'corpus')}",
        ) from error
    if not text.strip():
        raise DataError(f"{path} is empty", "Copy it again, or remove it.")
    return text


def _split(text: str) -> tuple[str, str]:
    cut = int((1 - HELD_OUT) * len(text))
    return text[:cut], text[cut:]
