"""What the data sets of tables have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from course_lib.data.sources.dataset import Dataset, Examples, Split
from course_lib.data.sources.keras_file import KerasFile
from course_lib.data.sources.split_table import split_table


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
    """

    def generate_both(train: int, test: int, rng: np.random.Generator) -> Split:
        return generate(train, rng), generate(test, rng)

    return Dataset(
        name=name,
        page=f"https://keras.io/api/datasets/{name}/",
        made_of=made_of,
        shape=(len(columns),),
        dtype=dtype,
        label_dtype=dtype,
        class_names=None,
        sizes=sizes,
        generate=generate_both,
        salt=salt,
        files=(KerasFile.from_google(f"{name}.npz", digest),),
        unpack=split_table,
    )
