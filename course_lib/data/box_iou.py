"""How well boxes agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def box_iou(a: ArrayLike, b: ArrayLike) -> np.ndarray:
    """Return the intersection over union of each pair of boxes.

    Args:
        a: Boxes `(n, 4)`, "xyxy": left, top, right, bottom.
        b: Boxes `(m, 4)`, in the same unit.

    Returns:
        float64 `(n, m)`, from 0 (apart, or only touching) to 1 (the same box); 0 for two boxes
        without an area.

    Example:
        >>> box_iou([[0, 0, 4, 2]], [[0, 0, 4, 2], [2, 0, 6, 2], [4, 2, 6, 6]]).round(2).tolist()
        [[1.0, 0.33, 0.0]]
    """
    first = np.asarray(a, float).reshape(-1, 1, 4)
    second = np.asarray(b, float).reshape(1, -1, 4)
    sides = np.minimum(first[..., 2:], second[..., 2:]) - np.maximum(
        first[..., :2], second[..., :2]
    )
    both = np.clip(sides, 0, None).prod(axis=-1)
    areas = [(boxes[..., 2:] - boxes[..., :2]).prod(axis=-1) for boxes in (first, second)]
    union = areas[0] + areas[1] - both
    return np.divide(both, union, out=np.zeros_like(both), where=union > 0)
