"""What may be shown of a student's notebook: outputs within bounds, and markup that runs nothing.

Runs in the `autograder` command and in the verifier; what parses markup, in a limited process.
"""
