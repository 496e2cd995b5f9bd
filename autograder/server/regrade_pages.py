"""The pages on which an instructor grades a lab again and confirms the new marks."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.course.course import Lab
from autograder.server.class_view import read_names
from autograder.server.refused import RefusedError
from autograder.server.regrade import (
    confirm_regrade,
    drop_regrade,
    find_regrade,
    list_changes,
    start_regrade,
)
from autograder.server.site import Site, find_visitor, in_thread, read_form, show_page
from autograder.server.tables import RegradeState, Role


async def start(request: Request) -> Response:
    """Queue all attempts of a lab to be graded again."""
    visitor = await run_in_threadpool(find_visitor, request, Role.INSTRUCTOR)
    await read_form(request, visitor)
    site: Site = request.app.state.site
    lab = await run_in_threadpool(site.find_lab, request)
    number = await run_in_threadpool(start_regrade, site.database, lab, visitor.name)
    return _go_to(lab, number)


def show(request: Request) -> Response:
    """The marks before and after."""
    visitor = find_visitor(request, Role.INSTRUCTOR)
    site: Site = request.app.state.site
    lab = site.find_lab(request)
    with site.database.read() as session:
        regrade = find_regrade(session, lab, request.path_params["number"])
        if regrade is None:
            raise RefusedError(404, "This re-grading was not found.", "")
        changes = list_changes(session, regrade.id)
        names = read_names(session)
    return show_page(
        request,
        "regrade",
        visitor,
        lab=lab,
        regrade=regrade,
        names=names,
        changes=changes,
        changed=[change for change in changes if change.is_changed],
        left=sum(change.after is None for change in changes),
        is_open=regrade.state == RegradeState.OPEN,
        refresh=any(change.after is None for change in changes),
    )


async def decide(request: Request) -> Response:
    """Confirm or drop a re-grading."""
    visitor = await run_in_threadpool(find_visitor, request, Role.INSTRUCTOR)
    form = await read_form(request, visitor)
    site: Site = request.app.state.site
    lab = await run_in_threadpool(site.find_lab, request)
    number = request.path_params["number"]
    if form.get("decision") not in ("confirm", "drop"):
        raise RefusedError(400, "It is not clear what to do.", "Press one of the two buttons.")
    decision = confirm_regrade if form.get("decision") == "confirm" else drop_regrade
    await run_in_threadpool(decision, site.course, site.database, lab, number, visitor.name)
    return _go_to(lab, number)


def _go_to(lab: Lab, number: int) -> Response:
    return RedirectResponse(f"/class/{quote(lab.name, safe='')}/regrades/{number}", 303)


ROUTES = [
    Route("/class/{lab}/regrades", start, methods=["POST"]),
    Route("/class/{lab}/regrades/{number:int}", in_thread(show)),
    Route("/class/{lab}/regrades/{number:int}", decide, methods=["POST"]),
]
