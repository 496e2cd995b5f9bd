"""What course.toml may say of a lab's place in the course."""

from __future__ import annotations

import pytest

from autograder.course import Course
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
