"""Build, check, release, collect and grade the labs of a course; nbgrader stays underneath.

The names in `__all__` are the public API, described in docs/api.md. They are imported when they
are first used: the student's process imports this package without nbgrader.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.authoring.cases import make_cases as make_cases
    from autograder.course.course import Course as Course
    from autograder.engine.engine import Engine as Engine
    from autograder.errors import AutograderError as AutograderError
    from autograder.grading.grade_notebook import grade_notebook as grade_notebook
    from autograder.grading.start_engine import start_engine as start_engine
    from autograder.results.results import read_results as read_results

_MODULES = {
    "AutograderError": "autograder.errors",
    "Course": "autograder.course.course",
    "Engine": "autograder.engine.engine",
    "grade_notebook": "autograder.grading.grade_notebook",
    "make_cases": "autograder.authoring.cases",
    "read_results": "autograder.results.results",
    "start_engine": "autograder.grading.start_engine",
}
__all__ = list(_MODULES)

# jsonschema, below nbformat, compiles a grammar of web addresses if this package is installed. That
# takes two seconds at every start, for a check that the notebook format does not use.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
