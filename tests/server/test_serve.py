"""From link to feedback, with the real engine: marks, files and gradebook as `grade` makes them."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
import time
import zipfile

import nbformat
import pytest

from autograder.gradebook.gradebook import CourseGradebook
from autograder.server.tables import Role
from tests.autograder.tiny_course import LAB, mistaken, solved
from tests.server.served_course import ServedCourse

pytestmark = pytest.mark.slow


def written(notebook) -> bytes:
    return nbformat.writes(notebook).encode()


@pytest.fixture(scope="module")
def ada(server: ServedCourse) -> tuple[str, dict]:
    """Ada's token, and her graded attempt: everything right."""
    token = server.invite("Çelik, Ada").token
    receipt = server.submit(token, written(solved(server.course)), name="my work.ipynb").json
    return token, server.wait(token, receipt["receipt"])


def test_marks_come_back_with_the_receipt(ada: tuple[str, dict]) -> None:
    _, record = ada
    assert (record["score"], record["max_score"], record["counts"]) == (6.0, 10.0, True)
    assert record["file"] == "my work.ipynb" and len(record["sha256"]) == 64


def test_the_gradebook_and_the_files_are_those_of_grade(server: ServedCourse, ada: tuple) -> None:
    lab = server.course.lab(LAB)
    scores = CourseGradebook(server.course).read_scores(lab, "Çelik, Ada", LAB)
    assert scores["neuron"] == (2.0, 2.0) and scores["curves"] == (None, 4.0)
    command = [sys.executable, "-m", "autograder", "grade", LAB, "--course-dir"]
    done = subprocess.run([*command, server.course.root], capture_output=True, text=True)
    assert "1 unchanged" in done.stdout, done.stdout + done.stderr


def test_the_same_file_again_is_the_same_attempt(server: ServedCourse, ada: tuple) -> None:
    token, record = ada
    again = server.submit(token, written(solved(server.course)))
    assert again.status == 200 and again.json["repeated"]
    assert again.json["receipt"] == record["receipt"]


def test_pages_without_javascript(server: ServedCourse) -> None:
    browser = server.sign_in(server.invite("bob").token)
    assert "nothing submitted yet" in browser.get("/").text
    path = f"/labs/{LAB}"
    content = written(mistaken(server.course, "no_bias"))
    answer = browser.upload(path, browser.csrf(path), 'bob\'s "work".ipynb', content)
    assert answer.status == 303
    page = answer.headers["location"]
    receipt = page.rpartition("/")[2]
    assert receipt in browser.get(page).text
    while b'"graded":true' not in browser.get(f"{page}/status").body:
        time.sleep(1)  # the server refuses a student who asks too often
    graded = browser.get(page).text
    assert "did you forget to add the bias?" in graded
    assert '<iframe sandbox src="' in graded
    feedback = browser.get(f"{page}/feedback/{LAB}")
    assert feedback.status == 200 and "sandbox" in feedback.headers["content-security-policy"]
    assert browser.get(f"{page}/file").body == content


def test_an_instructor_sees_the_class(server: ServedCourse, ada: tuple) -> None:
    server.invite("absent")
    browser = server.sign_in(server.invite("Prof", Role.INSTRUCTOR).token)
    assert browser.get("/").headers["location"] == "/class"
    page = browser.get(f"/class/{LAB}").text
    assert "Çelik, Ada" in page and "6 / 10" in page and "nothing yet" in page
    assert "re-grad" not in browser.get("/audit").text.replace("re-grading", "")
    with zipfile.ZipFile(io.BytesIO(browser.get(f"/class/{LAB}/download").body)) as archive:
        assert f"Çelik, Ada/{LAB}/{LAB}.ipynb" in archive.namelist()


def test_an_extension_goes_into_course_toml(server: ServedCourse, ada: tuple) -> None:
    browser = server.sign_in(server.invite("Dean", Role.INSTRUCTOR).token)
    row = re.search(
        rf'/class/{LAB}/students/\d+(?=">Çelik, Ada)', browser.get(f"/class/{LAB}").text
    )
    assert row
    fields = {"csrf": browser.csrf(row[0]), "due": "2027-03-01T12:00"}
    before = (server.course.root / "course.toml").read_text()
    assert browser.post(f"{row[0]}/extend", fields).status == 303
    after = (server.course.root / "course.toml").read_text()
    assert after.startswith(before.rstrip()) and "2027-03-01" in after
    assert "01 Mar 2027, 12:00" in browser.get(row[0]).text
    assert "extend the due date" in browser.get("/audit").text


def test_a_notebook_hands_itself_in(server: ServedCourse, tmp_path, monkeypatch) -> None:
    from course_lib.notebook import hand_in as module

    link = server.invite("eve").make_url(f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("COURSE_HAND_IN", link)
    monkeypatch.chdir(tmp_path)
    nbformat.write(solved(server.course), tmp_path / "whatever.ipynb")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        module(wait=True)
    text = said.getvalue()
    assert "Submitted whatever.ipynb" in text and "✓ neuron 2 of 2" in text
    assert "6 of 10 points" in text


def test_a_broken_file_has_a_row(server: ServedCourse) -> None:
    token = server.invite("max").token
    record = server.wait(token, server.submit(token, b'{"cells": [').json["receipt"])
    assert record["score"] == 0 and record["notes"]
    assert "Traceback" not in json.dumps(record)


def test_the_log_has_no_secret(server: ServedCourse, ada: tuple) -> None:
    token, record = ada
    browser = server.sign_in(token)
    browser.get(f"/attempts/{record['receipt']}")
    log = server.log.read_text()
    secrets = (token, record["receipt"], browser.cookie.partition("=")[2], "Ada")
    assert "POST /enter 303" in log and not [one for one in secrets if one in log]
