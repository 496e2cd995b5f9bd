"""Forms of other sites, paths, names, bodies and headers that were made to harm."""

from __future__ import annotations

import http.client
import socket
import time
from pathlib import Path

import pytest

from tests.autograder.tiny_course import LAB
from tests.server.attacks.conftest import Scene
from tests.server.served_course import FORM, make_multipart

FORGED = {
    "no token": ({}, {}),
    "an empty token": ({"csrf": ""}, {}),
    "a wrong token": ({"csrf": "a" * 43}, {}),
    "letters outside ASCII": ({"csrf": "ä"}, {}),
    "another site": ({"csrf": "own"}, {"Origin": "https://evil.example"}),
    "no site": ({"csrf": "own"}, {"Origin": "null"}),
    "half an address": ({"csrf": "own"}, {"Origin": "http://[::1"}),
    "a site that looks alike": ({"csrf": "own"}, {"Origin": "http://127.0.0.1.evil.example"}),
    "a browser that tells": ({"csrf": "own"}, {"Sec-Fetch-Site": "cross-site"}),
    "a sister site": ({"csrf": "own"}, {"Sec-Fetch-Site": "same-site"}),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_form_does_nothing(scene: Scene, name: str) -> None:
    fields, headers = FORGED[name]
    if fields.get("csrf") == "own":
        fields = {"csrf": scene.instructor.csrf("/class/" + LAB)}
    path = f"/class/{LAB}/students/1/extend"
    before = (scene.server.course.root / "course.toml").read_bytes()
    answer = scene.instructor.post(path, {**fields, "due": "2030-01-01T00:00"}, **headers)
    assert answer.status == 403
    assert (scene.server.course.root / "course.toml").read_bytes() == before


def test_the_form_of_another_session_does_nothing(scene: Scene) -> None:
    csrf = scene.attacker.csrf("/")
    answer = scene.instructor.post(f"/class/{LAB}/regrades", {"csrf": csrf})
    assert answer.status == 403


def test_another_site_cannot_sign_somebody_in(scene: Scene) -> None:
    headers = {**FORM, "Origin": "https://evil.example"}
    body = f"token={scene.attacker_token}"
    answer = scene.server.request("POST", "/enter", body, headers)
    assert answer.status == 403 and "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE"])
def test_only_a_form_changes_something(scene: Scene, method: str) -> None:
    csrf = scene.instructor.csrf(f"/class/{LAB}")
    path = f"/class/{LAB}/regrades?csrf={csrf}"
    answer = scene.server.request(method, path, headers={"Cookie": scene.instructor.cookie})
    assert answer.status == 405


LABS = ["..", "%2e%2e", "..%2f..%2fserver.db", "..%5c..", "%00", "01_neuron%00", "01", "01_NEURON",
        "01_neuron%20", "'%20OR%20'1'='1", "%252e%252e%252f", "x" * 3_000]  # fmt: skip


@pytest.mark.parametrize("lab", LABS, ids=range(len(LABS)))
def test_a_lab_is_one_of_the_courses(scene: Scene, lab: str) -> None:
    token = {"Authorization": f"Bearer {scene.attacker_token}"}
    answer = scene.server.request("POST", f"/api/labs/{lab}/attempts", b"{}", token)
    assert answer.status in (404, 405, 429)
    assert scene.instructor.get(f"/class/{lab}").status == 404


RECEIPTS = ["..%2f..%2fserver", "%25", "'%20OR%201=1--", "*", "%00", "a" * 32]


@pytest.mark.parametrize("receipt", RECEIPTS, ids=range(len(RECEIPTS)))
def test_a_receipt_is_compared_and_never_a_path(scene: Scene, receipt: str) -> None:
    for end in ("", "/file", f"/feedback/{LAB}", "/status"):
        assert scene.instructor.get(f"/attempts/{receipt}{end}").status == 404


PAGES = ["..%2f..%2f..%2fserver.db", "..", "%2fetc%2fpasswd", "timestamp.txt", "01_neuron.html"]


@pytest.mark.parametrize("page", PAGES, ids=range(len(PAGES)))
def test_a_feedback_page_is_one_of_the_labs(scene: Scene, page: str) -> None:
    path = f"/attempts/{scene.receipt['receipt']}/feedback/{page}"
    assert scene.instructor.get(path).status == 404


NAMES = ["../../../evil.ipynb", "/etc/cron.d/evil", "C:\\evil.ipynb", "a\r\nSet-Cookie: x=1",
         "<script>alert(1)</script>.ipynb", "\u202ebynpi.exe", "x" * 5_000, "'; DROP TABLE link;--",
         ".htaccess", "\x1b[2J.ipynb"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_file_name_is_only_shown(scene: Scene, name: str, tmp_path: Path) -> None:
    server = scene.server
    token = server.invite(f"names-{abs(hash(name))}").token
    before = {path for path in server.course.root.rglob("*") if path.is_file()}
    kept = server.submit(token, name.encode() + b"{}", name=name).json
    new = {path for path in server.course.root.rglob("*") if path.is_file()} - before
    assert {path.parent.name for path in new} == {LAB}
    assert {path.name for path in new} == {f"{kept['receipt']}.ipynb"}
    browser = server.sign_in(token)
    page = browser.get(kept["page"]).text
    assert "<script>alert" not in page and "\u202e" not in page and "\x1b" not in page
    file = browser.get(f"{kept['page']}/file")
    assert "x=1" not in str(file.headers) and "attachment" in file.headers["content-disposition"]
    assert file.headers["content-type"] == "application/octet-stream"
    assert "evil" not in server.log.read_text() and "Set-Cookie" not in server.log.read_text()


REDIRECTS = ["/enter?next=https://evil.example", "//evil.example/", "/%2f%2fevil.example",
             "/\\evil.example", "/labs/https:%2f%2fevil.example"]  # fmt: skip


@pytest.mark.parametrize("path", REDIRECTS, ids=range(len(REDIRECTS)))
def test_nothing_leads_to_another_site(scene: Scene, path: str) -> None:
    answer = scene.attacker.get(path)
    assert "evil" not in answer.headers.get("location", "") and "evil.example" not in answer.text
    answer = scene.server.request("POST", path, f"token={scene.attacker_token}", FORM)
    assert answer.headers.get("location", "/") == "/"


def test_a_foreign_host_header_is_nowhere_in_the_answer(scene: Scene) -> None:
    headers = {"Host": "evil.example", "Cookie": scene.attacker.cookie}
    answer = scene.server.request("GET", "/", headers=headers)
    assert "evil.example" not in answer.text + str(answer.headers)


def test_every_page_has_its_protection(scene: Scene) -> None:
    for path in ("/", "/enter", "/nope", f"/labs/{LAB}", "/static/live.js"):
        headers = scene.attacker.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store" and "server" not in headers


SIZES = {
    "more than the limit": {"Content-Length": str(40 * 2**20)},
    "no number": {"Content-Length": "many"},
    "below zero": {"Content-Length": "-1"},
    "as long as memory": {"Content-Length": "9" * 30},
}


@pytest.mark.parametrize("name", SIZES)
def test_a_body_is_refused_before_it_is_read(scene: Scene, name: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", scene.server.port, timeout=20)
    connection.putrequest("POST", f"/api/labs/{LAB}/attempts")
    for header, text in {**SIZES[name], "Authorization": f"Bearer {scene.honest}"}.items():
        connection.putheader(header, text)
    connection.endheaders()
    assert connection.getresponse().status in (400, 413)


def test_a_body_without_a_length_ends_at_the_limit(scene: Scene) -> None:
    token = scene.server.invite("endless").token
    connection = http.client.HTTPConnection("127.0.0.1", scene.server.port, timeout=60)
    pieces = (b"x" * 2**20 for _ in range(60))
    status = 413
    try:
        connection.request(
            "POST",
            f"/api/labs/{LAB}/attempts",
            pieces,
            {"Authorization": f"Bearer {token}"},
            encode_chunked=True,
        )
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        pass  # it was closed in the middle
    assert status == 413
    assert not list(scene.server.course.received_dir.glob("*/.incoming-*"))
    answer = scene.server.request("GET", "/api/labs", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200


def test_a_form_with_very_many_parts_is_refused(scene: Scene) -> None:
    csrf = scene.attacker.csrf(f"/labs/{LAB}")
    part = '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    kind, body = make_multipart(csrf, "x.ipynb", b"{}")
    headers = {"Content-Type": kind, "Cookie": scene.attacker.cookie}
    answer = scene.server.request("POST", f"/labs/{LAB}", part.encode() * 5_000 + body, headers)
    assert answer.status == 400


def test_slow_senders_are_cut_off_and_others_are_served(scene: Scene) -> None:
    heads = [b"GET / HT", b"", b"POST /enter HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nto"]
    slow = [socket.create_connection(("127.0.0.1", scene.server.port)) for _ in range(60)]
    for number, one in enumerate(slow):
        one.sendall(heads[number % len(heads)])
    began = time.monotonic()
    assert scene.server.request("GET", "/health").status == 200
    assert time.monotonic() - began < 10
    for one in slow:
        one.settimeout(40)
        while one.recv(4096):  # an answer that says why, or nothing
            pass
    assert time.monotonic() - began < 60


def test_headers_end_at_their_limit(scene: Scene) -> None:
    answer = scene.server.request("GET", "/", headers={"X-Long": "a" * 100_000})
    assert answer.status in (400, 431)


SMUGGLED = [
    b"POST /enter HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("number", range(len(SMUGGLED)))
def test_what_is_not_http_gets_no_page(scene: Scene, number: int) -> None:
    with socket.create_connection(("127.0.0.1", scene.server.port), timeout=40) as one:
        one.sendall(SMUGGLED[number] + b"\r\n\r\n")
        assert b" 200 " not in one.recv(4096).partition(b"\r\n")[0]
