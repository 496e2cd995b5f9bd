"""Cheats against a grader that an ordinary user runs, whose processes have the same user."""

from __future__ import annotations

import shutil

import pytest

from tests.redteam.ordinary_user import find_python, run

CHEATS = (
    "abstract_sockets",
    "coroutine_sent_twice",
    "descriptors_beside_answers",
    "devices_made",
    "escape_through_proc",
    "everyone_killed",
    "file_for_a_partner",
    "file_from_a_partner",
    "files_removed_everywhere",
    "files_written_by_other_names",
    "gradebook_written",
    "inherited_descriptors",
    "init_limited",
    "init_read_through_proc",
    "init_signalled",
    "init_signalled_by_files",
    "init_slowed",
    "init_traced",
    "journal_written_ahead",
    "loop_replaced",
    "machine_read_from_proc",
    "memory_of_other_processes",
    "memory_that_no_process_maps",
    "mounts_and_namespaces",
    "private_names_by_operators",
    "queue_for_a_partner",
    "queue_of_a_partner",
    "solution_on_the_disk",
    "terminal_typed_into",
    "threads_that_speak",
)
FAULTS = ("fork_bomb", "memory_in_children", "timers_and_signals_used_up")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap"),
]


@pytest.mark.parametrize(("folder", "names"), [("cheats", CHEATS), ("faults", FAULTS)])
def test_cases_as_an_ordinary_user(folder: str, names: tuple[str, ...]) -> None:
    with find_python() as python:
        done = run(python, "tests.redteam.run_cases", folder, *names)
    outcomes = [line.split() for line in done.stdout.splitlines() if line[:1].isalpha()]
    found = {name: rest[-1] for name, *rest in outcomes if name in names}
    assert found == dict.fromkeys(names, "ok"), done.stdout + done.stderr[-2000:]
