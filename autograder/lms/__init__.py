"""One module for each learning management system: how it names students and files.

Runs in the `autograder` command.
"""
