"""Data sets: real where they can be had, and a stand-in with the same lesson where not."""

from course_lib.data.errors import DataError
from course_lib.data.load import NAMES, class_names, load
from course_lib.data.photographs import photograph_classes, photographs
from course_lib.data.pipeline import pipeline
from course_lib.data.provenance import provenance
from course_lib.data.shift_and_flip import shift_and_flip
from course_lib.data.word_index import word_index

__all__ = [
    "NAMES",
    "DataError",
    "class_names",
    "load",
    "photograph_classes",
    "photographs",
    "pipeline",
    "provenance",
    "shift_and_flip",
    "word_index",
]
