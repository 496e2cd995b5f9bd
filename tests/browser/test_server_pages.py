"""The server's pages: from link to feedback in a browser, on a phone, in the dark, by keyboard."""

from __future__ import annotations

import nbformat
import pytest

pytest.importorskip("starlette", reason="the extra [server] is not installed")

from autograder.server.tables import Role  # noqa: E402
from tests.autograder.tiny_course import LAB, mistaken  # noqa: E402
from tests.browser.accessibility import list_violations  # noqa: E402
from tests.browser.test_pages import LOWEST_CONTRAST  # noqa: E402
from tests.server.conftest import server  # noqa: E402, F401 (a fixture)
from tests.server.served_course import ServedCourse  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def links(server: ServedCourse) -> dict[str, str]:  # noqa: F811
    base = f"http://127.0.0.1:{server.port}"
    student, professor = server.invite("Kaya, Deniz"), server.invite("Prof", Role.INSTRUCTOR)
    return {"student": student.make_url(base), "instructor": professor.make_url(base)}


def check(page, where: str) -> None:
    assert list_violations(page) == [], where
    assert page.evaluate(OVERFLOW) <= 0, where
    contrast, text = page.evaluate(LOWEST_CONTRAST)
    assert contrast >= 4.5, (where, text)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (390, "light")])
def test_both_roles_from_link_to_feedback(
    server: ServedCourse,  # noqa: F811
    chromium,
    links: dict[str, str],
    tmp_path,
    width: int,
    scheme: str,
) -> None:
    viewport = {"width": width, "height": 844}
    context = chromium.new_context(viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(links["student"])
    check(page, "enter")
    assert "#" not in page.url
    page.get_by_role("button", name="Sign in").press("Enter")  # by keyboard
    page.wait_for_url("**/")
    check(page, "home")
    page.locator("main a").first.click()
    check(page, "lab")
    notebook = mistaken(server.course, "no_bias")
    notebook.metadata["width"], notebook.metadata["scheme"] = width, scheme
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    page.set_input_files("#notebook", tmp_path / "mine.ipynb")
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/attempts/*")
    page.get_by_text("did you forget to add the bias?").first.wait_for(timeout=120_000)
    check(page, "attempt")
    assert page.frame_locator("iframe").get_by_text("Your notebook").is_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(links["instructor"])
    page.get_by_role("button", name="Sign in").click()
    for where in ("/class", f"/class/{LAB}", f"/class/{LAB}/students/1", "/audit", "/nope"):
        page.goto(f"http://127.0.0.1:{server.port}{where}")
        check(page, where)
    assert not errors
    context.close()


def test_without_javascript(server: ServedCourse, chromium, links: dict[str, str]) -> None:  # noqa: F811
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(links["student"])
    page.fill("#token", links["student"])  # the whole link, as the page asks
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.locator("main a").first.click()
    page.locator("main table a").first.click()
    assert page.locator("h1").inner_text().endswith(": attempt 3")
    assert page.get_by_text("did you forget to add the bias?").first.is_visible()
    context.close()
