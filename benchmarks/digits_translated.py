"""Lab 14: digits that survive CycleGAN, and a GAN that helps a classifier.

    python benchmarks/digits_translated.py [--seeds N]

It runs the lab's solution in the quick profile with other seeds. First: the share of striped
digits that `digit_judge` recognises after the translation to plain ones, trained with the cycle
and identity losses and without them. Second: the accuracy of a classifier with 100 labels, trained
with and without unlabelled images. On synthetic digits, unless MNIST can be loaded.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Any

from figure import Figure, report
from labs import read_code_cells, run_cell

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["COURSE_PROFILE"] = "quick"

LAB = "14_pictures_into_pictures"
NEEDED = ("import os", "(digits, labels)", "features_of =", "def make_translator", "def make_class")
SURVIVAL, LEAD = 0.6, 0.05  # the goals: with the cycle loss; how much more than without it


def measure(seeds: int = 3) -> Iterator[Figure]:
    """Yield survival and accuracy for each seed."""
    from course_lib.data import provenance

    names: dict[str, Any] = {"__name__": "__main__"}
    demos = []
    for source, question, is_test in read_code_cells(LAB):
        start = source.lstrip()
        if is_test or not (question in ("cyclegan", "semi", "sharp") or start.startswith(NEEDED)):
            continue
        source = source.split("\nfigures.")[0].split("\nkeras.utils.set_random_seed(1)\nsharp =")[0]
        if start.startswith(NEEDED[3:]):
            demos.append(source)
        else:
            run_cell(source, names)
    kind = "synthetic digits" if "mnist" in provenance() else "MNIST"
    for seed in range(1, seeds + 1):
        for demo in demos:
            demo = demo.replace("set_random_seed(2)", f"set_random_seed({seed})")
            run_cell(demo.replace("seed=1)", f"seed={seed})"), names)
        kept = [names["survival"](images) for images in names["translations"].values()]
        data = f"{kind}, quick profile, seed {seed}"
        yield Figure(
            "digits that survive the translation", float(kept[0]), "", float(kept[1]),
            "without the cycle loss", at_least=max(SURVIVAL, kept[1] + LEAD), data=data,
        )  # fmt: skip
        alone, helped = (float(value) for value in names["accuracy"].values())
        yield Figure(
            "accuracy with 100 labels and a GAN", helped, "", alone, "labels alone",
            at_least=alone, data=data,
        )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="number of trainings (default 3)")
    options = parser.parse_args()
    print(f"CycleGAN and a semi-supervised GAN on digits, {os.cpu_count()} cores")
    for figure in measure(options.seeds):
        report(figure)


if __name__ == "__main__":
    main()
