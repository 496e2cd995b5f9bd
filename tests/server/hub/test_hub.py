"""JupyterHub says who somebody is: a real Hub, its users, and those who only claim to be them."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import requests

from tests.autograder.conftest import made_course  # noqa: F401 (a fixture)
from tests.autograder.tiny_course import LAB, solved
from tests.server.hub.real_hub import RealHub
from tests.server.served_course import ServedCourse, copy_course, find_free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("jupyterhub") is None, reason="jupyterhub is not installed"),
]
ACCESS = "access:services!service=autograder"
SETTINGS = """
[jupyterhub]
instructor_groups = ["staff"]
"""
ROSTER = "id,name,username\ns1,Ada Lovelace,ada\ns2,Bob Noyce,Bob\ns3,Gone,gone\n"


@pytest.fixture(scope="module")
def hub(made_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:  # noqa: F811
    folder = tmp_path_factory.mktemp("hub")
    course = copy_course(made_course, folder / "course", SETTINGS)
    (course.root / "roster.csv").write_text(ROSTER)
    port = find_free_port()
    server = ServedCourse(course, 0)
    one = RealHub(folder, port, f"http://127.0.0.1:{server.port}")
    server.variables |= {
        "JUPYTERHUB_API_URL": f"{one.url}/hub/api",
        "JUPYTERHUB_API_TOKEN": one.token,
        "JUPYTERHUB_SERVICE_NAME": "autograder",
    }
    try:
        one.wait()
        server.start()
        yield one
    finally:
        server.stop()
        one.stop()


def look(hub: RealHub, browser: requests.Session, path: str = "/") -> requests.Response:
    return browser.get(hub.server + path, timeout=60)


def ask(hub: RealHub, token: str, path: str = "/api/labs") -> requests.Response:
    return requests.get(hub.server + path, headers={"Authorization": f"Bearer {token}"}, timeout=60)


@pytest.mark.parametrize(("user", "name"), [("ada", "Ada Lovelace"), ("bob", "Bob Noyce")])
def test_a_student_signs_in(hub: RealHub, user: str, name: str) -> None:
    browser, answer = hub.sign_in(user)
    assert answer.status_code == 200 and f"signed in as {name}" in answer.text
    assert "Your labs" in look(hub, browser).text and name in look(hub, browser).text
    assert look(hub, browser, "/class").status_code == 404


def test_the_page_to_sign_in_names_the_hub(hub: RealHub) -> None:
    assert "/jupyterhub/login" in requests.get(f"{hub.server}/enter", timeout=60).text


def test_an_instructor_is_of_the_group(hub: RealHub) -> None:
    browser, _ = hub.sign_in("prof")
    assert "The class" in look(hub, browser).text


def test_a_user_who_is_not_in_the_roster(hub: RealHub) -> None:
    browser, answer = hub.sign_in("stranger")
    assert answer.status_code == 403 and "not one of this course" in answer.text
    assert look(hub, browser).status_code == 401


def test_a_user_without_access_to_the_service(hub: RealHub) -> None:
    """The Hub itself refuses: the user does not come back."""
    browser, answer = hub.sign_in("mallory")
    assert answer.status_code == 403 and answer.url.startswith(hub.url)
    assert look(hub, browser).status_code == 401


def begin(hub: RealHub, browser: requests.Session) -> tuple[str, str]:
    """The state of a sign-in, and the address at the Hub."""
    answer = browser.get(f"{hub.server}/jupyterhub/login", allow_redirects=False, timeout=60)
    place = answer.headers["location"]
    return parse_qs(urlsplit(place).query)["state"][0], place


def get_code(browser: requests.Session, place: str) -> str:
    """The Hub's code for a browser that is signed in there; not used yet."""
    answer = browser.get(place, allow_redirects=False, timeout=60)
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def come_back(hub: RealHub, browser: requests.Session, **sent: str) -> requests.Response:
    return browser.get(f"{hub.server}/jupyterhub/callback", params=sent, timeout=60)


def forget(browser: requests.Session) -> None:
    del browser.cookies["autograder_session"]


def test_a_state_is_of_one_browser_and_counts_once(hub: RealHub) -> None:
    attacker, _ = hub.sign_in("bob")
    state, place = begin(hub, attacker)
    code = get_code(attacker, place)
    victim = requests.Session()
    assert come_back(hub, victim, state=state, code=code).status_code == 403
    own, _ = begin(hub, victim)
    for forged in ("", "x" * 43, own[:-1]):
        assert come_back(hub, victim, state=forged, code=code).status_code == 403
    assert look(hub, victim).status_code == 401
    forget(attacker)
    assert come_back(hub, attacker, state=state, code=code).status_code == 200
    forget(attacker)
    assert come_back(hub, attacker, state=state, code=code).status_code == 403
    # The code is used up at the Hub, too.
    again, _ = begin(hub, attacker)
    assert come_back(hub, attacker, state=again, code=code).status_code == 403
    assert look(hub, attacker).status_code == 401


CODES = ["", "x", "' OR 1=1", "a\r\nb", "../../users/ada", "☃", "x" * 5000]


@pytest.mark.parametrize("number", range(len(CODES)))
def test_an_invented_code(hub: RealHub, number: int) -> None:
    browser = requests.Session()
    state, _ = begin(hub, browser)
    assert come_back(hub, browser, state=state, code=CODES[number]).status_code == 403
    assert look(hub, browser).status_code == 401


def test_a_state_of_the_lms_is_none_of_the_hubs(hub: RealHub) -> None:
    browser = requests.Session()
    state, _ = begin(hub, browser)
    fields = {"state": state, "id_token": "a.b.c"}
    assert browser.post(f"{hub.server}/lti/launch", fields, timeout=60).status_code == 403


def test_a_token_opens_its_users_own_work_only(hub: RealHub) -> None:
    ada, bob = hub.make_token("ada", ACCESS), hub.make_token("bob", ACCESS)
    assert ask(hub, ada).json()["labs"][0]["lab"] == LAB
    sent = requests.post(
        f"{hub.server}/api/labs/{LAB}/attempts",
        b"{}",
        headers={"Authorization": f"Bearer {ada}"},
        timeout=60,
    )
    assert sent.status_code == 201
    path = f"/api/attempts/{sent.json()['receipt']}"
    assert ask(hub, ada, path).status_code == 200 and ask(hub, bob, path).status_code == 404


def test_tokens_that_do_not_open_this_service(hub: RealHub) -> None:
    tokens = [
        hub.make_token("ada", "read:users:name!user"),  # not for this service
        hub.token,  # the service's own
        hub.admin_token,  # another service's
        "0" * 32,
        "a b",
        "../users/ada",
        "ada",
    ]
    assert [ask(hub, one).status_code for one in tokens] == [401] * len(tokens)
    stranger = hub.make_token("stranger", ACCESS)
    assert ask(hub, stranger).status_code == 403
    prof = hub.make_token("prof", ACCESS)
    assert ask(hub, prof).status_code == 404  # an instructor submits nothing


def test_a_user_who_is_deleted_is_out(hub: RealHub) -> None:
    hub.sign_in("gone")
    token = hub.make_token("gone", ACCESS)
    assert hub.ask("DELETE", "/users/gone").status_code == 204
    assert ask(hub, token).status_code == 401
    browser, answer = hub.sign_in("gone")  # the test's Hub makes the user anew, without a role
    assert answer.status_code == 403 and look(hub, browser).status_code == 401


def test_hand_in_from_a_server_that_the_hub_has_started(
    hub: RealHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.course.course import Course
    from course_lib.notebook import hand_in

    assert hub.ask("POST", "/users/ada/server").status_code in (201, 202)
    monkeypatch.setenv("COURSE_HAND_IN", hub.server)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", find_server_token("ada"))
    monkeypatch.chdir(tmp_path)
    nbformat.write(solved(Course(hub.log.parent / "course")), tmp_path / "work.ipynb")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        hand_in(wait=False)
    hub.ask("DELETE", "/users/ada/server")
    assert "Submitted work.ipynb" in said.getvalue()


def find_server_token(user: str) -> str:
    """The token that the Hub gave a user's server, from its environment."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                found = dict(
                    one.split("=", 1) for one in path.read_text().split("\0") if "=" in one
                )
                if found.get("JUPYTERHUB_USER") == user:
                    return found["JUPYTERHUB_API_TOKEN"]
        time.sleep(0.2)
    raise AssertionError("the Hub has started no server")


def test_the_log_has_no_secret(hub: RealHub, tmp_path_factory: pytest.TempPathFactory) -> None:
    browser, _ = hub.sign_in("ada")
    (log,) = hub.log.parent.glob("course/server.log")
    text = log.read_text()
    assert "GET /jupyterhub/callback 200" in text
    assert hub.token not in text and browser.cookies["autograder_session"] not in text
