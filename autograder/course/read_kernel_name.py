"""Read which Jupyter kernel a lab is written for."""

from __future__ import annotations

import contextlib
import json

from autograder.course.course import Course, Lab
from autograder.errors import AutograderError


def read_kernel_name(course: Course, lab: Lab) -> str:
    """Return the kernel's name in the instructor's notebooks; "python3" if they name none.

    Raises:
        AutograderError: The notebooks name several kernels.
    """
    names = set()
    for path in (course.source_dir / lab.name).glob("*.ipynb"):
        # Reading the notebooks for grading reports an unreadable one.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            metadata = json.loads(path.read_text(encoding="utf-8-sig")).get("metadata", {})
            kernel = metadata.get("kernelspec", {})
            name = kernel.get("name") if isinstance(kernel, dict) else None
            names.add(name if isinstance(name, str) and name else "python3")
    if len(names) > 1:
        raise AutograderError(
            f"the notebooks of {lab.name} name several kernels: {', '.join(sorted(names))}",
            "choose the same kernel in all of them",
        )
    return names.pop() if names else "python3"
