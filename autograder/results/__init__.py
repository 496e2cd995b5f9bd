"""The results of grading: verdicts and executed notebooks, as objects and in `results/`.

Runs in the `autograder` command.
"""
