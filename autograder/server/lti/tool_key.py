"""The server's own key: an LMS checks with its public half what the server signs."""

from __future__ import annotations

import os
from pathlib import Path

from jwcrypto.jwk import JWK

from autograder.course.course import Course
from autograder.errors import AutograderError

_BITS = 3072


def find_key_file(course: Course) -> Path:
    """Where the private key is."""
    return course.root / "lti_key.pem"


def make_key(course: Course) -> bool:
    """Make a key, readable by its owner only; returns False if there is one already."""
    path = find_key_file(course)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    key = JWK.generate(kty="RSA", size=_BITS)
    with os.fdopen(handle, "wb") as file:
        file.write(key.export_to_pem(private_key=True, password=None))
    return True


def read_key(course: Course) -> tuple[str, str]:
    """The private and the public key.

    Raises:
        AutograderError: There is none, or it is damaged.
    """
    path = find_key_file(course)
    try:
        private = path.read_text(encoding="ascii")
        public = JWK.from_pem(private.encode()).export_to_pem()
    except (OSError, ValueError) as error:
        raise AutograderError(
            f"the server's key for LTI cannot be read: {path}",
            "delete it if it is damaged, and run: autograder lti",
        ) from error
    return private, public.decode()
