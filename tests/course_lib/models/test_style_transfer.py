"""Style transfer: the image changes, the network does not."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.data.synthetic.draw_leaves import draw_texture
from course_lib.models import style_extractor, style_transfer
from course_lib.models.style_transfer import gram_matrix
from course_lib.transfer import preprocess_input, small_vgg

LAYERS = ["block1_relu1", "block2_relu1"]
VGG = small_vgg(include_top=False)
CONTENT, STYLE = (
    draw_texture(kind, 32, np.random.default_rng(1)).astype("float32") for kind in ("dots", "waves")
)


def test_the_extractor_is_the_network_behind_its_own_preprocessing():
    given = style_extractor(VGG, LAYERS[:1])(CONTENT[None])
    layers = VGG.layers[: [layer.name for layer in VGG.layers].index(LAYERS[0]) + 1]
    wanted = preprocess_input("small_vgg")(CONTENT[None])
    for layer in layers[1:]:
        wanted = layer(wanted)
    np.testing.assert_allclose(given, wanted, rtol=1e-3, atol=1e-3)


def test_gram_matrices_do_not_depend_on_places():
    maps = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype("float32")
    moved = maps.reshape(2, 12, 5)[:, ::-1].reshape(2, 4, 3, 5)
    np.testing.assert_allclose(gram_matrix(maps), gram_matrix(moved), rtol=1e-4, atol=1e-5)
    assert gram_matrix(maps).shape == (2, 5, 5)


def test_the_image_moves_towards_the_style_and_the_network_is_frozen():
    extractor = style_extractor(VGG, LAYERS)
    before = extractor.get_weights()
    painted = style_transfer(extractor, CONTENT, STYLE, {"style": 10.0}, steps=15)
    assert all(map(np.array_equal, before, extractor.get_weights()))
    assert painted.shape == CONTENT.shape and painted.min() >= 0 and painted.max() <= 255

    def away(image):
        maps = [extractor(x[None])[0] for x in (image, STYLE)]
        return float(np.mean((np.asarray(gram_matrix(maps[0])) - gram_matrix(maps[1])) ** 2))

    assert away(painted) < 0.5 * away(CONTENT)


def test_an_unknown_weight_is_named():
    with pytest.raises(ValueError, match="'styl'"):
        style_transfer(style_extractor(VGG, LAYERS), CONTENT, STYLE, {"styl": 1.0})
