"""`autograder serve`: students submit in the browser or from the notebook and see their marks.

Runs in the `autograder` command, grading in a worker process.
"""
