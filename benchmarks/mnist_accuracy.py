"""Lab 01: accuracy on real MNIST in the full profile; seconds in the quick one.

    python benchmarks/mnist_accuracy.py [--quick] [--seeds N]

Runs the lab's own cells with its own solution. Real MNIST is `mnist.npz` in the folder that
COURSE_TEST_DATA (default: ../shared/data) or COURSE_DATA names. `--quick` leaves the full profile
out, which trains for minutes on a processor.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAB = "01_mlp_mnist"
ACCURACY = 0.986
SECONDS = 20


def real_data() -> Path | None:
    """The folder with the real mnist.npz, or None."""
    named = [os.environ.get(name) for name in ("COURSE_DATA", "COURSE_TEST_DATA")]
    for folder in [*filter(None, named), ROOT.parent / "shared" / "data"]:
        if (Path(folder) / "mnist.npz").is_file():
            return Path(folder).resolve()
    return None


def run_lab(seed: int, with_tests: bool) -> tuple[dict, float]:
    """Run the lab's cells in this process; returns their names and the seconds after imports."""
    from autograder.course import Course
    from autograder.notebooks.source import instructor_notebook

    course = Course.find(ROOT)
    names: dict = {"__name__": "__main__"}
    began = None
    for cell in instructor_notebook(course, course.lab(LAB)).cells:
        is_test = cell.metadata.get("nbgrader", {}).get("locked", False)
        if cell.cell_type != "code" or "%pip" in cell.source or (is_test and not with_tests):
            continue
        exec(cell.source, names)
        if began is None and "keras" in names:
            names["keras"].utils.set_random_seed(seed)
            began = time.perf_counter()
    return names, time.perf_counter() - began


def full(seed: int) -> None:
    import numpy as np

    names, seconds = run_lab(seed, with_tests=False)
    outputs = np.asarray(names["model"](names["as_inputs"](names["x_test"])))
    accuracy = np.mean(outputs.argmax(axis=-1) == names["y_test"])
    print(
        f"RESULT seed {seed}: test accuracy {100 * accuracy:.2f} % "
        f"({len(names['y_train'])} training, {len(names['y_test'])} test pictures), "
        f"{seconds:.0f} s for the whole lab; goal ≥ {100 * ACCURACY:.1f} %: "
        f"{word(accuracy >= ACCURACY)}"
    )


def quick(seed: int) -> None:
    _, seconds = run_lab(seed, with_tests=True)
    print(
        f"RESULT seed {seed}: {seconds:.1f} s after imports, tests and pictures included; "
        f"goal ≤ {SECONDS} s on 2 cores: {word(seconds <= SECONDS)}"
    )


def word(reached: bool) -> str:
    return "reached" if reached else "MISSED"


def apart(profile: str, seed: int, **environment: str) -> None:
    """Run one profile in a process of its own and print its result."""
    kept = {k: v for k, v in os.environ.items() if k != "COURSE_DATA"}
    done = subprocess.run(
        [sys.executable, __file__, "--one", profile, str(seed)],
        env={**kept, "COURSE_PROFILE": profile, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    results = [line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not results:
        raise SystemExit(f"the lab did not run:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    print("  " + results[0], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the quick profile's seconds")
    parser.add_argument("--seeds", type=int, default=1, help="how many trainings (default 1)")
    parser.add_argument("--one", nargs=2, metavar=("PROFILE", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        profile, seed = options.one
        return {"full": full, "quick": quick}[profile](int(seed))

    print(f"Lab 01, quick profile, stand-in digits, {os.cpu_count()} cores")
    apart("quick", 1)
    if options.quick:
        return None
    folder = real_data()
    if folder is None:
        print(
            "Lab 01, full profile: not measured, no real mnist.npz; name its folder: COURSE_DATA="
        )
        return None
    print(f"Lab 01, full profile, real MNIST from {folder}, {os.cpu_count()} cores")
    for seed in range(1, options.seeds + 1):
        apart("full", seed, COURSE_DATA=str(folder))
    return None


if __name__ == "__main__":
    main()
