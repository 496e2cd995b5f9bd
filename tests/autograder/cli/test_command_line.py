"""The command line: help, messages, and use without an activated environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli import app as command_line
from autograder.cli.app import app
from autograder.course.course import Course
from tests.autograder.tiny_course import LAB, stub, submit

AUTOGRADER = Path(sys.executable).parent / "autograder"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [AUTOGRADER, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


# Every command on a lab, or on all of them.
ON_A_LAB = {
    "build": (),
    "lint": (),
    "collect": (".", "--from", "folder"),
    "grade": (),
    "feedback": (),
    "report": (),
    "similar": (),
    "export": (),
    "pack": ("--for", "gradescope"),
}

# Ctrl-C, so many seconds after Python has come up.
INTERRUPTED = """
import os, signal, sys, threading
timer = threading.Timer(float(sys.argv.pop(1)), os.kill, (os.getpid(), signal.SIGINT))
timer.daemon = True
timer.start()
from autograder.__main__ import main
main()
timer.cancel()
"""


def files(course: Course) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


@pytest.fixture
def typed(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch):
    """Runs a command line here: its exit code and what it said on stderr."""

    def run_here(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["autograder", *arguments])
        with pytest.raises(SystemExit) as end:
            command_line.run()
        return end.value.code, capsys.readouterr().err

    return run_here


@pytest.mark.parametrize("command", [command.name for command in app.registered_commands])
def test_every_command_has_help_with_an_example(command: str) -> None:
    told = run(command, "--help")
    assert told.returncode == 0
    assert f"autograder {command}" in told.stdout.split("Usage:", 1)[1].split("\n", 1)[1]


def test_nbgrader_finds_alembic_without_an_activated_environment(course: Course) -> None:
    bare = "/usr/bin:/bin"
    told = run("doctor", "--course-dir", str(course.root), PATH=bare)
    assert "✓ alembic" in told.stdout
    (course.root / "gradebook.db").unlink()
    told = run("grade", "01", "--course-dir", str(course.root), PATH=bare)
    assert "no submissions" in told.stderr


def test_a_new_course_has_the_labs_and_no_submissions(course: Course, tmp_path: Path) -> None:
    (course.submitted_dir / "ada" / "01_neuron").mkdir(parents=True)
    folder = tmp_path / "new"
    told = run("init", str(folder), "--course-dir", str(course.root))
    assert told.returncode == 0, told.stderr
    made = Course(folder)
    assert [lab.name for lab in made.labs()] == ["01_neuron"]
    assert not made.submitted_dir.exists()
    assert run("build", "--check", "--course-dir", str(folder)).returncode == 0
    again = run("init", str(folder), "--course-dir", str(course.root))
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_check_fails_when_a_notebook_was_edited_by_hand(course: Course) -> None:
    path = course.release_dir / "01_neuron" / "01_neuron.ipynb"
    path.write_text(path.read_text().replace("One neuron", "Two neurons"))
    told = run("build", "--check", "--course-dir", str(course.root))
    assert told.returncode == 1
    assert "differs  labs/01_neuron/01_neuron.ipynb" in told.stdout
    assert "differ from their source" in told.stderr


def test_lint_names_a_wrong_answer_that_gets_other_marks(course: Course) -> None:
    path = course.source_dir / "01_neuron" / "wrong_answers.toml"
    path.write_text(path.read_text().replace("marks = { neuron = 0 }", "marks = { neuron = 1 }"))
    told = run("lint", "01", "--course-dir", str(course.root))
    assert told.returncode == 1
    assert "✗ no_bias: neuron: 0 points, not 1" in told.stdout
    assert "✓ solution: 6 of 6 points" in told.stdout
    assert "✓ stub: 0 of 6 points" in told.stdout
    assert "✓ softmax_over_the_batch: 3 of 6 points" in told.stdout


@pytest.mark.parametrize("command", ON_A_LAB)
def test_a_missing_thing_is_named(course: Course, typed, command: str) -> None:
    before, rest = files(course), ON_A_LAB[command]
    code, told = typed(command, "09", *rest, "--course-dir", str(course.root))
    assert code == 2
    assert told == f'error: no lab has the name "09"\n→ the course\'s labs: {LAB}\n'
    code, told = typed(command, "01", *rest, "--course-dir", str(course.root / "nowhere"))
    assert code == 2 and "there is no course folder" in told and "autograder init" in told
    toml = course.root / "course.toml"
    toml.write_text(toml.read_text()[:-40] + '\ntitle = "half')
    code, told = typed(command, "01", *rest, "--course-dir", str(course.root))
    assert code == 2 and "course.toml: Fix line" in told
    assert {**files(course), toml: before[toml]} == before


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("[labs]\n01_neuron = 3\n", '"01_neuron" in [labs] is 3'),
        ("labs = 3\n", "labs"),
        ("course = 3\n", "course"),
        ("[labs.01_neuron]\npoints = 3\n", "points"),
        ('[labs.01_neuron]\n[labs.01_neuron.points]\nneuron = "2"\n', "neuron"),
        ('[labs.01_neuron]\ndue = "tomorrow"\n', "due"),
        ("[labs.01_neuron]\ntitle = 3\n", "title"),
        ("[limits]\nsecond = 3\n", "second"),
        ('[limits]\nseconds = "300"\n', "seconds"),
        ("limits = 3\n", "limits"),
    ],
)
def test_unknown_settings(course: Course, typed, settings: str, problem: str) -> None:
    (course.root / "course.toml").write_text(settings)
    submit(course, "ada", stub(course))
    code, told = typed("grade", "01", "--course-dir", str(course.root))
    assert code == 2 and told.startswith("error: ") and problem in told and "→" in told


def test_a_folder_that_cannot_be_written(course: Course, tmp_path: Path) -> None:
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap, which mounts it read-only, is not installed")
    submit(course, "ada", stub(course))
    before = files(course)
    folder = str(course.root)
    walls = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", folder, folder, str(AUTOGRADER)]
    if subprocess.run([*walls, "--help"], capture_output=True).returncode:
        pytest.skip("bubblewrap does not work here")
    for command in (["grade", "01"], ["init", f"{folder}/new"], ["new-lab", "attention"]):
        told = subprocess.run([*walls, *command], capture_output=True, text=True, cwd=folder)
        assert told.returncode == 2, told.stderr
        assert "Read-only file system" in told.stderr and "Traceback" not in told.stderr
        assert "run again" in told.stderr
    assert files(course) == before


@pytest.mark.parametrize("seconds", [0.01, 0.3, 0.7])
@pytest.mark.parametrize("command", ["new-lab", "report"])
def test_ctrl_c_at_any_point(graded_course: Course, tmp_path, command: str, seconds: float) -> None:
    course = Course(shutil.copytree(graded_course.root, tmp_path / "course"))
    before = files(course)
    arguments = {"new-lab": ["02_more"], "report": ["01"]}[command]
    told = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(seconds), command, *arguments],
        capture_output=True,
        text=True,
        cwd=course.root,
    )
    assert "Traceback" not in told.stderr
    if told.returncode:
        assert told.returncode == 130 and "run the same command to continue" in told.stderr
    after = files(course)
    if command == "new-lab" and told.returncode:
        assert after == before
    assert set(before) <= set(after) and not [path for path in after if path.name[0] == "."]


def test_no_sandbox_has_to_be_asked_for(course: Course, tmp_path: Path) -> None:
    submit(course, "ada", stub(course))
    # Without bubblewrap on PATH, and with what nbgrader needs.
    for name in ("python", "alembic"):
        (tmp_path / name).symlink_to(AUTOGRADER.with_name(name))
    command = ("grade", LAB, "--course-dir", str(course.root))
    done = run(*command, PATH=str(tmp_path))
    assert done.returncode == 2 and "no sandbox works here: bubblewrap" in done.stderr
    assert "--isolation none" in done.stderr and not list(course.results_dir.rglob("*.json"))


def test_the_terminal_shows_no_control_characters(capsys: pytest.CaptureFixture) -> None:
    from rich.table import Table

    from autograder.cli.console import err, out

    hostile = "\x1b]0;owned\x07\x1b[2J\x9b1mname\u202e\x7f"
    table = Table()
    table.add_column(hostile)
    table.add_row(hostile)
    out.print(table)
    out.print(hostile, markup=False)
    err.print(hostile)
    for shown in capsys.readouterr():
        assert "name" in shown and shown.replace("\n", "").isprintable()
