"""Finds the columns of Moodle's grading worksheet, in any language.

Moodle writes the columns in one order (`mod/assign/gradingtable.php`): the participant's number,
the full name (not in anonymous grading), what the site shows of users, the status, the group, the
marker, the grade, its maximum or scale, the marking state, whether the grade can be changed, the
time of the submission, …. The titles are in the user's language, the participant is "Participant
123" in English and "Teilnehmer/in123" elsewhere: `hiddenuser` of the language packs ends in a space
only in English. So columns are found by what is in them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course.roster_columns import lower_header

_PARTICIPANT = re.compile(r"(?P<word>\D+?)\s*(?P<number>\d+)")
_NUMBER = re.compile(r"\d[\d.,'’\s]*")
# "Yes" and "no" (`yes` and `no` of the language packs).
_YES = (
    "yes ja oui sí sì si sim igen tak ano áno kyllä evet da да так ναι jā taip jah bai "
    "是 是的 はい 예 네 نعم بله כן có ya ใช่ po oo já हाँ დიახ այո po jes"
)
_NO = (
    "no nein non nee não nem nie ne ei hayır нет ні не όχι nē nu nej nei ez 否 不 不是 "
    "いいえ 아니오 아니요 لا خیر לא không tidak ไม่ ไม่ใช่ jo hindi नहीं არა ոչ"
)
YES, NO = frozenset(_YES.split()), frozenset(_NO.split())
_GRADE = frozenset(
    {
        "grade",
        "bewertung",
        "note",
        "calificación",
        "qualificació",
        "cualificación",
        "kalifikazioa",
        "cijfer",
        "beoordeling",
        "valutazione",
        "voto",
        "nota",
        "notă",
        "avaliação",
        "ocena",
        "známka",
        "hodnocení",
        "betyg",
        "karakter",
        "arvosana",
        "osztályzat",
        "įvertinimas",
        "оценка",
        "оцінка",
        "βαθμός",
        "not",
        "成绩",
        "成績",
        "評点",
        "評定",
        "성적",
        "التقدير",
        "الدرجة",
    }
)
_STATUS = frozenset({"status", "estado", "stato", "statut", "estat", "stav", "durum", "état"})


@dataclass(frozen=True)
class MoodleWorksheet:
    """The columns of a worksheet.

    Args:
        participant: the participant's number, behind a word.
        word: that word, with the space behind it.
        grade: the grade; its maximum is the next column.
        can_change: whether the grade can be changed.
        name: the full name; None in anonymous grading.
        email: the e-mail address.
        submitted: when the submission was last modified.
    """

    participant: int
    word: str
    grade: int
    can_change: int
    name: int | None
    email: int | None
    submitted: int | None


def find_worksheet(rows: Sequence[list[str]]) -> MoodleWorksheet | None:
    """Find the columns; None when the file is not a grading worksheet.

    Args:
        rows: the rows of the file, the header first.
    """
    lines = [row for row in rows[1:] if any(map(str.strip, row))]
    if not lines:
        return None
    table = _Table(rows[0], lines)
    participant, word = table.find_participant()
    grade, can_change = table.find_grade()
    if participant is None or grade is None or can_change is None:
        return None
    return MoodleWorksheet(
        participant=participant,
        word=word,
        grade=grade,
        can_change=can_change,
        name=table.find_name(participant, grade),
        email=table.find_email(grade),
        submitted=table.find_time(can_change),
    )


class _Table:
    """The cells of a file by column."""

    def __init__(self, header: list[str], lines: list[list[str]]) -> None:
        self._header = lower_header([header])
        self._columns = [
            [line[n].strip() if n < len(line) else "" for line in lines]
            for n in range(len(self._header))
        ]

    def find_participant(self) -> tuple[int | None, str]:
        """The first column of one word and a number of each row's own."""
        for n, cells in enumerate(self._columns):
            matches = [_PARTICIPANT.fullmatch(cell) for cell in cells]
            words = {match["word"] for match in matches if match}
            if all(matches) and len(words) == 1 and len(set(cells)) == len(cells):
                first = matches[0]
                return n, cells[0][: first.start("number")] if first else ""
        return None, ""

    def find_grade(self) -> tuple[int | None, int | None]:
        """The columns of the grade and of whether it can be changed."""
        found = [
            (n, change)
            for n in range(1, len(self._columns) - 2)
            for change in (n + 2, n + 3)
            if change < len(self._columns) and self._may_be_grade(n, change)
        ]
        titled = [pair for pair in found if self._header[pair[0]] in _GRADE]
        certain = titled or found
        return certain[0] if len({n for n, _ in certain}) == 1 else (None, None)

    def _may_be_grade(self, n: int, change: int) -> bool:
        """Whether these are a grade, its maximum or scale, and "yes" or "no" on one of the next."""
        grades, most = self._columns[n], set(self._columns[n + 1])
        is_grade = all(not cell.strip("-") or _NUMBER.fullmatch(cell) for cell in grades)
        is_scale = all("\n" in cell for cell in most)
        is_most = len(most) == 1 and (is_scale or all(map(_NUMBER.fullmatch, most)))
        answers = {cell.casefold() for cell in self._columns[change]}
        is_answer = answers <= YES | NO or (
            self._header[n] in _GRADE and len(answers) < 3 and not any(map(_has_digit, answers))
        )
        return is_grade and is_most and is_answer and "" not in answers

    def find_name(self, participant: int, grade: int) -> int | None:
        """The column behind the participant's, unless that is the status already."""
        column = participant + 1
        if column >= grade - 1 or self._header[column] in _STATUS:
            return None
        cells = self._columns[column]
        is_repeated = len(cells) > 4 and len(set(cells)) <= len(cells) // 2
        return None if is_repeated else column

    def find_email(self, grade: int) -> int | None:
        """The first column of addresses."""
        return next(
            (n for n in range(grade) if any(self._columns[n]) and self._has_addresses(n)), None
        )

    def _has_addresses(self, n: int) -> bool:
        return all("@" in cell for cell in self._columns[n] if cell)

    def find_time(self, can_change: int) -> int | None:
        """The column behind, when it has times."""
        column = can_change + 1
        if column >= len(self._columns):
            return None
        is_time = all(_has_digit(cell) or cell in ("", "-") for cell in self._columns[column])
        return column if is_time else None


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))
