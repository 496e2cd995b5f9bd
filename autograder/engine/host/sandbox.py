"""The outer wall: bubblewrap's command line, and the strongest sandbox that works here."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.engine.host.python_environment import PACKAGE_FOLDERS, PythonEnvironment
from autograder.engine.wire.string_enum import StringEnum

HOME = "/home/student"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt/intel", "/nix/store")
_ETC = (
    "alternatives",
    "fonts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "timezone",
)
# Where programs write, besides the home; private behind the outer wall.
WRITABLE = ("/tmp", "/var/tmp", "/dev")
# What programs read of a system, when no outer wall hides the rest: homes and courses.
_READ_UNWALLED = ("/etc", "/opt", "/proc", "/run", "/snap", "/sys", "/var")
# No user has this number, so a student's process owns nothing outside its sandbox.
_UNUSED_UID = 3_000_000_000
_PROBE_SECONDS = 30


class Isolation(StringEnum):
    """What walls students' code in."""

    BWRAP = "bwrap"
    BWRAP_EACH = "bwrap, one start a submission"
    NONE = "none (weak)"


@dataclass(frozen=True)
class Sandbox:
    """How kernels are walled in on this machine.

    Args:
        isolation: what walls them in.
        reason: why it is this one, in a sentence.
        options: bubblewrap's options for users and /proc; empty without bubblewrap.
        uid: the first of the user ids that kernels run under; None keeps the grader's own.
        has_namespaces: whether each fork takes namespaces of its own.
        read_only: further files and folders that kernels may read.
        environment: further environment variables of the kernels.
        python: what runs the kernels.
    """

    isolation: Isolation
    reason: str
    options: tuple[str, ...] = ()
    uid: int | None = None
    has_namespaces: bool = False
    read_only: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    python: PythonEnvironment = field(default_factory=PythonEnvironment.this)

    @property
    def is_walled(self) -> bool:
        """Whether bubblewrap walls the kernels in."""
        return self.isolation is not Isolation.NONE

    @classmethod
    def find(
        cls,
        wanted: str = "auto",
        read_only: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        python: PythonEnvironment | None = None,
    ) -> Sandbox:
        """The strongest sandbox that works here.

        Args:
            wanted: "auto", "bwrap" (an error where it does not work) or "none".
            read_only: files and folders that kernels may read, besides the system and the
                environment of this Python.
            environment: variables that kernels see, besides a few harmless ones.
            python: what runs the kernels; default: the Python that runs the grader.

        Raises:
            ValueError: `wanted` is not one of the three.
            RuntimeError: "bwrap" was wanted and does not work; the message says why.
        """
        if wanted not in ("auto", "bwrap", "none"):
            raise ValueError(f"isolation {wanted!r}: choose auto, bwrap or none")
        shared: dict[str, Any] = {
            "read_only": tuple(os.path.realpath(p) for p in read_only if os.path.exists(p)),
            "environment": dict(environment or {}),
            "python": python or PythonEnvironment.this(),
        }
        if wanted == "none":
            return cls._unwalled("it was asked for: --isolation none", shared)
        if shutil.which("bwrap") is None:
            problem = "bubblewrap is not installed (apt install bubblewrap)"
        else:
            found, problem = cls._find_walled(shared)
            if found is not None:
                return found
        if wanted == "bwrap":
            raise RuntimeError(f"no sandbox: {problem}")
        return cls._unwalled(problem, shared)

    @classmethod
    def _unwalled(cls, reason: str, shared: dict[str, Any]) -> Sandbox:
        """No walls; if root runs the grader, kernels run as another user, who owns nothing here."""
        uid = None
        if os.geteuid() == 0:
            # A package, and a module of the standard library: they may lie in different places.
            python = shared["python"]
            read = f"os.setresuid(*[{_UNUSED_UID}] * 3); open(os.__file__); open({python.file!r})"
            if subprocess.run(
                [python.executable, "-c", f"import os; {read}"], stderr=subprocess.DEVNULL
            ).returncode:
                reason += "; kernels run as root, since only root can read this Python"
            else:
                uid = _UNUSED_UID
        return cls(Isolation.NONE, reason, uid=uid, **shared)

    @classmethod
    def _find_walled(cls, shared: dict[str, Any]) -> tuple[Sandbox | None, str]:
        problem = ""
        for options, uid in _variants():
            sandbox = cls(Isolation.BWRAP, "", options, uid, True, **shared)
            answer = sandbox._probe()
            if answer == "ok":
                why = "each kernel has its own namespaces inside bubblewrap"
                return cls(Isolation.BWRAP, why, options, uid, True, **shared), ""
            problem = problem or answer
        sandbox = cls(Isolation.BWRAP_EACH, "", ("--unshare-user-try", "--proc", "/proc"), **shared)
        answer = sandbox._run(["true"])
        if answer == "":
            why = f"a fork cannot have its own namespaces here ({problem}): slower, as safe"
            options = sandbox.options
            return cls(Isolation.BWRAP_EACH, why, options, **shared), ""
        return None, f"bubblewrap does not work here: {answer}"

    def _probe(self) -> str:
        uid = -1 if self.uid is None else self.uid
        arguments = (HOME, str(uid), self.python.file)
        return self._run(self.python.make_command("autograder.engine.student.probe", *arguments))

    def _run(self, program: list[str]) -> str:
        try:
            done = subprocess.run(
                self.wrap(program),
                env=self.make_environment(HOME),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_PROBE_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return "".join((done.stdout + done.stderr).strip().splitlines()[-1:])

    def wrap(self, program: list[str]) -> list[str]:
        """The command line that runs `program` behind the outer wall."""
        if not self.is_walled:
            return program
        command = ["bwrap", "--die-with-parent", "--unshare-pid", "--unshare-net"]
        command += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--new-session"]
        command += _show((*self.find_folders(), *self.read_only))
        command += [*self.options, "--chdir", HOME, "--remount-ro", "/", "--"]
        return command + program

    def wrap_verifier(self, program: list[str], folder: Path) -> list[str]:
        """The command line that runs the trusted `program` in a sandbox of its own.

        It sees the system, this Python and the data; neither a course nor a network. So a fault in
        a library that reads what a student sends reaches nothing.

        Args:
            program: runs with this Python.
            folder: a private folder in which it may write; removed afterwards if it is empty.
        """
        if not self.is_walled:
            return program
        here = replace(self, python=PythonEnvironment.this())
        folders = [*here.find_folders(), *self.read_only, *_find_own_packages()]
        # The program can empty its folder, but not remove it: that takes a process outside.
        command = ["/bin/sh", "-c", '"$@"; rmdir "$0" 2> /dev/null', str(folder), "bwrap"]
        command += ["--unshare-net", "--unshare-ipc", "--unshare-uts", "--new-session"]
        command += [*_show(folders), "--bind", str(folder), str(folder)]
        command += ["--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
        command += ["--ro-bind", "/proc", "/proc", "--cap-drop", "ALL"]
        return [*command, "--chdir", str(folder), "--remount-ro", "/", "--", *program]

    def find_folders(self) -> list[str]:
        """The folders of the kernels' Python and of the packages that labs use."""
        packages = []
        for name in ("autograder",) if self.python.kernel else ("autograder", "course_lib"):
            spec = importlib.util.find_spec(name)
            if spec is not None and spec.submodule_search_locations:
                packages.append(os.path.realpath(spec.submodule_search_locations[0]))
        # A folder that contains one of our packages is a course: only the package is shown. Or it
        # is the site-packages of an environment in which a wheel was installed.
        around = [os.path.dirname(path) for path in packages]
        courses = [path for path in around if os.path.basename(path) not in PACKAGE_FOLDERS]
        paths = [
            path
            for path in map(os.path.realpath, self.python.folders)
            if not any(course == path or course.startswith(path + "/") for course in courses)
        ]
        shown: list[str] = []
        for path in sorted({*paths, *packages}):
            if not any(path.startswith(outer + "/") for outer in (*shown, *_SYSTEM)):
                shown.append(path)
        return shown

    def find_readable(self) -> list[str]:
        """Files and folders that kernels may read, for the kernel's own list (Landlock)."""
        if self.is_walled:
            return ["/"]
        return [*self.find_folders(), *self.read_only, *_SYSTEM, *_READ_UNWALLED]

    def make_environment(self, home: str) -> dict[str, str]:
        """All environment variables of the sandboxed program; the grader's own are left out."""
        here = [
            os.path.dirname(path) for path in self.find_folders() if path.endswith("autograder")
        ]
        return {
            "PATH": os.pathsep.join([os.path.dirname(self.python.executable), "/usr/bin", "/bin"]),
            "HOME": home,
            "LANG": "C.UTF-8",
            "PYTHONPATH": "" if self.python.kernel else os.pathsep.join(here),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONNOUSERSITE": "1",
            # The order of a set of strings must not differ from run to run.
            "PYTHONHASHSEED": "0",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "CUDA_VISIBLE_DEVICES": "-1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **self.environment,
            **self.python.variables,
        }


def _variants() -> list[tuple[tuple[str, ...], int | None]]:
    """Ways to start bubblewrap, the strongest first: its options, and the kernels' user id."""
    if os.geteuid() != 0:
        return [(("--unshare-user", "--proc", "/proc"), None)]
    # Run by root, bubblewrap covers parts of a /proc that it mounts, and the kernel then refuses
    # a fresh /proc inside. So the machine's own is bound; only the warm parent sees it.
    bound = ("--bind", "/proc", "/proc")
    capabilities = ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    return [((*bound, *capabilities), _UNUSED_UID), ((*bound, "--unshare-user"), None)]


def _show(paths: Sequence[str]) -> list[str]:
    """bubblewrap's options that show the system and these paths, for reading only."""
    options = []
    for path in _SYSTEM:
        if os.path.islink(path):
            options += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            options += ["--ro-bind", path, path]
    for name in _ETC:
        options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    options += ["--dev", "/dev", "--tmpfs", "/tmp"]
    for folder in sorted({str(f) for path in (*paths, HOME) for f in Path(path).parents}):
        if folder not in ("/", "/tmp", *_SYSTEM):
            # Otherwise bubblewrap would make them readable for its own user only.
            options += ["--perms", "0755", "--dir", folder]
    options += ["--tmpfs", HOME]
    for path in paths:
        options += ["--ro-bind", path, path]
    return options


def _find_own_packages() -> list[str]:
    """The folders of PYTHONPATH, in which an instructor keeps what tests import."""
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    folders = [os.path.realpath(path) for path in named if path and os.path.isdir(path)]
    # A folder that contains our package is a course; the package itself is shown anyway.
    return [path for path in folders if not os.path.isdir(os.path.join(path, "autograder"))]
