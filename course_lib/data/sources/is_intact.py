"""Whether a file is the one that Keras expects."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.keras_file import KerasFile

BLOCK = 1 << 20  # bytes that are read at once


def is_intact(path: Path, file: KerasFile) -> bool:
    """Return whether a path holds the file that Keras expects there.

    Compares the digest if Keras does. A gzip file that Keras does not check is compared with the
    checksums inside it.

    Args:
        path: An existing file.
        file: What Keras expects.

    Raises:
        DataError: The file cannot be read.
    """
    try:
        if file.is_checked:
            return _compute_digest(path, file.algorithm) == file.digest
        with gzip.open(path) as unzipped:
            while unzipped.read(BLOCK):
                pass
        return True
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror})", "Change its permissions, or move it away."
        ) from error


def _compute_digest(path: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
