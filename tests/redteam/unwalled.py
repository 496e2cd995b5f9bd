"""Run cheats under `--isolation none`, inside a temporary sandbox around the whole grader.

`python -m tests.redteam.unwalled [NAME …]` prints what they earned and whom they harmed.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.engine.engine import Engine
from autograder.errors import AutograderError
from tests.redteam.case import Case, cases
from tests.redteam.lab import QUESTIONS, SOLUTION
from tests.redteam.run_cases import LIMITS, expected_scores, grade, read_scores

ROOT = Path(__file__).resolve().parents[2]
WITNESS = Case("witness", "An honest solution.", dict.fromkeys(QUESTIONS, 1.0), (), SOLUTION)
_SILENT_SECONDS = 80
_INSIDE = "--inside"


def try_cheats(names: Iterable[str]) -> dict[str, str]:
    """Run these cheats where students' code runs as the grader's user.

    Returns:
        By name: "wins QUESTION, …", "harms others" if it spoils the honest submission after it, or
        "ends the run". A cheat that fails is left out.
    """
    outcomes: dict[str, str] = {}
    while waiting := [name for name in names if name not in outcomes]:
        program = [sys.executable, "-m", "tests.redteam.unwalled", _INSIDE, *waiting]
        reported = dict(_read_outcomes(program))
        assert reported, "the grader did not start"
        outcomes.update(reported)
    return {name: outcome for name, outcome in outcomes.items() if outcome != "held"}


def _read_outcomes(program: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what `_report_outcomes` prints, until it ends or is silent for too long."""
    wall = subprocess.Popen(_wrap_in_sandbox(program), stdout=subprocess.PIPE, bufsize=0)
    try:
        while select.select([wall.stdout], [], [], _SILENT_SECONDS)[0]:
            if not (line := wall.stdout.readline()):
                return
            yield tuple(json.loads(line))
    finally:
        wall.kill()
        wall.wait()


def _wrap_in_sandbox(program: list[str]) -> list[str]:
    """Return the command in a sandbox that can read the whole machine and change nothing."""
    wall = ["bwrap", "--die-with-parent", "--unshare-all", "--uid", "1000", "--gid", "1000"]
    wall += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    wall += ["--tmpfs", "/tmp", "--tmpfs", "/home"]
    # The project and its environment may be in /tmp or /home.
    for path in (str(ROOT), sys.prefix, sys.base_prefix):
        wall += ["--ro-bind", path, path]
    wall += ["--chdir", str(ROOT)]
    return [*wall, "--new-session", "--cap-drop", "ALL", "--", *program]


def _report_outcomes(names: list[str]) -> None:
    """Try the cheats in turn and print an outcome for each.

    The line before a cheat holds if no line follows it: the cheat ended the run.
    """
    known = {case.name: case for case in cases("cheats")}
    while names:
        with Engine(LIMITS, "none", environment={"COURSE_PROFILE": "quick"}) as engine:
            outcome = "held"
            while names and outcome == "held":
                name = names.pop(0)
                print(json.dumps([name, "ends the run"]), flush=True)
                outcome = _try_cheat(engine, known[name])
                print(json.dumps([name, outcome]), flush=True)
                # After a successful cheat, a new engine: the cheat may have changed the old one.


def _try_cheat(engine: Engine, case: Case) -> str:
    try:
        scores, expected = read_scores(grade(engine, case)), expected_scores(case)
        honest = read_scores(grade(engine, WITNESS))
    except AutograderError:
        return "harms others"
    won = [name for name, points in scores.items() if points > expected[name]]
    if won:
        return "wins " + ", ".join(won)
    return "held" if honest == expected_scores(WITNESS) else "harms others"


if __name__ == "__main__":
    if sys.argv[1:2] == [_INSIDE]:
        _report_outcomes(sys.argv[2:])
    else:
        chosen = sys.argv[1:] or [case.name for case in cases("cheats")]
        print(json.dumps(try_cheats(chosen), indent=1))
