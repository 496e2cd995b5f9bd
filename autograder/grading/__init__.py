"""A run over a class: what is new is graded by local or cluster workers, and recorded.

Runs in the `autograder` command; on a cluster, its workers' part in theirs.
"""
