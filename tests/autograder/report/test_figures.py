"""Titles that say what is to be seen, and SVG that a page can hold."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from autograder.report.inline_svg import inline_svg
from autograder.report.item_analysis import Item
from autograder.report.question_outcomes import question_outcomes
from autograder.report.score_distribution import score_distribution
from autograder.report.time_and_memory import time_and_memory
from autograder.results.verdict import Verdict


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
    assert score_distribution(shares)[0] == finding


def test_hardest_question_is_one_that_all_have_marks_for() -> None:
    easy, hard = item("easy", 0.9, full=9, none=1), item("hard", 0.3, full=3, none=7)
    written = item("written", 0.1, waiting=9, none=1)
    assert question_outcomes([easy, hard, written])[0].startswith("hard was hardest: 30 %")
    assert question_outcomes([item("easy", 1.0, full=3)])[0].startswith("Everybody")
    assert question_outcomes([item("why", None, waiting=3)])[0].startswith("Every question waits")


def test_time_and_memory() -> None:
    verdicts = [
        Verdict("x", "lab", "graded", 0, 0, seconds=s, peak_memory_mb=9) for s in (1, 2, 30)
    ]
    finding, _ = time_and_memory(verdicts)
    assert "2.0 s or less" in finding and "slowest took 30.0 s" in finding
    assert time_and_memory([Verdict("x", "lab", "graded", 0, 0)])


def test_svg_is_text_without_size_date_or_clashing_names() -> None:
    finding, figure = score_distribution([0.2, 0.5])
    svg = inline_svg(figure, 'half "<"')
    assert svg == inline_svg(score_distribution([0.2, 0.5])[1], 'half "<"')
    assert svg.startswith("<svg") and 'aria-label="half &#34;&lt;&#34;"' in svg
    assert "points earned (%)</text>" in svg
    head = svg.split(">", 1)[0]
    assert " width=" not in head and "viewBox" in head
    assert "<dc:date>" not in svg
    other = inline_svg(question_outcomes([item("easy", 1.0, full=3)])[1], "")
    names = set(re.findall(r' id="([^"]+)"', svg)) & set(re.findall(r' id="([^"]+)"', other))
    assert not [name for name in names if not name.startswith(("m", "p", "h"))]
