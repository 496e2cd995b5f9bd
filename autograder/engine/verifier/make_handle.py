"""The trusted object for a student's object that stays in the student's kernel."""

from __future__ import annotations

import itertools
import sys
import types
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.async_handle import AsyncHandle
from autograder.engine.verifier.function_stand_ins import make_function
from autograder.engine.verifier.handles import (
    CallableHandle,
    HandleIterator,
    OpenHandle,
)
from autograder.engine.verifier.library_types import find_library_type
from autograder.engine.verifier.named_modules import find_named_module
from autograder.engine.verifier.student_generator import make_generator
from autograder.engine.wire.agent_protocol import HandleKind
from autograder.engine.wire.clean_text import clean_text
from autograder.engine.wire.codec import CodecError

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_ITERATORS = (
    enumerate, filter, map, reversed, zip,
    *(kind for kind in vars(itertools).values() if isinstance(kind, type)),
)  # fmt: skip
_FUNCTIONS = (HandleKind.FUNCTION, HandleKind.COROUTINE)
_OBJECTS = (HandleKind.OBJECT, HandleKind.CALLABLE)


def make_handle(channel: StudentChannel, about: dict[str, Any]) -> Any:
    """The trusted object for an object that the student's side describes.

    Args:
        channel: where to ask.
        about: "id", "kind", "name" and, for callables, "signature" and "doc"; "why" it did not
            come by value, where the reason is special; "bases" of a class; "class" of an instance
            of a student's class, "library" of one of a library's; untrusted.

    Returns:
        A real Python function for a function, so that `callable`, `inspect.signature` and
        `isinstance(f, types.FunctionType)` return what one expects; a class and its instances for
        a student's class; else a `Handle`.

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
    known = channel.stand_ins.get((number, kind))
    if known is None:
        known = _make(channel, about, kind)
        channel.stand_ins[number, kind] = known
    return known


def _make(channel: StudentChannel, about: dict[str, Any], kind: HandleKind) -> Any:
    number = about["id"]
    name, why = clean_text(about["name"], 100), clean_text(about.get("why"), 300)
    if kind in _FUNCTIONS:
        return make_function(channel, number, name, about, kind is HandleKind.COROUTINE)
    if kind is HandleKind.GENERATOR:
        return make_generator(channel, number)
    if kind is HandleKind.AWAITED:
        return AsyncHandle(channel, number, name, kind, why)
    if kind is HandleKind.ITERATOR:
        said = _find_iterator_class(about.get("library"))
        make_iterator = HandleIterator if said is None else find_library_type(HandleIterator, said)
        return make_iterator(channel, number, name)
    if kind is HandleKind.CLASS:
        return channel.classes.find(about)
    if kind in (HandleKind.LAYER, HandleKind.MODEL, HandleKind.SEQUENTIAL):
        # Only now: it imports TensorFlow, and the warm parent first sets up from where.
        from autograder.engine.verifier.model_handles import LayerHandle, ModelHandle

        make = LayerHandle if kind is HandleKind.LAYER else ModelHandle
        return make(channel, number, name, kind, why)
    if "class" in about:
        made = channel.classes.make_instance(about, name, kind)
        if made is not None:
            return made
    library = _find_library(about, channel.profile.whole_text)
    base: type[OpenHandle] = CallableHandle if kind is HandleKind.CALLABLE else OpenHandle
    if library is None:
        return base(channel, number, name, kind, why)
    if library.__module__.startswith("sklearn."):
        from autograder.engine.verifier.estimator_handles import EstimatorHandle

        base = EstimatorHandle
    return find_library_type(base, library)(channel, number, name, kind, why)


# What comes by value, or lets a test believe something: an object may not say that it is one.
_NEVER = frozenset(("builtins", "unittest", "numbers", "types", "abc", "typing"))
_BY_VALUE = (
    int, float, complex, str, bytes, list, tuple, dict, set, frozenset, type, BaseException
)  # fmt: skip


def _find_iterator_class(said: Any) -> type | None:
    """The class of Python's own that an iterator says it is of: of each, the items are fetched."""
    if type(said) is not list or said[:1] not in (["builtins"], ["itertools"]):
        return None
    found = {kind.__name__: kind for kind in _ITERATORS}.get(said[-1])
    return found if found is None or found.__module__ == said[0] else None


def _find_library(about: dict[str, Any], text: str) -> type | None:
    """The library's class of an object, or one that stands for those it derives from."""
    said = about.get("libraries")
    names = said[:20] if type(said) is list else [about.get("library")]
    found = [kind for name in names if (kind := _find_library_class(name, text)) is not None]
    if len(found) < 2:
        return found[0] if found else None
    try:
        return types.new_class(found[0].__name__, tuple(dict.fromkeys(found)))
    except TypeError:  # they cannot be the bases of one class
        return found[0]


def _find_library_class(said: Any, text: str) -> type | None:
    """The class of a library that an object says it is of; only what the notebook names."""
    if type(said) is not list or len(said) != 2 or not all(type(part) is str for part in said):
        return None
    module, name = said
    root = module.partition(".")[0]
    found: Any = None if root in _NEVER else find_named_module(module, text)
    for part in name.split("."):
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    if not isinstance(found, type) or issubclass(found, _BY_VALUE) or _is_by_value(found):
        return None
    return found


def _is_by_value(kind: type) -> bool:
    """Whether objects of a library's class come by value, or have a stand-in of their own."""
    numpy, pandas, tf, keras = map(sys.modules.get, ("numpy", "pandas", "tensorflow", "keras"))
    known: list[Any] = []
    if numpy is not None:
        known += [numpy.ndarray, numpy.generic, numpy.dtype]
    if pandas is not None:
        known += [pandas.core.generic.NDFrame, pandas.Index, pandas.api.extensions.ExtensionArray]
    if tf is not None:
        known += [tf.Tensor, tf.Variable]
    root = kind.__module__.partition(".")[0]
    is_callback = keras is not None and issubclass(kind, keras.callbacks.Callback)
    return issubclass(kind, tuple(known)) or (root == "keras" and not is_callback)
