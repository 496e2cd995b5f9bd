"""One file for each version.

Runs in the `autograder` command.
"""
