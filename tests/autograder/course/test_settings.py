"""What course.toml may say of a lab's place in the course."""

from __future__ import annotations

import pytest

from autograder.authoring.new_course import new_course
from autograder.course.course import Course
from autograder.doctor import examine
from autograder.errors import AutograderError


def course(tmp_path, needs: str) -> Course:
    tables = f'[labs.01_a]\nbuilds = "a neuron"\n[labs.02_b]\nneeds = {needs}\n[labs.03_c]\n'
    (tmp_path / "course.toml").write_text(tables, "utf-8")
    return Course(tmp_path)


def test_a_lab_may_need_earlier_ones(tmp_path) -> None:
    labs = course(tmp_path, '["01_a"]').labs()
    assert [lab.needs for lab in labs] == [(), ("01_a",), ()]
    assert [lab.builds for lab in labs] == ["a neuron", "", ""]


@pytest.mark.parametrize(
    ("needs", "wrong"),
    [('["01"]', "'01'"), ('["03_c"]', "'03_c'"), ('["02_b"]', "'02_b'"), ('"01_a"', "'01_a'")],
    ids=["short", "later", "itself", "no list"],
)
def test_what_it_may_not_need_is_named(tmp_path, needs: str, wrong: str) -> None:
    with pytest.raises(AutograderError) as error:
        course(tmp_path, needs)
    assert f"[labs.02_b] needs = {needs!s}".replace('"', "'") in str(error.value)
    assert f"{wrong} is no lab above it" in str(error.value)
    assert "['01_a']" in error.value.hint


def settings(tmp_path, text: str, encoding: str = "utf-8") -> Course:
    (tmp_path / "course.toml").write_text(text, encoding)
    return Course(tmp_path)


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("[policies]\nlate_penalty = 0.1\n", "policies is no setting", "policy"),
        ("[extension]\nada = { 01_a = 2 }\n", "extension is no setting", "extensions"),
        ("[course]\ntime_zone = 'UTC'\n", "[course] time_zone is no setting", "timezone"),
        ("[labs.01_a]\nDue = 2027-02-05T23:59:00Z\n", "[labs.01_a] Due is no setting", "due"),
        ("[labs.01_a.point]\nneuron = 1\n", "[labs.01_a] point is no setting", "points"),
        ("[labs.01_a.points]\nneuron = -10\n", "neuron = -10", "0 or more"),
        ("[labs.01_a.points]\nneuron = nan\n", "neuron = nan", "0 or more"),
        ("[limits]\nseconds = -1\n", "seconds = -1", "0 or more"),
    ],
)
def test_what_would_be_ignored_or_fail_later(tmp_path, text: str, says: str, hint: str) -> None:
    with pytest.raises(AutograderError) as error:
        settings(tmp_path, text)
    assert says in str(error.value) and hint in error.value.hint


def test_settings_of_others_are_left_alone(tmp_path) -> None:
    text = "[tools]\na = 1\n[course]\nteacher = 'Ada'\n[labs.01_a]\nroom = 3\ntrust = 'kernel'\n"
    assert settings(tmp_path, text).lab("01").trust == "kernel"


def test_a_file_that_windows_notepad_saved(tmp_path) -> None:
    assert settings(tmp_path, "[course]\nname = 'Zoë'\n", "utf-8-sig").name == "Zoë"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[course]\ntimezone = 'Berlin'\n", "no time zone 'Berlin'"),
        ("[extensions]\nada = { 99_none = 2 }\n", "is no extension"),
        ("[labs.01_a.limits]\nseconds = 0\n", "a limit is above 0"),
        ("[limits]\nsecs = 1\n", "no such limit"),
        ("[labs.01_a]\nextra_credit = 1\n", "neither true nor a list"),
        ("[extensions]\nadda = { 01_a = 2 }\n", "nobody is called so"),
    ],
)
def test_doctor_finds_what_would_fail_later(tmp_path, text: str, says: str) -> None:
    settings(tmp_path, text if "[labs" in text else f"{text}[labs.01_a]\n")
    *_, check = examine(tmp_path)
    assert check.state == "weak" and says in check.seen and check.advice


def test_doctor_finds_nothing(tmp_path) -> None:
    settings(tmp_path, "[extensions]\nada = { 01_a = 2 }\n[labs.01_a]\n")
    (tmp_path / "roster.csv").write_text("id,name\nada,Ada\n")
    *_, check = examine(tmp_path)
    assert (check.state, check.advice) == ("good", "")


EXTENSIONS = """\
[course]
name = "Ours"  # [extensions] of its name
[extensions]
# Zoë was ill
"Zoë" = { 01_a = 2 }
[extensions.bob]
01_a = 2027-02-05

[ "extensions" . 'cyd' ]
01_a = 1
# The labs.
[labs.01_a]
title = "First"
"""


def test_a_new_course_has_no_extensions(tmp_path) -> None:
    (tmp_path / "old").mkdir()
    old = settings(tmp_path / "old", EXTENSIONS)
    assert sorted(old.extensions) == ["Zoë", "bob", "cyd"]
    new = new_course(old, tmp_path / "new")
    text = (new.root / "course.toml").read_text("utf-8")
    assert new.extensions == {} and (new.name, new.lab("01")) == (old.name, old.lab("01"))
    assert not [name for name in ("Zoë", "bob", "cyd") if name in text]
    assert "# [extensions] of its name" in text


def test_a_new_course_of_one_whose_extensions_can_not_be_left_out(tmp_path) -> None:
    (tmp_path / "old").mkdir()
    old = settings(tmp_path / "old", "extensions = { bob = { 01_a = 2 } }\n[labs.01_a]\n")
    with pytest.raises(AutograderError, match="extensions"):
        new_course(old, tmp_path / "new")
    assert not (tmp_path / "new").exists()
