"""Lab 07: its statements hold on three seeds.

Right and wrong answers are in the lab's right_answers.toml and wrong_answers.toml; `autograder
lint` checks their marks.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.labs.answered import answered


@pytest.fixture(scope="module")
def lab():
    """The names that the solution's cells define, without the tests and the trainings."""
    names = {"__name__": "__main__"}
    needed = ("import os", "def prepare(", "def conv(", "BLOCKS")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        for source, question, tests in answered("07_architectures", {}):
            if question and tests:
                continue
            if source.lstrip().startswith("def deep_network("):
                source = source.split("\ncurves, norms")[0]
            elif not question and not source.lstrip().startswith(needed):
                continue
            exec(compile(source, question or "cell", "exec"), names)
        yield names


@pytest.mark.slow
def test_twenty_plain_layers_train_worse_than_eight_and_than_twenty_with_shortcuts(lab, seed):
    ends, spread = {}, {}
    for name, blocks, shortcut in [("8", 1, False), ("20", 3, False), ("residual", 3, True)]:
        keras.utils.set_random_seed(seed)
        model = lab["as_model"](lab["deep_network"], lab["SHAPE"], blocks, shortcut)
        if blocks == 3:
            few = lab["x_train"][:100], lab["y_train"][:100]
            norms = np.array(lab["gradient_norms"](model, *few))
            kernels = [w for w in model.trainable_weights if len(w.shape) == 4]
            norms = norms[[w.shape[0] == 3 for w in kernels]]
            spread[name] = norms.max() / norms.min()
        ends[name] = lab["train"](model, lab["x_train"], lab["y_train"], rate=0.03)[-8:].mean()
    assert ends["20"] > ends["8"] + 0.1
    assert ends["20"] > ends["residual"] + 0.03
    assert spread["20"] > 1.1 * spread["residual"]


@pytest.mark.parametrize("filters", [16, 64, 256])
def test_the_counted_cost_ratio_matches_the_formula(lab, filters):
    with keras.StatelessScope(initialize_variables=False):
        steps = lab["as_model"](lab["separable"], (14, 14, 32), filters)
        one = lab["as_model"](lab["conv"], (14, 14, 32), filters, 3)
    ratio = lab["multiply_adds"](steps) / lab["multiply_adds"](one)
    assert ratio == pytest.approx(lab["cost_ratio"](3, filters), rel=0.01)


def test_an_auxiliary_loss_reaches_the_layers_before_it(lab, seed):
    keras.utils.set_random_seed(seed)
    model = lab["small_googlenet"](lab["SHAPE"], lab["CLASSES"])
    x, y = lab["x_train"][:20], lab["y_train"][:20]
    main, auxiliary = (lab["reached"](model, x, y, output) for output in (0, 1))
    both = [a and b for a, b in zip(main, auxiliary, strict=True)]
    alone = [a and not b for a, b in zip(main, auxiliary, strict=True)]
    kernels = [tuple(w.shape) for w in model.trainable_weights]
    shapes = [shape for shape, reached in zip(kernels, both, strict=True) if reached]
    assert (5, 5, 4, 4) in shapes and (3, 3, 3, 16) in shapes  # the first module and the stem
    assert (5, 5, 4, 8) not in shapes  # the second module
    assert sum(alone) and not all(main)


def test_counts_agree_with_the_models_at_paper_size(lab):
    from course_lib import models

    with keras.StatelessScope(initialize_variables=False):
        lenet, mobilenet = lab["lenet"](), models.mobilenet()
        resnets = {depth: models.resnet(depth, use_bias=False) for depth in (34, 50)}
    assert lenet.count_params() == 61_706
    for model in (lenet, mobilenet, *resnets.values()):
        assert lab["multiply_adds"](model) == models.multiply_adds(model)
    for depth, model in resnets.items():
        learnt = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
        assert lab["resnet_parameters"](depth) == learnt
