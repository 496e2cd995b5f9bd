import keras
import numpy as np
import pytest

from course_lib.transfer import CASES, adapt_backbone, preprocess_input, small_vgg, target_task

CASE_NAMES = list(CASES)


def update(model):
    """Make one update, and return which weights it has changed."""
    before = model.get_weights()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01), loss, run_eagerly=True)
    (x, y), _ = target_task("objects", 8, 1)
    model.train_on_batch(preprocess_input()(x), y % 4)
    after = model.get_weights()
    return [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]


@pytest.mark.parametrize("case", CASE_NAMES, ids=" ".join)
def test_kept_and_trained_layers_match_the_case(case):
    plan = CASES[case]
    model = adapt_backbone(*case, classes=4)
    assert model.output_shape == (None, 4)
    source = {layer.name: layer.get_weights() for layer in small_vgg().layers}
    names = [layer.name for layer in model.layers]
    assert ("block4_conv1" in names) == (plan.keep == "all")
    kernels = {
        layer.name: layer.get_weights()[0] for layer in model.layers if "_conv" in layer.name
    }
    same = {name: np.array_equal(kernel, source[name][0]) for name, kernel in kernels.items()}
    assert set(same.values()) == {plan.pretrained}
    changed = update(model)
    shapes = [w.shape for w in model.get_weights()]
    assert changed[-2:] == [True, True]  # the head
    convolutions = [c for c, shape in zip(changed, shapes, strict=True) if len(shape) == 4]
    assert set(convolutions) == {not plan.frozen}


def test_batch_normalisation_of_a_pretrained_network_is_frozen():
    model = adapt_backbone("large", "similar", classes=4)
    changed = update(model)
    vectors = [c for c, w in zip(changed, model.get_weights(), strict=True) if w.ndim == 1]
    assert not any(vectors[:-1])  # the last is the head's bias


def test_any_backbone_can_be_adapted():
    model = adapt_backbone(
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
def test_unknown_case_is_rejected(case):
    with pytest.raises(ValueError, match="There is no case"):
        adapt_backbone(*case, classes=2)
