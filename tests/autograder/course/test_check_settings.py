"""Settings of course.toml are checked when the course is opened, and messages say what to fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.check_settings import check_limits
from autograder.course.course import Course
from autograder.errors import AutograderError


def open_course(folder: Path, text: str, encoding: str = "utf-8") -> Course:
    (folder / "course.toml").write_text(text, encoding)
    return Course(folder)


NEEDS = '[labs.01_a]\nbuilds = "a neuron"\n[labs.02_b]\nneeds = {}\n[labs.03_c]\n'


def test_a_lab_may_need_earlier_labs(tmp_path: Path) -> None:
    labs = open_course(tmp_path, NEEDS.format('["01_a"]')).labs()
    assert [lab.needs for lab in labs] == [(), ("01_a",), ()]
    assert [lab.builds for lab in labs] == ["a neuron", "", ""]


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        ('["01"]', '"needs" in [labs.02_b] names "01", not a lab above it. Labs above: 01_a.'),
        ('["03_c"]', 'names "03_c", not a lab above it'),
        ('["02_b"]', 'names "02_b", not a lab above it'),
        ('"01_a"', '"needs" in [labs.02_b] is "01_a"; it must be a list of labs above it.'),
    ],
    ids=["short", "later", "itself", "not a list"],
)
def test_an_invalid_need_is_named(tmp_path: Path, needs: str, message: str) -> None:
    with pytest.raises(AutograderError) as error:
        open_course(tmp_path, NEEDS.format(needs))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[policies]\n", "Unknown table [policies]. Did you mean [policy]?"),
        ("[extension]\n", "Unknown table [extension]. Did you mean [extensions]?"),
        ("[limits]\ncel_seconds = 1\n", 'setting "cel_seconds" in [limits]. Did you mean "cell_s'),
        ("[limits]\nminutes = 1\n", 'Unknown setting "minutes" in [limits]. Its settings are: cel'),
        ("[policy]\nlate = 1\n", 'Unknown setting "late" in [policy]'),
        ("[course]\ntime_zone = 'UTC'\n", 'setting "time_zone" in [course]. Did you mean "timez'),
        (
            "[labs.01_a]\nDue = 2027-02-05\n",
            'Unknown setting "Due" in [labs.01_a]. Did you mean "d',
        ),
        ("[labs.01_a.point]\nneuron = 1\n", 'Unknown setting "point" in [labs.01_a]. Did you mean'),
        ("[labs.01_a.points]\nn = -10\n", '"n" in [labs.01_a.points] is -10; it must be a number,'),
        ("[labs.01_a.points]\nn = nan\n", '"n" in [labs.01_a.points] is nan; it must be a number,'),
        (
            "[labs.01_a.points]\nn = true\n",
            '"n" in [labs.01_a.points] is true; it must be a number',
        ),
        ("[labs]\n01_a = 3\n", '"01_a" in [labs] is 3; it must be a table.'),
        ("limits = 3\n", '"limits" is 3; it must be a table.'),
        ("[limits]\nseconds = -1\n", '"seconds" in [limits] is -1; it must be a number above 0.'),
        ("[labs.01_a.limits]\nseconds = 0\n", '"seconds" in [labs.01_a.limits] is 0; it must be'),
        ("[labs.01_a]\ndue = 'soon'\n", '"due" in [labs.01_a] is "soon"; it must be a date and a'),
        ("[labs.01_a]\ndue = 2027-02-05\n", '"due" in [labs.01_a] is "2027-02-05"; it must be a'),
        ("[labs.01_a]\ntitle = 1\n", '"title" in [labs.01_a] is 1; it must be a string.'),
        ("[labs.01_a]\nextra_credit = 1\n", "is 1; it must be true, false or a list of the lab"),
        ("[labs.01_a]\ntrust = 'all'\n", '"trust" in [labs.01_a] is "all"; it must be "kernel" or'),
        ("[course]\ntimezone = 'Berlin'\n", '"timezone" in [course] is "Berlin"; it must be a tim'),
        ("[policy]\nlate_penalty = 2\n", '"late_penalty" in [policy] is 2; it must be a number f'),
        ("[policy]\ndrop_lowest = 1.5\n", '"drop_lowest" in [policy] is 1.5; it must be an integ'),
        ("[labs.01_a]\npolicy = { late = 1 }\n", 'Unknown setting "late" in [labs.01_a.policy]'),
        ("[labs.01_a]\n[extensions]\nada = 2\n", '"ada" in [extensions] is 2; it must be a table'),
        ("[labs.01_a]\n[extensions]\nada = { 9 = 2 }\n", 'names the lab "9". The labs are: 01_a.'),
        ("[extensions]\nada = { 9 = 2 }\n", 'names the lab "9". The labs are: none.'),
        (
            '[labs.01_a]\n[extensions]\nada = { 01_a = "2" }\n',
            '"01_a" in [extensions.ada] is "2"; it must be a number of days below',
        ),
        (
            "[labs.01_a]\nextra_credit = ['n']\n[labs.01_a.points]\nm = 1\n",
            'names "n", which has no points in [labs.01_a.points]. Questions there: m.',
        ),
    ],
)
def test_an_invalid_setting_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(AutograderError) as error:
        open_course(tmp_path, text)
    assert str(error.value).startswith("course.toml: ")
    assert message in str(error.value)
    assert error.value.hint == f"edit {tmp_path / 'course.toml'}"


def test_all_invalid_settings_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(AutograderError) as error:
        open_course(tmp_path, "[limits]\nsecs = 1\n[course]\nname = 2\n[policy]\nlate_days = -1\n")
    first, second, third = str(error.value).splitlines()
    assert '"name" in [course] is 2' in first
    assert '"secs" in [limits]. Did you mean' in second
    assert third == 'course.toml: "late_days" in [policy] is -1; it must be a number, 0 or more.'


def test_unknown_settings_are_left_alone(tmp_path: Path) -> None:
    text = "[tools]\na = 1\n[course]\nteacher = 'Ada'\n[labs.01_a]\nroom = 3\ntrust = 'kernel'\n"
    assert open_course(tmp_path, text).lab("01").trust == "kernel"


def test_limits_of_an_option_are_checked() -> None:
    check_limits({"seconds": 3.5, "processes": 9})
    for limits in ({"minutes": 3}, {"seconds": 0}, {"disk_mb": -1}):
        with pytest.raises(AutograderError, match=next(iter(limits))):
            check_limits(limits)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[course]\nname = \n", "course.toml: Fix line 2: Invalid value in `name =`."),
        ("[course]\n\nname 'a'\n", "course.toml: Fix line 3: Expected '=' after a key"),
        ("[course", "course.toml: Fix line 1: "),
    ],
)
def test_an_error_of_syntax_names_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(AutograderError) as error:
        open_course(tmp_path, text)
    assert str(error.value).startswith(message)


def test_a_file_of_windows_notepad(tmp_path: Path) -> None:
    assert open_course(tmp_path, "[course]\nname = 'Zoë'\n", "utf-8-sig").name == "Zoë"
    with pytest.raises(AutograderError, match="not valid UTF-8"):
        open_course(tmp_path, "[course]\nname = 'Zoë'\n", "latin-1")
