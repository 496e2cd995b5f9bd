"""The schema has every setting, and its defaults are valid."""

from __future__ import annotations

from dataclasses import fields

import pytest

from autograder.course.course import Lab
from autograder.course.policy import Policy
from autograder.course.schema import SETTINGS, TABLES, settings_of
from autograder.course.setting import Setting
from autograder.engine.wire.limits import Limits


@pytest.mark.parametrize("table", ["limits", "policy", "labs.LAB"])
def test_it_has_the_fields_of_the_classes(table: str) -> None:
    classes = {"limits": Limits, "policy": Policy, "labs.LAB": Lab}
    assert set(settings_of(table)) == {field.name for field in fields(classes[table])} - {"name"}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: f"{setting.table}-{setting.key}")
def test_a_setting(setting: Setting) -> None:
    assert setting.default is None or setting.kind.accepts(setting.default)
    assert setting.table in {"", *TABLES}
    assert setting.about.endswith(".")
    assert not setting.kind.accepts(object())
