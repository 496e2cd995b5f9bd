"""Renders the instructor's and the students' pages: single files that work offline.

Runs in the `autograder` command.
"""

from autograder.pages.render import format_percent, render

__all__ = ["format_percent", "render"]
