"""The student's kernel and the warm parent that it is forked from.

Runs inside the sandbox, where the student may replace all of it.
"""
