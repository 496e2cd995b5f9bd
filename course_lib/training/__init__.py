"""Training: one `fit` with sensible defaults, and the pieces it is made of."""

from course_lib.training.fit import fit
from course_lib.training.fused_adam import fused_adam
from course_lib.training.live_curves import LiveCurves
from course_lib.training.mixed_precision import (
    bfloat16_instructions,
    half_precision,
    mixed_precision,
    tensor_cores,
)
from course_lib.training.progress_bar import ProgressBar
from course_lib.training.reproducible import reproducible
from course_lib.training.sample_recorder import SampleRecorder
from course_lib.training.steps_per_execution import steps_per_execution
from course_lib.training.trace_once import trace_once
from course_lib.training.trial import trial
from course_lib.training.warmup_cosine import WarmupCosine

__all__ = [
    "LiveCurves",
    "ProgressBar",
    "SampleRecorder",
    "WarmupCosine",
    "bfloat16_instructions",
    "fit",
    "fused_adam",
    "half_precision",
    "mixed_precision",
    "reproducible",
    "steps_per_execution",
    "tensor_cores",
    "trace_once",
    "trial",
]
