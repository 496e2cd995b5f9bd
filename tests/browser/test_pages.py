"""The report and the students' pages, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.feedback import feedback_path
from tests.autograder.graded_class import EVIL
from tests.autograder.tiny_course import LAB
from tests.browser.accessibility import list_violations

pytestmark = pytest.mark.browser

STUDENTS = [EVIL, "Çelik, Ada", "Ivanova, Mila", "Kaya, Deniz", "Moreau, Léa", "student-0"]

# Of every piece of text, its contrast with the nearest ground that is painted (WCAG 2.1, 1.4.3).
LOWEST_CONTRAST = """() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let lowest = [99, ""];
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ink = light(rgb(element.closest("svg") ? style.fill : style.color));
    const paper = light(ground(element));
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < lowest[0]) lowest = [contrast, texts.currentNode.data.trim().slice(0, 60)];
  }
  return lowest;
}"""

# Pieces of text that lie upon each other by more than their borders.
OVERLAPS = """() => {
  const boxes = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (!node.data.trim() || !node.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    // What a box that scrolls has scrolled away lies under nothing.
    let [left, right, top, bottom] = [-1e9, 1e9, -1e9, 1e9];
    for (let at = node.parentElement; at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflow === "visible") continue;
      const edge = at.getBoundingClientRect();
      [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
      [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    for (const box of range.getClientRects()) {
      const seen = {
        left: Math.max(left, box.left), right: Math.min(right, box.right),
        top: Math.max(top, box.top), bottom: Math.min(bottom, box.bottom),
      };
      if (seen.right - seen.left > 1 && seen.bottom - seen.top > 1) {
        boxes.push([seen, node.data.trim().slice(0, 40), node]);
      }
    }
  }
  boxes.sort((a, b) => a[0].top - b[0].top);
  const found = [];
  boxes.forEach(([a, said, one], i) => {
    for (let j = i + 1; j < boxes.length && boxes[j][0].top < a.bottom - 3; j++) {
      const [b, other, two] = boxes[j];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (one !== two && wide > 2 && high > Math.min(a.bottom - a.top, b.bottom - b.top) / 3) {
        found.push([said, other]);
      }
    }
  });
  return found;
}"""


def look(seen) -> None:
    """Nothing wider than the window, nothing over each other, all legible, and axe is content."""
    assert seen.overflow == 0 and not seen.fetched and not seen.errors
    contrast, text = seen.page.evaluate(LOWEST_CONTRAST)
    assert contrast >= 4.5, text
    assert seen.page.evaluate(OVERLAPS) == []
    assert list_violations(seen.page) == []


def report(course: Course) -> Path:
    return course.reports_dir / f"{LAB}.html"


def feedback(course: Course, student: str) -> Path:
    return feedback_path(course, course.lab(LAB), student, LAB)


def column(visit, number: int) -> list[str]:
    return visit.page.locator(f"#students tbody td:nth-child({number})").all_inner_texts()


def test_report_sorts_by_a_click(graded_course: Course, visit) -> None:
    seen = visit(report(graded_course))
    students = column(seen, 1)
    points = seen.page.locator("#students th").nth(1)
    points.get_by_role("button").click()
    rising = column(seen, 2)
    assert rising[0] == "not graded" and column(seen, 1) != students
    numbers = [float(text) for text in rising[1:]]
    assert numbers == sorted(numbers) and points.get_attribute("aria-sort") == "ascending"
    points.get_by_role("button").press("Enter")
    assert column(seen, 2)[-1] == "not graded"
    assert points.get_attribute("aria-sort") == "descending"
    seen.page.locator("#students th").first.get_by_role("button").click()
    assert sorted(column(seen, 1)) == sorted(students)
    assert points.get_attribute("aria-sort") is None and not seen.errors


def test_report_is_complete_without_scripts(graded_course: Course, visit) -> None:
    seen = visit(report(graded_course), script=False)
    assert len(column(seen, 1)) == 15 and seen.page.locator("button").count() == 0


def test_link_leads_to_the_students_page(graded_course: Course, visit) -> None:
    seen = visit(report(graded_course))
    seen.page.locator("#students").get_by_role("link", name="O'Brien, Zoë").click()
    assert seen.page.locator("h1").first.inner_text() == "O'Brien, Zoë"


@pytest.mark.parametrize("width", [390, 1200])
def test_reports_fit_and_fetch_nothing(graded_course: Course, visit, width: int) -> None:
    for page in (report(graded_course), graded_course.reports_dir / "course.html"):
        look(visit(page, width))


@pytest.mark.parametrize("student", STUDENTS)
def test_feedback_fits_and_fetches_nothing(graded_course: Course, visit, student: str) -> None:
    for width in (390, 1200):
        look(visit(feedback(graded_course, student), width))


def test_nothing_of_a_students_runs(graded_course: Course, visit) -> None:
    seen = visit(feedback(graded_course, EVIL))
    for link in seen.page.get_by_text("click", exact=True).all():
        link.click()
    seen.page.wait_for_timeout(200)
    assert seen.page.title() != "pwned" and not seen.fetched and not seen.errors
    assert seen.page.locator("body").is_visible()


def test_policy_holds_where_sanitizing_would_fail(graded_course: Course, visit, tmp_path) -> None:
    page = feedback(graded_course, EVIL).read_text(encoding="utf-8")
    attack = "<script>document.title = 'pwned'</script><img src='http://127.0.0.1:9/spy.png'>"
    let_through = tmp_path / "page.html"
    let_through.write_text(page.replace("</main>", f"{attack}</main>"), encoding="utf-8")
    seen = visit(let_through)
    assert seen.page.title() != "pwned"


def test_pages_print(graded_course: Course, visit) -> None:
    for path in (report(graded_course), feedback(graded_course, "Çelik, Ada")):
        seen = visit(path)
        assert seen.page.pdf(format="A4").startswith(b"%PDF")
        seen.page.emulate_media(media="print")
        seen.page.set_viewport_size({"width": 680, "height": 960})  # A4 less its margins
        assert seen.overflow == 0
