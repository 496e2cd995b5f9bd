"""What the data sets of texts have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_lib.data.sources.dataset import Dataset, Split
from course_lib.data.sources.encode_texts import OPTIONS, encode_texts
from course_lib.data.sources.keras_file import KerasFile

# Texts as lists of ranks, and their labels.
Texts = tuple[list[list[int]], np.ndarray]


def text_dataset(
    name: str,
    *,
    page: str,
    made_of: str,
    class_names: tuple[str, ...],
    sizes: Mapping[str, tuple[int, int]],
    generate: Callable[[int, np.random.Generator], Texts],
    salt: int,
    word_ranks: Callable[[], dict[str, int]],
    digest: str,
    word_digest: str,
    unpack: Callable[..., Split],
    test_split: float | None = None,
) -> Dataset:
    """Describe a data set of texts, stored as lists of word ranks.

    Args:
        name: As in `load(name)`; the files of Keras are `NAME.npz` and `NAME_word_index.json`.
        page: Where to read about the real set.
        made_of: What the stand-in is, in a few words.
        class_names: Names of the classes in the order of the labels.
        sizes: Numbers of training and test texts in the stand-in, by profile.
        generate: `generate(n, rng)` returns n texts as lists of ranks, and their labels `(n,)`.
        salt: As for `Dataset`.
        word_ranks: Returns the words of the stand-in with their ranks, 1 for the most frequent.
        digest: sha256 of `NAME.npz`.
        word_digest: md5 of `NAME_word_index.json`.
        unpack: As for `Dataset`.
        test_split: Keras' default share of test texts; None if the set has a test set of its own.
    """

    return Dataset(
        name=name,
        page=page,
        made_of=made_of,
        shape=None,
        dtype="object",
        label_dtype="int64",
        class_names=class_names,
        sizes=sizes,
        generate=_make_generator(generate, test_split),
        salt=salt,
        files=(KerasFile.from_google(f"{name}.npz", digest),),
        options=OPTIONS if test_split is None else {**OPTIONS, "test_split": test_split},
        unpack=unpack,
        word_ranks=word_ranks,
        word_file=KerasFile.from_google(f"{name}_word_index.json", word_digest),
    )


def _make_generator(
    generate: Callable[[int, np.random.Generator], Texts], own_split: float | None
) -> Callable[..., Split]:
    """Return a function that generates both sets, in the sizes that Keras' options ask for."""

    def generate_encoded(
        train: int,
        test: int,
        rng: np.random.Generator,
        test_split: float | None = own_split,
        **options: Any,
    ) -> Split:
        if test_split is not None and test_split != own_split:
            texts = train + test
            train = int(texts * (1 - test_split))
            test = texts - train
        training_set, test_set = encode_texts([generate(n, rng) for n in (train, test)], **options)
        return training_set, test_set

    return generate_encoded
