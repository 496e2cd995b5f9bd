"""The pages of an instructor: the class, a student, the audit trail."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import datetime
from typing import IO

from sqlalchemy import select
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from autograder.course.course import Course, Lab
from autograder.course.submissions import Submission
from autograder.marks.lateness import SubmissionTimes
from autograder.server.attempt_view import format_time, list_attempts
from autograder.server.class_view import count_class, read_names, view_class
from autograder.server.database import add_audit
from autograder.server.extend_date import extend_date
from autograder.server.refused import RefusedError
from autograder.server.regrade import list_regrades
from autograder.server.site import Site, find_visitor, in_thread, read_form, show_page
from autograder.server.tables import Audit, Role, Student

_MOST_AUDITS = 500


def show_labs(request: Request) -> Response:
    """The labs with the class's numbers."""
    visitor = find_visitor(request, Role.INSTRUCTOR)
    site: Site = request.app.state.site
    with site.database.read() as session:
        rows = [(lab, count_class(session, lab)) for lab in site.course.labs()]
    return show_page(request, "labs", visitor, rows=rows)


def show_class(request: Request) -> Response:
    """The class in one lab."""
    visitor = find_visitor(request, Role.INSTRUCTOR)
    site: Site = request.app.state.site
    lab = site.find_lab(request)
    with site.database.read() as session:
        view = view_class(session, lab, site.marks)
        regrades = list_regrades(session, lab)
    return show_page(
        request,
        "class",
        visitor,
        lab=lab,
        view=view,
        regrades=regrades,
        format_time=lambda seconds: format_time(site.course, seconds),
        refresh=True,
    )


def show_student(request: Request) -> Response:
    """A student's attempts at a lab, and the due date."""
    visitor = find_visitor(request, Role.INSTRUCTOR)
    site: Site = request.app.state.site
    lab = site.find_lab(request)
    student = find_student(site, request)
    with site.database.read() as session:
        attempts = list_attempts(session, student.person, lab)
        names = read_names(session)
    due, is_extended = SubmissionTimes(site.course, lab).find_due(student.person)
    return show_page(
        request,
        "student",
        visitor,
        lab=lab,
        student=student,
        name=names.get(student.person, student.person),
        attempts=attempts,
        marks={one.attempt.id: site.marks.read(lab, one.attempt) for one in attempts},
        due=due.astimezone(site.course.timezone) if due else None,
        is_extended=is_extended,
        format_time=lambda seconds: format_time(site.course, seconds),
    )


def find_student(site: Site, request: Request) -> Student:
    """The student whose number the path has.

    Raises:
        RefusedError: There is none.
    """
    with site.database.read() as session:
        student = session.get(Student, request.path_params["student"])
    if student is None:
        raise RefusedError(404, "This student was not found.", "")
    return student


async def extend(request: Request) -> Response:
    """Give a student another due date, or take it away."""
    visitor = await run_in_threadpool(find_visitor, request, Role.INSTRUCTOR)
    form = await read_form(request, visitor)
    site: Site = request.app.state.site

    def write() -> Response:
        lab, student = site.find_lab(request), find_student(site, request)
        due = _read_date(site.course, str(form.get("due", "")))
        before, _ = SubmissionTimes(site.course, lab).find_due(student.person)
        extend_date(site.course, lab, student.person, due)
        with site.database.write() as session:
            add_audit(
                session,
                visitor.name,
                "extend the due date",
                lab=lab.name,
                person=student.person,
                before=before.isoformat() if before else "",
                after=due.isoformat() if due else "the lab's own",
            )
        return RedirectResponse(str(request.url_for("student", **request.path_params).path), 303)

    return await run_in_threadpool(write)


def _read_date(course: Course, text: str) -> datetime | None:
    """A date as a browser's field sends it; empty for none."""
    if not text.strip():
        return None
    try:
        return course.localize(datetime.fromisoformat(text.strip()))
    except ValueError:
        raise RefusedError(
            400, "The date cannot be read.", "Write it like 2027-02-05T23:59."
        ) from None


def download_class(request: Request) -> Response:
    """The submissions of a lab that count, in one zip file."""
    visitor = find_visitor(request, Role.INSTRUCTOR)
    site: Site = request.app.state.site
    lab = site.find_lab(request)
    file = tempfile.NamedTemporaryFile(prefix="autograder-", suffix=".zip")  # noqa: SIM115
    _pack_submissions(site.course, lab, file)
    file.flush()
    with site.database.write() as session:
        add_audit(session, visitor.name, "download all", lab=lab.name)
    return FileResponse(
        file.name,
        media_type="application/zip",
        filename=f"{lab.name}.zip",
        background=BackgroundTask(file.close),
    )


def _pack_submissions(course: Course, lab: Lab, target: IO[bytes]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for folder in sorted(course.submitted_dir.glob(f"*/{lab.name}")):
            submission = Submission(folder.parent.name, lab.name, folder)
            for path in submission.files():
                archive.write(folder / path, f"{submission.student}/{lab.name}/{path.as_posix()}")


def show_audit(request: Request) -> Response:
    """Who changed what."""
    visitor = find_visitor(request, Role.INSTRUCTOR)
    site: Site = request.app.state.site
    with site.database.read() as session:
        rows = list(session.scalars(select(Audit).order_by(Audit.id.desc()).limit(_MOST_AUDITS)))
    return show_page(
        request,
        "audit",
        visitor,
        rows=rows,
        format_time=lambda seconds: format_time(site.course, seconds),
    )


ROUTES = [
    Route("/class", in_thread(show_labs)),
    Route("/audit", in_thread(show_audit)),
    Route("/class/{lab}", in_thread(show_class)),
    Route("/class/{lab}/download", in_thread(download_class)),
    Route("/class/{lab}/students/{student:int}", in_thread(show_student), name="student"),
    Route("/class/{lab}/students/{student:int}/extend", extend, methods=["POST"]),
]
