"""`autograder doctor` finds problems of the course before grading does."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.cli.doctor import Check, examine


def check_course(folder: Path, text: str) -> Check:
    (folder / "course.toml").write_text(text, "utf-8")
    *_, check = examine(str(folder))
    return check


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("[limits]\nsecs = 1\n[labs.01_a]\n", 'Unknown setting "secs" in [limits]'),
        ("[extensions]\nadda = { 01_a = 2 }\n[labs.01_a]\n", "names unknown students: adda"),
    ],
)
def test_a_problem_has_advice(tmp_path: Path, text: str, finding: str) -> None:
    check = check_course(tmp_path, text)
    assert check.state == "weak" and finding in check.finding and check.advice


def test_a_good_course(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("id,name\nada,Ada\n")
    check = check_course(tmp_path, "[extensions]\nada = { 01_a = 2 }\n[labs.01_a]\n")
    assert (check.state, check.advice) == ("good", "")
