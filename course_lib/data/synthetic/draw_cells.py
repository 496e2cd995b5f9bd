"""Cells under a microscope: bright blobs that touch, in uneven light."""

from __future__ import annotations

import numpy as np

from course_lib.data.synthetic.drawing import coordinates, cover, length, per_image

CELLS = 9  # most cells in an image of 64 × 64 pixels or fewer
GAP = 1.6  # pixels of background between the labels of two cells that touch
SMALLEST = 16  # pixels of a cell
NOISE = 7  # standard deviation of a pixel, in grey levels
FAR = 1e3  # pixels from a cell that is not drawn
BATCH = 2**18  # pixels that are drawn at a time


def draw_cells(n: int, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw images of cells that often touch, and the cell that each pixel belongs to.

    Cells differ in size, outline and brightness. Where two touch, a line of background separates
    their labels, as in Ronneberger et al. 2015, §3; in the image it is only a little darker. The
    light is uneven and the image is noisy. Cells have the same size in pixels in images of any
    size.

    Args:
        n: Number of images.
        size: Height and width in pixels.
        rng: Source of random numbers.

    Returns:
        Images, uint8 `(n, size, size, 1)`, and labels, uint8 `(n, size, size)`: 0 for background,
        1, 2, … for the cells of an image. Each cell is connected, and a pixel of one cell is not a
        neighbour of a pixel of another one, not even diagonally.

    Example:
        >>> images, labels = draw_cells(3, 64, np.random.default_rng(0))
        >>> images.shape, labels.shape
        ((3, 64, 64, 1), (3, 64, 64))
    """
    images = np.empty((n, size, size, 1), "uint8")
    labels = np.empty((n, size, size), "uint8")
    batch = max(1, BATCH // size**2)
    for start in range(0, n, batch):
        at = slice(start, start + batch)
        distances = _place_cells(len(images[at]), size, rng)
        labels[at] = _number_cells(_keep_connected(_label_cells(distances), distances))
        images[at, ..., 0] = _light(distances, rng)
    return images, labels


def _place_cells(n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return the signed distances of pixels from cells, `(cells, n, size, size)`, in pixels."""
    cells = max(CELLS, round(CELLS * (size / 64) ** 2))
    radius = rng.uniform(5.5, 11, (cells, n))
    x, y = (size / 2 * axis for axis in coordinates(size))
    across, down = rng.uniform(-0.45, 0.45, (2, cells, n)) * size
    for cell in range(1, cells):
        # Two of three cells touch an earlier one.
        touched = rng.integers(0, cell, n), np.arange(n)
        angle, away = rng.uniform(0, 2 * np.pi, n), rng.uniform(0.85, 1, n)
        away *= radius[cell] + radius[touched]
        touches = rng.random(n) < 0.67
        across[cell] = np.where(touches, across[touched] + away * np.cos(angle), across[cell])
        down[cell] = np.where(touches, down[touched] + away * np.sin(angle), down[cell])
    distances = np.empty((cells, n, size, size), "float32")
    for cell in range(cells):
        right, below = (
            axis - place[cell].astype("float32")[:, None, None]
            for axis, place in ((x, across), (y, down))
        )
        outline = _draw_outline(np.arctan2(below, right), rng)
        distances[cell] = length(right, below) - radius[cell, :, None, None] * outline
    missing = rng.integers(0, cells // 2 + 2, n)  # half of them or more are drawn
    distances[np.arange(cells)[:, None] >= cells - missing] = FAR
    return _remove_hidden_cells(distances)


def _draw_outline(angle: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the radius of a cell in each direction, relative to its mean; angles in radians."""
    n, outline = len(angle), np.ones_like(angle)
    for waves, most in ((2, 0.12), (3, 0.06)):
        shift = per_image(rng, 0, 2 * np.pi, n)
        outline += per_image(rng, 0, most, n) * np.cos(waves * angle + shift)
    return outline


def _remove_hidden_cells(distances: np.ndarray) -> np.ndarray:
    """Remove cells that others leave too few pixels, until none is left."""
    while True:
        labels = _label_cells(distances)
        sizes = np.stack([(labels == cell + 1).sum(axis=(1, 2)) for cell in range(len(distances))])
        is_drawn = distances.min(axis=(2, 3)) < 0
        hidden = is_drawn & (sizes < SMALLEST)
        if not hidden.any():
            return distances
        distances[hidden] = FAR


def _label_cells(distances: np.ndarray) -> np.ndarray:
    """Return the number of the cell that each pixel belongs to, 0 for none."""
    nearest, second = np.partition(distances, 1, axis=0)[:2]
    is_between = (second < GAP) & (second - nearest < GAP)
    labels = np.where((nearest < 0) & ~is_between, distances.argmin(axis=0) + 1, 0)
    return labels.astype("uint8")


def _keep_connected(labels: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Keep what is connected with the innermost pixel of each cell, and away from other cells."""
    right, below = labels[:, :, 1:], labels[:, 1:]
    for one, other in (
        (labels[:, :, :-1], right),
        (labels[:, :-1], below),
        (below[:, :, 1:], labels[:, :-1, :-1]),
        (below[:, :, :-1], labels[:, :-1, 1:]),
    ):
        other[(one != other) & (one > 0) & (other > 0)] = 0
    reached = np.zeros(labels.shape, bool)
    for cell in range(len(distances)):
        depth = np.where(labels == cell + 1, distances[cell], FAR)
        reached |= (depth == depth.min(axis=(1, 2), keepdims=True)) & (depth < FAR)
    before = -1
    while reached.sum() != before:
        before = reached.sum()
        for axis in (1, 2):
            for step in (1, -1):
                # A label at one edge of the image is not a neighbour of the other edge.
                padded = np.pad(reached, ((0, 0), (1, 1), (1, 1)))
                reached |= np.roll(padded, step, axis)[:, 1:-1, 1:-1] & (labels > 0)
    return np.where(reached, labels, 0)


def _number_cells(labels: np.ndarray) -> np.ndarray:
    """Number the cells of each image from 1, without a gap."""
    cells = range(1, max(1, labels.max(initial=0)) + 1)
    present = np.stack([(labels == cell).any(axis=(1, 2)) for cell in cells], axis=1)
    numbers = np.where(present, np.cumsum(present, axis=1), 0)
    numbers = np.concatenate([np.zeros((len(labels), 1), int), numbers], axis=1)
    return numbers[np.arange(len(labels))[:, None, None], labels].astype("uint8")


def _light(distances: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the images, uint8 `(n, size, size)`."""
    n, size = distances.shape[1:3]
    nearest, second = np.partition(distances, 1, axis=0)[:2]
    own = distances.argmin(axis=0)[None]
    brightness = np.take_along_axis(rng.uniform(60, 130, (len(distances), n, 1, 1)), own, axis=0)[0]
    seam = np.clip(1 - (second - nearest) / 2.2, 0, 1) * (second < 2)
    ink = cover(nearest, 1.5) * (1 - per_image(rng, 0.15, 0.4, n) * seam)
    x, y = coordinates(size)
    paper = per_image(rng, 25, 60, n)
    paper = paper + per_image(rng, -20, 20, n) * x + per_image(rng, -20, 20, n) * y
    image = paper + brightness * ink * (1 + per_image(rng, -0.25, 0.25, n) * x)
    image += NOISE * rng.standard_normal(image.shape, dtype="float32")
    return np.clip(image, 0, 255).astype("uint8")
