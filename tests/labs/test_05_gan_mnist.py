"""Other right answers to Lab 05 get full marks.

The lab's wrong_answers.toml lists wrong answers and their marks; `autograder lint` tries them.
"""

from __future__ import annotations

import pytest

from tests.labs.answered import answered

CLASS = """
class GAN(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.trackers = [
            keras.metrics.Mean(name=name) for name in ("discriminator_loss", "generator_loss")
        ]

    def compile(self, d_rate, g_rate):
        super().compile()
        self.d_optimizer = keras.optimizers.Adam(d_rate, beta_1=0.5)
        self.g_optimizer = keras.optimizers.Adam(g_rate, beta_1=0.5)

    @property
    def metrics(self):
        return self.trackers

    def track(self, *losses):
        for tracker, loss in zip(self.trackers, losses):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}
"""

FUNCTIONAL = {
    "networks": """
def hidden(x, widths):
    for width in widths:
        x = keras.layers.Dense(width, activation="leaky_relu")(x)  # its slope is 0.2
    return x

def make_discriminator():
    inputs = keras.Input(shape=(784,))
    return keras.Model(inputs, keras.layers.Dense(1)(hidden(inputs, [256, 256])))

def make_generator(noise):
    inputs = keras.Input(shape=(noise,))
    outputs = keras.layers.Dense(784)(hidden(inputs, [1024, 1024]))
    return keras.Model(inputs, keras.layers.Activation("tanh")(outputs))
""",
    "losses": """
def discriminator_loss(real_logits, fake_logits):
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    return entropy(ops.ones_like(real_logits), real_logits) + entropy(
        ops.zeros_like(fake_logits), fake_logits
    )

def generator_loss(fake_logits):
    return keras.losses.BinaryCrossentropy(from_logits=True)(
        ops.ones_like(fake_logits), fake_logits
    )
""",
    "slopes": """
def slopes(logits):
    return [-1 / (1 + np.exp(logits)), -np.exp(logits) / (1 + np.exp(logits))]
""",
    "gan": CLASS
    + """
    def train_step(self, real):
        noise = tf.random.normal((tf.shape(real)[0], self.generator.input_shape[1]))
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(noise, training=True)
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(fake, training=True)
            d_loss = discriminator_loss(real_logits, fake_logits)
            g_loss = generator_loss(fake_logits)
        of_d, of_g = self.discriminator.trainable_weights, self.generator.trainable_weights
        d_gradients, g_gradients = tape.gradient(d_loss, of_d), tape.gradient(g_loss, of_g)
        self.d_optimizer.apply_gradients(zip(d_gradients, of_d))
        self.g_optimizer.apply_gradients(zip(g_gradients, of_g))
        return self.track(d_loss, g_loss)
""",
    "measure": """
def measure(probabilities):
    digits = ops.convert_to_tensor(probabilities)[:, :-1]
    counts = np.array([np.sum(np.argmax(digits, axis=1) == k) for k in range(10)])
    p = counts / counts.sum()
    return [ops.mean(ops.max(digits, axis=1)), np.prod([x**-x for x in p if x])]
""",
    "features": """
def classifier_on(discriminator):
    twin = keras.models.clone_model(discriminator)
    twin.set_weights(discriminator.get_weights())
    for layer in twin.layers:
        layer.trainable = False
    return keras.Model(twin.inputs, keras.layers.Dense(10)(twin.layers[-2].output))
""",
}

LAYER_BY_LAYER = {
    "networks": """
def make_discriminator():
    model = keras.models.Sequential()
    model.add(keras.Input((784,)))
    for _ in range(2):
        model.add(keras.layers.Dense(256))
        model.add(keras.layers.Activation(lambda x: keras.activations.leaky_relu(x, 0.2)))
    model.add(keras.layers.Dense(1, activation="linear"))
    return model

def make_generator(noise):
    return keras.Sequential(
        [
            keras.layers.InputLayer(shape=(noise,)),
            keras.layers.Dense(1024, activation=keras.layers.LeakyReLU(negative_slope=0.2)),
            keras.layers.Dense(1024, activation=keras.layers.LeakyReLU(negative_slope=0.2)),
            keras.layers.Dense(784, activation=ops.tanh),
        ]
    )
""",
    "losses": """
def discriminator_loss(real_logits, fake_logits):
    both = ops.log_sigmoid(real_logits) + ops.log_sigmoid(-fake_logits)
    return -ops.sum(both) / ops.cast(ops.shape(real_logits)[0], both.dtype)

def generator_loss(fake_logits):
    return -tf.reduce_mean(tf.math.log_sigmoid(fake_logits))
""",
    "slopes": """
def slopes(logits):
    d = ops.sigmoid(logits)
    return -(1 - d), -d
""",
    "gan": CLASS
    + """
    def train_step(self, real):
        z = keras.random.normal((ops.shape(real)[0], self.generator.input_shape[-1]))
        with tf.GradientTape() as tape:
            g_loss = generator_loss(self.discriminator(self.generator(z)))
        g_weights = self.generator.trainable_variables
        gradients = tape.gradient(g_loss, g_weights)
        with tf.GradientTape() as tape:
            logits = [self.discriminator(x) for x in (real, self.generator(z))]
            d_loss = discriminator_loss(*logits)
        d_weights = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(d_loss, d_weights), d_weights)
        self.g_optimizer.apply(gradients, g_weights)
        return self.track(d_loss, g_loss)
""",
    "measure": """
def measure(probabilities):
    best = np.delete(probabilities, 10, axis=1)
    _, counts = np.unique(best.argmax(1), return_counts=True)
    p = counts / len(best)
    return np.array([np.mean(np.max(best, 1)), np.exp(-(p * np.log(p)).sum())])
""",
    "features": """
def classifier_on(discriminator):
    model = keras.Sequential([keras.Input((784,))])
    for layer in discriminator.layers[:-1]:
        twin = type(layer).from_config(layer.get_config())
        model.add(twin)
        twin.set_weights(layer.get_weights())
        twin.trainable = False
    model.add(keras.layers.Dense(10))
    return model
""",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "answers", [FUNCTIONAL, LAYER_BY_LAYER], ids=["functional", "layer by layer"]
)
def test_other_right_answers_pass(answers, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    names = {"__name__": "__main__"}
    first = True
    for source, question, _ in answered("05_gan_mnist", answers):
        first = first and not question
        # Run the cells before the first question, and every question but the training.
        if question == "samples" or not (first or question):
            continue
        exec(compile(source, question or "cell", "exec"), names)
