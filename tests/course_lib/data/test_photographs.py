import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from course_lib.data import DataError, photograph_classes, photographs

COLOURS = {"cats": (200, 30, 30), "dogs": (30, 30, 200)}


@pytest.fixture
def red_cats_and_blue_dogs(tmp_path, monkeypatch):
    """Prepare images of different sizes, as an instructor would."""
    for part, n in (("train", 12), ("test", 5)):
        for name, colour in COLOURS.items():
            folder = tmp_path / "cats_vs_dogs" / part / name
            folder.mkdir(parents=True)
            for i in range(n):
                Image.new("RGB", (40 + 7 * i, 90 - i), colour).save(folder / f"{i:04}.jpg")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    return tmp_path / "cats_vs_dogs"


def is_red(x):
    return x[..., 0].mean((1, 2)) > x[..., 2].mean((1, 2))


def test_prepared_folder_is_read(red_cats_and_blue_dogs, capsys):
    split = photographs("cats_vs_dogs", "real", size=32, profile="quick")
    for (x, y), n in zip(split, (24, 10), strict=True):
        assert x.shape == (n, 32, 32, 3) and x.dtype == "uint8" and y.dtype == "int64"
        assert np.array_equal(is_red(x), y == 0) and (y == 0).sum() == n / 2
    assert f"prepared data from {red_cats_and_blue_dogs}" in capsys.readouterr().out


def test_real_photographs(real_data, tmp_path, monkeypatch):
    (tmp_path / "cats_vs_dogs").symlink_to(real_data / "cats_dogs")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    (x, y), (x_test, y_test) = photographs("cats_vs_dogs", size=64, profile="quick")
    assert x.shape == (600, 64, 64, 3) and np.bincount(y).tolist() == [300, 300]
    assert x_test.shape == (300, 64, 64, 3) and np.bincount(y_test).tolist() == [150, 150]
    assert 80 < x.mean() < 160 and x.std() > 40


def test_damaged_image_is_named(red_cats_and_blue_dogs):
    (red_cats_and_blue_dogs / "test" / "dogs" / "0003.jpg").write_bytes(b"no image")
    with pytest.raises(DataError, match="test/dogs/0003.jpg cannot be read as an image"):
        photographs("cats_vs_dogs", size=32, profile="quick")


def test_folder_of_an_unknown_class_is_named(red_cats_and_blue_dogs):
    (red_cats_and_blue_dogs / "train" / "dogs").rename(red_cats_and_blue_dogs / "train" / "cows")
    with pytest.raises(DataError, match="cows is not a class of cats_vs_dogs"):
        photographs("cats_vs_dogs", size=32, profile="quick")


def test_missing_folder_is_named(red_cats_and_blue_dogs):
    (red_cats_and_blue_dogs / "test").rename(red_cats_and_blue_dogs / "later")
    with pytest.raises(DataError, match="cats_vs_dogs/test has no images"):
        photographs("cats_vs_dogs", size=32, profile="quick")


class TfFlowers(tfds.core.GeneratorBasedBuilder):
    """Plain rectangles instead of flowers, in the form of tensorflow-datasets."""

    VERSION = tfds.core.Version("3.0.1")
    names = ("dandelion", "daisy", "tulips", "sunflowers", "roses")

    def _info(self):
        features = {
            "image": tfds.features.Image(shape=(None, None, 3)),
            "label": tfds.features.ClassLabel(names=list(self.names)),
        }
        return self.dataset_info_from_configs(features=tfds.features.FeaturesDict(features))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for i in range(100):
            image = np.full((30 + i, 50, 3), 50 * (i % 5) + 10, "uint8")
            yield i, {"image": image, "label": self.names[i % 5]}


def test_folder_of_tensorflow_datasets_is_read_without_a_network(tmp_path, monkeypatch):
    TfFlowers(data_dir=tmp_path).download_and_prepare()
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    (x, y), (x_test, y_test) = photographs("flowers", "real", size=16, profile="quick")
    # The set has no test split, so every fifth image is a test image.
    assert len(x) == 80 and len(x_test) == 20
    for images, labels in ((x, y), (x_test, y_test)):
        assert np.abs(images.mean((1, 2, 3)) - (50 * labels + 10)).max() < 3


def test_error_without_a_network_says_what_to_do(in_new_process, tmp_path):
    code = "from course_lib.data import photographs; photographs('pets', 'real')"
    done = in_new_process(code, TFDS_DATA_DIR=str(tmp_path / "tfds"))
    assert f"pets is not in {tmp_path / 'tfds'}, and thor.robots.ox.ac.uk does not" in done.stderr
    assert "t.load('oxford_iiit_pet')" in done.stderr and "COURSE_DATA=DIR" in done.stderr


@pytest.mark.parametrize(("name", "classes"), [("cats_vs_dogs", 2), ("flowers", 5), ("pets", 37)])
def test_stand_in_has_every_class(name, classes, capsys):
    (x, y), (_, y_test) = photographs(name, "offline", size=32, profile="quick")
    assert x.shape == (600, 32, 32, 3) and x.dtype == "uint8"
    assert set(y.tolist()) == set(y_test.tolist()) == set(range(classes))
    assert len(photograph_classes(name)) == classes
    assert f"{name} is a STAND-IN" in capsys.readouterr().out
    again, other = (photographs(name, "offline", 32, "quick", seed)[0][0] for seed in (0, 1))
    assert np.array_equal(x, again) and not np.array_equal(x, other)


def test_error_without_tensorflow_datasets_says_what_to_install(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(DataError, match="pip install --upgrade tensorflow-datasets"):
        photographs("pets", "real")
    photographs("pets", size=32, profile="quick")
    assert "cannot be imported" in capsys.readouterr().out


def test_wrong_arguments_are_explained():
    with pytest.raises(ValueError, match="There are: cats_vs_dogs, flowers, pets"):
        photographs("cows")
    with pytest.raises(ValueError, match="There are: cats_vs_dogs, flowers, pets"):
        photograph_classes("cows")
    for wrong in ({"size": 0}, {"size": 2.5}, {"seed": -1}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} is"):
            photographs("pets", "offline", **wrong)
    with pytest.raises(ValueError, match='write "auto", "real" or "offline"'):
        photographs("pets", "internet")
