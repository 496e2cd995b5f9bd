"""The project's files agree with each other."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tools.make_requirements import PROJECT, make_environment, make_requirements

ROOT = Path(__file__).resolve().parents[1]


def test_requirements_are_made_from_pyproject() -> None:
    for name, text in make_requirements().items():
        advice = "run: python tools/make_requirements.py"
        assert (ROOT / name).read_text("utf-8") == text, advice


def test_the_conda_environment_is_made_from_pyproject() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    assert text == make_environment(), "run: python tools/make_requirements.py"
    python, pip, packages = yaml.safe_load(text)["dependencies"]
    assert python == f"python{PROJECT['requires-python']}"
    assert pip == "pip"
    for line in packages["pip"]:
        _, _, path = line.partition(" ")
        assert (ROOT / path).exists(), line


def test_the_conda_recipe_in_the_docs_has_the_packages_of_pyproject() -> None:
    page = (ROOT / "docs" / "installing.md").read_text("utf-8")
    recipe = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    assert recipe["package"] == {"name": PROJECT["name"], "version": PROJECT["version"]}
    names = {re.match(r"[\w-]+", line)[0] for line in recipe["requirements"]["run"]}
    ours = {re.match(r"[\w-]+", line)[0] for line in PROJECT["dependencies"]}
    # conda-forge's matplotlib without a window system.
    assert names == ours - {"matplotlib"} | {"matplotlib-base", "python"}


def test_a_package_is_declared_once() -> None:
    extras = PROJECT["optional-dependencies"].values()
    every = [*PROJECT["dependencies"], *(package for extra in extras for package in extra)]
    assert len(set(every)) == len(every)
    files = "".join(make_requirements().values()).splitlines()
    own = {package for package in every if package.startswith(PROJECT["name"])}
    assert {line for line in files if not line.startswith("#")} == set(every) - own


def test_make_can_install_another_build_of_tensorflow() -> None:
    lines = make_requirements()["requirements.txt"].splitlines()
    assert sum(line.startswith("tensorflow>") for line in lines) == 1
    assert "sed 's/^tensorflow>/$(TENSORFLOW)>/'" in (ROOT / "Makefile").read_text("utf-8")


def test_no_file_is_large() -> None:
    for folder in ("autograder", "benchmarks", "course_lib", "docs", "labs", "solutions", "tests"):
        for path in (ROOT / folder).rglob("*"):
            assert not path.is_file() or path.stat().st_size < 5_000_000, path
