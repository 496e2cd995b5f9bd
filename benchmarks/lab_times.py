"""How long a student waits: each lab solved in the quick profile, after imports, tests included.

    python benchmarks/lab_times.py [--quick] [--labs 01,02]

On the stand-in data, each lab in a process of its own, and each twice: the shorter time is the
lab's, what the other took longer was other programs'. `--quick` takes Lab 01, once.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from figure import Figure, report
from labs import apart, chosen_labs, code_cells, run_cell

SECONDS, OF_A_GAN = 20, 40
TIMES = 2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="Lab 01 only, once")
    parser.add_argument("--labs", help="numbers or names, with commas between; default: all")
    parser.add_argument("--one", nargs=2, metavar=("LAB", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return once(*options.one)
    named = chosen_labs(options.labs)
    times = 1 if options.quick else TIMES
    for lab in ["01_mlp_mnist"] if options.quick else named:
        seconds = min(in_a_process(lab) for _ in range(times))
        goal = OF_A_GAN if "gan" in lab else SECONDS
        name = f"Lab {lab[:2]} solved, after imports"
        report(Figure(name, seconds, "s", at_most=goal, data="stand-in, quick profile"))
    return None


def in_a_process(lab: str) -> float:
    """Seconds that a lab takes in a new process."""
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "seconds"
        apart(str(Path(__file__).resolve()), "quick", "--one", lab, str(kept))
        return float(kept.read_text())


def once(lab: str, kept: str) -> None:
    """Run a lab's cells and tests, and write how long they took."""
    names: dict = {"__name__": "__main__"}
    began = 0.0
    for source, _, _ in code_cells(lab):
        run_cell(source, names)
        if not began and "keras" in names:
            began = time.perf_counter()
    Path(kept).write_text(str(time.perf_counter() - began))


if __name__ == "__main__":
    main()
