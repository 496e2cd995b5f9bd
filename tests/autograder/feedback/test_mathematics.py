"""Formulas and the lab's own images on a page that runs nothing and fetches nothing."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.feedback.course_images import MOST_BYTES
from autograder.feedback.hidden_tests import HiddenTests
from autograder.feedback.mathematics import draw_formula, show_mathematics
from autograder.feedback.notebook_html import NotebookHtml
from course_lib.figures.canvas import Canvas

PNG = Canvas(1, 1, "x")._repr_png_()


def render(source: str, folder: Path | None = None, kind: str = "markdown") -> BeautifulSoup:
    cell = new_markdown_cell(source) if kind == "markdown" else new_code_cell(source)
    html = NotebookHtml(HiddenTests(new_notebook(cells=[]), None), folder)
    return BeautifulSoup(html.render_cell(cell, 1), "html.parser")


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        (r"The loss is $\frac{1}{n}\sum_i (y_i-\hat y_i)^2$.", 1),
        (r"$x$ and $\mathbf{W}\in\mathbb{R}^{d\times k}$", 2),
        ("$$\n\\operatorname{softmax}(z)_i=\\frac{e^{z_i}}{\\sum_j e^{z_j}}\n$$", 1),
        (r"- item $\lVert x\rVert_2$" + "\n- item $\\nabla L$", 2),
        (r"# Title with $\alpha$", 1),
        (r"| a | b |" + "\n|---|---|\n" + r"| $x^2$ | $y_1$ |", 2),
        ("It costs \\$5 and \\$6.", 0),
        ("`$x$` and\n\n```\n$y$\n```", 0),
        (r"$$\begin{cases}a\\b\end{cases}$$", 0),
        (r"$$\begin{align} a &= b \\ c &= \frac{1}{2} \tag{3} \end{align}$$", 2),
        ("\\begin{align*}\na &= 1 \\\\[2pt]\nb &\\le 2\n\\end{align*}", 2),
        (r"$$\begin{equation}\begin{aligned}a&=1\\b&=2\end{aligned}\label{e}\end{equation}$$", 2),
        (r"$$\begin{align} a \\ \unknown{b} \end{align}$$", 0),
        ("no formula", 0),
    ],
)
def test_formulas_are_images(source: str, formulas: int) -> None:
    soup = render(source)
    images = soup.find_all("img", class_="formula")
    assert len(images) == formulas
    for image in images:
        assert image["src"].startswith("data:image/png;base64,") and image["alt"]
        shown = " ".join(source.replace("&", " ").split())
        assert " ".join(image["alt"].split()) in shown
        assert len(image["src"]) < 20_000


def test_a_formula_that_cannot_be_drawn_stays_as_text() -> None:
    assert r"\begin{cases}a" in render(r"$$\begin{cases}a\\b\end{cases}$$").get_text()
    assert draw_formula("x" * 1000) is None


@pytest.mark.parametrize("formula", ["{" * 300, r"\frac" * 80, "\\", "^", "\x00", "}{", r"\n" * 99])
def test_odd_formulas(formula: str) -> None:
    markup = f"<p>a ${formula}$ b</p>"
    assert BeautifulSoup(show_mathematics(markup), "html.parser").p is not None


def test_formulas_in_attributes_and_code_stay() -> None:
    markup = '<p><a href="https://x/$a$">$b$</a><img alt="$c$" src="data:,"/><code>$d$</code></p>'
    assert show_mathematics(markup) == markup


def test_code_has_no_formulas() -> None:
    assert not render("cost = '$x$'", kind="code").find("img")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("![A curve](images/curve.png)", True),
        ('![A curve](images/curve.png "title")', True),
        ("![A curve](images/my%20curve.png)", True),
        ("<img src='images/curve.png' alt='A curve'>", True),
        ('<img alt="A curve" width="300" src="images/curve.png"/>', True),
        ("![A curve](./images/curve.png)", True),
        ("![A curve](../secret.png)", False),
        ("![A curve](/etc/passwd)", False),
        ("![A curve](images/../../secret.png)", False),
        ("![A curve](images/large.png)", False),
        ("![A curve](images/notes.txt)", False),
        ("![A curve](images/missing.png)", False),
        ("![A curve](https://example.org/curve.png)", False),
    ],
)
def test_the_lab_s_own_images_are_shown(tmp_path: Path, source: str, shown: bool) -> None:
    folder = tmp_path / "labs" / "01"
    (folder / "images").mkdir(parents=True)
    for name in ("images/curve.png", "images/my curve.png", "images/notes.txt"):
        (folder / name).write_bytes(PNG)
    (folder / "images/large.png").write_bytes(PNG + b"\0" * MOST_BYTES)
    (tmp_path / "labs" / "secret.png").write_bytes(PNG)
    soup = render(source, folder)
    data = base64.b64encode(PNG).decode()
    assert (f"base64,{data}" in str(soup)) is shown


def test_without_a_folder_nothing_is_read() -> None:
    assert "base64" not in str(render("![A curve](images/curve.png)"))
