"""Runs a module of this project as an ordinary user, who owns nothing here."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_UID = "65534"
_USER = ("setpriv", f"--reuid={_UID}", f"--regid={_UID}", "--clear-groups", "--")


@contextlib.contextmanager
def find_python() -> Iterator[list[str]]:
    """The command of a Python that runs as an ordinary user, with this environment's packages.

    Skips the test, with the reason, where there is none.
    """
    if os.geteuid() != 0:
        yield [sys.executable]
        return
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        command = [*_USER, sys.executable]
        if not _works(command, folder):
            # Only root may read this Python: take the system's, of the same version.
            command = [*_USER, str(_copy_environment(Path(folder) / "environment"))]
        if not _works(command, folder):
            pytest.skip("an ordinary user can read no Python with these packages")
        yield command


def run(command: list[str], module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module with the command of `find_python`."""
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o777)
        return subprocess.run(
            [*command, "-m", module, *arguments],
            cwd=ROOT,
            env={**os.environ, "HOME": home, "TMPDIR": "/tmp"},
            capture_output=True,
            text=True,
        )


def _works(command: list[str], folder: str) -> bool:
    program = (
        "import keras; from autograder.engine.host.sandbox import Sandbox; Sandbox.find('bwrap')"
    )
    done = subprocess.run(
        [*command, "-c", program], cwd=ROOT, env={**os.environ, "HOME": folder}, capture_output=True
    )
    return done.returncode == 0


def _copy_environment(folder: Path) -> Path:
    """This environment's packages for the system's Python, by links where that is possible."""
    number = ".".join(map(str, sys.version_info[:2]))
    python = Path(f"/usr/bin/python{number}")
    if not python.exists():
        pytest.skip(f"only root can read {sys.executable}, and there is no {python}")
    made = subprocess.run([python, "-m", "venv", "--without-pip", folder], capture_output=True)
    if made.returncode:
        pytest.skip(f"{python} makes no environments: {made.stderr.decode()[-200:]}")
    packages = folder / "lib" / f"python{number}" / "site-packages"
    shutil.rmtree(packages)
    if subprocess.run(["cp", "-al", sysconfig.get_path("purelib"), packages]).returncode:
        pytest.skip("the packages lie on another file system")
    return folder / "bin" / "python"
