"""Lab 10: forecasts against simple baselines, and recurrent readers against a bag of words.

    python benchmarks/recurrent_networks.py [--quick] [--seeds N] [--imdb]

Sunspots: the mean absolute error 12 months ahead on the last fifth of the series, by persistence,
the value 11 years ago, a linear model of the last 132 months, and networks of the last 48 months
with each cell. The goal is the error of the linear model of the same series. Reviews: accuracies on
the synthetic short reviews, where order decides, against logistic regression on a bag of the same
words; with `--imdb` also on IMDB (the last 150 words of a review, 10,000 words; several minutes).
The stand-ins are always measured; real data where they are there (`COURSE_TEST_DATA`). `--quick`:
the stand-ins, shortened.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from figure import Figure, report
from labs import TEST_DATA

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("COURSE_PROFILE", "quick")

AHEAD, LINEAR_STEPS, STEPS = 12, 132, 48  # months
WORDS, LENGTH = 10_000, 150  # of IMDB: the vocabulary, and the words of a review


def find_baselines(split) -> dict[str, float]:
    """Return the error 12 months ahead of each baseline."""
    import numpy as np

    (x, y), (x_test, y_test), _, deviation = split

    def with_ones(windows):
        return np.concatenate([windows[:, :, 0], np.ones((len(windows), 1))], axis=1)

    weights = np.linalg.lstsq(with_ones(x), y, rcond=None)[0]
    last = {
        "persistence": x_test[:, -1, 0],
        "11 years ago": x_test[:, AHEAD - 1, 0],
        "linear": (with_ones(x_test) @ weights)[:, -1],
    }
    return {name: deviation * float(np.mean(np.abs(v - y_test[:, -1]))) for name, v in last.items()}


def train_forecaster(cell: str, split, seed: int, epochs: int) -> float:
    """Return the error 12 months ahead of a network."""
    import keras
    import numpy as np

    from course_lib.models import recurrent
    from course_lib.training import fit

    (x, y), (x_test, y_test), _, deviation = split
    keras.utils.set_random_seed(seed)
    model = recurrent(cell, (24,), outputs=AHEAD)
    model.compile(keras.optimizers.Adam(1e-2), "mean_absolute_error")
    fit(model, x[:, -STEPS:], y, epochs=epochs, batch_size=64, verbose=False)
    forecasts = keras.ops.convert_to_numpy(model(x_test[:, -STEPS:]))
    return deviation * float(np.mean(np.abs(forecasts - y_test)[:, -1]))


def measure_sunspots(values, name: str, seeds: int, epochs: int) -> Iterator[Figure]:
    """Yield the errors of the baselines and of each cell."""
    import numpy as np

    from course_lib import data

    split = data.split_windows(values, 0.8, LINEAR_STEPS, AHEAD)
    baselines = find_baselines(split)
    for baseline, error in baselines.items():
        yield Figure(f"error 12 months ahead, {baseline}", error, "sunspots", data=name)
    for cell in ("lstm", "gru", "simple"):
        errors = [train_forecaster(cell, split, seed, epochs) for seed in range(1, seeds + 1)]
        yield Figure(
            f"error 12 months ahead, {cell}", float(np.mean(errors)), "sunspots",
            baselines["linear"], "linear", at_most=baselines["linear"],
            data=f"{name}, {seeds} seeds, standard deviation {np.std(errors):.1f}",
        )  # fmt: skip


def read(cell: str | None, sets, words: int, seed: int, epochs: int) -> float:
    """Return the accuracy of a reader; of a bag of words if `cell` is None."""
    import keras
    import numpy as np

    from course_lib.models import CELLS
    from course_lib.training import fit

    (x, y), (x_test, y_test) = sets
    keras.utils.set_random_seed(seed)
    if cell is None:
        layers = [keras.layers.CategoryEncoding(words, output_mode="multi_hot")]
    else:
        layers = [
            keras.layers.Embedding(words, 16, mask_zero=True),
            keras.layers.Bidirectional(CELLS[cell].layer(16)),
        ]
    model = keras.Sequential([keras.Input((x.shape[1],), dtype="int32"), *layers])
    model.add(keras.layers.Dense(1))
    rate = 1e-2 if cell or words < WORDS else 3e-3
    model.compile(keras.optimizers.Adam(rate), keras.losses.BinaryCrossentropy(from_logits=True))
    fit(model, x, y, epochs=epochs, batch_size=64, verbose=False)
    logits = model.predict(x_test, batch_size=500, verbose=0)[:, 0]
    return float(np.mean((logits > 0) == y_test))


def measure_reviews(sets, words: int, name: str, cells, epochs: int) -> Iterator[Figure]:
    """Yield the accuracy of a bag of words, and of each cell against it."""
    bag = read(None, sets, words, 1, epochs)
    yield Figure("accuracy, bag of words", 100 * bag, "%", data=name)
    for cell in cells:
        yield Figure(
            f"accuracy, bidirectional {cell}", 100 * read(cell, sets, words, 1, epochs), "%",
            100 * bag, "bag of words", data=name,
        )  # fmt: skip


def load_imdb(folder: Path):
    """Return IMDB's reviews, the last 150 words of each, from a prepared folder."""
    from keras.utils import pad_sequences

    from course_lib import data

    os.environ["COURSE_DATA"] = str(folder)
    sets = data.load("imdb", num_words=WORDS)
    # Filled up at the end, as a mask on a GPU needs it.
    return [(pad_sequences(x, LENGTH, padding="post", truncating="pre"), y) for x, y in sets]


def measure(quick: bool, seeds: int, imdb: bool) -> Iterator[Figure]:
    """Yield all figures."""
    from course_lib import data
    from course_lib.data import short_reviews

    _, spots = data.series("sunspots", "offline")
    yield from measure_sunspots(spots, "stand-in sunspots", seeds, 2 if quick else 10)
    sets = data.load("short_reviews")
    cells = ("lstm",) if quick else ("lstm", "gru", "simple")
    words = len(short_reviews.WORDS)
    yield from measure_reviews(sets, words, "synthetic short reviews", cells, 2 if quick else 6)
    file = TEST_DATA / "series" / "sunspots_monthly.csv"
    if not quick and file.is_file():
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(file, Path(folder) / "sunspots.csv")
            os.environ["COURSE_DATA"] = folder
            _, spots = data.series("sunspots", "real")
        yield from measure_sunspots(spots, "real sunspots, 1749-1983", seeds, 10)
    if imdb and (TEST_DATA / "imdb.npz").is_file():
        sets = load_imdb(TEST_DATA)
        yield from measure_reviews(sets, WORDS, "real IMDB, last 150 words", ("lstm",), 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the stand-ins, shortened")
    parser.add_argument("--seeds", type=int, default=3, help="trainings per cell (default 3)")
    parser.add_argument("--imdb", action="store_true", help="also read real film reviews")
    options = parser.parse_args()
    print(f"Recurrent networks, {os.cpu_count()} cores")
    for figure in measure(options.quick, 1 if options.quick else options.seeds, options.imdb):
        report(figure)


if __name__ == "__main__":
    main()
