"""Take the screenshots of the README and the docs: a demo's class and Lab 01 in Chromium.

    autograder demo && python tools/make_images.py demo-course

Needs Chromium on PATH.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from playwright.sync_api import Browser, Page, sync_playwright

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course, Lab
from autograder.notebooks.cell_roles import grade_id
from autograder.notebooks.forms import release_notebook, solve_notebook

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def main() -> None:
    """Take all screenshots from a demo's course folder."""
    course = Course(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-course"))
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        _show_report(browser, course)
        _show_feedback(browser, course)
        _show_formgrader(browser, course)
        _show_checks(browser, course)
        _show_lab(browser, course)
        browser.close()


def _show_report(browser: Browser, course: Course) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto((course.reports_dir / "01_mlp_mnist.html").as_uri())
    page.screenshot(path=IMAGES / "report.png")


def _show_feedback(browser: Browser, course: Course) -> None:
    """Show the page of the first student who lost some points: on a desktop and on a phone."""
    lab = course.lab("01")
    pages = sorted(course.feedback_dir.glob(f"*/{lab.name}/{lab.name}.html"))
    chosen = next(page for page in pages if 'class="message"' in page.read_text(encoding="utf-8"))
    for name, width in (("feedback", 1100), ("feedback_390", 390)):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(chosen.as_uri())
        page.screenshot(path=IMAGES / f"{name}.png")


def _show_formgrader(browser: Browser, course: Course) -> None:
    """Show the first submission's written answer, with its rubric and the field for the marks."""
    lab = course.lab("01")
    with _start_jupyter(course.root) as address:
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.goto(address.format(path="tree"))  # to log in
        page.goto(address.format(path=f"formgrader/gradebook/{lab.name}/{lab.name}"))
        page.get_by_role("link", name="Submission #1", exact=True).click()
        page.wait_for_selector("input.score")
        rubric = page.get_by_text("Model answer and rubric").first
        rubric.evaluate("text => text.scrollIntoView({block: 'center'})")
        page.wait_for_timeout(2000)  # MathJax needs a moment
        page.screenshot(path=IMAGES / "formgrader.png")


def _show_checks(browser: Browser, course: Course) -> None:
    """Show a check that passed, one that failed, and the list of questions."""
    lab = course.lab("01")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / lab.notebook
        notebook = _answer_two_questions(course, lab)
        last = _find_progress(notebook)
        nbformat.write(notebook, path)  # `progress` reads it
        client = NotebookClient(
            notebook, allow_errors=True, resources={"metadata": {"path": folder}}
        )
        with client.setup_kernel():
            for number, cell in enumerate(notebook.cells):
                if cell.cell_type == "code" and number <= last:
                    client.execute_cell(cell, number)
        del notebook.cells[last + 1 :]
        nbformat.write(notebook, path)
        with _start_jupyter(Path(folder)) as address:
            page = browser.new_page(viewport={"width": 1100, "height": 640})
            page.goto(address.format(path=f"lab/tree/{lab.notebook}"))
            page.wait_for_selector(".jp-Notebook", timeout=120_000)
            page.wait_for_timeout(8000)  # shortcuts, menus and formulas load last
            page.keyboard.press("Control+b")
            shown = page.get_by_text("checks passed.").first
            for _ in range(3):  # cells above get their height when they are first seen
                shown.evaluate("text => text.scrollIntoView({block: 'end'})")
                page.wait_for_timeout(1000)
            page.screenshot(path=IMAGES / "checks.png")


def _answer_two_questions(course: Course, lab: Lab) -> NotebookNode:
    """Return the lab with one right and one wrong answer, and a cell that lists the questions."""
    source = make_instructor_notebook(course, lab)
    solved = solve_notebook(source)
    notebook = release_notebook(source)
    for cell, answer in zip(notebook.cells, solved.cells, strict=True):
        if grade_id(cell) in ("neuron_answer", "activations_answer"):
            cell.source = answer.source.replace("np.maximum(", "np.minimum(")
    notebook.cells.insert(_find_progress(notebook), new_code_cell("progress()"))
    return notebook


def _find_progress(notebook: NotebookNode) -> int:
    """Return the index of the cell below the check of the second question."""
    return [grade_id(cell) for cell in notebook.cells].index("activations") + 1


def _show_lab(browser: Browser, course: Course) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lab = course.lab("01")
        solved = solve_notebook(make_instructor_notebook(course, lab))
        nbformat.write(solved, Path(folder) / lab.notebook)
        with _start_jupyter(Path(folder)) as address:
            page = browser.new_page(viewport={"width": 1100, "height": 900})
            page.goto(address.format(path=f"lab/tree/{lab.notebook}"))
            _run_all(page)
            mistakes = page.locator(".jp-OutputArea img").last
            mistakes.evaluate("image => image.scrollIntoView({block: 'end'})")
            page.wait_for_timeout(1000)
            page.screenshot(path=IMAGES / "lab_01.png")


def _run_all(page: Page) -> None:
    """Run the notebook as a student does (Run, Run All Cells); wait until the kernel is idle."""
    page.wait_for_selector(".jp-Notebook", timeout=120_000)
    page.wait_for_selector('[data-status="idle"]', timeout=120_000)
    page.wait_for_timeout(3000)  # shortcuts and menus load last
    # Close the file browser: it takes a third of the image.
    page.keyboard.press("Control+b")
    page.click("text=Run >> nth=0")
    page.click("text=Run All Cells")
    # The indicator may be scrolled out of sight.
    page.wait_for_selector('[data-status="busy"]', state="attached", timeout=60_000)
    page.wait_for_selector('[data-status="idle"]', state="attached", timeout=600_000)


@contextlib.contextmanager
def _start_jupyter(folder: Path) -> Iterator[str]:
    """Start JupyterLab with formgrader on loopback; yield its address with a field for the path."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder}", f"--port={port}", "--ip=127.0.0.1"]
    command += [f"--IdentityProvider.token={token}"]
    command += ["--ServerApp.jpserver_extensions", "nbgrader.server_extensions.formgrader=True"]
    student = Path(__file__).with_name("jupyter")  # the settings of `make lab`
    environment = {**os.environ, "COURSE_PROFILE": "quick", "JUPYTER_CONFIG_PATH": str(student)}
    server = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={token}")
        yield f"http://127.0.0.1:{port}/{{path}}?token={token}"
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


if __name__ == "__main__":
    main()
