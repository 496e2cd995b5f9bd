import keras
import numpy as np
import pytest

from course_lib.models import cnn


def compute_parameters(filters, convolutions=1, classes=10):
    """Return the number of trainable parameters: kernels, γ and β, and the dense layer."""
    count, channels = 0, 3
    for width in filters:
        for _ in range(convolutions):
            count += 9 * channels * width + 2 * width
            channels = width
    return count + (channels + 1) * classes


@pytest.mark.parametrize("api", ["sequential", "functional"])
@pytest.mark.parametrize("convolutions", [1, 2])
def test_number_of_parameters(api, convolutions):
    model = cnn((4, 6, 8), convolutions=convolutions, api=api)
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    assert trainable == compute_parameters((4, 6, 8), convolutions)


def test_both_apis_compute_the_same():
    settings = {"filters": (4, 6), "classes": 3, "dropout": 0.5}
    sequential, functional = cnn(**settings), cnn(**settings, api="functional")
    assert isinstance(sequential, keras.Sequential)
    functional.set_weights(sequential.get_weights())
    x = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype("uint8")
    np.testing.assert_allclose(sequential(x), functional(x), rtol=1e-5)


def test_logits_do_not_depend_on_the_position():
    # The stages divide the image by 4, so a shift by multiples of 4 shifts all maps.
    model = cnn((4, 6), batch_norm=False, dropout=0)
    x = np.zeros((1, 32, 32, 3), "float32")
    x[:, 8:12, 8:12] = 255
    np.testing.assert_allclose(model(x), model(np.roll(x, (8, 4), axis=(1, 2))), atol=1e-5)


def test_each_stage_halves_the_image():
    shapes = [layer.output.shape[1] for layer in cnn((4, 4, 4)).layers if "pool" in layer.name]
    assert shapes[:3] == [16, 8, 4]


def test_too_many_stages_are_rejected():
    with pytest.raises(ValueError, match="use fewer filters"):
        cnn((8,) * 6)


def test_unknown_api_is_rejected():
    with pytest.raises(ValueError, match='"sequential" and "functional"'):
        cnn((4,), api="subclassing")
