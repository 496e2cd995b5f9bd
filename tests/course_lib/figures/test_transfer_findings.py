"""The findings and errors of the figures on transfer learning."""

import numpy as np
import pytest

from course_lib import figures


def test_feature_space_compares_neighbours_in_all_dimensions():
    labels = np.arange(40) % 2
    rng = np.random.default_rng(0)
    apart = rng.normal(size=(40, 6)) * 0.1
    apart[:, 5] += 3 * labels
    figure = figures.feature_space(
        {"noise": rng.normal(size=(40, 6)), "apart": apart}, labels, "ab"
    )
    assert figure.get_suptitle().replace("\n", " ") == (
        "Images of one class are closest as apart, least close as noise"
    )
    assert figure.axes[1].get_title() == "apart: 100 % have a neighbour of their class"


@pytest.mark.parametrize("shape", [(30, 4), (30, 200)])
def test_feature_space_draws_the_principal_components(shape):
    x = np.random.default_rng(0).normal(size=shape) * np.linspace(1, 5, shape[1])
    figure = figures.feature_space({"x": x}, np.zeros(30, int), ["all"])
    drawn = np.stack(figure.axes[0].lines[0].get_data(), axis=1)
    u, s, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    drawn = drawn - drawn.mean(axis=0)
    np.testing.assert_allclose(np.abs(drawn), np.abs(u[:, :2] * s[:2]), atol=1e-6)


def test_feature_space_with_an_unknown_method():
    with pytest.raises(ValueError, match='"pca" and "tsne"'):
        figures.feature_space({"x": np.eye(3)}, [0, 1, 1], "ab", method="umap")


def test_four_cases_needs_all_four():
    with pytest.raises(ValueError, match=r"no plan for \('small', 'different'\)"):
        figures.four_cases({("small", "similar"): ("all", True, True)})


def test_accuracy_by_case_needs_the_same_methods():
    with pytest.raises(ValueError, match="same methods"):
        figures.accuracy_by_case({"a": {"x": 0.1}, "b": {"y": 0.2}})


def test_empty_arguments_are_rejected():
    with pytest.raises(ValueError, match="No layer"):
        figures.parameters_by_layer({})
    with pytest.raises(ValueError, match="No task"):
        figures.accuracy_by_layer({})
