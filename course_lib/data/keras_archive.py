"""Under which name Keras keeps an archive."""

from __future__ import annotations

from importlib.metadata import version

from course_lib.data.dataset import KerasFile


def archive(folder: str, url: str, digest: str) -> KerasFile:
    """Return the archive in which ``folder`` comes, under the name that this Keras gives it.

    Args:
        folder: the folder in the archive.
        url: where Keras gets it.
        digest: its sha256.

    Example:
        >>> archive("cifar-10-batches-py", "https://…/cifar-10-python.tar.gz", "6d95…").url[:8]
        'https://'
    """
    if tuple(int(part) for part in version("keras").split(".")[:2]) < (3, 6):
        return KerasFile(f"{folder}.tar.gz", url, digest, unpacked=folder)
    return KerasFile(f"{folder}-target_archive", url, digest, unpacked=f"{folder}-target")
