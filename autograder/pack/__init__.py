"""Packs a lab with the engine for other systems that grade: Gradescope and GitHub Actions.

Runs in the `autograder` command; `run_gradescope` and `run_github` run there in its place.
"""
