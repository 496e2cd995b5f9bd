"""Start an engine for a lab."""

from __future__ import annotations

from collections.abc import Callable

from autograder.course.course import Course, Lab
from autograder.engine.engine import Engine
from autograder.grading.engine_recipe import EngineRecipe


def start_engine(
    course: Course,
    lab: Lab,
    isolation: str = "auto",
    say: Callable[[str], None] = lambda text: None,
) -> Engine:
    """Start an engine with the lab's limits, kernel and data; use it in a `with` statement.

    Args:
        course: The course.
        lab: The lab.
        isolation: "auto" uses the strongest sandbox that works here, "bwrap" requires it, "none"
            uses none.
        say: Called with what an instructor should know: the isolation and the kernel.

    Raises:
        AutograderError: A limit is not valid, or the isolation is not available.
    """
    return EngineRecipe.of(course, lab, isolation).start(say)
