"""The LMSs of `course.toml` as PyLTI1p3 wants them, and their public keys."""

from __future__ import annotations

import threading
import time
from typing import Any

import requests
from pylti1p3.deployment import Deployment
from pylti1p3.registration import Registration
from pylti1p3.request import Request as LtiRequest
from pylti1p3.tool_config import ToolConfAbstract

from autograder.course.course import Course
from autograder.course.sign_in_settings import LtiPlatform
from autograder.server.lti.tool_key import read_key
from autograder.server.outgoing import OutgoingSession
from autograder.server.refused import RefusedError
from autograder.server.server_log import log

_KEEP_SECONDS = 3600.0
_LONGEST_WAIT = 20.0
_PAUSE_SECONDS = 30.0  # an unknown key may be a new one; asking for it must not be a flood


class Platforms(ToolConfAbstract[LtiRequest]):
    """The LMSs of a course.

    Args:
        course: The course.
    """

    def __init__(self, course: Course) -> None:
        self._course = course

    def check_iss_has_one_client(self, iss: str) -> bool:
        """See `ToolConfAbstract`: a client id is always compared."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        """See `ToolConfAbstract`."""
        return True

    def find_platform(self, issuer: str, client_id: str | None) -> LtiPlatform | None:
        """The LMS; without a client id, the only one of the issuer."""
        found = [one for one in self._course.lti_platforms if one.issuer == issuer]
        if client_id:
            found = [one for one in found if one.client_id == client_id]
        return found[0] if len(found) == 1 else None

    def find_registration_by_params(
        self, iss: str, client_id: str, *_: Any, **__: Any
    ) -> Registration:
        """See `ToolConfAbstract`; None for an LMS that is not one of the course's."""
        platform = self.find_platform(iss, client_id)
        return self.register(platform) if platform else None  # type: ignore[return-value]

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *_: Any, **__: Any
    ) -> Deployment | None:
        """See `ToolConfAbstract`."""
        platform = self.find_platform(iss, client_id)
        if platform is None or deployment_id not in platform.deployment_ids:
            return None
        return Deployment().set_deployment_id(deployment_id)

    def find_registration_by_issuer(self, iss: str, *_: Any, **__: Any) -> Registration:
        """See `ToolConfAbstract`; it is not asked, because a client id is always compared."""
        return self.find_registration_by_params(iss, "")

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        """See `ToolConfAbstract`; it is not asked, either."""
        return self.find_deployment_by_params(iss, deployment_id, "")

    def register(self, platform: LtiPlatform) -> Registration:
        """An LMS as PyLTI1p3 wants it, with the server's key.

        Raises:
            AutograderError: The server has no key.
        """
        private, public = read_key(self._course)
        return (
            Registration()
            .set_issuer(platform.issuer)
            .set_client_id(platform.client_id)
            .set_auth_login_url(platform.login_url)
            .set_auth_token_url(platform.token_url)
            .set_auth_audience(platform.token_audience or platform.token_url)
            .set_key_set_url(platform.keys_url)
            .set_tool_private_key(private)
            .set_tool_public_key(public)
        )


class PlatformKeys:
    """The public keys of LMSs, kept for an hour, and asked for again when one is new."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._known: dict[str, tuple[float, list[dict[str, Any]]]] = {}
        self._asked: dict[str, float] = {}

    def find(self, platform: LtiPlatform, key_id: object) -> list[dict[str, Any]]:
        """The RSA keys of an LMS, among them the one with this id if the LMS has it.

        Raises:
            RefusedError: The LMS does not return its keys.
        """
        url = platform.keys_url
        if not self._is_time_to_ask(url, key_id):
            return self._read(url)
        # Whose key is known does not wait for an LMS that is slow with a new one.
        if self._asking.acquire(timeout=0 if self._read(url) else _LONGEST_WAIT):
            try:
                if self._is_time_to_ask(url, key_id):
                    self._ask(platform)
            finally:
                self._asking.release()
        keys = self._read(url)
        if not keys:
            raise RefusedError(
                502, "The LMS does not return its keys.", "Try again in a minute.", 60
            )
        return keys

    def _read(self, url: str) -> list[dict[str, Any]]:
        return self._known[url][1] if url in self._known else []

    def _is_time_to_ask(self, url: str, key_id: object) -> bool:
        at, keys = self._known.get(url, (float("-inf"), []))
        now = time.monotonic()
        is_fresh = now - at < _KEEP_SECONDS and any(key.get("kid") == key_id for key in keys)
        return not is_fresh and now - self._asked.get(url, float("-inf")) > _PAUSE_SECONDS

    def _ask(self, platform: LtiPlatform) -> None:
        url = platform.keys_url
        try:
            self._known[url] = time.monotonic(), _fetch(url)
            self._asked[url] = time.monotonic()
        except (requests.RequestException, ValueError) as error:
            log.error("the keys of [lti.%s] cannot be read: %s", platform.name, error)
            if self._read(url):  # without any, the next launch asks again
                self._asked[url] = time.monotonic()


def _fetch(url: str) -> list[dict[str, Any]]:
    answer = OutgoingSession().get(url)
    answer.raise_for_status()
    content = answer.json()
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, list):
        raise ValueError("the answer is not a set of keys")
    rsa = [key for key in keys if isinstance(key, dict) and key.get("kty") == "RSA"]
    return [key for key in rsa if key.get("use", "sig") == "sig"]
