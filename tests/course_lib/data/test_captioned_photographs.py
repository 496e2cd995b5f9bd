"""Captioned photographs: a prepared folder, and what is wrong with one."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib.data import DataError, captioned_photographs

ROOT = Path(__file__).parents[3]
REAL = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data"))
HEADER = "split,file,n,caption\n"
ROWS = 'train,a.jpg,0,"A dog , running ."\ntrain,a.jpg,1,A brown dog\ntest,b.jpg,0,Two cats .\n'


@pytest.fixture
def prepare(tmp_path, monkeypatch):
    def write(table=HEADER + ROWS, images=("a.jpg", "b.jpg")):
        folder = tmp_path / "flickr8k"
        (folder / "images").mkdir(parents=True)
        (folder / "captions.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
        for name in images:
            Image.new("RGB", (60, 40), (200, 10, 10)).save(folder / "images" / name)
        monkeypatch.setenv("COURSE_DATA", str(tmp_path))
        return folder

    return write


def test_a_prepared_folder_is_read(prepare):
    prepare()
    train, test = captioned_photographs(size=32)
    assert train.images.shape == (1, 32, 32, 3) and train.images.dtype == "uint8"
    assert train.captions == [["a dog running", "a brown dog"]]
    assert test.captions == [["two cats"]] and test.scenes == [[]]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("file,caption\na.jpg,A dog\n", "has no column 'split'"),
        (HEADER + "train,a.jpg,0,A dog\n", "no captions with the split 'test'"),
        (HEADER + "dev,a.jpg,0,A dog\n", "line 2"),
        (HEADER.encode() + b"train,a.jpg,0,\xff\xfe\n", "cannot be read"),
        (HEADER + ROWS + "test,c.jpg,0,A bird\n", "c.jpg cannot be read as an image"),
    ],
    ids=["column", "split", "other-split", "encoding", "image"],
)
def test_a_damaged_folder_is_explained(prepare, table, message):
    prepare(table)
    with pytest.raises(DataError, match=message):
        captioned_photographs(size=16)


def test_a_missing_folder_is_explained(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="captioned_scenes"):
        captioned_photographs()


@pytest.mark.skipif(
    not (REAL / "flickr8k" / "captions.csv").is_file(), reason="no flickr8k in COURSE_TEST_DATA"
)
def test_real_photographs_are_read(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(REAL))
    train, test = captioned_photographs(size=24)
    assert len(train.images) == len(train.captions) > len(test.images) > 0
    assert all(len(captions) == 5 for captions in test.captions)
    assert np.unique(train.images).size > 200
