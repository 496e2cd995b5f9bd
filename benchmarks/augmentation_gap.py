"""Lab 04: the gap between training and test accuracy with and without augmentation.

    python benchmarks/augmentation_gap.py [--quick] [--seeds N]

The lab's network and its pipeline, on the first 1,000 training images, three seeds: on the
stand-in always, and on real CIFAR-10 where it is (see cifar_accuracy.py). Always the quick
profile. `--quick` leaves the real images out and takes one seed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from figure import Figure, report
from labs import apart, code_cells, real_cifar, run_cell

LAB = "04_augmentation"
UNSEEN = 2000  # test images


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the stand-in only, one seed")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each (default 3)")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(options.seeds)
    script, seeds = str(Path(__file__).resolve()), str(1 if options.quick else options.seeds)
    apart(script, "quick", "--one", "--seeds", seeds)
    if options.quick:
        return None
    with tempfile.TemporaryDirectory() as folder:
        data = real_cifar(Path(folder))
        if data is None:
            print("  real images: not measured, no cifar10.npz; name its folder: COURSE_DATA=")
        else:
            apart(script, "quick", "--one", "--seeds", seeds, data=data)
    return None


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
            run_cell(source, names)
    rows = []
    for seed in range(1, seeds + 1):
        for source in again:
            run_cell(source.replace("set_random_seed(1)", f"set_random_seed({seed})"), names)
        rows.append([shares(names, name) for name in ("bare", "augmented_model")])
    (bare, bare_unseen), (with_it, unseen) = 100 * np.mean(rows, axis=0)
    from course_lib.data.sources.provenance import is_stand_in

    source = "stand-in" if is_stand_in("cifar10") else "real CIFAR-10, through JPEG"
    of = f"{source}, {len(names['x_train']):,} images, mean of {seeds} seeds"
    without = {"against": "without augmentation", "unit": "%", "data": of}
    gaps = {"peer": bare - bare_unseen, "ratio": (bare - bare_unseen) / (with_it - unseen)}
    report(Figure("gap of training and test", with_it - unseen, **gaps, at_least=1, **without))
    better = {"peer": bare_unseen, "ratio": unseen / bare_unseen}
    report(Figure("test accuracy, augmented", unseen, **better, at_least=1, **without))


def shares(names: dict, name: str) -> list[float]:
    """Accuracy on the training images and on unseen ones."""
    parts = (names["x_train"], names["y_train"]), (names["x_test"], names["y_test"])
    return [
        float((names[name].predict(x[:UNSEEN], verbose=0).argmax(axis=-1) == y[:UNSEEN]).mean())
        for x, y in parts
    ]


if __name__ == "__main__":
    main()
