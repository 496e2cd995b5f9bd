"""The findings and errors of the figures on convolution and augmentation."""

import numpy as np
import pytest

from course_lib import figures

RNG = np.random.default_rng(0)


def test_compared_curves_title_has_each_gap():
    runs = {
        "bare": {"accuracy": [0.5, 0.9], "val_accuracy": [0.4, 0.5]},
        "better": {"accuracy": [0.5, 0.6], "val_accuracy": [0.5, 0.65]},
    }
    figure = figures.compared_curves(runs)
    assert figure.get_suptitle().split()[-4:] == ["bare", "0.40,", "better", "-0.05"]
    assert [axes.get_title() for axes in figure.axes] == ["bare", "better"]
    assert len({axes.get_ylim() for axes in figure.axes}) == 1


def test_compared_curves_need_validation():
    with pytest.raises(ValueError, match="'bare' has no val_accuracy: it has loss, accuracy"):
        figures.compared_curves({"bare": {"loss": [1.0], "accuracy": [0.5]}})


def test_sliding_filter_shows_the_sums():
    image = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]])
    figure = figures.sliding_filter(image, np.array([[1, 0], [0, 2]]), stride=2, steps=2)
    assert [axes.get_title() for axes in figure.axes] == ["1 + 0 + 0 + 2 = 3", "0 + 0 + 0 + 0 = 0"]


def test_sliding_filter_must_fit():
    with pytest.raises(ValueError, match="does not fit"):
        figures.sliding_filter(np.eye(2), np.eye(3))


def test_filters_of_later_layers_are_rejected():
    with pytest.raises(ValueError, match="take those of the first layer"):
        figures.filters(RNG.normal(size=(3, 3, 16, 32)))


def test_grey_filters_are_drawn():
    assert len(figures.filters(RNG.normal(size=(5, 5, 1, 6))).axes) == 6


def test_feature_maps_shows_the_maps_that_vary_most():
    maps = np.zeros((4, 4, 5))
    maps[..., 3] = np.eye(4)
    figure = figures.feature_maps(np.zeros((8, 8, 3)), {"only": maps}, count=1)
    np.testing.assert_array_equal(figure.axes[1].images[0].get_array(), np.eye(4))
    assert "maps of 4 × 4" in " ".join(figure.get_suptitle().split())


def test_feature_maps_needs_one_image():
    with pytest.raises(ValueError, match=r"take \[0\]"):
        figures.feature_maps(np.zeros((8, 8, 3)), {"first": np.zeros((1, 4, 4, 5))})


def test_heat_maps_needs_one_map_per_image():
    with pytest.raises(ValueError, match="3 images and 2 heat maps"):
        figures.heat_maps(np.zeros((3, 8, 8, 3)), np.zeros((2, 4, 4)))


def test_long_class_names_are_on_lines_of_their_own():
    images, probabilities = np.zeros((2, 8, 8)), np.array([[0.9, 0.1], [0.2, 0.8]])
    names = ["automobile", "airplane"]
    figure = figures.worst_mistakes(images, [1, 0], probabilities, [0, 1], names)
    caption = figure.axes[0].texts[0].get_text()
    assert caption == "airplane\nread as\nautomobile\n90.0 % sure"
