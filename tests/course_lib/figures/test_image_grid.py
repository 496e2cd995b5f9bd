"""The grid: one image for all, whatever their range, with their captions."""

import numpy as np
import pytest

from course_lib.figures import image_grid
from course_lib.figures.tile_images import tile_images

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (7, 28, 28))
COLOUR = RNG.integers(0, 256, (7, 32, 32, 3))


def pixels(images, **options):
    return np.asarray(image_grid(images, **options).axes[0].images[0].get_array())


@pytest.mark.parametrize("images", [GREY, COLOUR, GREY[..., None]], ids=["grey", "RGB", "column"])
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "share"])
def test_every_range_looks_the_same(images, dtype):
    shown = pixels(images / 255 if dtype == "share" else images.astype(dtype))
    np.testing.assert_allclose(shown, pixels(images.astype("uint8")), atol=1e-6)
    assert shown.max() <= 1 and shown.min() >= 0 and shown.std() > 0.1


def test_rounding_above_1_stays_a_share():
    assert pixels(np.full((1, 4, 4, 3), 1.0001)).min() == 1


@pytest.mark.parametrize("columns", [1, 3, 7, 10])
@pytest.mark.parametrize("count", [1, 7])
def test_each_image_stands_in_its_place(count, columns):
    shown = pixels(COLOUR[:count], columns=columns)
    used = min(columns, count)
    rows = -(-count // used)
    height, width = shown.shape[0] // rows, shown.shape[1] // used
    for index, image in enumerate(COLOUR[:count]):
        row, column = divmod(index, used)
        place = shown[row * height : (row + 1) * height, column * width : (column + 1) * width]
        np.testing.assert_allclose(place[-32:, -32:], image / 255, atol=1e-6)


@pytest.mark.parametrize("captions", [range(7), list("abcdefg"), np.arange(7), ["two\nlines"] * 7])
def test_captions_stand_above_their_images(captions):
    axes = image_grid(GREY, captions, columns=3).axes[0]
    assert [text.get_text() for text in axes.texts] == [str(one) for one in captions]
    places = [text.get_position() for text in axes.texts]
    assert len(set(places)) == 7 and places == sorted(
        places, key=lambda place: (place[1], place[0])
    )


@pytest.mark.parametrize("captions", [["a"], list("abcdefgh")])
def test_wrong_number_of_captions_is_refused(captions):
    with pytest.raises(ValueError, match="7 images and"):
        image_grid(GREY, captions)


@pytest.mark.parametrize("shape", [(28, 28), (2, 4, 4, 2), (2, 2, 4, 4, 3), (3,)])
def test_what_is_no_set_of_images_is_refused(shape):
    with pytest.raises(ValueError, match=r"image\[None\]"):
        image_grid(np.zeros(shape))


def test_500_images_are_one_small_file():
    figure = image_grid(RNG.uniform(size=(500, 28, 28)))
    assert len(figure.axes) == 1 and figure.get_figheight() <= 7.5
    assert len(figure._repr_png_()) < 2_000_000


def test_no_images_are_an_empty_figure():
    assert image_grid(np.zeros((0, 28, 28)), title="None").get_suptitle() == "None"


def test_gap_is_above_and_left():
    tiled = tile_images(np.ones((2, 2, 2)), columns=2, gap=(1, 3))
    assert tiled.tolist() == [[0] * 10, *([[0, 0, 0, 1, 1] * 2] * 2)]
