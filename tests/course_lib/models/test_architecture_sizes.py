"""Parameters and multiply-adds of each architecture match those of its paper."""

import keras
import pytest

from course_lib.models import (
    alexnet,
    cifar_resnet,
    googlenet,
    inception_resnet,
    lenet,
    mobilenet,
    multiply_adds,
    resnet,
    vgg,
    xception,
)
from course_lib.models.googlenet import MODULES


@pytest.fixture(autouse=True)
def _no_values():
    """Build models without initial values: sizes do not need 140 million random numbers."""
    with keras.StatelessScope(initialize_variables=False):
        yield


def count_trainable(model):
    return sum(int(weight.shape.num_elements()) for weight in model.trainable_weights)


def test_lenet():
    model = lenet()
    counts = {layer.name: layer.count_params() for layer in model.layers if layer.weights}
    # LeCun et al. 1998, §II.B: C1 156, C5 48,120, F6 10,164; C3 with every connection.
    assert counts == {"C1": 156, "C3": 2_416, "C5": 48_120, "F6": 10_164, "predictions": 850}
    # The paper's 60,000: a sparse C3, two parameters per map in S2 and S4, no dense output.
    assert model.count_params() - (2_416 - 1_516) + (12 + 32) - 850 == 60_000
    # Every connection except biases: 784 · 6 · 25, 100 · 16 · 150, and the dense layers.
    assert multiply_adds(model) == 117_600 + 240_000 + 48_000 + 10_080 + 840


def test_alexnet():
    # Krizhevsky et al. 2012: 60 million parameters, 650,000 neurons, two groups.
    model = alexnet()
    assert model.count_params() == 60_965_224
    assert round(multiply_adds(model) / 1e6) == 724
    maps = [model.get_layer(f"conv{n}").output.shape[1:] for n in range(1, 6)]
    assert maps == [(55, 55, 96), (27, 27, 256), (13, 13, 384), (13, 13, 384), (13, 13, 256)]


def test_vgg():
    # He et al. 2016, figure 3, say 15.3 billion of its convolutions; the dense layers add 0.1.
    model, headless = vgg("D"), vgg("D", include_top=False)
    assert round(multiply_adds(headless) / 1e9, 1) == 15.3
    assert round(multiply_adds(model) / 1e9, 1) == 15.5
    assert model.count_params() == 138_357_544  # keras.applications.VGG16


def test_googlenet():
    model = googlenet()
    assert model.count_params() == 6_998_552  # as the released Caffe model has them
    # Szegedy et al. 2015, table 1: 1.5 billion. Its first row has 34 million multiply-adds and
    # 2.7 K weights, but 7×7 on 112×112 needs 118 million and 9.4 K; the others are 1.47 billion.
    assert multiply_adds(model) == pytest.approx(1.5e9, rel=0.06)
    assert multiply_adds(model) - 112 * 112 * 64 * 49 * 3 == pytest.approx(
        (1502 - 34) * 1e6, rel=2e-2
    )


def test_modules_of_googlenet():
    # Table 1, in units of 1,024 weights. Its 463 for 4c and 1,072 for 5a contradict its columns,
    # which make 498 and 1,019.
    table = dict(zip(MODULES, (159, 380, 364, 437, 498, 580, 840, 1019, 1388), strict=True))
    channels = 192
    for name, (one, reduce3, three, reduce5, five, pooled) in MODULES.items():
        weights = channels * (one + reduce3 + reduce5 + pooled) + 9 * reduce3 * three
        weights += 25 * reduce5 * five + one + reduce3 + three + reduce5 + five + pooled
        channels = one + three + five + pooled
        assert weights / 1024 == pytest.approx(table[name], rel=0.03), name
    assert channels == 1024


@pytest.mark.parametrize(
    ("depth", "parameters", "billions"),
    [
        (18, 11_689_512, 1.8),
        (34, 21_797_672, 3.6),
        (50, 25_557_032, 3.8),
        (101, 44_549_160, 7.6),
        (152, 60_192_808, 11.3),
    ],
)
def test_resnet(depth, parameters, billions):
    # Parameters as in torchvision; multiply-adds of He et al. 2016, table 1.
    model = resnet(depth, use_bias=False)
    assert count_trainable(model) == parameters
    assert multiply_adds(model) / 1e9 == pytest.approx(billions, abs=0.07)


def test_stride_in_the_3x3_convolution_costs_more():
    model = resnet(50, stride_in="3x3")
    assert model.count_params() == 25_636_712
    assert round(multiply_adds(model) / 1e9, 1) == 4.1


@pytest.mark.parametrize(
    ("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)]
)
def test_cifar_resnet(depth, millions):
    model = cifar_resnet(depth)  # He et al. 2016, table 6
    assert round(count_trainable(model) / 1e6, 1 if depth == 110 else 2) == millions
    layers = [layer for layer in model.layers if hasattr(layer, "kernel")]
    assert len(layers) == depth


@pytest.mark.parametrize(
    ("alpha", "side", "millions", "parameters"),
    [(1.0, 224, 569, 4.2), (0.75, 224, 325, 2.6), (0.5, 224, 149, 1.3), (0.25, 224, 41, 0.5),
     (1.0, 192, 418, 4.2), (1.0, 160, 290, 4.2), (1.0, 128, 186, 4.2)],
)  # fmt: skip
def test_mobilenet(alpha, side, millions, parameters):
    model = mobilenet(alpha=alpha, input_shape=(side, side, 3))  # tables 6 and 7
    assert round(multiply_adds(model) / 1e6) == pytest.approx(millions, abs=1)
    assert count_trainable(model) / 1e6 == pytest.approx(parameters, abs=0.051)


def test_xception():
    model = xception()
    assert count_trainable(model) == 22_855_952  # Chollet 2017, table 3
    assert multiply_adds(model) / 1e9 == pytest.approx(8.4, abs=0.05)


def test_inception_resnet():
    model = inception_resnet()
    assert model.count_params() == 55_873_736
    assert multiply_adds(model) / 1e9 == pytest.approx(13.2, abs=0.05)
