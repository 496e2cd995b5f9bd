"""The instructor's page about the LMS: who is who, and which marks it does not have yet."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.server.database import add_audit
from autograder.server.lti.grade_outbox import send_again
from autograder.server.lti.lms_people import list_free_people, list_members, match_by_hand
from autograder.server.lti.read_members import read_members
from autograder.server.refused import RefusedError
from autograder.server.site import Site, find_visitor, in_thread, read_form, show_page
from autograder.server.tables import GradeState, LmsCourse, LmsGrade, Role

_MOST_ROWS = 200


def show_lms(request: Request) -> Response:
    """Members with and without a match, and marks that wait."""
    visitor = find_visitor(request, Role.INSTRUCTOR)
    site: Site = request.app.state.site
    with site.database.read() as session:
        members, courses = list_members(session), list(session.scalars(select(LmsCourse)))
        counts, open_grades = _count_grades(session), _list_open_grades(session)
    return show_page(
        request,
        "lms",
        visitor,
        members=members,
        courses=courses,
        people=list_free_people(site.course, members),
        counts=counts,
        open_grades=open_grades,
    )


def _count_grades(session: Session) -> dict[str, int]:
    rows = session.execute(select(LmsGrade.state, func.count()).group_by(LmsGrade.state))
    found = {state: number for state, number in rows}
    return {state.value: found.get(state.value, 0) for state in GradeState}


def _list_open_grades(session: Session) -> list[LmsGrade]:
    query = select(LmsGrade).where(LmsGrade.state != GradeState.SENT.value)
    return list(session.scalars(query.order_by(LmsGrade.state, LmsGrade.stamp).limit(_MOST_ROWS)))


async def change(request: Request) -> Response:
    """Match a member, read the members, or send marks again."""
    visitor = await run_in_threadpool(find_visitor, request, Role.INSTRUCTOR)
    form = await read_form(request, visitor)
    site: Site = request.app.state.site
    fields = {key: value for key, value in form.items() if isinstance(value, str)}

    def run() -> Response:
        if "user" in fields:
            user = _read_number(fields["user"])
            match_by_hand(site, user, fields.get("person", ""), visitor.name)
        elif "read" in fields:
            with site.database.read() as session:
                course = session.get(LmsCourse, _read_number(fields["read"]))
            if course is None:
                raise RefusedError(404, "This course of the LMS was not found.", "")
            read_members(site, course)
        else:
            number = send_again(site.database)
            with site.database.write() as session:
                add_audit(session, visitor.name, "send marks again", after=f"{number} marks")
        return RedirectResponse("/lms", 303)

    return await run_in_threadpool(run)


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RefusedError(400, "The form is not complete.", "Reload the page.")
    return int(text)


ROUTES = [
    Route("/lms", in_thread(show_lms)),
    Route("/lms", change, methods=["POST"]),
]
