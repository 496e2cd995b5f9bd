"""Complete models, built from the blocks of the course and plain Keras layers.

They run in the student's kernel and in the process that checks the answers.
"""

from course_lib.models.actor_critic import actor_critic
from course_lib.models.alexnet import alexnet
from course_lib.models.alpha_zero import alpha_zero
from course_lib.models.attention_weights import attention_weights
from course_lib.models.autoencoder import autoencoder
from course_lib.models.bert import bert
from course_lib.models.bleu import bleu
from course_lib.models.cached_gpt import CachedGPT
from course_lib.models.captioner import captioner
from course_lib.models.cifar_resnet import cifar_resnet
from course_lib.models.cnn import cnn
from course_lib.models.conv_autoencoder import conv_autoencoder
from course_lib.models.cyclegan import CycleGAN, cyclegan
from course_lib.models.dcgan import dcgan
from course_lib.models.digit_judge import digit_judge
from course_lib.models.dqn import dqn
from course_lib.models.elbo_terms import elbo_terms
from course_lib.models.espcn import espcn
from course_lib.models.gan import GAN, gan
from course_lib.models.googlenet import googlenet
from course_lib.models.gpt import gpt
from course_lib.models.grad_cam import grad_cam
from course_lib.models.greedy_search import greedy_search
from course_lib.models.hopfield import Hopfield
from course_lib.models.inception_resnet import inception_resnet
from course_lib.models.lenet import lenet
from course_lib.models.lstm_gates import lstm_gates
from course_lib.models.mlp import mlp
from course_lib.models.mobilenet import mobilenet
from course_lib.models.multiply_adds import multiply_adds
from course_lib.models.rbm import RBM
from course_lib.models.recurrent import CELLS, recurrent, recurrent_parameters
from course_lib.models.resnet import resnet
from course_lib.models.sample_quality import SampleQuality, sample_quality
from course_lib.models.scene_encoder import scene_encoder
from course_lib.models.seq2seq import seq2seq
from course_lib.models.small_architectures import small_architectures
from course_lib.models.style_transfer import style_extractor, style_transfer
from course_lib.models.transformer import transformer
from course_lib.models.unet import unet
from course_lib.models.vae import VAE, vae
from course_lib.models.vgg import vgg
from course_lib.models.xception import xception
from course_lib.models.yolo import yolo

__all__ = [
    "CELLS",
    "CachedGPT",
    "GAN",
    "RBM",
    "VAE",
    "CycleGAN",
    "Hopfield",
    "SampleQuality",
    "actor_critic",
    "alexnet",
    "alpha_zero",
    "attention_weights",
    "autoencoder",
    "bert",
    "bleu",
    "captioner",
    "cifar_resnet",
    "cnn",
    "conv_autoencoder",
    "cyclegan",
    "dcgan",
    "digit_judge",
    "dqn",
    "elbo_terms",
    "espcn",
    "gan",
    "googlenet",
    "gpt",
    "grad_cam",
    "greedy_search",
    "inception_resnet",
    "lenet",
    "lstm_gates",
    "mlp",
    "mobilenet",
    "multiply_adds",
    "recurrent",
    "recurrent_parameters",
    "resnet",
    "sample_quality",
    "scene_encoder",
    "seq2seq",
    "small_architectures",
    "style_extractor",
    "style_transfer",
    "transformer",
    "unet",
    "vae",
    "vgg",
    "xception",
    "yolo",
]
