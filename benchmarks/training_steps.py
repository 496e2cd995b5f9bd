"""Training steps a second: course_lib's `fit` and models beside the same as in keras.io's examples.

    python benchmarks/training_steps.py [--quick] [--only MODEL]

For each of four networks both sides have the same layers, the same batches and the same optimizer,
and run by turns in one process; the best round of each counts, compiling excluded. Theirs is
`model.compile(…)` and `model.fit(…)` as keras.io has them, for the VAE and the GAN with the
examples' own classes: "Simple MNIST convnet", "Variational AutoEncoder" and "DCGAN to generate face
images" (F. Chollet, https://keras.io/examples/, Apache 2.0), the MLP like the convnet. Images are
random numbers: what they show changes no time. Where a network stays under the goal, the share of
our processor time that matrix products and convolutions would take at the best rate that this
machine reaches says how much there is to be gained at all. Where `fit` chooses half precision, a
further figure has both sides in it. `--quick` takes few steps and one round.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import nullcontext
from math import prod

from figure import Figure, report

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

GOAL = 1.5
STEPS = {"MLP": 469, "CNN": 60, "VAE": 200, "GAN": 100}  # an epoch; MNIST has 469 of 128 images
BATCH = {"MLP": 128, "CNN": 128, "VAE": 128, "GAN": 64}
NOISE = 64


def mlp_layers():
    """784 → 128 → 64 → 10."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((784,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def convnet_layers():
    """The network of "Simple MNIST convnet"."""
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


def classifier(layers_of, side: str):
    """A compiled classifier; both sides compile it alike."""
    model = layers_of()
    model.compile(
        loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"]
    )  # fmt: skip
    return model, [model]


def variational(side: str):
    """The dense VAE 784-512-256-2, ours or in keras.io's class."""
    import keras
    from keras import ops

    from course_lib.models import vae

    model = vae(latent=2, units=(512, 256), activation="relu")
    parts = [model.encoder, model.decoder]
    if side == "ours":
        model.compile("adam")
        return model, parts
    from vae_loss import keras_io_class, keras_io_sampling

    inputs = model.encoder.inputs
    z_mean, z_log_var = model.encoder.outputs
    z = keras_io_sampling()([z_mean, z_log_var])
    encoder = keras.Model(inputs, [z_mean, z_log_var, z])
    decoder = keras.Model(model.decoder.inputs, ops.sigmoid(model.decoder.outputs[0]))
    theirs = keras_io_class(axis=None)(encoder, decoder)
    theirs.compile(optimizer=keras.optimizers.Adam())
    return theirs, parts


def adversarial(side: str):
    """Lab 05's dense GAN, ours or in keras.io's class."""
    import keras

    from course_lib.models import gan

    model = gan(NOISE)
    parts = [model.generator, model.discriminator]
    if side == "ours":
        model.compile()
        return model, parts
    theirs = keras_io_gan()(model.discriminator, model.generator, NOISE)
    theirs.compile(
        d_optimizer=keras.optimizers.Adam(learning_rate=0.0001),
        g_optimizer=keras.optimizers.Adam(learning_rate=0.0001),
        loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    return theirs, parts


def keras_io_gan():
    """The class of the DCGAN example, as it is written there."""
    import keras
    import tensorflow as tf
    from keras import ops

    class GAN(keras.Model):
        def __init__(self, discriminator, generator, latent_dim):
            super().__init__()
            self.discriminator = discriminator
            self.generator = generator
            self.latent_dim = latent_dim
            self.seed_generator = keras.random.SeedGenerator(1337)

        def compile(self, d_optimizer, g_optimizer, loss_fn):
            super().compile()
            self.d_optimizer = d_optimizer
            self.g_optimizer = g_optimizer
            self.loss_fn = loss_fn
            self.d_loss_metric = keras.metrics.Mean(name="d_loss")
            self.g_loss_metric = keras.metrics.Mean(name="g_loss")

        @property
        def metrics(self):
            return [self.d_loss_metric, self.g_loss_metric]

        def train_step(self, real_images):
            # Sample random points in the latent space
            batch_size = ops.shape(real_images)[0]
            random_latent_vectors = keras.random.normal(
                shape=(batch_size, self.latent_dim), seed=self.seed_generator
            )
            # Decode them to fake images
            generated_images = self.generator(random_latent_vectors)
            # Combine them with real images
            combined_images = ops.concatenate([generated_images, real_images], axis=0)
            # Assemble labels discriminating real from fake images
            labels = ops.concatenate(
                [ops.ones((batch_size, 1)), ops.zeros((batch_size, 1))], axis=0
            )
            # Add random noise to the labels - important trick!
            labels += 0.05 * tf.random.uniform(tf.shape(labels))
            # Train the discriminator
            with tf.GradientTape() as tape:
                predictions = self.discriminator(combined_images)
                d_loss = self.loss_fn(labels, predictions)
            grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
            self.d_optimizer.apply_gradients(
                zip(grads, self.discriminator.trainable_weights, strict=True)
            )
            # Sample random points in the latent space
            random_latent_vectors = keras.random.normal(
                shape=(batch_size, self.latent_dim), seed=self.seed_generator
            )
            # Assemble labels that say "all real images"
            misleading_labels = ops.zeros((batch_size, 1))
            # Train the generator (note that we should *not* update the weights
            # of the discriminator)!
            with tf.GradientTape() as tape:
                predictions = self.discriminator(self.generator(random_latent_vectors))
                g_loss = self.loss_fn(misleading_labels, predictions)
            grads = tape.gradient(g_loss, self.generator.trainable_weights)
            self.g_optimizer.apply_gradients(
                zip(grads, self.generator.trainable_weights, strict=True)
            )
            # Update metrics
            self.d_loss_metric.update_state(d_loss)
            self.g_loss_metric.update_state(g_loss)
            return {
                "d_loss": self.d_loss_metric.result(),
                "g_loss": self.g_loss_metric.result(),
            }

    return GAN


def examples(name: str, count: int):
    """Random images, and labels where the network wants some."""
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.uniform(size=(count, 28, 28, 1) if name == "CNN" else (count, 784)).astype("float32")
    return (x, rng.integers(0, 10, count)) if name in ("MLP", "CNN") else (x,)


def seconds_a_step(name: str, side: str, model, steps: int):
    """(seconds, processor seconds), the best of three epochs after a first one that compiles."""
    import keras
    import numpy as np

    from course_lib.training import fit

    times = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: times.append((time.perf_counter(), time.process_time()))
    )
    data = examples(name, steps * BATCH[name])
    settings = {"epochs": 4, "batch_size": BATCH[name], "callbacks": [clock]}
    if side == "ours":
        fit(model, *data, **settings, verbose=False)
    else:
        model.fit(*data, **settings, verbose=0)
    return np.diff(times, axis=0).min(axis=0) / steps


def operations(name: str, parts) -> float:
    """Floating-point operations of the products and convolutions in one update, ours."""

    def forward(network):
        # A multiplication and an addition for each weight, wherever it is used.
        return [
            2
            * prod(layer.kernel.shape)
            * (prod(layer.output.shape[1:3]) if len(layer.output.shape) == 4 else 1)
            for layer in network.layers
            if getattr(layer, "kernel", None) is not None
        ]

    # Back again it is twice as much, gradients of the weights and of the inputs; but an image's,
    # or the noise's, nobody asks for.
    by_layer = [forward(part) for part in parts]
    each = 3 * sum(map(sum, by_layer)) - by_layer[0][0]
    if name == "GAN":
        _, discriminator = by_layer
        # D sees real and forged images; G's gradient runs through D's inputs once more.
        each += 4 * sum(discriminator) - 2 * discriminator[0]
    return BATCH[name] * each


def peak(convolutions: bool, dtype: str) -> float:
    """Operations a processor second of large matrix products, or of convolutions, at their best."""
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
    "MLP": lambda side: classifier(mlp_layers, side),
    "CNN": lambda side: classifier(convnet_layers, side),
    "VAE": variational,
    "GAN": adversarial,
}


def measure(quick: bool, only: str | None = None) -> Iterator[Figure]:
    """Steps a second of each network, ours and theirs, and what bounds ours."""
    import numpy as np

    from course_lib.training import half_precision, mixed_precision

    for name in [only] if only else BUILD:
        built = {side: BUILD[name](side) for side in ("ours", "theirs")}
        half = half_precision(built["ours"][0])
        if half:
            built["theirs in half precision"] = BUILD[name]("theirs")
        steps = max(10, STEPS[name] // 10) if quick else STEPS[name]
        best = dict.fromkeys(built, (np.inf, np.inf))
        for _ in range(1 if quick else 3):
            for side, (model, _) in built.items():
                with mixed_precision(model, half) if "half" in side else nullcontext():
                    best[side] = np.minimum(best[side], seconds_a_step(name, side, model, steps))
        data = f"random images, batches of {BATCH[name]}" + (f", ours in {half}" if half else "")
        pers = "second", "processor second"
        for ours, theirs, per in zip(best["ours"], best["theirs"], pers, strict=True):
            yield Figure(
                f"{name}, training steps a {per}", 1 / ours, "", 1 / theirs, "keras.io's way",
                theirs / ours, at_least=GOAL if per == "second" and not quick else None, data=data,
            )  # fmt: skip
        if half:
            ours, theirs = best["ours"][0], best["theirs in half precision"][0]
            yield Figure(
                f"{name}, training steps a second, both in {half}", 1 / ours, "", 1 / theirs,
                "keras.io's way in `mixed_precision`", theirs / ours, data=data,
            )  # fmt: skip
        bound = (
            operations(name, built["ours"][1])
            / peak(name == "CNN", half or "float32")
            / best["ours"][1]
        )
        kind = "convolutions and products" if name == "CNN" else "matrix products"
        yield Figure(
            f"{name}, {kind} at this machine's peak", 100 * bound, "% of our processor time"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few steps, one round")
    parser.add_argument("--only", choices=BUILD, help="one network")
    options = parser.parse_args()
    print(f"Training steps a second, {os.cpu_count()} cores")
    for figure in measure(options.quick, options.only):
        report(figure)


if __name__ == "__main__":
    main()
