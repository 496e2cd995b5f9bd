"""What `course_lib.hand_in` talks to: the same as the pages, in JSON, with a link's token."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from autograder.server.attempt_view import find_attempt, find_lab_of, make_record, view_attempt
from autograder.server.receive import add_attempt, check_limits, receive_file
from autograder.server.site import Site, find_program, in_thread, read_chunks
from autograder.server.tables import Role


def list_labs(request: Request) -> Response:
    """The labs, by name, with the questions that tell them apart."""
    find_program(request, Role.STUDENT)
    site: Site = request.app.state.site
    labs = [
        {"lab": lab.name, "title": lab.title, "questions": list(lab.points)}
        for lab in site.course.labs()
    ]
    return JSONResponse({"course": site.course.name, "labs": labs})


async def submit(request: Request) -> Response:
    """Take the body as a file."""
    visitor = await run_in_threadpool(find_program, request, Role.STUDENT)
    site: Site = request.app.state.site
    lab = await run_in_threadpool(site.find_lab, request)
    site.limits.uploads.take(visitor.key)
    await run_in_threadpool(check_limits, site.database, lab, visitor.person)
    incoming = await receive_file(site.course, lab, read_chunks(request))
    name = request.query_params.get("name", lab.notebook)

    def answer() -> Response:
        receipt = add_attempt(site.course, site.database, lab, visitor.person, name, incoming)
        with site.database.read() as session:
            view = view_attempt(session, session.merge(receipt.attempt, load=False))
        record = make_record(site, view, lab) | {"repeated": receipt.is_repeated}
        return JSONResponse(record, 200 if receipt.is_repeated else 201)

    return await run_in_threadpool(answer)


def show_attempt(request: Request) -> Response:
    """An attempt, with its marks once it is graded."""
    visitor = find_program(request, Role.STUDENT)
    site: Site = request.app.state.site
    with site.database.read() as session:
        attempt = find_attempt(session, request.path_params["receipt"], visitor)
        view = view_attempt(session, attempt)
    return JSONResponse(make_record(site, view, find_lab_of(site.course, attempt)))


ROUTES = [
    Route("/api/labs", in_thread(list_labs)),
    Route("/api/labs/{lab}/attempts", submit, methods=["POST"]),
    Route("/api/attempts/{receipt}", in_thread(show_attempt)),
]
