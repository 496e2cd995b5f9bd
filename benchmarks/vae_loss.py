"""The VAE's loss on MNIST's test part, and its time beside keras.io's example.

    python benchmarks/vae_loss.py [--quick] [--seeds N] [--whole]

Ours: `course_lib.models.vae` with two latent dimensions, trained by `course_lib.training.fit`; its
loss is the sum of the pixels' binary cross-entropies plus the KL divergence, on the test part, by
one random code an image. Beside it, in the same process, keras.io's "Variational AutoEncoder"
(F. Chollet, https://keras.io/examples/generative/vae/, Apache 2.0), as it is there: 30 epochs over
70,000 images. Every epoch does the same work, so two of them are timed and multiplied; `--whole`
runs all 30. `--quick` takes the stand-in, two epochs of ours and a tenth of one of theirs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator

from figure import Figure, report
from labs import real_mnist

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

NATS = 142
TIMES = 3
EPOCHS = 30  # of theirs, and of ours
IMAGES = 70_000  # theirs learns from the test part, too


def images(real: bool):
    """Training and test images `(n, 784)`, in [0, 1]."""
    from course_lib import data

    (x_train, _), (x_test, _) = data.load("mnist", "real" if real else "offline", "full")
    return [x.reshape(-1, 784).astype("float32") / 255 for x in (x_train, x_test)]


def ours(x_train, x_test, epochs: int, seed: int) -> tuple[float, float, float]:
    """(loss on the test part, seconds, seconds of processor time)."""
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


def theirs(x, epochs: float) -> tuple[float, float]:
    """(seconds, seconds of processor time) of keras.io's example."""
    import keras

    model = keras_io_vae()
    model.compile(optimizer=keras.optimizers.Adam())
    x = x.reshape(-1, 28, 28, 1)
    model.fit(x[:256], batch_size=128, verbose=0)  # compiling is not counted against it
    began, cpu = time.perf_counter(), time.process_time()
    model.fit(
        x[: int(len(x) * min(epochs, 1))], epochs=max(1, int(epochs)), batch_size=128, verbose=0
    )
    return time.perf_counter() - began, time.process_time() - cpu


def keras_io_sampling():
    """The example's layer, as it is written there."""
    import keras
    from keras import layers, ops

    class Sampling(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.seed_generator = keras.random.SeedGenerator(1337)

        def call(self, inputs):
            z_mean, z_log_var = inputs
            batch = ops.shape(z_mean)[0]
            dim = ops.shape(z_mean)[1]
            epsilon = keras.random.normal(shape=(batch, dim), seed=self.seed_generator)
            return z_mean + ops.exp(0.5 * z_log_var) * epsilon

    return Sampling()


def keras_io_vae():
    """The example's model, as it is written there."""
    import keras
    from keras import layers

    latent_dim = 2
    encoder_inputs = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(32, 3, activation="relu", strides=2, padding="same")(encoder_inputs)
    x = layers.Conv2D(64, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16, activation="relu")(x)
    z_mean = layers.Dense(latent_dim, name="z_mean")(x)
    z_log_var = layers.Dense(latent_dim, name="z_log_var")(x)
    z = keras_io_sampling()([z_mean, z_log_var])
    encoder = keras.Model(encoder_inputs, [z_mean, z_log_var, z], name="encoder")

    latent_inputs = keras.Input(shape=(latent_dim,))
    x = layers.Dense(7 * 7 * 64, activation="relu")(latent_inputs)
    x = layers.Reshape((7, 7, 64))(x)
    x = layers.Conv2DTranspose(64, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(32, 3, activation="relu", strides=2, padding="same")(x)
    decoder_outputs = layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x)
    decoder = keras.Model(latent_inputs, decoder_outputs, name="decoder")
    return keras_io_class()(encoder, decoder)


def keras_io_class(axis=(1, 2)):
    """The example's class, as it is written there; rows of pixels want `axis=None`."""
    import keras
    import tensorflow as tf
    from keras import ops

    class VAE(keras.Model):
        def __init__(self, encoder, decoder, **kwargs):
            super().__init__(**kwargs)
            self.encoder = encoder
            self.decoder = decoder
            self.total_loss_tracker = keras.metrics.Mean(name="total_loss")
            self.reconstruction_loss_tracker = keras.metrics.Mean(name="reconstruction_loss")
            self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")

        @property
        def metrics(self):
            return [
                self.total_loss_tracker,
                self.reconstruction_loss_tracker,
                self.kl_loss_tracker,
            ]

        def train_step(self, data):
            with tf.GradientTape() as tape:
                z_mean, z_log_var, z = self.encoder(data)
                reconstruction = self.decoder(z)
                reconstruction_loss = ops.mean(
                    ops.sum(
                        keras.losses.binary_crossentropy(data, reconstruction),
                        axis=axis,
                    )
                )
                kl_loss = -0.5 * (1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var))
                kl_loss = ops.mean(ops.sum(kl_loss, axis=1))
                total_loss = reconstruction_loss + kl_loss
            grads = tape.gradient(total_loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(grads, self.trainable_weights, strict=True))
            self.total_loss_tracker.update_state(total_loss)
            self.reconstruction_loss_tracker.update_state(reconstruction_loss)
            self.kl_loss_tracker.update_state(kl_loss)
            return {
                "loss": self.total_loss_tracker.result(),
                "reconstruction_loss": self.reconstruction_loss_tracker.result(),
                "kl_loss": self.kl_loss_tracker.result(),
            }

    return VAE


def measure(quick: bool, seeds: int = 1, whole: bool = False) -> Iterator[Figure]:
    """The loss, and both times; goals are for the whole training on the real set."""
    import numpy as np

    folder = None if quick else real_mnist()
    if folder is not None:
        os.environ["COURSE_DATA"] = str(folder)
    x_train, x_test = images(real=folder is not None)
    both = np.concatenate([x_train, x_test])
    timed, epochs = (0.1, 2) if quick else (EPOCHS if whole else 2, EPOCHS)
    peer = np.array(theirs(both, timed)) * EPOCHS / timed * IMAGES / len(both)
    against = f"keras.io's example, {EPOCHS} epochs" + ("" if whole else f", from {timed:g}")
    for seed in range(1, seeds + 1):
        loss, *mine = ours(x_train, x_test, epochs, seed)
        data = "stand-in digits" if folder is None else "real MNIST"
        data += f", {epochs} epochs, seed {seed}"
        yield Figure(
            "loss on the test part", loss, "nats an image",
            at_most=None if folder is None else NATS, data=data,
        )  # fmt: skip
        for what, own, other in zip(("seconds", "processor seconds"), mine, peer, strict=True):
            yield Figure(
                f"{what} of training", own, "s", float(other), against, float(other / own),
                at_least=None if folder is None else TIMES, data=data,
            )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the stand-in, shortened")
    parser.add_argument("--seeds", type=int, default=1, help="trainings of ours (default 1)")
    parser.add_argument("--whole", action="store_true", help="all 30 epochs of theirs")
    options = parser.parse_args()
    print(f"VAE with two latent dimensions, {os.cpu_count()} cores")
    for figure in measure(options.quick, options.seeds, options.whole):
        report(figure)


if __name__ == "__main__":
    main()
