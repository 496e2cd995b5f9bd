"""Points as LMSs in any language write them, and files that went through a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.export import ExportOptions, export_scores
from autograder.lms.gradebook_layout import has_decimal_comma, parse_points
from autograder.lms.registry import LMSS
from tests.autograder.graded_class import lay_down, mark_by_hand
from tests.autograder.tiny_course import LAB, solved


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("10", 10),
        ("10.00", 10),
        ("10,00", 10),
        ("0.500", 0.5),
        ("0,500", 0.5),
        ("1,000.00", 1000),
        ("1.000,00", 1000),
        ("1,000", 1000),
        ("12,500", 12500),
        ("1,000,000", 1000000),
        ("1.000.000,5", 1000000.5),
        ("1 000,00", 1000),
        ("1\u00a0000.5", 1000.5),
        ("1\u202f000,5", 1000.5),
        ("1'000.00", 1000),
        ("1’000", 1000),
        ("1.000", 1),
        (" 7,25 ", 7.25),
        ("", None),
        ("-", None),
        ("(read only)", None),
    ],
)
def test_points(text: str, points: float | None) -> None:
    assert parse_points(text) == points


@pytest.mark.parametrize(("text", "points"), [("1.000", 1000), ("1,000", 1), ("10.5", 10.5)])
def test_points_beside_decimal_commas(text: str, points: float) -> None:
    assert parse_points(text, decimal_comma=True) == points


@pytest.mark.parametrize("text", ["10 points", "1e", "10%", "1/2", "A1"])
def test_points_that_cannot_be_read_are_asked_about(text: str) -> None:
    with pytest.raises(AutograderError, match="are not a number"):
        parse_points(text)


@pytest.mark.parametrize(
    ("cells", "comma"),
    [
        (["10,00", ""], True),
        (["1.000,00"], True),
        (["0,125"], True),
        (["1,000.00"], False),
        (["1,000"], False),
        (["10.00", "7.5"], False),
        (["", "EX"], False),
    ],
)
def test_decimal_commas(cells: list[str], comma: bool) -> None:
    assert has_decimal_comma([["Lab"], *([cell] for cell in cells)], 0) is comma


@pytest.fixture
def graded(course: Course) -> Course:
    lay_down(course, "ana", solved(course))
    mark_by_hand(course, "ana", "curves", 4)
    return course


TITLE = "One neuron, then a row of them (77)"


@pytest.mark.parametrize(
    ("most", "mark"),
    [("1,000.00", "1000"), ("1.000,00", "1000"), ("1000", "1000"), ("12,50", "12,5"), ("", "10")],
)
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_canvas_scales(
    graded: Course, tmp_path: Path, most: str, mark: str, separator: str, encoding: str
) -> None:
    rows = [
        ["Student", "ID", "SIS Login ID", "Section", TITLE],
        ["    Points Possible", "", "", "", most],
        ["Beispiel, Ana", "1", "ana", "DL", ""],
        ["Müßig, Zoë", "2", "zoe", "DL", ""],
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path = tmp_path / "gradebook.csv"
    path.write_bytes((f"sep={separator}\r\n" + text.getvalue()).encode(encoding))
    options = ExportOptions(LMSS["canvas"], path, None, scale=True)
    written, _ = export_scores(graded, graded.lab(LAB), None, options)
    content = written.read_text("utf-8-sig")
    found = list(csv.reader(io.StringIO(content), delimiter=separator))
    assert found[2] == ["Beispiel, Ana", "1", "ana", "DL", mark]
    assert found[3][0] == "Müßig, Zoë" and not content.startswith("sep=")
