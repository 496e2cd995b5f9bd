"""Faults outside a long run: it says what to do, loses nothing, and continues when run again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from autograder.course.course import Course
from autograder.gradebook.gradebook import CourseGradebook
from autograder.results.results import Results
from tests.autograder.tiny_course import LAB, mistaken, solved, submit

ROOT = Path(__file__).resolve().parents[3]
FULL_MARKS = {"neuron": 2.0, "softmax": 3.0, "predict": 1.0, "curves": None}
# A clock that goes back by a day every second, as with a broken time server.
BACKWARDS = """\
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>
static long day_for_each_second(void) {
    static int (*real)(clockid_t, struct timespec *);
    struct timespec up;
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    real(CLOCK_MONOTONIC, &up);
    return 1800000000L - (up.tv_sec % 10000) * 86400L;
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(clock, now);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        now->tv_sec = day_for_each_second();
    return code;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    now->tv_sec = day_for_each_second();
    now->tv_usec = 0;
    return 0;
}
time_t time(time_t *now) {
    time_t made = day_for_each_second();
    if (now) *now = made;
    return made;
}
"""


def submit_class(course: Course, size: int) -> None:
    for number in range(size):
        submit(course, f"student {number}", solved(course))


def command_prepared(course: Course, seconds: float = 0.0) -> list[str]:
    script = str(Path(__file__).with_name("prepared_run.py"))
    return [sys.executable, script, str(course.root), str(seconds)]


def command_real(course: Course, *options: str) -> list[str]:
    command = [sys.executable, "-m", "autograder", "grade", LAB, "--course-dir", str(course.root)]
    return [*command, *options]


def run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def check_message(done: subprocess.CompletedProcess[str], about: str) -> None:
    assert done.returncode == 2, done.stderr
    assert about in done.stderr and "→" in done.stderr
    assert "Traceback" not in done.stderr


def read_scores(course: Course) -> dict[str, dict[str, float | None]]:
    """The automatic scores in gradebook.db, by student and question."""
    registry, lab = CourseGradebook(course), course.lab(LAB)
    rows = {s: registry.read_scores(lab, s, LAB) for s in sorted(registry.list_students(lab))}
    return {s: {name: score for name, (score, _) in q.items()} for s, q in rows.items()}


def expect_full_marks(size: int) -> dict[str, dict[str, float | None]]:
    return {f"student {number}": FULL_MARKS for number in range(size)}


FULL_DISK = """\
set -e
mount -t tmpfs -o size=4m tmpfs "$1"
cp -r "$2" "$1/course"
# Fill all but so many bytes.
left=$(df -B1 --output=avail "$1" | tail -1)
head -c $((left - $3)) /dev/zero > "$1/filler"
shift 3
set +e
"$@"
echo "first: $?"
rm "$COURSE/../filler"
"$@"
echo "then: $?"
cp -r "$COURSE/." "$BACK"
"""


@pytest.mark.slow
@pytest.mark.parametrize("room", [10_000, 150_000])
def test_a_full_disk(course: Course, tmp_path: Path, room: int) -> None:
    # In its own namespaces, as an ordinary user: the disk is a small one in memory.
    namespaces = ["unshare", "--user", "--map-root-user", "--mount"]
    tried = shutil.which("unshare") and run([*namespaces, "mount", "-t", "tmpfs", "x", "/mnt"])
    if not tried or tried.returncode:
        pytest.skip("this user cannot make a mount namespace, and so no small disk")
    size = 6
    submit_class(course, size)
    disk, back = tmp_path / "disk", tmp_path / "back"
    disk.mkdir()
    back.mkdir()
    grade = command_prepared(course)
    grade[2] = str(disk / "course")
    script = [*namespaces, "sh", "-c", FULL_DISK, "sh", str(disk), str(course.root), str(room)]
    done = run([*script, *grade], COURSE=str(disk / "course"), BACK=str(back))
    assert "first: 2" in done.stdout and "then: 0" in done.stdout, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "make room" in done.stderr or "room on the disk" in done.stderr
    assert read_scores(Course(back)) == expect_full_marks(size)
    assert not [path.name for path in (back / "results" / LAB).glob(".*json-*")]


def start_run(course: Course, seconds: float) -> subprocess.Popen[str]:
    """A run over a class of three, with `seconds` for each, after the first is done."""
    running = subprocess.Popen(
        command_prepared(course, seconds),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert running.stderr.readline().startswith("[1/3]")
    return running


@pytest.mark.slow
def test_a_gradebook_that_stays_locked(course: Course) -> None:
    # Instead of the 60 s that a run waits by default.
    config = course.root / "nbgrader_config.py"
    url = f"sqlite:///{course.root}/gradebook.db?timeout=1"
    config.write_text(config.read_text() + f'c.CourseDirectory.db_url = "{url}"\n')
    course = Course(course.root)
    submit_class(course, 3)
    running = start_run(course, 1.5)
    with sqlite3.connect(course.root / "gradebook.db", timeout=30) as formgrader:
        formgrader.execute("BEGIN EXCLUSIVE")
        _, told = running.communicate(timeout=60)
        formgrader.rollback()
    formgrader.close()
    assert running.returncode == 2
    assert "locked" in told and "close programs that use it" in told and "Traceback" not in told
    # What had been graded when the gradebook was locked is not graded again.
    assert len(Results(course.results_dir / LAB).read_all()) == 2
    then = run(command_prepared(course))
    assert "1 of 3 were graded now" in then.stdout, then.stderr
    assert read_scores(course) == expect_full_marks(3)


@pytest.mark.slow
def test_a_gradebook_locked_for_a_moment_and_two_runs_at_once(course: Course) -> None:
    submit_class(course, 3)
    running = start_run(course, 2.0)
    with sqlite3.connect(course.root / "gradebook.db", timeout=30) as formgrader:
        formgrader.execute("BEGIN EXCLUSIVE")
        second = run(command_prepared(course))
        time.sleep(4)
        formgrader.rollback()
    formgrader.close()
    check_message(second, "another run is grading")
    _, told = running.communicate(timeout=60)
    assert running.returncode == 0, told
    assert read_scores(course) == expect_full_marks(3)


@pytest.mark.slow
def test_a_clock_that_goes_backwards(course: Course, tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to make a clock that goes backwards")
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(BACKWARDS)
    build = [compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(build, check=True, capture_output=True)
    backwards = {"LD_PRELOAD": str(library)}
    clock = "import time; a = time.time(); time.sleep(1.1); print(time.time() < a - 3600)"
    if run([sys.executable, "-c", clock], **backwards).stdout != "True\n":
        pytest.skip("this Python's clock can't be turned back by a preloaded library")
    sleepy = mistaken(course, "no_bias")
    sleepy.cells.insert(2, new_code_cell("import time\ntime.sleep(2)"))
    submit(course, "student 0", sleepy)
    submit(course, "student 1", solved(course))
    done = run(command_real(course), **backwards)
    assert done.returncode == 0, done.stderr
    expected = {"student 0": {**FULL_MARKS, "neuron": 0.0}, "student 1": FULL_MARKS}
    assert read_scores(course) == expected
    # A date in the future makes a file neither newer nor unknown: its content decides.
    for path in [*course.results_dir.rglob("*"), *course.submitted_dir.rglob("*")]:
        os.utime(path, (4e9, 4e9))
    submit(course, "student 0", solved(course))
    os.utime(course.submitted_dir / "student 0" / LAB / f"{LAB}.ipynb", (1e9, 1e9))
    then = run(command_prepared(course), **backwards)
    assert "1 of 2 were graded now" in then.stdout, then.stderr
    assert read_scores(course) == expect_full_marks(2)
