"""Final scores after late days, penalties, extensions and extra credit."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from autograder.course.collected import CollectedRow as Row
from autograder.course.collected import write_record
from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.errors import AutograderError
from autograder.feedback import feedback_path, write_feedback
from autograder.marks.course_total import add_up_labs
from autograder.marks.final_score import FinalScore, Policies
from autograder.marks.lateness import find_unknown_students
from autograder.marks.scorecard import read_scorecards
from tests.autograder.graded_class import lay_down, mark_by_hand
from tests.autograder.tiny_course import LAB, solved

POLICY = "[policy]\nlate_penalty = 0.1\nlate_days = 1\nlatest_days = 3\ngrace_minutes = 10\n"
LATE_LAB = "[labs.00_before]\ndue = 2027-01-10T23:59:00Z\n"


def ruled(course: Course, more: str, points: str = "") -> Course:
    """The course with more in its course.toml; `points` goes into the lab's own table."""
    toml = course.root / "course.toml"
    text = toml.read_text().replace(f"[labs.{LAB}]\n", f"[labs.{LAB}]\n{points}")
    toml.write_text(f"{text}\n{more}")
    return Course(course.root)


def at(course: Course, student: str, when: str, lab: str = LAB) -> None:
    folder = course.submitted_dir / student / lab
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "timestamp.txt").write_text(when)


def final(course: Course, student: str = "ada") -> FinalScore:
    lab = course.lab(LAB)
    card = next(card for card in read_scorecards(course, lab) if card.student == student)
    return Policies(course).find_final_score(lab, card)


@pytest.fixture
def ada(course: Course) -> Course:
    """A course with one student, who has all 10 points."""
    lay_down(course, "ada", solved(course))
    mark_by_hand(course, "ada", "curves", 4)
    return course


@pytest.mark.parametrize(
    ("when", "penalty"),
    [
        ("2027-02-05 12:00:00 UTC", 0),
        ("2027-02-06 00:08:00 UTC", 0),  # in the grace minutes
        ("2027-02-06 00:10:00 UTC", 0),  # a free day
        ("2027-02-07 12:00:00 UTC", 1),
        ("2027-02-08 12:00:00 UTC", 2),
        ("2027-02-09 12:00:00 UTC", 10),  # not accepted any more
    ],
)
def test_late(ada: Course, when: str, penalty: float) -> None:
    course = ruled(ada, POLICY)
    at(course, "ada", when)
    found = final(course)
    assert (found.raw, found.penalty, found.score) == (10, penalty, 10 - penalty)
    assert found.undecided == "" and bool(found.reasons) == (when > "2027-02-06 00:09")


def test_free_days_are_used_up_by_the_labs_before(ada: Course) -> None:
    course = ruled(ada, POLICY + LATE_LAB)
    at(course, "ada", "2027-01-11 12:00:00 UTC", "00_before")
    at(course, "ada", "2027-02-06 12:00:00 UTC")
    assert final(course).penalty == 1
    at(course, "ada", "2027-01-10 12:00:00 UTC", "00_before")
    assert final(course).penalty == 0


@pytest.mark.parametrize(
    ("until", "day"),
    [("2027-02-08T12:00:00Z", "08"), ("2027-02-08", "09 February 2027, 00:00"), ("3", "08")],
)
def test_extensions(ada: Course, until: str, day: str) -> None:
    course = ruled(ada, f"{POLICY}[extensions]\nada = {{ {LAB} = {until} }}\n")
    at(course, "ada", "2027-02-08 11:00:00 UTC")
    found = final(course)
    assert found.penalty == 0 and f"Extension to {day}" in found.reasons[0]


def test_an_extension_for_a_name_that_macos_wrote(course: Course) -> None:
    folder, typed = "Zoe\u0308", "Zo\u00eb"
    lay_down(course, folder, solved(course))
    mark_by_hand(course, folder, "curves", 4)
    course = ruled(course, f'{POLICY}[extensions]\n"{typed}" = {{ {LAB} = 3 }}\n')
    at(course, folder, "2027-02-08 11:00:00 UTC")
    assert final(course, folder).penalty == 0
    assert find_unknown_students(course, None) == []


def test_an_extension_for_nobody(ada: Course) -> None:
    course = ruled(ada, f"[extensions]\nada = {{ {LAB} = 3 }}\nadda = {{ {LAB} = 3 }}\n")
    assert find_unknown_students(course, None) == ["adda"]
    assert find_unknown_students(course, Roster([Person("adda", "Adda")])) == []


def test_canvas_says_late_and_not_by_how_much(ada: Course) -> None:
    course = ruled(ada, POLICY)
    row = Row("ada", "ada", "ada_LATE_1_2_x.ipynb", "taken", late="late", source="canvas")
    write_record(course, course.lab(LAB), [row])
    found = final(course)
    assert found.score == 10 and "nobody knows how late" in found.undecided
    at(course, "ada", "2027-02-07 12:00:00 UTC")
    assert final(course).undecided == "" and final(course).penalty == 1


def test_a_flag_of_canvas_that_was_lifted(ada: Course) -> None:
    course = ruled(ada, POLICY)
    lab = course.lab(LAB)
    before = Row("ada", "ada", "ada_LATE_1_2_x.ipynb", "taken", late="late", source="canvas")
    write_record(course, lab, [before])
    # In another part of the class' download, or one of no LMS, nothing is said of her.
    write_record(course, lab, [Row("ada", "Ada", "", "unchanged", source="canvas")])
    write_record(course, lab, [Row("ada", "Ada", "ada/x.ipynb", "unchanged", source="folder")])
    assert "nobody knows how late" in final(course).undecided
    write_record(course, lab, [Row("ada", "ada", "ada_1_2_x.ipynb", "unchanged", source="canvas")])
    assert final(course).undecided == ""
    write_record(course, lab, [before])
    assert "nobody knows how late" in final(course).undecided


@pytest.mark.parametrize(
    "when",
    ["hello", "", "2027-02-12 15:30:00 PST", "2027-02-12T15:30:00 PST", "0001-01-01 00:00 +0900"],
)
def test_a_time_that_can_not_be_read_concerns_one_student(ada: Course, when: str) -> None:
    course = ruled(ada, POLICY)
    lay_down(course, "bob", solved(course))
    mark_by_hand(course, "bob", "curves", 4)
    at(course, "ada", when)
    assert "timestamp.txt does not hold a time" in final(course).undecided
    assert final(course).penalty == 0 and "not decided yet" in final(course).reasons[0]
    assert final(course, "bob").undecided == ""


@pytest.mark.parametrize(
    "when",
    [
        "2027-02-07 12:00:00.123456 UTC",
        "\ufeff2027-02-07 12:00:00 UTC\n",
        "2027-02-07 12:00:00",
        "2027-02-07T12:00:00Z",
        "2027-02-07 13:00:00 Europe/Berlin",
        "2027-02-07 13:00:00 CET",
        "2027-02-07 20:00:00 +0800",
        "2027-02-07T04:00:00-08:00",
        "2027-02-07 12:00 PM",
    ],
)
def test_ways_to_write_a_time(ada: Course, when: str) -> None:
    course = ruled(ada, POLICY)
    at(course, "ada", when)
    submitted = Policies(course).submission_times(course.lab(LAB)).find_lateness("ada").submitted
    assert submitted.replace(microsecond=0).isoformat() == "2027-02-07T12:00:00+00:00"


def test_free_days_stay_where_being_late_costs_nothing(ada: Course) -> None:
    course = ruled(ada, POLICY + LATE_LAB + "[labs.00_before.policy]\nlate_penalty = 0.0\n")
    at(course, "ada", "2027-01-11 12:00:00 UTC", "00_before")
    at(course, "ada", "2027-02-06 12:00:00 UTC")
    assert final(course).penalty == 0


def test_free_days_are_unknown_while_those_of_a_lab_before_are(ada: Course) -> None:
    course = ruled(ada, POLICY + LATE_LAB)
    row = Row("ada", "ada", "ada_LATE_1_2_x.ipynb", "taken", late="late", source="canvas")
    write_record(course, course.lab("00_before"), [row])
    at(course, "ada", "2027-02-07 12:00:00 UTC")
    found = final(course)
    assert "00_before" in found.undecided and found.penalty == 0
    assert "not decided yet" in found.reasons[0]
    at(course, "ada", "2027-02-05 12:00:00 UTC")
    assert final(course).undecided == ""  # in time: free days or not
    at(course, "ada", "2027-02-10 12:00:00 UTC")
    assert final(course).undecided == "" and final(course).score == 0  # too late for any
    at(course, "ada", "2027-02-07 12:00:00 UTC")
    at(course, "ada", "2027-01-11 12:00:00 UTC", "00_before")
    assert final(course).undecided == "" and final(course).penalty == 2


def test_free_days_are_whole(ada: Course) -> None:
    course = ruled(ada, POLICY.replace("late_days = 1", "late_days = 1.5"))
    at(course, "ada", "2027-02-07 12:00:00 UTC")
    assert final(course).penalty == 1


def test_hand_grading_that_is_not_finished(course: Course) -> None:
    lay_down(course, "ada", solved(course))
    found = final(course)
    assert found.undecided == "hand grading is not finished"
    assert (found.score, found.waiting, found.share) == (6, 4, 1)


def test_questions_of_extra_credit(ada: Course) -> None:
    found = final(ruled(ada, "", points='extra_credit = ["curves"]\n'))
    assert (found.raw, found.max_score) == (10, 6) and found.share > 1


def test_nbgraders_own_penalty_counts_where_the_course_has_no_policy(ada: Course) -> None:
    from autograder.gradebook.gradebook import CourseGradebook

    with CourseGradebook(ada).open() as gradebook:
        notebook = gradebook.find_submission_notebook(LAB, LAB, "ada")
        notebook.late_submission_penalty = 2.5
        gradebook.db.commit()
    assert final(ada).score == 7.5
    assert final(ruled(ada, POLICY)).score == 10


def test_feedback_says_what_it_counts_for(ada: Course) -> None:
    course = ruled(ada, POLICY)
    at(course, "ada", "2027-02-07 12:00:00 UTC")
    write_feedback(course, course.lab(LAB))
    page = feedback_path(course, course.lab(LAB), "ada", LAB).read_text(encoding="utf-8")
    text = " ".join(BeautifulSoup(page, "html.parser").header.get_text(" ").split())
    assert "10 of 10 points" in text
    assert "Handed in 2 days late (1 free): 1 point is taken off." in text
    assert "It counts for 9 of 10 points" in text


def test_course_total_drops_the_lowest_and_adds_extra_credit(course: Course) -> None:
    more = "[labs.02_b]\n[labs.03_c]\n[labs.04_d]\nextra_credit = true\n[policy]\ndrop_lowest = 1\n"
    ruled_course = ruled(course, more)
    points = {LAB: 10, "02_b": 100, "03_c": 10, "04_d": 5}
    finals = {
        LAB: FinalScore(8, 0, 10),
        "02_b": FinalScore(90, 20, 100),
        "03_c": None,
        "04_d": FinalScore(5, 0, 5),
    }
    total = add_up_labs(ruled_course, finals, points)
    assert (total.score, total.max_score, total.dropped) == (83, 110, ("03_c",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[policy]\nlate_penality = 0.1\n", 'Unknown setting "late_penality"'),
        ("[policy]\nlate_penalty = 10\n", "must be a number from 0 to 1"),
        ('[policy]\nlate_days = "two"\n', "must be a number, 0 or more"),
        ("[policy]\ndrop_lowest = 1.5\n", "must be an integer, 0 or more"),
        ("[policy]\nlate_penalty = nan\n", "must be a number from 0 to 1"),
        ("[policy]\nlatest_days = nan\n", "must be a number, 0 or more"),
        ("policy = 3\n", '"policy" is 3'),
    ],
)
def test_mistakes_in_course_toml(course: Course, text: str, says: str) -> None:
    toml = course.root / "course.toml"
    toml.write_text(text + toml.read_text())
    with pytest.raises(AutograderError, match=says):
        Course(course.root)


@pytest.mark.parametrize("days", ["nan", "inf", "1e300", "true"])
def test_an_extension_by_no_days(course: Course, days: str) -> None:
    with pytest.raises(AutograderError, match="must be a number of days"):
        _ = ruled(course, f"[extensions]\nada = {{ {LAB} = {days} }}\n").extensions


@pytest.mark.parametrize("setting", ["1", "[1]", "[[]]"])
def test_extra_credit_that_names_no_questions(course: Course, setting: str) -> None:
    with pytest.raises(AutograderError, match="must be true, false or a list"):
        ruled(course, "", points=f"extra_credit = {setting}\n").lab(LAB)


def test_an_extension_for_no_lab(course: Course) -> None:
    with pytest.raises(AutograderError, match="The labs are"):
        _ = ruled(course, "[extensions]\nada = { 99_none = 2 }\n").extensions
    with pytest.raises(AutograderError, match="has no points"):
        ruled(course, "", points='extra_credit = ["nothing"]\n').lab(LAB)
