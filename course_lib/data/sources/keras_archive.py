"""The name under which Keras stores an archive."""

from __future__ import annotations

from importlib.metadata import version

from course_lib.data.sources.keras_file import KerasFile


def keras_archive(folder: str, url: str, digest: str) -> KerasFile:
    """Return the archive of a folder, under the name that the installed Keras gives it.

    Args:
        folder: The folder in the archive.
        url: Where Keras downloads the archive.
        digest: Its sha256.

    Example:
        >>> url = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
        >>> keras_archive("cifar-10-batches-py", url, "0" * 64).url == url
        True
    """
    if tuple(int(number) for number in version("keras").split(".")[:2]) < (3, 6):
        return KerasFile(f"{folder}.tar.gz", url, digest, unpacked=folder)
    return KerasFile(f"{folder}-target_archive", url, digest, unpacked=f"{folder}-target")
