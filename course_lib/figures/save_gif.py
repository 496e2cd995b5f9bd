"""An animation that every browser plays."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import numpy as np
from PIL import Image

ZOOM, GAP = 2, 2  # pixels


def save_gif(frames, path, columns: int = 8, seconds: float = 0.15) -> Path:
    """Write frames of small grey images as an animated GIF; the last one stays for a while.

    Args:
        frames: Arrays `(n, height, width)`, float in [0, 1]; 1 is ink, drawn black.
        path: The file to write.
        columns: Images a row.
        seconds: How long a frame is shown.

    Returns:
        The path: in a notebook, `IPython.display.Image(path.read_bytes())` plays it.

    Raises:
        ValueError: There is no frame.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = save_gif(np.zeros((3, 16, 28, 28)), Path(folder) / "nothing.gif")
        ...     path.read_bytes()[:3]
        b'GIF'
    """
    walls = [Image.fromarray(_wall(np.asarray(frame), columns)) for frame in frames]
    if not walls:
        raise ValueError("There is no frame: train with a SampleRecorder among the callbacks.")
    path = Path(path)
    times = [int(1000 * seconds)] * (len(walls) - 1) + [2000]
    walls[0].save(path, save_all=True, append_images=walls[1:], duration=times, loop=0)
    return path


def _wall(images, columns):
    count, height, width = images.shape
    rows = ceil(count / columns)
    wall = np.zeros((rows * (height + GAP), columns * (width + GAP)))
    for index, image in enumerate(images):
        top, left = index // columns * (height + GAP), index % columns * (width + GAP)
        wall[top : top + height, left : left + width] = image
    ink = (255 * (1 - np.clip(wall, 0, 1))).astype("uint8")
    return ink.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
