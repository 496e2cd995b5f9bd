"""Transfer learning: networks trained for one task, used for another.

It runs in the student's kernel and in the process that checks the answers.
"""

from course_lib.transfer.adapt_backbone import adapt_backbone
from course_lib.transfer.add_lora import add_lora
from course_lib.transfer.backbone import backbone
from course_lib.transfer.extract_features import extract_features
from course_lib.transfer.feature_cache import FeatureCache
from course_lib.transfer.freeze import freeze
from course_lib.transfer.preprocess_input import preprocess_input
from course_lib.transfer.small_vgg import small_vgg
from course_lib.transfer.target_task import target_task
from course_lib.transfer.transfer_case import CASES, Case, transfer_case
from course_lib.transfer.weights_error import WeightsError

__all__ = [
    "CASES",
    "Case",
    "FeatureCache",
    "WeightsError",
    "backbone",
    "extract_features",
    "adapt_backbone",
    "add_lora",
    "freeze",
    "preprocess_input",
    "small_vgg",
    "target_task",
    "transfer_case",
]
