"""Messages that an LMS did not send, or not now, or not to this browser: none gets in."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from tests.autograder.tiny_course import LAB
from tests.server.lti.conftest import Campus
from tests.server.lti.lms_platform import CLAIM, CLIENT, MEMBERSHIP, LmsPlatform, make_key
from tests.server.lti.lms_visit import LmsVisit
from tests.server.served_course import Answer

_STRANGER = make_key()


def is_out(visit: LmsVisit, answer: Answer) -> bool:
    has_session = any(name == "autograder_session" for name in visit.cookies)
    return answer.status in (400, 403, 404, 429) and not has_session


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


Forge = Callable[[LmsPlatform, dict[str, Any]], str]


def encode(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def sign_with_public_key(lms: LmsPlatform, claims: dict[str, Any]) -> str:
    """HS256, whose secret is the public key in its PEM form."""
    import hashlib
    import hmac

    head = encode({"alg": "HS256", "typ": "JWT", "kid": lms.key.get("kid")})
    signed = f"{head}.{encode(claims)}"
    digest = hmac.new(lms.key.export_to_pem(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def change_body(lms: LmsPlatform, claims: dict[str, Any]) -> str:
    head, _, signature = lms.sign(claims).split(".")
    changed = claims | {CLAIM + "roles": [MEMBERSHIP + "Instructor"]}
    return f"{head}.{encode(changed)}.{signature}"


def without_signature(lms: LmsPlatform, claims: dict[str, Any]) -> str:
    return f"{encode({'alg': 'none', 'kid': lms.key.get('kid')})}.{encode(claims)}."


def key_in_header(lms: LmsPlatform, claims: dict[str, Any]) -> str:
    own = json.loads(_STRANGER.export_public())
    return lms.sign(claims, _STRANGER, jwk=own, jku="https://evil.example/keys")


FORGED: dict[str, Forge] = {
    "a stranger's key under the LMS's id": lambda lms, claims: lms.sign(claims, _STRANGER),
    "a stranger's key under its own id": lambda lms, claims: lms.sign(
        claims, _STRANGER, kid=_STRANGER.get("kid")
    ),
    "a key that the token brings": key_in_header,
    "no key id": lambda lms, claims: lms.sign(claims, kid=""),
    "a key id that is a path": lambda lms, claims: lms.sign(claims, kid="../../lti_key.pem"),
    "the algorithm none": without_signature,
    "the algorithm NONE": lambda lms, claims: without_signature(lms, claims).replace(
        encode({"alg": "none", "kid": lms.key.get("kid")}),
        encode({"alg": "NoNe", "kid": lms.key.get("kid")}),
    ),
    "HS256 with the public key": sign_with_public_key,
    "a body that was changed": change_body,
    "a signature that was cut off": lambda lms, claims: lms.sign(claims).rpartition(".")[0] + ".",
    "two parts": lambda lms, claims: lms.sign(claims).rpartition(".")[0],
    "five parts": lambda lms, claims: lms.sign(claims) + ".a.b",
    "no token": lambda lms, claims: "",
    "words": lambda lms, claims: "let me in",
    "a list": lambda lms, claims: f"{encode([])}.{encode([])}.AAAA",
    "deep nesting": lambda lms, claims: f"{encode({'alg': 'RS256'})}."
    + base64.urlsafe_b64encode(b"[" * 20_000).decode().rstrip("=") + ".AAAA",
    "an unknown critical header": lambda lms, claims: lms.sign(claims, crit=["x"], x=1),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_token_that_is_forged(campus: Campus, name: str) -> None:
    visit = campus.visit()
    state, nonce = visit.authorize()
    try:
        token = FORGED[name](campus.lms, campus.lms.make_claims(nonce))
    except (jwt.PyJWTError, TypeError) as error:
        pytest.fail(f"the test cannot make it: {error}")
    assert is_out(visit, visit.post(state, token)), name


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
