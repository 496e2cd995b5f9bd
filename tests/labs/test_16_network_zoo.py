"""Lab 16: its statements hold on three seeds, with stand-in digits."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tests.labs.answered import answered

# Of these cells only the definitions; of the first two everything.
CELLS = ("import time", "def shrink", "def sigmoid", "import warnings", "from sklearn.neural")
UNTIL = {"import warnings": "\nmoons, sides", "from sklearn.neural": "\nink_train"}


@pytest.fixture(scope="module")
def lab():
    """The names that the solution defines, and the digits; nothing is trained."""
    names = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        for source, question, tests in answered("16_network_zoo", {}):
            source = source.lstrip()
            begin = next((cell for cell in CELLS if source.startswith(cell)), None)
            if not tests and (question or begin):
                exec(
                    compile(source.split(UNTIL.get(begin, "\0"))[0], question or "cell", "exec"),
                    names,
                )
    return names


def test_the_largest_memory_is_just_below_a_spectral_radius_of_one(lab, seed):
    rng = np.random.default_rng(seed)
    series = rng.uniform(-1, 1, size=(2000, 1))
    w_in, w = 0.1 * rng.uniform(-1, 1, size=(1, 100)), rng.normal(size=(100, 100))
    delayed = np.stack([np.roll(series[:, 0], delay) for delay in range(1, 61)], axis=1)
    capacity = {}
    for radius in (0.3, 0.95, 2.0):
        states = lab["run_reservoir"](series, w_in, lab["scale_radius"](w, radius))
        readout = lab["fit_output"](states[200:1100], delayed[200:1100], 1e-7)
        guesses = states[1100:] @ readout[:-1] + readout[-1]
        together = np.corrcoef(guesses.T, delayed[1100:].T)[:60, 60:]
        capacity[radius] = np.sum(np.diag(together) ** 2)
    assert capacity[0.95] > 2 * capacity[0.3] > 4 * capacity[2.0]


def test_a_mixture_of_three_is_stable_and_has_a_higher_energy(lab, seed):
    patterns = np.random.default_rng(seed).choice([-1.0, 1.0], (3, 300))
    w, mixture = lab["hebb"](patterns), np.sign(patterns.sum(axis=0))
    after = lab["update"](w, mixture, np.arange(300))
    assert after @ mixture / 300 > 0.95
    stored, mixed = lab["hopfield_energy"](w, np.stack([patterns[0], mixture]))
    assert stored < mixed - 10


@pytest.mark.slow
def test_hidden_cells_help_with_few_labels_and_dreams_are_likely(lab, seed):
    ink, test = ((lab[x] > 0.5).astype(float) for x in ("x_train", "x_test"))
    w, b, c = lab["train_rbm"](ink, 96, 15, 0.1, seed)
    right = {"pixels": [], "hidden": []}
    for draw in range(5):
        rng = np.random.default_rng(draw)
        few = np.concatenate(
            [rng.choice(np.flatnonzero(lab["y_train"] == d), 10, replace=False) for d in range(10)]
        )
        for name, rise in (
            ("pixels", lambda v: v),
            ("hidden", lambda v: lab["hidden_probabilities"](v, w, c)),
        ):
            model = LogisticRegression(max_iter=500).fit(rise(ink[few]), lab["y_train"][few])
            right[name].append(model.score(rise(test), lab["y_test"]))
    assert np.mean(right["hidden"]) > np.mean(right["pixels"]) + 0.01
    noise = (np.random.default_rng(seed).uniform(size=test.shape) < test.mean()).astype(float)
    energies = [lab["free_energy"](v, w, b, c).mean() for v in (test, noise)]
    assert energies[0] < energies[1] - 50


@pytest.mark.slow
def test_kernels_read_digits_about_as_well_as_a_perceptron(lab, seed):
    x, y = lab["x_train"], lab["y_train"]
    start = x[np.random.default_rng(seed).choice(len(x), 100, replace=False)]
    centres = lab["k_means"](x, start, 5)
    weights = lab["fit_output"](lab["kernel_cells"](x, centres, 0.03), np.eye(10)[y], 1e-3)
    activity = lab["kernel_cells"](lab["x_test"], centres, 0.03)
    read = (activity @ weights[:-1] + weights[-1]).argmax(axis=1)
    perceptron = lab["train_mlp"](100, 40, x, y).score(lab["x_test"], lab["y_test"])
    accuracy = np.mean(read == lab["y_test"])
    assert 0.88 < accuracy < 0.95 and abs(accuracy - perceptron) < 0.03
