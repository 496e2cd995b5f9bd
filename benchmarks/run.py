"""Runs the benchmarks and writes docs/benchmarks.md: `python benchmarks/run.py [--quick]`.

    python benchmarks/run.py --long                      instead, what takes longer than an hour
    python benchmarks/run.py --only grading,vae_loss     some of them; the others' figures stay
    python benchmarks/run.py --page                      none: only the page, of what is measured

The figures go into benchmarks/results.json; with --quick, only to the screen: they are of smaller
classes and shorter trainings, and grading is of the light notebook alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from page import write_page

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
# In this order on the page, each with what is said to it; the rest of its command line behind it.
SCRIPTS = {
    "grading": [[], ["--lab", "01_mlp_mnist"]],
    "against_otter": [[], ["--lab", "01_mlp_mnist"]],
    "stages": [[], ["--lab", "01_mlp_mnist"]],
    "start_times": [[]],
    "training_steps": [[]],
    "lab_times": [[]],
    "mnist_accuracy": [[]],
    "cifar_accuracy": [[]],
    "transfer": [[]],
    "augmentation_gap": [[]],
    "gan_quality": [[]],
    "vae_loss": [[]],
    "architectures": [[]],
}
# Endurance, large classes, and what every lab does in all its forms.
LONG = {
    "red_team": [[]],
    "lint_course": [[]],
    "whole_course": [[]],
    "growth": [[]],
    "full_profiles": [[]],
    "killed_runs": [[]],
    "cluster_faults": [[]],
    "soak": [[]],
}
_PACKAGES = ("tensorflow", "keras", "numpy", "nbgrader", "nbclient", "ipykernel")


def main() -> int:
    """Run, collect, write; returns how many scripts failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller; nothing is written")
    parser.add_argument("--long", action="store_true", help="what takes longer than an hour")
    parser.add_argument("--only", help="names, with commas between")
    parser.add_argument("--page", action="store_true", help="write only the page")
    options = parser.parse_args()
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    chosen = list(LONG if options.long else SCRIPTS)
    if options.only or options.page:
        chosen = options.only.split(",") if options.only else []
    failed = 0
    for name in chosen:
        began, figures = time.monotonic(), []
        commands = (SCRIPTS | LONG)[name]
        for arguments in commands[:1] if options.quick else commands:
            print(f"\n== {name} {' '.join(arguments)}", flush=True)
            started = time.monotonic()
            more = ["--quick"] if options.quick else []
            made = _run([str(HERE / f"{name}.py"), *arguments, *more])
            print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
            failed += made is None
            figures += made or []
        if not options.quick and figures:
            minutes = round((time.monotonic() - began) / 60, 1)
            results[name] = {"machine": _machine(), "minutes": minutes, "figures": figures}
            _write(results)
    if options.page:
        _write(results)
    return failed


def _write(results: dict) -> None:
    """Keep the figures, and make the page of them; after each script, so that none is lost."""
    text = json.dumps(results, ensure_ascii=False, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    write_page(results)


def _run(command: list[str]) -> list[dict] | None:
    """The figures that a script reports; None when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures"
        path.touch()
        environment = {**os.environ, "BENCHMARK_FIGURES": str(path)}
        done = subprocess.run([sys.executable, *command], env=environment)
        figures = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return figures if done.returncode == 0 else None


def _machine() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "day": time.strftime("%Y-%m-%d"),
        "cores": f"{os.cpu_count()} cores, {memory:.0f} GiB",
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
    }


if __name__ == "__main__":
    sys.exit(main())
