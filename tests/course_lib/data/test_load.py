import inspect
import sys
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from course_lib.data import NAMES, DataError, class_names, load, provenance
from course_lib.data.registry import find_dataset
from course_lib.data.sources.provenance import is_stand_in

IMAGES = {
    "mnist": ((28, 28), "uint8", ()),
    "fashion_mnist": ((28, 28), "uint8", ()),
    "shapes": ((28, 28), "uint8", ()),
    "cifar10": ((32, 32, 3), "uint8", (1,)),
    "cifar100": ((32, 32, 3), "int64", (1,)),
}


@pytest.fixture(scope="module")
def splits():
    return {name: load(name, "offline", "quick") for name in NAMES}


@pytest.mark.parametrize("name", IMAGES)
def test_images_have_the_form_of_keras(splits, name):
    shape, labels, column = IMAGES[name]
    for x, y in splits[name]:
        assert x.dtype == "uint8" and x.shape == (len(x), *shape)
        assert y.dtype == labels and y.shape == (len(x), *column)
        assert x.min() < 40 and x.max() > 215
    (_, y_train), (_, y_test) = splits[name]
    classes = range(len(class_names(name)))
    assert set(y_train.ravel().tolist()) == set(y_test.ravel().tolist()) == set(classes)


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_texts_have_the_form_of_keras(splits, name):
    for x, y in splits[name]:
        assert x.dtype == object and x.shape == y.shape == (len(x),)
        assert all(type(s) is list and s[0] == 1 and type(s[1]) is int for s in x)
        assert min(min(s[1:]) for s in x) >= 2
        assert set(y.tolist()) == set(range(len(class_names(name))))


@pytest.mark.parametrize(("name", "columns"), [("boston_housing", 13), ("california_housing", 8)])
def test_tables_have_the_form_of_keras(splits, name, columns):
    dtype = {"boston_housing": "float64", "california_housing": "float32"}[name]
    for x, y in splits[name]:
        assert x.dtype == y.dtype == dtype
        assert x.shape == (len(x), columns) and y.shape == (len(x),)
        assert np.isfinite(x).all() and (y > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_training_and_test_set_are_disjoint(splits, name):
    (x_train, _), (x_test, _) = splits[name]
    seen = {np.asarray(x).tobytes() for x in x_train}
    assert len(seen) > 0.99 * len(x_train)
    assert not seen & {np.asarray(x).tobytes() for x in x_test}


@pytest.mark.parametrize("name", NAMES)
def test_seed_determines_the_stand_in(splits, name):
    same, other = load(name, "offline", "quick", seed=0), load(name, "offline", "quick", seed=1)
    for (x, y), (x_same, y_same), (x_other, _) in zip(splits[name], same, other, strict=True):
        assert np.array_equal(x, x_same) and np.array_equal(y, y_same)
        assert not np.array_equal(x, x_other)


@pytest.mark.parametrize("name", NAMES)
def test_full_profile_is_at_least_as_large_as_quick_profile(name):
    sizes = find_dataset(name).sizes
    assert sizes["full"] >= sizes["quick"]


def test_environment_sets_the_profile(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "full")
    assert len(load("shapes")[0][0]) == find_dataset("shapes").sizes["full"][0]


def test_stand_in_is_announced_once_on_stdout(capfd):
    for seed in (0, 1):
        load("boston_housing", "offline", "quick", seed=seed)
    out, err = capfd.readouterr()
    assert out.count("boston_housing is a STAND-IN") == 1
    assert [len(line) < 90 for line in out.splitlines()] == [True, True]
    assert "not results on the real set" in out and not err
    assert "STAND-IN" in provenance()["boston_housing"]


def test_shapes_are_not_announced_as_a_stand_in(capfd):
    load("shapes", "real", "quick")
    assert capfd.readouterr() == ("", "") and "shapes" not in provenance()


def test_cifar100_has_coarse_labels():
    ((x, fine), _), ((again, coarse), _) = (
        load("cifar100", "offline", "quick", label_mode=mode) for mode in ("fine", "coarse")
    )
    assert np.array_equal(x, again) and set(coarse.ravel().tolist()) == set(range(20))
    # The coarse labels of the first eight classes, apple to bicycle, in the real set.
    groups = [set(coarse[fine == label].tolist()) for label in range(8)]
    assert groups == [{4}, {1}, {14}, {8}, {0}, {6}, {7}, {7}]


def test_texts_accept_the_options_of_keras():
    options = {"num_words": 500, "maxlen": 60, "start_char": None, "oov_char": None, "skip_top": 9}
    for x, y in load("imdb", "offline", "quick", **options):
        assert len(x) == len(y) > 0
        assert all(len(s) < 60 and min(s) >= 9 and max(s) < 500 for s in x)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("minst",), ValueError, 'Did you mean "mnist"?'),
        (("Fashion-MNIST",), ValueError, 'Did you mean "fashion_mnist"?'),
        (("mnist", "internet"), ValueError, 'write "auto", "real" or "offline"'),
        (("mnist", "offline", "fast"), ValueError, 'write "quick" or "full"'),
        (("mnist", "offline", "quick", -1), ValueError, "an integer, 0 or larger"),
        (("mnist", "offline", "quick", 0.5), ValueError, "an integer, 0 or larger"),
    ],
)
def test_wrong_arguments_are_explained(arguments, error, message):
    with pytest.raises(error) as caught:
        load(*arguments)
    assert message in str(caught.value)


def test_wrong_options_are_explained():
    with pytest.raises(TypeError, match="no option 'num_word'; it has: num_words, skip_top"):
        load("imdb", num_word=100)
    with pytest.raises(ValueError, match='write "fine" or "coarse"'):
        load("cifar100", "offline", "quick", label_mode="rough")
    with pytest.raises(ValueError, match="no sequence is shorter than maxlen=2"):
        load("imdb", "offline", "quick", maxlen=2)


def test_prices_have_no_class_names():
    with pytest.raises(ValueError, match="no classes"):
        class_names("boston_housing")


def test_writing_into_a_stand_in_does_not_change_later_loads():
    (x, _), _ = load("cifar10", "offline", "quick")
    first = x[0].copy()
    x[:] = 0
    (again, _), _ = load("cifar10", "offline", "quick")
    assert np.array_equal(again[0], first)


@pytest.mark.parametrize(
    "sequence",
    [("offline", "auto"), ("auto", "offline"), ("offline", "auto", "offline", "auto")],
    ids=" ".join,
)
def test_provenance_is_that_of_the_last_load(monkeypatch, capfd, sequence):
    real = (([[1, 4, 5]], np.array([0])),) * 2
    module = sys.modules["course_lib.data.load"]
    monkeypatch.setattr(module, "load_real", lambda dataset, options: real)
    for source in sequence:
        load("imdb", source, "quick")
        assert ("imdb" in provenance()) == (source == "offline")
        assert is_stand_in("imdb") == (source == "offline")


def test_failed_load_does_not_change_the_provenance(capfd):
    load("imdb", "offline", "quick")
    before = provenance()
    with pytest.raises(DataError):
        load("boston_housing", "real")
    with pytest.raises(ValueError, match="maxlen"):
        load("imdb", "offline", "quick", maxlen=2)
    assert provenance() == before


@pytest.mark.parametrize(
    ("name", "options", "sizes"),
    [
        ("boston_housing", {"test_split": 0.5}, (253, 253)),
        ("boston_housing", {"test_split": 0.2}, (404, 102)),
        ("california_housing", {"version": "small"}, (480, 120)),
        ("california_housing", {"version": "small", "test_split": 0.25}, (450, 150)),
        ("california_housing", {"version": "large"}, (4000, 1000)),
        ("reuters", {"test_split": 0.4}, (3000, 2000)),
        ("reuters", {"test_split": 0.2}, (4000, 1000)),
    ],
)
def test_options_of_keras_set_the_sizes(name, options, sizes):
    (x_train, y_train), (x_test, y_test) = load(name, "offline", "quick", **options)
    assert (len(x_train), len(x_test)) == (len(y_train), len(y_test)) == sizes


@pytest.mark.parametrize("name", [n for n in NAMES if find_spec(f"keras.datasets.{n}")])
def test_options_are_those_of_keras(name):
    module = import_module(f"keras.datasets.{name}")
    keras_options = inspect.signature(module.load_data).parameters
    taken = {
        option: parameter.default
        for option, parameter in keras_options.items()
        if option not in ("path", "seed") and parameter.kind is not parameter.VAR_KEYWORD
    }
    assert dict(find_dataset(name).options) == taken


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_impossible_splits_are_refused(share):
    with pytest.raises(ValueError, match="test_split is"):
        load("reuters", "offline", "quick", test_split=share)


def test_unknown_version_is_refused():
    with pytest.raises(ValueError, match='write "large" or "small"'):
        load("california_housing", "offline", "quick", version="tiny")
