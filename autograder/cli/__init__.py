"""The command line: one file for each command.

Runs in the `autograder` command.
"""
