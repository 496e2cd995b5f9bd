"""Lab 09: the intersection over union of U-Net with and without skip connections.

    python benchmarks/unet_skips.py [--quick] [--seeds N]

Both networks have depth 3 and 8 filters at the first size, the same training and the same seed. The
IoU of the cells is measured on the test set, over all pixels and over those within two pixels of a
border of the truth. On synthetic cells always; on real nuclei (Data Science Bowl 2018, 200 + 60
crops of 128 × 128), if `COURSE_DATA` or the folder of test data has them. Each real image is
standardised by itself, because many are very dark. `--quick` trains for two epochs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from figure import Figure, report
from labs import TEST_DATA

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

IOU, LEAD = 0.90, 0.05  # the goals: with skips; how much more at borders than without
EPOCHS = {"cells": 16, "nuclei": 12}
SIZES = {"cells": 48, "nuclei": 128}


def find_real_nuclei() -> Path | None:
    """Return the folder with the real nuclei, or None."""
    for folder in (os.environ.get("COURSE_DATA"), TEST_DATA):
        if folder and (Path(folder) / "nuclei" / "train").is_dir():
            return Path(folder).resolve()
    return None


def load_examples(name: str):
    """Return (x_train, y_train), (x_test, y_test): float32 images, masks of zeros and ones."""
    import numpy as np

    from course_lib import data

    def prepare(images):
        images = images.astype("float32")
        if name == "cells":
            return images / 127.5 - 1
        mean, spread = (f(images, axis=(1, 2, 3), keepdims=True) for f in (np.mean, np.std))
        return (images - mean) / (spread + 1)

    pairs = data.segmentation(name, size=SIZES[name], profile="quick")
    return [(prepare(x), (y > 0).astype("int32")) for x, y in pairs]


def measure_network(train, test, skips: bool, epochs: int, seed: int) -> tuple[float, float]:
    """Return the IoU on all pixels, and within two pixels of a border."""
    import keras
    import numpy as np
    from scipy import ndimage

    from course_lib.models import unet
    from course_lib.training import fit

    keras.utils.set_random_seed(seed)
    model = unet(2, 8, 3, (None, None, 1), "same", skips)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(8e-3), loss)
    fit(model, *train, epochs=epochs, batch_size=10, verbose=False)
    x, truth = test
    logits = np.concatenate([np.asarray(model(x[n : n + 20])) for n in range(0, len(x), 20)])
    found, truth = logits.argmax(axis=-1) > 0, truth > 0
    near = ndimage.maximum_filter(truth, (1, 5, 5)) != ndimage.minimum_filter(truth, (1, 5, 5))
    return find_overlap(found, truth), find_overlap(found[near], truth[near])


def find_overlap(found, truth) -> float:
    """Return the intersection over union of two masks."""
    return float((found & truth).sum() / max(1, (found | truth).sum()))


def measure(quick: bool, seeds: int = 1) -> Iterator[Figure]:
    """Yield the IoU of both networks on each set; goals apply to whole trainings on cells."""
    folder = find_real_nuclei()
    if folder is not None:
        os.environ["COURSE_DATA"] = str(folder)
    for name in ("cells", "nuclei"):
        if name == "nuclei" and folder is None:
            continue
        train, test = load_examples(name)
        epochs = 2 if quick else EPOCHS[name]
        has_goal = name == "cells" and not quick
        for seed in range(1, seeds + 1):
            ours = measure_network(train, test, True, epochs, seed)
            peer = measure_network(train, test, False, epochs, seed)
            kind = "synthetic cells" if name == "cells" else "real nuclei"
            data = f"{kind}, {epochs} epochs, seed {seed}"
            yield Figure(
                "IoU of the cells, all pixels", ours[0], "", peer[0], "without skips",
                at_least=IOU if has_goal else None, data=data,
            )  # fmt: skip
            yield Figure(
                "IoU within 2 pixels of a border", ours[1], "", peer[1], "without skips",
                at_least=peer[1] + LEAD if has_goal else None, data=data,
            )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two epochs")
    parser.add_argument("--seeds", type=int, default=1, help="number of trainings (default 1)")
    options = parser.parse_args()
    print(f"U-Net with and without skip connections, {os.cpu_count()} cores")
    for figure in measure(options.quick, options.seeds):
        report(figure)


if __name__ == "__main__":
    main()
