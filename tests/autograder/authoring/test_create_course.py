"""A new course has the settings and labs of another one, without its students."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.create_course import create_course
from autograder.course.course import Course
from autograder.errors import AutograderError

EXTENSIONS = """\
[course]
name = "Ours"  # [extensions] in a comment
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


def make_old(folder: Path, text: str) -> Course:
    (folder / "old").mkdir()
    (folder / "old" / "course.toml").write_text(text, "utf-8")
    return Course(folder / "old")


def test_a_new_course_has_no_extensions(tmp_path: Path) -> None:
    old = make_old(tmp_path, EXTENSIONS)
    assert sorted(old.extensions) == ["Zoë", "bob", "cyd"]
    new = create_course(old, tmp_path / "new")
    text = (new.root / "course.toml").read_text("utf-8")
    assert new.extensions == {} and (new.name, new.lab("01")) == (old.name, old.lab("01"))
    assert not [name for name in ("Zoë", "bob", "cyd") if name in text]
    assert "# [extensions] in a comment" in text


def test_extensions_that_cannot_be_left_out(tmp_path: Path) -> None:
    old = make_old(tmp_path, "extensions = { bob = { 01_a = 2 } }\n[labs.01_a]\n")
    with pytest.raises(AutograderError, match="extensions"):
        create_course(old, tmp_path / "new")
    assert not (tmp_path / "new").exists()
