# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What and where
#
# A classifier says what an image shows. A detector says what is in it **and where**: a box around
# each object, with a class and a score. In this lab you go the way of the papers. R-CNN (2014) cuts
# out hundreds of windows and classifies each of them. Fast R-CNN and Faster R-CNN (2015) share the
# computation. YOLO (2016) looks at the image once. You write the parts that all of them need, and
# train a detector that finds squares, balls and triangles in one pass.
#
# **You will learn**
#
# - three formats of a box, and the overlap of two boxes;
# - region proposals: sliding windows and selective search;
# - RoI pooling, and anchors with their offsets;
# - YOLO's grid and its loss;
# - non-maximum suppression, and how a detector is measured: average precision.
#
# **You need** Lab 03 (a pre-trained VGG) and Lab 09 (intersection over union).
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | training images | mAP at IoU 0.5 | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 600 | 0.92–0.97 | 10–20 s on 2 cores |
# | full | default on a GPU | 3,000 | 0.96–1.00 | 2–6 min on 2 cores |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import time

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from scipy import ndimage

from course_lib import data, figures, profile
from course_lib.training import fit
from course_lib.transfer import small_vgg

keras.utils.set_random_seed(1)
QUICK = profile.current() == "quick"
CLASSES = ["square", "ball", "triangle"]
SIZE = 64  # height and width of the images in pixels
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# The images are synthetic scenes with two to five objects of different sizes. One can hide a part of
# another. `truth` holds a tuple for each image: `boxes`, `(objects, 4)`, and `labels`, `(objects,)`.
# Colours from 0 to 255 are scaled to -1 … 1.


# %%
def prepare(images):
    """Return images with colours from -1 to 1."""
    return images.astype("float32") / 127.5 - 1


(x_train, truth_train), (x_test, truth_test) = data.detection("scenes", size=SIZE)
x_train, x_test = prepare(x_train), prepare(x_test)
print("training set", x_train.shape, "· test set", x_test.shape)
print(
    "boxes of the first image:", *truth_train[0][0].round(1).tolist(), "labels:", truth_train[0][1]
)
figures.boxes_on_images(x_train[:6], truth_train[:6], CLASSES, "Each object has a box and a class")

# %% [markdown]
# ## 1 Boxes
#
# A **bounding box** is the smallest upright rectangle around an object. In this lab a box is always
# `[left, top, right, bottom]` in pixels, the format that Keras calls `"xyxy"`. The left edge of the
# image is at $x = 0$, the right edge of an image of 64 pixels at $x = 64$; $y$ grows downwards. So a
# width is right minus left, without adding 1. Two other formats are common:
#
# - `"center_xywh"`: the centre, the width and the height, $[c_x, c_y, w, h]$, in pixels;
# - `"rel_xyxy"`: the corners relative to the image, from 0 to 1.
#
# How well do two boxes agree? Their intersection over union (IoU) is the area of the intersection
# divided by the area of the union. Boxes that only touch, or lie apart, have an IoU of **0**. Be
# careful: if two boxes lie apart in both directions, "width" and "height" of the intersection are
# both negative, and their product is positive.
#
# ### Question 1 · `boxes`
#
# Arrays of boxes have the shape `(n, 4)`; every box has a positive area.
#
# 1. `to_center(boxes)` from `"xyxy"` to `"center_xywh"`.
# 2. `to_corners(boxes)` from `"center_xywh"` to `"xyxy"`.
# 3. `to_relative(boxes, height, width)` from `"xyxy"` to `"rel_xyxy"`, for an image of that size.
# 4. `iou(a, b)` for `a` `(n, 4)` and `b` `(m, 4)`, both `"xyxy"`: the IoU of each pair, `(n, m)`.
#    `n` or `m` may be 0.
#
# <details><summary>Hint 1, iou</summary>
#
# The intersection begins at the larger one of two left edges and ends at the smaller one of two right
# edges.
#
# </details>
#
# <details><summary>Hint 2, iou</summary>
#
# `a[:, None, :]` has the shape (n, 1, 4), and `b[None, :, :]` has (1, m, 4). NumPy computes all n × m
# pairs from them.
#
# </details>


# %% solution="boxes"
def to_center(boxes):
    """Return boxes "xyxy" as "center_xywh", (n, 4)."""
    ### BEGIN SOLUTION
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=1)
    ### END SOLUTION


def to_corners(boxes):
    """Return boxes "center_xywh" as "xyxy", (n, 4)."""
    ### BEGIN SOLUTION
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=1)
    ### END SOLUTION


def to_relative(boxes, height, width):
    """Return boxes "xyxy" in pixels as "rel_xyxy", (n, 4)."""
    ### BEGIN SOLUTION
    return boxes / np.array([width, height, width, height])
    ### END SOLUTION


def iou(a, b):
    """Return the intersection over union of each pair of boxes, (n, m)."""
    ### BEGIN SOLUTION
    a, b = a[:, None], b[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    both = np.clip(sides, 0, None).prod(axis=-1)
    area_a, area_b = ((c[..., 2:] - c[..., :2]).prod(axis=-1) for c in (a, b))
    return both / (area_a + area_b - both)
    ### END SOLUTION


# %% tests="boxes"
import numpy as np

from course_lib import testing as _testing


def _iou(a, b, clip=True, one=0, below="union"):
    """Return the IoU of each pair of boxes, or what a mistake returns."""
    a, b = np.reshape(a, (-1, 1, 4)).astype(float), np.reshape(b, (1, -1, 4)).astype(float)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]) + one
    both = (np.clip(sides, 0, None) if clip else sides).prod(axis=-1)
    areas = [(c[..., 2:] - c[..., :2] + one).prod(axis=-1) for c in (a, b)]
    parts = {"union": sum(areas) - both, "sum": sum(areas), "smaller": np.minimum(*areas)}
    parts |= {"first": areas[0] + 0 * both, "larger": np.maximum(*areas)}
    with np.errstate(divide="ignore", invalid="ignore"):
        return both / parts[below]


def _center(boxes):
    boxes = np.asarray(boxes, float)
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=1)


def _corners(boxes):
    boxes = np.asarray(boxes, float)
    half = boxes[:, 2:] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)


def _draw_boxes(rng, n, low=0.0, high=60.0, smallest=2.0, largest=25.0):
    corner = rng.uniform(low, high - largest, (n, 2))
    return np.hstack([corner, corner + rng.uniform(smallest, largest, (n, 2))])


def _call(function, name, case, *given):
    """Return what a student's function returns; name the case if it raises an error."""
    try:
        return function(*given)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        kind = type(error).__name__
        raise AssertionError(f"`{name}` raised {kind} for {case}: {reason}") from error


def _check_formats(boxes, height, width):
    centre, low, high = _center(boxes), boxes[:, :2], boxes[:, 2:]
    _testing.near(
        to_center(boxes.copy()),
        centre,
        "`to_center`",
        mistakes={
            "Is this the left upper corner? Return the centre.": np.hstack([low, high - low]),
            "Are width and height halved?": centre / [1, 1, 2, 2],
            "Did you add 1 to width and height? The width is right minus left.": (
                centre + [0, 0, 1, 1]
            ),
            "Did you swap x and y?": centre[:, [1, 0, 3, 2]],
            "Did you round the centre down? Divide by 2, not by `// 2`.": (
                np.hstack([(low + high) // 2, high - low])
            ),
        },
    )
    _testing.near(
        to_corners(centre.copy()),
        boxes,
        "`to_corners`",
        mistakes={
            "Did you go a whole width from the centre? Go half of it to each side.": (
                np.hstack([centre[:, :2] - centre[:, 2:], centre[:, :2] + centre[:, 2:]])
            ),
            "Did you take the centre for the left upper corner?": (
                np.hstack([centre[:, :2], centre[:, :2] + centre[:, 2:]])
            ),
        },
    )
    _testing.near(
        to_relative(boxes.copy(), height, width),
        boxes / [width, height, width, height],
        "`to_relative`",
        mistakes={
            "Did you swap height and width? x belongs to the width.": (
                boxes / [height, width, height, width]
            ),
            "Did you divide by the width only? y belongs to the height.": boxes / width,
            "Did you divide by the height only? x belongs to the width.": boxes / height,
        },
    )


def _check_iou(a, b):
    right = _iou(a, b)
    given = _call(iou, "iou", f"{len(a)} and {len(b)} boxes", a.copy(), b.copy())
    if len(a) == 0 and isinstance(given, list | tuple) and len(given) == 0:
        given = right  # a list of no rows cannot tell how many columns it has
    _testing.near(
        given,
        right,
        "`iou`",
        mistakes={
            "Is the product of two negative sides positive? Boxes that lie apart have an IoU of 0.": (
                _iou(a, b, clip=False)
            ),
            "Did you count the intersection twice? The union is |A| + |B| - |A ∩ B|.": (
                _iou(a, b, below="sum")
            ),
            "Did you divide by the area of the smaller box? Divide by the union.": (
                _iou(a, b, below="smaller")
            ),
            "Did you divide by the area of the larger box? Divide by the union.": (
                _iou(a, b, below="larger")
            ),
            "Did you divide by the area of the first box? Divide by the union.": (
                _iou(a, b, below="first")
            ),
            "Did you add 1 to the sides? Boxes that touch have an IoU of 0.": _iou(a, b, one=1),
        },
    )


def _check_boxes():
    _check_formats(np.array([[10.0, 20, 30, 26], [0, 0, 5, 8]]), 40, 50)
    a = np.array([[0.0, 0, 4, 2], [1, 1, 3, 5]])
    # expected, row by row: 1, 1/15, 0 (they touch), 0 (apart in both directions)
    # and 1/15, 0.5, 1/4, 0
    _check_iou(a, np.array([[0.0, 0, 4, 2], [1, 1, 3, 9], [2, 2, 4, 4], [6, 7, 9, 9]]))
    _check_iou(a, np.zeros((0, 4)))  # expected: an array of shape (2, 0)


_check_boxes()
### BEGIN HIDDEN TESTS


def _check_boxes_hidden(rng):
    for n, m in ((5, 9), (7, 3), (1, 1)):
        a, b = _draw_boxes(rng, n), _draw_boxes(rng, m)
        _check_formats(a, 48, 96)
        _check_iou(a, b)
    _check_iou(a[:0], b)
    corner = rng.integers(5, 20, (6, 2)).astype(float)
    a = np.hstack([corner, corner + 5])
    b = np.vstack([a + [5, 0, 5, 0], a + [5, 5, 5, 5], a - [9, 9, 9, 9], a + [1, 1, -1, -1]])
    _check_iou(a, b)  # touching, apart, and one inside the other


_check_boxes_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
square = np.array([[20.0, 20, 40, 40]])
print("a box of 20 × 20 pixels, moved to the right and down:")
for pixels in (1, 2, 4, 8, 20, 30):
    print(f"  {pixels:>2} pixels: IoU {float(iou(square, square + pixels)[0][0]):.2f}")

# %% [markdown]
# The IoU falls quickly. A box that looks fine can have an IoU of 0.5, and this is where most
# detectors are measured.
#
# ## 2 R-CNN: propose, cut out, classify
#
# R-CNN (Girshick et al. 2014) turns detection into classification. A cheap method makes **region
# proposals**: boxes that may hold an object. Each of them is cut out, scaled to the size that a
# convolutional network takes, and classified as one of the classes or as background.
#
# The oldest proposals are **sliding windows**: boxes of a few sizes, at all places. **Selective
# search** (Uijlings et al. 2013) uses the image. It starts with many small regions and joins the two
# most similar neighbours, again and again, until one region is left. The box of each region that
# existed on the way is a proposal. A small object is one of the first regions, and a large one is
# joined later, so all sizes come out by themselves.
#
# Here two regions $a$ and $b$ with $n_a$ and $n_b$ pixels and mean colours $\mathbf{m}_a$ and
# $\mathbf{m}_b$ are similar if joining them adds little to the variance inside regions (Ward 1963):
#
# $$\text{cost}(a, b) = \frac{n_a n_b}{n_a + n_b} \, \lVert \mathbf{m}_a - \mathbf{m}_b \rVert^2$$
#
# Small regions are cheap to join. The paper adds texture, and how well the two fill their box.
#
# Proposals are measured by their recall: the share of the objects for which at least one proposal
# has an IoU of at least a threshold. What was not proposed cannot be found.
#
# From here on the lab uses `data.box_iou(a, b)`, so that a mistake in question 1 costs its points only
# once. Use it, or your own `iou`.
#
# ### Question 2 · `proposals`
#
# 1. `sliding_windows(height, width, sizes, stride)`: square windows, `(n, 4)` `"xyxy"`. For each side
#    in `sizes`, their left upper corners are 0, `stride`, 2 · `stride`, … pixels from the top and from
#    the left, as long as the window lies inside the image. Order: by size, then row by row.
# 2. `selective_search(image, regions)`: `image` is `(height, width, 3)`; `regions`
#    `(height, width)` holds the number of the region of every pixel, 0 … r - 1. Two regions are
#    neighbours if a pixel of one shares a side with a pixel of the other. Return the boxes of the
#    first regions in the order of their numbers, then the box of each joined region in the order in
#    which they were joined: `(2r - 1, 4)`. No two pairs have the same cost.
# 3. `recall(proposals, boxes, threshold)`: one number; 1 if there is no object. `proposals` may be
#    empty.
#
# <details><summary>Hint 1, selective_search</summary>
#
# Keep for each region its number of pixels, the sum of its colours, its box, and the set of its
# neighbours. A joined region needs nothing else from the image.
#
# </details>
#
# <details><summary>Hint 2, selective_search</summary>
#
# Give a joined region the next free number. Its neighbours are the union of two sets, without the two
# regions themselves. In the sets of these neighbours, the new number replaces the two old ones.
#
# </details>
#
# <details><summary>Hint 3, selective_search</summary>
#
# Where `regions[:, :-1] != regions[:, 1:]`, the two numbers are neighbours; the same for rows.
# `ndimage.find_objects(regions + 1)` returns the slices of rows and columns of each region.
#
# </details>


# %% solution="proposals"
def sliding_windows(height, width, sizes, stride):
    """Return square windows (n, 4) "xyxy" of each size, row by row."""
    ### BEGIN SOLUTION
    return np.array(
        [
            (left, top, left + size, top + size)
            for size in sizes
            for top in range(0, height - size + 1, stride)
            for left in range(0, width - size + 1, stride)
        ]
    ).reshape(-1, 4)
    ### END SOLUTION


def selective_search(image, regions):
    """Return the box of each region and of each joined region, (2r - 1, 4) "xyxy"."""
    ### BEGIN SOLUTION
    r = int(regions.max()) + 1
    flat, pixels = regions.ravel(), np.reshape(image, (-1, 3)).astype("float64")
    count = list(np.bincount(flat, minlength=r).astype(float))
    colour = [np.bincount(flat, pixels[:, c], r) for c in range(3)]
    colour = list(np.stack(colour, axis=1))  # sums, not means
    boxes = [
        (columns.start, rows.start, columns.stop, rows.stop)
        for rows, columns in ndimage.find_objects(regions.astype(int) + 1)
    ]
    near = {n: set() for n in range(r)}
    for one, other in (
        (regions[:, :-1], regions[:, 1:]),
        (regions[:-1], regions[1:]),
    ):
        for a, b in set(zip(one[one != other].tolist(), other[one != other].tolist(), strict=True)):
            near[a].add(b)
            near[b].add(a)

    def cost(a, b):
        apart = colour[a] / count[a] - colour[b] / count[b]
        return count[a] * count[b] / (count[a] + count[b]) * (apart @ apart)

    costs = {(a, b): cost(a, b) for a in near for b in near[a] if a < b}
    while costs:
        a, b = min(costs, key=costs.get)
        new = len(boxes)
        count.append(count[a] + count[b])
        colour.append(colour[a] + colour[b])
        (x1, y1, x2, y2), (u1, v1, u2, v2) = boxes[a], boxes[b]
        boxes.append((min(x1, u1), min(y1, v1), max(x2, u2), max(y2, v2)))
        near[new] = (near.pop(a) | near.pop(b)) - {a, b}
        costs = {pair: c for pair, c in costs.items() if a not in pair and b not in pair}
        for other in near[new]:
            near[other] = (near[other] - {a, b}) | {new}
            costs[other, new] = cost(other, new)
    return np.array(boxes)
    ### END SOLUTION


def recall(proposals, boxes, threshold):
    """Return the share of boxes with a proposal of at least this IoU; 1 without boxes."""
    ### BEGIN SOLUTION
    if len(boxes) == 0:
        return 1.0
    if len(proposals) == 0:
        return 0.0
    return np.mean(data.box_iou(boxes, proposals).max(axis=1) >= threshold)
    ### END SOLUTION


# %% tests="proposals"
import numpy as np

from course_lib import testing as _testing


def _windows(height, width, sizes, stride, last=1, columns_first=False):
    found = []
    for size in sizes:
        tops, lefts = range(0, height - size + last, stride), range(0, width - size + last, stride)
        pairs = [(top, left) for top in tops for left in lefts]
        for top, left in sorted(pairs, key=lambda at: at[::-1]) if columns_first else pairs:
            found.append((left, top, left + size, top + size))
    return np.array(found, float).reshape(-1, 4)


def _join_regions(image, regions, weigh=True, mean_of_means=False, edge=1, corners=False):
    """Return the boxes of selective search, by looking at the whole image each time."""
    numbers = regions.astype(int).copy()
    r = numbers.max() + 1
    colours = {n: image[numbers == n].mean(axis=0) for n in range(r)}
    boxes = []

    def append_box(n):
        rows, columns = np.nonzero(numbers == n)
        boxes.append((columns.min(), rows.min(), columns.max() + edge, rows.max() + edge))

    def list_pairs():
        steps = [(numbers[:, :-1], numbers[:, 1:]), (numbers[:-1], numbers[1:])]
        if corners:
            steps += [(numbers[:-1, :-1], numbers[1:, 1:]), (numbers[:-1, 1:], numbers[1:, :-1])]
        return {
            (min(a, b), max(a, b))
            for one, other in steps
            for a, b in zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)
            if a != b
        }

    def cost(pair):
        a, b = pair
        sizes = [np.sum(numbers == n) for n in pair]
        factor = sizes[0] * sizes[1] / sum(sizes) if weigh else 1
        return factor * np.sum((colours[a] - colours[b]) ** 2)

    for n in range(r):
        append_box(n)
    while pairs := list_pairs():
        a, b = min(pairs, key=cost)
        new = len(boxes)
        middle = (colours[a] + colours[b]) / 2
        numbers[(numbers == a) | (numbers == b)] = new
        colours[new] = middle if mean_of_means else image[numbers == new].mean(axis=0)
        append_box(new)
    return np.array(boxes, float)


def _check_windows(height, width, sizes, stride):
    case, name = (height, width, sizes, stride), f"({height}, {width}, {sizes}, {stride})"
    right = _windows(*case)
    mistakes = {
        "Is the last window missing? It may end at the edge of the image.": _windows(*case, last=0),
        "Did you go column by column? Go row by row.": _windows(*case, columns_first=True),
        "Did you swap height and width?": _windows(width, height, sizes, stride),
        "Did you swap x and y? A box is left, top, right, bottom.": right[:, [1, 0, 3, 2]],
    }
    given = sliding_windows(*case)
    for hint, wrong in mistakes.items():
        is_other_count = given is not None and len(given) != len(right)
        if is_other_count and np.shape(given) == wrong.shape and np.allclose(given, wrong):
            fact = f"`sliding_windows{name}` returned {len(given)} windows; expected {len(right)}."
            raise AssertionError(f"{fact} {hint}")
    _testing.near(given, right, f"`sliding_windows{name}`", mistakes=mistakes)


def _check_search(image, regions):
    name = f"`selective_search` for {regions.max() + 1} regions"
    right = _join_regions(image, regions)
    _testing.near(
        selective_search(image.copy(), regions.copy()),
        right,
        name,
        mistakes={
            "Did you forget the sizes in the cost?": _join_regions(image, regions, weigh=False),
            "Is the colour of a joined region the mean of two means? Weigh them by pixels.": (
                _join_regions(image, regions, mean_of_means=True)
            ),
            "Is right the last column? The right edge is one pixel farther, and so is bottom.": (
                _join_regions(image, regions, edge=0)
            ),
            "Do your regions touch at corners? Neighbours share a side.": (
                _join_regions(image, regions, corners=True)
            ),
            "Did you swap x and y? A box is left, top, right, bottom.": right[:, [1, 0, 3, 2]],
        },
    )


def _check_recall(proposals, boxes, threshold):
    overlap = _iou(boxes, proposals)
    right = np.mean(overlap.max(axis=1) >= threshold) if overlap.size else float(len(boxes) == 0)
    mistakes = {}
    if overlap.size:
        mistakes = {
            "Is this the share of the proposals? Return the share of the objects.": (
                np.mean(overlap.max(axis=0) >= threshold)
            ),
            "Is this the share of all pairs?": np.mean(overlap >= threshold),
            "Is this the mean of the best IoU?": overlap.max(axis=1).mean(),
            "Is this the number of objects? Return their share.": (
                np.sum(overlap.max(axis=1) >= threshold)
            ),
        }
    case = f"{len(proposals)} proposals and {len(boxes)} objects"
    given = _call(recall, "recall", case, np.copy(proposals), np.copy(boxes), threshold)
    _testing.near(given, right, f"`recall` at an IoU of {threshold}", mistakes=mistakes)


def _check_proposals():
    _check_windows(6, 8, [4, 6], 2)  # expected: 6 windows of 4 × 4 and 2 of 6 × 6
    image = np.zeros((2, 4, 3))
    image[0] = [[0, 0, 0], [10, 0, 0], [30, 0, 0], [30, 0, 0]]
    image[1] = [[0, 0, 0], [10, 0, 0], [90, 0, 0], [90, 0, 0]]
    # expected: the boxes of the four regions; then 0 and 1 are joined, 2 joins them, and 3 at last
    _check_search(image, np.array([[0, 1, 2, 2], [0, 1, 3, 3]]))
    # Two regions of the same colour that meet at a corner are not neighbours.
    colours = np.array([[10.0, 0, 0], [90, 0, 0], [200, 0, 0], [11, 0, 0]])
    regions = np.array([[0, 0, 1], [2, 2, 3]])
    _check_search(colours[regions], regions)
    boxes = np.array([[0.0, 0, 4, 4], [10, 10, 14, 14]])
    _check_recall(np.array([[0.0, 0, 4, 2], [1, 0, 5, 4], [20, 20, 24, 24]]), boxes, 0.5)  # 0.5
    _check_recall(np.zeros((0, 4)), boxes, 0.5)  # expected: 0
    _check_recall(boxes, np.zeros((0, 4)), 0.5)  # expected: 1


_check_proposals()
### BEGIN HIDDEN TESTS


def _draw_regions(rng, height, width, r):
    """Return regions by the nearest one of r pixels, each connected."""
    at = rng.choice(height * width, r, replace=False)
    rows, columns = np.indices((height, width))
    away = (rows[..., None] - at // width) ** 2 + (columns[..., None] - at % width) ** 2
    numbers = (away + 1e-3 * np.arange(r)).argmin(axis=-1)
    return np.unique(numbers, return_inverse=True)[1].reshape(height, width)


def _check_proposals_hidden(rng):
    for height, width, sizes, stride in (
        (20, 33, [5, 8, 20], 3),
        (16, 9, [9, 4], 4),
        (7, 7, [7], 2),
    ):
        _check_windows(height, width, sizes, stride)
    for height, width, r in ((12, 15, 9), (9, 20, 14), (5, 4, 1), (8, 8, 2)):
        regions = _draw_regions(rng, height, width, r)
        colours = rng.uniform(0, 255, (r, 3))
        image = colours[regions] + rng.normal(0, 9, (height, width, 3))
        _check_search(image, regions)
    for threshold in (0.3, 0.5):
        boxes = _draw_boxes(rng, 8)
        near = boxes[:6] + rng.normal(0, 2, (6, 4))
        _check_recall(np.vstack([near, _draw_boxes(rng, 5)]), boxes, threshold)


_check_proposals_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# The first regions come from a watershed: the strength of edges is a landscape, and each of its
# valleys becomes one region. As in the paper, the search runs twice with different first regions, and
# all proposals count.


# %%
def first_regions(image, blur, width):
    """Return the number of the region of each pixel, (height, width), 0 … r - 1."""
    smooth = ndimage.gaussian_filter(image, (blur, blur, 0))
    edges = np.sqrt(sum((ndimage.sobel(smooth, axis) ** 2).sum(axis=-1) for axis in (0, 1)))
    valleys, _ = ndimage.label(edges == ndimage.minimum_filter(edges, width))
    numbers = ndimage.watershed_ift((edges / edges.max() * 255).astype("uint8"), valleys)
    return np.unique(numbers, return_inverse=True)[1].reshape(numbers.shape)


def propose(image):
    """Return the proposals of selective search with sides of 8 to 40 pixels, (n, 4)."""
    starts = [first_regions(image, blur, width) for blur, width in ((1, 5), (0.7, 7))]
    boxes = np.vstack([np.asarray(selective_search(image, regions)) for regions in starts])
    boxes = np.unique(boxes, axis=0).astype("float64")
    sides = boxes[:, 2:] - boxes[:, :2]
    return boxes[(sides.min(axis=1) >= 8) & (sides.max(axis=1) <= 40)]


N_LOOK = 30
searched = [propose(image) for image in x_test[:N_LOOK]]
windows = sliding_windows(SIZE, SIZE, [12, 16, 20, 26], 4)
for name, lists in {"sliding windows": [windows] * N_LOOK, "selective search": searched}.items():
    found = [
        np.mean([recall(p, b, t) for p, (b, _) in zip(lists, truth_test, strict=False)])
        for t in (0.5, 0.7)
    ]
    print(
        f"{name:>16}: {np.mean([len(p) for p in lists]):5.0f} boxes an image, "
        f"recall {found[0]:.2f} at IoU 0.5, {found[1]:.2f} at 0.7"
    )
best = []
for proposals, (boxes, labels) in zip(searched[:6], truth_test, strict=False):
    overlap = data.box_iou(boxes, proposals)
    best.append((proposals[overlap.argmax(axis=1)], overlap.max(axis=1), labels))
figures.boxes_on_images(
    x_test[:6],
    best,
    CLASSES,
    "The best proposal of each object, with its IoU: most are good enough",
)

# %% [markdown]
# Now the classifier. As in Lab 03, the convolutions are pre-trained and frozen: `small_vgg` has seen
# a hundred classes of synthetic images, and none of these scenes. Only a dense layer is trained, on
# windows that are cut out of training images. A window counts as an object if its IoU with it is at
# least 0.5, and as background below 0.3.

# %%
BACKGROUND = len(CLASSES)
backbone = small_vgg(include_top=False)
passes = {"R-CNN": 0}


def cut_out(image, boxes):
    """Return the inside of each box, scaled to 32 × 32 pixels: (n, 32, 32, 3), -1 to 1."""
    rows_first = (boxes[:, [1, 0, 3, 2]] - [0, 0, 1, 1]) / (SIZE - 1)
    return tf.image.crop_and_resize(image[None], rows_first, np.zeros(len(boxes), int), (32, 32))


def get_features(windows):
    """Return what the convolutions see in windows (n, 32, 32, 3), (n, features)."""
    passes["R-CNN"] += len(windows)
    colours = keras.applications.vgg16.preprocess_input((np.asarray(windows) + 1) * 127.5)
    return np.concatenate(
        [
            np.asarray(backbone(colours[n : n + 64])).reshape(len(colours[n : n + 64]), -1)
            for n in range(0, len(colours), 64)
        ]
    )


rng = np.random.default_rng(1)
windows, answers = [], []
for image, (boxes, labels) in zip(x_train[: 50 if QUICK else 300], truth_train, strict=False):
    near = np.repeat(boxes, 2, axis=0) + rng.normal(0, 1.5, (2 * len(boxes), 4))
    tried = np.vstack([boxes, near, rng.permutation(propose(image))[:12]]).clip(0, SIZE)
    tried = tried[(tried[:, 2:] - tried[:, :2]).min(axis=1) > 4]
    overlap = data.box_iou(tried, boxes)
    best = overlap.max(axis=1)
    answer = np.where(best >= 0.5, labels[overlap.argmax(axis=1)], BACKGROUND)
    keep = (best >= 0.5) | (best < 0.3)
    windows.append(cut_out(image, tried[keep]))
    answers.append(answer[keep])
windows, answers = np.concatenate(windows), np.concatenate(answers)
features = get_features(windows)
keras.utils.set_random_seed(1)
classifier = keras.Sequential(
    [keras.Input(features.shape[1:]), keras.layers.BatchNormalization(), keras.layers.Dense(4)]
)
classifier.compile(
    keras.optimizers.Adam(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
)
fit(classifier, features, answers, epochs=12, batch_size=64, verbose=False)
print(f"{len(windows)} windows, {np.mean(answers == BACKGROUND):.0%} of them background")

# %% [markdown]
# For one image, R-CNN passes each proposal through the network. How the boxes are chosen in the end
# comes in section 7; section 9 measures the whole.
#
# ## 3 RoI pooling: convolve once
#
# Windows overlap, and R-CNN convolves the same pixels again and again. Fast R-CNN (Girshick 2015)
# convolves the **whole image** once, and cuts the boxes out of the feature map. The dense layers
# behind need an input of one size, whatever the box. **RoI pooling** (region of interest) divides the
# box into a fixed grid of bins and takes the maximum of each bin.
#
# The feature map has one place for every `stride` × `stride` pixels of the image. In one direction, a
# box from $x_1$ to $x_2$ covers the places from $s = \lfloor x_1 / \text{stride} \rfloor$ up to, but
# not including, $e = \lceil x_2 / \text{stride} \rceil$. Let there be $n = e - s$ of them, and $k$
# bins. Bin $i$ takes the places from $s + \lfloor i\,n / k \rfloor$ up to, but not including,
# $s + \lceil (i + 1)\,n / k \rceil$. So bins share places if $n$ cannot be divided by $k$, and no bin
# is empty, even if the box is smaller than the grid.
#
# ### Question 3 · `roi_pooling`
#
# `roi_pool(features, boxes, size, stride)`, in NumPy: `features` is `(rows, columns, channels)`;
# `boxes` `(n, 4)`, `"xyxy"` in pixels of the image, lie inside it. The result is
# `(n, size, size, channels)`.
#
# <details><summary>Hint 1</summary>
#
# First write down the bins of one direction as a list of pairs. Rows and columns use the same
# function. Which of the four numbers of a box belong to the rows?
#
# </details>


# %% solution="roi_pooling"
def roi_pool(features, boxes, size, stride):
    """Return the maximum of each bin of each box, (n, size, size, channels)."""

    ### BEGIN SOLUTION
    def bins(low, high):
        start, end = int(np.floor(low / stride)), int(np.ceil(high / stride))
        n = end - start
        return [slice(start + i * n // size, start - (-(i + 1) * n // size)) for i in range(size)]

    pooled = np.empty((len(boxes), size, size, features.shape[-1]), features.dtype)
    for box, (left, top, right, bottom) in enumerate(boxes):
        for i, rows in enumerate(bins(top, bottom)):
            for j, columns in enumerate(bins(left, right)):
                pooled[box, i, j] = features[rows, columns].max(axis=(0, 1))
    return pooled
    ### END SOLUTION


# %% tests="roi_pooling"
import numpy as np

from course_lib import testing as _testing


def _pool_box(features, box, size, stride, how=np.max, end="ceil", share=True):
    """Return the bins of one box, (size, size, channels), or None if a bin holds nothing."""
    pooled = np.zeros((size, size, features.shape[-1]))
    lists = []
    for low, high in (box[[1, 3]], box[[0, 2]]):
        start = int(np.floor(low / stride))
        stop = {"ceil": np.ceil, "floor": np.floor}[end](high / stride)
        n = int(stop) - start
        ends = [-(-(i + 1) * n // size) if share else (i + 1) * n // size for i in range(size)]
        if stop > features.shape[len(lists)]:
            return None
        lists.append([range(start + i * n // size, start + e) for i, e in enumerate(ends)])
    for i, rows in enumerate(lists[0]):
        for j, columns in enumerate(lists[1]):
            if len(rows) == 0 or len(columns) == 0:
                return None
            pooled[i, j] = how(features[rows][:, columns], axis=(0, 1))
    return pooled


def _check_pool(features, boxes, size, stride):
    right = np.stack([_pool_box(features, box, size, stride) for box in boxes])
    variants = {
        "Did you swap rows and columns? y belongs to the rows.": (
            [_pool_box(features.swapaxes(0, 1), box, size, stride) for box in boxes]
        ),
        "Is this the mean? Take the maximum.": (
            [_pool_box(features, box, size, stride, how=np.mean) for box in boxes]
        ),
        "Do your bins end too early? Round their ends up.": (
            [_pool_box(features, box, size, stride, share=False) for box in boxes]
        ),
        "Does the box end too early? Round its end up.": (
            [_pool_box(features, box, size, stride, end="floor") for box in boxes]
        ),
    }
    mistakes = {
        hint: np.stack(made)
        for hint, made in variants.items()
        if all(one is not None for one in made)
    }
    mistakes["Are rows and columns of the result swapped?"] = right.swapaxes(1, 2)
    try:
        given = roi_pool(features.copy(), boxes.copy(), size, stride)
    except (IndexError, ValueError) as error:
        raise AssertionError(
            f"`roi_pool` raised {type(error).__name__}: {error}. Is a bin outside the features, or "
            "empty? Divide pixels by the stride, and round the end of a bin up."
        ) from error
    _testing.near(given, right, f"`roi_pool` to {size} × {size}", mistakes=mistakes)


def _check_roi_pooling():
    features = np.arange(20.0).reshape(4, 5, 1)
    # expected: the box covers rows 1 to 3 and columns 0 to 3: [[11, 13], [16, 18]]
    _check_pool(features, np.array([[2.0, 10, 30, 31]]), 2, 8)
    _check_pool(features, np.array([[8.0, 8, 16, 16]]), 2, 8)  # one place, four times: 6


_check_roi_pooling()
### BEGIN HIDDEN TESTS


def _check_roi_pooling_hidden(rng):
    for rows, columns, channels, size, stride in (
        (9, 12, 3, 2, 4),
        (16, 11, 2, 4, 8),
        (8, 8, 5, 1, 16),
    ):
        features = rng.normal(size=(rows, columns, channels)).astype("float32") - 2
        low = rng.uniform(0, 0.5, (6, 2)) * [columns * stride, rows * stride]
        high = low + rng.uniform(0.1, 0.5, (6, 2)) * [columns * stride, rows * stride]
        whole = [[0, 0, columns * stride, rows * stride]]
        _check_pool(features, np.vstack([np.hstack([low, high]), whole]), size, stride)


_check_roi_pooling_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
mapper = keras.Model(backbone.input, backbone.get_layer("block2_pool").output)
mapper = keras.models.clone_model(
    mapper, input_tensors=keras.Input((None, None, 3))
)  # the same layers for images of any size
mapper.set_weights(
    keras.Model(backbone.input, backbone.get_layer("block2_pool").output).get_weights()
)
boxes = searched[0]
for name, work in {
    "each box by itself": lambda: mapper(cut_out(x_test[0], boxes)),
    "one pass and RoI pooling": lambda: roi_pool(np.asarray(mapper(x_test[:1]))[0], boxes, 4, 4),
}.items():
    work()
    start = time.perf_counter()
    for _ in range(5):
        work()
    print(f"{name:>24}: {1000 * (time.perf_counter() - start) / 5:.1f} ms for {len(boxes)} boxes")

# %% [markdown]
# The more boxes, the more one shared pass saves: with the 2,000 proposals of the paper and VGG16,
# Fast R-CNN is 146 times as fast (Girshick 2015, table 4). Then the proposals themselves become the
# slow part.
#
# ## 4 Anchors: a network proposes
#
# Faster R-CNN (Ren et al. 2015) lets the feature map propose. At each place of the map stand a few
# **anchors**, boxes of fixed sizes and shapes. For each of them the network answers two questions: is
# there an object, and how does its box differ from the anchor?
#
# An anchor of scale $s$ and aspect ratio $r$ (height divided by width) has the area $s^2$: its width
# is $s / \sqrt r$ and its height $s \sqrt r$. In training, anchors get labels by their IoU:
#
# - **1**, positive: its IoU with some object is at least `high`, or it is the anchor with the highest
#   IoU for some object, however low (but above 0);
# - **0**, negative: not positive, and its IoU with every object is below `low`;
# - **-1**, ignored: all others.
#
# The second half of the first rule gives every object an anchor. A positive anchor learns the
# **offsets** of its object, with the centres and sizes $c_x, c_y, w, h$ of the object and
# $a_x, a_y, a_w, a_h$ of the anchor (equation 2 of the paper):
#
# $$t_x = \frac{c_x - a_x}{a_w} \qquad t_y = \frac{c_y - a_y}{a_h} \qquad
# t_w = \ln\frac{w}{a_w} \qquad t_h = \ln\frac{h}{a_h}$$
#
# ### Question 4 · `anchors`
#
# 1. `make_anchors(rows, columns, stride, scales, ratios)`: boxes `"xyxy"` in pixels; the centre of
#    row $i$, column $j$ is at $y = (i + \tfrac12)\,\text{stride}$, $x = (j + \tfrac12)\,\text{stride}$.
#    Order: row by row, at each place by scale, for each scale by ratio. Anchors may go beyond the
#    image.
# 2. `match_anchors(anchors, boxes, low, high)`: two arrays `(n,)`: the labels 1, 0 or -1, and for each
#    anchor the index of the object with which its IoU is highest. There is at least one object, and no
#    two values of the IoU are equal, apart from 0.
# 3. `encode(boxes, anchors)`: the offsets $(t_x, t_y, t_w, t_h)$, `(n, 4)`, of each box from the anchor
#    in the same line.
# 4. `decode(offsets, anchors)`: the boxes back, `"xyxy"`.
#
# <details><summary>Hint 1, match_anchors</summary>
#
# Both rules read the same matrix of IoU values: one its largest value in each row, the other one in
# each column. Set the labels in the order -1, 0, 1, so that a later rule wins.
#
# </details>


# %% solution="anchors"
def make_anchors(rows, columns, stride, scales, ratios):
    """Return anchors "xyxy", (rows · columns · scales · ratios, 4)."""
    ### BEGIN SOLUTION
    boxes = [
        ((j + 0.5) * stride, (i + 0.5) * stride, scale / ratio**0.5, scale * ratio**0.5)
        for i in range(rows)
        for j in range(columns)
        for scale in scales
        for ratio in ratios
    ]
    return to_corners(np.array(boxes))
    ### END SOLUTION


def match_anchors(anchors, boxes, low, high):
    """Return labels (n,): 1, 0 or -1, and the best object of each anchor, (n,)."""
    ### BEGIN SOLUTION
    overlap = data.box_iou(anchors, boxes)
    best = overlap.max(axis=1)
    labels = np.full(len(anchors), -1)
    labels[best < low] = 0
    labels[best >= high] = 1
    for column in overlap.T:
        if column.max() > 0:
            labels[column.argmax()] = 1
    return labels, overlap.argmax(axis=1)
    ### END SOLUTION


def encode(boxes, anchors):
    """Return the offsets of boxes from anchors, both (n, 4) "xyxy"."""
    ### BEGIN SOLUTION
    b, a = to_center(boxes), to_center(anchors)
    return np.concatenate([(b[:, :2] - a[:, :2]) / a[:, 2:], np.log(b[:, 2:] / a[:, 2:])], axis=1)
    ### END SOLUTION


def decode(offsets, anchors):
    """Return the boxes "xyxy" that have these offsets from anchors."""
    ### BEGIN SOLUTION
    a = to_center(anchors)
    centre = a[:, :2] + offsets[:, :2] * a[:, 2:]
    return to_corners(np.concatenate([centre, a[:, 2:] * np.exp(offsets[:, 2:])], axis=1))
    ### END SOLUTION


# %% tests="anchors"
import numpy as np

from course_lib import testing as _testing


def _anchors(rows, columns, stride, scales, ratios, middle=0.5, turn=False, root=True, order="sr"):
    made = []
    for i in range(rows):
        for j in range(columns):
            pairs = [(s, r) for s in scales for r in ratios]
            for s, r in pairs if order == "sr" else [(s, r) for r in ratios for s in scales]:
                k = r**0.5 if root else r
                w, h = (s * k, s / k) if turn else (s / k, s * k)
                made.append(((j + middle) * stride, (i + middle) * stride, w, h))
    return _corners(np.array(made))


def _check_make_anchors(*given):
    right = _anchors(*given)
    rows, columns, *others = given
    _testing.near(
        make_anchors(*given),
        right,
        "`make_anchors`",
        mistakes={
            "Is the ratio the wrong way round? It is height divided by width.": (
                _anchors(*given, turn=True)
            ),
            "Did you forget the square root of the ratio? All ratios have the same area.": (
                _anchors(*given, root=False)
            ),
            "Is the centre at the corner of its place? Add a half.": _anchors(*given, middle=0),
            "Did you list ratios before scales?": _anchors(*given, order="rs"),
            "Is this `center_xywh`? Return `xyxy`.": _center(right),
            "Did you swap rows and columns?": _anchors(columns, rows, *others),
        },
    )


def _label_anchors(anchors, boxes, low, high, force=True, zero_wins=False):
    overlap = _iou(anchors, boxes)
    best = overlap.max(axis=1)
    labels = np.where(best >= high, 1, np.where(best < low, 0, -1))
    if force:
        for column in overlap.T:
            at = column.argmax()
            if column[at] > 0 and not (zero_wins and best[at] < low):
                labels[at] = 1
    return labels


def _check_match(anchors, boxes, low, high):
    given = match_anchors(anchors.copy(), boxes.copy(), low, high)
    assert given is not None, "`match_anchors` returned None. Did you forget `return`?"
    is_several = isinstance(given, tuple | list) or np.ndim(given) == 2
    assert is_several and len(given) == 2, (
        "`match_anchors` did not return two arrays; expected the labels and the objects."
    )
    labels, objects = given
    cases = (anchors, boxes, low, high)
    right, overlap = _label_anchors(*cases), _iou(anchors, boxes)
    columns = np.where(overlap.max(axis=0) > 0, overlap.argmax(axis=0), -1)
    _testing.near(
        labels,
        right,
        "The labels of `match_anchors`",
        mistakes={
            "Has each object an anchor? The one with its highest IoU is positive.": (
                _label_anchors(*cases, force=False)
            ),
            "Is an object's best anchor negative, because its IoU is below `low`? It is positive.": (
                _label_anchors(*cases, zero_wins=True)
            ),
            "Did you ignore no anchor? Between `low` and `high` the label is -1.": (
                np.where(right == -1, 0, right)
            ),
            "Are all anchors that are not positive ignored?": np.where(right == 0, -1, right),
            "Are labels 0 and -1 swapped?": np.where(right == 1, 1, -1 - right),
            "Is an object positive that no anchor reaches? Its best IoU is 0.": (
                np.where(np.isin(np.arange(len(right)), overlap.argmax(axis=0)), 1, right)
                if -1 in columns
                else right
            ),
        },
    )
    reached = overlap.max(axis=1) > 0
    objects = np.asarray(objects)
    assert objects.shape == (len(anchors),), (
        f"`match_anchors` returned objects of shape {objects.shape}; expected ({len(anchors)},)."
    )
    name = "The objects of `match_anchors`"
    _testing.near(objects[reached], overlap.argmax(axis=1)[reached], name)


def _offsets(boxes, anchors, log=True, by="anchor"):
    b, a = _center(boxes), _center(anchors)
    sides = b[:, 2:] / a[:, 2:]
    below = {"anchor": a[:, 2:], "box": b[:, 2:], "none": 1.0, "turned": a[:, [3, 2]]}[by]
    return np.hstack([(b[:, :2] - a[:, :2]) / below, np.log(sides) if log else sides])


def _check_offsets(boxes, anchors):
    right = _offsets(boxes, anchors)
    _testing.near(
        encode(boxes.copy(), anchors.copy()),
        right,
        "`encode`",
        mistakes={
            "Did you forget the logarithm?": _offsets(boxes, anchors, log=False),
            "Did you divide by the size of the box? Divide by that of the anchor.": (
                _offsets(boxes, anchors, by="box")
            ),
            "Did you swap width and height of the anchor? The shift in x is relative to its width.": (
                _offsets(boxes, anchors, by="turned")
            ),
            "Is this the logarithm to the base 2? Take the natural logarithm.": (
                right / [1, 1, np.log(2), np.log(2)]
            ),
            "Is the sign of the shift wrong? It goes from the anchor to the box.": (
                right * [-1, -1, 1, 1]
            ),
            "Did you forget to divide by the size of the anchor?": (
                _offsets(boxes, anchors, by="none")
            ),
            "Did you swap boxes and anchors?": _offsets(anchors, boxes),
        },
    )
    a = _center(anchors)
    size = np.exp(right[:, 2:])
    _testing.near(
        decode(right.copy(), anchors.copy()),
        boxes,
        "`decode`",
        rtol=1e-3,
        atol=1e-3,
        mistakes={
            "Did you forget the exponential?": _corners(
                np.hstack([a[:, :2] + right[:, :2] * a[:, 2:], a[:, 2:] * right[:, 2:]])
            ),
            "Did you forget to multiply the shift by the size of the anchor?": _corners(
                np.hstack([a[:, :2] + right[:, :2], a[:, 2:] * size])
            ),
            "Is this `center_xywh`? Return `xyxy`.": _center(boxes),
        },
    )


def _check_anchors():
    _check_make_anchors(2, 3, 8, [8, 16], [0.25, 1, 4])
    anchors = np.array([[0.0, 0, 8, 8], [4, 0, 12, 8], [0, 7, 8, 15], [30, 30, 38, 38]])
    boxes = np.array([[0.0, 0, 8, 9], [35, 36, 60, 60]])
    # expected: labels 1, -1, 0, 1, because the second object has no other anchor
    _check_match(anchors, boxes, 0.3, 0.7)
    _check_offsets(np.array([[2.0, 2, 12, 9]]), np.array([[0.0, 0, 5, 10]]))  # 0.9, 0.05, …


_check_anchors()
### BEGIN HIDDEN TESTS


def _check_anchors_hidden(rng):
    _check_make_anchors(3, 5, 16, [10.0, 24.0], [0.5, 1.0, 2.0])
    _check_make_anchors(4, 2, 4, [9], [3])
    for n, m in ((40, 4), (25, 7), (30, 1)):
        anchors = _draw_boxes(rng, n)
        boxes = np.vstack([_draw_boxes(rng, m), anchors[:2] + rng.normal(0, 0.4, (2, 4))])
        # A negative anchor that is nevertheless the best one of a distant object.
        far = np.array([[80.0, 80, 90, 90]])
        anchors = np.vstack([anchors, far])
        _check_match(anchors, np.vstack([boxes, far + rng.uniform(5, 7, 4)]), 0.3, 0.6)
        _check_match(anchors, boxes, 0.4, 0.5)
        _check_match(anchors, np.vstack([boxes, far + 200]), 0.3, 0.6)  # out of reach
        _check_offsets(_draw_boxes(rng, n), _draw_boxes(rng, n))


_check_anchors_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
anchors = np.asarray(make_anchors(8, 8, 8, [12, 20], [1]))
counts = np.zeros(3)
for boxes, _ in truth_test:
    labels = np.asarray(match_anchors(anchors, boxes, 0.3, 0.6)[0])
    counts += [np.sum(labels == label) for label in (1, 0, -1)]
print(f"{len(anchors)} anchors; of all: ", end="")
print("{:.1%} positive, {:.0%} negative, {:.0%} ignored".format(*counts / counts.sum()))
shown = []
for boxes, _ in truth_test[:6]:
    labels, objects = map(np.asarray, match_anchors(anchors, boxes, 0.3, 0.6))
    shown.append((anchors[labels == 1], objects[labels == 1]))
figures.boxes_on_images(
    x_test[:6], shown, [], "Few anchors are positive; a colour stands for one object of its image"
)

# %% [markdown]
# ## 5 YOLO: one look
#
# YOLO (Redmon et al. 2016) needs no proposals. It divides the image into $S \times S$ cells. The cell
# that holds the **centre** of an object is responsible for it. Each cell predicts $B$ boxes and one
# set of class probabilities, all in one pass:
#
# - for each box: the centre $x, y$ inside the cell, from 0 to 1; width and height $w, h$ relative to
#   the **whole image**; and the confidence, how sure the network is of an object and its box;
# - the probability of each of $C$ classes, if there is an object.
#
# So the output of the network has the shape $(S, S, 5B + C)$; with the paper's $S = 7$, $B = 2$ and
# $C = 20$ it is $7 \times 7 \times 30$. The score of a box for a class is the product of its confidence
# and the probability of the class (equation 1).
#
# ### Question 5 · `grid`
#
# 1. `to_grid(boxes, labels, size, cells, classes)`: what the network should say for one image of
#    `size` × `size` pixels, as an array `(cells, cells, 5 + classes)`, first rows, then columns. In the
#    cell of an object: $x, y, w, h$, a 1, and the one-hot class. All else is 0. If two objects have
#    their centre in one cell, the one with the **larger area** stays.
# 2. `from_grid(prediction, size, classes)`: `prediction` is `(cells, cells, 5 * B + classes)`, for each
#    box $x, y, w, h$ and the confidence, then the classes. Find $B$ from the shape. Return all boxes,
#    `(cells * cells * B, 4)` `"xyxy"` in pixels, and their scores, `(cells * cells * B, classes)`.
#    Order: row by row, in each cell box by box.
#
# <details><summary>Hint 1, to_grid</summary>
#
# In units of cells, the centre of a box is `centre / size * cells`. Its integer part says which cell,
# the rest is $x$ and $y$. Column belongs to $x$ and row to $y$.
#
# </details>
#
# <details><summary>Hint 2, from_grid</summary>
#
# `prediction[..., : 5 * B].reshape(cells, cells, B, 5)` separates the boxes.
#
# </details>


# %% solution="grid"
def to_grid(boxes, labels, size, cells, classes):
    """Return the target of one image, (cells, cells, 5 + classes)."""
    ### BEGIN SOLUTION
    target = np.zeros((cells, cells, 5 + classes), "float32")
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    for n in np.argsort(areas):  # the largest one is written last
        centre = (boxes[n, :2] + boxes[n, 2:]) / 2 / size * cells
        column, row = np.minimum(centre.astype(int), cells - 1)
        target[row, column] = 0
        target[row, column, :2] = centre - (column, row)
        target[row, column, 2:4] = (boxes[n, 2:] - boxes[n, :2]) / size
        target[row, column, 4] = target[row, column, 5 + labels[n]] = 1
    return target
    ### END SOLUTION


def from_grid(prediction, size, classes):
    """Return all boxes (n, 4) "xyxy" in pixels and their scores (n, classes)."""
    ### BEGIN SOLUTION
    cells = len(prediction)
    count = (prediction.shape[-1] - classes) // 5
    each = prediction[..., : 5 * count].reshape(cells, cells, count, 5)
    row, column = np.indices((cells, cells))
    corner = np.stack([column, row], axis=-1)[:, :, None]
    centre = (corner + each[..., :2]) * size / cells
    half = each[..., 2:4] * size / 2
    boxes = np.concatenate([centre - half, centre + half], axis=-1)
    scores = each[..., 4:] * prediction[:, :, None, 5 * count :]
    return boxes.reshape(-1, 4), scores.reshape(-1, classes)
    ### END SOLUTION


# %% tests="grid"
import numpy as np

from course_lib import testing as _testing


def _grid(
    boxes,
    labels,
    size,
    cells,
    classes,
    keep="large",
    swap=False,
    inside=True,
    whole=True,
    root=False,
    corner=False,
):
    """Return the target of an image, or what a mistake returns."""
    target = np.zeros((cells, cells, 5 + classes))
    center = _center(boxes)
    center[:, :2] = boxes[:, :2] if corner else center[:, :2]
    order = np.argsort(center[:, 2] * center[:, 3])
    order = {"large": order, "small": order[::-1], "last": range(len(boxes))}.get(keep, order)
    order = list(order) if keep != "first" else list(range(len(boxes)))[::-1]
    for n in order:
        x, y = center[n, :2] / size * cells
        column, row = int(x), int(y)
        cell = target[column, row] if swap else target[row, column]
        if keep != "both":
            cell[:] = 0
        sides = center[n, 2:] / size * (1 if whole else cells)
        sides = sides**0.5 if root else sides
        place = (x - column, y - row) if inside else center[n, :2] / size
        cell[:5] = [*place, *sides, 1]
        cell[5 + labels[n]] = 1
    return target


def _check_to_grid(boxes, labels, size, cells, classes):
    case = (boxes, labels, size, cells, classes)
    _testing.near(
        _call(to_grid, "to_grid", f"{len(boxes)} objects", boxes.copy(), labels.copy(), *case[2:]),
        _grid(*case),
        "`to_grid`",
        mistakes={
            "Did you swap rows and columns? The row is that of y.": _grid(*case, swap=True),
            "Are x and y those in the image? Return the place inside the cell.": (
                _grid(*case, inside=False)
            ),
            "Are width and height in cells? Divide by the whole image.": _grid(*case, whole=False),
            "Are these roots of width and height? The loss takes the roots.": _grid(
                *case, root=True
            ),
            "Is the cell that of the left upper corner? It is that of the centre.": (
                _grid(*case, corner=True)
            ),
            "Did you forget the confidence? It is 1 in the cell of an object.": (
                _grid(*case) * (np.arange(5 + classes) != 4)
            ),
            "Two objects in one cell: the larger one stays, not the smaller one.": (
                _grid(*case, keep="small")
            ),
            "Two objects in one cell: the larger one stays, not the last one.": (
                _grid(*case, keep="last")
            ),
            "Two objects in one cell: the larger one stays, not the first one.": (
                _grid(*case, keep="first")
            ),
            "Has a cell two classes? The larger object replaces the other one.": (
                _grid(*case, keep="both")
            ),
        },
    )


def _read_grid(prediction, size, classes, swap=False, product=True):
    cells = len(prediction)
    count = (prediction.shape[-1] - classes) // 5
    boxes, scores = [], []
    for row in range(cells):
        for column in range(cells):
            cell = prediction[row, column]
            for b in range(count):
                x, y, w, h, confidence = cell[5 * b : 5 * b + 5]
                at = (row, column) if swap else (column, row)
                centre = (at[0] + x) / cells, (at[1] + y) / cells
                boxes.append((*centre, w, h))
                scores.append(cell[5 * count :] * (confidence if product else 1))
    return size * _corners(np.array(boxes)), np.array(scores)


def _check_from_grid(prediction, size, classes):
    given = from_grid(prediction.copy(), size, classes)
    assert given is not None, "`from_grid` returned None. Did you forget `return`?"
    assert isinstance(given, tuple | list) and len(given) == 2, (
        "`from_grid` did not return two arrays; expected the boxes and the scores."
    )
    boxes, scores = _read_grid(prediction, size, classes)
    _testing.near(
        given[0],
        boxes,
        "The boxes of `from_grid`",
        rtol=1e-3,
        atol=1e-3,
        mistakes={
            "Did you swap rows and columns? Add the column to x.": (
                _read_grid(prediction, size, classes, swap=True)[0]
            ),
            "Are these boxes relative to the image? Return pixels.": boxes / size,
            "Is this `center_xywh`? Return `xyxy`.": _center(boxes),
            "Is this the order of the boxes? Go row by row, in each cell box by box.": (
                boxes.reshape(len(prediction) ** 2, -1, 4).swapaxes(0, 1).reshape(-1, 4)
            ),
        },
    )
    _testing.near(
        given[1],
        scores,
        "The scores of `from_grid`",
        mistakes={
            "Did you forget the confidence?": (
                _read_grid(prediction, size, classes, product=False)[1]
            ),
        },
    )


def _check_grid():
    boxes, labels = np.array([[8.0, 2, 24, 10], [22, 20, 26, 32]]), np.array([1, 0])
    # expected: the first centre (16, 6) in row 0, column 2; the second one (24, 26) in row 3, column 3
    _check_to_grid(boxes, labels, 32, 4, 2)
    # Four objects in one cell: only the second one, the largest, is left.
    same = np.array([[6.0, 6, 12, 12], [4, 4, 14, 14], [8, 8, 10, 10], [5, 5, 12, 12]])
    _check_to_grid(same, np.array([0, 1, 2, 1]), 32, 2, 3)
    prediction = np.zeros((2, 2, 12))
    prediction[0, 1] = [0.5, 0.5, 0.5, 0.25, 0.8, 0, 0, 0.1, 0.1, 0.5, 0.9, 0.1]
    _check_from_grid(prediction, 40, 2)  # expected, third box: 20, 5, 40, 15, scores 0.72, 0.08


_check_grid()
### BEGIN HIDDEN TESTS


def _check_grid_hidden(rng):
    for n, size, cells, classes in ((6, 60, 5, 4), (9, 96, 8, 2), (12, 64, 3, 3), (0, 64, 4, 3)):
        boxes = _draw_boxes(rng, n)
        _check_to_grid(boxes, rng.integers(0, classes, n), size, cells, classes)
    for cells, count, classes in ((4, 2, 3), (5, 1, 6), (3, 3, 1)):
        prediction = rng.uniform(0, 1, (cells, cells, 5 * count + classes)).astype("float32")
        _check_from_grid(prediction, 48, classes)


_check_grid_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
CELLS = SIZE // 8


def make_targets(truth):
    """Return the targets of all images, (n, CELLS, CELLS, 5 + classes)."""
    grids = [to_grid(boxes, labels, SIZE, CELLS, len(CLASSES)) for boxes, labels in truth]
    return np.stack(grids).astype("float32")


y_train = make_targets(truth_train)
objects = sum(len(labels) for _, labels in truth_train)
for cells in (16, 8, 4, 2):
    grids = [to_grid(boxes, labels, SIZE, cells, len(CLASSES)) for boxes, labels in truth_train]
    lost = objects - int(np.sum([np.asarray(grid)[..., 4].sum() for grid in grids]))
    print(
        f"{cells:>2} × {cells} cells: {lost:>4} of {objects} objects share a cell with a larger one"
    )

# %% [markdown]
# ## 6 The loss of YOLO
#
# The loss adds squared errors (equation 3 of the paper). In a cell with an object, only one of the $B$
# boxes is **responsible**: the one whose IoU with the object is highest at that moment (the first one,
# if they are equal). So the boxes of a cell specialise. With hats for the target, the loss of one image
# is the sum over all cells of
#
# $$5 \left[(x - \hat x)^2 + (y - \hat y)^2 + (\sqrt w - \sqrt{\hat w})^2 + (\sqrt h - \sqrt{\hat h})^2
# \right] + (c - \text{IoU})^2 \quad \text{for the responsible box,}$$
#
# $$\tfrac12\, c^2 \quad \text{for every other box, in cells with and without an object,}$$
#
# $$\sum_{\text{classes}} (p - \hat p)^2 \quad \text{for each cell with an object.}$$
#
# - The weight $\lambda_{\text{coord}} = 5$ makes places count more than classes. Most cells are empty,
#   and without $\lambda_{\text{noobj}} = \tfrac12$ they would push all confidences to 0.
# - The roots make an error of 3 pixels count more for a small box than for a large one.
# - The confidence $c$ learns the IoU of its own box with the object. As a target, this IoU is a
#   **constant**: no gradient flows through it.
#
# ### Question 6 · `yolo_loss`
#
# `yolo_loss(target, prediction, classes)`: `target` is `(batch, cells, cells, 5 + classes)`, as from
# `to_grid`; `prediction` is `(batch, cells, cells, 5 * B + classes)`, with numbers between 0 and 1.
# Return the **mean over the images** of the sum above, one number. Use `ops` or TensorFlow, so that
# gradients flow to the prediction.
#
# <details><summary>Hint 1</summary>
#
# The grid has one box for each cell in `target` and B in `prediction`. With the shapes
# (batch, cells, cells, 1, 5) and (batch, cells, cells, B, 5) all differences fit.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Corners for the IoU: $x, y$ are in cells and $w, h$ in images, so divide the first two by the number
# of cells. Both boxes are in the same cell, so where the cell is does not matter.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# A mask for the responsible box: `ops.one_hot(ops.argmax(overlap, axis=-1), B)`, times the 1 or 0 for
# an object. `ops.stop_gradient(overlap)` makes a constant.
#
# </details>


# %%
def gradient_of(loss, target, prediction, *others):
    """Return the gradient of a loss with respect to the prediction; None if none flows."""
    prediction = tf.convert_to_tensor(prediction)
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        value = loss(target, prediction, *others)
    return tape.gradient(value, prediction)


# %% solution="yolo_loss"
def yolo_loss(target, prediction, classes):
    """Return the loss of YOLO (equation 3), the mean over the images of a batch."""
    ### BEGIN SOLUTION
    cells = prediction.shape[1]
    count = (prediction.shape[-1] - classes) // 5
    boxes = ops.reshape(prediction[..., : 5 * count], (-1, cells, cells, count, 5))
    wanted = target[..., None, :5]
    is_object = wanted[..., 4]

    def corners(b):
        centre, half = b[..., :2] / cells, b[..., 2:4] / 2
        return centre - half, centre + half

    (low, high), (low2, high2) = corners(boxes), corners(wanted)
    sides = ops.maximum(ops.minimum(high, high2) - ops.maximum(low, low2), 0)
    both = ops.prod(sides, axis=-1)
    union = ops.prod(high - low, axis=-1) + ops.prod(high2 - low2, axis=-1) - both
    overlap = ops.stop_gradient(both / ops.maximum(union, 1e-9))
    mine = is_object * ops.one_hot(ops.argmax(overlap, axis=-1), count)

    place = ops.sum((boxes[..., :2] - wanted[..., :2]) ** 2, axis=-1)
    roots = ops.sqrt(boxes[..., 2:4]) - ops.sqrt(wanted[..., 2:4])
    place += ops.sum(roots**2, axis=-1)
    confidence = boxes[..., 4]
    each = 5 * mine * place + mine * (confidence - overlap) ** 2 + 0.5 * (1 - mine) * confidence**2
    kinds = ops.sum((prediction[..., 5 * count :] - target[..., 5:]) ** 2, axis=-1)
    total = ops.sum(each, axis=-1) + target[..., 4] * kinds
    return ops.mean(ops.sum(total, axis=(1, 2)))
    ### END SOLUTION


# %% tests="yolo_loss"
import numpy as np

from course_lib import testing as _testing


def _match_cells(target, prediction, classes):
    """Return boxes, targets, the IoU and the mask of responsible boxes, all (…, B) or (…, B, 5)."""
    cells = prediction.shape[1]
    count = (prediction.shape[-1] - classes) // 5
    boxes = prediction[..., : 5 * count].reshape(*prediction.shape[:3], count, 5)
    wanted = np.broadcast_to(target[..., None, :5], boxes.shape)
    scale = np.array([1 / cells, 1 / cells, 1, 1])
    a, b = (_corners((c[..., :4] * scale).reshape(-1, 4)) for c in (boxes, wanted))
    sides = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None)
    both = sides.prod(axis=1)
    union = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1) - both
    overlap = (both / np.maximum(union, 1e-9)).reshape(boxes.shape[:-1])
    mine = np.eye(count)[overlap.argmax(axis=-1)] * target[..., 4:5]
    return boxes, wanted, overlap, mine


def _loss(target, prediction, classes, frozen=None, coord=5, noobj=0.5, root=True, **other):
    """Return the loss, or what a mistake returns; `frozen`: the IoU and the mask."""
    boxes, wanted, overlap, mine = _match_cells(target, prediction, classes)
    overlap, mine = frozen or (overlap, mine)
    if other.get("everyone"):
        mine = np.broadcast_to(target[..., 4:5], mine.shape)
    if other.get("worst"):
        mine = target[..., 4:5] * np.eye(mine.shape[-1])[overlap.argmin(axis=-1)]
    if other.get("first"):
        mine = target[..., 4:5] * np.eye(mine.shape[-1])[0]
    sides = [c[..., 2:4] ** 0.5 if root else c[..., 2:4] for c in (boxes, wanted)]
    place = ((boxes[..., :2] - wanted[..., :2]) ** 2).sum(axis=-1)
    if not other.get("no_sizes"):
        place = place + ((sides[0] - sides[1]) ** 2).sum(axis=-1)
    sure = boxes[..., 4]
    goal = 1.0 if other.get("one") else overlap
    rest = 1 - (target[..., 4:5] if other.get("empty_only") else mine)
    each = coord * mine * place + mine * (sure - goal) ** 2 + noobj * rest * sure**2
    kinds = ((prediction[..., -classes:] - target[..., 5:]) ** 2).sum(axis=-1)
    kinds = kinds if other.get("all_classes") else kinds * target[..., 4]
    return (each.sum(axis=(1, 2, 3)) + kinds.sum(axis=(1, 2))).mean()


def _check_loss(target, prediction, classes):
    case = (target, prediction, classes)
    right = _loss(*case)
    mistakes = {
        "Did you forget the factor 5 of places and sizes?": _loss(*case, coord=1),
        "Did you forget the factor 1/2 of boxes that are not responsible?": _loss(*case, noobj=1),
        "Did you forget the square roots?": _loss(*case, root=False),
        "Is every box of a cell responsible? Only the one with the highest IoU is.": (
            _loss(*case, everyone=True)
        ),
        "Is the first box always responsible? It is the one with the highest IoU.": (
            _loss(*case, first=True)
        ),
        "Does the confidence learn 1? It learns the IoU of its box.": _loss(*case, one=True),
        "Does the term c²/2 leave out cells with an object? It is for every other box there, too.": (
            _loss(*case, empty_only=True)
        ),
        "Do classes count in empty cells? Only cells with an object have one.": (
            _loss(*case, all_classes=True)
        ),
        "Did you forget width and height?": _loss(*case, no_sizes=True),
        "Is the box with the lowest IoU responsible? It is the one with the highest.": (
            _loss(*case, worst=True)
        ),
        "Did you sum over the images? Return their mean.": right * len(target),
        "Did you average over the cells? Sum over them.": right / target.shape[1] ** 2,
    }
    short = target.astype("float32"), prediction.astype("float32"), classes
    _testing.near(yolo_loss(*short), right, "`yolo_loss`", mistakes=mistakes)
    try:
        slope = gradient_of(yolo_loss, *short)
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        slope = None
    assert slope is not None, (
        "No gradient flows through `yolo_loss`. Did you use NumPy? Use `ops`, the NumPy of Keras."
    )
    fixed, flowing = _slopes(*case)
    _testing.near(
        slope,
        fixed,
        "The gradient of `yolo_loss`",
        rtol=1e-2,
        atol=1e-3,
        mistakes={"Does a gradient flow through the IoU? It is a constant.": flowing},
    )


def _slopes(target, prediction, classes):
    """Return the gradient by finite differences, with a constant IoU and with one that changes."""
    frozen = _match_cells(target, prediction, classes)[2:]
    step, slopes = 1e-6, np.zeros((2, *prediction.shape))
    for place in np.ndindex(*prediction.shape):
        ends = []
        for sign in (1, -1):
            moved = prediction.copy()
            moved[place] += sign * step
            changing = _match_cells(target, moved, classes)[2], frozen[1]
            ends.append([_loss(target, moved, classes, f) for f in (frozen, changing)])
        slopes[(slice(None), *place)] = (np.array(ends[0]) - ends[1]) / (2 * step)
    return slopes


def _check_yolo_loss():
    target, prediction = np.zeros((1, 2, 2, 7)), np.full((1, 2, 2, 12), 0.2)
    target[0, 0, 1] = [0.5, 0.5, 0.36, 0.25, 1, 0, 1]
    prediction[0, 0, 1] = [0.4, 0.7, 0.25, 0.36, 0.6, 0.1, 0.1, 0.04, 0.04, 0.5, 0.3, 0.9]
    # The first box of the cell is responsible: its IoU is 0.39806, and that of the other one is 0.
    # expected: 5 · 0.07 + (0.6 - 0.39806)² + 0.5 · 0.5² + 0.5 · 6 · 0.2² + 0.3² + 0.1² = 0.73578
    _check_loss(target, prediction, 2)


_check_yolo_loss()
### BEGIN HIDDEN TESTS


def _check_yolo_loss_hidden(rng):
    for batch, cells, count, classes in ((3, 3, 2, 3), (2, 2, 3, 2), (2, 3, 1, 4)):
        target = np.zeros((batch, cells, cells, 5 + classes))
        is_object = rng.random((batch, cells, cells)) < 0.5
        is_object[0, 0, :2] = True, False
        target[..., :4] = rng.uniform(0.1, 0.9, (batch, cells, cells, 4))
        target[..., 4] = 1
        target[..., 5:] = np.eye(classes)[rng.integers(0, classes, (batch, cells, cells))]
        target *= is_object[..., None]
        prediction = rng.uniform(0.1, 0.9, (batch, cells, cells, 5 * count + classes))
        _check_loss(target, prediction, classes)


_check_yolo_loss_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 7 One box for each object
#
# A detector finds most objects several times: neighbouring cells, anchors or windows all see a part of
# them. **Non-maximum suppression** keeps the box with the highest score, removes all boxes whose IoU
# with it is **above** a threshold, and goes on with the best box that is left. It runs for each class
# by itself: a ball in front of a square must not remove the square.
#
# ### Question 7 · `suppression`
#
# 1. `suppress(boxes, scores, threshold)`: the indices of the boxes that stay, in the order of falling
#    scores. `boxes` is `(n, 4)` and `scores` `(n,)`, not sorted; no two scores are equal, and `n` may
#    be 0.
# 2. `suppress_per_class(boxes, scores, labels, threshold)`: the same for each class by itself. The
#    indices of all classes together are again in the order of falling scores.
#
# <details><summary>Hint 1, suppress_per_class</summary>
#
# `at = np.flatnonzero(labels == c)` are the places of one class. What does `suppress` return for
# `boxes[at]`: places in `boxes`, or places in `at`?
#
# </details>


# %% solution="suppression"
def suppress(boxes, scores, threshold):
    """Return the indices of the boxes that stay, by falling scores."""
    ### BEGIN SOLUTION
    left, kept = np.argsort(-scores), []
    while len(left):
        first, left = left[0], left[1:]
        kept.append(first)
        left = left[data.box_iou(boxes[[first]], boxes[left])[0] <= threshold]
    return np.array(kept, dtype=int)
    ### END SOLUTION


def suppress_per_class(boxes, scores, labels, threshold):
    """Return the indices of the boxes that stay in their class, by falling scores."""
    ### BEGIN SOLUTION
    kept = [np.zeros(0, int)]
    for c in np.unique(labels):
        at = np.flatnonzero(labels == c)
        kept.append(at[suppress(boxes[at], scores[at], threshold)])
    kept = np.concatenate(kept)
    return kept[np.argsort(-scores[kept])]
    ### END SOLUTION


# %% tests="suppression"
import numpy as np

from course_lib import testing as _testing


def _keep(boxes, scores, threshold, labels=None, order=True, once=False, clear=True):
    """Return the indices that stay; by class, if there are labels."""
    overlap = _iou(boxes, boxes)
    same = np.ones_like(overlap, bool) if labels is None else labels[:, None] == labels
    kept, gone = [], set()
    for n in np.argsort(-scores).tolist():
        if n in gone and clear:
            continue
        if n not in gone or not clear:
            beaten = np.flatnonzero((overlap[n] > threshold) & same[n] & (scores < scores[n]))
            gone |= set(beaten.tolist())
        if n not in gone:
            kept.append(n)
    return np.array(kept if order else sorted(kept), int)


def _check_kept(given, right, name, mistakes):
    assert given is not None, f"{name} returned None. Did you forget `return`?"
    given = np.asarray(given)
    assert given.dtype != bool, f"{name} returned a mask; expected the indices of boxes that stay."
    assert given.ndim == 1, f"{name} returned shape {given.shape}; expected one index for each box."
    shown = given.tolist()
    if len(shown) == len(right) and all(a == b for a, b in zip(shown, right.tolist(), strict=True)):
        _testing.near(given, right, name)
        return
    hints = [hint for hint, wrong in mistakes.items() if shown == wrong.tolist()]
    hint = hints[0] if hints else ""
    raise AssertionError(f"{name} returned {shown}; expected {right.tolist()}. {hint}".rstrip())


def _check_suppress(boxes, scores, threshold):
    right = _keep(boxes, scores, threshold)
    overlap = _iou(boxes, boxes)
    rising = _keep(boxes, -scores, threshold)
    by_place = _keep(boxes, -np.arange(len(scores)), threshold)
    inverse = _keep(boxes, scores, np.nextafter(threshold, -1))
    _check_kept(
        _call(suppress, "suppress", f"{len(boxes)} boxes", boxes.copy(), scores.copy(), threshold),
        right,
        "`suppress`",
        {
            "Did you begin with the lowest score?": rising,
            "Did you forget to sort by score?": by_place,
            "Are these sorted by their place? Sort by falling scores.": np.sort(right),
            "Can a box that was removed remove others? It is gone.": (
                _keep(boxes, scores, threshold, clear=False)
            ),
            "Did you remove boxes with an IoU of exactly the threshold? Remove those above.": inverse,
            "Is nothing removed?": np.argsort(-scores) if overlap.size else right,
        },
    )


def _check_per_class(boxes, scores, labels, threshold):
    right = _keep(boxes, scores, threshold, labels)
    grouped = [n for c in np.unique(labels) for n in right.tolist() if labels[n] == c]
    local = [
        n
        for c in np.unique(labels)
        for n in _keep(boxes[labels == c], scores[labels == c], threshold).tolist()
    ]
    _check_kept(
        suppress_per_class(boxes.copy(), scores.copy(), labels.copy(), threshold),
        right,
        "`suppress_per_class`",
        {
            "Does a box remove one of another class?": _keep(boxes, scores, threshold),
            "Are these sorted class by class? Sort all by falling scores.": np.array(grouped, int),
            "Are these places inside each class? Return places in `boxes`.": np.array(local, int),
        },
    )


def _check_suppression():
    boxes = np.array([[0.0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 5], [20, 0, 30, 10]])
    scores = np.array([0.6, 0.9, 0.7, 0.3])
    _check_suppress(boxes, scores, 0.5)  # expected: 1, 3: the second box removes the first, third
    _check_suppress(boxes, scores, 0.625)  # expected: 1, 2, 3: an IoU of 0.625 is not above it
    _check_per_class(boxes, scores, np.array([0, 1, 0, 1]), 0.5)  # expected: 1, 2, 0, 3
    _check_suppress(np.zeros((0, 4)), np.zeros(0), 0.5)  # expected: an empty array


_check_suppression()
### BEGIN HIDDEN TESTS


def _check_suppression_hidden(rng):
    for n, threshold in ((30, 0.3), (60, 0.5), (25, 0.1), (1, 0.5)):
        base = _draw_boxes(rng, n)
        boxes = np.vstack(
            [base, base + rng.normal(0, 0.6, (n, 4)), base + rng.normal(0, 1, (n, 4))]
        )
        scores, labels = rng.permutation(3 * n) / (3 * n + 1), rng.choice([0, 2, 5], 3 * n)
        _check_suppress(boxes, scores, threshold)
        _check_per_class(boxes, scores, labels, threshold)


_check_suppression_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
rng = np.random.default_rng(2)
boxes = np.repeat(truth_test[0][0], 60, axis=0)
boxes = boxes + rng.normal(0, 3, boxes.shape)
scores = rng.random(len(boxes))
kept = np.asarray(suppress(boxes, scores, 0.5))
rows_first = boxes[:, [1, 0, 3, 2]]
theirs = tf.image.non_max_suppression(rows_first, scores, len(boxes), iou_threshold=0.5).numpy()
print(
    f"{len(kept)} of {len(boxes)} boxes stay; TensorFlow's: {'the same' if list(kept) == list(theirs) else 'others'}"
)

# %% [markdown]
# ## 8 Average precision
#
# A detector returns boxes with scores. How good are they? For one class, over all images:
#
# 1. Go through the detections by falling score. A detection is a **hit** if an object of its image and
#    class has an IoU of at least a threshold with it and was not hit before. Of several such objects it
#    takes the one with the highest IoU. A second box on the same object is an error.
# 2. After each detection, **precision** is the share of hits so far, and recall is the share of all
#    objects that were hit so far.
# 3. Precision jumps up and down. **All-point interpolation** replaces it, at each recall, by the
#    highest precision at this recall or a higher one. The **average precision** (AP) is the area under
#    that curve:
#
# $$\text{AP} = \sum_n (r_n - r_{n-1}) \max_{m \ge n} p_m, \qquad r_0 = 0$$
#
# The mean over the classes is the **mAP**. PASCAL VOC counts an IoU of 0.5 as right (mAP 0.5); COCO
# averages over the thresholds 0.50, 0.55, …, 0.95 (mAP 0.5:0.95) and so rewards exact boxes.
#
# ### Question 8 · `average_precision`
#
# 1. `find_hits(boxes, scores, objects, threshold)` for one image and one class: `boxes` `(n, 4)` and
#    `scores` `(n,)` of detections, **not sorted**; `objects` `(m, 4)` are the true boxes. Return for
#    each detection whether it is a hit, in the order in which the detections came, `(n,)`. `n` or `m`
#    may be 0.
# 2. `average_precision(scores, hits, total)`: AP for the detections of all images, not sorted, and
#    `total` objects, 1 or more. Without a detection it is 0.
# 3. `mean_average_precision(found, truth, thresholds, classes)`: the mean of all AP over classes and
#    thresholds. `found` holds a tuple `(boxes, scores, labels)` for each image, and `truth` a tuple
#    `(boxes, labels)`. A class without an object in all of `truth` is left out.
#
# No two scores are equal.
#
# <details><summary>Hint 1, find_hits</summary>
#
# Set the column of an object that was hit to -1 in the matrix of IoU values.
#
# </details>
#
# <details><summary>Hint 2, average_precision</summary>
#
# `np.cumsum(hits)` counts hits so far. The highest value from each place on:
# `np.maximum.accumulate` goes forward, so reverse before and after.
#
# </details>


# %% solution="average_precision"
def find_hits(boxes, scores, objects, threshold):
    """Return for each detection of one image and class whether it is a hit, (n,)."""
    ### BEGIN SOLUTION
    hits = np.zeros(len(boxes), bool)
    if len(objects) == 0:
        return hits
    overlap = data.box_iou(boxes, objects)
    for n in np.argsort(-scores):
        best = overlap[n].argmax()
        if overlap[n, best] >= threshold:
            hits[n] = True
            overlap[:, best] = -1
    return hits
    ### END SOLUTION


def average_precision(scores, hits, total):
    """Return the area under precision by recall, with all-point interpolation."""
    ### BEGIN SOLUTION
    if len(scores) == 0:
        return 0.0
    hits = np.asarray(hits, dtype=float)[np.argsort(-scores)]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return np.sum(best * hits) / total  # recall grows by 1 / total at each hit
    ### END SOLUTION


def mean_average_precision(found, truth, thresholds, classes):
    """Return the mean AP over classes and thresholds."""
    ### BEGIN SOLUTION
    values = []
    for c in range(classes):
        total = sum(np.sum(labels == c) for _, labels in truth)
        if total == 0:
            continue
        for threshold in thresholds:
            scores, hits = [], []
            for (boxes, sure, labels), (objects, kinds) in zip(found, truth, strict=True):
                here = labels == c
                scores.append(sure[here])
                hits.append(find_hits(boxes[here], sure[here], objects[kinds == c], threshold))
            values.append(average_precision(np.concatenate(scores), np.concatenate(hits), total))
    return np.mean(values)
    ### END SOLUTION


# %% tests="average_precision"
import numpy as np

from course_lib import testing as _testing


def _hits(boxes, scores, objects, threshold, sort=True, again=False, only_best=False):
    overlap, free = _iou(boxes, objects), np.ones(len(objects), bool)
    hits = np.zeros(len(boxes), bool)
    for n in np.argsort(-scores) if sort else range(len(boxes)):
        values = overlap[n] if again or only_best else np.where(free, overlap[n], -1)
        at = values.argmax() if len(values) else None
        if at is not None and values[at] >= threshold and (free[at] or again):
            hits[n], free[at] = True, False
    return hits


def _precisions(scores, hits, sort=True):
    order = np.argsort(-scores) if sort else np.arange(len(scores))
    hit = np.asarray(hits, float)[order]
    return hit, np.cumsum(hit) / np.arange(1, len(hit) + 1)


def _ap(scores, hits, total, way="all", sort=True):
    if len(scores) == 0:
        return 0.0
    hit, precision = _precisions(scores, hits, sort)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    recalls = np.cumsum(hit) / total
    if way == "raw":
        return float(np.sum(precision * hit) / total)
    if way == "eleven":
        places = [best[recalls >= r - 1e-9] for r in np.linspace(0, 1, 11)]
        return float(np.mean([place[0] if len(place) else 0 for place in places]))
    if way == "forward":
        return float(np.sum(np.maximum.accumulate(precision) * hit) / total)
    return float(np.sum(best * hit) / total)


def _mean_ap(found, truth, thresholds, classes, empty="out", split=False):
    values = []
    for c in range(classes):
        total = sum(int(np.sum(labels == c)) for _, labels in truth)
        if total == 0 and empty == "out":
            continue
        for threshold in thresholds:
            scores, hits, by_image = [np.zeros(0)], [np.zeros(0)], []
            for (boxes, sure, labels), (objects, kinds) in zip(found, truth, strict=True):
                here, wanted = labels == c, objects[kinds == c]
                scores.append(sure[here])
                hits.append(_hits(boxes[here], sure[here], wanted, threshold))
                if len(wanted):
                    by_image.append(_ap(scores[-1], hits[-1], len(wanted)))
            both = np.concatenate(scores), np.concatenate(hits)
            values.append(np.mean(by_image) if split else _ap(*both, max(total, 1)))
    return float(np.mean(values))


def _as_numbers(given):
    """Return the hits as numbers: booleans are as good as 0 and 1."""
    if given is None:
        return None
    values = np.asarray(given)
    return values.astype(float) if values.dtype == bool else values


def _check_hits(boxes, scores, objects, threshold):
    case = (boxes, scores, objects, threshold)
    names = f"{len(boxes)} detections and {len(objects)} objects"
    right = _hits(*case)
    _testing.near(
        _as_numbers(
            _call(find_hits, "find_hits", names, *(part.copy() for part in case[:3]), threshold)
        ),
        right,
        "`find_hits`",
        mistakes={
            "Can an object be hit twice? A second box on it is an error.": _hits(*case, again=True),
            "Did you go through the detections as they came? Go by falling score.": (
                _hits(*case, sort=False)
            ),
            "Does a detection whose best object was hit before look for another one? It does.": (
                _hits(*case, only_best=True)
            ),
            "Are these hits by falling score? Return them as the detections came.": (
                right[np.argsort(-scores)]
            ),
        },
    )


def _check_ap(scores, hits, total):
    case = (scores, hits, total)
    _testing.near(
        _call(
            average_precision,
            "average_precision",
            f"{len(scores)} detections",
            scores.copy(),
            hits.copy(),
            total,
        ),
        _ap(*case),
        "`average_precision`",
        mistakes={
            "Did you forget the interpolation?": _ap(*case, way="raw"),
            "Is this the highest precision so far? Take the highest from here on.": (
                _ap(*case, way="forward")
            ),
            "Did you forget to sort by score?": _ap(*case, sort=False),
            "Did you divide by the number of hits? Divide by all objects.": (
                _ap(scores, hits, max(1, np.sum(hits)))
            ),
            "Did you divide by the number of detections? Divide by all objects.": (
                _ap(scores, hits, max(1, len(hits)))
            ),
            "Is this the interpolation at eleven points? Use all points.": _ap(*case, way="eleven"),
        },
    )


def _copy(pairs):
    return [tuple(part.copy() for part in one) for one in pairs]


def _check_mean_ap(found, truth, thresholds, classes):
    case = (found, truth, thresholds, classes)
    name = "mean_average_precision"
    count = f"{len(found)} images, {sum(len(one[0]) for one in found)} detections"
    given = _call(
        mean_average_precision, name, count, _copy(found), _copy(truth), list(thresholds), classes
    )
    _testing.near(
        given,
        _mean_ap(*case),
        f"`mean_average_precision` for {len(thresholds)} thresholds",
        mistakes={
            "Does a class without an object count as 0? Leave it out.": (
                _mean_ap(*case, empty="zero")
            ),
            "Is this the mean over images? Sort the detections of all images together.": (
                _mean_ap(*case, split=True)
            ),
            "Did you use the first threshold only?": _mean_ap(
                found, truth, thresholds[:1], classes
            ),
        },
    )


def _check_average_precision():
    objects = np.array([[0.0, 0, 10, 10], [4, 0, 14, 10]])
    boxes = np.array([[1.0, 0, 11, 10], [0, 0, 10, 10], [30, 30, 40, 40], [1.5, 0, 11, 10]])
    # expected: 0, 1, 0, 1: the second one has the first object, so the fourth one takes the other,
    # although it fits the first object better; then the first detection comes too late
    _check_hits(boxes, np.array([0.3, 0.9, 0.8, 0.5]), objects, 0.5)
    _check_hits(boxes, np.array([0.3, 0.9, 0.8, 0.5]), objects[:0], 0.5)  # expected: 0, 0, 0, 0
    # precision 1, 1/2, 2/3, 2/4; expected: (1 + 2/3) / 3 = 0.5556
    _check_ap(np.array([0.5, 0.9, 0.3, 0.7]), np.array([True, True, False, False]), 3)
    _check_ap(np.zeros(0), np.zeros(0, bool), 3)  # expected: 0
    found = [
        (boxes[:2], np.array([0.6, 0.8]), np.array([0, 0])),
        (boxes[2:3], np.array([0.7]), np.array([0])),
    ]
    truth = [(objects[:1], np.array([0])), (objects, np.array([0, 0]))]
    _check_mean_ap(found, truth, [0.5], 3)  # expected: 1/3: one of three objects, found first


_check_average_precision()
### BEGIN HIDDEN TESTS


def _draw_detections(rng, images, classes):
    found, truth = [], []
    for _ in range(images):
        objects = _draw_boxes(rng, int(rng.integers(0, 6)), smallest=8)
        near = np.vstack([objects, objects]) + rng.normal(0, 1.5, (2 * len(objects), 4))
        boxes = np.vstack([near, _draw_boxes(rng, 3)])
        kinds = rng.integers(0, classes, len(objects))
        labels = np.concatenate([kinds, kinds, rng.integers(0, classes, 3)])
        found.append([boxes, rng.random(len(boxes)), labels])
        truth.append((objects, kinds))
    return [tuple(one) for one in found], truth


def _check_average_precision_hidden(rng):
    for n, m, threshold in ((20, 5, 0.5), (30, 8, 0.3), (3, 0, 0.5), (0, 4, 0.5)):
        objects = _draw_boxes(rng, m, smallest=8)
        near = np.repeat(objects, 3, axis=0)
        near = near + rng.normal(0, 2, near.shape)
        boxes = np.vstack([near, objects + [5, 0, 5, 0], _draw_boxes(rng, n)])[: n or 0]
        scores = rng.permutation(len(boxes)) / (len(boxes) + 1)
        _check_hits(boxes, scores, objects, threshold)
    for n, total in ((40, 30), (25, 25), (7, 4)):
        hits = rng.random(n) < 0.6
        hits &= np.cumsum(hits) <= total
        _check_ap(rng.permutation(n) / n, hits, total)
    found, truth = _draw_detections(rng, 12, 3)
    for thresholds in ([0.5], [0.3, 0.75], [0.5 + 0.05 * n for n in range(10)]):
        _check_mean_ap(found, truth, thresholds, 5)  # classes 3 and 4 have no object
    _check_mean_ap([tuple(part[:0] for part in one) for one in found], truth, [0.5], 3)


_check_average_precision_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 9 Train a detector
#
# Now everything comes together. The network is convolutional throughout: three times a convolution
# and pooling make 8 × 8 cells of 64 × 64 pixels, and a last convolution of 1 × 1 returns the
# $5B + C$ numbers of each cell. The paper's network has 24 convolutional layers, pre-trained on
# ImageNet, and two dense ones. Yours learns from scratch, in seconds.
#
# ### Question 9 · `detector`
#
# Build a network, train it on `x_train` and `y_train`, and call it `model`.
#
# - It takes prepared images `(n, 64, 64, 3)` and returns `(n, 8, 8, 5 * 2 + 3)`: for each cell two
#   boxes and three classes, **all numbers from 0 to 1**, in the order of section 5.
# - It takes images of other sizes, too: 96 × 96 pixels make 12 × 12 cells.
# - On new scenes its mAP at IoU 0.5 must be at least **0.8**. The test reads the boxes with
#   its own functions, keeps scores of at least 0.02, and suppresses with a threshold of 0.5.
#
# `fit` from `course_lib.training` does what `model.fit` does, with a learning rate that first rises and
# then falls. Any loss and any training may be used.
#
# <details><summary>Hint 1</summary>
#
# `keras.Input((None, None, 3))` leaves the size open. Batch normalisation after each convolution makes
# 10 to 12 passes enough; with Keras' momentum of 0.99 its averages come too late, 0.9 fits.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `compile` wants a loss of two arguments: `lambda target, prediction: yolo_loss(target, prediction, 3)`.
# A sigmoid at the end keeps all numbers between 0 and 1. Small batches of about 10 images make many
# updates.
#
# </details>

# %% solution="detector"
### BEGIN SOLUTION
keras.utils.set_random_seed(1)


def build_detector(filters, boxes, classes):
    """Return a network from images to (rows, columns, 5 · boxes + classes)."""
    images = x = keras.Input((None, None, 3))
    for number, maps in enumerate([filters, 2 * filters, 4 * filters, 8 * filters, 8 * filters]):
        x = keras.layers.Conv2D(maps, 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
        if number < 3:
            x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Conv2D(5 * boxes + classes, 1, activation="sigmoid")(x)
    return keras.Model(images, x)


model = build_detector(8 if QUICK else 16, 2, len(CLASSES))
model.compile(keras.optimizers.Adam(6e-3), lambda y, p: yolo_loss(y, p, len(CLASSES)))
fit(model, x_train, y_train, epochs=12 if QUICK else 16, batch_size=10, verbose=False)
### END SOLUTION

# %% tests="detector"
import keras
import numpy as np

from course_lib import testing as _testing


def _predict_grid(network, x, cells):
    """Return the prediction for images x, after a look at its shape and range."""
    assert isinstance(network, keras.Model), (
        f"`model` is a {type(network).__name__}; expected a trained Keras model."
    )
    try:
        parts = [np.asarray(network(x[n : n + 50]), "float64") for n in range(0, len(x), 50)]
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise AssertionError(
            f"`model` does not accept images of shape {x.shape}: {reason} "
            "Is the size left open in `keras.Input`?"
        ) from error
    wanted = (*parts[0].shape[:1], cells, cells, 13)
    assert parts[0].shape == wanted, (
        f"`model` returned shape {parts[0].shape} for images of {x.shape[1]} × {x.shape[2]} pixels; "
        f"expected {wanted}."
    )
    given = np.concatenate(parts)
    low, high = given.min(), given.max()
    assert low >= -1e-6 and high <= 1 + 1e-6, (
        f"`model` returned numbers from {low:.3g} to {high:.3g}; expected numbers from 0 to 1. "
        "Is there a sigmoid at the end?"
    )
    return given


def _check_detector():
    zeros = np.zeros((2, 64, 64, 3), "float32")
    _predict_grid(model, zeros, 8)
    _predict_grid(model, np.zeros((1, 96, 96, 3), "float32"), 12)


_check_detector()
### BEGIN HIDDEN TESTS
from course_lib.data.synthetic.draw_crowded_scenes import draw_crowded_scenes as _draw_scenes


def _detect(prediction, size):
    boxes, scores = _read_grid(prediction, size, 3)
    labels, best = scores.argmax(axis=1), scores.max(axis=1)
    boxes, best, labels = (part[best >= 0.02] for part in (boxes, best, labels))
    kept = _keep(boxes, best, 0.5, labels)
    return boxes[kept], best[kept], labels[kept]


def _check_detector_hidden(rng):
    images, truth = _draw_scenes(100, 64, rng)
    grids = _predict_grid(model, images.astype("float32") / 127.5 - 1, 8)
    found = [_detect(grid, 64) for grid in grids]
    score = _mean_ap(found, truth, [0.5], 3)
    hint = "Did you train it for 12 epochs, on images as from `prepare` and right targets?"
    _testing.at_least(score, 0.8, "The mAP on new scenes", sd=0.014, hint=hint)


_check_detector_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS


# %%
def detect(x, network=None, smallest=0.02):
    """Return (boxes, scores, labels) for each image x, in one pass for all of them."""
    network = network or model
    grids = np.asarray(network(x))
    found = []
    for grid in grids:
        boxes, scores = from_grid(grid, x.shape[1], len(CLASSES))
        boxes, scores = np.asarray(boxes), np.asarray(scores)
        labels, best = scores.argmax(axis=1), scores.max(axis=1)
        boxes, best, labels = (part[best >= smallest] for part in (boxes, best, labels))
        kept = np.asarray(suppress_per_class(boxes, best, labels, 0.5), int)
        found.append((boxes[kept], best[kept], labels[kept]))
    return found


def detect_slowly(x):
    """Return (boxes, scores, labels) for each image x in the way of R-CNN."""
    found = []
    for image in x:
        boxes = propose(image)
        logits = np.asarray(classifier(get_features(cut_out(image, boxes))))
        scores = np.asarray(ops.softmax(logits))[:, :BACKGROUND]
        labels, best = scores.argmax(axis=1), scores.max(axis=1)
        kept = np.asarray(suppress_per_class(boxes, best, labels, 0.3), int)
        found.append((boxes[kept], best[kept], labels[kept]))
    return found


COCO = np.arange(0.5, 1, 0.05)
few = x_test[: 30 if QUICK else 150]
some = truth_test[: len(few)]
detect(few)  # the first call is slow
start = time.perf_counter()
found = detect(few)
fast = len(few) / (time.perf_counter() - start)
passes["R-CNN"], start = 0, time.perf_counter()
found_slowly = detect_slowly(few)
slow = len(few) / (time.perf_counter() - start)
print("               passes an image   images a second   mAP 0.5   mAP 0.5:0.95")
for name, each, speed, boxes in (
    ("R-CNN's way", passes["R-CNN"] / len(few), slow, found_slowly),
    ("one pass", 1, fast, found),
):
    scores = [mean_average_precision(boxes, some, t, 3) for t in ([0.5], COCO)]
    print(f"{name:>12} {each:17.0f} {speed:17.0f} {scores[0]:9.2f} {scores[1]:14.2f}")

# %% [markdown]
# The small network is faster and better here. Both have reasons: its passes are few, and it was trained
# on whole scenes, while R-CNN's convolutions are frozen and its boxes are those of the proposals.
# (R-CNN has a last step that corrects the boxes by regression, with the offsets of section 4. It is
# left out.) Precision against recall, for all classes together:


# %%
def curve(found, truth, threshold=0.5):
    """Return recall and precision after each detection, classes kept apart when matched."""
    scores, hits = [], []
    for (boxes, sure, labels), (objects, kinds) in zip(found, truth, strict=True):
        for c in range(len(CLASSES)):
            here = labels == c
            scores.append(sure[here])
            hits.append(find_hits(boxes[here], sure[here], objects[kinds == c], threshold))
    order = np.argsort(-np.concatenate(scores))
    hit = np.asarray(np.concatenate(hits), float)[order]
    total = sum(len(labels) for _, labels in truth)
    return np.cumsum(hit) / total, np.cumsum(hit) / np.arange(1, len(hit) + 1)


figures.precision_recall({"one pass": curve(found, some), "R-CNN's way": curve(found_slowly, some)})

# %%
every = detect(x_test)
for name, thresholds in {"0.5": [0.5], "0.75": [0.75], "0.9": [0.9], "0.5:0.95": COCO}.items():
    score = mean_average_precision(every, truth_test, thresholds, 3)
    print(f"mAP at IoU {name:>8}, {len(x_test)} test images: {score:.2f}")
clear = [tuple(part[scores > 0.2] for part in (b, scores, names)) for b, scores, names in every[:6]]
figures.boxes_on_images(
    x_test[:6], clear, CLASSES, "One pass finds most objects, and where they are"
)

# %% [markdown]
# The network takes larger images, too, although the sizes $w, h$ are still relative to 64 pixels. Here
# are four scenes joined to one.

# %%
from course_lib.data.synthetic.draw_crowded_scenes import draw_crowded_scenes

tiles, _ = draw_crowded_scenes(4, SIZE, np.random.default_rng(7))
wide = np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])])
grid = np.asarray(model(prepare(wide[None])))[0].copy()
for b in range(2):  # from the size of the training images to that of this one
    grid[..., 5 * b + 2 : 5 * b + 4] *= SIZE / len(wide)
boxes, scores = from_grid(grid, len(wide), len(CLASSES))
boxes, scores = np.asarray(boxes), np.asarray(scores)
labels, best = scores.argmax(axis=1), scores.max(axis=1)
boxes, best, labels = (part[best > 0.3] for part in (boxes, best, labels))
kept = np.asarray(suppress_per_class(boxes, best, labels, 0.5), int)
figures.boxes_on_images(
    wide[None],
    [(boxes[kept], best[kept], labels[kept])],
    CLASSES,
    f"{len(kept)} boxes in an image of four times the area",
)

# %% [markdown]
# ### Question 10 · `verdict` · in words
#
# About ten lines, with numbers from your tables and figures:
#
# 1. How many passes and how much time does R-CNN's way need for an image, and how many YOLO's? Name
#    two reasons for the difference in mAP that have nothing to do with speed.
# 2. Your mAP at IoU 0.5 is high, and at 0.9 it is low. What does the detector do well, and what
#    not? For which task is 0.5 enough, and for which is it not?
# 3. A flock of 30 birds, each of 4 × 4 pixels, sits on one roof. Why does YOLO's grid miss most of
#    them, whatever the training? What helps?

# %% [markdown] written="verdict"
# ### BEGIN SOLUTION
# **A model answer.** (1) R-CNN's way cuts out about 45 proposals of each image and makes one pass for
# each, and before that searches for them: 5 to 20 images a second. YOLO makes one pass and is 20 to 70
# times as fast. The difference in mAP also comes from proposals that do not fit (selective search
# has a recall below 1 at IoU 0.5, so some objects cannot be found at all), and from training: R-CNN's
# convolutions are frozen and see a window without its surroundings, YOLO's learn from whole scenes.
# (2) It finds the objects and names them, but the boxes are a pixel or two off: for an object of 12
# pixels this is an IoU of about 0.75. 0.5 is enough to count objects, or to show where to look. To
# grasp or measure an object, it is not. (3) Each cell can report as many objects as it has boxes, and
# only one class: of several objects with the centre in one cell, one is in the target. With cells of 8
# pixels, two birds next to each other share one. Suppression removes boxes that overlap, too. A finer
# grid helps (less pooling, larger images), or anchors with several scales.
#
# **Rubric, 3 points.**
#
# - 1 point: passes and time of both, and two reasons (recall of the proposals, frozen convolutions,
#   no surroundings, no box regression). Half for one of the two.
# - 1 point: finding against exact places, with both numbers, and a task for each. Half without tasks
#   or without numbers.
# - 1 point: one object (B boxes, one class) for each cell, and a remedy. Half without a remedy.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Photographs.** `data.detection("raccoon")` and `data.detection("bccd")` read real images with
#   boxes from a folder (`docs/data.md`). Blood cells touch and overlap: which threshold of the
#   suppression is best? Start from a pre-trained network, as the paper does.
# - **Your own images.** `data.read_voc_boxes` and `data.read_coco_boxes` read what annotation tools
#   write.
# - **Box regression for R-CNN.** Train a dense layer on the offsets of section 4 from the features of
#   a window. How much does the mAP at 0.75 gain?
# - **Another loss.** Replace the squared errors of the classes by a cross-entropy, and those of the
#   box by 1 - IoU. `keras.utils.bounding_boxes.compute_ciou` goes further.
#
# **Sources.** R. Girshick, J. Donahue, T. Darrell, J. Malik, *Rich feature hierarchies for accurate
# object detection and semantic segmentation*, CVPR 2014 · J. Uijlings et al., *Selective search for
# object recognition*, IJCV 2013 · R. Girshick, *Fast R-CNN*, ICCV 2015 · S. Ren, K. He, R. Girshick,
# J. Sun, *Faster R-CNN*, NeurIPS 2015 · J. Redmon, S. Divvala, R. Girshick, A. Farhadi, *You only look
# once: unified, real-time object detection*, CVPR 2016 · M. Everingham et al., *The PASCAL visual
# object classes challenge: a retrospective*, IJCV 2015 · T.-Y. Lin et al., *Microsoft COCO*, ECCV 2014.
# The text of this lab is licensed CC BY 4.0, its code MIT.
