"""A notebook in a real JupyterLab is changed, saved, and hands itself in."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.server.receive import attempt_path
from autograder.server.tables import Attempt
from tests.autograder.conftest import made_course  # noqa: F401 (a fixture)
from tests.autograder.tiny_course import solved
from tests.server.served_course import ServedCourse, copy_course, find_free_port

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("jupyterlab") is None, reason="jupyterlab is not installed"),
]
CALL = "from course_lib import hand_in\n\nhand_in(wait=False)"


@pytest.fixture
def server(made_course: Path, tmp_path: Path) -> Iterator[ServedCourse]:  # noqa: F811
    one = ServedCourse(copy_course(made_course, tmp_path / "course"), 0)
    one.start()
    yield one
    one.stop()


@pytest.fixture
def lab(server: ServedCourse, tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab that shows the notebook of a student."""
    folder, port = tmp_path / "work", find_free_port()
    folder.mkdir()
    notebook = solved(server.course)
    notebook.cells = [new_code_cell("# my name:"), *notebook.cells, new_code_cell(CALL)]
    nbformat.write(notebook, folder / "my work.ipynb")
    link = server.invite("ada").make_url(f"http://127.0.0.1:{server.port}")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    command += [f"--notebook-dir={folder}", "--IdentityProvider.token=open"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    variables = {**os.environ, "COURSE_HAND_IN": link, "JUPYTER_CONFIG_DIR": str(tmp_path / "jc")}
    log_path = tmp_path / "lab.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=variables, cwd=folder)
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token=open", process, log_path)
        yield f"http://127.0.0.1:{port}/lab/tree/my%20work.ipynb?token=open"
    finally:
        process.terminate()
        process.wait(60)


def wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(log.read_text())


def test_a_notebook_hands_itself_in(server: ServedCourse, lab: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    page.set_default_timeout(90_000)
    page.goto(lab)
    page.locator(".jp-CodeCell .cm-content", has_text="# my name:").click()
    page.keyboard.press("End")
    page.keyboard.type(" Ada, written in JupyterLab")
    page.keyboard.press("Control+s")
    saved = server.course.root.parent / "work" / "my work.ipynb"
    end = time.monotonic() + 60
    while "written in JupyterLab" not in saved.read_text(encoding="utf-8"):
        assert time.monotonic() < end, "JupyterLab has not saved the notebook"
        page.wait_for_timeout(200)
    call = page.locator(".jp-CodeCell", has_text="hand_in(wait=False)").last
    call.scroll_into_view_if_needed()
    call.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("Submitted my work.ipynb").wait_for()
    with server.database.read() as session:
        (attempt,) = session.query(Attempt)
    assert (attempt.student.person, attempt.file_name) == ("ada", "my work.ipynb")
    received = attempt_path(server.course, attempt).read_text(encoding="utf-8")
    assert "Ada, written in JupyterLab" in received
    page.close()
