"""What the instructor's answers do bounds what the student's code may do to a test."""

from __future__ import annotations

import pytest

from autograder.engine.verifier.changed_parameters import find_changed_parameters
from autograder.engine.verifier.instructor_profile import InstructorProfile
from autograder.engine.verifier.own_names import parse_cell
from autograder.engine.wire.mutable_values import list_mutables


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("a[0] = 1", {"a", 0}),
        ("a.b = 1", {"a", 0}),
        ("a += 1", {"a", 0}),
        ("del a[0]", {"a", 0}),
        ("a.append(b)", {"a", 0}),
        ("a.sort()", {"a", 0}),
        ("b.update(a)", {"b", 1}),
        ("c = a\n    c[0] = 1", {"a", 0}),
        ("for row in a: row[0] = 1", {"a", 0}),
        ("for i, row in enumerate(a): row.clear()", {"a", 0}),
        ("a[0], a[1] = a[1], a[0]", {"a", 0}),
        ("np.random.shuffle(a)", {"a", 0}),
        ("np.add(a, 1, out=b)", {"b", 1}),
        ("a.drop(columns='x', inplace=True)", {"a", 0}),
        ("zero(a)", {"a", 0}),
        ("zero(x=b)", {"b", 1}),
        # New objects are not the arguments.
        ("a = a - a.max()\n    a /= a.sum()", set()),
        ("a = list(a)\n    a.append(1)", set()),
        ("c = a.copy()\n    c[0] = 1", set()),
        ("c = [x for x in a]\n    c.sort()", set()),
        ("return sorted(a)", set()),
        ("print(a[0], b)", set()),
    ],
)
def test_changed_parameters(body: str, changed: set[int | str]) -> None:
    source = f"def zero(x): x[:] = 0\ndef f(a, b=None):\n    {body}"
    assert find_changed_parameters([parse_cell(source)])[0].get("f", set()) == changed


def test_a_method_counts_its_arguments_without_the_object() -> None:
    source = "class C:\n    def fill(self, xs): xs.append(self.x)\n    def own(self): self.x = 1"
    assert find_changed_parameters([parse_cell(source)])[0] == {"fill": {"xs", 0}}


def test_changeable_arguments_have_their_numbers() -> None:
    profile = InstructorProfile(["def f(a, b): b[0] = 1\ndef g(a): return a"])
    args, kwargs = [[1, [2]], [3, [4]]], {"b": [5]}
    objects = list_mutables([args, kwargs])
    changeable = profile.find_changeable("f", args, {})
    assert [objects[number] for number in changeable] == [[3, [4]], [4]]
    (number,) = profile.find_changeable("f", args[:1], kwargs)
    assert list_mutables([args[:1], kwargs])[number] == [5]
    assert profile.find_changeable("g", args, kwargs) == []
    assert profile.find_changeable("", args, kwargs) == []


ANSWERS = """
import functools
rate, count, cache = 2, 0, {}
class Base:
    def __eq__(self, other): return True
@functools.total_ordering
class Vec(Base):
    def __init__(self, x): self.x = x
    def __add__(self, other): return Vec(self.x + other.x)
    __radd__ = __add__
    def norm(self): return abs(self.x)
def price(x):
    global count
    count += 1
    cache[x] = expected = x * rate
    return expected
def make(n):
    made = [Vec(i) for i in range(n)]
    return made
def solve(n):
    v = Vec(n)
    return v.x
v = Vec(3)
"""


def test_names_and_operators() -> None:
    profile = InstructorProfile([ANSWERS, "total = sum(data)"])
    assert {"rate", "cache", "count", "Vec"} <= profile.free_names
    assert "expected" not in profile.free_names | profile.read_names
    assert "data" in profile.read_names and "rate" not in profile.read_names
    assert profile.changed_names >= {"count", "cache"} and "rate" not in profile.changed_names
    operators = profile.find_operators(["Vec", "StudentObject"])
    assert operators is not None and {"__eq__", "__add__", "__radd__", "__lt__"} <= operators
    assert "__bool__" not in operators and profile.find_operators(["Liar"]) is None
    # What returns a number is not a maker, whatever it makes on the way.
    assert profile.makers == {"__add__", "make"} and profile.instances == {"v"}
