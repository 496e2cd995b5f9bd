"""One way to every data set."""

from __future__ import annotations

from copy import deepcopy
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from numbers import Integral

from course_lib import profile as profiles
from course_lib.data.dataset import Dataset
from course_lib.data.errors import DataError
from course_lib.data.keras_cache import load_real
from course_lib.data.prepared import load_prepared
from course_lib.data.provenance import announce

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
)
SOURCES = ("auto", "real", "offline")


def load(name, source="auto", profile=None, seed=0, **options):
    """Return a data set as ``keras.datasets`` does: same shapes, dtypes and label range.

    Looked for in this order: the folder named by ``COURSE_DATA``, Keras' cache
    (``KERAS_HOME``, else ``~/.keras``), the network; and where there is none of them, a small
    stand-in is made in memory. What is not the real set, or comes from a prepared folder, is
    announced on stdout, once.

    Args:
        name: one of ``NAMES``.
        source: ``"auto"`` (default) as above; ``"real"``: an error instead of the stand-in;
            ``"offline"``: the stand-in, without looking further. ``shapes`` is always drawn.
        profile: ``"quick"`` or ``"full"``: how many examples the stand-in has; default
            ``course_lib.profile.current()``. A real set is always whole.
        seed: integer, 0 or larger; another draw of the stand-in, from the same classes. Real
            data does not change with it.
        **options: what ``keras.datasets.NAME.load_data`` takes: ``label_mode`` for ``cifar100``;
            ``num_words``, ``skip_top``, ``maxlen``, ``start_char``, ``oov_char`` and
            ``index_from`` for ``imdb`` and ``reuters``.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``, numpy arrays; each set's own file in this folder
        says which.

    Raises:
        ValueError: unknown name, source or profile, or a negative seed.
        TypeError: an option that the set does not have.
        DataError: ``source="real"`` and the data cannot be had, or ``COURSE_DATA`` is broken.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load("shapes", profile="quick")
        >>> x_train.shape, x_train.dtype
        ((2000, 28, 28), dtype('uint8'))
    """
    dataset = find(name)
    if source not in SOURCES:
        raise ValueError(f'source is {source!r}: write "auto", "real" or "offline"')
    if not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"seed is {seed!r}: it should be an integer, 0 or larger")
    size = dataset.sizes[profiles.checked(profile)]
    options = {**dataset.options, **_known(options, dataset)}

    why = 'it was asked for, source="offline"'
    if source != "offline":
        prepared = load_prepared(dataset, options)
        if prepared is not None:
            split, path = prepared
            announce(name, str(path), f"{name} is prepared data from {path}")
            return split
        if dataset.files:
            try:
                return load_real(dataset, options)
            except DataError as error:
                if source == "real":
                    raise
                why = f'{error.what} (load("{name}", source="real") says what to do)'
    if dataset.files:
        announce(
            name,
            "stand-in",
            f"{name} is a STAND-IN ({dataset.made_of}), not the real set: {why}. "
            "Figures from it are not figures of the real set.",
        )
    # A copy, for who loads a set may write into it.
    return deepcopy(_drawn(name, size, int(seed), tuple(options.items())))


@lru_cache(maxsize=2)
def _drawn(name, size, seed, options):
    """The stand-in, drawn once a process: a lab and its tests load the same set several times."""
    return find(name).stand_in(*size, seed, **dict(options))


def find(name) -> Dataset:
    """Return what is known about the data set ``name``.

    Raises:
        ValueError: there is none; names the one that was probably meant.

    Example:
        >>> find("mnist").classes[:3]
        ('0', '1', '2')
        >>> find("minst")
        Traceback (most recent call last):
        ...
        ValueError: There is no data set 'minst'. Did you mean "mnist"? There are: mnist, \
fashion_mnist, cifar10, cifar100, imdb, reuters, boston_housing, california_housing, shapes
    """
    if name not in NAMES:
        near = get_close_matches(str(name).lower().replace("-", "_"), NAMES, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        raise ValueError(f"There is no data set {name!r}.{meant} There are: {', '.join(NAMES)}")
    return import_module(f"course_lib.data.{name}").DATASET


def class_names(name) -> tuple[str, ...]:
    """Return the names of the classes of ``name`` in the order of their labels.

    Raises:
        ValueError: there is no such set, or its labels are quantities.

    Example:
        >>> class_names("shapes")
        ('square', 'circle', 'triangle')
    """
    classes = find(name).classes
    if classes is None:
        raise ValueError(f"{name} has no classes: its labels are prices")
    return classes


def _known(options, dataset):
    for option in options:
        if option not in dataset.options:
            has = ", ".join(dataset.options) or "none"
            raise TypeError(
                f"{dataset.name} has no option {option!r}; it has: {has} "
                "(and every set: source, profile, seed)"
            )
    return options
