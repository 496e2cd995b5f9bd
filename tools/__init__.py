"""Generators of documentation pages, images and shipped weights, and checks of the project.

Each is a script: `python tools/NAME.py`. Nothing that the package needs at run time is here.
"""
