"""What a generator draws while it learns: when a frame is kept, and of what."""

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


def test_first_frame_before_training_and_last_after_it(model):
    before = np.asarray(model.generator(NOISE))
    recorder = SampleRecorder(NOISE)
    model.fit(REAL, epochs=2, batch_size=10, callbacks=[recorder], verbose=0)
    assert recorder.epochs == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    np.testing.assert_allclose(recorder.frames[0], before, atol=1e-6)
    np.testing.assert_allclose(recorder.at(9), np.asarray(model.generator(NOISE)), atol=1e-6)
    np.testing.assert_array_equal(recorder.at(0.6), recorder.frames[2])


def test_several_updates_at_a_time_reach_the_end_of_every_epoch(model):
    recorder = SampleRecorder(NOISE)
    fit(model, REAL, epochs=7, batch_size=10, callbacks=[recorder], verbose=False)
    assert recorder.epochs == sorted(recorder.epochs)
    assert set(range(8)) <= set(recorder.epochs)


def test_a_second_training_starts_anew(model):
    recorder = SampleRecorder(NOISE)
    for _ in range(2):
        model.fit(REAL, batch_size=40, callbacks=[recorder], verbose=0)
    assert recorder.epochs == [0, 1]
