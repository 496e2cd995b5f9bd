"""Grade cheats and broken or hostile notebooks: how many get what they should not?

    python benchmarks/red_team.py [--quick]

Runs tests/redteam, which grades every case with the real engine. `--quick` runs the cases whose
name contains "file".
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from figure import Figure, report
from labs import ROOT

_WHAT = {
    "test_a_cheat_earns_nothing": ("cheats that earn a point", "notebooks that cheat"),
    "test_a_fault_costs_its_own_question": (
        "faults that lose a row, stop a run or cost another question",
        "broken or hostile notebooks",
    ),
}


def main() -> None:
    """Run and print; exit with code 1 if a case succeeded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few cases")
    chosen = ["-k", "file"] if parser.parse_args().quick else []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        path = Path(folder) / "cases.xml"
        pytest = [sys.executable, "-m", "pytest", "-q", f"--junitxml={path}", *chosen]
        done = subprocess.run([*pytest, "tests/redteam/test_redteam.py"], cwd=ROOT)
        tried = ElementTree.parse(path).getroot().findall(".//testcase")
    for test, (name, of) in _WHAT.items():
        these = [case for case in tried if case.get("name").startswith(f"{test}[")]
        # A case also counts if it harms the honest witness after it.
        successes = sum(bool(case.findall("failure") + case.findall("error")) for case in these)
        hostile = [case for case in these if "[witness_after_" not in case.get("name")]
        report(Figure(name, successes, at_most=0, data=f"{len(hostile)} {of}"))
    sys.exit(bool(done.returncode))


if __name__ == "__main__":
    main()
