"""`autograder invite`: links are shown once, stored hashed, replaced and revoked."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.server.database import Database
from autograder.server.links import find_by_session, find_by_token, open_session
from autograder.server.tables import Role

ROSTER = 'id,name,email\nada,"=Lovelace, Ada",ada@example.org\nbob,Bob,\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "course.toml").touch()
    (tmp_path / "roster.csv").write_text(ROSTER)
    return tmp_path


def invite(folder: Path, *options: str) -> str:
    arguments = ["invite", *options, "--course-dir", str(folder)]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def read_links(folder: Path) -> list[dict[str, str]]:
    with (folder / "links.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_class_gets_links_in_a_file_for_its_owner_only(folder: Path) -> None:
    invite(folder, "--url", "https://labs.example.org/", "--csv", str(folder / "links.csv"))
    rows = read_links(folder)
    assert [row["id"] for row in rows] == ["ada", "bob"]
    assert rows[0]["name"].startswith("'=") and rows[0]["email"] == "ada@example.org"
    assert all(row["link"].startswith("https://labs.example.org/enter#") for row in rows)
    assert stat.S_IMODE((folder / "links.csv").stat().st_mode) == 0o600
    database = Database.of(Course(folder))
    token = rows[0]["link"].partition("#")[2]
    visitor = find_by_token(database, token)
    assert visitor and (visitor.person, visitor.role) == ("ada", Role.STUDENT)
    assert token.encode() not in (folder / "server.db").read_bytes()
    assert "Every student of the roster has a link" in invite(folder)


def test_a_new_link_ends_the_old_one(folder: Path) -> None:
    first = invite(folder, "bob").split("#")[1].strip()
    database = Database.of(Course(folder))
    key = open_session(database, first)
    assert key and find_by_session(database, key)
    second = invite(folder, "bob").split("#")[1].strip()
    assert find_by_token(database, first) is None and find_by_session(database, key) is None
    assert find_by_token(database, second)
    assert "the link has ended" in invite(folder, "bob", "--revoke")
    assert find_by_token(database, second) is None
    assert "no link" in invite(folder, "bob", "--revoke")


def test_an_instructor_is_not_a_student(folder: Path) -> None:
    token = invite(folder, "--instructor", "ada").split("#")[1].strip()
    visitor = find_by_token(Database.of(Course(folder)), token)
    assert visitor and visitor.role is Role.INSTRUCTOR


@pytest.mark.parametrize("student", ["nobody", "../ada", "", "a/b"])
def test_an_id_is_one_of_the_roster(folder: Path, student: str) -> None:
    with pytest.raises(AutograderError, match="no student of the roster"):
        invite(folder, student)


def test_without_a_roster_a_student_is_named(folder: Path) -> None:
    (folder / "roster.csv").unlink()
    with pytest.raises(AutograderError, match="no roster"):
        invite(folder)
    assert "/enter#" in invite(folder, "eve")
    with pytest.raises(AutograderError, match="no student"):
        invite(folder, "../eve")
