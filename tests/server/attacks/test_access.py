"""Other people's pages and files, and codes that are not valid: all are refused alike."""

from __future__ import annotations

import hashlib

import pytest

from autograder.server.links import revoke
from autograder.server.tables import Role
from tests.autograder.tiny_course import LAB
from tests.server.attacks.conftest import Scene
from tests.server.served_course import FORM

OTHERS = [
    "/attempts/{receipt}",
    "/attempts/{receipt}/status",
    "/attempts/{receipt}/file",
    f"/attempts/{{receipt}}/feedback/{LAB}",
    "/class",
    f"/class/{LAB}",
    f"/class/{LAB}/students/1",
    f"/class/{LAB}/download",
    f"/class/{LAB}/regrades/1",
    "/audit",
]
CHANGES = [
    f"/class/{LAB}/regrades",
    f"/class/{LAB}/regrades/1",
    f"/class/{LAB}/students/1/extend",
]


@pytest.mark.parametrize("path", OTHERS)
def test_a_student_sees_nothing_of_others(scene: Scene, path: str) -> None:
    answer = scene.attacker.get(path.format(**scene.receipt))
    assert answer.status == 404
    assert "honest" not in answer.text and scene.receipt["sha256"] not in answer.text


@pytest.mark.parametrize("path", OTHERS)
def test_nobody_sees_anything_without_a_session(scene: Scene, path: str) -> None:
    answer = scene.server.request("GET", path.format(**scene.receipt))
    assert answer.status == 401 and "honest" not in answer.text


@pytest.mark.parametrize("path", CHANGES)
def test_a_student_changes_nothing_of_the_class(scene: Scene, path: str) -> None:
    before = (scene.server.course.root / "course.toml").read_bytes()
    fields = {"csrf": scene.attacker.csrf("/"), "due": "2030-01-01T00:00", "decision": "confirm"}
    assert scene.attacker.post(path, fields).status == 404
    assert (scene.server.course.root / "course.toml").read_bytes() == before


def test_a_program_of_another_student_sees_nothing(scene: Scene) -> None:
    record = scene.server.look(scene.attacker_token, scene.receipt["receipt"])
    assert record == {"error": "This attempt was not found.", "hint": ""}


def test_an_instructor_has_no_student_pages(scene: Scene) -> None:
    assert scene.instructor.get(f"/labs/{LAB}").status == 404


REFUSED = (401, 429)  # not valid, or too many that were not

TOKENS = {
    "empty": "",
    "words": "let me in",
    "sql": "' OR 1=1 --",
    "quotes": '"; DROP TABLE link; --',
    "percent": "%",
    "null": "\x7f",
    "long": "a" * 8_000,
    "path": "../../server.db",
}


@pytest.mark.parametrize("name", TOKENS)
def test_an_invented_token_opens_nothing(scene: Scene, name: str) -> None:
    headers = {"Authorization": f"Bearer {TOKENS[name]}"}
    assert scene.server.request("GET", "/api/labs", headers=headers).status in REFUSED
    entered = scene.server.request("POST", "/enter", f"token={TOKENS[name]}", FORM)
    assert entered.status in REFUSED and "set-cookie" not in entered.headers


def test_what_the_database_holds_opens_nothing(scene: Scene) -> None:
    stored = hashlib.sha256(scene.honest.encode()).hexdigest()
    session = scene.attacker.cookie.partition("=")[2]
    for token in (stored, session, scene.honest[:-1], scene.honest + "a", scene.honest.lower()):
        headers = {"Authorization": f"Bearer {token}"}
        assert scene.server.request("GET", "/api/labs", headers=headers).status in REFUSED
    for cookie in (stored, scene.honest):
        headers = {"Cookie": f"autograder_session={cookie}"}
        assert scene.server.request("GET", "/", headers=headers).status in REFUSED


def test_a_revoked_link_and_its_sessions_end(scene: Scene) -> None:
    token = scene.server.invite("gone").token
    browser = scene.server.sign_in(token)
    assert browser.get("/").status == 200
    newer = scene.server.invite("gone").token
    assert browser.get("/").status in REFUSED
    headers = {"Authorization": f"Bearer {token}"}
    assert scene.server.request("GET", "/api/labs", headers=headers).status in REFUSED
    assert revoke(scene.server.database, "test", Role.STUDENT, "gone")
    headers = {"Authorization": f"Bearer {newer}"}
    assert scene.server.request("GET", "/api/labs", headers=headers).status in REFUSED


def test_the_cookie_is_strict_and_hidden_from_scripts(scene: Scene) -> None:
    attributes = scene.attacker.set_cookie.lower()
    assert "httponly" in attributes and "samesite=strict" in attributes


def test_guessing_is_slowed_down_and_honest_people_are_not(scene: Scene) -> None:
    statuses = []
    for number in range(60):
        headers = {"Authorization": f"Bearer guess-{number}"}
        statuses.append(scene.server.request("GET", "/api/labs", headers=headers).status)
    assert statuses[-1] == 429 and set(statuses) <= {401, 429}
    honest = {"Authorization": f"Bearer {scene.honest}"}
    assert scene.server.request("GET", "/api/labs", headers=honest).status == 200
