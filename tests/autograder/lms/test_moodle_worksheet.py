"""Moodle's grading worksheet in the languages of its packs, and anonymous."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.lms.moodle import Moodle
from autograder.lms.moodle_worksheet import find_worksheet
from autograder.lms.read_roster import read_roster
from tests.autograder.collect.collect_lab import collect_lab
from tests.autograder.downloads import download, notebook_bytes
from tests.autograder.tiny_course import LAB

# recordid, fullname, email, status, grade, maxgrade, gradecanbechanged, lastmodifiedsubmission,
# lastmodifiedgrade · hiddenuser · yes, no · a decimal mark · strftimedaydatetime
LANGUAGES = {
    "en": ("Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,"
           "Last modified (submission),Last modified (grade)",
           "Participant ", "Yes", "No", ".", "Thursday, 4 February 2027, 11:59 PM"),
    "de": ("ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
           "Bewertung kann geändert werden,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung)",
           "Teilnehmer/in", "Ja", "Nein", ",", "Donnerstag, 4. Februar 2027, 23:59"),
    "es": ("Identificador,Nombre completo,Dirección de correo,Estado,Calificación,"
           "Calificación máxima,La calificación puede ser cambiada,Última modificación (entrega),"
           "Última modificación (calificación)",
           "Participante", "Sí", "No", ",", "jueves, 4 de febrero de 2027, 23:59"),
    "fr": ("Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,"
           "La note peut être modifiée,Dernière modification (travail remis),"
           "Dernière modification (note)",
           "Participant", "Oui", "Non", ",", "jeudi 4 février 2027, 23:59"),
    "pt": ("Identificador,Nome completo,Endereço de email,Estado,Nota,Nota máxima,"
           "A nota pode ser alterada.,Última atualização (submissão),"
           "Última atualização (avaliação)",
           "Participante", "Sim", "Não", ",", "quinta, 4 de fevereiro de 2027 às 23:59"),
    "nl": ("Identificatie,Volledige naam,E-mailadres,Status,Cijfer,Maximaal cijfer,"
           "Het cijfer kan gewijzigd worden,Laatst gewijzigd (inzending),"
           "Laatst gewijzigd (beoordeling)",
           "Deelnemer", "Ja", "Nee", ",", "donderdag, 4 februari 2027, 23:59"),
    "eu": ("Identifikatzailea,Izen osoa,Helbide elektronikoa,Egoera,Kalifikazioa,"
           "Gehieneko kalifikazioa,Kalifikazioa alda daiteke,Azken aldaketa (bidalketa),"
           "Azken aldaketa (kalifikazioa)",
           "Partaidea", "Bai", "Ez", ",", "osteguna, 2027(e)ko otsailaren 4(e)an, 23:59(e)tan"),
    "el": ("Αναγνωριστικό,Πλήρες όνομα,Διεύθυνση,Κατάσταση,Βαθμός,Μέγιστος Βαθμός,"
           "Ο βαθμός μπορεί να αλλάξει,Τελευταία τροποποιημένη,Τελευταία τροποποίηση",
           "Συμμετέχων", "Ναι", "Όχι", ",", "Πέμπτη, 4 Φεβρουάριος 2027, 11:59 ΜΜ"),
    "ru": ("Идентификатор,Полное имя,Адрес,Состояние,Оценка,Максимальная оценка,"
           "Оценка может быть изменена,Последнее изменение (ответ),Последнее изменение (оценка)",
           "Участник", "Да", "Нет", ",", "четверг, 4 февраля 2027, 23:59"),
    "ja": ("ID,フルネーム,メールアドレス,ステータス,評定,最大評点,評点変更可,最終更新日時 (提出),"
           "最終更新日時 (評定)",
           "参加者", "Yes", "No", ".", "2027年 02月 4日(木曜日) 23:59"),
    "zh": ("标识符,全名,邮箱,状态,成绩,最高分,允许更改成绩,上次修改（作业）,上次修改（评分）",
           "参与人", "是的", "否", ".", "2027年02月4日 星期四 23:59"),
    "ar": ("المُعرَّف,الاسم كاملا,البريد,الحالة,التقدير,أعلى تقدير,يمكن تغيير الدرجة,"
           "آخر تعديل (التسليم),آخر تعديل (التقدير)",
           "المشارك", "نعم", "لا", ".", "الخميس، 4 فبراير 2027، 11:59 م"),
    "xx": ("Rec,Fuln,Meyl,Stat,Grad,Maxim,Chanj,Lasts,Lastg",  # titles that nobody knows
           "Partisip", "Ja", "Nej", ",", "2027-02-04 23:59"),
}  # fmt: skip


def make_rows(language: str, *, anonymous: bool = False, most: str = "20{}00") -> list[list[str]]:
    head, word, yes, no, mark, time = LANGUAGES[language]
    people = [
        ("4711", "Ana Beispiel", "ana@x.example", yes, time),
        ("4712", "Ben Muster", "ben@x.example", no, "-"),
        ("5001", "Li 小龙", "li@x.example", yes, time),
    ]
    lines = [
        [word + n, name, mail, "sent", "", most.format(mark), change, when, "-"]
        for n, name, mail, change, when in people
    ]
    rows = [head.split(","), *lines]
    return [row[:1] + row[3:] for row in rows] if anonymous else rows


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding)
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worksheet_in_any_language(language: str, course: Course, tmp_path: Path) -> None:
    rows = make_rows(language)
    people = read_roster(write(tmp_path / "sheet.csv", rows)).people
    assert [(p.name, p.ids["participant"], p.ids["email"]) for p in people] == [
        ("Ana Beispiel", "4711", "ana@x.example"),
        ("Ben Muster", "4712", "ben@x.example"),
        ("Li 小龙", "5001", "li@x.example"),
    ]
    assert [p.id for p in people] == ["ana@x.example", "ben@x.example", "li@x.example"]
    times = [p.submitted.isoformat() if p.submitted else None for p in people]
    assert times == ["2027-02-04T23:59:00", None, "2027-02-04T23:59:00"]
    layout = Moodle().gradebook_layout(rows, course.lab(LAB), None)
    assert (layout.grade, layout.max_points(rows[1])) == (4, 20.0)
    assert [layout.is_locked(row) for row in rows[1:]] == [False, True, False]
    assert layout.decimal_comma == (LANGUAGES[language][4] == ",")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_anonymous_worksheet(language: str, tmp_path: Path) -> None:
    rows = make_rows(language, anonymous=True)
    people = read_roster(write(tmp_path / "sheet.csv", rows)).people
    assert [(p.id, p.ids["participant"]) for p in people] == [
        ("4711", "4711"),
        ("4712", "4712"),
        ("5001", "5001"),
    ]
    sheet = find_worksheet(rows)
    assert sheet and (sheet.grade, sheet.name) == (2, None)


EXTRA = {
    "an ID number": (3, "ID number", ["s1", "s2", "s3"]),
    "a numeric ID": (3, "Matrikelnummer", ["100", "101", "102"]),
    "a group": (4, "Team", ["A", "B", "A"]),
    "a marker": (4, "Marker", ["", "", ""]),
    "a marking state": (6, "Marking workflow state", ["Not marked", "Released", "In review"]),
    "a text": (8, "Online text", ["", "two\nlines", "3"]),
    "comments": (9, "Feedback comments", ["", "", "good"]),
}


@pytest.mark.parametrize("column", EXTRA)
@pytest.mark.parametrize("language", ["en", "de", "xx"])
def test_further_columns(language: str, column: str) -> None:
    place, title, cells = EXTRA[column]
    rows = make_rows(language)
    for row, cell in zip(rows, [title, *cells], strict=True):
        row.insert(place, cell)
    sheet = find_worksheet(rows)
    assert sheet is not None
    assert (sheet.grade, sheet.email) == (4 + (place <= 4), 2)


@pytest.mark.parametrize(
    "grades", [["12,5", "", "-"], ["10.00", "9.50", "8.00"], ["-", "-", "-"], ["20", "20", "20"]]
)
def test_grades_that_are_there_already(grades: list[str]) -> None:
    rows = make_rows("de")
    for row, grade in zip(rows[1:], grades, strict=True):
        row[4] = grade
    sheet = find_worksheet(rows)
    assert sheet is not None and sheet.grade == 4


NOT_WORKSHEETS = {
    "a class list": [["id", "name", "group", "year", "email", "x"], ["s1", "A", "g", "2", "", ""]],
    "numbered ids": [["id", "name", "a", "b", "c", "d"], ["s1", "A", "", "", "", ""],
                     ["s2", "B", "", "", "", ""]],
    "only a header": [LANGUAGES["en"][0].split(",")],
    "empty": [[""]],
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_WORKSHEETS)
def test_other_lists(name: str, course: Course) -> None:
    assert find_worksheet(NOT_WORKSHEETS[name]) is None
    with pytest.raises(AutograderError, match="this is not a Moodle grading worksheet"):
        Moodle().gradebook_layout(NOT_WORKSHEETS[name], course.lab(LAB), None)


@pytest.mark.parametrize("word", ["Participant", "Teilnehmerin", "Участник", "参与人"])
@pytest.mark.parametrize("with_roster", [True, False])
def test_an_anonymous_download(
    word: str, with_roster: bool, course: Course, tmp_path: Path
) -> None:
    files = {
        f"{word}_{number}_assignsubmission_file/{LAB}.ipynb": notebook_bytes(course, number)
        for number in ("4711", "4712")
    }
    sheet = write(tmp_path / "sheet.csv", make_rows("de", anonymous=True)[:3])
    roster = read_roster(sheet) if with_roster else None
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "moodle", roster)
    assert {row.state for row in rows} == {"taken"}
    names = {"4711", "4712"} if with_roster else {f"{word}-4711", f"{word}-4712"}
    assert {row.student for row in rows} == names
