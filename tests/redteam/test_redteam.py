"""The whole engine against every cheat and every fault, with honest witnesses between them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy

import pytest
from nbformat import NotebookNode

from autograder.engine.engine import Engine
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.note import NoteKind
from autograder.notebooks.reading.repair_notebook import repair_notebook
from tests.redteam.case import Case, cases
from tests.redteam.lab import QUESTIONS, SOLUTION, source, submission
from tests.redteam.run_cases import (
    LIMITS,
    SEED,
    expected_scores,
    grade,
    read_nbgrader_scores,
    read_scores,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap"),
]
CHEATS, FAULTS = cases("cheats"), cases("faults")
# One cheat of each kind that wins when tests and student share a kernel: it shows that they work.
REAL = (
    "assert_removed_by_ast",
    "lying_class",
    "model_with_own_predict",
    "network_that_lies_about_its_size",
    "patched_numpy_testing",
)
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
    """Grade every selected case, two at a time, in the order of the tests."""
    selected = {
        item.callspec.params["case"].name: item.callspec.params["case"]
        for item in request.session.items
        if item.fspath == request.fspath and "results" in item.fixturenames
    }
    with ThreadPoolExecutor(2) as pool:
        futures = {n: pool.submit(grade, engine, case) for n, case in selected.items()}
        yield futures
        pool.shutdown(cancel_futures=True)


def add_witnesses(hostile: list[Case]) -> list[Case]:
    mixed = []
    for place, case in enumerate(hostile, start=1):
        mixed.append(case)
        if place % WITNESS_EVERY == 0 or place == len(hostile):
            name = f"witness_after_{case.name}"
            mixed.append(Case(name, WITNESS.trick, WITNESS.marks, (), SOLUTION))
    return mixed


@pytest.mark.parametrize("case", add_witnesses(CHEATS), ids=lambda case: case.name)
def test_a_cheat_earns_nothing(results: dict[str, Future[JudgedNotebook]], case: Case) -> None:
    graded = results[case.name].result()
    assert read_scores(graded) == expected_scores(case), [q.message for q in graded.questions]
    assert read_nbgrader_scores(graded) == expected_scores(case)


@pytest.mark.parametrize("case", add_witnesses(FAULTS), ids=lambda case: case.name)
def test_a_fault_costs_its_own_question(
    results: dict[str, Future[JudgedNotebook]], case: Case
) -> None:
    graded = results[case.name].result()
    assert read_scores(graded) == expected_scores(case), [q.message for q in graded.questions]
    assert read_nbgrader_scores(graded) == expected_scores(case)


@pytest.mark.parametrize("name", REAL)
def test_the_cheat_wins_where_tests_share_the_kernel(engine: Engine, name: str) -> None:
    case = next(case for case in CHEATS if case.name == name)
    generous = Limits(memory_mb=LIMITS.memory_mb)
    graded = engine.grade(submission(case.cells), source(), 1, limits=generous, in_kernel=QUESTIONS)
    won = {question for question, points in read_scores(graded).items() if points}
    assert won >= set(case.plain)
    kinds = {note.kind for note in graded.notes} - {NoteKind.ISOLATION}
    assert kinds == {NoteKind.IN_KERNEL}


def swap_ids(notebook: NotebookNode) -> None:
    """Give answers the ids of others, copy tests without their assertions, and say many points."""
    by_id = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
    answers = [by_id[f"{name}_answer"].metadata for name in QUESTIONS]
    answers[0].nbgrader, answers[1].nbgrader = answers[1].nbgrader, answers[0].nbgrader
    answers[2].nbgrader = dict(by_id["primes"].metadata.nbgrader)
    answers[3].nbgrader.cell_type = "markdown"
    by_id["model_answer"].cell_type = "markdown"
    for cell in [cell for cell in notebook.cells if cell.metadata.nbgrader.grade]:
        cell.metadata.nbgrader.points = 100
        copy = deepcopy(cell)
        copy.source = "pass"
        notebook.cells.append(copy)


def test_ids_swapped_and_copied_win_nothing(engine: Engine) -> None:
    right = {name: SOLUTION[name] for name in ("mean", "softmax")}
    notebook = submission(right | {"primes": "primes = 0", "countdown": "countdown = None"})
    swap_ids(notebook)
    repaired, _ = repair_notebook(notebook, source(), submission({}))
    graded = engine.grade(repaired, source(), SEED)
    expected = dict.fromkeys(QUESTIONS, 0.0) | {"mean": 1.0, "softmax": 1.0}
    assert read_scores(graded) == expected
    assert read_nbgrader_scores(graded) == expected


def test_there_are_enough_cases() -> None:
    assert len(CHEATS) >= 60
    assert len(FAULTS) >= 40
