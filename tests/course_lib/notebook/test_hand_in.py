"""`hand_in` without a course's server: links, notebooks that are not found, servers that mislead.

Against a real server: tests/server/test_serve.py.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.course_error import CourseError
from course_lib.notebook import hand_in

MODULE = import_module("course_lib.notebook.hand_in")
LABS = [{"lab": "01_a", "questions": ["x", "y"]}, {"lab": "02_b", "questions": ["x", "z"]}]


def make_notebook(*questions: str) -> bytes:
    marks = [{"grade": True, "grade_id": one} for one in questions]
    return json.dumps({"cells": [{"metadata": {"nbgrader": mark}} for mark in marks]}).encode()


class Misleading(BaseHTTPRequestHandler):
    """Answers as told, and keeps what it was sent."""

    status, headers_to_send, body = 200, {}, b""
    asked: list[tuple[str, str | None]] = []

    def do_GET(self) -> None:  # noqa: N802 (the name of the library)
        self.asked.append((self.path, self.headers["Authorization"]))
        self.send_response(self.status)
        for name, text in self.headers_to_send.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def misleading(tmp_path: Path, monkeypatch) -> Iterator:
    """A server, and a folder with a notebook as the current one."""
    handler = type("Handler", (Misleading,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "01_a.ipynb").write_bytes(make_notebook("x", "y"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(MODULE, "_KEEP", tmp_path / "home" / "link")
    monkeypatch.setattr(MODULE.time, "sleep", lambda seconds: None)
    monkeypatch.delenv("COURSE_HAND_IN", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    handler.link = f"http://127.0.0.1:{server.server_address[1]}/enter#secret"
    yield handler
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("hello", "not a personal link"),
        ("https://labs.example.org/enter", "not a personal link"),
        ("ftp://labs.example.org/enter#token", "not a personal link"),
        ("file:///etc/passwd#token", "not a personal link"),
        ("http://labs.example.org/enter#token", "others could read it"),
        ("http://localhost.example.org/enter#token", "others could read it"),
    ],
)
def test_a_link_that_is_not_safe(misleading, link: str, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        hand_in(link)
    assert not MODULE._KEEP.exists()


def test_nothing_is_sent_where_nobody_can_be_asked(misleading, monkeypatch, capsys) -> None:
    def ask(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr(MODULE.getpass, "getpass", ask)
    hand_in()
    assert "Nothing was submitted" in capsys.readouterr().out and not misleading.asked


def test_a_token_goes_to_no_other_server(misleading) -> None:
    misleading.status = 302
    misleading.headers_to_send = {"Location": misleading.link.replace("enter#secret", "elsewhere")}
    with pytest.raises(CourseError, match="error 302"):
        hand_in(misleading.link)
    assert [path for path, _ in misleading.asked] == ["/api/labs"]


def test_a_link_that_has_ended_is_forgotten(misleading) -> None:
    misleading.status = 401
    with pytest.raises(CourseError, match="not valid any more"):
        hand_in(misleading.link)
    assert not MODULE._KEEP.exists()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[", b"{}"], ids=["empty", "html", "[", "{}"])
def test_an_error_that_is_not_json(misleading, body: bytes) -> None:
    misleading.status, misleading.body = 400, body
    with pytest.raises(CourseError, match="the server answered with the error 400"):
        hand_in(misleading.link)


def test_a_failing_server_is_asked_again(misleading) -> None:
    misleading.status = 503
    with pytest.raises(CourseError, match="error 503"):
        hand_in(misleading.link)
    assert len(misleading.asked) == 4


def test_it_is_not_clear_which_notebook(misleading, tmp_path: Path) -> None:
    (tmp_path / "copy.ipynb").write_bytes(make_notebook("x"))
    with pytest.raises(CourseError, match=r"01_a.ipynb, copy.ipynb"):
        hand_in(misleading.link)


def test_the_link_is_kept_for_its_owner(misleading) -> None:
    misleading.body = json.dumps({"labs": []}).encode()
    with pytest.raises(CourseError, match="not one of the course's labs"):
        hand_in(misleading.link)
    assert MODULE._KEEP.read_text().strip() == misleading.link
    assert MODULE._KEEP.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("questions", "name", "lab"),
    [(("x", "y"), "other", "01_a"), (("x", "z"), "01_a", "02_b"), ((), "02_b", "02_b")],
)
def test_a_notebook_is_recognised_by_its_questions(questions, name: str, lab: str) -> None:
    assert MODULE._find_lab(LABS, f"{name}.ipynb", make_notebook(*questions)) == lab


CALL = 'from course_lib import hand_in\nhand_in("{link}")'


@pytest.mark.parametrize("change", ["", "an answer", "the call", "spaces"])
def test_what_ran_after_saving_is_not_forgotten(
    misleading, tmp_path: Path, monkeypatch, change: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    misleading.body = json.dumps({"labs": []}).encode()
    mark = {"grade": True, "grade_id": "x"}
    answer = new_code_cell("x = 1\ny = 2", metadata={"nbgrader": mark})
    notebook = new_notebook(cells=[answer, new_code_cell(CALL.format(link=misleading.link))])
    nbformat.write(notebook, tmp_path / "01_a.ipynb")
    if change == "an answer":
        notebook.cells[0].source = "x = 2"
    elif change == "the call":
        notebook.cells[1].source += "\n# again"
    elif change == "spaces":
        notebook.cells[0].source += "  \n"
    client = NotebookClient(
        notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    (error,) = (o for o in notebook.cells[1].outputs if o.output_type == "error")
    is_refused = change in ("an answer", "the call")
    assert ("01_a.ipynb has changed since it was saved" in error.evalue) == is_refused
    assert bool(misleading.asked) != is_refused
