"""Run cases with the whole engine: `python -m tests.redteam.run_cases cheats [NAME …]`."""

from __future__ import annotations

import sys

from nbgrader.utils import determine_grade, is_grade

from autograder.engine.engine import Engine
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.wire.limits import Limits
from tests.redteam.case import Case, cases
from tests.redteam.lab import QUESTIONS, source, submission

LIMITS = Limits(
    cell_seconds=5,
    seconds=40,
    call_seconds=4,
    cpu_seconds=60,
    memory_mb=1500,
    processes=120,
    disk_mb=64,
    output_mb=1,
    output_messages=300,
    value_mb=32,
)
SEED = 20_260


def grade(engine: Engine, case: Case, plain: bool = False) -> JudgedNotebook:
    """Grade a case; with `plain`, the tests run in the student's kernel, as nbgrader does it."""
    tests = QUESTIONS if plain else ()
    return engine.grade(submission(case.cells), source(), SEED, {}, in_kernel=tests)


def read_scores(graded: JudgedNotebook) -> dict[str, float]:
    """Return the points of each question by the engine's verdicts."""
    return {question.grade_id: question.score for question in graded.questions}


def read_nbgrader_scores(graded: JudgedNotebook) -> dict[str, float | None]:
    """Return the points of each question that nbgrader reads from the executed notebook."""
    tests = (cell for cell in graded.notebook.cells if is_grade(cell))
    return {cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] for cell in tests}


def expected_scores(case: Case) -> dict[str, float]:
    """Return the points that the case must get."""
    return {name: case.marks.get(name, 0.0) for name in QUESTIONS}


def main() -> None:
    """Print the outcome of each case."""
    folder, *names = sys.argv[1:]
    plain = "--plain" in names
    names = [name for name in names if not name.startswith("--")]
    with Engine(LIMITS, "bwrap", environment={"COURSE_PROFILE": "quick"}) as engine:
        print(engine.isolation, "-", engine.isolation_reason)
        for case in cases(folder):
            if names and case.name not in names:
                continue
            graded = grade(engine, case, plain)
            got = read_scores(graded)
            if plain:
                won = [name for name, points in got.items() if points]
                verdict = "ok" if set(won) >= set(case.plain) else f"WRONG: expected {case.plain}"
                print(f"{case.name:38} {graded.seconds:5.1f} s  wins {won}: {verdict}", flush=True)
                continue
            verdict = "ok" if got == expected_scores(case) else "WRONG"
            print(f"{case.name:38} {graded.seconds:5.1f} s  {verdict}", flush=True)
            if verdict == "WRONG" or names:
                for question in graded.questions:
                    print("     ", question)
                print("     ", graded.notes)


if __name__ == "__main__":
    main()
