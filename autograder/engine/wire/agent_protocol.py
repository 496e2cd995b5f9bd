"""What the trusted side asks a student's kernel, and the forms of the answers.

A question is a tuple of an operation and its arguments, an answer a tuple of a reply and its
content, both encoded by the codec. Answers are the student's: they are checked before use.
"""

from __future__ import annotations

from typing import Any

from autograder.engine.wire.codec import CodecError, encode
from autograder.engine.wire.string_enum import StringEnum


class Operation(StringEnum):
    """What the trusted side can ask; a `number` is that of a handle."""

    GET = "get"  # name
    CALL = "call"  # number, arguments, keyword arguments, which of them may change
    ATTRIBUTE = "attribute"  # number, name
    ITEM = "item"  # number, key
    ITERATE = "iterate"  # number
    NEXT = "next"  # number
    RESUME = "resume"  # number; "send" and a value, "throw" and an exception, or "close"
    OPERATE = "operate"  # name of the operator, operands
    DESCRIBE = "describe"  # number of a class
    DERIVE = "derive"  # number of a class, name, attributes
    SET_ATTRIBUTE = "set_attribute"  # number, name, value
    DELETE_ATTRIBUTE = "delete_attribute"  # number, name
    LIBRARY = "library"  # module, name of a function
    NAMES = "names"
    SURROUND = "surround"  # what the test changed around the student's code
    RUN_TEXT = "run_text"  # "exec" or "eval", the text, names or None for the notebook's
    READ_OBJECTS = "read_objects"  # numbers
    FILES = "files"
    READ_FILE = "read_file"  # path
    WRITE_FILE = "write_file"  # path, content or None
    FORGET = "forget"
    # Answers of the trusted side to a `Reply.TEST`.
    RETURNED = "returned"  # value
    FAILED = "failed"  # names of the exception's classes, message


class Reply(StringEnum):
    """How the kernel can answer."""

    VALUE = "value"  # the value
    MISSING = "missing"  # no such name
    LAST = "last"  # the iterator has no further item; what the generator returned
    RAISED = "raised"  # names of the exception's classes, message, more about it
    TEST = "test"  # asks an object of the test: its number, the operation, arguments


class ValueKind(StringEnum):
    """Kinds of values that cross as an `Extension`."""

    HANDLE = "handle"
    RANGE = "range"
    SLICE = "slice"
    ELLIPSIS = "ellipsis"
    DTYPE = "dtype"
    OBJECT_ARRAY = "object_array"
    TEXT = "text"
    ANNOTATION = "annotation"
    MODULE = "module"
    FRAME = "frame"
    SERIES = "series"
    HISTORY = "history"
    TENSOR = "tensor"
    MODEL = "model"
    KERAS = "keras"
    LIBRARY = "library"  # module and name of a class or function
    ARGUMENT = "argument"  # number of an object that the call was given
    TEST_OBJECT = "test_object"  # an object of the test, by number
    RECORD = "record"  # a namedtuple
    MEMBER = "member"  # of an enum
    EXTENDED = "extended"  # an object of a student's subclass of list, dict, str, …
    SHARED = "shared"  # a value that both sides rebuild alike: its kind and its data


class HandleKind(StringEnum):
    """Kinds of objects that a handle stands for."""

    FUNCTION = "function"
    CLASS = "class"
    CALLABLE = "callable"
    ITERATOR = "iterator"
    GENERATOR = "generator"
    COROUTINE = "coroutine function"
    AWAITED = "awaitable"
    OBJECT = "object"
    LAYER = "layer"
    MODEL = "model"
    SEQUENTIAL = "sequential model"


# The least and the most that follows.
_LENGTHS = {
    Reply.VALUE: (1, 2),
    Reply.MISSING: (0, 1),
    Reply.LAST: (0, 2),
    Reply.RAISED: (2, 4),
    Reply.TEST: (4, 4),
}


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
    least, most = _LENGTHS[reply]
    if not least <= len(content) <= most:
        raise CodecError(f"a broken reply {word!r}")
    return reply, content


_QUESTION = encode((Reply.TEST.value, 0, "", [], {}))[: len(encode((Reply.TEST.value,)))]


def is_question(answer: bytes) -> bool:
    """Whether an answer's bytes are those of a `Reply.TEST`; nothing is made of them."""
    return answer.startswith(_QUESTION)
