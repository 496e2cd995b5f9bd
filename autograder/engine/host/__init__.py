"""The grader's end of the engine: it starts warm parents in a sandbox and watches over kernels.

Runs in the `autograder` command.
"""
