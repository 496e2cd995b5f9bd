"""`autograder collect`: an LMS' download becomes submitted/STUDENT/LAB/.

Runs in the `autograder` command.
"""

from autograder.collect.collector import Collector, collect

__all__ = ["Collector", "collect"]
