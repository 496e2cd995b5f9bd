"""A file in Keras' cache: checked, and downloaded if it is missing.

`keras.utils.get_file` overwrites the cached file during a download, and deletes a file with the
wrong hash even if it cannot download another (`keras/src/utils/file_utils.py`). Therefore each
file is checked here before Keras sees it: Keras never gets a file that it would reject, and a
missing file is downloaded next to the cache and moved into it when it is complete.
"""

from __future__ import annotations

import os
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from course_lib.data.sources.corpus_set import CorpusSet
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Dataset
from course_lib.data.sources.explain_unreachable import explain_unreachable
from course_lib.data.sources.is_intact import is_intact
from course_lib.data.sources.keras_datasets_folder import keras_datasets_folder
from course_lib.data.sources.keras_file import KerasFile
from course_lib.data.sources.keras_home import keras_home
from course_lib.data.sources.reject_damaged_file import reject_damaged_file
from course_lib.data.sources.suggest_stand_in import suggest_stand_in

STALLED = 20  # seconds without a byte after which a download is aborted


def provide_keras_file(file: KerasFile, dataset: Dataset | CorpusSet) -> Path:
    """Return the path where Keras will find a file; download the file if it is missing.

    Args:
        file: The file.
        dataset: The data set that it belongs to, for the messages.

    Raises:
        DataError: The cached file is damaged, a missing file cannot be downloaded, or the cache
            cannot be written to. The cache has not been changed.
    """
    reject_damaged_file(file, dataset)
    home, folder = keras_home() / "datasets", keras_datasets_folder()
    path = folder / file.name
    if os.path.exists(path):
        return path
    _make_writable_folder(path.parent, dataset)
    if os.path.exists(home / file.name):
        # Keras ignores a cache that it cannot write to, and looks in /tmp instead.
        with suppress(FileExistsError):
            path.symlink_to(home / file.name)
        return path
    if file.unpacked and os.path.exists(folder / file.unpacked):
        raise DataError(
            f"{folder / file.unpacked} is there without {file.name}, and Keras needs both",
            f"Keras would download {file.url} and unpack it over that folder; the folder was not "
            f"changed.\nEither move it away, or put the archive beside it as {path}\n"
            f"{file.algorithm} {file.digest}\n{suggest_stand_in(dataset.name, dataset.FUNCTION)}",
        )
    _download(file, path, dataset)
    return path


def _make_writable_folder(folder: Path, dataset: Dataset | CorpusSet) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise DataError(
            f"Keras' cache {folder} cannot be written to ({error.strerror})",
            "Choose another folder before Keras is imported: KERAS_HOME=DIR\n"
            f"{suggest_stand_in(dataset.name, dataset.FUNCTION)}",
        ) from error


def _download(file: KerasFile, path: Path, dataset: Dataset | CorpusSet) -> None:
    """Download a file next to `path` and move it there when it is complete."""
    reason = explain_unreachable(file.url)
    if reason is not None:
        raise _download_error(reason, file, path, dataset)

    import keras

    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALLED)
    try:
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=path.parent) as partial:
            complete = keras.utils.get_file(
                path.name,
                file.url,
                file_hash=file.digest if file.is_checked else None,
                cache_dir=partial,
                cache_subdir=".",
            )
            if not is_intact(Path(complete), file):
                raise ValueError("the downloaded file is damaged")
            os.replace(complete, path)
    # Keras raises a bare Exception when a download fails.
    except Exception as error:
        raise _download_error(f"the download failed ({error})", file, path, dataset) from error
    finally:
        socket.setdefaulttimeout(timeout)


def _download_error(
    reason: str, file: KerasFile, path: Path, dataset: Dataset | CorpusSet
) -> DataError:
    prepared = file.name if isinstance(dataset, CorpusSet) else f"{dataset.name}.npz"
    return DataError(
        f"{dataset.name} is not in Keras' cache, and {reason}",
        f"To copy it by hand, download\n  {file.url}\nand save it as\n  {path}\n"
        f"  {file.algorithm} {file.digest}\n(about the data set: {dataset.page})\n"
        f"or name a folder that has {prepared}: COURSE_DATA=DIR\n"
        f"{suggest_stand_in(dataset.name, dataset.FUNCTION)}",
    )
