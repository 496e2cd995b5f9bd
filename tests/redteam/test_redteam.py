"""The whole engine against every cheat and every fault, with honest witnesses between them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from case import Case, cases  # noqa: E402
from lab import QUESTIONS, SOLUTION  # noqa: E402
from run_cases import LIMITS, earned, grade, recorded, wanted  # noqa: E402

from autograder.engine.engine import Engine  # noqa: E402
from autograder.engine.judged_notebook import JudgedNotebook  # noqa: E402
from autograder.engine.wire.limits import Limits  # noqa: E402
from autograder.engine.wire.note import NoteKind  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap"),
]
CHEATS, FAULTS = cases("cheats"), cases("faults")
# Won where tests and student share a kernel: one of each kind of trick, to see that they are real.
REAL = ("assert_removed_by_ast", "patched_numpy_testing", "lying_class", "model_with_own_predict")
WITNESS_EVERY = 10
WITNESS = Case("witness", "An honest solution.", dict.fromkeys(QUESTIONS, 1.0), (), SOLUTION)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(LIMITS, "bwrap", environment={"COURSE_PROFILE": "quick"}) as engine:
        yield engine


@pytest.fixture(scope="module")
def results(
    engine: Engine, request: pytest.FixtureRequest
) -> Iterator[dict[str, Future[JudgedNotebook]]]:
    """Every case that was selected, two at a time, in the order of the tests."""
    selected = {
        item.callspec.params["case"].name: item.callspec.params["case"]
        for item in request.session.items
        if item.fspath == request.fspath and "results" in item.fixturenames
    }
    with ThreadPoolExecutor(2) as pool:
        futures = {n: pool.submit(grade, engine, case) for n, case in selected.items()}
        yield futures
        pool.shutdown(cancel_futures=True)


def with_witnesses(hostile: list[Case]) -> list[Case]:
    mixed = []
    for place, case in enumerate(hostile, start=1):
        mixed.append(case)
        if place % WITNESS_EVERY == 0 or place == len(hostile):
            name = f"witness_after_{case.name}"
            mixed.append(Case(name, WITNESS.trick, WITNESS.marks, (), SOLUTION))
    return mixed


@pytest.mark.parametrize("case", with_witnesses(CHEATS), ids=lambda case: case.name)
def test_a_cheat_earns_nothing(results: dict[str, Future[JudgedNotebook]], case: Case) -> None:
    graded = results[case.name].result()
    assert earned(graded) == wanted(case), [q.message for q in graded.questions]
    assert recorded(graded) == wanted(case)


@pytest.mark.parametrize("case", with_witnesses(FAULTS), ids=lambda case: case.name)
def test_a_fault_costs_its_own_question(
    results: dict[str, Future[JudgedNotebook]], case: Case
) -> None:
    graded = results[case.name].result()
    assert earned(graded) == wanted(case), [q.message for q in graded.questions]
    assert recorded(graded) == wanted(case)


@pytest.mark.parametrize("name", REAL)
def test_the_cheat_wins_where_tests_share_the_kernel(engine: Engine, name: str) -> None:
    case = next(case for case in CHEATS if case.name == name)
    generous = Limits(memory_mb=LIMITS.memory_mb)
    graded = engine.grade(*_plain(case), limits=generous, in_kernel=QUESTIONS)
    won = {question for question, points in earned(graded).items() if points}
    assert won >= set(case.plain)
    assert {note.kind for note in graded.notes} == {NoteKind.IN_KERNEL}


def _plain(case: Case) -> tuple:
    from lab import source, submission

    return submission(case.cells), source(), 1


def test_there_are_enough_of_them() -> None:
    assert len(CHEATS) >= 60
    assert len(FAULTS) >= 40
