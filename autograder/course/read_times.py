"""Read times as learning management systems write them, in any language.

A time like `04/02/2027 23:59` may be read in two ways. The other times of the same column decide,
or the weekday; where they don't, the time is *uncertain*, and a person has to say.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum

from dateutil.parser import isoparse

from autograder.course.date_names import (
    fold_word,
    list_halves,
    list_months,
    list_weekdays,
    split_words,
    squeeze_letters,
)

_ISO_WAY = "year-first"
_YEARS = range(2000, 2101)
_TIME = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})(?:[:.h]|\s?時|\s?시\s?)(?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?(?!\d|\.\d)"
)
_BARE_TIME = re.compile(r"(?<!\d)(?P<hour>\d{1,2})(?P<minute>\d{2})(?=\s?[ap]\.?\s?m)", re.I)
_ZONE = re.compile(
    r"\b(?:UTC|GMT|Z)\b|(?<=\d)Z\b|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})"
)
_ISO = re.compile(r"\s*\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?\s*$")
_NAMED_ZONE = re.compile(r"[A-Z]{3,5}|Z|Etc|Europe|America|Asia|Africa|Australia")
_HOUR_WORDS = {"uhr", "h", "hrs", "hod", "ч", "klo", "e", "tan", "etan"}
_MARKED_MONTH = re.compile(r"(?<!\d)(\d{1,2})\s?[月월]")
_HALF = re.compile(r"(?<![^\W\d_])(?P<half>[ap])\.?\s?m\.?(?![^\W\d_])", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")


class DateOrder(str, Enum):
    """How a date of numbers is written."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True)
class ReadTime:
    """A time that was read.

    Args:
        time: the time; None where it could not be read for certain.
        text: the text.
        is_uncertain: whether it may be read in two ways.
    """

    time: datetime | None
    text: str = ""
    is_uncertain: bool = False

    @property
    def is_unreadable(self) -> bool:
        """Whether the text has a time that could not be read."""
        return self.time is None and any(map(str.isdigit, self.text))


def read_times(texts: Sequence[str], order: DateOrder | None = None) -> list[ReadTime]:
    """Read the times of one column, which are all written in the same way.

    Args:
        texts: the texts; one without a digit has no time.
        order: the order of day and month, where a person says so.

    Example:
        >>> [t.time.day for t in read_times(["04/02/2027 23:59", "13/02/2027 8:00"]) if t.time]
        [4, 13]
        >>> read_times(["04/02/2027 23:59"])[0].is_uncertain
        True
    """
    readings = [dict(_read(text)) for text in texts]
    # A time that a person typed in ISO's form says nothing about the others.
    known = [set(found) - {_ISO_WAY} for found in readings if set(found) - {_ISO_WAY}]
    ways = (set.intersection(*known) if known else set()) or set().union(*known)
    ways.add(_ISO_WAY)
    if order and order.value in ways:
        ways = {order.value}
    return [_decide(text, found, ways) for text, found in zip(texts, readings, strict=True)]


def _decide(text: str, found: Mapping[str, datetime], ways: set[str]) -> ReadTime:
    times = {time for way, time in found.items() if way in ways}
    if len(times) == 1:
        return ReadTime(times.pop(), text)
    return ReadTime(None, text, is_uncertain=len(set(found.values())) > 1)


def _read(text: str) -> Iterator[tuple[str, datetime]]:
    """Yield each way to read a time, and the time; a weekday in the text must agree."""
    plain = _write_digits(text)
    with contextlib.suppress(ValueError):
        if _ISO.match(plain):
            yield _ISO_WAY, isoparse(plain.strip())
            return
    zone, plain = _split_zone(plain)
    clock = _find_clock(plain)
    if clock is None:
        return
    date, hour, minute, second = clock
    weekdays = _find_weekdays(date)
    dates = list(_read_date(date))
    if named := [reading for reading in dates if reading[0] in weekdays]:
        dates = named
    for way, year, month, day in dates:
        with contextlib.suppress(ValueError):
            time = datetime(year, month, day, hour, minute, second, tzinfo=zone)
            every = set() if way in list_months() else set().union(*weekdays.values())
            expected = weekdays.get(way, every)
            if year in _YEARS and (not expected or time.weekday() in expected):
                yield way, time


def _write_digits(text: str) -> str:
    """The text with the digits 0 to 9, whatever script it is in."""
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in unicodedata.normalize("NFKC", text)
    )


def _find_clock(text: str) -> tuple[str, int, int, int] | None:
    """The rest of the text, and the hour, minute and second; None without a time of day."""
    matches = list(_BARE_TIME.finditer(text)) or [
        match for match in _TIME.finditer(text) if int(match["hour"]) < 25
    ]
    if not matches:
        return None
    # `4.02.2027, 23:59`: the date may look like a time, and stands first or has more numbers.
    match = max(matches, key=lambda match: (":" in match.group(), match.start()))
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    hour, half = int(match["hour"]), _find_half(rest)
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif hour <= 12 and _has_unknown_word(text[match.end() :]):
        return None  # it may be the language's "p.m."
    second = match.groupdict().get("second")
    return rest, hour, int(match["minute"]), int(second or 0)


def _find_half(text: str) -> str:
    """ "a" before noon, "p" after noon, "" in a day of 24 hours."""
    match = _HALF.search(text)
    if match:
        return match["half"].lower()
    words = {*split_words(text), *map(squeeze_letters, text.split())}
    found = {half for name, half in list_halves().items() if name in words}
    # Chinese, Japanese and Korean write no spaces.
    found |= {half for name, half in list_halves().items() if len(name) > 1 and _is_cjk(name, text)}
    return found.pop() if len(found) == 1 else ""


def _is_cjk(name: str, text: str) -> bool:
    return name[0] > "\u2e80" and name in text


def _has_unknown_word(after: str) -> bool:
    """Whether a word behind the time is neither a time zone nor a word for the hour."""
    words = [word for word in _WORDS.findall(after) if not _NAMED_ZONE.fullmatch(word)]
    days = {
        name for names in (*list_weekdays().values(), *list_months().values()) for name in names
    }
    return any(fold_word(word) not in days | _HOUR_WORDS for word in words)


def _split_zone(text: str) -> tuple[timezone | None, str]:
    """The time zone behind the time of day, and the text without it."""
    match = _ZONE.search(text, text.find(":") + 1) if ":" in text else None
    if match is None:
        return None, text
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    if not match["sign"]:
        return timezone.utc, rest
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    with contextlib.suppress(ValueError):
        return timezone(-offset if match["sign"] == "-" else offset), rest
    return None, text


def _read_date(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield each way to read a date, and its year, month and day."""
    numbers = _NUMBERS.findall(text)
    if len(numbers) == 2:
        yield from _read_named_month(text, numbers)
    elif len(numbers) == 3:
        yield from _read_numbers(text, numbers)


def _read_named_month(text: str, numbers: list[str]) -> Iterator[tuple[str, int, int, int]]:
    long = [number for number in numbers if len(number) == 4]
    if len(long) != 1:
        return
    (day,) = (int(number) for number in numbers if number != long[0])
    words = split_words(text)
    for locale, months in list_months().items():
        found = {number for word in words for number in _match_month(word, months)}
        if len(found) == 1:
            yield locale, int(long[0]), found.pop(), day


def _read_numbers(text: str, numbers: list[str]) -> Iterator[tuple[str, int, int, int]]:
    first, second, third = map(int, numbers)
    month = _MARKED_MONTH.search(text)
    if month and len(long := [n for n in numbers if len(n) == 4]) == 1:
        others = [number for number in numbers if number != long[0]]
        others.remove(month[1])
        yield "marked", int(long[0]), int(month[1]), int(others[0])
        return
    if len(numbers[0]) == 4:
        yield _ISO_WAY, first, second, third
        return
    year = third if len(numbers[2]) == 4 else 2000 + third
    separator = text[text.index(numbers[0]) + len(numbers[0]) :].lstrip()[:1]
    yield DateOrder.DAY_FIRST.value, year, second, first
    if separator != ".":  # no language writes months first with points
        yield DateOrder.MONTH_FIRST.value, year, first, second


def _match_month(word: str, months: Mapping[str, int]) -> set[int]:
    """The months that a word may name: itself, its beginning, or with an ending of its own."""
    if word in months:
        return {months[word]}
    if len(word) < 3:
        return set()
    return {n for name, n in months.items() if name.startswith(word) or _is_inflected(word, name)}


def _is_inflected(word: str, name: str) -> bool:
    return len(name) >= 4 and len(word) <= len(name) + 4 and word.startswith(name)


def _find_weekdays(text: str) -> dict[str, set[int]]:
    """By locale, the weekdays that a text names."""
    words = [word for word in split_words(text) if len(word) > 2]
    found = {
        locale: {days[word] for word in words if word in days}
        for locale, days in list_weekdays().items()
    }
    return {locale: days for locale, days in found.items() if len(days) == 1}
