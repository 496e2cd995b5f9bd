"""The data sets: one module each, with its description and the generator of its stand-in.

A module holds `DATASET` (or `PHOTOGRAPHS`), which `course_lib.data.registry` finds by the module's
name. It runs in the process that calls `load`.
"""
