"""Building blocks: a few plain Keras layers under one name, for both of Keras' APIs.

They run in the student's kernel and in the process that checks the answers.
"""

from course_lib.blocks.attention import attention
from course_lib.blocks.block import Block
from course_lib.blocks.branching_block import BranchingBlock
from course_lib.blocks.causal_block import causal_block
from course_lib.blocks.conv_block import conv_block
from course_lib.blocks.dense_block import dense_block
from course_lib.blocks.grid_positions import GridPositions, grid_encoding
from course_lib.blocks.inception_block import inception_block
from course_lib.blocks.inception_resnet_block import inception_resnet_block
from course_lib.blocks.residual_block import residual_block
from course_lib.blocks.separable_conv_block import separable_conv_block
from course_lib.blocks.sinusoidal_encoding import sinusoidal_encoding
from course_lib.blocks.sub_pixel import SubPixel
from course_lib.blocks.tied_embedding import TiedEmbedding
from course_lib.blocks.token_embedding import TokenEmbedding
from course_lib.blocks.transformer_decoder_block import transformer_decoder_block
from course_lib.blocks.transformer_encoder_block import transformer_encoder_block
from course_lib.blocks.unet_decoder_block import unet_decoder_block
from course_lib.blocks.unet_encoder_block import unet_encoder_block
from course_lib.blocks.vgg_block import vgg_block
from course_lib.blocks.xception_block import xception_block

__all__ = [
    "Block",
    "GridPositions",
    "BranchingBlock",
    "TiedEmbedding",
    "SubPixel",
    "TokenEmbedding",
    "attention",
    "causal_block",
    "conv_block",
    "dense_block",
    "grid_encoding",
    "inception_block",
    "inception_resnet_block",
    "residual_block",
    "separable_conv_block",
    "sinusoidal_encoding",
    "transformer_decoder_block",
    "transformer_encoder_block",
    "unet_decoder_block",
    "unet_encoder_block",
    "vgg_block",
    "xception_block",
]
