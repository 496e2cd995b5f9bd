"""Learning management systems: one module for each, listed in `registry.py`.

A module knows all that its LMS reads and writes: downloads, class lists, gradebook files, feedback.
Runs in the `autograder` command.
"""
