"""Lab 17: BLEU and exact matches on seen and unseen pairs of colour and shape; real photographs.

    python benchmarks/captions.py [--quick] [--seeds N]

Scenes are always drawn. Each seed initialises the captioner anew and draws other scenes; the
encoder is the course's own. If COURSE_DATA or the folder of test data has `flickr8k`, a captioner
of the same kind is trained on its photographs, with features of ImageNet's MobileNet if the folder
has its weights, else of an untrained one. It is compared with the one sentence that has the best
BLEU on the training set. `--quick` trains one seed for one epoch, and leaves out the photographs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from figure import Figure, report
from labs import TEST_DATA

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

SCENES, TEST, LENGTH = 3000, 300, 17
EPOCHS = {"scenes": 8, "photographs": 12}
MOBILENET = "weights/mobilenet_7_5_224_tf_no_top.h5"


def find_folder() -> Path | None:
    """Return the folder that has real photographs with captions, or None."""
    for folder in (os.environ.get("COURSE_DATA"), TEST_DATA):
        if folder and (Path(folder) / "flickr8k" / "captions.csv").is_file():
            return Path(folder).resolve()
    return None


def train(model: Any, x: Any, tokens: Any, epochs: int) -> None:
    """Train as the lab does."""
    import keras

    from course_lib.training import fit

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    model.compile(keras.optimizers.Adam(0.003, beta_2=0.98), loss)
    fit(model, [x, tokens[:, :-1]], tokens[:, 1:], epochs=epochs, batch_size=32, verbose=False)


def measure_scenes(seeds: int, epochs: int) -> Iterator[Figure]:
    """Yield exact matches and BLEU on seen pairs, beside those on unseen pairs."""
    import keras
    import numpy as np

    from course_lib import data
    from course_lib.models import bleu, captioner, greedy_search, scene_encoder

    encoder = scene_encoder()

    def see(scenes: Any) -> Any:
        return encoder.predict(scenes.images.astype("float32"), batch_size=200, verbose=0)

    for seed in range(1, seeds + 1):
        keras.utils.set_random_seed(seed)
        scenes = data.captioned_scenes(SCENES, 100 + seed)
        vocabulary = data.Vocabulary([s for both in scenes.captions for s in both], str.split)
        tokens = vocabulary.encode([both[0] for both in scenes.captions], LENGTH + 1, ends=True)
        model = captioner((6, 6), 32, len(vocabulary))
        train(model, see(scenes), tokens, epochs)
        exact, scores = [], []
        for pairs in ("seen", "unseen"):
            test = data.captioned_scenes(TEST, 200 + seed, pairs)
            said = vocabulary.decode(greedy_search(model, see(test), LENGTH))
            right = [one in both for one, both in zip(said, test.captions, strict=True)]
            exact.append(100 * float(np.mean(right)))
            scores.append(100 * bleu(said, test.captions))
        sizes = f"{SCENES:,} in training, {TEST} + {TEST} new"
        of = f"drawn scenes, {sizes}, {epochs} epochs, seed {seed}"
        yield Figure("captions, exact matches on seen pairs", exact[0], "%", exact[1],
                     "unseen pairs", data=of)  # fmt: skip
        yield Figure("captions, BLEU on seen pairs", scores[0], "", scores[1], "unseen pairs",
                     data=of)  # fmt: skip


def find_best_sentence(captions: list[list[str]], tried: int = 60) -> str:
    """Return the sentence of a training set that has the best BLEU-2 when it is always said."""
    from course_lib.models import bleu

    sentences = sorted(
        {one for of_image in captions for one in of_image}, key=lambda s: (len(s), s)
    )
    some = sentences[:: max(1, len(sentences) // tried)]
    return max(some, key=lambda one: bleu([one] * len(captions), captions, order=2))


def measure_photographs(folder: Path, epochs: int) -> Iterator[Figure]:
    """Yield BLEU on real photographs, beside that of always the same sentence."""
    import keras
    import numpy as np

    from course_lib import data
    from course_lib.models import bleu, captioner, greedy_search

    os.environ["COURSE_DATA"] = str(folder)
    train_set, test_set = data.captioned_photographs(128)
    weights = folder / MOBILENET
    network = keras.applications.MobileNet(
        input_shape=(128, 128, 3), alpha=0.75, include_top=False,
        weights=str(weights) if weights.is_file() else None,
    )  # fmt: skip

    def see(images: Any) -> Any:
        scaled = keras.applications.mobilenet.preprocess_input(images.astype("float32"))
        maps = network.predict(scaled, batch_size=50, verbose=0)
        return maps.reshape(len(maps), -1, maps.shape[-1])

    sentences = [s for captions in train_set.captions for s in captions]
    vocabulary = data.Vocabulary(sentences, str.split, most=1000)
    x, x_test = see(train_set.images), see(test_set.images)
    repeated = np.repeat(np.arange(len(x)), [len(captions) for captions in train_set.captions])
    tokens = vocabulary.encode(sentences, 22, ends=True)
    grid = (4, 4)
    keras.utils.set_random_seed(1)
    model = captioner(grid, x.shape[-1], len(vocabulary))
    train(model, x[repeated], tokens, epochs)
    said = vocabulary.decode(greedy_search(model, x_test, 21))
    always = find_best_sentence(train_set.captions)
    kind = "ImageNet features" if weights.is_file() else "random features"
    sizes = f"{len(x)} + {len(x_test)} photographs of 128 px"
    of = f"real Flickr8k, {sizes}, {kind}, {epochs} epochs, seed 1"
    for order in (1, 4):
        ours, peer = (100 * bleu(list(each), test_set.captions, order)
                      for each in (said, [always] * len(said)))  # fmt: skip
        yield Figure(f"captions, BLEU-{order} on photographs", ours, "", peer,
                     "always the same sentence", data=of)  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one epoch, one seed, drawn scenes")
    parser.add_argument("--seeds", type=int, default=3, help="number of trainings (default 3)")
    options = parser.parse_args()
    if options.quick:
        for figure in measure_scenes(1, 1):
            report(figure)
        return
    for figure in measure_scenes(options.seeds, EPOCHS["scenes"]):
        report(figure)
    folder = find_folder()
    if folder is None:
        print("  real photographs: not measured, no COURSE_DATA with flickr8k/captions.csv")
        return
    for figure in measure_photographs(folder, EPOCHS["photographs"]):
        report(figure)


if __name__ == "__main__":
    main()
