"""A student's marks: scorecards, lateness, policies, final scores, the course's total.

Runs in the `autograder` command.
"""
