import keras
import numpy as np

from course_lib.models import mlp
from course_lib.training import fit, trace_once

X = np.repeat(np.eye(4, dtype="float32"), 16, axis=0)
Y = np.repeat(np.arange(4), 16)


def counted():
    """A compiled model, and a list that is one longer each time its step is traced."""
    model = mlp((16,), classes=4, input_shape=(4,), batch_norm=True)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    traces, step = [], model.compute_loss
    model.compute_loss = lambda *args, **kwargs: traces.append(1) or step(*args, **kwargs)
    return model, traces


def test_the_step_is_traced_once_and_not_twice():
    model, traces = counted()
    trace_once(model, X, Y)
    model.fit(X, Y, verbose=0)
    assert len(traces) == 1


def test_fit_traces_once():
    model, traces = counted()
    fit(model, X, Y, verbose=False)
    assert len(traces) == 1


def test_the_training_is_the_same():
    def trained(prepare):
        keras.utils.set_random_seed(0)
        model, _ = counted()
        if prepare:
            trace_once(model, X, Y)
        history = model.fit(X, Y, epochs=3, validation_split=0.25, verbose=0)
        return history.history, model.get_weights()

    (history, weights), (as_history, as_weights) = trained(True), trained(False)
    for name, values in as_history.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)
    for one, other in zip(weights, as_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


class Own(keras.Sequential):
    def train_step(self, data):
        return {"loss": self.compute_loss(*data)}


def test_a_model_with_a_step_of_its_own_is_left_alone():
    model = Own([keras.Input((4,)), keras.layers.Dense(4)])
    model.compile("adam", "mse")
    trace_once(model, X, Y)
    assert not model.optimizer.built


def test_once_the_metrics_are_there_the_model_is_not_called():
    model, _ = counted()
    trace_once(model, X, Y)
    model.call = None
    trace_once(model, X, Y)
