"""Messages that an LMS did not send, or not now, or not to this browser: none gets in."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.autograder.tiny_course import LAB
from tests.server.lti.conftest import Campus
from tests.server.lti.lms_platform import CLAIM, CLIENT, MEMBERSHIP, LmsPlatform
from tests.server.lti.lms_visit import is_out

CLAIMS: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "client-8"},
    "an audience among others, without azp": {"aud": [CLIENT, "client-8"]},
    "an audience among others, azp another": {"aud": [CLIENT, "client-8"], "azp": "client-8"},
    "azp another": {"azp": "client-8"},
    "no audience": {"aud": None},
    "an empty audience": {"aud": []},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another nonce": {"nonce": "n" * 64},
    "no nonce": {"nonce": None},
    "a nonce that is a list": {"nonce": ["a"]},
    "expired": {"iat": int(time.time()) - 1000, "exp": int(time.time()) - 700},
    "no expiry": {"exp": None},
    "an expiry in words": {"exp": "tomorrow"},
    "an expiry that is not a number": {"exp": float("nan")},
    "an expiry that never comes": {"exp": float("inf")},
    "an issue that is not a number": {"iat": float("nan")},
    "an expiry that is true": {"exp": True},
    "issued in the future": {"iat": int(time.time()) + 36_000, "exp": int(time.time()) + 40_000},
    "issued long ago": {"iat": int(time.time()) - 90_000, "exp": int(time.time()) + 90_000},
    "no time of issue": {"iat": None},
    "an unknown deployment": {CLAIM + "deployment_id": "deployment-2"},
    "no deployment": {CLAIM + "deployment_id": None},
    "another course of the LMS": {CLAIM + "context": {"id": "context-2"}},
    "no course": {CLAIM + "context": None},
    "a course that is a list": {CLAIM + "context": ["context-1"]},
    "an older version": {CLAIM + "version": "1.1"},
    "an unknown message": {CLAIM + "message_type": "LtiSomethingElse"},
    "a message for privacy": {CLAIM + "message_type": "DataPrivacyLaunchRequest"},
    "no person": {"sub": None},
    "a person that is a number": {"sub": 7},
    "no roles": {CLAIM + "roles": None},
    "roles in a string": {CLAIM + "roles": MEMBERSHIP + "Instructor"},
    "no role here": {CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/system/person#User"]},
    "an instructor elsewhere": {
        CLAIM + "roles": [
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor",
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
        ]
    },
    "a role that looks alike": {CLAIM + "roles": [MEMBERSHIP + "Instructors", "instructor"]},
    "a mentor": {CLAIM + "roles": [MEMBERSHIP + "Mentor"]},
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_that_is_not_right(campus: Campus, name: str) -> None:
    visit = campus.visit()
    assert is_out(visit, visit.launch(**CLAIMS[name])), name


def test_a_launch_counts_once(campus: Campus) -> None:
    visit = campus.visit()
    state, nonce = visit.authorize()
    token = campus.lms.sign(campus.lms.make_claims(nonce))
    assert visit.post(state, token).status == 200
    del visit.cookies["autograder_session"]
    assert is_out(visit, visit.post(state, token))
    # With a new state of the same browser, too.
    again, _ = visit.authorize()
    assert is_out(visit, visit.post(again, token))


def test_a_refused_launch_has_used_its_state(campus: Campus) -> None:
    visit = campus.visit()
    state, nonce = visit.authorize()
    assert is_out(visit, visit.post(state, campus.lms.sign(campus.lms.make_claims("other"))))
    assert is_out(visit, visit.post(state, campus.lms.sign(campus.lms.make_claims(nonce))))


def test_the_state_of_another_browser(campus: Campus) -> None:
    """Login CSRF: the attacker's launch must not end in the victim's browser, nor the reverse."""
    attacker, victim = campus.visit(), campus.visit()
    state, nonce = attacker.authorize()
    token = campus.lms.sign(campus.lms.make_claims(nonce, sub="attacker"))
    assert is_out(victim, victim.post(state, token))
    own, _ = victim.authorize()
    assert is_out(victim, victim.post(own, token))
    assert is_out(victim, victim.post("", token))
    victim.cookies = {name: state for name in victim.cookies}
    assert is_out(victim, victim.post(state, token))
    # The attacker's own browser still may: nobody else has used the state.
    assert attacker.post(state, token).status in (200, 403)


def test_the_state_of_another_lms(campus: Campus) -> None:
    """Mix-up: a launch that began at one LMS ends with a token of another one."""
    other = LmsPlatform()
    path = campus.server.course.root / "course.toml"
    before = path.read_text()
    path.write_text(before + other.settings.replace("[lti.campus]", "[lti.other]"))
    try:
        visit = campus.visit()
        state, nonce = visit.authorize()
        assert is_out(visit, visit.post(state, other.sign(other.make_claims(nonce))))
    finally:
        path.write_text(before)
        other.close()


TARGETS = ["https://evil.example/", "//evil.example/lti/launch", "", "javascript:alert(1)",
           "/lti/launch", "{url}/class", "{url}.evil.example/lti/launch", "{url}/lti/launch/../..",
           "{url}@evil.example/lti/launch", "{url}\\@evil.example/lti/launch",
           "https{rest}/lti/launch", "{url}/lti/launch\r\nX: y", "http://[::1"]  # fmt: skip


@pytest.mark.parametrize("number", range(len(TARGETS)))
def test_a_target_elsewhere(campus: Campus, number: int) -> None:
    visit = campus.visit()
    target = TARGETS[number].format(url=visit.url, rest=visit.url.removeprefix("http"))
    answer = visit.begin(target_link_uri=target)
    assert answer.status == 400 and "location" not in answer.headers
    assert not visit.cookies


HINTS = ["u-1&client_id=evil&redirect_uri=https://evil.example", "u-1\r\nLocation: //a",
         "u-1#x", "u-1\x00", "' OR 1=1 --",
         '"><script>alert(1)</script>', "ü☃", "%26a%3Db"]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HINTS)))
@pytest.mark.parametrize("field", ["login_hint", "lti_message_hint"])
def test_a_hint_is_passed_on_and_nothing_more(campus: Campus, field: str, number: int) -> None:
    visit = campus.visit()
    answer = visit.begin(**{field: HINTS[number]})
    assert answer.status == 302 and len(answer.headers.get_all("location")) == 1
    sent = parse_qs(urlsplit(answer.headers["location"]).query, keep_blank_values=True)
    assert sent[field] == [HINTS[number]] and sent["client_id"] == [CLIENT]
    assert sent["redirect_uri"] == [f"{visit.url}/lti/launch"]


STARTS: dict[str, dict[str, str]] = {
    "an unknown issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": ""},
    "another client": {"client_id": "client-8"},
    "no hint": {"login_hint": ""},
    "a very long hint": {"login_hint": "x" * 9_000},
    "a very long issuer": {"iss": "x" * 9_000},
}


@pytest.mark.parametrize("name", STARTS)
def test_a_login_that_is_not_complete(campus: Campus, name: str) -> None:
    visit = campus.visit()
    assert is_out(visit, visit.begin(**STARTS[name]))


def test_a_foreign_host_leads_nowhere(campus: Campus) -> None:
    """The LMS compares the address that it returns people to; this server names its own."""
    visit = campus.visit()
    query = urlencode({"iss": campus.lms.url, "client_id": CLIENT, "login_hint": "u",
                       "target_link_uri": f"{visit.url}/lti/launch"})  # fmt: skip
    answer = visit.request("GET", f"/lti/login?{query}", Host="evil.example")
    assert answer.status == 400


def test_a_get_launches_nothing(campus: Campus) -> None:
    visit = campus.visit()
    state, nonce = visit.authorize()
    token = campus.lms.sign(campus.lms.make_claims(nonce))
    answer = visit.request("GET", f"/lti/launch?{urlencode({'state': state, 'id_token': token})}")
    assert answer.status == 405


def test_an_error_of_the_lms_is_not_shown(campus: Campus) -> None:
    visit = campus.visit()
    state, _ = visit.authorize()
    fields = urlencode({"state": state, "error": "<script>alert(1)</script>"})
    answer = visit.request("POST", "/lti/launch", fields)
    assert answer.status == 403 and "alert(1)" not in answer.text


ADDRESSES = ["http://169.254.169.254/latest", "file:///etc/passwd", "https://a b/", 7, None,
             "https://a;x/", "gopher://127.0.0.1/", "https://user:pw@lms.org/"]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ADDRESSES)))
def test_services_are_on_the_web_only(campus: Campus, number: int) -> None:
    from sqlalchemy import select

    from autograder.server.tables import LineItem

    endpoint = {"scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
                "lineitem": ADDRESSES[number]}  # fmt: skip
    visit = campus.visit()
    assert visit.launch(**{
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": endpoint
    }).status == 200  # fmt: skip
    with campus.server.database.read() as session:
        known = {item.url for item in session.scalars(select(LineItem))}
    assert known <= {f"{campus.lms.url}/items/1?type_id=3"}


def test_the_log_has_neither_tokens_nor_states(campus: Campus) -> None:
    visit = campus.visit()
    state, nonce = visit.authorize()
    token = campus.lms.sign(campus.lms.make_claims(nonce))
    visit.post(state, token)
    log = campus.server.log.read_text()
    assert "POST /lti/launch 200" in log
    secrets = (state, nonce, token, token.split(".")[1], visit.cookies["autograder_session"])
    assert not [one for one in secrets if one in log]


def test_an_honest_student_still_comes_in(campus: Campus) -> None:
    visit = campus.visit()
    assert visit.launch().status == 200
    assert visit.request("GET", f"/labs/{LAB}").status == 200
