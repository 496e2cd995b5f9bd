"""One table of what test cells do; ours and stock nbgrader's way, and no difference."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits
from tests.autograder.engine.judge import notebook

FOLDER = Path(__file__).parent / "features"
TOPICS = sorted(path.stem for path in FOLDER.glob("*.txt"))
LIMITS = Limits(memory_mb=3000, seconds=400)
NEEDED = {
    "tables": ("pandas", "sympy", "networkx"),
    "frames": ("pandas", "plotchecker", "sympy", "networkx"),
    "learning": ("sklearn", "scipy"),
    "values": ("sklearn", "PIL"),
    "science": ("sklearn", "scipy"),
}


def read_features(topic: str) -> tuple[list[str], list[str], list[str]]:
    """The names, answers and tests of a topic."""
    for module in NEEDED.get(topic, ()):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    _, *parts = (FOLDER / f"{topic}.txt").read_text(encoding="utf-8").split("## ")
    named = [part.partition("\n")[::2] for part in parts]
    pairs = [part.split("--\n", 1) for _, part in named]
    return [name for name, _ in named], [answer for answer, _ in pairs], [t for _, t in pairs]


@pytest.mark.parametrize("topic", TOPICS)
def test_the_same_as_in_the_students_kernel(engine: Engine, topic: str) -> None:
    names, answers, tests = read_features(topic)
    cells = [cell for pair in zip(answers, ((t, 1) for t in tests), strict=True) for cell in pair]
    made = notebook(*cells)
    all_tests = [f"q{number}" for number in range(1, len(names) + 1)]
    stock = engine.grade(made, made, 7, limits=LIMITS, in_kernel=all_tests).questions
    ours = engine.grade(made, made, 7, limits=LIMITS).questions
    messages = {
        name: (one.message, other.message)
        for name, one, other in zip(names, stock, ours, strict=True)
        if one.message or other.message
    }
    assert messages == {}


@pytest.mark.parametrize("topic", TOPICS)
def test_without_answers_nothing_is_earned(engine: Engine, topic: str) -> None:
    names, answers, tests = read_features(topic)
    cells = [c for a, t in zip(answers, tests, strict=True) for c in ("pass" if a else "", (t, 1))]
    full = [c for a, t in zip(answers, tests, strict=True) for c in (a, (t, 1))]
    questions = engine.grade(notebook(*cells), notebook(*full), 7, limits=LIMITS).questions
    earned = [name for name, one in zip(names, questions, strict=True) if one.score]
    assert earned == []
