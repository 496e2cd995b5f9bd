"""`autograder similar`: pairs of submissions that share code beyond the release.

Runs in the `autograder` command.
"""
