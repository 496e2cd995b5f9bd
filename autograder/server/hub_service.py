"""Asks JupyterHub who has a token or a code; this server is one of its services."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

from autograder.course.course import Course
from autograder.course.sign_in_settings import HubSettings
from autograder.lms.read_class import read_class
from autograder.server.links import Visitor, hash_token
from autograder.server.outgoing import OutgoingSession
from autograder.server.refused import RefusedError
from autograder.server.server_log import log
from autograder.server.tables import Role

_KEEP_SECONDS = 30.0
_MOST_KEPT = 2_000


@dataclass(frozen=True)
class HubPerson:
    """A user of the Hub, as this course knows them.

    Args:
        role: What the person may do.
        person: The student's id in the roster, or the Hub's name of an instructor.
        name: The name to show.
    """

    role: Role
    person: str
    name: str


class HubService:
    """The Hub, as `[jupyterhub]` and the variables JUPYTERHUB_* describe it.

    Args:
        settings: The settings of the course.
    """

    def __init__(self, settings: HubSettings) -> None:
        self._settings = settings
        self._api = (settings.api_url or os.environ.get("JUPYTERHUB_API_URL", "")).rstrip("/")
        self._token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
        self._name = os.environ.get("JUPYTERHUB_SERVICE_NAME") or settings.service
        self._client = os.environ.get("JUPYTERHUB_CLIENT_ID") or f"service-{self._name}"

    @property
    def is_set_up(self) -> bool:
        """Whether people can sign in with the Hub."""
        return bool(self._api and self._token)

    def make_login_url(self, state: str, redirect: str) -> str:
        """Where the Hub asks a browser's user whether this service may know who that is."""
        public = self._settings.public_url.rstrip("/")
        start = f"{public}/hub/api" if public else self._api
        fields = {
            "client_id": self._client,
            "redirect_uri": redirect,
            "response_type": "code",
            "state": state,
        }
        return f"{start}/oauth2/authorize?{urlencode(fields)}"

    def find_user_of_code(self, code: str, redirect: str) -> dict[str, Any]:
        """The user who came back from the Hub with a code; the code is used up.

        Raises:
            RefusedError: The code is not valid, or the Hub does not answer.
        """
        fields = {
            "client_id": self._client,
            "client_secret": self._token,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
        }
        answer = _ask(lambda session: session.post(f"{self._api}/oauth2/token", data=fields))
        token = answer.get("access_token") if answer else None
        user = self.find_user_of_token(token) if isinstance(token, str) else None
        if user is None:
            raise RefusedError(403, "JupyterHub did not sign you in.", "Try again.")
        return user

    def find_user_of_token(self, token: str) -> dict[str, Any] | None:
        """The user who has a token of the Hub that opens this service; None if nobody has it.

        Raises:
            RefusedError: The Hub does not answer.
        """
        # Only what the Hub itself makes: nothing else belongs into a header.
        if not (token.isascii() and token.isalnum() and len(token) <= 200):
            return None
        headers = {"Authorization": f"token {token}"}
        user = _ask(lambda session: session.get(f"{self._api}/user", headers=headers))
        if user is None or user.get("kind") != "user" or not isinstance(user.get("name"), str):
            return None
        scopes = user.get("scopes")
        needed = {"access:services", f"access:services!service={self._name}"}
        return user if isinstance(scopes, list) and needed & set(map(str, scopes)) else None

    def find_person(self, course: Course, user: dict[str, Any]) -> HubPerson:
        """Who a user of the Hub is: an instructor by the settings, or a student by the roster.

        A student's name in the Hub is the roster's column `username`, or else the id.

        Raises:
            RefusedError: Neither.
        """
        name = user["name"]
        groups = user.get("groups")
        is_in_group = isinstance(groups, list) and any(
            group in self._settings.instructor_groups for group in groups
        )
        if name in self._settings.instructors or is_in_group:
            return HubPerson(Role.INSTRUCTOR, f"jupyterhub {name}", name)
        roster = read_class(course)
        people = roster.people if roster else ()
        found = [one for one in people if one.has_id("username", name)]
        if len(found) != 1:
            raise RefusedError(
                403,
                "Your name in JupyterHub is not one of this course's students.",
                f"Tell your instructor: {name[:100]}.",
            )
        return HubPerson(Role.STUDENT, found[0].id, found[0].name)


class HubTokens:
    """Who has a token of the Hub; kept for half a minute, because programs ask again and again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Visitor]] = OrderedDict()

    def find_visitor(self, course: Course, token: str) -> Visitor | None:
        """Who sends a request with a token of the Hub.

        Raises:
            RefusedError: The user is not of this course, or the Hub does not answer.
        """
        key, now = hash_token(token), time.monotonic()
        with self._lock:
            at, visitor = self._kept.get(key, (float("-inf"), None))
        if visitor is not None and now - at < _KEEP_SECONDS:
            return visitor
        hub = HubService(course.hub)
        user = hub.find_user_of_token(token) if hub.is_set_up else None
        if user is None:
            return None
        one = hub.find_person(course, user)
        visitor = Visitor(one.role, one.person, one.name, "", f"hub {one.person}")
        with self._lock:
            self._kept[key] = now, visitor
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return visitor


def _ask(send: Any) -> dict[str, Any] | None:
    """The Hub's answer; None if it refuses.

    Raises:
        RefusedError: It does not answer as a Hub does.
    """
    try:
        answer = send(OutgoingSession())
        if answer.status_code in (400, 401, 403, 404):
            return None
        answer.raise_for_status()
        content = answer.json()
    except (requests.RequestException, ValueError) as error:
        log.error("JupyterHub does not answer: %s", type(error).__name__)
        raise RefusedError(
            502, "JupyterHub does not answer.", "Try again in a minute.", 30
        ) from None
    return content if isinstance(content, dict) else None
