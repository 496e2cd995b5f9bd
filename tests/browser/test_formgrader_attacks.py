"""Nothing that a student submitted runs on the page on which the instructor marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograder.course.course import Course
from autograder.gradebook.gradebook import CourseGradebook
from tests.autograder.graded_class import lay_down
from tests.autograder.notebooks.showing.markup import ATTACKS
from tests.autograder.tiny_course import LAB, make_course, solved
from tests.browser.formgrader import formgrader

pytestmark = pytest.mark.browser

# With the instructor's session: full marks for oneself, nothing for the other students.
OWN = """window.owned = true; document.title = 'owned';
(async () => {
  const xsrf = (document.cookie.match(/_xsrf=([^;]+)/) || [])[1];
  const headers = {'X-XSRFToken': xsrf, 'Content-Type': 'application/json'};
  const all = await (await fetch(`${base_url}/api/submitted_notebooks/LAB/LAB`)).json();
  for (const one of all) {
    const grades = await (await fetch(`${base_url}/api/grades?submission_id=${one.id}`)).json();
    for (const grade of grades) {
      const score = one.id === submission_id ? grade.max_score : 0;
      const body = JSON.stringify({manual_score: score, extra_credit: 0});
      await fetch(`${base_url}/api/grade/${grade.id}`, {method: 'PUT', headers, body});
    }
  }
})()""".replace("LAB", LAB)
KINDS = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = make_course(tmp_path / "course")
    attacks = [f"<script>{OWN}</script>"]
    attacks += [attack.replace("own()", "window.owned=true") for attack in ATTACKS]
    outputs = [new_output("display_data", {kind: text}) for text in attacks for kind in KINDS]
    notebook = solved(made)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "curves":
            cell.source += f"\n\n{''.join(attacks)}"
    code = new_code_cell("display()")
    code.outputs, code.execution_count = outputs, "<img src=x onerror='window.owned=true'>"
    code.metadata["tags"] = ["'><script>window.owned=true</script>"]
    honest = new_output("display_data", {"text/html": "<table><td>a table of mine</td></table>"})
    notebook.cells += [code, *map(new_markdown_cell, attacks), *map(new_raw_cell, attacks)]
    notebook.cells.append(new_code_cell("honest()", outputs=[honest]))
    lay_down(made, "mallory", notebook)
    lay_down(made, "alice", solved(made))
    return made


def read_marks(course: Course) -> dict[str, list[float | None]]:
    with CourseGradebook(course).open() as gradebook:
        parts = {s: gradebook.find_submission_notebook(LAB, LAB, s) for s in ("alice", "mallory")}
        return {student: [g.manual_score for g in part.grades] for student, part in parts.items()}


def test_a_script_changes_no_marks(course: Course, chromium, tmp_path: Path) -> None:
    with CourseGradebook(course).open() as gradebook:
        number = gradebook.find_submission_notebook(LAB, LAB, "mallory").id
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with formgrader(course, tmp_path / "server.log") as address:
        page.goto(address.format("manage_assignments"))
        page.goto(address.format(f"submissions/{number}/"), wait_until="networkidle")
        here = page.url
        for link in page.locator("#notebook a, #notebook summary").all():
            if not (link.get_attribute("href") or "").startswith("http"):
                link.click(force=True)
        page.wait_for_timeout(1500)
        assert page.get_by_text("a table of mine").is_visible()
        assert page.get_by_text("learns the training set by heart").count() > 0
        assert page.url.partition("#")[0] == here and page.title() == LAB
        assert page.evaluate("window.owned") is None
        own = page.evaluate(
            "[...document.querySelectorAll('#notebook [onclick], #notebook script')]"
        )
        assert own == []
    page.close()
    # MathJax, of nbconvert's template, and the lab's own badge are all that comes from elsewhere.
    own = ("127.0.0.1", "data:", "blob:", "mathjax", "colab-badge.svg")
    assert not [url for url in asked if not any(part in url.lower() for part in own)]
    assert not any("spy" in url for url in asked)
    assert all(mark is None for marks in read_marks(course).values() for mark in marks)
