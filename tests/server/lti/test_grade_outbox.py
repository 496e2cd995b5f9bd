"""Marks for the LMS: the final ones only, each once, whatever the LMS answers and when."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from autograder.course.roster import Person, Roster
from autograder.server.lti import grade_outbox
from autograder.server.lti.lms_people import Member, match_member
from autograder.server.tables import GradeState, LmsCourse, LmsGrade, LmsUser
from tests.autograder.tiny_course import LAB
from tests.server.lti.marked_class import MarkedClass
from tests.server.served_course import ServedCourse


def test_only_a_final_mark_is_sent(graded: MarkedClass) -> None:
    graded.step()
    assert graded.row is None and not graded.lms.received  # hand grading is not finished
    graded.mark(3)
    graded.step()
    assert graded.kept == (9, 10) and graded.row.state == GradeState.SENT
    graded.step(3)
    assert len(graded.lms.received) == 1


def test_a_mark_that_changes_is_sent_with_a_later_stamp(graded: MarkedClass) -> None:
    for points in (3, 4, 2):
        graded.mark(points)
        graded.step()
    stamps = [score["timestamp"] for score in graded.lms.received]
    assert graded.kept == (8, 10) and len(stamps) == 3 and sorted(set(stamps)) == stamps


def test_a_stamp_grows_although_the_clock_was_set_back(graded: MarkedClass) -> None:
    graded.mark(3)
    graded.step()
    with graded.database.write() as session:  # as if the clock had been a day ahead
        row = session.scalars(select(LmsGrade)).one()
        row.stamp, row.state = row.stamp + 86_400_000, GradeState.WAITING.value
    graded.step()
    graded.mark(1)
    graded.step()
    assert graded.kept == (7, 10) and len(graded.lms.received) == 3


SETTINGS: dict[str, tuple[str, tuple[float, float] | None]] = {
    "marks": ('\n[server]\nshows = "marks"\n', (9, 10)),
    "checks": ('\n[server]\nshows = "checks"\n', None),
    "an exam": ('\n[labs.01_neuron.server]\nshows = "receipt"\n', None),
    "late by a day": ("\n[policy]\nlate_penalty = 0.1\n", (8, 10)),
    "an extension": (
        '\n[policy]\nlate_penalty = 0.1\n[extensions]\nada = { "01_neuron" = 2 }\n',
        (9, 10),
    ),
    "too late": ("\n[policy]\nlate_penalty = 0.1\nlatest_days = 0\n", (0, 10)),
    "another LMS": ("", (9, 10)),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_settings_of_the_course_decide(graded: MarkedClass, name: str) -> None:
    settings, expected = SETTINGS[name]
    with (graded.course.root / "course.toml").open("a") as file:
        file.write(settings)
    folder = graded.course.submitted_dir / "ada" / LAB
    (folder / "timestamp.txt").write_text("2027-02-06 10:00:00 UTC\n")
    graded.mark(3)
    graded.step()
    assert graded.kept == expected


ANSWERS = ["500", "503", "429", "401", "404", "lose", "page", "redirect", "huge"]


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_mark_that_is_not_confirmed_is_sent_again(
    graded: MarkedClass, answer: str, strict: bool
) -> None:
    graded.lms.is_strict = strict
    graded.lms.answers = [answer]
    graded.mark(3)
    began = time.monotonic()
    graded.step()
    assert graded.row.state == GradeState.WAITING and graded.row.tries == 1
    assert "<script>" not in graded.row.problem and len(graded.row.problem) < 300
    graded.step()
    assert graded.row.state == GradeState.SENT and graded.kept == (9, 10)
    assert len({score["timestamp"] for score in graded.lms.received}) == 1
    assert time.monotonic() - began < 60


def test_a_later_mark_in_the_lms_is_for_a_person(graded: MarkedClass) -> None:
    graded.lms.answers = ["conflict"]
    graded.mark(3)
    graded.step()
    assert graded.row.state == GradeState.FAILED and "later mark" in graded.row.problem
    assert grade_outbox.send_again(graded.database) == 1
    graded.step()
    assert graded.row.state == GradeState.SENT and graded.kept == (9, 10)


def test_a_mark_fails_after_very_many_tries(graded: MarkedClass) -> None:
    graded.lms.answers = ["404"] * grade_outbox.MOST_TRIES
    graded.mark(3)
    graded.step(grade_outbox.MOST_TRIES)
    assert graded.row.state == GradeState.FAILED
    graded.step()
    assert graded.lms.answers == [] and len(graded.lms.received) == grade_outbox.MOST_TRIES


BOTH = pytest.mark.parametrize("graded", ["sqlite", "postgresql"], indirect=True)


@BOTH
def test_a_newer_mark_is_not_lost_in_an_answer_to_the_older(graded: MarkedClass) -> None:
    graded.mark(3)
    graded.sender._filled = float("-inf")
    graded.site.marks._by_hand.clear()
    grade_outbox.fill_outbox(graded.course, graded.database, graded.site.marks)
    older = grade_outbox.claim(graded.database, graded.row)
    graded.mark(4)
    graded.site.marks._by_hand.clear()
    grade_outbox.fill_outbox(graded.course, graded.database, graded.site.marks)
    grade_outbox.finish(graded.database, older)
    assert graded.row.state == GradeState.WAITING
    graded.step()
    assert graded.kept == (10, 10)


def test_two_servers_claim_a_mark_once(graded: MarkedClass) -> None:
    graded.mark(3)
    graded.site.marks._by_hand.clear()
    grade_outbox.fill_outbox(graded.course, graded.database, graded.site.marks)
    assert grade_outbox.claim(graded.database, graded.row) is not None
    assert grade_outbox.claim(graded.database, graded.row) is None


@BOTH
def test_accounts_that_come_at_once_are_different_students(graded: MarkedClass) -> None:
    """Ten launches of one new account make one row; ten accounts with one address, one match."""
    roster = Roster([Person("bob", "Bob", ids={"email": "bob@example.org"})])
    (platform,) = graded.course.lti_platforms
    with graded.database.read() as session:
        place = session.scalars(select(LmsCourse)).one()

    def match(subject: str) -> None:
        member = Member(subject, "Bob", "bob@example.org", "")
        with graded.database.write() as session:
            match_member(session, place, member, roster, platform)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(match, ["same"] * 10 + [f"other-{number}" for number in range(10)]))
    with graded.database.read() as session:
        found = [user for user in session.scalars(select(LmsUser)) if user.subject != "u-1"]
    assert len(found) == 11 and [user.person for user in found].count("bob") == 1


def test_pauses_grow_and_end() -> None:
    pauses = [grade_outbox.find_pause_after(tries) for tries in range(1, 40)]
    assert pauses[0] == 5 and sorted(pauses) == pauses and pauses[-1] == 3600


Wait = Callable[[], bool]


def wait_for(condition: Wait) -> None:
    end = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
def test_a_server_that_is_killed_before_the_answer_sends_the_same_again(
    graded: MarkedClass, strict: bool
) -> None:
    lms = graded.lms
    lms.is_strict, lms.answers = strict, ["hang"]
    graded.mark(3)
    server = ServedCourse(graded.course, 0)
    server.start()
    lms.tool_keys_url = f"http://127.0.0.1:{server.port}/lti/keys"
    assert lms.got_score.wait(90)
    server.kill()
    assert graded.row.state == GradeState.WAITING and graded.row.tries == 1
    with graded.database.write() as session:
        session.scalars(select(LmsGrade)).one().next_try = 0.0  # its lease is over
    server.start()
    wait_for(lambda: graded.row.state == GradeState.SENT)
    server.stop()
    assert len(lms.received) == 2 and lms.received[0] == lms.received[1]
    assert graded.kept == (9, 10)


def test_the_command_makes_a_key_and_names_the_addresses(tmp_path: Path) -> None:
    (tmp_path / "course.toml").touch()
    command = [sys.executable, "-m", "autograder", "lti", "--url", "https://labs.example.org/"]
    said = [
        subprocess.run([*command, "--course-dir", tmp_path], capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert "new key" in said[0] and "new key" not in said[1]
    for path in ("login", "launch", "deep-link", "keys"):
        assert f"https://labs.example.org/lti/{path}" in said[0]
