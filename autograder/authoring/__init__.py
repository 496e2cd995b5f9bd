"""An author's way: from one source to every form of a lab, and the proof that its tests are right.

Runs in the `autograder` command.
"""
