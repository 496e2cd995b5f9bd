"""Lab 06: other correct solutions get full marks.

The marks of wrong answers are in the lab's wrong_answers.toml; `autograder lint` checks them.
"""

from __future__ import annotations

import pytest

from tests.labs.answered import solve

OTHER_WAYS = {
    "autoencoder": """
from keras import layers

def autoencoder(latent):
    encoder = keras.Sequential([layers.Input((784,)), layers.Dense(128), layers.ReLU()])
    encoder.add(layers.Dense(latent))
    decoder = keras.Sequential([layers.Input((latent,))])
    decoder.add(layers.Dense(128, activation=keras.activations.relu))
    decoder.add(layers.Dense(784, activation=None))
    return [keras.Sequential([encoder, decoder]), encoder, decoder]
""",
    "reconstruction": """
def reconstruction(x, logits):
    return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits), axis=1)
""",
    "reparameterise": """
def reparameterise(mean, log_variance, seed):
    shape = tf.shape(mean)
    return keras.random.normal(shape, seed=seed) * tf.sqrt(tf.exp(log_variance)) + mean
""",
    "kl": """
def kl_divergence(mean, log_variance):
    return -(1 + log_variance - mean * mean - tf.exp(log_variance)) / 2

def kl_estimate(mean, log_variance, samples, seed):
    generator = keras.random.SeedGenerator(seed)
    total = 0.0
    for _ in range(samples // 20):
        for _ in range(20):
            z = reparameterise(mean, log_variance, generator)
            total += (z**2 - log_variance - (z - mean) ** 2 / ops.exp(log_variance)) / 2
    return ops.convert_to_numpy(total / samples)
""",
    "vae": """
def vae_encoder(latent):
    pixels = keras.Input((784,))
    hidden = layers.Dense(192, "relu")(pixels)
    both = layers.Dense(2 * latent)(hidden)  # one layer, split into two halves
    return keras.Model(pixels, [both[:, :latent], both[:, latent:]])

class VAE(keras.Model):
    def __init__(self, encoder, decoder, beta=1.0):
        super().__init__()
        self.encoder, self.decoder, self.beta = encoder, decoder, beta
        self.generator = keras.random.SeedGenerator(7)
        self.trackers = [keras.metrics.Mean(name=name) for name in ("loss", "reconstruction", "kl")]

    @property
    def metrics(self):
        return self.trackers

    def track(self, losses):
        for tracker, loss in zip(self.trackers, losses):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def losses(self, x):
        mean, log_variance = self.encoder(x, training=True)
        logits = self.decoder(reparameterise(mean, log_variance, self.generator), training=True)
        copy_error = tf.reduce_mean(reconstruction(x, logits))
        kl = tf.reduce_mean(tf.reduce_sum(kl_divergence(mean, log_variance), 1))
        return [copy_error + self.beta * kl, copy_error, kl]

    def train_step(self, x):
        weights = self.encoder.trainable_weights + self.decoder.trainable_weights
        with tf.GradientTape() as tape:
            loss, copy_error, kl = self.losses(x)
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return self.track([loss, copy_error, kl])

    def test_step(self, x):
        return self.track(self.losses(x))
""",
    "quality": """
vae = VAE(vae_encoder(2), autoencoder(2)[2])
vae.compile(optimizer=keras.optimizers.Adam(0.003))
history = vae.fit(x_train, batch_size=64, epochs=20, verbose=0)
encoder, decoder = vae.encoder, vae.decoder
""",
    "generate": """
def invent(decoder, count, seed):
    z = np.random.default_rng(seed).standard_normal((count, decoder.input_shape[-1]))
    return 1 / (1 + np.exp(-ops.convert_to_numpy(decoder(z.astype("float32")))))

def quantile_grid(steps):
    from scipy.stats import norm

    line = norm.ppf((np.arange(steps) + 0.5) / steps)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)

def interpolate(encoder, decoder, first, second, steps):
    start = encoder(first[None])[0]
    way = (encoder(second[None])[0] - start) / (steps - 1)
    return tf.concat([tf.sigmoid(decoder(start + n * way)) for n in range(steps)], 0)
""",
    "collapse": """
def kl_by_dimension(encoder, x):
    mean, log_variance = map(np.array, encoder(x))
    return [float(column.mean()) for column in np.asarray(kl_divergence(mean, log_variance)).T]

def used_dimensions(encoder, x, threshold=0.1):
    return len([kl for kl in kl_by_dimension(encoder, x) if kl > threshold])
""",
}


@pytest.mark.slow
def test_other_correct_solutions_pass(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    solve("06_vae_mnist", OTHER_WAYS)
