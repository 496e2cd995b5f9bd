import pytest

from course_lib.transfer import freeze, small_vgg


def test_freeze_until_a_layer():
    model = freeze(small_vgg(), until="block2_pool")
    trainable = {layer.name for layer in model.layers if layer.trainable and layer.weights}
    assert "block2_conv1" not in trainable
    assert {"block3_conv1", "predictions"} <= trainable


def test_freeze_only_batch_normalisation():
    model = freeze(small_vgg(), batch_norm=True)
    frozen = {type(layer).__name__ for layer in model.layers if not layer.trainable}
    assert frozen == {"BatchNormalization"}


def test_unknown_layer_is_rejected():
    with pytest.raises(ValueError, match="block4_pool"):
        freeze(small_vgg(), until="block9")
