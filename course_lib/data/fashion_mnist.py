"""Fashion-MNIST: 28 × 28 grey images of clothes.

The stand-in carries the lesson of "what to try next" after MNIST: *the same network, unchanged,
learns clothes as well; but tops look alike, so it is harder, and the mistakes are between shirt,
T-shirt, pullover and coat.* A linear model gets about 80 % of its test part, a small MLP about
86 %.

It is drawn: a silhouette for each class with its own proportions, cloth with stripes, checks or
a weave over it, lighter and darker, moved and turned a little. The five tops share one cut;
sleeves, length, collar, buttons and neck make the difference, and not always a clear one.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.dataset import GOOGLE, Dataset, KerasFile
from course_lib.data.drawing import box, coordinates, cover, each, ellipse, stroke, trapezoid

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


def stand_in(train, test, seed=0):
    """Return ``train`` and ``test`` images of clothes.

    Args:
        train: number of training images.
        test: number of test images.
        seed: integer, 0 or larger.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: ``x`` uint8 ``(n, 28, 28)``, ``y`` uint8
        ``(n,)``.

    Example:
        >>> (x_train, y_train), _ = stand_in(30, 10)
        >>> x_train.shape, np.bincount(y_train).tolist()
        ((30, 28, 28), [3, 3, 3, 3, 3, 3, 3, 3, 3, 3])
    """
    rng = np.random.default_rng([seed, 10])
    return _draw(train, rng), _draw(test, rng)


def _draw(n, rng):
    y = rng.permutation(np.arange(n) % len(CLASSES)).astype("uint8")
    x = np.empty((n, PIXELS, PIXELS), "uint8")
    for label, garment in enumerate(GARMENTS):
        here = np.flatnonzero(y == label)
        x[here] = _clothes(garment, len(here), rng)
    return x, y


def _clothes(garment, n, rng):
    zoom = each(rng, 0.78, 1.0, n)
    x, y = coordinates(
        PIXELS,
        across=each(rng, -0.12, 0.12, n),
        down=each(rng, -0.12, 0.12, n),
        zoom=zoom,
        angle=each(rng, -0.15, 0.15, n),
    )
    x = x * each(rng, 0.9, 1.12, n)  # wide and narrow ones
    pixel = 2 / PIXELS / zoom
    cloth, dark = garment(x, y, n, rng)
    shade = each(rng, 70, 240, n) * _texture(x, y, n, rng)
    shade = shade * (1 - each(rng, 0.3, 0.6, n) * cover(dark, pixel))
    image = shade * cover(cloth, pixel)
    image += 8 * rng.standard_normal(image.shape, dtype="float32") * (image > 0)
    return np.clip(image, 0, 255)


def _texture(x, y, n, rng):
    """Return how light the cloth is: plain, striped across or down, checked, with soft folds."""
    across, down = each(rng, 8, 22, n), each(rng, 8, 22, n)
    kind = rng.integers(0, 5, (n, 1, 1))
    depth = each(rng, 0.05, 0.35, n)
    stripes = np.sin(across * x + each(rng, 0, 6, n)) * (kind % 2)
    stripes += np.sin(down * y + each(rng, 0, 6, n)) * (kind // 2 % 2)
    folds = np.sin(each(rng, 1, 4, n) * x + each(rng, -3, 3, n) * y + each(rng, 0, 6, n))
    return 1 - depth * (0.5 + 0.5 * stripes) - 0.15 * folds


def _top(x, y, n, rng, length, sleeve, waist=0.42, neck=0.16):
    """Return a top: a body with a sleeve on both sides, and its neck cut out.

    ``length`` is ``y`` of the hem, ``sleeve`` of the cuffs (-0.7 is the shoulder); pairs are the
    range that they are drawn from.
    """
    length, sleeve = each(rng, *length, n), each(rng, *sleeve, n)
    waist = waist + each(rng, -0.05, 0.05, n)
    side = np.abs(x)
    body = trapezoid(x, y, -0.75, length, 0.45, waist)
    out = 0.52 + 0.17 * (sleeve + 0.7)
    arm = stroke(side, y, 0.4, -0.62, out, sleeve, each(rng, 0.11, 0.16, n))
    hole = ellipse(x, y, 0, -0.78, neck, each(rng, 0.08, 0.2, n))
    return np.maximum(np.minimum(body, arm), -hole), side


def _nothing(x):
    return np.full_like(x, 9.0)


def _seam(x, y, n, rng, bottom):
    """Return a line down the front."""
    return box(x, y, each(rng, -0.04, 0.04, n), bottom / 2 - 0.3, 0.025, bottom / 2 + 0.3)


def _tshirt(x, y, n, rng):
    cloth, side = _top(x, y, n, rng, length=(0.6, 0.85), sleeve=(-0.45, 0.05), neck=0.2)
    return cloth, _nothing(x)


def _trouser(x, y, n, rng):
    gap = each(rng, 0.02, 0.12, n)
    legs = box(np.abs(x), y, gap + 0.16, 0.0, 0.16, 0.9)
    hips = trapezoid(x, y, -0.9, each(rng, -0.5, -0.2, n), gap + 0.25, gap + 0.32)
    return np.minimum(legs, hips), box(x, y, 0, -0.84, 0.5, 0.03)


def _pullover(x, y, n, rng):
    cloth, side = _top(x, y, n, rng, length=(0.6, 0.85), sleeve=(0.35, 0.8), waist=0.45)
    return cloth, box(x, y, 0, 0.68, 0.5, 0.03)


def _dress(x, y, n, rng):
    waist = each(rng, 0.18, 0.3, n)
    skirt = trapezoid(x, y, -0.2, 0.92, waist, each(rng, 0.28, 0.55, n))
    bodice = trapezoid(x, y, -0.9, -0.15, each(rng, 0.2, 0.36, n), waist)
    arm = stroke(np.abs(x), y, 0.22, -0.75, 0.4, each(rng, -0.75, 0.1, n), 0.08)
    hole = ellipse(x, y, 0, -0.92, 0.15, 0.15)
    return np.maximum(np.minimum(np.minimum(skirt, bodice), arm), -hole), _nothing(x)


def _coat(x, y, n, rng):
    cloth, side = _top(x, y, n, rng, length=(0.75, 0.92), sleeve=(0.4, 0.8), waist=0.46)
    return cloth, _seam(x, y, n, rng, 0.9)


def _sandal(x, y, n, rng):
    way = rng.choice([-1, 1], (n, 1, 1)).astype("float32")
    x = x * way
    heel = each(rng, 0.0, 0.35, n)
    sole = stroke(x, y, -0.7, 0.45 - heel, 0.75, 0.5, 0.08)
    stilt = stroke(x, y, -0.65, 0.45 - heel, -0.68, 0.52, 0.07)
    straps = stroke(x, y, 0.1, 0.4, each(rng, 0.3, 0.6, n), each(rng, -0.1, 0.2, n), 0.06)
    back = stroke(x, y, -0.6, 0.4 - heel, -0.5, each(rng, -0.4, 0.0, n), 0.06)
    band = stroke(x, y, -0.5, -0.15, each(rng, -0.1, 0.5, n), 0.3, 0.06)
    forms = (sole, stilt, straps, back, band)
    return np.minimum.reduce(np.broadcast_arrays(*forms)), _nothing(x)


def _shirt(x, y, n, rng):
    cloth, side = _top(x, y, n, rng, length=(0.6, 0.9), sleeve=(-0.25, 0.75), neck=0.13)
    collar = stroke(side, y, 0.05, -0.55, 0.2, -0.72, 0.035)
    return cloth, np.minimum(_seam(x, y, n, rng, 0.75), collar)


def _sneaker(x, y, n, rng):
    x = x * rng.choice([-1, 1], (n, 1, 1)).astype("float32")
    heel = each(rng, -0.35, 0.12, n)
    sole = box(x, y, 0, 0.42, 0.88, 0.09)
    toe = ellipse(x, y, 0.25, 0.35, 0.6, each(rng, 0.25, 0.4, n))
    back = trapezoid(x + 0.45, y, heel, 0.4, 0.3, 0.42)
    shoe = np.maximum(np.minimum(np.minimum(sole, toe), back), y - 0.52)
    return shoe, box(x, y, 0, 0.4, 0.9, 0.03)


def _bag(x, y, n, rng):
    top = each(rng, -0.3, 0.0, n)
    body = trapezoid(x, y, top, 0.75, each(rng, 0.5, 0.8, n), each(rng, 0.65, 0.88, n))
    ring = np.abs(ellipse(x, y, 0, top, each(rng, 0.3, 0.5, n), each(rng, 0.3, 0.6, n))) - 0.05
    return np.minimum(body, np.maximum(ring, y - top)), box(x, y, 0, top + 0.25, 1, 0.03)


def _boot(x, y, n, rng):
    x = x * rng.choice([-1, 1], (n, 1, 1)).astype("float32")
    shaft = box(x, y, -0.38, -0.1, each(rng, 0.28, 0.36, n), each(rng, 0.3, 0.75, n))
    foot = ellipse(x, y, 0.15, 0.5, 0.68, each(rng, 0.28, 0.38, n))
    heel = box(x, y, -0.5, 0.6, 0.2, each(rng, 0.1, 0.25, n))
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
    example=(PIXELS, PIXELS),
    dtype="uint8",
    labels="uint8",
    classes=CLASSES,
    sizes={"quick": (5000, 1000), "full": (20000, 4000)},
    stand_in=stand_in,
    made_of="drawn garments",
    # Keras takes these as they are; the digests are those of the set's own page.
    files=tuple(
        KerasFile(f"fashion-mnist/{name}", GOOGLE + name, digest, checked=False)
        for name, digest in (
            ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
            ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
            ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        )
    ),
)
