"""Packs a lab with the engine for other systems that grade: Gradescope and GitHub Actions.

`run_gradescope` and `run_github` run there, in place of the `autograder` command; the rest runs in
the `autograder` command.
"""
