"""What a student's points come to: hand marks, lateness, policies, the course's total.

Runs in the `autograder` command.
"""
