"""A real browser, an LMS, and a server with HTTPS on another site: cookies, frames, policies."""

from __future__ import annotations

import datetime
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from autograder.server.lti.tool_key import make_key
from tests.autograder.conftest import made_course  # noqa: F401 (a fixture)
from tests.autograder.tiny_course import LAB
from tests.browser.accessibility import list_violations
from tests.server.lti.conftest import ROSTER
from tests.server.lti.lms_platform import CLAIM, DEEP, LmsPlatform
from tests.server.lti.lms_visit import INSTRUCTOR
from tests.server.lti.test_launch import CHOICE
from tests.server.served_course import copy_course, find_free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def write_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return folder / "cert.pem", folder / "key.pem"


@dataclass(frozen=True)
class Desk:
    """An LMS on `localhost` and a server on `127.0.0.1`, which are two sites for a browser."""

    lms: LmsPlatform
    browser: Any

    def open(self, what: str, **wanted: Any) -> Any:
        self.lms.wanted = {CLAIM + "custom": {"lab": LAB}} | wanted
        page = self.browser.new_context(ignore_https_errors=True).new_page()
        page.goto(f"{self.lms.url}/course?{what}")
        return page


@pytest.fixture(scope="module")
def desk(made_course: Path, chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator:  # noqa: F811
    folder, port = tmp_path_factory.mktemp("desk"), find_free_port()
    lms = LmsPlatform("localhost")
    course = copy_course(made_course, folder / "course", lms.settings)
    (course.root / "roster.csv").write_text(ROSTER)
    make_key(course)
    lms.tool = f"https://127.0.0.1:{port}"
    lms.tool_keys_url = f"{lms.tool}/lti/keys"
    certificate, key = write_certificate(folder)
    command = [sys.executable, "-m", "autograder", "serve", "--course-dir", course.root]
    command += ["--port", str(port), "--workers", "0"]
    command += ["--tls-certificate", certificate, "--tls-key", key]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
    try:
        wait_for(port, server)
        yield Desk(lms, chromium)
    finally:
        server.terminate()
        server.wait(60)
        lms.close()


def wait_for(port: int, server: subprocess.Popen) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        assert server.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server does not listen")


def test_a_link_opens_the_lab(desk: Desk) -> None:
    page = desk.open("link=launch")
    page.click("a")
    page.wait_for_url(f"{desk.lms.tool}/labs/{LAB}")
    assert page.locator("input[type=file]").count() == 1
    assert list_violations(page) == []
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "autograder_session"]
    assert (cookie["sameSite"], cookie["secure"], cookie["httpOnly"]) == ("Strict", True, True)


def test_a_frame_opens_the_lab_in_a_tab(desk: Desk) -> None:
    page = desk.open("frame=launch")
    frame = page.frame_locator("iframe")
    with page.expect_popup() as opened:
        frame.get_by_text("Open in a new tab").click()
    opened.value.wait_for_url(f"{desk.lms.tool}/labs/{LAB}")
    assert "Ada Lovelace" in opened.value.inner_text("header")


def test_a_lab_is_added_inside_a_frame(desk: Desk) -> None:
    """Partitioned cookies: the frame's site is another one than the page's."""
    asked = {
        "deep_link_return_url": f"{desk.lms.url}/links",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["window"],
    }
    page = desk.open(
        "frame=deep-link", **INSTRUCTOR | CHOICE | {DEEP + "deep_linking_settings": asked}
    )
    page.frame_locator("iframe").get_by_role("button", name="Add").click()
    page.frame_locator("iframe").get_by_text("The lab was added.").wait_for()
    said = desk.lms.read_tool_token(desk.lms.linked[-1], desk.lms.url)
    assert said[DEEP + "content_items"][0]["custom"] == {"lab": LAB}


def test_the_instructors_page(desk: Desk) -> None:
    desk.open("link=launch", sub="x-1", email="nobody@example.org", name="<i>X</i>").click("a")
    page = desk.open("link=launch", **INSTRUCTOR)
    page.click("a")
    page.wait_for_url(f"{desk.lms.tool}/class/{LAB}")
    page.click("text=LMS")
    page.wait_for_url(f"{desk.lms.tool}/lms")
    assert list_violations(page) == []
    page.select_option("select", "bob")
    page.click("button:text('Match')")
    page.get_by_text("End the match").first.wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) == 0
