"""`autograder serve`: students submit in the browser or from the notebook and see their marks.

The web pages run in the `autograder` command, grading in a worker process that it starts.
"""
