"""What a model was compiled with: metrics are what their names say."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from autograder.engine.wire.compile_config import check_compile_config
from autograder.engine.wire.keras_config import KerasConfigError

metrics = keras.metrics


def make_config(**options: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    model.compile(**{"loss": "mse", **options})
    return model.get_compile_config()


@pytest.mark.parametrize(
    "honest",
    [
        [],
        ["accuracy", "mae"],
        [metrics.SparseCategoricalAccuracy(name="accuracy"), metrics.BinaryAccuracy(name="acc")],
        [metrics.MeanAbsoluteError(name="mae"), metrics.RootMeanSquaredError(name="rmse")],
        [metrics.AUC(), metrics.AUC(), metrics.MeanIoU(3), metrics.F1Score()],
        [metrics.SparseTopKCategoricalAccuracy(5), metrics.TopKCategoricalAccuracy(5, "top5")],
    ],
)
def test_honest_metrics(honest: list[Any]) -> None:
    check_compile_config(make_config(metrics=honest))


@pytest.mark.parametrize(
    "options",
    [
        {"metrics": [metrics.SparseTopKCategoricalAccuracy(3, name="accuracy")]},
        {"weighted_metrics": [metrics.TopKCategoricalAccuracy(3, name="Acc")]},
        {"metrics": [metrics.Mean(name="mae_1")]},
        {"metrics": [metrics.Mean(name="loss")]},
        {"loss_weights": 1e-9},
        {"loss_weights": [1e-9]},
    ],
)
def test_metrics_that_pass_for_others(options: dict[str, Any]) -> None:
    with pytest.raises(KerasConfigError):
        check_compile_config(make_config(**options))
