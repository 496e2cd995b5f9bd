"""Trust is written into course.toml, and nothing else changes there."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.read_toml import read_toml
from autograder.course.write_trust import write_trust
from autograder.errors import AutograderError
from tests.autograder.nbgrader_notebooks import answer, make_course

NEEDED = {"ps1": {"q1": "NameError: it says\n  so", "q é": "why"}, "ps2": {}}


def course(root: Path, text: str | None) -> Course:
    make_course(root, answer("a", "x = 1"))
    make_course(root, answer("a", "x = 1"), lab="ps2")
    if text is not None:
        (root / "course.toml").write_text(text, encoding="utf-8")
    return Course(root)


TEXTS = {
    "no file": None,
    "no labs": '[course]\nname = "A"\n',
    "a table": "[labs.ps1]  # first\ndue = 2027-02-05T23:59:00Z\n\n[labs.ps2]\n",
    "the last table": "[labs.ps2]\n[labs.ps1]\n",
    "a quoted key": '[labs."ps1"]\n[labs.ps2]\n',
    "spaces": "[ labs . ps1 ]\n[labs.ps2]\n",
    "a table inside": "[labs.ps1.points]\nq1 = 2\n[labs.ps2]\n",
    "some trust": '[labs.ps1]\n# why\ntrust = ["q0"] # mine\ntitle = "T"\n[labs.ps2]\n',
    "trust in lines": '[labs.ps1]\ntrust = [\n  "q0", # one\n  "q1",\n]\ntitle = "T"\n[labs.ps2]\n',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_trust_is_added_and_the_rest_stays(tmp_path: Path, text: str | None) -> None:
    one = course(tmp_path, text)
    before = read_toml(tmp_path / "course.toml")
    assert write_trust(one, NEEDED) == ["ps1"]
    after = read_toml(tmp_path / "course.toml")
    had = before.get("labs", {}).get("ps1", {}).get("trust", [])
    wanted = [*had, *(name for name in NEEDED["ps1"] if name not in had)]
    assert after["labs"]["ps1"].pop("trust") == wanted
    before.setdefault("labs", {}).setdefault("ps1", {}).pop("trust", None)
    before["labs"].setdefault("ps2", {})
    assert after == before
    written = (tmp_path / "course.toml").read_text("utf-8")
    assert "#   q é: why\n" in written
    assert ("#   q1: NameError: it says so\n" in written) == ("q1" not in had)
    kept = [line for line in (text or "").splitlines() if not line.startswith(("trust", " ", "]"))]
    assert all(line in written.splitlines() for line in kept)
    assert [lab.name for lab in Course(tmp_path).labs()] == [lab.name for lab in one.labs()]
    assert write_trust(Course(tmp_path), NEEDED) == [], "a second time, nothing is missing"


def test_a_lab_that_is_trusted_as_a_whole_stays_so(tmp_path: Path) -> None:
    text = '[labs.ps1]\ntrust = "kernel"\n[labs.ps2]\n'
    assert write_trust(course(tmp_path, text), NEEDED) == []
    assert (tmp_path / "course.toml").read_text() == text


def test_a_course_that_needs_no_trust_gets_no_file(tmp_path: Path) -> None:
    assert write_trust(course(tmp_path, None), {"ps1": {}, "ps2": {}}) == []
    assert not (tmp_path / "course.toml").exists()


def test_a_file_that_cannot_be_changed_safely_is_left(tmp_path: Path) -> None:
    text = "labs = { ps1 = { title = 'T' }, ps2 = {} }\n"
    one = course(tmp_path, text)
    with pytest.raises(AutograderError, match="cannot change") as error:
        write_trust(one, NEEDED)
    assert '[labs.ps1] trust = ["q1", "q é"]' in error.value.hint
    assert (tmp_path / "course.toml").read_text() == text
