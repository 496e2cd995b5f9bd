"""Runs every benchmark in this folder: `python benchmarks/run.py [--quick]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run them all; returns how many failed."""
    here = Path(__file__)
    failed = 0
    for script in sorted(here.parent.glob("*.py")):
        if script.name != here.name:
            print(f"\n== {script.stem} ==", flush=True)
            failed += subprocess.run([sys.executable, script, *sys.argv[1:]]).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
