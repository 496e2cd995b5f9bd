"""Turn, shear, stretch and move images, all at once: what makes many digits out of one."""

from __future__ import annotations

import numpy as np


def warp(images, size, angle, shear, zoom, shift):
    """Return the images seen through one affine map each, read off bilinearly.

    A point ``p`` of the result, measured from the middle, shows the point
    ``A(p - shift)`` of the image, where ``A`` undoes zoom, shear and turn. What lies outside an
    image is 0.

    Args:
        images: ``(n, h, w)``, float32.
        size: side of the result in pixels; images are stretched to fill it at zoom 1.
        angle: ``(n,)``, radians, counter-clockwise.
        shear: ``(n,)``, how far a row moves sideways for each row up.
        zoom: ``(n, 2)``, vertical and horizontal; 1 fills the frame.
        shift: ``(n, 2)``, pixels of the result, down and right.

    Returns:
        ``(n, size, size)``, float32.

    Example:
        >>> import numpy as np
        >>> dot = np.zeros((1, 5, 5), "float32"); dot[0, 2, 2] = 1
        >>> moved = warp(dot, 5, angle=[0], shear=[0], zoom=[[1, 1]], shift=[[0, 1]])
        >>> [int(i) for i in np.argwhere(moved[0] == 1)[0]]
        [2, 3]
    """
    images = np.asarray(images, "float32")
    n, height, width = images.shape
    angle, shear = np.asarray(angle, "float32"), np.asarray(shear, "float32")
    zoom, shift = np.asarray(zoom, "float32"), np.asarray(shift, "float32")
    result = np.empty((n, size, size), "float32")
    # A few hundred at a time stay in the processor's cache: twice as fast as all together.
    for start in range(0, n, 256):
        part = slice(start, start + 256)
        result[part] = _warp(images[part], size, angle[part], shear[part], zoom[part], shift[part])
    return result


def _warp(images, size, angle, shear, zoom, shift):
    n, height, width = images.shape
    offset = np.arange(size, dtype="float32") - (size - 1) / 2
    down = (offset - shift[:, :1])[:, :, None]
    right = (offset - shift[:, 1:])[:, None, :]
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    y = cos * down + sin * right
    x = cos * right - sin * down + shear[:, None, None] * y
    y = y * (height / size / zoom[:, :1, None]) + (height - 1) / 2
    x = x * (width / size / zoom[:, 1:, None]) + (width - 1) / 2

    # One row and column of zeros all round: every point outside reads 0, without a test.
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    y, x = np.clip(y + 1, 0, height + 0.999), np.clip(x + 1, 0, width + 0.999)
    top, left = y.astype("int32"), x.astype("int32")
    y -= top
    x -= left
    flat, step = padded.ravel(), width + 2
    corner = top * step + left + (np.arange(n, dtype="int32") * (height + 2) * step)[:, None, None]
    above = flat[corner] * (1 - x) + flat[corner + 1] * x
    below = flat[corner + step] * (1 - x) + flat[corner + step + 1] * x
    return above * (1 - y) + below * y
