"""Lab 14: its statements hold on three seeds."""

from __future__ import annotations

import numpy as np
import pytest

from tests.labs.answered import answered

NEEDED = ("import os", "train_images", "SCALE =", "(digits, labels)", "features_of =")
DEMOS = ("def make_translator", "def make_classifier")


@pytest.fixture(scope="module")
def lab():
    """Return the names that the lab's solution defines, and its demonstrations as source text."""
    names, demos = {"__name__": "__main__"}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        for source, question, tests in answered("14_pictures_into_pictures", {}):
            start = source.lstrip()
            if start.startswith(DEMOS):
                demos[start.split("(")[0]] = source.split("\nfigures.")[0]
            elif not tests and (question or start.startswith(NEEDED)):
                source = source.split("\nfigures.")[0]
                source = source.split("\nkeras.utils.set_random_seed(1)\nsharp =")[0]
                exec(compile(source, question or "cell", "exec"), names)
            elif start.startswith("y_train, y_test ="):
                exec(compile(source.splitlines()[0], "cell", "exec"), names)
    return names, demos


def run(lab, demo, seed):
    names, demos = lab
    source = demos[demo].replace("set_random_seed(2)", f"set_random_seed({seed})")
    exec(compile(source.replace("seed=1)", f"seed={seed})"), demo, "exec"), names)
    return names


@pytest.mark.slow
def test_sharper_images_have_more_detail_and_a_lower_psnr(lab, seed):
    names, _ = lab
    large, model = names["large_test"], names["model"]
    names["keras"].utils.set_random_seed(seed)
    sharp = names["train_sharp"](model, {"perceptual": 0.05, "adversarial": 0.1}, 100, seed=seed)
    both = [np.asarray(network(names["small_test"])) for network in (model, sharp)]
    scores = [names["inside_psnr"](large, images, 4, 1) for images in both]
    details = [names["detail"](images[:, 4:-4, 4:-4, 0]) for images in both]
    assert scores[1] < scores[0] - 0.1
    assert details[1] > 1.1 * details[0]


@pytest.mark.slow
def test_more_digits_survive_with_the_cycle_loss(lab, seed):
    names = run(lab, "def make_translator", seed)
    kept = [names["survival"](images) for images in names["translations"].values()]
    assert kept[0] > kept[1] + 0.05


@pytest.mark.slow
def test_images_without_labels_help_a_classifier(lab, seed):
    alone, helped = run(lab, "def make_classifier", seed)["accuracy"].values()
    assert helped > alone
