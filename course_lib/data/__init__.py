"""Data sets: real where they can be had, and a stand-in with the same lesson where not."""

from course_lib.data.load import NAMES, load
from course_lib.data.pipeline import pipeline
from course_lib.data.provenance import provenance

__all__ = ["NAMES", "load", "pipeline", "provenance"]
