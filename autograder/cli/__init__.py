"""The command line: one file a command.

Runs in the `autograder` command.
"""
