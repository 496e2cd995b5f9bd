import keras
import numpy as np
import pytest

from course_lib.training import WarmupCosine


def test_rate_rises_to_the_peak_and_falls_to_zero():
    schedule = WarmupCosine(peak=0.5, warmup=0.1)
    rates = [schedule.at(progress) for progress in np.linspace(0, 1, 101)]
    assert rates[0] == 0
    assert max(rates) == rates[10] == 0.5
    assert rates[-1] == pytest.approx(0, abs=1e-12)
    assert all(np.diff(rates[:11]) > 0)
    assert all(np.diff(rates[10:]) < 0)


def test_rate_starts_at_the_peak_without_warmup():
    assert WarmupCosine(peak=0.5, warmup=0).at(0) == 0.5


@pytest.mark.parametrize("steps_per_execution", [1, 4])
def test_schedule_spans_the_whole_training(steps_per_execution):
    class Rates(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append(self.model.optimizer.learning_rate.numpy())

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=steps_per_execution)
    rates = Rates()
    x = np.zeros((32, 1))
    model.fit(x, x, batch_size=4, epochs=5, verbose=0, callbacks=[WarmupCosine(1.0), rates])
    assert len(rates.seen) == 40 // steps_per_execution
    assert max(rates.seen) > 0.97
    assert rates.seen[-1] < 0.03
