"""Annotations such as `list[int]` and `Optional[str]`: they cross as text, and are read again."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import sys
import typing
from typing import Any

from autograder.engine.wire.codec import CodecError

_MODULES = {"typing": typing, "builtins": builtins, "collections": collections}
_LIBRARIES = ("collections.abc", "numpy", "pandas")
_MOST_TEXT = 500


def describe_annotation(annotation: Any) -> str | None:
    """Return the text of an annotation of `typing` or like `list[int]`; None for others."""
    text = repr(annotation)
    is_known = (
        type(annotation).__module__ in ("typing", "types", "collections.abc")
        and len(text) < _MOST_TEXT
    )
    return text.replace("NoneType", "None") if is_known else None


def read_annotation(text: str) -> Any:
    """Return the annotation of a text.

    Raises:
        CodecError: It names something that is not known here; other exceptions mean the same.

    Example:
        >>> read_annotation("typing.Dict[str, list[int]]")
        typing.Dict[str, list[int]]
    """
    if len(text) > _MOST_TEXT:
        raise CodecError("an annotation that is too long")
    return _read(ast.parse(text, mode="eval").body)


def _read(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Tuple, ast.List)):
        parts = [_read(part) for part in node.elts]
        return tuple(parts) if isinstance(node, ast.Tuple) else parts
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _read(node.left) | _read(node.right)
    if isinstance(node, ast.Subscript):
        return _read(node.value)[_read(node.slice)]
    return _find_name(*ast.unparse(node).rpartition(".")[::2])


def _find_name(module: str, name: str) -> Any:
    known = sys.modules.get(module) if module in _LIBRARIES else _MODULES.get(module or "builtins")
    found = vars(known).get(name) if known is not None else None
    is_kind = isinstance(found, type) or known is typing
    if found is None or not is_kind or not name.isidentifier():
        raise CodecError(f"an annotation of an unknown name: {name[:40]}")
    return found
