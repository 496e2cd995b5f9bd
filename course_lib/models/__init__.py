"""Whole models, made of the course's blocks and plain Keras layers."""

from course_lib.models.mlp import mlp

__all__ = ["mlp"]
