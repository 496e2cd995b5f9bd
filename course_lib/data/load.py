"""One function for every data set."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from numbers import Integral
from typing import Any

from course_lib import profile as profiles
from course_lib.data.registry import find_dataset
from course_lib.data.sources.check_source import check_source
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Dataset, Split
from course_lib.data.sources.load_prepared import load_prepared
from course_lib.data.sources.load_real import load_real
from course_lib.data.sources.provenance import announce, announce_real, announce_stand_in
from course_lib.data.sources.suggest_stand_in import suggest_stand_in


def load(
    name: str, source: str = "auto", profile: str | None = None, seed: int = 0, **options: Any
) -> Split:
    """Load a data set as `keras.datasets` does: same shapes, dtypes and range of labels.

    Data are looked for in this order: the folder named by `COURSE_DATA`, Keras' cache
    (`KERAS_HOME`, or `~/.keras`), the network. If all fail, a small stand-in is generated in
    memory. A stand-in or a prepared folder is announced on stdout, once.

    Args:
        name: One of `NAMES`.
        source: "auto" searches as above; "real" raises an error instead of loading the stand-in;
            "offline" loads the stand-in at once. `shapes` and `dates` are always synthetic.
        profile: "quick" or "full": the size of the stand-in. Default:
            `course_lib.profile.current()`. A real set is always complete.
        seed: Seed of the stand-in, an integer, 0 or larger. Another seed gives other examples of
            the same classes. Real data do not depend on it.
        **options: As for `keras.datasets.NAME.load_data`: `label_mode` for `cifar100`;
            `num_words`, `skip_top`, `maxlen`, `start_char`, `oov_char` and `index_from` for `imdb`
            and `reuters`; `test_split` for `reuters` and the housing sets; `version` for
            `california_housing`. Keras' `path` and `seed` are not among them: files have fixed
            places, and real data are always shuffled with Keras' default.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, NumPy arrays; the module of each set in
        `course_lib/data/sets` describes them.

    Raises:
        ValueError: Unknown name, source or profile, or a negative seed.
        TypeError: The set does not have that option.
        DataError: `source="real"` and the data cannot be loaded, or `COURSE_DATA` is damaged.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load("shapes", profile="quick")
        >>> x_train.shape, x_train.dtype
        ((2000, 28, 28), dtype('uint8'))
    """
    dataset = find_dataset(name)
    check_source(source)
    if not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"seed is {seed!r}: it should be an integer, 0 or larger")
    size = dataset.sizes[profiles.resolve(profile)]
    options = _complete_options(dataset, options)
    reason = 'source="offline" asks for it'
    if source != "offline":
        prepared = load_prepared(dataset, options)
        if prepared is not None:
            split, path = prepared
            announce(name, str(path), f"{name} is prepared data from {path}")
            return split
        if dataset.files:
            try:
                split = load_real(dataset, options)
                announce_real(name)
                return split
            except DataError as error:
                if source == "real":
                    raise
                reason = f'{error.what} (load("{name}", source="real") says what to do)'
        elif dataset.is_real:
            missing = DataError(
                f"there is no prepared file {dataset.text_file}",
                f"Download it from {dataset.page} into a folder, and set COURSE_DATA to that folder"
                f"\n{suggest_stand_in(name)}",
            )
            if source == "real":
                raise missing
            reason = f'{missing.what} (load("{name}", source="real") says what to do)'
    # A copy, because the caller may write into the arrays.
    split = deepcopy(_generate(name, size, int(seed), tuple(options.items())))
    if dataset.is_real:
        announce_stand_in(name, dataset.made_of, reason)
    return split


@lru_cache(maxsize=2)
def _generate(
    name: str, size: tuple[int, int], seed: int, options: tuple[tuple[str, Any], ...]
) -> Split:
    """Generate the stand-in once per process: a lab and its tests load the same set repeatedly."""
    return find_dataset(name).stand_in(*size, seed, **dict(options))


def _complete_options(dataset: Dataset, options: dict[str, Any]) -> dict[str, Any]:
    for option in options:
        if option not in dataset.options:
            known = ", ".join(dataset.options) or "none"
            raise TypeError(
                f"{dataset.name} has no option {option!r}; it has: {known} "
                "(and every set: source, profile, seed)"
            )
    if not 0 < options.get("test_split", 0.5) < 1:
        raise ValueError(f"test_split is {options['test_split']}; it should be in (0, 1)")
    return {**dataset.options, **options}
