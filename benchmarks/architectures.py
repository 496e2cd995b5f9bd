"""Lab 07: accuracy and cost of each architecture, on real CIFAR-10 and on the stand-in.

    python benchmarks/architectures.py [--quick] [--epochs N] [--seed N]

Trains every model of `course_lib.models.small_architectures` in the same way on the same subset of
the training set, tests it on 2,000 test images, and draws accuracy against parameters and against
multiply-adds into docs/images/architectures.svg. Such a short training shows how fast an
architecture learns, not its final accuracy. Finds real CIFAR-10 as cifar_accuracy.py does; without
it, uses only the stand-in. `--quick` trains two of the models for one epoch on 500 images of the
stand-in and draws nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from figure import Figure, report
from labs import ROOT, find_real_cifar, run_script

CHART = ROOT / "docs" / "images" / "architectures.svg"
REAL, STAND_IN, TESTED = 6_000, 2_500, 2_000  # images
EPOCHS, BATCH = 3, 64


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two models, one epoch, stand-in")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="epochs of each training")
    parser.add_argument("--seed", type=int, default=1, help="seed of the trainings")
    parser.add_argument("--images", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--models", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--measured", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measured:
        kept, seed = options.measured, options.seed
        return measure(options.models, options.images, options.epochs, seed, kept)
    with tempfile.TemporaryDirectory() as folder:
        sources = [(options.epochs, STAND_IN, None)]
        if options.quick:
            sources = [(1, 500, None)]
        elif real := find_real_cifar(Path(folder)):
            sources.append((options.epochs, REAL, real))
        for epochs, images, data in sources:
            kept = Path(folder) / "measured"
            settings = {"measured": kept, "images": images, "epochs": epochs}
            settings |= {"seed": options.seed, **({"models": 2} if options.quick else {})}
            arguments = [str(part) for name in settings for part in (f"--{name}", settings[name])]
            run_script(str(Path(__file__).resolve()), "full", *arguments, data=data)
            if not options.quick:
                draw(**json.loads(kept.read_text("utf-8")))
    return None


def measure(models: int | None, count: int, epochs: int, seed: int, kept: Path) -> None:
    """Train and test the first `models` models, or all; write what to draw into the file `kept`."""
    import keras
    import numpy as np

    from course_lib import data
    from course_lib.data.sources.provenance import is_stand_in
    from course_lib.models import multiply_adds, small_architectures
    from course_lib.training import fit

    (x, y), (x_test, y_test) = data.load("cifar10")
    order = np.random.default_rng(seed).permutation(len(x))[:count]
    x, y = x[order].astype("float32"), y[order].ravel()
    x_test, y_test = x_test[:TESTED].astype("float32"), y_test[:TESTED].ravel()
    mean, spread = x.mean(axis=(0, 1, 2)), x.std(axis=(0, 1, 2))
    source = "the stand-in" if is_stand_in("cifar10") else "real CIFAR-10, through JPEG"
    of = f"{source}, {len(x):,} images, {epochs} epochs, seed {seed}"
    table: dict[str, list] = {name: [] for name in ("names", "accuracies", "parameters", "costs")}
    began, cpu = time.perf_counter(), time.process_time()
    for name, build in list(small_architectures().items())[:models]:
        keras.utils.set_random_seed(seed)
        model = build()
        fit(model, (x - mean) / spread, y, epochs=epochs, batch_size=BATCH, verbose=False)
        logits = model.predict((x_test - mean) / spread, batch_size=500, verbose=0)
        right = float(np.mean(logits.argmax(axis=-1) == y_test))
        row = (name, right, model.count_params(), multiply_adds(model))
        for column, value in zip(table.values(), row, strict=True):
            column.append(value)
        cost = f"{row[2]:,} parameters, {row[3] / 1e6:.1f} million multiply-adds"
        report(Figure(f"{name}: {cost}", 100 * right, "%", data=of))
    minutes = (time.perf_counter() - began) / 60
    cpu = (time.process_time() - cpu) / 60
    report(Figure("time of all trainings", minutes, "min", data=of))
    report(Figure("CPU time of all trainings", cpu, "min", data=of))
    table["about"] = f"{of}; {cpu:.0f} minutes of CPU time"
    kept.write_text(json.dumps(table), encoding="utf-8")


def draw(names: list, accuracies: list, parameters: list, costs: list, about: str) -> None:
    """Draw the chart of the data set measured last: the real one if it is available."""
    from matplotlib import rc_context

    from course_lib.figures import accuracy_by_cost

    best = names[accuracies.index(max(accuracies))]
    title = f"{best} learns most in a short training ({100 * max(accuracies):.0f} %): {about}"
    figure = accuracy_by_cost(names, accuracies, parameters, costs, title)
    # No date and no random names: the same figures make the same file.
    with rc_context({"svg.hashsalt": CHART.stem}):
        figure.savefig(CHART, metadata={"Date": None})


if __name__ == "__main__":
    main()
