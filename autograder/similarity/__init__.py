"""`autograder similar`: finds pairs of submissions that share code beyond the release.

Runs in the `autograder` command; it never runs a student's code.
"""
