"""The versions of the server's database, applied by Alembic when the server starts.

Runs in the `autograder` command.
"""
