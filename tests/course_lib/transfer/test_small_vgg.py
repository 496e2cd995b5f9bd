"""The course's own backbone matches its recipe and is useful for transfer.

The recipe does not give the same weights on every machine, because TensorFlow sums in another order
on another CPU. So the shipped weights are tested by their accuracy on unseen images, and the recipe
by a short run: it is reproducible on one machine, and it learns.
"""

import keras
import numpy as np
import pytest

from course_lib.training import trial
from course_lib.transfer import WeightsError, preprocess_input, small_vgg, target_task
from course_lib.transfer.adapt_backbone import adapt_backbone
from course_lib.transfer.small_vgg import WEIGHTS
from tools.pretrain_small_vgg import measure_source_accuracy, pretrain_small_vgg


def test_weights_file_is_small():
    assert WEIGHTS.stat().st_size < 2_000_000


@pytest.mark.parametrize("seed", [1, 2])
def test_accuracy_on_the_source_task(seed):
    # 95.0 % after the whole recipe, ± 0.7 % on 1,000 images; chance is 1 %.
    assert measure_source_accuracy(small_vgg(), images=1000, seed=seed) > 0.92


@pytest.mark.slow
def test_short_run_of_the_recipe_learns_and_is_reproducible():
    first, second = (pretrain_small_vgg(images=1500, epochs=3, seed=5) for _ in range(2))
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3)
    assert [w.shape for w in first.weights] == [w.shape for w in small_vgg().weights]
    assert measure_source_accuracy(first, images=500) > 0.03  # three times chance


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pretrained_network_beats_random_weights_on_a_similar_task(seed):
    keras.utils.set_random_seed(seed)
    train, test = target_task("objects", 96, 300, seed)
    train, test = ((preprocess_input()(x), y) for x, y in (train, test))
    accuracies = {}
    for way, size, similarity, rate in [
        ("pre-trained", "small", "similar", 5e-3),
        ("scratch", "large", "different", 3e-3),
    ]:
        model = adapt_backbone(size, similarity, 10)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(rate), loss)
        accuracies[way] = trial(model, train, test, epochs=12)
    assert accuracies["pre-trained"] > accuracies["scratch"] + 0.2


def test_missing_or_wrong_weights_file_is_explained(tmp_path):
    with pytest.raises(WeightsError, match="pretrain_small_vgg"):
        small_vgg(weights=tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", np.zeros(3))
    with pytest.raises(WeightsError, match="other arrays"):
        small_vgg(weights=tmp_path / "other.npz")
