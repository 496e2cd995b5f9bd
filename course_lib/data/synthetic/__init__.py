"""Synthetic data: drawing, warping and made-up words, from which stand-ins are made.

It knows nothing about single data sets and needs nothing but NumPy. It runs wherever `load` is
called: in the student's kernel and in the process that checks the answers.
"""
