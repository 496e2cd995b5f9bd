"""A notebook in autograded/, as nbconvert's templates show it: formgrader's is based on them."""

from __future__ import annotations

import base64
import io
import time

import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from autograder.notebooks.showing.sanitize_notebook import sanitize_notebook
from tests.autograder.notebooks.showing.markup import ATTACKS, find_active_parts

KINDS = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript")


def show(notebook: NotebookNode, template: str = "classic") -> str:
    """The cells of a page, without those parts that are nbconvert's own."""
    body, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    body = body[body.index("<body") :]
    return body[: body.rindex("</body>")] if "</body>" in body else body


def hostile_notebook() -> NotebookNode:
    outputs = []
    for attack in ATTACKS:
        outputs += [new_output("display_data", {kind: attack}) for kind in KINDS]
        metadata = {"image/png": {"alt": attack, "width": attack}, "isolated": True}
        metadata["text/html"] = {"isolated": True}
        data = {"image/png": attack, "image/jpeg": '" onerror="own()', "text/plain": attack}
        outputs.append(new_output("display_data", data, metadata=metadata))
        outputs.append(new_output("stream", text=attack))
        outputs.append(new_output("error", ename=attack, evalue=attack, traceback=[attack]))
        widget = {"application/vnd.jupyter.widget-view+json": {"model_id": attack}}
        outputs.append(new_output("display_data", widget))
        outputs.append(NotebookNode(output_type=attack, data={"text/html": attack}))
    code = new_code_cell("x", metadata={"tags": [ATTACKS[0]]})
    code.outputs, code.execution_count = outputs, ATTACKS[1]
    cells = [code]
    for attack in ATTACKS:
        answer = new_markdown_cell(attack)
        answer.metadata["nbgrader"] = {"grade_id": "a", "grade": True, "solution": True}
        cells += [new_markdown_cell(attack), answer, new_raw_cell(attack), new_code_cell(attack)]
    notebook = new_notebook()  # validates what it is given
    notebook.cells = cells
    notebook.metadata["language_info"] = {"name": ATTACKS[1], "pygments_lexer": ATTACKS[1]}
    state = {"application/vnd.jupyter.widget-state+json": {"state": ATTACKS[0]}}
    notebook.metadata["widgets"] = state
    return notebook


@pytest.mark.parametrize("template", ["classic", "lab"])
def test_nothing_runs_or_loads(template: str) -> None:
    raw = new_notebook(cells=[new_markdown_cell(attack) for attack in ATTACKS])
    assert len(list(find_active_parts(show(raw)))) > 30
    # A template has parts of its own around the cells.
    own = set(find_active_parts(show(sanitize_notebook(new_notebook(cells=[])), template)))
    shown = show(sanitize_notebook(hostile_notebook()), template)
    assert [part for part in find_active_parts(shown) if part not in own] == []


def draw(kind: str) -> str:
    figure, file = Figure(figsize=(2, 2)), io.BytesIO()
    axes = figure.add_subplot(title="$x^2$")
    axes.plot([3, 2, 1], label="loss")
    axes.legend()
    figure.savefig(file, format=kind)
    return file.getvalue().decode() if kind == "svg" else base64.b64encode(file.getvalue()).decode()


def test_honest_outputs_stay_visible() -> None:
    table = (
        '<div><style scoped>td {color: red}</style><table border="1" class="dataframe"><thead>'
        '<tr style="text-align: right;"><th></th><th>loss</th></tr></thead><tbody><tr><th>0</th>'
        "<td>0.5</td></tr></tbody></table></div>"
    )
    outputs = [
        new_output("display_data", {"image/png": draw("png"), "text/plain": "<Figure>"}),
        new_output("display_data", {"image/svg+xml": draw("svg"), "text/plain": "<Figure>"}),
        new_output("execute_result", {"text/html": table, "text/plain": "   loss\n0   0.5"}),
        new_output("display_data", {"text/markdown": "**bold** $a<b$"}),
        new_output("display_data", {"text/latex": "$\\frac{a}{b} < c$"}),
        new_output("stream", text="\x1b[31mred\x1b[0m plain\x1b]8;;javascript:own()\x07\n"),
        new_output("error", ename="E", evalue="v", traceback=["\x1b[0;31mE\x1b[0m: v <b>"]),
    ]
    page = show(sanitize_notebook(new_notebook(cells=[new_code_cell("x", outputs=outputs)])))
    soup = BeautifulSoup(page, "html.parser")
    kinds = [image["src"].partition(";")[0] for image in soup.find_all("img")]
    assert kinds == ["data:image/png", "data:image/svg+xml"]
    svg = soup.find_all("img")[1]["src"].partition(",")[2]
    assert b"<path" in base64.b64decode(svg) and b"<use" in base64.b64decode(svg)
    assert soup.select_one("table.dataframe td").get_text() == "0.5"
    assert soup.strong.get_text() == "bold"
    text = soup.get_text()
    assert "$a<b$" in text and "$\\frac{a}{b} < c$" in text and "\x1b" not in text
    assert soup.select_one(".ansi-red-fg").get_text() == "red" and "E: v <b>" in text


def test_answers_in_markdown_stay_readable() -> None:
    plain = "# Why\n\n* it **overfits**, see $a_1 \\cdot b$\n\n1. `code`"
    rich = (
        "| a | b |\n|---|---|\n| 1 | [Keras](https://keras.io) |\n\n```python\nx = 1\n\n\ny = [2]\n"
        "```\n\n$$\\frac{1}{2}\n\n<a$$\n\nline<br>break `a\\b`"
    )
    safe = sanitize_notebook(
        new_notebook(cells=[new_markdown_cell(plain), new_markdown_cell(rich)])
    )
    assert safe.cells[0].source == plain
    soup = BeautifulSoup(show(safe), "html.parser")
    assert [cell.get_text() for cell in soup.find_all("td")] == ["1", "Keras"]
    assert soup.find("a", href="https://keras.io") and soup.br
    assert "x = 1\n\n\ny = [2]" in soup.get_text() and "a\\b" in soup.get_text()
    assert "$$\\frac{1}{2}\n\n<a$$" in soup.get_text()


def test_a_pasted_image_stays() -> None:
    png = draw("png")
    cell = new_markdown_cell(
        "![a plot](attachment:a.png)", attachments={"a.png": {"image/png": png}}
    )
    soup = BeautifulSoup(show(sanitize_notebook(new_notebook(cells=[cell]))), "html.parser")
    assert soup.img["src"] == f"data:image/png;base64,{png}" and soup.img["alt"] == "a plot"


def test_the_instructors_text_stays_as_it_is() -> None:
    text = "<style>p {color: red}</style> ![figure](figure.png)"
    locked = new_markdown_cell(text)
    locked.metadata["nbgrader"] = {"grade_id": "a", "locked": True, "solution": False}
    notebook = new_notebook(cells=[locked, new_markdown_cell(text)])
    assert [c.source for c in sanitize_notebook(notebook, {text}).cells] == [text, text]
    assert sanitize_notebook(notebook).cells[1].source != text


def test_markup_that_takes_too_long_becomes_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.notebooks.showing.sanitize_notebook._PIECE_SECONDS", 2.0)
    outputs = [new_output("display_data", {"text/html": "<div>" * 80_000, "text/plain": "deep"})]
    deep = "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 50_000 + "</g>" * 50_000 + "</svg>"
    outputs.append(new_output("display_data", {"image/svg+xml": deep, "text/plain": "svg"}))
    outputs.append(new_output("display_data", {"text/html": "<b>after</b>"}))
    cells = [new_markdown_cell("[a](" * 400_000), new_code_cell("x", outputs=outputs)]
    started = time.monotonic()
    safe = sanitize_notebook(new_notebook(cells=cells))
    assert time.monotonic() - started < 60
    assert "can't be shown as Jupyter shows it" in safe.cells[0].source
    shown = [dict(output.data) for output in safe.cells[1].outputs]
    assert shown == [{"text/plain": "deep"}, {"text/plain": "svg"}, {"text/html": "<b>after</b>"}]
