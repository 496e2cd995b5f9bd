"""`autograder collect`: an LMS' download becomes submitted/STUDENT/LAB/.

Runs in the `autograder` command.
"""

from autograder.collect.collecting import Collecting, collect

__all__ = ["Collecting", "collect"]
