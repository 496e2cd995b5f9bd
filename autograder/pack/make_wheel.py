"""The engine as it is installed here, as a wheel, and the versions of the packages around it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from autograder.errors import AutograderError

_NAME = "keras-course-labs"
_PACKAGES = ("autograder", "course_lib")
_TAGS = "Wheel-Version: 1.0\nGenerator: autograder pack\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
# Zip files begin in 1980: with one time for all files, the same package makes the same wheel.
_EPOCH = "315532800"


def make_wheel() -> tuple[str, bytes]:
    """Make a wheel of the installed package, whichever way it was installed.

    Returns:
        The wheel's file name and its content.

    Raises:
        AutograderError: The package's metadata is missing, or the wheel cannot be made.
    """
    found = distribution(_NAME)
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        tree = Path(folder, "tree")
        for name in _PACKAGES:
            shutil.copytree(
                _find_package(name), tree / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        _write_metadata(found, tree)
        command = [sys.executable, "-m", "wheel", "pack", str(tree), "-d", folder]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": _EPOCH}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            reason = "".join(done.stderr.strip().splitlines()[-1:])
            raise AutograderError(f"cannot make a wheel: {reason}", "pip install wheel")
        return wheels[0].name, wheels[0].read_bytes()


def _find_package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise AutograderError(f"the package {name} is not installed", f"pip install {_NAME}")
    return Path(places[0])


def _write_metadata(found: Distribution, tree: Path) -> None:
    about = tree / f"{_NAME.replace('-', '_')}-{found.version}.dist-info"
    about.mkdir()
    (about / "WHEEL").write_text(_TAGS, encoding="utf-8")
    # The first is setuptools' name for it in a folder that was never installed.
    metadata = found.read_text("METADATA") or found.read_text("PKG-INFO")
    if not metadata:
        raise AutograderError(f"{_NAME} is installed without its metadata", f"pip install {_NAME}")
    (about / "METADATA").write_text(metadata, encoding="utf-8")
    scripts = found.read_text("entry_points.txt")
    if scripts:
        (about / "entry_points.txt").write_text(scripts, encoding="utf-8")


def list_constraints() -> str:
    """Return the versions of all packages here as pip's constraints: they decide marks, too."""
    versions = {one.metadata["Name"]: one.version for one in distributions()}
    # TensorFlow without CUDA has the same versions under another name.
    if "tensorflow" not in versions and "tensorflow_cpu" in versions:
        versions["tensorflow"] = versions["tensorflow_cpu"]
    lines = [
        f"{name}=={version}"
        for name, version in versions.items()
        # A local version, such as 2.1+cpu, is in no package index.
        if name and name.replace("_", "-") != _NAME and "+" not in version
    ]
    return "\n".join(sorted(set(lines), key=str.lower)) + "\n"
