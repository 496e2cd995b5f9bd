"""Measure training steps per second: `course_lib` against the code of keras.io's examples.

    python benchmarks/training_steps.py [--quick] [--only MODEL]

For each of four networks, both sides have the same layers, batches and optimizer, and run
alternately in one process. The best round of each counts, without compiling. Theirs is
`model.compile(…)` and `model.fit(…)` as in keras.io's examples "Simple MNIST convnet" (also for the
MLP), "Variational AutoEncoder" and "DCGAN to generate face images", the last two with the examples'
own classes. Images are random numbers: their content does not change the time. Another figure
bounds the ratio: the share of our CPU time that matrix products and convolutions would take at this
machine's best rate. If `fit` chooses half precision, one more figure has both sides in it.
`--quick` takes few steps and one round.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import nullcontext
from math import prod
from typing import Any

from figure import Figure, report

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

GOAL = 1.5
STEPS = {
    "MLP": 469,
    "CNN": 60,
    "VAE": 200,
    "GAN": 100,
}  # per epoch; MNIST has 469 batches of 128 images
BATCH = {"MLP": 128, "CNN": 128, "VAE": 128, "GAN": 64}
NOISE = 64


def make_mlp():
    """Return the MLP 784-128-64-10."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((784,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def make_convnet():
    """Return the network of "Simple MNIST convnet"."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def compile_classifier(make_model):
    """Return a compiled classifier, the same for both sides, and its parts."""
    model = make_model()
    model.compile(
        loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"]
    )  # fmt: skip
    return model, [model]


def make_vae(side: str):
    """Return the dense VAE 784-512-256-2, ours or in keras.io's class, and its parts."""
    import keras
    from keras import ops

    from course_lib.models import vae

    model = vae(latent=2, units=(512, 256), activation="relu")
    parts = [model.encoder, model.decoder]
    if side == "ours":
        model.compile("adam")
        return model, parts
    from keras_io import make_sampling, make_vae_class

    inputs = model.encoder.inputs
    z_mean, z_log_var = model.encoder.outputs
    z = make_sampling()([z_mean, z_log_var])
    encoder = keras.Model(inputs, [z_mean, z_log_var, z])
    decoder = keras.Model(model.decoder.inputs, ops.sigmoid(model.decoder.outputs[0]))
    theirs = make_vae_class(axis=None)(encoder, decoder)
    theirs.compile(optimizer=keras.optimizers.Adam())
    return theirs, parts


def make_gan(side: str):
    """Return Lab 05's dense GAN, ours or in keras.io's class, and its parts."""
    import keras

    from course_lib.models import gan

    model = gan(NOISE)
    parts = [model.generator, model.discriminator]
    if side == "ours":
        model.compile()
        return model, parts
    from keras_io import make_gan_class

    theirs = make_gan_class()(model.discriminator, model.generator, NOISE)
    theirs.compile(
        d_optimizer=keras.optimizers.Adam(learning_rate=0.0001),
        g_optimizer=keras.optimizers.Adam(learning_rate=0.0001),
        loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    return theirs, parts


def make_data(name: str, count: int):
    """Return random images, and labels for a classifier."""
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.uniform(size=(count, 28, 28, 1) if name == "CNN" else (count, 784)).astype("float32")
    return (x, rng.integers(0, 10, count)) if name in ("MLP", "CNN") else (x,)


def measure_step(name: str, side: str, model, steps: int):
    """Return (seconds, CPU seconds) per step: the best of three epochs after one that compiles."""
    import keras
    import numpy as np

    from course_lib.training import fit

    times = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: times.append((time.perf_counter(), time.process_time()))
    )
    data = make_data(name, steps * BATCH[name])
    settings = {"epochs": 4, "batch_size": BATCH[name], "callbacks": [clock]}
    if side == "ours":
        fit(model, *data, **settings, verbose=False)
    else:
        model.fit(*data, **settings, verbose=0)
    return np.diff(times, axis=0).min(axis=0) / steps


def count_operations(name: str, parts) -> float:
    """Count the floating-point operations of products and convolutions in one step of ours."""

    def count_forward(network):
        # One multiplication and one addition for each weight at each position.
        return [
            2
            * prod(layer.kernel.shape)
            * (prod(layer.output.shape[1:3]) if len(layer.output.shape) == 4 else 1)
            for layer in network.layers
            if getattr(layer, "kernel", None) is not None
        ]

    # The backward pass takes twice as many, for the gradients of weights and inputs; the first
    # layer needs no gradient of its inputs.
    by_layer = [count_forward(part) for part in parts]
    each = 3 * sum(map(sum, by_layer)) - by_layer[0][0]
    if name == "GAN":
        _, discriminator = by_layer
        # D sees real and generated images; G's gradient passes through D's inputs once more.
        each += 4 * sum(discriminator) - 2 * discriminator[0]
    return BATCH[name] * each


def measure_peak(convolutions: bool, dtype: str) -> float:
    """Measure the operations per CPU second of large matrix products or convolutions."""
    import tensorflow as tf

    def normal(shape):
        return tf.cast(tf.random.normal(shape), dtype)

    if convolutions:
        a, b = normal((128, 26, 26, 32)), normal((3, 3, 32, 64))
        work, run = 2 * 128 * 24 * 24 * 9 * 32 * 64, tf.function(
            lambda: tf.nn.conv2d(a, b, 1, "VALID")[0, 0, 0, 0]
        )  # fmt: skip
    else:
        a = normal((1024, 1024))
        work, run = 2 * 1024**3, tf.function(lambda: (a @ a)[0, 0])
    best = float("inf")
    run().numpy()  # compiles
    for _ in range(10):
        began = time.process_time()
        for _ in range(10):
            run().numpy()
        best = min(best, (time.process_time() - began) / 10)
    return work / best


BUILD = {
    "MLP": lambda side: compile_classifier(make_mlp),
    "CNN": lambda side: compile_classifier(make_convnet),
    "VAE": make_vae,
    "GAN": make_gan,
}


def measure(quick: bool, only: str | None = None) -> Iterator[Figure]:
    """Yield the steps per second of each network, ours and theirs, and the bound on ours."""
    import numpy as np

    from course_lib.training import half_precision, mixed_precision

    for name in [only] if only else BUILD:
        models = {side: BUILD[name](side) for side in ("ours", "theirs")}
        half = half_precision(models["ours"][0])
        if half:
            models["theirs in half precision"] = BUILD[name]("theirs")
        steps = max(10, STEPS[name] // 10) if quick else STEPS[name]
        best = dict.fromkeys(models, (np.inf, np.inf))
        for _ in range(1 if quick else 3):
            for side, (model, _) in models.items():
                with mixed_precision(model, half) if "half" in side else nullcontext():
                    best[side] = np.minimum(best[side], measure_step(name, side, model, steps))
        yield from compare(name, best, half, None if quick else GOAL)
        bound = (
            count_operations(name, models["ours"][1])
            / measure_peak(name == "CNN", half or "float32")
            / best["ours"][1]
        )
        kind = "convolutions and products" if name == "CNN" else "matrix products"
        yield Figure(f"{name}, {kind} at this machine's peak", 100 * bound, "% of our CPU time")


def compare(name: str, best: dict[str, Any], half: str | None, goal: float | None):
    """Yield the steps per second of ours and theirs, from the seconds and CPU seconds per step."""
    data = f"random images, batches of {BATCH[name]}" + (f", ours in {half}" if half else "")
    pairs = [
        ("second", "theirs", 0, "the code of keras.io", goal),
        ("CPU second", "theirs", 1, "the code of keras.io", None),
    ]
    if half:
        against = "the code of keras.io in `mixed_precision`"
        pairs.append((f"second, both in {half}", "theirs in half precision", 0, against, None))
    for unit, side, clock, against, at_least in pairs:
        ours, theirs = best["ours"][clock], best[side][clock]
        yield Figure(
            f"{name}, training steps per {unit}",
            1 / ours,
            peer=1 / theirs,
            against=against,
            ratio=theirs / ours,
            at_least=at_least,
            data=data,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few steps, one round")
    parser.add_argument("--only", choices=BUILD, help="only this network")
    options = parser.parse_args()
    print(f"Training steps per second, {os.cpu_count()} cores")
    for figure in measure(options.quick, options.only):
        report(figure)


if __name__ == "__main__":
    main()
