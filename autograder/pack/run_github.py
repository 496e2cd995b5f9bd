"""What the workflow starts in a student's repository.

    python -I -m autograder.pack.run_github .grading/lab.json

Grades the repository in the current folder and writes result.json, which says what passed. Exit
code 2: the grader itself failed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from autograder.errors import AutograderError
from autograder.files import write_atomically
from autograder.pack.classroom_result import make_result, make_summary
from autograder.pack.graded_elsewhere import (
    GradedElsewhere,
    describe_for_instructor,
    grade_elsewhere,
)
from autograder.pack.packed_lab import PackedLab

# Files of Git and of this tool, which the student did not write.
_LEFT_OUT = (".git", ".github", ".grading", "result.json")


def main() -> None:
    """Grade the repository; the arguments are those of the command line."""
    checkout = Path.cwd()
    try:
        packed = PackedLab.read(Path(sys.argv[1]))
        graded = _grade(packed, checkout)
    except (AutograderError, OSError) as error:
        print(f"error: {error}\n{getattr(error, 'hint', '')}".rstrip(), file=sys.stderr)
        sys.exit(2)
    for line in describe_for_instructor(graded):
        print(line)
    result = make_result(packed.lab, graded, os.environ)
    write_atomically(checkout / "result.json", json.dumps(result, indent=2) + "\n")
    _append("GITHUB_STEP_SUMMARY", make_summary(packed.title, graded))
    points = f"{graded.score:g}/{graded.max_score:g}"
    status = "success" if _is_complete(graded) else "failure"
    _append("GITHUB_OUTPUT", f"status={status}\nsummary={points} points in the visible checks\n")


def _is_complete(graded: GradedElsewhere) -> bool:
    return graded.is_graded and all(mark.passed for mark in graded.marks)


def _grade(packed: PackedLab, checkout: Path) -> GradedElsewhere:
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        copy = Path(folder, "submission")
        ignored = shutil.ignore_patterns(*_LEFT_OUT)
        shutil.copytree(checkout, copy, symlinks=True, ignore=ignored)
        # No file of the repository may be imported instead of a module of the grader's.
        os.chdir(folder)
        return grade_elsewhere(packed, copy, print)


def _append(variable: str, text: str) -> None:
    """Add a text to the file that GitHub Actions names in a variable."""
    path = os.environ.get(variable)
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
