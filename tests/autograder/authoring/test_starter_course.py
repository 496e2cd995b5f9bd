"""The course to begin with, where no other course is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.build import find_stale_files
from autograder.authoring.lint import check_source
from autograder.authoring.starter_course import create_starter_course
from autograder.course.course import Course
from autograder.errors import AutograderError


@pytest.mark.parametrize("name", ["course", 'a "quoted" name', "Übung 1", "kurs\u00a02027"])
def test_it_has_one_lab_that_is_complete(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    course = create_starter_course(folder)
    (lab,) = Course(folder).labs()
    assert lab.name == "01_first_lab"
    assert find_stale_files(course, lab) == []
    assert all(finding.is_right for finding in check_source(course, lab))


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years")
    with pytest.raises(AutograderError, match="exists already"):
        create_starter_course(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_course_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    """nbgrader does not work below such a path."""
    with pytest.raises(AutograderError, match="with which nbgrader does not work"):
        create_starter_course(tmp_path / "100%")
    assert list(tmp_path.iterdir()) == []


def test_a_package_without_a_course_finds_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "site-packages" / "autograder" / "course" / "course.py"
    monkeypatch.setattr("autograder.course.course.__file__", str(module))
    assert Course.look_for(tmp_path) is None
    with pytest.raises(AutograderError) as raised:
        Course.find(tmp_path)
    assert "autograder init DIR" in raised.value.hint
