"""How values cross between the trusted side and the student's kernel: as plain data only.

A value is one tag byte and its content; a container's content is a count and its items. The format
has no references, classes or code. A value that is not plain crosses as an *extension*: a kind and
plain data, from which the receiver makes a value of its own.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from autograder.engine.wire.codec_limits import MAX_VALUES as MAX_VALUES
from autograder.engine.wire.codec_limits import (
    PLAIN_DTYPE,
    check_keys,
    check_shape,
)
from autograder.engine.wire.codec_limits import CodecError as CodecError
from autograder.engine.wire.codec_limits import find_plain_dtype as find_plain_dtype

MAX_DEPTH = 100
_MAX_INTEGER_BYTES = 1 << 16
_MAX_DIMENSIONS = 32
_COUNT = struct.Struct(">I")
_LENGTH = struct.Struct(">Q")
_Extend = Callable[[str, Any], Any] | None
_NoteText = Callable[[str | bytes], None] | None
_ReceiveArray = Callable[[np.ndarray, bool], np.ndarray] | None
_FLOAT = struct.Struct(">d")


class Extension:
    """A value that is not plain: a kind, and plain data that describe it."""

    def __init__(self, kind: str, data: Any) -> None:
        self.kind, self.data = kind, data


def encode(
    value: Any,
    extend: Callable[[Any], Any] | None = None,
    alias: Callable[[Any], Extension | None] | None = None,
) -> bytes:
    """The bytes of a value.

    Args:
        value: None, bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset,
            NumPy arrays and scalars, to any depth below 100; exactly these types.
        extend: called with any other value; returns a value of these types or an `Extension`.
        alias: called with every value that can be changed in place; returns an `Extension` that
            stands for an object that the receiver has, or None.

    Raises:
        CodecError: the value, or a part of it, cannot cross.

    Example:
        >>> decode(encode({"loss": [0.5, 0.25]}))
        {'loss': [0.5, 0.25]}
    """
    encoder = _Encoder(extend, alias)
    encoder.put(value, 0)
    return b"".join(encoder.parts)


class _Encoder:
    def __init__(
        self,
        extend: Callable[[Any], Any] | None,
        alias: Callable[[Any], Extension | None] | None = None,
    ) -> None:
        self.parts: list[Any] = []
        self._extend, self._alias = extend, alias
        self._values = 0

    def put(self, value: Any, depth: int) -> None:
        self._values += 1
        if depth > MAX_DEPTH:
            raise CodecError(f"a value nested more than {MAX_DEPTH} deep (does it contain itself?)")
        if self._values > MAX_VALUES:
            raise CodecError(f"a value of more than {MAX_VALUES} parts")
        kind = type(value)
        if self._alias is not None and kind not in _FIXED:
            known = self._alias(value)
            value, kind = (value, kind) if known is None else (known, Extension)
        if value is None or kind is bool:
            self.parts.append({None: b"N", True: b"T", False: b"F"}[value])
        elif kind is int:
            if value.bit_length() // 8 >= _MAX_INTEGER_BYTES:
                raise CodecError(f"an integer of more than {_MAX_INTEGER_BYTES} bytes")
            self._put_sized(b"i", value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
        elif kind is float:
            self.parts += (b"f", _FLOAT.pack(value))
        elif kind is complex:
            self.parts += (b"c", _FLOAT.pack(value.real), _FLOAT.pack(value.imag))
        elif kind is str:
            self._put_sized(b"s", value.encode("utf-8", "surrogatepass"))
        elif kind is bytes:
            self._put_sized(b"b", value)
        elif kind in _CONTAINERS:
            self._put_container(kind, value, depth)
        elif kind is dict:
            self._put_dict(value, depth)
        elif kind is np.ndarray and self._is_plain(value):
            self._put_array(b"a", value)
        elif issubclass(kind, np.generic) and self._is_plain(value):
            self._put_array(b"n", np.asarray(value))
        elif kind is Extension:
            self._put_sized(b"x", value.kind.encode())
            self.put(value.data, depth + 1)
        elif self._extend is not None:
            self.put(self._extend(value), depth + 1)
        else:
            raise CodecError(f"a value of type {kind.__name__} cannot cross")

    def _is_plain(self, array: Any) -> bool:
        # Of objects and records the receiver makes an array of its own.
        return self._extend is None or array.dtype.kind not in "OV"

    def _put_container(self, kind: type, items: Collection[Any], depth: int) -> None:
        if kind in (set, frozenset):
            check_keys(items)
        self.parts += (_CONTAINERS[kind], _COUNT.pack(len(items)))
        for item in items:
            self.put(item, depth + 1)

    def _put_dict(self, items: dict[Any, Any], depth: int) -> None:
        check_keys(items)
        self.parts += (b"d", _COUNT.pack(len(items)))
        for key, item in items.items():
            self.put(key, depth + 1)
            self.put(item, depth + 1)

    def _put_sized(self, tag: bytes, content: bytes) -> None:
        self.parts += (tag, _LENGTH.pack(len(content)), content)

    def _put_array(self, tag: bytes, array: np.ndarray) -> None:
        if not PLAIN_DTYPE.fullmatch(array.dtype.str):
            raise CodecError(f"an array of dtype {array.dtype} cannot cross")
        check_shape(array.shape, array.size)
        if array.ndim > 1 and array.flags.f_contiguous and not array.flags.c_contiguous:
            tag, array = b"A", array.T
        array = np.ascontiguousarray(array).reshape(array.shape)
        self._put_sized(tag, array.dtype.str.encode())
        self.parts.append(_COUNT.pack(array.ndim))
        self.parts += map(_LENGTH.pack, array.shape)
        self.parts.append(array.tobytes())


# Of these types nothing can be changed in place.
_FIXED = frozenset((type(None), bool, int, float, complex, str, bytes))
_CONTAINERS: dict[type, bytes] = {list: b"l", tuple: b"t", set: b"e", frozenset: b"z"}
_CONTAINER_TYPES = {tag[0]: kind for kind, tag in _CONTAINERS.items()}


def decode(
    payload: bytes,
    extend: _Extend = None,
    receive_array: _ReceiveArray = None,
    note_text: _NoteText = None,
) -> Any:
    """The value that `encode` encoded; any bytes decode to exact built-in types or to an error.

    Args:
        payload: the bytes; untrusted.
        extend: called with an extension's kind and plain data; returns the value in its place.
        receive_array: called with each array, and whether it is a part of an extension; returns
            the array in its place.
        note_text: called with each text and each bytes.

    Raises:
        CodecError: the bytes are not a value.
    """
    decoder = _Decoder(payload, extend, receive_array, note_text)
    value = decoder.take(0)
    if decoder.position != len(payload):
        raise CodecError("bytes after the value")
    return value


class _Decoder:
    def __init__(
        self,
        payload: bytes,
        extend: _Extend,
        receive_array: _ReceiveArray,
        note_text: _NoteText,
    ) -> None:
        self._payload = memoryview(payload)
        self._extend, self._receive_array = extend, receive_array
        self._note_text = note_text or (lambda value: None)
        self._values = self._extensions = 0
        self.position = 0

    def take(self, depth: int) -> Any:
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:
            raise CodecError("a value too deep or of too many parts")
        tag = self._take_bytes(1)[0]
        if tag in b"NTF":
            return {ord("N"): None, ord("T"): True, ord("F"): False}[tag]
        if tag == ord("i"):
            return int.from_bytes(self._take_sized(_MAX_INTEGER_BYTES), "big", signed=True)
        if tag == ord("f"):
            return self._take_float()
        if tag == ord("c"):
            return complex(self._take_float(), self._take_float())
        if tag == ord("s"):
            return self._take_text()
        if tag == ord("b"):
            content = bytes(self._take_sized())
            self._note_text(content)
            return content
        if tag in _CONTAINER_TYPES:
            return self._take_container(_CONTAINER_TYPES[tag], depth)
        if tag == ord("d"):
            return self._take_dict(depth)
        if tag in b"anA":
            array = self._take_array()
            if tag == ord("A"):
                array = array.T
            if self._receive_array is not None:
                array = self._receive_array(array, self._extensions > 0)
            return array[()] if tag == ord("n") else array
        if tag == ord("x"):
            return self._take_extension(depth)
        raise CodecError(f"unknown tag {tag}")

    def _take_bytes(self, size: int) -> memoryview:
        if size > len(self._payload) - self.position:
            raise CodecError("the value ends too early")
        self.position += size
        return self._payload[self.position - size : self.position]

    def _take_sized(self, limit: int | None = None) -> memoryview:
        (size,) = _LENGTH.unpack(self._take_bytes(_LENGTH.size))
        if limit is not None and size > limit:
            raise CodecError(f"{size} bytes where {limit} are allowed")
        return self._take_bytes(size)

    def _take_float(self) -> float:
        (value,) = _FLOAT.unpack(self._take_bytes(_FLOAT.size))
        return float(value)

    def _take_text(self) -> str:
        try:
            text = bytes(self._take_sized()).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise CodecError("text that is not UTF-8") from error
        self._note_text(text)
        return text

    def _take_container(self, kind: type, depth: int) -> Any:
        (count,) = _COUNT.unpack(self._take_bytes(_COUNT.size))
        items = [self.take(depth + 1) for _ in range(count)]
        if kind in (set, frozenset):
            check_keys(items)
        return items if kind is list else kind(items)

    def _take_dict(self, depth: int) -> dict[Any, Any]:
        (count,) = _COUNT.unpack(self._take_bytes(_COUNT.size))
        pairs = [(self.take(depth + 1), self.take(depth + 1)) for _ in range(count)]
        check_keys([key for key, _ in pairs])
        return dict(pairs)

    def _take_array(self) -> np.ndarray:
        dtype = find_plain_dtype(bytes(self._take_sized(64)).decode("ascii", "replace"))
        (dimensions,) = _COUNT.unpack(self._take_bytes(_COUNT.size))
        if dimensions > _MAX_DIMENSIONS:
            raise CodecError(f"an array of {dimensions} dimensions")
        shape = [_LENGTH.unpack(self._take_bytes(_LENGTH.size))[0] for _ in range(dimensions)]
        size = dtype.itemsize * math.prod(shape)
        check_shape(shape, size)
        content = self._take_bytes(size)
        try:
            # A copy is writable and aligned, and does not keep the whole message in memory.
            made = np.frombuffer(content, dtype) if size else np.empty(0, dtype)
            return made.reshape(shape).astype(dtype)
        except ValueError as error:
            raise CodecError(f"an array of shape {shape}") from error

    def _take_extension(self, depth: int) -> Any:
        kind = bytes(self._take_sized(32)).decode("ascii", "replace")
        self._extensions += 1
        data = self.take(depth + 1)
        self._extensions -= 1
        if self._extend is None:
            raise CodecError(f"a value of kind {kind!r} cannot cross")
        return self._extend(kind, data)
