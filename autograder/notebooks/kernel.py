"""Which Jupyter kernel a lab is written for."""

from __future__ import annotations

import contextlib
import json

from autograder.course.course import Course, Lab
from autograder.errors import AutograderError


def kernel_of(course: Course, lab: Lab) -> str:
    """The name of the kernel that the instructor's notebooks name; "python3" when they name none.

    Raises:
        AutograderError: they name several.
    """
    names = set()
    for path in (course.source_dir / lab.name).glob("*.ipynb"):
        # A notebook that can't be read is told of when it is.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            metadata = json.loads(path.read_text(encoding="utf-8-sig")).get("metadata", {})
            names.add(metadata.get("kernelspec", {}).get("name", "python3"))
    if len(names) > 1:
        raise AutograderError(
            f"the notebooks of {lab.name} name several kernels: {', '.join(sorted(names))}",
            "choose the same kernel in all of them",
        )
    return names.pop() if names else "python3"
