"""The page of benchmarks is what their results make, and every script is on it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import page  # noqa: E402
import run  # noqa: E402
from figure import Figure  # noqa: E402

RESULTS = json.loads(run.RESULTS.read_text("utf-8"))


def test_the_page_is_made_from_the_results() -> None:
    assert (page.DOCS / "benchmarks.md").read_text("utf-8") == page.page(RESULTS)
    assert (page.DOCS / "images" / "ratios.svg").read_text("utf-8") == page.chart(RESULTS)
    assert (page.DOCS / "images" / "stages.svg").read_text("utf-8") == page.stages_chart(RESULTS)


def test_every_script_is_run_and_has_a_title() -> None:
    scripts = {p.stem for p in (ROOT / "benchmarks").glob("*.py") if "Figure(" in p.read_text()}
    every = [*run.SCRIPTS, *run.LONG]
    assert scripts - {"figure", "page"} == set(every)
    assert every == list(page._TITLES)
    assert set(RESULTS) <= set(every)


def test_a_goal_that_is_missed_is_shown_as_missed() -> None:
    slow = Figure("speed", 10.0, peer=5.0, against="them", ratio=2.0, at_least=3)
    assert (slow.met, slow.goal) == (False, "≥ 3")
    assert "MISSED" in str(slow)
    made = {"machine": {"day": "2027-01-01"}, "minutes": 1.0, "figures": [vars(slow)]}
    assert "| **missed** |" in page.page({"grading": made})
    assert Figure("errors", 0, at_most=0).met
    assert Figure("rows", 3).met is None
