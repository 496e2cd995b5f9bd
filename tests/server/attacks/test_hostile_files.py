"""Files that attack the grader, the pages and their readers, through the whole server."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import nbformat
import pytest
from sqlalchemy import update

from autograder.server.tables import Link, Role
from tests.autograder.graded_class import EVIL, with_attacks
from tests.autograder.tiny_course import LAB, solved
from tests.server.served_course import ServedCourse, copy_course

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(made_course: Path, tmp_path_factory: pytest.TempPathFactory):
    one = ServedCourse(copy_course(made_course, tmp_path_factory.mktemp("h") / "course"))
    one.start()
    yield one
    one.stop()


def pack(files: dict[str, bytes], link: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        if link:
            info = zipfile.ZipInfo("link.ipynb")
            info.external_attr = 0o120777 << 16
            archive.writestr(info, link)
    return target.getvalue()


def make_files(server: ServedCourse) -> dict[str, tuple[bytes, float]]:
    """By kind, a file and the points that it must get."""
    right = nbformat.writes(solved(server.course)).encode()
    inner = pack({"zeros": bytes(60 * 2**20)})
    return {
        "a bomb": (pack({"zeros.bin": bytes(300 * 2**20)}), 0),
        "bombs in a zip file": (pack({f"{n}.zip": inner for n in range(8)}), 0),
        "very many files": (pack({f"{n}.txt": b"" for n in range(20_000)}), 0),
        "half a zip file": (pack({f"{LAB}.ipynb": right})[:900], 0),
        "a path upwards": (pack({f"{LAB}.ipynb": right, "../../evil.txt": b"x"}), 0),
        "an absolute path": (pack({f"{LAB}.ipynb": right, "/tmp/evil-server.txt": b"x"}), 0),
        "a link to the gradebook": (pack({f"{LAB}.ipynb": right}, "../../gradebook.db"), 0),
        "its own time": (pack({f"{LAB}.ipynb": right, "timestamp.txt": b"2020-01-01"}), 6),
        "deep JSON": (b"[" * 200_000, 0),
        "not UTF-8": (b"\xff\xfe" * 500, 0),
        "a notebook of lists": (b'{"cells": [[]], "metadata": 7}', 0),
    }


def test_every_hostile_file_gets_its_row_and_harms_nobody(server: ServedCourse) -> None:
    outside = set(server.course.root.parent.iterdir())
    sent = {}
    for number, (kind, (content, points)) in enumerate(make_files(server).items()):
        token = server.invite(f"h{number}").token
        answer = server.submit(token, content)
        assert answer.status == 201, (kind, answer.text)
        sent[kind] = (token, answer.json["receipt"], points)
    for kind, (token, receipt, points) in sent.items():
        assert server.wait(token, receipt)["score"] == points, kind
    assert set(server.course.root.parent.iterdir()) == outside
    assert not Path("/tmp/evil-server.txt").exists()
    assert not list(server.course.root.rglob("evil*"))
    times = [path.read_text() for path in server.course.submitted_dir.rglob("timestamp.txt")]
    assert times and not [time for time in times if time.startswith("2020")]
    token = server.invite("witness").token
    receipt = server.submit(token, nbformat.writes(solved(server.course)).encode()).json["receipt"]
    assert server.wait(token, receipt)["score"] == 6


@pytest.mark.browser
def test_nothing_of_a_notebook_runs_on_any_page(server: ServedCourse, chromium) -> None:
    link = server.invite("mallory")
    with server.database.write() as session:  # as an LMS' roster may have it
        session.execute(update(Link).where(Link.person == "mallory").values(name=EVIL))
    content = nbformat.writes(with_attacks(solved(server.course))).encode()
    name = "<img src=x onerror=document.title='pwned'>.ipynb"
    receipt = server.submit(link.token, content, name=name).json["receipt"]
    server.wait(link.token, receipt)
    professor = server.sign_in(server.invite("Prof", Role.INSTRUCTOR).token)
    context = chromium.new_context()
    key, _, value = professor.cookie.partition("=")
    base = f"http://127.0.0.1:{server.port}"
    context.add_cookies([{"name": key, "value": value, "url": base}])
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    paths = [f"/attempts/{receipt}", f"/attempts/{receipt}/feedback/{LAB}", f"/class/{LAB}"]
    for path in [*paths, "/class", "/audit", f"/class/{LAB}/students/1"]:
        page.goto(base + path)
        page.wait_for_timeout(400)
        # A title may show the name, as text.
        assert page.title() != "pwned" and page.url == base + path
        for frame in page.frames:
            assert not frame.query_selector("[onerror], [onload], main iframe[src*=':9']")
    assert not [url for url in asked if not url.startswith((base, "data:"))]
    context.close()
