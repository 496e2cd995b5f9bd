"""Which versions of Python and of the packages work: `make matrix`.

    python tools/matrix.py [--only 3.11-oldest,3.13-newest] [--keep]

For each Python from 3.10 to 3.13 that this machine has, the oldest versions that requirements.txt
allows and the newest; for the first of them, each TensorFlow in between, too. Each in an
environment of its own, in a temporary folder, one after the other, found with the package index by
uv and tried with `make test-quick`. What came out is kept in tools/matrix.json, and
docs/compatibility.md is made of it. What can't be had is in the table with the reason.
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

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "tools" / "matrix.json"
PAGE = ROOT / "docs" / "compatibility.md"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
TENSORFLOWS = ("2.17", "2.18", "2.19", "2.20")
_SHOWN = ("tensorflow", "keras", "numpy", "nbgrader", "ipykernel")
_HEAD = """\
# Versions that work

`make matrix` puts each of these into an environment of its own and runs `make test-quick` in it:
`course_lib`'s blocks, models and data, a lab built, a class graded from the notebook to the
gradebook. *Oldest* are the lowest versions that `requirements.txt` allows and that are built for
this Python, as far as they go together; *newest* are what the package index has that day.

"""


@dataclass
class Row:
    """One environment, and what came of it.

    Args:
        python: its version, as asked for.
        packages: "oldest", "newest" or "TensorFlow 2.17", …
        outcome: "passed", "failed", "does not resolve" or "not to be had".
        detail: pytest's last line, or the reason.
        failures: what pytest says of each test that failed.
        seconds: what the tests took.
        day: when.
        versions: of every package that requirements.txt names.
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
        """As `--only` takes it."""
        return f"{self.python}-{self.packages.replace('TensorFlow ', 'tensorflow')}"


def main() -> int:
    """Try, keep, write the page; returns how many did not pass."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="names, with commas between, such as 3.11-oldest")
    parser.add_argument("--keep", action="store_true", help="leave the environments in their place")
    options = parser.parse_args()
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    done = {row.name: row for row in (Row(**fields) for fields in known)}
    chosen = [row for row in rows() if not options.only or row.name in options.only.split(",")]
    folder = Path(tempfile.mkdtemp(prefix="matrix-"))
    try:
        uv = _uv(folder)
        for row in chosen:
            print(f"{row.name} …", flush=True)
            environment = folder / row.name
            _try(row, uv, environment)
            if not options.keep:
                shutil.rmtree(environment, ignore_errors=True)
            print(f"{row.name}: {row.outcome}; {row.detail}", *row.failures, sep="\n", flush=True)
            done[row.name] = row
            _write([done[row.name] for row in rows() if row.name in done])
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return sum(row.outcome != "passed" for row in chosen)


def rows() -> list[Row]:
    """Every environment to be tried."""
    found = [Row(python, packages) for python in PYTHONS for packages in ("oldest", "newest")]
    return found + [Row("3.11", f"TensorFlow {version}") for version in TENSORFLOWS]


def _uv(folder: Path) -> str:
    """uv, in an environment of its own: it resolves to oldest versions, which pip does not."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "uv")], check=True)
    python = folder / "uv" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(folder / "uv" / "bin" / "uv")


def _try(row: Row, uv: str, environment: Path) -> None:
    row.day = time.strftime("%Y-%m-%d")
    python = _find_python(row.python, uv)
    if python is None:
        row.outcome, row.detail = "not to be had", f"this machine has no Python {row.python}"
        return
    oldest = row.packages == "oldest"
    wanted = ["-r", str(ROOT / "requirements.txt"), "pytest-timeout>=2.3"]
    if row.packages.startswith("TensorFlow"):
        wanted.append(f"tensorflow=={row.packages.split()[1]}.*")
    # The lowest version that the package index has built for this Python; promise, which
    # tensorflow-datasets asks for, is there as source only.
    wanted += ["--only-binary", ":all:", "--no-binary", "promise"]
    resolution = "lowest-direct" if oldest else "highest"
    install = [uv, "pip", "install", "--quiet", "--python", str(environment), "--compile-bytecode"]
    for command in (
        [uv, "venv", "--quiet", "--python", python, str(environment)],
        [*install, "--resolution", resolution, *wanted],
        [*install, "--no-deps", "--editable", str(ROOT)],
    ):
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode:
            row.outcome = "does not resolve"
            row.detail = " ".join(made.stderr.split())[-300:]
            return
    row.versions = _versions(uv, environment)
    # So that make takes the environment as it is.
    (environment / ".installed").touch()
    began = time.monotonic()
    tested = subprocess.run(
        [
            "make",
            "--no-print-directory",
            "test-quick",
            f"VENV={os.path.relpath(environment, ROOT)}",
        ],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        capture_output=True,
        text=True,
    )
    row.seconds = round(time.monotonic() - began)
    row.outcome = "failed" if tested.returncode else "passed"
    lines = [line for line in tested.stdout.splitlines() if line.strip()]
    row.failures = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    last = "".join(lines[-1:])
    if re.search(r"\d (passed|failed|error)", last):
        row.detail = re.sub(r", \d+ warnings?| in .*|[= ]{2,}", "", last)
    else:
        # No test began: what pytest says when it can't import one is on stderr.
        said = [line for line in tested.stderr.splitlines() if not line.startswith("make")]
        row.detail = "no test began: " + " ".join(said[-1:])
    if row.failures:
        print(tested.stdout[-6000:], flush=True)


def _find_python(version: str, uv: str) -> str | None:
    """A Python of that version that runs; none is fetched from anywhere."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    paths = [str(p) for p in sorted(pyenv.glob(f"{version}.*/bin/python"))]
    asked = [uv, "python", "find", "--no-python-downloads", "--system", version]
    found = subprocess.run(asked, capture_output=True, text=True)
    for path in [found.stdout.strip(), *paths]:
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        said = path and subprocess.run([path, "-c", code], capture_output=True, text=True)
        if said and said.stdout.strip() == version:
            return path
    return None


def _versions(uv: str, environment: Path) -> dict[str, str]:
    listed = subprocess.run(
        [uv, "pip", "list", "--quiet", "--format", "json", "--python", str(environment)],
        capture_output=True,
        text=True,
        check=True,
    )
    versions = {entry["name"]: entry["version"] for entry in json.loads(listed.stdout)}
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    names = (re.match(r"[\w-]+", line) for line in lines)
    wanted = [found[0].replace("_", "-").lower() for found in names if found]
    return {name: versions[name] for name in sorted(wanted) if name in versions}


def _write(made: list[Row]) -> None:
    RESULTS.write_text(json.dumps([asdict(row) for row in made], indent=1) + "\n", "utf-8")
    PAGE.write_text(page(made), "utf-8")


def page(made: list[Row]) -> str:
    """docs/compatibility.md, of the rows alone."""
    lines = [
        f"| Python | packages | {' | '.join(_SHOWN)} | outcome | `make test-quick` | day |",
        "| --- " * (len(_SHOWN) + 5) + "|",
    ]
    for row in made:
        shown = " | ".join(row.versions.get(name, "") for name in _SHOWN)
        said = " | ".join((row.outcome, row.detail.replace("|", "/"), row.day))
        lines.append(f"| {row.python} | {row.packages} | {shown} | {said} |")
    missing = [row.name for row in rows() if row.name not in {row.name for row in made}]
    if missing:
        lines += ["", f"Not tried yet: {', '.join(missing)}."]
    failures = [(row, failure) for row in made for failure in row.failures]
    if failures:
        lines += ["", "## What failed", ""]
        lines += [f"- {row.name}: `{failure}`" for row, failure in failures]
    ends = [row for row in made if row.packages in ("oldest", "newest") and row.versions]
    if ends:
        lines += ["", "## Every package", ""]
        lines.append("| package | " + " | ".join(f"{r.python} {r.packages}" for r in ends) + " |")
        lines.append("| --- " * (len(ends) + 1) + "|")
        for name in sorted({name for row in ends for name in row.versions}):
            cells = " | ".join(row.versions.get(name, "") for row in ends)
            lines.append(f"| {name} | {cells} |")
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
