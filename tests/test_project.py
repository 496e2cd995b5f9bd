"""The project's files agree with each other."""

from __future__ import annotations

import re
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=;\[ ]", line.strip(), maxsplit=1)[0] for line in requirements}


def test_requirements_are_the_packages_and_their_extras() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = {line.partition("#")[0].strip() for line in lines} - {""}
    extras = PYPROJECT["optional-dependencies"]
    declared = {*PYPROJECT["dependencies"], *extras["data"], *extras["grading"], *extras["scale"]}
    assert {r.replace('"', "'") for r in declared} <= {r.replace('"', "'") for r in wanted}
    assert names(list(wanted)) - names(list(declared)) == {"jupyter", "pytest"}


def test_make_installs_what_development_needs() -> None:
    makefile = (ROOT / "Makefile").read_text()
    extras = PYPROJECT["optional-dependencies"]
    development = names([*extras["dev"], *extras["docs"]]) - {"jupyter", "pytest"}
    assert all(f" {name}" in makefile for name in development)


def test_nothing_large_is_kept() -> None:
    for folder in ("autograder", "benchmarks", "course_lib", "docs", "labs", "solutions", "tests"):
        for path in (ROOT / folder).rglob("*"):
            assert not path.is_file() or path.stat().st_size < 5_000_000, path
