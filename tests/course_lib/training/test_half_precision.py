"""Which models train in half precision on this machine."""

import keras

from course_lib.models import mobilenet
from course_lib.training import half_precision, has_bfloat16_instructions


def test_models_without_a_gain_stay_in_float32_on_a_cpu():
    dense = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)])
    depthwise = mobilenet(alpha=1 / 4, stem="small", input_shape=(32, 32, 3), middle=1)
    for model in (dense, depthwise):
        assert half_precision(model) in ("float16", None)


def test_bfloat16_needs_onednn(monkeypatch):
    has_bfloat16_instructions.cache_clear()
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert not has_bfloat16_instructions()
    has_bfloat16_instructions.cache_clear()
