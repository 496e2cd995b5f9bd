"""Grade an honest submission beside one that takes all processors: prints the honest one's points.

`python -m tests.redteam.beside_a_hog KIND …`: `processes`, or `sessions`, where each process of the
other submission begins a session of its own.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from autograder.engine.engine import Engine
from tests.redteam.case import Case
from tests.redteam.lab import SOLUTION
from tests.redteam.run_cases import LIMITS, grade, read_scores

# 80 processes, for 15 seconds.
HOG = """
import os, time
for _ in range(80):
    if os.fork() == 0:
        {session}
        end = time.time() + 15
        while time.time() < end: pass
        os._exit(0)
"""
WORK = """
import time
used = time.process_time()
while time.process_time() - used < 1.2: pass
primes = 168
"""


SESSIONS = {"processes": "pass", "sessions": "os.setsid()"}


def main() -> None:
    """Print the points for each kind."""
    with Engine(LIMITS, "bwrap", environment={"COURSE_PROFILE": "quick"}) as engine:
        print(json.dumps({kind: grade_beside(engine, kind) for kind in sys.argv[1:]}))


def grade_beside(engine: Engine, kind: str) -> dict[str, float]:
    """Grade both at the same time; return the honest one's points."""
    hog = Case("hog", "", {}, (), {"start": HOG.format(session=SESSIONS[kind])})
    # The hog's cell begins first.
    answers = {"start": "import time; time.sleep(1.5)", **SOLUTION, "primes": WORK}
    honest = Case("honest", "", {}, (), answers)
    beside = threading.Thread(target=grade, args=(engine, hog))
    beside.start()
    time.sleep(0.5)
    scores = read_scores(grade(engine, honest))
    beside.join()
    return scores


if __name__ == "__main__":
    main()
