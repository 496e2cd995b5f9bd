"""The judge of generated digits."""

import os
from pathlib import Path

import numpy as np
import pytest

from course_lib import data
from course_lib.models import digit_judge, sample_quality
from course_lib.models.digit_judge import NO_DIGIT
from tools.train_digit_judge import make_no_digits, train_digit_judge, vary_drawing

ROOT = Path(__file__).parents[3]
REAL = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data"))
needs_mnist = pytest.mark.skipif(
    not (REAL / "mnist.npz").is_file(), reason="no real mnist.npz in COURSE_TEST_DATA"
)


@pytest.fixture(params=["stand-in", pytest.param("real", marks=needs_mnist)])
def digits(request):
    if request.param == "real":
        with np.load(REAL / "mnist.npz") as real:
            return real["x_test"][:2000] / 255, real["y_test"][:2000]
    images, labels = data.load("mnist", "offline", "quick", seed=77)[1]
    return images / 255, labels


def compute_accuracy(images, labels):
    probabilities = np.asarray(digit_judge()(images.astype("float32")))[:, :NO_DIGIT]
    return np.mean(probabilities.argmax(axis=-1) == labels)


def test_judge_classifies_digits(digits):
    assert compute_accuracy(*digits) > 0.97
    quality = sample_quality(digits[0])
    assert quality.confidence > 0.9
    assert quality.digits > 9.7


def test_what_is_no_digit_has_no_confidence(digits):
    others = make_no_digits(digits[0].astype("float32"), np.random.default_rng(3))
    assert sample_quality(others).confidence < 0.2


def test_collapsed_generator_has_few_digits(digits):
    images, labels = digits
    one_kind = sample_quality(images[labels == 7][:100])
    assert one_kind.digits < 1.3
    assert one_kind.shares.argmax() == 7
    assert one_kind.shares.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("images", "hint"),
    [
        (np.zeros((3, 27, 28)), "takes images"),
        (np.zeros((0, 28, 28)), "takes images"),
        (np.full((3, 784), -1.0), "Convert pixels"),
    ],
)
def test_wrong_images_are_rejected(images, hint):
    with pytest.raises(ValueError, match=hint):
        sample_quality(images)


@needs_mnist
@pytest.mark.slow
def test_retrained_judge_agrees_with_the_shipped_one(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(REAL))
    again = train_digit_judge(count=6000, epochs=4)
    digits = data.load("mnist", "offline", "quick", seed=77)[1][0] / 255
    images = vary_drawing(digits.astype("float32"), np.random.default_rng(5))
    answers = [np.asarray(judge(images)).argmax(axis=-1) for judge in (again, digit_judge())]
    assert np.mean(answers[0] == answers[1]) > 0.9
