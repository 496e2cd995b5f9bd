"""The documentation: it builds, it is complete, and its commands do what it says."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from tests.autograder.downloads import download
from tests.autograder.tiny_course import LAB, mistaken, solved
from tools import make_library_reference, make_reference, make_settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
STUDENTS = {"ada": 501, "zoë": 502}

# By how a command begins, why it is not run here.
NOT_RUN = {
    "make ": "makes an environment from a package index, or is the suite itself; CI runs it",
    "python3 -m venv": "makes an environment from a package index",
    "pip install": "needs a package index",
    "sudo apt": "needs a package index",
    "git clone": "needs a network",
    ". .venv/bin/activate": "the tests' environment is active",
    "jupyter lab": "opens a browser",
    "autograder demo": "run by tests/autograder/authoring/test_demo.py",
    "autograder lint": "run by test_command_line.py, test_new_lab.py and tests/labs/test_lint.py",
    ".venv/bin/autograder lint": "as above",
    ".venv/bin/pytest": "is this suite",
    "python benchmarks/": "takes minutes; make bench runs it",
    "autograder grade 01 --cluster": "run by tests/autograder/grading/test_cluster_workers.py",
    "dask ": "as above",
    "autograder serve": "run by tests/server",
    "autograder invite": "run by tests/server/test_invite.py",
    "export JUPYTERHUB": "run by tests/server/hub",
    "kubectl ": "needs a Kubernetes cluster",
    "nbgrader quickstart": "run by tests/autograder/test_nbgrader_course.py",
    "mkdir -p course101": "as above",
    "autograder adopt": "as above",
    "autograder grade ps1": "as above",
}
# These say by exit code 1 that something is left for a person.
MAY_LEAVE_SOMETHING = {"collect", "export", "feedback"}


def blocks(page: Path, *languages: str) -> list[str]:
    fence = rf"^( *)```(?:{'|'.join(languages)})\n(.*?)^\1```"
    found = re.findall(fence, page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [text for _, text in found]


def commands(page: Path) -> list[str]:
    lines = (line.strip() for text in blocks(page, "sh", "console") for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def not_run(command: str) -> bool:
    return any(command.startswith(beginning) for beginning in NOT_RUN)


WITH_COMMANDS = [page for page in PAGES if not all(map(not_run, commands(page)))]


def run(command: list[str]) -> None:
    """As typed; grading in a process of its own, as it handles signals."""
    program, name = command[:2]
    assert program == "autograder", command
    if name == "grade":
        grade = [sys.executable, "-m", "autograder", *command[1:]]
        done = subprocess.run(grade, capture_output=True, text=True, timeout=300)
        code, output = done.returncode, done.stdout + done.stderr
    else:
        ran = CliRunner().invoke(app, command[1:])
        code, output = ran.exit_code, ran.output + repr(ran.exception)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), output
    assert code == 0 or (code == 1 and name in MAY_LEAVE_SOMETHING), output


def downloads(works: dict[str, bytes], lms: str) -> None:
    """What the commands name, in the current folder and the home, as that LMS makes it."""
    # Long because it writes each LMS's files as that LMS does.
    names = {
        "canvas": "{student}_{number}_7{number}_{lab}.ipynb",
        "moodle": "{student}_{number}_assignsubmission_file_/{lab}.ipynb",
        "brightspace": "{number}-7 - {student} - Feb 1, 2027 1000 AM/{lab}.ipynb",
        "blackboard": "Lab 1_{student}_attempt_2027-02-01-10-00-00_{lab}.ipynb",
    }
    if lms in names:
        download(
            Path("submissions.zip"),
            {
                names[lms].format(student=student, number=number, lab=LAB): works[student]
                for student, number in STUDENTS.items()
            },
        )
    metadata = "---\n" + "".join(
        f"submission_{number}:\n  :submitters:\n  - :name: {student}\n    :sid: {student}\n"
        f"  :created_at: 2027-02-01 10:00:00.000000000 Z\n"
        for student, number in STUDENTS.items()
    )
    export = {
        f"assignment_1_export/submission_{STUDENTS[student]}/{LAB}.ipynb": work
        for student, work in works.items()
    }
    export["assignment_1_export/submission_metadata.yml"] = metadata
    download(Path("assignment_export.zip"), export)
    title = "One neuron, then a row of them (77)"
    rows = "".join(
        f"{student},{number},{student},{student},DL,\n" for student, number in STUDENTS.items()
    )
    head = f'Student,ID,SIS User ID,SIS Login ID,Section,"{title}"\n'
    for name in ("gradebook.csv", "grades.csv"):
        Path(name).write_text(f"{head}    Points Possible,,,,,10.0\n{rows}", "utf-8")
    head = (
        "Identifier,Full name,ID number,Status,Grade,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade)\n"
    )
    rows = "".join(
        f"Participant {number},{student},{student},Submitted for grading,,10.00,Yes,"
        '"Monday, 1 February 2027, 10:00 AM",-\n'
        for student, number in STUDENTS.items()
    )
    Path("worksheet.csv").write_text(f"\ufeff{head}{rows}", "utf-8")
    item = "One neuron, then a row of them"
    head = (
        f'OrgDefinedId,Username,"{item} Points Grade <Numeric MaxPoints:10>",End-of-Line Indicator'
    )
    rows = "".join(f"#{number},#{student},,#\n" for student, number in STUDENTS.items())
    Path("grades_export.csv").write_text(f"{head}\n{rows}", "utf-8")
    head = f'Last Name,First Name,Username,"{item} [Total Pts: 10 Score] |7"'
    rows = "".join(f"{student},{student},{student},\n" for student in STUDENTS)
    Path("gc_column.csv").write_text(f"{head}\n{rows}", "utf-8")
    for student, work in works.items():
        folder = Path.home() / "Downloads" / "lab1" / student
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{LAB}.ipynb").write_bytes(work)


@pytest.fixture(scope="module")
def works(made_course: Path) -> dict[str, bytes]:
    """By student, the notebook."""
    course = Course(made_course)
    made = (solved(course), mistaken(course, "no_bias"))
    return {s: nbformat.writes(m).encode() for s, m in zip(STUDENTS, made, strict=True)}


@pytest.fixture(scope="module")
def graded(made_course: Path, works, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small course whose class has been collected and graded."""
    folder = tmp_path_factory.mktemp("docs") / "course"
    shutil.copytree(made_course, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder.parent))
        patch.chdir(folder)
        downloads(works, "canvas")
        run(["autograder", "collect", "01", "submissions.zip", "--from", "canvas"])
        run(["autograder", "grade", "01"])
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_commands(page: Path, graded: Path, works, tmp_path: Path, monkeypatch) -> None:
    course = Course(shutil.copytree(graded, tmp_path / "course", symlinks=True))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(course.root)
    for command in commands(page):
        if not_run(command):
            continue
        words = shlex.split(command.replace("01_mlp_mnist", LAB), comments=True)
        words = [str(Path(word).expanduser()) if word[0] == "~" else word for word in words]
        if words[0] == "cd":
            monkeypatch.chdir(words[1])
            continue
        source = re.search(r"--from (\w+)", command)
        downloads(works, source.group(1) if source else "")
        run(words)


def test_what_is_not_run_is_still_in_the_docs() -> None:
    every = [command for page in PAGES for command in commands(page)]
    stale = [start for start in NOT_RUN if not any(c.startswith(start) for c in every)]
    assert not stale


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_can_be_read(page: Path) -> None:
    for text in blocks(page, "toml"):
        tomllib.loads(text)


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_the_command_line_reference_is_up_to_date() -> None:
    advice = "run: python tools/make_reference.py"
    assert make_reference.make_reference() == make_reference.PAGE.read_text("utf-8"), advice


def test_the_settings_reference_is_up_to_date() -> None:
    advice = "run: python tools/make_settings.py"
    assert make_settings.make_settings() == make_settings.PAGE.read_text("utf-8"), advice


@pytest.mark.parametrize("module", make_library_reference.PAGES)
def test_the_library_reference_is_up_to_date(module: str) -> None:
    advice = "run: python tools/make_library_reference.py"
    page = make_library_reference.DOCS / f"{module}.md"
    assert make_library_reference.make_page(module) == page.read_text("utf-8"), advice


def test_the_site_builds(tmp_path: Path) -> None:
    pytest.importorskip("material", reason="mkdocs-material is not installed")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    pages = [page.read_text("utf-8") for page in tmp_path.rglob("*.html")]
    assert len(pages) > len(PAGES) - 2
    loaded = r"""<(?:script|img|link rel="stylesheet")[^>]*(?:src|href)="?(https?://[^" >]+)"""
    assert not [address for page in pages for address in re.findall(loaded, page)]


def test_the_block_of_policies_can_be_pasted(tmp_path: Path) -> None:
    (block,) = blocks(ROOT / "docs" / "policies.md", "toml")
    toml = (ROOT / "course.toml").read_text("utf-8")
    (tmp_path / "course.toml").write_text(f"{toml}\n{block}", "utf-8")
    course = Course(tmp_path)
    assert course.policy.late_days == 3
    assert course.lab("05").policy.late_penalty == 0.0
    assert set(course.extensions) == {"O'Brien, Zoë"}
