"""Images with boxes: synthetic scenes, prepared folders in three formats."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from course_lib.data import DataError, box_iou, detection, read_coco_boxes, read_voc_boxes
from course_lib.data.sources.read_box_table import COLUMNS, read_box_table
from course_lib.data.synthetic.draw_crowded_scenes import draw_crowded_scenes

BOXES = {"0.png": [("RBC", 1, 2, 11, 12)], "1.png": [("WBC", 0, 0, 30, 20), ("RBC", 5, 5, 9, 8)]}


@pytest.mark.parametrize("size", [32, 64, 97])
def test_objects_are_inside_and_two_to_five_of_them(size):
    images, truth = draw_crowded_scenes(60, size, np.random.default_rng(size))
    assert images.shape == (60, size, size, 3)
    for boxes, labels in truth:
        assert 1 <= len(boxes) == len(labels) <= 5
        assert boxes.min() >= 0 and boxes.max() <= size
        assert (boxes[:, 2:] - boxes[:, :2]).min() > 0.1 * size


def test_some_boxes_overlap_and_none_is_hidden():
    _, truth = draw_crowded_scenes(200, 64, np.random.default_rng(1))
    overlaps = [np.triu(box_iou(boxes, boxes), 1).max() for boxes, _ in truth]
    assert np.mean(np.array(overlaps) > 0.05) > 0.1 and max(overlaps) < 0.35


def test_an_object_differs_from_what_is_around_it():
    images, truth = draw_crowded_scenes(40, 64, np.random.default_rng(2), classes=1)
    for image, (boxes, _) in zip(images.astype(float), truth, strict=True):
        left, top, right, bottom = boxes[-1].round().astype(int)  # the one in front
        inside = image[top + 3 : bottom - 3, left + 3 : right - 3].mean(axis=(0, 1))
        assert np.abs(inside - np.median(image, axis=(0, 1))).max() > 20


def test_same_seed_same_scenes():
    first, second, other = (
        detection("scenes", size=32, profile="quick", seed=seed) for seed in (4, 4, 5)
    )
    assert np.array_equal(first[0][0], second[0][0])
    assert np.array_equal(first[1][1][3][0], second[1][1][3][0])
    assert not np.array_equal(first[0][0], other[0][0])


def test_number_of_classes():
    (_, truth), _ = detection("raccoon", "offline", size=32, profile="quick")
    assert {int(label) for _, labels in truth for label in labels} == {0}


def _write_table(folder):
    lines = [
        f"{part},{file},30,20,{','.join(map(str, row))}"
        for part in ("train", "test")
        for file, rows in BOXES.items()
        for row in rows
    ]
    (folder / "boxes.csv").write_text("\n".join([",".join(COLUMNS), *lines]) + "\n")


def _write_coco(folder):
    for part in ("train", "test"):
        images = [
            {"id": n, "file_name": file, "width": 30, "height": 20} for n, file in enumerate(BOXES)
        ]
        names = {"RBC": 4, "WBC": 9}
        annotations = [
            {"image_id": n, "category_id": names[name], "bbox": [x, y, right - x, bottom - y]}
            for n, rows in enumerate(BOXES.values())
            for name, x, y, right, bottom in rows
        ]
        annotations.append({**annotations[0], "iscrowd": 1, "bbox": [0, 0, 1, 1]})
        categories = [{"id": number, "name": name} for name, number in names.items()]
        content = {"images": images, "annotations": annotations, "categories": categories}
        (folder / part / "all.json").write_text(json.dumps(content))


def _write_voc(folder):
    for part in ("train", "test"):
        for file, rows in BOXES.items():
            found = "".join(
                f"<object><name>{name}</name><bndbox><xmin>{x + 1}</xmin><ymin>{y + 1}</ymin>"
                f"<xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
                for name, x, y, right, bottom in rows
            )
            size = "<size><width>30</width><height>20</height><depth>3</depth></size>"
            xml = f"<annotation><filename>{file}</filename>{size}{found}</annotation>"
            (folder / part / file).with_suffix(".xml").write_text(xml)


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Prepare two images of 30 × 20 pixels in each part, without their boxes."""
    for part in ("train", "test"):
        (tmp_path / "bccd" / part).mkdir(parents=True)
        for file in BOXES:
            Image.new("RGB", (30, 20), "red").save(tmp_path / "bccd" / part / file)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    return tmp_path / "bccd"


@pytest.mark.parametrize("write", [_write_table, _write_coco, _write_voc])
def test_three_formats_hold_the_same(prepared, write, capsys):
    write(prepared)
    (x, truth), (_, truth_test) = detection("bccd", "real", size=60)
    assert x.shape == (2, 60, 60, 3) and np.all(x == [255, 0, 0])
    for split in (truth, truth_test):
        assert split[0][0].tolist() == [[2, 6, 22, 36]]  # twice as wide, three times as high
        assert split[1][0].tolist() == [[0, 0, 60, 60], [10, 15, 18, 24]]
        assert split[0][1].tolist() == [0] and split[1][1].tolist() == [1, 0]
    assert f"prepared data from {prepared}" in capsys.readouterr().out


def test_an_image_without_an_object(prepared):
    (prepared / "boxes.csv").write_text(
        ",".join(COLUMNS) + "\ntrain,0.png,30,20,,,,,\ntest,1.png,30,20,RBC,1,2,3,4\n"
    )
    (x, truth), _ = detection("bccd", size=20)
    assert len(x) == 1 and truth[0][0].shape == (0, 4) and truth[0][1].shape == (0,)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda f: (f / "test/1.png").unlink(), "1.png cannot be read as an image"),
        (lambda f: (f / "boxes.csv").write_text("file,class\n"), "has no column 'split'"),
        (lambda f: _replace(f, "1,2,11,12", "1,2,31,12"), "is empty or outside the image of 30"),
        (lambda f: _replace(f, "1,2,11,12", "11,2,11,12"), "is empty or outside"),
        (lambda f: _replace(f, "1,2,11,12", "1,2,?,12"), "a number of 0.png cannot be read"),
        (lambda f: _replace(f, "WBC", "cat"), "a box of the class 'cat'"),
        (lambda f: _replace(f, ",30,20,", ",40,20,"), "its boxes are for 40 × 20"),
        (lambda f: (f / "boxes.csv").unlink(), "has no boxes for train"),
    ],
    ids=["no image", "no column", "outside", "empty", "no number", "class", "size", "no boxes"],
)
def test_a_faulty_folder_is_explained(prepared, spoil, reason):
    _write_table(prepared)
    spoil(prepared)
    with pytest.raises(DataError, match=reason):
        detection("bccd", size=20)


def _replace(folder, old, new):
    path = folder / "boxes.csv"
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize("content", ["", "[]", '{"images": []}', "{", '{"categories": [1]}'])
def test_a_faulty_json_file_is_explained(tmp_path, content):
    path = tmp_path / "all.json"
    path.write_text(content)
    with pytest.raises(DataError, match="all.json"):
        read_coco_boxes(path)


@pytest.mark.parametrize(
    "content", ["", "<a>", "<annotation/>", "<annotation><object/></annotation>"]
)
def test_a_faulty_xml_file_is_explained(tmp_path, content):
    path = tmp_path / "1.xml"
    path.write_text(content)
    with pytest.raises(DataError, match="1.xml"):
        read_voc_boxes(path)


def test_a_stand_in_is_announced_and_scenes_are_not(capsys):
    detection("bccd", size=16, profile="quick")
    detection("scenes", size=16, profile="quick")
    out = capsys.readouterr().out
    assert out.count("STAND-IN") == 1 and "bccd is a STAND-IN" in out


def test_real_images_without_a_folder_are_an_error():
    with pytest.raises(DataError, match="no prepared folder COURSE_DATA/raccoon"):
        detection("raccoon", "real")


def test_unknown_names_are_explained():
    with pytest.raises(ValueError, match="no images with boxes 'scene'"):
        detection("scene")


def test_overlap_of_boxes_that_touch_or_lie_apart():
    box = np.array([[4.0, 4, 8, 8]])
    others = box + np.array([[4, 0, 4, 0], [4, 4, 4, 4], [-9, -9, -9, -9], [9, -9, 9, -9]])
    assert box_iou(box, others).tolist() == [[0, 0, 0, 0]]
    assert box_iou(box, box / 2).tolist() == [[0]]
    assert box_iou(np.zeros((0, 4)), box).shape == (0, 1)
    assert box_iou([[1, 1, 1, 1]], [[1, 1, 1, 1]]).tolist() == [[0]]


def test_real_boxes(real_data, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(real_data))
    splits = read_box_table(real_data / "bccd" / "boxes.csv")
    assert sum(len(one.boxes) for split in splits.values() for one in split) == 4886
    (x, truth), (x_test, truth_test) = detection("raccoon", "real", size=32)
    assert x.shape == (160, 32, 32, 3) and x_test.shape == (40, 32, 32, 3)
    assert sum(len(boxes) for boxes, _ in truth + truth_test) == 217
