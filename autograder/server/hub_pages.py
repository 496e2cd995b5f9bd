"""Signing in with JupyterHub, by its OAuth."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.server.hub_service import HubService
from autograder.server.refused import RefusedError
from autograder.server.sign_in import (
    add_state_cookie,
    begin_login,
    let_in,
    make_secret,
    take_login,
)
from autograder.server.site import Site, in_thread
from autograder.server.tables import Source

_CALLBACK = "/jupyterhub/callback"
_PROVIDER = "jupyterhub"


def begin(request: Request) -> Response:
    """Send the browser to the Hub."""
    hub = _find_hub(request)
    state = make_secret()
    begin_login(request, state, "", _PROVIDER)
    answer = RedirectResponse(hub.make_login_url(state, _make_callback(request)), 302)
    add_state_cookie(request, answer, state)
    return answer


def come_back(request: Request) -> Response:
    """Let the Hub's user in."""
    site: Site = request.app.state.site
    hub, sent = _find_hub(request), request.query_params
    take_login(request, sent.get("state", ""), _PROVIDER)
    if sent.get("error") or not sent.get("code"):
        raise RefusedError(403, "JupyterHub did not sign you in.", "Try again.")
    user = hub.find_user_of_code(sent["code"], _make_callback(request))
    one = hub.find_person(site.course, user)
    return let_in(request, Source.HUB, one.role, one.person, one.name, "/")


def _find_hub(request: Request) -> HubService:
    site: Site = request.app.state.site
    hub = HubService(site.course.hub)
    if not hub.is_set_up:
        raise RefusedError(404, "This server has no JupyterHub.", "")
    return hub


def _make_callback(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{_CALLBACK}"


ROUTES = [
    Route("/jupyterhub/login", in_thread(begin)),
    Route(_CALLBACK, in_thread(come_back)),
]
