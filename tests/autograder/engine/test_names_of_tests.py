"""Names that a test cell binds are never the student's, whatever becomes of the cell."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits
from tests.autograder.engine.judge import grade, notebook

# The student's answer defines what the tests define, and is asked only for `f`.
FORGED = """
import os
seen = []
def helper(*values):
    seen.append(values)
    return True
class Helper:
    def __init__(self, *values): seen.append(values)
    def __bool__(self): return True
wanted = None
"""
USE = "assert helper(f(3), 9), 'wrong'"
DEFINE = "def helper(given, wanted):\n    return given == wanted\n"


@pytest.mark.parametrize(
    ("answer", "first"),
    [
        pytest.param("def f(x): os._exit(1)", f"f(1)\n{DEFINE}", id="kernel_ends"),
        pytest.param("def f(x): return x", f"assert f(1) == 2\n{DEFINE}", id="test_fails"),
        pytest.param("def f(x): 1 / 0", f"value = f(1)\n{DEFINE}", id="call_fails"),
        pytest.param(
            "def f(x):\n    while True: pass", f"f(1)\n{DEFINE}", id="call_takes_too_long"
        ),
        pytest.param(
            "def f(x): return x",
            "assert f(1) == 2\nfrom operator import eq as helper",
            id="import_below",
        ),
        pytest.param(
            "def f(x): return x",
            f"assert f(1) == 2\nif len('x') == 1:\n    {DEFINE.replace(chr(10), chr(10) + '    ')}",
            id="definition_in_a_branch",
        ),
        pytest.param(
            "def f(x): return x",
            "assert f(1) == 2\nhelper = lambda given, wanted: given == wanted",
            id="lambda_below",
        ),
        pytest.param("def f(x): return x", "assert f(1) == 2\n!ls\n" + DEFINE, id="a_magic"),
    ],
)
def test_a_helper_of_a_lost_test_is_defined_again(engine: Engine, answer: str, first: str) -> None:
    limits = Limits(cell_seconds=20, call_seconds=2, memory_mb=2000)
    check_nothing_seen = ("assert seen == [], seen", 1)
    cells = [FORGED + answer, (first, 1), "def f(x): return 3 * x", (USE, 1), check_nothing_seen]
    lost, later, unseen = grade(engine, *cells, limits=limits).questions
    assert (lost.score, later.score, unseen.score) == (0, 1, 1), (lost, later, unseen)
    wrong = [FORGED + answer, (first, 1), "def f(x): return 0", (USE, 1), check_nothing_seen]
    lost, later, unseen = grade(engine, *wrong, limits=limits).questions
    assert (lost.score, later.score, unseen.score) == (0, 0, 1), (lost, later, unseen)


@pytest.mark.parametrize(
    ("first", "use"),
    [
        # What the first test sets needs the student's code: the later test cannot have it.
        ("wanted = f(1)", "assert wanted is None"),
        ("with open(f(1)) as wanted: pass", "assert wanted is None"),
        ("def test():\n    global wanted\n    wanted = f(1)\ntest()", "assert wanted is None"),
        ("[wanted := f(n) for n in range(3)]", "assert wanted is None"),
        ("match f(1):\n    case [wanted]: pass", "assert wanted is None"),
        ("try: f(1)\nexcept OSError as wanted: raise", "assert wanted is None"),
        ("import wanted", "assert wanted is None"),
        ("class Helper:\n    value = f(1)", "assert Helper(3, 9)"),
    ],
)
def test_a_name_that_a_test_binds_is_not_asked_for(engine: Engine, first: str, use: str) -> None:
    answer = FORGED + "def f(x): raise OSError('no')"
    graded = grade(engine, answer, (first, 1), (use, 1), ("assert seen == []", 1))
    assert [question.score for question in graded.questions] == [0, 0, 1]
    assert "an earlier test" in graded.questions[1].message


def test_a_name_that_this_test_was_to_bind_is_not_asked_for(engine: Engine) -> None:
    answer = "items = []\nwanted = result = 7"
    test = "for wanted in items:\n    result = wanted\nassert result == 7 and wanted == 7"
    (question,) = grade(engine, answer, (test, 1)).questions
    assert question.score == 0 and "this test" in question.message


def test_what_a_test_reads_before_it_binds_it_is_the_students(engine: Engine) -> None:
    answer = "x = [3, 1, 2]\ny = 4\nrest = [5]"
    tests = [
        ("assert y == 4\nx = sorted(x)\nassert x == [1, 2, 3]", 1),
        ("y = y + 1\nassert y == 5", 1),
        ("for rest in [rest]: assert rest == [5]", 1),
        ("def check():\n    total = z\n    return total\nassert check() == 6", 1),
        ("assert {n: y for n in range(1)} == {0: 5}\nz = 1", 1),
    ]
    graded = grade(engine, answer + "\nz = 6", *tests)
    assert [question.message for question in graded.questions] == [""] * 5


READ_ONLY = """
import numpy as np
LIMIT = 0.5
scale = 2
seen_lengths = []
def is_near(given, wanted):
    return abs(given - wanted) < LIMIT
class Account:
    def __init__(self, money): self.money = money
"""


def test_a_helper_in_a_read_only_cell_is_the_instructors(engine: Engine) -> None:
    about = {"grade_id": "given", "grade": False, "solution": False, "locked": True}
    given = new_code_cell(READ_ONLY, metadata={"nbgrader": {**about, "schema_version": 3}})
    forged = FORGED + "LIMIT = 1e9\nis_near = helper\nscale = 3\nseen_lengths.append(4)\n"
    tests = [
        ("assert is_near(f(3), 9)", 1),
        ("assert LIMIT == 0.5 and seen == []", 1),
        # Values belong to the student's kernel, whose code may change them.
        ("assert scale == 3 and seen_lengths == [4] and Account(5).money == 5", 1),
    ]
    for factor, points in ((3, [1, 1, 1]), (4, [0, 1, 1])):
        answer = f"{forged}def f(x): return {factor} * x"
        source = notebook(given, "def f(x): return 3 * x", *tests)
        graded = engine.grade(notebook(given, answer, *tests), source, 7)
        assert [question.score for question in graded.questions] == points
