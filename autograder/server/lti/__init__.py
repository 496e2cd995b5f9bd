"""LTI 1.3 by PyLTI1p3: an LMS signs people in, links to labs, and gets their marks.

All of it runs in the `autograder` command, in the web server's process.
"""
