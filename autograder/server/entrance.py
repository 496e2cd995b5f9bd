"""Coming in by a personal link, and leaving."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.server.hub_service import HubService
from autograder.server.links import SESSION_SECONDS, close_session, open_session
from autograder.server.refused import RefusedError
from autograder.server.site import (
    COOKIE,
    Site,
    check_origin,
    find_address,
    find_visitor,
    in_thread,
    read_form,
    set_session_cookie,
    show_page,
)


def show_entrance(request: Request) -> Response:
    """A form for the link's code; a script fills it in from the part after `#`."""
    site: Site = request.app.state.site
    return show_page(request, "enter", None, has_hub=HubService(site.course.hub).is_set_up)


async def enter(request: Request) -> Response:
    """Begin a session."""
    check_origin(request)
    site: Site = request.app.state.site
    form = await request.form(max_files=0, max_fields=5)
    sent = form.get("token")
    token = sent.strip().rpartition("#")[2] if isinstance(sent, str) else ""
    key = await run_in_threadpool(open_session, site.database, token) if token else None
    if key is None:
        site.limits.bad_tokens.take(find_address(request))
        raise RefusedError(
            401, "This link is not valid, or a newer one has replaced it.", "Ask for a new one."
        )
    answer = RedirectResponse("/", 303)
    set_session_cookie(request, answer, key, SESSION_SECONDS)
    return answer


async def leave(request: Request) -> Response:
    """End the session."""
    visitor = await run_in_threadpool(find_visitor, request)
    await read_form(request, visitor)
    site: Site = request.app.state.site
    await run_in_threadpool(close_session, site.database, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/enter", 303)
    answer.delete_cookie(COOKIE)
    return answer


ROUTES = [
    Route("/enter", in_thread(show_entrance)),
    Route("/enter", enter, methods=["POST"]),
    Route("/leave", leave, methods=["POST"]),
]
