"""Building blocks: a few plain Keras layers under one name, for both of Keras' APIs."""

from course_lib.blocks.block import Block
from course_lib.blocks.dense_block import dense_block

__all__ = ["Block", "dense_block"]
