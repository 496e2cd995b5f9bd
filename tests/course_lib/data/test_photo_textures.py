"""Images of edges and textures: squares of photographs, or drawings."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from course_lib import data
from course_lib.data.photo_textures import TEST, TRAIN


@pytest.fixture
def photographs(tmp_path, monkeypatch):
    """A package named skimage, with one photograph of one grey level for each name."""
    (tmp_path / "skimage" / "data").mkdir(parents=True)
    (tmp_path / "skimage" / "__init__.py").touch()
    for level, name in enumerate(TRAIN + TEST):
        image = Image.fromarray(np.full((50, 60), 10 * level, "uint8"))
        image.save(tmp_path / "skimage" / "data" / f"{name}.png")
    monkeypatch.syspath_prepend(tmp_path)


def test_no_photograph_has_squares_in_both_sets(photographs):
    train, test = data.photo_textures(size=32, profile="quick")
    assert train.shape == (24, 32, 32, 3) and test.shape == (8, 32, 32, 3)
    levels = [set(np.unique(images).tolist()) for images in (train, test)]
    assert levels == [{0, 10, 20, 30, 40, 50}, {60, 70, 80}]


def test_a_size_above_the_smallest_photograph_is_explained(photographs):
    with pytest.raises(ValueError, match="smallest photograph has 50 pixels"):
        data.photo_textures(size=51)


def test_drawings_depend_on_the_seed_only(capsys):
    first, again, other = (
        data.photo_textures("offline", size=16, profile="quick", seed=seed)[0] for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again) and not np.array_equal(first, other)


@pytest.mark.parametrize("wrong", [{"source": "web"}, {"size": 0}, {"seed": -1}])
def test_wrong_options_are_explained(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        data.photo_textures(**wrong)
