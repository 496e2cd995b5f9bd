"""Each architecture that keras.applications has, too: as many weights, and the same output."""

import keras
import numpy as np
import pytest

from course_lib.models import inception_resnet, mobilenet, resnet, xception

# ours, theirs, a side of the image.
TWINS = {
    "MobileNet": (mobilenet, 32),
    "ResNet50": (resnet, 32),
    "ResNet101": (lambda **settings: resnet(101, **settings), 32),
    "Xception": (xception, 71),
    "InceptionResNetV2": (inception_resnet, 75),
}


def anything(weight, rng):
    """Values as a trained network might have them: moving averages too, variances above 0."""
    if len(weight.shape) > 1:
        return weight.numpy()
    spread = weight.path.endswith(("gamma", "moving_variance"))
    return rng.uniform(0.5, 1.5, weight.shape) if spread else rng.normal(0, 0.1, weight.shape)


@pytest.mark.parametrize("name", TWINS)
def test_computes_as_keras_applications_does(name):
    build, side = TWINS[name]
    ours = build(input_shape=(side, side, 3))
    twin = getattr(keras.applications, name)(
        weights=None, input_shape=(side, side, 3), classifier_activation=None
    )
    assert ours.count_params() == twin.count_params()
    rng = np.random.default_rng(0)
    values = [anything(weight, rng) for weight in twin.weights]
    twin.set_weights(values)
    # MobileNet's last layer is a 1×1 convolution there.
    ours.set_weights([v.reshape(w.shape) for v, w in zip(values, ours.weights, strict=True)])
    x = rng.normal(size=(2, side, side, 3)).astype("float32")
    expected = np.array(twin(x))
    assert expected.std() > 0.1
    np.testing.assert_allclose(ours(x), expected, atol=1e-4, rtol=1e-4)


def test_resnet_152_has_as_many_weights():
    with keras.StatelessScope(initialize_variables=False):
        assert resnet(152).count_params() == 60_419_944  # keras.applications.ResNet152
