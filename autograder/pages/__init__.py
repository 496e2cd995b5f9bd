"""What the instructor's and the students' pages have in common: one file each, and offline.

Runs in the `autograder` command.
"""

from autograder.pages.render import percent, render

__all__ = ["percent", "render"]
