"""The data sets by name. A new one needs a module in `sets` and its name here."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Any

from course_lib.data.sources.corpus_set import CorpusSet
from course_lib.data.sources.dataset import Dataset
from course_lib.data.sources.detection_set import DetectionSet
from course_lib.data.sources.photograph_set import PhotographSet
from course_lib.data.sources.segmentation_set import SegmentationSet
from course_lib.data.sources.series_set import SeriesSet

NAMES = (
    "mnist",
    "fashion_mnist",
    "cifar10",
    "cifar100",
    "imdb",
    "reuters",
    "boston_housing",
    "california_housing",
    "shapes",
    "short_reviews",
    "opinions",
    "dates",
    "sentence_pairs",
)
PHOTOGRAPH_NAMES = (
    "cats_vs_dogs",
    "flowers",
    "pets",
)
SEGMENTATION_NAMES = (
    "cells",
    "nuclei",
)
DETECTION_NAMES = (
    "scenes",
    "raccoon",
    "bccd",
)
SERIES_NAMES = (
    "sunspots",
    "temperatures",
)
CORPUS_NAMES = (
    "python_help",
    "shakespeare",
)
ALL_NAMES = (
    NAMES + PHOTOGRAPH_NAMES + SEGMENTATION_NAMES + DETECTION_NAMES + SERIES_NAMES + CORPUS_NAMES
)


def find_dataset(name: str) -> Dataset:
    """Return the description of a data set.

    Args:
        name: One of `NAMES`.

    Raises:
        ValueError: No data set has that name; the message suggests a similar one.

    Example:
        >>> find_dataset("mnist").class_names[:3]
        ('0', '1', '2')
        >>> find_dataset("minst")
        Traceback (most recent call last):
        ...
        ValueError: There is no data set 'minst'. Did you mean "mnist"? There are: mnist, \
fashion_mnist, cifar10, cifar100, imdb, reuters, boston_housing, california_housing, shapes, \
short_reviews, opinions, dates, sentence_pairs
    """
    if name not in NAMES:
        similar = get_close_matches(str(name).lower().replace("-", "_"), NAMES, n=1)
        hint = f' Did you mean "{similar[0]}"?' if similar else ""
        raise ValueError(f"There is no data set {name!r}.{hint} There are: {', '.join(NAMES)}")
    return import_module(f"course_lib.data.sets.{name}").DATASET


def find_photographs(name: str) -> PhotographSet:
    """Return the description of a set of photographs.

    Args:
        name: One of `PHOTOGRAPH_NAMES`.

    Raises:
        ValueError: No set has that name.

    Example:
        >>> find_photographs("cats_vs_dogs").class_names
        ('cat', 'dog')
    """
    return _import_set(name, PHOTOGRAPH_NAMES, "There are no photographs").PHOTOGRAPHS


def find_segmentation(name: str) -> SegmentationSet:
    """Return the description of a set of images with a label for every pixel.

    Args:
        name: One of `SEGMENTATION_NAMES`.

    Raises:
        ValueError: No set has that name.

    Example:
        >>> find_segmentation("cells").name
        'cells'
    """
    return _import_set(name, SEGMENTATION_NAMES, "There are no images with masks").SEGMENTATION


def find_detection(name: str) -> DetectionSet:
    """Return the description of a set of images with boxes.

    Args:
        name: One of `DETECTION_NAMES`.

    Raises:
        ValueError: No set has that name.

    Example:
        >>> find_detection("bccd").class_names
        ('RBC', 'WBC', 'Platelets')
    """
    return _import_set(name, DETECTION_NAMES, "There are no images with boxes").DETECTION


def find_series(name: str) -> SeriesSet:
    """Return the description of a time series.

    Args:
        name: One of `SERIES_NAMES`.

    Raises:
        ValueError: No series has that name.

    Example:
        >>> find_series("temperatures").unit
        '°C'
    """
    return _import_set(name, SERIES_NAMES, "There is no series").SERIES


def find_corpus(name: str) -> CorpusSet:
    """Return the description of a corpus.

    Args:
        name: One of `CORPUS_NAMES`.

    Raises:
        ValueError: No corpus has that name.

    Example:
        >>> find_corpus("python_help").name
        'python_help'
    """
    return _import_set(name, CORPUS_NAMES, "There is no corpus").CORPUS


def _import_set(name: str, names: tuple[str, ...], problem: str) -> Any:
    """Return the module of a set; `problem` begins the message for a name that is not known."""
    if name not in names:
        raise ValueError(f"{problem} {name!r}. There are: {', '.join(names)}")
    return import_module(f"course_lib.data.sets.{name}")
