"""Lab 02: accuracy on real CIFAR-10 in the full profile.

    python benchmarks/cifar_accuracy.py [--quick] [--epochs N] [--seed N]

Runs the cells of the solved lab. Real CIFAR-10 is `cifar10.npz` in the folder COURSE_DATA, or
`cifar10/cifar10_jpeg.npz` with its `unpack_cifar10.py` in the folder COURSE_TEST_DATA (default:
../shared/data): the same images through JPEG, unpacked for the run. `--epochs` shortens the
training to measure its speed. `--quick` uses the quick profile and the stand-in.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from figure import Figure, report
from labs import find_real_cifar, read_code_cells, run_cell, run_script

LAB = "02_cnn_cifar"
# The only questions that the training of question 7 needs.
NEEDED = ("network", "accuracy")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the quick profile on the stand-in")
    parser.add_argument("--epochs", type=int, help="epochs of the training (default 11)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the trainings (default 1)")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return train(options.seed, options.epochs)
    script = str(Path(__file__).resolve())
    more = ["--seed", str(options.seed)]
    if options.quick:
        return run_script(script, "quick", "--one", *more)
    if options.epochs:
        more += ["--epochs", str(options.epochs)]
    with tempfile.TemporaryDirectory() as folder:
        run_script(script, "full", "--one", *more, data=find_real_cifar(Path(folder)))
    return None


def train(seed: int, epochs: int | None) -> None:
    """Run the cells before the first question and the trainings of question 7."""
    import numpy as np

    names: dict[str, Any] = {"__name__": "__main__"}
    seconds = {}
    first = True
    for source, question, tests in read_code_cells(LAB):
        first = first and not question
        if tests or (not first and question not in NEEDED):
            continue
        if epochs and question == "accuracy":
            source = source.replace("epochs=11", f"epochs={epochs}")
        began = time.perf_counter()
        run_cell(source, names)
        seconds[question] = time.perf_counter() - began
        if "keras" in names and question == "":
            names["keras"].utils.set_random_seed(seed)
    share = {}
    for name in ("model", "rival"):
        logits = names[name].predict(names["x_test"], batch_size=500, verbose=0)
        share[name] = 100 * float(np.mean(logits.argmax(axis=-1) == names["y_test"]))
    trained = len(names["history"].history["loss"])
    from course_lib.data.sources.provenance import is_stand_in

    stand_in = is_stand_in("cifar10")
    source = "stand-in" if stand_in else "real CIFAR-10, through JPEG"
    of = f"{source}, {len(names['y_train']):,} images, {trained} epochs, seed {seed}"
    goal = None if epochs or stand_in else 82
    report(Figure("test accuracy of Lab 02", share["model"], "%", at_least=goal, data=of))
    report(Figure("test accuracy of the dense network", share["rival"], "%", data=of))
    minutes = seconds["accuracy"] / 60
    report(Figure("time of both trainings", minutes, "min", at_most=10, data=of))


if __name__ == "__main__":
    main()
