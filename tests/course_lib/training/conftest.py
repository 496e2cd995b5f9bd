"""A GPU with tensor cores, simulated: the arithmetic is the same on a CPU, only slow."""

import sys

import pytest


@pytest.fixture
def tensor_cores(monkeypatch):
    """Let `fit` find tensor cores, and no bfloat16, as on the T4 that Colab lends."""
    module = sys.modules["course_lib.training.half_precision"]
    monkeypatch.setattr(module, "has_tensor_cores", lambda: True)
    monkeypatch.setattr(module, "has_bfloat16_instructions", lambda: False)
