"""Marks for an LMS, as rows: what it has to know, since when, and whether it knows.

The rows follow the marks: whatever changes a final mark (grading, hand grading, an extension, a
confirmed re-grading), the next `fill_outbox` sees it. A change gets a later stamp, and a row is
sent with its stamp until the LMS has answered. The LMS ignores a score that is not newer than its
own, so that one which is sent twice counts once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from autograder.course.course import Course, Lab
from autograder.marks.final_score import Policies
from autograder.server.database import Database
from autograder.server.shown_marks import MarkReader
from autograder.server.tables import Attempt, GradeState, LineItem, LmsGrade, LmsUser, Student

LEASE_SECONDS = 120.0
FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 3600.0
MOST_TRIES = 30  # about a day
_LONGEST_PROBLEM = 300


def fill_outbox(course: Course, database: Database, marks: MarkReader) -> int:
    """Store the final marks that an LMS does not have; returns their number.

    Only labs with `shows = "marks"`: a student sees the LMS's gradebook, too.
    """
    with database.read() as session:
        with_column = set(session.scalars(select(LineItem.lab).distinct()))
    labs = [lab for lab in course.labs() if lab.name in with_column and lab.server.shows == "marks"]
    policies, number = Policies(course), 0
    for lab in labs:
        with database.read() as session:
            found = list(_list_final_marks(session, lab, policies, marks))
        with database.write() as session:
            number += sum(_store(session, *mark) for mark in found)
    return number


def _list_final_marks(
    session: Session, lab: Lab, policies: Policies, marks: MarkReader
) -> Iterator[tuple[int, int, float, float]]:
    """Line item, user, points and maximum, as far as the LMS does not have them."""
    known = {
        (one.line_item_id, one.user_id): (one.score, one.max_score)
        for one in session.scalars(
            select(LmsGrade)
            .join(LineItem, LineItem.id == LmsGrade.line_item_id)
            .where(LineItem.lab == lab.name)
        )
    }
    rows = session.execute(
        select(LineItem.id, LmsUser.id, Attempt)
        .join(LmsUser, LmsUser.course_id == LineItem.course_id)
        .join(Student, Student.person == LmsUser.person)
        .join(Attempt, Attempt.student_id == Student.id)
        .where(LineItem.lab == lab.name, Attempt.lab == lab.name, Attempt.counts)
    )
    for item, user, attempt in rows:
        card = marks.make_scorecard(lab, attempt)
        if card is None:
            continue
        final = policies.find_final_score(lab, card)
        mark = round(final.score, 6), round(final.max_score, 6)
        if not final.undecided and final.max_score > 0 and known.get((item, user)) != mark:
            yield item, user, *mark


def _store(session: Session, item: int, user: int, score: float, most: float) -> bool:
    """Store a mark with a new stamp; returns False if the row has it already."""
    own = (LmsGrade.line_item_id == item, LmsGrade.user_id == user)
    row = session.scalar(select(LmsGrade).where(*own).with_for_update(of=LmsGrade))
    if row is None:
        row = LmsGrade(line_item_id=item, user_id=user, stamp=0)
        session.add(row)
    elif (row.score, row.max_score) == (score, most):
        return False
    row.score, row.max_score = score, most
    renew_stamp(row)
    session.flush()
    return True


def renew_stamp(row: LmsGrade) -> None:
    """Have a row sent as a new score, also after the clock was set back."""
    row.stamp = max(round(1000 * time.time()), (row.stamp or 0) + 1)
    row.state, row.tries, row.next_try, row.problem = GradeState.WAITING.value, 0, 0.0, ""


def list_due(database: Database) -> list[LmsGrade]:
    """The rows to be sent now, the oldest first."""
    query = select(LmsGrade).where(
        LmsGrade.state == GradeState.WAITING.value, LmsGrade.next_try <= time.time()
    )
    with database.read() as session:
        return list(session.scalars(query.order_by(LmsGrade.stamp)))


def claim(database: Database, row: LmsGrade) -> LmsGrade | None:
    """Take a row for one try, before it is sent; None if another server has taken it."""
    now = time.time()
    with database.write() as session:
        taken = session.execute(
            update(LmsGrade)
            .where(
                LmsGrade.id == row.id,
                LmsGrade.state == GradeState.WAITING.value,
                LmsGrade.next_try <= now,
            )
            # If this server is killed, the row is due again when the lease is over.
            .values(tries=LmsGrade.tries + 1, next_try=now + LEASE_SECONDS)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return None
        return session.get_one(LmsGrade, row.id)


def finish(database: Database, row: LmsGrade) -> None:
    """The LMS has the mark; a newer one in the row waits still."""
    _update(database, row, state=GradeState.SENT.value, problem="")


def postpone(
    database: Database,
    row: LmsGrade,
    problem: str,
    find_pause: Callable[[int], float] | None = None,
) -> None:
    """Let a row be tried again later; after very many tries, a person has to decide."""
    state = GradeState.FAILED if row.tries >= MOST_TRIES else GradeState.WAITING
    pause = (find_pause or find_pause_after)(row.tries)
    problem = problem[:_LONGEST_PROBLEM]
    _update(database, row, state=state.value, next_try=time.time() + pause, problem=problem)


def fail(database: Database, row: LmsGrade, problem: str) -> None:
    """Leave a row to a person."""
    _update(database, row, state=GradeState.FAILED.value, problem=problem)


def find_pause_after(tries: int) -> float:
    """Seconds until the next try."""
    return min(_LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - 1, 20))


def send_again(database: Database) -> int:
    """Have all marks that wait or failed sent now; returns their number."""
    open_states = (GradeState.WAITING.value, GradeState.FAILED.value)
    with database.write() as session:
        rows = list(session.scalars(select(LmsGrade).where(LmsGrade.state.in_(open_states))))
        for row in rows:
            if row.state == GradeState.FAILED:
                renew_stamp(row)
            else:  # its answer may only have been lost: the same score has the same stamp
                row.next_try = 0.0
    return len(rows)


def _update(database: Database, row: LmsGrade, **values: object) -> None:
    """Change a row, unless a newer mark is in it."""
    with database.write() as session:
        session.execute(
            update(LmsGrade)
            .where(LmsGrade.id == row.id, LmsGrade.stamp == row.stamp)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
