"""The class whose downloads are collected."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.roster import Roster
from autograder.lms.read_roster import read_roster

ROSTER = """\
id,name,canvas_id,email
zobrien,"O'Brien, Zoë",101,zoe@example.edu
lixiao,"李 小龙",102,li@example.edu
kim.1,"Kim, Min",103,kim1@example.edu
kim.2,"Kim, Min",104,kim2@example.edu
absent,"Absent, Ann",105,ann@example.edu
"""


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return read_roster(path)
