"""A grading run over a class: workers grade what is new, one writer records it.

Runs in the `autograder` command; on a cluster, its workers grade in processes of their own.
"""
