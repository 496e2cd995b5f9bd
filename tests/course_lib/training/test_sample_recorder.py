"""When a frame is recorded, and what it shows."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.models import gan
from course_lib.training import SampleRecorder, fit

NOISE = np.random.default_rng(0).normal(size=(3, 4))
REAL = np.ones((40, 6), "float32")


@pytest.fixture
def model():
    model = gan(4, (8,), (8,), pixels=6)
    model.compile(1e-2, 1e-2)
    return model


def test_first_frame_is_before_training_and_last_one_after_it(model):
    before = np.asarray(model.generator(NOISE))
    recorder = SampleRecorder(NOISE)
    model.fit(REAL, epochs=2, batch_size=10, callbacks=[recorder], verbose=0)
    assert recorder.epochs == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    np.testing.assert_allclose(recorder.frames[0], before, atol=1e-6)
    np.testing.assert_allclose(recorder.at(9), np.asarray(model.generator(NOISE)), atol=1e-6)
    np.testing.assert_array_equal(recorder.at(0.6), recorder.frames[2])


def test_executions_of_several_updates_end_with_every_epoch(model):
    recorder = SampleRecorder(NOISE)
    fit(model, REAL, epochs=7, batch_size=10, callbacks=[recorder], verbose=False)
    assert recorder.epochs == sorted(recorder.epochs)
    assert set(range(8)) <= set(recorder.epochs)


def test_second_training_starts_again(model):
    recorder = SampleRecorder(NOISE)
    for _ in range(2):
        model.fit(REAL, batch_size=40, callbacks=[recorder], verbose=0)
    assert recorder.epochs == [0, 1]
