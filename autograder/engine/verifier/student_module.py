"""A module that the notebook imports, as a test sees it."""

from __future__ import annotations

from typing import Any


class StudentModule:
    """A module that the student imported, known by name only.

    Args:
        name: its name on the student's side; it is never imported here.
    """

    def __init__(self, name: str) -> None:
        self.student_name = name

    def __getattr__(self, attribute: str) -> Any:
        raise AttributeError(
            f"the test cell uses a module that the notebook imports ({self.student_name!r}): "
            "import it in the test cell"
        )
