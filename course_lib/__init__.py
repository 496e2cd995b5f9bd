"""Helpers for the labs: data sets, building blocks, models, training, figures, checks.

Submodules are imported when they are first used (PEP 562), so that ``import course_lib`` costs
nothing: TensorFlow takes seconds, and a page that only reads a data set does not need it.

Example:
    >>> import course_lib
    >>> (x_train, y_train), (x_test, y_test) = course_lib.data.load("shapes", profile="quick")
    >>> x_train.shape[1:]
    (28, 28)
"""

from importlib import import_module

__all__ = [
    "blocks",
    "data",
    "figures",
    "models",
    "notebook",
    "profile",
    "testing",
    "training",
    "transfer",
]


def __getattr__(name):
    if name == "check_my_work":  # what students type
        return import_module(f"{__name__}.notebook").check_my_work
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"course_lib has no part named {name!r}; it has: {', '.join(__all__)}")


def __dir__():
    return sorted({*globals(), *__all__})
