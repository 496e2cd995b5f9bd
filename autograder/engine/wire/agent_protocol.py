"""What the trusted side asks a student's kernel, and the forms of the answers.

A question is a tuple of an operation and its arguments, an answer a tuple of a reply and its
content, both encoded by the codec. Answers are the student's: they are checked before use.
"""

from __future__ import annotations

from typing import Any

from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.string_enum import StringEnum


class Operation(StringEnum):
    """What the trusted side can ask; a `number` is that of a handle."""

    GET = "get"  # name
    CALL = "call"  # number, arguments, keyword arguments
    ATTRIBUTE = "attribute"  # number, name
    ITEM = "item"  # number, key
    ITERATE = "iterate"  # number
    NEXT = "next"  # number
    FORGET = "forget"


class Reply(StringEnum):
    """How the kernel can answer."""

    VALUE = "value"  # the value
    MISSING = "missing"  # no such name
    LAST = "last"  # the iterator has no further item
    RAISED = "raised"  # names of the exception's classes, message


class ValueKind(StringEnum):
    """Kinds of values that cross as an `Extension`."""

    HANDLE = "handle"
    RANGE = "range"
    SLICE = "slice"
    ELLIPSIS = "ellipsis"
    DTYPE = "dtype"
    OBJECT_ARRAY = "object_array"
    TEXT = "text"
    MODULE = "module"
    FRAME = "frame"
    SERIES = "series"
    HISTORY = "history"
    TENSOR = "tensor"
    MODEL = "model"
    KERAS = "keras"


class HandleKind(StringEnum):
    """Kinds of objects that a handle stands for."""

    FUNCTION = "function"
    CLASS = "class"
    CALLABLE = "callable"
    ITERATOR = "iterator"
    OBJECT = "object"
    LAYER = "layer"
    MODEL = "model"
    SEQUENTIAL = "sequential model"


_LENGTHS = {Reply.VALUE: 1, Reply.RAISED: 2}


def read_reply(answer: Any) -> tuple[Reply, list[Any]]:
    """A kernel's answer, checked.

    Args:
        answer: what the codec decoded, from anyone.

    Returns:
        The reply and its content.

    Raises:
        CodecError: it is not an answer.
    """
    if type(answer) not in (list, tuple) or not answer or type(answer[0]) is not str:
        raise CodecError("not a reply")
    word, *content = answer
    try:
        reply = Reply(word)
    except ValueError:
        raise CodecError(f"unknown reply {word[:32]!r}") from None
    if len(content) != _LENGTHS.get(reply, len(content)):
        raise CodecError(f"a broken reply {word!r}")
    return reply, content
