import shutil

import numpy as np
import pytest
from PIL import Image

from course_lib.data import DataError, class_names, load, provenance


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Return a folder that `COURSE_DATA` names."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    return folder


def digits(n, **change):
    rng = np.random.default_rng(n)
    arrays = {}
    for part in ("train", "test"):
        arrays[f"x_{part}"] = rng.integers(0, 256, (n, 28, 28)).astype("uint8")
        arrays[f"y_{part}"] = rng.integers(0, 10, n)
    return {**arrays, **change}


def test_real_mnist_is_loaded_and_its_path_announced(real_data, prepared, capsys):
    shutil.copy(real_data / "mnist.npz", prepared)
    for _ in range(2):
        (x, y), (x_test, y_test) = load("mnist", "real")
    assert x.shape == (60_000, 28, 28) and x_test.shape == (10_000, 28, 28)
    assert np.bincount(y).tolist()[:3] == [5923, 6742, 5958] and y_test.dtype == "uint8"
    out = capsys.readouterr().out
    assert out == f"course_lib.data: mnist is prepared data from {prepared / 'mnist.npz'}\n"
    assert provenance()["mnist"] in out


def test_other_sets_are_loaded_from_elsewhere(prepared, capsys):
    load("shapes", profile="quick")
    assert "prepared" not in capsys.readouterr().out


def test_offline_loads_the_stand_in(prepared, capsys):
    np.savez(prepared / "mnist.npz", **digits(5))
    assert len(load("mnist", "offline", "quick")[0][0]) == 5000


def test_labels_get_the_dtype_and_shape_of_keras(prepared):
    colours = dict.fromkeys(("x_train", "x_test"), np.zeros((5, 32, 32, 3), "uint8"))
    np.savez(prepared / "cifar10.npz", **{**digits(5), **colours})
    (_, y), _ = load("cifar10")
    assert y.dtype == "uint8" and y.shape == (5, 1)
    np.savez(prepared / "cifar100.npz", **{**digits(5), **colours})
    (_, y), _ = load("cifar100", label_mode="coarse")
    assert y.dtype == "int64" and y.shape == (5, 1) and y.max() < 20


def test_tables_may_be_split_already(prepared):
    x, y = np.random.default_rng(0).random((2, 30, 13)), np.arange(30.0)
    np.savez(prepared / "boston_housing.npz", x_train=x[0], y_train=y, x_test=x[1], y_test=y)
    assert load("boston_housing")[1][0].shape == (30, 13)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x_train": np.zeros((5, 28, 28))}, "x_train has the dtype float64; pixels should be"),
        ({"x_test": np.zeros((5, 784), "uint8")}, "x_test has the shape (5, 784); it should be"),
        ({"y_train": np.arange(5) + 6}, "y_train has the label 10; labels go from 0 to 9"),
        ({"y_test": np.arange(5) / 2}, "y_test has the dtype float64; labels should be integers"),
        ({"y_train": np.eye(10, dtype=int)[:5]}, "y_train has the shape (5, 10)"),
        ({"y_train": np.zeros(4, int)}, "x_train has 5 examples and y_train 4"),
    ],
)
def test_wrong_array_is_named(prepared, change, message):
    np.savez(prepared / "mnist.npz", **digits(5, **change))
    with pytest.raises(DataError) as caught:
        load("mnist")
    assert message in str(caught.value) and str(prepared / "mnist.npz") in str(caught.value)


def test_missing_array_is_named(prepared):
    np.savez(prepared / "mnist.npz", x_train=np.zeros((5, 28, 28), "uint8"))
    with pytest.raises(DataError, match="has no array 'y_train'; it has: x_train"):
        load("mnist")


def test_prices_must_be_finite(prepared):
    x = np.full((10, 13), np.nan)
    np.savez(prepared / "boston_housing.npz", x=x, y=np.arange(10.0))
    with pytest.raises(DataError, match="x_train should hold finite numbers"):
        load("boston_housing")


def test_numbered_reviews_are_rejected(prepared):
    (x, y), (x_test, y_test) = load("imdb", "offline", "quick")
    np.savez(prepared / "imdb.npz", x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    with pytest.raises(DataError, match="starts with 1, so its words are already numbered"):
        load("imdb")


@pytest.mark.parametrize("size", [0, 100])
def test_damaged_file_is_named(prepared, size):
    np.savez(prepared / "mnist.npz", **digits(5))
    (prepared / "mnist.npz").write_bytes((prepared / "mnist.npz").read_bytes()[:size])
    with pytest.raises(DataError, match="mnist.npz cannot be read"):
        load("mnist")


def test_missing_folder_is_named(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "/no/such/folder")
    with pytest.raises(DataError, match="COURSE_DATA=/no/such/folder is not a folder"):
        load("mnist")


def write_images(folder, classes, size=(28, 28)):
    for label, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for i in range(2):
            Image.new("L", size, 20 * label + i).save(folder / name / f"{i}.png")


def test_folders_of_classes_are_read(prepared):
    for part in ("train", "test"):
        write_images(prepared / "fashion_mnist" / part, ["Bag", "0", "Sandal"])
    (x, y), _ = load("fashion_mnist", "real")
    names = class_names("fashion_mnist")
    # Sorted by the names of the folders.
    assert [names[label] for label in y] == ["T-shirt/top"] * 2 + ["Bag"] * 2 + ["Sandal"] * 2
    assert x.shape == (6, 28, 28) and x[:, 0, 0].tolist() == [20, 21, 0, 1, 40, 41]


def test_wrong_image_is_named(prepared):
    train, test = (prepared / "mnist" / part for part in ("train", "test"))
    with pytest.raises(DataError, match="mnist/train has no images"):
        train.mkdir(parents=True)
        load("mnist")
    write_images(train, "01")
    write_images(test, "01", size=(30, 28))
    with pytest.raises(DataError, match=r"test/0/0.png has the shape \(28, 30\)"):
        load("mnist")
    (test / "0" / "0.png").write_text("no image")
    with pytest.raises(DataError, match="test/0/0.png cannot be read as an image"):
        load("mnist")
    write_images(train, ["eleven"])
    with pytest.raises(DataError, match="train/eleven is not a class of mnist"):
        load("mnist")


def test_folder_for_texts_is_rejected(prepared):
    (prepared / "imdb").mkdir()
    with pytest.raises(DataError, match="imdb is not a set of images"):
        load("imdb")
