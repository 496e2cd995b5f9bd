"""`autograder collect`: an LMS' download becomes submitted/STUDENT/LAB/."""

from autograder.collect.collecting import Collecting, collect

__all__ = ["Collecting", "collect"]
