"""Reads what students submit: finds the notebook, matches its cells to the lab's, repairs it.

Runs in the `autograder` command.
"""
