"""Drives one student's kernel, runs the test cells and judges by value.

Runs in a fork of a trusted warm parent, one for each submission.
"""
