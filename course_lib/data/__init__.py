"""Data sets: the real ones, or stand-ins that teach the same lesson without a network.

`load`, `photographs`, `photo_textures`, `segmentation`, `detection`, `captioned_scenes`, `series`,
`corpus` and `tunes` load them, `pipeline` makes batches. Everything runs in the process that calls
it: the student's kernel, or the process that checks the answers.
"""

from importlib import import_module
from typing import Any

from course_lib.data.box_iou import box_iou
from course_lib.data.byte_pair_tokenizer import BytePairTokenizer
from course_lib.data.captioned_photographs import captioned_photographs
from course_lib.data.captioned_scenes import captioned_scenes
from course_lib.data.class_names import class_names
from course_lib.data.corpus import corpus
from course_lib.data.detection import detection
from course_lib.data.load import load
from course_lib.data.mask_tokens import mask_tokens
from course_lib.data.photo_textures import photo_textures
from course_lib.data.photograph_classes import photograph_classes
from course_lib.data.photographs import photographs
from course_lib.data.pipeline import pipeline
from course_lib.data.registry import ALL_NAMES, NAMES
from course_lib.data.scene_grammar import ask_about
from course_lib.data.segmentation import segmentation
from course_lib.data.series import series
from course_lib.data.shift_and_flip import shift_and_flip
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.provenance import provenance
from course_lib.data.sources.read_box_table import read_box_table
from course_lib.data.sources.read_coco_boxes import read_coco_boxes
from course_lib.data.sources.read_voc_boxes import read_voc_boxes
from course_lib.data.split_windows import split_windows
from course_lib.data.tunes import read_tune, tunes
from course_lib.data.vocabulary import Vocabulary
from course_lib.data.word_index import word_index

__all__ = [
    "NAMES",
    "BytePairTokenizer",
    "DataError",
    "Vocabulary",
    "ask_about",
    "captioned_photographs",
    "captioned_scenes",
    "box_iou",
    "class_names",
    "detection",
    "corpus",
    "load",
    "mask_tokens",
    "photo_textures",
    "photograph_classes",
    "photographs",
    "pipeline",
    "provenance",
    "read_box_table",
    "read_coco_boxes",
    "read_tune",
    "read_voc_boxes",
    "segmentation",
    "series",
    "shift_and_flip",
    "split_windows",
    "tunes",
    "word_index",
]


def __getattr__(name: str) -> Any:
    """Return the module of a data set: `from course_lib.data import cifar100`."""
    if name in ALL_NAMES:
        return import_module(f"course_lib.data.sets.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
