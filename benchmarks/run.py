"""Run the benchmarks and write docs/benchmarks.md: `python benchmarks/run.py [--quick]`.

    python benchmarks/run.py --long                      the benchmarks that take over an hour
    python benchmarks/run.py --only grading,vae_loss     some of them; other figures stay
    python benchmarks/run.py --page                      write the page; measure nothing
    python benchmarks/run.py --check                     fail if the page is out of date

The figures are kept in benchmarks/results.json. With `--quick` they are only printed: classes are
smaller, trainings shorter, and only the light notebook is graded.
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
from typing import Any

from page import TITLES, make_files

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
# In the order of the page: each script with the arguments of each of its runs.
SCRIPTS = {
    "grading": [[], ["--lab", "01_mlp_mnist"]],
    "against_otter": [[], ["--lab", "01_mlp_mnist"]],
    "stages": [[], ["--lab", "01_mlp_mnist"]],
    "serve_load": [[]],
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
    "unet_skips": [[]],
    "recurrent_networks": [[]],
    "translation": [[]],
    "language_models": [[]],
    "reinforcement_learning": [[]],
    "object_detection": [[]],
    "super_resolution": [[]],
    "digits_translated": [[]],
    "hopfield_capacity": [[]],
    "captions": [[]],
}
# Endurance, large classes, and all labs with all their cases.
LONG = {
    "red_team": [[]],
    "lint_course": [[]],
    "mark_stability": [["--minutes", "240"]],
    "whole_course": [[]],
    "growth": [[]],
    "full_profiles": [[]],
    "killed_runs": [[]],
    "cluster_faults": [[]],
    "soak": [[]],
}
_PACKAGES = ("tensorflow", "keras", "numpy", "nbgrader", "nbclient", "ipykernel")


def main() -> int:
    """Run, collect, write; return the number of scripts that failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller; write nothing")
    parser.add_argument("--long", action="store_true", help="the benchmarks that take over an hour")
    parser.add_argument("--only", help="names separated by commas")
    parser.add_argument("--page", action="store_true", help="write the page; measure nothing")
    parser.add_argument("--check", action="store_true", help="fail if the page is out of date")
    options = parser.parse_args()
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    if options.check:
        problems = find_problems(results)
        print(*problems, sep="\n")
        return len(problems)
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
            measured = _run([str(HERE / f"{name}.py"), *arguments, *more])
            print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
            failed += measured is None
            figures += measured or []
        if not options.quick and figures:
            minutes = round((time.monotonic() - began) / 60, 1)
            results[name] = {"machine": _describe_machine(), "minutes": minutes, "figures": figures}
            _write(results)
    if options.page:
        _write(results)
    return failed


def _write(results: dict[str, Any]) -> None:
    """Write the figures and the page; after each script, so that no figure is lost."""
    text = json.dumps(results, ensure_ascii=False, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    for path, page in make_files(results).items():
        path.write_text(page, encoding="utf-8")


def find_problems(results: dict[str, Any]) -> list[str]:
    """Return a sentence for each file that is out of date and each script that is not listed."""
    stale = [path for path, text in make_files(results).items() if path.read_text("utf-8") != text]
    problems = [f"{path} is out of date: run python benchmarks/run.py --page" for path in stale]
    scripts = {path.stem for path in HERE.glob("*.py") if "report(" in path.read_text("utf-8")}
    listed = [*SCRIPTS, *LONG]
    for name in sorted((scripts ^ set(listed)) - {"figure", "run"}):
        problems.append(f"{name}: benchmarks/ and the lists in benchmarks/run.py differ")
    if listed != list(TITLES) or not set(results) <= set(listed):
        problems.append("benchmarks/page.py and results.json need the names of benchmarks/run.py")
    return problems


def _run(command: list[str]) -> list[dict[str, Any]] | None:
    """Run a script and return the figures that it reports; None if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures"
        path.touch()
        environment = {**os.environ, "BENCHMARK_FIGURES": str(path)}
        done = subprocess.run([sys.executable, *command], env=environment)
        figures = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return figures if done.returncode == 0 else None


def _describe_machine() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "day": time.strftime("%Y-%m-%d"),
        "cores": f"{os.cpu_count()} cores, {memory:.0f} GiB",
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
    }


if __name__ == "__main__":
    sys.exit(main())
