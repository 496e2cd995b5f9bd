"""Lab 04: the gap between training and test accuracy with and without augmentation.

    python benchmarks/augmentation_gap.py [--quick] [--seeds N]

Trains the lab's network with its pipeline on the first 1,000 training images, with three seeds, in
the quick profile: on the stand-in, and on real CIFAR-10 if it is available (see cifar_accuracy.py).
`--quick` leaves out the real images and uses one seed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from figure import Figure, report
from labs import find_real_cifar, read_code_cells, run_cell, run_script

LAB = "04_augmentation"
UNSEEN = 2000  # test images


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the stand-in, one seed")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each (default 3)")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return run_lab(options.seeds)
    script, seeds = str(Path(__file__).resolve()), str(1 if options.quick else options.seeds)
    run_script(script, "quick", "--one", "--seeds", seeds)
    if options.quick:
        return None
    with tempfile.TemporaryDirectory() as folder:
        data = find_real_cifar(Path(folder))
        if data is None:
            print(
                "  real images: not measured, cifar10.npz not found; set COURSE_DATA to its folder"
            )
        else:
            run_script(script, "quick", "--one", "--seeds", seeds, data=data)
    return None


def run_lab(seeds: int) -> None:
    """Train both networks of the lab's question on the gap, once per seed."""
    import numpy as np

    names: dict[str, Any] = {"__name__": "__main__"}
    again = []
    first = True
    for source, question, tests in read_code_cells(LAB):
        first = first and not question
        if "def new_network" in source or question == "gap" and not tests:
            again.append(source)
        elif not tests and (first or question == "layers" or "import fit" in source):
            run_cell(source, names)
    rows = []
    for seed in range(1, seeds + 1):
        for source in again:
            run_cell(source.replace("set_random_seed(1)", f"set_random_seed({seed})"), names)
        rows.append([measure_accuracies(names, name) for name in ("bare", "augmented_model")])
    (bare, bare_unseen), (with_it, unseen) = 100 * np.mean(rows, axis=0)
    from course_lib.data.sources.provenance import is_stand_in

    source = "stand-in" if is_stand_in("cifar10") else "real CIFAR-10, through JPEG"
    of = f"{source}, {len(names['x_train']):,} images, mean of {seeds} seeds"
    without = {"against": "without augmentation", "unit": "%", "data": of}
    gaps = {"peer": bare - bare_unseen, "ratio": (bare - bare_unseen) / (with_it - unseen)}
    report(
        Figure(
            "gap between training and test accuracy",
            with_it - unseen,
            **gaps,
            at_least=1,
            **without,
        )
    )
    better = {"peer": bare_unseen, "ratio": unseen / bare_unseen}
    report(Figure("test accuracy, augmented", unseen, **better, at_least=1, **without))


def measure_accuracies(names: dict[str, Any], name: str) -> list[float]:
    """Return the accuracy on training images and on test images."""
    sets = (names["x_train"], names["y_train"]), (names["x_test"], names["y_test"])
    return [
        float((names[name].predict(x[:UNSEEN], verbose=0).argmax(axis=-1) == y[:UNSEEN]).mean())
        for x, y in sets
    ]


if __name__ == "__main__":
    main()
