"""Lab 01: accuracy on real MNIST in the full profile.

    python benchmarks/mnist_accuracy.py [--quick] [--seeds N]

Runs the cells of the solved lab. Real MNIST is `mnist.npz` in the folder COURSE_TEST_DATA (default:
../shared/data) or COURSE_DATA. `--quick` uses the stand-in.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from figure import Figure, report
from labs import find_real_mnist, read_code_cells, run_cell, run_script

LAB = "01_mlp_mnist"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the quick profile on the stand-in")
    parser.add_argument("--seeds", type=int, default=1, help="number of trainings (default 1)")
    parser.add_argument("--one", type=int, metavar="SEED", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return run_lab(options.one)
    script, folder = str(Path(__file__).resolve()), find_real_mnist()
    if options.quick:
        run_script(script, "quick", "--one", "1")
    elif folder is None:
        print("  not measured, mnist.npz not found; set COURSE_DATA to its folder")
    else:
        for seed in range(1, options.seeds + 1):
            run_script(script, "full", "--one", str(seed), data=folder)
    return None


def run_lab(seed: int) -> None:
    """Run the lab's cells without its tests, on the data in COURSE_DATA."""
    import numpy as np

    from course_lib import profile

    names: dict[str, Any] = {"__name__": "__main__"}
    began = 0.0
    for source, _, tests in read_code_cells(LAB):
        if tests:
            continue
        run_cell(source, names)
        if not began and "keras" in names:
            names["keras"].utils.set_random_seed(seed)
            began = time.perf_counter()
    seconds = time.perf_counter() - began
    outputs = np.asarray(names["model"](names["as_inputs"](names["x_test"])))
    accuracy = 100 * float(np.mean(outputs.argmax(axis=-1) == names["y_test"]))
    full = profile.current() == "full"
    of = f"{'real MNIST' if full else 'stand-in'}, {len(names['y_train']):,} images, seed {seed}"
    goal = 98.6 if full else None
    report(Figure("test accuracy of Lab 01", accuracy, "%", at_least=goal, data=of))
    report(Figure("time of the whole lab", seconds, "s", data=of))


if __name__ == "__main__":
    main()
