"""Which texts a test cell may run on the trusted side."""

from __future__ import annotations

import pytest

from autograder.engine.verifier.text_runner import TextRunner

TEST = """
for name in ["add", "sub"]:
    assert eval(f"{name}({n}, 2)") and eval("%s(%d)" % (name, n)) and eval("{}(1)".format(name))
exec("made = add(1, 2)")
assert eval(answer) == expected and eval(name + "(1)")
"""


def make_runner() -> TextRunner:
    runner = TextRunner(lambda *question: question, lambda text: text == "from a file")
    runner.add_source(TEST)
    return runner


@pytest.mark.parametrize(
    "text",
    ["made = add(1, 2)", "add(3, 2)", "sub(-1.5, 2)", "add(7)", " sub(1) ", "from a file"],
)
def test_text_of_the_test_is_its_own(text: str) -> None:
    assert make_runner().is_own(text)


@pytest.mark.parametrize(
    "text",
    [
        "expected",
        "answer",
        "mul(1)",
        "exit()",
        "expected(1)",
        "__import__('os').system('true')(1)",
        "made = add(1, 2)\nimport os",
        "add(1, 2) or expected",
        "x" * 5_000,
    ],
)
def test_other_text_is_not(text: str) -> None:
    assert not make_runner().is_own(text)


def test_other_text_runs_in_the_students_kernel() -> None:
    asked = []

    def ask(*question: object) -> tuple[object, dict[str, object]]:
        asked.append(question[1:])
        return 5, {"y": 6}

    runner = TextRunner(ask, lambda text: False)
    names: dict[str, object] = {"x": 3}
    assert runner.provided["eval"]("x + 2", names) == 5 and names["y"] == 6
    runner.provided["exec"](runner.provided["compile"]("z = 1", "<text>", "exec"))
    assert asked == [("eval", "x + 2", {"x": 3}), ("exec", "z = 1", None)]
