"""The web application."""

from __future__ import annotations

import time

from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograder.errors import AutograderError
from autograder.pages import render
from autograder.server import (
    class_pages,
    entrance,
    hub_pages,
    notebook_link,
    program_api,
    regrade_pages,
    student_pages,
)
from autograder.server.guard import Guard
from autograder.server.lti import lms_pages, lti_pages
from autograder.server.lti.platforms import PlatformKeys
from autograder.server.refused import RefusedError
from autograder.server.server_log import log
from autograder.server.site import Site, show_page

_UPLOADS = (("/labs/", ""), ("/api/labs/", "/attempts"))


def make_app(site: Site) -> ASGIApp:
    """The application of a course.

    Args:
        site: The server's parts.
    """
    app = Starlette(
        routes=[
            Route("/static/page.css", _show_style),
            Route("/static/live.js", _show_script),
            Route("/health", _show_health),
            *entrance.ROUTES,
            *student_pages.ROUTES,
            *class_pages.ROUTES,
            *regrade_pages.ROUTES,
            *program_api.ROUTES,
            *hub_pages.ROUTES,
            *notebook_link.ROUTES,
            *lti_pages.ROUTES,
            *lms_pages.ROUTES,
        ],
        exception_handlers={
            RefusedError: _explain,
            HTTPException: _explain_http,
            OperationalError: _explain_database,
            AutograderError: _explain_course,
            Exception: _apologize,
        },
    )
    app.state.site = site
    app.state.lti_keys = PlatformKeys()

    def find_most_bytes(path: str) -> int:
        is_upload = any(path.startswith(a) and path.endswith(b) for a, b in _UPLOADS)
        labs = site.course.labs() if is_upload else []
        return max((lab.server.most_bytes for lab in labs), default=0)

    return _Log(Guard(app, find_most_bytes), app)


class _Log:
    """Writes a line for each request: the route, not the path, so that no name gets there."""

    def __init__(self, app: ASGIApp, routed: Starlette) -> None:
        self._app, self._routed = app, routed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            milliseconds = 1000 * (time.monotonic() - began)
            log.info("%s %s %d ms", self._name_route(scope), status, milliseconds)

    def _name_route(self, scope: Scope) -> str:
        for route in self._routed.routes:
            match, _ = route.matches(scope)
            if match is Match.FULL and isinstance(route, Route):
                return f"{scope['method']} {route.path}"
        return "other"


def _show_style(request: Request) -> Response:
    return Response(render("server/pages/site.css.j2"), media_type="text/css")


def _show_script(request: Request) -> Response:
    return Response(render("server/pages/live.js.j2"), media_type="text/javascript")


def _show_health(request: Request) -> Response:
    site: Site = request.app.state.site
    with site.database.read() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return PlainTextResponse("ok\n")


def _explain(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    answer = _answer(request, error.status, str(error), error.hint)
    if error.wait_seconds is not None:
        answer.headers["retry-after"] = str(max(1, round(error.wait_seconds)))
    return answer


def _explain_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    messages = {404: "This page was not found.", 405: "This cannot be done here."}
    message = messages.get(error.status_code, error.detail)
    answer = _answer(request, error.status_code, message, "")
    for name, text in (error.headers or {}).items():
        answer.headers[name] = text
    return answer


def _explain_database(request: Request, error: Exception) -> Response:
    """The disk is full, or the database does not answer: that may pass."""
    assert isinstance(error, OperationalError)
    log.error("the server's database cannot be used: %s", error.orig)
    answer = _answer(
        request,
        503,
        "The server's database cannot be used now.",
        "Try again in a minute. The same file never counts twice.",
    )
    answer.headers["retry-after"] = "60"
    return answer


def _explain_course(request: Request, error: Exception) -> Response:
    """A file of the course cannot be used: the roster, the key for an LMS."""
    assert isinstance(error, AutograderError)
    log.error("the course is not complete: %s%s", error, f" → {error.hint}" if error.hint else "")
    return _answer(
        request, 503, "A file of the course cannot be used now.", "Tell your instructor."
    )


def _apologize(request: Request, error: Exception) -> Response:
    return _answer(
        request, 500, "The server made an error.", "Try again; if it stays, tell your instructor."
    )


def _answer(request: Request, status: int, message: str, hint: str) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": message, "hint": hint}, status)
    return show_page(request, "refused", None, status, message=message, hint=hint, code=status)
