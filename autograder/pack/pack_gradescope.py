"""The zip file that Gradescope's autograder wants."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from autograder.course.course import Course
from autograder.files import write_atomically
from autograder.pack.gradescope_results import make_failure
from autograder.pack.make_wheel import list_constraints, make_wheel
from autograder.pack.packed_lab import PackedLab
from autograder.pack.render_file import render_file
from autograder.pack.zip_files import zip_files

_UPLOAD_SECONDS = 40  # of Gradescope's timeout, left for starting and for sending the results


def pack_for_gradescope(course: Course, packed: PackedLab, minutes: float, visibility: str) -> Path:
    """Write exports/LAB-gradescope.zip. It holds the hidden tests: only instructors may have it.

    Args:
        course: The course.
        packed: The lab.
        minutes: The timeout that is set in Gradescope.
        visibility: Who sees the questions' results, in Gradescope's word.

    Raises:
        AutograderError: The wheel cannot be made, or the file cannot be written.
    """
    wheel, content = make_wheel()
    seconds = max(30, round(60 * minutes) - _UPLOAD_SECONDS)
    failure = json.dumps(make_failure("The grader was ended from outside: too little memory?"))
    python = ".".join(map(str, sys.version_info[:2]))
    files: dict[str, str | bytes] = {
        "setup.sh": render_file("setup.sh", python=python, wheel=wheel),
        "run_autograder": render_file(
            "run_autograder", seconds=seconds, visibility=visibility, failure=failure
        ),
        "lab.json": packed.as_json(),
        "constraints.txt": list_constraints(),
        wheel: content,
    }
    path = course.exports_dir / f"{packed.lab}-gradescope.zip"
    write_atomically(path, zip_files(files, programs=("setup.sh", "run_autograder")))
    return path
