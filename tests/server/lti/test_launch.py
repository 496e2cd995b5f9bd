"""Launches from an LMS: who comes in, as whom, and where to."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from autograder.server.tables import LineItem, LmsUser
from tests.autograder.tiny_course import LAB
from tests.server.lti.conftest import Campus
from tests.server.lti.lms_platform import CLAIM, DEEP, MEMBERSHIP
from tests.server.lti.lms_visit import INSTRUCTOR, LmsVisit

CHOICE = {
    CLAIM + "message_type": "LtiDeepLinkingRequest",
    CLAIM + "resource_link": None,
    CLAIM + "custom": None,
}


def test_a_student_opens_a_lab(campus: Campus) -> None:
    visit = campus.visit()
    answer = visit.launch()
    assert answer.status == 200, answer.text
    assert "signed in as Ada Lovelace" in answer.text and f"url=/labs/{LAB}" in answer.text.replace(
        "url= ", "url="
    )
    assert "samesite=strict" in str(answer.headers).lower()
    assert "Your notebook" in visit.request("GET", f"/labs/{LAB}").text
    assert visit.request("GET", "/class").status == 404
    with campus.server.database.read() as session:
        (item,) = session.scalars(select(LineItem))
    assert (item.lab, item.url) == (LAB, f"{campus.lms.url}/items/1?type_id=3")


def test_an_instructor_opens_the_class(campus: Campus) -> None:
    visit = campus.visit()
    assert f"/class/{LAB}" in visit.launch(**INSTRUCTOR).text
    assert "Grace Hopper" in visit.request("GET", "/class").text
    assert visit.request("GET", f"/labs/{LAB}").status == 404


def test_a_link_without_a_lab_opens_the_list(campus: Campus) -> None:
    assert 'href="/"' in campus.visit().launch(**{CLAIM + "custom": None}).text


def test_a_lab_that_does_not_exist_is_said(campus: Campus) -> None:
    answer = campus.visit().launch(**{CLAIM + "custom": {"lab": "../../server"}})
    assert answer.status == 404 and "no such lab" in answer.text


MATCHES: dict[str, tuple[dict[str, Any], str | None]] = {
    "the email address in other letters": ({"email": "BOB@Example.org"}, "bob"),
    "the school's id": ({"email": None, CLAIM + "lis": {"person_sourcedid": "bob"}}, "bob"),
    "an email address that nobody has": ({"email": "mallory@example.org"}, None),
    "no email address": ({"email": None}, None),
    "a name only": ({"email": None, "name": "Bob Noyce"}, None),
    "two students": (
        {"email": "bob@example.org", CLAIM + "lis": {"person_sourcedid": "eve"}},
        None,
    ),
    "a list of addresses": ({"email": ["bob@example.org"]}, None),
}


@pytest.mark.parametrize("name", MATCHES)
def test_a_person_is_found_in_the_roster(campus: Campus, name: str) -> None:
    changes, person = MATCHES[name]
    with campus.server.database.write() as session:
        for user in session.scalars(select(LmsUser).where(LmsUser.subject.startswith("m-"))):
            user.person = None
    visit = campus.visit()
    answer = visit.launch(sub=f"m-{name}", **changes)
    if person is None:
        assert answer.status == 403 and "not matched to a student" in answer.text
        assert visit.request("GET", "/").status == 401
    else:
        assert answer.status == 200 and "Bob Noyce" in answer.text


def test_a_match_lasts_and_is_nobody_elses(campus: Campus) -> None:
    """Somebody who later takes another student's address does not become that student."""
    first = campus.visit().launch(sub="e-1", email="eve@example.org")
    assert "signed in as Eve" in first.text
    thief = campus.visit().launch(sub="e-2", email="eve@example.org")
    assert thief.status == 403
    moved = campus.visit().launch(sub="e-1", email="ada@example.org", name="Ada Lovelace")
    assert "signed in as Eve" in moved.text


def test_an_instructor_confirms_a_match(campus: Campus, made_course) -> None:  # noqa: F811
    roster = campus.server.course.root / "roster.csv"
    roster.write_text(roster.read_text() + "zoe,Zoë Quinn,\n")
    stranger = {"sub": "z-1", "name": "<b>Zoe</b>", "email": "z@home.example"}
    assert campus.visit().launch(**stranger).status == 403
    teacher = campus.visit()
    teacher.launch(**INSTRUCTOR)
    page = teacher.request("GET", "/lms").text
    assert "<b>Zoe</b>" not in page and "z@home.example" in page
    with campus.server.database.read() as session:
        user = session.scalars(select(LmsUser).where(LmsUser.subject == "z-1")).one()
    assert teacher.send_form("/lms", user=str(user.id), person="nobody").status == 404
    assert teacher.send_form("/lms", user=str(user.id), person="ada").status == 409
    assert teacher.send_form("/lms", user=str(user.id), person="zoe").status == 303
    assert "signed in as Zoë Quinn" in html.unescape(campus.visit().launch(**stranger).text)
    assert "match LMS account" in teacher.request("GET", "/audit").text
    assert teacher.send_form("/lms", user=str(user.id), person="").status == 303
    assert campus.visit().launch(**stranger).status == 403


def test_a_student_matches_nobody(campus: Campus) -> None:
    visit = campus.visit()
    visit.launch()
    assert visit.request("GET", "/lms").status == 404
    assert visit.send_form("/", user="1", person="ada").status == 405


def test_names_and_roles_are_read_page_by_page(campus: Campus) -> None:
    roster = campus.server.course.root / "roster.csv"
    roster.write_text(roster.read_text() + "kim,Kim,kim@example.org\nlee,Lee,lee@example.org\n")
    student = [MEMBERSHIP + "Learner"]
    campus.lms.members = [
        [{"user_id": "k", "roles": student, "email": "kim@example.org", "status": "Active"}],
        [
            {"user_id": "l", "roles": ["Learner"], "name": "Lee", "email": "lee@example.org"},
            {"user_id": "x", "roles": [MEMBERSHIP + "Instructor"], "name": "Prof"},
            {"user_id": "y", "roles": student, "name": "Left", "status": "Inactive"},
            {"user_id": 7, "roles": "Learner"},
        ],
    ]
    teacher = campus.visit()
    teacher.launch(**INSTRUCTOR)
    assert teacher.send_form("/lms", read="1").status == 303
    with campus.server.database.read() as session:
        found = {user.subject: user.person for user in session.scalars(select(LmsUser))}
    assert found["k"] == "kim" and found["l"] == "lee" and not {"x", "y", "7"} & set(found)


def choose_lab(visit: LmsVisit, campus: Campus, **settings: Any) -> Any:
    back = f"{campus.lms.url}/links"
    asked = {
        "deep_link_return_url": back,
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["window"],
        "data": "d-1",
    } | settings
    return visit.launch(**INSTRUCTOR | CHOICE | {DEEP + "deep_linking_settings": asked})


def test_an_instructor_links_a_lab(campus: Campus) -> None:
    answer = choose_lab(campus.visit(), campus)
    assert answer.status == 200, answer.text
    assert f'action="{campus.lms.url}/links"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert f"form-action {campus.lms.url};" in policy
    assert f"frame-ancestors {campus.lms.url}" in policy
    (token,) = re.findall(r'name="JWT" value="([^"]+)"', answer.text)
    said = campus.lms.read_tool_token(token, campus.lms.url)
    (item,) = said[DEEP + "content_items"]
    assert item["custom"] == {"lab": LAB} and item["lineItem"]["scoreMaximum"] == 10
    assert item["url"].endswith("/lti/launch") and item["type"] == "ltiResourceLink"
    assert said[DEEP + "data"] == "d-1"
    assert said[CLAIM + "message_type"] == "LtiDeepLinkingResponse"
    assert "set-cookie" not in answer.headers


RETURNS = ["javascript:alert(1)", "http://evil.example/", "https://a;script-src *//x", "", None,
           "https://user@evil.example/", 7, "https://evil.example/\nx"]  # fmt: skip


@pytest.mark.parametrize("number", range(len(RETURNS)))
def test_links_go_to_an_address_of_an_lms(campus: Campus, number: int) -> None:
    answer = choose_lab(campus.visit(), campus, deep_link_return_url=RETURNS[number])
    assert answer.status == 403 and "JWT" not in answer.text
    assert "evil" not in answer.headers["content-security-policy"]


def test_a_student_links_nothing(campus: Campus) -> None:
    asked = {
        "deep_link_return_url": f"{campus.lms.url}/links",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["window"],
    }
    answer = campus.visit().launch(**CHOICE | {DEEP + "deep_linking_settings": asked})
    assert answer.status == 403 and "JWT" not in answer.text


def test_a_frame_offers_a_tab_and_nothing_else(campus: Campus) -> None:
    visit = campus.visit()
    from tests.server.lti.lms_platform import make_login_query

    query = make_login_query(campus.lms, visit.url, login_hint='"><script>')
    answer = visit.request("GET", f"/lti/login?{query}", **{"Sec-Fetch-Dest": "iframe"})
    assert answer.status == 200 and "<script>" not in answer.text.partition("<main")[2]
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert not visit.cookies and 'target="_blank"' in answer.text


def test_the_key_is_published_and_kept_secret(campus: Campus) -> None:
    (key,) = campus.server.request("GET", "/lti/keys").json["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
    file = campus.server.course.root / "lti_key.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.dumps(key["n"])[1:40] not in campus.server.log.read_text()


def test_a_student_makes_a_link_for_the_notebook(campus: Campus) -> None:
    visit = campus.visit()
    visit.launch()
    tokens = [
        re.findall(r"/enter#([\w-]+)", visit.send_form("/notebook-link", page="/").text)
        for _ in range(2)
    ]
    statuses = [
        campus.server.request(
            "GET", "/api/labs", headers={"Authorization": f"Bearer {one[0]}"}
        ).status
        for one in tokens
    ]
    assert statuses == [401, 200]  # the second replaces the first
    assert visit.request("GET", "/").status == 200  # and ends no other session
    forged = visit.request("POST", "/notebook-link", "csrf=x", Origin="https://evil.example")
    assert forged.status == 403 and "/enter#" not in forged.text
    teacher = campus.visit()
    teacher.launch(**INSTRUCTOR)
    assert teacher.request("POST", "/notebook-link", f"csrf={teacher.csrf('/class')}").status == 404


ENDLESS = {
    "pages without an end": "endless",
    "a page on another server": "elsewhere",
    "no list": "words",
    "an error": "500",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_list_of_members_that_is_not_one(campus: Campus, name: str) -> None:
    teacher = campus.visit()
    teacher.launch(**INSTRUCTOR)
    before, campus.lms.members = campus.lms.members, [[{"user_id": "fresh", "roles": ["Learner"]}]]
    campus.lms.member_answer = ENDLESS[name]
    try:
        status = teacher.send_form("/lms", read="1").status
    finally:
        campus.lms.members, campus.lms.member_answer = before, ""
    assert status == (303 if name == "a page on another server" else 502)


@pytest.mark.parametrize("name", ["lti_key.pem", "roster.csv"])
def test_a_file_that_cannot_be_used_is_said_to_the_instructor(campus: Campus, name: str) -> None:
    path = campus.server.course.root / name
    before = path.read_bytes()
    path.write_bytes(b"\xff\x00")
    try:
        visit = campus.visit()
        answer = visit.launch() if name == "roster.csv" else visit.begin()
        assert answer.status == 503 and "Tell your instructor" in answer.text
        assert name in campus.server.log.read_text()
    finally:
        path.write_bytes(before)
