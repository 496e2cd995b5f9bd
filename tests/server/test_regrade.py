"""A test is fixed: before and after are shown, and nothing counts before it is confirmed."""

from __future__ import annotations

import re
import time
from pathlib import Path

import nbformat
import pytest

from autograder.gradebook.gradebook import CourseGradebook
from autograder.server.tables import Role
from tests.autograder.tiny_course import LAB, mistaken, solved
from tests.server.served_course import Browser, ServedCourse, copy_course

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["last", "best"])
def server(request, made_course: Path, tmp_path_factory: pytest.TempPathFactory):
    settings = f'[server]\ncounts = "{request.param}"\n'
    one = ServedCourse(copy_course(made_course, tmp_path_factory.mktemp("g") / "c", settings))
    one.start()
    yield one
    one.stop()


def change_tests(server: ServedCourse, old: str, new: str) -> None:
    path = server.course.source_dir / LAB / f"{LAB}.ipynb"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def open_regrade(browser: Browser) -> str:
    """Start a re-grading; returns its page once everything is graded again."""
    answer = browser.post(f"/class/{LAB}/regrades", {"csrf": browser.csrf(f"/class/{LAB}")})
    assert answer.status == 303, answer.text
    page = answer.headers["location"]
    end = time.monotonic() + 180
    while "still to be graded" in browser.get(page).text:
        assert time.monotonic() < end
        time.sleep(0.5)
    return page


def neuron(server: ServedCourse, student: str) -> float | None:
    lab = server.course.lab(LAB)
    return CourseGradebook(server.course).read_scores(lab, student, LAB)["neuron"][0]


def test_new_marks_count_after_they_are_confirmed(server: ServedCourse) -> None:
    token, other = server.invite("bob").token, server.invite("ada").token
    wrong = nbformat.writes(mistaken(server.course, "no_bias")).encode()
    first = server.submit(token, wrong).json["receipt"]
    right = server.submit(other, nbformat.writes(solved(server.course)).encode()).json["receipt"]
    assert server.wait(token, first)["score"] == 4 and server.wait(other, right)["score"] == 6
    change_tests(server, "assert np.isclose(got, 7.0)", "assert got > 0")
    browser = server.sign_in(server.invite("Prof", Role.INSTRUCTOR).token)
    page = open_regrade(browser)
    shown = browser.get(page).text
    assert "1 of 2 attempts get other points" in shown
    assert re.search(r"bob.*?4<.*?<strong>6</strong>", shown, re.DOTALL)
    assert server.look(token, first)["score"] == 4 and neuron(server, "bob") == 0
    assert browser.post(page, {"csrf": browser.csrf(page), "decision": "confirm"}).status == 303
    end = time.monotonic() + 60
    while server.look(token, first)["score"] != 6:
        assert time.monotonic() < end, server.log.read_text()[-2000:]
        time.sleep(0.3)
    assert neuron(server, "bob") == 2 and neuron(server, "ada") == 2
    audit = browser.get("/audit").text
    assert "re-graded" in audit and "confirm re-grading" in audit
    again = browser.post(page, {"csrf": browser.csrf("/audit"), "decision": "confirm"})
    assert again.status == 409


def test_a_dropped_regrading_changes_nothing(server: ServedCourse) -> None:
    browser = server.sign_in(server.invite("Dean", Role.INSTRUCTOR).token)
    change_tests(server, "assert got > 0", "assert got > 1")
    page = open_regrade(browser)
    second = browser.post(f"/class/{LAB}/regrades", {"csrf": browser.csrf(page)})
    assert second.status == 409
    assert browser.post(page, {"csrf": browser.csrf(page), "decision": "drop"}).status == 303
    assert "is dropped" in browser.get(page).text and neuron(server, "bob") == 2
    assert not list(server.course.received_dir.rglob("*.regrade-*"))


def test_a_lab_whose_solution_fails_is_held_and_nothing_is_lost(server: ServedCourse) -> None:
    change_tests(server, "assert got > 1", "assert got > 100")
    token = server.invite("eve").token
    receipt = server.submit(token, nbformat.writes(solved(server.course)).encode()).json["receipt"]
    end = time.monotonic() + 90
    while "repair the lab" not in server.look(token, receipt)["state"]:
        assert time.monotonic() < end, server.log.read_text()[-2000:]
        time.sleep(0.3)
    browser = server.sign_in(server.invite("Chair", Role.INSTRUCTOR).token)
    assert "Nothing is graded now" in browser.get(f"/class/{LAB}").text
    change_tests(server, "assert got > 100", "assert got > 1")
    assert server.wait(token, receipt)["score"] == 6
