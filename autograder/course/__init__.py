"""The course folder: `course.toml` and its settings, the instructor's notebooks, the roster,
submissions and what was collected.

Runs in the `autograder` command.
"""
