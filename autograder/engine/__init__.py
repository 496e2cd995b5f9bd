"""Runs a submission in a sandbox and judges it outside: three processes, one folder each.

`Engine` itself runs in the `autograder` command.
"""
