"""Images full of edges and textures: photographs of scikit-image, or drawings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from course_lib import profile as profiles
from course_lib.check_counts import check_counts
from course_lib.data.sources.check_source import check_source
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.provenance import announce, announce_stand_in
from course_lib.data.synthetic.draw_leaves import draw_leaves

NAME = "photo_textures"
SIZES = {"quick": (24, 8), "full": (200, 40)}  # training and test images
# Photographs that scikit-image's wheel contains, so that they need no network.
TRAIN = ("astronaut", "coffee", "brick", "grass", "gravel", "camera")
TEST = ("chelsea", "coins", "motorcycle_left")


def photo_textures(
    source: str = "auto", size: int = 96, profile: str | None = None, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Load images full of edges and textures, such as super-resolution needs.

    Photographs are those of scikit-image, if it is installed: every image is a random square of
    one of them, and no photograph has squares in both sets. Without scikit-image, dead leaves are
    drawn in memory. Either is announced on stdout, once.

    Args:
        source: "auto" searches as above; "real" raises an error instead of drawing; "offline"
            draws at once.
        size: Height and width of the images in pixels, at most 300 for photographs.
        profile: "quick" or "full": the number of images. Default: `course_lib.profile.current()`.
        seed: Seed of the squares or of the drawings, an integer, 0 or larger.

    Returns:
        Training and test images, uint8 `(n, size, size, 3)`.

    Raises:
        ValueError: Unknown source or profile, or `size` or `seed` is out of range.
        DataError: `source="real"` and scikit-image is not installed.

    Example:
        >>> train, test = photo_textures(source="offline", size=32,
        ...                              profile="quick")  # doctest: +ELLIPSIS
        course_lib.data: photo_textures is a STAND-IN...
        >>> train.shape, test.shape
        ((24, 32, 32, 3), (8, 32, 32, 3))
    """
    check_source(source)
    check_counts(size=size)
    check_counts(0, seed=seed)
    sizes = SIZES[profiles.resolve(profile)]
    rng = np.random.default_rng([seed, size])
    reason = 'source="offline" asks for it'
    if source != "offline":
        folder = _find_photographs()
        if folder is not None:
            both = [
                _cut_squares(folder, names, n, size, rng)
                for names, n in zip((TRAIN, TEST), sizes, strict=True)
            ]
            announce(NAME, str(folder), f"{NAME} are squares of scikit-image's photographs")
            return both[0], both[1]
        reason = "scikit-image is not installed"
        if source == "real":
            raise DataError(reason, "Install it: pip install scikit-image")
    train, test = (draw_leaves(n, size, rng) for n in sizes)
    announce_stand_in(NAME, "dead leaves, drawn", reason)
    return train, test


def _find_photographs() -> Path | None:
    """Return the folder of scikit-image's photographs, without importing scikit-image."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "data"
    names = TRAIN + TEST
    return folder if all((folder / f"{name}.png").is_file() for name in names) else None


def _cut_squares(
    folder: Path, names: tuple[str, ...], n: int, size: int, rng: np.random.Generator
) -> np.ndarray:
    from PIL import Image

    photographs = []
    for name in names:
        with Image.open(folder / f"{name}.png") as file:
            photographs.append(np.asarray(file.convert("RGB")))
    smallest = min(min(photograph.shape[:2]) for photograph in photographs)
    if size > smallest:
        raise ValueError(f"size is {size}; the smallest photograph has {smallest} pixels.")
    squares = np.empty((n, size, size, 3), "uint8")
    for at, square in enumerate(squares):
        photograph = photographs[at % len(photographs)]
        top, left = (rng.integers(0, side - size + 1) for side in photograph.shape[:2])
        square[:] = photograph[top : top + size, left : left + size]
    return squares
