"""The course folder: `course.toml` and its settings, the roster, what was submitted and collected.

Runs in the `autograder` command.
"""
