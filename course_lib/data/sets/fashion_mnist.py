"""Fashion-MNIST: 28 × 28 grey images of clothes.

The stand-in teaches the lesson of "what to try next" after MNIST: *the same network, unchanged,
learns clothes as well; but tops look alike, so the task is harder, and the mistakes are between
shirt, T-shirt, pullover and coat.* On its test set a linear model gets about 80 %, a small MLP
about 86 %.

It is synthetic: each class has a silhouette with its own proportions, covered with cloth with
stripes, checks or a weave, in different shades, slightly shifted and rotated. The five tops share
one cut; they differ in sleeves, length, collar, buttons and neck, and not always clearly.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.data.sources.dataset import Dataset, Examples, Split
from course_lib.data.sources.keras_file import KerasFile
from course_lib.data.synthetic.drawing import (
    box,
    coordinates,
    cover,
    ellipse,
    per_image,
    stroke,
    trapezoid,
)

PIXELS = 28
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
# Signed distances from the cloth and from its darker details.
Garment = tuple[np.ndarray, np.ndarray]


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    return _draw_images(train, rng), _draw_images(test, rng)


def _draw_images(n: int, rng: np.random.Generator) -> Examples:
    y = rng.permutation(np.arange(n) % len(CLASSES)).astype("uint8")
    x = np.empty((n, PIXELS, PIXELS), "uint8")
    for label, garment in enumerate(GARMENTS):
        here = np.flatnonzero(y == label)
        x[here] = _draw_garment(garment, len(here), rng)
    return x, y


def _draw_garment(garment: Callable[..., Garment], n: int, rng: np.random.Generator) -> np.ndarray:
    zoom = per_image(rng, 0.78, 1.0, n)
    x, y = coordinates(
        PIXELS,
        across=per_image(rng, -0.12, 0.12, n),
        down=per_image(rng, -0.12, 0.12, n),
        zoom=zoom,
        angle=per_image(rng, -0.15, 0.15, n),
    )
    x = x * per_image(rng, 0.9, 1.12, n)  # wide and narrow garments
    pixel = 2 / PIXELS / zoom
    cloth, dark = garment(x, y, n, rng)
    shade = per_image(rng, 70, 240, n) * _draw_texture(x, y, n, rng)
    shade = shade * (1 - per_image(rng, 0.3, 0.6, n) * cover(dark, pixel))
    image = shade * cover(cloth, pixel)
    image += 8 * rng.standard_normal(image.shape, dtype="float32") * (image > 0)
    return np.clip(image, 0, 255)


def _draw_texture(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the brightness of the cloth: plain, striped or checked, with soft folds."""
    across, down = per_image(rng, 8, 22, n), per_image(rng, 8, 22, n)
    kind = rng.integers(0, 5, (n, 1, 1))
    depth = per_image(rng, 0.05, 0.35, n)
    stripes = np.sin(across * x + per_image(rng, 0, 6, n)) * (kind % 2)
    stripes += np.sin(down * y + per_image(rng, 0, 6, n)) * (kind // 2 % 2)
    folds = np.sin(
        per_image(rng, 1, 4, n) * x + per_image(rng, -3, 3, n) * y + per_image(rng, 0, 6, n)
    )
    return 1 - depth * (0.5 + 0.5 * stripes) - 0.15 * folds


def _draw_top(
    x: np.ndarray,
    y: np.ndarray,
    n: int,
    rng: np.random.Generator,
    hem: tuple[float, float],
    cuffs: tuple[float, float],
    waist: float = 0.42,
    neck: float = 0.16,
) -> Garment:
    """Return a top, a body with two sleeves and a neck, and the distance from its middle.

    `hem` and `cuffs` are ranges of `y`; the shoulders are at -0.7.
    """
    length, sleeve = per_image(rng, *hem, n), per_image(rng, *cuffs, n)
    half_waist = waist + per_image(rng, -0.05, 0.05, n)
    side = np.abs(x)
    body = trapezoid(x, y, -0.75, length, 0.45, half_waist)
    out = 0.52 + 0.17 * (sleeve + 0.7)
    arm = stroke(side, y, 0.4, -0.62, out, sleeve, per_image(rng, 0.11, 0.16, n))
    hole = ellipse(x, y, 0, -0.78, neck, per_image(rng, 0.08, 0.2, n))
    return np.maximum(np.minimum(body, arm), -hole), side


def _no_detail(x: np.ndarray) -> np.ndarray:
    return np.full_like(x, 9.0)


def _draw_seam(
    x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator, bottom: float
) -> np.ndarray:
    """Return a line down the front."""
    return box(x, y, per_image(rng, -0.04, 0.04, n), bottom / 2 - 0.3, 0.025, bottom / 2 + 0.3)


def _tshirt(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    cloth, side = _draw_top(x, y, n, rng, hem=(0.6, 0.85), cuffs=(-0.45, 0.05), neck=0.2)
    return cloth, _no_detail(x)


def _trouser(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    gap = per_image(rng, 0.02, 0.12, n)
    legs = box(np.abs(x), y, gap + 0.16, 0.0, 0.16, 0.9)
    hips = trapezoid(x, y, -0.9, per_image(rng, -0.5, -0.2, n), gap + 0.25, gap + 0.32)
    return np.minimum(legs, hips), box(x, y, 0, -0.84, 0.5, 0.03)


def _pullover(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    cloth, side = _draw_top(x, y, n, rng, hem=(0.6, 0.85), cuffs=(0.35, 0.8), waist=0.45)
    return cloth, box(x, y, 0, 0.68, 0.5, 0.03)


def _dress(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    waist = per_image(rng, 0.18, 0.3, n)
    skirt = trapezoid(x, y, -0.2, 0.92, waist, per_image(rng, 0.28, 0.55, n))
    bodice = trapezoid(x, y, -0.9, -0.15, per_image(rng, 0.2, 0.36, n), waist)
    arm = stroke(np.abs(x), y, 0.22, -0.75, 0.4, per_image(rng, -0.75, 0.1, n), 0.08)
    hole = ellipse(x, y, 0, -0.92, 0.15, 0.15)
    return np.maximum(np.minimum(np.minimum(skirt, bodice), arm), -hole), _no_detail(x)


def _coat(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    cloth, side = _draw_top(x, y, n, rng, hem=(0.75, 0.92), cuffs=(0.4, 0.8), waist=0.46)
    return cloth, _draw_seam(x, y, n, rng, 0.9)


def _sandal(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    way = rng.choice([-1, 1], (n, 1, 1)).astype("float32")
    x = x * way
    heel = per_image(rng, 0.0, 0.35, n)
    sole = stroke(x, y, -0.7, 0.45 - heel, 0.75, 0.5, 0.08)
    stilt = stroke(x, y, -0.65, 0.45 - heel, -0.68, 0.52, 0.07)
    straps = stroke(x, y, 0.1, 0.4, per_image(rng, 0.3, 0.6, n), per_image(rng, -0.1, 0.2, n), 0.06)
    back = stroke(x, y, -0.6, 0.4 - heel, -0.5, per_image(rng, -0.4, 0.0, n), 0.06)
    band = stroke(x, y, -0.5, -0.15, per_image(rng, -0.1, 0.5, n), 0.3, 0.06)
    forms = (sole, stilt, straps, back, band)
    return np.minimum.reduce(np.broadcast_arrays(*forms)), _no_detail(x)


def _shirt(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    cloth, side = _draw_top(x, y, n, rng, hem=(0.6, 0.9), cuffs=(-0.25, 0.75), neck=0.13)
    collar = stroke(side, y, 0.05, -0.55, 0.2, -0.72, 0.035)
    return cloth, np.minimum(_draw_seam(x, y, n, rng, 0.75), collar)


def _sneaker(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    x = x * rng.choice([-1, 1], (n, 1, 1)).astype("float32")
    heel = per_image(rng, -0.35, 0.12, n)
    sole = box(x, y, 0, 0.42, 0.88, 0.09)
    toe = ellipse(x, y, 0.25, 0.35, 0.6, per_image(rng, 0.25, 0.4, n))
    back = trapezoid(x + 0.45, y, heel, 0.4, 0.3, 0.42)
    shoe = np.maximum(np.minimum(np.minimum(sole, toe), back), y - 0.52)
    return shoe, box(x, y, 0, 0.4, 0.9, 0.03)


def _bag(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    top = per_image(rng, -0.3, 0.0, n)
    body = trapezoid(x, y, top, 0.75, per_image(rng, 0.5, 0.8, n), per_image(rng, 0.65, 0.88, n))
    ring = (
        np.abs(ellipse(x, y, 0, top, per_image(rng, 0.3, 0.5, n), per_image(rng, 0.3, 0.6, n)))
        - 0.05
    )
    return np.minimum(body, np.maximum(ring, y - top)), box(x, y, 0, top + 0.25, 1, 0.03)


def _boot(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> Garment:
    x = x * rng.choice([-1, 1], (n, 1, 1)).astype("float32")
    shaft = box(x, y, -0.38, -0.1, per_image(rng, 0.28, 0.36, n), per_image(rng, 0.3, 0.75, n))
    foot = ellipse(x, y, 0.15, 0.5, 0.68, per_image(rng, 0.28, 0.38, n))
    heel = box(x, y, -0.5, 0.6, 0.2, per_image(rng, 0.1, 0.25, n))
    boot = np.minimum(np.minimum(shaft, np.maximum(foot, y - 0.68)), heel)
    return boot, box(x, y, 0, 0.62, 0.9, 0.03)


GARMENTS = (
    _tshirt,
    _trouser,
    _pullover,
    _dress,
    _coat,
    _sandal,
    _shirt,
    _sneaker,
    _bag,
    _boot,
)

DATASET = Dataset(
    name="fashion_mnist",
    page="https://github.com/zalandoresearch/fashion-mnist",
    made_of="synthetic garments",
    shape=(PIXELS, PIXELS),
    dtype="uint8",
    label_dtype="uint8",
    class_names=CLASSES,
    sizes={"quick": (5000, 1000), "full": (20000, 4000)},
    generate=_generate,
    salt=10,
    # Keras does not check these files; the digests are those of the set's own page.
    files=tuple(
        KerasFile.from_google(name, digest, folder="fashion-mnist/", is_checked=False)
        for name, digest in (
            ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
            ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
            ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        )
    ),
)
