"""What every LMS says it can do, and what users are told where it can't."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.lms.registry import LMSS, LmsName
from tests.autograder.lms.grade_and_export import run

NAMES = ["canvas", "moodle", "gradescope", "brightspace", "blackboard", "folder"]


def test_the_names_that_people_type() -> None:
    assert list(LMSS) == [one.value for one in LmsName] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_one_module_for_each(name: str) -> None:
    assert type(LMSS[name]).__module__ == f"autograder.lms.{name}"


@pytest.mark.parametrize("name", ["gradescope", "folder"])
def test_no_marks_from_a_file(course: Course, name: str) -> None:
    with pytest.raises(AutograderError, match="does not read marks from a file") as caught:
        run(course, "export", "01", "--format", name)
    assert "--format csv" in caught.value.hint


@pytest.mark.parametrize("name", ["canvas", "moodle", "brightspace", "blackboard"])
def test_where_to_get_the_file_with_marks(course: Course, name: str) -> None:
    with pytest.raises(AutograderError, match="reads marks only from") as caught:
        run(course, "export", "01", "--format", name)
    assert "--fill" in caught.value.hint and LMSS[name].gradebook_menu in caught.value.hint


@pytest.mark.parametrize("name", ["gradescope", "blackboard"])
def test_no_feedback_in_a_zip_file(course: Course, name: str) -> None:
    with pytest.raises(AutograderError, match="does not take feedback pages") as caught:
        run(course, "feedback", "01", "--to", name)
    assert "--to folder" in caught.value.hint


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"folder", "gradescope"}])
def test_a_download_of_another_lms_is_refused(course: Course, tmp_path: Path, name: str) -> None:
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "lab.ipynb").write_text("{}")
    with pytest.raises(AutograderError, match=f"from {LMSS[name].title}") as caught:
        run(course, "collect", "01", str(tmp_path / "in"), "--from", name)
    assert all(other in caught.value.hint for other in NAMES)
