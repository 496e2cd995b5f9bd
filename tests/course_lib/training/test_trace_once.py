import keras
import numpy as np

from course_lib.models import mlp
from course_lib.training import fit, trace_once

X = np.repeat(np.eye(4, dtype="float32"), 16, axis=0)
Y = np.repeat(np.arange(4), 16)


def make_model():
    """Return a compiled model, and a list that gets an item each time its step is traced."""
    model = mlp((16,), classes=4, input_shape=(4,), batch_norm=True)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    traces, step = [], model.compute_loss
    model.compute_loss = lambda *args, **kwargs: traces.append(1) or step(*args, **kwargs)
    return model, traces


def test_step_is_traced_once():
    model, traces = make_model()
    trace_once(model, X, Y)
    model.fit(X, Y, verbose=0)
    assert len(traces) == 1


def test_fit_traces_once():
    model, traces = make_model()
    fit(model, X, Y, verbose=False)
    assert len(traces) == 1


def test_training_is_the_same():
    def train(prepare):
        keras.utils.set_random_seed(0)
        model, _ = make_model()
        if prepare:
            trace_once(model, X, Y)
        history = model.fit(X, Y, epochs=3, validation_split=0.25, verbose=0)
        return history.history, model.get_weights()

    (history, weights), (keras_history, keras_weights) = train(True), train(False)
    for name, values in keras_history.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)
    for one, other in zip(weights, keras_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


class OwnStep(keras.Sequential):
    def train_step(self, data):
        return {"loss": self.compute_loss(*data)}


def test_model_with_its_own_step_is_not_changed():
    model = OwnStep([keras.Input((4,)), keras.layers.Dense(4)])
    model.compile("adam", "mse")
    trace_once(model, X, Y)
    assert not model.optimizer.built


def test_model_is_not_called_if_the_metrics_are_built():
    model, _ = make_model()
    trace_once(model, X, Y)
    model.call = None
    trace_once(model, X, Y)
