"""A class graded on a real Dask cluster whose workers and scheduler may fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from autograder.course.course import Course
from autograder.gradebook.gradebook import CourseGradebook
from autograder.results.results import Results
from tests.autograder.grading.dask_cluster import DaskCluster
from tests.autograder.tiny_course import LAB, mistaken, solved, submit

ROOT = Path(__file__).parents[3]
pytest.importorskip("distributed", reason="Dask is not installed: pip install dask distributed")
pytestmark = pytest.mark.slow


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    with DaskCluster(folder) as cluster:
        yield cluster


def command(course: Course, *options: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        LAB,
        f"--course-dir={course.root}",
        *options,
    ]


def grade(course: Course, cluster: DaskCluster) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(course, "--cluster", cluster.address),
        env=cluster.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def scores(course: Course) -> dict[str, float]:
    registry, lab = CourseGradebook(course), course.lab(LAB)
    return {
        student: sum(score or 0 for score, _ in registry.read_scores(lab, student, LAB).values())
        for student in registry.list_students(lab)
    }


@pytest.mark.timeout(900)
def test_workers_that_die_and_join_change_nothing() -> None:
    script = ROOT / "benchmarks" / "cluster_faults.py"
    run = subprocess.run([sys.executable, script, "--quick"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "12 rows; differing: none" in run.stdout


def test_a_scheduler_that_goes_away(course: Course, cluster: DaskCluster) -> None:
    sleepy = solved(course)
    sleepy.cells.insert(2, new_code_cell("import time\ntime.sleep(6)"))
    submit(course, "O'Brien, Zoë", mistaken(course, "no_bias"))
    submit(course, "slow", sleepy)
    cluster.add_worker()
    cluster.wait_for_workers(1)
    run = subprocess.Popen(
        command(course, "--cluster", cluster.address),
        env=cluster.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    results = Results(course.results_dir / LAB)
    deadline = time.monotonic() + 120
    while not results.read_all() and time.monotonic() < deadline:
        time.sleep(0.1)
    cluster.kill(cluster.scheduler)
    _, told = run.communicate(timeout=120)
    assert run.returncode == 2, told
    assert f"the scheduler at {cluster.address} went away" in told
    assert "run the same command again" in told
    assert "Traceback" not in told, told
    assert scores(course) == {"O'Brien, Zoë": 4.0}

    rest = subprocess.run(command(course), capture_output=True, text=True, timeout=120)
    assert "2 graded (1 unchanged, not run again)" in rest.stdout
    assert scores(course) == {"O'Brien, Zoë": 4.0, "slow": 6.0}


def test_workers_that_cannot_grade_are_left_out(
    course: Course, cluster: DaskCluster, tmp_path: Path
) -> None:
    submit(course, "ada", solved(course))
    none = grade(course, cluster)
    assert (none.returncode, "has no workers" in none.stderr) == (2, True), none.stderr

    # A worker with another version of this project, first on its path.
    for package in ("autograder", "course_lib"):
        shutil.copytree(ROOT / package, tmp_path / "older" / package)
    (tmp_path / "older" / "autograder" / "errors.py").open("a").write("# older\n")
    cluster.environment = {**cluster.environment, "PYTHONPATH": str(tmp_path / "older")}
    cluster.add_worker()
    cluster.wait_for_workers(1)
    del cluster.environment["PYTHONPATH"]
    older = grade(course, cluster)
    assert older.returncode == 2
    assert "is left out: the worker has autograder" in older.stderr
    assert "give workers the same environment" in older.stderr
    assert scores(course) == {}

    cluster.add_worker()
    cluster.wait_for_workers(2)
    both = grade(course, cluster)
    assert both.returncode == 0, both.stderr
    assert "is left out" in both.stderr
    assert scores(course) == {"ada": 6.0}


def test_no_scheduler_there(course: Course) -> None:
    submit(course, "ada", solved(course))
    run = subprocess.run(
        command(course, "--cluster", "tcp://127.0.0.1:9"), capture_output=True, text=True
    )
    assert run.returncode == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in run.stderr
    assert "dask scheduler" in run.stderr
    assert "Traceback" not in run.stderr
