"""Lab 04: the gap between training and test accuracy with and without augmentation.

    python benchmarks/augmentation_gap.py [--quick] [--seeds N]

The lab's network and its pipeline, on the first 1,000 training pictures, three seeds: on the
stand-in always, and on real CIFAR-10 where it is (see cifar_accuracy.py). Always the quick
profile. `--quick` leaves the real pictures out and takes one seed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cifar_accuracy import ROOT, code_cells, unpacked

LAB = "04_augmentation"
UNSEEN = 2000  # test pictures


def one(seeds: int) -> None:
    """Train both networks of the lab's question on the gap, once a seed."""
    import numpy as np

    names: dict = {"__name__": "__main__"}
    again = []
    first = True
    for source, question, tests in code_cells(LAB):
        first = first and not question
        if "def new_network" in source or question == "gap" and not tests:
            again.append(source)
        elif not tests and (first or question == "layers" or "import fit" in source):
            exec(source, names)
    rows = []
    for seed in range(1, seeds + 1):
        for source in again:
            exec(source.replace("set_random_seed(1)", f"set_random_seed({seed})"), names)
        rows.append([shares(names, name) for name in ("bare", "augmented_model")])
        print(f"RESULT seed {seed}: {told(rows[-1])}")
    print(f"RESULT mean of {seeds}: {told(np.mean(rows, axis=0))}")


def shares(names: dict, name: str) -> list[float]:
    """Accuracy on the training pictures and on unseen ones."""
    parts = (names["x_train"], names["y_train"]), (names["x_test"], names["y_test"])
    return [
        float((names[name].predict(x[:UNSEEN], verbose=0).argmax(axis=-1) == y[:UNSEEN]).mean())
        for x, y in parts
    ]


def told(pair) -> str:
    (bare, bare_unseen), (augmented, augmented_unseen) = pair
    return (
        f"gap {bare - bare_unseen:.3f} without, {augmented - augmented_unseen:.3f} with; "
        f"test accuracy {100 * bare_unseen:.1f} % without, {100 * augmented_unseen:.1f} % with "
        f"({100 * (augmented_unseen - bare_unseen):+.1f})"
    )


def apart(seeds: int, **environment: str) -> None:
    """Run in a process of its own and print its results."""
    kept = {k: v for k, v in os.environ.items() if k != "COURSE_DATA"}
    done = subprocess.run(
        [sys.executable, __file__, "--one", "--seeds", str(seeds)],
        env={**kept, "COURSE_PROFILE": "quick", "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    results = [line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not results:
        raise SystemExit(f"the lab did not run:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    print("\n".join("  " + line for line in results), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the stand-in only, one seed")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each (default 3)")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(options.seeds)
    print("Lab 04, 1,000 stand-in pictures")
    apart(1 if options.quick else options.seeds)
    if options.quick:
        return None
    with tempfile.TemporaryDirectory() as folder:
        found = unpacked(Path(folder))
        if found is None:
            print(
                "Lab 04, real pictures: not measured, no cifar10.npz; name its folder: COURSE_DATA="
            )
        else:
            data, what = found
            print(f"Lab 04, 1,000 pictures of {what}")
            apart(options.seeds, COURSE_DATA=str(data))
    return None


if __name__ == "__main__":
    main()
