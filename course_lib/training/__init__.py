"""Training: `fit` with good defaults, and the parts from which it is built.

It runs in the student's kernel and in the process that checks the answers.
"""

from course_lib.training.fit import fit
from course_lib.training.fused_adam import fused_adam
from course_lib.training.half_precision import half_precision
from course_lib.training.has_bfloat16_instructions import has_bfloat16_instructions
from course_lib.training.has_tensor_cores import has_tensor_cores
from course_lib.training.live_curves import LiveCurves
from course_lib.training.mixed_precision import mixed_precision
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
    "fit",
    "fused_adam",
    "half_precision",
    "has_bfloat16_instructions",
    "has_tensor_cores",
    "mixed_precision",
    "reproducible",
    "steps_per_execution",
    "trace_once",
    "trial",
]
