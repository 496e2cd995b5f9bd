"""Measure how long a student waits: each solved lab in the quick profile, tests included.

    python benchmarks/lab_times.py [--quick] [--labs 01,02]

Each lab runs on stand-in data in its own process, twice; imports do not count. The shorter time
counts: the rest is due to other programs. `--quick` runs Lab 01 once.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from figure import Figure, report
from labs import list_labs, read_code_cells, run_cell, run_script

SECONDS, OF_A_GAN = 20, 40
TIMES = 2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only Lab 01, once")
    parser.add_argument("--labs", help="numbers or names separated by commas; default: all")
    parser.add_argument("--one", nargs=2, metavar=("LAB", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return measure(*options.one)
    labs = list_labs(options.labs)
    times = 1 if options.quick else TIMES
    for lab in ["01_mlp_mnist"] if options.quick else labs:
        seconds = min(measure_in_process(lab) for _ in range(times))
        goal = OF_A_GAN if "gan" in lab else SECONDS
        name = f"Lab {lab[:2]} solved, after imports"
        report(Figure(name, seconds, "s", at_most=goal, data="stand-in, quick profile"))
    return None


def measure_in_process(lab: str) -> float:
    """Return the seconds that a lab takes in a new process."""
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "seconds"
        run_script(str(Path(__file__).resolve()), "quick", "--one", lab, str(kept))
        return float(kept.read_text())


def measure(lab: str, kept: str) -> None:
    """Run a lab's cells and tests, and write the seconds into the file `kept`."""
    names: dict[str, Any] = {"__name__": "__main__"}
    began = 0.0
    for source, _, _ in read_code_cells(lab):
        run_cell(source, names)
        if not began and "keras" in names:
            began = time.perf_counter()
    Path(kept).write_text(str(time.perf_counter() - began))


if __name__ == "__main__":
    main()
