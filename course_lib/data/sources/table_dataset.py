"""What the data sets of tables have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from course_lib.data.sources.dataset import Dataset, Examples, Split
from course_lib.data.sources.keras_file import KerasFile
from course_lib.data.sources.split_table import SMALL, split_table

TEST_SPLIT = 0.2  # the default of Keras


def table_dataset(
    name: str,
    *,
    made_of: str,
    columns: tuple[str, ...],
    dtype: str,
    sizes: Mapping[str, tuple[int, int]],
    generate: Callable[[int, np.random.Generator], Examples],
    salt: int,
    digest: str,
    versions: tuple[str, ...] = (),
) -> Dataset:
    """Describe a data set of a table with one quantity to predict.

    Args:
        name: As in `load(name)`; the file of Keras is `NAME.npz`.
        made_of: What the stand-in is, in a few words.
        columns: Names of the columns of `x`.
        dtype: The dtype of `x` and `y`.
        sizes: Numbers of training and test rows in the stand-in, by profile.
        generate: `generate(n, rng)` returns `x` `(n, columns)` and `y` `(n,)`.
        salt: As for `Dataset`.
        digest: sha256 of `NAME.npz`.
        versions: What `version` may be, the default first; empty if the set has no versions.
    """

    options: dict[str, object] = {"test_split": TEST_SPLIT}
    if versions:
        options["version"] = versions[0]

    return Dataset(
        name=name,
        page=f"https://keras.io/api/datasets/{name}/",
        made_of=made_of,
        shape=(len(columns),),
        dtype=dtype,
        label_dtype=dtype,
        class_names=None,
        sizes=sizes,
        generate=_make_generator(generate, versions),
        salt=salt,
        files=(KerasFile.from_google(f"{name}.npz", digest),),
        options=MappingProxyType(options),
        unpack=split_table,
    )


def _quote(names: tuple[str, ...]) -> str:
    return " or ".join(f'"{name}"' for name in names)


def _make_generator(
    generate: Callable[[int, np.random.Generator], Examples], versions: tuple[str, ...]
) -> Callable[..., Split]:
    """Return a function that generates both sets, in the sizes that Keras' options ask for."""

    def generate_both(
        train: int,
        test: int,
        rng: np.random.Generator,
        test_split: float = TEST_SPLIT,
        version: str = "large",
    ) -> Split:
        if versions and version not in versions:
            raise ValueError(f"version is {version!r}: write {_quote(versions)}")
        rows = SMALL if version == "small" else train + test
        if test_split != TEST_SPLIT or version == "small":
            train = int(rows * (1 - test_split))
        return generate(train, rng), generate(rows - train, rng)

    return generate_both
