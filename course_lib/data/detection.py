"""Images with a box around each object: scenes, raccoons, blood cells."""

from __future__ import annotations

import numpy as np

from course_lib import profile as profiles
from course_lib.data.registry import find_detection
from course_lib.data.sources.check_source import check_source
from course_lib.data.sources.find_prepared import find_prepared
from course_lib.data.sources.load_prepared_boxes import Part, load_prepared_boxes
from course_lib.data.sources.provenance import announce, announce_stand_in
from course_lib.data.synthetic.draw_crowded_scenes import draw_crowded_scenes


def detection(
    name: str,
    source: str = "auto",
    size: int = 64,
    profile: str | None = None,
    seed: int = 0,
) -> tuple[Part, Part]:
    """Load images with a box around each object.

    Real images are looked for in a prepared folder, `COURSE_DATA/NAME/train/*.jpg` and `…/test`,
    with `COURSE_DATA/NAME/boxes.csv`, COCO's JSON or PASCAL VOC's XML. Without them, synthetic
    scenes are drawn in memory. A stand-in or a prepared folder is announced on stdout, once.
    `scenes` are always synthetic.

    Args:
        name: "scenes", "raccoon" or "bccd".
        source: "auto" searches as above; "real" raises an error instead of loading the stand-in;
            "offline" draws the stand-in at once.
        size: Height and width of the images in pixels. Real images are scaled.
        profile: "quick" or "full": the number of synthetic images. Default:
            `course_lib.profile.current()`. A real set is always complete.
        seed: Seed of the synthetic images, an integer, 0 or larger.

    Returns:
        `(x_train, truth_train), (x_test, truth_test)`: `x` uint8 `(n, size, size, 3)`; `truth` is
        a list with one tuple for each image: boxes, float32 `(objects, 4)`, "xyxy" (left, top,
        right, bottom) in pixels, and labels, int64 `(objects,)`. `class_names` names the labels.

    Raises:
        ValueError: Unknown name, source or profile.
        DataError: The prepared folder is damaged, or it is missing and `source` is "real".

    Example:
        >>> (x_train, truth), _ = detection("scenes", size=32, profile="quick")
        >>> boxes, labels = truth[0]
        >>> x_train.shape, boxes.shape[1], len(boxes) == len(labels)
        ((600, 32, 32, 3), 4, True)
    """
    data = find_detection(name)
    check_source(source)
    sizes = data.sizes[profiles.resolve(profile)]
    advice = (
        f"Get the images ({data.page}), put them into DIR/{name}/train and "
        f"DIR/{name}/test, their boxes into DIR/{name}/boxes.csv, and set COURSE_DATA=DIR."
    )
    folder, reason = find_prepared(name, data.page, source, advice)
    if folder is not None:
        split = load_prepared_boxes(data, folder, size)
        announce(name, str(folder), f"{name} is prepared data from {folder}")
        return split
    rng = np.random.default_rng([seed, size])
    classes = len(data.class_names)
    train, test = (draw_crowded_scenes(n, size, rng, classes) for n in sizes)
    if data.page:
        announce_stand_in(name, data.made_of, reason)
    return train, test
