"""Handles of the student's scikit-learn estimators that could not come by value."""

from __future__ import annotations

from typing import Any

from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score, r2_score

from autograder.engine.verifier.handles import OpenHandle


class EstimatorHandle(OpenHandle):
    """A student's estimator that can be asked for predictions; they are scored here."""

    def score(self, samples: Any, targets: Any, sample_weight: Any = None) -> float:
        """The accuracy, or R² of a regressor, of what the student's estimator predicts."""
        library: Any = object.__getattribute__(self, "_handle_library")
        if not issubclass(library, (ClassifierMixin, RegressorMixin)):
            raise self._refuse_operator("score")
        measure = accuracy_score if issubclass(library, ClassifierMixin) else r2_score
        predicted = self.predict(samples)
        return float(measure(targets, predicted, sample_weight=sample_weight))
