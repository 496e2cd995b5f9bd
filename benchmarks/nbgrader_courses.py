"""Grade the solutions of public nbgrader courses with stock nbgrader and with ours.

    python benchmarks/nbgrader_courses.py COURSE… [--workers N] [--record] [--only TEXT]

COURSE is a clone of a course's repository, or FOLDER=OWNER/NAME@COMMIT for a folder without git.
Of every notebook with test cells and the instructor's answers, the solution is graded by
`nbgrader autograde`, by ours without trust, and by ours with the trust that `autograder adopt`
finds. Nothing of a course is kept. With `--record`, its row goes to nbgrader_courses.json, from
which `python tools/matrix.py --page` makes the table of docs/compatibility.md.

Stock nbgrader runs in a sandbox without network, as ours does: a course's code is not trusted.
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
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat

from autograder import Course
from autograder.authoring.adoption import Adoption, compare_lab
from autograder.authoring.stock_engine import StockEngine
from autograder.course.course import Lab
from autograder.course.source_notebooks import read_source_notebooks, upgrade_notebook
from autograder.course.submissions import read_companions
from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.question_verdict import Status
from autograder.errors import AutograderError
from autograder.grading.local_workers import LocalWorkers
from autograder.grading.reference_check import is_same_answer
from autograder.notebooks.cell_roles import is_test_cell
from autograder.notebooks.forms import release_notebook, solve_notebook

RECORD = Path(__file__).with_suffix(".json")
# Folders of other people's answers, and of notebooks without answers.
_NOT_SOURCE = {"submitted", "autograded", "feedback", "release", "downloaded", ".ipynb_checkpoints"}
_KERNEL = {"name": "python3", "language": "python", "display_name": "Python 3"}
_MOST_BYTES = 50 * 2**20


@dataclass
class Outcome:
    """Test cells of a course that pass on the instructor's solution.

    Args:
        repository: The course's repository.
        commit: The commit.
        notebooks: Notebooks that were graded.
        cells: Their test cells.
        stock: Cells that pass under stock nbgrader.
        without: Of these, cells that pass without trust.
        adopted: Of these, cells that pass with the trust that `autograder adopt` finds.
        trusted: Cells that it trusts.
        causes: Why cells that pass under stock nbgrader do not pass without trust.
    """

    repository: str
    commit: str
    notebooks: int = 0
    cells: int = 0
    stock: int = 0
    without: int = 0
    adopted: int = 0
    trusted: int = 0
    causes: list[str] = field(default_factory=list)


def main() -> None:
    """Measure each course, print a row and the causes, and record the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("courses", nargs="+", metavar="COURSE")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--record", action="store_true", help="write nbgrader_courses.json")
    parser.add_argument("--only", default="", help="notebooks with this text in their path")
    options = parser.parse_args()
    with ExitStack() as stack:
        engine = stack.enter_context(Engine(Limits(cell_seconds=60)))
        workers = LocalWorkers(lambda: _Shared(engine), options.workers)
        for text in options.courses:
            outcome, root = identify(text)
            measure(outcome, root, workers, options.only)
            counts = {k: v for k, v in asdict(outcome).items() if k != "causes"}
            print(json.dumps(counts), flush=True)
            for cause in outcome.causes:
                print(f"  {cause}", flush=True)
            if options.record:
                record(counts)


def record(counts: dict[str, str | int]) -> None:
    """Write the row of a course; rows of other courses stay."""
    rows = json.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else []
    rows = [row for row in rows if row["repository"] != counts["repository"]] + [counts]
    rows.sort(key=lambda row: row["repository"].lower())
    RECORD.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


class _Shared:
    """An engine that goes on after a run of workers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Engine:
        return self._engine

    def __exit__(self, *_: object) -> None:
        pass


def identify(text: str) -> tuple[Outcome, Path]:
    """Return an empty outcome with the repository and commit of a course, and its folder."""
    folder, _, name = text.partition("=")
    repository, _, commit = name.partition("@")
    if not name:
        git = ["git", "-C", folder]
        url = subprocess.check_output([*git, "remote", "get-url", "origin"], text=True).strip()
        repository = "/".join(url.removesuffix(".git").replace(":", "/").split("/")[-2:])
        commit = subprocess.check_output([*git, "rev-parse", "HEAD"], text=True).strip()
    return Outcome(repository, commit), Path(folder).resolve()


def measure(outcome: Outcome, root: Path, workers: LocalWorkers, only: str) -> None:
    """Grade every notebook of a course that holds answers, and count."""
    for path in sorted(root.rglob("*.ipynb")):
        within = path.relative_to(root)
        if _NOT_SOURCE & set(within.parts) or only not in str(within):
            continue
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            try:
                lab = make_course(path, Path(folder))
                if lab is None:
                    continue
                print(f"  {within}", file=sys.stderr, flush=True)
                stock = grade_with_stock(*lab, Path(folder))
                count(outcome, str(within), stock, compare_lab(*lab, workers))
            except AutograderError as error:
                print(f"  {within} is left out: {error}", flush=True)


def make_course(path: Path, folder: Path) -> tuple[Course, Lab] | None:
    """Make a course of one notebook and the files beside it; None if it has no tests or answers.

    Kernels of other names become "python3", and every test cell has at least a point.
    """
    try:
        notebook = upgrade_notebook(nbformat.read(path, as_version=4))
        released = release_notebook(notebook)
    except Exception:  # a notebook that nbgrader itself does not accept
        return None
    tests = [c for c in notebook.cells if is_test_cell(c) and c.cell_type == "code"]
    if not tests or is_same_answer(solve_notebook(notebook), released):
        return None
    for cell in tests:
        cell.metadata.nbgrader["points"] = cell.metadata.nbgrader.get("points") or 1
    notebook.metadata["kernelspec"] = _KERNEL
    name = re.sub(r"\W+", "_", path.stem)
    source = folder / "course" / "source" / name
    source.mkdir(parents=True)
    for companion in find_companions(path):
        copy = source / companion.relative_to(path.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(companion, copy)
    nbformat.write(notebook, source / f"{name}.ipynb")
    config = "c = get_config()\n"
    if autotests := next((p for p in path.parents if (p / "autotests.yml").is_file()), None):
        shutil.copy(autotests / "autotests.yml", folder / "course")
    (folder / "course" / "nbgrader_config.py").write_text(config)
    course = Course(folder / "course")
    return course, course.lab(name)


def find_companions(path: Path) -> Iterator[Path]:
    """Yield the files in a notebook's folder and below, up to a size."""
    left = _MOST_BYTES
    for found in sorted(path.parent.rglob("*")):
        hidden = any(part.startswith(".") for part in found.relative_to(path.parent).parts)
        if hidden or found.suffix == ".ipynb" or not found.is_file() or found.is_symlink():
            continue
        left -= found.stat().st_size
        if left < 0:
            return
        yield found


def grade_with_stock(course: Course, lab: Lab, folder: Path) -> dict[str, bool]:
    """Return whether each test cell passes under stock nbgrader, by grade_id."""
    source = read_source_notebooks(course, lab)[lab.name]
    with StockEngine(course, lab, wrapper=make_wrapper(folder)) as stock:
        notebook = solve_notebook(source, course.nbgrader_config)
        try:
            judged = stock.grade(notebook, source, 1, read_companions(course, lab))
        except AutograderError as error:
            print(f"  {lab.name}: {error}", file=sys.stderr, flush=True)
            return {}
    return {q.grade_id: q.status is Status.PASSED for q in judged.questions}


def make_wrapper(folder: Path) -> list[str]:
    """Return a bubblewrap command: no network, no home, and only temporary folders are writable."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    temporary = tempfile.gettempdir()
    binds = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", temporary]
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    settings = ["--setenv", "HOME", str(home), "--setenv", "PATH", search]
    return ["bwrap", *binds, temporary, "--unshare-net", "--unshare-pid", *settings, "--"]


def count(outcome: Outcome, where: str, stock: dict[str, bool], adoption: Adoption) -> None:
    """Add a notebook's cells to the outcome of its course."""
    outcome.notebooks += 1
    outcome.trusted += len(adoption.trust)
    for cell, after in zip(adoption.cells, adoption.trusting, strict=True):
        outcome.cells += 1
        if not stock.get(cell.grade_id):
            continue
        outcome.stock += 1
        outcome.without += cell.outside[0] >= cell.max_score
        outcome.adopted += after.outside[0] >= cell.max_score
        if cell.outside[0] < cell.max_score:
            outcome.causes.append(f"{where}: {cell.grade_id}: {cell.reason}")
        if cell.outside[1] > cell.inside[1]:
            outcome.causes.append(f"{where}: {cell.grade_id}: the stub earns {cell.outside[1]:g}")


if __name__ == "__main__":
    main()
