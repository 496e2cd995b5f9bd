"""The zip file for GitHub: the workflow's own commands, run in a checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from autograder.course.course import Course
from autograder.grading.marking import Marking
from autograder.pack.classroom_result import STATEMENT
from autograder.pack.pack_github import pack_for_github
from autograder.pack.packed_lab import PackedLab
from tests.autograder.pack.gradescope_root import make_environment
from tests.autograder.tiny_course import LAB, make_course, mistaken

WORKFLOW = ".github/workflows/grade.yml"
# A secret is a variable or an expression such as `secrets.TOKEN`.
SECRET = re.compile(r"secrets\.|GITHUB_TOKEN|password", re.IGNORECASE)


@dataclass(frozen=True)
class Checkout:
    """A student's repository on a runner of GitHub's, after the workflow ran.

    Args:
        folder: The repository.
        codes: The exit codes of the workflow's steps, by name.
        log: What the steps printed.
        summary: The page of the run.
    """

    folder: Path
    codes: dict[str, int]
    log: str
    summary: str

    @property
    def result(self) -> dict[str, Any]:
        return json.loads((self.folder / "result.json").read_text(encoding="utf-8"))


def steps_of(workflow: Path) -> list[dict[str, Any]]:
    return yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]["grade"]["steps"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A repository whose student forgot the bias, which only a hidden test finds."""
    folder = tmp_path_factory.mktemp("github")
    course = make_course(folder / "course")
    lab = course.lab(LAB)
    packed = PackedLab.of(course, lab, Marking.of(course, lab, 4711))
    repository = folder / "repository"
    with zipfile.ZipFile(pack_for_github(course, packed, 15)) as archive:
        archive.extractall(repository)
    nbformat.write(mistaken(course, "no_bias"), repository / f"{LAB}.ipynb")
    # A file that would be imported in place of the grader's own module.
    (repository / "autograder.py").write_text("raise SystemExit('imported from the repository')")
    yield run_workflow(repository, folder)


def run_workflow(repository: Path, folder: Path) -> Checkout:
    """Run the steps that need no root, with the commands as they stand in the workflow."""
    environment = folder / "environment"
    make_environment(environment)
    output, summary = folder / "output", folder / "summary.md"
    variables = {
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "PIP_NO_DEPS": "1",  # the other packages are there
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_REPOSITORY_OWNER": "ada",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    codes, log = {}, ""
    for step in steps_of(repository / WORKFLOW):
        command = step.get("run", "")
        if not command or "sudo" in command:
            continue
        status = re.search("status=(.*)", output.read_text()) if output.exists() else None
        command = command.replace("${{ steps.checks.outputs.status }}", status[1] if status else "")
        done = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=repository,
            env=variables,
            capture_output=True,
            text=True,
        )
        codes[step["name"]] = done.returncode
        log += done.stdout + done.stderr
    return Checkout(repository, codes, log, summary.read_text(encoding="utf-8"))


def test_the_workflow_is_valid_and_asks_for_no_secret(checkout: Checkout) -> None:
    text = (checkout.folder / WORKFLOW).read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    # YAML 1.1 reads the key `on` as a boolean; GitHub does not.
    assert workflow[True] == ["push", "workflow_dispatch"]
    assert workflow["permissions"] == {"contents": "read"}
    assert not SECRET.search(text)
    assert STATEMENT in text
    for step in workflow["jobs"]["grade"]["steps"]:
        assert ("uses" in step) != ("run" in step)
    version = ".".join(map(str, sys.version_info[:2]))
    assert workflow["jobs"]["grade"]["steps"][1]["with"]["python-version"] == version


def test_the_commands_of_the_workflow_write_the_result(checkout: Checkout) -> None:
    """The hidden test's point is earned: only visible checks are here."""
    assert checkout.codes == {
        "Install the grader": 0,
        "Run the checks": 0,
        "Say whether all checks pass": 0,
    }, checkout.log
    result = checkout.result
    assert result["schema"] == "classroom50/result/v1"
    assert (result["score"], result["max-score"]) == (6, 6)
    assert [test["test-name"] for test in result["tests"]] == ["neuron", "softmax", "predict"]
    assert all(test["passed"] for test in result["tests"])
    assert result["owner"] == "ada"
    assert STATEMENT in result["notes"]
    assert "| neuron | 2/2 | ✓ |" in checkout.summary
    # The wheel is installed in site-packages, which the sandbox shows as a whole.
    assert "isolation: bwrap (" in checkout.log or not shutil.which("bwrap"), checkout.log
    assert STATEMENT in checkout.summary


def test_nothing_hidden_is_in_the_repository(checkout: Checkout) -> None:
    hidden = ("did you forget to add the bias", "BEGIN HIDDEN", "BEGIN SOLUTION", "np.dot(x, w)")
    files = [p for p in checkout.folder.rglob("*") if p.suffix in (".json", ".yml", ".md", ".py")]
    assert len(files) >= 5
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in hidden if word in text], path
    notebook = (checkout.folder / ".grading" / "lab.json").read_text(encoding="utf-8")
    assert json.loads(notebook)["seed"] != f"{4711:032x}"


def test_a_failing_check_fails_the_run(checkout: Checkout, tmp_path: Path) -> None:
    """Run by Classroom 50: the exit code is 0, and result.json says what failed."""
    course = Course(checkout.folder.parent / "course")
    notebook = mistaken(course, "softmax_over_the_batch")
    repository = tmp_path / "repository"
    repository.mkdir()
    nbformat.write(notebook, repository / "my lab.ipynb")
    python = checkout.folder.parent / "environment" / "bin" / "python"
    script = checkout.folder / ".grading" / "autograder.py"
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_NO_DEPS": "1",
        "CLASSROOM": "dl-2027",
        "ASSIGNMENT": "neuron",
        "USERNAME": "ada",
        "COMMIT_URL": "https://github.com/dl/neuron-ada/commit/1",
        "SUBMISSION_TAG": "submit/2027-02-01T10-00-00Z-1",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    done = subprocess.run(
        [python, script], cwd=repository, env=variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((repository / "result.json").read_text(encoding="utf-8"))
    failed = {test["test-name"]: test["message"] for test in result["tests"] if not test["passed"]}
    assert list(failed) == ["softmax"]
    assert "do not sum to 1" in failed["softmax"]
    assert (result["classroom"], result["assignment"], result["score"]) == ("dl-2027", "neuron", 3)
    assert result["review"] == variables["COMMIT_URL"]
    assert "status=failure" in (tmp_path / "output").read_text()
    assert sysconfig.get_path("purelib") not in done.stdout
