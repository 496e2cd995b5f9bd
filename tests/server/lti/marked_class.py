"""A student with final marks, and the LMS that gets them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from pylti1p3.registration import Registration
from sqlalchemy import select

from autograder.course.course import Course
from autograder.server.database import Database
from autograder.server.lab_grading import LabGrading
from autograder.server.links import add_student
from autograder.server.lti.grade_sender import GradeSender
from autograder.server.lti.tool_key import make_key, read_key
from autograder.server.site import Site
from autograder.server.tables import Attempt, LineItem, LmsCourse, LmsGrade, LmsUser
from tests.autograder.graded_class import lay_down, mark_by_hand
from tests.autograder.tiny_course import LAB, solved
from tests.server.lti.lms_platform import CLIENT, CONTEXT, LmsPlatform


@dataclass
class MarkedClass:
    """A graded class of one student, and the LMS that gets the marks."""

    course: Course
    database: Database
    lms: LmsPlatform
    site: Site
    sender: GradeSender

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.sender._filled = float("-inf")  # a minute later
            self.sender._failures.clear()
            with self.database.write() as session:
                for row in session.scalars(select(LmsGrade)):
                    row.next_try = 0.0
            self.site.marks._by_hand.clear()
            self.sender.step()

    @property
    def row(self) -> LmsGrade | None:
        with self.database.read() as session:
            return session.scalar(select(LmsGrade))

    @property
    def kept(self) -> tuple[float, float] | None:
        score = self.lms.scores.get(("1", "u-1"))
        return (score["scoreGiven"], score["scoreMaximum"]) if score else None

    def mark(self, points: float) -> None:
        mark_by_hand(self.course, "ada", "curves", points)


def make_marked_class(course: Course, lms: LmsPlatform, url: str | None) -> MarkedClass:
    """The class, with hand grading still to be done."""
    make_key(course)
    database = Database.of(course, url)
    add_rows(course, database, lms)
    site = Site(course, database)
    # Its key is published without a server of the tool's.
    keys = course.root / "keys.json"
    keys.write_text(json.dumps({"keys": [Registration.get_jwk(read_key(course)[1])]}))
    lms.tool_keys_url = keys.as_uri()
    return MarkedClass(course, database, lms, site, GradeSender(site, lambda tries: 0.0))


def add_rows(course: Course, database: Database, lms: LmsPlatform) -> None:
    result = lay_down(course, "ada", solved(course))
    verdict = LabGrading(course, course.lab(LAB)).make_shown_verdict(result).as_json()
    with database.write() as session:
        student = add_student(session, "ada")
        place = LmsCourse(platform=f"{lms.url} {CLIENT}", context=CONTEXT, title="DL")
        session.add(place)
        session.flush()
        session.add(
            LmsUser(
                course_id=place.id, subject="u-1", name="", email="", sourcedid="", person="ada"
            )
        )
        session.add(LineItem(course_id=place.id, lab=LAB, url=f"{lms.url}/items/1?type_id=3"))
        session.add(
            Attempt(
                receipt="r", student=student, lab=LAB, number=1, file_name="x", suffix=".ipynb",
                size=1, sha256="0", received=time.time(), counts=True, score=6.0, max_score=10.0,
                verdict=verdict,
            )
        )  # fmt: skip
