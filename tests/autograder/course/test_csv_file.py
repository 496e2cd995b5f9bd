"""Tables as LMSs, spreadsheets and old computers write them."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from autograder.course.csv_file import read_csv

ROWS = [
    ["Student", "ID", "Keras, small; part 1 (77)", "Notes"],
    ["Beispiel, Ana", "1", "1.000,00", "line 1\nline 2"],
    ["Zoë", "2", "9;5", 'says "hi"'],
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}


def quote(cell: str, separator: str) -> str:
    escaped = cell.replace('"', '""')
    return f'"{escaped}"' if {separator, '"', "\n"} & set(cell) else cell


@pytest.mark.parametrize(
    ("encoding", "separator", "end", "stated"),
    list(product(ENCODINGS, [",", ";", "\t"], ENDS, [False, True])),
)
def test_a_table(tmp_path: Path, encoding: str, separator: str, end: str, stated: bool) -> None:
    lines = [separator.join(quote(cell, separator) for cell in row) for row in ROWS]
    head = [f"sep={separator}"] if stated else []
    path = tmp_path / "table.csv"
    path.write_bytes(ENDS[end].join([*head, *lines, ""]).encode(encoding))
    file = read_csv(path)
    assert file.rows == ROWS
    assert file.dialect.delimiter == separator


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("Student;ID;Homework 1, part A, B, C, D (77)\nAna;1;\nBen;2;\n", 3),
        ("Student,ID,Homework; with; many; of; them\nAna,1,\nBen,2,\n", 3),
        ("a;b,c;d\n1;2;3\n4;5;6\n", 3),
        ("name\nAna\nBen\n", 1),
        ('"sep=;"\na;b\n1;2\n', 2),
        ("SEP=,\na,b\n1,2\n", 2),
        ("a\tb, c\tb; d\n1\t2\t3\n", 3),
        ("Last, First;Mark\nBeispiel, Ana;1,5\nMuster, Ben;2,5\n", 2),
    ],
)
def test_the_separator_is_the_one_that_fits_all_rows(tmp_path: Path, text: str, width: int) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    assert {len(row) for row in read_csv(path).rows} == {width}
