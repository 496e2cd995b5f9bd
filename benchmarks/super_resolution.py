"""Lab 14: ESPCN on Set5, against bicubic enlargement and the papers.

    python benchmarks/super_resolution.py [--quick] [--seeds N] [--updates N]

The network is trained on the luminance of T91 and measured on that of Set5, as in the papers: small
images by antialiased bicubic interpolation, PSNR with borders of `scale` pixels cut off, images
rounded to bytes. Published (Shi et al. 2016, table 1; Dong et al. 2016, table 2): enlargement by 3,
bicubic 30.39, SRCNN 32.75, ESPCN about 33.0 after T91 and 33.13 after ImageNet; by 2, bicubic
33.66, SRCNN 36.66. T91 and Set5 are read from `COURSE_DATA/superres` or the folder of test data;
the stand-in, drawn dead leaves, is always measured. `--quick` makes 100 updates.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

from figure import Figure, report
from labs import TEST_DATA

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

UPDATES, BATCH, PATCH = 20000, 16, 20  # a patch has PATCH × PATCH pixels before the enlargement
GOAL = 2.0  # dB over bicubic on Set5, by 3
STAND_IN_GOAL = 0.8  # dB over bicubic on dead leaves
BICUBIC = {2: 33.66, 3: 30.39}  # published for Set5


def find_real_images() -> Path | None:
    """Return the folder with T91 and Set5, or None."""
    for folder in (os.environ.get("COURSE_DATA"), TEST_DATA):
        if folder and (Path(folder) / "superres" / "Set5").is_dir():
            return (Path(folder) / "superres").resolve()
    return None


def read_luminance(images) -> list:
    """Return the luminance of RGB images, rounded to bytes, as float32 from 0 to 1."""
    import numpy as np

    weights = np.array([65.481, 128.553, 24.966]) / 255
    return [np.rint(16 + image @ weights).astype("float32") / 255 for image in images]


def load_images(folder: Path | None) -> tuple[list, list]:
    """Return the luminance of the training and the test images."""
    import numpy as np
    from PIL import Image

    from course_lib import data

    if folder is None:
        both = data.photo_textures(source="offline", profile="full")
        return read_luminance(both[0][:100]), read_luminance(both[1][:10])
    sets = []
    for name in ("T91", "Set5"):
        files = sorted((folder / name).glob("*.png"))
        sets.append(read_luminance([np.asarray(Image.open(f).convert("RGB")) for f in files]))
    return sets[0], sets[1]


def shrink(image, scale: int):
    """Return an image (h, w), cropped to a multiple of the scale, and its small version."""
    import tensorflow as tf

    height, width = (side - side % scale for side in image.shape)
    large = image[:height, :width]
    size = [height // scale, width // scale]
    small = tf.image.resize(large[..., None], size, "bicubic", antialias=True)
    return large, small.numpy()[..., 0]


def train_network(images: list, scale: int, updates: int, seed: int):
    """Return ESPCN with the paper's filters, trained on random patches."""
    import keras
    import numpy as np
    import tensorflow as tf

    from course_lib.models import espcn

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    pairs = [shrink(image, scale) for image in images]
    pairs = [pair for pair in pairs if min(pair[1].shape) >= PATCH]
    model = espcn(scale, residual=True)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, updates)
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)

    @tf.function
    def update(small, large):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(small) - large)[:, scale:-scale, scale:-scale] ** 2)
        weights = model.trainable_variables
        optimizer.apply(tape.gradient(loss, weights), weights)

    for _ in range(updates):
        update(*cut_batch(pairs, scale, rng))
    return model


def cut_batch(pairs: list, scale: int, rng):
    """Return random patches, turned and mirrored: small and large ones, (BATCH, side, side, 1)."""
    import numpy as np

    smalls, larges = [], []
    for index in rng.integers(0, len(pairs), BATCH):
        large, small = pairs[index]
        top, left = (int(rng.integers(0, side - PATCH + 1)) for side in small.shape)
        turns, is_mirrored = int(rng.integers(4)), rng.random() < 0.5
        for image, factor, into in ((small, 1, smalls), (large, scale, larges)):
            patch = image[
                factor * top : factor * (top + PATCH), factor * left : factor * (left + PATCH)
            ]
            patch = np.rot90(patch, turns)
            into.append(patch[:, ::-1] if is_mirrored else patch)
    return tuple(np.stack(into)[..., None].astype("float32") for into in (smalls, larges))


def measure_psnr(truth, image, border: int) -> float:
    """Return the PSNR in dB after rounding to bytes, without the border."""
    import numpy as np

    image = np.rint(255 * np.clip(image, 0, 1))
    away = (np.rint(255 * truth) - image)[border:-border, border:-border]
    return float(10 * np.log10(255**2 / np.mean(away**2)))


def compare(model, images: list, scale: int) -> tuple[float, float]:
    """Return the mean PSNR of the network and of bicubic enlargement."""
    import numpy as np
    import tensorflow as tf

    scores = []
    for image in images:
        large, small = shrink(image, scale)
        bicubic = tf.image.resize(small[..., None], large.shape, "bicubic").numpy()[..., 0]
        ours = np.asarray(model(small[None, ..., None]))[0, ..., 0]
        scores.append([measure_psnr(large, one, scale) for one in (ours, bicubic)])
    ours, peer = np.mean(scores, axis=0)
    return float(ours), float(peer)


def measure(quick: bool, seeds: int = 1, updates: int = UPDATES) -> Iterator[Figure]:
    """Yield the gain over bicubic of each set and scale; goals apply to whole trainings."""
    folder = find_real_images()
    updates = 100 if quick else updates
    for place in (None, folder) if folder is not None else (None,):
        train, test = load_images(place)
        for scale in (3, 2) if place is not None else (3,):
            for seed in range(1, seeds + 1):
                start = time.process_time()
                model = train_network(train, scale, updates, seed)
                seconds = time.process_time() - start
                ours, peer = compare(model, test, scale)
                kind = "Set5 after T91" if place is not None else "synthetic dead leaves"
                goal = (GOAL if scale == 3 else None) if place is not None else STAND_IN_GOAL
                yield Figure(
                    f"ESPCN, enlargement by {scale}, PSNR of the luminance", ours, "dB", peer,
                    "bicubic", at_least=None if quick or goal is None else peer + goal,
                    data=f"{kind}, {updates} updates, {seconds:.0f} CPU seconds, seed {seed}",
                )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100 updates")
    parser.add_argument("--seeds", type=int, default=1, help="number of trainings (default 1)")
    parser.add_argument("--updates", type=int, default=UPDATES, help=f"default {UPDATES}")
    options = parser.parse_args()
    print(f"ESPCN against bicubic enlargement, {os.cpu_count()} cores")
    for figure in measure(options.quick, options.seeds, options.updates):
        report(figure)


if __name__ == "__main__":
    main()
