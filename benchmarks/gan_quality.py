"""Lab 05: what a fixed judge says of the GAN's digits, and what its discriminator has learnt.

    python benchmarks/gan_quality.py [--quick] [--seeds N]

Runs the lab's own cells with its own solution: in the quick profile on stand-in digits always, and
on real MNIST in both profiles where it is (see mnist_accuracy.py). The goals are what question 6
asks of a student. `--quick` takes the stand-in alone: the full profile trains for a quarter of an
hour on a processor.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from figure import Figure, report
from labs import apart, code_cells, real_mnist, run_cell

LAB = "05_gan_mnist"
SAMPLES = 2000
GOALS = {"quick": (0.15, 4), "full": (0.4, 6)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the quick profile on the stand-in")
    parser.add_argument("--seeds", type=int, default=1, help="trainings of each (default 1)")
    parser.add_argument("--one", nargs=2, metavar=("DATA", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(*options.one)
    script = str(Path(__file__).resolve())
    runs = [("quick", "stand-in digits", None)]
    folder = real_mnist()
    if options.quick:
        pass
    elif folder is None:
        print("  real digits: not measured, no real mnist.npz; name its folder: COURSE_DATA=")
    else:
        runs += [("quick", "real MNIST", folder), ("full", "real MNIST", folder)]
    for profile, what, data in runs:
        for seed in range(1, options.seeds + 1):
            apart(script, profile, "--one", what, str(seed), data=data)
    return None


def one(what: str, seed: str) -> None:
    """Play the game once, judge it, and try the discriminator's features on few labels."""
    import numpy as np

    from course_lib import profile
    from course_lib.models import sample_quality

    names: dict = {"__name__": "__main__"}
    first, seconds, began = True, 0.0, 0.0
    for source, question, tests in code_cells(LAB):
        first = first and not question
        # The answers, and the cell that tries the features.
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
    report(Figure("the judge's confidence", quality.confidence, at_least=confidence, data=of))
    report(Figure("different digits of 10", quality.digits, at_least=digits, data=of))
    report(
        Figure("accuracy on the discriminator's features", after, "%", untrained,
               "untrained one's", after / untrained, data=f"{of}, 300 labels")
    )  # fmt: skip
    report(Figure("time of the answers", seconds, "s", data=of))


if __name__ == "__main__":
    main()
