"""The trusted object for a student's object that stays in the student's kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.handles import (
    CallableHandle,
    Handle,
    HandleIterator,
    make_function,
)
from autograder.engine.verifier.model_handles import LayerHandle, ModelHandle
from autograder.engine.wire.agent_protocol import HandleKind
from autograder.engine.wire.clean_text import clean_text
from autograder.engine.wire.codec import CodecError

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


def make_handle(channel: StudentChannel, about: dict[str, Any]) -> Any:
    """The trusted object for an object that the student's side describes.

    Args:
        channel: where to ask.
        about: "id", "kind", "name" and, for callables, "signature" and "doc"; "why" it did not
            come by value, where the reason is special; untrusted.

    Returns:
        A real Python function for a function, so that `callable`, `inspect.signature` and
        `isinstance(f, types.FunctionType)` return what one expects; else a `Handle`.

    Raises:
        CodecError: the description is broken.
    """
    number, word, name = about["id"], about["kind"], about["name"]
    if type(number) is not int or type(word) is not str or type(name) is not str:
        raise CodecError("a broken handle")
    try:
        kind = HandleKind(word)
    except ValueError:
        raise CodecError("a handle of unknown kind") from None
    name, why = clean_text(name, 100), clean_text(about.get("why"), 300)
    if kind is HandleKind.FUNCTION:
        return make_function(channel, number, name, about)
    if kind is HandleKind.ITERATOR:
        return HandleIterator(channel, number, name)
    if kind is HandleKind.LAYER:
        return LayerHandle(channel, number, name, kind, why)
    if kind in (HandleKind.MODEL, HandleKind.SEQUENTIAL):
        return ModelHandle(channel, number, name, kind, why)
    if kind in (HandleKind.CLASS, HandleKind.CALLABLE):
        return CallableHandle(channel, number, name, kind, why)
    return Handle(channel, number, name, kind, why)
