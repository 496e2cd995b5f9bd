"""Whole models, made of the course's blocks and plain Keras layers."""

from course_lib.models.autoencoder import autoencoder
from course_lib.models.cnn import cnn
from course_lib.models.conv_autoencoder import conv_autoencoder
from course_lib.models.dcgan import dcgan
from course_lib.models.digit_judge import SampleQuality, digit_judge, sample_quality
from course_lib.models.gan import GAN, gan
from course_lib.models.grad_cam import grad_cam
from course_lib.models.mlp import mlp
from course_lib.models.vae import VAE, vae
from course_lib.models.vgg import vgg

__all__ = [
    "GAN",
    "VAE",
    "SampleQuality",
    "autoencoder",
    "cnn",
    "conv_autoencoder",
    "dcgan",
    "digit_judge",
    "gan",
    "grad_cam",
    "mlp",
    "sample_quality",
    "vae",
    "vgg",
]
