"""What decides a score besides the lab and the submission: software and machine settings."""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path

_PACKAGES = ("tensorflow", "keras", "numpy", "nbgrader")
# Of these, the first part of the name.
_VARIABLES = (
    "PYTHON",
    "KERAS",
    "TF_",
    "OMP_",
    "XLA",
    "CUDA",
    "COURSE_",
    "MPL",
    "LANG",
    "LC_",
    "TZ",
)


def list_software() -> dict[str, str]:
    """What decides a score besides the lab: digests of this code, and versions of packages."""
    root, found = Path(__file__).parents[2], {}
    for package in ("autograder", "course_lib"):
        digest = hashlib.sha256()
        for path in sorted((root / package).rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
        found[package] = digest.hexdigest()[:12]
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "(not installed)"
    return found


def compute_environment_digest(*also: str) -> str:
    """A digest of all software and of the settings that can change how a lab is graded.

    Args:
        also: what else the caller chose, such as the isolation.
    """
    installed = {f"{one.metadata['Name']}=={one.version}" for one in distributions()}
    settings = {name: text for name, text in os.environ.items() if name.startswith(_VARIABLES)}
    parts = [
        repr(sorted(list_software().items())),
        repr((sys.executable, sys.version, sorted(installed))),
        repr((sorted(settings.items()), _read_keras_settings(), also)),
    ]
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def _read_keras_settings() -> str:
    """The text of keras.json; empty where there is none."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    try:
        return (home / "keras.json").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
