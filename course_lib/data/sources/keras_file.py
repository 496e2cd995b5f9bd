"""A file that `keras.datasets` reads."""

from __future__ import annotations

from dataclasses import dataclass

GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


@dataclass(frozen=True)
class KerasFile:
    """A file that `keras.datasets` reads.

    Args:
        name: Path below `KERAS_HOME/datasets`.
        url: Where Keras downloads it.
        digest: Its sha256 (64 characters) or md5 (32 characters).
        is_checked: Whether Keras compares the digest; it does not for Fashion-MNIST.
        unpacked: Folder below `KERAS_HOME/datasets` into which Keras unpacks it, if any.

    Example:
        >>> KerasFile.from_google("mnist.npz", "0" * 64).algorithm
        'sha256'
    """

    name: str
    url: str
    digest: str
    is_checked: bool = True
    unpacked: str | None = None

    @classmethod
    def from_google(
        cls, name: str, digest: str, folder: str = "", is_checked: bool = True
    ) -> KerasFile:
        """Return a file from the server on which Keras keeps its data sets.

        Args:
            name: Name of the file on the server.
            digest: Its sha256 or md5.
            folder: Folder below `KERAS_HOME/datasets`, with a slash at the end.
            is_checked: Whether Keras compares the digest.
        """
        return cls(folder + name, GOOGLE + name, digest, is_checked)

    @property
    def algorithm(self) -> str:
        """The algorithm of the digest, "sha256" or "md5"; Keras, too, goes by the length."""
        return "sha256" if len(self.digest) == 64 else "md5"
