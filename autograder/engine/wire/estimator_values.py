"""scikit-learn's estimators as parameters and fitted arrays, and back."""

from __future__ import annotations

import importlib
import re
from typing import Any

import numpy as np

from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.python_values import check_type

# Their methods compute with NumPy in what they learned; no compiled code trusts its shapes.
_ALLOWED = {
    "sklearn.linear_model": "ElasticNet ElasticNetCV HuberRegressor Lasso LassoCV "
    "LinearRegression LogisticRegression LogisticRegressionCV Perceptron Ridge RidgeCV "
    "RidgeClassifier SGDClassifier SGDRegressor",
    "sklearn.naive_bayes": "BernoulliNB ComplementNB GaussianNB MultinomialNB",
    "sklearn.discriminant_analysis": "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis",
    "sklearn.decomposition": "NMF PCA TruncatedSVD",
    "sklearn.dummy": "DummyClassifier DummyRegressor",
    "sklearn.preprocessing": "Binarizer LabelBinarizer LabelEncoder MaxAbsScaler MinMaxScaler "
    "Normalizer OneHotEncoder OrdinalEncoder PolynomialFeatures RobustScaler StandardScaler",
    "sklearn.impute": "SimpleImputer",
    "sklearn.pipeline": "Pipeline",
    "sklearn.compose": "ColumnTransformer TransformedTargetRegressor",
    "sklearn.feature_selection": "SelectKBest VarianceThreshold",
    "sklearn.neural_network": "MLPClassifier MLPRegressor",
    "sklearn.model_selection": "GridSearchCV KFold RandomizedSearchCV StratifiedKFold",
}
_MODULES = {name: module for module, names in _ALLOWED.items() for name in names.split()}
_PLAIN = (type(None), bool, int, float, str, list, tuple, dict, np.ndarray, np.generic)


def _check_memory(parts: dict[str, Any]) -> None:
    """Refuse estimators that read what they learned from a folder.

    Raises:
        CodecError: this is one.
    """
    if parts.get("memory") is not None:
        raise CodecError("an estimator that keeps what it learns in files")


def describe(value: Any) -> tuple[str, Any] | None:
    """The kind and the data of an estimator that is rebuilt alike; None for others."""
    kind = type(value)
    module = _MODULES.get(kind.__name__)
    if module is None or getattr(importlib.import_module(module), kind.__name__, None) is not kind:
        return _describe_unfitted(value)
    # Random states and optimizers only train it further.
    parts = {n: v for n, v in vars(value).items() if _is_plain(v, 0) or n[0] != "_"}
    kept = {name: part for name, part in parts.items() if name != "scorer_"}
    if not all(_is_plain(part, 0) for part in kept.values()):
        return None
    return "estimator", [kind.__name__, kept]


def _describe_unfitted(value: Any) -> tuple[str, Any] | None:
    """An estimator of any class of scikit-learn that has learned nothing: its parameters."""
    from sklearn.base import BaseEstimator

    kind = type(value)
    if not isinstance(value, BaseEstimator) or any(n.endswith("_") for n in vars(value)):
        return None
    try:
        found = _find_estimator(kind.__module__, kind.__name__)
        parameters = value.get_params(deep=False)
    except Exception:  # of a student's own class
        return None
    is_plain = found is kind and all(_is_plain(part, 0) for part in parameters.values())
    return ("unfitted", [kind.__module__, kind.__name__, parameters]) if is_plain else None


def _find_estimator(module: str, name: str) -> Any:
    from sklearn.base import BaseEstimator

    if not re.fullmatch(r"sklearn(\.(?!.*test)\w+)+", module):
        raise CodecError("an estimator of another library")
    found = vars(importlib.import_module(module)).get(name)
    if not isinstance(found, type) or not issubclass(found, BaseEstimator):
        raise CodecError("an estimator that does not exist")
    return found


def _is_plain(value: Any, depth: int) -> bool:
    if depth > 8:
        return False
    if type(value) in (list, tuple):
        return all(_is_plain(part, depth + 1) for part in value)
    if isinstance(value, dict):
        return all(_is_plain(part, depth + 1) for part in value.values())
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufUS" or (
            value.dtype.kind == "O" and all(_is_plain(part, depth + 1) for part in value.ravel())
        )
    if isinstance(value, type):
        return issubclass(value, (np.generic, float, int))
    return isinstance(value, _PLAIN) or describe(value) is not None


def rebuild(kind: str, data: Any) -> Any:
    """The estimator that `describe` described.

    Raises:
        CodecError: the data are not of this kind; other exceptions mean the same.
    """
    if kind == "unfitted":
        module, name, parameters = data
        _check_memory(check_type(parameters, dict))
        found = _find_estimator(check_type(module, str), check_type(name, str))
        return found(**parameters)
    name, parts = data
    module = _MODULES.get(check_type(name, str))
    if kind != "estimator" or module is None:
        raise CodecError("an estimator that is not known here")
    _check_memory(check_type(parts, dict))
    found = getattr(importlib.import_module(module), name)
    made = found.__new__(found)
    methods = dir(found)
    for attribute, part in parts.items():
        is_method = attribute in methods and callable(getattr(found, attribute, None))
        if is_method or check_type(attribute, str).startswith("__") or not _is_plain(part, 0):
            raise CodecError("an estimator whose methods are not its own")
        vars(made)[attribute] = part
    return made
