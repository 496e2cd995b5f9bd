"""Titles state what the figures show."""

import numpy as np
import pytest

from course_lib import figures


def test_learning_curves_title_has_the_best_epochs():
    history = {"loss": [2.0, 1.0, 0.5], "val_loss": [1.8, 1.1, 1.2]}
    assert figures.learning_curves(history).get_suptitle() == (
        "Validation loss is lowest in epoch 2 (1.1), training loss in epoch 3 (0.5)"
    )


def test_learning_curves_draw_each_quantity_once():
    history = {
        "loss": [2.0, 1.0],
        "accuracy": [0.1, 0.2],
        "val_loss": [2, 1],
        "val_accuracy": [0, 1],
    }
    panels = figures.learning_curves(history).axes
    assert [axes.get_ylabel() for axes in panels] == ["loss", "accuracy"]
    assert all(len(axes.lines) == 2 for axes in panels)


def test_learning_curves_accepts_the_result_of_fit():
    class History:
        history = {"loss": [2.0, 1.0]}

    title = figures.learning_curves(History()).get_suptitle()
    assert title == "Training loss went from 2 to 1 in 2 epochs"


@pytest.mark.parametrize("history", [{}, {"loss": []}])
def test_learning_curves_needs_an_epoch(history):
    with pytest.raises(ValueError, match="no epoch"):
        figures.learning_curves(history)


def test_confusion_matrix_title_has_the_most_frequent_mistake():
    matrix = np.diag([50, 40, 30])
    matrix[2, 1] = 7
    title = figures.confusion_matrix(matrix).get_suptitle()
    assert title == "120 of 127 correct (94.5 %); most often 2 is mistaken for 1 (7 times)"


def test_confusion_matrix_without_a_mistake():
    assert figures.confusion_matrix(np.diag([3, 3])).get_suptitle() == "6 of 6 correct (100.0 %)"


def test_confusion_matrix_shows_true_classes_as_rows():
    figure = figures.confusion_matrix([[9, 1], [0, 5]], ["cat", "dog"])
    axes = figure.axes[0]
    assert axes.get_ylabel() == "true class"
    counts = {text.get_position(): text.get_text() for text in axes.texts}
    assert counts == {(0, 0): "9", (1, 0): "1", (1, 1): "5"}


@pytest.mark.parametrize("names", [None, ["a"]])
def test_wrong_confusion_matrix_is_explained(names):
    with pytest.raises(ValueError, match="is square"):
        figures.confusion_matrix(np.zeros((2, 3)), names)


def test_worst_mistakes_captions_have_both_classes():
    images = np.zeros((3, 28, 28), "uint8")
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])
    figure = figures.worst_mistakes(images, [1, 1, 0], probabilities, [0, 2], ["cat", "dog"])
    assert [text.get_text() for text in figure.axes[0].texts] == [
        "dog read as cat\n90.0 % sure",
        "cat read as dog\n70.0 % sure",
    ]
    assert figure.get_suptitle() == "The 2 worst mistakes: at least 70 % sure, and wrong"


def test_worst_mistakes_rejects_correct_predictions():
    with pytest.raises(ValueError, match="Image 1 is not a mistake"):
        figures.worst_mistakes(np.zeros((2, 2, 2)), [1, 0], np.array([[0.9, 0.1]] * 2), [0, 1])


def test_worst_mistakes_of_a_perfect_model():
    figure = figures.worst_mistakes(np.zeros((1, 2, 2)), [0], np.array([[0.9, 0.1]]), [])
    assert figure.get_suptitle() == "No mistake to show"


@pytest.mark.parametrize(("bias", "fires"), [(-0.5, 3), (-1.5, 1), (0.5, 4), (-2.5, 0)])
def test_threshold_unit_counts_the_corners(bias, fires):
    assert f"fires for {fires} of" in figures.threshold_unit((1, 1), bias).get_suptitle()


def test_threshold_unit_needs_a_weight():
    with pytest.raises(ValueError, match="both weights 0"):
        figures.threshold_unit((0, 0), 1)


def test_large_learning_rate_increases_the_loss():
    panels = figures.loss_going_down((0.05, 0.3, 1.05)).axes
    for axes, down in zip(panels, (True, True, False), strict=True):
        losses = axes.lines[1].get_ydata()
        assert bool(losses[-1] < losses[0]) is down


def test_image_to_outputs_needs_one_image_per_class():
    with pytest.raises(ValueError, match="2 images for 3 classes"):
        figures.image_to_outputs(np.zeros((2, 28, 28)), ["a", "b", "c"])
