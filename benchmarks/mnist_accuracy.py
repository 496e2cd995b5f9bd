"""Lab 01: accuracy on real MNIST in the full profile; seconds in the quick one.

    python benchmarks/mnist_accuracy.py [--quick] [--seeds N]

Runs the lab's own cells with its own solution. Real MNIST is `mnist.npz` in the folder that
COURSE_TEST_DATA (default: ../shared/data) or COURSE_DATA names. `--quick` leaves the full profile
out, which trains for minutes on a processor.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from figure import Figure, report
from labs import apart, code_cells, real_mnist, run_cell

LAB = "01_mlp_mnist"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the quick profile's seconds")
    parser.add_argument("--seeds", type=int, default=1, help="how many trainings (default 1)")
    parser.add_argument("--one", nargs=2, metavar=("PROFILE", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        profile, seed = options.one
        return {"full": full, "quick": quick}[profile](int(seed))
    script = str(Path(__file__).resolve())
    apart(script, "quick", "--one", "quick", "1")
    if options.quick:
        return None
    folder = real_mnist()
    if folder is None:
        print("  full profile: not measured, no real mnist.npz; name its folder: COURSE_DATA=")
        return None
    for seed in range(1, options.seeds + 1):
        apart(script, "full", "--one", "full", str(seed), data=folder)
    return None


def run_lab(seed: int, with_tests: bool) -> tuple[dict, float]:
    """Run the lab's cells in this process; returns their names and the seconds after imports."""
    names: dict = {"__name__": "__main__"}
    began = None
    for source, _, tests in code_cells(LAB):
        if tests and not with_tests:
            continue
        run_cell(source, names)
        if began is None and "keras" in names:
            names["keras"].utils.set_random_seed(seed)
            began = time.perf_counter()
    return names, time.perf_counter() - began


def full(seed: int) -> None:
    """The full profile on the data that COURSE_DATA names."""
    import numpy as np

    names, seconds = run_lab(seed, with_tests=False)
    outputs = np.asarray(names["model"](names["as_inputs"](names["x_test"])))
    accuracy = 100 * float(np.mean(outputs.argmax(axis=-1) == names["y_test"]))
    of = f"real MNIST, {len(names['y_train']):,} pictures, full profile, seed {seed}"
    report(Figure("test accuracy of Lab 01", accuracy, "%", at_least=98.6, data=of))
    report(Figure("time of the whole lab", seconds, "s", data=of))


def quick(seed: int) -> None:
    """The whole lab, tests and pictures included."""
    _, seconds = run_lab(seed, with_tests=True)
    of = "stand-in digits, quick profile"
    report(Figure("Lab 01 solved, after imports", seconds, "s", at_most=20, data=of))


if __name__ == "__main__":
    main()
