"""Titles that say what a figure shows, and SVG that a page can hold."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from autograder.report.draw_question_outcomes import draw_question_outcomes
from autograder.report.draw_score_distribution import draw_score_distribution
from autograder.report.draw_time_and_memory import draw_time_and_memory
from autograder.report.inline_svg import inline_svg
from autograder.report.item_analysis import Item
from autograder.results.verdict import SubmissionStatus, Verdict


def item(name: str, difficulty: float | None, **outcomes: int) -> Item:
    return Item(name, 2, Counter(outcomes), difficulty, None)


@pytest.mark.parametrize(
    ("shares", "finding"),
    [
        ([0.2, 0.5, 0.9], "Half of the submissions have 50 % of the points or more"),
        ([1.0, 1.1, 0.9], "2 of 3 have all points"),
        ([0.4], "One submission so far: 40 % of the points"),
    ],
)
def test_distribution(shares: list[float], finding: str) -> None:
    assert draw_score_distribution(shares)[0] == finding


def test_hardest_question_is_one_that_all_have_marks_for() -> None:
    easy, hard = item("easy", 0.9, full=9, none=1), item("hard", 0.3, full=3, none=7)
    written = item("written", 0.1, waiting=9, none=1)
    assert draw_question_outcomes([easy, hard, written])[0].startswith("hard was hardest: 30 %")
    assert draw_question_outcomes([item("easy", 1.0, full=3)])[0].startswith("Every student")
    assert draw_question_outcomes([item("why", None, waiting=3)])[0].startswith(
        "Every question waits"
    )


def test_time_and_memory() -> None:
    verdicts = [
        Verdict("x", "lab", SubmissionStatus.GRADED, 0, 0, seconds=s, peak_memory_mb=9)
        for s in (1, 2, 30)
    ]
    finding, _ = draw_time_and_memory(verdicts)
    assert "2.0 s or less" in finding and "slowest took 30.0 s" in finding
    assert draw_time_and_memory([Verdict("x", "lab", SubmissionStatus.GRADED, 0, 0)])


def test_svg_is_text_without_size_date_or_clashing_names() -> None:
    finding, figure = draw_score_distribution([0.2, 0.5])
    svg = inline_svg(figure, 'half "<"')
    assert svg == inline_svg(draw_score_distribution([0.2, 0.5])[1], 'half "<"')
    assert svg.startswith("<svg") and 'aria-label="half &#34;&lt;&#34;"' in svg
    assert "points earned (%)</text>" in svg
    head = svg.split(">", 1)[0]
    assert " width=" not in head and "viewBox" in head
    assert "<dc:date>" not in svg
    other = inline_svg(draw_question_outcomes([item("easy", 1.0, full=3)])[1], "")
    names = set(re.findall(r' id="([^"]+)"', svg)) & set(re.findall(r' id="([^"]+)"', other))
    assert not [name for name in names if not name.startswith(("m", "p", "h"))]
