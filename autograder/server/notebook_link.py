"""A link that students make for `hand_in()`, because the LMS or the Hub signs in browsers only."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.server.links import make_notebook_link
from autograder.server.site import Site, find_visitor, read_form, show_page
from autograder.server.tables import Role


async def make_link(request: Request) -> Response:
    """Make the link and show it, once; an earlier one stops working."""
    visitor = await run_in_threadpool(find_visitor, request, Role.STUDENT)
    await read_form(request, visitor)
    site: Site = request.app.state.site
    site.limits.uploads.take(visitor.key)
    invitation = await run_in_threadpool(make_notebook_link, site.database, visitor)
    url = invitation.make_url(f"{request.url.scheme}://{request.url.netloc}")
    return show_page(request, "notebook_link", visitor, url=url)


ROUTES = [Route("/notebook-link", make_link, methods=["POST"])]
