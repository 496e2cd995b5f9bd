"""Helpers for the labs: data sets, building blocks, models, training, figures, checks.

Submodules are imported at their first use (PEP 562), so that `import course_lib` is fast:
TensorFlow takes seconds to import, and loading a data set does not need it.

Example:
    >>> import course_lib
    >>> (x_train, y_train), (x_test, y_test) = course_lib.data.load("shapes", profile="quick")
    >>> x_train.shape[1:]
    (28, 28)
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
MODULES = (
    "agents",
    "blocks",
    "data",
    "environments",
    "figures",
    "models",
    "notebook",
    "profile",
    "testing",
    "training",
    "transfer",
)
__all__ = ["__version__", "check_my_work", "hand_in", "progress", *MODULES]


def __getattr__(name: str) -> Any:
    if name in ("check_my_work", "hand_in", "progress"):  # what students type
        return getattr(import_module(f"{__name__}.notebook"), name)
    if name in MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"course_lib has no module {name!r}; it has: {', '.join(MODULES)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
