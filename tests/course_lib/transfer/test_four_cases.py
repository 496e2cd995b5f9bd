import keras
import numpy as np
import pytest

from course_lib.transfer import CASES, four_cases, freeze, preprocess_input, small_vgg, target_task

CASE_NAMES = list(CASES)


def step(model):
    """One update; returns which weights it has changed."""
    before = model.get_weights()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01), loss, run_eagerly=True)
    (x, y), _ = target_task("objects", 8, 1)
    model.train_on_batch(preprocess_input()(x), y % 4)
    after = model.get_weights()
    return [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]


@pytest.mark.parametrize("case", CASE_NAMES, ids=" ".join)
def test_what_is_kept_and_what_learns(case):
    what = CASES[case]
    model = four_cases(*case, classes=4)
    assert model.output_shape == (None, 4)
    source = {layer.name: layer.get_weights() for layer in small_vgg().layers}
    names = [layer.name for layer in model.layers]
    assert ("block4_conv1" in names) == (what.keep == "all")
    kernels = {
        layer.name: layer.get_weights()[0] for layer in model.layers if "_conv" in layer.name
    }
    same = {name: np.array_equal(kernel, source[name][0]) for name, kernel in kernels.items()}
    assert set(same.values()) == {what.pretrained}
    changed = step(model)
    shapes = [w.shape for w in model.get_weights()]
    assert changed[-2:] == [True, True]  # the head
    convolutions = [c for c, shape in zip(changed, shapes, strict=True) if len(shape) == 4]
    assert set(convolutions) == {not what.frozen}


def test_batch_normalisation_of_a_pretrained_network_stays_as_it_is():
    model = four_cases("large", "similar", classes=4)
    changed = step(model)
    vectors = [c for c, w in zip(changed, model.get_weights(), strict=True) if w.ndim == 1]
    assert not any(vectors[:-1])  # the last is the head's bias


def test_takes_any_backbone():
    model = four_cases(
        "small",
        "different",
        3,
        "mobilenet",
        "conv_pw_6_relu",
        (64, 64, 3),
        weights=None,
        alpha=0.25,
    )
    assert model.output_shape == (None, 3)
    assert len(model.trainable_weights) == 2


@pytest.mark.parametrize("case", [("tiny", "similar"), ("small", "same")])
def test_unknown_case(case):
    with pytest.raises(ValueError, match="There is no case"):
        four_cases(*case, classes=2)


def test_freeze_until_a_layer():
    model = freeze(small_vgg(), until="block2_pool")
    learning = {layer.name for layer in model.layers if layer.trainable and layer.weights}
    assert "block2_conv1" not in learning
    assert {"block3_conv1", "predictions"} <= learning


def test_freeze_batch_normalisation_alone():
    model = freeze(small_vgg(), batch_norm=True)
    frozen = {type(layer).__name__ for layer in model.layers if not layer.trainable}
    assert frozen == {"BatchNormalization"}


def test_freeze_until_a_layer_that_is_not_there():
    with pytest.raises(ValueError, match="block4_pool"):
        freeze(small_vgg(), until="block9")


@pytest.mark.parametrize("name", ["objects", "digits"])
def test_target_task(name):
    (x, y), (x_test, y_test) = target_task(name, 30, 20, seed=1)
    assert x.shape == (30, 32, 32, 3)
    assert x.dtype == "uint8"
    assert y.shape == (30,)
    assert y_test.shape == (20,)
    assert not np.array_equal(x[:20], target_task(name, 30, 20, seed=2)[0][0][:20])


def test_unknown_target_task():
    with pytest.raises(ValueError, match='"objects" or "digits"'):
        target_task("letters", 1, 1)
