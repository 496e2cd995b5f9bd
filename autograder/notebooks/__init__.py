"""What a notebook of a lab is: the roles of its cells, its forms, the names that its tests use.

Runs in the `autograder` command and in the verifier.
"""
