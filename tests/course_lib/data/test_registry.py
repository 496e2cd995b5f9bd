"""The registry has every module in `sets`, and nothing else."""

import pkgutil
from types import ModuleType

import pytest

from course_lib import data
from course_lib.data import sets
from course_lib.data.registry import (
    ALL_NAMES,
    CORPUS_NAMES,
    DETECTION_NAMES,
    NAMES,
    PHOTOGRAPH_NAMES,
    SEGMENTATION_NAMES,
    SERIES_NAMES,
    find_corpus,
    find_dataset,
    find_detection,
    find_photographs,
    find_segmentation,
    find_series,
)


def test_every_module_is_registered():
    modules = {module.name for module in pkgutil.iter_modules(sets.__path__)}
    assert modules == set(ALL_NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_dataset_is_named_after_its_module(name):
    assert find_dataset(name).name == name
    assert isinstance(getattr(data, name), ModuleType)


@pytest.mark.parametrize("name", PHOTOGRAPH_NAMES)
def test_photographs_are_named_after_their_module(name):
    assert find_photographs(name).name == name


@pytest.mark.parametrize("name", SEGMENTATION_NAMES)
def test_segmentation_sets_are_named_after_their_module(name):
    assert find_segmentation(name).name == name


@pytest.mark.parametrize("name", DETECTION_NAMES)
def test_sets_with_boxes_are_named_after_their_module(name):
    assert find_detection(name).name == name


@pytest.mark.parametrize("name", SERIES_NAMES)
def test_series_are_named_after_their_module(name):
    assert find_series(name).name == name


@pytest.mark.parametrize("name", CORPUS_NAMES)
def test_corpora_are_named_after_their_module(name):
    assert find_corpus(name).name == name


def test_unknown_attribute_is_explained():
    with pytest.raises(AttributeError, match="has no attribute 'cifar11'"):
        data.cifar11  # noqa: B018
