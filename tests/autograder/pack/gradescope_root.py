"""A root directory laid out like Gradescope's container, with what Docker forbids there forbidden.

Engine and packages are those of the zip file: its wheel is unpacked into an environment that finds
the other packages where these tests run.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyseccomp

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc")
# Docker's default capabilities.
CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
    *("NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT", "AUDIT_WRITE"),
)
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET


@dataclass(frozen=True)
class Graded:
    """What Gradescope gets.

    Args:
        results: The content of results.json.
        log: What run_autograder printed, for the instructor.
    """

    results: Mapping[str, Any]
    log: str

    @property
    def marks(self) -> dict[str, float]:
        return {test["name"]: test["score"] for test in self.results["tests"]}

    @property
    def said(self) -> str:
        """All that a student may read."""
        tests = (f"{test['name']}: {test['output']}" for test in self.results["tests"])
        return "\n".join([self.results["output"], *tests])


@dataclass
class GradescopeRoot:
    """A container's root in which a zip file of `autograder pack` was set up.

    Args:
        archive: The zip file.
        folder: Where the root is laid out.
        is_strict: Whether new namespaces are forbidden, as in Docker.
    """

    archive: Path
    folder: Path
    is_strict: bool = True

    def __post_init__(self) -> None:
        self.autograder, self.home = self.folder / "autograder", self.folder / "home"
        source = self.autograder / "source"
        with zipfile.ZipFile(self.archive) as packed:
            packed.extractall(source)
        shutil.copy(source / "run_autograder", self.autograder)
        os.chmod(self.autograder / "run_autograder", 0o755)
        make_environment(self.home / "venv", next(source.glob("*.whl")))

    def grade(self, files: Mapping[str, str | bytes]) -> Graded:
        """Grade a submission as Gradescope's harness does."""
        shutil.rmtree(self.autograder / "results", ignore_errors=True)
        shutil.rmtree(self.autograder / "submission", ignore_errors=True)
        (self.autograder / "results").mkdir()
        for name, content in files.items():
            path = self.autograder / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (self.autograder / "submission").mkdir(exist_ok=True)
        metadata = {"users": [{"name": "Ada", "sid": "1"}], "previous_submissions": []}
        (self.autograder / "submission_metadata.json").write_text(json.dumps(metadata))
        with tempfile.TemporaryFile() as rules:
            command = self._wrap(rules.fileno())
            write_docker_rules(rules)
            done = subprocess.run(
                command, pass_fds=(rules.fileno(),), capture_output=True, text=True, timeout=300
            )
        text = (self.autograder / "results" / "results.json").read_text(encoding="utf-8")
        return Graded(json.loads(text), done.stdout + done.stderr)

    def _wrap(self, rules: int) -> list[str]:
        shown = [*SYSTEM, sys.base_prefix, sysconfig.get_path("purelib")]
        command = ["bwrap", "--die-with-parent", "--unshare-ipc", "--clearenv"]
        for path in filter(os.path.isdir, shown):
            for parent in reversed(Path(path).parents[:-1]):
                command += ["--perms", "0755", "--dir", str(parent)]
            command += ["--ro-bind", path, path]
        command += ["--perms", "0755", "--dir", "/opt", "--ro-bind", str(self.home)]
        command += ["/opt/autograder", "--bind", str(self.autograder), "/autograder"]
        command += ["--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
        command += ["--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin", "--setenv", "HOME", "/root"]
        if self.is_strict:
            command += ["--unshare-pid", "--proc", "/proc", "--cap-drop", "ALL"]
            for capability in CAPABILITIES:
                command += ["--cap-add", f"CAP_{capability}"]
            command += ["--seccomp", str(rules)]
        else:
            # Of a /proc that bubblewrap mounts as root, parts are covered; Linux then refuses
            # another one inside.
            command += ["--bind", "/proc", "/proc", "--cap-add", "ALL"]
        return [*command, "--chdir", "/autograder", "--", "/autograder/run_autograder"]


def make_environment(folder: Path, wheel: Path | None = None) -> None:
    """Make an environment with a wheel's packages; all others are found where the tests run."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    version = ".".join(map(str, sys.version_info[:2]))
    packages = folder / "lib" / f"python{version}" / "site-packages"
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    if wheel:
        with zipfile.ZipFile(wheel) as content:
            content.extractall(packages)


def write_docker_rules(file: Any) -> None:
    """Write a filter that forbids what Docker's default profile forbids without CAP_SYS_ADMIN."""
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in ("unshare", "setns", "mount", "umount2", "pivot_root"):
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in (1 << bit for bit in range(32) if NEW_NAMESPACES & 1 << bit):
        argument = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag)
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", argument)
    rules.export_bpf(file)
    file.seek(0)
