"""Times in the languages of LMSs; an uncertain one is never guessed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from autograder.course.read_times import DateOrder, read_times

EVENING = datetime(2027, 2, 4, 23, 59)
SAME_EVENING = [
    "Thursday, 4 February 2027, 11:59 PM",
    "Thu, Feb 4, 2027 at 11:59pm",
    "February 4, 2027 23:59:00",
    "Donnerstag, 4. Februar 2027, 23:59",
    "4. Februar 2027, 23:59 Uhr",
    "jueves, 4 de febrero de 2027, 23:59",
    "4 de febrero de 2027, 11:59 p. m.",
    "giovedì, 4 febbraio 2027, 23:59",
    "Quinta, 4 de Fevereiro de 2027 às 23:59",
    "jeudi 4 février 2027, 23:59",
    "4 févr. 2027 23h59",
    "donderdag, 4 februari 2027, 23:59",
    "czwartek, 4 lutego 2027, 23:59",
    "četvrtak, 4. veljače 2027, 23:59",
    "čtvrtek, 4. února 2027, 23:59",
    "четверг, 4 февраля 2027, 23:59",
    "четвер 4 лютий 2027 23:59 PM",
    "Πέμπτη, 4 Φεβρουάριος 2027, 11:59 ΜΜ",
    "dijous, 4 de febrer de 2027, 23:59",
    "ostegun, 2027(e)ko otsailaren 4(e)an, 23:59(e)tan",
    "ketvirtadienis, 2027 vasario 04, 23:59",
    "torsdag, 4 februari 2027, 23:59",
    "4. helmikuuta 2027, 23:59",
    "Perşembe, 4 Şubat 2027, 11:59 PM",
    "2027年02月4日 星期四 23:59",
    "2027年 02月 4日(木曜日) 23:59",
    "2027年2月4日下午11:59",
    "목요일, 4 2월 2027, 11:59 오후",
    "الخميس، 4 فبراير 2027، 11:59 م",
    "۴ فوریهٔ ۲۰۲۷، ۲۳:۵۹",
    "2027-02-04 23:59",
    "2027-02-04T23:59:00",
    "2027/02/04 23:59",
    "4.2.2027 23:59",
    "04.02.2027, 23.59",
    "Thu 04/02/2027 23:59",
    "Thu 02/04/2027 23:59",
]


@pytest.mark.parametrize("text", SAME_EVENING)
def test_a_time_in_any_language(text: str) -> None:
    assert read_times([text])[0].time == EVENING


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2027-02-04T23:59:00Z", 0),
        ("2027-02-04 23:59:00 UTC", 0),
        ("2027-02-04 23:59:00+01:00", 1),
        ("4 February 2027, 23:59 -0500", -5),
    ],
)
def test_a_time_zone(text: str, offset: int) -> None:
    time = read_times([text])[0].time
    assert time is not None and time.utcoffset() == timedelta(hours=offset)
    assert time.replace(tzinfo=None) == EVENING


@pytest.mark.parametrize(
    "text",
    [
        "04/02/2027 23:59",
        "4/2/2027 11:59 PM",
        "4-2-2027 23:59",
        "04/02/27, 23:59",
        "4 listopad 2027, 23:59",  # October in Croatian, November in Polish and Czech
    ],
)
def test_an_uncertain_time_is_not_guessed(text: str) -> None:
    read = read_times([text])[0]
    assert read.time is None and read.is_uncertain and read.is_unreadable


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-04",
        "31 February 2027, 23:59",
        "4 pluviôse 2027, 23:59",
        "4 February 2027, 11:59 xx",  # perhaps "p.m." in a language that is not known
        "Friday, 4 February 2027, 23:59",  # a Thursday
        "1405/11/15 23:59",
        "4 February 2570, 23:59",
        "23:59",
    ],
)
def test_an_unreadable_time_is_none(text: str) -> None:
    read = read_times([text])[0]
    assert read.time is None and not read.is_uncertain and read.is_unreadable


@pytest.mark.parametrize("text", ["", "-", "No submission", "–"])
def test_no_time(text: str) -> None:
    read = read_times([text])[0]
    assert read.time is None and not read.is_unreadable


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["04/02/2027 23:59", "13/02/2027 8:00", "-"], [4, 13, None]),
        (["02/04/2027 23:59", "02/13/2027 8:00"], [4, 13]),
        (["4/2/27, 23:59", "28/2/27, 1:00", ""], [4, 28, None]),
        (["04/02/2027 23:59", "2027-02-13 08:00", "13/02/2027 8:00"], [4, 13, 13]),
        (["4 listopad 2027, 9:00", "4 styczeń 2027, 9:00"], [4, 4]),
        (["04/02/2027 23:59", "05/02/2027 8:00"], [None, None]),
    ],
)
def test_the_other_times_of_the_column_decide(texts: list[str], days: list[int | None]) -> None:
    assert [t.time.day if t.time else None for t in read_times(texts)] == days


@pytest.mark.parametrize(("order", "month"), [(DateOrder.DAY_FIRST, 2), (DateOrder.MONTH_FIRST, 4)])
def test_a_person_decides(order: DateOrder, month: int) -> None:
    time = read_times(["04/02/2027 23:59"], order)[0].time
    assert time is not None and time.month == month
