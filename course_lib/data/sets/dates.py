"""Dates: a date as people write it in five languages, and the same date in ISO 8601.

The set exists only as synthetic data, whatever the source. Its lesson: *each character of the
output depends on a few characters of the input, and where these are depends on the form.* The month
may be a name or a number, before or after the day; a weekday must be ignored.

Strings: `x` holds "5th of March 2027", "Fri, March 5, 2027", "5. März 2027", "le 1er mars 2027",
"5 de marzo de 2027", "05/03/27"; `y` holds "2027-03-05". Where all is written in numbers, the day
comes first. Years are 1970 to 2069, so that two digits are enough to tell one. A day of a test set
is never in a training set, in any form and with any seed.
"""

from __future__ import annotations

from datetime import date
from zlib import crc32

import numpy as np

from course_lib.data.sources.dataset import Dataset, Examples, Split

LONGEST = 27  # characters of a written date
TEST_SHARE = 10  # one day of so many is in test sets only
FIRST, LAST = date(1970, 1, 1), date(2069, 12, 31)

# By language: the months, the weekdays from Monday on, and the forms. {o} is the ordinal number.
LANGUAGES = {
    "English": (
        "January February March April May June July August September October November December",
        "Mon Tue Wed Thu Fri Sat Sun",
        (
            "{d} {m} {y}",
            "{m} {d}, {y}",
            "{o} of {m} {y}",
            "{w}, {m} {d}, {y}",
            "{m:.3} {d}, {y}",
            "{d} {m:.3} {yy}",
        ),
    ),
    "German": (
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Mo Di Mi Do Fr Sa So",
        ("{d}. {m} {y}", "{w}, {d}. {m} {y}", "{dd}.{mm}.{y}", "{d}.{n}.{yy}"),
    ),
    "French": (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        ("{o} {m} {y}", "le {o} {m} {y}", "{w} {o} {m} {y}", "{dd}/{mm}/{y}"),
    ),
    "Spanish": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "lu ma mi ju vi sá do",
        ("{d} de {m} de {y}", "{d} {m} {y}", "{dd}/{mm}/{yy}", "{dd}-{mm}-{y}"),
    ),
    "Italian": (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
        "dicembre",
        "lun mar mer gio ven sab dom",
        ("{d} {m} {y}", "{w} {d} {m} {y}", "{d}/{n}/{y}"),
    ),
}


def write_date(day: date, language: str, form: int) -> str:
    """Write a date in one of the forms of a language.

    Args:
        day: The date.
        language: One of `LANGUAGES`.
        form: The number of the form, from 0.

    Example:
        >>> [write_date(date(2027, 3, 1), "French", form) for form in range(4)]
        ['1er mars 2027', 'le 1er mars 2027', 'lundi 1er mars 2027', '01/03/2027']
        >>> write_date(date(2027, 3, 22), "English", 2)
        '22nd of March 2027'
    """
    months, weekdays, forms = LANGUAGES[language]
    return forms[form].format(
        d=day.day,
        dd=f"{day.day:02}",
        o=_write_ordinal(day.day, language),
        m=months.split()[day.month - 1],
        n=day.month,
        mm=f"{day.month:02}",
        w=weekdays.split()[day.weekday()],
        y=day.year,
        yy=f"{day.year % 100:02}",
    )


def _write_ordinal(number: int, language: str) -> str:
    if language == "French":
        return "1er" if number == 1 else str(number)
    is_teen = number in (11, 12, 13)
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _write_dates(n: int, rng: np.random.Generator, is_test: bool) -> Examples:
    """Write n different dates; a day is either in training sets or in test sets, in all forms."""
    written: dict[str, str] = {}
    while len(written) < n:
        day = date.fromordinal(int(rng.integers(FIRST.toordinal(), LAST.toordinal() + 1)))
        if (crc32(day.isoformat().encode()) % TEST_SHARE == 0) == is_test:
            language = str(rng.choice(list(LANGUAGES)))
            form = int(rng.integers(len(LANGUAGES[language][2])))
            written[write_date(day, language, form)] = day.isoformat()
    return np.array(list(written), f"U{LONGEST}"), np.array(list(written.values()), "U10")


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    return _write_dates(train, rng, is_test=False), _write_dates(test, rng, is_test=True)


DATASET = Dataset(
    name="dates",
    page="course_lib/data/sets/dates.py",
    made_of="synthetic dates",
    shape=(),
    dtype=f"<U{LONGEST}",
    label_dtype="<U10",
    class_names=None,
    sizes={"quick": (8000, 1000), "full": (40000, 4000)},
    generate=_generate,
    salt=8601,
)
