"""Lab 12: GPT on Tiny Shakespeare within a time; BERT fine-tuned against training from scratch.

    python benchmarks/language_models.py [--seconds 180] [--quick]

GPT predicts characters, as nanoGPT does in its recipe for a CPU. It is always trained on the
stand-in, Python's help texts, and on Tiny Shakespeare if COURSE_DATA has it, as
`tinyshakespeare.txt` or `text/tinyshakespeare.txt`. `--seconds` is the time of each training.
`--quick` trains for 20 seconds, on the stand-in only, and BERT with one seed. The load of the
machine at the start is named, because a busy machine takes fewer steps.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

from figure import Figure, report
from labs import run_script

GOAL, NANOGPT = 1.60, 1.88  # nats a character of Tiny Shakespeare
LENGTH, BATCH, RATE = 64, 32, 3e-3
STEPS = 25  # between two looks at the clock
FILES = ("tinyshakespeare.txt", "text/tinyshakespeare.txt")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=180, help="of each training of GPT")
    parser.add_argument("--quick", action="store_true", help="20 seconds, stand-in, one seed")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one == "gpt":
        return measure_gpt(options.seconds)
    if options.one == "bert":
        return measure_bert(1 if options.quick else 3)
    script, given = str(Path(__file__).resolve()), os.environ.get("COURSE_DATA")
    seconds = str(20 if options.quick else options.seconds)
    run_script(script, "quick", "--one", "gpt", "--seconds", seconds)
    run_script(script, "quick", "--one", "bert", *(["--quick"] if options.quick else []))
    if options.quick:
        return None
    if given and any((Path(given) / file).is_file() for file in FILES):
        run_script(script, "quick", "--one", "gpt", "--seconds", seconds, data=Path(given))
    else:
        print("  Tiny Shakespeare: not measured, no COURSE_DATA with tinyshakespeare.txt")
    return None


def measure_gpt(seconds: float) -> None:
    """Train GPT for some seconds; report nats a character on held-out text at the end."""
    import keras
    import numpy as np

    from course_lib import data
    from course_lib.data.sources.provenance import is_stand_in
    from course_lib.models import gpt

    source = "auto" if os.environ.get("COURSE_DATA") else "offline"
    texts = data.corpus("shakespeare", source)
    number = {c: place for place, c in enumerate(sorted(set("".join(texts))))}
    train, held_out = (np.array([number[c] for c in text], "int32") for text in texts)
    keras.utils.set_random_seed(1)
    model = gpt(len(number), LENGTH, width=128, heads=4, blocks=4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(RATE, weight_decay=0.1, beta_2=0.99), loss)
    load, steps = os.getloadavg()[0], train_within(model, train, seconds)
    rows = (len(held_out) - 1) // LENGTH
    x, y = held_out[: rows * LENGTH], held_out[1 : rows * LENGTH + 1]
    nats = model.evaluate(x.reshape(rows, -1), y.reshape(rows, -1), batch_size=64, verbose=0)
    kind = "stand-in, Python's help texts" if is_stand_in("shakespeare") else "Tiny Shakespeare"
    of = (
        f"{kind}, held-out tenth, {model.count_params():,} weights, {steps:,} steps in "
        f"{seconds:.0f} s on {os.cpu_count()} cores, load {load:.1f} at the start"
    )
    is_real = not is_stand_in("shakespeare")
    report(Figure("GPT, nats a character", float(nats), "nats",
                  NANOGPT if is_real else None,
                  "nanoGPT's recipe for a CPU, about 3 minutes (published)" if is_real else "",
                  at_most=GOAL if is_real and seconds >= 180 else None, data=of))  # fmt: skip


def train_within(model: Any, tokens: Any, seconds: float) -> int:
    """Train on random windows until the time is over, and return the number of steps.

    The learning rate warms up in the first twentieth of the time, and falls along a cosine.
    """
    import numpy as np

    rng = np.random.default_rng(1)
    windows = np.lib.stride_tricks.sliding_window_view(tokens, LENGTH + 1)

    def draw() -> Any:
        rows = windows[rng.integers(0, len(windows), STEPS * BATCH)]
        return rows[:, :-1], rows[:, 1:]

    model.fit(*draw(), batch_size=BATCH, verbose=0)  # compiles, outside the time
    began, steps = time.perf_counter(), STEPS
    while (share := (time.perf_counter() - began) / seconds) < 1:
        rise, fall = min(1, 20 * share + 0.05), 0.5 + 0.5 * np.cos(np.pi * share)
        model.optimizer.learning_rate = RATE * rise * max(fall, 0.02)
        model.fit(*draw(), batch_size=BATCH, verbose=0)
        steps += STEPS
    return steps


def measure_bert(seeds: int) -> None:
    """Accuracy with 100 labels, from a pre-trained encoder and from scratch."""
    import keras
    import numpy as np

    from course_lib import data
    from course_lib.data.sets.opinions import LENGTH as LONGEST
    from course_lib.data.sets.opinions import WORDS
    from course_lib.models import bert
    from course_lib.training import fit

    shares: dict[str, list[float]] = {"fine-tuned": [], "from scratch": []}
    for seed in range(seeds):
        (unlabelled, _), (x_new, y_new) = data.load("opinions", seed=2 * seed)
        (few, labels), _ = data.load("opinions", seed=2 * seed + 1)
        rng = np.random.default_rng(seed)
        masked = [data.mask_tokens(unlabelled, len(WORDS), len(WORDS), rng) for _ in range(8)]
        keras.utils.set_random_seed(seed)
        encoder, gap_filler = bert(len(WORDS) + 1, LONGEST, 32, 4, 1)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
        gap_filler.compile(keras.optimizers.Adam(0.004), loss)
        rows = map(np.concatenate, zip(*masked, strict=True))
        fit(gap_filler, *rows, epochs=1, batch_size=32, verbose=False)
        for name, start in (
            ("fine-tuned", encoder),
            ("from scratch", bert(len(WORDS) + 1, LONGEST, 32, 4, 1)[0]),
        ):
            model = build_classifier(start)
            fit(model, few[:100], labels[:100], epochs=20, batch_size=10, verbose=False)
            shares[name].append(100 * float(model.evaluate(x_new, y_new, verbose=0)[1]))
    ours, peer = (sum(each) / seeds for each in shares.values())
    report(Figure("opinions with 100 labels, BERT fine-tuned", ours, "%", peer, "from scratch",
                  data=f"synthetic remarks, mean of {seeds} seeds"))  # fmt: skip


def build_classifier(encoder: Any) -> Any:
    """Return a compiled classifier on the mean of an encoder's vectors."""
    import keras
    from keras import ops

    tokens = keras.Input((None,), dtype="int32")
    weights = ops.cast(ops.not_equal(tokens, 0), "float32")[..., None]
    mean = ops.sum(encoder(tokens) * weights, axis=1) / ops.sum(weights, axis=1)
    model = keras.Model(tokens, keras.layers.Dense(2)(mean))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.001), loss, metrics=["accuracy"])
    return model


if __name__ == "__main__":
    main()
