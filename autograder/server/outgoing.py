"""Requests of the server to an LMS or a Hub: bounded in time and size, and without redirects."""

from __future__ import annotations

import time
from typing import Any

import requests
from urllib3.exceptions import HTTPError

_CONNECT_SECONDS, _READ_SECONDS = 5.0, 15.0
_WHOLE_SECONDS = 30.0
_MOST_BYTES = 4 * 2**20
_PIECE = 64 * 1024


class OutgoingSession(requests.Session):
    """A session whose answers are whole, not large, and from the server that was asked.

    A redirect is an error: a token must not follow it, and a login page is not an answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = "keras-course-labs"

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        """Send a request; see `requests.Session.request`.

        Raises:
            requests.RequestException: No answer, one that is too large, or one that takes too long.
        """
        options |= {"timeout": (_CONNECT_SECONDS, _READ_SECONDS), "stream": True}
        options |= {"allow_redirects": False}
        end = time.monotonic() + _WHOLE_SECONDS
        answer = super().request(method, url, *args, **options)
        try:
            answer._content = _read(answer, end)
        except (HTTPError, OSError) as error:
            raise requests.ConnectionError(error) from error
        finally:
            answer.close()
        if answer.is_redirect:
            raise requests.ConnectionError("the server sends the request elsewhere")
        return answer


def _read(answer: requests.Response, end: float) -> bytes:
    content = bytearray()
    # What came so far, not whole pieces: a slow sender must not hold a piece for long.
    while piece := answer.raw.read1(_PIECE, decode_content=True):
        content += piece
        if len(content) > _MOST_BYTES or time.monotonic() > end:
            raise requests.ConnectionError("the answer is too large or takes too long")
    return bytes(content)
