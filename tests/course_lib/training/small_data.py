"""Data, a network and a callback for the tests of `fit`."""

import keras
import numpy as np
import tensorflow as tf

from course_lib.models import mlp

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 4)).astype("float32")
Y = (X[:, 0] > 0).astype(int)
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
QUIET = {"epochs": 2, "verbose": False}


def network():
    return mlp((8,), classes=2, input_shape=(4,))


def compiled(model=None, optimizer="sgd", **options):
    model = model or network()
    model.compile(optimizer, **{"loss": LOGITS, "metrics": ["accuracy"], **options})
    return model


def batches(x=X, y=Y):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(32)


class CountUpdates(keras.callbacks.Callback):
    """Counts the updates of the weights, and notes the learning rates."""

    def on_train_begin(self, logs=None):
        self.before, self.rates = int(self.model.optimizer.iterations), []

    def on_epoch_end(self, epoch, logs=None):
        self.rates.append(float(self.model.optimizer.learning_rate))

    def on_train_end(self, logs=None):
        self.updates = int(self.model.optimizer.iterations) - self.before
