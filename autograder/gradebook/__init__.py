"""nbgrader's gradebook.db: the one writer, and the marks that people gave by hand.

Runs in the `autograder` command.
"""
