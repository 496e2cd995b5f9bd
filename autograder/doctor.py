"""What this machine has, and what to do about what it lacks."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.engine.host.memory_groups import MemoryGroups
from autograder.engine.host.sandbox import Sandbox
from autograder.engine.wire.limits import Limits
from autograder.errors import AutograderError
from autograder.lms.read_roster import read_roster
from autograder.marks.lateness import find_unknown_students

# What grading can't do without, by the name that pip knows.
_PACKAGES = ("keras", "nbgrader", "nbclient", "ipykernel", "jupytext", "scikit-learn")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Args:
        subject: what.
        state: "good", "weak" (grading works, with less than could be had) or "bad".
        seen: what was found.
        advice: what to do about it; empty when there is nothing to do.
    """

    subject: str
    state: str
    seen: str
    advice: str = ""


def examine(course_dir: Path | None) -> Iterator[Check]:
    """Look at everything that grading needs."""
    version = ".".join(map(str, sys.version_info[:3]))
    supported = (3, 10) <= sys.version_info < (3, 14)
    advice = "" if supported else "use Python 3.10 to 3.13: make PYTHON=python3.12 demo"
    yield Check("Python", "good" if supported else "bad", f"{version}, {sys.executable}", advice)
    yield _tensorflow()
    for name in _PACKAGES:
        yield _package(name)
    alembic = shutil.which("alembic")
    advice = "" if alembic else "start autograder from the environment that nbgrader is in"
    yield Check("alembic", "good" if alembic else "bad", alembic or "not on PATH", advice)
    yield _isolation()
    yield _memory()
    yield _data()
    yield _course(course_dir)


def _tensorflow() -> Check:
    for name in ("tensorflow", "tensorflow-cpu"):
        try:
            return Check("TensorFlow", "good", f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return Check("TensorFlow", "bad", "not installed", "pip install -r requirements.txt")


def _package(name: str) -> Check:
    try:
        return Check(name, "good", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(name, "bad", "not installed", "pip install -r requirements.txt")


def _isolation() -> Check:
    sandbox = Sandbox.find("auto")
    seen = f"{sandbox.isolation}: {sandbox.reason}"
    if sandbox.isolation == "bwrap":
        return Check("isolation", "good", seen)
    if shutil.which("bwrap") is None:
        advice = "apt install bubblewrap (or dnf, pacman, apk)"
    else:
        advice = (
            "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 and, on Ubuntu, "
            "kernel.apparmor_restrict_unprivileged_userns=0 (in a container: run it with "
            "--security-opt seccomp=unconfined)"
        )
    return Check("isolation", "weak", seen, advice)


def _memory() -> Check:
    groups = MemoryGroups()
    groups.close()
    if groups.is_available:
        return Check("memory limit", "good", "kept by the system: a control group each")
    return Check("memory limit", "good", "kept by rlimits and a look four times a second")


def _data() -> Check:
    prepared = os.environ.get("COURSE_DATA")
    if prepared:
        there = Path(prepared).is_dir()
        advice = "" if there else "make it, or unset COURSE_DATA"
        return Check("data", "good" if there else "bad", f"COURSE_DATA={prepared}", advice)
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"
    cached = sorted(path.name for path in home.glob("*")) if home.is_dir() else []
    seen = f"{home}: {', '.join(cached)}" if cached else f"nothing in {home}"
    return Check("data", "good", f"{seen}; the stand-ins need no files")


def _course(course_dir: Path | None) -> Check:
    try:
        course = Course(course_dir) if course_dir else Course.find()
        _ = course.timezone
        for lab in course.labs():
            Limits.of(lab.limits)
        own = course.root / "roster.csv"
        unknown = find_unknown_students(course, read_roster(own) if own.is_file() else None)
    except AutograderError as error:
        return Check("course", "weak", str(error), error.hint)
    except ValueError as error:
        return Check("course", "weak", f"course.toml: {error}", "mend that line")
    if unknown:
        seen = f"course.toml has extensions for {', '.join(unknown)}, and nobody is called so"
        return Check("course", "weak", seen, "name them as their folders in submitted/ are named")
    labs = ", ".join(lab.name for lab in course.labs()) or "none"
    return Check("course", "good", f"{course.root}; labs: {labs}")
