"""`autograder doctor`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from autograder.cli.console import CourseDir, open_course, out, read_roster_file
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.engine.host.sandbox import Sandbox

_SIGNS = {"good": "[green]✓[/]", "weak": "[yellow]![/]", "bad": "[red]✗[/]"}
# The packages that grading needs, by their names in the package index.
_PACKAGES = ("keras", "nbgrader", "nbclient", "ipykernel", "jupytext", "scikit-learn")
_INSTALL = "pip install -r requirements.txt"


def doctor(course_dir: CourseDir = None) -> None:
    """Show what is installed, which isolation is available, and what to do about problems.

    Exit code 1: grading does not work here.

    Example: [bold]autograder doctor[/]
    """
    bad = False
    for check in examine(course_dir):
        bad = bad or check.state == "bad"
        out.print(f"{_SIGNS[check.state]} {check.subject}: {escape(check.finding)}")
        if check.advice:
            out.print(f"  [dim]→[/] {escape(check.advice)}")
    if bad:
        raise typer.Exit(1)


@dataclass(frozen=True)
class Check:
    """The outcome of one check.

    Args:
        subject: What was checked.
        state: "good", "weak" (grading works, with limitations) or "bad".
        finding: What was found.
        advice: What to do about it; empty if nothing.
    """

    subject: str
    state: str
    finding: str
    advice: str = ""


def examine(course_dir: str | None) -> Iterator[Check]:
    """Check everything that grading needs."""
    version = ".".join(map(str, sys.version_info[:3]))
    is_supported = (3, 10) <= sys.version_info < (3, 14)
    advice = "" if is_supported else "use Python 3.10 to 3.13: make PYTHON=python3.12 demo"
    state = "good" if is_supported else "bad"
    yield Check("Python", state, f"{version}, {sys.executable}", advice)
    yield _check_tensorflow()
    for name in _PACKAGES:
        yield _check_package(name)
    alembic = shutil.which("alembic")
    advice = "" if alembic else "run autograder from the environment in which nbgrader is installed"
    yield Check("alembic", "good" if alembic else "bad", alembic or "not on PATH", advice)
    yield from _check_walls()
    yield _check_system_calls()
    yield _check_landlock()
    yield _check_control_groups()
    yield _check_data()
    yield _check_course(course_dir)


def _check_tensorflow() -> Check:
    for name in ("tensorflow", "tensorflow-cpu"):
        if version := _find_version(name):
            return Check("TensorFlow", "good", f"{name} {version}")
    return Check("TensorFlow", "bad", "not installed", _INSTALL)


def _check_package(name: str) -> Check:
    if version := _find_version(name):
        return Check(name, "good", version)
    return Check(name, "bad", "not installed", _INSTALL)


def _find_version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _check_system_calls() -> Check:
    from autograder.engine.host.syscall_filter import find_problem

    problem = find_problem()
    if not problem:
        return Check("system calls", "good", "filtered by seccomp in every kernel")
    advice = "apt install libseccomp2 (or dnf, pacman, apk); pip install pyseccomp"
    return Check("system calls", "weak", f"not filtered: {problem}", advice)


def _check_walls() -> Iterator[Check]:
    from autograder.engine.host.sandbox import Sandbox

    sandbox = Sandbox.find("auto")
    yield _check_isolation(sandbox)
    yield _check_user(sandbox)
    yield _check_verifier(sandbox)


def _check_isolation(sandbox: Sandbox) -> Check:
    finding = f"{sandbox.isolation}: {sandbox.reason}"
    if sandbox.isolation == "bwrap":
        return Check("isolation", "good", finding)
    if shutil.which("bwrap") is None:
        advice = "apt install bubblewrap (or dnf, pacman, apk)"
    else:
        advice = (
            "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 and, on Ubuntu, "
            "kernel.apparmor_restrict_unprivileged_userns=0 (in a container: run it with "
            "a seccomp profile that allows them: docs/isolation.md)"
        )
    return Check("isolation", "weak", finding, advice)


def _check_user(sandbox: Sandbox) -> Check:
    if sandbox.uid is not None:
        return Check("user", "good", "a user id of its own for each submission")
    user = f"submissions run as your user, {os.geteuid()}"
    if sandbox.is_walled:
        return Check("user", "good", f"{user}, each in namespaces of its own")
    return Check("user", "weak", user, "grade as another user, who owns no course")


def _check_verifier(sandbox: Sandbox) -> Check:
    if not sandbox.is_walled:
        return Check("tests", "weak", "run without a sandbox of their own", "see: isolation")
    with tempfile.TemporaryDirectory() as folder:
        command = sandbox.wrap_verifier(["true"], Path(folder))
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return Check("tests", "bad", f"their sandbox does not start: {done.stderr.strip()}")
    return Check("tests", "good", "run in a sandbox of their own, without course and network")


def _check_landlock() -> Check:
    from autograder.engine.student.landlock import find_version

    version = find_version()
    if version:
        return Check("Landlock", "good", f"version {version}: confines every kernel a second time")
    advice = "Linux has it since 5.13; switch it on at boot: add landlock to lsm="
    return Check("Landlock", "weak", "this Linux kernel does not have it", advice)


def _check_control_groups() -> Check:
    from autograder.engine.host.control_groups import ControlGroups

    groups = ControlGroups()
    groups.close()
    if not groups.problem:
        bounded = ", ".join(sorted(groups.controllers))
        return Check("control groups", "good", f"one for each submission: {bounded}")
    finding = f"{groups.problem}: one submission can slow down others; limits are only watched"
    if os.geteuid() == 0:
        advice = "in a container: docs/isolation.md, a fair share of the machine"
    else:
        advice = (
            "have systemd delegate: systemd-run --user --scope -p Delegate=yes autograder grade"
        )
    return Check("control groups", "weak", finding, advice)


def _check_data() -> Check:
    prepared = os.environ.get("COURSE_DATA")
    if prepared:
        exists = Path(prepared).is_dir()
        advice = "" if exists else "create the folder, or unset COURSE_DATA"
        return Check("data", "good" if exists else "bad", f"COURSE_DATA={prepared}", advice)
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"
    cached = sorted(path.name for path in home.glob("*")) if home.is_dir() else []
    finding = f"{home}: {', '.join(cached)}" if cached else f"nothing in {home}"
    return Check("data", "good", f"{finding}; the stand-ins need no files")


def _check_course(course_dir: str | None) -> Check:
    from autograder.marks.lateness import find_unknown_students

    try:
        course = open_course(course_dir)
        unknown = find_unknown_students(course, read_roster_file(course, None))
    except AutograderError as error:
        return Check("course", "weak", str(error), error.hint)
    if unknown:
        finding = f"[extensions] in course.toml names unknown students: {', '.join(unknown)}"
        return Check("course", "weak", finding, "use the names of their folders in submitted/")
    labs = ", ".join(lab.name for lab in course.labs()) or "none"
    return Check("course", "good", f"{course.root}; labs: {labs}")
