"""Every cheat under `--isolation none`, inside a throw-away sandbox around the whole grader.

`python tests/redteam/unwalled.py [NAME …]` prints what they earned there and whom they harmed.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))

from case import Case, cases
from lab import QUESTIONS, SOLUTION
from run_cases import LIMITS, earned, grade, wanted

from autograder.engine.engine import Engine
from autograder.errors import AutograderError

WITNESS = Case("witness", "An honest solution.", dict.fromkeys(QUESTIONS, 1.0), (), SOLUTION)
_SILENT_SECONDS = 80
_INSIDE = "--inside"


def attempts(names: Iterable[str]) -> dict[str, str]:
    """What came of these cheats where students' code runs as the grader does.

    Returns:
        By name: "wins QUESTION, …", "harms others" when it spoils an honest submission after it,
        or "ends the run". What is held is left out.
    """
    outcomes: dict[str, str] = {}
    while waiting := [name for name in names if name not in outcomes]:
        heard = dict(_hear([sys.executable, __file__, _INSIDE, *waiting]))
        assert heard, "the grader did not start"
        outcomes.update(heard)
    return {name: outcome for name, outcome in outcomes.items() if outcome != "held"}


def _hear(program: list[str]) -> Iterator[tuple[str, str]]:
    """What `_inside` says, until it ends or has been silent for too long: then it was stopped."""
    wall = subprocess.Popen(_outer_wall(program), stdout=subprocess.PIPE, bufsize=0)
    try:
        while select.select([wall.stdout], [], [], _SILENT_SECONDS)[0]:
            if not (line := wall.stdout.readline()):
                return
            yield tuple(json.loads(line))
    finally:
        wall.kill()
        wall.wait()


def _outer_wall(program: list[str]) -> list[str]:
    """A sandbox in which all of this machine can be read, and nothing of it touched."""
    wall = ["bwrap", "--die-with-parent", "--unshare-all", "--uid", "1000", "--gid", "1000"]
    wall += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    wall += ["--tmpfs", "/tmp", "--tmpfs", "/home"]
    # The project and its environment may lie below either.
    for path in (str(Path(__file__).parents[2]), sys.prefix, sys.base_prefix):
        wall += ["--ro-bind", path, path]
    return [*wall, "--new-session", "--cap-drop", "ALL", "--", *program]


def _inside(names: list[str]) -> None:
    """Try the cheats in turn; a line before each says what is so if there is none after it."""
    known = {case.name: case for case in cases("cheats")}
    while names:
        with Engine(LIMITS, "none", environment={"COURSE_PROFILE": "quick"}) as engine:
            outcome = "held"
            while names and outcome == "held":
                name = names.pop(0)
                print(json.dumps([name, "ends the run"]), flush=True)
                outcome = _outcome(engine, known[name])
                print(json.dumps([name, outcome]), flush=True)
                # After one that was not held a new engine: the old one may have been changed.


def _outcome(engine: Engine, case: Case) -> str:
    try:
        got, right = earned(grade(engine, case)), wanted(case)
        honest = earned(grade(engine, WITNESS))
    except AutograderError:
        return "harms others"
    won = [name for name, points in got.items() if points > right[name]]
    if won:
        return "wins " + ", ".join(won)
    return "held" if honest == wanted(WITNESS) else "harms others"


if __name__ == "__main__":
    if sys.argv[1:2] == [_INSIDE]:
        _inside(sys.argv[2:])
    else:
        chosen = sys.argv[1:] or [case.name for case in cases("cheats")]
        print(json.dumps(attempts(chosen), indent=1))
