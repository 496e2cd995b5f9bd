"""What every request passes first: limits on bodies, slow senders, and the answer's headers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FORM_BYTES = 64 * 1024
_HEADER_BYTES = 16 * 1024
_EXTRA_BYTES = 64 * 1024  # of a form around a file
_SILENT_SECONDS = 15.0
_SLOWEST = 20 * 1024  # bytes a second, on average
_FIRST_SECONDS = 20.0


def make_policy(form: str = "'self'", frame: str = "'none'") -> str:
    """The Content-Security-Policy of a page.

    Args:
        form: Where its forms may go.
        frame: Which sites may show it in a frame.
    """
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; frame-src 'self'; form-action {form}; base-uri 'none'; "
        f"frame-ancestors {frame}"
    )


HEADERS = {
    "content-security-policy": make_policy(),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not "no-referrer": browsers would then send no Origin with forms either.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


class Guard:
    """Wraps the application.

    Args:
        app: The application.
        find_most_bytes: The maximum size of a body, by the request's path; 0 for a page with a
            small form.
    """

    def __init__(self, app: ASGIApp, find_most_bytes: Callable[[str], int]) -> None:
        self._app, self._find_most_bytes = app, find_most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; see the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if sum(len(name) + len(text) for name, text in scope["headers"]) > _HEADER_BYTES:
            answer = PlainTextResponse(
                "The request's headers are too large.\n", 431, {**HEADERS, "connection": "close"}
            )
            await answer(scope, receive, send)
            return
        size = self._find_most_bytes(scope["path"])
        most = size + _EXTRA_BYTES if size else _FORM_BYTES
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > 15 or int(declared) > most:
            answer = PlainTextResponse(
                f"The request is larger than {most // 2**20 or most} "
                f"{'MB' if most >= 2**20 else 'bytes'}.\n",
                413,
                {**HEADERS, "connection": "close"},
            )
            await answer(scope, receive, send)
            return
        await self._app(scope, _limit(receive, most), _add_headers(send))


def _limit(receive: Receive, most: int) -> Receive:
    """Read a body with limits on its size and on how slowly it comes."""
    began, size, is_whole = time.monotonic(), 0, False

    async def receive_some() -> Message:
        nonlocal size, is_whole
        if is_whole:  # it now waits for the visitor to leave
            return await receive()
        left = began + _FIRST_SECONDS + size / _SLOWEST - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), max(0.1, min(left, _SILENT_SECONDS)))
        except asyncio.TimeoutError:
            raise HTTPException(408, "The file came too slowly.", {"connection": "close"}) from None
        size += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if size > most:
            raise HTTPException(413, "The file is too large.", {"connection": "close"})
        return message

    return receive_some


def _add_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, text in HEADERS.items():
                headers.setdefault(name, text)
        await send(message)

    return send_with_headers
