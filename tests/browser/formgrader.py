"""A real Jupyter server with nbgrader's formgrader on a course, on loopback."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from autograder.course.course import Course
from autograder.gradebook.gradebook import CourseGradebook


@contextlib.contextmanager
def formgrader(course: Course, log: Path) -> Iterator[str]:
    """Its address, with a place for the page: `address.format("manage_assignments")`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={course.root}", f"--port={port}", "--ip=127.0.0.1"]
    command += [f"--IdentityProvider.token={token}", "--ServerApp.port_retries=0"]
    command += ["--ServerApp.jpserver_extensions", "nbgrader.server_extensions.formgrader=True"]
    with log.open("w") as file:
        server = subprocess.Popen(
            command, cwd=course.root, env=_own_settings(log.parent), stderr=file
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, log)
        yield f"http://127.0.0.1:{port}/formgrader/{{}}?token={token}"
    finally:
        server.terminate()
        server.wait(30)


def mark_in_browser(course: Course, browser, log: Path, lab: str, marks: dict[str, float]) -> None:
    """Give students' one written answer a mark, as a person does: page by page, in formgrader.

    Args:
        course: the course, graded.
        browser: Playwright's.
        log: the server's.
        lab: the lab, whose notebook has its name.
        marks: by student.
    """
    with CourseGradebook(course).open() as gradebook:
        pages = {
            student: gradebook.find_submission_notebook(lab, lab, student).id for student in marks
        }
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    with formgrader(course, log) as address:
        # The first page with the token leaves the cookie that what a page fetches is asked for.
        page.goto(address.format("manage_assignments"))
        for student, mark in marks.items():
            # Marks come after the page: typed too early, one is written over.
            page.goto(address.format(f"submissions/{pages[student]}/"), wait_until="networkidle")
            answer = page.locator(".nbgrader_cell", has_text="Student's answer").last
            score = answer.locator("input.score")
            score.fill(f"{mark:g}")
            with page.expect_response(lambda r: "/api/grade/" in r.url and r.ok):
                score.press("Tab")
    page.close()


def _own_settings(folder: Path) -> dict[str, str]:
    """Settings of the test alone, not of the person who runs it."""
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    return {**os.environ, **{name: str(folder / name.lower()) for name in places}}


def _wait_for(address: str, server: subprocess.Popen, log: Path, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text()[-3000:]) from None
            time.sleep(0.3)
