"""Test which versions of Python and of the packages work: `make matrix`.

    python tools/matrix.py [--only 3.11-oldest,3.13-newest] [--keep]
    python tools/matrix.py --page

For each Python from 3.10 to 3.13 on this machine, tests the oldest versions that requirements.txt
allows and the newest; under Python 3.11 also each TensorFlow in between, and Colab's versions.
Every combination gets its
own environment in a temporary folder, which uv resolves with the package index, and runs
`make test-quick` there. Outcomes are kept in tools/matrix.json, from which docs/compatibility.md is
made. A combination that is not available is in the table with the reason. The page also has the
courses of benchmarks/nbgrader_courses.json.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "tools" / "matrix.json"
PAGE = ROOT / "docs" / "compatibility.md"
COURSES = ROOT / "benchmarks" / "nbgrader_courses.json"
_COURSES = """\
`python benchmarks/nbgrader_courses.py` grades the instructors' own solutions: test cells that pass
under stock nbgrader, and how many of these pass with ours. Kernels of other names become Python 3.
Packages have today's versions, so some cells of older courses fail under stock nbgrader too."""
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
TENSORFLOWS = ("2.17", "2.18", "2.19", "2.20")
COLAB = {"python": "3.13", "tensorflow": "2.20", "keras": "3.13"}  # what Colab has installed
_SHOWN = ("tensorflow", "keras", "numpy", "nbgrader", "ipykernel")
_HEAD = """\
# Versions that work

`make matrix` installs each combination into its own environment and runs `make test-quick` there:
`course_lib`'s blocks, models and data, building a lab, and grading a class from the notebook to the
gradebook. *Oldest* are the lowest compatible versions that `requirements.txt` allows and that are
built for this Python; *newest* are the versions in the package index on that day; *Colab* has the
Python, TensorFlow and Keras that Colab has installed.

"""


@dataclass
class Row:
    """One environment and its outcome.

    Args:
        python: The version of Python.
        packages: "oldest", "newest", "TensorFlow 2.17", … or "Colab".
        outcome: "passed", "failed", "does not resolve" or "not available".
        detail: The last line of pytest, or the reason.
        failures: The line of pytest for each failed test.
        seconds: Duration of the tests.
        day: The date of the test.
        versions: The version of every package in requirements.txt.
    """

    python: str
    packages: str
    outcome: str = ""
    detail: str = ""
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    day: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name for `--only`."""
        return f"{self.python}-{self.packages.replace('TensorFlow ', 'tensorflow')}"


def main() -> int:
    """Test, record, write the page; return the number of environments that did not pass."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="names separated by commas, such as 3.11-oldest")
    parser.add_argument("--keep", action="store_true", help="do not delete the environments")
    parser.add_argument("--page", action="store_true", help="write the page; test nothing")
    options = parser.parse_args()
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    done = {row.name: row for row in (Row(**fields) for fields in known)}
    if options.page:
        _write([done[row.name] for row in list_rows() if row.name in done])
        return 0
    chosen = [row for row in list_rows() if not options.only or row.name in options.only.split(",")]
    folder = Path(tempfile.mkdtemp(prefix="matrix-"))
    try:
        uv = _install_uv(folder)
        for row in chosen:
            print(f"{row.name} …", flush=True)
            environment = folder / row.name
            _test_row(row, uv, environment)
            if not options.keep:
                shutil.rmtree(environment, ignore_errors=True)
            print(f"{row.name}: {row.outcome}; {row.detail}", *row.failures, sep="\n", flush=True)
            done[row.name] = row
            _write([done[row.name] for row in list_rows() if row.name in done])
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return sum(row.outcome != "passed" for row in chosen)


def list_rows() -> list[Row]:
    """Return every environment to test."""
    found = [Row(python, packages) for python in PYTHONS for packages in ("oldest", "newest")]
    found += [Row("3.11", f"TensorFlow {version}") for version in TENSORFLOWS]
    return [*found, Row(COLAB["python"], "Colab")]


def _install_uv(folder: Path) -> str:
    """Install uv into its own environment: it can resolve to the oldest versions; pip cannot."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "uv")], check=True)
    python = folder / "uv" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(folder / "uv" / "bin" / "uv")


def _test_row(row: Row, uv: str, environment: Path) -> None:
    row.day = time.strftime("%Y-%m-%d")
    python = _find_python(row.python, uv)
    if python is None:
        row.outcome, row.detail = "not available", f"this machine does not have Python {row.python}"
        return
    if error := _install(row, uv, python, environment):
        row.outcome, row.detail = "does not resolve", error
        return
    row.versions = _read_versions(uv, environment)
    (environment / ".installed").touch()  # make uses the environment as it is
    began = time.monotonic()
    venv = f"VENV={os.path.relpath(environment, ROOT)}"
    tests = subprocess.run(
        ["make", "--no-print-directory", "test-quick", venv],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        capture_output=True,
        text=True,
    )
    row.seconds = round(time.monotonic() - began)
    row.outcome = "failed" if tests.returncode else "passed"
    lines = [line for line in tests.stdout.splitlines() if line.strip()]
    row.failures = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    last = "".join(lines[-1:])
    if re.search(r"\d (passed|failed|error)", last):
        row.detail = re.sub(r", \d+ warnings?| in .*|[= ]{2,}", "", last)
    else:
        # No test started: pytest reports a failed import on stderr.
        errors = [line for line in tests.stderr.splitlines() if not line.startswith("make")]
        row.detail = "no test started: " + " ".join(errors[-1:])
    if row.failures:
        print(tests.stdout[-6000:], flush=True)


def _install(row: Row, uv: str, python: str, environment: Path) -> str:
    """Make the environment; return the error if its packages do not resolve."""
    packages = ["-r", str(ROOT / "requirements.txt"), "pytest-timeout>=2.3"]
    if row.packages.startswith("TensorFlow"):
        packages.append(f"tensorflow=={row.packages.split()[1]}.*")
    if row.packages == "Colab":
        packages += [f"{name}=={COLAB[name]}.*" for name in ("tensorflow", "keras")]
    # Only versions that are built for this Python. The package index has promise, which
    # tensorflow-datasets requires, as source only.
    packages += ["--only-binary", ":all:", "--no-binary", "promise"]
    resolution = "lowest-direct" if row.packages == "oldest" else "highest"
    install = [uv, "pip", "install", "--quiet", "--python", str(environment), "--compile-bytecode"]
    for command in (
        [uv, "venv", "--quiet", "--python", python, str(environment)],
        [*install, "--resolution", resolution, *packages],
        [*install, "--no-deps", "--editable", str(ROOT)],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return " ".join(done.stderr.split())[-300:]
    return ""


def _find_python(version: str, uv: str) -> str | None:
    """Return an installed Python of that version, or None; download nothing."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    paths = [str(p) for p in sorted(pyenv.glob(f"{version}.*/bin/python"))]
    command = [uv, "python", "find", "--no-python-downloads", "--system", version]
    found = subprocess.run(command, capture_output=True, text=True)
    for path in filter(None, [found.stdout.strip(), *paths]):
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([path, "-c", code], capture_output=True, text=True)
        if done.stdout.strip() == version:
            return path
    return None


def _read_versions(uv: str, environment: Path) -> dict[str, str]:
    listed = subprocess.run(
        [uv, "pip", "list", "--quiet", "--format", "json", "--python", str(environment)],
        capture_output=True,
        text=True,
        check=True,
    )
    versions = {entry["name"]: entry["version"] for entry in json.loads(listed.stdout)}
    return {name: versions[name] for name in _list_requirements() if name in versions}


def _list_requirements() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    names = (re.match(r"[\w-]+", line) for line in lines)
    return sorted(found[0].replace("_", "-").lower() for found in names if found)


def _write(tested: list[Row]) -> None:
    RESULTS.write_text(json.dumps([asdict(row) for row in tested], indent=1) + "\n", "utf-8")
    PAGE.write_text(make_page(tested), "utf-8")


def make_page(tested: list[Row]) -> str:
    """Return the text of docs/compatibility.md."""
    lines = [
        f"| Python | packages | {' | '.join(_SHOWN)} | outcome | `make test-quick` | day |",
        "| --- " * (len(_SHOWN) + 5) + "|",
    ]
    for row in tested:
        versions = " | ".join(row.versions.get(name, "") for name in _SHOWN)
        outcome = " | ".join((row.outcome, row.detail.replace("|", "/"), row.day))
        lines.append(f"| {row.python} | {row.packages} | {versions} | {outcome} |")
    missing = [row.name for row in list_rows() if row.name not in {row.name for row in tested}]
    if missing:
        lines += ["", f"Not tested yet: {', '.join(missing)}."]
    failures = [(row, failure) for row in tested for failure in row.failures]
    if failures:
        lines += ["", "## Failures", ""]
        lines += [f"- {row.name}: `{failure}`" for row, failure in failures]
    ends = [row for row in tested if row.packages in ("oldest", "newest") and row.versions]
    if ends:
        lines += ["", "## Every package", ""]
        lines.append("| package | " + " | ".join(f"{r.python} {r.packages}" for r in ends) + " |")
        lines.append("| --- " * (len(ends) + 1) + "|")
        named = set(_list_requirements())
        for name in sorted({name for row in ends for name in row.versions} & named):
            cells = " | ".join(row.versions.get(name, "") for row in ends)
            lines.append(f"| {name} | {cells} |")
    lines += list_courses(json.loads(COURSES.read_text("utf-8")) if COURSES.is_file() else [])
    return _HEAD + "\n".join(lines) + "\n"


def list_courses(measured: list[dict[str, Any]]) -> list[str]:
    """Return the lines about public nbgrader courses, from benchmarks/nbgrader_courses.json."""
    if not measured:
        return []
    lines = ["", "## Public nbgrader courses", "", _COURSES, ""]
    lines.append(
        "| course | commit | notebooks | test cells | stock nbgrader | ours without trust | "
        "ours after `adopt` | trusted |"
    )
    lines.append("| --- | --- " + "| ---: " * 6 + "|")
    numbers = ("notebooks", "cells", "stock", "without", "adopted", "trusted")
    for row in measured:
        counts = " | ".join(str(row[name]) for name in numbers)
        link = f"[{row['repository']}](https://github.com/{row['repository']})"
        lines.append(f"| {link} | {row['commit'][:10]} | {counts} |")
    total = {name: sum(row[name] for row in measured) for name in numbers}
    counts = " | ".join(str(total[name]) for name in numbers)
    lines.append(f"| all | | {counts} |")
    if total["stock"]:
        without, adopted = (total[name] / total["stock"] for name in ("without", "adopted"))
        lines += [
            "",
            f"Of the cells that pass under stock nbgrader, {without:.1%} pass without trust and "
            f"{adopted:.1%} after `adopt`.",
        ]
    return lines


if __name__ == "__main__":
    sys.exit(main())
