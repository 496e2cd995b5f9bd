import subprocess
import sys

import keras
import numpy as np
import pytest

from course_lib.models import mlp


@pytest.mark.parametrize("api", ["sequential", "functional"])
def test_number_of_parameters(api):
    model = mlp(units=(128, 64), api=api)
    assert model.count_params() == 785 * 128 + 129 * 64 + 65 * 10
    assert model.output_shape == (None, 10)


def test_both_apis_compute_the_same():
    settings = {"units": (8, 6), "classes": 3, "input_shape": (4, 4), "dropout": 0.5}
    sequential, functional = mlp(**settings), mlp(**settings, api="functional")
    assert isinstance(sequential, keras.Sequential)
    assert not isinstance(functional, keras.Sequential)
    functional.set_weights(sequential.get_weights())
    x = np.random.default_rng(0).uniform(size=(5, 4, 4)).astype("float32")
    np.testing.assert_allclose(sequential(x), functional(x), rtol=1e-6)


def test_outputs_match_the_formula():
    model = mlp(units=(8, 6), classes=3, input_shape=(4,))
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    w1, b1, w2, b2, w3, b3 = model.get_weights()
    hidden = np.maximum(np.maximum(x @ w1 + b1, 0) @ w2 + b2, 0)
    np.testing.assert_allclose(model(x), hidden @ w3 + b3, atol=1e-5)


def test_mlp_without_hidden_layers_is_a_linear_model():
    assert mlp(units=(), classes=3, input_shape=(4,)).count_params() == 15


def test_unknown_api_is_rejected():
    with pytest.raises(ValueError, match='"sequential" and "functional"'):
        mlp(api="subclassing")


@pytest.mark.parametrize("api", ["sequential", "functional"])
def test_saved_model_loads_without_course_lib(api, tmp_path):
    model = mlp(units=(8,), input_shape=(4, 4), dropout=0.2, batch_norm=True, api=api)
    model.save(tmp_path / "mlp.keras")
    x = np.random.default_rng(0).uniform(size=(5, 4, 4)).astype("float32")
    np.save(tmp_path / "x.npy", x)
    script = (
        "import keras, numpy, sys\n"
        "model = keras.saving.load_model('mlp.keras')\n"
        "assert not any(name.startswith('course_lib') for name in sys.modules)\n"
        "numpy.save('y.npy', model(numpy.load('x.npy')))\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), model(x), rtol=1e-5)
