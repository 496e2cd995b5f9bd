"""An animation that every browser plays."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from course_lib.figures.tile_images import tile_images

ZOOM = 2
GAP = 2  # pixels between images
PAUSE = 2000  # milliseconds on the last frame


def save_gif(
    frames: Iterable[ArrayLike], path: str | Path, columns: int = 8, seconds: float = 0.15
) -> Path:
    """Write frames of small grey images as an animated GIF that pauses on the last frame.

    Args:
        frames: Arrays `(n, height, width)`, float in [0, 1]; 1 is ink, drawn black.
        path: The file to write.
        columns: Images per row.
        seconds: Duration of a frame.

    Returns:
        The path; in a notebook, `IPython.display.Image(path.read_bytes())` plays it.

    Raises:
        ValueError: There is no frame.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = save_gif(np.zeros((3, 16, 28, 28)), Path(folder) / "nothing.gif")
        ...     path.read_bytes()[:3]
        b'GIF'
    """
    grids = [Image.fromarray(_make_grid(np.asarray(frame), columns)) for frame in frames]
    if not grids:
        raise ValueError("There is no frame: train with a SampleRecorder among the callbacks.")
    path = Path(path)
    durations = [int(1000 * seconds)] * (len(grids) - 1) + [PAUSE]
    grids[0].save(path, save_all=True, append_images=grids[1:], duration=durations, loop=0)
    return path


def _make_grid(images: np.ndarray, columns: int) -> np.ndarray:
    grid = tile_images(images, columns)[GAP:, GAP:]
    ink = (255 * (1 - np.clip(grid, 0, 1))).astype("uint8")
    ink = np.pad(ink, ((0, GAP), (0, GAP)), constant_values=255)
    return ink.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
