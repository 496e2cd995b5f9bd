"""Lab 02: accuracy on real CIFAR-10 in the full profile; seconds in the quick one.

    python benchmarks/cifar_accuracy.py [--quick] [--epochs N] [--seed N]

Runs the lab's own cells with its own solution. Real CIFAR-10 is `cifar10.npz` in the folder that
COURSE_DATA names, or `cifar10/cifar10_jpeg.npz` with its `unpack_cifar10.py` in the one that
COURSE_TEST_DATA (default: ../shared/data) names: the same pictures through JPEG, unpacked for the
run. `--quick` leaves the full profile out, which trains for minutes on a processor; `--epochs`
shortens its training, to see how fast it is.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from figure import Figure, report
from labs import apart, code_cells, real_cifar, run_cell

LAB = "02_cnn_cifar"
# In the full profile: what the training of question 7 needs, and nothing else of the lab.
NEEDED = ("network", "accuracy")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the quick profile's seconds")
    parser.add_argument("--epochs", type=int, help="of the full profile's training (default 11)")
    parser.add_argument("--seed", type=int, default=1, help="of the trainings (default 1)")
    parser.add_argument("--one", choices=("full", "quick"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one == "full":
        return full(options.seed, options.epochs)
    if options.one == "quick":
        return quick(options.seed)
    script, seed = str(Path(__file__).resolve()), ["--seed", str(options.seed)]
    apart(script, "quick", "--one", "quick", *seed)
    if options.quick:
        return None
    epochs = ["--epochs", str(options.epochs)] if options.epochs else []
    with tempfile.TemporaryDirectory() as folder:
        apart(script, "full", "--one", "full", *seed, *epochs, data=real_cifar(Path(folder)))
    return None


def full(seed: int, epochs: int | None) -> None:
    """The cells that come before the first question, and the trainings of question 7."""
    import numpy as np

    names: dict = {"__name__": "__main__"}
    seconds = {}
    first = True
    for source, question, tests in code_cells(LAB):
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
    from course_lib.data.provenance import is_stand_in

    source = "stand-in" if is_stand_in("cifar10") else "real CIFAR-10, through JPEG"
    of = f"{source}, {len(names['y_train']):,} pictures, {trained} epochs, seed {seed}"
    report(Figure("test accuracy of Lab 02", share["model"], "%", at_least=82, data=of))
    report(Figure("test accuracy of the dense rival", share["rival"], "%", data=of))
    minutes = seconds["accuracy"] / 60
    report(Figure("time of both trainings", minutes, "min", at_most=10, data=of))


def quick(seed: int) -> None:
    """The whole lab, tests and pictures included."""
    names: dict = {"__name__": "__main__"}
    began = None
    for source, _, _ in code_cells(LAB):
        run_cell(source, names)
        if began is None and "keras" in names:
            names["keras"].utils.set_random_seed(seed)
            began = time.perf_counter()
    seconds = time.perf_counter() - began
    of = "stand-in pictures, quick profile"
    report(Figure("Lab 02 solved, after imports", seconds, "s", at_most=20, data=of))


if __name__ == "__main__":
    main()
