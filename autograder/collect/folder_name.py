"""Names that any system accepts for a file or a folder."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

from autograder.files import is_device_name, is_safe_name, make_printable


def make_folder_name(name: str) -> str:
    """Change a name as little as needed to be the name of a file or folder on any system.

    Example:
        >>> make_folder_name("O'Brien, Zoë"), make_folder_name("lab: a/b. ")
        ("O'Brien, Zoë", 'lab_ a_b')
    """
    if is_safe_name(name):
        return name
    # Characters that are not printable become "?" first.
    kept = re.sub(r'[/\\:*?"<>|]', "_", make_printable(name)).strip(" .")
    if is_device_name(kept):
        kept = f"_{kept}"
    if len(kept.encode()) > 150:
        digest = hashlib.sha256(kept.encode()).hexdigest()[:8]
        suffix = PurePosixPath(kept).suffix[:12]
        kept = f"{kept.encode()[:120].decode(errors='ignore')}-{digest}{suffix}"
    return kept or "unnamed"
