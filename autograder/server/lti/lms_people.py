"""Who a member of the LMS's course is in the roster.

A match lasts: it is made once, by the school's id or the email address, or by an instructor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.course.sign_in_settings import LtiPlatform
from autograder.lms.read_class import read_class
from autograder.server.database import Database, add_audit
from autograder.server.links import add_student
from autograder.server.lti.launch import Launch
from autograder.server.refused import RefusedError
from autograder.server.site import Site
from autograder.server.tables import Base, LineItem, LmsCourse, LmsUser

_Row = TypeVar("_Row", bound=Base)


@dataclass(frozen=True)
class Member:
    """A student as an LMS describes them.

    Args:
        subject: The LMS's id.
        name: The name.
        email: The email address, in lower case; empty if it is not told.
        sourcedid: The school's id; empty if it is not told.
    """

    subject: str
    name: str
    email: str
    sourcedid: str


def note_course(database: Database, launch: Launch) -> LmsCourse:
    """Store the LMS's course, and where it takes the marks of the lab."""
    own = (LmsCourse.platform == launch.platform.key, LmsCourse.context == launch.context)
    with database.write() as session:
        course = _find_or_add(
            session,
            LmsCourse(platform=launch.platform.key, context=launch.context, title=launch.title),
            *own,
        )
        course.title = launch.title
        if launch.is_instructor and launch.members_url:
            course.members_url = launch.members_url
        if launch.lab and launch.line_item:
            item = LineItem(course_id=course.id, lab=launch.lab, url=launch.line_item)
            same = (LineItem.course_id == course.id, LineItem.url == launch.line_item)
            _find_or_add(session, item, *same).lab = launch.lab
    return course


def find_student(site: Site, course: LmsCourse, launch: Launch) -> Person:
    """The student of the roster who sends a launch.

    Raises:
        RefusedError: The roster has no such student, or it is not clear which.
    """
    roster = read_class(site.course)
    member = Member(launch.subject, launch.name, launch.email, launch.sourcedid)
    with site.database.write() as session:
        user = match_member(session, course, member, roster, launch.platform)
        person = find_in_roster(roster, user.person)
    if person is None:
        who = ", ".join(filter(None, (member.name, member.email, member.sourcedid)))
        raise RefusedError(
            403,
            "Your account of the LMS is not matched to a student of this course.",
            f"Tell your instructor, who can match it: {who or 'your name'}.",
        )
    return person


def match_member(
    session: Session,
    course: LmsCourse,
    member: Member,
    roster: Roster | None,
    platform: LtiPlatform,
) -> LmsUser:
    """The row of a member; a new one, or one without a match, is matched if that is clear."""
    _lock_course(session, course.id)
    fresh = LmsUser(
        course_id=course.id,
        subject=member.subject,
        name=member.name,
        email=member.email,
        sourcedid=member.sourcedid,
    )
    own = (LmsUser.course_id == course.id, LmsUser.subject == member.subject)
    user = _find_or_add(session, fresh, *own)
    user.name, user.email, user.sourcedid = member.name, member.email, member.sourcedid
    if user.person is None:
        found = _find_clear_match(roster, member, platform.match)
        if found is not None and not _is_taken(session, course.id, found.id):
            set_match(session, user, found.id, f"LTI, {platform.name}")
    return user


def set_match(session: Session, user: LmsUser, person: str | None, actor: str) -> None:
    """Make a member a student of the roster, or end that."""
    before, user.person = user.person, person
    if person is not None:
        add_student(session, person)
    add_audit(
        session,
        actor,
        "match LMS account",
        person=person or before or "",
        before=before or "",
        after=f"{user.name} {user.email}".strip() if person else "no match",
    )


def match_by_hand(site: Site, user_id: int, person: str, actor: str) -> None:
    """Match a member as an instructor says; an empty id ends the match.

    Raises:
        RefusedError: The member or the student was not found, or the student is matched already.
    """
    roster = read_class(site.course)
    if person and find_in_roster(roster, person) is None:
        raise RefusedError(404, "No student of the roster has this id.", "Reload the page.")
    with site.database.write() as session:
        user = session.get(LmsUser, user_id)
        if user is None:
            raise RefusedError(404, "The LMS has no such member.", "Reload the page.")
        _lock_course(session, user.course_id)
        if person and user.person != person and _is_taken(session, user.course_id, person):
            raise RefusedError(
                409, f"{person} is matched to another account.", "End that match first."
            )
        set_match(session, user, person or None, actor)


def list_members(session: Session) -> list[LmsUser]:
    """All members, those without a match first."""
    found = session.scalars(select(LmsUser).order_by(LmsUser.name, LmsUser.id))
    return sorted(found, key=lambda user: user.person is not None)


def list_free_people(course: Course, taken: Iterable[LmsUser]) -> list[Person]:
    """The students of the roster without an account of an LMS."""
    roster = read_class(course)
    matched = {user.person for user in taken}
    people = roster.people if roster else ()
    return sorted((one for one in people if one.id not in matched), key=lambda one: one.name)


def find_in_roster(roster: Roster | None, person: str | None) -> Person | None:
    """A student by the id in the roster."""
    people = roster.people if roster and person else ()
    return next((one for one in people if one.id == person), None)


def _find_clear_match(roster: Roster | None, member: Member, match: Iterable[str]) -> Person | None:
    """The one student whose ids are the member's; None if there are none or several."""
    people = roster.people if roster else ()
    found: dict[str, Person] = {}
    if "sourcedid" in match and member.sourcedid:
        for one in people:
            if member.sourcedid in (one.id, one.ids.get("sid")):
                found[one.id] = one
    if "email" in match and member.email:
        for one in people:
            if member.email in (one.ids.get("email"), one.id.casefold()):
                found[one.id] = one
    return next(iter(found.values())) if len(found) == 1 else None


def _lock_course(session: Session, course_id: int) -> None:
    """Let one request match at a time: two accounts must not get the same student."""
    session.execute(select(LmsCourse.id).where(LmsCourse.id == course_id).with_for_update())


def _is_taken(session: Session, course_id: int, person: str) -> bool:
    own = (LmsUser.course_id == course_id, LmsUser.person == person)
    return session.scalar(select(LmsUser.id).where(*own)) is not None


def _find_or_add(session: Session, fresh: _Row, *own: ColumnElement[bool]) -> _Row:
    """The row that fulfils the conditions, locked; `fresh` is added if there is none."""
    query = select(type(fresh)).where(*own).with_for_update(of=type(fresh))
    found = session.scalar(query)
    if found is None:
        try:
            with session.begin_nested():
                session.add(fresh)
            return fresh
        except IntegrityError:  # another request has just added it
            found = session.scalars(query).one()
    return found
