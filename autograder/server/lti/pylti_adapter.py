"""PyLTI1p3 under Starlette: what it reads of a request, and what it keeps between two of them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from pylti1p3.cookie import CookieService
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.request import Request as LtiRequest
from pylti1p3.session import SessionService
from starlette.requests import Request

from autograder.server.sign_in import name_cookie


class StarletteRequest(LtiRequest):
    """A request as PyLTI1p3 reads it.

    Args:
        request: The request.
        fields: The fields of its form or its query.
    """

    def __init__(self, request: Request, fields: Mapping[str, str]) -> None:
        self.cookies, self._fields = request.cookies, fields
        self._is_secure = request.url.scheme == "https"

    def is_secure(self) -> bool:
        """Whether it came by HTTPS."""
        return self._is_secure

    def get_param(self, key: str) -> str:
        """A field; empty if it is missing."""
        return self._fields.get(key, "")


class StateCookies(CookieService):
    """The cookies that hold states; `sign_in.add_state_cookie` sets them."""

    def __init__(self, request: StarletteRequest) -> None:
        self._request = request
        self.state = ""

    def get_cookie(self, name: str) -> str | None:
        """A state that the browser has kept."""
        return self._request.cookies.get(name_cookie(name))

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        """Note the state, for the answer."""
        self.state = str(value)


class LoginSession(SessionService):
    """The nonce of one sign-in; the database keeps it between two requests.

    Args:
        nonce: The nonce; empty when a sign-in begins.
    """

    def __init__(self, nonce: str = "") -> None:
        self.nonce = nonce

    def save_nonce(self, nonce: str) -> None:
        """Note the nonce, for the database."""
        self.nonce = nonce

    def check_nonce(self, nonce: str) -> bool:
        """Whether it is the nonce of this sign-in, whose row is deleted already."""
        is_text = isinstance(nonce, str) and bool(self.nonce)
        return is_text and hmac.compare_digest(nonce.encode(), self.nonce.encode())

    def check_state_is_valid(self, state: str, id_token_hash: str) -> bool:
        """No state is valid without the browser's cookie."""
        return False

    def set_state_valid(self, state: str, id_token_hash: str) -> None:
        """Nothing is kept: a launch is read once."""

    def save_launch_data(self, key: str, jwt_body: Mapping[str, Any]) -> None:
        """Nothing is kept."""


class _Location(Redirect[str]):
    def __init__(self, url: str) -> None:
        self._url = url

    def do_redirect(self) -> str:
        return self._url

    def do_js_redirect(self) -> str:
        return self._url

    def set_redirect_url(self, location: str) -> None:
        self._url = location

    def get_redirect_url(self) -> str:
        return self._url


class StarletteLogin(OIDCLogin[Any, Any, Any, Any, str]):
    """The first step of a launch; `redirect` returns the address of the LMS."""

    def get_redirect(self, url: str) -> Redirect[str]:
        """An address, which the caller makes a redirect."""
        return _Location(url)


class StarletteLaunch(MessageLaunch[Any, Any, Any, Any]):
    """The second step of a launch."""

    def _get_request_param(self, key: str) -> str:
        return str(self._request.get_param(key))
