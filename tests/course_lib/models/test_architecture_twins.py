"""Architectures match those of keras.applications: the same weights and outputs."""

import keras
import numpy as np
import pytest

from course_lib.models import inception_resnet, mobilenet, resnet, xception

# By name in keras.applications: our function, and the side of the image.
TWINS = {
    "MobileNet": (mobilenet, 32),
    "ResNet50": (resnet, 32),
    "ResNet101": (lambda **settings: resnet(101, **settings), 32),
    "Xception": (xception, 71),
    "InceptionResNetV2": (inception_resnet, 75),
}


def draw_values(weight, rng):
    """Return values as in a trained network, also for moving averages; variances are above 0."""
    if len(weight.shape) > 1:
        return weight.numpy()
    is_positive = weight.path.endswith(("gamma", "moving_variance"))
    return rng.uniform(0.5, 1.5, weight.shape) if is_positive else rng.normal(0, 0.1, weight.shape)


@pytest.mark.parametrize("name", TWINS)
def test_outputs_match_keras_applications(name):
    build, side = TWINS[name]
    ours = build(input_shape=(side, side, 3))
    twin = getattr(keras.applications, name)(
        weights=None, input_shape=(side, side, 3), classifier_activation=None
    )
    assert ours.count_params() == twin.count_params()
    rng = np.random.default_rng(0)
    values = [draw_values(weight, rng) for weight in twin.weights]
    twin.set_weights(values)
    # In keras.applications, the last layer of MobileNet is a 1×1 convolution.
    ours.set_weights([v.reshape(w.shape) for v, w in zip(values, ours.weights, strict=True)])
    x = rng.normal(size=(2, side, side, 3)).astype("float32")
    expected = np.array(twin(x))
    assert expected.std() > 0.1
    np.testing.assert_allclose(ours(x), expected, atol=1e-4, rtol=1e-4)


def test_resnet_152_has_the_same_number_of_weights():
    with keras.StatelessScope(initialize_variables=False):
        assert resnet(152).count_params() == 60_419_944  # keras.applications.ResNet152
