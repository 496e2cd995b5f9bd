"""The Python that runs students' code: this one, or that of another Jupyter kernel."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError

_OLDEST = (3, 10)
_ASK_SECONDS = 60
PACKAGE_FOLDERS = ("site-packages", "dist-packages")
_ASK = """\
import json, os, sys
import ipykernel, numpy
about = {
    "version": sys.version_info[:2],
    "prefix": sys.prefix,
    "folders": [sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))]
    + [p for p in sys.path if os.path.basename(p) in ("site-packages", "dist-packages")],
    "file": numpy.__file__,
}
print(json.dumps(about))
"""
# Only this package is imported from its folder: all others are the environment's own.
_BOOTSTRAP = """\
import importlib, sys
folder, module = sys.argv[1:3]
del sys.argv[1:3]
sys.path.append(folder)
main = importlib.import_module(module).main
sys.path.remove(folder)
main()
"""


class UnknownKernelError(AutograderError):
    """No Jupyter kernel of that name is installed here."""


@dataclass(frozen=True)
class PythonEnvironment:
    """A Python interpreter and the packages that are installed for it.

    Args:
        executable: the interpreter.
        folders: the folders that it must be able to read.
        file: a file of its NumPy.
        kernel: the name of its Jupyter kernel; "" for the Python that runs the grader.
        variables: environment variables that its kernel sets.
    """

    executable: str
    folders: tuple[str, ...]
    file: str
    kernel: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def this(cls) -> PythonEnvironment:
        """The Python that runs the grader.

        Raises:
            AutograderError: it lacks NumPy.
        """
        folders = (sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable)))
        packages = [p for p in sys.path if os.path.basename(p) in PACKAGE_FOLDERS]
        spec = importlib.util.find_spec("numpy")
        if spec is None or spec.origin is None:
            raise AutograderError("NumPy is not installed", "pip install numpy")
        return cls(sys.executable, (*folders, *packages), spec.origin)

    @classmethod
    def of_kernel(cls, name: str) -> PythonEnvironment:
        """The Python of the Jupyter kernel `name`.

        Raises:
            UnknownKernelError: there is no such kernel.
            AutograderError: it is not a Python kernel, or it does not run.
        """
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        if name == "python3":
            # The usual name for the Python at hand; Colab and JupyterLab write it, too.
            return cls.this()
        try:
            spec = KernelSpecManager().get_kernel_spec(name)
        except NoSuchKernel:
            raise UnknownKernelError(
                f"the lab's Jupyter kernel {name!r} is not installed here",
                "see: jupyter kernelspec list",
            ) from None
        if spec.language.lower() != "python":
            raise AutograderError(
                f"the lab's kernel {name!r} runs {spec.language}; only Python can be graded here",
                "grade it with: nbgrader autograde",
            )
        executable = os.path.abspath(spec.argv[0]) if os.sep in spec.argv[0] else sys.executable
        about = _ask(name, executable, spec.env)
        if about["prefix"] == sys.prefix and not spec.env:
            return cls.this()
        if tuple(about["version"]) < _OLDEST:
            found = ".".join(map(str, about["version"]))
            raise AutograderError(
                f"the kernel {name!r} runs Python {found}; grading needs 3.10 or newer"
            )
        folders, file = tuple(about["folders"]), about["file"]
        return cls(executable, folders, file, name, dict(spec.env))

    def make_command(self, module: str, *arguments: str) -> list[str]:
        """The command line that runs `main` of one of this package's modules with it."""
        if not self.kernel:
            return [self.executable, "-m", module, *arguments]
        folder = str(Path(__file__).resolve().parents[3])
        return [self.executable, "-c", _BOOTSTRAP, folder, module, *arguments]


def _ask(name: str, executable: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """The version and folders that a kernel's interpreter reports.

    Raises:
        AutograderError: it does not run, or lacks ipykernel or numpy.
    """
    try:
        done = subprocess.run(
            [executable, "-c", _ASK],
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_ASK_SECONDS,
        )
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        reason = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1:]
        raise AutograderError(
            f"the kernel {name!r} does not start: {executable}: {''.join(reason)}",
            f"it needs ipykernel and numpy: {executable} -m pip install ipykernel numpy",
        ) from error
