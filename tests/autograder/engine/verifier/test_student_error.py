"""A student's exceptions as the tests see them."""

from __future__ import annotations

import pytest

from autograder.engine.verifier.student_error import make_student_error


@pytest.mark.parametrize(
    ("names", "kind", "text"),
    [
        (["ValueError", "Exception"], ValueError, "bad"),
        (["LinAlgError", "ValueError", "Exception"], ValueError, "LinAlgError: bad"),
        (["Mine", "Exception", "BaseException"], RuntimeError, "Mine: bad"),
        (["StopIteration", "Exception"], RuntimeError, "StopIteration: bad"),
        (["SystemExit", "BaseException"], SystemExit, "bad"),
        (["GeneratorExit", "BaseException"], RuntimeError, "GeneratorExit: bad"),
        (["UnicodeDecodeError", "ValueError"], ValueError, "UnicodeDecodeError: bad"),
        (["open"], RuntimeError, "open: bad"),
        ([5, None], RuntimeError, "exception: bad"),
        ("no list", RuntimeError, "exception: bad"),
    ],
)
def test_the_first_built_in_exception_among_its_bases(
    names: object, kind: type[Exception], text: str
) -> None:
    error = make_student_error(names, "bad")
    assert type(error) is kind and str(error) == text


def test_a_message_that_is_not_a_string_is_left_out() -> None:
    assert str(make_student_error(["ValueError"], ["x"])) == ""
