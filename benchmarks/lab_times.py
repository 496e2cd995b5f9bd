"""How long a student waits: each lab solved in the quick profile, after imports, tests included.

    python benchmarks/lab_times.py [--quick] [--labs 01,02]

On the stand-in data, each lab in a process of its own.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from figure import Figure, report
from labs import apart, chosen_labs, code_cells, run_cell

SECONDS, OF_A_GAN = 20, 40


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="Lab 01 only")
    parser.add_argument("--labs", help="numbers or names, with commas between; default: all")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(options.one)
    named = chosen_labs(options.labs)
    for name in ["01_mlp_mnist"] if options.quick else named:
        apart(str(Path(__file__).resolve()), "quick", "--one", name)
    return None


def one(lab: str) -> None:
    """Run a lab's cells and tests."""
    names: dict = {"__name__": "__main__"}
    began = 0.0
    for source, _, _ in code_cells(lab):
        run_cell(source, names)
        if not began and "keras" in names:
            began = time.perf_counter()
    seconds = time.perf_counter() - began
    goal = OF_A_GAN if "gan" in lab else SECONDS
    name = f"Lab {lab[:2]} solved, after imports"
    report(Figure(name, seconds, "s", at_most=goal, data="stand-in, quick profile"))


if __name__ == "__main__":
    main()
