"""Functions of ours that call the student's functions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.handles import make_async, register_stand_in

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_MAX_PARAMETERS = 100


def make_function(
    channel: StudentChannel, number: int, name: str, about: dict[str, Any], is_async: bool
) -> Callable[..., Any]:
    """A Python function that calls the student's function.

    Args:
        channel: where to ask.
        number: the number of its handle.
        name: its name, as the student's side says.
        about: "signature", "annotations" and "doc", where it has them; untrusted.
        is_async: whether it is a coroutine function.
    """

    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            return channel.call(number, channel.find_fetched_name(number), args, kwargs)
        finally:
            if has_attributes and channel.failure is None:
                _update_attributes(made, channel.operate("attributes", made))

    has_attributes = bool(about.get("attributes"))

    function.__name__ = function.__qualname__ = name
    function.__module__ = "__main__"
    doc = about.get("doc")
    function.__doc__ = doc if type(doc) is str else None
    annotations = about.get("annotations")
    signature = make_signature(about.get("signature"), annotations)
    if signature is not None:
        vars(function)["__signature__"] = signature
    made = make_async(function) if is_async else function
    if about.get("is_generator") is True:
        made = _make_generator_function(function)
    if signature is not None:
        _add_defaults(made, signature)
    made.__annotations__ = _check_annotations(annotations)
    register_stand_in(made, number)
    _update_attributes(made, about.get("attributes"))
    return made


def _make_generator_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """A generator function that does what a function does, at the first item."""

    @functools.wraps(function)
    def generate(*args: Any, **kwargs: Any) -> Any:
        return (yield from function(*args, **kwargs))

    del vars(generate)["__wrapped__"]
    return generate


def _add_defaults(function: Any, signature: inspect.Signature) -> None:
    """Show the defaults; no call of ours uses them, as it takes any arguments."""
    known = [p for p in signature.parameters.values() if p.default is not inspect.Parameter.empty]
    named = {p.name: p.default for p in known if p.kind is inspect.Parameter.KEYWORD_ONLY}
    function.__defaults__ = tuple(p.default for p in known if p.name not in named) or None
    function.__kwdefaults__ = named or None


def _update_attributes(function: Callable[..., Any], attributes: Any) -> None:
    """Attributes that the student's function has, such as a count of its calls."""
    for name, value in attributes.items() if type(attributes) is dict else ():
        is_own = type(name) is str and not name.startswith("__")
        if is_own or name == "__wrapped__":
            vars(function)[name] = value


def make_signature(parameters: Any, annotations: Any = None) -> inspect.Signature | None:
    """The signature that the student's side describes; None where it describes none."""
    if type(parameters) is not list or len(parameters) > _MAX_PARAMETERS:
        return None
    shown = _check_annotations(annotations)
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    str(name),
                    inspect._ParameterKind(kind),
                    default=default if has_default else inspect.Parameter.empty,
                    annotation=shown.get(name, inspect.Parameter.empty),
                )
                for name, kind, has_default, default in parameters
            ],
            return_annotation=shown.get("return", inspect.Signature.empty),
        )
    except (TypeError, ValueError):
        return None


def _check_annotations(annotations: Any) -> dict[str, Any]:
    return dict(annotations) if type(annotations) is dict else {}
