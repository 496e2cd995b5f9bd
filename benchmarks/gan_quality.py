"""Lab 05: how a fixed classifier rates the GAN's digits, and what its discriminator has learnt.

    python benchmarks/gan_quality.py [--quick] [--seeds N]

Runs the cells of the solved lab: in the quick profile on stand-in digits, and in both profiles on
real MNIST if it is available (see mnist_accuracy.py). The goals are those of question 6. `--quick`
uses only the stand-in: the full profile trains for a quarter of an hour on a CPU.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from figure import Figure, report
from labs import find_real_mnist, read_code_cells, run_cell, run_script

LAB = "05_gan_mnist"
SAMPLES = 2000
GOALS = {"quick": (0.15, 4), "full": (0.4, 6)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the quick profile on the stand-in")
    parser.add_argument("--seeds", type=int, default=1, help="number of trainings (default 1)")
    parser.add_argument("--one", nargs=2, metavar=("DATA", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return run_lab(*options.one)
    script = str(Path(__file__).resolve())
    runs = [("quick", "stand-in digits", None)]
    folder = find_real_mnist()
    if options.quick:
        pass
    elif folder is None:
        print("  real digits: not measured, mnist.npz not found; set COURSE_DATA to its folder")
    else:
        runs += [("quick", "real MNIST", folder), ("full", "real MNIST", folder)]
    for profile, what, data in runs:
        for seed in range(1, options.seeds + 1):
            run_script(script, profile, "--one", what, str(seed), data=data)
    return None


def run_lab(what: str, seed: str) -> None:
    """Train once, rate the digits, and test the discriminator's features with few labels."""
    import numpy as np

    from course_lib import profile
    from course_lib.models import sample_quality

    names: dict[str, Any] = {"__name__": "__main__"}
    first, seconds, began = True, 0.0, 0.0
    for source, question, tests in read_code_cells(LAB):
        first = first and not question
        # The answers, and the cell that tests the features.
        if tests or not (first or question or "labels, " in source):
            continue
        if question == "samples":
            names["keras"].utils.set_random_seed(int(seed))
        run_cell(source, names)
        if not began and "keras" in names:
            began = time.perf_counter()
    seconds = time.perf_counter() - began
    generator = names["generator"]
    noise = np.random.default_rng(int(seed)).normal(size=(SAMPLES, generator.input_shape[-1]))
    quality = sample_quality(names["as_images"](generator(noise.astype("float32"))))
    untrained, after = (100 * float(np.mean(right)) for right in names["accuracies"].values())
    confidence, digits = GOALS[profile.current()]
    of = f"{what}, {len(names['x_train']):,} images, {profile.current()} profile, seed {seed}"
    report(
        Figure(
            "confidence of the digit classifier", quality.confidence, at_least=confidence, data=of
        )
    )
    report(Figure("different digits out of 10", quality.digits, at_least=digits, data=of))
    report(
        Figure("accuracy on the discriminator's features", after, "%", untrained,
               "an untrained discriminator", after / untrained, data=f"{of}, 300 labels")
    )  # fmt: skip
    report(Figure("time of the answers", seconds, "s", data=of))


if __name__ == "__main__":
    main()
