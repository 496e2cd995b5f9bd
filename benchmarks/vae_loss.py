"""Lab 06: the VAE's loss on MNIST's test set, and its training time against keras.io's example.

    python benchmarks/vae_loss.py [--quick] [--seeds N] [--whole]

Ours is `course_lib.models.vae` with two latent dimensions, trained by `course_lib.training.fit`.
Its loss is the sum of the pixels' binary cross-entropies plus the KL divergence, on the test set,
with one random code per image. Theirs, in the same process, is keras.io's example "Variational
AutoEncoder" (https://keras.io/examples/generative/vae/): 30 epochs over 70,000 images. Every epoch
does the same work, so two are measured and multiplied; `--whole` runs all 30. `--quick` uses the
stand-in, two epochs of ours and a tenth of an epoch of theirs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator

from figure import Figure, report
from labs import find_real_mnist

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

NATS, TIMES = 142, 3  # the goals: the loss, and how many times as fast
EPOCHS = 30  # of theirs and of ours
IMAGES = 70_000  # theirs also learns from the test set


def load_images(real: bool):
    """Return training and test images `(n, 784)`, float32 in [0, 1]."""
    from course_lib import data

    (x_train, _), (x_test, _) = data.load("mnist", "real" if real else "offline", "full")
    return [x.reshape(-1, 784).astype("float32") / 255 for x in (x_train, x_test)]


def train_ours(x_train, x_test, epochs: int, seed: int) -> tuple[float, float, float]:
    """Return the loss on the test set, the seconds and the CPU seconds of training."""
    import keras

    from course_lib.models import vae
    from course_lib.training import fit

    keras.utils.set_random_seed(seed)
    model = vae(latent=2, units=(512, 256))
    model.compile(keras.optimizers.AdamW(2e-3))
    began, cpu = time.perf_counter(), time.process_time()
    fit(model, x_train, epochs=epochs, batch_size=128, verbose=False)
    seconds = time.perf_counter() - began, time.process_time() - cpu
    found = model.evaluate(x_test, batch_size=500, verbose=0, return_dict=True)
    return found["reconstruction"] + found["kl"], *seconds


def train_theirs(x, epochs: float) -> tuple[float, float]:
    """Return the seconds and the CPU seconds of training keras.io's example."""
    import keras

    from keras_io import make_vae

    model = make_vae()
    model.compile(optimizer=keras.optimizers.Adam())
    x = x.reshape(-1, 28, 28, 1)
    model.fit(x[:256], batch_size=128, verbose=0)  # compiling does not count
    began, cpu = time.perf_counter(), time.process_time()
    model.fit(
        x[: int(len(x) * min(epochs, 1))], epochs=max(1, int(epochs)), batch_size=128, verbose=0
    )
    return time.perf_counter() - began, time.process_time() - cpu


def measure(quick: bool, seeds: int = 1, whole: bool = False) -> Iterator[Figure]:
    """Yield the loss and both times; goals apply to the whole training on real data."""
    import numpy as np

    folder = None if quick else find_real_mnist()
    if folder is not None:
        os.environ["COURSE_DATA"] = str(folder)
    x_train, x_test = load_images(real=folder is not None)
    both = np.concatenate([x_train, x_test])
    timed, epochs = (0.1, 2) if quick else (EPOCHS if whole else 2, EPOCHS)
    peer = np.array(train_theirs(both, timed)) * EPOCHS / timed * IMAGES / len(both)
    against = f"keras.io's example, {EPOCHS} epochs" + (
        "" if whole else f" extrapolated from {timed:g}"
    )
    for seed in range(1, seeds + 1):
        loss, *mine = train_ours(x_train, x_test, epochs, seed)
        data = "stand-in digits" if folder is None else "real MNIST"
        data += f", {epochs} epochs, seed {seed}"
        yield Figure(
            "loss on the test set", loss, "nats per image",
            at_most=None if folder is None else NATS, data=data,
        )  # fmt: skip
        for what, own, other in zip(
            ("training time", "CPU time of training"), mine, peer, strict=True
        ):
            yield Figure(
                what, own, "s", float(other), against, float(other / own),
                at_least=None if folder is None else TIMES, data=data,
            )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the stand-in, shortened")
    parser.add_argument("--seeds", type=int, default=1, help="number of our trainings (default 1)")
    parser.add_argument("--whole", action="store_true", help="all 30 epochs of theirs")
    options = parser.parse_args()
    print(f"VAE with two latent dimensions, {os.cpu_count()} cores")
    for figure in measure(options.quick, options.seeds, options.whole):
        report(figure)


if __name__ == "__main__":
    main()
