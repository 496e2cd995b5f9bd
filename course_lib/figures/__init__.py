"""Figures: each function returns a `matplotlib.figure.Figure` without showing it.

They run in the student's kernel. Every title states what the figure shows.
"""

from course_lib.figures.accuracy_by_case import accuracy_by_case
from course_lib.figures.accuracy_by_cost import accuracy_by_cost
from course_lib.figures.accuracy_by_layer import accuracy_by_layer
from course_lib.figures.accuracy_by_length import accuracy_by_length
from course_lib.figures.activation_functions import activation_functions
from course_lib.figures.attention_maps import attention_maps
from course_lib.figures.boxes_on_images import boxes_on_images
from course_lib.figures.capacity_curve import capacity_curve
from course_lib.figures.captioned_images import captioned_images
from course_lib.figures.compared_curves import compared_curves
from course_lib.figures.confusion_matrix import confusion_matrix
from course_lib.figures.counted_cells import counted_cells
from course_lib.figures.curves_with_spread import curves_with_spread
from course_lib.figures.decision_boundary import decision_boundary
from course_lib.figures.decoded_grid import decoded_grid
from course_lib.figures.energy_descent import energy_descent
from course_lib.figures.error_by_horizon import error_by_horizon
from course_lib.figures.error_by_size import error_by_size
from course_lib.figures.feature_maps import feature_maps
from course_lib.figures.feature_space import feature_space
from course_lib.figures.filters import filters
from course_lib.figures.forecasts import forecasts
from course_lib.figures.four_cases import four_cases
from course_lib.figures.gan_trainings import gan_trainings
from course_lib.figures.gate_activity import gate_activity
from course_lib.figures.generator_losses import generator_losses
from course_lib.figures.gradient_by_layer import gradient_by_layer
from course_lib.figures.gradient_by_length import gradient_by_length
from course_lib.figures.heaps_over_time import heaps_over_time
from course_lib.figures.heat_maps import heat_maps
from course_lib.figures.image_grid import image_grid
from course_lib.figures.image_to_outputs import image_to_outputs
from course_lib.figures.interpolation import interpolation
from course_lib.figures.kl_of_gaussians import kl_of_gaussians
from course_lib.figures.kl_per_dimension import kl_per_dimension
from course_lib.figures.latent_map import latent_map
from course_lib.figures.learning_curves import learning_curves
from course_lib.figures.length_by_vocabulary import length_by_vocabulary
from course_lib.figures.loss_going_down import loss_going_down
from course_lib.figures.loss_surface import loss_surface
from course_lib.figures.losses_by_step import losses_by_step
from course_lib.figures.mask_overlays import mask_overlays
from course_lib.figures.memory_by_delay import memory_by_delay
from course_lib.figures.nats_by_model import nats_by_model
from course_lib.figures.network_zoo import network_zoo
from course_lib.figures.next_token import next_token
from course_lib.figures.parameters_by_layer import parameters_by_layer
from course_lib.figures.piano_roll import piano_roll
from course_lib.figures.pixel_weights import pixel_weights
from course_lib.figures.policy_arrows import policy_arrows
from course_lib.figures.position_codes import position_codes
from course_lib.figures.precision_recall import precision_recall
from course_lib.figures.radial_spectra import radial_spectra
from course_lib.figures.reliability_diagram import reliability_diagram
from course_lib.figures.restored_images import restored_images
from course_lib.figures.roc_curve import roc_curve
from course_lib.figures.scores_by_region import scores_by_region
from course_lib.figures.search_counts import search_counts
from course_lib.figures.shares_with_intervals import shares_with_intervals
from course_lib.figures.sliding_filter import sliding_filter
from course_lib.figures.slope_by_spread import slope_by_spread
from course_lib.figures.spike_train import spike_train
from course_lib.figures.surprise_by_token import surprise_by_token
from course_lib.figures.threshold_unit import threshold_unit
from course_lib.figures.time_by_length import time_by_length
from course_lib.figures.unfolding_map import unfolding_map
from course_lib.figures.vanishing_gradient import vanishing_gradient
from course_lib.figures.weight_by_width import weight_by_width
from course_lib.figures.worst_mistakes import worst_mistakes

__all__ = [
    "accuracy_by_case",
    "accuracy_by_cost",
    "accuracy_by_layer",
    "accuracy_by_length",
    "activation_functions",
    "attention_maps",
    "boxes_on_images",
    "capacity_curve",
    "captioned_images",
    "compared_curves",
    "confusion_matrix",
    "counted_cells",
    "curves_with_spread",
    "decision_boundary",
    "decoded_grid",
    "energy_descent",
    "error_by_horizon",
    "error_by_size",
    "feature_maps",
    "feature_space",
    "filters",
    "forecasts",
    "four_cases",
    "gan_trainings",
    "gate_activity",
    "generator_losses",
    "gradient_by_layer",
    "gradient_by_length",
    "heaps_over_time",
    "heat_maps",
    "image_grid",
    "image_to_outputs",
    "interpolation",
    "kl_of_gaussians",
    "kl_per_dimension",
    "latent_map",
    "learning_curves",
    "length_by_vocabulary",
    "loss_going_down",
    "loss_surface",
    "losses_by_step",
    "mask_overlays",
    "memory_by_delay",
    "nats_by_model",
    "network_zoo",
    "next_token",
    "parameters_by_layer",
    "piano_roll",
    "pixel_weights",
    "policy_arrows",
    "position_codes",
    "precision_recall",
    "radial_spectra",
    "restored_images",
    "reliability_diagram",
    "roc_curve",
    "scores_by_region",
    "shares_with_intervals",
    "search_counts",
    "sliding_filter",
    "slope_by_spread",
    "spike_train",
    "surprise_by_token",
    "threshold_unit",
    "time_by_length",
    "unfolding_map",
    "vanishing_gradient",
    "weight_by_width",
    "worst_mistakes",
]
