"""A disguised copy is found; independent answers to a lab are not."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from autograder.report import write_report
from autograder.similarity.similar_pairs import find_similar_pairs
from autograder.similarity.tokens import Vocabulary, is_shortened
from tests.autograder.graded_class import lay_down
from tests.autograder.similarity.own_ways import OWN_WAYS
from tests.autograder.tiny_course import LAB, solved, stub, submit

RENAMED = {
    "out": "result",
    "pos": "right_side",
    "mx": "top",
    "e": "powers",
    "layers": "stack",
    "h": "size",
    "mat": "counts",
    "i": "k",
    "right": "diagonal",
    "pred": "guess",
    "conf": "sureness",
    "order": "ranking",
    "n": "how_many",
    "z": "values",
}


def notebook(cells: list[str]) -> NotebookNode:
    given = "import numpy as np\nimport keras\n\nprint(keras.__version__)"
    asked = [new_markdown_cell("Write the functions."), new_code_cell(given)]
    return new_notebook(cells=[*asked, *map(new_code_cell, cells)])


def own_ways() -> dict[str, NotebookNode]:
    return {name: notebook(list(cells.values())) for name, cells in OWN_WAYS.items()}


def disguised(cells: dict[str, str]) -> list[str]:
    """A copy with other names, comments and line breaks, and its cells in another order."""
    found = []
    for source in reversed(cells.values()):
        for old, new in RENAMED.items():
            source = re.sub(rf"(?<![.\w]){old}\b", new, source)
        source = re.sub(r" *#.*", "", source).replace("    return", "    # my result\n\n    return")
        found.append(source.replace(", axis=-1", ",\n        axis=-1"))
    return found


def students(pairs) -> list[tuple[str, str]]:
    return [pair.students for pair in pairs]


def test_independent_answers_are_not_similar() -> None:
    assert find_similar_pairs(own_ways(), [notebook([])]) == []


@pytest.mark.parametrize("name", ["ada", "ben", "cem", "dua"])
def test_a_copy_with_other_names_in_another_order_is_found(name: str) -> None:
    books = own_ways() | {"copy": notebook(disguised(OWN_WAYS[name]))}
    assert disguised(OWN_WAYS["ben"]) != list(reversed(OWN_WAYS["ben"].values()))
    (pair,) = find_similar_pairs(books, [notebook([])])
    assert pair.students == (name, "copy") and pair.share > 0.9


def test_a_copy_from_two_students_is_found_twice() -> None:
    mixed = [OWN_WAYS["cem"]["activations"], *disguised(OWN_WAYS["ben"])[:2]]
    pairs = find_similar_pairs(own_ways() | {"mixed": notebook(mixed)}, [notebook([])])
    assert students(pairs) == [("ben", "mixed"), ("cem", "mixed")]


def test_released_code_does_not_count() -> None:
    long = "\n".join(f"table[{n}] = np.linspace(0, {n}, {n + 2}).sum()" for n in range(20))
    books = {name: notebook([long, f"mine = {n}"]) for n, name in enumerate("abc")}
    assert find_similar_pairs(books, [notebook([long])]) == []
    assert len(find_similar_pairs(books, [notebook([])])) == 3


def test_common_code_does_not_count() -> None:
    idiom = OWN_WAYS["cem"]["evaluation"]
    books = {str(n): notebook([idiom, f"mine = {n}"]) for n in range(8)}
    assert find_similar_pairs(books, [notebook([])]) == []


def test_code_that_does_not_parse() -> None:
    broken = "%matplotlib inline\nfor x in range(:\n  def f(((\n" + OWN_WAYS["ben"]["evaluation"]
    books = {"a": notebook([broken]), "b": notebook([broken]), "c": notebook(["\0 \ud800 '''"])}
    assert students(find_similar_pairs(books, [notebook([])])) == [("a", "b")]


def test_tokens_have_places() -> None:
    book = notebook(["a = 1\n\nb = np.exp(a)  # why"])
    tokens = Vocabulary([book]).tokenize(book)
    assert len(tokens.text) == len(tokens.places)
    assert [place.line for place in tokens.places if place.cell == 2] == [0] * 3 + [2] * 8 + [2]


def answered(course: Course, cells: list[str]) -> NotebookNode:
    made = stub(course)
    made.cells += [new_code_cell(cell) for cell in cells]
    return made


def test_page_and_report(course: Course) -> None:
    copy = disguised(OWN_WAYS["ben"])
    lay_down(course, "Ben <b>", answered(course, list(OWN_WAYS["ben"].values())))
    lay_down(course, "O'Brien, Zoë", answered(course, copy))
    lay_down(course, "Cem", answered(course, list(OWN_WAYS["cem"].values())))
    lay_down(course, "Dua", solved(course))
    submit(course, "Empty", b"")
    write_report(course, course.lab(LAB))
    page = course.reports_dir / f"{LAB}.html"
    assert f"autograder similar {LAB}" in page.read_text("utf-8")
    done = CliRunner().invoke(app, ["similar", "01", "--course-dir", str(course.root)])
    assert done.exit_code == 0 and "could not be read: Empty" in done.output
    assert "4 submissions compared, 1 similar pairs" in done.output
    shared = course.reports_dir / f"{LAB}-similar.html"
    soup = BeautifulSoup(shared.read_text("utf-8"), "html.parser")
    sides = [part.find_all("pre") for part in soup.find_all(class_="pair")]
    left, right = (" ".join(part[n].text for part in sides) for n in (0, 1))
    assert "out[pos] = 1" in left and "result[right_side] = 1" in right
    assert soup.find("script") is None and "Cem" not in soup.text
    write_report(course, course.lab(LAB))
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    part = next(s for s in soup.find_all("section") if s.h2.string == "Similar submissions")
    assert "Ben <b>" in part.text and part.find("a")["href"] == f"{LAB}-similar.html"


def long_books() -> dict[str, NotebookNode]:
    """Submissions made to keep the comparison busy."""
    return {
        "repeated": notebook(["x = x + 1\n" * 80_000]),
        "repeated too": notebook(["x = x + 1\n" * 80_000]),
        "lines": notebook(["\n" * 800_000]),
        "chain": notebook(["1" + "+1" * 400_000]),
        "names": notebook(["".join(f"a{n} = {n}\n" for n in range(60_000))]),
        "cells": notebook([f"b{n} = {n}" for n in range(1_000)]),
        "deep": notebook(["-" * 100_000 + "1", "(" * 190, "[" * 100, "{" * 100]),
    }


def test_files_of_800_kb_do_not_stop_the_comparison() -> None:
    books = long_books() | own_ways() | {"copy": notebook(disguised(OWN_WAYS["ada"]))}
    pairs = students(find_similar_pairs(books, [notebook([])]))
    assert ("ada", "copy") in pairs and ("repeated", "repeated too") in pairs
    assert [name for name, book in books.items() if is_shortened(book)] == [
        "repeated",
        "repeated too",
        "lines",
        "chain",
        "names",
        "deep",
    ]
