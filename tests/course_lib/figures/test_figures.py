"""Properties of every figure."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib import figures

RNG = np.random.default_rng(0)
HISTORY = {
    "loss": [2.0, 1.0, 0.5],
    "accuracy": [0.3, 0.6, 0.9],
    "val_loss": [1.8, 1.1, 1.2],
    "val_accuracy": [0.4, 0.6, 0.6],
}
PROBABILITIES = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])
IMAGES = RNG.integers(0, 256, (3, 28, 28)).astype("uint8")
COLOURED = RNG.integers(0, 256, (3, 32, 32, 3)).astype("uint8")
GAME = (
    {"discriminator_loss": [1.4, 1.2], "generator_loss": [0.7, 0.9]},
    RNG.uniform(size=(12, 28, 28)),
    np.full((12, 11), 1 / 11),
)
MASKS = np.pad(np.ones((2, 3, 3), int), ((0, 0), (2, 2), (2, 2)))
FIGURES = {
    "decision_boundary": lambda: figures.decision_boundary(
        {"a line": lambda points: points[:, 0]}, RNG.normal(size=(9, 2)), np.arange(9) % 2
    ),
    "loss_surface": lambda: figures.loss_surface(
        lambda a, b: a**2 + b**2, {"SGD": np.array([[1, 1], [0.5, 0]])}
    ),
    "compared_curves": lambda: figures.compared_curves({"bare": HISTORY, "with dropout": HISTORY}),
    "feature_maps": lambda: figures.feature_maps(
        COLOURED[0], {"first": RNG.normal(size=(32, 32, 8)), "last": RNG.normal(size=(4, 4, 16))}
    ),
    "filters": lambda: figures.filters(RNG.normal(size=(3, 3, 3, 20))),
    "heat_maps": lambda: figures.heat_maps(COLOURED, RNG.uniform(size=(3, 4, 4)), "abc", "Noise"),
    "sliding_filter": lambda: figures.sliding_filter(np.eye(5), np.ones((3, 3))),
    "accuracy_by_case": lambda: figures.accuracy_by_case(
        {f"{n} images, a task": {"frozen": 0.7, "from scratch": 0.2} for n in (96, 384)}
    ),
    "accuracy_by_cost": lambda: figures.accuracy_by_cost(
        ["LeNet-5", "Inception-ResNet"], [0.5, 0.7], [62_006, 231_562], [650_000, 10_200_000]
    ),
    "accuracy_by_layer": lambda: figures.accuracy_by_layer({"digits": {"1st": 0.5, "2nd": 0.7}}),
    "feature_space": lambda: figures.feature_space(
        {"pixels": IMAGES, "noise": RNG.normal(size=(3, 9))}, [0, 1, 1], ["a", "b"]
    ),
    "four_cases": lambda: figures.four_cases(
        {
            (size, task): ("early", True, size == "small")
            for size in ("small", "large")
            for task in ("similar", "different")
        }
    ),
    "parameters_by_layer": lambda: figures.parameters_by_layer({"conv": 1792, "fc": 2097664}),
    "decoded_grid": lambda: figures.decoded_grid(
        RNG.uniform(size=(9, 28, 28)), [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    ),
    "gan_trainings": lambda: figures.gan_trainings({"one": GAME, "another": GAME}),
    "heaps_over_time": lambda: figures.heaps_over_time(
        {"one": RNG.normal(size=(2, 9, 2))}, RNG.normal(size=(9, 2)), ["0", "1"], np.eye(2)
    ),
    "error_by_horizon": lambda: figures.error_by_horizon({"linear": [1, 2]}, "°C", "days"),
    "forecasts": lambda: figures.forecasts([1, 2], [3, 4], {"linear": [2, 3]}, "°C"),
    "gate_activity": lambda: figures.gate_activity({"x": [1, 0]}, {"forget": [0, 1]}, [0.5, 0.5]),
    "gradient_by_length": lambda: figures.gradient_by_length({"LSTM": {1: 1.0, 50: 0.1}}),
    "piano_roll": lambda: figures.piano_roll({"a tune": "GBd g3|G3 G3|]"}),
    "error_by_size": lambda: figures.error_by_size({"PCA": {2: 0.05, 8: 0.03}}),
    "gradient_by_layer": lambda: figures.gradient_by_layer({"a": [1, 0, 9.0]}),
    "losses_by_step": lambda: figures.losses_by_step({"a": np.linspace(2, 1, 20)}),
    "slope_by_spread": lambda: figures.slope_by_spread({"tanh": {1: 0.9, 64: 0.1}}),
    "radial_spectra": lambda: figures.radial_spectra({"noise": IMAGES[..., :]}, "Noise"),
    "restored_images": lambda: figures.restored_images(
        IMAGES / 255, {"net": IMAGES / 255}, {"net": [(30.0, 0.9)] * len(IMAGES)}, "Restored"
    ),
    "roc_curve": lambda: figures.roc_curve({"a guess": ([0, 0.5, 1], [0, 0.6, 1])}),
    "generator_losses": figures.generator_losses,
    "interpolation": lambda: figures.interpolation(RNG.uniform(size=(3, 8, 28, 28))),
    "kl_of_gaussians": figures.kl_of_gaussians,
    "kl_per_dimension": lambda: figures.kl_per_dimension({"one": np.array([1.0, 0.01])}),
    "latent_map": lambda: figures.latent_map({"a": (RNG.normal(size=(30, 2)), np.arange(30) % 10)}),
    "vanishing_gradient": lambda: figures.vanishing_gradient([0.5, 0.1], [1, 0.1], [1, 1]),
    "activation_functions": lambda: figures.activation_functions({"tanh": np.tanh, "sin": np.sin}),
    "confusion_matrix": lambda: figures.confusion_matrix(RNG.integers(0, 9, (10, 10))),
    "learning_curves": lambda: figures.learning_curves(HISTORY),
    "loss_going_down": figures.loss_going_down,
    "image_grid": lambda: figures.image_grid(IMAGES, ["a", "b", "c"], "Noise"),
    "image_to_outputs": lambda: figures.image_to_outputs(IMAGES, ["a", "b", "c"]),
    "threshold_unit": figures.threshold_unit,
    "capacity_curve": lambda: figures.capacity_curve({100: {0.1: 1.0, 0.2: 0.5}, 9: {0.1: 0.9}}),
    "energy_descent": lambda: figures.energy_descent(np.ones((9, 3, 2)), range(9), range(9)),
    "policy_arrows": lambda: figures.policy_arrows([2, 1, 0, 3], [0.5, 0.9, 0, 0], ["SF", "HG"]),
    "curves_with_spread": lambda: figures.curves_with_spread(
        {"DQN": [[0, 1], [0, 2]], "Double DQN": [[0, 1], [1, 1]]}, [1, 2], ("optimum", 2.0)
    ),
    "search_counts": lambda: figures.search_counts(
        [[1, -1, 0, 0, 0, 0, 0, 0, 0]], [[0.1] * 9], [[0, 0, 9, 1, 0, 0, 0, 0, 0]]
    ),
    "memory_by_delay": lambda: figures.memory_by_delay({0.5: [1.0, 0.5], 0.9: [1.0, 0.9]}),
    "network_zoo": lambda: figures.network_zoo(
        {"Hopfield": [("input", 5)], "long short-term memory": [("noisy input", 2), ("memory", 4)]}
    ),
    "spike_train": lambda: figures.spike_train(
        [2, 2], [0.9, 0], [0, 1], 1.0, ([0.5, 2.0], [0, 48], [0, 50])
    ),
    "unfolding_map": lambda: figures.unfolding_map(
        RNG.uniform(size=(9, 2)), {"start": np.zeros((2, 3, 2)), "end": RNG.uniform(size=(2, 3, 2))}
    ),
    "worst_mistakes": lambda: figures.worst_mistakes(IMAGES, [1, 0, 0], PROBABILITIES, [0, 1]),
    "mask_overlays": lambda: figures.mask_overlays(MASKS, MASKS, {"net": 1 - MASKS}, "Masks"),
    "pixel_weights": lambda: figures.pixel_weights(MASKS, 1.0 + MASKS),
    "counted_cells": lambda: figures.counted_cells(MASKS[0], {"found": MASKS[0]}, "One cell"),
    "scores_by_region": lambda: figures.scores_by_region(
        {"with": {"all": 0.9, "border": 0.8}, "without": {"all": 0.8, "border": 0.6}}
    ),
    "boxes_on_images": lambda: figures.boxes_on_images(
        COLOURED, [([[2, 3, 20, 30]], [0.5], [n]) for n in range(3)], ["a", "b", "c"], "Boxes"
    ),
    "precision_recall": lambda: figures.precision_recall({"a net": ([0.5, 1], [1, 0.7])}),
    "accuracy_by_length": lambda: figures.accuracy_by_length({"LSTMs": {2: 1.0, 12: 0.25}}),
    "attention_maps": lambda: figures.attention_maps(
        np.full((2, 2, 3), 1 / 3), "ab", "xyz", title="Even weights"
    ),
    "position_codes": lambda: figures.position_codes(np.eye(12, 4)),
    "length_by_vocabulary": lambda: figures.length_by_vocabulary([900, 700, 500]),
    "nats_by_model": lambda: figures.nats_by_model({"trigram": 1.8, "GPT": 1.6}),
    "next_token": lambda: figures.next_token({"all": [0.5, 0.3, 0.2]}, ["a", " b", "\n"]),
    "surprise_by_token": lambda: figures.surprise_by_token(["for", " x\n"] * 40, [4.0, 0.1] * 40),
    "time_by_length": lambda: figures.time_by_length({"slow": {9: 2.0}, "fast": {9: 1.0}}),
    "captioned_images": lambda: figures.captioned_images(
        COLOURED, ["a red cross is left of a small blue circle"] * 3, [True, False, True]
    ),
    "reliability_diagram": lambda: figures.reliability_diagram(
        {"before": ([0.9, 0.8, 0.3], [True, False, False])}
    ),
    "shares_with_intervals": lambda: figures.shares_with_intervals(
        {"seen": (0.9, 0.8, 0.95), "unseen": (0.4, 0.3, 0.5)}, "right"
    ),
    "weight_by_width": lambda: figures.weight_by_width({"q·k": {2: 0.3, 64: 0.8}}, 16),
}


def test_every_figure_is_tested():
    assert set(FIGURES) == set(figures.__all__)


@pytest.mark.parametrize("name", FIGURES)
def test_figure_has_a_title_and_labelled_axes(name):
    figure = FIGURES[name]()
    assert isinstance(figure, Figure)
    assert figure.get_suptitle()
    for axes in figure.axes:
        is_inner = not axes.xaxis.get_tick_params().get("labelbottom", True)  # of a shared axis
        if axes.axison and axes.get_xticks().size and axes.lines and not is_inner:
            assert axes.get_xlabel(), "an axis without a label"


@pytest.mark.parametrize("name", FIGURES)
def test_figure_fits_into_a_notebook(name):
    figure = FIGURES[name]()
    width, height = figure.get_size_inches()
    assert width <= 11
    assert height <= 7.5
    figure.canvas.draw()
    title = figure._suptitle.get_window_extent()
    assert title.x0 >= 0
    assert title.x1 <= figure.bbox.x1


@pytest.mark.parametrize("name", FIGURES)
def test_notebook_shows_a_png(name):
    assert FIGURES[name]()._repr_png_().startswith(b"\x89PNG")


def test_pyplot_is_not_imported():
    # pyplot would show every figure a second time, and needs a display on some machines.
    code = (
        "import sys; from course_lib import figures; figures.threshold_unit()._repr_png_(); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
