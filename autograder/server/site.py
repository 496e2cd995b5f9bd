"""What all pages share: the course, who asks, forms, and answers."""

from __future__ import annotations

import hmac
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.pages import render
from autograder.server.database import Database
from autograder.server.hub_service import HubService, HubTokens
from autograder.server.links import Visitor, find_by_session, find_by_token
from autograder.server.rate_limit import RateLimits
from autograder.server.refused import RefusedError
from autograder.server.server_log import log
from autograder.server.shown_marks import MarkReader
from autograder.server.tables import Role

COOKIE = "autograder_session"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass
class Site:
    """The server's parts, which all handlers share.

    Args:
        root: The course folder, as a course.
        database: The server's database.
    """

    first_course: Course
    database: Database
    limits: RateLimits = field(default_factory=RateLimits)
    hub_tokens: HubTokens = field(default_factory=HubTokens)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._course, self._stamp = self.first_course, self._read_stamp()
        self._marks = MarkReader(self._course)

    @property
    def course(self) -> Course:
        """The course, read again when `course.toml` has changed."""
        stamp = self._read_stamp()
        with self._lock:
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._course = Course(self._course.root)
                    self._marks = MarkReader(self._course)
                except AutograderError as error:  # somebody edits it; the earlier one stays
                    log.error("course.toml is not read again: %s", error)
            return self._course

    @property
    def marks(self) -> MarkReader:
        """Reads marks of the course as it is now."""
        _ = self.course
        return self._marks

    def _read_stamp(self) -> int:
        path = self.first_course.root / "course.toml"
        return path.stat().st_mtime_ns if path.is_file() else 0

    def find_lab(self, request: Request) -> Lab:
        """The lab that the path names.

        Raises:
            RefusedError: There is none.
        """
        name = request.path_params["lab"]
        for lab in self.course.labs():
            if lab.name == name:
                return lab
        raise RefusedError(404, "This lab was not found.", "Go back to the list of labs.")


def find_visitor(request: Request, *roles: Role) -> Visitor:
    """Who sends a request with the session's cookie.

    Raises:
        RefusedError: Nobody who may do this, or too often.
    """
    site: Site = request.app.state.site
    key = request.cookies.get(COOKIE, "")
    visitor = find_by_session(site.database, key) if key else None
    return _admit(request, visitor, roles, is_guess=bool(key))


def find_program(request: Request, *roles: Role) -> Visitor:
    """Who sends a request with a link's token or the Hub's, as `hand_in` does.

    Raises:
        RefusedError: Nobody who may do this, or too often.
    """
    site: Site = request.app.state.site
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    visitor = None
    if kind.lower() == "bearer" and token:
        visitor = find_by_token(site.database, token) or _find_in_hub(request, token)
    return _admit(request, visitor, roles, is_guess=bool(token))


def _find_in_hub(request: Request, token: str) -> Visitor | None:
    site: Site = request.app.state.site
    if not HubService(site.course.hub).is_set_up:
        return None
    site.limits.logins.take(find_address(request))
    return site.hub_tokens.find_visitor(site.course, token)


def _admit(
    request: Request, visitor: Visitor | None, roles: tuple[Role, ...], is_guess: bool
) -> Visitor:
    site: Site = request.app.state.site
    if visitor is None:
        if is_guess:
            site.limits.bad_tokens.take(find_address(request))
        raise RefusedError(401, "You are not signed in.", "Open your personal link.")
    site.limits.requests.take(visitor.key)
    if roles and visitor.role not in roles:
        raise RefusedError(404, "This page was not found.", "")
    return visitor


def find_address(request: Request) -> str:
    """The sender's address."""
    return request.client.host if request.client else ""


def check_origin(request: Request) -> None:
    """Check that a form comes from this site's own pages.

    Raises:
        RefusedError: Another site sent it.
    """
    fetched = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_own = True
    if fetched is not None:
        is_own = fetched in ("same-origin", "none")
    if origin is not None:
        host = request.headers.get("host", "")
        is_own = is_own and origin in (f"http://{host}", f"https://{host}")
    if not is_own:
        raise RefusedError(403, "Another site sent this form.", "Open the page, and try again.")


async def read_form(request: Request, visitor: Visitor) -> FormData:
    """A form of this session.

    Raises:
        RefusedError: It was sent by another site, or the page is too old.
    """
    check_origin(request)
    form = await request.form(max_files=1, max_fields=10)
    sent = form.get("csrf")
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), visitor.csrf.encode()):
        raise RefusedError(403, "This page is too old.", "Reload it, and try again.")
    return form


async def read_chunks(request: Request) -> AsyncIterator[bytes]:
    """The body of a request in pieces.

    Raises:
        RefusedError: The sender left before its end.
    """
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise RefusedError(400, "The file did not arrive whole.", "Submit it again.") from None


def set_session_cookie(request: Request, answer: Response, key: str, seconds: int) -> None:
    """Have the browser keep the secret of its session."""
    answer.set_cookie(
        COOKIE,
        key,
        max_age=seconds,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def show_page(
    request: Request, template: str, visitor: Visitor | None, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of the site."""
    site: Site = request.app.state.site
    page = render(f"server/pages/{template}.html.j2", course=site.course, visitor=visitor, **values)
    return HTMLResponse(page, status)


def in_thread(handler: Callable[[Request], Response]) -> Handler:
    """A handler that reads from the database or the disk, and must not stop the others."""

    async def run(request: Request) -> Response:
        return await run_in_threadpool(handler, request)

    return run
