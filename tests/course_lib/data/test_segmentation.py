"""Images with a label for every pixel: drawn cells, prepared folders."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from course_lib.data import DataError, segmentation
from course_lib.data.synthetic.draw_cells import draw_cells


@pytest.mark.parametrize("size", [32, 48, 96])
def test_each_cell_is_one_component_with_four_and_with_eight_neighbours(size):
    _, labels = draw_cells(60, size, np.random.default_rng(size))
    for image in labels:
        for structure in (None, np.ones((3, 3))):
            parts, count = ndimage.label(image > 0, structure)
            assert count == image.max()
            assert len(set(zip(parts[image > 0], image[image > 0], strict=True))) == count


def test_cells_are_numbered_without_a_gap():
    _, labels = draw_cells(60, 48, np.random.default_rng(1))
    for image in labels:
        assert set(np.unique(image)) == set(range(image.max() + 1))


def test_cells_are_brighter_than_what_is_around_them():
    images, labels = draw_cells(60, 48, np.random.default_rng(2))
    for image, cells in zip(images[..., 0].astype(float), labels, strict=True):
        if cells.any():
            assert image[cells > 0].mean() > image[cells == 0].mean() + 20


def test_most_cells_touch_another_one():
    _, labels = draw_cells(60, 48, np.random.default_rng(3))
    touching, cells = 0, 0
    for image in labels:
        for number in range(1, image.max() + 1):
            near = ndimage.binary_dilation(image == number, iterations=3)
            touching += bool(np.any(near & (image > 0) & (image != number)))
            cells += 1
    assert touching > 0.7 * cells


def test_same_seed_same_cells():
    first, second, other = (
        segmentation("cells", size=32, profile="quick", seed=seed) for seed in (4, 4, 5)
    )
    assert np.array_equal(first[0][0], second[0][0]) and np.array_equal(first[1][1], second[1][1])
    assert not np.array_equal(first[0][0], other[0][0])


def test_an_image_without_cells_is_drawn():
    images, labels = draw_cells(1, 8, np.random.default_rng(9))
    assert images.shape == (1, 8, 8, 1) and labels.shape == (1, 8, 8)


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Prepare two wide images with their masks in each part, as an instructor would."""
    for part in ("train", "test"):
        for kind in ("images", "masks"):
            (tmp_path / "nuclei" / part / kind).mkdir(parents=True)
        for n in range(2):
            mask = np.zeros((20, 30), "uint8")
            mask[5:15, 10 : 16 + n] = 255
            Image.fromarray(mask // 2 + 40).save(tmp_path / "nuclei" / part / "images" / f"{n}.png")
            Image.fromarray(mask).save(tmp_path / "nuclei" / part / "masks" / f"{n}.png")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    return tmp_path / "nuclei"


def test_a_prepared_folder_is_read(prepared, capsys):
    (x, y), (x_test, y_test) = segmentation("nuclei", "real", size=20)
    assert x.shape == x_test.shape == (2, 20, 20, 1) and y.dtype == y_test.dtype == "uint8"
    assert np.array_equal(y > 0, x[..., 0] > 100)
    assert y[0].sum() == 60 and y[1].sum() == 70
    assert f"prepared data from {prepared}" in capsys.readouterr().out


def test_scaling_does_not_mix_labels(prepared):
    (_, y), _ = segmentation("nuclei", "real", size=33)
    assert set(np.unique(y)) == {0, 1}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda f: (f / "train/masks/1.png").unlink(), "train/images/1.png has no mask"),
        (lambda f: (f / "test/images/0.png").write_bytes(b"?"), "0.png cannot be read as an image"),
        (
            lambda f: Image.fromarray(np.zeros((4, 5), "uint8")).save(f / "test/masks/0.png"),
            "has 5 × 4 pixels and its image 30 × 20",
        ),
        (lambda f: [p.unlink() for p in (f / "test/images").iterdir()], "images has no images"),
    ],
    ids=["no mask", "damaged", "another size", "empty"],
)
def test_a_faulty_folder_is_explained(prepared, spoil, reason):
    spoil(prepared)
    with pytest.raises(DataError, match=reason):
        segmentation("nuclei", size=20)


def test_a_stand_in_is_announced_and_cells_are_not(capsys):
    segmentation("nuclei", size=16, profile="quick")
    segmentation("cells", size=16, profile="quick")
    out = capsys.readouterr().out
    assert out.count("STAND-IN") == 1 and "nuclei is a STAND-IN" in out


def test_real_nuclei_without_a_folder_are_an_error():
    with pytest.raises(DataError, match="no prepared folder COURSE_DATA/nuclei"):
        segmentation("nuclei", "real")


def test_unknown_names_are_explained():
    with pytest.raises(ValueError, match="no images with masks 'cell'"):
        segmentation("cell")


def test_real_nuclei(real_data, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(real_data))
    (x, y), (x_test, y_test) = segmentation("nuclei", "real", size=128)
    assert x.shape == (200, 128, 128, 1) and x_test.shape == (60, 128, 128, 1)
    assert 0.1 < y.mean() < 0.2 and set(np.unique(y_test)) == {0, 1}
