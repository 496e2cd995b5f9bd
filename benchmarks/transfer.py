"""Lab 03: a classifier on MobileNet's features of real photographs, and cached features.

    python benchmarks/transfer.py [--quick]

Real data is `cats_dogs/` and `weights/mobilenet_7_5_224_tf_no_top.h5` in the folder
COURSE_TEST_DATA (default: ../shared/data): 500 photographs per class, 800 held out. The course's
own backbone always runs on the stand-in. `--quick` leaves out the photographs.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from figure import Figure, report
from labs import TEST_DATA

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
WEIGHTS = TEST_DATA / "weights" / "mobilenet_7_5_224_tf_no_top.h5"


def extract_twice(model, images, preprocess, folder, data):
    """Compute features, read them from the cache, report both times; return the features."""
    from course_lib.transfer import extract_features

    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        features = extract_features(model, images, preprocess, cache=folder)
        seconds.append(time.perf_counter() - began)
    report(
        Figure(
            "reading cached features",
            seconds[1],
            "s",
            peer=seconds[0],
            against="computing them",
            ratio=seconds[0] / seconds[1],
            at_least=10,
            data=f"{len(images):,} images, {data}",
        )
    )
    return features


def train_head(features, labels, unseen, unseen_labels) -> float:
    """Train a logistic head, one Dense layer on scaled features; return its test accuracy."""
    import keras
    import numpy as np

    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-3
    head = keras.Sequential(
        [
            keras.Input(features.shape[1:]),
            keras.layers.Dense(
                int(labels.max()) + 1, kernel_regularizer=keras.regularizers.L2(1e-2)
            ),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(2e-3), loss)
    head.fit((features - mean) / scale, labels, epochs=30, verbose=0)
    answers = head.predict((unseen - mean) / scale, verbose=0).argmax(axis=-1)
    return float(np.mean(answers == unseen_labels))


def read_photographs(part: str, each: int):
    """Return `each` real photographs per class of the set `part`, 128 × 128 pixels, with labels."""
    import keras
    import numpy as np

    x, y = [], []
    for label, kind in enumerate(("cats", "dogs")):
        for path in sorted((TEST_DATA / "cats_dogs" / part / kind).glob("*.jpg"))[:each]:
            image = keras.utils.load_img(path)
            x.append(np.asarray(keras.preprocessing.image.smart_resize(image, (128, 128))))
            y.append(label)
    return np.stack(x).round().clip(0, 255).astype("uint8"), np.array(y)


def measure_real(folder: Path) -> None:
    """Measure MobileNet on real photographs."""
    import keras

    from course_lib.transfer import backbone, extract_features, preprocess_input

    base = backbone("mobilenet", (128, 128, 3), weights=WEIGHTS, alpha=0.75)
    model = keras.Model(base.input, keras.layers.GlobalAveragePooling2D()(base.output))
    (x, y), (x_test, y_test) = read_photographs("train", 500), read_photographs("test", 400)
    preprocess = preprocess_input("mobilenet")
    of = "MobileNet 0.75, ImageNet weights, real photographs of cats and dogs"
    features = extract_twice(model, x, preprocess, folder, of)
    unseen = extract_features(model, x_test, preprocess, cache=folder)
    keras.utils.set_random_seed(0)
    right = train_head(features, y, unseen, y_test)
    of = f"{of}, {len(x) // 2} per class, {len(x_test)} held out"
    report(
        Figure(
            "test accuracy, logistic head on the features", 100 * right, "%", at_least=93, data=of
        )
    )


def measure_stand_in(folder: Path, seed: int) -> None:
    """Measure the course's own backbone on the stand-in."""
    import keras

    from course_lib.transfer import backbone, extract_features, preprocess_input, target_task

    (x, y), (x_test, y_test) = target_task("objects", 1000, 1000, seed)
    for name, weights in (("pre-trained", "pretrained"), ("random", None)):
        keras.utils.set_random_seed(seed)
        base = backbone("small_vgg", weights=weights)
        model = keras.Model(base.input, keras.layers.Flatten()(base.output))
        of = f"small_vgg, {name}, stand-in objects, seed {seed}"
        features = extract_twice(model, x, preprocess_input(), folder, of)
        unseen = extract_features(model, x_test, preprocess_input(), cache=folder)
        for count in (96, 1000):
            right = train_head(features[:count], y[:count], unseen, y_test)
            report(
                Figure(f"test accuracy, head trained on {count} images", 100 * right, "%", data=of)
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out the photographs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure_stand_in(Path(folder), seed=0)
        if options.quick:
            return
        if not (WEIGHTS.is_file() and (TEST_DATA / "cats_dogs").is_dir()):
            print(f"  photographs: not measured, not found in {TEST_DATA}; set COURSE_TEST_DATA")
            return
        measure_real(Path(folder))


if __name__ == "__main__":
    main()
