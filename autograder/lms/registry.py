"""Every LMS that the program knows: a new one is its own module and an entry here."""

from __future__ import annotations

from enum import Enum

from autograder.lms.blackboard import Blackboard
from autograder.lms.brightspace import Brightspace
from autograder.lms.canvas import Canvas
from autograder.lms.folder import Folder
from autograder.lms.gradescope import Gradescope
from autograder.lms.lms import Lms
from autograder.lms.moodle import Moodle

LMSS: dict[str, Lms] = {
    lms.name: lms
    for lms in (
        Canvas(),
        Moodle(),
        Gradescope(),
        Brightspace(),
        Blackboard(),
        Folder(),
    )
}
"""By name, as typed after `--from`, `--to` and `--format`."""


class LmsName(str, Enum):
    """The values of `--from` and `--to`: the names in `LMSS`."""

    _ignore_ = ["name"]
    for name in LMSS:
        vars()[name] = name
