"""Lab 13: a detector of one pass against the way of R-CNN.

    python benchmarks/object_detection.py [--quick] [--full] [--seeds N]

The cells of the lab's solution run in the quick profile. On synthetic scenes: the mean average
precision at an IoU of 0.5 on the test set, and images a second, both against R-CNN's way (selective
search, a pre-trained `small_vgg`, a dense layer) on the same 30 images. `--full`: the full profile,
too, without R-CNN. On real images (raccoons, and the blood cells of BCCD, scaled to 128 × 128), if
`COURSE_DATA` or the folder of test data has them: the small network learns from scratch, so this is
not what a pre-trained detector reaches. `--quick` trains for two epochs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from figure import Figure, report
from labs import TEST_DATA, read_code_cells, run_cell

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "agg")

QUICK_GOAL, FULL_GOAL = 0.80, 0.90  # mAP at an IoU of 0.5
EPOCHS = {"scenes": 12, "raccoon": 40, "bccd": 30}
SIDE = 128  # pixels of a real image


def find_real_boxes() -> Path | None:
    """Return the folder with real images and boxes, or None."""
    for folder in (os.environ.get("COURSE_DATA"), TEST_DATA):
        if folder and (Path(folder) / "bccd" / "boxes.csv").is_file():
            return Path(folder).resolve()
    return None


def load_lab() -> dict[str, Any]:
    """Return the names that the lab's answers define, without its trainings and figures."""
    names: dict[str, Any] = {"__name__": "__main__"}
    needed = ("import os", "def prepare(", "def first_regions(", "BACKGROUND =", "CELLS =")
    for source, question, is_test in read_code_cells("13_object_detection"):
        source = source.lstrip()
        if is_test or question == "detector" or not (question or source.startswith(needed)):
            continue
        run_cell(source.split("\nfigures.")[0], names)
    for source, _, _ in read_code_cells("13_object_detection"):
        if source.lstrip().startswith("def detect("):
            run_cell(source.split("\n\nCOCO =")[0], names)
    return names


def train(lab: dict[str, Any], name: str, seed: int, epochs: int, profile: str = "quick"):
    """Return a trained network, the test images and their boxes."""
    import keras
    import numpy as np

    from course_lib import data
    from course_lib.data.registry import find_detection
    from course_lib.models import yolo
    from course_lib.training import fit

    size = lab["SIZE"] if name == "scenes" else SIDE
    classes = len(find_detection(name).class_names)
    (x, truth), (x_test, truth_test) = data.detection(name, size=size, profile=profile)
    keras.utils.set_random_seed(seed)
    wide = 1 if name == "scenes" and profile == "quick" else 2
    filters = (8, 16, 32) if name != "raccoon" else (8, 16, 32, 64)
    model = yolo(classes, 2, [wide * n for n in filters], [64 * wide, 64 * wide])
    cells = size // 2 ** len(filters)
    y = np.stack([lab["to_grid"](boxes, labels, size, cells, classes) for boxes, labels in truth])
    model.compile(keras.optimizers.Adam(6e-3), lambda t, p: lab["yolo_loss"](t, p, classes))
    fit(model, lab["prepare"](x), y, epochs=epochs, batch_size=10, verbose=False)
    return model, lab["prepare"](x_test), truth_test, classes


def measure_precision(lab: dict[str, Any], trained: Any) -> float:
    """Return the mean average precision at an IoU of 0.5."""
    model, x, truth, classes = trained
    lab["CLASSES"] = list(range(classes))
    found = [one for n in range(0, len(x), 50) for one in lab["detect"](x[n : n + 50], model)]
    return float(lab["mean_average_precision"](found, truth, [0.5], classes))


def compare_with_windows(lab: dict[str, Any], trained: Any) -> Iterator[tuple[str, float, float]]:
    """Yield what is measured, for one pass and for R-CNN's way, on 30 images."""
    model, x, truth, classes = trained
    x, truth, results = x[:30], truth[:30], []
    lab["CLASSES"] = list(range(classes))
    lab["detect"](x, model), lab["detect_slowly"](x[:2])  # the first call is slow
    for detect in (lambda: lab["detect"](x, model), lambda: lab["detect_slowly"](x)):
        start = time.perf_counter()
        found = detect()
        speed = len(x) / (time.perf_counter() - start)
        results.append((lab["mean_average_precision"](found, truth, [0.5], classes), speed))
    yield "mAP at IoU 0.5, 30 images", float(results[0][0]), float(results[1][0])
    yield "images a second", results[0][1], results[1][1]


def measure(quick: bool, full: bool = False, seeds: int = 1) -> Iterator[Figure]:
    """Yield the figures; goals apply to whole trainings on scenes."""
    os.environ["COURSE_PROFILE"] = "quick"
    lab = load_lab()
    for seed in range(1, seeds + 1):
        epochs = 2 if quick else EPOCHS["scenes"]
        trained = train(lab, "scenes", seed, epochs)
        data = f"synthetic scenes, {epochs} epochs, seed {seed}"
        goal = None if quick else QUICK_GOAL
        score = measure_precision(lab, trained)
        yield Figure("mAP at IoU 0.5, quick", score, "", at_least=goal, data=data)
        if seed == 1:
            for name, ours, peer in compare_with_windows(lab, trained):
                yield Figure(name, ours, "", peer, "R-CNN's way", data=data)
    if full:
        score = measure_precision(lab, train(lab, "scenes", 1, 16, "full"))
        data = "synthetic scenes, 3,000 images, 16 epochs, seed 1"
        yield Figure("mAP at IoU 0.5, full", score, "", at_least=FULL_GOAL, data=data)
    folder = find_real_boxes()
    if folder is None:
        return
    os.environ["COURSE_DATA"] = str(folder)
    for name in ("bccd", "raccoon"):
        epochs = 2 if quick else EPOCHS[name]
        score = measure_precision(lab, train(lab, name, 1, epochs))
        data = f"real {name}, {SIDE} × {SIDE}, from scratch, {epochs} epochs, seed 1"
        yield Figure(f"mAP at IoU 0.5, {name}", score, "", data=data)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two epochs")
    parser.add_argument("--full", action="store_true", help="also the full profile")
    parser.add_argument("--seeds", type=int, default=1, help="number of trainings (default 1)")
    options = parser.parse_args()
    print(f"One pass against the way of R-CNN, {os.cpu_count()} cores")
    for figure in measure(options.quick, options.full, options.seeds):
        report(figure)


if __name__ == "__main__":
    main()
