"""Author labs: make every form of a lab from its source, and prove that its tests are right.

Runs in the `autograder` command.
"""
