"""`fit` takes what `model.fit` takes: with its result, or with a sentence that says why not."""

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf
from keras import layers

from course_lib.training import LiveCurves, fit
from course_lib.training.compile_classifier import compile_classifier
from course_lib.training.training_data import TrainingData
from tests.course_lib.training.small_data import (
    QUIET,
    CountUpdates,
    X,
    Y,
    batches,
    compiled,
    network,
)


def generate():
    while True:
        yield X[:32], Y[:32]


class Batches(keras.utils.PyDataset):
    length = 9

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        return X[i * 32 : (i + 1) * 32], Y[i * 32 : (i + 1) * 32]


class Endless(Batches):
    num_batches = None


EXTENSIONS = {
    "class_weight": ((X, Y), {"class_weight": {0: 1.0, 1: 3.0}}),
    "sample_weight": ((X, Y), {"sample_weight": np.linspace(0, 2, 300)}),
    "initial_epoch": ((X, Y), {"initial_epoch": 1}),
    "shuffle": ((X, Y), {"shuffle": False}),
    "steps_per_epoch": ((X, Y), {"steps_per_epoch": 1}),
    "validation_data": ((X, Y), {"validation_data": (X, Y)}),
    "weighted validation": ((X, Y), {"validation_data": (X, Y, np.linspace(0, 2, 300))}),
    "validation in batches": ((X, Y), {"validation_data": batches()}),
    "validation_batch_size": ((X, Y), {"validation_data": (X, Y), "validation_batch_size": 7}),
    "validation_steps": ((X, Y), {"validation_data": batches().repeat(), "validation_steps": 3}),
    "validation_freq": ((X, Y), {"validation_data": (X, Y), "validation_freq": 2}),
    "validation_freq list": ((X, Y), {"validation_data": (X, Y), "validation_freq": [1]}),
    "batches": ((batches(),), {}),
    "batches of unknown number": ((batches().filter(lambda x, y: True),), {}),
    "steps of endless batches": ((batches().repeat(),), {"steps_per_epoch": 7}),
    "batches with class_weight": ((batches(),), {"class_weight": {0: 1.0, 1: 3.0}}),
    "tensors": ((tf.constant(X), tf.constant(Y)), {}),
    "labels in a column": ((X, Y[:, None]), {}),
    "batch_size": ((X, Y), {"batch_size": 17}),
    "shuffled batches": ((X, Y), {"shuffle": "batch"}),
    "sparse": ((scipy.sparse.coo_matrix(X), Y), {}),
    "sparse tensor": ((tf.sparse.from_dense(X), Y), {}),
}


@pytest.mark.filterwarnings("ignore:.*ran out of data")
@pytest.mark.parametrize(("data", "options"), EXTENSIONS.values(), ids=EXTENSIONS)
def test_weights_and_history_match_those_of_keras(data, options):
    """Without shuffling and with a rate of its own, `fit` is `model.fit`."""

    def train(function, **more):
        keras.utils.set_random_seed(0)
        rate = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.1, 0.1])
        model = compiled(optimizer=keras.optimizers.SGD(rate))
        counter = CountUpdates()
        history = function(
            model, *data, epochs=2, callbacks=[counter], **{"shuffle": False, **options, **more}
        )
        return history.history, history.epoch, counter.updates, model.get_weights()

    default = {} if len(data) == 1 or "batch_size" in options else {"batch_size": 128}
    ours = train(fit, verbose=False)
    theirs = train(lambda model, *args, **kw: model.fit(*args, **kw), verbose=0, **default)
    assert ours[0].keys() == theirs[0].keys()
    assert ours[1:3] == theirs[1:3]
    for name, values in theirs[0].items():
        np.testing.assert_allclose(ours[0][name], values, rtol=1e-4, err_msg=name)
    for one, other in zip(ours[3], theirs[3], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "source", "options", "updates"),
    [
        # A model that is not compiled looks at the first batch, which still counts.
        (network, Batches(), {}, 18),
        (network, generate(), {"steps_per_epoch": 5}, 10),
        (compiled, Batches(), {"shuffle": False}, 18),
        (compiled, Endless(), {"steps_per_epoch": 4}, 8),
        (compiled, generate(), {"steps_per_epoch": 5}, 10),
        (compiled, batches(X[:128], Y[:128]).repeat(), {"steps_per_epoch": 31}, 62),
    ],
    ids=[
        "PyDataset, not compiled",
        "generator, not compiled",
        "PyDataset",
        "endless PyDataset",
        "generator",
        "prime steps",
    ],
)
def test_each_source_of_batches_gives_its_number_of_updates(make, source, options, updates):
    counter = CountUpdates()
    fit(make(), source, callbacks=counter, **options, **QUIET)
    assert counter.updates == updates


def two_outputs():
    inputs = keras.Input((4,))
    return keras.Model(inputs, [layers.Dense(2)(inputs), layers.Dense(2)(inputs)])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: fit(network(), X, Y, epochs=0), "epochs is 0"),
        (lambda: fit(network(), X, Y, epochs=-1), "epochs is -1"),
        (lambda: fit(network(), X, Y, epochs=2.0), "epochs is 2.0"),
        (lambda: fit(network(), X, Y, epochs=True), "epochs is True"),
        (lambda: fit(network(), X, Y, epochs=2, initial_epoch=2), "no epoch left"),
        (lambda: fit(network(), X, Y, epochs=2, initial_epoch=-1), "initial_epoch is -1"),
        (lambda: fit(network(), X, Y, profile="fast", **QUIET), "quick"),
        (lambda: fit(network(), X, Y, batch_size=0, **QUIET), "batch_size is 0"),
        (lambda: fit(network(), X, Y, batch_size=1.5, **QUIET), "batch_size is 1.5"),
        (lambda: fit(network(), X, Y, steps_per_epoch=0, **QUIET), "steps_per_epoch is 0"),
        (lambda: fit(network(), X, Y, validation_split=1.0, **QUIET), "validation_split is 1"),
        (lambda: fit(network(), X, Y, validation_split=-0.1, **QUIET), "validation_split"),
        (lambda: fit(network(), X, Y, validation_freq=0, **QUIET), "validation_freq is 0"),
        (lambda: fit(network(), X[:0], Y[:0], **QUIET), "x is empty"),
        (lambda: fit(network(), batches(X[:0], Y[:0]), **QUIET), "x is empty"),
        (lambda: fit(network(), None, **QUIET), "x is None"),
        (lambda: fit(network(), X, Y, validation_data=(X[:0], Y[:0])), "validation_data is empty"),
        (lambda: fit(network(), batches().repeat(), **QUIET), "steps_per_epoch"),
        (lambda: fit(network(), generate(), **QUIET), "steps_per_epoch"),
        (lambda: fit(network(), Endless(), **QUIET), "steps_per_epoch"),
        (lambda: fit(network(), X, Y, validation_data=generate()), "validation_steps"),
        (lambda: fit(network(), X, Y, validation_data=batches().repeat()), "validation_steps"),
        (lambda: fit(network(), batches().unbatch(), **QUIET), "single examples"),
        (lambda: fit(compiled(), batches().unbatch(), **QUIET), "single examples"),
        (lambda: fit(network(), X.tolist(), Y, **QUIET), "list of float"),
        (lambda: fit(network(), X, **QUIET), "no labels"),
        (lambda: fit(network(), X, keras.utils.to_categorical(Y), **QUIET), "argmax"),
        (lambda: fit(network(), X, np.array(["a", "b"] * 150), **QUIET), "integer labels"),
        (lambda: fit(network(), X, X[:, 0], **QUIET), "integer labels"),
        (lambda: fit(network(), X, Y + 5, **QUIET), "labels from 5 to 6"),
        (lambda: fit(network(), X, Y - 1, **QUIET), "labels from -1"),
        (lambda: fit(keras.Sequential([layers.Dense(1)]), X, Y, **QUIET), "not one logit"),
        (lambda: fit(two_outputs(), X, [Y, Y], **QUIET), "several outputs"),
        (lambda: fit(keras.Sequential(), X, Y, **QUIET), "no layers"),
        (lambda: fit(None, X, Y, **QUIET), "keras.Model"),
        (lambda: fit(layers.Dense(2), X, Y, **QUIET), "keras.Model"),
        (lambda: fit(network(), X, Y, callbacks=[LiveCurves], **QUIET), "brackets"),
        (lambda: fit(network(), X, Y, callbacks=[print], **QUIET), "not a Keras callback"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_sentence(call, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence) as caught:
        call()
    assert len(str(caught.value)) < 250


def own_softmax():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.last, self.first = layers.Dense(2), layers.Dense(8)

        def call(self, x):
            return keras.ops.softmax(self.last(self.first(x)))

    return Own()


@pytest.mark.parametrize(
    ("make", "is_probability"),
    [
        (lambda: keras.Sequential([layers.Dense(2)]), False),
        (lambda: keras.Sequential([layers.Dense(2, activation="softmax")]), True),
        (lambda: keras.Sequential([layers.Dense(2), layers.Softmax()]), True),
        (lambda: keras.Sequential([layers.Dense(2), layers.Activation("softmax")]), True),
        (lambda: keras.Sequential([keras.Sequential([layers.Dense(2), layers.Softmax()])]), True),
        (lambda: keras.Sequential([layers.Dense(2), layers.Lambda(keras.ops.softmax)]), True),
        (lambda: keras.Sequential([layers.Dense(2), layers.ReLU()]), False),
        (own_softmax, True),
    ],
    ids=["logits", "Dense", "Softmax", "Activation", "nested", "Lambda", "ReLU", "subclass"],
)
@pytest.mark.parametrize("is_batched", [False, True], ids=["arrays", "batches"])
def test_softmax_is_found_wherever_it_is_computed(make, is_probability, is_batched):
    model = make()
    compile_classifier(model, TrainingData(*([batches()] if is_batched else [X, Y])))
    assert model.loss.get_config()["from_logits"] != is_probability


def stateful(batch):
    layer = layers.LSTM(3, stateful=True)
    parts = [layer, layers.Dense(2)]
    return keras.Sequential([keras.Input(batch_shape=(batch, 4, 1)), *parts] if batch else parts)


@pytest.mark.parametrize("batch", [30, None], ids=["fixed batch", "not built"])
def test_examples_that_fit_looks_at_leave_no_state(batch):
    sequences, seen = X[:120, :, None], []
    begin = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append(np.abs(model.layers[0].states[0]).sum())
    )
    model = stateful(batch)
    history = fit(model, sequences, Y[:120], batch_size=30, callbacks=begin, **QUIET)
    assert len(history.epoch) == 2
    assert not batch or seen == [0]
