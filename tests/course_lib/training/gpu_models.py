"""Models with training steps, layers and outputs of several kinds."""

import keras
import tensorflow as tf
from keras import layers

from course_lib.models import gan


def dense_layers(*units):
    return [layers.Dense(width) for width in units]


class WithTape(keras.Model):
    """A training step as keras.io teaches it: nobody scales its loss."""

    def __init__(self):
        super().__init__()
        self.hidden = keras.Sequential([keras.Input((8,)), *(layers.Dense(16) for _ in range(3))])
        self.out = layers.Dense(1)
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, x):
        return self.out(self.hidden(x))

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((self(x, training=True)[:, 0] - y) ** 2)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


class TwoNetworks(keras.Model):
    """A training step of two optimizers, with constants of TensorFlow between the networks."""

    def __init__(self):
        super().__init__()
        self.first = keras.Sequential([keras.Input((8,)), *dense_layers(8, 8, 8)])
        self.second = keras.Sequential([keras.Input((8,)), *dense_layers(8, 8, 1)])
        self.optimizers = [keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01)]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape(persistent=True) as tape:
            middle = self.first(x) * tf.constant(1.0) + tf.random.normal((8,)) * 0.01
            loss = tf.reduce_mean(tf.square(self.second(middle)[:, 0] - y))
        for network, optimizer in zip((self.first, self.second), self.optimizers, strict=True):
            gradients = tape.gradient(loss, network.trainable_variables)
            optimizer.apply(gradients, network.trainable_variables)
        return {"loss": loss}


class OwnLayer(layers.Layer):
    """A layer whose code is written for float32."""

    def build(self, shape):
        self.scale = self.add_weight(shape=(), initializer="ones")

    def call(self, x):
        return tf.multiply(x, tf.constant(1.0)) * self.scale


def compiled(model, optimizer=None, loss="mse"):
    model.compile(optimizer or keras.optimizers.SGD(0.01), loss)
    return model


def dense(*hidden, width=8):
    return keras.Sequential([keras.Input((width,)), layers.Dense(16), *hidden, layers.Dense(1)])


def with_two_inputs():
    inputs = [keras.Input((8,), name=name) for name in ("one", "two")]
    x = layers.Dense(8)(layers.Dense(8)(layers.Add()(inputs)))
    return keras.Model(inputs, {"sum": layers.Dense(1, name="sum")(x)})


def with_own_step_bound():
    model = compiled(dense(layers.Dense(16)))
    step = model.train_step
    model.train_step = lambda data: step(data)
    return model


def without_optimizer():
    model = gan(4, (8, 8), (8, 8), pixels=8)
    model.compile()
    return model


class SubClass(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = layers.Dense(8), layers.Dense(1)
        self.build((None, 8))

    def build(self, shape):
        self.one.build((None, 8))
        self.two.build((None, 8))
        self.built = True

    def call(self, x):
        return self.two(tf.multiply(self.one(x), tf.constant(1.0)))
