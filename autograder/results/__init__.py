"""What grading says of each submission, as objects and in `results/`.

Runs in the `autograder` command.
"""
