"""Read what students submit: find the notebook, match its cells to the lab's, repair it.

Runs in the `autograder` command.
"""
