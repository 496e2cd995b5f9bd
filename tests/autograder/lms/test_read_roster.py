"""Class lists: plain ones, and those that LMSs export."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.lms.read_roster import read_roster

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (77),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,10.0,(read only)
"O'Brien, Zoë",101,s101,zobrien,DL 1,,
"Student, Test",999,,,DL 1,,
"""


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> Roster:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding=encoding)
    return read_roster(path)


def test_canvas_gradebook(tmp_path: Path) -> None:
    roster = read(tmp_path, CANVAS)
    assert [(p.id, p.name, p.ids["canvas"]) for p in roster.people] == [
        ("s101", "O'Brien, Zoë", "101")
    ]
    assert roster.find("obrienzo", {"canvas": "101"})[0].id == "s101"
    assert roster.find("Zoe OBrien", {})[0].id == "s101"
    assert roster.find("obrienzoe", {"canvas": "102"}) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_csv(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [["ID", "First name", "Last name"], ["z1", "Zoë", "O'Brien"], ["l1", "小龙", "李"]]
    text = "\n".join(separator.join(row) for row in rows)
    roster = read(tmp_path, text, encoding)
    assert [person.id for person in roster.people] == ["z1", "l1"]
    for name in ("Zoë O'Brien", "O'Brien, Zoë", "obrienzoe", "z1"):
        assert roster.find(name, {})[0].id == "z1"
    assert roster.find("李小龙", {})[0].id == "l1"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (
            "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
            '"Smith, John",101,,js1,A\n"Smith, John",102,,js2,A\n',
            ["js1", "js2"],
        ),
        (
            'Student,ID,SIS User ID,Section\n"Smith, John",101,,A\n"Smith, John",102,,A\n',
            ["101", "102"],
        ),
        (
            "First name,Last name,ID number,Email address\n"
            "John,Smith,,j1@x.edu\nJohn,Smith,,j2@x.edu\n",
            ["j1@x.edu", "j2@x.edu"],
        ),
        (
            "Identifier,Full name,ID number,Email address,Status,Grade\n"
            "Participant 1,John Smith,,j1@x.edu,,\nParticipant 2,John Smith,,j2@x.edu,,\n",
            ["j1@x.edu", "j2@x.edu"],
        ),
        ("id,name\n,Ada\n,Bob\n", ["Ada", "Bob"]),
    ],
    ids=["canvas", "canvas without logins", "moodle", "moodle's worksheet", "names only"],
)
def test_an_empty_column_of_ids(tmp_path: Path, text: str, ids: list[str]) -> None:
    assert [person.id for person in read(tmp_path, text).people] == ids


def test_people_with_names_like_canvas_rows(tmp_path: Path) -> None:
    names = ["Muted-Jones, Al", "Mutedi, Bo", "Student, Testa"]
    rows = [f'"{name}",{n},s{n},,DL 1,,' for n, name in enumerate(names)]
    text = CANVAS + "Muted,,,,,,\n" + "\n".join(rows) + "\n"
    assert [person.name for person in read(tmp_path, text).people[1:]] == names


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "is empty"),
        (f"id,name\na,{'x' * 140_000}\n", "list.csv is not a table"),
        ("age,height\n1,2\n", "no column that names students"),
        ("id,name\na,X\na,Y\n", "more than one student with the id 'a'"),
        ("id,name\n../a,X\n", "can't be the name of a folder"),
    ],
)
def test_lists_that_cannot_be_used(tmp_path: Path, text: str, error: str) -> None:
    with pytest.raises(AutograderError, match=error):
        read(tmp_path, text)


def test_missing_or_not_utf_8(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="can't read"):
        read_roster(tmp_path / "none.csv")
    (tmp_path / "other.csv").write_bytes(b"id,name\n1,Zo\x81\n")
    with pytest.raises(AutograderError, match="not written in UTF-8"):
        read_roster(tmp_path / "other.csv")
