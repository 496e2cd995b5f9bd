"""The pages of a student: labs, attempts, marks and feedback."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from autograder.course.course import Lab
from autograder.course.source_notebooks import list_questions
from autograder.feedback import feedback_path
from autograder.marks.lateness import SubmissionTimes
from autograder.server.attempt_view import (
    find_attempt,
    find_lab_of,
    format_time,
    list_attempts,
    make_record,
    view_attempt,
)
from autograder.server.receive import add_attempt, attempt_path, check_limits, receive_file
from autograder.server.refused import RefusedError
from autograder.server.site import Site, find_visitor, in_thread, read_form, show_page
from autograder.server.tables import Role

_PIECE = 256 * 1024
# A page of a student's work: nothing in it runs, and it is an origin of its own.
_FEEDBACK_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


def home(request: Request) -> Response:
    """The labs, for a student; an instructor goes to the class."""
    visitor = find_visitor(request)
    if visitor.role is Role.INSTRUCTOR:
        return RedirectResponse("/class", 303)
    site: Site = request.app.state.site
    rows = []
    with site.database.read() as session:
        for lab in site.course.labs():
            attempts = list_attempts(session, visitor.person, lab)
            due, _ = SubmissionTimes(site.course, lab).find_due(visitor.person)
            counting = next((one.attempt for one in attempts if one.attempt.counts), None)
            marks = site.marks.read(lab, counting) if counting else None
            rows.append((lab, due, attempts, marks))
    return show_page(request, "home", visitor, rows=rows)


def show_lab(request: Request) -> Response:
    """A lab: its form, and the student's attempts."""
    visitor = find_visitor(request, Role.STUDENT)
    site: Site = request.app.state.site
    lab = site.find_lab(request)
    with site.database.read() as session:
        attempts = list_attempts(session, visitor.person, lab)
    due, is_extended = SubmissionTimes(site.course, lab).find_due(visitor.person)
    left = max(0, lab.server.attempts - len(attempts)) if lab.server.attempts else None
    return show_page(
        request,
        "lab",
        visitor,
        lab=lab,
        due=due,
        is_extended=is_extended,
        attempts=attempts,
        marks={one.attempt.id: site.marks.read(lab, one.attempt) for one in attempts},
        left=left,
        format_time=lambda seconds: format_time(site.course, seconds),
        refresh=not all(one.is_graded for one in attempts),
    )


async def submit(request: Request) -> Response:
    """Take the form's file."""
    visitor = await run_in_threadpool(find_visitor, request, Role.STUDENT)
    site: Site = request.app.state.site
    lab = await run_in_threadpool(site.find_lab, request)
    site.limits.uploads.take(visitor.key)
    form = await read_form(request, visitor)
    file = form.get("notebook")
    if not isinstance(file, UploadFile) or not file.filename:
        raise RefusedError(400, "No file was chosen.", "Choose your notebook, then submit.")
    await run_in_threadpool(check_limits, site.database, lab, visitor.person)
    incoming = await receive_file(site.course, lab, _read_pieces(file))
    receipt = await run_in_threadpool(
        add_attempt, site.course, site.database, lab, visitor.person, file.filename, incoming
    )
    return RedirectResponse(f"/attempts/{receipt.attempt.receipt}", 303)


async def _read_pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE):
        yield piece


def show_attempt(request: Request) -> Response:
    """An attempt: receipt, place in the queue, marks and feedback."""
    visitor = find_visitor(request)
    site: Site = request.app.state.site
    with site.database.read() as session:
        attempt = find_attempt(session, request.path_params["receipt"], visitor)
        view = view_attempt(session, attempt)
    lab = find_lab_of(site.course, attempt)
    return show_page(
        request,
        "attempt",
        visitor,
        lab=lab,
        view=view,
        attempt=attempt,
        marks=site.marks.read(lab, attempt),
        pages=_list_pages(site, lab, attempt.student.person) if attempt.counts else [],
        received=format_time(site.course, attempt.received),
        refresh=not view.is_graded,
    )


def _list_pages(site: Site, lab: Lab, student: str) -> list[str]:
    """The lab's notebooks with a feedback page that the student may see."""
    if lab.server.shows != "marks":
        return []
    names = list_questions(site.course, lab)
    return [n for n in names if feedback_path(site.course, lab, student, n).is_file()]


def show_feedback(request: Request) -> Response:
    """The feedback page, for a sandboxed frame."""
    visitor = find_visitor(request)
    site: Site = request.app.state.site
    with site.database.read() as session:
        attempt = find_attempt(session, request.path_params["receipt"], visitor)
    lab = find_lab_of(site.course, attempt)
    name, student = request.path_params["notebook"], attempt.student.person
    # The name is compared, never joined to a path as it came.
    known = [one for one in _list_pages(site, lab, student) if one == name]
    if not attempt.counts or not known:
        raise RefusedError(404, "This feedback page was not found.", "")
    page = feedback_path(site.course, lab, student, known[0]).read_text(encoding="utf-8")
    headers = {"content-security-policy": _FEEDBACK_POLICY, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(page, headers=headers)


def show_status(request: Request) -> Response:
    """Where an attempt is, for the page's live part."""
    visitor = find_visitor(request)
    site: Site = request.app.state.site
    with site.database.read() as session:
        attempt = find_attempt(session, request.path_params["receipt"], visitor)
        view = view_attempt(session, attempt)
    record = make_record(site, view, find_lab_of(site.course, attempt))
    return JSONResponse({"graded": record["graded"], "state": record["state"]})


def download_attempt(request: Request) -> Response:
    """The file as it was submitted."""
    visitor = find_visitor(request)
    site: Site = request.app.state.site
    with site.database.read() as session:
        attempt = find_attempt(session, request.path_params["receipt"], visitor)
    path = attempt_path(site.course, attempt)
    if not path.is_file():
        raise RefusedError(404, "The file is no longer on the server.", "")
    # A name of the server's own: the student's is data, not a header.
    name = f"attempt-{attempt.number}{attempt.suffix}"
    return FileResponse(path, media_type="application/octet-stream", filename=name)


ROUTES = [
    Route("/", in_thread(home)),
    Route("/labs/{lab}", in_thread(show_lab)),
    Route("/labs/{lab}", submit, methods=["POST"]),
    Route("/attempts/{receipt}", in_thread(show_attempt)),
    Route("/attempts/{receipt}/status", in_thread(show_status)),
    Route("/attempts/{receipt}/file", in_thread(download_attempt)),
    Route("/attempts/{receipt}/feedback/{notebook}", in_thread(show_feedback)),
]
