"""What a student reads who uses a block with branches as if it were a list of layers."""

import keras
import pytest

from course_lib.blocks import (
    inception_block,
    inception_resnet_block,
    residual_block,
    xception_block,
)

BLOCKS = {
    "residual_block(8)": lambda: residual_block(8),
    "xception_block(8": lambda: xception_block(8),
    "inception_block(4, …)": lambda: inception_block(4, 4, 4, 4, 4, 4),
    "inception_resnet_block(…)": lambda: inception_resnet_block([[(4, 1)]]),
}


@pytest.mark.parametrize(("name", "make"), BLOCKS.items(), ids=BLOCKS)
def test_message_says_how_to_use_the_block(name, make):
    block = make()
    assert repr(block).startswith(name) and "in a Functional model" in repr(block)
    with pytest.raises(ValueError, match="in a Functional model"):
        keras.Sequential([keras.Input((8, 8, 8)), block])
    with pytest.raises(TypeError, match="in a Functional model"):
        keras.Sequential([keras.Input((8, 8, 8)), *block])
