"""nbgrader's gradebook.db: the one writer, and what people marked by hand.

Runs in the `autograder` command.
"""
