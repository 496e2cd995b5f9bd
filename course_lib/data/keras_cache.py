"""Real data through ``keras.datasets``, without ever losing a file in its cache.

``keras.utils.get_file`` writes a download straight over what is in the cache, and deletes a file
whose hash it dislikes when it cannot download another (``keras/src/utils/file_utils.py``). So a
file is looked at here before Keras sees it: what Keras would reject never reaches Keras, and what
is missing is downloaded beside the cache and moved into it when it is whole.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
import sys
import tempfile
import zlib
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pickle import UnpicklingError

from course_lib.data.check import check
from course_lib.data.dataset import Dataset, KerasFile
from course_lib.data.errors import DataError
from course_lib.data.network import unreachable

STALLED = 20  # seconds without a byte after which a download is given up


def load_real(dataset: Dataset, options: dict):
    """Return what ``keras.datasets.NAME.load_data(**options)`` returns.

    Args:
        dataset: one that has ``files``.
        options: keyword arguments for ``load_data``.

    Raises:
        DataError: a cached file is damaged, one is missing and cannot be fetched, or the cache
            cannot be written. Nothing in the cache has been changed.
    """
    for file in dataset.files:
        _look(file, dataset)
    for file in dataset.files:
        provide(file, dataset)
    keras_set = import_module(f"keras.datasets.{dataset.name}")
    try:
        return check(dataset, keras_set.load_data(**options))
    except (OSError, ValueError, KeyError, EOFError, UnpicklingError) as error:
        raise DataError(
            f"Keras cannot read {dataset.name} from {keras_folder()} ({error})",
            f"If a file there is damaged, move it away and load again.\n{_stand_in(dataset)}",
        ) from error


def provide(file: KerasFile, dataset: Dataset) -> Path:
    """Return the path of ``file`` where Keras will find it; fetch it if it is not there.

    Raises:
        DataError: see :func:`load_real`.
    """
    _look(file, dataset)
    home, folder = keras_home() / "datasets", keras_folder()
    path = folder / file.name
    if os.path.exists(path):
        return path
    _writable(path.parent, dataset)
    if os.path.exists(home / file.name):
        # Keras passes over a cache that it cannot write to, and looks in /tmp instead.
        with suppress(FileExistsError):
            path.symlink_to(home / file.name)
        return path
    if file.unpacked and os.path.exists(folder / file.unpacked):
        raise DataError(
            f"{folder / file.unpacked} is there without {file.name}, and Keras wants both",
            f"Keras would download {file.url} and unpack it over that folder; it has been left "
            f"as it is.\nEither move the folder away, or put that file beside it as {path}\n"
            f"{algorithm(file)} {file.digest}\n{_stand_in(dataset)}",
        )
    _fetch(file, path, dataset)
    return path


def _look(file, dataset):
    """Say so, if Keras would reject what lies where ``file`` should be."""
    home, folder = keras_home() / "datasets", keras_folder()
    for path in {home / file.name: None, folder / file.name: None}:
        if os.path.exists(path) and not is_sound(path, file):
            raise DataError(
                f"{path} is not the file that Keras expects",
                f"It has been left as it is ({path.stat().st_size:,} bytes); Keras would delete "
                f"it. {algorithm(file)} should be {file.digest}.\n"
                f"Either move it away and load {dataset.name} again with a network, which fetches "
                f"{file.url}\nor, if you know that it is good, name its folder as a prepared one: "
                f"COURSE_DATA={path.parent}\n{_stand_in(dataset)}",
            )


def keras_home() -> Path:
    """Return Keras' own folder: ``KERAS_HOME``, else ``~/.keras``."""
    # Keras reads the variable when it is imported; from then on only its own answer counts.
    config = sys.modules.get("keras.src.backend.config")
    if config is not None:
        return Path(config.keras_home()).expanduser()
    if "KERAS_HOME" in os.environ:
        return Path(os.environ["KERAS_HOME"]).expanduser()
    user = Path("~").expanduser()
    return (user if os.access(user, os.W_OK) else Path("/tmp")) / ".keras"


def keras_folder() -> Path:
    """Return the folder in which Keras will look for its data files."""
    home = keras_home()
    # Importing Keras makes the folder; before that, what counts is whether it can be made.
    there = next(path for path in (home, *home.parents) if os.path.exists(path))
    if os.access(there, os.W_OK):
        return home / "datasets"
    return Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()) / ".keras" / "datasets"


def is_sound(path: Path, file: KerasFile) -> bool:
    """Return whether ``path`` holds what Keras expects there.

    By its hash, where Keras checks that; a file that Keras takes as it is (gzip) by the check
    sums in it.

    Raises:
        DataError: it cannot be read.
    """
    try:
        if file.checked:
            return _digest(path, algorithm(file)) == file.digest
        with gzip.open(path) as unzipped:
            while unzipped.read(1 << 20):
                pass
        return True
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror})", "Change its permissions, or move it away."
        ) from error


def algorithm(file: KerasFile) -> str:
    """Return ``"sha256"`` or ``"md5"``, told by the digest's length as Keras does."""
    return "sha256" if len(file.digest) == 64 else "md5"


def _digest(path, algorithm):
    digest = hashlib.new(algorithm)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _writable(folder, dataset):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise DataError(
            f"Keras' cache {folder} cannot be written to ({error.strerror})",
            f"Choose another folder before Keras is imported: KERAS_HOME=DIR\n{_stand_in(dataset)}",
        ) from error


def _fetch(file, path, dataset):
    """Download ``file`` beside ``path`` and move it there when it is whole."""
    reason = unreachable(file.url)
    if reason is not None:
        raise _not_fetched(reason, file, path, dataset)

    import keras

    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALLED)
    try:
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=path.parent) as partial:
            whole = keras.utils.get_file(
                path.name,
                file.url,
                file_hash=file.digest if file.checked else None,
                cache_dir=partial,
                cache_subdir=".",
            )
            if not is_sound(Path(whole), file):
                raise ValueError("the file that came is damaged")
            os.replace(whole, path)
    # Keras raises a bare Exception when a download fails.
    except Exception as error:
        raise _not_fetched(f"the download failed ({error})", file, path, dataset) from error
    finally:
        socket.setdefaulttimeout(patience)


def _not_fetched(reason, file, path, dataset):
    return DataError(
        f"{dataset.name} is not in Keras' cache, and {reason}",
        f"To bring it by hand, fetch\n  {file.url}\nand keep it as\n  {path}\n"
        f"  {algorithm(file)} {file.digest}\n(about the set: {dataset.page})\n"
        f"or name a folder that has {dataset.name}.npz: COURSE_DATA=DIR\n{_stand_in(dataset)}",
    )


def _stand_in(dataset):
    return f'or take the stand-in: load("{dataset.name}", source="offline")'
