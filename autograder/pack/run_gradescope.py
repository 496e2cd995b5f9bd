"""What run_autograder starts in Gradescope's container.

    python -I -m autograder.pack.run_gradescope /autograder SECONDS VISIBILITY

Grades /autograder/submission with /autograder/source/lab.json and writes
/autograder/results/results.json, whatever happens.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

from autograder.errors import AutograderError
from autograder.files import write_atomically
from autograder.pack.graded_elsewhere import describe_for_instructor, grade_elsewhere
from autograder.pack.gradescope_results import make_failure, make_results
from autograder.pack.packed_lab import PackedLab

# What only the grader may read: tests and solutions, and results of earlier attempts.
_PRIVATE = ("source", "submission", "results", "run_autograder", "submission_metadata.json")


class _OutOfTimeError(BaseException):
    """The time is over; no handler of ordinary exceptions may stop this one."""


def main() -> None:
    """Grade the submission; the arguments are those of the command line."""
    root, seconds, visibility = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    results = _grade(root, seconds, visibility)
    write_atomically(root / "results" / "results.json", json.dumps(results, indent=1) + "\n")


def _grade(root: Path, seconds: int, visibility: str) -> dict[str, Any]:
    """The content of results.json."""
    signal.signal(signal.SIGALRM, _raise_out_of_time)
    signal.alarm(seconds)
    try:
        _close_to_others(root)
        packed = PackedLab.read(root / "source" / "lab.json")
        graded = grade_elsewhere(packed, root / "submission", _say)
        for line in describe_for_instructor(graded):
            _say(line)
        return make_results(graded, visibility)
    except _OutOfTimeError:
        _say(f"stopped after {seconds} s: raise the timeout in Gradescope, or lower the limits")
        return make_failure(f"Grading took longer than {seconds / 60:g} minutes and was stopped.")
    except Exception as error:  # of any kind: students get a sentence, never a crash
        traceback.print_exc(file=sys.stdout)
        if isinstance(error, AutograderError) and error.hint:
            _say(error.hint)
        return make_failure("The grader itself failed; this is not a fault of your notebook.")
    finally:
        signal.alarm(0)


def _raise_out_of_time(number: int, frame: FrameType | None) -> None:
    raise _OutOfTimeError


def _close_to_others(root: Path) -> None:
    """Let only the grader's own user read the lab and the results: students' code is another."""
    for name in _PRIVATE:
        path = root / name
        if path.exists():
            os.chmod(path, 0o700)
    if os.geteuid() != 0:
        _say(
            "weak: this container does not run as root, so students' code has the grader's user. "
            "Where Linux has no Landlock either, it can read the tests"
        )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
