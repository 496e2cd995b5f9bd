"""Count how often a case of a lab gets other marks than written down, under new hidden seeds.

    python benchmarks/mark_stability.py [--minutes M] [--labs 05,06] [--repeats K] [--quick]

In each round every case of every lab (solution, stub, right and wrong answers) is graded under a
hidden seed drawn anew; test cells that take less than a second are run under K further seeds.
Mistakes in different questions are graded in one notebook, combined anew in each round; each of
them counts as a run. A tenth of the cases is graded by stock nbgrader, too. Rounds follow until the
time is used up.

Counts are added up over runs in benchmarks/mark_stability.json, by lab; a lab whose code or cases
have changed begins again at 0. `--quick` runs Lab 00 once and keeps nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import secrets
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from scipy.stats import beta

from autograder import Course, make_cases, start_engine
from autograder.authoring.cases import Case
from autograder.authoring.lint import RepeatingGrader, check_cases
from autograder.authoring.read_code_cells import read_code_cells
from autograder.authoring.stability import Stability
from autograder.authoring.stock_engine import StockEngine
from autograder.course.course import Lab
from figure import Figure, report
from labs import ROOT

COUNTS = Path(__file__).with_suffix(".json")


@dataclass
class Count:
    """What has been counted of one lab.

    Args:
        digest: Of the lab's source and of its cases.
        runs: Runs of a case under our engine.
        stock_runs: Runs of a case under stock nbgrader.
        otherwise: Runs of either in which a question got other marks.
        stability: The counts by question.
    """

    digest: str
    runs: int = 0
    stock_runs: int = 0
    otherwise: int = 0
    stability: Stability = field(default_factory=Stability)


def main() -> None:
    """Run rounds, count, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--labs", default="", help="numbers separated by commas; default: all")
    parser.add_argument("--repeats", type=int, default=20, help="further seeds a test cell")
    parser.add_argument("--quick", action="store_true", help="Lab 00 once; keep nothing")
    options = parser.parse_args()
    course = Course.find(ROOT)
    names = "00" if options.quick else options.labs
    labs = [course.lab(name) for name in names.split(",")] if names else course.labs()
    kept = {} if options.quick or not COUNTS.exists() else read_counts()
    end = time.monotonic() + 60 * options.minutes
    while True:
        for lab in labs:
            count = kept.get(lab.name)
            if count is None or count.digest != compute_digest(course, lab):
                count = kept[lab.name] = Count(compute_digest(course, lab))
            cases, seed = make_cases(course, lab), secrets.randbits(128)
            for run in (run_ours, run_stock):
                run(course, lab, count, cases, seed, options.repeats)
                if not options.quick:
                    write_counts(kept)
            if time.monotonic() > end:
                break
        if options.quick or time.monotonic() > end:
            break
    report_counts(kept)


def run_ours(
    course: Course, lab: Lab, count: Count, cases: list[Case], seed: int, repeats: int
) -> None:
    """Grade every case of a lab under a seed."""
    with start_engine(course, lab) as engine:
        grader = RepeatingGrader(engine, repeats)
        check = partial(check_cases, stability=count.stability, combine=True)
        for finding in check(course, lab, grader, 2, cases, [seed]):
            count.runs += 1
            count.otherwise += not finding.is_right
            if not finding.is_right:
                print(f"{lab.name}, seed {seed}: {finding.subject}: {finding.detail}", flush=True)
    print(f"{lab.name}: {count.runs} runs, {count.otherwise} otherwise", flush=True)


def run_stock(course: Course, lab: Lab, count: Count, cases: list[Case], seed: int, _: int) -> None:
    """Grade a tenth of the cases by stock nbgrader."""
    sample: list[Case] = random.sample(cases, max(1, len(cases) // 10))
    with StockEngine(course, lab) as stock:
        for finding in check_cases(course, lab, stock, 2, sample, [seed]):
            count.stock_runs += 1
            count.otherwise += not finding.is_right
            if not finding.is_right:
                print(f"stock, {lab.name}, seed {seed}: {finding.subject}: {finding.detail}")


def compute_digest(course: Course, lab: Lab) -> str:
    """Return a digest of what decides the marks of a lab's cases: its code and its answers."""
    digest = hashlib.sha256()
    for cell in read_code_cells(course, lab):
        digest.update(repr(cell).encode())
    for name in ("right_answers.toml", "wrong_answers.toml"):
        path = course.source_dir / lab.name / name
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def read_counts() -> dict[str, Count]:
    """Return what earlier runs counted, by lab."""
    return {
        name: Count(**{**fields, "stability": Stability.from_dict(fields["stability"])})
        for name, fields in json.loads(COUNTS.read_text("utf-8")).items()
    }


def write_counts(counts: dict[str, Count]) -> None:
    """Write the counts of all labs."""
    fields = {
        name: {**vars(count), "stability": count.stability.as_dict()}
        for name, count in sorted(counts.items())
    }
    COUNTS.write_text(json.dumps(fields, indent=1) + "\n", "utf-8")


def bound(events: int, trials: int) -> float:
    """Return the 95 % upper bound of a rate (Clopper and Pearson 1934), in percent."""
    return 100 * float(beta.ppf(0.95, events + 1, trials - events)) if trials else 100.0


def report_counts(counts: dict[str, Count]) -> None:
    """Report the rates of all labs together and of each one, and the margins of thresholds."""
    runs = sum(count.runs + count.stock_runs for count in counts.values())
    stock = sum(count.stock_runs for count in counts.values())
    otherwise = sum(count.otherwise for count in counts.values())
    repeats = sum(sum(count.stability.rejudged.values()) for count in counts.values())
    notebooks = sum(count.stability.notebooks for count in counts.values()) + stock
    of = (
        f"{runs} runs of a case in {notebooks} notebooks, {stock} of them by stock nbgrader, and "
        f"{repeats:,} repeated test cells; "
        f"95 % upper bound {bound(otherwise, runs):.2g} % of runs"
    )
    report(Figure("runs with other marks than written down", otherwise, at_most=0, data=of))
    for name, count in sorted(counts.items()):
        of = f"{name}, {count.runs + count.stock_runs} runs"
        report(Figure("runs with other marks", count.otherwise, at_most=0, data=of))
    for name, count in sorted(counts.items()):
        for one in count.stability.margins:
            if len(one.right) < 2:
                continue
            of = f"threshold {one.threshold:.4g}; right {one.describe_right()}"
            nearest = min(one.right_margin, one.wrong_margin)
            title = f"Lab {name[:2]}, {one.question}: {one.name}"
            report(Figure(title, nearest, "standard deviations", at_least=4, data=of))


if __name__ == "__main__":
    main()
