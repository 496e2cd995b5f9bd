"""Annotations are read from text that may come from anyone."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.engine.wire.annotations import describe_annotation, read_annotation


@pytest.mark.parametrize(
    "annotation",
    [
        typing.List[int],  # noqa: UP006
        typing.Optional[str],  # noqa: UP045
        int | None,
        typing.Callable[[int], str],  # noqa: UP006
        Callable[[int, str], bool],
        tuple[int, ...],
        dict[str, np.ndarray],
        typing.Literal["a", 1],
        Any,
    ],
    ids=str,
)
def test_an_annotation_is_the_same_on_the_other_side(annotation: Any) -> None:
    text = describe_annotation(annotation)
    assert text is not None and read_annotation(text) == annotation


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "typing.sys.modules",
        "builtins.exec",
        "os.path",
        "numpy.load",
        "(lambda: 0)()",
        "list[" * 90 + "]" * 90,
        "int" + " | int" * 999,
        "\0",
    ],
    ids=range(9),
)
def test_text_that_names_no_type_is_refused(text: str) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011
        assert isinstance(read_annotation(text), str)
